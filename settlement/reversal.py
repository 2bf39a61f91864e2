"""Undoing a settlement: a new record with its own id and receipt number (commit-protocol section 6).

A void never writes value to the card: the centre releases, and the next refresh restores the allowance. A
void before the sale has its answer waits for it and goes up after it, as a pair. The same driver contract
as the checkout's: :func:`receive` takes past-tense events and returns effects.
"""

from __future__ import annotations

from dataclasses import dataclass

from settlement import refusals
from settlement.checkout import effects as do
from settlement.checkout import events as on
from settlement.errors import Phrase, ProtocolMisuse, Refusal
from settlement.facts import Aborted, ClaimByHand, Done, Doubted, Fact, Refused, VoidInfno, VoidIntended
from settlement.figures import Figures


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """The settlement to be undone, as the journal folds it."""

    subject: str
    figures: Figures
    outside_fen: int
    released_by: VoidInfno = "2103"
    """The transaction that releases it."""
    answered: bool
    """Whether the centre has accepted it; an off-line sale waits for that."""
    done: bool
    reversed_by: str = ""
    """A done or open void of it."""
    unanswered: bool = False
    """Whether its figures differ from those shown and nobody has said yes or no: a no is what voids it."""
    charged_by: str = ""
    """A settlement that stands and charges the visit which this one opened."""
    same_person: bool = True
    """Whether the card in the reader is that of the person it was settled for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """The void is on the screen; :class:`~settlement.checkout.events.Confirmed` starts it."""

    original: Original
    why: str = "customer"
    """Code of the reason that the operator gave."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Intending:
    """The void's intent is being made durable."""

    intent: VoidIntended


