"""The void of today's settlement, and how doubts end."""

from __future__ import annotations

from dataclasses import replace

import pytest

from settlement import reversal
from settlement.bill import Split
from settlement.checkout import effects as do
from settlement.checkout import events as on
from settlement.checkout import steps
from settlement.checkout.protocol import receive
from settlement.checkout.states import Booking, ClosedUnpaid, DoubtOpen, State
from settlement.doubt import Doubt, Finding, Happened, NeverHappened, conclude, needs_goods_answer, needs_void
from settlement.errors import ProtocolMisuse
from settlement.facts import Aborted, Done, Receivable, Refused, SaleIntended, VoidIntended
from settlement.figures import Figures
from settlement.split import price
from tests.world.explore import AT, BENEFIT, HOTLIST, MSGID, VOID, sample_sale

FIGURES = Figures(medfee_sumamt=2500, inscp_scp_amt=2500, psn_part_amt=2500, acct_pay=2400, psn_cash_pay=100, balc=7600)
ORIGINAL = reversal.Original(subject=MSGID, figures=FIGURES, outside_fen=300, answered=True, done=True)


def _intent(**changes: object) -> SaleIntended:
    sale = sample_sale()
    split = price(sale.bill, sale.policy, BENEFIT)
    assert isinstance(split, Split)
    intent = SaleIntended(
        subject=MSGID, way="online", at=AT, bill=sale.bill, figures=FIGURES, left_out=(), pack=split.pack, explanation="", hotlist=HOTLIST
    )
    return replace(intent, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("original", "code"),
    [
        pytest.param(None, "VOID-UNKNOWN", id="no such settlement"),
        pytest.param(replace(ORIGINAL, done=False), "VOID-UNKNOWN", id="never done"),
        pytest.param(replace(ORIGINAL, figures=FIGURES.negated()), "VOID-UNKNOWN", id="a void itself"),
        pytest.param(replace(ORIGINAL, reversed_by=VOID), "VOID-TWICE", id="twice"),
        pytest.param(replace(ORIGINAL, same_person=False), "VOID-OTHER-PERSON", id="another person's card"),
    ],
)
def test_void_is_refused(original: reversal.Original | None, code: str) -> None:
    """What may not be voided is refused before anything is written."""
    state = reversal.begin(original, MSGID)

    assert isinstance(state, reversal.NotVoided)
    assert code == state.refusal.code


def _confirmed(original: reversal.Original) -> reversal.Intending:
    state, effects = reversal.receive(reversal.Proposed(original=original), on.Confirmed(msgid=VOID, at=AT, tag=0))
    assert isinstance(state, reversal.Intending)
    assert (do.WriteIntent(intent=state.intent),) == effects
    return state


def test_void_negates_every_movement() -> None:
    """The void's figures are the original's with the other sign; the balance is a statement and stays."""
    intent = _confirmed(ORIGINAL).intent

    assert (-2500, 0, -2400, -100) == intent.figures.movements()
    assert (-300, 7600) == (intent.outside_fen, intent.figures.balc)


def test_void_accepted_gives_the_cash_back() -> None:
    """Accepted, it is booked with a receipt of its own, and the cash part goes back."""
    state, _ = reversal.receive(_confirmed(ORIGINAL), on.IntentDurable())
    booking, effects = reversal.receive(state, on.Accepted(figures=FIGURES.negated(), setl_id="S2", mdtrt_id="M1"))
    final, printed = reversal.receive(booking, on.Committed())

    assert isinstance(effects[0], do.Commit)
    assert "2103" == effects[0].facts[0].body()["infno"]
    assert reversal.Voided(subject=VOID, original=MSGID, cash_back_fen=400) == final
    assert (do.PrintSlip(subject=VOID),) == printed


@pytest.mark.parametrize(
    ("event", "kind", "end"),
    [
        (on.Rejected(words="已清算"), "refused", reversal.NotVoided),
        (on.OutcomeUnknown(why="timeout"), "doubted", reversal.InDoubt),
    ],
)
def test_void_that_is_not_accepted(event: on.Event, kind: str, end: type[object]) -> None:
    """A refusal leaves the settlement as it was; an unknown answer is a doubt, never a refusal."""
    state, _ = reversal.receive(_confirmed(ORIGINAL), on.IntentDurable())
    booking, effects = reversal.receive(state, event)
    final, _ = reversal.receive(booking, on.Committed())

    assert isinstance(effects[0], do.Commit)
    assert kind == effects[0].facts[0].kind
    assert isinstance(final, end)


def test_void_before_the_answer_waits_for_its_sale() -> None:
    """An off-line sale that the centre has not answered: sale and void go up as a pair, in this order."""
    state, effects = reversal.receive(_confirmed(replace(ORIGINAL, answered=False)), on.IntentDurable())

    assert (reversal.Waiting(subject=VOID, original=MSGID), ()) == (state, effects)


