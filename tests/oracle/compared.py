"""One bill by both engines, and how they differ."""

from __future__ import annotations

from dataclasses import fields
from fractions import Fraction
from typing import TYPE_CHECKING

from settlement.bill import Split
from settlement.errors import Refusal
from settlement.figures import Figures
from settlement.plan import plan_of
from settlement.split import price, waterfall
from tests.oracle.engine import settle
from tests.oracle.rows import Refused

if TYPE_CHECKING:
    from settlement.bill import Benefit, Bill
    from settlement.policy import Policy

_RATIO = "pool_prop_selfpay"


def difference(bill: Bill, policy: Policy, person: Benefit, *, catalogue: Policy | None = None, use_account: bool = True) -> str:
    """Return how the engines differ on this bill; empty where they agree."""
    first = price(bill, policy, person, catalogue=catalogue, use_account=use_account, explained=False)
    if isinstance(first, Split):
        by_steps = waterfall(bill, plan_of(bill, policy, catalogue or policy, person), person, use_account=use_account, explained=False)
        if first != by_steps:
            return f"in one pass {first} is not {by_steps}"
    return differs(first, bill, policy, person, catalogue=catalogue, use_account=use_account)


def differs(
    first: Split | Refusal, bill: Bill, policy: Policy, person: Benefit, *, catalogue: Policy | None = None, use_account: bool = True
) -> str:
    """Return how the first engine's answer differs from the second's."""
    try:
        second = settle(bill, policy, person, place=catalogue, use_account=use_account)
    except Refused as refused:
        return "" if isinstance(first, Refusal) else f"priced, but {refused} is not given"
    if isinstance(first, Refusal):
        return f"refused by {first.code}, but everything is given"
    amounts = {name: Fraction(getattr(first.figures, name), 100) for name in _NAMES if getattr(first.figures, name)}
    expected = {name: amount for name, amount in second.amounts.items() if amount}
    cuts = {
        cut.feedetl_sn: tuple(
            Fraction(fen, 100)
            for fen in (cut.det_item_fee_sumamt, cut.fulamt_ownpay_amt, cut.overlmt_amt, cut.preselfpay_amt, cut.inscp_scp_amt)
        )
        for cut in first.cuts
    }
    compared = {
        "figures": (amounts, expected),
        "lines": (cuts, second.lines),
        "left out": ({one.feedetl_sn: Fraction(one.amount_fen, 100) for one in first.left_out if one.feedetl_sn}, second.left_out),
        "past account": (Fraction(first.past_pay_fen, 100), second.past_paid),
        "toward": ({name: Fraction(fen, 100) for name, fen in first.paid_toward}, second.toward),
        "pooled": (Fraction(first.pooled_fen, 100), second.pooled),
        "shared": (Fraction(first.shared_fen, 100), second.shared),
    }
    return "; ".join(f"{what}: {mine} is not {theirs}" for what, (mine, theirs) in compared.items() if mine != theirs)


_NAMES = tuple(field.name for field in fields(Figures) if field.name != _RATIO)
