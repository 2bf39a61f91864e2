"""The checkout as a pure typestate machine: ``receive(state, event) -> (state, effects)``.

The contract with every driver (screen, headless command, tests):

1. perform the effects in order; the last one's result, or its *failure*, is the next event;
2. when no effect is outstanding the state is one of :data:`~settlement.checkout.states.PERSON` and the next
   event comes from somebody at the counter;
3. an event that the state does not accept raises :class:`ProtocolMisuse` and changes nothing.

Clause numbers are those of the commit protocol. Centre first, always (section 2); nothing leaves the till
before its intent is durable; "unknown" is never shown as refused.
"""

from __future__ import annotations

from settlement import refusals
from settlement.checkout import effects as do
from settlement.checkout import events as on
from settlement.checkout import steps
from settlement.checkout.states import (
    AskingCentre,
    AwaitingAnswer,
    AwaitingPin,
    Beginning,
    Billed,
    Booking,
    Certifying,
    Debiting,
    DifferenceShown,
    DoubtOpen,
    Dropped,
    Intending,
    LeftInDoubt,
    LeftUnanswered,
    LookingAgain,
    NotBooked,
    PinRefused,
    Quoted,
    Releasing,
    ReturningAllowance,
    Sale,
    SelfPayOffered,
    State,
    TryingDoubts,
)
from settlement.doubt import (
    Doubt,
    Finding,
    Happened,
    NeverHappened,
)
from settlement.errors import ProtocolMisuse, Refusal
from settlement.facts import (
    Aborted,
    DifferenceAnswered,
    Doubted,
    Fact,
    Refused,
    SaleIntended,
)
from settlement.money import format_yuan

Step = steps.Step


def receive(state: State, event: on.Event) -> Step:
    """Return what follows when ``event`` happens in ``state``; :class:`ProtocolMisuse` when nothing may."""
    step = _until_intended(state, event) or _from_intent_to_outcome(state, event) or _in_doubt(state, event)
    if step is None:
        message = f"{type(state).__name__} does not accept {type(event).__name__}"
        raise ProtocolMisuse(message)
    return step


def _until_intended(state: State, event: on.Event) -> Step | None:  # noqa: C901, PLR0911, PLR0912 - a table of transitions
    """Cover steps 0–3: nothing leaves the till here."""
    match state, event:
        # --- who is at the counter (steps 0–2) ---------------------------------------------------
        case Billed(), on.CardIdentified():
            return steps.admit(state.sale, event)
        case Billed(), on.CertificateShown():
            return steps.shown(state.sale, event)
        case Certifying(), on.CertificateKnown():
            return steps.certified(state.sale, event)
        case Certifying(), on.CertificateUnread():
            return SelfPayOffered(sale=state.sale, refusal=event.why), ()
        case Certifying() | AskingCentre(), on.PersonRefused():
            return SelfPayOffered(sale=state.sale, refusal=event.refusal), ()
        case Certifying() | AskingCentre(), on.CentreSilent():
            return steps.offer_cash(state.sale, refusals.CENTRE_SILENT, why=event.why)
        case Certifying(), on.LineDown():
            return steps.offer_cash(state.sale, refusals.CERTIFICATE_OFFLINE)
        case AwaitingPin(), on.PinAccepted():
            return steps.verified(state, event)
        case AwaitingPin(), on.PinWrong():
            return steps.pin_refused(state, event), ()
        case PinRefused(), on.TriedAgain():
            return steps.ask_pin_again(state)
        case AwaitingPin(), on.PinBlocked():
            return steps.offer_cash(state.sale, refusals.PIN_BLOCKED)
        case AwaitingPin(), on.CardLeft():
            return steps.offer_cash(state.sale, refusals.CARD_TAKEN)
        case TryingDoubts(), on.DoubtsTried():
            return steps.doubts_tried(state, event)
        # --- what the centre knows, and the split (steps 2a–3) -----------------------------------
        case AskingCentre(), on.PersonKnown():
            return steps.quote_online(state, event.benefit)
        case AskingCentre(), on.LineDown():
            return steps.quote_offline(state.sale, state.who, event.now)
        case ReturningAllowance(), on.AllowanceReturned():
            return steps.requote(state.quoted, event)
        case ReturningAllowance(), on.AllowanceKept():
            return state.quoted, ()
        # --- the customer decides ------------------------------------------------------------------
        case Quoted(), on.Confirmed() if state.way == "legacy_card":
            return Beginning(quoted=state, confirmed=event), (do.BeginDebit(own_fen=state.split.figures.acct_pay),)
        case Beginning(), on.DebitBegun():
            intent = steps.intend_debit(state, event)
            return Intending(quoted=state.quoted, intent=intent), (do.WriteIntent(intent=intent),)
        case Beginning(), on.CardLeft():
            return steps.offer_cash(state.quoted.sale, refusals.CARD_TAKEN)
        case Quoted(), on.Confirmed():
            intent = steps.intend(state, event)
            return Intending(quoted=state, intent=intent), (do.WriteIntent(intent=intent),)
        case Billed() | PinRefused() | Quoted() | SelfPayOffered(), on.CashChosen() if not state.sale.slip:
            return steps.pay_cash(state.sale, event, state.refusal if isinstance(state, SelfPayOffered) else None)
        case Billed() | PinRefused() | Quoted() | SelfPayOffered(), on.Cancelled():
            return Dropped(), ()
    return None


