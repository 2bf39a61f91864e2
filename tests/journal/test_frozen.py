"""A journal of every release, with doubts open, goes on under today's code."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from config.entropy import SeededEntropy
from offline_queue.journal import CounterIdentity, Journal, backup, restore
from offline_queue.journal.values import Role
from offline_queue.journal.verify import verify
from settlement.checkout import protocol
from settlement.checkout.states import DoubtOpen
from settlement.facts import bill_of
from terminal import drafts, holds, journal_view
from terminal.open_bill import OpenBill
from tests.journal.entries import Hand, done, opened, sale
from tests.journal.freeze import freeze, release
from tests.journal.frozen_journals import FROZEN, unpacked, written_down

RELEASES = sorted(path.name.removesuffix(".tar.gz") for path in FROZEN.glob("*.tar.gz"))
NEXT = "P99010000001203001010900000100"


def _told(name: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((FROZEN / f"{name}.json").read_text(encoding="utf-8"))
    return told


def _open(directory: Path, told: dict[str, Any], role: Role = "till") -> Journal:
    counter = CounterIdentity(fixmedins_code=told["fixmedins_code"], till=told["till"])
    return Journal(directory, role=role, clock=Hand(), entropy=SeededEntropy("t"), counter=counter)


def test_this_release_is_frozen() -> None:
    """A release without a frozen journal could not be upgraded from with any confidence: ``python -m tests.journal.freeze``."""
    assert release() in RELEASES


def test_freezing_works(tmp_path: Path) -> None:
    """The one command that freezes makes, of a counter of today, what the others of its kind are."""
    freeze(tmp_path)
    told = json.loads((tmp_path / f"{release()}.json").read_text(encoding="utf-8"))
    kept = _told(release())

    assert (tmp_path / f"{release()}.tar.gz").stat().st_size
    for part in ("standing", "redeemed_by", "goods_released"):
        assert {bool(one[part]) for one in kept["subjects"].values()} == {bool(one[part]) for one in told["subjects"].values()}
    assert sorted(row["state"] for row in kept["owed"].values()) == sorted(row["state"] for row in told["owed"].values())


@pytest.mark.parametrize("name", RELEASES)
def test_what_is_frozen_has_everything_open(name: str) -> None:
    """Done and waiting, a doubt of each way, a void, slips open and claimed, refreshes: else the tests below prove little."""
    told = _told(name)
    subjects = told["subjects"]
    standings = {one["standing"] for one in subjects.values()}
    doubts = [subjects[subject] for subject in told["open"]]

    assert {"accepted", "provisional", "in doubt", "reversed", "cash", "refreshed"} <= standings
    assert {"unknown", ""} == {doubt["answer"] for doubt in doubts}
    assert {"waiting", "unknown"} == {row["state"] for row in told["owed"].values()}
    assert {True, False} == {bool(one["redeemed_by"]) for one in subjects.values() if one["standing"] == "cash"}


@pytest.mark.parametrize("name", RELEASES)
@pytest.mark.parametrize("first", ["till", "sender"])
def test_it_opens_and_comes_to_the_same(name: str, first: Role, tmp_path: Path) -> None:
    """Whoever opens it first: nothing is missing, and every subject, doubt and row is what was written down then."""
    told, directory = _told(name), unpacked(name, tmp_path)
    with _open(directory, told, first) as journal:
        assert () == verify(journal).faults
        assert told == {"release": name, **written_down(journal)}
    with _open(directory, told, "reader") as journal:
        assert told == {"release": name, **written_down(journal)}


@pytest.mark.parametrize("name", RELEASES)
def test_it_goes_on(name: str, tmp_path: Path) -> None:
    """A new sale gets the next receipt and the next ids, and the chain goes on over the release."""
    told, directory = _told(name), unpacked(name, tmp_path)
    last = max(int(one["receipt"][-6:] or 0) for one in told["subjects"].values() if one["receipt"])
    with _open(directory, told) as journal:
        assert journal.notes.issue_msgid(writer="till") > max(subject for subject in told["subjects"] if len(subject) == len(NEXT))
        journal.commit([sale(NEXT, "allowance")])
        (receipt,) = journal.commit([done(NEXT, offline=True)]).receipts
        assert f"{told['till']}-{told['epoch']}-{last + 1:06d}" == receipt
        assert "waiting" == {row.msgid: row.state for row in journal.owed()}[NEXT]
        assert () == verify(journal).faults
    with _open(directory, told) as journal:
        assert told["count"] + 2 == journal.tip()[0]


@pytest.mark.parametrize("name", RELEASES)
def test_its_doubts_and_bills_are_todays(name: str, tmp_path: Path) -> None:
    """Today's checkout takes each doubt up, today's till its held bills and slips."""
    told, directory = _told(name), unpacked(name, tmp_path)
    with _open(directory, told) as journal:
        for folded in journal_view.unfinished_sales(journal):
            state, _ = protocol.resume(journal_view.doubt_of(folded), journal_view.finding_of(folded), doubted=folded.doubted)
            assert isinstance(state, DoubtOpen)
            assert journal_view.owner_of(journal, folded.subject) is not None
        slips = [subject for subject, one in told["subjects"].items() if one["standing"] == "cash"]
        assert all(bill_of(journal.records(slip)[0].body["bill"]).lines for slip in slips)
        for held in holds.held(journal):
            assert isinstance(holds.recall(journal, held.subject, operator="0001", at=""), OpenBill)
            drafts.clear(journal)
        assert told["open"] == journal.open_subjects()


@pytest.mark.parametrize("name", RELEASES)
def test_it_has_the_shape_of_a_new_one(name: str, tmp_path: Path) -> None:
    """After opening, tables, indexes and triggers are those of a journal that is made today: no step was forgotten."""
    told = _told(name)
    with _open(unpacked(name, tmp_path / "old"), told) as old, opened(tmp_path / "new") as new:
        shapes = []
        for journal in (old, new):
            with journal.store.read() as db:
                rows = db.execute("SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY type, name").fetchall()
            shapes.append([(kind, name, table, " ".join((sql or "").split())) for kind, name, table, sql in rows])

    assert shapes[1] == shapes[0]


@pytest.mark.parametrize("name", RELEASES)
def test_it_can_be_backed_up_and_restored(name: str, tmp_path: Path) -> None:
    """A backup of it, made by today's code, comes back with every subject as it was; what waited is then unknown."""
    told, directory = _told(name), unpacked(name, tmp_path)
    with _open(directory, told) as journal:
        file = backup.write(journal, tmp_path / "one.backup").path
        identity = journal.identity
    restore.restore(directory, file, counter=identity, clock=Hand(), entropy=SeededEntropy("r"))

    with _open(directory, told) as journal:
        found = written_down(journal)
        assert told["subjects"].items() <= found["subjects"].items()
        assert {"unknown"} == {row["state"] for row in found["owed"].values()}
        assert () == verify(journal).faults
