"""Where a box went, in words; and a till without a screen sells it once too."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from offline_queue.journal import Journal
from settlement.facts import CashSold
from terminal import drafts, headless, sold_codes
from terminal.bookkeeping import entries
from terminal.headless_person import HeadlessPerson, Pipe
from terminal.open_bill import OpenBill
from tests.counter.goods import AT, CODE, CODE_2, DRUG, Pharmacy, made
from tests.journal.entries import opened
from tests.world.shop import Shop


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    """Return a new till's journal."""
    with opened(tmp_path) as till:
        yield till


def boxes(journal: Journal, *codes: str) -> OpenBill:
    """Return a bill of these boxes."""
    bill = made(drafts.new(journal).add(replace(DRUG, cnt_e4=len(codes) * 1_0000)))
    for code in codes:
        bill = made(bill.attach("1", code))
    return bill


def sell_for_cash(journal: Journal, *codes: str) -> str:
    """Sell the boxes for cash and return the slip's number."""
    subject = journal.notes.issue_msgid(writer="till")
    bill = boxes(journal, *codes).bill(Pharmacy(), AT)
    journal.commit(entries((CashSold(subject=subject, at=AT, bill=bill, amount_fen=bill.cash_total_fen, reason="", until=""),), None))
    return subject


def test_a_sold_box_is_named_with_its_sale(journal: Journal) -> None:
    """The minute and the number of what sold it; one that is here says nothing, and stops nothing."""
    before = sold_codes.refusal(journal, boxes(journal, CODE, CODE_2).bill(Pharmacy(), AT))
    subject = sell_for_cash(journal, CODE)
    refusal = sold_codes.refusal(journal, boxes(journal, CODE_2, CODE).bill(Pharmacy(), AT))

    assert before is None
    assert (f"{AT[:16]} {subject}", "") == (sold_codes.whereabouts(journal, CODE), sold_codes.whereabouts(journal, CODE_2))
    assert refusal is not None
    assert (CODE, f"{AT[:16]} {subject}") == (refusal.details["traced"], refusal.details["where"])


def test_a_till_without_a_screen_sells_a_box_once(tmp_path: Path) -> None:
    """The unfinished bill is refused before anybody is asked, and stays unfinished."""
    with Shop(tmp_path / "stage") as shop:
        journal = shop.counter.journal
        sell_for_cash(journal, CODE)
        bill = boxes(journal, CODE)
        drafts.save(journal, bill)
        records = journal.tip()
        out = tmp_path / "said"
        with out.open("wb") as said:
            person = HeadlessPerson(Pipe(0, said.fileno()))
            ended = headless._answer(bytearray(b'{"do": "resume"}'), shop.counter, shop.driver, person)

        assert {"end": "Failed", "code": "BILL-CODE-SOLD"} == ended
        assert CODE in out.read_text(encoding="utf-8")
        assert (records, bill) == (journal.tip(), drafts.load(journal))
        assert [] == shop.script.asked
