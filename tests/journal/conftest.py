"""A new till's journal, and the clock on its wall."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from offline_queue.journal import Journal
from tests.journal.entries import Hand, opened


@pytest.fixture
def clock() -> Hand:
    """Return a clock at nine in the morning."""
    return Hand()


@pytest.fixture
def journal(tmp_path: Path, clock: Hand) -> Iterator[Journal]:
    """Return a new till's journal."""
    with opened(tmp_path, clock=clock) as till:
        yield till
