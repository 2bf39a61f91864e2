"""Bills that another program puts into the folder: offered, taken once, set aside, and in one place after every kill."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from offline_queue.journal import Journal
from settlement.errors import OperatorError
from settlement.facts import CashSold
from terminal import drafts, handed_in
from terminal.bookkeeping import entries
from terminal.open_bill import OpenBill
from tests.counter.goods import AT, Pharmacy
from tests.journal.entries import ONE, opened

ROOT = Path(__file__).parents[2]
LINE = {"name": "演示感冒片", "code": "A001", "price": "12.50", "quantity": "2", "class": "01", "kind": "国药准字"}


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    """Return a new till's journal."""
    with opened(tmp_path / "till") as till:
        yield till


def given(directory: Path, number: str = "A-1", **changed: object) -> Path:
    """Hand a bill in and return its file."""
    path = directory.parent / "given.json"
    path.write_text(json.dumps({"id": number, "lines": [LINE], **changed}, ensure_ascii=False), encoding="utf-8")
    handed_in.hand_in(directory, path)
    return directory / handed_in.FOLDER / f"{number}.json"


def put(directory: Path, name: str, content: str) -> Path:
    """Put a file into the folder as a program does that knows no better."""
    folder = directory / handed_in.FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(content, encoding="utf-8")
    return folder / name


def files(directory: Path) -> list[str]:
    """Return the names in the folder."""
    return sorted(path.name for path in (directory / handed_in.FOLDER).iterdir())


def offered(journal: Journal) -> OpenBill:
    """Return the first bill that waits, which must be one."""
    bill = handed_in.offer(journal, handed_in.waiting(journal.directory)[0])
    assert bill is not None
    return bill


def test_bill_is_taken_when_it_is_kept(journal: Journal) -> None:
    """Offered it waits on; kept it is the unfinished one, with its prescription and its number, and its file is gone."""
    given(journal.directory, prescription="RX1")
    bill = offered(journal)
    assert (["A-1.taking"], None) == (files(journal.directory), drafts.load(journal))
    handed_in.keep(journal, bill)
    assert ([], bill) == (files(journal.directory), drafts.load(journal))
    assert (2500, "RX1", "A-1") == (bill.total_fen, bill.rxno, bill.handed_in)
    more = replace(bill, rxno="RX2")
    handed_in.keep(journal, more)
    assert more == drafts.load(journal)


def test_bill_that_was_not_shown_is_offered_again(journal: Journal) -> None:
    """Under the same draft, before others that came meanwhile."""
    given(journal.directory, "A-2")
    bill = offered(journal)
    given(journal.directory, "A-1")
    assert [bill, "A-1"] == [offered(journal), handed_in.waiting(journal.directory)[1].stem]


def test_same_id_is_taken_once(journal: Journal) -> None:
    """Handed in again while it is on the screen, and when it is over: nothing is offered, and the file goes."""
    given(journal.directory)
    bill = offered(journal)
    handed_in.keep(journal, bill)
    path = given(journal.directory, prescription="RX9")
    assert (None, []) == (handed_in.offer(journal, path), files(journal.directory))
    handed_in.cancel(journal, bill)
    path = given(journal.directory)
    assert (None, [], None) == (handed_in.offer(journal, path), files(journal.directory), drafts.load(journal))


def test_bill_that_was_sold_though_it_was_not_kept_is_not_offered_again(journal: Journal) -> None:
    """The journal refused to keep it and then took its sale: the name of its draft was noted before."""
    given(journal.directory)
    bill = offered(journal)
    sold = CashSold(subject=ONE, at=AT, bill=bill.bill(Pharmacy(), AT), amount_fen=2500, reason="", until="", draft=bill.draft)
    journal.commit(entries((sold,), None))
    assert (None, []) == (handed_in.offer(journal, handed_in.waiting(journal.directory)[0]), files(journal.directory))


def test_two_drafts_without_a_record_between_them_have_two_names(journal: Journal) -> None:
    """Cleared, and the next one: what is told of the first is never the second's; the records to look at begin where they began."""
    given(journal.directory)
    first = offered(journal)
    handed_in.keep(journal, first)
    handed_in.cancel(journal, first)
    names = [first.draft, drafts.new(journal).draft, drafts.new(journal).draft]
    assert 3 == len(set(names))
    assert {"1"} == {name.partition(".")[0] for name in names}


def test_note_of_before_offers_were_noted_is_of_a_taken_bill(journal: Journal) -> None:
    """A till that is upgraded takes no bill twice, and a draft without a count behind its point is followed."""
    journal.notes.put("bill:A-1", {"draft": "1", "cancelled": False})
    assert handed_in.Noted(draft="1", taken=True) == handed_in.noted(journal, "A-1")
    assert handed_in.offer(journal, given(journal.directory)) is None
    assert drafts.Trail(draft="1") == drafts.follow(journal, "1")


