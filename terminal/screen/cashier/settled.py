"""The sale is done: what changes hands, in one number. The next scan or Enter begins the next customer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from settlement.checkout.states import ClosedUnpaid, LeftInDoubt, LeftUnanswered, PaidInCash, Released, Settled
from settlement.money import format_yuan
from terminal.screen.cashier.mode import EndMode, key_view, named_key
from terminal.screen.cashier.view import KeyView, Number, Panel
from terminal.screen.keys import name_of
from terminal.screen.literal import literal
from terminal.screen.news import Sold
from terminal.screen.orders import Reprint
from terminal.screen.paint import Row, Span, pair, row
from terminal.screen.words import tr

if TYPE_CHECKING:
    from terminal.screen.cashier.model import Cashier

_COLUMNS_MOST = 56


class SettledMode(EndMode):
    """What was settled stays in sight until somebody goes on."""

    def __init__(self, till: Cashier, sold: Sold) -> None:
        super().__init__(till)
        self._sold = sold

    def press(self, action: str) -> None:
        """F7 prints again; any other key goes on."""
        if action == "hold":
            self.till.door.order(Reprint(self._subject, again=not self._missing))
        else:
            super().press(action)

    @property
    def _missing(self) -> bool:
        """Whether its slip does not come out: then F7 asks for that one, and not for one more."""
        return self.till.status.printer == "waiting"

    @property
    def _subject(self) -> str:
        return getattr(self._sold.state, "subject", "")

    @property
    def cash_fen(self) -> int:
        """The cash that was due."""
        if isinstance(self._sold.state, PaidInCash):
            return self._sold.state.amount_fen
        figures = self._sold.figures
        return (figures.psn_cash_pay if figures else 0) + getattr(self._sold.state, "outside_fen", 0)

    @property
    def number(self) -> Number:
        """The change, else what was paid in cash, else what the account paid."""
        received = self._sold.received_fen
        if self._sold.cash_back_fen:
            back = format_yuan(self._sold.cash_back_fen)
            return Number(label=tr("Give back (yuan)"), amount=back, role="huge_ok", frame="frame_ok")
        if received:
            return Number(label=tr("Change (yuan)"), amount=format_yuan(received - self.cash_fen), role="huge_ok", frame="frame_ok")
        if self.cash_fen:
            return Number(label=tr("Cash taken (yuan)"), amount=format_yuan(self.cash_fen), role="huge_ok", frame="frame_ok")
        account = self._sold.figures.acct_pay if self._sold.figures else 0
        return Number(label=tr("Account paid (yuan)"), amount=format_yuan(account), role="huge_ok", frame="frame_ok")

    @property
    def panel(self) -> Panel:
        """What was settled, by whom, under which numbers."""

        def paint(columns: int, height: int) -> list[Row]:
            del height
            inner = min(columns - 4, _COLUMNS_MOST)
            mark = "attention" if self._sold.offline or isinstance(self._sold.state, PaidInCash) else "ok"
            numbers = [(tr("Number"), self._subject, "text"), (tr("Receipt"), self._sold.receipt, "text")]
            blocks = (self.particulars, self._amounts(), [number for number in numbers if number[1]])
            rows = [row(Span(f"  {self.title}", mark))]
            for block in filter(None, blocks):
                lines = [pair(Span(label, "dim"), Span(literal(value), role), inner) for label, value, role in block]
                rows += [row(""), *(Row((Span("  "), *line.spans)) for line in lines)]
            return [row(""), *rows]

        return paint

    @property
    def title(self) -> str:
        """How it was settled."""
        if isinstance(self._sold.state, PaidInCash):
            return tr("Paid in cash")
        return tr("Settled off-line") if self._sold.offline else tr("Settled")

    @property
    def particulars(self) -> list[tuple[str, str, str]]:
        """What stands above the amounts: (label, value, role)."""
        return []

    def _amounts(self) -> list[tuple[str, str, str]]:
        figures, received = self._sold.figures, self._sold.received_fen
        rows = [(tr("Total"), format_yuan(self._sold.bill.total_fen), "strong")]
        if figures is not None:
            if figures.fund_pay_sumamt:
                rows.append((tr("Pooled fund"), format_yuan(figures.fund_pay_sumamt), "fund"))
            rows.append((tr("Account"), format_yuan(figures.acct_pay), "account"))
            left = tr("Allowance left on the card") if self._sold.offline else tr("Balance left")
            rows.append((left, format_yuan(figures.balc), "account"))
        if self._sold.cash_back_fen:
            rows.append((tr("Given back"), format_yuan(self._sold.cash_back_fen), "ok"))
        if self.cash_fen:
            rows.append((tr("Cash due"), format_yuan(self.cash_fen), "cash"))
        if received:
            rows += [(tr("Received"), format_yuan(received), "strong"), (tr("Change"), format_yuan(received - self.cash_fen), "ok")]
        return rows

    @property
    def keys(self) -> list[KeyView]:
        """Next customer, print again, void."""
        prints = tr("Print missing") if self._missing else tr("Print again")
        return [named_key("Enter", tr("Next"), following=True), named_key(name_of("hold"), prints), key_view("void")]


def ended(till: Cashier, said: Sold) -> None:  # noqa: C901 - one line an end
    """Show how a sale, or a doubt that was looked at again, came to its end."""
    match said.state:
        case Settled() if said.draft or said.cash_back_fen or said.agreed:
            till.say(
                "ok",
                tr("Give back {amount} in cash").format(amount=format_yuan(said.cash_back_fen))
                if said.cash_back_fen
                else till.home.wares.hand_over,
            )
            till.enter(till.settled_mode(said))
        case PaidInCash():
            till.say("ok", till.home.wares.hand_over)
            till.enter(till.settled_mode(said))
        case Settled() if said.goods_released:
            _resolved(till, "ok", till.home.wares.went_before)
        case Settled():
            _resolved(till, "ok", tr("Resolved: settled"))
        case LeftInDoubt():
            _resolved(till, "attention", tr("In doubt, listed: {amount}").format(amount=format_yuan(said.bill.total_fen)))
        case LeftUnanswered():
            _resolved(till, "attention", tr("To be agreed, listed: {amount}").format(amount=format_yuan(said.bill.total_fen)))
        case Released() if said.cash_taken_fen:
            _resolved(
                till, "ok", tr("Resolved: released again; the cash of {amount} stands").format(amount=format_yuan(said.cash_taken_fen))
            )
        case Released():
            _resolved(till, "ok", tr("Resolved: released again. Give back what cash was taken"))
        case ClosedUnpaid() if said.cash_taken_fen:
            _resolved(till, "ok", tr("Resolved: it was a cash sale of {amount}").format(amount=format_yuan(said.cash_taken_fen)))
        case ClosedUnpaid() if said.receivable_fen:
            _resolved(
                till,
                "attention",
                tr("Resolved: nothing was charged; {amount} is owed to the shop").format(amount=format_yuan(said.receivable_fen)),
            )
        case ClosedUnpaid():
            _resolved(till, "ok", tr("Resolved: nothing was charged"))
        case _:
            till.back()


def _resolved(till: Cashier, role: str, words: str) -> None:
    till.say(role, words)
    till.back()
