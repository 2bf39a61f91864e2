"""The bill that is being made (未完单), as a value: what scans and keys do to it before anything is settled.

Every change gives the next bill, or the reason why not. The price of a line is chosen so that price times quantity
(identity H) is exactly the amount that was promised; what no price of six decimals can give is refused. A line keeps
its number when others go, and no number is used twice: the centre's answer is joined by it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any, Protocol

from offline_queue.registry import Offer, lines_of
from settlement.bill import RX, SCHEME, Bill, Line, Venue
from settlement.drugs import NO_PAPERS, Papers, papers_of
from settlement.errors import ProtocolMisuse, Refusal
from settlement.facts import line_of
from settlement.money import divide_half_up, format_scaled, format_yuan, line_amount, share
from settlement.rule import REGISTRATION
from settlement.split import MED_TYPES
from settlement.visit import Department, Doctor
from terminal import bill_refusals as refusals
from terminal.open_visit import Ordered, Registering, ordered_of, registering_of

Json = dict[str, Any]
Sold = Callable[[str], str]
"""Says where a traceability code was sold at this till; empty when it was not."""

_ONE_E4 = 10_000
_QUANTITY_MOST_E4 = 99_999 * _ONE_E4
"""More than a counter sells of anything, and less than a bar code."""
_PERCENT_E4 = 100
_DISCOUNTS = range(1, 100)
_FEN_TO_PRICE = 10**8
_STEPS = (1, 10, 100)
_CODE_MOST = 30
_CODE = re.compile(rf"[0-9A-Za-z]{{1,{_CODE_MOST}}}", re.ASCII)
_RXNO_MOST = 40
_LOT_MOST = 40


class Place(Protocol):
    """Where a bill is made: the counter's settings."""

    @property
    def admdvs(self) -> str:
        """Pooling area."""

    @property
    def venue(self) -> Venue:
        """What the institution is."""

    @property
    def hosp_lv(self) -> str:
        """Its level; empty at a pharmacy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenLine:
    """One line that is being made."""

    goods: Line
    """As it comes from the shelf, with quantity and codes, before a discount."""
    percent: int = 0
    """What is charged, in hundredths: 90 = 九折; 0 = no such discount."""
    off_fen: int = 0
    """Taken off the whole line; 0 = no such discount."""
    pric_e6: int
    """The unit price that is charged."""

    @property
    def sn(self) -> str:
        """Its number on the bill, ``feedetl_sn``."""
        return self.goods.feedetl_sn

    @property
    def discounted(self) -> bool:
        """Whether less is charged than the shelf says."""
        return bool(self.percent or self.off_fen)

    @property
    def line(self) -> Line:
        """The line as it is charged."""
        if not self.discounted:
            return self.goods
        return replace(self.goods, pric_e6=self.pric_e6, full_pric_e6=self.goods.full_pric_e6 or self.goods.pric_e6)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenBill:
    """The bill on the screen. ``draft`` names it until its sale is done (:mod:`terminal.drafts`)."""

    draft: str = ""
    lines: tuple[OpenLine, ...] = ()
    next_sn: int = 1
    cash_step_fen: int = 1
    rxno: str = ""
    """Prescription for every line that has none of its own."""
    papers: Papers = NO_PAPERS
    """What was seen for its drugs."""
    handed_in: str = ""
    """The number under which another program handed it in (:mod:`terminal.handed_in`); empty when it was made here."""
    registering: Registering | None = None
    """The visit that its settlement opens; None at a counter of goods, and of an order."""
    ordered: Ordered | None = None
    """The visit that it charges."""

    # --- lines -----------------------------------------------------------------------------------------

    def add(self, goods: Line) -> OpenBill | Refusal:
        """Add ``goods``, as many as their quantity says: to a line of the same goods when there is one, else as a line of its own.

        Codes are attached afterwards, one by one.
        """
        if goods.drug_trac_codg:
            message = "goods from the shelf carry no code yet"
            raise ProtocolMisuse(message)
        for one in self.lines:
            if _same_goods(one.goods, goods):
                more = replace(one.goods, cnt_e4=one.goods.cnt_e4 + goods.cnt_e4)
                return self._changed(one, more)
        refusal = _quantity_refused(goods)
        if refusal is not None:
            return refusal
        named = replace(goods, feedetl_sn=str(self.next_sn))
        return replace(self, lines=(*self.lines, OpenLine(goods=named, pric_e6=named.pric_e6)), next_sn=self.next_sn + 1)

    def remove(self, sn: str) -> OpenBill:
        """Take a line off the bill, with its codes."""
        gone = self._line(sn)
        return replace(self, lines=tuple(one for one in self.lines if one is not gone))

    def set_quantity(self, sn: str, cnt_e4: int) -> OpenBill | Refusal:
        """Set how many; a discount stays what was promised, per piece or off the line."""
        one = self._line(sn)
        return self._changed(one, replace(one.goods, cnt_e4=cnt_e4))

    # --- discounts ---------------------------------------------------------------------------------------

    def discount(self, sn: str, *, percent: int = 0, off_fen: int = 0) -> OpenBill | Refusal:
        """Charge ``percent`` hundredths of a line (90 = 九折) or take ``off_fen`` off it; neither takes its discount away."""
        one = self._line(sn)
        return self._discounted(replace(one, percent=percent, off_fen=off_fen))

    def round_cash(self, step_fen: int) -> OpenBill | Refusal:
        """Round the cash of the whole bill down (抹零) to the jiao (10) or the yuan (100); 1 = not at all. No claim changes."""
        if step_fen not in _STEPS:
            return Refusal(refusals.CASH_STEP, {"step": str(step_fen)})
        return replace(self, cash_step_fen=step_fen)

    # --- traceability codes and prescription -------------------------------------------------------------

    def attach(self, sn: str, code: str) -> OpenBill | Refusal:
        """Attach the code of one box to its line. Whether the box was sold before is asked by :meth:`sold_meanwhile`."""
        one = self._line(sn)
        if _CODE.fullmatch(code) is None:
            return Refusal(refusals.CODE_FORM, {"traced": code[:_CODE_MOST], "most": str(_CODE_MOST)})
        for other in self.lines:
            if code in other.goods.drug_trac_codg:
                return Refusal(refusals.CODE_TWICE, {"traced": code, "goods": other.goods.name})
        if len(one.goods.drug_trac_codg) >= _boxes(one.goods.cnt_e4):
            return Refusal(refusals.CODE_TOO_MANY, {"goods": one.goods.name, "quantity": _quantity(one.goods.cnt_e4)})
        return self._with(one, replace(one, goods=replace(one.goods, drug_trac_codg=(*one.goods.drug_trac_codg, code))))

    def detach(self, code: str) -> OpenBill:
        """Take a code off the bill; one that is not on it changes nothing."""
        lines = (replace(one, goods=replace(one.goods, drug_trac_codg=_without(one.goods.drug_trac_codg, code))) for one in self.lines)
        return replace(self, lines=tuple(lines))

    def sold_meanwhile(self, sold: Sold) -> Refusal | None:
        """Return which code was sold before: when it was attached, or while the bill was held or the till closed; None when none was."""
        for code in (code for one in self.lines for code in one.goods.drug_trac_codg):
            where = sold(code)
            if where:
                return Refusal(refusals.CODE_SOLD, {"traced": code, "where": where})
        return None

    def relot(self, sn: str, lot: str, expy_end: str) -> OpenBill | Refusal:
        """Set the batch of a line, and its last day of use (ISO; empty: not known): the shelf may hold other boxes than the catalogue."""
        if not 0 < len(lot) <= _LOT_MOST or any(character.isspace() or not character.isprintable() for character in lot):
            return Refusal(refusals.LOT, {"lot": lot[:_LOT_MOST], "most": str(_LOT_MOST)})
        one = self._line(sn)
        return self._with(one, replace(one, goods=replace(one.goods, manu_lotnum=lot, expy_end=expy_end)))

    def prescribe(self, rxno: str) -> OpenBill | Refusal:
        """Set the number of the prescription that the bill is sold on; empty takes it away."""
        if len(rxno) > _RXNO_MOST or any(character.isspace() or not character.isprintable() for character in rxno):
            return Refusal(refusals.PRESCRIPTION, {"rxno": rxno[:_RXNO_MOST], "most": str(_RXNO_MOST)})
        return replace(self, rxno=rxno)

    def show_papers(self, papers: Papers) -> OpenBill:
        """Take note of what was seen for its drugs. Whether it is enough says :func:`settlement.drugs.refusal`."""
        return replace(self, papers=papers)

    # --- what it comes to --------------------------------------------------------------------------------

    @property
    def empty(self) -> bool:
        """Whether nothing is on it."""
        return not self.lines

    @property
    def total_fen(self) -> int:
        """What is charged."""
        return sum(one.line.det_item_fee_sumamt for one in self.lines)

    @property
    def label(self) -> str:
        """What a person recognises it by: its first goods, how many lines more, its amount."""
        if not self.lines:
            return ""
        more = f" +{len(self.lines) - 1}" if len(self.lines) > 1 else ""
        return f"{self.lines[0].goods.name}{more} {format_yuan(self.total_fen)}"

    def bill(self, place: Place, at: str, insutype: str = SCHEME) -> Bill:
        """Return the bill made at ``place`` at the time ``at`` (``yyyy-MM-dd HH:mm:ss``): what is priced and settled.

        ``insutype`` is the scheme of who pays; an order that names one goes by its own.
        """
        lines = (self._prescribed(one.line) for one in self.lines)
        return Bill(
            admdvs=place.admdvs,
            begntime=at,
            venue=place.venue,
            hosp_lv=place.hosp_lv,
            insutype=(self.ordered.insutype if self.ordered else "") or insutype,
            med_type=self._med_type(place.venue),
            lines=tuple(lines),
            cash_step_fen=self.cash_step_fen,
        )

    def body(self) -> Json:
        """Return it JSON-ready."""
        return asdict(self)

    # --- inside ------------------------------------------------------------------------------------------

    def _prescribed(self, line: Line) -> Line:
        """Return the line with what its prescription says."""
        seen = self.papers.prescription if RX in line.controls else None
        numbered = replace(line, rxno=line.rxno or self.rxno)
        return numbered if seen is None else replace(numbered, prd_days=seen.supply_days, bilg_dr_name=seen.doctor)

    def _med_type(self, venue: Venue) -> str:
        if self.registering is not None:
            return REGISTRATION
        return self.ordered.med_type if self.ordered is not None else MED_TYPES[venue]

    def _line(self, sn: str) -> OpenLine:
        for one in self.lines:
            if one.sn == sn:
                return one
        message = f"no line {sn} on the bill"
        raise ProtocolMisuse(message)

    def _with(self, old: OpenLine, new: OpenLine) -> OpenBill:
        return replace(self, lines=tuple(new if one is old else one for one in self.lines))

    def _changed(self, old: OpenLine, goods: Line) -> OpenBill | Refusal:
        refusal = _quantity_refused(goods)
        return refusal if refusal is not None else self._discounted(replace(old, goods=goods))

    def _discounted(self, new: OpenLine) -> OpenBill | Refusal:
        pric_e6 = _charged(new)
        return pric_e6 if isinstance(pric_e6, Refusal) else self._with(self._line(new.sn), replace(new, pric_e6=pric_e6))


def taken_over(lines: tuple[Line, ...], *, draft: str) -> OpenBill:
    """Return the bill of lines that another program made: each stands as it was given, under its own number."""
    numbers = (int(line.feedetl_sn) for line in lines if line.feedetl_sn.isdecimal())
    opened = tuple(OpenLine(goods=line, pric_e6=line.pric_e6) for line in lines)
    return OpenBill(draft=draft, lines=opened, next_sn=max(numbers, default=0) + 1)


def registration_of(offer: Offer, *, draft: str) -> OpenBill:
    """Return the bill that registers a visit: the fees of what a doctor offers."""
    department = Department(code=offer.department.dept_code, name=offer.department.dept_name, caty=offer.department.caty)
    doctor = Doctor(code=offer.atddr_no, name=offer.dr_name)
    registering = Registering(department=department, doctor=doctor, fee_class=offer.fee_class)
    return replace(taken_over(lines_of(offer), draft=draft), registering=registering)


def open_bill_of(body: Json) -> OpenBill:
    """Return the bill that :meth:`OpenBill.body` wrote."""
    visit = {"registering": registering_of(body.get("registering")), "ordered": ordered_of(body.get("ordered"))}
    papers = papers_of(body.get("papers"))
    return OpenBill(**{**body, "lines": tuple(_line_of(line) for line in body["lines"]), "papers": papers, **visit})


def _line_of(body: Json) -> OpenLine:
    goods = line_of(body["goods"])
    return OpenLine(**{**body, "goods": goods})


def _charged(one: OpenLine) -> int | Refusal:
    """Return the unit price that makes price times quantity exactly the amount promised."""
    goods, full_fen = one.goods, one.goods.det_item_fee_sumamt
    if not one.discounted:
        return goods.pric_e6
    promised_fen = share(full_fen, one.percent * _PERCENT_E4) if one.percent else full_fen - one.off_fen
    fits = one.percent in _DISCOUNTS and not one.off_fen if one.percent else one.off_fen > 0
    if not fits or not 0 < promised_fen < full_fen:
        discount = str(one.percent) if one.percent else format_yuan(one.off_fen)
        return Refusal(refusals.DISCOUNT_RANGE, {"discount": discount, "amount": format_yuan(full_fen)})
    # A rate of the shelf price where that comes out; else the price nearest to an equal part of the amount.
    of_price, rest = divmod(goods.pric_e6 * one.percent, 100)
    equal_part = divide_half_up(promised_fen * _FEN_TO_PRICE, goods.cnt_e4)
    for pric_e6 in ([of_price] if one.percent and not rest else []) + [equal_part]:
        if line_amount(goods.cnt_e4, pric_e6) == promised_fen:
            return pric_e6
    return Refusal(refusals.DISCOUNT_INEXACT, {"quantity": _quantity(goods.cnt_e4), "amount": format_yuan(promised_fen)})


def _quantity_refused(goods: Line) -> Refusal | None:
    if not 0 < goods.cnt_e4 <= _QUANTITY_MOST_E4:
        return Refusal(refusals.QUANTITY, {"quantity": _quantity(goods.cnt_e4), "most": _quantity(_QUANTITY_MOST_E4)})
    codes = len(goods.drug_trac_codg)
    if codes > _boxes(goods.cnt_e4):
        return Refusal(refusals.QUANTITY_CODES, {"quantity": _quantity(goods.cnt_e4), "codes": str(codes)})
    return None


def _same_goods(one: Line, other: Line) -> bool:
    return _shelf(one) == _shelf(other)


def _shelf(line: Line) -> Line:
    return replace(line, feedetl_sn="", cnt_e4=0, drug_trac_codg=())


def _boxes(cnt_e4: int) -> int:
    """Return how many boxes a quantity is taken from: a part of a box is of one box."""
    return -(-cnt_e4 // _ONE_E4)


def _without(codes: tuple[str, ...], code: str) -> tuple[str, ...]:
    return tuple(one for one in codes if one != code)


def _quantity(cnt_e4: int) -> str:
    return format_scaled(cnt_e4, 4).rstrip("0").rstrip(".")