HOSTILE = {
    "empty": "",
    "list": "[]",
    "table": "{}",
    "no lines": '{"id": "bad"}',
    "none": '{"id": "bad", "lines": []}',
    "path": '{"id": "../A", "lines": [{}]}',
    "dots": '{"id": "..", "lines": [{}]}',
    "number": '{"id": "bad", "lines": [1]}',
    "deep": "[" * 9999,
    "other name": json.dumps({"id": "good", "lines": [LINE]}),
    "unknown": json.dumps({"id": "bad", "lines": [LINE], "total": "1"}),
    "half a character": json.dumps({"id": "bad", "lines": [{**LINE, "name": "\ud800"}]}),
    "long id of a line": json.dumps({"id": "bad", "lines": [{**LINE, "id": "9" * 5000}]}),
    "line twice": json.dumps({"id": "bad", "lines": [{**LINE, "id": "1"}, {**LINE, "id": "1"}]}),
    "prescription": json.dumps({"id": "bad", "lines": [LINE], "prescription": "R X"}),
    "infinite": '{"id": "bad", "lines": [{"name": "a", "price": Infinity, "class": "01", "kind": "国药准字"}]}',
    "large": " " * 1_048_577,
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE.keys())
def test_file_that_is_no_bill_is_set_aside(journal: Journal, content: str) -> None:
    """It is named in words, moved out of the way, and leaves no trace in the journal."""
    bad = put(journal.directory, "bad.json", content)
    with pytest.raises(OperatorError) as refused:
        handed_in.offer(journal, bad)
    assert refused.value.code in {"BILL-UNREADABLE", "CASE-MALFORMED"}
    assert (["bad.refused"], handed_in.Noted()) == (files(journal.directory), handed_in.noted(journal, "bad"))


def test_file_that_cannot_be_moved_is_told_and_not_taken(journal: Journal) -> None:
    """A folder that only its owner may write to: neither an unreadable file nor a good one stops the till."""
    bad, good = put(journal.directory, "bad.json", "[]"), given(journal.directory)
    folder = journal.directory / handed_in.FOLDER
    (folder / "bad.refused").mkdir()
    (folder / "A-1.taking").mkdir()
    for path in (bad, good):
        with pytest.raises(OperatorError) as refused:
            handed_in.offer(journal, path)
        assert "BILL-UNREADABLE" == refused.value.code
        assert path.exists()
    assert handed_in.Noted() == handed_in.noted(journal, "A-1")


def test_line_that_cannot_be_priced_is_named(journal: Journal) -> None:
    """A line with an inexact price is refused with its place, and nothing is put into the folder."""
    with pytest.raises(OperatorError) as refused:
        given(journal.directory, lines=[{**LINE, "price": "1.23456789"}])
    assert "CASE-MALFORMED" == refused.value.code
    assert not (journal.directory / handed_in.FOLDER).exists()


def test_withdrawn_bill_is_gone(journal: Journal) -> None:
    """One that the till has not looked at can be taken back, once; one that is on its way to the screen cannot."""
    path = given(journal.directory)
    assert [True, False] == [handed_in.withdraw(journal.directory, "A-1"), handed_in.withdraw(journal.directory, "A-1")]
    assert (None, False) == (handed_in.offer(journal, path), handed_in.lies(journal.directory, "A-1"))
    given(journal.directory)
    bill = offered(journal)
    assert (False, True) == (handed_in.withdraw(journal.directory, "A-1"), handed_in.lies(journal.directory, "A-1"))
    handed_in.keep(journal, bill)
    assert not handed_in.lies(journal.directory, "A-1")


def test_till_killed_at_each_step_takes_a_bill_once(tmp_path: Path) -> None:
    """Kill -9 before each rename, removal and transaction: the bill waits or is unfinished, in one place, and is taken once."""
    steps = 5
    tills = [tmp_path / str(step) / "till" for step in range(steps + 1)]
    for directory in tills:
        directory.mkdir(parents=True)
        given(directory)
    command = [sys.executable, "-m", "tests.counter.taking"]
    running = [
        subprocess.Popen([*command, str(directory), str(step)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
        for step, directory in enumerate(tills)
    ]
    said = [process.communicate()[0] for process in running]
    assert [str(steps), *[""] * steps] == said
    assert [0, *[-signal.SIGKILL] * steps] == [process.returncode for process in running]

    found = [_place(directory) for directory in tills]
    assert ["on the screen", *["waiting"] * 4, "on the screen"] == found


def _place(directory: Path) -> str:
    """Open the till again, say where its bill is, and take it from there: as the same draft, once."""
    with opened(directory) as journal:
        unfinished, noted = drafts.load(journal), handed_in.noted(journal, "A-1")
        waiting = [handed_in.offer(journal, path) for path in handed_in.waiting(directory)]
        if unfinished is not None:
            assert (True, "A-1") == (noted.taken, unfinished.handed_in)
            assert all(bill is None for bill in waiting)
            assert [] == files(directory)
            return "on the screen"
        (bill,) = waiting
        assert bill is not None
        assert not noted.taken
        assert noted.draft in {"", bill.draft}
        handed_in.keep(journal, bill)
        assert (bill, []) == (drafts.load(journal), files(directory))
        return "waiting"
