"""The bill of this customer is on the screen: the keys that any bill has, and F8. What goes onto it is for each kind of counter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from settlement.bill import SCHEME, Split
from settlement.drug_refusals import EPHEDRINE_PACKS
from settlement.errors import Refusal
from terminal.screen.cashier.lists import OpenMode
from terminal.screen.cashier.mode import Mode
from terminal.screen.cashier.panels import WhyMode
from terminal.screen.cashier.tender import TenderMode
from terminal.screen.orders import Agreed, BeginClose, Hold, ListVoids, ReadCard, Recall, Sell, ShowAccount
from terminal.screen.words import tr

if TYPE_CHECKING:
    from terminal.open_bill import OpenLine
    from terminal.screen.cashier.model import Cashier
    from terminal.screen.cashier.wares import Wares


class PayingMode(Mode):
    """The mode that the screen goes back to."""

    def __init__(self, till: Cashier) -> None:
        super().__init__(till)
        self.query = ""
        """What stands in the scan line."""
        self.finding = False
        """Whether what it finds is shown."""

    @property
    def following(self) -> str:  # type: ignore[override]
        """F8 once there is something to settle."""
        return "" if self.till.bill.empty or self.query else "settle"

    @property
    def nothing_yet(self) -> str:
        """What to do first, where the split will stand."""
        raise NotImplementedError

    @property
    def wares(self) -> Wares:
        """What the customer gets, in words."""
        raise NotImplementedError

    def press(self, action: str) -> None:
        """Take a function key."""
        if self.till.dead and action != "why":
            return
        match action:
            case "why":
                self.till.enter(WhyMode(self.till))
            case "again" if self.till.status.is_anything_open:
                self.till.enter(OpenMode(self.till))
            case "again":
                self.till.order(ReadCard())
            case "void":
                self.till.order(ListVoids())
            case "hold":
                self.till.order(Recall() if self.till.bill.empty else Hold(self.till.bill))
            case "settle":
                self._settle()
            case "account":
                self.till.order(ShowAccount())
            case "close":
                self.till.order(BeginClose())

    def lacking(self, line: OpenLine) -> int:
        """Return how many boxes of a line still want their traceability code."""
        del line
        return 0

    def lacks_papers(self) -> Refusal | None:
        """Return what the goods still ask for on paper, None when nothing."""
        return None

    def open_papers(self) -> None:
        """Have what they ask for entered."""

    # --- F8 --------------------------------------------------------------------------------------------

    def _settle(self) -> None:
        till = self.till
        if till.bill.empty:
            till.say("dim", tr("Nothing on the bill"))
            return
        if till.place is None:
            return
        open_line = next((place for place, line in enumerate(till.bill.lines) if self.lacking(line)), None)
        if open_line is not None and till.settles_by_card():
            till.focus = open_line
            till.say("attention", tr("Scan the traceability code: {goods}").format(goods=till.bill.lines[open_line].goods.name))
            return
        lacking = self.lacks_papers()
        if lacking is not None:
            till.refuse(lacking)
            if lacking.phrase is not EPHEDRINE_PACKS:
                self.open_papers()
            return
        if isinstance(till.split, Refusal):
            till.refuse(till.split)
        by_card = till.settles_by_card() and not isinstance(till.split, Refusal)
        due_fen = till.cash_due_fen
        if by_card and (not isinstance(till.split, Split) or due_fen == 0):
            # Off-line, or the centre has not answered: what is due is known after the PIN, and asked then.
            self.sell(self._agreed(), by_card=by_card, received_fen=0)
            return
        agreed, bill = self._agreed() if by_card else None, till.bill
        till.enter(
            TenderMode(
                till,
                due_fen,
                lambda received_fen: self.sell(agreed, by_card=by_card, received_fen=received_fen),
                own=not by_card,
                stands=lambda: till.bill is bill and till.cash_due_fen == due_fen and (agreed is None or agreed == self._agreed()),
            )
        )

    def _agreed(self) -> Agreed | None:
        """Return the figures that are on the screen, and whose card they are for; None while there are none."""
        split, person = self.till.split, self.till.person
        if not isinstance(split, Split) or person is None:
            return None
        return Agreed(movements=split.figures.movements(), cash_due_fen=split.cash_due_fen, arrival=person.arrival)

    def sell(self, agreed: Agreed | None, *, by_card: bool, received_fen: int) -> None:
        """Order the sale of what is on the screen."""
        till = self.till
        assert till.place is not None
        if till.bill.empty:
            till.back()
            return
        till.order(
            Sell(
                bill=till.bill.bill(till.place, f"{till.status.now}:00", till.person.insutype if by_card and till.person else SCHEME),
                draft=till.bill.draft,
                by_card=by_card,
                agreed=agreed,
                received_fen=received_fen,
                registering=till.bill.registering,
                ordered=till.bill.ordered,
                papers=till.bill.papers,
            )
        )