def _from_intent_to_outcome(state: State, event: on.Event) -> Step | None:  # noqa: C901, PLR0911, PLR0912 - a table of transitions
    """Cover steps 4–7: intent, centre or card, transaction."""
    match state, event:
        # --- the intent (step 4) -------------------------------------------------------------------
        case Intending(), on.JournalFailed():
            return steps.offer_cash(state.quoted.sale, refusals.JOURNAL_REFUSED, why=event.why)
        case Intending(), on.IntentDurable() if state.intent.card is None:
            waiting_for = do.AwaitAnswer(msgid=state.intent.subject)
            return AwaitingAnswer(quoted=state.quoted, intent=state.intent), (waiting_for,)
        case Intending(), on.IntentDurable() if state.intent.card is not None:
            return Debiting(quoted=state.quoted, intent=state.intent), (do.WriteCard(plan=state.intent.card),)
        # --- on-line (steps 5–7) -------------------------------------------------------------------
        case AwaitingAnswer(), on.Accepted():
            return steps.accepted(state, event)
        case AwaitingAnswer(), on.Rejected():
            offered = steps.offer_cash(state.quoted.sale, refusals.CENTRE_REFUSED, words=event.words)
            return steps.book((Refused(subject=state.intent.subject, words=event.words),), offered)
        case AwaitingAnswer(), on.OutcomeUnknown():
            return steps.doubt(state.intent, event.why)
        case AwaitingAnswer(), on.LineDown():
            offline = steps.quote_offline(state.quoted.sale, state.quoted.who, event.now)
            return steps.book((Aborted(subject=state.intent.subject, why="unreachable"),), offline)
        # --- off-line (steps 5'–6') ----------------------------------------------------------------
        case Debiting(), on.CardRead() | on.CardDebited():
            return steps.debited(state, event)
        case Debiting(), on.OutcomeUnknown():
            return steps.doubt(state.intent, event.why)
        # --- the transaction -----------------------------------------------------------------------
        case Booking(), on.Committed():
            return state.then, state.effects
        case Booking(), on.JournalFailed():
            return NotBooked(booking=state, refusal=_not_booked(state, event.why)), ()
        case NotBooked(), on.TriedAgain():
            return state.booking, (state.booking.commit,)
        # --- a difference from the centre ----------------------------------------------------------
        case DifferenceShown(), on.DifferenceSeen():
            return steps.difference_seen(state, event)
        case DifferenceShown(), on.DifferenceLeft():
            return LeftUnanswered(subject=state.intent.subject, figures=state.figures), ()
    return None


def _in_doubt(state: State, event: on.Event) -> Step | None:  # noqa: PLR0911 - a table of transitions
    """Cover section 5: what is not known, until it is."""
    match state, event:
        case DoubtOpen(), on.GoodsAsked() if state.doubt.goods_released is None:
            return steps.goods_asked(state, event)
        case DoubtOpen(), on.CashReceived() if not isinstance(state.finding, Happened) and not state.doubt.cash_taken_fen:
            return steps.cash_received(state, event)
        case DoubtOpen(), on.TriedAgain() if state.finding is None:
            look: do.Effect = do.AskPin() if state.doubt.intent.card else do.AwaitAnswer(msgid=state.doubt.intent.subject)
            return LookingAgain(doubt=state.doubt), (look,)
        case DoubtOpen(), on.DoubtLeft():
            return LeftInDoubt(doubt=state.doubt), ()
        case Releasing(), on.VoidNamed():
            return steps.release_unwanted(state, event)
        case LookingAgain(), on.Accepted():
            return steps.found(state.doubt, Happened(figures=event.figures, setl_id=event.setl_id, mdtrt_id=event.mdtrt_id))
        case LookingAgain(), on.Rejected():
            return steps.found(state.doubt, NeverHappened(why="refused", words=event.words))
        case LookingAgain(), on.PinAccepted() if state.doubt.intent.card is not None:
            return steps.judged(state.doubt, event)
        case LookingAgain(), on.OutcomeUnknown() | on.LineDown() | on.CardLeft() | on.PinWrong() | on.PinBlocked():
            return DoubtOpen(doubt=state.doubt), ()
    return None


def begin(sale: Sale) -> State:
    """Return the state in which a checkout starts."""
    return Billed(sale=sale)


def resume(doubt: Doubt, finding: Finding | None, *, doubted: bool) -> Step:
    """Return where a sale stands that a restart found unfinished in the journal.

    ``finding`` is what the sender's answer proves, None when there is none; ``doubted`` whether the journal
    already lists it. Nothing becomes done here without the card read or the centre's word, and the goods
    question is asked again when it was not answered.
    """
    listed: tuple[Fact, ...] = () if doubted else (Doubted(subject=doubt.intent.subject, why="restart"),)
    then = (DoubtOpen(doubt=doubt), ()) if finding is None else steps.found(doubt, finding)
    return then if not listed else steps.book(listed, then)


def ask_again(intent: SaleIntended, happened: Happened, *, slip_cash_fen: int = 0) -> Step:
    """Return where a sale stands that is booked with other figures than were shown, and of which nobody said yes or no.

    ``slip_cash_fen`` is the cash that was paid against the slip that it redeems.
    """
    shown = DifferenceShown(
        intent=intent,
        figures=happened.figures,
        setl_id=happened.setl_id,
        mdtrt_id=happened.mdtrt_id,
        slip_cash_fen=slip_cash_fen,
        again=True,
    )
    return shown, ()


def _not_booked(state: Booking, why: str) -> Refusal:
    """Say what a journal that refuses means for what has already moved."""
    if state.moved_fen:
        return Refusal(refusals.DEBITED_NOT_BOOKED, {"amount": format_yuan(state.moved_fen)})
    answered = next((fact for fact in state.commit.facts if isinstance(fact, DifferenceAnswered)), None)
    if answered is not None:
        return Refusal(refusals.ANSWER_NOT_BOOKED, {"subject": answered.subject, "why": why})
    return Refusal(refusals.JOURNAL_REFUSED, {"why": why})
