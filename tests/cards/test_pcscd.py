"""The PC/SC back-end at the real service, with card and PSAM behind virtual readers."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SCRIPT = Path(__file__).with_name("real_reader.py")
UNSHARE = shutil.which("unshare") or "unshare"
DRIVER = Path("/usr/lib/pcsc/drivers/serial/libifdvpcd.so")


def lacking() -> str:
    """Say what this machine lacks for a real reader; empty = nothing."""
    tools = [tool for tool in ("pcscd", "unshare", "ip") if shutil.which(tool, path=os.environ["PATH"] + ":/usr/sbin") is None]
    missing = tools + (["vpcd"] if not DRIVER.exists() else []) + (["pyscard"] if importlib.util.find_spec("smartcard") is None else [])
    if missing:
        return f"not installed: {', '.join(missing)}"
    namespaces = subprocess.run([UNSHARE, "--mount", "--net", "true"], capture_output=True, check=False)
    return "" if namespaces.returncode == 0 else "this user may make no namespaces"


@pytest.fixture(scope="module")
def met(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Play the day at the reader once; where that is impossible CI fails and others see why it is skipped."""
    if reason := lacking():
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    command = [UNSHARE, "--mount", "--net", sys.executable, str(SCRIPT), str(tmp_path_factory.mktemp("reader"))]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=100)
    assert done.returncode == 0, done.stderr
    outcome: dict[str, Any] = json.loads(done.stdout)
    return outcome


@pytest.mark.pcscd
@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("without service", "CARD-NO-PCSC"),
        ("listed without service", "SETUP-NO-PCSCD"),
        ("listed", [["00 00", "card"], ["00 01", "psam"]]),
        ("without card", True),
        ("nobody in sight", ""),
        ("the same card in sight", True),
        ("another insertion in sight", True),
        ("in sight after a restart", True),
        ("identified", "测试人员a"),
        ("keys of its own", False),
        ("wrong PIN", "CARD-PIN-WRONG"),
        ("allowance", [True, 9000]),
        ("sold", ["done", 7766, [0x0202, 0x0101]]),
        ("held by another", "CARD-READER-BUSY"),
        ("another program, by name", True),
        ("pulled between commands", True),
        ("empty again", True),
        ("reinserted, the PIN forgotten", ["测试人员a", "CARD-REFUSED"]),
        ("pulled during a write", "CARD-TORN"),
        ("and judged", "aborted"),
        ("after a restart of the service", "ok"),
    ],
)
def test_real_reader(met: dict[str, Any], moment: str, expected: object) -> None:
    """Each thing that happens at a reader ends in its result or its own error."""
    assert expected == met[moment]
