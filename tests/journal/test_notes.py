"""Message ids, the clock, enquiries, the hotlist and the sender's heartbeat."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from config.clock import CHINA
from offline_queue.journal import EnquiryAnswer, Journal
from offline_queue.journal.values import Role
from settlement.errors import ProtocolMisuse
from tests.journal.entries import ONE, Hand, opened, sale


@pytest.mark.parametrize("writer", ["till", "sender"])
def test_message_ids_increase_whatever_the_clock_does(tmp_path: Path, clock: Hand, writer: Role) -> None:
    """Ids never repeat or fall behind, over a restart, a clock that steps back and more than a hundred a second."""
    opened(tmp_path, clock=clock).close()
    with opened(tmp_path, writer, clock=clock) as journal:
        issued = [journal.notes.issue_msgid(writer=writer) for _ in range(205)]
        if writer == "till":
            journal.commit([sale(issued[-1])])
    clock.at = datetime(2025, 1, 1, tzinfo=CHINA)
    with opened(tmp_path, writer, clock=clock) as journal:
        issued.append(journal.notes.issue_msgid(writer=writer))

    assert sorted(set(issued)) == issued
    assert {30} == {len(item) for item in issued}


def test_an_id_of_the_till_is_durable_with_the_record_that_names_it(tmp_path: Path, clock: Hand) -> None:
    """Its own transaction: nothing else is written for it, and a record that is refused uses none up."""
    with opened(tmp_path, clock=clock) as journal, opened(tmp_path, "sender", clock=clock) as other:
        seen = other.data_version()
        first, second, third = (journal.notes.issue_msgid(writer="till") for _ in range(3))
        assert seen == other.data_version()
        journal.commit([sale(second)])
        with pytest.raises(ProtocolMisuse):
            journal.commit([sale(third), sale(second)])
        assert first < second < third < journal.notes.issue_msgid(writer="till")
    with opened(tmp_path, clock=clock) as journal:
        assert third == journal.notes.issue_msgid(writer="till")


def test_a_subject_that_is_no_id_of_this_till_moves_nothing(journal: Journal) -> None:
    """A day, another till's number: ids go on where they were."""
    one = journal.notes.issue_msgid(writer="till")
    other_till = one[:12] + "20991231235959" + "02" + "00"
    journal.commit([sale(other_till)])

    assert one < journal.notes.issue_msgid(writer="till") < other_till


def test_a_clock_far_ahead_does_not_jam_the_ids(journal: Journal, clock: Hand) -> None:
    """Ids follow the signed centre time at most a month ahead, so a mended clock overtakes them soon."""
    journal.notes.centre(signed_time=clock.at.isoformat(), extension=True)
    clock.at = datetime(2039, 1, 1, tzinfo=CHINA)

    assert "2026" == journal.notes.issue_msgid(writer="till")[12:16]


def test_till_and_sender_ids_never_meet(journal: Journal) -> None:
    """The sender of till 01 makes its own ids as 51."""
    assert ("01", "51") == (journal.notes.issue_msgid(writer="till")[26:28], journal.notes.issue_msgid(writer="sender")[26:28])


@pytest.mark.parametrize(
    ("recorded", "signed", "now", "code"),
    [
        (None, None, timedelta(0), ""),
        (timedelta(0), None, timedelta(minutes=-4), ""),
        (timedelta(0), None, timedelta(minutes=-6), "CLOCK-BEHIND"),
        (None, timedelta(0), timedelta(minutes=-6), "CLOCK-BEHIND"),
        (timedelta(hours=-1), timedelta(0), timedelta(minutes=-6), "CLOCK-BEHIND"),
        (None, timedelta(0), timedelta(days=30), ""),
        (None, timedelta(0), timedelta(days=32), "CLOCK-AHEAD"),
        (timedelta(0), None, timedelta(days=400), ""),
    ],
)
def test_a_clock_that_cannot_be_right_is_said(
    journal: Journal, clock: Hand, recorded: timedelta | None, signed: timedelta | None, now: timedelta, code: str
) -> None:
    """Behind a time that has surely passed, or far ahead of the centre's; a counter without a line for weeks is believed."""
    start = clock.at
    if recorded is not None:
        clock.at = start + recorded
        journal.commit([sale(ONE)])
    if signed is not None:
        journal.notes.centre(signed_time=(start + signed).isoformat(), extension=True)
    clock.at = start + now
    doubt = journal.clock_doubt()

    assert code == (doubt.code if doubt else "")
    assert doubt is None or f"{clock.at:%Y-%m-%d %H:%M:%S}" in doubt.say("zh")


def test_enquiry_is_withdrawn_only_before_it_is_taken(journal: Journal) -> None:
    """Withdrawn = surely never sent."""
    first = journal.enquiries.ask("1101", {"a": 1}, patience_s=2)
    second = journal.enquiries.ask("1101", {"a": 2}, patience_s=2)
    taken = journal.enquiries.take()
    assert taken is not None
    assert None is journal.enquiries.answer_of(first)
    journal.enquiries.answer(first, EnquiryAnswer(outcome="answered", output={"x": "y"}))

    assert (first, "1101", {"a": 1}, 2.0) == (taken.number, taken.infno, taken.input, taken.patience_s)
    assert (False, True) == (journal.enquiries.withdraw(first), journal.enquiries.withdraw(second))
    assert None is journal.enquiries.take()
    assert EnquiryAnswer(outcome="answered", output={"x": "y"}) == journal.enquiries.answer_of(first)
    assert 2 == journal.enquiries.erase()
    assert None is journal.enquiries.answer_of(first)


def test_hotlist_never_goes_back(journal: Journal, tmp_path: Path) -> None:
    """An older list is ignored; a newer one replaces all; lookups know cards and persons by keyed hashes only."""
    journal.notes.store_hotlist(["CARD00001"], version=2, signed_time="2026-03-02T09:00:00+08:00")

    assert not journal.notes.store_hotlist([], version=1, signed_time="2026-03-01T09:00:00+08:00")
    assert journal.notes.hotlisted("OTHER", "CARD00001")
    assert not journal.notes.hotlisted("OTHER")
    with journal.store.read() as db:
        assert b"CARD00001" not in b"".join(bytes(row[0]) for row in db.execute("SELECT entry FROM hotlist").fetchall())
    assert journal.notes.store_hotlist(["CARD00002"], version=3, signed_time="2026-03-03T09:00:00+08:00")
    with opened(tmp_path, "reader") as reader:
        assert (False, True) == (reader.notes.hotlisted("CARD00001"), reader.notes.hotlisted("CARD00002"))
        assert 3 == reader.notes.sender_status().hotlist_version


def test_a_sender_that_falls_silent_is_not_alive(journal: Journal, clock: Hand) -> None:
    """Alive means heard within ten seconds, also when the wall clock jumps."""
    assert not journal.notes.sender_status().alive
    journal.notes.heartbeat(line="up", since="2026-03-02T09:00:00+08:00", words="")
    clock.at += timedelta(days=1)
    assert (True, "up") == (journal.notes.sender_status().alive, journal.notes.sender_status().line)
    clock.ticks = 11

    assert not journal.notes.sender_status().alive
