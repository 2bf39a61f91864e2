"""F9, 1: what a card carries behind its PIN, beside what this till knows of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from settlement.money import format_yuan
from terminal.screen.account_news import CardInside
from terminal.screen.cashier.account import said
from terminal.screen.cashier.panels import ReadingMode
from terminal.screen.paint import Column, Row, Span, pair, row, table
from terminal.screen.words import tr

if TYPE_CHECKING:
    from terminal.screen.cashier.model import Cashier


class InsideMode(ReadingMode):
    """What the card carries behind its PIN, beside what this till knows of it."""

    def __init__(self, till: Cashier, inside: CardInside) -> None:
        super().__init__(till)
        self._inside = inside

    @property
    def title(self) -> str:  # type: ignore[override]
        """What it is."""
        return tr("On the card")

    def rows(self, columns: int) -> list[Row]:
        """Return the allowance and the newest entries; one that is not of this till is marked."""
        amount_fen = self._inside.amount_fen
        amount = tr("cannot be read") if amount_fen is None else format_yuan(amount_fen)
        what = tr("Amount of the card's own") if self._inside.by_itself else tr("Off-line allowance")
        rows = [pair(Span(what, "dim"), Span(amount, "account"), columns)]
        if self._inside.by_itself:
            rows += said(tr("The card debits this by itself. It is loaded at the office only."), "dim", columns)
        if self._inside.torn:
            rows += said(tr("A refresh was interrupted: nothing can be spent off-line until the next one."), "attention", columns)
        rows.append(row(""))
        if self._inside.debits:
            rows += [*self._debits(columns), row("")]
        if not self._inside.entries:
            return rows if self._inside.debits else [*rows, *said(tr("Nothing was written to this card yet."), "dim", columns)]
        heads = (Column(tr("Entry")), Column(tr("By this till"), grows=True), Column(tr("Amount"), align="right"))
        kinds = {"sale": tr("off-line sale"), "refresh": tr("allowance refreshed")}
        cells = []
        for entry in self._inside.entries:
            unknown = tr("another till's, or older") if entry.tag else tr("cannot be read")
            ours = f"{entry.at[5:16].replace('T', ' ')} {kinds[entry.kind]}" if entry.kind else unknown
            amount = format_yuan(entry.amount_fen) if entry.kind else ""
            cells.append([Span(entry.tag or "-", "dim"), Span(ours, "text" if entry.kind else "attention"), Span(amount, "strong")])
        return [*rows, *table(heads, cells, columns)]

    def _debits(self, columns: int) -> list[Row]:
        """Return the card's own log: what the amounts mean is our reading, unconfirmed."""
        heads = (
            Column(tr("Debited by the card")),
            Column(tr("By this till"), grows=True),
            Column(tr("Amount"), align="right"),
            Column(tr("Remaining"), align="right"),
        )
        cells = [
            [
                Span(debit.at or tr("cannot be read"), "dim"),
                Span(tr("yes") if debit.here else tr("another till"), "text" if debit.here else "attention"),
                Span(format_yuan(debit.own_fen) if debit.at else "", "strong"),
                Span(format_yuan(debit.left_fen) if debit.at else "", "account"),
            ]
            for debit in self._inside.debits
        ]
        return table(heads, cells, columns)
