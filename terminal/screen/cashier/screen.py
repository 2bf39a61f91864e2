"""The cashier's screen in Textual: six widgets of rows, the keys, and nothing that decides."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.geometry import Offset
from textual.message import Message
from textual.screen import Screen

from terminal.screen import keys
from terminal.screen.cashier import painting
from terminal.screen.cashier.first import first_view
from terminal.screen.cashier.view import View
from terminal.screen.line_widget import LineWidget
from terminal.screen.paint import Row, Span, row
from terminal.screen.pin_entry import PinEntry
from terminal.screen.scan import normal
from terminal.screen.words import tr

if TYPE_CHECKING:
    from textual.binding import BindingType

    from terminal.screen.cashier.mode import Mode
    from terminal.screen.cashier.model import Cashier

_PAGE = 10
_PASTED_MOST = 64
_ENTERS = {"enter", "ctrl+j"}
_MOVES = {"up": -1, "down": 1, "pageup": -_PAGE, "pagedown": _PAGE}


class Part(LineWidget):
    """One part of the screen. ``SHOWS``: what of the view it paints; while nothing of that changes it is not painted again."""

    SHOWS: ClassVar[tuple[str, ...]]

    def __init__(self) -> None:
        super().__init__()
        self._shown: tuple[object, ...] = ()

    def repaint(self) -> None:
        """Paint again what the view shows otherwise than before; a panel may show something else without being another one."""
        shown = (self.size, self.app.size, *(getattr(self.view, name) for name in self.SHOWS))
        if shown != self._shown or ("panel" in self.SHOWS and self.view.panel is not None):
            self._shown = shown
            super().repaint()

    @property
    def view(self) -> View:
        """What the screen shows now."""
        screen = self.screen
        assert isinstance(screen, CashierScreen)
        return screen.view


class Header(Part):
    """Product, shop, till, operator, clock."""

    SHOWS = ("product", "chips", "shop", "code", "till", "operator", "date", "time")

    def paint(self, columns: int, rows: int) -> list[Row]:
        """Return the first row."""
        del rows
        return [painting.header(self.view, columns)]


class Left(Part):
    """Scan line, bill or panel, message line."""

    SHOWS = (
        "quantity",
        "query",
        "placeholder",
        "typing",
        "prompt",
        "things",
        "lines",
        "focus",
        "finds",
        "find_focus",
        "finding",
        "panel",
        "message",
        "counts",
        "total_label",
        "total",
        "safe",
    )

    def paint(self, columns: int, rows: int) -> list[Row]:
        """Return the left pane."""
        whole = self.app.size
        if painting.too_small(whole.width, whole.height):
            return [row(Span(tr("Please enlarge the window: 80 columns and 24 rows at least"), "attention"))]
        scan = painting.scan_line(self.view, columns, painting.scan_rows(whole.height))
        body = painting.body(self.view, columns, rows - len(scan) - 1)
        blanks = [Row()] * (rows - len(scan) - 1 - len(body))
        return [*scan, *body[: rows - len(scan) - 1], *blanks, painting.message_line(self.view, columns)]


class Right(Part):
    """Person, split, the one huge number."""

    SHOWS = (
        "person_title",
        "person",
        "card_words",
        "split_title",
        "shares",
        "breakdown",
        "split_words",
        "reminder_title",
        "reminders",
        "number",
        "safe",
    )

    def paint(self, columns: int, rows: int) -> list[Row]:
        """Return the right column."""
        whole = self.app.size
        if painting.too_small(whole.width, whole.height):
            return []
        return painting.right_column(self.view, columns, rows, tier=painting.tier(whole.height))


class Strip(Part):
    """The status strip."""

    SHOWS = ("strip", "strip_end", "safe")

    def paint(self, columns: int, rows: int) -> list[Row]:
        """Return the strip."""
        del rows
        return [painting.strip(self.view, columns)]


class DemonstrationStrip(Part):
    """What can be typed, and the PINs: only where there are simulated devices."""

    SHOWS = ("demonstration",)

    def paint(self, columns: int, rows: int) -> list[Row]:
        """Return the strip."""
        del rows
        return [painting.whole_spans(self.view.demonstration, columns, "warned")]


class KeyBar(Part):
    """The keys."""

    SHOWS = ("keys",)

    def paint(self, columns: int, rows: int) -> list[Row]:
        """Return the key bar."""
        del rows
        return [painting.key_bar(self.view.keys, columns)]


class TechnicianWanted(Message):
    """The technician's screen is to lie on top of the work, which goes on."""


