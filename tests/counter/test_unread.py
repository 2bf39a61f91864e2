"""Every command whose reader closes the pipe: never 0 when the answer was lost, no traceback, no report of a crash."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from config.telling import LOST
from tests.journal.entries import ONE, done, opened, sale

ROOT = Path(__file__).parents[2]
CASE = next(iter(sorted((ROOT / "tests" / "cases").rglob("*.toml"))))
ENDS_BADLY = {"doctor", "status"}
"""Have something to say of any counter that is only a folder: that stays."""


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """Return a counter with one settled sale."""
    with opened(tmp_path) as till:
        till.commit([sale(ONE)])
        till.commit([done(ONE)])
    (tmp_path / "settings.toml").write_bytes((ROOT / "deploy" / "settings.example.toml").read_bytes())
    return tmp_path


def ends(command: list[str], *, read: bool, unbuffered: str = "") -> tuple[int, str]:
    """Run a command, its answer read or the pipe closed before it can say a word; return exit code and stderr."""
    script = str(Path(sys.executable).with_name(command[0]))
    environment = os.environ | {"PYTHONUNBUFFERED": unbuffered}
    pipe = subprocess.PIPE
    process = subprocess.Popen([script, *command[1:]], stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe, text=True, env=environment)
    assert process.stdout is not None
    if not read:
        process.stdout.close()
    _, said = process.communicate(timeout=60)
    return process.returncode, said


@pytest.mark.parametrize(
    "command",
    [
        "yibao --help",
        "yibao settle --help",
        "yibao settle CASE",
        "yibao settle CASE --json",
        "yibao doctor --data-dir DIR",
        "yibao doctor --data-dir DIR --json",
        "yibao-journal list --data-dir DIR",
        "yibao-journal show ONE --data-dir DIR",
        "yibao-journal show ONE --data-dir DIR --json",
        "yibao-journal verify --data-dir DIR",
        "yibao-journal export --data-dir DIR",
        "yibao-sync status --data-dir DIR",
        "yibao-sync status --data-dir DIR --json",
        "yibao-clearing --help",
        "yibao-card --help",
    ],
)
def test_an_answer_that_nobody_took_is_not_told_by_0(directory: Path, command: str) -> None:
    """Read, a command ends as it likes; unread, 0 becomes a code of its own, and any other code stays."""
    places = {"CASE": str(CASE), "DIR": str(directory), "ONE": ONE}
    words = [places.get(word, word) for word in command.split()]
    code, _ = ends(words, read=True)
    unread, said = ends(words, read=False)

    assert (code == 0) == (words[1] not in ENDS_BADLY)
    assert (code or LOST) == unread
    assert "Traceback" not in said
    assert "BrokenPipe" not in said
    assert "PROGRAM-FAILED" not in said
    assert not list(directory.rglob("commands.log")) or "BrokenPipe" not in (directory / "logs" / "commands.log").read_text(
        encoding="utf-8"
    )


@pytest.mark.parametrize("command", ["yibao --help", "yibao doctor --data-dir DIR"])
def test_it_is_the_same_when_every_word_is_written_at_once(directory: Path, command: str) -> None:
    """Then it is noticed in the middle of the command, or by nobody: argparse passes over it."""
    unread, said = ends([word.replace("DIR", str(directory)) for word in command.split()], read=False, unbuffered="1")

    assert LOST == unread
    assert "" == said
