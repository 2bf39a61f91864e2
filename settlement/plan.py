"""What the packs say to one kind of bill and person, looked up once.

Pricing asks a pack the same questions for every bill of a kind: which rows speak of a retired person's class-B drug at a pharmacy. A
:class:`Plan` keeps the answers with the pack, so that a bill costs its arithmetic and no search. A question that the pack does not
answer is asked anew each time, and raises :class:`settlement.unpriced.Unpriced` each time.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import chain
from typing import TYPE_CHECKING, Literal

from settlement import unpriced
from settlement.bill import Benefit, Bill, Line, Venue
from settlement.errors import Phrase
from settlement.money import RATIO_ONE, share
from settlement.policy import Policy
from settlement.rule import Given, Mark, Rule, Situation, find

if TYPE_CHECKING:
    from collections.abc import Iterable

    from settlement.terms import Terms

PLANS_MAX = 512
"""Kinds of bill and person that one pack remembers."""
CLASS_A, CLASS_B, SELF_PAY = "01", "02", "03"


def warned(marks: Iterable[Mark]) -> tuple[str, ...]:
    """Return the keys that are not confirmed."""
    return tuple(chain.from_iterable(mark.warnings for mark in marks))


def situation_of(bill: Bill, benefit: Benefit | None = None, line: Line | None = None) -> Situation:
    """Return what rules may depend on; a pharmacy has no level, and asks whether there is a prescription."""
    conditions = (*bill.conditions, *(benefit.conditions if benefit else ()), *(line.conditions if line else ()))
    return Situation(
        venue=bill.venue,
        hosp_lv="" if bill.venue is Venue.PHARMACY else bill.hosp_lv,
        psn_type=benefit.psn_type if benefit else "",
        insutype=bill.insutype,
        med_type=bill.med_type,
        prescription=bool(line.rxno if line else bill.rxno),
        rx_level=bill.rx_level,
        charge_class=line.chrgitm_lv if line else bill.chrgitm_lv,
        age=benefit.age if benefit else None,
        conditions=frozenset(conditions),
    )


@dataclass(slots=True, eq=False)
class Ratio:
    """A pooled ratio and how it came about."""

    base: Given
    """Its row."""
    points: tuple[Given, ...]
    """What is added to it, and taken off as negative values."""
    ratio_e4: int
    end_fen: int
    """Where its band of the year's amount ends."""
    warnings: tuple[str, ...]

    @property
    def says(self) -> tuple[object, ...]:
        """What is the same of two ratios that an explanation cannot tell apart."""
        return (self.ratio_e4, self.base.mark.key, *(point.mark.key for point in self.points))


@dataclass(slots=True, eq=False)
class LineRules:
    """What the packs say of lines that are alike to a rule, or of a bare total."""

    plan: Plan
    situation: Situation
    goods: Rule | None
    """What the place says of buying it by the account; None also for a bare total, which is claimed as it is."""
    claimed: bool
    pooling: Given | None
    """Whether a pooled share exists; None for what is paid in full by its class."""
    fixed_fund: Given | None
    """What the fund pays of a unit before everything else."""
    fixed_person: Given | None
    pools: bool
    """Whether one does exist."""
    fixed: bool
    """Whether either pays a fixed amount."""
    self_pay: bool
    """Whether all of it is the person's by its class."""
    first_pay: str
    """What the class-B first pay is taken of: ``capped``, ``price`` or empty for nothing."""
    warnings: tuple[str, ...]
    """The keys behind all of these that are not confirmed."""
    ordinary: bool = False
    """Whether no more happens to a line than :mod:`settlement.ordinary` knows."""
    shared_at: Ratio | None = None
    """The ratio of an ordinary line, the same object for all that are shared alike; None where it has no pooled share."""
    _ratios: dict[int, Ratio] = field(default_factory=dict)
    """By the start of the band."""

    def ratio(self, position: object) -> Ratio:
        """Return the ratio at a ``position`` of the year's amount (fen, or a fraction of it)."""
        plan = self.plan
        if not plan.banded:
            return self._ratios.get(0) or self._ratios.setdefault(0, plan.ratio(self.situation, plan.policy.ratio))
        rules = tuple(rule for rule in plan.policy.ratio if rule.band[0] <= position < rule.band[1])  # type: ignore[operator]
        return plan.ratio(self.situation, rules)

    def ladder(self, position: int) -> tuple[int, ...]:
        """Return the ratio (10⁻⁴) at ``position`` and in each later band; 0 where nobody gives one that may never be reached."""
        found = [self.ratio(position).ratio_e4]
        for border in self.plan.borders:
            if border > position:
                try:
                    found.append(self.ratio(border).ratio_e4)
                except unpriced.Unpriced:
                    found.append(0)
        return tuple(found)


