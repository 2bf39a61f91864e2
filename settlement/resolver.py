"""What a person may do about something whose outcome is not known: what is known, what can still be asked, the only safe actions. Pure.

Nothing here ever says to ask somebody's support: each action yields a proof that closes the doubt, or the deadline does. Who bears what
is left is that of commit-protocol section 7. Dates are ISO, times China time.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from settlement.allowance import NOT_AFTER_MONTHS
from settlement.facts import Hotlisted
from settlement.policy import Policy

Asked = Literal["card", "query", "statement", "deadline"]
"""The same card · 5201 and 5203 · the centre's files (3202) · the last day."""
Action = Literal["insert-card", "send-now", "goods", "cash", "wait-statement", "wait-deadline", "close-row", "other-card"]
Bearer = Literal["nobody", "shop", "insurer", "account", "customer", "unsaid"]
_HOUR_S = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """A sale or a void whose outcome is not known, as the journal has it."""

    subject: str
    kind: Literal["sale", "void"]
    offline: bool
    """Whether the card pays: then the card proves it. Else the centre does."""
    at: str
    """When it was meant, ISO."""
    amount_fen: int
    dated: str = ""
    """The day by which it is timed, ISO: no step of the clock moved it. Empty = ``at``."""
    first_sent: str = ""
    last_sent: str = ""
    """Of the request, ISO; empty when it was surely never sent."""
    queried: bool = False
    """Whether a query has found nothing so far."""
    set_aside: bool = False
    goods_released: bool | None = None
    cash_taken_fen: int = 0
    not_after: str = ""
    """Off-line: the character of the allowance on the card."""
    hotlist: Hotlisted | None = None
    found: bool = False
    """Whether it is known what happened, and only the answer about the goods is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """The desk's answer about one of them."""

    pending: Pending
    asked: tuple[Asked, ...]
    """What can still be asked, the quickest first."""
    actions: tuple[Action, ...]
    judged_after: str
    """When the centre's files may judge it, ISO; empty for what only the card proves."""
    deadline: str
    """Its last day, ISO."""
    overdue: bool
    bearer: Bearer
    """Who bears it if it ends at the deadline as not done."""
    refused_bearer: Bearer | None = None
    """Off-line: who bears it if it is done and the centre refuses it later, as the list stood when it was sold."""


def resolve(pending: Pending, policy: Policy, now: datetime) -> Resolution:
    """Return what is safe to do about ``pending`` now."""
    deadline = deadline_of(pending, policy)
    judged = "" if pending.offline or not pending.last_sent else _after(pending.last_sent, policy.transit_h)
    return Resolution(
        pending=pending,
        asked=_asked(pending),
        actions=_actions(pending),
        judged_after=judged,
        deadline=deadline,
        overdue=now.strftime("%Y-%m-%d") > deadline,
        bearer=bearer_of(pending),
        refused_bearer=None if pending.hotlist is None or not pending.offline else bears_refusal(pending.hotlist, policy, sold=pending.at),
    )


def deadline_of(pending: Pending, policy: Policy) -> str:
    """Return the last day of a doubt: of a request the pack's days; off-line not-after and the longest queue age after it."""
    begun = date.fromisoformat((pending.dated or pending.at)[:10])
    if not pending.offline:
        return (begun + timedelta(days=policy.doubt_days)).isoformat()
    return (_month_end(pending.not_after, begun) + timedelta(days=policy.doubt_days + 1)).isoformat()


def bearer_of(pending: Pending) -> Bearer:
    """Return who bears it when it ends as not done: nobody while the goods are here or paid; else the shop, which let them go.

    Where nobody has said whether the goods went out, it is not said that nothing is lost.
    """
    if pending.kind == "void" or pending.goods_released is False or pending.cash_taken_fen:
        return "nobody"
    if pending.goods_released is None:
        return "unsaid"
    return "shop" if pending.offline else "customer"


def bears_refusal(hotlist: Hotlisted, policy: Policy, *, sold: str, reported: str = "", above_earmark: bool = False) -> Bearer:
    """Return who bears an off-line sale that the centre refuses afterwards (commit-protocol section 7).

    Debits above the earmark: the shop that made them. Lost before it was reported: the account. Sold by a list that the pack calls fresh:
    the insurer. By an older one, or by none: the shop.
    """
    if above_earmark:
        return "shop"
    if reported and sold <= reported:
        return "account"
    fresh = hotlist.age_s is not None and hotlist.age_s <= policy.hotlist_refuse_h * _HOUR_S
    return "insurer" if fresh else "shop"


def _asked(pending: Pending) -> tuple[Asked, ...]:
    if pending.found:
        return ()
    if pending.offline:
        return ("card", "deadline")
    return ("query", "statement", "deadline") if pending.last_sent else ("query", "deadline")


def _actions(pending: Pending) -> tuple[Action, ...]:
    """Return the only safe actions; sending anew under another number is never one."""
    goods: tuple[Action, ...] = ("goods",) if pending.kind == "sale" and pending.goods_released is None else ()
    if pending.found:
        return goods or ("send-now",)
    cash: tuple[Action, ...] = ("cash",) if pending.kind == "sale" and not pending.cash_taken_fen else ()
    if pending.set_aside:
        return ("close-row", *goods)
    if pending.offline:
        return ("insert-card", *goods, *cash, "wait-deadline")
    return ("send-now", *goods, *cash, "wait-statement")


def _after(sent: str, hours: int) -> str:
    return (datetime.fromisoformat(sent) + timedelta(hours=hours)).isoformat(timespec="minutes")


def _month_end(not_after: str, sold: date) -> date:
    """Return the last day of the month that the card's character names: the next such month from the sale on."""
    month = NOT_AFTER_MONTHS.index(not_after) + 1 if not_after and not_after in NOT_AFTER_MONTHS else sold.month
    year = sold.year + (month < sold.month)
    return date(year, month, monthrange(year, month)[1])
