"""The log is read by key: every page of every filter is what looking at each row would give."""

from __future__ import annotations

import tempfile
from itertools import product
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from offline_queue.log import plan
from offline_queue.log.entry import GROUPS, KINDS, DayTotals, Filter, LogEntry
from offline_queue.log.file import NAME, connect
from offline_queue.log.reading import FOUND_MAX, LogReader, LogUnreadable
from offline_queue.log.writing import discard
from tests.log.rows import DAYS, ENTRIES, FILTERS, kept, row, written


def walked(reader: LogReader, wanted: Filter, *, limit: int, older: bool) -> list[LogEntry]:
    """Go through a filter page by page, from the top or from the bottom, and return all rows in the order of the screen."""
    found: list[LogEntry] = []
    beyond = None
    while page := reader.page(wanted, beyond=beyond, older=older, limit=limit):
        found = [*found, *page] if older else [*page, *found]
        beyond = page[-1] if older else page[0]
    return found


@given(entries=ENTRIES, wanted=FILTERS, limit=st.integers(1, 7), few=st.sampled_from((0, 5_000)))
@example(entries=[row(1), row(4), row(7)], wanted=Filter(least_fen=100), limit=1, few=0)
def test_pages_are_the_naive_list(entries: list[LogEntry], wanted: Filter, limit: int, few: int) -> None:
    """Down or up, whatever the filter, the page's length and the ties: no row twice, none left out, the order of the screen."""
    with tempfile.TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        patch.setattr(plan, "FEW", few)
        with LogReader(written(Path(name), entries)) as reader:
            expected = kept(entries, wanted)

            assert expected == walked(reader, wanted, limit=limit, older=True)
            assert expected == walked(reader, wanted, limit=limit, older=False)


@pytest.mark.parametrize("wanted", [Filter(), Filter(least_fen=0), Filter(kind="sale"), Filter(first_day=DAYS[0])])
def test_a_thousand_equal_rows_are_paged(tmp_path: Path, wanted: Filter) -> None:
    """Rows of one second and one amount keep their order at every edge of a page."""
    entries = [row(seq) for seq in range(1, 1001)]
    with LogReader(written(tmp_path, entries)) as reader:
        assert entries[::-1] == walked(reader, wanted, limit=333, older=True)
        assert entries[::-1] == walked(reader, wanted, limit=500, older=False)


def test_every_filter_and_every_pair_has_its_index(tmp_path: Path) -> None:
    """No filter, alone or with others, makes SQLite look at the whole table, or sort what the order of an index gives."""
    written(tmp_path, [row(seq) for seq in range(1, 10)])
    db = connect(tmp_path, writing=False)
    bounds = ((None, None), (100, None), (100, 300))
    for group, kind, offline, (least, most) in product(GROUPS, KINDS, (False, True), bounds):
        wanted = Filter(group=group, kind=kind, offline=offline, least_fen=least, most_fen=most)
        sql, values = plan.plan(wanted, None).page((100, 5), older=True, limit=5)
        steps = [step[3] for step in db.execute(f"EXPLAIN QUERY PLAN {sql}", values).fetchall()]

        assert not [step for step in steps if step.startswith("SCAN") and "INDEX" not in step], (wanted, steps)
        assert wanted.by_amount or not [step for step in steps if "TEMP B-TREE" in step], (wanted, steps)
    db.close()


def test_a_clock_that_was_set_wrong_loses_no_row(tmp_path: Path) -> None:
    """A day lies where its rows are, also when a clock jumped there and back: nothing of it is missed, nothing else is shown."""
    days = (20260302, 20260302, 20300101, 20260302, 20260301, 20260303)
    entries = [row(seq, day=day) for seq, day in enumerate(days, 1)]
    with LogReader(written(tmp_path, entries)) as reader:
        shown = {day: [entry.seq for entry in reader.page(Filter(first_day=day, last_day=day))] for day in set(days)}

    assert {20260302: [4, 2, 1], 20300101: [3], 20260301: [5], 20260303: [6]} == shown