@dataclass(frozen=True, slots=True, kw_only=True)
class Awaiting:
    """The sender has it."""

    intent: VoidIntended


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """A transaction is being written; ``then`` follows."""

    commit: do.Commit
    then: State
    effects: tuple[do.Effect, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NotBooked:
    """The journal refused the transaction; a restart finds it and books it."""

    booking: Booking
    refusal: Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Voided:
    """Released at the centre and booked; the cash part goes back to the customer."""

    subject: str
    original: str
    cash_back_fen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Durable, and waiting for the answer of its sale: it goes up right after it."""

    subject: str
    original: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InDoubt:
    """Sent, and the answer is not known: queried by the refunded settlement, never resent blind."""

    subject: str
    original: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NotVoided:
    """Refused: the settlement stands as it was."""

    refusal: Refusal


@dataclass(frozen=True, slots=True)
class Dropped:
    """Nobody wanted it after all."""


State = Proposed | Intending | Awaiting | Booking | NotBooked | Voided | Waiting | InDoubt | NotVoided | Dropped
PERSON = (Proposed, NotBooked)
FINAL = (Voided, Waiting, InDoubt, NotVoided, Dropped)
Step = tuple[State, tuple[do.Effect, ...]]


def begin(original: Original | None, subject: str, *, why: str = "customer") -> State:
    """Return the proposal to void ``subject``, of whatever day, or why it may not be voided here.

    After its close it stands in today's; once its period is cleared (3203) the centre refuses, and :class:`ClaimByHand` is what is left.
    """
    if original is None or not original.done or original.figures.medfee_sumamt < 0:
        return NotVoided(refusal=Refusal(refusals.VOID_UNKNOWN, {"subject": subject}))
    reasons: tuple[tuple[bool, Phrase, dict[str, str]], ...] = (
        (original.reversed_by != "", refusals.VOID_TWICE, {}),
        (original.unanswered, refusals.UNANSWERED, {}),
        (original.charged_by != "", refusals.VISIT_CHARGED, {"by": original.charged_by}),
        (not original.same_person, refusals.VOID_OTHER_PERSON, {}),
    )
    for holds, phrase, details in reasons:
        if holds:
            return NotVoided(refusal=Refusal(phrase, {"subject": subject, **details}))
    return Proposed(original=original, why=why)


def receive(state: State, event: on.Event) -> Step:  # noqa: C901, PLR0911 - the one table of transitions
    """Return what follows when ``event`` happens in ``state``; :class:`ProtocolMisuse` when nothing may."""
    match state, event:
        case Proposed(), on.Confirmed():
            intent = _intent(state, event)
            return Intending(intent=intent), (do.WriteIntent(intent=intent),)
        case Proposed(), on.Cancelled():
            return Dropped(), ()
        case Intending(), on.JournalFailed():
            return NotVoided(refusal=Refusal(refusals.JOURNAL_REFUSED, {"why": event.why})), ()
        case Intending(), on.IntentDurable() if state.intent.way == "backlog":
            return Waiting(subject=state.intent.subject, original=state.intent.original), ()
        case Intending(), on.IntentDurable():
            return Awaiting(intent=state.intent), (do.AwaitAnswer(msgid=state.intent.subject),)
        case Awaiting(), on.Accepted():
            return _book((booked(state.intent, event),), _voided(state.intent), (do.PrintSlip(subject=state.intent.subject),))
        case Awaiting(), on.Rejected():
            return _refused(state.intent, event)
        case Awaiting(), on.OutcomeUnknown():
            doubt = InDoubt(subject=state.intent.subject, original=state.intent.original)
            return _book((Doubted(subject=state.intent.subject, why=event.why),), doubt)
        case Awaiting(), on.LineDown():
            # Surely not sent: the settlement stands, and the void may be tried again when the line is up.
            refused = NotVoided(refusal=Refusal(refusals.VOID_LINE_DOWN, {"subject": state.intent.original}))
            return _book((Aborted(subject=state.intent.subject, why="unreachable"),), refused)
        case Booking(), on.Committed():
            return state.then, state.effects
        case Booking(), on.JournalFailed():
            return NotBooked(booking=state, refusal=Refusal(refusals.JOURNAL_REFUSED, {"why": event.why})), ()
        case NotBooked(), on.TriedAgain():
            return state.booking, (state.booking.commit,)
    message = f"{type(state).__name__} does not accept {type(event).__name__}"
    raise ProtocolMisuse(message)


def booked(intent: VoidIntended, event: on.Accepted, *, late: bool = False) -> Done:
    """Return the fact that books a void which the centre accepted."""
    return Done(
        subject=intent.subject,
        infno=intent.infno,
        figures=event.figures,
        outside_fen=intent.outside_fen,
        offline=intent.way == "backlog",
        late=late,
        setl_id=event.setl_id,
        mdtrt_id=event.mdtrt_id,
    )


def refusal_facts(intent: VoidIntended, event: on.Rejected) -> tuple[Fact, ...]:
    """Return what is booked of a void that the centre refused; of a cleared settlement the claim that is made by hand as well."""
    refused = Refused(subject=intent.subject, words=event.words)
    if not event.cleared:
        return (refused,)
    return (refused, ClaimByHand(subject=intent.subject, original=intent.original, words=event.words))


def _refused(intent: VoidIntended, event: on.Rejected) -> Step:
    phrase = refusals.VOID_CLEARED if event.cleared else refusals.CENTRE_REFUSED
    refused = NotVoided(refusal=Refusal(phrase, {"words": event.words, "subject": intent.original}))
    return _book(refusal_facts(intent, event), refused, (do.PrintSlip(subject=intent.subject),) if event.cleared else ())


def _intent(state: Proposed, event: on.Confirmed) -> VoidIntended:
    original = state.original
    return VoidIntended(
        subject=event.msgid,
        at=event.at,
        original=original.subject,
        way="online" if original.answered else "backlog",
        figures=original.figures.negated(),
        outside_fen=-original.outside_fen,
        why=state.why,
        infno=original.released_by,
    )


def _voided(intent: VoidIntended) -> Voided:
    cash_back_fen = -(intent.figures.psn_cash_pay + intent.outside_fen)
    return Voided(subject=intent.subject, original=intent.original, cash_back_fen=cash_back_fen)


def _book(facts: tuple[Fact, ...], then: State, effects: tuple[do.Effect, ...] = ()) -> Step:
    commit = do.Commit(facts=facts)
    return Booking(commit=commit, then=then, effects=effects), (commit,)
