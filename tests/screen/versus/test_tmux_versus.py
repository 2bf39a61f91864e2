"""``yibao versus`` in a real terminal, by keys alone: an answer is lost, and the one has paid twice where the other has not."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.screen.cashier.test_tmux import Tmux

BIN = Path(sys.executable).parent
COUNTS = re.compile(r"错账 (\d+) 笔 .*错账 (\d+) 笔")


@pytest.fixture
def board(tmp_path: Path) -> Iterator[Tmux]:
    """Open the two counters in a terminal."""
    if shutil.which("tmux") is None:
        assert os.environ.get("CI") != "true", "tmux is missing: `make test` installs it where it may"
        pytest.skip("tmux is missing (apt install tmux)")
    session = Tmux(tmp_path / "tmux", str(BIN / "yibao"), "versus")
    yield session
    session.close()


@pytest.mark.timeout(180)
def test_an_answer_is_lost_in_one_terminal(board: Tmux) -> None:
    """Four customers untroubled, nothing wrong; then key 1: one settlement of the usual client is wrong, none of ours."""
    board.until("four customers at each", lambda text: text.count("4 位顾客") == 2)
    assert ("0", "0") == counts(board)

    board.type("1")
    board.until("five customers at each", lambda text: text.count("5 位顾客") == 2)

    assert ("1", "0") == counts(board)
    board.press("Escape")
    board.until_left()


def counts(board: Tmux) -> tuple[str, str]:
    """Return what the last row counts, left and right."""
    found = COUNTS.search(board.text)
    assert found, board.text
    return found[1], found[2]
