"""A terminal for benchmarks: runs a program on a pseudo-terminal, answers what it asks of one, and says when a text is painted."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
from collections.abc import Sequence
from time import perf_counter
from types import TracebackType
from typing import Self

_CHUNK = 65_536
_ASKED = re.compile(rb"\x1b\[6n")
_PATIENCE_S = 30.0


class Painted:
    """A program and what it has painted so far."""

    def __init__(self, command: Sequence[str], *, columns: int = 100, rows: int = 30) -> None:
        self._ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.started = perf_counter()
        environment = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8"}
        self.process = subprocess.Popen(
            ["/usr/bin/setsid", "--ctty", *command], stdin=theirs, stdout=theirs, stderr=theirs, env=environment
        )
        os.close(theirs)
        self._output = b""
        self._asked = 0
        self._columns = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self._ours)

    def until(self, text: str) -> float:
        """Return the moment at which ``text`` had been painted since the last call. Raises :class:`TimeoutError`."""
        wanted, deadline = text.encode(), perf_counter() + _PATIENCE_S
        while wanted not in self._output:
            ready, _, _ = select.select([self._ours], [], [], deadline - perf_counter())
            if not ready:
                message = f"{text!r} was not painted: {self._output[-400:]!r}"
                raise TimeoutError(message)
            self._output += os.read(self._ours, _CHUNK)
            self._answer()
        at = perf_counter()
        self._output, self._asked = b"", 0
        return at

    def type(self, keys: str) -> float:
        """Press keys and return when."""
        at = perf_counter()
        os.write(self._ours, keys.encode())
        return at

    def latency(self, keys: str, text: str) -> float:
        """Press keys and return the seconds until ``text`` is painted."""
        pressed = self.type(keys)
        return self.until(text) - pressed

    def quiet(self, for_s: float = 0.15) -> None:
        """Read on until nothing is painted for a while."""
        while select.select([self._ours], [], [], for_s)[0]:
            os.read(self._ours, _CHUNK)
        self._output = b""

    def _answer(self) -> None:
        """Say where the cursor is, as often as it was asked: behind one narrow and one wide character."""
        asked = len(_ASKED.findall(self._output))
        for _ in range(asked - self._asked):
            self._columns += 1
            os.write(self._ours, b"\x1b[1;2R" if self._columns % 2 else b"\x1b[1;3R")
        self._asked = asked
