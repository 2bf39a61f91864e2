"""Every write, flush, cut and read of the disk fails once, with an I/O error and with a full disk: nothing acknowledged is lost."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.crash.recorded import available
from tests.crash.share import of

ROOT = Path(__file__).parents[2]
EVERY = {"pwrite64": of(23, 1), "pread64": of(47, 1)}
"""Of the many; of the few each is failed in any case."""
LEAST = {"pwrite64": of(5, 150), "pread64": of(3, 100), "fdatasync": 1, "fsync": 12, "ftruncate": 2, "fallocate": 1}


@pytest.mark.timeout(900)
@pytest.mark.parametrize("error", ["EIO", "ENOSPC"])
@pytest.mark.parametrize("call", LEAST)
def test_a_call_that_fails_loses_nothing(call: str, error: str, memory: Path, record_property: Callable[[str, object], None]) -> None:
    """Whichever call it is: what was acknowledged is there, the chain is whole, and the till starts again and sells on."""
    if why := available():
        pytest.skip(why)
    program = [sys.executable, "-m", "tests.crash.failing", str(memory), call, error, str(EVERY.get(call, 1))]
    ran = subprocess.run(program, cwd=ROOT, capture_output=True, text=True, check=False)
    assert 0 == ran.returncode, ran.stderr
    told = json.loads(ran.stdout)
    record_property("failed calls", told["failed"])

    assert {} == told["wrong"]
    assert told["failed"] >= LEAST[call]
