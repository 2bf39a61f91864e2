"""The log is what the journal says: after every record, after a crash, a change of version, a restored journal and an erasure."""

from __future__ import annotations

import os
import stat
import tempfile
import threading
from pathlib import Path

import pytest
import sqlcipher3.dbapi2 as sqlcipher
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import DatabaseError

from offline_queue import operating_system
from offline_queue.journal import Entry, Journal
from offline_queue.journal.errors import NotDue
from offline_queue.journal.key import read as read_key
from offline_queue.log.deriving import entry_of
from offline_queue.log.entry import COLUMNS, Filter, LogEntry
from offline_queue.log.file import NAME, connect
from offline_queue.log.following import Follower
from offline_queue.log.reading import LogReader
from offline_queue.log.writing import LogWriter
from settlement.errors import ProtocolMisuse
from settlement.facts import CashSold, SlipClaimed
from tests.journal.entries import (
    ONE,
    OTHER,
    PERSON,
    THREE,
    TWO,
    VOID,
    Hand,
    answered,
    done,
    ended,
    offline_sale,
    opened,
    refresh,
    sale,
    sending,
    void,
    void_done,
)
from tests.world.explore import AT, sample_sale


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    """Return a new till's journal, which ends with the test."""
    return opened(tmp_path)


@pytest.fixture(autouse=True)
def _closed(journal: Journal) -> object:
    """Close it."""
    yield
    journal.close()


def shown(directory: Path, wanted: Filter = Filter()) -> list[LogEntry]:  # noqa: B008 - a value
    """Return the newest rows of the log."""
    with LogReader(directory) as reader:
        return reader.page(wanted)


def derived(journal: Journal) -> list[LogEntry]:
    """Return what every row must be."""
    return [entry_of(history) for history in journal.histories(journal.subjects())][::-1]


def followed(journal: Journal) -> list[LogEntry]:
    """Follow the journal and return the log."""
    with Follower(journal) as follower:
        follower.follow()
    return shown(journal.directory)


def cash(subject: str) -> Entry:
    """Return a sale for cash with a slip."""
    fact = CashSold(subject=subject, at=AT, bill=sample_sale().bill, amount_fen=1234, reason="LINE-DOWN", until="2026-03-31")
    return Entry(kind=fact.kind, subject=subject, body=fact.body())


def test_a_row_says_what_the_records_come_to(journal: Journal) -> None:
    """Amounts, marks, receipt, masked person, tries and the centre's words of one off-line sale."""
    person = {**PERSON, "card_no": "A12345678"}
    journal.commit([sale(ONE, "allowance", person)])
    journal.commit([done(ONE, offline=True)])
    journal.commit([sending(ONE)])
    journal.commit([Entry(kind="answered", subject=ONE, body={**answered(ONE, "retry").body, "words": "繁忙，请稍后"})])

    assert [
        LogEntry(
            seq=1, subject=ONE, tail=ONE[-6:], at=AT, day=20260302, kind="sale", infno="2102", standing="provisional", offline=1,
            owed=1, total_fen=2500, fund_fen=0, account_fen=2500, cash_fen=0, outside_fen=0, receipt="01-1-000001", number=1,
            person="演*甲", card="5678", reason="", attempts=1, words="繁忙，请稍后", original="", setl_id="",
        )
    ] == followed(journal)  # fmt: skip


def test_each_kind_of_subject_has_its_row(journal: Journal) -> None:
    """A void takes its amount back and marks what it undoes; slip, refresh and refused sale stand as what they are."""
    offline_sale(journal, ONE)
    journal.commit([void(VOID, ONE)])
    before = followed(journal)
    journal.commit([void_done(VOID)])
    journal.commit([cash(TWO)])
    journal.commit([refresh(THREE)])
    rows = {entry.subject: entry for entry in followed(journal)}

    assert {ONE: "provisional", VOID: "pending"} == {entry.subject: entry.standing for entry in before}
    assert {ONE: "reversed", VOID: "provisional", TWO: "cash", THREE: "pending"} == {name: row.standing for name, row in rows.items()}
    assert ("void", -2500, ONE, "customer") == (rows[VOID].kind, rows[VOID].total_fen, rows[VOID].original, rows[VOID].reason)
    assert ("cash", 1234, 1234, "LINE-DOWN") == (rows[TWO].kind, rows[TWO].total_fen, rows[TWO].cash_fen, rows[TWO].reason)
    assert ("refresh", 0) == (rows[THREE].kind, rows[THREE].total_fen)
    assert derived(journal) == list(rows.values())