def test_void_survives_a_journal_that_refuses() -> None:
    """The transaction is tried again, with the same facts."""
    state, _ = reversal.receive(_confirmed(ORIGINAL), on.IntentDurable())
    booking, effects = reversal.receive(state, on.Accepted(figures=FIGURES.negated(), setl_id="S2", mdtrt_id="M1"))
    stuck, _ = reversal.receive(booking, on.JournalFailed(why="full"))

    assert (booking, effects) == reversal.receive(stuck, on.TriedAgain())


def test_void_misuse() -> None:
    """A final state accepts nothing."""
    with pytest.raises(ProtocolMisuse, match="Dropped does not accept Committed"):
        reversal.receive(reversal.Dropped(), on.Committed())


HAPPENED = Happened(figures=FIGURES, setl_id="S1", mdtrt_id="M1")


@pytest.mark.parametrize(
    ("goods", "cash_fen", "finding", "kinds", "void"),
    [
        pytest.param(True, 0, HAPPENED, [Done], False, id="done, goods out: adopt"),
        pytest.param(False, 0, HAPPENED, [Done], True, id="done, goods kept: adopt and release"),
        pytest.param(True, 2500, HAPPENED, [Done], True, id="done, cash taken: the cash stands"),
        pytest.param(True, 0, NeverHappened(why="x"), [Aborted, Receivable], False, id="not done, goods out, no cash: the shop bears it"),
        pytest.param(True, 2500, NeverHappened(why="x"), [Aborted], False, id="not done, cash taken: it was a cash sale"),
        pytest.param(False, 0, NeverHappened(why="x"), [Aborted], False, id="not done, nothing left"),
        pytest.param(None, 0, NeverHappened(why="x", before_doubt=True), [Aborted], False, id="never sent, and nobody was told of a doubt"),
        pytest.param(False, 0, NeverHappened(why="x", words="不符"), [Refused], False, id="refused by the centre"),
    ],
)
def test_doubt_ends(*, goods: bool | None, cash_fen: int, finding: Finding, kinds: list[type[object]], void: bool) -> None:
    """Every ending of a doubt follows from what was found and what the counter answered."""
    doubt = Doubt(intent=_intent(), goods_released=goods, cash_taken_fen=cash_fen)

    assert not needs_goods_answer(doubt, finding)
    assert kinds == [type(fact) for fact in conclude(doubt, finding)]
    assert void == needs_void(doubt, finding)


@pytest.mark.parametrize("finding", [HAPPENED, NeverHappened(why="card-not-written"), NeverHappened(why="refused", words="不符")])
def test_goods_question_comes_before_the_end(finding: Finding) -> None:
    """No doubt ends, done or not, while nobody said whether the goods went out."""
    assert needs_goods_answer(Doubt(intent=_intent()), finding)
    assert DoubtOpen(doubt=Doubt(intent=_intent()), finding=finding) == steps.found(Doubt(intent=_intent()), finding)[0]


@pytest.mark.parametrize(
    ("event", "kinds"),
    [
        (on.GoodsAsked(released=True), [["goods_answered"], ["aborted", "receivable"]]),
        (on.GoodsAsked(released=False), [["goods_answered"], ["aborted"]]),
        (on.CashReceived(amount_fen=2800), [["cash_taken"], ["aborted"]]),
    ],
)
def test_not_done_is_closed_by_the_answer(event: on.Event, kinds: list[list[str]]) -> None:
    """Out unpaid: owed to the shop. Here: nothing. Paid in cash now: it was a cash sale."""
    state: State = DoubtOpen(doubt=Doubt(intent=_intent()), finding=NeverHappened(why="card-not-written"))
    written = []
    while not isinstance(state, ClosedUnpaid):
        state, effects = receive(state, on.Committed() if isinstance(state, Booking) else event)
        written += [[fact.kind for fact in effect.facts] for effect in effects if isinstance(effect, do.Commit)]

    assert kinds == written


def test_cash_is_not_taken_for_what_is_paid() -> None:
    """Found settled, it is paid: cash against it would be paid twice."""
    with pytest.raises(ProtocolMisuse):
        receive(DoubtOpen(doubt=Doubt(intent=_intent()), finding=HAPPENED), on.CashReceived(amount_fen=2800))


def test_redeemed_slip_needs_no_goods_question() -> None:
    """Goods and cash of a slip went long before: done adopts it, not done leaves the slip and owes nothing."""
    doubt = Doubt(intent=_intent(slip=VOID))

    assert not needs_goods_answer(doubt, HAPPENED)
    assert [Done] == [type(fact) for fact in conclude(doubt, HAPPENED)]
    assert [Aborted] == [type(fact) for fact in conclude(replace(doubt, goods_released=True), NeverHappened(why="x"))]


def test_intents_survive_their_journal_form() -> None:
    """What a record holds reads back as the same value."""
    from settlement.facts import sale_intent_of, void_intent_of

    sale, void = _intent(), _confirmed(ORIGINAL).intent

    assert sale == sale_intent_of(MSGID, sale.body())
    assert void == void_intent_of(VOID, void.body())
    assert isinstance(void, VoidIntended)
