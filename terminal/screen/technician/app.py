"""The technician's screen as a program of its own, beside a till that runs or one that does not."""

from __future__ import annotations

from pathlib import Path

from textual.app import App
from textual.screen import Screen

from config.clock import Clock
from offline_queue.log.entry import LogEntry
from terminal.screen.technician.screen import TechnicianScreen


class LogApp(App[None]):
    """``yibao log``."""

    ENABLE_COMMAND_PALETTE = False

    def __init__(
        self,
        directory: Path,
        *,
        clock: Clock | None = None,
        first: tuple[list[LogEntry], tuple[int, str]] | None = None,
        typed: str = "",
    ) -> None:
        """``first``: see :class:`TechnicianScreen`; ``typed``: what was typed before there was a screen to take it."""
        super().__init__()
        self._directory = directory
        self._clock = clock
        self._first = first
        self._typed = typed

    def get_default_screen(self) -> Screen[None]:
        """Return the technician's screen."""
        return OnlyScreen(self._directory, clock=self._clock, first=self._first)

    def on_mount(self) -> None:
        """Hand on what was typed meanwhile."""
        screen = self.screen
        assert isinstance(screen, TechnicianScreen)
        self.call_after_refresh(screen.type, self._typed)


class OnlyScreen(TechnicianScreen):
    """The screen with nothing beneath: going back ends the program."""

    def dismiss(self, result: None = None) -> None:  # type: ignore[override]
        """End the program."""
        del result
        self.app.exit()
