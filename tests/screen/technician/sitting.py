"""Somebody at the technician's screen: what tests press and wait for."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from textual.app import App
from textual.pilot import Pilot

from offline_queue.log.entry import LogEntry
from terminal.screen.technician.app import LogApp
from terminal.screen.technician.browser import BrowserView
from terminal.screen.technician.screen import TechnicianScreen, newest
from tests.journal.entries import Hand
from tests.screen.golden import text_of
from tests.screen.technician.day import until

Act = Callable[[LogApp, Pilot[Any]], Awaitable[None]]


def at_screen(directory: Path, act: Act, *, size: tuple[int, int] = (100, 30), typed: str = "") -> None:
    """Run the technician's program on ``directory``."""

    async def run() -> None:
        app = LogApp(directory, clock=Hand(), first=newest(directory), typed=typed)
        async with app.run_test(size=size) as pilot:
            await act(app, pilot)

    asyncio.run(run())


def shows(app: App[Any], text: str) -> Callable[[], bool]:
    """Return whether the screen shows ``text``."""
    return lambda: text in text_of(app)


async def expect(app: App[Any], pilot: Pilot[Any], text: str) -> None:
    """Wait until the screen shows ``text``. Raises :class:`TimeoutError`."""
    await until(pilot, shows(app, text))


def row_under_cursor(app: App[Any]) -> LogEntry | None:
    """Return what the browser's cursor is on."""
    assert isinstance(app.screen, TechnicianScreen)
    assert isinstance(app.screen.view, BrowserView)
    return app.screen.view.window.entry
