"""Two counters on one screen: a key sends the next customer to both, with what goes wrong meanwhile."""

from __future__ import annotations

from textual import events
from textual.app import App, ComposeResult
from textual.message import Message
from typing_extensions import override

from terminal.demo.versus.customers import CUSTOMERS_MAX, REGULARS, Fault, walk_in
from terminal.demo.versus.live import Order, Side
from terminal.screen.line_widget import LineWidget
from terminal.screen.narrow import is_safe
from terminal.screen.paint import Row
from terminal.screen.versus.painting import BY_KEY, Shown, paint
from terminal.screen.words import tr


class Changed(Message):
    """One of the two sides has something new to see."""


class Board(LineWidget):
    """The whole screen as rows."""

    DEFAULT_CSS = "Board { width: 1fr; height: 1fr; }"

    @override
    def paint(self, columns: int, rows: int) -> list[Row]:
        app = self.app
        assert isinstance(app, VersusApp)
        return paint(app.shown, columns, rows, safe=is_safe())


class VersusApp(App[None]):
    """``yibao versus`` at a terminal."""

    ENABLE_COMMAND_PALETTE = False

    def __init__(self, usual: Side, ours: Side, *, seed: str, centre: str) -> None:
        """Both sides are worked by their own threads, which whoever opens the screen has started."""
        super().__init__()
        self._sides = (usual, ours)
        self._seed, self._centre = seed, centre
        self._coming = 0
        self._said = ""
        self._ended = False

    @override
    def compose(self) -> ComposeResult:
        yield Board()

    def on_mount(self) -> None:
        """Listen to both sides, and send those who come first."""
        for side in self._sides:
            side.told = self._told
        for _ in range(REGULARS):
            self._send(Fault.NONE)
        self._repaint()

    @property
    def shown(self) -> Shown:
        """What stands on the screen."""
        usual, ours = (side.seen for side in self._sides)
        return Shown(seed=self._seed, centre=self._centre, usual=usual, ours=ours, said=self._said)

    def on_changed(self) -> None:
        """Show it."""
        self._repaint()

    def on_key(self, event: events.Key) -> None:
        """Send a customer, end the day or leave."""
        event.stop()
        self._said = ""
        match event.key:
            case "escape" | "q" | "ctrl+q" | "ctrl+c":
                self.exit()
            case "f10":
                self._order("end-day")
            case "enter" | "space":
                self._send(Fault.NONE)
            case key if key in BY_KEY:
                self._send(BY_KEY[key])
        self._repaint()

    def _told(self) -> None:
        """Take a side's word for it, from the side's thread."""
        self.post_message(Changed())

    def _send(self, fault: Fault) -> None:
        if self._coming >= CUSTOMERS_MAX:
            self._said = tr("Nobody comes any more today: F10 ends it.")
        elif self._order(walk_in(self._seed, self._coming, fault)):
            self._coming += 1

    def _order(self, wanted: Order) -> bool:
        if self._ended:
            self._said = tr("The day is over: Esc leaves.")
            return False
        self._ended = wanted == "end-day"
        for side in self._sides:
            side.order(wanted)
        return True

    def _repaint(self) -> None:
        self.screen.query_one(Board).repaint()
