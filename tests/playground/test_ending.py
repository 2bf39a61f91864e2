"""However a playground ends, what it started ends with it, and the next run goes on."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from terminal.demo.playground import Playground
from terminal.demo.progress import Step
from tests.playground.tried import locked, ready, till_on, until

ROOT = Path(__file__).parents[2]


@contextmanager
def held(directory: Path, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Have a process that holds a playground; it is killed at the latest at the end."""
    command = [sys.executable, "-m", "tests.playground.holder", str(directory), *arguments]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def line_of(process: subprocess.Popen[str]) -> str:
    """Return the next line that the process writes."""
    assert process.stdout is not None
    return process.stdout.readline()


def running(process: int) -> bool:
    """Whether a process runs: one that ended and that nobody has asked for does not."""
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] not in {"Z", "X"}
    return False


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory in which one playground has been, so that the next stand soon."""
    directory = tmp_path_factory.mktemp("ending")
    with ready(directory):
        return directory


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (signal.SIGKILL, -signal.SIGKILL),
        (signal.SIGTERM, 128 + signal.SIGTERM),
        (signal.SIGHUP, 128 + signal.SIGHUP),
        (signal.SIGINT, -signal.SIGINT),
    ],
)
def test_signal_that_ends_the_till_ends_all(place: Path, number: int, code: int) -> None:
    """Killed, told to end, its terminal closed or Ctrl+C: no process is left, and the next run goes on."""
    with held(place) as process:
        assert "started\n" == line_of(process)
        ids = json.loads(line_of(process))
        assert {"line", "centre", "sender"} == set(ids)
        assert all(running(child) for child in ids.values())

        os.kill(process.pid, number)
        assert code == process.wait(timeout=30)
        if number == signal.SIGKILL:
            until("they notice and end", lambda: not any(running(child) for child in ids.values()))

        assert [] == [name for name, child in ids.items() if running(child)]
        # The last thread of a process may be a moment behind its first.
        until("the lock is let go", lambda: not locked(place / "children.lock"))

    if number == signal.SIGKILL:
        with ready(place) as playground, till_on(playground) as till:
            assert () == till.agreement().differences


def test_error_of_the_till_ends_all(place: Path) -> None:
    """A bug above leaves no process below."""
    with held(place, "raise") as process:
        assert "started\n" == line_of(process)
        ids = json.loads(line_of(process))

        assert 1 == process.wait(timeout=30)
        assert [] == [name for name, child in ids.items() if running(child)]


def test_till_killed_while_it_is_set_up_leaves_nothing(tmp_path: Path) -> None:
    """Killed at several moments of the first set-up: all ends, and what was laid out is gone on with."""
    for delay_s in ("0.0", "0.9", "1.8"):
        with held(tmp_path) as process:
            assert "started\n" == line_of(process)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=float(delay_s))
            process.kill()
            process.wait()
        until("all have ended", lambda: not locked(tmp_path / "children.lock"))

    with ready(tmp_path) as playground, till_on(playground) as till:
        held_fen = [card.allowance_fen for card in playground.devices.cards()]
        assert () == till.agreement().differences

    assert len(held_fen) == 4
    assert all(held_fen)


def test_next_run_waits_for_the_last_process_of_a_killed_one(place: Path) -> None:
    """Started the moment after a kill, a playground waits until the processes of the other have ended."""
    with held(place) as process:
        line_of(process)
        ids = json.loads(line_of(process))
        os.kill(ids["centre"], signal.SIGSTOP)
        process.kill()
        process.wait()

        with Playground(place) as playground:
            assert not playground.progress.ready.wait(1)
            assert Step.EARLIER is playground.devices.state().step
            os.kill(ids["centre"], signal.SIGCONT)
            until("it stands", lambda: playground.progress.ready.is_set() or playground.progress.failure)

            assert Step.READY is playground.progress.step


@pytest.mark.parametrize("delay_s", [0.0, 0.6])
def test_left_while_it_is_set_up(tmp_path: Path, delay_s: float) -> None:
    """Who leaves before all of it stands leaves nothing running."""
    with Playground(tmp_path) as playground:
        playground.progress.ready.wait(delay_s)
        ids = playground.process_ids

    assert [] == [name for name, child in ids.items() if running(child)]
    assert {} == playground.process_ids
    assert not locked(tmp_path / "children.lock")
    assert not locked(tmp_path / "playground.lock")


def test_leaving_twice_is_leaving_once(place: Path) -> None:
    """Stopping what has been stopped does nothing."""
    with ready(place) as playground:
        playground.stop()
        playground.devices.cut_line()

        assert () == playground.devices.cards()
    assert Step.ENDED is playground.progress.step
