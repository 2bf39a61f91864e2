"""A process that may hold a PIN: its crash writes nothing, and other programs of the same user do not read it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.screen.process_memory import lacking

ROOT = Path(__file__).parents[2]
_PROGRAM = """
import time
from offline_queue import operating_system as system
{}
print(system.core_dumps_forbidden(), flush=True)
time.sleep(60)
"""
FORBIDS = "system.forbid_core_dumps()"


def _started(first: str, directory: Path) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", _PROGRAM.format(first)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=directory, env=environment)


def test_a_crash_leaves_no_dump(tmp_path: Path) -> None:
    """A process that is killed by a fault dumps no core, whatever its limits allowed before."""
    process = _started(FORBIDS, tmp_path)
    assert process.stdout is not None
    with process:
        assert "True\n" == process.stdout.readline()
        process.send_signal(signal.SIGSEGV)
        _, status = os.waitpid(process.pid, 0)
        process.returncode = -signal.SIGSEGV

    assert os.WIFSIGNALED(status)
    assert not os.WCOREDUMP(status)
    assert [] == list(tmp_path.iterdir())


@pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux's")
def test_other_programs_of_the_same_user_do_not_read_it(tmp_path: Path) -> None:
    """Its memory is root's alone; a process that does not ask for that says so."""
    with _started(FORBIDS, tmp_path) as closed, _started("", tmp_path) as open_to_all:
        try:
            assert closed.stdout is not None
            assert open_to_all.stdout is not None
            assert ("True\n", "False\n") == (closed.stdout.readline(), open_to_all.stdout.readline())
            assert (lacking(closed.pid) == "") == (os.geteuid() == 0)
            assert "" == lacking(open_to_all.pid)
        finally:
            closed.kill()
            open_to_all.kill()
