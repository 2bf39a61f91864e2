"""A till that crashes while a PIN is being typed tells nobody what was typed so far: a real process on a terminal."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from config.crash import CRASHED

PROOF = Path(__file__).with_name("pin_crash_proof.py")
SAID = {"abort": "Fatal Python error: Aborted", "screen": "[PROGRAM-FAILED]", "keyboard": "[PROGRAM-FAILED]"}


def _crashed(directory: Path, way: str) -> dict[str, Any]:
    done = subprocess.run([sys.executable, str(PROOF), str(directory), way], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    said: dict[str, Any] = json.loads(done.stdout)
    return said


@pytest.mark.skipif(sys.platform != "linux", reason="the till's terminal is Linux's")
@pytest.mark.timeout(150)
@pytest.mark.parametrize("way", SAID)
def test_a_crash_shows_no_digit(way: str, tmp_path: Path) -> None:
    """Four digits are in, and a signal or a bug ends the till: they are in no output, no log and no file, and the crash is told.

    Once more with other digits if they are found: four that only happen to be the same (an address, a time) are not so twice.
    """
    said = _crashed(tmp_path / "first", way)
    if said["found"]:
        said = _crashed(tmp_path / "second", way)

    assert [] == said["found"]
    assert (-signal.SIGABRT if way == "abort" else CRASHED) == said["left"]
    assert SAID[way] in said["drawn"]
    assert (way != "abort") == ("planted" in said["log"])
