"""A mode takes the keys and says what stands in the left pane: one class for each thing that a cashier is doing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from terminal.screen.cashier.view import KeyView, Number, Panel
from terminal.screen.keys import label_of, name_of
from terminal.screen.paint import Span

if TYPE_CHECKING:
    from terminal.screen.cashier.model import Cashier


class Mode:
    """The default of everything: keys do nothing, Esc goes back to the bill, the bill stays in sight."""

    following = ""
    """The key of the next step, shown in amber."""
    offered: tuple[str, ...] = ("why", "settle")
    """Actions of the key bar."""
    decides = False
    """Whether one character is an answer: then it must stand alone, since a scan is none."""

    def __init__(self, till: Cashier) -> None:
        self.till = till

    def type(self, text: str) -> None:
        """Take characters."""

    def erase(self) -> None:
        """Take the last character back."""

    def enter(self) -> None:
        """Take Enter, which never pays."""

    def move(self, step: int) -> None:
        """Move what is highlighted."""

    def escape(self) -> None:
        """Leave."""
        self.till.back()

    def press(self, action: str) -> None:
        """Take a function key."""

    @property
    def panel(self) -> Panel | None:
        """What stands in place of the bill."""
        return None

    @property
    def prompt(self) -> tuple[Span, ...]:
        """What stands in the scan line instead of the query."""
        return ()

    @property
    def number(self) -> Number | None:
        """The huge number of this mode; None = the bill's own."""
        return None

    @property
    def keys(self) -> list[KeyView]:
        """The key bar."""
        return [key_view(action, self.following) for action in self.offered]


class EndMode(Mode):
    """What ended stays in sight until somebody goes on: with Enter, the next scan or a function key."""

    def type(self, text: str) -> None:
        """Begin the next bill with what was scanned."""
        self.till.back()
        self.till.mode.type(text)

    def enter(self) -> None:
        """Go on."""
        self.till.back()

    def press(self, action: str) -> None:
        """Go on, and do it; F8 settles nothing of the bill that follows."""
        self.till.back()
        if action != "settle":
            self.till.mode.press(action)


def key_view(action: str, following: str = "") -> KeyView:
    """Return one function key of the bar."""
    return KeyView(key=name_of(action), label=label_of(action), following=action == following)


def named_key(key: str, label: str, *, following: bool = False) -> KeyView:
    """Return a key of the bar that is no function key, or means something else here."""
    return KeyView(key=key, label=label, following=following)
