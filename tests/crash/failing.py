"""Each system call of a till at work failed in turn: ``python -m tests.crash.failing DIR CALL ERROR EVERY``.

One process loads the product and makes a journal; for each number N a child of it opens a copy, and strace has its N-th ``CALL``
fail with ``ERROR``. Prints one JSON line: how many calls were failed, and every run after which something was wrong.
"""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from offline_queue.journal import Journal
from offline_queue.journal.verify import verify
from settlement.errors import JournalError
from tests.checker.stored import wrongs
from tests.crash.recorded import STRACE
from tests.crash.workload import steps, subject
from tests.journal.entries import offline_sale, opened

_PTRACER, _ANY = 0x59616D61, -1
"""prctl(2): let any process of this user trace the child, where the system would not."""
_SALES = 2
_LAST = 2000
_STARTS = 5


class _Counter:
    """Till and sender of one counter; what stops one of them is answered as the trade does: it is started again."""

    def __init__(self, directory: Path, told: int) -> None:
        self._directory = directory
        self._told = told
        self._open = ExitStack()
        self._journals: dict[str, Journal] = {}

    def work(self) -> None:
        """Write a short day, telling what was acknowledged. What was refused is not gone on with."""
        refused = set()
        for who, entries in steps(_SALES):
            if entries[0].subject in refused:
                continue
            if not self._journals and not self._started():
                return
            try:
                committed = self._journals[who].commit(entries)
            except JournalError:
                refused.add(entries[0].subject)
                self._ended()
            else:
                os.write(self._told, f"{committed.seqs[-1]}\n".encode())
        self._ended()

    def _started(self) -> bool:
        for _ in range(_STARTS):
            try:
                self._journals = {
                    "till": self._open.enter_context(opened(self._directory)),
                    "sender": self._open.enter_context(opened(self._directory, "sender")),
                }
            except (JournalError, OSError):
                self._ended()
            else:
                return True
        return False

    def _ended(self) -> None:
        self._open.close()
        self._journals = {}


def runs(template: Path, work: Path, call: str, error: str, every: int) -> Iterator[tuple[int, list[str]]]:
    """Return (N, what is wrong) for each N for which there was an N-th call."""
    for number in range(1, _LAST, every):
        shutil.rmtree(work, ignore_errors=True)
        shutil.copytree(template, work)
        fired, acknowledged, status = _run(work, call, error, number)
        if not fired:
            return
        found = [f"the process ended with {status}"] if status else []
        found += wrongs(work, at_least=acknowledged)
        with opened(work) as till:
            offline_sale(till, subject(9000))
            found += verify(till).faults
        yield number, found


def _run(directory: Path, call: str, error: str, number: int) -> tuple[bool, int, int]:
    """Return (whether the call was failed, records acknowledged, exit status)."""
    go, told = os.pipe(), os.pipe()
    child = os.fork()
    if child == 0:
        ctypes.CDLL(None).prctl(_PTRACER, _ANY)
        os.read(go[0], 1)
        status = 70
        try:
            _Counter(directory, told[1]).work()
            status = 0
        finally:
            os._exit(status)
    os.close(told[1])
    log = directory.parent / "failed.log"
    inject = f"inject={call}:error={error}:when={number}"
    tracer = subprocess.Popen([STRACE, "-q", "-o", str(log), "-e", f"trace={call}", "-e", inject, "-p", str(child)])
    _wait_for_tracer(child)
    os.write(go[1], b"x")
    _, status = os.waitpid(child, 0)
    tracer.wait()
    with os.fdopen(told[0], encoding="ascii") as lines:
        counts = [int(line) for line in lines]
    os.close(go[0])
    os.close(go[1])
    return "(INJECTED)" in log.read_text(encoding="ascii", errors="replace"), max(counts, default=0), status


def _wait_for_tracer(child: int) -> None:
    for _ in range(2000):
        if "TracerPid:\t0\n" not in Path(f"/proc/{child}/status").read_text(encoding="ascii"):
            return
        time.sleep(0.002)
    message = "nobody traces the child"
    raise TimeoutError(message)


def main() -> int:
    """Fail the calls and print what came of it."""
    where, call, error, every = sys.argv[1:]
    directory = Path(where)
    with opened(directory / "template") as till:
        offline_sale(till, subject(8000))
    # So that each copy allocates one.
    (directory / "template" / "reserve").unlink()
    bad, count = {}, 0
    for number, found in runs(directory / "template", directory / "work", call, error, int(every)):
        count += 1
        if found:
            bad[number] = found
    sys.stdout.write(json.dumps({"failed": count, "wrong": bad}) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
