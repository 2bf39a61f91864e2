"""The mark outside the data directory: a directory that is copied and copied back is known for what it is, and pays nothing off-line."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from config.clock import CHINA
from config.entropy import SeededEntropy
from offline_queue import operating_system
from offline_queue.journal import Journal, backup
from offline_queue.journal.values import Role
from settlement.facts import Hotlisted
from settlement.refusals import OFFLINE_RESTORED
from terminal.counter import Counter
from terminal.desk_status import offline_of
from tests.counter.test_offline_status import AREA
from tests.counter.test_self_check import settings
from tests.journal.backups import brought_back
from tests.journal.entries import COUNTER, ONE, Hand, offline_sale

SALES = 6


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Return where the data directory and, beside it, the folder of marks lie."""
    return tmp_path


def opened(place: Path, *, role: Role = "till", directory: str = "data", clock: Hand | None = None, seed: str = "t") -> Journal:
    """Open a journal with its mark outside."""
    return Journal(
        place / directory, role=role, clock=clock or Hand(), entropy=SeededEntropy(seed), counter=COUNTER, high_water=place / "marks"
    )


def sell(journal: Journal, *numbers: int) -> None:
    """Book off-line sales."""
    for number in numbers:
        offline_sale(journal, f"{ONE[:-2]}{number:02d}")


def copied_at(place: Path, sales: int) -> int:
    """Sell, copy the directory after ``sales`` sales, sell on and put the copy back; return the records of the copy."""
    with opened(place) as journal:
        sell(journal, *range(sales))
        count = journal.tip()[0]
    shutil.copytree(place / "data", place / "copy")
    with opened(place) as journal:
        sell(journal, *range(sales, SALES))
    shutil.rmtree(place / "data")
    (place / "copy").rename(place / "data")
    return count


@pytest.mark.parametrize("sales", range(SALES))
def test_an_older_copy_is_known(place: Path, sales: int) -> None:
    """Whatever is sold over it, and however often it is opened."""
    count = copied_at(place, sales)

    for number in range(60, 60 + 2 * SALES):
        with opened(place) as journal:
            assert journal.restored_at is not None
            assert journal.restored_at >= count
            sell(journal, number)


def test_the_sender_alone_knows_it_too(place: Path) -> None:
    """Whoever opens the journal first does not overwrite what tells."""
    copied_at(place, 2)
    with opened(place, role="sender") as sender, opened(place) as till:
        sell(till, 71)
        assert sender.restored_at is not None
        assert till.restored_at is not None


def test_a_journal_that_goes_on_is_no_copy(place: Path) -> None:
    """Closed, killed, or with a mark that a power cut set back: it may sell off-line."""
    with opened(place) as journal:
        sell(journal, 1)
        assert journal.restored_at is None
    (mark,) = (place / "marks").iterdir()
    early = mark.read_bytes()
    with opened(place, role="sender") as sender, opened(place) as journal:
        sell(journal, 2, 3)
        assert [None, None] == [one.restored_at for one in (journal, sender)]
    assert early != mark.read_bytes()

    mark.write_bytes(early)
    with opened(place) as journal:
        assert journal.restored_at is None
        sell(journal, 4)
        assert journal.restored_at is None


def test_two_copies_that_both_went_on_are_told_apart(place: Path) -> None:
    """The same number of records, and others."""
    copied_at(place, 2)
    with opened(place) as journal:
        sell(journal, *range(80, 80 + SALES - 2))
    with opened(place) as journal:
        assert journal.restored_at is not None


def kept(journal: Journal, signed_time: str, verdict: str = "kept", *, short: int = 0) -> None:
    """Note what the sender heard from the centre."""
    count, head = journal.tip()
    journal.notes.put("chain at centre", {"verdict": verdict, "count": count, "head": head, "epoch": 1})
    place: dict[str, Any] = {"till": "01", "epoch": 1, "count": count - short, "head": head}
    journal.notes.put("checkpoint", {**place, "signed_time": signed_time, "signature": ""})


