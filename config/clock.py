"""The one place that reads a clock.

Wall time is China Standard Time everywhere (the national messages carry no zone). The offset is fixed:
the zone has had no daylight saving since 1991, and a fixed offset needs no zone database on the counter.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Protocol

from settlement.errors import Phrase, SettingsError, Words

_SINCE_START = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
CHINA = timezone(timedelta(hours=8), "CST")


class ClockFileUnreadable(SettingsError):
    """The file that holds the simulated time is missing or holds no time."""

    phrase = Phrase(
        code="CLOCK-FILE-UNREADABLE",
        zh=Words(
            "时钟文件 {file} 读不出时间。",
            "没有动任何钱。",
            "请在文件中写入一行 ISO 时间（例如 2026-03-02T09:00:00+08:00），或在设置中清空 [clock] file。",
            "不要在真实收银台使用时钟文件。",
        ),
        en=Words(
            "The clock file {file} holds no time.",
            "No money has moved.",
            "Write one line of ISO time into it (such as 2026-03-02T09:00:00+08:00), or clear [clock] file in the settings.",
            "Do not use a clock file at a real counter.",
        ),
    )


class Clock(Protocol):
    """Wall time for people and records, monotonic time for waiting."""

    def now(self) -> datetime:
        """Return the wall time, aware, at UTC+8."""
        ...

    def monotonic(self) -> float:
        """Return seconds from an arbitrary start that never step back."""
        ...

    def set_by(self) -> float:
        """Return by how many seconds the wall time was set since this clock was made: what it went without time going by."""
        ...


class SystemClock:
    """The clock of the machine."""

    def __init__(self) -> None:
        self._offset = _offset()

    def now(self) -> datetime:
        """Return the machine's wall time at UTC+8."""
        return datetime.now(CHINA)

    def monotonic(self) -> float:
        """Return the machine's monotonic seconds."""
        return time.monotonic()

    def set_by(self) -> float:
        """Return how far the machine's clock was set, by a person, by its network or by an empty battery."""
        return _offset() - self._offset


class FileClock:
    """Wall time as a file says it: several processes of a demonstration share one day. Waiting stays real."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def now(self) -> datetime:
        """Return the time in the file, at UTC+8. Raises :class:`ClockFileUnreadable`."""
        try:
            moment = datetime.fromisoformat(self._path.read_text(encoding="utf-8").strip())
        except (OSError, ValueError) as error:
            raise ClockFileUnreadable(file=str(self._path)) from error
        return moment.replace(tzinfo=CHINA) if moment.tzinfo is None else moment.astimezone(CHINA)

    def monotonic(self) -> float:
        """Return the machine's monotonic seconds."""
        return time.monotonic()

    def set_by(self) -> float:
        """Return nothing: a simulated day goes as its file says."""
        return 0.0


def write_clock(path: Path, moment: datetime) -> None:
    """Set the simulated time for every process that reads ``path``; a reader sees the old or the new time, never half."""
    fresh = path.with_name(f"{path.name}.new")
    fresh.write_text(f"{moment.isoformat()}\n", encoding="utf-8")
    fresh.replace(path)


def _offset() -> float:
    """Return the wall time less the time since the machine started, which goes on while it sleeps."""
    return time.time() - time.clock_gettime(_SINCE_START)


def clock_of(file: str) -> Clock:
    """Return the clock that ``[clock] file`` names: the machine's when it is empty."""
    return FileClock(Path(file)) if file else SystemClock()
