"""A difference with the centre that a person closes: why it differs, who is right, and each way to close it with what it does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from settlement.money import format_yuan
from terminal.screen.cashier.mode import Mode, named_key
from terminal.screen.cashier.panels import labelled
from terminal.screen.cashier.view import KeyView, Panel
from terminal.screen.keys import name_of
from terminal.screen.literal import folded, literal
from terminal.screen.orders import CloseDifference
from terminal.screen.paint import Row, Span, row
from terminal.screen.words import tr

if TYPE_CHECKING:
    from terminal.screen.cashier.model import Cashier
    from terminal.screen.day_news import CentreDiffers, DifferenceClosed


class AgreeMode(Mode):
    """Enter on one in the list of F5: a digit takes a way, F8 closes it, Esc goes back to the list."""

    decides = True

    def __init__(self, till: Cashier, differs: CentreDiffers, under: Mode) -> None:
        super().__init__(till)
        self._differs = differs
        self._under = under
        self._taken = 0

    @property
    def following(self) -> str:  # type: ignore[override]
        """F8 once a way is taken."""
        return "settle" if self._taken else ""

    def type(self, text: str) -> None:
        """Take a way by its digit."""
        if text.isascii() and text.isdigit() and 1 <= int(text) <= len(self._differs.ways):
            self._taken = int(text)

    def press(self, action: str) -> None:
        """F8 closes it."""
        if action == "settle" and self._taken:
            self.till.order(CloseDifference(self._differs.subject, self._differs.ways[self._taken - 1][0]))
            self.till.enter(self._under)

    def escape(self) -> None:
        """Back to the list: nothing is closed."""
        self.till.enter(self._under)

    @property
    def panel(self) -> Panel:
        """What is known of it, then the ways."""

        def paint(columns: int, height: int) -> list[Row]:
            del height
            rows = [row(Span(f" {tr('The centre states otherwise')}", "title")), row("")]
            known = [line for label, value in self._differs.rows for line in labelled(label, value, "text", columns - 2)]
            rows += [Row((Span(" "), *line.spans)) for line in known]
            rows += [row(""), row(Span(f" {tr('What became of it?')}", "title"))]
            for number, (_, words) in enumerate(self._differs.ways, 1):
                taken = number == self._taken
                first, *more = folded(literal(words), columns - 8)
                role = "attention" if taken else "text"
                rows.append(row(Span(f" {'>' if taken else ' '} {number} ", "key_next" if taken else "key"), Span(f" {first}", role)))
                rows += [row(Span(f"      {line}", role)) for line in more]
            return rows

        return paint

    @property
    def keys(self) -> list[KeyView]:
        """A way, then F8."""
        digits = f"1-{len(self._differs.ways)}" if len(self._differs.ways) > 1 else "1"
        return [
            named_key(digits, tr("Take"), following=not self._taken),
            named_key(name_of("settle"), tr("Close it"), following=bool(self._taken)),
            named_key("Esc", tr("Back")),
        ]


def told(till: Cashier, said: DifferenceClosed) -> None:
    """Say what is owed now that it is closed."""
    words = tr("Closed: nothing is owed")
    if said.owed_fen:
        words = tr("Closed: {amount} is owed (in the day's close)").format(amount=format_yuan(said.owed_fen))
    till.say("ok", words)
