"""A clock that was set is marked on the record after it, and what records say is the same with the mark."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path

import pytest

from config.clock import FileClock, SystemClock
from offline_queue.journal import Journal
from offline_queue.journal.verify import verify
from tests.journal.entries import ONE, THREE, TWO, VOID, Hand, done, opened, sale, void


def marks(journal: Journal) -> list[int]:
    """Return the mark of every record, oldest first."""
    return [record.clock_suspect_s for record in journal.records_after(0, 99)]


@pytest.mark.parametrize("step_s", [365 * 86_400, -365 * 86_400, 61, -61])
def test_the_record_after_a_step_bears_it(tmp_path: Path, clock: Hand, step_s: int) -> None:
    """Once, and none before or after it; what is under a minute is none."""
    with opened(tmp_path, clock=clock) as journal:
        journal.commit([sale(ONE)])
        clock.step_s += 59
        journal.commit([sale(TWO)])
        clock.at += timedelta(seconds=step_s)
        clock.step_s += step_s
        journal.commit([sale(THREE)])
        journal.commit([sale(VOID)])

        assert [0, 0, step_s, 0] == marks(journal)


def test_a_mark_is_no_part_of_what_a_record_says(tmp_path: Path) -> None:
    """Two journals, one under a clock that is set at each record: bodies and standings are the same, and the chain covers the mark."""
    told = []
    for name, step_s in (("steady", 0), ("jumping", 3600)):
        clock = Hand()
        with opened(tmp_path / name, clock=clock) as journal:
            for entry in (sale(ONE), done(ONE), void(VOID, ONE)):
                journal.commit([entry])
                clock.step_s += step_s
            told.append(([(record.kind, record.body) for record in journal.records_after(0, 99)], list(journal.folded())))
            journal.rebuild()
            assert () == verify(journal).faults

    assert told[0] == told[1]


def test_a_process_that_starts_behind_its_records_says_so(tmp_path: Path, clock: Hand) -> None:
    """The battery was empty: the first record says by how much, the second goes on from there."""
    with opened(tmp_path, clock=clock) as journal:
        journal.commit([sale(ONE)])
    clock.at -= timedelta(days=30)
    with opened(tmp_path, clock=clock) as journal:
        journal.commit([sale(TWO)])
        journal.commit([sale(THREE)])

        assert [0, -30 * 86_400, 0] == marks(journal)


def test_a_record_that_was_refused_takes_no_mark_with_it(tmp_path: Path, clock: Hand) -> None:
    """What is marked is the first record that is there."""
    with opened(tmp_path, clock=clock) as journal:
        journal.commit([sale(ONE)])
        clock.step_s = 100
        with pytest.raises(Exception, match="used already"):
            journal.commit([sale(ONE)])
        journal.commit([sale(TWO)])

        assert [0, 100] == marks(journal)


def test_time_that_goes_by_sets_no_clock(tmp_path: Path) -> None:
    """Neither the machine's clock in a pause, nor a simulated day that leaps."""
    machine, file = SystemClock(), tmp_path / "clock"
    file.write_text("2026-03-02T09:00:00+08:00\n", encoding="ascii")
    simulated = FileClock(file)
    time.sleep(0.05)
    file.write_text("2027-03-02T09:00:00+08:00\n", encoding="ascii")

    assert abs(machine.set_by()) < 0.04
    assert simulated.set_by() == 0
