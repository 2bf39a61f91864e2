"""The technician's screen: one widget of rows, a stack of views, and a desk that reads. It is pushed over whatever goes on."""

from __future__ import annotations

from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.geometry import Offset
from textual.message import Message
from textual.screen import Screen

from config.clock import Clock, SystemClock
from offline_queue.log.entry import Filter, LogEntry
from terminal.screen.glyphs import Glyphs
from terminal.screen.line_widget import LineWidget
from terminal.screen.literal import width
from terminal.screen.narrow import is_safe
from terminal.screen.paint import Row, Span, row
from terminal.screen.technician.browser import BrowserView
from terminal.screen.technician.desk import Act, Desk
from terminal.screen.technician.frame import header, key_bar, prose
from terminal.screen.technician.view import View
from terminal.screen.words import language, tr

if TYPE_CHECKING:
    from settlement.errors import OperatorError

COLUMNS_MIN, ROWS_MIN = 80, 24


class Said(Message):
    """Something that the desk has for the screen."""

    def __init__(self, act: Act) -> None:
        super().__init__()
        self.act = act


class Sheet(LineWidget):
    """The whole screen as rows."""

    DEFAULT_CSS = "Sheet { width: 1fr; height: 1fr; }"

    def paint(self, columns: int, rows: int) -> list[Row]:
        """Return the screen's rows."""
        screen = self.screen
        assert isinstance(screen, TechnicianScreen)
        return screen.rows(columns, rows)


class TechnicianScreen(Screen[None]):
    """What was settled and what is owed, to look at. Esc or Ctrl+T goes back to where it was opened."""

    CSS: ClassVar[str] = "TechnicianScreen { layers: base; }"

    def __init__(self, directory: Path, *, clock: Clock | None = None, first: tuple[list[LogEntry], tuple[int, str]] | None = None) -> None:
        """``first``: the newest rows and how far the log has come, where they were read already."""
        super().__init__()
        self.directory = directory
        self.glyphs = Glyphs(safe=is_safe())
        self.desk = Desk(directory, clock or SystemClock(), say=self._say, changed=self._changed, failed=self._failed)
        self._error: OperatorError | None = None
        self._browser = BrowserView(self)
        if first is not None:
            self._browser.take(*first)
        self._views: list[View] = [self._browser]

    def compose(self) -> ComposeResult:
        """Lay the sheet out: once."""
        yield Sheet()

    def on_mount(self) -> None:
        """Begin to read, and to keep the log up to date once the first frame stands."""
        self.desk.start()
        self.call_after_refresh(self.desk.keep)
        if not self._browser.filled:
            self._browser.load()

    def on_unmount(self) -> None:
        """End the desk."""
        self.desk.close()

    # --- what views ask for --------------------------------------------------------------------------------

    @property
    def view(self) -> View:
        """The view on top."""
        return self._views[-1]

    def open(self, view: View) -> None:
        """Show another view over this one."""
        self._views.append(view)
        view.load()
        self.show()

    def show(self) -> None:
        """Paint again what is not the same any more."""
        for sheet in self.query(Sheet):
            sheet.repaint()

    # --- what the desk says --------------------------------------------------------------------------------

    def _say(self, act: Act) -> None:
        self.post_message(Said(act))

    def on_said(self, said: Said) -> None:
        """Take it, on this thread."""
        said.stop()
        said.act()

    def _changed(self) -> None:
        for view in self._views:
            view.load()

    def _failed(self, error: OperatorError | None) -> None:
        self._error = error
        if error is not None:
            for view in self._views:
                view.failed()
        self.show()

    # --- keys ----------------------------------------------------------------------------------------------

    def on_key(self, event: events.Key) -> None:
        """Hand a key to the view, or go back."""
        event.stop()
        event.prevent_default()
        if event.key == "escape":
            self._back()
        elif event.key == "ctrl+t":
            self.dismiss()
        else:
            self.view.press(event.key, event.character if event.is_printable and event.character else "")

    def on_paste(self, event: events.Paste) -> None:
        """Take what a clipboard gives as if it were typed."""
        event.stop()
        self.type(event.text)

    def type(self, text: str) -> None:
        """Take characters as if they were typed one by one; what begins with Esc is no text."""
        for character in text.partition("\x1b")[0]:
            self.view.press("enter" if character in "\r\n" else "", character if character.isprintable() else "")

    def _back(self) -> None:
        if self._error is not None:
            self._error = None
        elif self.view.leave():
            return
        elif len(self._views) > 1:
            self._views.pop()
        else:
            self.dismiss()
            return
        self.show()

    # --- showing -------------------------------------------------------------------------------------------

    def rows(self, columns: int, rows: int) -> list[Row]:
        """Return the screen."""
        if columns < COLUMNS_MIN or rows < ROWS_MIN:
            return [row(Span(tr("Please enlarge the window: 80 columns and 24 rows at least"), "attention"))]
        view = self.view
        error = prose(self._error.say(language()), columns, role="fault") if self._error is not None else []
        body = view.paint(columns, rows - 2 - len(error))[: rows - 2 - len(error)]
        blanks = [Row() for _ in range(rows - 2 - len(error) - len(body))]
        painted = [header(view.title, view.about(), [], columns), *body, *blanks, *error, key_bar(view.keys(), columns)]
        self._place_caret(painted)
        return painted

    def _place_caret(self, painted: list[Row]) -> None:
        """Put the hardware cursor where the next character goes: an input method opens its window there."""
        for line, shown in enumerate(painted):
            before = list(takewhile(lambda span: span.role != "caret", shown.spans))
            if len(before) < len(shown.spans):
                self.app.cursor_position = Offset(sum(width(span.text) for span in before), line)
                return


def newest(directory: Path) -> tuple[list[LogEntry], tuple[int, str]] | None:
    """Return the newest rows of the log and how far it has come, None when there is none to read yet: for the first frame."""
    from offline_queue.log.reading import LogReader, LogUnreadable  # noqa: PLC0415 - kept beside its one use
    from terminal.screen.technician.window import BLOCK  # noqa: PLC0415 - kept beside its one use

    try:
        with LogReader(directory) as log:
            return log.page(Filter(), limit=BLOCK), log.seen()
    except LogUnreadable:
        return None
