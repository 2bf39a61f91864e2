"""The centre runs another version of the pack: its figures win, the difference is shown, and the rule where it begins is named."""

from __future__ import annotations

from typing import Any

import pytest

from settlement.bill import Split
from settlement.blame import blame
from settlement.policy import COSTS
from settlement.reasons import ARITHMETIC
from settlement.rule import Choice, Rule
from settlement.split import price
from tests.settlement.priced_bills import DRUG, SAID, SOAP, benefit, bill, line, policy, rule

LINES = (
    line(1, pric_e6=900_000_000),
    line(2, chrgitm_lv="02", selfpay_prop_e4=1000, pric_e6=300_000_000, pric_uplmt_e6=250_000_000),
    line(3, chrgitm_lv="03", pric_e6=60_000_000),
    line(4, goods_kind=SOAP),
)


def _closed(cost: str) -> tuple[Rule, ...]:
    """Return an account that may pay every cost but one."""
    return tuple(rule(int(one != cost), about=one) for one in COSTS)


OTHERS: list[tuple[str, dict[str, Any]]] = [
    ("ratio", {"ratio": (rule(7500),)}),
    ("deductible", {"deductible": (rule(600_00),)}),
    ("pooling", {"pooling": (rule(0),)}),
    ("first_pay_on", {"first_pay_on": Choice(value="price", mark=SAID)}),
    ("goods", {"goods": (rule(1, about=DRUG), rule(1, about=SOAP))}),
    ("account(first_pay)", {"account": _closed("first_pay")}),
    ("account(full_selfpay)", {"account": _closed("full_selfpay")}),
]
KEYS = {"goods": "goods", "first_pay_on": "said"}


@pytest.mark.parametrize(("key", "other"), OTHERS, ids=[key for key, _ in OTHERS])
def test_the_rule_that_differs_is_named(key: str, other: dict[str, Any]) -> None:
    """Whatever one rule of the centre's pack says otherwise, ours of that name is where the difference begins."""
    ours = price(bill(*LINES), policy(), benefit(account_fen=2000_00))
    theirs = price(bill(*LINES), policy(**other), benefit(account_fen=2000_00))
    assert isinstance(ours, Split)
    assert isinstance(theirs, Split)

    found = blame(ours.steps, ours.figures, theirs.figures)

    assert found is not None
    assert (KEYS.get(key, key), ours.pack) == (found.rule, found.pack)
    assert (getattr(ours.figures, found.name), getattr(theirs.figures, found.name)) == (found.ours_fen, found.theirs_fen)


def test_the_ceiling_is_named_where_it_cut() -> None:
    """Ours was reached and theirs was not: the ceiling, not the ratio."""
    ours = price(bill(*LINES), policy(ceiling=(rule(100_00, "ceiling"),)), benefit())
    theirs = price(bill(*LINES), policy(), benefit())
    assert isinstance(ours, Split)
    assert isinstance(theirs, Split)

    found = blame(ours.steps, ours.figures, theirs.figures)

    assert found is not None
    assert ("hifp_pay", "ceiling") == (found.name, found.rule)


def test_the_same_figures_blame_nothing() -> None:
    """And what no rule decides is arithmetic: another price limit."""
    ours = price(bill(*LINES), policy(), benefit())
    theirs = price(bill(*LINES[:1], line(2, chrgitm_lv="02", selfpay_prop_e4=1000, pric_e6=300_000_000), *LINES[2:]), policy(), benefit())
    assert isinstance(ours, Split)
    assert isinstance(theirs, Split)

    assert blame(ours.steps, ours.figures, ours.figures) is None
    found = blame(ours.steps, ours.figures, theirs.figures)
    assert found is not None
    assert ("overlmt_selfpay", ARITHMETIC) == (found.name, found.rule)
