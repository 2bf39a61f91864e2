"""A new till's journal, its clock, and a printer beside it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from offline_queue.journal import Journal
from tests.journal.entries import Hand, opened
from tests.paper.roll import Roll


@pytest.fixture
def clock() -> Hand:
    """Return a clock at nine in the morning."""
    return Hand()


@pytest.fixture
def journal(tmp_path: Path, clock: Hand) -> Iterator[Journal]:
    """Return a new till's journal."""
    with opened(tmp_path / "till", clock=clock) as till:
        yield till


@pytest.fixture
def roll(tmp_path: Path) -> Roll:
    """Return a printer with a new roll in it."""
    return Roll(tmp_path / "printer")
