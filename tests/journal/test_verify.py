"""Verifying finds every flipped byte of the database, and every flip or cut of the WAL that loses a record."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offline_queue.journal import Journal, chain
from offline_queue.journal.store import PAGE_BYTES
from offline_queue.journal.verify import verify
from settlement.errors import JournalError
from tests.journal.entries import PERSON, VOID, answered, offline_sale, opened, sending, void

SALES = [f"P990100000012026030209{n:02d}000100" for n in range(5)]
STRIDE_DB, STRIDE_WAL = 499, 3001
"""Primes, so that every kind of byte is met in some page or frame."""
FILES = ("journal.db", "journal.db-wal", "journal.head", "journal.key")
Edit = Callable[[Journal], None]


@pytest.fixture(scope="module")
def hot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return a journal as a crash leaves it: everything in the log."""
    directory = tmp_path_factory.mktemp("hot")
    with opened(directory) as journal:
        _fill(journal)
        yield directory


@pytest.fixture(scope="module")
def recycled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return a journal whose log was moved into the database once and begun anew: old frames lie behind the new ones."""
    directory = tmp_path_factory.mktemp("recycled")
    with opened(directory) as journal:
        _fill(journal)
        with journal.store.write() as db:
            db.execute("INSERT INTO note VALUES ('x', '{}')")
        _move(journal, "RESTART")
        journal.commit([sending(SALES[0])])
        yield directory


@pytest.fixture(scope="module")
def moved(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return a journal whose log was moved into the database but not begun anew: its frames stand in both."""
    directory = tmp_path_factory.mktemp("moved")
    with opened(directory) as journal:
        _fill(journal)
        _move(journal, "PASSIVE")
        yield directory


