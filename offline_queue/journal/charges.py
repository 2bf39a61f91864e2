"""The table of charges of visits that follows from the records: which stand, and of which the centre may keep something.

A charge stands from its intent until it came to nothing or was voided. Then, where a step of it was sent that the centre keeps (a
registration, lines), the outbox owes that it is taken down, in the same transaction: under the same subject, on the backlog.
"""

from __future__ import annotations

from offline_queue.chain import TAKEDOWN
from offline_queue.journal.errors import NotDue
from offline_queue.journal.store import Driver
from offline_queue.journal.values import Json
from settlement.errors import ProtocolMisuse

_KEPT = ("2201", "2204")
"""Steps of which the centre keeps something."""
_NOT_TAKEN = ("rejected", "unreachable", "retry")
"""Answers by which it surely keeps nothing of one attempt."""


# --- what records do to it -------------------------------------------------------------------------------


def intended(db: Driver, subject: str, body: Json, owner: bytes) -> None:
    """Take note of a sale that charges a visit. Raises :class:`ProtocolMisuse` where the visit's registration has a void."""
    charge = body.get("charge")
    if not charge:
        return
    opened_by = charge["opened_by"]
    if opened_by and db.execute("SELECT 1 FROM reversal WHERE original = ?", (opened_by,)).fetchone():
        message = f"{subject} charges a visit whose registration {opened_by} has an open or done void"
        raise ProtocolMisuse(message)
    db.execute("INSERT INTO charge VALUES (?, ?, ?, 0, 1)", (subject, opened_by, owner))


def refuse_void(db: Driver, original: str) -> None:
    """Raise :class:`ProtocolMisuse` for the void of a registration while another charge of its visit stands."""
    by = standing_on(db, original)
    if by:
        message = f"{original} opened a visit that {by[0]} charges: that one first"
        raise ProtocolMisuse(message)


def stepped(db: Driver, kind: str, subject: str, body: Json) -> None:
    """Take note of a step, before or after it, or of a takedown that is over. Raises :class:`NotDue` for what is owed no more."""
    match kind:
        case "step_sending":
            _sending(db, subject, body["infno"], body["owed"])
        case "step_answered":
            _step_answered(db, subject, body["infno"], body["outcome"])
        case _:
            _taken_down(db, subject)


def ended(db: Driver, subject: str, seq: int) -> None:
    """Owe the takedown of a charge that stands no more, once, where the centre may keep something of it. Nothing for any other sale."""
    fallen = db.execute("UPDATE charge SET stands = 0 WHERE subject = ? AND stands RETURNING owner, begun", (subject,)).fetchone()
    if fallen is not None and fallen[1]:
        sql = "INSERT INTO due VALUES (?, ?, 'backlog', ?, '', 'waiting', 0, 0, ?)"
        db.execute(sql, (subject, TAKEDOWN, bytes(fallen[0]), seq))


def answered(db: Driver, subject: str, outcome: str, seq: int) -> None:
    """Know that an accepted charge is there, and let one stand no more that was booked off-line and refused.

    A refused one that is not booked ends when the till says so.
    """
    if outcome == "accepted":
        # Also where none of its steps is on record: it was found by a journal that came back from a backup.
        db.execute("UPDATE charge SET begun = max(begun, 1) WHERE subject = ?", (subject,))
    if outcome == "rejected" and db.execute("SELECT 1 FROM open_subject WHERE subject = ?", (subject,)).fetchone() is None:
        ended(db, subject, seq)


def _sending(db: Driver, subject: str, infno: str, owed: str) -> None:
    """Let a step begin while what it is of is owed and not sent. Raises :class:`NotDue` when the till has taken it back."""
    if db.execute("SELECT 1 FROM due WHERE msgid = ? AND infno = ? AND state = 'waiting'", (subject, owed)).fetchone() is None:
        raise NotDue(msgid=subject)
    if infno in _KEPT:
        db.execute("UPDATE charge SET begun = begun + 1 WHERE subject = ?", (subject,))


def _step_answered(db: Driver, subject: str, infno: str, outcome: str) -> None:
    """Take note of what a step came to."""
    less = int(infno in _KEPT and outcome in _NOT_TAKEN)
    if db.execute("UPDATE charge SET begun = max(begun - ?, 0) WHERE subject = ?", (less, subject)).rowcount == 0:
        message = f"step_answered: {subject} charges no visit"
        raise ProtocolMisuse(message)


def _taken_down(db: Driver, subject: str) -> None:
    """Close a takedown. Raises :class:`NotDue` when none is owed."""
    if db.execute("DELETE FROM due WHERE msgid = ? AND infno = ?", (subject, TAKEDOWN)).rowcount == 0:
        raise NotDue(msgid=subject)
    db.execute("UPDATE charge SET begun = 0 WHERE subject = ?", (subject,))


# --- what is asked of it ---------------------------------------------------------------------------------


def standing_on(db: Driver, registration: str) -> list[str]:
    """Return the charges that stand on the visit which the settlement ``registration`` opened, oldest first."""
    sql = "SELECT subject FROM charge WHERE opened_by = ? AND stands ORDER BY subject"
    return [subject for (subject,) in db.execute(sql, (registration,)).fetchall()]
