"""The clock adapter."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from config.clock import CHINA, ClockFileUnreadable, FileClock, SystemClock, clock_of, write_clock


def test_system_clock_is_aware_and_chinese() -> None:
    """The machine's time comes with the fixed offset of China."""
    assert timedelta(hours=8) == SystemClock().now().utcoffset()


@pytest.mark.parametrize("clock", [SystemClock(), FileClock(Path("unread"))])
def test_monotonic_never_steps_back(clock: SystemClock | FileClock) -> None:
    """Waiting is measured on the machine's monotonic clock, simulated day or not."""
    first = clock.monotonic()

    assert first <= clock.monotonic()


def test_file_clock_reads_what_was_written(tmp_path: Path) -> None:
    """Every process that shares the file sees the same moment, and sees it move."""
    clock = FileClock(tmp_path / "now")
    morning = datetime(2026, 3, 2, 9, 0, tzinfo=CHINA)

    write_clock(tmp_path / "now", morning)
    first = clock.now()
    write_clock(tmp_path / "now", morning + timedelta(days=1))

    assert (morning, morning + timedelta(days=1)) == (first, clock.now())
    assert [tmp_path / "now"] == list(tmp_path.iterdir())


@pytest.mark.parametrize("text", ["2026-03-02T01:00:00+00:00", "2026-03-02T09:00:00", "2026-03-02 09:00:00+08:00\n"])
def test_file_clock_accepts_every_iso_form(tmp_path: Path, text: str) -> None:
    """A time without a zone is China's; another zone is converted."""
    (tmp_path / "now").write_text(text)

    moment = FileClock(tmp_path / "now").now()

    assert datetime(2026, 3, 2, 1, tzinfo=UTC) == moment
    assert CHINA == moment.tzinfo


@pytest.mark.parametrize("content", [None, b"", b"yesterday", b"\xff\xfe"])
def test_unreadable_clock_file_is_a_settings_error(tmp_path: Path, content: bytes | None) -> None:
    """A missing, empty, foreign or binary file says which file and what to write there."""
    path = tmp_path / "now"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(ClockFileUnreadable) as caught:
        FileClock(path).now()

    assert str(path) in caught.value.say("zh")


def test_clock_of_selects_by_setting(tmp_path: Path) -> None:
    """An empty setting means the machine's clock."""
    assert isinstance(clock_of(""), SystemClock)
    assert isinstance(clock_of(str(tmp_path / "now")), FileClock)