@pytest.fixture(scope="module")
def cold(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the same, closed: everything in the database file, with free pages."""
    directory = tmp_path_factory.mktemp("cold")
    with opened(directory) as journal:
        _fill(journal)
        with journal.store.write() as db:
            db.execute("INSERT INTO note VALUES ('x', ?)", ("x" * 40_000,))
        with journal.store.write() as db:
            db.execute("DELETE FROM note WHERE name = 'x'")
    return directory


def _fill(journal: Journal) -> None:
    for subject in SALES:
        offline_sale(journal, subject)


def _move(journal: Journal, how: str) -> None:
    """Move the log into the database."""
    journal.store._writer.connection.driver_connection.execute(f"PRAGMA wal_checkpoint({how})").fetchall()  # type: ignore[union-attr]


def _copy(source: Path, target: Path) -> Path:
    target.mkdir()
    for name in FILES:
        if (source / name).exists():
            shutil.copy(source / name, target / name)
    return target


def _look(directory: Path) -> tuple[tuple[str, ...], list[str]]:
    """Return what verifying says, and what can be read."""
    (directory / "journal.db-shm").unlink(missing_ok=True)
    try:
        with opened(directory, "reader") as journal:
            faults = verify(journal).faults
            return faults, [] if faults else [chain.text_of([r.seq, r.kind, r.body, r.private]) for r in journal.records_after(0, 1000)]
    except JournalError as error:
        return (error.code,), []


def _unnoticed(source: Path, name: str, places: Iterable[int], work: Path) -> dict[int, list[str]]:
    """Return the flips that verifying does not find, with what can be read then."""
    _copy(source, work)
    whole = (source / name).read_bytes()
    unnoticed = {}
    for place in places:
        damaged = bytearray(whole)
        damaged[place] ^= 1 << (place % 8)
        (work / name).write_bytes(damaged)
        faults, records = _look(work)
        if not faults:
            unnoticed[place] = records
    return unnoticed


def _size(source: Path, name: str) -> int:
    return (source / name).stat().st_size


@pytest.mark.parametrize("state", ["hot", "cold", "moved", "recycled"])
def test_whole_journals_have_no_fault(state: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """What was written is found as it was written, after a crash, after a clean end and around a checkpoint."""
    faults, records = _look(_copy(request.getfixturevalue(state), tmp_path / "work"))

    assert ((), 2 * len(SALES) + (state == "recycled")) == (faults, len(records))


@pytest.mark.parametrize("state", ["hot", "cold", "moved", "recycled"])
def test_every_flip_of_the_database_is_found(state: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """One bit anywhere in the database file: salt, header, page or free page, also where the log overrides it."""
    source = request.getfixturevalue(state)
    places = range(0, _size(source, "journal.db"), STRIDE_DB if state == "cold" else 3 * STRIDE_DB)

    assert {} == _unnoticed(source, "journal.db", places, tmp_path / "work")


def test_every_byte_of_the_first_page_is_found(cold: Path, tmp_path: Path) -> None:
    """The salt, the header, the schema and the authentication itself: the first and the last bytes of page 1."""
    places = [*range(48), *range(PAGE_BYTES - 48, PAGE_BYTES)]

    assert {} == _unnoticed(cold, "journal.db", places, tmp_path / "work")


def test_every_flip_of_a_log_that_holds_records_is_found(hot: Path, tmp_path: Path) -> None:
    """SQLite drops a damaged frame and all after it without a word; the anchor knows how many records there were."""
    places = range(0, _size(hot, "journal.db-wal"), STRIDE_WAL)

    assert {} == _unnoticed(hot, "journal.db-wal", places, tmp_path / "work")


@pytest.mark.parametrize("state", ["moved", "recycled"])
def test_a_flip_that_is_not_found_lost_nothing(state: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """Frames that stand in the database too, or that belong to an earlier round, mean nothing: every record reads as it was."""
    source = request.getfixturevalue(state)
    _, whole = _look(_copy(source, tmp_path / "whole"))
    places = range(0, _size(source, "journal.db-wal"), STRIDE_WAL)
    unnoticed = _unnoticed(source, "journal.db-wal", places, tmp_path / "work")

    assert 0 < len(unnoticed)
    assert dict.fromkeys(unnoticed, whole) == unnoticed


@pytest.mark.parametrize("kept", [0.0, 0.3, 0.7, 0.95])
def test_a_cut_log_is_found(hot: Path, tmp_path: Path, kept: float) -> None:
    """Cutting the log short loses records, and is found."""
    work = _copy(hot, tmp_path / "work")
    wal = (hot / "journal.db-wal").read_bytes()
    (work / "journal.db-wal").write_bytes(wal[: int(len(wal) * kept)])

    assert _look(work)[0]


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_found(hot: Path, tmp_path: Path, name: str) -> None:
    """Copying only the database file loses everything in the log; the copy says so. So does any other file that is gone."""
    work = _copy(hot, tmp_path / "work")
    (work / name).unlink()

    assert _look(work)[0]


@pytest.mark.parametrize("cut", [1, PAGE_BYTES, 5 * PAGE_BYTES])
def test_a_cut_database_is_found(cold: Path, tmp_path: Path, cut: int) -> None:
    """A file that ends early is not whole, at a page's border or within one."""
    work = _copy(cold, tmp_path / "work")
    (work / "journal.db").write_bytes((cold / "journal.db").read_bytes()[:-cut])

    assert _look(work)[0]


def test_every_flip_of_the_anchor_is_found(cold: Path, tmp_path: Path) -> None:
    """Each slot of the anchor has a checksum of its own, and a byte too many is one that nobody wrote."""
    places = range(0, _size(cold, "journal.head"), 3)
    assert {} == _unnoticed(cold, "journal.head", places, tmp_path / "work")
    with (tmp_path / "work" / "journal.head").open("wb") as head:
        head.write((cold / "journal.head").read_bytes() + b"\0")

    assert _look(tmp_path / "work")[0]


@cache
def _sample(directory: Path) -> tuple[bytes, bytes]:
    with opened(directory / "live") as journal:
        _fill(journal)
        _copy(directory / "live", directory / "hot")
    _copy(directory / "live", directory / "cold")
    return (directory / "hot" / "journal.db-wal").read_bytes(), (directory / "cold" / "journal.db").read_bytes()


@given(chosen=st.data())
@settings(max_examples=40)
def test_any_damage_is_found(tmp_path_factory: pytest.TempPathFactory, chosen: st.DataObject) -> None:
    """Any flip, run of zeroes or cut, anywhere in the database or in a log that holds everything."""
    base = tmp_path_factory.getbasetemp() / "any-damage"
    base.mkdir(exist_ok=True)
    log, database = _sample(base)
    name, whole = chosen.draw(st.sampled_from([("journal.db-wal", log), ("journal.db", database)]))
    place = chosen.draw(st.integers(0, len(whole) - 1))
    damage = chosen.draw(st.sampled_from(["flip", "zero", "cut"]))
    damaged = bytearray(whole)
    if damage == "flip":
        damaged[place] ^= 1 << chosen.draw(st.integers(0, 7))
    elif damage == "zero":
        damaged[place : place + 512] = bytes(len(damaged[place : place + 512]))
    else:
        del damaged[place:]
    work = base / ("hot" if name == "journal.db-wal" else "cold")
    (work / name).write_bytes(damaged)
    faults, _ = _look(work)
    (work / name).write_bytes(whole)

    assert bytes(damaged) == whole or faults


def _edit(sql: str) -> Edit:
    def edit(journal: Journal) -> None:
        with journal.store.write() as db:
            for trigger in ("record_is_final", "record_stays", "private_is_final"):
                db.execute(f"DROP TRIGGER {trigger}")
            db.execute(sql)

    return edit


def _rewrite_from_4(journal: Journal) -> None:
    """Change record 4 and make every later link anew, as somebody would who has the key and this program."""
    with journal.store.write() as db:
        db.execute("DROP TRIGGER record_is_final")
        db.execute("UPDATE record SET body = replace(body, '2500', '2400') WHERE seq = 4")
        head = bytes(db.execute("SELECT link FROM record WHERE seq = 3").fetchone()[0])
        for row in db.execute("SELECT seq, at, writer, kind, subject, body, commitment FROM record WHERE seq > 3 ORDER BY seq").fetchall():
            seq, at, writer, kind, subject, body, committed = row
            head = chain.link(head, seq, at, writer, kind, subject, body.encode(), bytes(committed))
            db.execute("UPDATE record SET link = ? WHERE seq = ?", (head, seq))


@pytest.mark.parametrize(
    ("edit", "fault"),
    [
        (_edit("UPDATE record SET body = replace(body, '2500', '2400') WHERE seq = 4"), "record 4 is not what was chained"),
        (_edit("UPDATE record SET at = replace(at, '2026', '2025') WHERE seq = 1"), "record 1 is not what was chained"),
        (_edit("DELETE FROM record WHERE seq = 4"), "record 4 is missing"),
        (_edit("DELETE FROM record WHERE seq > 8"), "2 acknowledged records are lost"),
        (_edit("UPDATE private SET content = '{}' WHERE seq = 1"), "the personal fields of record 1 are not what was written"),
        (_edit("UPDATE private SET salt = x'00' WHERE seq = 1"), "the personal fields of record 1 are not what was written"),
        (_edit("UPDATE meta SET value = '2' WHERE name = 'epoch'"), "record 1 is not what was chained"),
        (_edit("UPDATE due SET state = 'begun'"), "the derived table due is not what the records give"),
        (_edit("DELETE FROM receipt"), "the derived table receipt is not what the records give"),
        (_edit("UPDATE record SET body = '{}' WHERE kind = 'done'"), "the content of a record is not what a record holds"),
        (_edit("INSERT INTO record SELECT 11, link, x'', at, writer, kind, subject, body FROM record WHERE seq = 1"), "record 11 is not"),
        (_rewrite_from_4, "record 10 is not the one that was acknowledged"),
    ],
)
def test_an_edit_with_the_key_is_found(cold: Path, tmp_path: Path, edit: Edit, fault: str) -> None:
    """Somebody who has the key and drops the triggers still cannot make chain, anchor and tables fit."""
    work = _copy(cold, tmp_path / "work")
    with opened(work) as journal:
        edit(journal)

    assert fault in " ".join(_look(work)[0])


def test_a_missing_receipt_is_found(cold: Path, tmp_path: Path) -> None:
    """A receipt number that was skipped shows, even in a chain that fits (invariant 5)."""
    work = _copy(cold, tmp_path / "work")
    with opened(work) as journal, journal.store.write() as db:
        db.execute("DROP TRIGGER record_is_final")
        (body,) = db.execute("SELECT body FROM record WHERE seq = 10").fetchone()
        skipped = chain.text_of({**json.loads(body), "receipt": "01-1-000007"})
        db.execute("UPDATE record SET body = ? WHERE seq = 10", (skipped,))

    assert "receipt 01-1-000005 is missing" in " ".join(_look(work)[0])


def test_a_record_that_may_not_stand_where_it_stands_is_found(cold: Path, tmp_path: Path) -> None:
    """A chained record that breaks the rules shows: here a second void, written past the guard."""
    work = _copy(cold, tmp_path / "work")
    with opened(work) as journal:
        journal.commit([sending(SALES[0])])
        journal.commit([answered(SALES[0], "accepted")])
        journal.commit([void(VOID, SALES[0])])
        with journal.store.write() as db:
            db.execute("DELETE FROM reversal")
            db.execute("DELETE FROM open_subject")
        journal.commit([void(VOID[:-1] + "9", SALES[0])])

    assert "a record may not stand where it stands" in " ".join(_look(work)[0])


def test_erasing_a_person_is_no_fault(cold: Path, tmp_path: Path) -> None:
    """The chain runs over commitments."""
    work = _copy(cold, tmp_path / "work")
    with opened(work) as journal:
        for subject in SALES:
            journal.commit([sending(subject)])
            journal.commit([answered(subject, "accepted")])

        assert len(SALES) == journal.erase(PERSON["certno"])
    assert () == _look(work)[0]


def test_verifying_changes_nothing(hot: Path, tmp_path: Path) -> None:
    """A reader neither checkpoints nor recovers into the database file."""
    work = _copy(hot, tmp_path / "work")
    before = {name: (work / name).read_bytes() for name in FILES}
    _look(work)

    assert before == {name: (work / name).read_bytes() for name in before}


def test_verifying_while_the_till_sells(tmp_path: Path) -> None:
    """A record that is acknowledged while verifying runs is not counted as lost."""
    with opened(tmp_path) as till, opened(tmp_path, "reader") as reader:
        for subject in SALES:
            offline_sale(till, subject)

            assert () == verify(reader).faults


def test_a_page_that_waits_in_the_log_is_no_fault(tmp_path: Path) -> None:
    """Who looks at an old state keeps newer pages in the log, and the file is empty where they will lie. Empty for no reason is a fault."""
    with opened(tmp_path) as till, opened(tmp_path, "reader") as old, opened(tmp_path, "reader") as reader:
        for number in range(40):
            offline_sale(till, f"{SALES[0][:-4]}{number:04d}")
        with old.store.read() as db:
            db.execute("SELECT count(*) FROM record").fetchone()
            for number in range(40, 44):
                offline_sale(till, f"{SALES[0][:-4]}{number:04d}")
            _move(till, "PASSIVE")

            assert _empty_pages(tmp_path)
            assert () == verify(reader).faults
        _move(till, "TRUNCATE")
        assert () == verify(reader).faults
        with (tmp_path / "journal.db").open("r+b") as file:
            file.seek(40 * PAGE_BYTES)
            file.write(bytes(PAGE_BYTES))

        assert any("page 41" in fault for fault in verify(reader).faults)


def _empty_pages(directory: Path) -> list[int]:
    held = (directory / "journal.db").read_bytes()
    return [place // PAGE_BYTES + 1 for place in range(0, len(held), PAGE_BYTES) if not any(held[place : place + PAGE_BYTES])]
