"""The tables that follow from the records: what is open, owed, reversed, not agreed, held, sold, charged; PINs; last receipt, close.

:func:`project` applies one record in the record's own transaction, so nothing derived can be lost or made twice.
It is also the guard of the legal transitions (commit-protocol section 9, invariants 7 and 9): an intent ends
once, a settlement has at most one void, and none before somebody declined its difference, what is no longer owed is
neither sent nor answered, a held bill is recalled once, and closes of days follow each other without a gap. A charge and its
takedown (2202) are owed under one subject, one after the other: what is said of the charge never moves the takedown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import sqlcipher3.dbapi2 as sqlcipher

from offline_queue.journal import charges, registrations, settled
from offline_queue.journal.errors import NotDue
from offline_queue.journal.pace import parted
from offline_queue.journal.store import Driver, Row
from offline_queue.journal.values import Json, Lane
from settlement.errors import ProtocolMisuse
from settlement.facts import SALES

VERSION = 8
"""Of the tables and the rules below: a journal that was derived by another version is derived anew when it is opened."""

_SCHEMA = Path(__file__).with_name("derived.sql")
_TABLES = {
    "open_subject": "subject",
    "due": "msgid",
    "reversal": "original",
    "not_agreed": "subject",
    "receipt": "epoch",
    "held_bill": "subject",
    "day_close": "number",
    "slip_owed": "subject",
    "sold_code": "code, subject",
    "registration": "subject",
    "charge": "subject",
    "open_pin": "subject",
    "settled": "setl_id",
    "stray": "setl_id",
    "open_difference": "setl_id",
    "open_return": "subject",
}
_ENDS = {
    "done": {"sale_intended", "void_intended"},
    "refused": {"sale_intended", "void_intended"},
    "aborted": {"sale_intended", "void_intended", "refresh_intended"},
    "refreshed": {"refresh_intended"},
}
_BEGIN = """
UPDATE due SET state = 'begun', attempts = ?1
WHERE msgid = ?2 AND attempts = ?1 - 1 AND state IN ('waiting', 'unknown') AND infno <> '2202'
"""
_RECORDS = "SELECT record.seq, kind, subject, body, coalesce(owner, x'') FROM record LEFT JOIN private USING (seq) ORDER BY record.seq"


def statements(script: str) -> Iterator[str]:
    """Cut an SQL script into its statements."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlcipher.complete_statement(statement):
            yield statement
            statement = ""


def make(db: Driver) -> None:
    """Make the tables empty."""
    for statement in statements(_SCHEMA.read_text(encoding="utf-8")):
        db.execute(statement)


def rebuild(db: Driver) -> None:
    """Make the tables anew from the records."""
    make(db)
    _replay(db, db.execute(_RECORDS).fetchall())
    db.execute("INSERT OR REPLACE INTO meta VALUES ('derived', ?)", (str(VERSION),))


def complete(db: Driver) -> bool:
    """Whether every table is there and was derived by these rules."""
    version = db.execute("SELECT value FROM meta WHERE name = 'derived'").fetchone()
    names = {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()}
    return version == (str(VERSION),) and names >= _TABLES.keys()


def differing(db: Driver) -> list[str]:
    """Return the tables that are not what the records give. Raises :class:`ProtocolMisuse` for an illegal record."""
    memory: Driver = sqlcipher.connect(":memory:", isolation_level=None)
    make(memory)
    _replay(memory, db.execute(_RECORDS).fetchall())
    return [name for name, key in _TABLES.items() if _content(memory, name, key) != _content(db, name, key)]


