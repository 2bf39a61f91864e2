"""A person can be erased, and never while something of theirs is under way."""

from __future__ import annotations

from pathlib import Path

import pytest

from offline_queue.journal import Journal
from offline_queue.journal.errors import StillOpen
from offline_queue.journal.verify import verify
from tests.journal.entries import ONE, OTHER, PERSON, TWO, answered, offline_sale, sale, sending


def _settle(journal: Journal, subject: str, person: dict[str, str]) -> None:
    offline_sale(journal, subject, person)
    journal.commit([sending(subject)])
    journal.commit([answered(subject, "accepted")])


def test_erasing_a_person_keeps_the_chain(journal: Journal) -> None:
    """The personal fields are gone, the records and their chain are whole; nobody else is touched."""
    _settle(journal, ONE, PERSON)
    _settle(journal, TWO, OTHER)
    tip = journal.tip()

    assert 1 == journal.erase(PERSON["certno"])
    assert None is journal.records(ONE)[0].private
    assert OTHER == journal.records(TWO)[0].private
    assert ([], [TWO]) == (journal.by_owner(PERSON["certno"]), journal.by_owner(OTHER["certno"]))
    assert (tip, ()) == (journal.tip(), verify(journal).faults)


def test_erasing_leaves_nothing_in_the_log(journal: Journal, tmp_path: Path) -> None:
    """Also the encrypted copies in the write-ahead log go: it is moved into the database and cut."""
    _settle(journal, ONE, PERSON)
    journal.erase(PERSON["certno"])

    assert 0 == (tmp_path / "journal.db-wal").stat().st_size


@pytest.mark.parametrize("begun", [False, True])
def test_an_unfinished_person_is_not_erased(journal: Journal, *, begun: bool) -> None:
    """An open intent, or a sale that is still owed, needs the fields: without them it could not be sent or resolved."""
    if begun:
        offline_sale(journal, ONE)
    else:
        journal.commit([sale(ONE, "allowance")])
    with pytest.raises(StillOpen):
        journal.erase(PERSON["certno"])

    assert PERSON == journal.records(ONE)[0].private


def test_derived_tables_outlive_an_erasure(journal: Journal) -> None:
    """Made anew after a person was erased, the derived tables are the same."""
    _settle(journal, ONE, PERSON)
    offline_sale(journal, TWO, OTHER)
    journal.erase(PERSON["certno"])
    owed = journal.owed()
    journal.rebuild()

    assert (owed, ()) == (journal.owed(), verify(journal).faults)
