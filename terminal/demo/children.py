"""The processes of the playground: started by id, watched, ended in order. None outlives the process that started it."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO

from terminal.demo.errors import PlaygroundFailed

_END_PATIENCE_S = 10.0
_SAID_CHARACTERS = 300


class Children:
    """Processes in one directory. Each writes to a log of its own and holds the lock ``held`` for as long as it lives."""

    def __init__(self, directory: Path, *, held: int) -> None:
        self._directory = directory
        self._held = held
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._lock = threading.Lock()
        self._closed = False

    def start(self, name: str, entry: str, *arguments: str) -> None:
        """Start the command ``entry`` (``module:function``) under ``name``, which is also its log's."""
        with self._lock, (self._directory / f"{name}.log").open("wb") as log:
            if not self._closed:
                self._running[name] = self._popen(entry, arguments, subprocess.PIPE, log)

    def run(self, entry: str, *arguments: str) -> str:
        """Run a command to its end and return what it wrote. Raises :class:`PlaygroundFailed`."""
        reading, holding = os.pipe()
        with os.fdopen(reading), os.fdopen(holding), self._popen(entry, arguments, reading, subprocess.PIPE) as process:
            said, complaint = (text.decode(errors="replace") for text in process.communicate())
        if process.returncode:
            raise self._failed(entry.partition(":")[0], complaint or said)
        return said

    def check(self) -> None:
        """Raise :class:`PlaygroundFailed` when one of the started processes has ended by itself."""
        for name, process in list(self._running.items()):
            if process.poll() is not None:
                raise self._failed(name, (self._directory / f"{name}.log").read_text(encoding="utf-8", errors="replace"))

    def end(self, name: str) -> None:
        """End one process."""
        with self._lock:
            process = self._running.pop(name, None)
        if process is not None:
            _end(process)

    def close(self) -> None:
        """End all, the last started first; nothing can be started any more."""
        with self._lock:
            self._closed = True
        for name in reversed(list(self._running)):
            self.end(name)

    @property
    def ids(self) -> dict[str, int]:
        """Process ids by name."""
        return {name: process.pid for name, process in list(self._running.items())}

    def _popen(self, entry: str, arguments: tuple[str, ...], stdin: int, out: int | IO[bytes]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-P", "-m", "terminal.demo.attended", entry, *arguments],
            cwd=self._directory,
            stdin=stdin,
            stdout=out,
            stderr=out,
            pass_fds=(self._held,),
            # A session of its own: Ctrl+C and a closed terminal reach the till, which ends the others in order.
            start_new_session=True,
        )

    def _failed(self, part: str, said: str) -> PlaygroundFailed:
        return PlaygroundFailed(part=part, why=" ".join(said.split())[-_SAID_CHARACTERS:] or "—", directory=str(self._directory))


def _end(process: subprocess.Popen[bytes]) -> None:
    with process:
        process.terminate()
        try:
            process.wait(timeout=_END_PATIENCE_S)
        except subprocess.TimeoutExpired:
            process.kill()
