"""The card pulled before, during and after every command of a sale and of a refresh."""

from __future__ import annotations

from pathlib import Path

import pytest

from settlement.allowance import CardRecord, RefreshWrite, SaleWrite, Verdict, judge, spendable_fen
from settlement.errors import CardError
from terminal.cards.errors import CardGone, CardTorn
from tests.cards.counter import Counter, refresh_of, sale_of

WHENS = ("before", "during", "after")
SALE_COMMANDS = 7
REFRESH_COMMANDS = 10
MONTH = 4


def pulled_at(counter: Counter, command: int, when: str, plan: SaleWrite | RefreshWrite) -> CardError | None:
    """Write ``plan`` with the card pulled at the ``command``-th command of the write itself."""
    card = counter.admitted()
    try:
        card.read_allowance()
        counter.insert({"apdu": card.channel.sent + command, "when": when})
        if isinstance(plan, SaleWrite):
            card.write_sale(plan)
        else:
            card.write_refresh(plan)
    except CardError as error:
        return error
    finally:
        card.close()
    return None


@pytest.mark.parametrize("when", WHENS)
@pytest.mark.parametrize("command", range(1, SALE_COMMANDS + 1))
def test_sale_pulled_at_every_command(tmp_path: Path, command: int, when: str) -> None:
    """Whatever was cut, the verdict agrees with the card: done only with our tag and amount, aborted never with both."""
    counter = Counter(tmp_path)
    plan = sale_of(counter.grant())

    error = pulled_at(counter, command, when, plan)
    counter.insert()
    now = counter.read()

    assert isinstance(error, CardGone | CardTorn)
    written = now.amount_fen == plan.amount_after_fen and now.tags[0] == plan.tag
    assert (judge(plan, now) is Verdict.DONE) == written
    assert judge(plan, now) is not Verdict.EVIDENCE or now.amount_fen is None
    assert written or now.amount_fen in {plan.before.amount_fen, None}


def test_sale_in_whole_has_these_commands(tmp_path: Path) -> None:
    """The sweep above reaches the last command of a sale and not beyond."""
    counter = Counter(tmp_path)
    plan = sale_of(counter.grant())

    assert pulled_at(counter, SALE_COMMANDS + 1, "after", plan) is None
    counter.insert()
    assert judge(plan, counter.read()) is Verdict.DONE


@pytest.mark.parametrize(
    ("write", "when", "error", "verdict"),
    [
        (1, "before", CardTorn, Verdict.ABORTED),
        (1, "during", CardTorn, Verdict.ABORTED),
        (1, "after", CardTorn, Verdict.ABORTED),
        (2, "before", CardTorn, Verdict.ABORTED),
        (2, "during", CardTorn, Verdict.ABORTED),
        (2, "after", CardTorn, Verdict.ABORTED),
        (3, "before", CardTorn, Verdict.ABORTED),
        (3, "during", CardTorn, Verdict.EVIDENCE),
        (3, "after", CardTorn, Verdict.DONE),
    ],
)
def test_each_write_of_a_sale(tmp_path: Path, write: int, when: str, error: type[CardError], verdict: Verdict) -> None:
    """Counter, tag, amount: only the amount debits, and only a torn amount needs more evidence than the card's."""
    counter = Counter(tmp_path)
    plan = sale_of(counter.grant())
    counter.insert({"write": write, "when": when})
    card = counter.admitted()
    card.read_allowance()

    with pytest.raises(error):
        card.write_sale(plan)
    card.close()

    counter.insert()
    assert verdict is judge(plan, counter.read())


@pytest.mark.parametrize("when", WHENS)
@pytest.mark.parametrize("command", range(1, REFRESH_COMMANDS + 1))
def test_refresh_pulled_at_every_command(tmp_path: Path, command: int, when: str) -> None:
    """A torn refresh leaves the old record, the whole new one, or nothing that can be spent."""
    counter = Counter(tmp_path)
    before = counter.grant(3000)
    plan = refresh_of(before, amount_fen=8000, tag=2)

    error = pulled_at(counter, command, when, plan)
    counter.insert()
    now = counter.read()

    assert isinstance(error, CardGone | CardTorn)
    new = CardRecord(generation=2, counter=1, amount_fen=8000, not_after="7", tags=(2, 1))
    assert now in (before, new) or spendable_fen(now, month=MONTH) == 0


