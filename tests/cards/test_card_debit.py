"""The debit that a card does by itself, pulled at every command, and what its own log proves of it: here and at another till."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from settlement.allowance import Verdict
from settlement.card_debit import LOG_RECORDS, SEQUENCES, DebitPlan, LogEntry, debits_itself, is_newer, judge_by_log
from settlement.errors import CardError
from simulator import image
from simulator.slot import WHENS
from terminal.cards.card_account import Proof
from terminal.cards.errors import CardGone, CardRefused, CardTorn
from terminal.cards.services import CounterCard
from tests.cards.counter import Counter, sent_to_psam

TERMINAL, MOMENT = "990100000001", "20260302091530"
DEBIT_APDUS = 4
"""INITIALIZE, its answer, DEBIT, its answer."""
SENT = 3


@pytest.fixture
def counter(tmp_path: Path) -> Counter:
    """A reader with a card that has 50.00 on it."""
    made = Counter(tmp_path)
    made.grant(5000)
    return made


def debited(card: CounterCard, own_fen: int = 1234, pooled_fen: int = 100, *, number: int = 7) -> tuple[DebitPlan, Proof]:
    """Debit the card in a session with its PIN given."""
    account = card.account
    begun = account.begin(own_fen=own_fen, pooled_fen=pooled_fen, terminal=TERMINAL)
    plan = plan_of(begun.sequence, begun.balance_fen, own_fen, pooled_fen, number)
    PLANS.append(plan)
    return plan, account.debit(plan, begun)


PLANS: list[DebitPlan] = []
"""The last one is what an intent would hold when the card was pulled."""


def plan_of(sequence: int, balance_fen: int, own_fen: int, pooled_fen: int, number: int) -> DebitPlan:
    """Return a plan of this till."""
    return DebitPlan(
        sequence=sequence,
        number=number,
        terminal=TERMINAL,
        moment=MOMENT,
        own_fen=own_fen,
        pooled_fen=pooled_fen,
        balance_fen=balance_fen,
    )


def balance_fen(counter: Counter) -> int:
    """Return what the card holds."""
    return int(image.load(counter.card_path).records["DF04|EF06"]["92"] or "0", 16)


def judged(counter: Counter, plan: DebitPlan) -> tuple[Verdict, Proof | None]:
    """Put the card in, give the PIN, and have its log and its proof say what became of a plan."""
    counter.insert()
    card = counter.admitted()
    try:
        return judge_by_log(plan, card.account.log(until=plan)), card.account.proof(plan)
    finally:
        card.close()


def test_a_whole_debit(counter: Counter) -> None:
    """The amount is less, the log has the entry, and the TAC is the card's own."""
    card = counter.admitted()
    plan, proof = debited(card)
    log = card.account.log()
    card.close()

    assert 5000 - 1234 == balance_fen(counter)
    assert 8 == len(proof.tac)
    newest = log[0]
    assert newest is not None
    assert (plan.sequence, TERMINAL, MOMENT, 1234, 100, 3766) == (
        newest.sequence,
        newest.terminal,
        newest.moment,
        newest.own_fen,
        newest.pooled_fen,
        newest.left_fen,
    )
    assert (Verdict.DONE, proof) == judged(counter, plan)


@pytest.mark.parametrize("when", WHENS)
@pytest.mark.parametrize("apdu", range(1, DEBIT_APDUS + 1))
def test_pulled_at_every_command(counter: Counter, apdu: int, when: str) -> None:
    """Done exactly where the card's amount is less; before the command was sent it is known that nothing happened."""
    card = counter.admitted()
    counter.insert({"apdu": card.channel.sent + apdu, "when": when})
    PLANS.clear()
    with pytest.raises(CardError) as error:
        debited(card)
    card.close()

    assert isinstance(error.value, CardTorn if apdu >= SENT else CardGone)
    assert (apdu >= SENT) == bool(PLANS)
    moved = 5000 - balance_fen(counter)
    assert moved in {0, 1234}
    if PLANS:
        verdict, proof = judged(counter, PLANS[-1])
        assert (verdict is Verdict.DONE) == (moved == 1234)
        assert (verdict is Verdict.ABORTED) == (moved == 0)
        assert (proof is not None) == (moved == 1234)


