"""No PIN in the till's memory 200 ms after VERIFY, nor ever in a file, record, slip or on the screen: real processes, read from outside."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cards.namespaces import UNSHARE
from tests.cards.namespaces import lacking as lacking_a_reader

PROOF, CHANGE, MOMENT = (Path(__file__).with_name(f"pin_{name}.py") for name in ("proof", "change_proof", "moment"))
WAYS = ["simulated", pytest.param("reader", marks=pytest.mark.pcscd)]
Said = dict[str, Any]


def _impossible(reason: str) -> None:
    """Skip, so that it is seen; in CI fail."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def _played(script: Path, way: str, directories: Iterator[Path]) -> Said:
    """Run a script for one way and return what it says."""
    if sys.platform != "linux":
        _impossible("/proc/PID/mem is Linux's")
    command = [sys.executable, str(script), str(next(directories)), way]
    if way == "reader":
        if reason := lacking_a_reader():
            _impossible(reason)
        command = [UNSHARE, "--mount", "--net", *command]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=110)
    assert done.returncode == 0, done.stderr
    said: Said = json.loads(done.stdout)
    if said["lacking"]:
        _impossible(said["lacking"])
    return said


def _proved(way: str, parts: tuple[str, ...], directories: Iterator[Path], script: Path = PROOF) -> Said:
    """Play it; once more with other PINs if something is found: six digits that only happen to be the same are not so twice."""
    said = _played(script, way, directories)
    return _played(script, way, directories) if any(said[part] for part in parts) or said["kept"]["pins"] else said


@pytest.fixture
def directories(tmp_path: Path) -> Iterator[Path]:
    """Folders, one after the other."""
    return (tmp_path / str(number) for number in range(2))


@pytest.mark.timeout(240)
@pytest.mark.parametrize("way", WAYS)
def test_till_at_a_terminal_keeps_no_pin(way: str, directories: Iterator[Path]) -> None:
    """Typed key by key or in one burst, the PIN is in no mapping of the process and in nothing that is kept.

    A number typed into the scan line, which nobody wipes, is found; so are the goods in what is kept.
    """
    said = _proved(way, ("key by key", "burst"), directories)

    assert ([], []) == (said["key by key"], said["burst"])
    assert [] == said["kept"]["pins"]
    assert said["typed as text"] > 0
    assert {"journal record", "journal private", "slip", "screen"} <= set(said["kept"]["goods"])
    assert 0 == said["left"]


@pytest.mark.timeout(240)
def test_till_at_a_pipe_keeps_no_pin(directories: Iterator[Path]) -> None:
    """A PIN that another program hands over in a line is in no mapping of the process and in nothing that is kept."""
    said = _proved("pipe", ("line",), directories)

    assert [] == said["line"]
    assert [] == said["kept"]["pins"]
    assert {"journal record", "slip", "screen"} <= set(said["kept"]["goods"])


@pytest.mark.timeout(240)
@pytest.mark.parametrize("way", WAYS)
def test_till_keeps_neither_the_old_nor_the_new_pin(way: str, directories: Iterator[Path]) -> None:
    """A PIN that is changed and the one that a new card's holder chooses: in digits and in the command, in nothing that is kept."""
    said = _proved(way, ("change", "activation"), directories, CHANGE)

    assert ([], []) == (said["change"], said["activation"])
    assert [] == said["kept"]["pins"]
    assert {"journal record", "slip", "screen"} <= set(said["kept"]["goods"])
    assert 0 == said["left"]


@pytest.mark.parametrize("way", WAYS)
def test_right_after_verify_and_change_nothing_is_left(way: str, directories: Iterator[Path]) -> None:
    """Looked at before anything else happens in the process, so that what was freed is as it was left: no PIN, no command.

    A program that makes copies of such a command and drops them leaves all of these.
    """
    said = _played(MOMENT, way, directories)

    assert ([], []) == (said["found"], said["changed"])
    assert ["VERIFY", "digits", "list of VERIFY"] == said["control"]
