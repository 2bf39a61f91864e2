"""Who works at the till: the settings' operator, until a close hands over; slips name who worked when they were booked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from offline_queue.journal import Journal
from settlement.day_facts import DayClosed
from settlement.facts import CashSold
from terminal import day_close, drafts, on_duty
from terminal.bookkeeping import entries
from terminal.paper.content import Slips
from terminal.paper.slip import Issuer
from tests.counter.goods import AT, DRUG, Pharmacy, made
from tests.journal.entries import Hand, opened

OWN = "01"


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    """Return a new till's journal."""
    with opened(tmp_path) as till:
        yield till


def close(journal: Journal, following: str = "") -> DayClosed:
    """Close the day under whoever works, without a word of who works now."""
    counted = day_close.count(day_close.begin_close(journal), 0)
    closed = day_close.close(
        journal, counted, at=AT, operator=on_duty.operator(journal, own=OWN), next_operator=following, float_left_fen=0
    )
    assert isinstance(closed, DayClosed)
    return closed


def hand_over(journal: Journal, following: str = "") -> None:
    """Close the day and hand over."""
    on_duty.hand_over(journal, close(journal, following), own=OWN)


def cash_slip(journal: Journal) -> str:
    """Sell something for cash and return the slip's number."""
    subject = journal.notes.issue_msgid(writer="till")
    bill = made(drafts.new(journal).add(DRUG)).bill(Pharmacy(), AT)
    journal.commit(entries((CashSold(subject=subject, at=AT, bill=bill, amount_fen=bill.cash_total_fen, reason="", until=""),), None))
    return subject


def on_slip(journal: Journal, subject: str) -> str:
    """Return the operator that a slip names when it is printed now."""
    slips = Slips(journal, Hand(), Issuer(fixmedins_name="演示大药房", operator=OWN))
    folded = slips.booked(subject)
    assert folded is not None
    return slips.slip(folded, "again").issuer.operator


def test_a_close_hands_over(journal: Journal) -> None:
    """To whom it names; a close that names nobody changes nothing."""
    names = [on_duty.operator(journal, own=OWN)]
    for following in ("", "02", "", "03"):
        hand_over(journal, following)
        names.append(on_duty.operator(journal, own=OWN))

    assert [OWN, OWN, "02", "02", "03"] == names
    assert ("02", "03") == (journal.records(journal.last_close()[1])[0].body["operator"], on_duty.operator(journal, own=OWN))


def test_new_settings_name_who_works(journal: Journal) -> None:
    """Whoever is set up after the hand-over works; set back, the hand-over still stands."""
    hand_over(journal, "02")

    assert ("07", "02") == (on_duty.operator(journal, own="07"), on_duty.operator(journal, own=OWN))


def test_a_till_killed_after_its_close_has_handed_over(journal: Journal) -> None:
    """The record of the close says it; the next close says it again."""
    close(journal, "02")
    killed = on_duty.operator(journal, own=OWN)
    hand_over(journal)

    assert ("02", "02") == (killed, on_duty.operator(journal, own=OWN))


def test_a_slip_names_who_worked_then(journal: Journal) -> None:
    """Printed again after two hand-overs: the first, the second and who works now."""
    sold = [cash_slip(journal)]
    for following in ("02", "03"):
        hand_over(journal, following)
        sold.append(cash_slip(journal))

    assert [OWN, "02", "03"] == [on_slip(journal, subject) for subject in sold]
