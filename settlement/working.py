"""The intermediate amounts of one split, between the arithmetic and its explanation. Amounts in fen."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from settlement.bill import Benefit, Bill
from settlement.claim import Claim
from settlement.money import round_exact
from settlement.policy import Policy
from settlement.rule import Given, Mark

ExactFen = int | Fraction
"""Fen; a fraction only where a band of ratios ends within a fen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """A part of the shared amount with one ratio."""

    amount_fen: ExactFen
    ratio_e4: int
    base: Given
    """The ratio's row."""
    points: tuple[Given, ...] = ()
    """What is added to it, and taken off as negative values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deductible:
    """How the deductible of this bill came about."""

    full: Given
    factor: Given | None = None
    less: Given | None = None
    cap: Given | None = None
    used_fen: int = 0
    """What counts against it."""
    left_fen: int = 0
    """What of it is still to be borne, before it is held against the amount."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ceiling:
    """One ceiling, and what it still allows."""

    name: str
    """Empty for the area's own."""
    given: Given
    times: int
    """How often it counts: the month's number where it accrues."""
    used_fen: int
    room_fen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Supplement:
    """What a fund behind the pool pays above the ceiling."""

    fund: str
    base_fen: int
    ratio: Given
    ceiling: Given
    room_fen: int
    pay_fen: int


@dataclass(frozen=True, slots=True, kw_only=True)
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
    ceilings: tuple[Ceiling, ...] = ()
    slices: tuple[Slice, ...] = ()
    """Empty also where the ceiling was reached before: then no ratio is needed."""
    uncapped_fen: int = 0
    fund_fen: int = 0
    supplement: Supplement | None = None
    marks: tuple[Mark, ...] = ()
    """The pack's values that were used."""

    @property
    def ratio_e4(self) -> int:
        """The pooled ratio in 10⁻⁴, 0 where none was applied; of several, what they come to together."""
        ratios = {one.ratio_e4 for one in self.slices}
        if len(ratios) == 1:
            return next(iter(ratios))
        total = sum(one.amount_fen for one in self.slices)
        return round_exact(Fraction(sum(one.amount_fen * one.ratio_e4 for one in self.slices), total), 1, "half_up") if total else 0

    @property
    def supplement_fen(self) -> int:
        """What the fund behind the pool pays."""
        return self.supplement.pay_fen if self.supplement is not None else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """What one account pays."""

    account: str
    available_fen: int
    opened: tuple[tuple[str, int, Given], ...] = ()
    """Each kind of cost that is left to bear, its amount, and whether this account may pay it."""
    payable_fen: int = 0
    """What it may pay of them."""
    pay_fen: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """How the accounts' payments came about, after the pool."""

    payments: tuple[Payment, ...] = ()
    marks: tuple[Mark, ...] = ()

    def of(self, *accounts: str) -> int:
        """Return what these accounts pay."""
        return sum(one.pay_fen for one in self.payments if one.account in accounts)


@dataclass(frozen=True, slots=True, kw_only=True)
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
    drawn: Drawn

    @property
    def fund_fen(self) -> int:
        """What all funds pay."""
        return self.pooled.fund_fen + self.pooled.supplement_fen + self.claim.fixed_fund_fen

    @property
    def account_fen(self) -> int:
        """What all accounts pay, before the deductible and after the pool."""
        return self.pooled.first_fen + sum(one.pay_fen for one in self.drawn.payments)

    @property
    def cash_fen(self) -> int:
        """The cash before it is rounded down: the person's part less the accounts, and what left the claim."""
        outside_fen = sum(line.amount_fen for line in self.claim.left_out)
        return self.claim.medfee_sumamt - self.fund_fen - self.account_fen + outside_fen