def closed(journal: Journal) -> bool:
    """Whether nothing is paid off-line now."""
    return journal.restored_at is not None


def test_without_a_mark_the_centre_is_awaited(place: Path) -> None:
    """A directory on another machine: nothing off-line before the centre has signed that it knows of no more; then it has a mark."""
    with opened(place) as journal:
        sell(journal, 1, 2)
        kept(journal, "2026-03-02T09:00:00+08:00")
    shutil.rmtree(place / "marks")

    with opened(place) as journal:
        assert journal.tip()[0] == journal.restored_at
        kept(journal, "2026-03-02T09:30:00+08:00", short=1)
        assert closed(journal)
        kept(journal, "2026-03-02T09:30:00+08:00", "behind")
        assert closed(journal)
        kept(journal, "2026-03-02T09:30:00+08:00")
        assert not closed(journal)
        sell(journal, 3)
    with opened(place) as journal:
        assert journal.restored_at is None


def test_a_restore_opens_an_epoch_and_its_mark(place: Path) -> None:
    """The restored journal is known by its own record; the directory of before, put back, is an older copy."""
    with opened(place) as journal:
        sell(journal, 1, 2)
        file = backup.write(journal, place / "two.backup").path
        sell(journal, 3)
    shutil.copytree(place / "data", place / "copy")
    restored = brought_back(place / "data", file, force=True).restored
    with opened(place) as journal:
        assert restored.count == journal.restored_at
        sell(journal, 4)
    with opened(place) as journal:
        assert restored.count == journal.restored_at
    assert 2 == len(list((place / "marks").iterdir()))

    shutil.rmtree(place / "data")
    (place / "copy").rename(place / "data")
    with opened(place) as journal:
        assert journal.restored is None
        assert journal.tip()[0] == journal.restored_at


def test_another_journal_has_a_mark_of_its_own(place: Path) -> None:
    """Of the same institution and till, on the same machine."""
    with opened(place) as journal:
        sell(journal, 1, 2, 3)
    with opened(place, directory="other", seed="u") as other:
        sell(other, 1)
        assert other.restored_at is None


def test_a_folder_that_cannot_be_written_stops_no_sale(place: Path) -> None:
    """It goes on; the next start does not know, and asks the centre."""
    (place / "marks").write_text("", encoding="utf-8")
    with opened(place) as journal:
        sell(journal, 1)
        assert journal.restored_at is None
    with opened(place) as journal:
        assert journal.restored_at is not None
        sell(journal, 2)


def test_it_costs_no_flush(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However long the sale before it was ago, only the anchor in the directory is flushed with a sale."""
    clock = Hand()
    flushed: list[int] = []
    whole = operating_system.flush

    def flush(descriptor: int) -> None:
        flushed.append(descriptor)
        whole(descriptor)

    with opened(place, clock=clock) as journal:
        sell(journal, 1)
        monkeypatch.setattr(operating_system, "flush", flush)
        for number in range(2, 6):
            clock.ticks += 60
            sell(journal, number)
        assert 1 == len(set(flushed))


def test_a_till_over_an_older_copy_pays_nothing_off_line(place: Path) -> None:
    """By its settings: the account waits for the line, and cash is taken."""
    directory = place / "data"
    directory.mkdir()
    settings(directory)
    file = directory / "settings.toml"
    file.write_text(file.read_text(encoding="utf-8") + '\n[journal]\nhigh_water = "../marks"\n', encoding="utf-8")
    copied_at(place, 3)
    if not file.exists():
        settings(directory)

    with Counter(directory) as counter:
        found = offline_of(AREA, Hotlisted(version=1, age_s=0), Hand().at.astimezone(CHINA), counter.journal.restored_at)

    assert found.why is not None
    assert OFFLINE_RESTORED.code == found.why.code
