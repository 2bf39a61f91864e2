"""The screen of the set-up: one widget of rows, the wizard behind it, and threads for what takes time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from textual import events
from textual._parser import ParseError
from textual._xterm_parser import XTermParser
from textual.app import ComposeResult
from textual.geometry import Offset
from textual.message import Message
from textual.screen import Screen

from settlement.errors import OperatorError
from terminal.screen.glyphs import Glyphs
from terminal.screen.line_widget import LineWidget
from terminal.screen.narrow import is_safe
from terminal.screen.paint import Row
from terminal.screen.setup.devices import Trials
from terminal.screen.setup.painting import Painted, paint
from terminal.screen.setup.wizard import Wizard
from terminal.setup.draft import Draft
from terminal.setup.store import SettingsStore

if TYPE_CHECKING:
    from terminal.setup.trials import CardSeen

_T = TypeVar("_T")
_PASTED_MAX = 2000


class Said(Message):
    """Something that a thread has for the screen."""

    def __init__(self, act: Callable[[], None]) -> None:
        super().__init__()
        self.act = act


class ColoursChosen(Message):
    """The colours are to be put on."""

    def __init__(self, choice: str) -> None:
        super().__init__()
        self.choice = choice


class SetupEnded(Message):
    """The person leaves."""

    def __init__(self, *, written: bool) -> None:
        super().__init__()
        self.written = written


class Sheet(LineWidget):
    """The whole screen as rows."""

    DEFAULT_CSS = "Sheet { width: 1fr; height: 1fr; }"

    def paint(self, columns: int, rows: int) -> list[Row]:
        """Return the screen's rows."""
        screen = self.screen
        assert isinstance(screen, SetupScreen)
        return screen.painted(columns, rows).rows


class SetupScreen(Screen[None]):
    """Five steps over one settings file."""

    CSS: ClassVar[str] = "SetupScreen { layers: base; }"

    def __init__(self, store: SettingsStore, *, opens_till: bool, typed: str = "") -> None:
        """``typed`` is what the terminal sent before the application could take keys."""
        super().__init__()
        self._typed = typed
        self.glyphs = Glyphs(safe=is_safe())
        self.wizard = Wizard(store, self, Draft(store.text), Trials(store.directory, self), opens_till=opens_till)
        self._over = threading.Event()
        self._caret: tuple[int, int] | None = None

    def compose(self) -> ComposeResult:
        """Lay the sheet out: once."""
        yield Sheet()

    def on_mount(self) -> None:
        """Take what was typed before, and load the rest once the first frame stands."""
        for event in _keys_of(self._typed):
            self._press(event)
        self.call_after_refresh(self.wizard.begin)
        self.call_after_refresh(self.show)

    def on_unmount(self) -> None:
        """Wait for no card any more."""
        self.stop_waiting()

    # --- showing -------------------------------------------------------------------------------------------

    def painted(self, columns: int, rows: int) -> Painted:
        """Return the screen, and remember where the caret is in it."""
        found = paint(self.wizard, columns, rows, self.glyphs)
        self._caret = found.caret
        return found

    def show(self) -> None:
        """Paint again what is not the same any more, and put the hardware cursor where the next character goes."""
        for sheet in self.query(Sheet):
            sheet.repaint()
        if self._caret is not None:
            self.app.cursor_position = Offset(*self._caret)

    def on_resize(self) -> None:
        """Follow the terminal's size."""
        self.call_after_refresh(self.show)

    # --- keys ----------------------------------------------------------------------------------------------

    def on_key(self, event: events.Key) -> None:
        """Hand a key to the wizard."""
        event.stop()
        event.prevent_default()
        self._press(event)
        self.show()

    def _press(self, event: events.Key) -> None:
        self.wizard.press(event.key, event.character if event.is_printable and event.character else "")

    def on_paste(self, event: events.Paste) -> None:
        """Hand over what a clipboard or a scanner gives, as far as any field could take it."""
        event.stop()
        self.wizard.paste(event.text[:_PASTED_MAX])
        self.show()

    # --- what the wizard asks for --------------------------------------------------------------------------

    def aside(self, work: Callable[[], _T], then: Callable[[_T], None], failed: Callable[[OperatorError], None]) -> None:
        """Do ``work`` on a thread of its own; what it gives or raises is heard on this one."""

        def run() -> None:
            try:
                found = work()
            except OperatorError as error:
                self._say(partial(failed, error))
            else:
                self._say(partial(then, found))

        threading.Thread(target=run, name="setup", daemon=True).start()

    def wait_for_card(
        self, table: dict[str, Any], then: Callable[[CardSeen | None], None], failed: Callable[[OperatorError], None]
    ) -> None:
        """Wait for a card."""
        self.stop_waiting()
        over = self._over = threading.Event()
        directory = self.wizard.store.directory

        def look() -> CardSeen | None:
            from config.clock import SystemClock  # noqa: PLC0415 - kept beside its one use
            from terminal.setup.trials import card_seen  # noqa: PLC0415 - heavy, and on a thread of its own

            return card_seen(table, directory, clock=SystemClock(), over=over)

        self.aside(look, then, failed)

    def stop_waiting(self) -> None:
        """End the waiting."""
        self._over.set()

    def dress(self) -> None:
        """Put on the colours that are chosen."""
        self.post_message(ColoursChosen(self.wizard.draft.typed[("ui", "theme")]))

    def leave(self, *, written: bool) -> None:
        """End."""
        self.post_message(SetupEnded(written=written))

    def _say(self, act: Callable[[], None]) -> None:
        self.post_message(Said(act))

    def on_said(self, said: Said) -> None:
        """Take it, on this thread."""
        said.stop()
        said.act()


def _keys_of(typed: str) -> list[events.Key]:
    """Return the keys in what a terminal sent; its reports are none."""
    parser = XTermParser()
    sent = list(parser.feed(typed))
    # The end of what was sent also ends an Esc that nothing follows.
    with suppress(EOFError, ParseError):
        sent += parser.feed("")
    return [event for event in sent if isinstance(event, events.Key)]
