"""The slips: what was never printed (补打), what is wanted once more (重打), of any day by the number on the slip."""

from __future__ import annotations

from typing import TYPE_CHECKING

from terminal.screen.cashier.mode import named_key
from terminal.screen.cashier.picking import PickMode
from terminal.screen.cashier.view import KeyView
from terminal.screen.list_news import PickRow, PrintTaken
from terminal.screen.orders import ListSlips, Reprint
from terminal.screen.paint import Span
from terminal.screen.scan import normal
from terminal.screen.words import tr

if TYPE_CHECKING:
    from terminal.screen.cashier.model import Cashier

LONGEST = 30
"""Characters of a whole message id."""


def digits_of(text: str) -> str:
    """Return what of typed text may be part of a number or a receipt."""
    return "".join(character for character in normal(text) if character.isascii() and (character.isdigit() or character == "-"))


class SlipsMode(PickMode):
    """Enter prints the highlighted slip; a number that is typed, and Enter, finds one of any day."""

    def __init__(self, till: Cashier, rows: tuple[PickRow, ...], wanted: str = "") -> None:
        super().__init__(till, rows)
        self.title = tr("Slips of {number}").format(number=wanted) if wanted else tr("Slips: not printed yet, and of today")
        self.nothing = tr("No slip has that number.") if wanted else tr("Nothing was booked today, and no slip is missing.")
        self.marked = tr("Slip")
        self._typed = ""
        self._asked: set[str] = set()
        """What was asked for from this list: the printer has it, or will say why not."""

    def type(self, text: str) -> None:
        """Take the number."""
        self._typed = (self._typed + digits_of(text))[:LONGEST]

    def erase(self) -> None:
        """Take its last digit back."""
        self._typed = self._typed[:-1]

    def escape(self) -> None:
        """Drop the number, then leave."""
        if self._typed:
            self._typed = ""
        else:
            super().escape()

    def enter(self) -> None:
        """Find the number, or print."""
        if self._typed:
            self.till.order(ListSlips(self._typed))
        elif self.chosen is not None:
            again = self.again(self.chosen)
            self._asked.add(self.chosen.key)
            self.till.door.order(Reprint(self.chosen.key, again=again))

    def press(self, action: str) -> None:
        """F6 leaves."""
        if action == "void":
            self.till.back()

    def again(self, entry: PickRow) -> bool:
        """Whether a slip of it came out before, or was asked for here."""
        return bool(entry.printed) or entry.key in self._asked

    def notes(self, entry: PickRow) -> str:
        """Say what it is a slip of, where that is no sale."""
        words = {"void": tr("void"), "cash": tr("cash")}
        return f"{words[entry.kind]} {entry.words}" if entry.kind in words else ""

    def mark(self, entry: PickRow) -> Span:
        """Return whether it came out."""
        if entry.printed:
            return Span(tr("printed {count}").format(count=entry.printed), "dim")
        return Span(tr("asked for"), "notice") if entry.key in self._asked else Span(tr("! missing"), "attention")

    @property
    def prompt(self) -> tuple[Span, ...]:
        """The number."""
        hint = "" if self._typed else f" {tr('last six digits, or the receipt')}"
        return Span(f"{tr('Number')} ", "attention"), Span(self._typed, "strong"), Span(" ", "caret"), Span(hint, "dim")

    @property
    def keys(self) -> list[KeyView]:
        """Find or print, and back."""
        if self._typed:
            return [named_key("Enter", tr("Find it"), following=True), named_key("Esc", tr("Clear"))]
        again = self.chosen is not None and self.again(self.chosen)
        prints = named_key("Enter", tr("Print again") if again else tr("Print missing"), following=bool(self.rows))
        return [prints, named_key(tr("0-9"), tr("Number")), named_key("Esc", tr("Back"))]


def told(till: Cashier, said: PrintTaken) -> None:
    """Say what the printer was given, once the desk has taken it."""
    words = tr("Printing again") if said.again else tr("Printing what is missing")
    till.say("notice", f"{words}  {said.subject[-6:]}")
