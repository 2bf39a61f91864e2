"""Whether this sale may be paid from the card's allowance while the line is certainly down.

Commit-protocol sections 2 and 7, as far as built: the pack's rule, no pooled share possible by rule,
not-after, floor limit with the same person's sum in the window, age of the hotlist; never after a restore (section 8).
"""

from __future__ import annotations

from dataclasses import dataclass

from settlement import refusals
from settlement.allowance import CardRecord, spendable_fen
from settlement.bill import Benefit, Bill, Split
from settlement.errors import Refusal
from settlement.facts import Hotlisted
from settlement.money import format_yuan
from settlement.policy import Policy
from settlement.split import price

_HOUR_S = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What the till knows of the moment when the line is down."""

    month: int
    """Calendar month, 1–12, of the later of wall clock and last signed centre time."""
    hotlist: Hotlisted
    person_used_fen: int
    """Off-line debits of this person in the window that the centre has not answered."""
    reason: str
    """Code of what the line said."""
    restored_at: int | None = None
    """Records that the journal held when it was restored from a backup; None when it never was."""


def offer(bill: Bill, policy: Policy, record: CardRecord, now: Circumstances) -> Split | Refusal:
    """Return the split that the card's allowance pays, or why it may not. Nothing moves."""
    if (closed := closed_offline(policy, now)) is not None:
        return closed
    spendable = spendable_fen(record, month=now.month)
    if spendable == 0:
        dated = record.readable and record.amount_fen
        return Refusal(refusals.OFFLINE_EXPIRED if dated and record.counter else refusals.OFFLINE_EMPTY)
    # The card does not tell the person's type: a bill whose price needs it has a pooled share by rule.
    benefit = Benefit(psn_type="", deductible_used_fen=0, fund_paid_fen=0, account_fen=spendable)
    split = price(bill, policy, benefit)
    if isinstance(split, Refusal):
        return split
    if split.pool_possible:
        return Refusal(refusals.OFFLINE_POOL)
    if split.figures.acct_pay == 0:
        return Refusal(refusals.OFFLINE_EMPTY)
    return _floor(split, policy, now)


def closed_offline(policy: Policy, now: Circumstances) -> Refusal | None:
    """Return why nobody may spend an allowance here and now, whatever their card carries; None when it may be looked at."""
    if policy.offline_account != "allowance":
        return Refusal(refusals.OFFLINE_FORBIDDEN, {"area": policy.admdvs})
    if now.restored_at is not None:
        # What was spent and doubted after the backup is not known here: sums and doubts would be believed that are not all.
        return Refusal(refusals.OFFLINE_RESTORED, {"count": str(now.restored_at)})
    return _hotlist(policy, now.hotlist)


def _hotlist(policy: Policy, hotlist: Hotlisted) -> Refusal | None:
    limit_h = policy.hotlist_refuse_h
    if hotlist.age_s is None or hotlist.age_s > limit_h * _HOUR_S:
        age = "—" if hotlist.age_s is None else str(hotlist.age_s // _HOUR_S)
        return Refusal(refusals.OFFLINE_HOTLIST_OLD, {"age": age, "limit": str(limit_h)})
    return None


def floor_in_force(policy: Policy, hotlist: Hotlisted) -> int:
    """Return the most (fen) that one person may spend off-line by a hotlist of this age."""
    stale = hotlist.age_s is not None and hotlist.age_s > policy.hotlist_soft_h * _HOUR_S
    return policy.floor_limit_stale_fen if stale else policy.floor_limit_fen


def _floor(split: Split, policy: Policy, now: Circumstances) -> Split | Refusal:
    limit_fen = floor_in_force(policy, now.hotlist)
    if split.figures.acct_pay + now.person_used_fen > limit_fen:
        return Refusal(refusals.OFFLINE_FLOOR, {"limit": format_yuan(limit_fen), "used": format_yuan(now.person_used_fen)})
    return split
