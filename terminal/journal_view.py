"""What the checkout needs to know of the journal, in the checkout's own values."""

from __future__ import annotations

from dataclasses import fields

from offline_queue.fold import Folded, Standing
from offline_queue.journal import Journal, Record
from settlement import reversal
from settlement.allowance import SaleWrite, is_mixed
from settlement.bill import Bill
from settlement.card_debit import DebitPlan
from settlement.checkout import protocol
from settlement.doubt import Doubt, Finding, Happened, NeverHappened
from settlement.facts import SaleIntended, VoidIntended, record_of
from terminal.bookkeeping import Owner

_OPEN = (Standing.PENDING, Standing.IN_DOUBT)
_PAGE = 256
_LAST_DEBITS = 16
"""How far back a card's own debits are looked for: the newest has the highest counter."""
NOT_STATED = "not-in-statement"
"""Why something is taken as not done: the centre's statements that were cut late enough do not name it."""


def doubt_of(folded: Folded) -> Doubt:
    """Return an unfinished sale as a doubt."""
    assert isinstance(folded.intent, SaleIntended)
    return Doubt(intent=folded.intent, goods_released=folded.goods_released, cash_taken_fen=folded.cash_taken_fen)


def finding_of(folded: Folded) -> Finding | None:
    """Return what the sender's last answer proves of a sale that is not booked, None when nothing."""
    match folded.answer:
        case "accepted":
            assert folded.figures is not None
            return Happened(figures=folded.figures, setl_id=folded.setl_id, mdtrt_id=folded.mdtrt_id)
        case "rejected":
            return NeverHappened(why="refused", words=folded.words)
        case "unreachable":
            return NeverHappened(why="unreachable", before_doubt=not folded.doubted)
        case "absent":
            return NeverHappened(why=NOT_STATED)
        case _:
            return None


def difference_of(journal: Journal, subject: str) -> protocol.Step:
    """Return the question that stands open about a sale: its figures differ, and nobody has said yes or no."""
    folded = journal.standing(subject)
    assert isinstance(folded.intent, SaleIntended)
    assert folded.figures is not None
    slip = folded.intent.slip
    return protocol.ask_again(
        folded.intent,
        Happened(figures=folded.figures, setl_id=folded.setl_id, mdtrt_id=folded.mdtrt_id),
        slip_cash_fen=journal.standing(slip).outside_fen if slip else 0,
    )


def question_of(journal: Journal, folded: Folded) -> protocol.Step | None:
    """Return what stands open about a sale, as a doubt or as a difference; None when nothing does."""
    if folded.subject in journal.unanswered():
        return difference_of(journal, folded.subject)
    if folded.standing not in _OPEN:
        return None
    return protocol.resume(doubt_of(folded), finding_of(folded), doubted=folded.doubted)


def unfinished_sales(journal: Journal, *, certno: str = "") -> list[Folded]:
    """Return the sales with an intent and no end, oldest first; of one person, or of all."""
    subjects = journal.open_subjects()
    if certno:
        own = set(journal.by_owner(certno))
        subjects = [subject for subject in subjects if subject in own]
    folded = (journal.standing(subject) for subject in subjects)
    return [state for state in folded if isinstance(state.intent, SaleIntended) and state.standing in _OPEN]


def unfinished_voids(journal: Journal) -> list[Folded]:
    """Return the voids with an intent and no end, oldest first."""
    folded = (journal.standing(subject) for subject in journal.open_subjects())
    return [state for state in folded if isinstance(state.intent, VoidIntended) and not state.done]


def owner_of(journal: Journal, subject: str) -> Owner | None:
    """Return who a settlement is about; None when nobody is named or the person was erased."""
    return next((owner for record in journal.records(subject) if (owner := owner_in(record)) is not None), None)


def owner_in(record: Record) -> Owner | None:
    """Return who stands beside one record."""
    if record.private is None or "certno" not in record.private:
        return None
    return Owner(**{field.name: record.private[field.name] for field in fields(Owner) if field.name in record.private})


def known_owner(journal: Journal, certno: str) -> Owner | None:
    """Return a person with the number and area that the centre gave at an earlier settlement here."""
    for subject in reversed(journal.by_owner(certno)):
        owner = owner_of(journal, subject)
        if owner is not None and owner.psn_no:
            return owner
    return None


def original_of(journal: Journal, subject: str, *, certno: str) -> reversal.Original | None:
    """Return the settlement to be voided as the reversal protocol sees it, None when there is none."""
    folded = journal.standing(subject)
    if folded.figures is None:
        return None
    owner = owner_of(journal, subject)
    return reversal.Original(
        subject=subject,
        figures=folded.figures,
        outside_fen=folded.outside_fen,
        released_by=folded.intent.released_by if isinstance(folded.intent, SaleIntended) else "2103",
        answered=folded.standing is Standing.ACCEPTED,
        done=folded.done and folded.standing is not Standing.REJECTED,
        reversed_by=void_of(journal, subject, certno=certno),
        unanswered=subject in journal.unanswered(),
        charged_by=next(iter(journal.charges_on(subject)), ""),
        same_person=owner is not None and owner.certno == certno,
    )


