"""What the strip says of an allowance is what the off-line rule says: by the hotlist's age, the area, and a restored journal."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from config.clock import CHINA
from settlement.facts import Hotlisted
from terminal.desk_status import offline_of
from tests.settlement.priced_bills import policy

HOUR_S = 3600
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=CHINA)
AREA = replace(
    policy(),
    offline_account="allowance",
    offline_account_limit_fen=500_00,
    allowance_days=90,
    floor_limit_fen=300_00,
    floor_limit_stale_fen=100_00,
    hotlist_soft_h=24,
    hotlist_refuse_h=72,
)


@pytest.mark.parametrize(
    ("age_s", "allowed", "code", "floor_fen", "until", "stale"),
    [
        (0, True, "", 300_00, "03-05 09:30", False),
        (24 * HOUR_S, True, "", 300_00, "03-04 09:30", False),
        (24 * HOUR_S + 1, True, "", 100_00, "03-04 09:29", True),
        (62 * HOUR_S, True, "", 100_00, "19:30", True),
        (72 * HOUR_S, True, "", 100_00, "09:30", True),
        (72 * HOUR_S + 1, False, "OFFLINE-HOTLIST-OLD", 100_00, "09:29", True),
        (None, False, "OFFLINE-HOTLIST-OLD", 300_00, "", False),
    ],
)
def test_by_the_hotlists_age(age_s: int | None, allowed: bool, code: str, floor_fen: int, until: str, stale: bool) -> None:  # noqa: FBT001
    """The lower limit from its soft age on, nothing from the age at which it is refused, and when that is."""
    found = offline_of(AREA, Hotlisted(version=1, age_s=age_s), NOW, None)

    assert (allowed, floor_fen, until, stale) == (found.allowed, found.floor_fen, found.until, found.stale)
    assert code == (found.why.code if found.why else "")


def test_an_area_of_cards_that_debit_by_themselves() -> None:
    """Allowed under the same limits, and said as what it is."""
    found = offline_of(replace(AREA, offline_account="legacy_card"), Hotlisted(version=1, age_s=0), NOW, None)

    assert (True, True, 300_00) == (found.allowed, found.by_itself, found.floor_fen)
    assert not offline_of(AREA, Hotlisted(version=1, age_s=0), NOW, None).by_itself


def test_an_area_that_forbids_it_gives_no_reason_but_the_rule() -> None:
    """Then no list and no time matters."""
    found = offline_of(policy(), Hotlisted(version=1, age_s=0), NOW, None)

    assert (False, None, "") == (found.allowed, found.why, found.until)


def test_a_restored_journal_pays_nothing_off_line() -> None:
    """What was spent after the backup is not known here."""
    found = offline_of(AREA, Hotlisted(version=1, age_s=0), NOW, 5)

    assert not found.allowed
    assert found.why is not None
    assert "OFFLINE-RESTORED" == found.why.code
