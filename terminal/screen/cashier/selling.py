"""Making the bill: scanning, finding, changing lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from offline_queue.catalogue.columns import last_day
from offline_queue.catalogue.item import Item, line_of
from settlement import drugs
from settlement.drugs import NOBODY, Insured
from settlement.errors import Refusal
from settlement.money import format_yuan, parse_scaled, parse_yuan
from settlement.policy import Policy
from terminal.bill_refusals import DISCOUNT_RANGE
from terminal.open_bill import OpenBill, OpenLine
from terminal.screen.cashier.finding import FOUND_MOST, FindingMode
from terminal.screen.cashier.papers import PapersMode
from terminal.screen.cashier.wares import Wares, goods
from terminal.screen.orders import Later
from terminal.screen.scan import Scanned, normal, split_quantity, understand
from terminal.screen.words import tr

if TYPE_CHECKING:
    from terminal.screen.cashier.seller import Seller

_ONE_E4 = 10_000
_CODE_LEAST = 8
"""Digits of the shortest bar code."""


class SellingMode(FindingMode[Item]):
    """The bill is on the screen and what is typed goes into the scan line."""

    offered = ("why", "find", "remove", "clear", "again", "void", "hold", "settle", "account", "close")

    till: Seller

    # --- typing ----------------------------------------------------------------------------------------

    @property
    def nothing_yet(self) -> str:
        """Goods come first."""
        return tr("Scan the first box")

    @property
    def wares(self) -> Wares:
        """Goods."""
        return goods()

    @property
    def quantity(self) -> str:
        """The quantity that the scan line carries."""
        return split_quantity(normal(self.query))[0]

    def look(self) -> None:
        """Goods may have been imported."""
        self.till.shelf.look()

    def find(self) -> None:
        """Find goods, unless the scan line says something else."""
        _, rest = split_quantity(normal(self.query))
        rest = rest.strip()
        self.finding = bool(rest) and understand(self.query).kind == "search"
        self.found_focus = 0
        self.found = self.till.shelf.find(rest, FOUND_MOST) if self.finding else []

    def enter(self) -> None:
        """Take what is highlighted, scanned or said. Never pays."""
        scanned = understand(self.query)
        if self.till.dead:
            return
        if not scanned.text:
            self._requantify(scanned)
            return
        # A code that was refused is told and gone: the next scan must not be joined to it.
        coded = scanned.kind == "trace" or (scanned.text.isdecimal() and len(scanned.text) >= _CODE_LEAST)
        if self._take(scanned) or coded:
            self.escape()

    def press(self, action: str) -> None:
        """Take a function key."""
        clearing, self._clearing = self._clearing, False
        match action:
            case "find" if not self.till.dead:
                self.query, self.finding, self.found = "", True, []
            case "remove" if not self.till.dead:
                self._remove()
            case "clear" if not self.till.dead:
                self._clear(sure=clearing)
            case _:
                super().press(action)

    # --- goods -----------------------------------------------------------------------------------------

    def lacking(self, line: OpenLine) -> int:
        """Return how many boxes of a line still want their traceability code."""
        return boxes(line) - len(line.goods.drug_trac_codg) if self._wants_codes(line) else 0

    def _wants_codes(self, line: OpenLine) -> bool:
        return bool(line.goods.drug_trac_codg) or self.till.shelf.wants_code(line.goods.medins_list_codg)

    def _take(self, scanned: Scanned) -> bool:  # noqa: PLR0911 - one line a word of the scan line
        match scanned.kind:
            case "trace":
                return self._trace(scanned.text)
            case "percent":
                return self._charge(scanned.text)
            case "off":
                return self._discount(off_fen=parse_yuan(scanned.text))
            case "round":
                step = 10 if scanned.text == "=" else 100
                return self._rounded(1 if self.till.bill.cash_step_fen == step else step)
            case "prescription":
                return self._changed(self.till.bill.prescribe(scanned.text))
            case "papers":
                return self._show_papers()
            case "lot":
                return self._lot(scanned.text)
            case "slip":
                self.till.order(Later(scanned.text))
                return True
            case "search":
                return self._add(scanned)

    def _rounded(self, step_fen: int) -> bool:
        changed = self._changed(self.till.bill.round_cash(step_fen))
        unit = {10: tr("to the jiao"), 100: tr("to the yuan")}.get(step_fen, "")
        self.till.say("notice", tr("The cash is rounded down {unit}").format(unit=unit) if unit else tr("The cash is not rounded"))
        return changed

    def _add(self, scanned: Scanned) -> bool:
        shelf = self.till.shelf
        item = shelf.scanned(scanned.text)
        if item is None and self.found:
            item = self.found[self.found_focus]
        if item is None and shelf.damaged is not None:
            self.till.refuse(shelf.damaged)
            return False
        if item is None:
            nothing = tr("Nothing found: initials, name, code or bar code")
            self.till.say("attention", nothing if shelf.stocked else tr("There is no catalogue: yibao catalogue import FILE.csv"))
            return False
        try:
            quantity_e4 = parse_scaled(scanned.quantity, 4)
        except ValueError:
            return False
        return self._put(item, quantity_e4)

    def _requantify(self, scanned: Scanned) -> None:
        """Set how many of the focused line: a quantity stands alone in the scan line."""
        if self.till.bill.empty or not normal(self.query).strip():
            return
        line = self.till.bill.lines[self.till.focus]
        if self._changed(self.till.bill.set_quantity(line.sn, parse_scaled(scanned.quantity, 4))):
            self.escape()

    def _put(self, item: Item, cnt_e4: int) -> bool:
        before = self.till.bill
        added = self._changed(before.add(line_of(item, feedetl_sn="0", cnt_e4=cnt_e4)))
        if added:
            places = [place for place, line in enumerate(self.till.bill.lines) if line not in before.lines]
            self.till.focus = places[-1] if places else len(self.till.bill.lines) - 1
            self.till.say("ok", f"{item.name} {format_yuan(self.till.bill.lines[self.till.focus].line.det_item_fee_sumamt)}")
        return added

    def _trace(self, code: str) -> bool:
        """Put a box's code on its line; the code alone names the product, so it also opens the line.

        Whether the box was sold before says the desk, as soon as it has the bill.
        One that the catalogue does not know is of the focused line, if boxes of those goods have codes.
        """
        item = self.till.shelf.traced(code)
        for place, line in enumerate(self.till.bill.lines):
            if item is not None and line.goods.medins_list_codg == item.code and len(line.goods.drug_trac_codg) < boxes(line):
                self.till.focus = place
                return self._changed(self.till.bill.attach(line.sn, code))
        if item is not None:
            known = {one for line in self.till.bill.lines for one in line.goods.drug_trac_codg}
            if code not in known and not self._put(item, _ONE_E4):
                return False
        if self.till.bill.empty or (item is None and not self._wants_codes(self.till.bill.lines[self.till.focus])):
            self.till.say("attention", tr("No goods of this traceability code"))
            return False
        return self._changed(self.till.bill.attach(self.till.bill.lines[self.till.focus].sn, code))

    def _show_papers(self) -> bool:
        if not self.till.bill.empty:
            self.open_papers()
        return not self.till.bill.empty

    def open_papers(self) -> None:
        """Have the prescription, its review and a proxy buyer entered."""
        self.escape()
        self.till.enter(PapersMode(self.till))

    def lacks_papers(self) -> Refusal | None:
        """Return what the drugs of the bill still ask for, as far as the screen can tell: whom a prescription must name the desk knows."""
        till = self.till
        if till.place is None or not isinstance(till.policy, Policy):
            return None
        somebody = Insured(certno=till.person.certno) if till.person is not None and till.settles_by_card() else NOBODY
        bill = till.bill.bill(till.place, f"{till.status.now}:00")
        return drugs.refusal(bill, till.bill.papers, till.policy.drugs, insured=somebody, today=till.status.now[:10])

    def _lot(self, text: str) -> bool:
        """Say of which batch the focused line is: the catalogue has one batch of an item, the shelf may have more."""
        if self.till.bill.empty:
            return False
        line = self.till.bill.lines[self.till.focus]
        lot, slash, day = text.rpartition("/")
        expiry = last_day(day) if slash else ""
        if not expiry:
            lot = text
        item = self.till.shelf.scanned(line.goods.medins_list_codg)
        if not expiry and item is not None and item.manu_lotnum == lot:
            expiry = item.expy_end
        return self._changed(self.till.bill.relot(line.sn, lot, expiry))

    def _charge(self, percent: str) -> bool:
        if self.till.bill.empty:
            return False
        if percent.isdecimal() and int(percent):
            return self._discount(percent=int(percent))
        full_fen = self.till.bill.lines[self.till.focus].goods.det_item_fee_sumamt
        return self._changed(Refusal(DISCOUNT_RANGE, {"discount": percent, "amount": format_yuan(full_fen)}))

    def _discount(self, *, percent: int = 0, off_fen: int = 0) -> bool:
        if self.till.bill.empty:
            return False
        line = self.till.bill.lines[self.till.focus]
        return self._changed(self.till.bill.discount(line.sn, percent=percent, off_fen=off_fen))

    def _remove(self) -> None:
        if self.till.bill.empty:
            return
        line = self.till.bill.lines[self.till.focus]
        self._changed(self.till.bill.remove(line.sn))
        self.till.say("dim", tr("Removed: {goods}").format(goods=line.goods.name))

    def _clear(self, *, sure: bool) -> None:
        if self.till.bill.empty:
            self.escape()
        elif sure:
            self._changed(OpenBill(draft=self.till.bill.draft, next_sn=self.till.bill.next_sn))
            self.till.say("dim", tr("Bill cleared"))
        else:
            self._clearing = True
            self.till.say("attention", tr("F4 again clears the whole bill"))

    def _changed(self, bill: OpenBill | Refusal) -> bool:
        if isinstance(bill, Refusal):
            self.till.refuse(bill)
            return False
        self.till.change(bill)
        return True


def boxes(line: OpenLine) -> int:
    """Return how many boxes a line is: a part of a box is of one box."""
    return -(-line.goods.cnt_e4 // _ONE_E4)
