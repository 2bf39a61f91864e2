"""What a plan says of each of its ordinary bills (:mod:`settlement.ordinary`), looked up once."""

from __future__ import annotations

from dataclasses import dataclass, field

from settlement import unpriced
from settlement.plan import PLANS_MAX, Plan
from settlement.policy import CURRENT

COSTS = ("unpooled", "deductible", "shared", "first_pay", "over_limit", "full_selfpay")
"""What a person bears of an ordinary bill, in the order in which the account is asked."""


@dataclass(slots=True, kw_only=True, eq=False)
class Terms:
    """What a plan says that is the same for each of its ordinary bills. Amounts in fen."""

    own_fen: int
    """The deductible before what was used."""
    yearly: bool
    """Whether what the year used counts against it."""
    ceiling_fen: int
    apart: tuple[tuple[int, bool | None, tuple[str, ...]], ...]
    """The costs that the account may not pay, or of which nobody says (None), or which are not confirmed: their places in the
    order of the person's costs, and what to warn of."""
    pooled_warnings: tuple[str, ...]
    """Of a bill with a pooled share, and further of one above its deductible, and of one from which the account pays."""
    shared_warnings: tuple[str, ...]
    account_warnings: tuple[str, ...]
    fund_includes_account: bool
    known: dict[tuple[str, ...], tuple[str, ...]] = field(default_factory=dict)
    """What bills warned of, in order."""
    pack: str

    def sorted(self, warnings: tuple[str, ...]) -> tuple[str, ...]:
        """Return each warning once, in order."""
        found = self.known.get(warnings)
        if found is None:
            if len(self.known) >= PLANS_MAX:
                self.known.clear()
            found = self.known[warnings] = tuple(sorted(set(warnings)))
        return found


def terms_of(plan: Plan) -> Terms | None:
    """Return the terms of ``plan``; None where no bill of it is ordinary."""
    policy = plan.policy
    if plan.current_first or policy.supplement or policy.ceiling_basis.value != "fund_annual" or CURRENT not in plan.accounts:
        return None
    try:
        deductible, ceilings = plan.deductible(), plan.ceilings()
    except unpriced.Unpriced:
        return None
    if len(ceilings) > 1 or deductible.used == "at_level" or deductible.cap is not None:
        return None
    ceiling = ceilings[0][1]
    return Terms(
        own_fen=deductible.own_fen,
        yearly=deductible.used == "anywhere",
        ceiling_fen=ceiling.value,
        apart=tuple((place, *said) for place, cost in enumerate(COSTS) if (said := _opened(plan, cost)) != (True, ())),
        pooled_warnings=policy.segments.mark.warnings + deductible.warnings,
        shared_warnings=policy.ceiling_basis.mark.warnings + ceiling.mark.warnings,
        account_warnings=policy.account_order.mark.warnings,
        fund_includes_account=policy.fund_includes_account.value == "yes",
        pack=policy.pack,
    )


def _opened(plan: Plan, cost: str) -> tuple[bool | None, tuple[str, ...]]:
    try:
        given = plan.account(CURRENT, cost)
    except unpriced.Unpriced:
        return None, ()
    return bool(given.value), given.mark.warnings
