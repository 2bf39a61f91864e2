"""The intermediate amounts of one split, between the arithmetic and its explanation. Amounts in fen."""

from __future__ import annotations

from dataclasses import dataclass

from settlement.bill import Benefit, Bill
from settlement.claim import Claim
from settlement.policy import Given, Mark, Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Pooled:
    """How the pooled fund's share came about. All zero and None where there is none."""

    deductible: Given | None = None
    act_pay_dedc: int = 0
    shared_fen: int = 0
    ceiling: Given | None = None
    room_fen: int = 0
    """What the ceiling still allows this year."""
    ratio: Given | None = None
    """None also where the ceiling was reached before: then no ratio is needed."""
    uncapped_fen: int = 0
    fund_fen: int = 0
    marks: tuple[Mark, ...] = ()
    """The pack's values that were used."""

    @property
    def ratio_e4(self) -> int:
        """The pooled ratio in 10⁻⁴, 0 where none was applied."""
        return 0 if self.ratio is None else self.ratio.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """How the account's payment came about."""

    available_fen: int = 0
    opened: tuple[tuple[str, int, Given], ...] = ()
    """Each kind of cost that the person bears, its amount, and whether the account may pay it."""
    payable_fen: int = 0
    """What the account may pay of them."""
    acct_pay: int = 0
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Working:
    """Everything that the explanation speaks of."""

    bill: Bill
    policy: Policy
    benefit: Benefit
    claim: Claim
    pooled: Pooled
    drawn: Drawn

    @property
    def cash_fen(self) -> int:
        """The cash before it is rounded down: the person's part less the account, and what left the claim."""
        outside_fen = sum(line.amount_fen for line in self.claim.left_out)
        return self.claim.medfee_sumamt - self.pooled.fund_fen - self.drawn.acct_pay + outside_fen
