"""When the allowance may pay: the pack's rule, limits, the age of the hotlist, the allowance's own last month."""

from __future__ import annotations

from dataclasses import replace

import pytest

from settlement.allowance import CardRecord
from settlement.bill import Split
from settlement.errors import Refusal
from settlement.facts import Hotlisted
from settlement.offline import Circumstances, headroom, is_short, offer
from tests.world.explore import sample_sale

SALE = sample_sale()
RECORD = CardRecord(generation=2, counter=4, amount_fen=20_000, not_after="5", tags=(7,))
NOW = Circumstances(month=3, hotlist=Hotlisted(version=3, age_s=600), person_used_fen=0, reason="LINE-DOWN")
HOUR_S = 3600


def test_the_allowance_pays() -> None:
    """In time, within its limits: the account part comes from the card."""
    split = offer(SALE.bill, SALE.policy, RECORD, NOW)

    assert isinstance(split, Split)
    assert (2500, 0) == (split.figures.acct_pay, split.figures.psn_cash_pay)


def test_a_small_allowance_pays_what_it_holds() -> None:
    """The rest is cash; nothing is owed to the card."""
    split = offer(SALE.bill, SALE.policy, replace(RECORD, amount_fen=700), NOW)

    assert isinstance(split, Split)
    assert (700, 1800) == (split.figures.acct_pay, split.figures.psn_cash_pay)


@pytest.mark.parametrize(
    ("record", "now", "code"),
    [
        pytest.param(replace(RECORD, amount_fen=0), NOW, "OFFLINE-ALLOWANCE-EMPTY", id="nothing on the card"),
        pytest.param(replace(RECORD, counter=0), NOW, "OFFLINE-ALLOWANCE-EMPTY", id="torn by a refresh"),
        pytest.param(replace(RECORD, amount_fen=None), NOW, "OFFLINE-ALLOWANCE-EMPTY", id="unreadable"),
        pytest.param(RECORD, replace(NOW, month=6), "OFFLINE-ALLOWANCE-EXPIRED", id="past its last month"),
        pytest.param(RECORD, replace(NOW, person_used_fen=29_000), "OFFLINE-FLOOR-LIMIT", id="over the limit with earlier sales"),
        pytest.param(
            RECORD,
            replace(NOW, hotlist=Hotlisted(version=3, age_s=25 * HOUR_S), person_used_fen=9_000),
            "OFFLINE-FLOOR-LIMIT",
            id="an old list lowers the limit",
        ),
        pytest.param(RECORD, replace(NOW, hotlist=Hotlisted(version=3, age_s=73 * HOUR_S)), "OFFLINE-HOTLIST-OLD", id="too old a list"),
        pytest.param(RECORD, replace(NOW, hotlist=Hotlisted(version=0, age_s=None)), "OFFLINE-HOTLIST-OLD", id="no list at all"),
        pytest.param(RECORD, replace(NOW, restored_at=7), "OFFLINE-RESTORED", id="a journal from a backup"),
        pytest.param(RECORD, replace(NOW, restored_at=0), "OFFLINE-RESTORED", id="an empty journal from a backup"),
    ],
)
def test_refusals(record: CardRecord, now: Circumstances, code: str) -> None:
    """Each limit refuses by its own code, and cash is offered."""
    refused = offer(SALE.bill, SALE.policy, record, now)

    assert isinstance(refused, Refusal)
    assert code == refused.code


def test_an_area_that_forbids() -> None:
    """The pack decides before anything else."""
    refused = offer(SALE.bill, replace(SALE.policy, offline_account="forbidden"), RECORD, NOW)

    assert isinstance(refused, Refusal)
    assert "OFFLINE-FORBIDDEN" == refused.code


def test_a_bill_with_a_prescription_is_the_centre_s() -> None:
    """Where nobody says that no pooled share exists, the account is not debited off-line, whatever the amount."""
    prescribed = replace(SALE.bill, lines=tuple(replace(line, rxno="R1") for line in SALE.bill.lines))

    assert isinstance(offer(prescribed, SALE.policy, RECORD, NOW), Refusal)


LIMITED = replace(SALE.policy, offline_person_count=2, offline_till_count=10, offline_till_sum_fen=10_000)


@pytest.mark.parametrize(
    ("now", "code"),
    [
        pytest.param(replace(NOW, person_count=2), "OFFLINE-PERSON-COUNT", id="too many of one person"),
        pytest.param(replace(NOW, till_count=10), "OFFLINE-TILL-LIMIT", id="too many of the till"),
        pytest.param(replace(NOW, till_used_fen=7_501), "OFFLINE-TILL-LIMIT", id="a fen too much for the till"),
        pytest.param(replace(NOW, person_count=1, till_count=9, till_used_fen=7_500), "", id="the last that fits"),
    ],
)
def test_numbers_and_sums_of_person_and_till(now: Circumstances, code: str) -> None:
    """Hard limits where the pack sets them; the same sale passes where it does not."""
    found = offer(SALE.bill, LIMITED, RECORD, now)

    assert code == (found.code if isinstance(found, Refusal) else "")
    assert isinstance(offer(SALE.bill, SALE.policy, RECORD, now), Split)


@pytest.mark.parametrize(
    ("count", "used_fen", "left", "short"),
    [
        (0, 0, (10, 10_000), False),
        (7, 0, (3, 10_000), False),
        (8, 0, (2, 10_000), True),
        (1, 8_000, (9, 2_000), True),
        (99, 99_999, (0, 0), True),
    ],
)
def test_what_is_left_is_said_before_it_is_gone(count: int, used_fen: int, left: tuple[int, int], short: bool) -> None:  # noqa: FBT001 - a table
    """The soft limit is the last fifth of either."""
    found = headroom(LIMITED, till_count=count, till_used_fen=used_fen)

    assert (left, short) == ((found.sales, found.amount_fen), is_short(LIMITED, found))
    assert (None, None) == (headroom(SALE.policy, till_count=count, till_used_fen=used_fen).sales, None)
