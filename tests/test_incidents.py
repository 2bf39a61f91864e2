"""What has happened to others, and the test here in which it does not: public incidents of off-line counters, queues and cards.

Each row names where it can be read and the test that plays it. The first test makes sure that each of them is there.
"""

from __future__ import annotations

import ast
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest

from terminal.cards import ldt
from terminal.person import Answer
from tests.world.town.town import Town

ROOT = Path(__file__).parent
INCIDENTS = {
    "odoo #40567, PR 85527: an answer was lost and the retry had no id of its own": "world/test_replies.py::test_reply_to_a_settlement",
    "odoo #152259: two windows drained one queue": "journal/test_opening.py::test_second_till_is_refused",
    "odoo #125037: a confirmed order was gone after a power cut": "crash/test_power_cut.py::test_no_acknowledged_record_is_lost",
    "odoo PR 284784: a disk that ran low evicted what was not sent": "crash/test_filling.py::test_a_disk_that_fills_loses_nothing",
    "odoo PR 288974: an older draft overwrote what was paid": "journal/test_commit.py::test_an_end_is_final",
    "erpnext #11000: one record that cannot be sent held up the queue": "sync/test_sender.py::test_poison_is_set_aside_and_others_flow",
    "erpnext #12971: a key pressed again made a second invoice": "screen/cashier/test_keys.py::test_a_key_held_down_is_never_meant",
    "POSNext #50: a line that came and went started two drains": "test_incidents.py::test_a_line_that_flaps_sends_each_sale_once",
    "l10n-spain #4921, #2582: off-line tills shared a number sequence": (
        "journal/test_restore.py::test_receipts_begin_anew_in_an_epoch_of_their_own"
    ),
    "odoo #13242, #22234: gaps in a gap-free sequence": "journal/test_commit.py::test_receipts_are_gap_free",
    "kugelpos #190, #166: other content under the same id passed as a copy": (
        "clearing/test_personalities.py::test_an_idempotent_centre_refuses_another_body"
    ),
    "stripe-terminal #470: a conflict was shown as declined, and the money was taken": (
        "nhsa/test_outcome.py::test_any_other_status_is_unknown"
    ),
    "VivaPayments #2373, adyen-magento #719: failed first, successful later": (
        "screen/cashier/test_doubts.py::test_lost_answer_is_asked_for_again"
    ),
    "adyen-magento2 #1431: paid, and the order was written after it": "world/test_town.py::test_a_planted_mistake_is_found",
    "adyen-commercetools #1305: a key that was made of what changes": (
        "world/test_restored.py::test_what_was_sent_after_the_backup_is_found_and_not_sent_again"
    ),
    "square #135: one key was applied twice": "clearing/test_service.py::test_copies_that_come_together_are_executed_once",
    "turso #8129, seq #812: a database came back from a backup and went on counting": (
        "journal/test_restore.py::test_message_ids_go_past_what_was_lost"
    ),
    "couchbase-lite #1482, indi-allsky #1534: the power went, and a damaged file left the screen waiting": (
        "journal/test_opening.py::test_a_damaged_database_is_said_plainly"
    ),
    "SQLite's WAL-reset bug: two connections moved the log at once": "journal/test_opening.py::test_the_engine_is_what_it_must_be",
    "textual #5599, #6155, #6614: brackets in a name crashed the screen": "screen/test_literal.py::test_hostile_text_is_shown_so",
    "pyscard #63, #128, #153: a card or reader that left took the program along": "cards/test_pcscd.py::test_real_reader",
    "German bank cards, 2010: a year in BCD was read as a number": "test_incidents.py::test_every_day_is_read_as_it_was_written",
    "Horizon: a branch could not check its own books": "checker/test_demonstration.py::test_the_day_of_the_demonstration_is_whole",
    "Chip and Skim: a challenge that could be foretold": "cards/test_card_rights.py::test_challenges_differ",
    "systemd #36498, sms-backup-plus #416: one day in the future poisoned a mark for ever": (
        "journal/test_notes.py::test_a_clock_far_ahead_does_not_jam_the_ids"
    ),
    "hermes-agent #109234: everybody came back in the same moment": (
        "sync/test_backoff.py::test_counters_that_fail_together_do_not_come_back_together"
    ),
    "Sempo PR 844: off-line cards were overspent": "clearing/test_allowances.py::test_debits_beyond_the_earmark_are_borne_by_the_shop",
}


@pytest.mark.parametrize("incident", INCIDENTS)
def test_each_incident_has_its_test(incident: str) -> None:
    """A row without a test would only be a story."""
    file, _, name = INCIDENTS[incident].partition("::")
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))

    assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


def test_a_line_that_flaps_sends_each_sale_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The line comes and goes fifty times over a queue, at a centre that executes whatever comes: each sale is there once."""
    with Town("flaps", "re-executes") as town:
        town.chance.calm = True
        shop = town.shops[0]
        before = len(town.settlements_at_the_centre())
        monkeypatch.setattr(shop.customer, "decide", lambda state: Answer.SETTLE if type(state).__name__ == "Quoted" else Answer.CASH)
        town.sell(shop, "first", 1234)
        shop.wire.cut = True
        shop.send()
        for _ in range(5):
            town.sell(shop, "first", 100)
        for number in range(100):
            shop.wire.cut = number % 2 == 0
            town.clock.ticks += 1
            shop.send(backlog=True)
        town.settle(shop)
        there = Counter(row["msgid"] for row in town.settlements_at_the_centre())

        assert [1] * (before + 6) == list(there.values())
        assert [] == town.wrong(drained=True)


def test_every_day_is_read_as_it_was_written() -> None:
    """From 2000 to 2039: 2009, 2010, 2015, 2016, 2038 and every leap day, packed as the card packs them."""
    until = ldt.ISSUER.item(ldt.TAG_VALID_UNTIL)
    first = date(2000, 1, 1)
    days = [(first + timedelta(days=number)).strftime("%Y%m%d") for number in range(40 * 365 + 10)]

    assert days == [ldt.decode(until, bytes.fromhex(day)) for day in days]
    assert {"20100101", "20160229", "20380119"} <= set(days)
