"""The question about a difference: the centre settled other figures than were shown, and where they begin to differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

from settlement.checkout.states import DifferenceShown
from settlement.facts import SaleIntended
from settlement.figures import Figures
from settlement.money import format_yuan
from terminal.person import Answer
from terminal.screen.blame_words import because_of
from terminal.screen.cashier.mode import Mode, named_key
from terminal.screen.cashier.view import KeyView, Number, Panel
from terminal.screen.cashier.waiting import answer
from terminal.screen.keys import name_of
from terminal.screen.literal import folded, literal
from terminal.screen.paint import Row, Span, pair, row
from terminal.screen.words import tr

if TYPE_CHECKING:
    from terminal.screen.cashier.model import Cashier


class DifferenceMode(Mode):
    """The centre's figures differ from those that were shown: they win, and the customer says yes or no."""

    following = "settle"

    def __init__(self, till: Cashier, state: DifferenceShown) -> None:
        super().__init__(till)
        self._state = state
        till.say("attention", tr("The centre settled other figures"))

    def press(self, action: str) -> None:
        """F8 agrees, F6 has it voided."""
        if action == "settle":
            answer(self.till, Answer.AGREE)
        elif action == "void":
            answer(self.till, Answer.DECLINE)

    def escape(self) -> None:
        """Stay: it is settled at the centre, so it wants a yes or a no. Asked once more, it may be left listed as it was."""
        if self._state.again:
            answer(self.till, Answer.LEAVE)

    @property
    def panel(self) -> Panel:
        """Both sides, amount by amount; which sale it was, when it is not the one on the screen."""

        def paint(columns: int, height: int) -> list[Row]:
            del height
            rows = [row(""), row(Span(f"  {tr('The centre settled other figures')}", "attention")), row("")]
            if self._state.again:
                rows += [*(row(Span(f"  {line}", "dim")) for line in folded(literal(_sold_then(self._state.intent)), columns - 4)), row("")]
            for name, label in ((1, tr("Pooled fund")), (2, tr("Account")), (3, tr("Cash"))):
                before, after = _movement(self._state.intent.figures, name), _movement(self._state.figures, name)
                role = "strong" if before != after else "dim"
                value = f"{format_yuan(before)} > {format_yuan(after)}" if before != after else format_yuan(after)
                line = pair(Span(label, "dim"), Span(value, role), min(columns - 4, 48))
                rows.append(Row((Span("  "), *line.spans)))
            if self._state.because is not None:
                rows += [row(Span(f"  {line}", "dim")) for line in folded(literal(because_of(self._state.because)), columns - 4)]
            words = self.till.home.wares.agreeing
            if self._state.intent.slip:
                words = tr("The centre's figures win. F8: the customer agrees, cash goes back. F6: not agreed, voided, the slip stays.")
            return [*rows, row(""), *(row(Span(f"  {line}")) for line in folded(words, columns - 4))]

        return paint

    @property
    def number(self) -> Number:
        """The cash that is due by the centre's figures, or what of a slip goes back."""
        due_fen = self._state.figures.psn_cash_pay + self._state.intent.outside_fen
        if self._state.intent.slip:
            back = format_yuan(self._state.slip_cash_fen - due_fen)
            return Number(label=tr("Give back (yuan)"), amount=back, role="huge_ok", frame="frame_ok")
        return Number(label=tr("Cash due (yuan)"), amount=format_yuan(due_fen), role="huge_cash", frame="frame_cash")

    @property
    def keys(self) -> list[KeyView]:
        """Yes or no; asked once more, neither."""
        leave = [named_key("Esc", tr("Leave it listed"))] if self._state.again else []
        return [named_key(name_of("settle"), tr("Agreed"), following=True), named_key("F6", tr("Not agreed")), *leave]


def _sold_then(intent: SaleIntended) -> str:
    first = intent.bill.lines[0].name if intent.bill.lines else ""
    more = f" …{len(intent.bill.lines)}" if len(intent.bill.lines) > 1 else ""
    return f"{intent.at[5:16].replace('T', ' ')}  {intent.subject[-6:]}  {first}{more}  {format_yuan(intent.bill.total_fen)}"


def _movement(figures: Figures, place: int) -> int:
    return figures.movements()[place]