def project(  # noqa: C901, PLR0912, PLR0915 - one case a kind
    db: Driver, *, seq: int, kind: str, subject: str, body: Json, owner: bytes
) -> None:
    """Apply one record.

    Raises :class:`NotDue` for a request that is not owed any more, and :class:`ProtocolMisuse` for a record that
    may not follow those before it.
    """
    match kind, body:
        case "sale_intended", {"way": way, "bill": bill}:
            _open(db, subject, kind, owner, "", seq)
            _sell_codes(db, subject, bill, body["slip"])
            registrations.intended(db, seq, subject, body, owner)
            charges.intended(db, subject, body, owner)
            if way == "online":
                _owe(db, subject, "2207" if body.get("charge") else "2102", "live", owner, "", seq)
        case "void_intended", {"way": way, "original": original}:
            lane: Lane = "live" if way == "online" else "backlog"
            after = _void_begins(db, subject, body.get("setl_id", ""), original)
            _open(db, subject, kind, owner, after, seq)
            _owe(db, subject, body.get("infno", "2103"), lane, owner, after, seq)
        case "refresh_intended", _:
            _open(db, subject, kind, owner, "", seq)
        case (("done" | "refused" | "aborted" | "refreshed"), _):
            _end(db, seq, kind, subject, body)
        case "sending", {"attempt": attempt}:
            # Compared and swapped: a row that was read before another attempt, or a claim, is not sent again.
            _owed(db, subject, _BEGIN, (attempt, subject))
        case "answered", {"outcome": outcome}:
            _answered(db, subject, outcome)
            charges.answered(db, subject, outcome, seq)
            if outcome == "accepted":
                settled.keep(db, subject, body)
        case "stray_found", _:
            settled.stray_found(db, subject, body, seq)
        case "day_stated", {"day": day, "differences": named}:
            settled.stated(db, day, named)
        case "difference_found", {"setl_id": setl_id, "day": day}:
            settled.difference_found(db, setl_id, day, seq)
        case "difference_closed", {"how": how, "row": row}:
            settled.difference_closed(db, how, row)
        case "adopted", {"setl_id": setl_id, "booked": booked}:
            settled.adopted(db, setl_id)
            if not booked:
                _open(db, subject, "sale_intended", owner, "", seq)
        case (("step_sending" | "step_answered" | "taken_down"), _):
            charges.stepped(db, kind, subject, body)
        case "set_aside", _:
            _set_aside(db, subject, body)
        case "cancelled", _:
            _close(db, subject)
            _came_to_nothing(db, subject, seq)
        case "goods_answered", {"released": True}:
            db.execute("UPDATE sold_code SET went_out = max(went_out, 1) WHERE subject = ?", (subject,))
        case "cash_taken", _:
            db.execute("UPDATE sold_code SET went_out = 2 WHERE subject = ?", (subject,))
        case "difference_answered", {"agreed": agreed}:
            _answer_difference(db, subject, agreed=agreed)
        case "cash_sale", {"bill": bill}:
            _owe_slip(db, subject, seq)
            _sell_codes(db, subject, bill, "")
            registrations.paid_in_cash(db, seq, subject, body)
        case "printed", _:
            db.execute("DELETE FROM slip_owed WHERE subject = ?", (subject,))
        case "bill_held", _:
            db.execute("INSERT INTO held_bill VALUES (?, ?)", (subject, seq))
        case "bill_recalled", _:
            _recall(db, subject)
        case (("pin_intended" | "pin_ended"), _):
            _pin(db, kind, subject, owner, seq)
        case "day_closed", {"number": number, "after": after, "upto": upto}:
            _close_day(db, subject, number, after, upto, seq)
        case "return_intended", {"original": original}:
            db.execute("INSERT INTO open_return VALUES (?, ?, ?)", (subject, original, seq))
        case "return_ended", _:
            _end_return(db, subject)
        case "day_reopened", {"number": number, "close": closed, "after": after}:
            _reopen_day(db, subject, number, closed, after)
        case "restored", {"epoch": epoch, "count": count}:
            _restore(db, epoch, count, seq)


def _open(db: Driver, subject: str, kind: str, owner: bytes, original: str, seq: int) -> None:
    db.execute("INSERT INTO open_subject VALUES (?, ?, ?, ?, ?)", (subject, kind, owner, original, seq))


def _end(db: Driver, seq: int, kind: str, subject: str, body: Json) -> None:
    ended = db.execute("DELETE FROM open_subject WHERE subject = ? RETURNING kind, owner, original", (subject,)).fetchone()
    if ended is None or ended[0] not in _ENDS[kind]:
        message = f"{kind}: {subject} is not an open {' or '.join(sorted(_ENDS[kind]))}"
        raise ProtocolMisuse(message)
    _, owner, original = ended
    settled.release_ended(db, subject, done=kind == "done")
    if kind == "done":
        _, epoch, number = body["receipt"].split("-")
        db.execute("INSERT OR REPLACE INTO receipt VALUES (?, ?)", (int(epoch), int(number)))
        if original or body["infno"] in SALES:
            # What is released of the centre's own was nobody's purchase: nobody waits for a slip.
            _owe_slip(db, subject, seq)
        registrations.booked(db, subject, body["receipt"], original)
        if body.get("differs") and not body["late"]:
            db.execute("INSERT INTO not_agreed VALUES (?, ?, 0, ?)", (subject, owner, seq))
        if body["infno"] in SALES and body["offline"]:
            _owe(db, subject, body["infno"], "backlog", bytes(owner), "", seq)
        if original:
            charges.ended(db, original, seq)
            db.execute("UPDATE reversal SET done = 1 WHERE original = ?", (original,))
            _bring_codes_back(db, original)
            db.execute("DELETE FROM not_agreed WHERE subject = ?", (original,))
        return
    _came_to_nothing(db, subject, seq)
    if original:
        db.execute("DELETE FROM reversal WHERE original = ?", (original,))
        db.execute("UPDATE not_agreed SET declined = 0 WHERE subject = ?", (original,))


