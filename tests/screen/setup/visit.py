"""Somebody at the set-up: its application without a terminal, keys in, rows out."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from time import monotonic

from textual import events
from textual.pilot import Pilot

from config.settings_text import Leaf
from terminal.screen.probe import TerminalTraits
from terminal.screen.setup.app import SetupApp
from terminal.screen.setup.screen import SetupScreen
from terminal.screen.setup.wizard import Wizard
from terminal.screen.themes import wear
from terminal.setup import draft
from terminal.setup.store import SettingsStore
from tests.screen.golden import text_of

PATIENCE_S = 20.0
TRAITS = TerminalTraits(tty=True, colours="truecolor")
SIZES = ((80, 24), (100, 30))


class Visit:
    """One person's way through the set-up."""

    def __init__(self, app: SetupApp, pilot: Pilot[bool]) -> None:
        self.app = app
        self.pilot = pilot

    @property
    def wizard(self) -> Wizard:
        """What stands behind the screen."""
        screen = self.app.screen
        assert isinstance(screen, SetupScreen)
        return screen.wizard

    @property
    def text(self) -> str:
        """What stands on the screen."""
        return text_of(self.app)

    async def press(self, *keys: str) -> None:
        """Press keys."""
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def type(self, text: str) -> None:
        """Have a text arrive as a whole, as an input method or a scanner gives it."""
        self.app.screen.post_message(events.Paste(text))
        await self.pilot.pause()

    async def until(self, what: str, holds: Callable[[], object]) -> None:
        """Wait until something is so."""
        deadline = monotonic() + PATIENCE_S
        while not holds():
            assert monotonic() < deadline, f"{what}\n{self.text}"
            await self.pilot.pause(0.01)
        await self.pilot.pause()

    async def sees(self, *words: str) -> None:
        """Wait until words stand on the screen."""
        await self.until(f"{words} on the screen", lambda: all(word in self.text for word in words))

    async def loaded(self) -> None:
        """Wait until areas and checks are there."""
        await self.until("all is loaded", lambda: self.wizard.areas is not None)

    async def step(self, number: int) -> None:
        """Go to a step, 0 to 4."""
        while self.wizard.step != number:
            await self.press("pagedown" if self.wizard.step < number else "pageup")

    async def field(self, leaf: Leaf) -> None:
        """Go to a field by the arrows."""
        await self.step(next(number for number, asked in enumerate(draft.STEPS) if leaf in asked))
        fields = self.wizard.fields
        while (now := self.wizard.focus) is not None and now != leaf:
            await self.press("down" if fields.index(now) < fields.index(leaf) else "up")

    async def answer(self, answers: dict[Leaf, str]) -> None:
        """Type answers into their fields, in place of what stood there."""
        for leaf, text in answers.items():
            await self.field(leaf)
            await self.press("ctrl+u")
            await self.type(text)


Way = Callable[[Visit], Awaitable[None]]


def visit(directory: Path, way: Way, size: tuple[int, int] = (80, 24), *, opens_till: bool = False, typed: bytes = b"") -> bool | None:
    """Run the set-up at a size and go a way through it; return what the application gave when the way ended it, else None.

    ``typed``: what came while the terminal was looked at.
    """

    async def go() -> bool | None:
        app = SetupApp(SettingsStore.read(directory), replace(TRAITS, typed=typed), opens_till=opens_till)
        wear(app, "counter-dark")
        async with app.run_test(size=size) as pilot:
            visit = Visit(app, pilot)
            await visit.loaded()
            await way(visit)
            await pilot.pause()
        assert app.crashed is None
        return app.return_value

    return asyncio.run(go())
