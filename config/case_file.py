"""One case file → bills that can be priced, what stood before, and what the case expects (``docs/case-format.md``)."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from config import case_words as read
from config.reading import Cure, FileFault, Table, fault_phrase, load
from settlement.bill import Benefit, Bill, Line, Venue
from settlement.figures import Figures
from settlement.money import RATIO_ONE, divide_half_up, format_yuan, line_amount
from settlement.split import MED_TYPES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

SYNONYMS = {
    "region": "admdvs",
    "area": "admdvs",
    "begntime": "date",
    "insured_area": "insuplc_admdvs",
    "insured": "insuplc_admdvs",
    "chrgitm_lv": "class",
    "insutype": "scheme",
    "person": "psn_type",
    "person_type": "psn_type",
    "hosp_lv": "level",
    "acct_used_flag": "use_account",
    "rxno": "prescription",
    "inscp_scp_amt": "in_scope",
    "lines": "line",
    "visits": "visit",
    "state": "before",
    "state_before": "before",
}
BEFORE_SYNONYMS = {
    "fund_paid_ytd": "fund_paid",
    "account_balance": "account",
    "balance": "account",
    "balc": "account",
    "current_account": "account",
    "past_account": "past",
    "mutual_aid": "mutual",
}
LINE_SYNONYMS = {
    "feedetl_sn": "id",
    "medins_list_codg": "code",
    "goods_kind": "kind",
    "chrgitm_lv": "class",
    "cnt": "quantity",
    "pric": "price",
    "det_item_fee_sumamt": "amount",
    "pric_uplmt_amt": "price_limit",
    "payment_standard": "price_limit",
    "selfpay_prop": "first_pay_ratio",
    "rxno": "prescription",
}
EXPECTED = (*(field.name for field in fields(Figures)), "cash_due", "outside", "refusal")
"""What a case may expect: national names, the cash in all, what left the claim, or the code of a refusal."""
_NO_LIMIT_E6 = 999_999 * 10**6
"""How the wire says that a line has no price limit."""
_FEN_TO_PRICE = 10**8


class CaseMalformed(FileFault):
    """A case file that cannot be priced: ``file``, ``key``, ``cure_zh``, ``cure_en``."""

    phrase = fault_phrase("CASE-MALFORMED", "案例文件", "Case file")


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One bill of a case. Its ``admdvs`` is empty where the case leaves the area to the pack given."""

    bill: Bill
    insuplc_admdvs: str
    """Where the person is insured; empty = where the bill is made."""
    use_account: bool
    expect: Mapping[str, int | str]
    """Fen, ratio in 10⁻⁴ or the code of a refusal, by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One person's visits in order, and what stood before the first."""

    file: str
    title: str
    pack: Path | None
    """The pack that the case itself names, relative to its file: that of the insured place."""
    catalogue: Path | None
    """That of the place of care, where it is another one."""
    benefit: Benefit
    visits: tuple[Visit, ...]


def read_case(path: Path) -> Case:
    """Return the case. Raises :class:`CaseMalformed` naming file, key and cure."""
    top = load(path, CaseMalformed, path.name, SYNONYMS)
    title = top.take("title", read.words, "")
    pack, catalogue = top.take("pack", read.words, ""), top.take("catalogue", read.words, "")
    _note_source(top.table("source"))
    area = top.take("admdvs", read.area, ""), top.take("insuplc_admdvs", read.area, "")
    insutype = top.need("scheme", read.scheme)
    benefit = _benefit(top)
    place = _place(top, {})
    rows = top.tables("visit", SYNONYMS)
    if rows:
        top.close()
    visits = []
    for table in rows or [top]:
        visits.append(_visit(table, area, insutype, _place(table, place) if rows else place))
        table.close()
    if len({visit.bill.begntime[:4] for visit in visits}) > 1:
        top.reject(
            "visit", Cure("一个案例只能在同一年内：限额和起付按年累计。", "One case is one year: deductible and ceiling are annual.")
        )
    return Case(
        file=path.name,
        title=title,
        pack=path.parent / pack if pack else None,
        catalogue=path.parent / catalogue if catalogue else None,
        benefit=benefit,
        visits=tuple(visits),
    )


def _note_source(table: Table) -> None:
    """Accept where a case comes from; nothing is computed from it."""
    for key in ("id", "authority", "document", "grade", "year", "note"):
        table.take(key, read.words, "")
    table.close()


def _benefit(top: Table) -> Benefit:
    psn_type, age = top.need("psn_type", read.psn_type), top.take("age", read.age, absent=None)
    before = top.table("before", BEFORE_SYNONYMS)
    benefit = Benefit(
        psn_type=psn_type,
        deductible_used_fen=before.take("deductible_used", read.yuan, 0),
        fund_paid_fen=before.take("fund_paid", read.yuan, 0),
        account_fen=before.take("account", read.balance, 0),
        past_fen=before.take("past", read.yuan, 0),
        mutual_fen=before.take("mutual", read.yuan, 0),
        age=age,
        conditions=top.take("person_conditions", read.conditions, ()),
        suspended=top.take("suspended", read.yes, absent=False),
        deductible_used_at=before.take("deductible_used_at", read.amounts, ()),
        scope_used_fen=before.take("scope_used", read.yuan, 0),
        shared_used_fen=before.take("shared_used", read.yuan, 0),
        month_fund_paid_fen=before.take("month_fund_paid", read.yuan, 0),
        month_scope_used_fen=before.take("month_scope_used", read.yuan, 0),
        paid_toward=before.take("paid_toward", read.amounts, ()),
    )
    before.close()
    return benefit


