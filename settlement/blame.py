"""Which rule makes two splits of one bill differ: where the money is divided, the first amount that is not the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from settlement.steps import ARITHMETIC

if TYPE_CHECKING:
    from collections.abc import Sequence

    from settlement.figures import Figures
    from settlement.reasons import Step

_WATERFALL = (
    ("medfee_sumamt", ("medfee_sumamt",), ("医疗费总额", "the claim")),
    ("fulamt_ownpay_amt", ("fulamt_ownpay_amt",), ("全自费", "full self-pay")),
    ("overlmt_selfpay", ("overlmt_selfpay",), ("超限价", "over the price limit")),
    ("preselfpay_amt", ("preselfpay_amt",), ("先行自付", "first pay")),
    ("inscp_scp_amt", ("inscp_scp_amt",), ("政策范围内", "in scope")),
    ("act_pay_dedc", ("act_pay_dedc", "pool.scope", "pool.none"), ("起付标准", "the deductible")),
    ("hifp_pay", ("pool.ratio", "pool.fund", "pool.none"), ("统筹基金", "the pooled fund")),
    ("hifob_pay", ("hifob_pay",), ("大额补助", "the large-amount fund")),
    ("hifes_pay", ("hifes_pay",), ("企业补充", "the employer's supplement")),
    ("hifmi_pay", ("hifmi_pay",), ("大病保险", "serious-illness insurance")),
    ("acct_mulaid_pay", ("acct_mulaid_pay",), ("共济账户", "the family's quota")),
    ("acct_pay", ("acct_pay", "account.current"), ("个人账户", "the account")),
    ("psn_cash_pay", ("psn_cash_pay",), ("个人现金", "cash")),
)
"""National amounts in the order in which they are decided, the steps that decide each, and what it is called."""


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
    zh: str
    en: str


def blame(steps: Sequence[Step], ours: Figures, theirs: Figures) -> Blame | None:
    """Return where ``theirs`` begins to differ from ``ours``, which ``steps`` explain; None where no amount differs."""
    by_name = {step.name: step for step in steps}
    for name, deciding, (zh, en) in _WATERFALL:
        ours_fen, theirs_fen = getattr(ours, name), getattr(theirs, name)
        if ours_fen == theirs_fen:
            continue
        step = _ruled(name, [by_name[one] for one in deciding if one in by_name])
        return Blame(
            name=name,
            ours_fen=ours_fen,
            theirs_fen=theirs_fen,
            rule=step.rule if step else ARITHMETIC,
            pack=step.pack if step else "",
            source=step.source if step else "",
            zh=zh,
            en=en,
        )
    return None


def _ruled(name: str, steps: list[Step]) -> Step | None:
    """Return the step whose rule decides an amount: the ceiling where it cut the fund's share, else the ratio."""
    if name == "hifp_pay" and len(steps) > 1:
        ratio, fund = steps[0], steps[1]
        if fund.rule != ARITHMETIC and fund.value < ratio.value:
            return fund
    return next((step for step in steps if step.rule != ARITHMETIC), None)