@pytest.mark.parametrize("done", [True, False])
@pytest.mark.parametrize("later", [1, 5, LOG_RECORDS - 1, LOG_RECORDS])
def test_other_tills_debits_in_between(counter: Counter, later: int, done: bool) -> None:  # noqa: FBT001 - a table's column
    """The log still has ours, or shows that the sequence was another's; where it was written over, only evidence tells."""
    card = counter.admitted()
    counter.insert({"apdu": card.channel.sent + SENT, "when": "after" if done else "before"})
    PLANS.clear()
    with pytest.raises(CardTorn):
        debited(card)
    card.close()
    plan = PLANS[-1]
    counter.insert()
    card = counter.admitted()
    for number in range(later):
        debited(card, 1, 0, number=1000 + number)
    card.close()

    verdict, _ = judged(counter, plan)
    # Without ours, the first of the others used its sequence.
    kept = later < LOG_RECORDS if done else later <= LOG_RECORDS
    assert verdict is ((Verdict.DONE if done else Verdict.ABORTED) if kept else Verdict.EVIDENCE)


@pytest.mark.parametrize(("version", "commands"), [("2.00", (17, 13)), ("3.00", (20, 16))])
def test_a_whole_off_line_sale_is_short(tmp_path: Path, version: str, commands: tuple[int, int]) -> None:
    """From power-up to the log read back, as a checkout asks it; a card of 3.00 wants one more proof of the till's before it is read."""
    counter = Counter(tmp_path, version=version, loaded="50.00")
    card = counter.admitted()
    before = card.read_allowance()
    card.keys.terminal_number()
    plan, _ = debited(card, pooled_fen=0)
    log = card.account.log(most=1)
    sent = card.channel.sent, sent_to_psam(card)
    card.close()

    assert debits_itself(before)
    assert 5000 == before.amount_fen
    assert Verdict.DONE is judge_by_log(plan, log)
    assert commands == sent


def test_more_than_there_is(counter: Counter) -> None:
    """The card itself refuses, before any debit is sent."""
    card = counter.admitted()
    with pytest.raises(CardRefused, match="9401"):
        debited(card, 5001, 0)
    card.close()

    assert 5000 == balance_fen(counter)


def test_without_the_pin(counter: Counter) -> None:
    """Nothing is begun."""
    card = counter.open()
    card.identify()
    with pytest.raises(CardRefused, match="6982"):
        debited(card)
    card.close()


ENTRY = LogEntry(sequence=7, kind="2", terminal=TERMINAL, moment=MOMENT, own_fen=10, pooled_fen=0, left_fen=90)
PLAN = plan_of(7, 100, 10, 0, 1)


@pytest.mark.parametrize(
    ("log", "verdict"),
    [
        ((), Verdict.ABORTED),
        ((ENTRY,), Verdict.DONE),
        ((replace(ENTRY, terminal="990100000002"),), Verdict.ABORTED),
        ((replace(ENTRY, moment="20260302091531"),), Verdict.ABORTED),
        ((replace(ENTRY, own_fen=11, left_fen=89),), Verdict.ABORTED),
        ((None,), Verdict.EVIDENCE),
        ((None, ENTRY), Verdict.DONE),
        ((replace(ENTRY, sequence=6),), Verdict.ABORTED),
        (tuple(replace(ENTRY, sequence=8 + number) for number in range(LOG_RECORDS)), Verdict.EVIDENCE),
        ((*(replace(ENTRY, sequence=8) for _ in range(LOG_RECORDS - 1)), replace(ENTRY, sequence=6)), Verdict.ABORTED),
    ],
)
def test_what_a_log_proves(log: tuple[LogEntry | None, ...], verdict: Verdict) -> None:
    """Sequence, terminal, time and amounts, all of them; what cannot be read is never taken for nothing."""
    assert verdict is judge_by_log(PLAN, log)


@given(sequence=st.integers(0, SEQUENCES - 1), newer=st.integers(1, LOG_RECORDS - 1), done=st.booleans())
def test_sequences_wrap(sequence: int, newer: int, done: bool) -> None:  # noqa: FBT001 - drawn
    """At 65535 as anywhere else."""
    plan = plan_of(sequence, 100, 10, 0, 1)
    ours = replace(ENTRY, sequence=sequence if done else (sequence - 1) % SEQUENCES, moment=MOMENT if done else "20260302000000")
    log = (*(replace(ENTRY, sequence=(sequence + step) % SEQUENCES, own_fen=1) for step in range(newer, 0, -1)), ours)

    assert judge_by_log(plan, log) is (Verdict.DONE if done else Verdict.ABORTED)


@pytest.mark.parametrize(
    ("sequence", "other", "newer"), [(8, 7, True), (7, 7, False), (6, 7, False), (0, 65_535, True), (65_535, 0, False)]
)
def test_which_sequence_is_newer(sequence: int, other: int, newer: bool) -> None:  # noqa: FBT001 - a table's column
    """Sixteen bits that wrap."""
    assert newer is is_newer(sequence, other)