def void_of(journal: Journal, subject: str, *, certno: str) -> str:
    """Return the done or open void of a settlement, empty when there is none."""
    dead = (Standing.REJECTED, Standing.ABANDONED)
    for other in journal.by_owner(certno):
        folded = journal.standing(other)
        if folded.original == subject and folded.standing not in dead:
            return other
    return ""


def subjects_since(journal: Journal, day: str, kinds: frozenset[str]) -> list[str]:
    """Return the subjects that have a record of ``kinds`` since ``day``, newest first, reading the chain backwards only so far."""
    last, _ = journal.tip()
    subjects: dict[str, None] = {}
    while last > 0:
        first = max(last - _PAGE, 0)
        for record in reversed([record for record in journal.records_after(first, last - first) if record.seq <= last]):
            if record.at[:10] < day:
                return list(subjects)
            if record.kind in kinds:
                subjects.setdefault(record.subject)
        last = first
    return list(subjects)


def booked_after(journal: Journal, owner: Owner, generation: int, counter: int) -> tuple[int, int] | None:
    """Return the generation and counter that this till booked of a card after those; None when it booked nothing later.

    An older generation is known by having been booked before a newer one; of one that this till never saw nothing can be said.
    """
    seen: list[tuple[int, int]] = []
    for subject in journal.by_owner(owner.certno)[-_LAST_DEBITS:]:
        of = owner_of(journal, subject)
        if of is not None and of.card_sn == owner.card_sn:
            seen += _booked_on_card(journal, subject)
    if not seen or generation not in {one for one, _ in seen}:
        return None
    newest = seen[-1][0]
    last = newest, max(used for one, used in seen if one == newest)
    return last if generation != newest or last[1] > counter else None


def _booked_on_card(journal: Journal, subject: str) -> list[tuple[int, int]]:
    """Return generation and counter of what a done sale or refresh found on the card and left there."""
    state = journal.standing(subject)
    if state.standing is Standing.REFRESHED:
        body = journal.records(subject)[0].body
        before, after = record_of(body["before"]), (int(body["generation"]), 1)
    elif isinstance(state.intent, SaleIntended) and state.done and isinstance(state.intent.card, SaleWrite):
        before = state.intent.card.before
        after = before.generation or 0, state.intent.card.counter_after
    else:
        return []
    readable = before.generation is not None and before.counter is not None
    return [*([(before.generation or 0, before.counter or 0)] if readable else []), after]


def sequence_booked(journal: Journal, owner: Owner) -> int | None:
    """Return the sequence of the newest debit that this card did by itself and this till booked; None when there is none."""
    for subject in reversed(journal.by_owner(owner.certno)[-_LAST_DEBITS:]):
        state = journal.standing(subject)
        plan = state.intent.card if isinstance(state.intent, SaleIntended) and state.done else None
        of = owner_of(journal, subject) if isinstance(plan, DebitPlan) else None
        if isinstance(plan, DebitPlan) and of is not None and of.card_sn == owner.card_sn:
            return plan.sequence
    return None


def renewed_since(journal: Journal, owner: Owner, subject: str) -> bool:
    """Whether this till has made a card's record anew, after the sale ``subject``, because nobody could read it whole.

    What the record said of that sale is gone, and the sale counts as not done.
    """
    own, sold = journal.by_owner(owner.certno), journal.standing(subject).intent
    plan = sold.card if isinstance(sold, SaleIntended) and isinstance(sold.card, SaleWrite) else None
    for later in own[own.index(subject) + 1 :]:
        if journal.standing(later).standing is not Standing.REFRESHED:
            continue
        of = owner_of(journal, later)
        before = record_of(journal.records(later)[0].body["before"])
        torn = not before.readable or (plan is not None and is_mixed(plan, before))
        if torn and of is not None and of.card_sn == owner.card_sn:
            return True
    return False


def goods_of(bill: Bill) -> str:
    """Return the first thing on a bill, and how many lines there are."""
    lines = bill.lines
    return f"{lines[0].name} …{len(lines)}" if len(lines) > 1 else lines[0].name if lines else ""


def offline_used(journal: Journal, certno: str) -> tuple[int, int]:
    """Return how often a person bought off-line, and for how much, that the centre has not answered: the window of the limits."""
    states = (journal.standing(subject) for subject in journal.by_owner(certno))
    debits = [
        state.intent.card.debit_fen
        for state in states
        if isinstance(state.intent, SaleIntended) and state.intent.card and state.standing in {*_OPEN, Standing.PROVISIONAL}
    ]
    return len(debits), sum(debits)
