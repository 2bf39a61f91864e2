"""A past sale under another pack: what it would have come to, and what that moves between pool, account and cash."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from settlement.bill import Benefit
from settlement.blame import blame
from settlement.errors import Refusal
from settlement.split import price

if TYPE_CHECKING:
    from settlement.bill import Bill
    from settlement.figures import Figures
    from settlement.policy import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """Fen that more (or, negative, less) is paid by each."""

    pool: int = 0
    account: int = 0
    cash: int = 0

    @property
    def size(self) -> int:
        """How much money changes hands."""
        return max(abs(self.pool), abs(self.account), abs(self.cash))


@dataclass(frozen=True, slots=True, kw_only=True)
class Year:
    """By how much a person's year stands elsewhere than it did: what the sales before this one would have changed."""

    deductible: int = 0
    fund: int = 0
    account: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Repriced:
    """One past sale under the candidate."""

    moved: Moved
    figures: Figures
    outside_fen: int
    year: Year
    """After it."""
    rule: str
    """Key of the candidate's value where the difference begins; empty without one."""


def reprice(bill: Bill, benefit: Benefit, booked: Figures, outside_fen: int, candidate: Policy, year: Year) -> Repriced | Refusal:
    """Return the sale under ``candidate``, or why it could not have been priced; ``booked`` is what was really paid.

    ``year`` carries what the candidate changed of the same person's earlier sales here, so that a deductible that is filled sooner
    or a ceiling that is reached later counts.
    """
    before = replace(
        benefit,
        deductible_used_fen=max(0, benefit.deductible_used_fen + year.deductible),
        fund_paid_fen=max(0, benefit.fund_paid_fen + year.fund),
        account_fen=benefit.account_fen + year.account,
    )
    split = price(bill, candidate, before)
    if isinstance(split, Refusal):
        return split
    figures = split.figures
    movements = zip(figures.movements(), booked.movements(), strict=True)
    _, pool, account, cash = (would - was for would, was in movements)
    moved = Moved(pool=pool, account=account, cash=cash + split.outside_fen - outside_fen)
    begins = blame(split.steps, figures, booked) if moved.size else None
    return Repriced(
        moved=moved,
        figures=figures,
        outside_fen=split.outside_fen,
        year=Year(
            deductible=year.deductible + figures.act_pay_dedc - booked.act_pay_dedc,
            fund=year.fund + figures.hifp_pay - booked.hifp_pay,
            account=year.account - account,
        ),
        rule=begins.rule if begins is not None else "",
    )
