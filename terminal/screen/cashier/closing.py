"""The close of the day: the drawer is counted blind, then what it came to is shown, and F8 books it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from settlement.money import format_yuan
from terminal.screen.cashier.amount import AmountMode
from terminal.screen.cashier.mode import named_key
from terminal.screen.cashier.panels import ReadingMode, labelled
from terminal.screen.cashier.view import KeyView, Number, Panel
from terminal.screen.day_news import CloseShown
from terminal.screen.keys import name_of
from terminal.screen.literal import folded
from terminal.screen.orders import CloseDay, CountDrawer, ReopenDay
from terminal.screen.paint import Row, Span, row
from terminal.screen.words import tr

if TYPE_CHECKING:
    from terminal.screen.cashier.model import Cashier

_OPERATOR_MOST = 30


class CountMode(AmountMode):
    """What is in the drawer is typed before anything is shown; the void key, twice, takes the last close back."""

    _asked = False

    def press(self, action: str) -> None:
        """Take the last close back, once it was asked for twice."""
        if action != "void":
            super().press(action)
        elif self._asked:
            self.till.order(ReopenDay())
        else:
            self._asked = True
            words = tr("{key} again takes the last close back: what was taken out of the drawer must be in it")
            self.till.say("attention", words.format(key=name_of("void")))

    def take(self) -> None:
        """Take the count."""
        counted_fen = self._amount.fen
        if counted_fen is None:
            self.till.say("attention", tr("Count the drawer first, 0 when it is empty"))
        else:
            self.till.order(CountDrawer(counted_fen))

    @property
    def prompt(self) -> tuple[Span, ...]:
        """The count so far."""
        return (Span(f"{tr('Cash counted (yuan)')} ", "attention"), Span(self._amount.text, "strong"), Span(" ", "caret"))

    @property
    def panel(self) -> Panel:
        """What to do."""

        def paint(columns: int, height: int) -> list[Row]:
            del height
            words = tr("Count the cash in the drawer and type it in yuan. What it should be is shown afterwards.")
            return [
                row(Span(f" {tr('Close of the day')}", "title")),
                row(""),
                *(row(Span(f"  {line}")) for line in folded(words, columns - 4)),
            ]

        return paint

    @property
    def keys(self) -> list[KeyView]:
        """Enter or Esc."""
        return [
            named_key(tr("0-9"), tr("Amount")),
            named_key("Enter", tr("Take"), following=True),
            named_key(name_of("void"), tr("Reopen")),
            named_key("Esc", tr("Back")),
        ]


class CloseMode(ReadingMode):
    """What the day came to. F8 books it; digits before it name the next operator."""

    def __init__(self, till: Cashier, shown: CloseShown) -> None:
        super().__init__(till)
        self.title = tr("Close of the day")
        self._shown = shown
        self._operator = ""

    def type(self, text: str) -> None:
        """Take the next operator's code."""
        self._operator = (self._operator + text)[:_OPERATOR_MOST]

    def erase(self) -> None:
        """Take the last character back."""
        self._operator = self._operator[:-1]

    def enter(self) -> None:
        """Stay: F8 books the close."""

    def press(self, action: str) -> None:
        """F8 books it."""
        if action == "settle":
            self.till.order(CloseDay(self._operator))

    def rows(self, columns: int) -> list[Row]:
        """Return the figures."""
        return [line for label, value, role in self._shown.rows for line in labelled(label, value, role, columns)]

    @property
    def prompt(self) -> tuple[Span, ...]:
        """Who goes on."""
        return (
            Span(f"{tr('Next operator')} ", "dim"),
            Span(self._operator or tr("the same"), "strong" if self._operator else "dim"),
            Span(" ", "caret"),
        )

    @property
    def number(self) -> Number:
        """The difference of the drawer."""
        fen = self._shown.difference_fen
        role = "huge_ok" if fen == 0 else "huge_cash"
        return Number(
            label=tr("Drawer difference (yuan)"), amount=format_yuan(fen), role=role, frame="frame_ok" if fen == 0 else "frame_cash"
        )

    @property
    def keys(self) -> list[KeyView]:
        """Book or back."""
        return [
            named_key(name_of("settle"), tr("Close the day"), following=True),
            named_key(tr("Up/Down"), tr("Scroll")),
            named_key("Esc", tr("Back")),
        ]
