"""Bills, benefits and policies for the tests of the split: a plain area whose every value is stated here."""

from __future__ import annotations

from settlement.bill import Benefit, Bill, Line, Split, Venue
from settlement.policy import COSTS, Policy
from settlement.rule import UNLIMITED_FEN, Choice, Mark, Rule
from settlement.split import price

SAID = Mark(key="said", status="confirmed", source="test")
WORDS = {
    "segments": "deductible shared above_ceiling",
    "account_order": "current",
    "deductible_basis": "annual",
    "deductible_pot": "single",
    "ceiling_basis": "fund_annual",
    "band_basis": "none",
    "first_pay_on": "capped",
    "mixed_ratios": "none",
    "rounding": "fund_half_up",
    "fund_includes_account": "no",
}
"""The plain area's choices."""
DRUG, SOAP = "国药准字", "日用品"


def rule(value: int | None, key: str = "said", **members: object) -> Rule:
    """Return a row that says ``value``."""
    return Rule(value=value, mark=Mark(key=key, status="confirmed", source="test"), **members)  # type: ignore[arg-type]


def policy(**members: object) -> Policy:
    """Return an area with deductible 700, ratio 80 %, ceiling 3500, the account open to every cost, and drugs permitted."""
    word = {name: Choice(value=value, mark=SAID) for name, value in WORDS.items()}
    standard: dict[str, object] = {
        "admdvs": "990900",
        "name": "测试",
        "effective": "2023-01-01",
        "invented": False,
        **word,
        "pooling": (rule(1, "pooling"),),
        "deductible": (rule(700_00, "deductible"),),
        "ratio": (rule(8000, "ratio"),),
        "ceiling": (rule(3500_00, "ceiling"),),
        "account": tuple(rule(1, f"account({cost})", about=cost) for cost in COSTS),
        "goods": (rule(1, "goods", about=DRUG), rule(0, "goods", about=SOAP, words_zh="第一条", words_en="article 1")),
        "offline_account": "forbidden",
        "offline_account_limit_fen": 0,
        "allowance_days": 0,
        "floor_limit_fen": 0,
        "floor_limit_stale_fen": 0,
        "hotlist_soft_h": 24,
        "hotlist_refuse_h": 72,
        "doubt_days": 30,
        "later_settlement_days": 0,
        "pin_required_at": (),
        "certificates": ("03",),
    }
    return Policy(**{**standard, **members})  # type: ignore[arg-type]


def line(number: int = 1, **members: object) -> Line:
    """Return a class-A drug of 10 yuan."""
    standard: dict[str, object] = {
        "feedetl_sn": str(number),
        "medins_list_codg": f"D{number}",
        "name": "药",
        "cnt_e4": 1_0000,
        "pric_e6": 10_000_000,
        "chrgitm_lv": "01",
        "goods_kind": DRUG,
    }
    return Line(**{**standard, **members})  # type: ignore[arg-type]


def bill(*lines: Line, in_scope_fen: int | None = None, **members: object) -> Bill:
    """Return a bill of a level-1 hospital, of lines or of a bare total."""
    standard: dict[str, object] = {
        "admdvs": "990900",
        "begntime": "2023-06-01 10:00:00",
        "venue": Venue.HOSPITAL,
        "hosp_lv": "1",
        "med_type": "11",
        "lines": lines,
        "inscp_scp_amt": in_scope_fen,
    }
    return Bill(**{**standard, **members})  # type: ignore[arg-type]


def benefit(**members: object) -> Benefit:
    """Return a person in service who has used nothing and has no account money."""
    standard: dict[str, object] = {"psn_type": "11", "deductible_used_fen": 0, "fund_paid_fen": 0, "account_fen": 0}
    return Benefit(**{**standard, **members})  # type: ignore[arg-type]


def split(priced: Bill, under: Policy | None = None, who: Benefit | None = None, *, use_account: bool = True) -> Split:
    """Price a bill that must be priced."""
    outcome = price(priced, under or policy(), who or benefit(), use_account=use_account)
    assert isinstance(outcome, Split), outcome
    return outcome


UNLIMITED = (rule(UNLIMITED_FEN, "ceiling"),)
