"""Cash is due: the amount handed over is typed, Enter takes the figure, F8 settles. Exact cash is F8 alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from settlement.money import format_yuan
from terminal.screen.cashier.amount import AmountMode
from terminal.screen.cashier.mode import key_view, named_key
from terminal.screen.cashier.view import KeyView, Number
from terminal.screen.paint import Span
from terminal.screen.words import tr

if TYPE_CHECKING:
    from terminal.screen.cashier.model import Cashier


class TenderMode(AmountMode):
    """The tender line stands in the scan line; everything else stays where it is: it is no change of the screen."""

    following = "settle"

    def __init__(
        self,
        till: Cashier,
        due_fen: int,
        commit: Callable[[int], None],
        *,
        own: bool = False,
        leave: Callable[[], None] | None = None,
        stands: Callable[[], bool] = lambda: True,
    ) -> None:
        """``commit`` gets the cash that was handed over, 0 when it was not counted; ``own``: the customer pays all of it.

        ``stands`` says whether the amount is still the one that is due.
        """
        super().__init__(till)
        self._due_fen = due_fen
        self._commit = commit
        self._own = own
        self._leave = leave or till.back
        self._stands = stands

    def take(self) -> None:
        """Take the figure: the change is shown, nothing is settled."""
        self._covers()

    @property
    def stands(self) -> bool:
        """Whether the amount is still the one that is due: card and bill may change meanwhile."""
        return self._stands()

    def escape(self) -> None:
        """Leave the tender."""
        self._leave()

    def press(self, action: str) -> None:
        """F8 settles."""
        if action == "settle" and self._covers():
            self._commit(self._amount.fen or 0)

    @property
    def prompt(self) -> tuple[Span, ...]:
        """The tender line."""
        typed = self._amount.text
        label = tr("Cash, self-paid") if self._own else tr("Cash")
        return (Span(f"{label} ", "attention"), Span(typed or tr("exact"), "strong" if typed else "dim"), Span(" ", "caret"))

    @property
    def number(self) -> Number:
        """What is due, then the change."""
        received_fen = self._amount.fen
        foot: tuple[tuple[str, str, str], ...] = ()
        if received_fen is not None:
            change_fen = received_fen - self._due_fen
            change = (
                (tr("Change"), format_yuan(change_fen), "ok") if change_fen >= 0 else (tr("Short by"), format_yuan(-change_fen), "fault")
            )
            foot = ((tr("Received"), format_yuan(received_fen), "strong"), change)
        return Number(label=tr("Cash due (yuan)"), amount=format_yuan(self._due_fen), role="huge_cash", frame="frame_cash", foot=foot)

    @property
    def keys(self) -> list[KeyView]:
        """Enter and F8."""
        return [
            named_key(tr("0-9"), tr("Amount")),
            named_key("Enter", tr("Change")),
            key_view("settle", self.following),
            named_key("Esc", tr("Back")),
        ]

    def _covers(self) -> bool:
        received_fen = self._amount.fen
        if received_fen is not None and received_fen < self._due_fen:
            self.till.say("attention", tr("Not enough: {amount} is missing").format(amount=format_yuan(self._due_fen - received_fen)))
            return False
        return True