def _step(journal: Journal, way: str, number: int) -> None:
    """Do one thing that a till or a sender does to settlement ``number``, if the journal lets it."""
    subject, undo, slip = (f"P99010000001202603020{minute}{number:02d}0100" for minute in (900, 901, 902))
    entries = {
        "sell": [sale(subject, "allowance")],
        "book": [done(subject, offline=True)],
        "send": [sending(subject)],
        "accept": [answered(subject, "accepted")],
        "reject": [answered(subject, "rejected")],
        "unknown": [answered(subject, "unknown")],
        "abort": [ended(subject, "aborted")],
        "doubt": [Entry(kind="doubted", subject=subject, body={"why": "card-torn"})],
        "void": [void(undo, subject)],
        "void done": [void_done(undo)],
        "cash": [cash(slip)],
        "claim": [Entry(kind="slip_claimed", subject=slip, body=SlipClaimed(subject="", by=subject).body())],
    }[way]  # fmt: skip
    journal.commit(entries)


_WAYS = (
    *("sell", "book", "send", "accept", "reject", "unknown", "abort", "doubt"),
    *("void", "void done", "cash", "claim", "follow", "look again"),
)


@settings(max_examples=30)
@given(steps=st.lists(st.tuples(st.sampled_from(_WAYS), st.integers(0, 2)), max_size=30), block=st.integers(1, 4))
def test_following_is_deriving(steps: list[tuple[str, int]], block: int) -> None:
    """However a day goes and whenever it is followed, block by block, the log is what deriving it from all records gives."""
    with tempfile.TemporaryDirectory() as name, opened(Path(name)) as journal, Follower(journal) as follower:
        for way, number in steps:
            try:
                if way == "follow":
                    follower.step(block)
                elif way == "look again":
                    follower.close()
                else:
                    _step(journal, way, number)
            except (NotDue, ProtocolMisuse, DatabaseError):
                # The journal did not let it: such a day does not happen.
                continue
        while follower.step(block):
            continue
        if journal.tip()[0]:
            assert derived(journal) == shown(Path(name))


def test_deleting_the_file_loses_nothing(journal: Journal) -> None:
    """The log is made anew from the journal, by the next to follow, and it is private."""
    offline_sale(journal, ONE)
    before = followed(journal)
    for path in journal.directory.glob("log.db*"):
        path.unlink()
    after = followed(journal)

    assert before == after
    assert 0o600 == stat.S_IMODE((journal.directory / NAME).stat().st_mode)


@pytest.mark.parametrize("change", ["version", "genesis", "head", "rows", "rubbish", "other key"])
def test_a_log_that_does_not_fit_is_derived_anew(journal: Journal, change: str) -> None:
    """Another version, another journal, a chain that went another way, a damaged file: what follows is the journal's."""
    offline_sale(journal, ONE)
    expected = followed(journal)
    match change:
        case "rubbish":
            (journal.directory / NAME).write_bytes(os.urandom(8192))
        case "other key":
            other = journal.directory / "other"
            other.mkdir()
            (other / "journal.key").write_text("00" * 32)
            (other / "journal.key").chmod(0o600)
            connect(other, writing=True).close()
            (other / NAME).replace(journal.directory / NAME)
            assert read_key(other) != read_key(journal.directory)
        case "rows":
            db = connect(journal.directory, writing=True)
            columns = ", ".join(COLUMNS[2:])
            db.execute(f"INSERT INTO entry SELECT 99, 'x', {columns} FROM entry")
            db.execute("UPDATE meta SET value = '00' WHERE name = 'head'")
            db.close()
        case _:
            db = connect(journal.directory, writing=True)
            db.execute("UPDATE meta SET value = '00' WHERE name = ?", (change,))
            db.close()

    assert expected == followed(journal)


def test_a_journal_that_is_shorter_now_is_followed_from_its_start(tmp_path: Path) -> None:
    """A restored backup has fewer records, or others: the log keeps none that are gone."""
    with opened(tmp_path / "long") as long, opened(tmp_path / "short") as short:
        offline_sale(long, ONE)
        offline_sale(long, TWO)
        offline_sale(short, THREE)
        followed(long)
        for suffix in ("", "-wal", "-shm"):
            source = tmp_path / "long" / f"{NAME}{suffix}"
            if source.exists():
                (tmp_path / "short" / f"{NAME}{suffix}").write_bytes(source.read_bytes())
        (tmp_path / "short" / "journal.key").read_bytes()

        assert [THREE] == [entry.subject for entry in followed(short)]


