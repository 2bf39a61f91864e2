"""Offers for the tests, files as a clinic would export them, and what a query must find written a second time."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from offline_queue.registry import Department, Fee, HalfDay, Offer, Registry
from offline_queue.registry.building import replace_registry
from tests.goods.shelf import spellings

HEADER = "科室编码,科室名称,科别,医师编码,医师姓名,号别,挂号费,诊察费,诊察费医保编码,医保等级"
LINE = "K01,内科,A03,D01,演示医师甲,普通,0,9.00,YSZ1,甲"
AT = "2026-03-02 09:00:00"
INTERNAL = Department("K01", "内科", "A03")


def fee(fee_fen: int = 900, **more: Any) -> Fee:  # noqa: ANN401 - any field
    """Return one fee."""
    plain = {"medins_list_codg": "YSZ1", "med_list_codg": "YSZ1", "chrgitm_lv": "01", "selfpay_prop_e4": 0, "goods_kind": "医疗服务"}
    return Fee(**{"fee_fen": fee_fen, **plain, **more})


def offer(**more: Any) -> Offer:  # noqa: ANN401 - any field
    """Return one offer: that of :data:`LINE`."""
    plain = {"atddr_no": "D01", "dr_name": "演示医师甲", "fee_class": "普通", "registration": None, "consultation": fee()}
    return Offer(**{"department": INTERNAL, **plain, **more})


def departments_of(*names: str) -> list[Offer]:
    """Return one offer in each of these departments, in this order."""
    return [offer(department=Department(f"K{number:02d}", name, "A03")) for number, name in enumerate(names, 1)]


def registry_of(directory: Path, offers: Iterable[Offer]) -> Registry:
    """Put a registry in place, whatever is there, and open it."""
    replace_registry(directory, offers, {"source": "departments.csv"}, lambda _done, _total: None, over=True)
    return Registry(directory)


def in_force(one: Offer, at: str) -> bool:
    """Whether an offer has a price at a moment."""
    return one.begntime <= at and (not one.endtime or at < one.endtime)


def given(one: Offer, at: str) -> bool:
    """Whether a visit at a moment may have it."""
    return in_force(one, at) and (HalfDay.MORNING if int(at[11:13]) < 12 else HalfDay.AFTERNOON) in one.sessions


def wanted_departments(offers: Iterable[Offer], query: str, at: str) -> list[str]:
    """Return the codes that a query must find: every reading written out, whole ones first, then beginnings, then parts."""
    placed = list(offers)
    found: list[tuple[int, int, str]] = []
    for place, department in enumerate(dict.fromkeys(one.department for one in placed)):
        texts = [folded(department.dept_name), folded(department.dept_code), *spellings(department.dept_name)]
        sought = folded(query)
        near = [0 if text == sought else 1 if text.startswith(sought) else 2 for text in texts if sought in text]
        if near and any(one.department == department and given(one, at) for one in placed):
            found.append((min(near) if sought else 0, place, department.dept_code))
    return [code for _, _, code in sorted(found)]


def folded(text: str) -> str:
    """Return the form in which texts are compared."""
    return "".join(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold()).split())
