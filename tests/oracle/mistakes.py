"""Mistakes that a settlement engine may have, each planted into a copy of ours: what finds none of them finds nothing."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import CodeType, ModuleType
from typing import TYPE_CHECKING

import settlement
from settlement.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_ROOM = Path(settlement.__file__).parent
_ENGINE = (
    "money",
    "unpriced",
    "plan",
    "claim",
    "working",
    "pool",
    "account",
    "steps",
    "explain_pool",
    "explain",
    "terms",
    "ordinary",
    "split",
)
"""The modules of the arithmetic, each after those that it imports. Bills, packs and rules stay the same values."""


@dataclass(frozen=True)
class Mistake:
    """One wrong line."""

    name: str
    module: str
    right: str
    wrong: str


MISTAKES = (
    Mistake(
        "a line is cut instead of rounded",
        "claim",
        "(2 * count_e4 * price_e6 + LINE_TO_FEN) // TWO_LINES",
        "count_e4 * price_e6 // LINE_TO_FEN",
    ),
    Mistake(
        "a ratio is cut instead of rounded",
        "money",
        "(2 * amount_fen * ratio_e4 + RATIO_ONE) // _TWO_RATIOS",
        "amount_fen * ratio_e4 // RATIO_ONE",
    ),
    Mistake("the price limit is forgotten", "claim", "limit_e6 is not None and price_e6 > limit_e6", "False"),
    Mistake(
        "over-limit of one unit, not of all",
        "claim",
        "line_amount(count_e4, price_e6 - limit_e6)",
        "line_amount(10_000, price_e6 - limit_e6)",
    ),
    Mistake("a first pay of class A too", "plan", "and charge_class == CLASS_B and", "and charge_class == CLASS_A and"),
    Mistake("first pay on the price everywhere", "claim", 'total if rules.first_pay == "price" else total - over', "total"),
    Mistake("first pay where the ratio goes by class", "plan", ' and first_pay != "none" else', " else"),
    Mistake(
        "self-pay is in scope",
        "claim",
        "LineCut(line.feedetl_sn, total, total, 0, 0, 0)",
        "LineCut(line.feedetl_sn, total, 0, 0, 0, total)",
    ),
    Mistake("forbidden goods stay in the claim", "plan", "claimed=goods is not None and bool(goods.value)", "claimed=goods is not None"),
    Mistake(
        "unlisted goods stay in the claim",
        "plan",
        "claimed=goods is not None and bool(goods.value)",
        "claimed=goods is None or bool(goods.value)",
    ),
    Mistake(
        "lines without a pooled share are shared", "plan", "pools=pooling is not None and bool(pooling.value)", "pools=pooling is not None"
    ),
    Mistake("a line's prescription is the bill's", "plan", "prescription=bool(line.rxno),", ""),
    Mistake("a line's conditions are forgotten", "plan", "whole.conditions | frozenset(line.conditions)", "whole.conditions"),
    Mistake("a fixed amount once, not by the unit", "claim", "share(fund.value, line.cnt_e4)", "fund.value"),
    Mistake(
        "a fixed amount above the line", "claim", "min(share(fund.value, line.cnt_e4), in_scope_fen)", "share(fund.value, line.cnt_e4)"
    ),
    Mistake("the deductible ignores what was used", "pool", "rules.own_fen - used_fen", "rules.own_fen"),
    Mistake(
        "one pot where levels are apart", "plan", '"at_level" if policy.deductible_pot.value == "per_level" else "anywhere"', '"anywhere"'
    ),
    Mistake("the deductible of a visit by the year", "plan", 'if annual else "nothing"', 'if True else "nothing"'),
    Mistake("the deductible's discount is forgotten", "plan", "share(full.value, factor.value) if factor else full.value", "full.value"),
    Mistake(
        "the deductible's reduction is added", "plan", "own_fen - (less.value if less else 0)", "own_fen + (less.value if less else 0)"
    ),
    Mistake("the year's cap counts from zero", "pool", "max(0, rules.cap.value - benefit.deductible_used_fen)", "rules.cap.value"),
    Mistake(
        "the current account fills the deductible",
        "pool",
        "dedc_fen = min(deductible.left_fen, total_fen - first_fen)",
        "dedc_fen = min(max(0, deductible.left_fen - first_fen), total_fen - first_fen)",
    ),
    Mistake("the account pays first everywhere", "plan", 'policy.segments.words[0] == "current_account"', "True"),
    Mistake(
        "the fund pays of the deductible too",
        "pool",
        "above_dedc_fen = total_fen - first_fen - dedc_fen",
        "above_dedc_fen = total_fen - first_fen",
    ),
    Mistake(
        "points are taken off instead of added",
        "plan",
        "base.value + sum(one.value for one in points)",
        "base.value - sum(one.value for one in points)",
    ),
    Mistake("a ratio above one", "plan", "min(RATIO_ONE, max(0, base", "(max(0, base"),
    Mistake("age adds nothing", "plan", "Given(row.per_year_e4 * situation.age, row.mark)", "Given(0, row.mark)"),
    Mistake("the first band for all", "pool", "cut = _whole(min(amount, to_end))", "cut = _whole(amount)"),
    Mistake("bands of this bill alone", "pool", 'return benefit.shared_used_fen\n        case "fund"', 'return 0\n        case "fund"'),
    Mistake(
        "the fund's bands in expense",
        "pool",
        "position += Fraction(cut * ratio.ratio_e4, RATIO_ONE) if by_fund else cut",
        "position += cut",
    ),
    Mistake("the highest ratio where the lowest goes first", "pool", 'reverse=word.value == "highest"', 'reverse=word.value == "lowest"'),
    Mistake("the wrong side is rounded", "pool", 'if side == "person":', 'if side == "fund":'),
    Mistake("half-even as half-up", "money", "whole % 2 == 1)", "True)"),
    Mistake("rounding up as rounding down", "money", "return whole + (rest > 0)", "return whole"),
    Mistake("the ceiling ignores what was paid", "pool", "given.value * times - used_fen", "given.value * times"),
    Mistake("a month's ceiling keeps last month", "pool", 'benefit.month in {"", bill.begntime[:7]}', "True"),
    Mistake(
        "an accruing ceiling counts once",
        "pool",
        "return int(bill.begntime[_MONTH]), benefit.fund_paid_fen",
        "return 1, benefit.fund_paid_fen",
    ),
    Mistake(
        "the deductible is outside a ceiling on expense",
        "pool",
        "return 1, benefit.scope_used_fen + dedc_fen",
        "return 1, benefit.scope_used_fen",
    ),
    Mistake("further ceilings are forgotten", "pool", "on_fund=bool(name) or plan.on_fund", "on_fund=not name and plan.on_fund"),
    Mistake("no fund behind a ceiling that was reached before", "pool", "beyond_fen = allowed_fen\n", "beyond_fen = 0\n"),
    Mistake("the fund behind pays all", "pool", "min(share(base_fen, rules.ratio.value), room_fen)", "min(base_fen, room_fen)"),
    Mistake(
        "the fund behind has no ceiling", "pool", "min(share(base_fen, rules.ratio.value), room_fen)", "share(base_fen, rules.ratio.value)"
    ),
    Mistake(
        "the account pays what the area closes",
        "account",
        "if given.value:\n                payable_fen",
        "if True:\n                payable_fen",
    ),
    Mistake("the account pays more than it holds", "account", "pay_fen = min(available_fen, payable_fen)", "pay_fen = payable_fen"),
    Mistake("the next account pays the same again", "account", "borne = _left(opened, pay_fen)", "pass"),
    Mistake(
        "past years before their turn",
        "plan",
        "for account in policy.account_order.words}",
        "for account in reversed(policy.account_order.words)}",
    ),
    Mistake("an overdrawn account pays", "split", "max(0, benefit.account_fen) if use_account", "benefit.account_fen if use_account"),
    Mistake(
        "the quota comes out of the balance",
        "split",
        "balc=benefit.account_fen + benefit.past_fen - working.own_fen",
        "balc=benefit.account_fen + benefit.past_fen - working.own_fen - working.mutual_fen",
    ),
    Mistake("a suspended certificate is settled", "split", "if benefit.suspended:", "if False:"),
    Mistake("elsewhere without asking the insured place", "split", "if not given.value:\n        raise", "if False:\n        raise"),
    Mistake(
        "elsewhere by the insured place's catalogue",
        "split",
        "plan = plan_of(bill, policy, place, benefit)",
        "plan = plan_of(bill, policy, policy, benefit)",
    ),
    Mistake(
        "a missing value is nothing",
        "unpriced",
        "    raise Unpriced(phrase, pack=pack, key=key)",
        "    return Given(0, rules[0].mark) if rules else None",
    ),
    Mistake("an unknown age is young", "unpriced", "if situation.age is None and any(rule.ages for rule in known):", "if False:"),
    Mistake(
        "the oldest of a row is left out",
        "rule",
        "self.ages[0] <= situation.age <= self.ages[1]",
        "self.ages[0] <= situation.age < self.ages[1]",
    ),
    Mistake("a code only as a whole", "rule", "situation.psn_type.startswith(self.psn_types)", "situation.psn_type in self.psn_types"),
    Mistake("what must not hold is not asked", "rule", "and not self.unless & situation.conditions", ""),
    Mistake(
        "one pass: the deductible ignores what was used", "ordinary", "terms.own_fen - benefit.deductible_used_fen if", "terms.own_fen if"
    ),
    Mistake("one pass: the ceiling is passed", "ordinary", "if room_fen <= 0 or fund > room_fen:", "if False:"),
    Mistake("one pass: the first ratio for all", "ordinary", "if shared_at is not at and pooled and cut.inscp_scp_amt:", "if False:"),
    Mistake("one pass: the account pays what the area closes", "ordinary", "closed += amount", "closed += 0"),
    Mistake(
        "one pass: the account pays more than it holds", "ordinary", "min(total - fund - closed, account_fen)", "total - fund - closed"
    ),
    Mistake("one pass: other accounts are forgotten", "ordinary", " or benefit.past_fen or benefit.mutual_fen", ""),
    Mistake("one pass: further ceilings are forgotten", "terms", "len(ceilings) > 1 or ", ""),
    Mistake("one pass: one pot where levels are apart", "terms", 'deductible.used == "at_level" or ', ""),
    Mistake("one pass: the year's cap is forgotten", "terms", " or deductible.cap is not None", ""),
    Mistake("one pass: the account never pays first", "terms", "plan.current_first or ", ""),
    Mistake("one pass: any ceiling is the year's on the fund", "terms", 'policy.ceiling_basis.value != "fund_annual" or ', ""),
    Mistake(
        "one pass: fixed amounts are forgotten",
        "plan",
        "if claimed and not rules.fixed and not self.banded:",
        "if claimed and not self.banded:",
    ),
    Mistake("one scheme's rules for all", "rule", "and (not self.insutypes or situation.insutype in self.insutypes)", ""),
    Mistake("the prescribing level is not asked", "rule", "and (not self.rx_levels or situation.rx_level in self.rx_levels)", ""),
)


@contextmanager
def planted(mistake: Mistake) -> Iterator[Callable[..., object]]:
    """Yield ``price`` of an engine with the mistake in it; the engine itself stays as it is."""
    names = [f"settlement.{name}" for name in _ENGINE]
    kept = {name: sys.modules[name] for name in names if name in sys.modules}
    attributes = {name: getattr(settlement, name) for name in _ENGINE if hasattr(settlement, name)}
    fits = Rule.fits
    try:
        for name in names:
            sys.modules.pop(name, None)
        if mistake.module == "rule":
            Rule.fits = _loaded("rule", mistake, keep=False).Rule.fits  # type: ignore[method-assign]
        for name in _ENGINE:
            _loaded(name, mistake)
        yield sys.modules["settlement.split"].price
    finally:
        Rule.fits = fits  # type: ignore[method-assign]
        for name in names:
            sys.modules.pop(name, None)
        sys.modules.update(kept)
        for name, module in attributes.items():
            setattr(settlement, name, module)


class _Planting(SourceFileLoader):
    """Loads a module of ours with one line changed, and keeps no byte code of it."""

    def __init__(self, name: str, mistake: Mistake) -> None:
        super().__init__(f"settlement.{name}", str(_ROOM / f"{name}.py"))
        self._mistake = mistake if mistake.module == name else None

    def get_code(self, fullname: str) -> CodeType:
        """Compile the text as it is now."""
        text = self.get_source(fullname)
        assert text is not None
        if self._mistake is not None:
            assert text.count(self._mistake.right) == 1, (self._mistake.name, text.count(self._mistake.right))
            text = text.replace(self._mistake.right, self._mistake.wrong)
        code: CodeType = self.source_to_code(text.encode(), self.path)
        return code


def _loaded(name: str, mistake: Mistake, *, keep: bool = True) -> ModuleType:
    loader = _Planting(name, mistake)
    spec = spec_from_loader(f"settlement.{name}", loader)
    assert spec is not None
    module = module_from_spec(spec)
    if keep:
        sys.modules[f"settlement.{name}"] = module
        setattr(settlement, name, module)
    loader.exec_module(module)
    return module
