"""A slip is found by what stands on it, the newest first."""

from __future__ import annotations

import pytest

from offline_queue.journal import Journal, reading
from tests.journal.entries import ONE, THREE, TWO, VOID, done, offline_sale, sale, void, void_done


@pytest.fixture
def booked(journal: Journal) -> Journal:
    """Return a journal with two sales, a void of the first, and a sale that has no end."""
    offline_sale(journal, ONE)
    journal.commit([sale(TWO)])
    journal.commit([done(TWO)])
    journal.commit([void(VOID, ONE)])
    journal.commit([void_done(VOID)])
    journal.commit([sale(THREE)])
    return journal


def test_by_the_end_of_its_number_or_the_whole(booked: Journal) -> None:
    """Six digits at least: fewer are a receipt."""
    assert [TWO] == booked.slips_named(TWO) == booked.slips_named(TWO[-6:])
    assert [VOID] == booked.slips_named(VOID[-8:])
    assert [] == booked.slips_named(ONE[:12])


def test_by_its_receipt(booked: Journal) -> None:
    """With and without the till, the epoch and the zeros before it; a void has a receipt of its own."""
    receipt = booked.standing(TWO).receipt
    number = receipt.rpartition("-")[2]
    assert [TWO] == booked.slips_named(receipt) == booked.slips_named(number.lstrip("0"))
    assert VOID in booked.slips_named(booked.standing(VOID).receipt)


def test_what_is_not_booked_has_no_slip(booked: Journal) -> None:
    """Its end will say what it is."""
    assert [] == booked.slips_named(THREE)
    assert [] == booked.slips_named("999999")


def test_page_by_page_and_no_further_than_its_reach(booked: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    """The newest first, across pages; what is older than the reach is left to the log."""
    monkeypatch.setattr(reading, "_SLIPS_PAGE", 2)
    assert [ONE] == booked.slips_named(ONE)
    assert [VOID] == booked.slips_named(VOID, limit=1)
    monkeypatch.setattr(reading, "_SLIPS_REACH", 4)
    assert [] == booked.slips_named(ONE)
    assert [VOID] == booked.slips_named(VOID)
