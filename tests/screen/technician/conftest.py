"""A folder with a day in it, made once for each test file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from terminal.screen import words
from tests.screen.technician.day import lived


@pytest.fixture(scope="module")
def till(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a till after its day: no test writes into its journal."""
    return lived(tmp_path_factory.mktemp("till"))


@pytest.fixture(autouse=True)
def _chinese() -> Iterator[None]:
    """Speak Chinese, as shipped."""
    before = words.language()
    words.use("zh")
    yield
    words.use(before)
