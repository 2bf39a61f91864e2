"""An exception that nobody foresaw: to the log with its places, to the person in one sentence of each language."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from config.log_file import FOLDER, Events, LogName, opened
from config.telling import unread
from settlement.errors import Phrase, Words

CRASHED = 70
"""Exit code of a crash (EX_SOFTWARE)."""

PROGRAM_FAILED = Phrase(
    "PROGRAM-FAILED",
    zh=Words(
        "程序出错退出（{kind}）。",
        "已写入账本的都在；没有做完的一笔重启后会接着处理。",
        "重新启动；再次发生时把 {file} 交给技术员。",
        "不要给货，不要为这一笔另开一单。",
    ),
    en=Words(
        "The program failed and ended ({kind}).",
        "Everything written to the journal is there; what was unfinished is taken up at the next start.",
        "Start it again; if it happens again, give {file} to a technician.",
        "Give no goods and do not settle the same sale under another number.",
    ),
)


@dataclass(frozen=True, slots=True)
class _Size:
    file_bytes: int = 1_048_576
    files: int = 4


def report(error: Exception, directory: Path, name: LogName) -> int:
    """Write ``error`` to ``logs/<name>.log`` of the data directory, say it on stderr, and return the exit code."""
    details = {"kind": type(error).__qualname__, "file": str(directory / FOLDER / f"{name}.log")}
    with opened(directory, name, _Size()):
        Events("crash").failed("crashed", error)
    for language in ("zh", "en"):
        sys.stderr.write(f"[{PROGRAM_FAILED.code}] {PROGRAM_FAILED.say(language, details)}\n")
    return CRASHED


class CrashReport:
    """Around a command: what nobody foresaw is reported and ends here; :attr:`code` is the exit code then."""

    def __init__(self, directory: Path, name: LogName) -> None:
        self._directory = directory
        self._name: LogName = name
        self.code = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> bool:
        if not isinstance(error, Exception) or unread(error):
            # Nothing happened, or somebody ended it: Ctrl+C, sys.exit and a reader who goes are no crash.
            return False
        self.code = report(error, self._directory, self._name)
        return True
