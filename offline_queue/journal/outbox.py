"""What the sender owes the centre: a projection of the records, kept in their transaction.

No dispatch is written apart from its record, so none can be lost or made twice; :func:`rebuild` gives the
same rows from the records alone. Causality is per person: a row waits for earlier rows of the same owner
that are not closed, and for the answer of the row that it names in ``after``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from offline_queue.journal.errors import ClaimTooLate
from offline_queue.journal.store import Driver
from offline_queue.journal.values import DueRow, DueState, Json, Lane

_OPENS = frozenset({"sale_intended", "void_intended", "refresh_intended"})
_CLOSES = frozenset({"done", "refused", "aborted", "refreshed"})
_STATE_OF_OUTCOME: dict[str, DueState] = {
    "accepted": "closed",
    "rejected": "closed",
    "not_needed": "closed",
    "unknown": "unknown",
    "retry": "waiting",
}
_COLUMNS = "msgid, infno, lane, owner, after, state, attempts, seq"


def project(db: Driver, *, seq: int, kind: str, subject: str, body: Json, owner: bytes) -> None:
    """Apply one record to the derived tables."""
    if kind in _OPENS:
        db.execute("INSERT OR IGNORE INTO open_subject VALUES (?, ?, ?, ?)", (subject, kind, seq, owner))
    elif kind in _CLOSES:
        closed = db.execute("DELETE FROM open_subject WHERE subject = ? RETURNING owner", (subject,)).fetchone()
        owner = bytes(closed[0]) if closed else owner
    match kind, body:
        case "sale_intended", {"way": "online"}:
            _owe(db, subject, "2102", "live", owner, "", seq)
        case "done", {"infno": "2102", "offline": True}:
            _owe(db, subject, "2102", "backlog", owner, "", seq)
        case "void_intended", {"way": way, "original": original}:
            _owe(db, subject, "2103", "live" if way == "online" else "backlog", owner, original, seq)
        case "sending", _:
            db.execute("UPDATE due SET state = 'begun', attempts = attempts + 1 WHERE msgid = ?", (subject,))
        case "answered", {"outcome": outcome}:
            _answered(db, subject, outcome)
        case "set_aside", _:
            _set_state(db, subject, "set_aside")
        case "cancelled", _:
            _set_state(db, subject, "closed")


def claim(db: Driver, msgid: str) -> None:
    """Take a row back in this transaction. Raises :class:`ClaimTooLate` once the sender has begun it."""
    row = db.execute("SELECT state, attempts FROM due WHERE msgid = ?", (msgid,)).fetchone()
    if row is None or tuple(row) != ("waiting", 0):
        raise ClaimTooLate(msgid=msgid)


def rebuild(db: Driver) -> None:
    """Make the derived tables anew from the records."""
    db.execute("DELETE FROM due")
    db.execute("DELETE FROM open_subject")
    rows = db.execute(
        "SELECT record.seq, kind, subject, body, coalesce(owner, x'') FROM record LEFT JOIN private USING (seq) ORDER BY record.seq"
    )
    for seq, kind, subject, body, owner in rows.fetchall():
        project(db, seq=seq, kind=kind, subject=subject, body=json.loads(body), owner=owner)


def ready(db: Driver, lane: Lane, limit: int) -> list[DueRow]:
    """Return rows of ``lane`` that nothing holds back, oldest first: never sent, or known not executed."""
    return _rows(
        db,
        f"""SELECT {_COLUMNS} FROM due WHERE state <> 'closed' AND state = 'waiting' AND lane = ?
            AND NOT EXISTS (SELECT 1 FROM due AS earlier WHERE earlier.owner = due.owner AND due.owner <> x''
                            AND earlier.seq < due.seq AND earlier.state <> 'closed')
            AND NOT EXISTS (SELECT 1 FROM due AS first WHERE first.msgid = due.after AND first.state <> 'closed')
            ORDER BY seq LIMIT ?""",  # noqa: S608 - only our own column names
        (lane, limit),
    )


def unresolved(db: Driver) -> list[DueRow]:
    """Return rows that were sent and whose outcome is not known: queried, never sent again."""
    return _rows(db, f"SELECT {_COLUMNS} FROM due WHERE state <> 'closed' AND state IN ('begun', 'unknown') ORDER BY seq", ())  # noqa: S608 - as above


def owed(db: Driver) -> list[DueRow]:
    """Return every row that is not closed, oldest first."""
    return _rows(db, f"SELECT {_COLUMNS} FROM due WHERE state <> 'closed' ORDER BY seq", ())  # noqa: S608 - as above


def row(db: Driver, msgid: str) -> DueRow | None:
    """Return the row of ``msgid``."""
    found = _rows(db, f"SELECT {_COLUMNS} FROM due WHERE msgid = ?", (msgid,))  # noqa: S608 - as above
    return found[0] if found else None


def _owe(db: Driver, msgid: str, infno: str, lane: Lane, owner: bytes, after: str, seq: int) -> None:
    values = (msgid, infno, lane, owner, after, "waiting", 0, seq)
    db.execute("INSERT INTO due VALUES (?, ?, ?, ?, ?, ?, ?, ?)", values)


def _answered(db: Driver, msgid: str, outcome: str) -> None:
    if outcome == "unreachable":
        # Surely not sent. A waiting customer goes on off-line under another number; the backlog tries again.
        db.execute("UPDATE due SET state = iif(lane = 'live', 'closed', 'waiting') WHERE msgid = ?", (msgid,))
        return
    _set_state(db, msgid, _STATE_OF_OUTCOME[outcome])


def _set_state(db: Driver, msgid: str, state: DueState) -> None:
    db.execute("UPDATE due SET state = ? WHERE msgid = ?", (state, msgid))


def _rows(db: Driver, sql: str, parameters: tuple[Any, ...]) -> list[DueRow]:
    rows: Iterable[Any] = db.execute(sql, parameters).fetchall()
    return [DueRow(msgid=m, infno=i, lane=lane, owner=bytes(o), after=a, state=s, attempts=n, seq=q) for m, i, lane, o, a, s, n, q in rows]
