"""Which rule makes two splits of one bill differ: where the money is divided, the first amount that is not the same.

The centre may run another version of a pack: its figures win, and whoever is asked to agree to them is told where they begin to differ.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from settlement.reasons import ARITHMETIC

if TYPE_CHECKING:
    from collections.abc import Sequence

    from settlement.figures import Figures
    from settlement.reasons import Step

_WATERFALL = {
    "medfee_sumamt": ("outside[",),
    "fulamt_ownpay_amt": (),
    "overlmt_selfpay": (),
    "preselfpay_amt": ("preselfpay_amt[",),
    "inscp_scp_amt": (),
    "act_pay_dedc": ("act_pay_dedc", "pool.none", "pool.scope"),
    "hifp_pay": ("pool.ratio", "pool.fund", "fixed.fund[", "pool.none", "pool.scope"),
    "hifob_pay": ("hifob_pay",),
    "hifes_pay": ("hifes_pay",),
    "hifmi_pay": ("hifmi_pay",),
    "acct_mulaid_pay": ("account.mutual[",),
    "acct_pay": ("account.current[", "account.past[", "account.first"),
    "psn_cash_pay": (),
}
"""National amounts in the order in which they are decided, and the steps whose rules decide each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Blame:
    """Where a difference begins."""

    name: str
    """The first amount that differs, by its national name."""
    ours_fen: int
    theirs_fen: int
    rule: str
    """Key of our pack's value behind it; ``arithmetic`` where the pack decides nothing of it."""
    pack: str
    source: str


def blame(steps: Sequence[Step], ours: Figures, theirs: Figures) -> Blame | None:
    """Return where ``theirs`` begins to differ from ``ours``, which ``steps`` explain; None where no amount differs."""
    for name, deciding in _WATERFALL.items():
        ours_fen, theirs_fen = getattr(ours, name), getattr(theirs, name)
        if ours_fen != theirs_fen:
            found = [step for one in deciding for step in steps if step.rule != ARITHMETIC and _is(step, one)]
            if name == "act_pay_dedc" and not theirs.act_pay_dedc and not theirs.hifp_pay:
                # No deductible and no share: not another amount of it, but no pool at all.
                found.sort(key=lambda step: step.name == "act_pay_dedc")
            step = _ruled(name, found, theirs_fen - ours_fen)
            rule, pack, source = (step.rule, step.pack, step.source) if step else (ARITHMETIC, "", "")
            return Blame(name=name, ours_fen=ours_fen, theirs_fen=theirs_fen, rule=rule, pack=pack, source=source)
    return None


def _is(step: Step, name: str) -> bool:
    return step.name.startswith(name) if name.endswith("[") else step.name == name


def _ruled(name: str, found: list[Step], more_fen: int) -> Step | None:
    """Return the step that best accounts for ``more_fen``.

    The ceiling where it cut the fund's share, else the ratio; of an account, the kind of cost that it is open or closed to and that
    the difference is of; else the first.
    """
    if name == "hifp_pay":
        values = {step.name: step for step in found}
        ratio, fund = values.get("pool.ratio"), values.get("pool.fund")
        if fund is not None and (ratio is None or fund.value < ratio.value):
            return fund
    if name in {"acct_pay", "acct_mulaid_pay"}:
        closed = [step for step in found if step.of[0] == "x"]
        found = (closed if more_fen > 0 else [step for step in found if step not in closed]) or found
        found.sort(key=lambda step: step.value != -more_fen)
    return found[0] if found else None
