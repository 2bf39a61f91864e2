"""Goods and a place for the tests of bills, and what a change of a bill must come to."""

from __future__ import annotations

from settlement.bill import Line, Venue
from settlement.errors import Refusal
from terminal.open_bill import OpenBill

AT = "2026-03-02 09:00:00"
DRUG = Line(
    feedetl_sn="", medins_list_codg="A001", name="演示片", cnt_e4=1_0000, pric_e6=12_350_000, chrgitm_lv="01", goods_kind="国药准字"
)
CODE, CODE_2 = "81000000000000000001", "81000000000000000002"


class Pharmacy:
    """A counter's place."""

    admdvs = "990900"
    venue = Venue.PHARMACY
    hosp_lv = ""


def never(code: str) -> str:
    """Nothing was sold here."""
    del code
    return ""


def made(changed: OpenBill | Refusal) -> OpenBill:
    """Return the bill of a change that must go through."""
    assert isinstance(changed, OpenBill), changed
    return changed


def why(changed: OpenBill | Refusal | None) -> str:
    """Return the code of a change that must be refused."""
    assert isinstance(changed, Refusal), changed
    assert "{" not in changed.say("zh") + changed.say("en")
    return changed.code
