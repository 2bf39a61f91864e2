"""The technician's views for who reads English, at the smallest and the largest size: words are longer there."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from terminal import doctor
from terminal.screen import words
from terminal.screen.technician.app import LogApp
from tests.journal.entries import Hand
from tests.screen.golden import compare, text_of
from tests.screen.technician.day import until
from tests.screen.technician.test_views import FOUND, Doing

SIZES = ((80, 24), (120, 40))


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """Speak English, and afterwards what was spoken before."""
    before = words.language()
    words.use("en")
    yield
    words.use(before)


async def _log(pilot: Pilot[Any]) -> None:
    await until(pilot, lambda: "560100" in text_of(pilot.app) and "2026-03-02  " in text_of(pilot.app))


async def _story(pilot: Pilot[Any]) -> None:
    await _log(pilot)
    await pilot.press("end", "enter")
    await until(pilot, lambda: "Booked, receipt" in text_of(pilot.app))


async def _queue(pilot: Pilot[Any]) -> None:
    await _log(pilot)
    await pilot.press("q")
    await until(pilot, lambda: "Queue" in text_of(pilot.app).splitlines()[0])


async def _doctor(pilot: Pilot[Any]) -> None:
    await _log(pilot)
    await pilot.press("d")
    await until(pilot, lambda: "2 faults" in text_of(pilot.app))


VIEWS: dict[str, Doing] = {"log": _log, "story": _story, "queue": _queue, "doctor": _doctor}


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("view", VIEWS)
def test_view_in_english(till: Path, view: str, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    """Each view is what its file shows."""
    monkeypatch.setattr(doctor, "look_at", lambda *_args, **_options: FOUND)

    async def look() -> None:
        app = LogApp(till, clock=Hand())
        async with app.run_test(size=size) as pilot:
            await VIEWS[view](pilot)
            compare(app, f"technician-{view}-english-{size[0]}x{size[1]}")

    asyncio.run(look())