class KeyTaken(Message):
    """A key did what it does."""


class CashierScreen(Screen[None]):
    """Hands keys to the model and paints what it shows."""

    BINDINGS: ClassVar[list[BindingType]] = list(keys.bindings())
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (painting.WIDE, "-wide"), (painting.WIDER, "-wider")]  # noqa: RUF012 - Textual's own name and form
    DEFAULT_CSS = """
    Header, Strip, KeyBar, DemonstrationStrip { height: 1; }
    #desk { height: 1fr; }
    Left { width: 1fr; height: 1fr; }
    Right { width: 30; height: 1fr; }
    CashierScreen.-wide Right { width: 38; }
    CashierScreen.-wider Right { width: 44; }
    """

    def __init__(self, pin: PinEntry, *, safe: bool, demonstration: bool = False, registration: bool = False) -> None:
        super().__init__()
        self._pin = pin
        self._safe = safe
        self._demonstration = demonstration
        self.view = first_view(safe=safe, registration=registration)
        self.till: Cashier | None = None
        self.guard = keys.SettleGuard()
        self._waiting_keys: list[events.Key] = []
        self._escaped = float("-inf")
        self._held_back: tuple[Callable[[], None], str] | None = None
        """What a character does if it stands alone, and what is typed if it does not."""

    def compose(self) -> ComposeResult:
        """Lay the parts out: once."""
        yield Header()
        with Horizontal(id="desk"):
            yield Left()
            yield Right()
        if self._demonstration:
            yield DemonstrationStrip()
        yield Strip()
        yield KeyBar()

    # --- showing ---------------------------------------------------------------------------------------

    def take(self, till: Cashier, typed: str = "") -> None:
        """Give the keys to the model; what was ``typed`` before the application ran, and keys from before the model, come first."""
        self.till = till
        for character in filter(str.isprintable, typed):
            till.mode.type(character)
        self.show()
        self.take_waiting()

    def take_waiting(self) -> None:
        """Take the keys that waited for the model, and from their first Enter on for the desk: a bill has no name before."""
        waiting, self._waiting_keys = self._waiting_keys, []
        for event in waiting:
            self._take_key(event)

    def show(self, *parts: type[Part]) -> None:
        """Paint what the model shows now: all parts, or those named."""
        if self.till is not None:
            self.view = self.till.view(safe=self._safe, count=self._digits())
        for part in self.query(Part):
            if not parts or isinstance(part, parts):
                part.repaint()
        self._place_caret()

    def _digits(self) -> int:
        return self._pin.count if self._pin.open else 0

    def _place_caret(self) -> None:
        """Put the hardware cursor where the next character goes: an input method opens its window there."""
        left = self.query_one(Left).region
        line = 0 if painting.scan_rows(self.app.size.height) == 1 else 1
        self.app.cursor_position = Offset(left.x + painting.caret_column(self.view), left.y + line)

    def on_mount(self) -> None:
        """Place the caret once the parts have their places: an input method may be asked before the first key."""
        self.call_after_refresh(self._place_caret)

    def on_screen_resume(self) -> None:
        """Look again before F8 counts: another screen lay on top."""
        self.guard.screen_changed(monotonic())

    def on_resize(self) -> None:
        """Follow the terminal's size."""
        self.call_after_refresh(self.show)

    # --- keys ------------------------------------------------------------------------------------------

    def on_key(self, event: events.Key) -> None:
        """Take every key that is no function key."""
        event.stop()
        event.prevent_default()
        self._take_key(event)

    def _take_key(self, event: events.Key) -> None:
        if self.till is None or (not (self.till.opened or self.till.dead) and (self._waiting_keys or event.key in _ENTERS)):
            self._waiting_keys.append(event)
        else:
            self._key(event)
            self.post_message(KeyTaken())

    def on_paste(self, event: events.Paste) -> None:
        """Take pasted text like a scan."""
        event.stop()
        if self.till is not None and not self.till.mode.decides:
            for character in event.text[:_PASTED_MOST]:
                self.till.mode.type(character)
            self.show()

    def action_press(self, action: str) -> None:
        """Take a function key in its turn: the application would let it overtake characters that this screen has not worked off."""
        self.call_later(self._press, action, monotonic())

    def _press(self, action: str, at: float) -> None:
        self._escaped = float("-inf")
        if self.till is None:
            return
        if action == "settle":
            if self.guard.press(at):
                self.set_timer(keys.SETTLE_PAUSE_S, lambda: self._settle(at))
            return
        self._act(action)

    def _act(self, action: str) -> None:
        assert self.till is not None
        if action == "technician":
            self.post_message(TechnicianWanted())
        else:
            self.till.press(action)
            self.show()

    def _settle(self, pressed_at: float) -> None:
        if self.till is not None and self.guard.meant(pressed_at):
            self.till.press("settle")
            self.show()

    def _key(self, event: events.Key) -> None:
        assert self.till is not None
        now = monotonic()
        escaped, self._escaped = now - self._escaped <= keys.ESC_S, float("-inf")
        self._not_alone()
        if event.key == "escape":
            self._escape(again=escaped, now=now)
        elif self._pin.open:
            pass  # pressed before the entry was open: the driver hands the PIN's own bytes over, never as an event
        elif keys.digit_of(event.character):
            self.action_press(keys.BY_DIGIT[keys.digit_of(event.character)])
        elif event.key in _ENTERS:
            self.till.mode.enter()
        elif event.key in {"backspace", "ctrl+h"}:
            self.till.mode.erase()
        elif event.key in _MOVES:
            self.till.mode.move(_MOVES[event.key])
        elif event.character and event.is_printable:
            burst = self.guard.in_burst(now)
            self.guard.typed(now)
            self._type(event.character, escaped=escaped, burst=burst)
        self.show()

    def _type(self, character: str, *, escaped: bool, burst: bool) -> None:
        assert self.till is not None
        mode, narrow = self.till.mode, normal(character)
        if escaped and narrow in keys.BY_DIGIT:
            self._hold_back(lambda: self.action_press(keys.BY_DIGIT[narrow]), character)
        elif not mode.decides:
            mode.type(character)
        elif not burst:
            self._hold_back(lambda: mode.type(narrow), "")

    def _hold_back(self, act: Callable[[], None], typed: str) -> None:
        """Wait whether a character stands alone: in a scanner's burst it is nothing but itself."""
        self._held_back = held_back = (act, typed)

        def alone() -> None:
            if self._held_back is held_back:
                self._held_back = None
                act()
                self.show()

        self.set_timer(keys.SETTLE_PAUSE_S, alone)

    def _not_alone(self) -> None:
        if self._held_back is not None and self.till is not None:
            _, typed = self._held_back
            self._held_back = None
            self.till.mode.type(typed)

    def _escape(self, *, again: bool, now: float) -> None:
        """Arm Esc for a digit; it acts by itself when none comes, at once when pressed twice."""
        assert self.till is not None
        if self._pin.open:
            self._pin.cancel()
        elif again:
            self.till.mode.escape()
        elif self.till.mode is self.till.home:
            self.till.mode.escape()
            self._escaped = now
        else:
            self._escaped = now
            mode = self.till.mode
            self.set_timer(keys.ESC_S, lambda: self._escape_alone(now, mode))

    def _escape_alone(self, armed_at: float, mode: Mode) -> None:
        """Act on what was there when Esc was pressed, and on nothing else."""
        if self.till is not None and self._escaped == armed_at:
            self._escaped = float("-inf")
            if self.till.mode is mode:
                mode.escape()
                self.show()
