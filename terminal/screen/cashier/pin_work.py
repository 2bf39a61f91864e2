"""F9: what is done to a card's PIN for which the clerk has to see who stands there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from settlement.pin_facts import PinWork
from terminal.screen.cashier.mode import Mode, named_key
from terminal.screen.cashier.view import KeyView, Panel
from terminal.screen.literal import folded, literal
from terminal.screen.orders import ChangePin
from terminal.screen.paint import Row, Span, row
from terminal.screen.words import tr

if TYPE_CHECKING:
    from terminal.screen.cashier.model import Cashier


def done(work: PinWork) -> str:
    """Return what is said when it is done."""
    words = {
        "change": tr("The card has its new PIN"),
        "activation": tr("The card is active and has its new PIN"),
        "reload": tr("The card has its new PIN, and all its tries"),
        "unblock": tr("The PIN is unblocked: it is the one that it was"),
    }
    return words[work]


class SeenMode(Mode):
    """The clerk says that an identity document was seen and is of who stands there; then the work begins."""

    def __init__(self, till: Cashier, work: PinWork) -> None:
        super().__init__(till)
        self._work: PinWork = work

    def enter(self) -> None:
        """Go on: it was seen."""
        self.till.order(ChangePin(self._work))

    @property
    def panel(self) -> Panel:
        """What is going to be done, for whom, and what has to be looked at."""

        def paint(columns: int, height: int) -> list[Row]:
            del height
            person = self.till.person
            titles = {"activation": tr("Activate the card"), "reload": tr("Forgotten PIN"), "unblock": tr("Blocked PIN")}
            name = f"  {literal(person.name)}" if person is not None else ""
            rows = [row(""), row(Span(f"  {titles.get(self._work, '')}{name}", "title")), row("")]
            return [*rows, *(row(Span(f"  {line}", "text")) for line in folded(self._words(), columns - 4))]

        return paint

    def _words(self) -> str:
        words = {
            "activation": tr(
                "Look at the identity document, or read the old medical card first. Then the holder types the PIN that came with it."
            ),
            "reload": tr("Look at the identity document. The holder then chooses a new PIN; the old one is not asked."),
            "unblock": tr("Look at the identity document. The PIN stays what it was and has all its tries again."),
        }
        return words.get(self._work, "")

    @property
    def keys(self) -> list[KeyView]:
        """Seen or not."""
        return [named_key("Enter", tr("Seen: it is the holder"), following=True), named_key("Esc", tr("Give up"))]
