"""Power lost after each byte of each record that a sale or a refresh writes, on cards that mend a torn record and on one that does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from settlement.allowance import CardRecord, RefreshWrite, SaleWrite, Verdict, is_mixed, judge, spendable_fen
from simulator import image
from simulator.tear import MENDS
from terminal.cards.errors import CardTorn
from tests.cards.counter import Counter, refresh_of, sale_of

MONTH = 4
SALE_WRITES = {1: 4, 2: 3, 3: 6}
"""Write of a sale → bytes of its record, tag and length included: 93, the tag in EF15, 92."""
REFRESH_WRITES = {1: 3, 2: 4, 3: 3, 4: 3, 5: 6, 6: 4}
"""90 closed, 93, the tag, 90, 92, 93."""
SALE_BYTES = [(write, byte) for write, size in SALE_WRITES.items() for byte in range(size + 1)]
REFRESH_BYTES = [(write, byte) for write, size in REFRESH_WRITES.items() for byte in range(size + 1)]
AMOUNTS = [(0x1388, 0x04D2), (0x0100, 0x0001), (0x01020304, 0x00FFFFFF), (0x0000FFFF, 0x0000FF00)]
"""Fen before, and debited: what is left differs in some bytes, in all, or in the last alone."""


def torn(counter: Counter, plan: SaleWrite | RefreshWrite, write: int, byte: int, mends: str) -> CardRecord:
    """Write ``plan``, lose power there, and return what the card says the next time."""
    counter.insert({"write": write, "when": "during", "byte": byte, "mends": mends})
    card = counter.admitted()
    try:
        card.read_allowance()
        with pytest.raises(CardTorn):
            card.write_sale(plan) if isinstance(plan, SaleWrite) else card.write_refresh(plan)
    finally:
        card.close()
    counter.insert()
    return counter.read()


def given(counter: Counter, amount_fen: int, *, tags: int = 1) -> CardRecord:
    """Return a card with so much on it and so many tags."""
    held = image.load(counter.card_path)
    held.records["DF04|EF06"] = {"90": "37", "92": f"{amount_fen:08X}", "93": "0103"}
    held.cyclic["DF04|EF15"] = [f"{0xA1B0 + number:04X}31" for number in range(tags)]
    image.store(counter.card_path, held)
    return counter.read()


@pytest.mark.parametrize("mends", MENDS)
@pytest.mark.parametrize(("amount_fen", "debit_fen"), AMOUNTS)
@pytest.mark.parametrize(("write", "byte"), SALE_BYTES)
def test_sale_torn_at_every_byte(tmp_path: Path, write: int, byte: int, amount_fen: int, debit_fen: int, mends: str) -> None:
    """Done is our tag and our amount by value, aborted what shows that 92 is as it was; bytes of two amounts are neither."""
    counter = Counter(tmp_path)
    plan = sale_of(given(counter, amount_fen, tags=8), debit_fen=debit_fen)
    now = torn(counter, plan, write, byte, mends)

    ours = now.tags[0] == plan.tag
    expected = Verdict.ABORTED
    if now.amount_fen == plan.amount_after_fen:
        assert ours
        expected = Verdict.DONE
    elif now.amount_fen != plan.before.amount_fen:
        assert mends == "mixed"
        expected = Verdict.EVIDENCE
    assert expected is judge(plan, now)
    assert is_mixed(plan, now) == (expected is Verdict.EVIDENCE)
    # Nothing that a till could spend is more than there was, and nothing is unreadable.
    assert now.readable
    assert spendable_fen(now, month=MONTH) <= amount_fen
    assert now.counter in {plan.before.counter, plan.counter_after}


@pytest.mark.parametrize("byte", range(4))
@pytest.mark.parametrize("tags", [0, 3, 8])
def test_a_tag_of_two_writers(tmp_path: Path, tags: int, byte: int) -> None:
    """The newest takes the place of the oldest, byte by byte: until it is ours the sale is aborted, and without its amount then too."""
    counter = Counter(tmp_path)
    plan = sale_of(given(counter, 5000, tags=tags))
    now = torn(counter, plan, 2, byte, "mixed")

    oldest = 0xA1B0 + 7 if tags == 8 else 0xFFFF
    assert (plan.tag.to_bytes(2)[:byte] + oldest.to_bytes(2)[byte:]).hex() == f"{now.tags[0]:04x}"
    assert Verdict.ABORTED is judge(plan, now)


@pytest.mark.parametrize("mends", MENDS)
@pytest.mark.parametrize("amount_fen", [0x1388, 0x01020304])
@pytest.mark.parametrize(("write", "byte"), REFRESH_BYTES)
def test_refresh_torn_at_every_byte(tmp_path: Path, write: int, byte: int, amount_fen: int, mends: str) -> None:
    """The old record, the new one, or nothing that can be spent: never the old amount under the new generation."""
    counter = Counter(tmp_path)
    before = given(counter, amount_fen, tags=8)
    plan = refresh_of(before, amount_fen=0x00010203, tag=2)
    now = torn(counter, plan, write, byte, mends)

    new = CardRecord(generation=2, counter=1, amount_fen=0x00010203, not_after="7", tags=(2, *before.tags[:7]))
    assert now in (before, new) or spendable_fen(now, month=MONTH) == 0
    assert now != new or write == 6


@pytest.mark.parametrize("followed_by", ["sale", "refresh"])
@pytest.mark.parametrize(("write", "byte"), SALE_BYTES)
def test_torn_at_a_byte_here_and_used_at_another_till(tmp_path: Path, write: int, byte: int, followed_by: str) -> None:
    """The next writer does not know that a record is mixed; what it read is the evidence, and it is never our amount unless it is."""
    counter = Counter(tmp_path)
    plan = sale_of(given(counter, 0x01020304, tags=8), debit_fen=0x00FFFFFF)
    seen = torn(counter, plan, write, byte, "mixed")
    card = counter.admitted()
    card.read_allowance()
    if followed_by == "refresh":
        now = card.write_refresh(RefreshWrite(before=seen, tag=9, generation=2, grant_fen=100, not_after="7"))
    else:
        now = card.write_sale(sale_of(seen, debit_fen=1, tag=9))
    card.close()

    done = seen.tags[0] == plan.tag and seen.amount_fen == plan.amount_after_fen
    verdict = judge(plan, now)
    assert verdict is not Verdict.DONE
    assert verdict is Verdict.EVIDENCE or not done
    # By the next writer's intent (section 5): our tag and our amount, else the deadline.
    assert done == (judge(plan, seen) is Verdict.DONE)
    assert spendable_fen(seen, month=MONTH) <= 0x01020304


@pytest.mark.parametrize(
    ("closed", "changes"), [(True, {}), (False, {"counter": 0}), (False, {"amount_fen": 0}), (False, {"not_after": "0"})]
)
def test_90_is_closed_only_where_something_could_be_spent(tmp_path: Path, closed: bool, changes: dict[str, object]) -> None:  # noqa: FBT001 - a table
    """One command more, where the old amount could be spent."""
    counter = Counter(tmp_path)
    values = {"amount_fen": 500, "counter": 3, "not_after": "7"} | changes
    held = image.load(counter.card_path)
    held.records["DF04|EF06"] = {
        "90": str(values["not_after"]).encode().hex(),
        "92": f"{values['amount_fen']:08X}",
        "93": f"01{values['counter']:02X}",
    }
    image.store(counter.card_path, held)
    card = counter.admitted()
    plan = refresh_of(card.read_allowance(), tag=2)
    before = card.channel.sent
    after = card.write_refresh(plan)
    card.close()

    assert closed == plan.closes_first
    assert 9 + closed == card.channel.sent - before
    assert (2, 1) == (after.generation, after.counter)
