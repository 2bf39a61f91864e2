"""The resolver desk: what is known of a doubt, what can still be asked, the only safe actions; and every ending with its time limit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from terminal.screen.cashier.panels import ReadingMode, labelled
from terminal.screen.literal import literal
from terminal.screen.paint import Row, Span, row
from terminal.screen.words import tr

if TYPE_CHECKING:
    from terminal.screen.cashier.mode import Mode
    from terminal.screen.cashier.model import Cashier
    from terminal.screen.news import DoubtShown


class ResolverMode(ReadingMode):
    """F1 on a doubt. Esc goes back to the list."""

    def __init__(self, till: Cashier, doubt: DoubtShown, under: Mode) -> None:
        super().__init__(till)
        self._under = under
        self.title = tr("What may be done")
        self._doubt = doubt

    def leave(self) -> None:
        """Go back to the list."""
        self.till.enter(self._under)

    def rows(self, columns: int) -> list[Row]:
        """Return the doubt's own rows, then the dictionary."""
        rows = [line for label, value in self._doubt.resolution for line in labelled(label, value, "text", columns)]
        rows += [row(""), row(Span(tr("Every ending, its proof and its time limit"), "title"))]
        for name, proof, limit in self.till.status.endings:
            rows += [row(Span(literal(name), "strong")), *labelled(f"  {proof}", limit, "notice", columns)]
        return rows
