"""A disk in memory, where there is one: what is tested here is not how fast a disk flushes."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

_MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of its own is made in it


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Path]:
    """Return an empty folder in memory, or else any."""
    if not _MEMORY.is_dir():
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(prefix="yibao-test-", dir=_MEMORY) as name:
        yield Path(name)
