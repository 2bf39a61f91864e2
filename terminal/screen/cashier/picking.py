"""Rows to choose from, one of them highlighted: what every list of the cashier has in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

from settlement.money import format_yuan
from terminal.screen.cashier.mode import Mode
from terminal.screen.cashier.view import Panel
from terminal.screen.list_news import PickRow
from terminal.screen.paint import Column, Row, Span, row, table
from terminal.screen.words import tr

if TYPE_CHECKING:
    from terminal.screen.cashier.model import Cashier


class PickMode(Mode):
    """Rows, one of them highlighted."""

    title = ""
    nothing = ""
    marked = ""
    """Heading of the column of :meth:`mark`; empty: there is none."""

    def __init__(self, till: Cashier, rows: tuple[PickRow, ...] = ()) -> None:
        super().__init__(till)
        self._rows = rows
        self.focus = 0

    @property
    def rows(self) -> tuple[PickRow, ...]:
        """What there is to choose from now."""
        return self._rows

    @property
    def heading(self) -> str:
        """What stands over the words."""
        return self.till.home.wares.heading

    def move(self, step: int) -> None:
        """Move the highlight."""
        self.focus = min(max(self.focus + step, 0), max(len(self.rows) - 1, 0))

    @property
    def chosen(self) -> PickRow | None:
        """The highlighted row."""
        return self.rows[min(self.focus, len(self.rows) - 1)] if self.rows else None

    def notes(self, entry: PickRow) -> str:
        """Return why an entry cannot be taken, empty when it can."""
        del entry
        return ""

    def mark(self, entry: PickRow) -> Span:
        """Return how it stands with an entry, in a column of its own."""
        del entry
        return Span("")

    def foot(self) -> list[Row]:
        """Return what stands under the list."""
        return []

    @property
    def panel(self) -> Panel:
        """The list around the highlight."""

        def paint(columns: int, height: int) -> list[Row]:
            head = [row(Span(f" {self.title}", "title")), row("")]
            foot = self.foot()
            if not self.rows:
                return [*head, row(Span(f"  {self.nothing}", "dim"))]
            room = max(height - len(head) - len(foot) - 1, 1)
            self.focus = min(self.focus, len(self.rows) - 1)
            first = max(min(self.focus - room + 1, len(self.rows) - room), 0) if self.focus >= room else 0
            marked = (Column(self.marked),) if self.marked else ()
            numbered = (Column(tr("Time")), Column(tr("Number")), *marked)
            heads = (*numbered, Column(self.heading, grows=True), Column(tr("Amount"), align="right"))
            cells = [
                [
                    Span(self._time(entry), "dim"),
                    Span(entry.key[-6:], "dim"),
                    *([self.mark(entry)] if self.marked else []),
                    Span(self.notes(entry) or entry.words, "dim" if self.notes(entry) else "strong"),
                    Span(format_yuan(entry.amount_fen), "strong"),
                ]
                for entry in self.rows[first : first + room]
            ]
            lines = [Row((Span(" "), *line.spans, Span(" "))) for line in table(heads, cells, columns - 2)]
            shown = [line.marked if place - 1 + first == self.focus and place else line for place, line in enumerate(lines)]
            return [*head, *shown, *foot]

        return paint

    def _time(self, entry: PickRow) -> str:
        """Return the time, with the day when that is not today."""
        return entry.at[11:16] if entry.at[:10] == self.till.status.now[:10] else entry.at[5:16].replace("T", " ")
