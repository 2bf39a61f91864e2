"""What is booked with other figures than were shown is listed until somebody says yes or no, or its void is done."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from offline_queue.fold import Standing
from offline_queue.journal import Entry, Journal
from offline_queue.journal.errors import StillOpen
from offline_queue.journal.verify import verify
from settlement.doubt import Happened, booked
from settlement.errors import ProtocolMisuse
from settlement.facts import sale_intent_of
from tests.journal.entries import (
    FIGURES,
    ONE,
    OTHER,
    PERSON,
    TWO,
    VOID,
    VOID_2,
    answered,
    done,
    ended,
    opened,
    sale,
    sending,
    void,
    void_done,
)

CENTRES = replace(FIGURES, acct_pay=2400, psn_cash_pay=100)


def differing(subject: str, *, late: bool = False, **changed: Any) -> Entry:  # noqa: ANN401 - members of a body
    """Return the booking of a sale with the centre's figures."""
    intent = sale_intent_of(subject, sale(subject).body)
    fact = booked(intent, Happened(figures=CENTRES), late=late)
    return Entry(kind=fact.kind, subject=subject, body={**fact.body(), **changed})


def said(subject: str, *, agreed: bool) -> Entry:
    """Return what the customer said."""
    return Entry(kind="difference_answered", subject=subject, body={"agreed": agreed})


@pytest.fixture
def journal(journal: Journal) -> Journal:
    """Return a journal with one sale that nobody has agreed to, and one settled as it was shown."""
    journal.commit([sale(ONE), sale(TWO, person=OTHER)])
    journal.commit([sending(ONE), answered(ONE, "accepted", CENTRES), sending(TWO), answered(TWO, "accepted")])
    journal.commit([differing(ONE)])
    journal.commit([done(TWO)])
    assert [ONE] == journal.unanswered()
    return journal


def test_yes_ends_it(journal: Journal) -> None:
    """Listed and without a slip until then; afterwards it is a sale like any other, and may be voided."""
    assert [TWO] == [subject for subject, _ in journal.slips_owed()]
    assert journal.standing(ONE).not_agreed
    journal.commit([said(ONE, agreed=True)])

    assert [] == journal.unanswered()
    assert [ONE, TWO] == [subject for subject, _ in journal.slips_owed()]
    assert not journal.standing(ONE).not_agreed
    journal.commit([void(VOID, ONE)])
    assert () == verify(journal).faults


def test_no_ends_it_with_its_void(journal: Journal) -> None:
    """It is not listed while the void is on the way, and gone when that is done; no slip of it comes."""
    journal.commit([said(ONE, agreed=False), void(VOID, ONE)])
    assert [] == journal.unanswered()
    assert () == verify(journal).faults
    journal.commit([void_done(VOID)])

    assert [] == journal.unanswered()
    assert [TWO, VOID] == [subject for subject, _ in journal.slips_owed()]
    assert Standing.REVERSED is journal.standing(ONE).standing
    assert () == verify(journal).faults


@pytest.mark.parametrize("kind", ["refused", "aborted"])
def test_void_that_comes_to_nothing_opens_it_again(journal: Journal, kind: str) -> None:
    """The settlement stands, so somebody must decide again: yes, or no with another void."""
    journal.commit([said(ONE, agreed=False), void(VOID, ONE)])
    journal.commit([ended(VOID, kind)])

    assert [ONE] == journal.unanswered()
    assert journal.standing(ONE).not_agreed
    journal.commit([said(ONE, agreed=False), void(VOID_2, ONE)])
    journal.commit([ended(VOID_2, kind)])
    journal.commit([said(ONE, agreed=True)])
    assert [] == journal.unanswered()
    assert () == verify(journal).faults


def test_no_void_before_a_no_and_no_second_answer(journal: Journal) -> None:
    """A void of something unanswered, and an answer while its void is on the way, are bugs, and nothing is written."""
    before = journal.tip()
    for wrong in ([void(VOID, ONE)], [void(VOID, ONE), said(ONE, agreed=False)]):
        with pytest.raises(ProtocolMisuse, match="only a no voids it"):
            journal.commit(wrong)
    assert before == journal.tip()
    journal.commit([said(ONE, agreed=False), void(VOID, ONE)])
    for agreed in (True, False):
        with pytest.raises(ProtocolMisuse, match="declined already"):
            journal.commit([said(ONE, agreed=agreed)])


def test_found_after_a_doubt_is_not_asked(journal: Journal) -> None:
    """Whether the goods went out was answered before it was booked: the figures differ, and nobody is asked."""
    journal.commit([said(ONE, agreed=True), sale(VOID)])
    journal.commit([differing(VOID, late=True)])

    assert [] == journal.unanswered()
    assert not journal.standing(VOID).not_agreed


def test_records_from_before_it_was_noted(journal: Journal) -> None:
    """A booking without the member asks nothing, and its answer may stand in the records: they are derived as ever."""
    old = differing(VOID)
    del old.body["differs"]
    journal.commit([said(ONE, agreed=True), sale(VOID)])
    journal.commit([old])
    journal.commit([said(VOID, agreed=False)])
    journal.commit([void(VOID_2, VOID)])

    assert [] == journal.unanswered()
    assert False is journal.standing(VOID).difference_agreed
    assert not journal.standing(VOID).not_agreed
    assert () == verify(journal).faults


def test_person_is_not_erased_before(journal: Journal) -> None:
    """A void that releases it needs who it was settled for, until that is done; nobody else has to wait."""
    assert 1 == journal.erase(OTHER["certno"])
    with pytest.raises(StillOpen):
        journal.erase(PERSON["certno"])
    journal.commit([said(ONE, agreed=True)])

    assert 1 == journal.erase(PERSON["certno"])


def test_journal_from_before_is_derived_anew(tmp_path: Path) -> None:
    """What was booked with other figures is found also where it was derived by rules that did not know of it."""
    with opened(tmp_path) as journal:
        journal.commit([sale(ONE)])
        journal.commit([differing(ONE)])
        with journal.store.write() as db:
            db.execute("UPDATE meta SET value = '2' WHERE name = 'derived'")
            db.execute("DROP TABLE not_agreed")
    with opened(tmp_path) as journal:
        assert [ONE] == journal.unanswered()
        journal.rebuild()
        assert [ONE] == journal.unanswered()
        assert () == verify(journal).faults


def test_an_edit_of_the_list_is_found(journal: Journal) -> None:
    """The verification derives it once more."""
    with journal.store.write() as db:
        db.execute("DELETE FROM not_agreed")

    assert ["the derived table not_agreed is not what the records give"] == [fault.rpartition(" / ")[2] for fault in verify(journal).faults]