def _came_to_nothing(db: Driver, subject: str, seq: int) -> None:
    _free_codes(db, subject)
    registrations.came_to_nothing(db, subject)
    charges.ended(db, subject, seq)


def _answer_difference(db: Driver, subject: str, *, agreed: bool) -> None:
    """Let it be answered while it is asked. A sale of a journal that did not note its difference has no row, and may have been answered."""
    row = db.execute("SELECT declined FROM not_agreed WHERE subject = ?", (subject,)).fetchone()
    if row is not None and row[0]:
        message = f"{subject} is declined already, and its void is on the way"
        raise ProtocolMisuse(message)
    db.execute("DELETE FROM not_agreed WHERE subject = ?" if agreed else "UPDATE not_agreed SET declined = 1 WHERE subject = ?", (subject,))


def _void_begins(db: Driver, subject: str, stray: str, original: str) -> str:
    """Tie a void to what it releases; return the settlement of ours that it undoes, empty for what stands at the centre alone."""
    if stray:
        settled.release_intended(db, stray, subject)
        return ""
    _reverse(db, original, subject)
    return original


def _reverse(db: Driver, original: str, void: str) -> None:
    if db.execute("SELECT 1 FROM not_agreed WHERE subject = ? AND NOT declined", (original,)).fetchone():
        message = f"nobody has answered the difference of {original}: only a no voids it"
        raise ProtocolMisuse(message)
    charges.refuse_void(db, original)
    if db.execute("INSERT OR IGNORE INTO reversal VALUES (?, ?, 0)", (original, void)).rowcount == 0:
        message = f"{original} has an open or done void already"
        raise ProtocolMisuse(message)


def _end_return(db: Driver, subject: str) -> None:
    if db.execute("DELETE FROM open_return WHERE subject = ?", (subject,)).rowcount == 0:
        message = f"{subject} is no return that is open"
        raise ProtocolMisuse(message)


def _recall(db: Driver, subject: str) -> None:
    if db.execute("DELETE FROM held_bill WHERE subject = ?", (subject,)).rowcount == 0:
        message = f"{subject} is no bill that is held"
        raise ProtocolMisuse(message)


def _pin(db: Driver, kind: str, subject: str, owner: bytes, seq: int) -> None:
    if kind == "pin_intended":
        db.execute("INSERT INTO open_pin VALUES (?, ?, ?)", (subject, owner, seq))
    elif db.execute("DELETE FROM open_pin WHERE subject = ?", (subject,)).rowcount == 0:
        message = f"{subject} is no change of a PIN that is open"
        raise ProtocolMisuse(message)


def _close_day(db: Driver, subject: str, number: int, after: int, upto: int, seq: int) -> None:
    """Let a period begin only where the one before ended, so that every record is counted once."""
    last = db.execute("SELECT number, upto FROM day_close").fetchone() or (0, 0)
    if (number - 1, after) != tuple(last) or not after <= upto < seq:
        message = f"close {number} of the records after {after} up to {upto} does not follow close {last[0]}, which ended with {last[1]}"
        raise ProtocolMisuse(message)
    db.execute("DELETE FROM day_close")
    db.execute("INSERT INTO day_close VALUES (?, ?, ?)", (number, subject, upto))


def _reopen_day(db: Driver, subject: str, number: int, closed: str, after: int) -> None:
    """Let the last close, and no other, be taken back: its period is open again."""
    last = db.execute("SELECT number, subject, upto FROM day_close").fetchone() or (0, "", 0)
    if (number - 1, closed) != tuple(last[:2]) or not after < last[2]:
        message = f"{number} does not take back {closed}: the last close is {last[0]}"
        raise ProtocolMisuse(message)
    db.execute("DELETE FROM day_close")
    db.execute("INSERT INTO day_close VALUES (?, ?, ?)", (number, subject, after))


def _restore(db: Driver, epoch: int, count: int, seq: int) -> None:
    """Open an epoch, and take nothing for unsent: it may have been sent after the backup was made."""
    (last,) = db.execute("SELECT coalesce(max(epoch), 1) FROM receipt").fetchone()
    if count != seq - 1 or epoch <= last:
        message = f"epoch {epoch}, restored at {count}, does not follow epoch {last} at record {seq - 1}"
        raise ProtocolMisuse(message)
    db.execute("INSERT INTO receipt VALUES (?, 0)", (epoch,))
    db.execute("UPDATE due SET in_flight = 1, state = iif(state = 'waiting' AND infno <> '2202', 'unknown', state)")


