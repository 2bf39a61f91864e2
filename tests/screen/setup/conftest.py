"""What every test of the set-up's screen begins with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from terminal.screen import words


@pytest.fixture(autouse=True)
def _chinese() -> Iterator[None]:
    """Speak Chinese, as shipped, and leave the language as it was: the set-up switches it."""
    before = words.language()
    words.use("zh")
    yield
    words.use(before)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a data directory by a relative path, so that what the screen shows of it is always the same."""
    monkeypatch.chdir(tmp_path)
    Path("shop").mkdir()
    return Path("shop")
