"""The rules of a centre that has moved on: what the tills were told is not what it goes by."""

from __future__ import annotations

from dataclasses import replace

from clearing.pricing import PolicyOf
from settlement.errors import Refusal
from settlement.policy import Policy


def moved_on(known: PolicyOf, admdvs: str, date: str) -> Policy | Refusal:
    """Return rules by which the account no longer pays what a person bears of a class B drug before the ratio."""
    policy = known(admdvs, date)
    if isinstance(policy, Refusal):
        return policy
    return replace(policy, account=tuple(replace(row, value=0) if row.about == "first_pay" else row for row in policy.account))