def test_a_row_is_found_by_what_is_on_its_slip(tmp_path: Path) -> None:
    """Last six digits or more, receipt with or without till, message id, the centre's number: each names its row and no other."""
    entries = [row(seq) for seq in (7, 105, 12, 205)]
    wanted = entries[1]
    with LogReader(written(tmp_path, entries)) as reader:
        for text in (wanted.tail, wanted.subject, wanted.subject[-9:], "105", "000105", "01-1-000105", "01-1-105", "S105"):
            assert [wanted] == reader.find(text), text
        for text in ("", "1", "02-1-000105", "99999", "%", "' OR 1=1 --", "１０５", "9" * 40, wanted.subject + "0", wanted.subject[:-1]):
            assert [] == reader.find(text), text


def test_a_number_that_names_many_gives_the_newest(tmp_path: Path) -> None:
    """A tail comes back every minute: all of them up to a bound, the newest first; a longer one tells them apart."""
    seqs = range(1, FOUND_MAX + 11)
    same = [row(seq)._replace(subject=f"P9901{seq:019d}000101", tail="000101", number=0) for seq in seqs]
    with LogReader(written(tmp_path, same)) as reader:
        found = reader.find("000101")

        assert same[: -FOUND_MAX - 1 : -1] == found
        assert [same[2]] == reader.find(same[2].subject[-12:])


def test_totals_count_what_was_booked(tmp_path: Path) -> None:
    """Refused and abandoned settlements are in no sum, a void takes its amount back, a cash slip is counted apart."""
    entries = [
        row(1, total_fen=1000),
        row(2, total_fen=500, standing="reversed", offline=1),
        row(3, total_fen=-500, kind="void"),
        row(4, total_fen=700, standing="rejected"),
        row(5, total_fen=900, standing="in doubt"),
        row(6, total_fen=300, standing="cash", kind="cash"),
        row(7, total_fen=250, standing="provisional", offline=1, owed=1),
        row(8, total_fen=1, day=20260303),
    ]
    with LogReader(written(tmp_path, entries)) as reader:
        assert DayTotals(
            sales=3, voids=1, slips=1, offline=2, owed=1, doubts=1, total_fen=1250, fund_fen=0, account_fen=1250, cash_fen=0
        ) == reader.totals(20260302, 20260302)
        assert DayTotals(*[0] * 10) == reader.totals(20260304, 20260304)
        assert 1251 == reader.totals(20260301, 20260310).total_fen


def test_the_day_beside_is_one_with_rows(tmp_path: Path) -> None:
    """Going to the day before passes over days on which nobody sold."""
    with LogReader(written(tmp_path, [row(seq, day=day) for seq, day in enumerate(DAYS, 1)])) as reader:
        assert (20260303, 20260305, 0, 0) == (
            reader.day_beside(20260305, older=True),
            reader.day_beside(20260303, older=False),
            reader.day_beside(20260301, older=True),
            reader.day_beside(20260305, older=False),
        )


def test_no_log_is_no_fault(tmp_path: Path) -> None:
    """A folder without a log, or with one of another version, says that it has to be derived first."""
    with pytest.raises(LogUnreadable) as missing:
        LogReader(tmp_path)
    written(tmp_path, [row(1)])
    db = connect(tmp_path, writing=True)
    db.execute("UPDATE meta SET value = '0' WHERE name = 'version'")
    db.close()
    with pytest.raises(LogUnreadable) as other:
        LogReader(tmp_path)

    assert (False, False) == (missing.value.damaged, other.value.damaged)


def test_a_file_that_is_none_is_damaged(tmp_path: Path) -> None:
    """Rubbish in the place of the log will not get better: it is to be deleted."""
    written(tmp_path, [row(1)])
    (tmp_path / NAME).write_bytes(b"x" * 4096)
    with pytest.raises(LogUnreadable) as damaged:
        LogReader(tmp_path)

    assert damaged.value.damaged


def test_a_reader_notices_that_the_file_is_another(tmp_path: Path) -> None:
    """Deleted and derived anew, the old file would never change again: it is opened anew."""
    with LogReader(written(tmp_path, [row(1)])) as reader:
        before = reader.replaced()
        discard(tmp_path)
        gone = reader.replaced()
        written(tmp_path, [row(2)])

        assert (False, True, True) == (before, gone, reader.replaced())


def test_a_change_is_noticed(tmp_path: Path) -> None:
    """Another connection's commit changes the number that is polled, and nothing else does."""
    with LogReader(written(tmp_path, [row(1)])) as reader:
        first, again = reader.changes(), reader.changes()
        written(tmp_path, [row(1), row(2)])

        assert first == again != reader.changes()
        assert [2, 1] == [entry.seq for entry in reader.page(Filter())]
