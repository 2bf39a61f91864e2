"""The table of registrations (挂号) that follows from the records: who holds a place in a half-day, and under which queue number.

A queue number (排队号) counts within one department, doctor and half-day of this till. It is given by the record that books the
registration and never again, whatever is cancelled later: the same records always give the same numbers. What was booked after a backup
is not known to a journal that was restored from it, so numbers count anew with each epoch, and name it.
"""

from __future__ import annotations

from typing import NamedTuple

from offline_queue.journal.store import Driver
from offline_queue.journal.values import Json
from offline_queue.registry.offer import half_day_of

_BOOK = """
UPDATE registration SET epoch = ?2, queue = (
    SELECT coalesce(max(other.queue), 0) + 1 FROM registration AS other
    WHERE other.half = registration.half AND other.dept_code = registration.dept_code AND other.atddr_no = registration.atddr_no
        AND other.epoch = ?2
) WHERE subject = ?1 AND queue IS NULL
"""
_ROW = "SELECT subject, ipt_otp_no, half, dept_code, atddr_no, fee_class, epoch, queue, receipt, cancelled FROM registration"


class RegistrationRow(NamedTuple):
    """One registration of this till."""

    subject: str
    """Of the settlement, or of the cash slip that paid it."""
    ipt_otp_no: str
    half: str
    """Day and half-day of the visit: ``2026-03-02 am``."""
    dept_code: str
    atddr_no: str
    fee_class: str
    epoch: int | None
    queue: int | None
    """None while it is not booked, like its epoch."""
    receipt: str
    cancelled: int
    """1 when it came to nothing or was cancelled: its place is free again, its number is not."""

    def queue_number(self, till: str) -> str:
        """Return the number that is called, ``<till>-<number>``, with the epoch between them after a restore; empty before the booking."""
        if self.queue is None:
            return ""
        return f"{till}-{self.queue}" if self.epoch == 1 else f"{till}-{self.epoch}-{self.queue}"


def half_of(at: str) -> str:
    """Return day and half-day of a moment ``yyyy-MM-dd HH:mm:ss``, as the table names them."""
    return f"{at[:10]} {half_day_of(at)}"


# --- what records do to it -------------------------------------------------------------------------------


def intended(db: Driver, seq: int, subject: str, body: Json, owner: bytes) -> None:
    """Take note of a sale that opens a visit. One that redeems a cash slip goes on under the slip's place and number."""
    charge = body.get("charge")
    if not charge or charge["opened_by"]:
        return
    slip = body.get("slip", "")
    _insert(db, seq, subject, charge, owner, slip)
    sql = """UPDATE registration SET (epoch, queue) = (SELECT paid.epoch, paid.queue FROM registration AS paid WHERE paid.subject = ?2)
             WHERE subject = ?1 AND EXISTS (SELECT 1 FROM registration AS paid WHERE paid.subject = ?2)"""
    db.execute(sql, (subject, slip))


def paid_in_cash(db: Driver, seq: int, subject: str, body: Json) -> None:
    """Take note of a registration that was paid in cash: it is booked at once."""
    charge = body.get("charge")
    if charge and not charge["opened_by"]:
        _insert(db, seq, subject, charge, b"", "")
        db.execute(_BOOK, (subject, _epoch(db)))


def booked(db: Driver, subject: str, receipt: str, original: str) -> None:
    """Give a registration its queue number, or free the place of the one that a void cancels."""
    if original:
        db.execute("UPDATE registration SET cancelled = 1 WHERE subject = ?", (original,))
    else:
        db.execute(_BOOK, (subject, _epoch(db)))
        db.execute("UPDATE registration SET receipt = ? WHERE subject = ?", (receipt, subject))


def came_to_nothing(db: Driver, subject: str) -> None:
    """Free the place of a registration that was not booked."""
    db.execute("UPDATE registration SET cancelled = 1 WHERE subject = ? AND receipt = ''", (subject,))


def _epoch(db: Driver) -> int:
    (epoch,) = db.execute("SELECT coalesce(max(epoch), 1) FROM receipt").fetchone()
    return int(epoch)


def _insert(db: Driver, seq: int, subject: str, charge: Json, owner: bytes, slip: str) -> None:
    registration = charge["visit"]["registration"]
    row = (
        subject,
        registration["ipt_otp_no"],
        half_of(registration["begntime"]),
        registration["department"]["code"],
        registration["doctor"]["code"],
        registration.get("fee_class", ""),
        owner,
        slip,
        seq,
    )
    db.execute("INSERT INTO registration VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL, '', 0, ?)", row)


# --- what is asked of it ---------------------------------------------------------------------------------


def of_subject(db: Driver, subject: str) -> RegistrationRow | None:
    """Return the registration that a settlement or cash slip is of; None when it is of none."""
    return next(iter(_rows(db, f"{_ROW} WHERE subject = ?", subject)), None)


def of_number(db: Driver, number: str) -> RegistrationRow | None:
    """Return the last registration under an ``ipt_otp_no`` or a receipt number; None when there is none."""
    return next(iter(_rows(db, f"{_ROW} WHERE (ipt_otp_no = ?1 OR receipt = ?1) AND ?1 <> '' ORDER BY seq DESC LIMIT 1", number)), None)


def of_owner(db: Driver, owner: bytes, limit: int) -> list[RegistrationRow]:
    """Return the last ``limit`` registrations of a person, the newest first."""
    return _rows(db, f"{_ROW} WHERE owner = ? ORDER BY seq DESC LIMIT ?", owner, limit)


def places_taken(db: Driver, half: str) -> dict[tuple[str, str, str], int]:
    """Return how many hold a place in a half-day, by department, doctor and fee class. A settlement that redeems a slip has the slip's."""
    sql = """SELECT dept_code, atddr_no, fee_class, count(*) FROM registration
             WHERE half = ? AND NOT cancelled AND slip = '' GROUP BY dept_code, atddr_no, fee_class"""
    return {(dept, doctor, fee_class): count for dept, doctor, fee_class, count in db.execute(sql, (half,)).fetchall()}


def _rows(db: Driver, sql: str, *values: object) -> list[RegistrationRow]:
    return [RegistrationRow(*row) for row in db.execute(sql, values).fetchall()]