def test_erasing_a_person_reaches_the_log_at_once(journal: Journal) -> None:
    """Name and card's end go from the log when they go from the journal, out of its write-ahead log too; nobody else's do."""
    offline_sale(journal, ONE)
    offline_sale(journal, TWO, OTHER)
    journal.commit([sending(ONE)])
    journal.commit([answered(ONE, "accepted")])
    followed(journal)
    journal.erase(PERSON["certno"])

    assert {ONE: "", TWO: "演*乙"} == {entry.subject: entry.person for entry in shown(journal.directory)}
    wal = journal.directory / f"{NAME}-wal"
    assert not wal.exists() or wal.stat().st_size == 0


def test_an_erasure_that_found_the_log_busy_is_caught_up(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the log could not be written at that moment, the next to follow takes the person out."""
    offline_sale(journal, ONE)
    journal.commit([sending(ONE)])
    journal.commit([answered(ONE, "accepted")])
    followed(journal)
    monkeypatch.setattr("offline_queue.journal.journal.reach", lambda _journal: None)
    journal.erase(PERSON["certno"])
    missed = shown(journal.directory)[0].person

    assert ("演*甲", "") == (missed, followed(journal)[0].person)


def test_two_followers_do_each_block_once(journal: Journal) -> None:
    """The till's worker and a technician's screen at the same time give one log, with every row once."""
    for number in range(40):
        offline_sale(journal, f"P9901000000120260302090001{number:04d}")
    reader = opened(journal.directory, "reader")

    def follow(source: Journal) -> None:
        with Follower(source) as follower:
            while follower.step(3):
                continue

    threads = [threading.Thread(target=follow, args=(source,)) for source in (journal, reader)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    reader.close()

    assert derived(journal) == shown(journal.directory)


def test_a_disk_with_little_room_is_left_to_the_journal(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is derived never takes the room that a sale needs: the log stands still and says nothing is left to do."""
    offline_sale(journal, ONE)
    monkeypatch.setattr(operating_system, "has_room", lambda _directory, _size: False)
    with Follower(journal) as follower:
        assert not follower.step()
    assert not (journal.directory / NAME).exists()


def test_the_log_names_nobody_in_full(journal: Journal) -> None:
    """Not a whole name, number or card stands in any column."""
    person = {**PERSON, "card_no": "A12345678", "psn_no": "99010000000000000001", "card_sn": "0" * 32}
    journal.commit([sale(ONE, "allowance", person)])
    text = repr(followed(journal))

    assert [] == [value for value in person.values() if value in text]


def test_rebuild_gives_the_same_log(journal: Journal) -> None:
    """What the command does when a technician distrusts the file."""
    offline_sale(journal, ONE)
    expected = followed(journal)
    with Follower(journal) as follower:
        follower.rebuild()

    assert expected == shown(journal.directory)


def test_a_day_is_the_day_of_the_slip(tmp_path: Path) -> None:
    """A row keeps the day on which it began, whenever it is booked and answered."""
    clock = Hand()
    with opened(tmp_path / "till", clock=clock) as journal:
        journal.commit([sale(ONE, "allowance")])
        clock.at = clock.at.replace(day=3, hour=0)
        journal.commit([done(ONE, offline=True)])

        assert [(20260302, AT)] == [(entry.day, entry.at) for entry in followed(journal)]


def test_a_till_keeps_the_log_between_two_orders(journal: Journal) -> None:
    """A few records at a time, nothing when there is nothing, and a log that another process holds is left for later."""
    for number in range(30):
        offline_sale(journal, f"P9901000000120260302090001{number:04d}")
    with Follower(journal) as follower:
        more = [follower.keep(), follower.keep(), follower.keep()]
        seen = len(shown(journal.directory))
        offline_sale(journal, ONE)
        other = connect(journal.directory, writing=True)
        other.execute("BEGIN IMMEDIATE")
        busy = follower.keep()
        other.execute("ROLLBACK")
        other.close()

        assert ([True, False, False], 30, False) == (more, seen, busy)
        assert not follower.keep()
    assert derived(journal) == shown(journal.directory)


def test_a_fault_that_a_new_file_does_not_mend_is_raised(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file is thrown away once, not for ever."""
    offline_sale(journal, ONE)
    tries: list[object] = []

    def failing(_self: LogWriter, entries: object) -> None:
        tries.append(entries)
        raise sqlcipher.DatabaseError

    monkeypatch.setattr(LogWriter, "put", failing)
    with Follower(journal) as follower, pytest.raises(sqlcipher.DatabaseError):
        follower.follow()
    assert 2 == len(tries)
