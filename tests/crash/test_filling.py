"""A disk that fills at every 4 KiB: sales are refused before anything moves, what has moved is booked, nothing is lost."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.crash.share import of

ROOT = Path(__file__).parents[2]
EVERY = of(16, 1)


@pytest.mark.timeout(600)
def test_a_disk_that_fills_loses_nothing(tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    """With so many blocks left: refused or booked, whole either way, and selling again when there is room."""
    disk = tmp_path / "disk"
    disk.mkdir()
    work = f"mount -t tmpfs -o size=12m none {disk} && {sys.executable} -m tests.crash.filling {disk} {EVERY}"
    command = [shutil.which("unshare") or "unshare", "-rm", "sh", "-c", work]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if "unshare" in ran.stderr or "mount:" in ran.stderr:
        pytest.skip(f"no mount namespace here: {ran.stderr.strip()}")
    assert 0 == ran.returncode, ran.stderr
    told = json.loads(ran.stdout)
    record_property("full disks", told["steps"])

    assert {} == told["wrong"]
    assert told["steps"] > told["refused"] > 0
    assert told["given"] > 0