@dataclass(slots=True, eq=False)
class DeductibleRules:
    """The deductible of one kind of bill and person."""

    full: Given
    factor: Given | None
    less: Given | None
    cap: Given | None
    own_fen: int
    """What is left of it after discounts, before what was used."""
    used: Literal["nothing", "anywhere", "at_level"]
    """What of the year counts against it."""
    warnings: tuple[str, ...]


@dataclass(slots=True, eq=False)
class SupplementRules:
    """The fund behind the pool, in one situation."""

    fund: str
    ratio: Given
    ceiling: Given


class Plan:
    """The answers of ``policy`` (the insured place) and ``catalogue`` (the place of care) to one kind of bill and person."""

    __slots__ = (
        "_ceilings",
        "_deductible",
        "_supplement",
        "accounts",
        "banded",
        "borders",
        "catalogue",
        "current_first",
        "lines",
        "on_fund",
        "policy",
        "shared",
        "situation",
        "terms",
    )

    def __init__(self, policy: Policy, catalogue: Policy, situation: Situation) -> None:
        self.policy, self.catalogue, self.situation = policy, catalogue, situation
        self.banded = policy.band_basis.value != "none"
        self.borders = tuple(sorted({rule.band[0] for rule in policy.ratio if rule.band[0]})) if self.banded else ()
        self.on_fund = policy.ceiling_basis.value.startswith("fund")
        self.current_first = policy.segments.words[0] == "current_account"
        self.accounts: dict[str, dict[str, Given]] = {account: {} for account in policy.account_order.words}
        """In their order; whether each may pay a kind of cost, as far as it was asked."""
        self.lines: dict[tuple[object, ...], LineRules] = {}
        self.shared: dict[tuple[object, ...], Ratio] = {}
        """Ratios that hold whatever the year's amount is, one of each by what it says."""
        self._deductible: DeductibleRules | None = None
        self._ceilings: tuple[tuple[str, Given], ...] | None = None
        self._supplement: SupplementRules | str | None = ""
        self.terms: Terms | Literal["unasked"] | None = "unasked"
        """Those of an ordinary bill; None where there is none."""

    # --- lines ---------------------------------------------------------------------------------------

    def whole(self) -> LineRules:
        """Return what is said of a bare total."""
        return self.lines.get(()) or self.lines.setdefault((), self._rules(self.situation, None, claimed=True, kind=None))

    def line(self, line: Line) -> LineRules:
        """Return what is said of a line."""
        key = (line.goods_kind, line.chrgitm_lv, not line.rxno, line.conditions)
        return self.lines.get(key) or self.lines.setdefault(key, self._of(line))

    def _of(self, line: Line) -> LineRules:
        goods = find(self.catalogue.goods, self.situation, line.goods_kind)
        whole = self.situation
        situation = replace(
            whole,
            prescription=bool(line.rxno),
            charge_class=line.chrgitm_lv,
            conditions=whole.conditions | frozenset(line.conditions),
        )
        return self._rules(situation, goods, claimed=goods is not None and bool(goods.value), kind=line.goods_kind)

    def _rules(self, situation: Situation, goods: Rule | None, *, claimed: bool, kind: str | None) -> LineRules:
        policy, pack = self.policy, self.policy.pack
        pooling = fund = person = None
        if claimed and (kind is None or situation.charge_class != SELF_PAY):
            if kind is not None:
                fund = unpriced.optional(policy.fixed_fund, situation, pack=pack, name=f"fixed_fund({kind})")
                person = unpriced.optional(policy.fixed_person, situation, pack=pack, name=f"fixed_person({kind})")
            pooling = unpriced.required(policy.pooling, situation, pack=pack, phrase=unpriced.NO_POOLING, name="pooling")
        charge_class, first_pay = situation.charge_class, self.catalogue.first_pay_on.value
        rules = LineRules(
            plan=self,
            situation=situation,
            goods=goods,
            claimed=claimed,
            pooling=pooling,
            fixed_fund=fund,
            fixed_person=person,
            pools=pooling is not None and bool(pooling.value),
            fixed=fund is not None or person is not None,
            self_pay=kind is not None and charge_class == SELF_PAY,
            first_pay=first_pay if kind is not None and charge_class == CLASS_B and first_pay != "none" else "",
            warnings=warned(one.mark for one in (goods, pooling) if one is not None),
        )
        if claimed and not rules.fixed and not self.banded:
            rules.shared_at = self._shared_at(rules) if rules.pools else None
            rules.ordinary = not rules.pools or rules.shared_at is not None
        return rules

    def _shared_at(self, rules: LineRules) -> Ratio | None:
        """Return the one ratio of such lines; None where the pack does not say."""
        try:
            ratio = rules.ratio(0)
        except unpriced.Unpriced:
            return None
        return self.shared.setdefault(ratio.says, ratio)

    # --- the pool --------------------------------------------------------------------------------------

    def deductible(self) -> DeductibleRules:
        """Return the deductible."""
        if self._deductible is None:
            policy = self.policy
            full = self._need(policy.deductible, unpriced.NO_DEDUCTIBLE, "deductible")
            factor = self._may(policy.deductible_factor, "deductible_factor")
            less = self._may(policy.deductible_less, "deductible_less")
            cap = self._may(policy.deductible_cap, "deductible_cap")
            own_fen = share(full.value, factor.value) if factor else full.value
            annual = policy.deductible_basis.value == "annual"
            self._deductible = DeductibleRules(
                full=full,
                factor=factor,
                less=less,
                cap=cap,
                own_fen=max(0, own_fen - (less.value if less else 0)),
                used=("at_level" if policy.deductible_pot.value == "per_level" else "anywhere") if annual else "nothing",
                warnings=warned(
                    (
                        policy.deductible_basis.mark,
                        *((policy.deductible_pot.mark,) if annual else ()),
                        *(one.mark for one in (full, factor, less, cap) if one is not None),
                    )
                ),
            )
        return self._deductible

    def ceilings(self) -> tuple[tuple[str, Given], ...]:
        """Return the area's own ceiling, without a name, and every further one that holds here."""
        if self._ceilings is None:
            rows = self.policy.ceiling
            found = [("", self._need(rows, unpriced.NO_CEILING, "ceiling"))]
            for name in dict.fromkeys(rule.about for rule in rows if rule.about):
                given = self._may(rows, f"ceiling({name})")
                found += [(name, given)] if given is not None else []
            self._ceilings = tuple(found)
        return self._ceilings

    def ratio(self, situation: Situation, rules: tuple[Rule, ...]) -> Ratio:
        """Return the ratio that one of ``rules`` gives, with its points; see :meth:`LineRules.ratio`."""
        policy, pack = self.policy, self.policy.pack
        base = unpriced.required(rules, situation, pack=pack, phrase=unpriced.NO_RATIO, name="ratio")
        row = find(rules, situation)
        assert row is not None
        more = unpriced.optional(policy.ratio_more, situation, pack=pack, name="ratio_more")
        less = unpriced.optional(policy.ratio_less, situation, pack=pack, name="ratio_less")
        aged = None
        if row.per_year_e4:
            if situation.age is None:
                raise unpriced.Unpriced(unpriced.NO_AGE)
            aged = Given(row.per_year_e4 * situation.age, row.mark)
        points = tuple(one for one in (aged, more, Given(-less.value, less.mark) if less else None) if one is not None)
        return Ratio(
            base=base,
            points=points,
            ratio_e4=min(RATIO_ONE, max(0, base.value + sum(one.value for one in points))),
            end_fen=row.band[1],
            warnings=warned((base.mark, *(one.mark for one in points), *((policy.band_basis.mark,) if self.banded else ()))),
        )

    def supplement(self) -> SupplementRules | None:
        """Return the fund behind the pool; None where there is none."""
        if isinstance(self._supplement, str):
            policy = self.policy
            row = next((rule for rule in policy.supplement if rule.fits(self.situation)), None)
            self._supplement = None
            if row is not None:
                self._supplement = ""
                ratio = self._need(policy.supplement, unpriced.NO_VALUE, f"supplement({row.about})")
                ceiling = self._need(policy.supplement_ceiling, unpriced.NO_CEILING, f"supplement_ceiling({row.about})")
                self._supplement = SupplementRules(fund=row.about, ratio=ratio, ceiling=ceiling)
        return self._supplement

    # --- accounts ----------------------------------------------------------------------------------------

    def account(self, account: str, cost: str) -> Given:
        """Return whether ``account`` may pay ``cost``."""
        known = self.accounts[account]
        if cost not in known:
            situation = replace(self.situation, account=account)
            known[cost] = unpriced.required(
                self.policy.account, situation, pack=self.policy.pack, phrase=unpriced.NO_ACCOUNT, name=f"account({cost})"
            )
        return known[cost]

    def _need(self, rules: tuple[Rule, ...], phrase: Phrase, name: str) -> Given:
        return unpriced.required(rules, self.situation, pack=self.policy.pack, phrase=phrase, name=name)

    def _may(self, rules: tuple[Rule, ...], name: str) -> Given | None:
        return unpriced.optional(rules, self.situation, pack=self.policy.pack, name=name)


def plan_of(bill: Bill, policy: Policy, catalogue: Policy, benefit: Benefit) -> Plan:
    """Return the plan of this kind of bill and person."""
    key = (
        bill.venue,
        bill.hosp_lv,
        bill.insutype,
        bill.med_type,
        not bill.rxno,
        bill.rx_level,
        bill.chrgitm_lv,
        bill.conditions,
        benefit.psn_type,
        benefit.age,
        benefit.conditions,
    )
    found = policy.plans.get(key)
    if found is None or found.catalogue is not catalogue:
        if len(policy.plans) >= PLANS_MAX:
            policy.plans.clear()
        found = policy.plans[key] = Plan(policy, catalogue, situation_of(bill, benefit))
    return found
