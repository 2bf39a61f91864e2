"""Where tests of the real pcscd run: scripts of ours in namespaces of their own, so that the machine's readers stay out of it."""

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

UNSHARE = shutil.which("unshare") or "unshare"
DRIVER = Path("/usr/lib/pcsc/drivers/serial/libifdvpcd.so")
PATIENCE_S = 100


def lacking(*tools: str) -> str:
    """Say what this machine lacks for a real reader, and for ``tools`` at it; empty = nothing."""
    path = os.environ["PATH"] + ":/usr/sbin"
    needed = ("pcscd", "unshare", "ip", *tools)
    missing = [tool for tool in needed if shutil.which(tool, path=path) is None]
    missing += (["vpcd"] if not DRIVER.exists() else []) + (["pyscard"] if importlib.util.find_spec("smartcard") is None else [])
    if missing:
        return f"not installed: {', '.join(missing)}"
    namespaces = subprocess.run([UNSHARE, "--mount", "--net", "true"], capture_output=True, check=False)
    return "" if namespaces.returncode == 0 else "this user may make no namespaces"


def played(script: str, directory: Path, *tools: str) -> Any:  # noqa: ANN401 - what the script prints
    """Run one of the scripts beside this file and return the JSON that it prints.

    Where that is impossible CI fails, and others see why the test is skipped.
    """
    if reason := lacking(*tools):
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    command = [UNSHARE, "--mount", "--net", sys.executable, str(Path(__file__).with_name(script)), str(directory)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE_S)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
