"""``yibao try``: on a terminal the screen, without one the scripted day."""

from __future__ import annotations

import fcntl
import os
import pty
import signal
import struct
import subprocess
import sys
import termios
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.playground.tried import locked, until

YIBAO = str(Path(sys.executable).with_name("yibao"))
ROWS, COLUMNS = 40, 120


class Terminal:
    """A terminal with ``yibao try`` in it."""

    def __init__(self, process: subprocess.Popen[bytes], master: int) -> None:
        self.process = process
        self.shown = bytearray()
        self._master = master
        self._thread = threading.Thread(target=self._read)
        self._thread.start()

    def type(self, keys: bytes) -> None:
        """Press keys."""
        os.write(self._master, keys)

    def close(self) -> None:
        """Switch it off."""
        self.process.kill()
        self._thread.join()

    def _read(self) -> None:
        with suppress(OSError):  # the end of a terminal that nobody has open any more
            while chunk := os.read(self._master, 65_536):
                self.shown += chunk


@contextmanager
def tried(directory: Path) -> Iterator[Terminal]:
    """Run ``yibao try`` in a terminal, from when the strip offers what can be typed."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    environment = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", "LC_ALL": "C.UTF-8"}
    with os.fdopen(slave, "rb", buffering=0) as inner, os.fdopen(master, "rb", buffering=0):
        command = [YIBAO, "try", "--data-dir", str(directory)]
        process = subprocess.Popen(command, stdin=inner, stdout=inner, stderr=inner, env=environment, start_new_session=True)
        inner.close()
        terminal = Terminal(process, master)
        try:
            until("the strip offers something to type", lambda: b"H002" in terminal.shown or process.poll() is not None)
            yield terminal
        finally:
            terminal.close()
            process.wait()


def test_the_screen_opens_and_leaving_it_says_whether_all_agree(tmp_path: Path) -> None:
    """A terminal gets the till; left by its key, it ends with the agreement and nothing is left running."""
    with tried(tmp_path) as terminal:
        terminal.type(b"\x11")

        assert 0 == terminal.process.wait(timeout=30)
        until("the last words", lambda: b"agree: card = journal = centre, 0 settlements" in terminal.shown)
    assert not locked(tmp_path / "children.lock")
    assert not locked(tmp_path / "counter" / "sender.lock")


@pytest.mark.parametrize(
    ("signals", "code"), [((signal.SIGTERM,), 128 + signal.SIGTERM), ((signal.SIGHUP, signal.SIGCONT), 128 + signal.SIGHUP)]
)
def test_told_to_end_the_screen_gives_the_terminal_back(tmp_path: Path, signals: tuple[int, ...], code: int) -> None:
    """A signal, or the two of a terminal that hangs up, end screen and processes; the alternate screen is left, the cursor shown."""
    with tried(tmp_path) as terminal:
        for number in signals:
            os.kill(terminal.process.pid, number)

        assert code == terminal.process.wait(timeout=30)
        until("the terminal is given back", lambda: b"\x1b[?1049l" in terminal.shown and b"\x1b[?25h" in terminal.shown)
    assert not locked(tmp_path / "children.lock")
    assert not (tmp_path / "logs").exists(), "a crash was reported"


def test_without_a_terminal_the_day_plays_itself(tmp_path: Path) -> None:
    """A pipe gets the demonstration, which says so and ends with the agreement; no playground is laid out."""
    done = subprocess.run(
        [YIBAO, "try", "--data-dir", str(tmp_path / "here")],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )

    assert (0, 1) == (done.returncode, len(done.stderr.splitlines()))
    assert "There is no terminal here" in done.stderr
    assert done.stdout.splitlines()[-1].startswith("agree: card = journal = centre")
    assert [] == list(tmp_path.iterdir())


def test_a_screen_that_could_not_be_seen_plays_the_day(tmp_path: Path) -> None:
    """The screen draws on stderr: with that in a file there is no terminal, whatever stdout is."""
    outer, inner = pty.openpty()
    said = tmp_path / "said"
    with said.open("wb") as file:
        command = [YIBAO, "try", "--data-dir", str(tmp_path / "here")]
        process = subprocess.Popen(command, stdin=inner, stdout=inner, stderr=file, cwd=tmp_path)
        os.close(inner)
        with suppress(OSError):  # What a terminal says when its last program has gone.
            while os.read(outer, 65_536):
                pass
        process.wait(timeout=100)
    os.close(outer)

    assert 0 == process.returncode
    assert "There is no terminal here" in said.read_text(encoding="utf-8")
    assert not (tmp_path / "here").exists()


def test_setting_that_cannot_be_is_refused_before_anything_starts(tmp_path: Path) -> None:
    """An unknown kind of centre is a wrong use of the command."""
    done = subprocess.run([YIBAO, "try", "--centre", "kind"], stdin=subprocess.DEVNULL, capture_output=True, check=False, cwd=tmp_path)

    assert 2 == done.returncode
    assert [] == list(tmp_path.iterdir())
