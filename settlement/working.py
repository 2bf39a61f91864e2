"""The intermediate amounts of one split, between the arithmetic and its explanation. Amounts in fen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from settlement.bill import Benefit, Bill
from settlement.claim import Claim
from settlement.money import round_exact
from settlement.plan import DeductibleRules, Ratio, SupplementRules
from settlement.policy import MUTUAL, PAST, Policy
from settlement.rule import Given

ExactFen = int | Fraction
"""Fen; a fraction only where a band of ratios ends within a fen."""


@dataclass(slots=True, kw_only=True)
class Slice:
    """A part of the shared amount with one ratio."""

    amount_fen: ExactFen
    ratio: Ratio


@dataclass(slots=True, kw_only=True)
class Deductible:
    """How the deductible of this bill came about."""

    rules: DeductibleRules
    used_fen: int = 0
    """What counts against it."""
    left_fen: int = 0
    """What of it is still to be borne, before it is held against the amount."""


@dataclass(slots=True, kw_only=True)
class Ceiling:
    """One ceiling, and what it still allows."""

    name: str
    """Empty for the area's own."""
    given: Given
    times: int
    """How often it counts: the month's number where it accrues."""
    used_fen: int
    room_fen: int
    on_fund: bool
    """Whether it is on what the fund pays; the area's own may be on expense."""


@dataclass(slots=True, kw_only=True)
class Supplement:
    """What a fund behind the pool pays above the ceiling."""

    rules: SupplementRules
    base_fen: int
    room_fen: int
    pay_fen: int


@dataclass(slots=True, kw_only=True)
class Pooled:
    """How the pooled fund's share came about. All zero and None where there is none."""

    first_fen: int = 0
    """What the current account paid before the deductible."""
    deductible: Deductible | None = None
    act_pay_dedc: int = 0
    shared_fen: int = 0
    """Above the deductible and within a ceiling on expense."""
    above_fen: int = 0
    """The expense above the ceiling: above one on expense, or behind the point where the fund's share has used one on the fund up."""
    ceilings: Sequence[Ceiling] = ()
    slices: Sequence[Slice] = ()
    """Empty also where the ceiling was reached before: then no ratio is needed."""
    uncapped_fen: int = 0
    fund_fen: int = 0
    crossing: Sequence[Slice] = ()
    """The slices in the order in which they use a ceiling on the fund up; empty where it is not, or where they do so in proportion."""
    supplement: Supplement | None = None

    @property
    def ratio_e4(self) -> int:
        """The pooled ratio in 10⁻⁴, 0 where none was applied; of several, what they come to together."""
        if not self.slices:
            return 0
        first = self.slices[0].ratio.ratio_e4
        if len(self.slices) == 1 or all(one.ratio.ratio_e4 == first for one in self.slices):
            return first
        total = sum(one.amount_fen for one in self.slices)
        return round_exact(Fraction(sum(one.amount_fen * one.ratio.ratio_e4 for one in self.slices), total), 1, "half_up")

    @property
    def supplement_fen(self) -> int:
        """What the fund behind the pool pays."""
        return self.supplement.pay_fen if self.supplement is not None else 0


@dataclass(slots=True, kw_only=True)
class Payment:
    """What one account pays."""

    account: str
    available_fen: int
    opened: Sequence[tuple[str, int, Given]] = ()
    """Each kind of cost that is left to bear, its amount, and whether this account may pay it."""
    pay_fen: int = 0


@dataclass(slots=True, kw_only=True)
class Working:
    """Everything that the explanation speaks of."""

    bill: Bill
    policy: Policy
    """The rules of the insured place."""
    catalogue: Policy
    """Those of the place of care: the same pack, unless the person is insured elsewhere."""
    benefit: Benefit
    claim: Claim
    pooled: Pooled
    payments: Sequence[Payment]
    """What the accounts pay after the pool."""

    fund_fen: int = 0
    """What all funds pay."""
    own_fen: int = 0
    """What the person's own accounts pay, before the deductible and after the pool."""
    past_fen: int = 0
    """What of it the account of past years pays."""
    mutual_fen: int = 0
    """What the family's quota pays."""
    outside_fen: int = 0
    """What left the claim."""

    def __post_init__(self) -> None:
        claim, pooled = self.claim, self.pooled
        self.fund_fen = pooled.fund_fen + pooled.supplement_fen + claim.fixed_fund_fen
        self.own_fen = pooled.first_fen
        for one in self.payments:
            if one.account == MUTUAL:
                self.mutual_fen = one.pay_fen
                continue
            self.own_fen += one.pay_fen
            if one.account == PAST:
                self.past_fen = one.pay_fen
        for left in claim.left_out:
            self.outside_fen += left.amount_fen

    @property
    def cash_fen(self) -> int:
        """The cash before it is rounded down: the person's part less the accounts, and what left the claim."""
        return self.claim.medfee_sumamt - self.fund_fen - self.own_fen - self.mutual_fen + self.outside_fen