def _owe(db: Driver, msgid: str, infno: str, lane: Lane, owner: bytes, after: str, seq: int) -> None:
    db.execute("INSERT INTO due VALUES (?, ?, ?, ?, ?, 'waiting', 0, 0, ?)", (msgid, infno, lane, owner, after, seq))


def _owe_slip(db: Driver, subject: str, seq: int) -> None:
    db.execute("INSERT OR IGNORE INTO slip_owed VALUES (?, ?)", (subject, seq))


def _sell_codes(db: Driver, subject: str, bill: Json, slip: str) -> None:
    """Note the codes of the boxes on ``bill``; a journal may hold one twice, of a time in which nobody asked."""
    rows = [(code, subject, slip) for line in bill["lines"] for code in line["drug_trac_codg"]]
    if rows:
        db.executemany("INSERT OR IGNORE INTO sold_code VALUES (?, ?, ?, 0)", rows)


def _free_codes(db: Driver, subject: str) -> None:
    """Let the boxes of a sale that came to nothing be sold: they are here, unless somebody said that they went out."""
    db.execute("DELETE FROM sold_code WHERE subject = ? AND went_out = 0", (subject,))


def _bring_codes_back(db: Driver, original: str) -> None:
    """Let what a void brings back be sold again. Boxes that were paid in cash stay away: against a doubt, or by a slip that stands."""
    slips = db.execute("SELECT DISTINCT slip FROM sold_code WHERE subject = ? AND slip <> ''", (original,)).fetchall()
    db.execute("DELETE FROM sold_code WHERE subject = ? AND went_out < 2", (original,))
    if not db.execute("SELECT 1 FROM not_agreed WHERE subject = ?", (original,)).fetchone():
        for slip in slips:
            db.execute("DELETE FROM sold_code WHERE subject = ?", slip)


def _answered(db: Driver, msgid: str, outcome: str) -> None:
    match outcome:
        case "accepted" | "rejected" | "not_needed":
            _close(db, msgid)
        case "unknown":
            _owed(db, msgid, "UPDATE due SET state = 'unknown', in_flight = 1 WHERE msgid = ? AND infno <> '2202'", (msgid,))
        case "retry":
            _owed(db, msgid, "UPDATE due SET state = iif(in_flight, 'unknown', 'waiting') WHERE msgid = ? AND infno <> '2202'", (msgid,))
        case "unreachable":
            # Surely not sent, this time. A waiting customer goes on off-line under another number; the backlog tries again.
            if db.execute("DELETE FROM due WHERE msgid = ? AND lane = 'live' AND in_flight = 0", (msgid,)).rowcount == 0:
                _answered(db, msgid, "retry")
        case "absent":
            # Proved that no copy arrived: what nobody waits for is sent again, as for the first time.
            sql = "UPDATE due SET state = 'waiting', in_flight = 0 WHERE msgid = ? AND lane = 'backlog' AND infno <> '2202'"
            if db.execute(sql, (msgid,)).rowcount == 0:
                _close(db, msgid)
        case _:
            message = f"answered: {outcome} is no outcome"
            raise ProtocolMisuse(message)


def _set_aside(db: Driver, msgid: str, body: Json) -> None:
    # Journals of before it was noted say not which request: a subject was owed under one only.
    sql = "UPDATE due SET state = 'set_aside' WHERE msgid = ?1 AND infno = coalesce(?2, infno)"
    _owed(db, msgid, sql, (msgid, body.get("infno")))


def _close(db: Driver, msgid: str) -> None:
    _owed(db, msgid, "DELETE FROM due WHERE msgid = ? AND infno <> '2202'", (msgid,))


def _owed(db: Driver, msgid: str, sql: str, parameters: Row) -> None:
    if db.execute(sql, parameters).rowcount == 0:
        raise NotDue(msgid=msgid)


def _replay(db: Driver, records: Iterable[Row]) -> None:
    for seq, kind, subject, body, owner in records:
        project(db, seq=seq, kind=kind, subject=subject, body=parted(body)[0], owner=bytes(owner))


def _content(db: Driver, table: str, key: str) -> list[Row]:
    sql = f"SELECT * FROM {table} ORDER BY {key}"  # noqa: S608 - only our own names
    return db.execute(sql).fetchall()