def _place(table: Table, inherited: Mapping[str, Any]) -> dict[str, Any]:
    """Return when and where a bill was made; a visit inherits from the case what it does not say."""
    read_by: dict[str, Callable[[Any], Any]] = {
        "date": read.moment,
        "venue": read.venue,
        "level": read.level,
        "med_type": read.med_type,
        "use_account": read.yes,
        "prescription": read.prescription,
        "rx_level": read.level,
        "class": read.charge_class,
        "conditions": read.conditions,
    }
    return {key: table.take(key, convert, inherited.get(key)) for key, convert in read_by.items()}


def _visit(table: Table, area: tuple[str, str], insutype: str, place: Mapping[str, Any]) -> Visit:
    if place["venue"] is None:
        table.reject("venue", Cure("补上这一项。", "Add it."))
    venue = Venue(place["venue"])
    if venue is Venue.PHARMACY and place["level"]:
        table.reject("level", Cure("药店没有级别，删去它。", "A pharmacy has no level: remove it."))
    rows = table.tables("line", LINE_SYNONYMS)
    if bool(rows) == ("in_scope" in table):
        table.reject("in_scope", Cure("in_scope 和 [[line]] 二者给一。", "Give either in_scope or [[line]] rows, not both."))
    bill = Bill(
        admdvs=area[0],
        begntime=place["date"] or "",
        venue=venue,
        hosp_lv=place["level"] or "",
        insutype=insutype,
        med_type=place["med_type"] or MED_TYPES[venue],
        lines=tuple(_line(row, number, place["prescription"] or "") for number, row in enumerate(rows, 1)),
        inscp_scp_amt=table.take("in_scope", read.yuan, absent=None),
        rxno="" if rows else place["prescription"] or "",
        rx_level=place["rx_level"] or "",
        chrgitm_lv="" if rows else place["class"] or "",
        conditions=place["conditions"] or (),
    )
    return Visit(bill=bill, insuplc_admdvs=area[1], use_account=place["use_account"] is not False, expect=_expected(table.table("expect")))


def _expected(table: Table) -> dict[str, int | str]:
    read_by: dict[str, Callable[[Any], Any]] = {"refusal": read.words, "pool_prop_selfpay": read.ratio, "balc": read.balance}
    found = {key: table.take(key, read_by.get(key, read.yuan), absent=None) for key in EXPECTED}
    table.close()
    return {key: value for key, value in found.items() if value is not None}


def _line(row: Table, number: int, prescription: str) -> Line:
    charge_class = row.need("class", read.charge_class)
    if charge_class == "02" and "first_pay_ratio" not in row:
        row.reject("first_pay_ratio", Cure("乙类要写先行自付比例。", "A class-B line states its first-pay ratio."))
    cnt_e4 = row.take("quantity", read.quantity, RATIO_ONE)
    limit_e6 = row.take("price_limit", read.unit_price, absent=None)
    line = Line(
        feedetl_sn=row.take("id", read.words, str(number)),
        medins_list_codg=row.take("code", read.words, ""),
        med_list_codg=row.take("med_list_codg", read.words, ""),
        name=row.take("name", read.words, f"第 {number} 行"),
        cnt_e4=cnt_e4,
        pric_e6=_price(row, cnt_e4),
        chrgitm_lv=charge_class,
        selfpay_prop_e4=row.take("first_pay_ratio", read.ratio, 0),
        pric_uplmt_e6=None if limit_e6 == _NO_LIMIT_E6 else limit_e6,
        goods_kind=row.need("kind", read.goods_kind),
        rxno=row.take("prescription", read.prescription, prescription),
        conditions=row.take("conditions", read.conditions, ()),
        controls=row.take("controls", read.controls, ()),
    )
    row.close()
    return line


def _price(row: Table, cnt_e4: int) -> int:
    """Return the unit price in 10⁻⁶ yuan, from ``price`` or from ``amount``; the amount must come out of it."""
    price_e6 = row.take("price", read.unit_price, absent=None)
    amount_fen = row.take("amount", read.yuan, absent=None)
    if price_e6 is None:
        if amount_fen is None:
            row.reject("price", Cure("写 price 或 amount。", "Give price or amount."))
        price_e6 = divide_half_up(amount_fen * _FEN_TO_PRICE, cnt_e4)
    if amount_fen is not None and line_amount(cnt_e4, price_e6) != amount_fen:
        worked_out = format_yuan(line_amount(cnt_e4, price_e6))
        row.reject(
            "amount", Cure(f"price × quantity = {worked_out}，与 amount 不符。", f"price × quantity = {worked_out}, which is not amount.")
        )
    return price_e6


def lines_of(rows: list[dict[str, Any]], *, file: str = "bill") -> tuple[Line, ...]:
    """Return bill lines given as objects with the keys of a case's ``[[line]]``. Raises :class:`CaseMalformed`."""
    tables = (
        Table(row, file=file, fault=CaseMalformed, at=f"line[{number}]", synonyms=LINE_SYNONYMS) for number, row in enumerate(rows, 1)
    )
    return tuple(_line(table, number, "") for number, table in enumerate(tables, 1))
