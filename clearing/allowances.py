"""Off-line allowances as the centre sees them: granted, seen on the card, debited, returned (commit-protocol 1).

An earmark is the grant of one generation less the debits of it that were accepted. Asking for g+1 takes the new
grant out of ``available`` at once, while g stays earmarked. Only when g+1 is *seen* on the card does the amount
that was read on g return: until then both might be spent. Whatever is never seen stays earmarked until no till
can have a sale of it any more.
"""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, RowMapping, insert, select, update

from clearing.errors import Refused
from clearing.ledger import available, balance_fen, earmarked, post
from clearing.schema import earmark
from settlement.allowance import NOT_AFTER_MONTHS, CardRecord
from settlement.policy import Policy

OPEN, CLOSED = "open", "closed"
_BYTES = 256


@dataclass(frozen=True, slots=True)
class Holder:
    """One card of one person: generations are counted per card."""

    psn_no: str
    card_no: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """A new generation, and what on-line sales may spend once it is seen on the card."""

    generation: int
    grant_fen: int
    not_after: str
    available_fen: int


@dataclass(frozen=True, slots=True)
class Cover:
    """What the earmark gives for one off-line debit. ``account`` is empty when there is none."""

    account: str
    fen: int


def observe(db: Connection, holder: Holder, record: CardRecord, at: str) -> None:
    """Take note that a generation is on the card; the first sight of it settles the one before."""
    if record.generation is not None and record.counter is not None:
        saw(db, holder, generation=record.generation, counter=record.counter, at=at)


def saw(db: Connection, holder: Holder, *, generation: int, counter: int, at: str) -> None:
    """Return what the card carried before ``generation``, once; counter 0 = a torn refresh, nothing of it was spendable."""
    found = _latest(db, holder, generation)
    if found is None or found["seen"] or found["state"] == CLOSED:
        return
    _change(db, found["number"], seen=at)
    before = found["parent"]
    if before is not None:
        _return(db, holder, before, found["read_fen"] or 0, at)
    if counter == 0:
        _return(db, holder, found["number"], found["grant_fen"], at)
        _change(db, found["number"], state=CLOSED)
    for number in (before, *_drained_before(db, holder, found["number"])):
        _close_if_drained(db, number)