def test_refresh_in_whole_has_these_commands(tmp_path: Path) -> None:
    """The sweep above reaches the last command of a refresh and not beyond."""
    counter = Counter(tmp_path)
    plan = refresh_of(counter.grant(3000), amount_fen=8000, tag=2)

    assert pulled_at(counter, REFRESH_COMMANDS + 1, "after", plan) is None


@pytest.mark.parametrize("write", range(1, 7))
def test_torn_card_is_refreshed_again(tmp_path: Path, write: int) -> None:
    """Whatever record is unreadable after a tear, a refresh to a new generation makes the card whole."""
    counter = Counter(tmp_path)
    before = counter.grant(3000)
    counter.insert({"write": write, "when": "during"})
    card = counter.admitted()
    card.read_allowance()
    with pytest.raises(CardTorn):
        card.write_refresh(refresh_of(before, tag=2))
    card.close()
    counter.insert()
    card = counter.admitted()
    torn = card.read_allowance()

    whole = card.write_refresh(RefreshWrite(before=torn, tag=3, generation=3, grant_fen=700, not_after="9"))
    card.close()

    assert (3, 1, 700, "9") == (whole.generation, whole.counter, whole.amount_fen, whole.not_after)
    assert whole.tags[0] == 3


def test_pulled_card_answers_no_more(tmp_path: Path) -> None:
    """After a pull the old session stays dead, also when the card is back."""
    counter = Counter(tmp_path)
    card = counter.admitted()
    counter.slot.pulled()
    with pytest.raises(CardGone):
        card.read_allowance()

    counter.insert()
    with pytest.raises(CardGone):
        card.read_allowance()
    card.close()

    assert 0 == counter.read().amount_fen


# --- at another till --------------------------------------------------------------------------------------


@pytest.mark.parametrize("followed_by", ["sale", "refresh"])
@pytest.mark.parametrize("when", WHENS)
@pytest.mark.parametrize("write", [1, 2, 3])
def test_torn_here_and_used_at_another_till(tmp_path: Path, write: int, when: str, followed_by: str) -> None:
    """The other till writes next: what it read is the evidence, and this till never calls anything done without its tag and amount."""
    counter = Counter(tmp_path)
    plan = sale_of(counter.grant())
    counter.insert({"write": write, "when": when})
    card = counter.admitted()
    card.read_allowance()
    with pytest.raises(CardTorn):
        card.write_sale(plan)
    card.close()
    counter.insert()
    card = counter.admitted()
    seen = card.read_allowance()
    # The next writer's intent holds the whole record that it read: section 5 decides by that.
    done = seen.amount_fen == plan.amount_after_fen and seen.tags[0] == plan.tag
    if followed_by == "refresh":
        now = card.write_refresh(RefreshWrite(before=seen, tag=9, generation=2, grant_fen=100, not_after="7"))
    elif seen.readable and spendable_fen(seen, month=MONTH):
        now = card.write_sale(sale_of(seen, debit_fen=1, tag=9))
    else:
        now = seen
    card.close()

    verdict = judge(plan, now)
    used_up = seen.counter == plan.counter_after
    if now == seen:
        assert verdict in {Verdict.ABORTED, Verdict.EVIDENCE}
    elif followed_by == "refresh" or used_up:
        # Another generation, or further on: only what the other till read tells.
        assert verdict is Verdict.EVIDENCE
        assert judge(plan, seen) is (Verdict.DONE if done else Verdict.ABORTED if seen.amount_fen is not None else Verdict.EVIDENCE)
    else:
        assert verdict is Verdict.ABORTED
        assert not done
