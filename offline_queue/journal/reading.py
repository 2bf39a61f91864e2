"""What the journal answers: records, standings, and what is open or owed. Nothing here writes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from offline_queue.fold import Folded, fold
from offline_queue.journal import charges, outbox, registrations, settled
from offline_queue.journal.opening import Opened
from offline_queue.journal.pace import parted
from offline_queue.journal.registrations import RegistrationRow
from offline_queue.journal.settled import SettledRow, Stray
from offline_queue.journal.store import Driver
from offline_queue.journal.values import DueRow, Lane, Record
from offline_queue.log.entry import TAIL_DIGITS

_SELECT = """SELECT record.seq, at, writer, kind, subject, body, content, coalesce(owner, x'')
             FROM record LEFT JOIN private USING (seq)"""

_PERIOD = "SELECT seq, at, writer, kind, subject, body, NULL, x'' FROM record WHERE seq > ? AND seq <= ? ORDER BY seq"

_SLIPS_NAMED = """SELECT subject FROM record WHERE seq > ? AND seq <= ? AND kind IN ('done', 'cash_sale')
                  AND (substr(subject, -?) = ? OR json_extract(body, '$.receipt') LIKE ? OR json_extract(body, '$.receipt') = ?)
                  ORDER BY seq DESC"""
_SLIPS_PAGE = 50_000
_SLIPS_REACH = 500_000


class History(NamedTuple):
    """All that is known about one subject, in one consistent view."""

    folded: Folded
    records: list[Record]
    """Oldest first; at least one."""
    owed: DueRow | None
    """What the sender still owes the centre of it."""


class Readings:
    """The reading half of a journal."""

    def __init__(self, opened: Opened) -> None:
        self.store = opened.store
        self.identity = opened.identity
        self.epoch = opened.epoch
        self.restored = opened.restored
        self.genesis = opened.genesis
        self._owner_key = opened.owner_key

    def owner_hash(self, certno: str) -> bytes:
        """Return the keyed hash under which a person's records are found; empty for nobody."""
        return hashlib.blake2b(certno.encode(), key=self._owner_key, digest_size=32).digest() if certno else b""

    @property
    def restored_at(self) -> int | None:
        """Records that were here when the journal became a restored one; None when nothing says that it is one."""
        return None if self.restored is None else self.restored.count

    def tip(self) -> tuple[int, str]:
        """Return (count, head) of the chain, the head in hex."""
        with self.store.read() as db:
            count, head = self._tip(db)
        return count, head.hex()

    def records(self, subject: str) -> list[Record]:
        """Return the records about ``subject``, oldest first."""
        return self._select(f"{_SELECT} WHERE subject = ? ORDER BY record.seq", (subject,))

    def records_after(self, seq: int, limit: int) -> list[Record]:
        """Return up to ``limit`` records after ``seq``, oldest first."""
        return self._select(f"{_SELECT} WHERE record.seq > ? ORDER BY record.seq LIMIT ?", (seq, limit))

    def by_owner(self, certno: str) -> list[str]:
        """Return the subjects of a person, oldest first; not those where the person bought for somebody else."""
        sql = """SELECT subject FROM record JOIN private USING (seq) WHERE owner = ? AND kind <> 'dispensed'
                 GROUP BY subject ORDER BY min(record.seq)"""
        return self._column(sql, (self.owner_hash(certno),))

    def subjects(self) -> list[str]:
        """Return every subject, oldest first."""
        return self._column("SELECT subject FROM record GROUP BY subject ORDER BY min(seq)", ())

    def sold_by_name(self) -> list[str]:
        """Return the sales and cash slips, oldest first, of what is sold to a named person only."""
        sql = """SELECT subject FROM record WHERE kind IN ('sale_intended', 'cash_sale') AND body LIKE '%"ephedrine"%' ORDER BY seq"""
        return self._column(sql, ())

    def open_subjects(self) -> list[str]:
        """Return the subjects of intents that have no end, oldest first."""
        return self._column("SELECT subject FROM open_subject ORDER BY seq", ())

    def unanswered(self) -> list[str]:
        """Return the subjects booked with other figures than were shown that nobody has said yes or no to, oldest first."""
        return self._column("SELECT subject FROM not_agreed WHERE NOT declined ORDER BY seq", ())

    def open_pins(self, certno: str) -> list[str]:
        """Return the changes of the PIN of a person's cards that have no end, oldest first."""
        return self._column("SELECT subject FROM open_pin WHERE owner = ? ORDER BY seq", (self.owner_hash(certno),))

    def open_returns(self) -> list[str]:
        """Return the partial returns that are not over, oldest first."""
        return self._column("SELECT subject FROM open_return ORDER BY seq", ())

    def held_bills(self) -> list[str]:
        """Return the subjects of bills that were put aside and not recalled, oldest first."""
        return self._column("SELECT subject FROM held_bill ORDER BY seq", ())

    def sold_code(self, code: str) -> str:
        """Return the sale or cash slip by which the box of a traceability code left this till, the last one; empty when it did not."""
        return next(iter(self._column("SELECT subject FROM sold_code WHERE code = ? ORDER BY subject DESC LIMIT 1", (code,))), "")

    def registration(self, subject: str) -> RegistrationRow | None:
        """Return the registration that a settlement or cash slip is of; None when it is of none."""
        with self.store.read() as db:
            return registrations.of_subject(db, subject)

    def registration_numbered(self, number: str) -> RegistrationRow | None:
        """Return the last registration under an ``ipt_otp_no`` or a receipt number of this till; None when there is none."""
        with self.store.read() as db:
            return registrations.of_number(db, number)

    def registrations_of(self, certno: str, limit: int) -> list[RegistrationRow]:
        """Return the last ``limit`` registrations of a person, the newest first; none for nobody."""
        with self.store.read() as db:
            return registrations.of_owner(db, self.owner_hash(certno), limit) if certno else []

    def places_taken(self, half: str) -> dict[tuple[str, str, str], int]:
        """Return how many hold a place in a half-day (``2026-03-02 am``), by department, doctor and fee class."""
        with self.store.read() as db:
            return registrations.places_taken(db, half)

    def charges_on(self, registration: str) -> list[str]:
        """Return the settlements that charge the visit which ``registration`` opened and stand, oldest first."""
        with self.store.read() as db:
            return charges.standing_on(db, registration)

    def last_close(self) -> tuple[int, str, int]:
        """Return (number, subject, last record counted) of the last close of a day; (0, "", 0) before the first."""
        with self.store.read() as db:
            found = db.execute("SELECT number, subject, upto FROM day_close").fetchone()
        return (found[0], found[1], found[2]) if found else (0, "", 0)

    def period(self, after: int, upto: int) -> list[Record]:
        """Return the records after ``after`` up to ``upto``, oldest first, without their personal part: what a day's close counts."""
        return self._select(_PERIOD, (after, upto))

    def settled_on(self, day: str) -> list[SettledRow]:
        """Return what the centre accepted on a day of its own time: what a statement of that day says."""
        with self.store.read() as db:
            return settled.on_day(db, day)

    def is_settled(self, setl_id: str) -> bool:
        """Whether a settlement or reversal of the centre's is stated here, on whatever day."""
        with self.store.read() as db:
            return settled.is_kept(db, setl_id)

    def settled_days(self, since: str) -> list[str]:
        """Return the days since ``since`` on which the centre accepted anything."""
        with self.store.read() as db:
            return settled.days(db, since)

    def strays(self, *, waiting: bool = False) -> list[Stray]:
        """Return what stands at the centre alone until it is released there; ``waiting``: only what has no void yet."""
        with self.store.read() as db:
            return settled.strays(db, waiting=waiting)

    def open_differences(self) -> list[Record]:
        """Return what a statement found and only a person closes, oldest first, with whose it is."""
        with self.store.read() as db:
            found = settled.open_differences(db)
        return [self.record_at(seq) for seq in found]

    def is_difference(self, setl_id: str) -> bool:
        """Whether the difference of a settlement of the centre's waits for a person."""
        with self.store.read() as db:
            return settled.is_open(db, setl_id)

    def records_of_kind(self, kind: str) -> list[Record]:
        """Return the records of a kind that is seldom, oldest first: the whole chain is looked through."""
        return self._select(f"{_SELECT} WHERE kind = ? ORDER BY record.seq", (kind,))

    def record_at(self, seq: int) -> Record:
        """Return one record with its personal part."""
        return self._select(f"{_SELECT} WHERE record.seq = ?", (seq,))[0]

    def slips_owed(self) -> list[tuple[str, str]]:
        """Return (subject, ISO time of its booking) of whatever was booked and never printed, oldest first.

        Without what a void undoes: nobody waits for that slip any more, and the void has one of its own. Without what nobody
        has agreed to: its slip comes with the goods.
        """
        sql = """SELECT slip_owed.subject, at FROM slip_owed JOIN record USING (seq)
                 WHERE slip_owed.subject NOT IN (SELECT original FROM reversal UNION SELECT subject FROM not_agreed) ORDER BY seq"""
        with self.store.read() as db:
            return [(subject, at) for subject, at in db.execute(sql).fetchall()]

    def slips_named(self, text: str, limit: int = 20) -> list[str]:
        """Return the subjects of the newest slips that ``text`` names: the last six digits or more of a number, or a receipt.

        The last half a million records are looked through, about a year of a busy shop; the log finds whatever is older.
        """
        count, _ = self.tip()
        found: list[str] = []
        for upto in range(count, max(count - _SLIPS_REACH, 0), -_SLIPS_PAGE):
            found += self._column(_SLIPS_NAMED, (upto - _SLIPS_PAGE, upto, max(len(text), TAIL_DIGITS), text, f"%-{text:0>6}", text))
            if len(found) >= limit:
                break
        return found[:limit]

    def standing(self, subject: str) -> Folded:
        """Return what the records about ``subject`` fold to, with the void that reversed it."""
        with self.store.read() as db:
            records = _records(db, f"{_SELECT} WHERE subject = ? ORDER BY record.seq", (subject,))
            void = db.execute("SELECT void FROM reversal WHERE original = ? AND done", (subject,)).fetchone()
        return fold(subject, records, reversed_by=void[0] if void else "")

    def histories(self, subjects: Sequence[str]) -> list[History]:
        """Return everything about each of ``subjects`` that has a record, in one consistent view of them all."""
        found = []
        with self.store.read() as db:
            for subject in subjects:
                records = _records(db, f"{_SELECT} WHERE subject = ? ORDER BY record.seq", (subject,))
                if records:
                    void = db.execute("SELECT void FROM reversal WHERE original = ? AND done", (subject,)).fetchone()
                    folded = fold(subject, records, reversed_by=void[0] if void else "")
                    found.append(History(folded, records, outbox.row(db, subject)))
        return found

    def link(self, seq: int) -> bytes:
        """Return the chain's link at record ``seq``, empty when there is no such record."""
        with self.store.read() as db:
            found = db.execute("SELECT link FROM record WHERE seq = ?", (seq,)).fetchone()
        return bytes(found[0]) if found else b""

    def erasures(self) -> int:
        """Return how often persons were erased: what is derived from personal fields looks again when it has grown."""
        with self.store.read() as db:
            found = db.execute("SELECT value FROM note WHERE name = 'erasures'").fetchone()
        return int(found[0]) if found else 0

    def named(self, first: int, last: int) -> set[int]:
        """Return which records from ``first`` to ``last`` still have their personal part."""
        with self.store.read() as db:
            return {seq for (seq,) in db.execute("SELECT seq FROM private WHERE seq BETWEEN ? AND ?", (first, last)).fetchall()}

    def folded(self) -> Iterable[Folded]:
        """Return every subject folded, oldest first."""
        return (self.standing(subject) for subject in self.subjects())

    def due(self, lane: Lane, limit: int = 100) -> list[DueRow]:
        """Return what the sender may send now on ``lane``."""
        with self.store.read() as db:
            return outbox.ready(db, lane, limit)

    def unresolved(self) -> list[DueRow]:
        """Return what was sent and is not known."""
        with self.store.read() as db:
            return outbox.unresolved(db)

    def owed(self) -> list[DueRow]:
        """Return everything that is owed to the centre."""
        with self.store.read() as db:
            return outbox.owed(db)

    def offline_held(self) -> tuple[int, int]:
        """Return how many off-line sales the centre has not answered, and what their cards were debited (fen)."""
        with self.store.read() as db:
            return outbox.offline_held(db)

    def due_row(self, msgid: str) -> DueRow | None:
        """Return the outbox row of ``msgid``, None when nothing is owed under it."""
        with self.store.read() as db:
            return outbox.row(db, msgid)

    def last_receipt(self) -> str:
        """Return the last receipt number of this epoch, empty before the first."""
        found = self._column("SELECT number FROM receipt WHERE epoch = ?", (self.epoch,))
        return f"{self.identity.till}-{self.epoch}-{found[0]:06d}" if found else ""

    def data_version(self) -> int:
        """Return a number that changes when another process commits: what polling looks at."""
        return self.store.data_version()

    def _tip(self, db: Driver) -> tuple[int, bytes]:
        found = db.execute("SELECT seq, link FROM record ORDER BY seq DESC LIMIT 1").fetchone()
        return (found[0], bytes(found[1])) if found else (0, self.genesis)

    def _column(self, sql: str, parameters: tuple[Any, ...]) -> list[str]:
        with self.store.read() as db:
            return [row[0] for row in db.execute(sql, parameters).fetchall()]

    def _select(self, sql: str, parameters: tuple[Any, ...]) -> list[Record]:
        with self.store.read() as db:
            return _records(db, sql, parameters)


def _records(db: Driver, sql: str, parameters: tuple[Any, ...]) -> list[Record]:
    found = []
    for seq, at, writer, kind, subject, text, content, owner in db.execute(sql, parameters).fetchall():
        body, suspect_s = parted(text)
        record = Record(
            seq=seq,
            at=at,
            writer=writer,
            kind=kind,
            subject=subject,
            clock_suspect_s=suspect_s,
            body=body,
            private=None if content is None else json.loads(content),
            owner=bytes(owner),
        )
        found.append(record)
    return found