def grant(db: Connection, holder: Holder, record: CardRecord, policy: Policy, *, limit_fen: int, at: str) -> Granted:
    """Earmark a new generation, at most half of what is available. Raises :class:`Refused` when every byte is in use."""
    observe(db, holder, record, at)
    free_fen = balance_fen(db, available(holder.psn_no))
    grant_fen = min(limit_fen, policy.offline_account_limit_fen, free_fen // 2)
    generation = _unused(db, holder, record.generation)
    not_after, before = _earmark(db, holder, record, policy, generation=generation, grant_fen=grant_fen, at=at)
    returning_fen = 0 if before is None else min(record.amount_fen or 0, balance_fen(db, earmarked(before["number"])))
    return Granted(
        generation=generation,
        grant_fen=grant_fen,
        not_after=not_after,
        available_fen=free_fen - grant_fen + returning_fen,
    )


def grant_again(db: Connection, holder: Holder, record: CardRecord, policy: Policy, *, generation: int, grant_fen: int, at: str) -> None:
    """Earmark once more what was granted at ``at`` to a card that read so, and was lost here since (:mod:`clearing.refill`)."""
    observe(db, holder, record, at)
    _earmark(db, holder, record, policy, generation=generation, grant_fen=grant_fen, at=at)


def holds(db: Connection, holder: Holder, *, generation: int, grant_fen: int) -> bool:
    """Whether such a generation was granted, the last of that byte."""
    found = _latest(db, holder, generation)
    return found is not None and found["grant_fen"] == grant_fen


def _earmark(
    db: Connection, holder: Holder, record: CardRecord, policy: Policy, *, generation: int, grant_fen: int, at: str
) -> tuple[str, RowMapping | None]:
    """Take a grant out of what is available; return its last month, and the earmark of the generation that was read."""
    before = None if record.generation is None or not record.counter else _latest(db, holder, record.generation)
    last_day = date.fromisoformat(at[:10]) + timedelta(days=policy.allowance_days)
    not_after = NOT_AFTER_MONTHS[last_day.month - 1]
    row = {
        "psn_no": holder.psn_no,
        "card_no": holder.card_no,
        "generation": generation,
        "grant_fen": grant_fen,
        "not_after": not_after,
        "granted": at,
        "release_on": _release_on(last_day, policy),
        "parent": None if before is None else before["number"],
        "read_fen": None if before is None else record.amount_fen,
        "state": OPEN,
    }
    number = db.execute(insert(earmark).values(row).returning(earmark.c.number)).scalar_one()
    post(db, "grant", str(number), at, {available(holder.psn_no): -grant_fen, earmarked(number): grant_fen})
    return not_after, before


def cover(db: Connection, holder: Holder, *, generation: int, debit_fen: int) -> Cover:
    """Return what the earmark of ``generation`` still gives for a debit; beyond it the shop that took it bears it."""
    found = _latest(db, holder, generation)
    if found is None:
        return Cover("", 0)
    name = earmarked(found["number"])
    return Cover(name, min(debit_fen, balance_fen(db, name)))


def debited(db: Connection, holder: Holder, generation: int) -> None:
    """Close the earmark of ``generation`` when that was its last debit and a later generation is on the card."""
    found = _latest(db, holder, generation)
    if found is not None and _superseded(db, found["number"]):
        _close_if_drained(db, found["number"])


def release_overdue(db: Connection, at: str) -> None:
    """Return what no till can have a sale of any more."""
    overdue = select(earmark).where(earmark.c.state == OPEN, earmark.c.release_on <= at[:10])
    for row in db.execute(overdue).mappings().all():
        _return(db, Holder(row["psn_no"], row["card_no"]), row["number"], row["grant_fen"], at)
        _change(db, row["number"], state=CLOSED)


def earmarks_of(db: Connection, psn_no: str) -> list[Mapping[str, Any]]:
    """Return the earmarks of a person, oldest first, with what each still holds."""
    rows = db.execute(select(earmark).where(earmark.c.psn_no == psn_no).order_by(earmark.c.number)).mappings()
    return [{**row, "open_fen": balance_fen(db, earmarked(row["number"]))} for row in rows]


def _latest(db: Connection, holder: Holder, generation: int) -> RowMapping | None:
    of_card = select(earmark).where(earmark.c.psn_no == holder.psn_no, earmark.c.card_no == holder.card_no)
    found = of_card.where(earmark.c.generation == generation).order_by(earmark.c.number.desc()).limit(1)
    return db.execute(found).mappings().first()


def _unused(db: Connection, holder: Holder, read: int | None) -> int:
    """Return the generation after the one on the card, passing over bytes that an open earmark of it still uses."""
    of_card = (earmark.c.psn_no == holder.psn_no, earmark.c.card_no == holder.card_no)
    if read is None:
        last = select(earmark.c.generation).where(*of_card).order_by(earmark.c.number.desc()).limit(1)
        read = db.execute(last).scalar() or 0
    used = set(db.execute(select(earmark.c.generation).where(*of_card, earmark.c.state == OPEN)).scalars())
    for step in range(1, _BYTES):
        candidate = (read + step) % _BYTES
        if candidate not in used:
            return candidate
    raise Refused("该卡的脱机额度尚未了结的过多，暂不能刷新")


def _return(db: Connection, holder: Holder, number: int, fen: int, at: str) -> None:
    name = earmarked(number)
    returned_fen = min(fen, balance_fen(db, name))
    if returned_fen:
        post(db, "return", str(number), at, {name: -returned_fen, available(holder.psn_no): returned_fen})


def _superseded(db: Connection, number: int) -> bool:
    """Whether a later generation of the same card was seen."""
    this = select(earmark.c.psn_no, earmark.c.card_no).where(earmark.c.number == number).subquery()
    later = select(earmark.c.number).join(this, (earmark.c.psn_no == this.c.psn_no) & (earmark.c.card_no == this.c.card_no))
    return db.execute(later.where(earmark.c.number > number, earmark.c.seen != "").limit(1)).first() is not None


def _drained_before(db: Connection, holder: Holder, number: int) -> list[int]:
    of_card = (earmark.c.psn_no == holder.psn_no, earmark.c.card_no == holder.card_no)
    seen = select(earmark.c.number).where(*of_card, earmark.c.number < number, earmark.c.state == OPEN, earmark.c.seen != "")
    return list(db.execute(seen).scalars())


def _close_if_drained(db: Connection, number: int | None) -> None:
    if number is not None and not balance_fen(db, earmarked(number)):
        _change(db, number, state=CLOSED)


def _change(db: Connection, number: int, **values: str) -> None:
    db.execute(update(earmark).where(earmark.c.number == number).values(values))


def _release_on(last_day: date, policy: Policy) -> str:
    """Return the day after not-after and the longest queue: a doubt may become a sale until its own deadline."""
    month_end = last_day.replace(day=calendar.monthrange(last_day.year, last_day.month)[1])
    return (month_end + timedelta(days=policy.doubt_days + 1)).isoformat()
