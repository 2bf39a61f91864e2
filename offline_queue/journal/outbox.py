"""What the sender owes the centre, and in which order it may go.

Causality is per person: a row waits for earlier rows of the same owner, and for the answer of the row that it
names in ``after``. A row that was set aside holds back only those that name it, and a takedown nothing: no settlement depends on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from offline_queue.chain import TAKEDOWN
from offline_queue.journal.errors import ClaimTooLate
from offline_queue.journal.store import Driver
from offline_queue.journal.values import DueRow, Lane

_SELECT = "SELECT msgid, infno, lane, owner, after, state, attempts, seq FROM due"


def claim(db: Driver, msgid: str) -> None:
    """Make sure, in this transaction, that the sender has not begun a row. Raises :class:`ClaimTooLate`."""
    row = db.execute("SELECT state, attempts, infno FROM due WHERE msgid = ?", (msgid,)).fetchone()
    if row is None or tuple(row[:2]) != ("waiting", 0) or row[2] == TAKEDOWN:
        raise ClaimTooLate(msgid=msgid)


def ready(db: Driver, lane: Lane, limit: int) -> list[DueRow]:
    """Return rows of ``lane`` that nothing holds back, oldest first: never sent, or known not executed."""
    sql = f"""{_SELECT} WHERE state = 'waiting' AND lane = ?
              AND NOT EXISTS (SELECT 1 FROM due AS earlier WHERE earlier.owner = due.owner AND due.owner <> x''
                              AND earlier.seq < due.seq AND earlier.state <> 'set_aside' AND earlier.infno <> '{TAKEDOWN}')
              AND NOT EXISTS (SELECT 1 FROM due AS first WHERE first.msgid = due.after)
              ORDER BY seq LIMIT ?"""  # noqa: S608 - only our own names
    return _rows(db, sql, (lane, limit))


def unresolved(db: Driver) -> list[DueRow]:
    """Return rows that were sent and whose outcome is not known: queried, never sent again."""
    return _rows(db, f"{_SELECT} WHERE state IN ('begun', 'unknown') ORDER BY seq")


def owed(db: Driver) -> list[DueRow]:
    """Return every row, oldest first."""
    return _rows(db, f"{_SELECT} ORDER BY seq")


def row(db: Driver, msgid: str) -> DueRow | None:
    """Return the row of ``msgid``, None when nothing is owed under it."""
    found = _rows(db, f"{_SELECT} WHERE msgid = ?", (msgid,))
    return found[0] if found else None


def of_owner(db: Driver, owner: bytes) -> int:
    """Return how many settlements of a person are not finished, not answered or not agreed to."""
    sql = """SELECT count(*) FROM (SELECT subject FROM open_subject WHERE owner = ?1 UNION SELECT msgid FROM due WHERE owner = ?1
                                   UNION SELECT subject FROM not_agreed WHERE owner = ?1)"""
    return int(db.execute(sql, (owner,)).fetchone()[0])


def offline_held(db: Driver) -> tuple[int, int]:
    """Return how many off-line sales the centre has not answered, and what their cards were debited."""
    sql = """SELECT count(*), coalesce(sum(json_extract(body, '$.card.debit_fen')), 0) FROM due JOIN record ON record.subject = due.msgid
             WHERE due.lane = 'backlog' AND due.infno IN ('2102', '2207') AND record.kind = 'sale_intended'"""
    found = db.execute(sql).fetchone()
    return int(found[0]), int(found[1])


def _rows(db: Driver, sql: str, parameters: Sequence[Any] = ()) -> list[DueRow]:
    found = db.execute(sql, parameters).fetchall()
    return [DueRow(msgid=m, infno=i, lane=lane, owner=bytes(o), after=a, state=s, attempts=n, seq=q) for m, i, lane, o, a, s, n, q in found]
