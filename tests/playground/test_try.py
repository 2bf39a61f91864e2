"""``yibao try``: on a terminal the screen, without one the scripted day."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

YIBAO = str(Path(sys.executable).with_name("yibao"))


def test_without_a_terminal_the_day_plays_itself(tmp_path: Path) -> None:
    """A pipe gets the demonstration, which says so and ends with the agreement; no playground is laid out."""
    done = subprocess.run(
        [YIBAO, "try", "--data-dir", str(tmp_path / "here")],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )

    assert (0, 1) == (done.returncode, len(done.stderr.splitlines()))
    assert "There is no terminal here" in done.stderr
    assert done.stdout.splitlines()[-1].startswith("agree: card = journal = centre")
    assert [] == list(tmp_path.iterdir())


def test_setting_that_cannot_be_is_refused_before_anything_starts(tmp_path: Path) -> None:
    """An unknown kind of centre is a wrong use of the command."""
    done = subprocess.run([YIBAO, "try", "--centre", "kind"], stdin=subprocess.DEVNULL, capture_output=True, check=False, cwd=tmp_path)

    assert 2 == done.returncode
    assert [] == list(tmp_path.iterdir())
