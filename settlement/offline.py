"""Whether this sale may be paid by the card while the line is certainly down: from its allowance, or by its own debit.

Commit-protocol sections 2 and 7: the pack's rule, no pooled share possible by rule, not-after, floor limit with the same
person's sum in the window, numbers and sums of person and till, age of the hotlist; never after a restore (section 8). There is
no off-line mode to enter or to leave: each sale tries the line first, so none needs a random attempt.
"""

from __future__ import annotations

from dataclasses import dataclass

from settlement import refusals
from settlement.allowance import CardRecord, spendable_fen
from settlement.bill import Benefit, Bill, Split
from settlement.card_debit import debits_itself
from settlement.errors import Refusal
from settlement.facts import Hotlisted
from settlement.money import format_yuan
from settlement.policy import Policy
from settlement.split import price

_HOUR_S = 3600
_SOFT_PART = 5


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
    person_count: int = 0
    """How many such sales of this person there are."""
    till_count: int = 0
    """How many of this till, whoever bought."""
    till_used_fen: int = 0
    """What they were debited together."""
    restored_at: int | None = None
    """Records that the journal held when it was restored from a backup; None when it never was."""


def offer(bill: Bill, policy: Policy, record: CardRecord, now: Circumstances) -> Split | Refusal:
    """Return the split that the card pays, or why it may not. Nothing moves."""
    if (closed := closed_offline(policy, now)) is not None:
        return closed
    spendable = _spendable(policy, record, now)
    if isinstance(spendable, Refusal):
        return spendable
    # The card does not tell the person's type: a bill whose price needs it has a pooled share by rule.
    benefit = Benefit(psn_type="", deductible_used_fen=0, fund_paid_fen=0, account_fen=spendable)
    split = price(bill, policy, benefit)
    if isinstance(split, Refusal):
        return split
    if split.pool_possible:
        return Refusal(refusals.OFFLINE_POOL)
    if split.figures.acct_pay == 0:
        return Refusal(refusals.OFFLINE_EMPTY)
    return _till(split, policy, now) or _floor(split, policy, now)


def _spendable(policy: Policy, record: CardRecord, now: Circumstances) -> int | Refusal:
    """Return what this card may pay in an area: an allowance in one of allowances, its own amount in one of cards that debit."""
    if policy.offline_account == "legacy_card":
        if not debits_itself(record):
            return Refusal(refusals.OFFLINE_CARD_ALLOWANCE, {"area": policy.admdvs})
        return record.amount_fen or Refusal(refusals.OFFLINE_CARD_EMPTY)
    if spendable := spendable_fen(record, month=now.month):
        return spendable
    if debits_itself(record) and record.amount_fen:
        return Refusal(refusals.OFFLINE_CARD_LEGACY, {"area": policy.admdvs})
    return Refusal(refusals.OFFLINE_EXPIRED if record.readable and record.amount_fen and record.counter else refusals.OFFLINE_EMPTY)


def closed_offline(policy: Policy, now: Circumstances) -> Refusal | None:
    """Return why nobody may spend an allowance here and now, whatever their card carries; None when it may be looked at."""
    if policy.offline_account == "forbidden":
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Headroom:
    """What a till may still sell off-line before the centre has answered; None where the pack sets no such limit."""

    sales: int | None
    amount_fen: int | None

    @property
    def spent(self) -> bool:
        """Whether the hard limit is reached."""
        return self.sales == 0 or self.amount_fen == 0


def headroom(policy: Policy, *, till_count: int, till_used_fen: int) -> Headroom:
    """Return what is left of the till's own limits."""
    sales = max(policy.offline_till_count - till_count, 0) if policy.offline_till_count else None
    amount_fen = max(policy.offline_till_sum_fen - till_used_fen, 0) if policy.offline_till_sum_fen else None
    return Headroom(sales=sales, amount_fen=amount_fen)


def is_short(policy: Policy, left: Headroom) -> bool:
    """Whether the soft limit is reached: a fifth of a limit or less is left, and whoever sells is told."""
    few = left.sales is not None and left.sales * _SOFT_PART <= policy.offline_till_count
    return few or (left.amount_fen is not None and left.amount_fen * _SOFT_PART <= policy.offline_till_sum_fen)


def _till(split: Split, policy: Policy, now: Circumstances) -> Refusal | None:
    """Return which limit of number, or of the till's sum, this sale would break."""
    if policy.offline_person_count and now.person_count >= policy.offline_person_count:
        return Refusal(refusals.OFFLINE_PERSON_COUNT, {"limit": str(policy.offline_person_count)})
    left = headroom(policy, till_count=now.till_count, till_used_fen=now.till_used_fen)
    if left.sales == 0 or (left.amount_fen is not None and split.figures.acct_pay > left.amount_fen):
        amount = "—" if left.amount_fen is None else format_yuan(left.amount_fen)
        return Refusal(refusals.OFFLINE_TILL_LIMIT, {"sales": "—" if left.sales is None else str(left.sales), "amount": amount})
    return None


def _floor(split: Split, policy: Policy, now: Circumstances) -> Split | Refusal:
    limit_fen = floor_in_force(policy, now.hotlist)
    if split.figures.acct_pay + now.person_used_fen > limit_fen:
        return Refusal(refusals.OFFLINE_FLOOR, {"limit": format_yuan(limit_fen), "used": format_yuan(now.person_used_fen)})
    return split
