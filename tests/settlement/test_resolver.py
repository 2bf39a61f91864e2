"""The resolver desk decides by what is known: what can be asked, what is safe, until when, and who bears it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from config.clock import CHINA
from config.regions import policy_for
from settlement.endings import ENDINGS, endings
from settlement.facts import Hotlisted
from settlement.policy import Policy
from settlement.resolver import Bearer, Pending, bears_refusal, resolve
from settlement.resolver_words import ACTIONS, rows_of

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=CHINA)
ONLINE = Pending(
    subject="P99010000001202603020900000100",
    kind="sale",
    offline=False,
    at="2026-03-02 09:00:00",
    amount_fen=500,
    first_sent="2026-03-02T09:00:01+08:00",
    last_sent="2026-03-02T09:00:01+08:00",
    queried=True,
)
BY_CARD = replace(ONLINE, offline=True, first_sent="", last_sent="", queried=False, not_after="5", hotlist=Hotlisted(version=1, age_s=0))


@pytest.fixture
def policy() -> Policy:
    """Return the demonstration area's pack."""
    found = policy_for("990100", "2026-03-02")
    assert isinstance(found, Policy)
    return found


def test_a_request_is_asked_for_and_judged_by_the_statement(policy: Policy) -> None:
    """By person, then by file a transit after the last attempt; its day is the pack's."""
    found = resolve(ONLINE, policy, NOW)

    assert (("query", "statement", "deadline"), ("send-now", "goods", "cash", "wait-statement")) == (found.asked, found.actions)
    assert ("2026-03-03T09:00+08:00", "2026-04-01", False) == (found.judged_after, found.deadline, found.overdue)
    assert resolve(ONLINE, policy, NOW.replace(month=4)).overdue


def test_a_debit_is_proved_by_the_card_until_its_month_and_the_queue_are_over(policy: Policy) -> None:
    """May, and thirty-one days more; a month that is past names next year's; a card that debits itself names none: that of the sale."""
    found = resolve(BY_CARD, policy, NOW)

    assert (("card", "deadline"), "insert-card", "") == (found.asked, found.actions[0], found.judged_after)
    found_by = [resolve(replace(BY_CARD, not_after=one), policy, NOW).deadline for one in ("5", "1", "")]
    assert ["2026-07-01", "2027-03-03", "2026-05-01"] == found_by


@pytest.mark.parametrize(
    ("pending", "bearer"),
    [
        (ONLINE, "unsaid"),
        (replace(ONLINE, goods_released=False), "nobody"),
        (replace(BY_CARD, goods_released=None), "unsaid"),
        (replace(ONLINE, goods_released=True), "customer"),
        (replace(ONLINE, goods_released=True, cash_taken_fen=500), "nobody"),
        (replace(BY_CARD, goods_released=True), "shop"),
        (replace(ONLINE, kind="void", goods_released=True), "nobody"),
    ],
)
def test_who_bears_what_ends_as_not_done(policy: Policy, pending: Pending, bearer: Bearer) -> None:
    """Goods here or paid: nobody. Else who let them go; while nobody says where they are, nothing is said to be safe."""
    assert bearer == resolve(pending, policy, NOW).bearer


@pytest.mark.parametrize(
    ("hotlist", "reported", "above", "bearer"),
    [
        (Hotlisted(version=1, age_s=3600), "", False, "insurer"),
        (Hotlisted(version=1, age_s=72 * 3600 + 1), "", False, "shop"),
        (Hotlisted(version=0, age_s=None), "", False, "shop"),
        (Hotlisted(version=1, age_s=3600), "2026-03-02 10:00:00", False, "account"),
        (Hotlisted(version=1, age_s=3600), "2026-03-02 08:00:00", False, "insurer"),
        (Hotlisted(version=1, age_s=3600), "2026-03-02 10:00:00", True, "shop"),
    ],
)
def test_who_bears_a_later_refusal(policy: Policy, hotlist: Hotlisted, reported: str, above: bool, bearer: Bearer) -> None:  # noqa: FBT001 - a table
    """By the list that was looked at, the report, and the earmark."""
    assert bearer == bears_refusal(hotlist, policy, sold="2026-03-02 09:00:00", reported=reported, above_earmark=above)


@pytest.mark.parametrize(
    "pending", [ONLINE, BY_CARD, replace(ONLINE, kind="void"), replace(ONLINE, set_aside=True), replace(ONLINE, found=True)]
)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_action_has_words_and_none_calls_for_support(policy: Policy, pending: Pending, language: str) -> None:
    """Both languages; a doubt is never somebody else's."""
    said = " ".join(part for pair in rows_of(resolve(pending, policy, NOW), language) for part in pair)  # type: ignore[arg-type]

    assert pending.subject in said
    assert not [word for word in ("客服", "厂家", "供应商", "维护人员", "vendor", "support", "help desk") if word in said.lower()]
    assert resolve(pending, policy, NOW).actions
    assert set(resolve(pending, policy, NOW).actions) <= set(ACTIONS)


def test_every_ending_has_its_limit_from_the_pack(policy: Policy) -> None:
    """Days and hours are the pack's, in both languages, and no code is there twice."""
    said = endings(policy, "en")

    assert len(ENDINGS) == len({one.code for one in ENDINGS}) == len(said)
    assert {"within 30 days", "from 24 hours after the last attempt"} <= {limit for _, _, limit in said}
    assert all(part and "{" not in part for language in ("zh", "en") for row in endings(policy, language) for part in row)


def test_the_document_has_every_ending() -> None:
    """``docs/doubts.md`` is the dictionary as the code has it."""
    page = (Path(__file__).parents[2] / "docs" / "doubts.md").read_text(encoding="utf-8")
    rows = [f"| `{one.code}` | {' · '.join(one.name)} | {' · '.join(one.proof)} | {' · '.join(one.limit)} |" for one in ENDINGS]

    assert [] == [row for row in rows if row not in page]
