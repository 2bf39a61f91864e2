"""When the log, the journal or the program itself is not as it should be: said in words, mended where it can be, never hidden."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from offline_queue.log.file import NAME
from terminal import doctor
from terminal.finding import Finding
from terminal.screen.technician.app import LogApp
from terminal.screen.technician.desk import DeskDied
from tests.screen.golden import text_of
from tests.screen.technician.day import Day, lived, split, until
from tests.screen.technician.sitting import at_screen, expect


def test_a_log_that_is_not_there_is_made(tmp_path: Path) -> None:
    """Deleted or never made, it is put together while one waits, and can be read then."""
    lived(tmp_path)
    for path in tmp_path.glob("log.db*"):
        path.unlink()

    async def act(app: LogApp, pilot: Pilot[Any]) -> None:
        await expect(app, pilot, "560100")

    at_screen(tmp_path, act)


def test_a_damaged_log_is_made_anew(tmp_path: Path) -> None:
    """Rubbish in its place is thrown away and loses nothing."""
    lived(tmp_path)
    (tmp_path / NAME).write_bytes(b"rubbish" * 1000)

    async def act(app: LogApp, pilot: Pilot[Any]) -> None:
        await expect(app, pilot, "560100")

    at_screen(tmp_path, act)


def test_no_journal_says_what_to_do(tmp_path: Path) -> None:
    """A folder without a journal shows its error in four sentences, and keys still act."""

    async def act(app: LogApp, pilot: Pilot[Any]) -> None:
        await expect(app, pilot, "JOURNAL-MISSING")
        await pilot.press("escape")
        await until(pilot, lambda: "JOURNAL-MISSING" not in text_of(app))

    at_screen(tmp_path, act)


def test_a_person_who_was_erased_is_not_shown(tmp_path: Path) -> None:
    """Also a screen that is open forgets the name."""
    day = Day(tmp_path)
    day.sale(1, 5_050)
    day.send(1, "accepted", figures=split(5_050))
    day.book(1, 5_050)

    async def act(app: LogApp, pilot: Pilot[Any]) -> None:
        await expect(app, pilot, "演*甲 1234")
        day.journal.erase("990100197001010000")
        await until(pilot, lambda: "演*甲" not in text_of(app))

    at_screen(tmp_path, act)
    day.journal.close()


def test_a_bug_of_the_desk_ends_the_program(till: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A screen whose thread has died must not look alive."""

    def broken(*_args: object, **_options: object) -> list[Finding]:
        raise ZeroDivisionError

    monkeypatch.setattr(doctor, "look_at", broken)
    monkeypatch.setattr(threading, "excepthook", lambda _: None)

    async def act(app: LogApp, pilot: Pilot[Any]) -> None:
        await expect(app, pilot, "560100")
        await pilot.press("d")
        for _ in range(100):
            await pilot.pause(0.02)

    with pytest.raises(DeskDied):
        at_screen(till, act)
