"""The register of what is sold by name: who bought, whole for an inspector, masked for anybody else, gone with the person."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from offline_queue import drug_register, journal_command
from offline_queue.journal import Entry, Journal
from offline_queue.journal.verify import verify
from settlement.bill import EPHEDRINE
from settlement.drugs import Buyer, Papers
from settlement.facts import CashSold
from terminal.bookkeeping import seen
from tests.journal.entries import ONE, PERSON, THREE, TWO, VOID, done, sale, void, void_done
from tests.world.explore import AT, sample_sale

BUYER = Buyer(psn_name="演示乙", certno="990100197001010005")
BILL = sample_sale().bill
LINE = replace(BILL.lines[0], name="演示复方伪麻片", spec="10片", manu_lotnum="YS1", prodentp_name="演示九厂", controls=(EPHEDRINE,))
BY_NAME = replace(BILL, lines=(LINE, *BILL.lines[1:]))


def by_name(subject: str) -> Entry:
    """Return the intent of a sale by card of what is sold by name."""
    entry = sale(subject)
    return replace(entry, body={**entry.body, "bill": for_cash(subject).body["bill"]})


def for_cash(subject: str) -> Entry:
    """Return a cash slip of the same."""
    fact = CashSold(subject=subject, at=AT, bill=BY_NAME, amount_fen=2500, reason="", until="")
    return Entry(kind=fact.kind, subject=subject, body=fact.body())


def papers_of(entry: Entry) -> list[Entry]:
    """Return what was seen of the buyer of a slip."""
    fact = CashSold(subject=entry.subject, at=AT, bill=BY_NAME, amount_fen=2500, reason="", until="")
    return seen((fact,), Papers(buyer=BUYER))


@pytest.fixture
def sold(journal: Journal) -> Journal:
    """Return a journal with one sale by card, one for cash, one that was voided and one that came to nothing."""
    journal.commit([by_name(ONE)])
    journal.commit([done(ONE)])
    journal.commit([for_cash(TWO), *papers_of(for_cash(TWO))])
    journal.commit([by_name(THREE)])
    return journal


def rows(journal: Journal) -> list[tuple[str, str, str, str, str]]:
    """Return the register in short."""
    return [(row.subject, row.name, row.quantity, row.buyer, row.certno) for row in drug_register.rows(journal)]


def test_who_bought_what(sold: Journal) -> None:
    """By card its holder, for cash who was named; what was never booked is in no register, nor is any other line of the bill."""
    quantity = str(LINE.cnt_e4 // 10_000)
    assert [
        (ONE, LINE.name, quantity, PERSON["psn_name"], PERSON["certno"]),
        (TWO, LINE.name, quantity, BUYER.psn_name, BUYER.certno),
    ] == rows(sold)


def test_what_a_void_took_back(sold: Journal) -> None:
    """The line stays, with nothing sold."""
    sold.commit([void(VOID, ONE)])
    sold.commit([void_done(VOID)])
    assert "0" == rows(sold)[0][2]


def test_a_buyer_goes_with_the_person(sold: Journal) -> None:
    """The record stays and the chain is whole; the slip was never a purchase of the buyer's own."""
    assert [] == sold.by_owner(BUYER.certno)
    assert 1 == sold.erase(BUYER.certno)
    assert (TWO, "", "") == (rows(sold)[1][0], *rows(sold)[1][3:])
    assert () == verify(sold).faults


def test_the_command_masks(sold: Journal, capsys: pytest.CaptureFixture[str]) -> None:
    """Whole only for who asks for it."""

    def told(*options: str) -> list[dict[str, Any]]:
        assert 0 == journal_command.main(["register", "--json", "--data-dir", str(sold.directory), *options])
        found: list[dict[str, Any]] = json.loads(capsys.readouterr().out)["register"]
        return found

    assert "990***********0005" == told()[1]["certno"]
    assert (BUYER.psn_name, BUYER.certno, "YS1") == tuple(told("--reveal")[1][key] for key in ("buyer", "certno", "manu_lotnum"))
    assert 0 == journal_command.main(["register", "--data-dir", str(sold.directory)])
    text = capsys.readouterr().out
    assert "演示复方伪麻片 10片" in text
    assert BUYER.certno not in text
