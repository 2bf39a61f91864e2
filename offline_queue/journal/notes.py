"""Mutable notes that no money depends on: heartbeat, line, centre time, hotlist replica, last ids."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Literal

from config.clock import Clock
from nhsa import msgid
from offline_queue.journal.errors import CHAIN_BEHIND, CHAIN_FORKED, CLOCK_AHEAD, CLOCK_BEHIND
from offline_queue.journal.store import Driver, Store
from offline_queue.journal.values import CounterIdentity, Json, Role, SenderStatus
from settlement.errors import Refusal

_ALIVE_S = 10
_BEHIND_MAX = timedelta(minutes=5)
"""How far the clock may lag behind a time that has surely passed."""
_AHEAD_MAX = timedelta(days=31)
"""How far the clock may run ahead of the last signed centre time before ids stop following it: longer than
the longest queue, so that a counter off-line for weeks is not held back."""


class Notes:
    """The note and hotlist tables."""

    def __init__(self, store: Store, clock: Clock, identity: CounterIdentity, owner_key: bytes) -> None:
        self._store = store
        self._clock = clock
        self._identity = identity
        self._owner_key = owner_key
        self._issuing = threading.Lock()
        self._issued = ""
        """The till's last id, which may be in no record yet."""

    def get(self, name: str) -> Json:
        """Return a note; empty when there is none."""
        with self._store.read() as db:
            found = db.execute("SELECT value FROM note WHERE name = ?", (name,)).fetchone()
        return json.loads(found[0]) if found else {}

    def put(self, name: str, value: Json) -> None:
        """Write a note."""
        self.put_all({name: value})

    def put_all(self, values: Mapping[str, Json]) -> None:
        """Write several notes in one transaction: all of them, or none."""
        rows = [(name, json.dumps(value, ensure_ascii=False)) for name, value in values.items()]
        with self._store.write() as db:
            db.executemany("INSERT OR REPLACE INTO note VALUES (?, ?)", rows)

    def forget(self, name: str) -> None:
        """Remove a note."""
        with self._store.write() as db:
            db.execute("DELETE FROM note WHERE name = ?", (name,))

    # --- "send now" --------------------------------------------------------------------------------

    def nudge(self) -> None:
        """Ask the sender not to wait any longer: a person at the till presses "send now"."""
        self.put("nudge", {"count": self.nudges() + 1})

    def nudges(self) -> int:
        """Return how often that was asked."""
        return int(self.get("nudge").get("count", 0))

    def ask_statement(self) -> int:
        """Ask the sender to reconcile today's settlements now: somebody closes the day. Return which asking this is."""
        count = self.statements_asked() + 1
        self.put("statement wanted", {"count": count})
        return count

    def statements_asked(self) -> int:
        """Return how often that was asked."""
        return int(self.get("statement wanted").get("count", 0))

    # --- message ids -------------------------------------------------------------------------------

    def issue_msgid(self, *, writer: Role) -> str:
        """Return the next id of this writer: increasing whatever the clock does, never used twice.

        The sender of till nn makes its ids as nn + 50; they go out with nothing beside them, so each is durable at once. One of the till
        is durable with the record that names it, or a later one (:meth:`used`): before such a record it leaves the till nowhere. A clock
        far ahead of the last signed centre time does not drag the ids along, so that they need not run ahead for ever once it is mended.
        """
        with self._issuing:
            if writer == "till":
                with self._store.read() as db:
                    self._issued = self._next(db, "till", self._issued)
                return self._issued
            with self._store.write() as db:
                issued = self._next(db, writer, "")
                _keep_last(db, writer, issued)
            return issued

    def used(self, db: Driver, subject: str) -> None:
        """Remember, in the transaction of the record about ``subject``, that this id of the till's and those before it are used."""
        own = (self._identity.fixmedins_code, self._identity.till)
        if len(subject) == msgid.LENGTH and (subject[:12], subject[26:28]) == own and subject > _last(db, "till"):
            _keep_last(db, "till", subject)

    def _next(self, db: Driver, writer: Role, issued: str) -> str:
        signed = db.execute("SELECT value FROM note WHERE name = 'centre'").fetchone()
        now = _bounded(self._clock.now(), json.loads(signed[0]).get("signed_time", "") if signed else "")
        till = self._identity.till if writer == "till" else msgid.sender_of(self._identity.till)
        return msgid.next_msgid(max(issued, _last(db, writer)), now, institution=self._identity.fixmedins_code, till=till)

    def skip_msgids(self, past: datetime) -> None:
        """Take the ids of both writers past the second of ``past``, so that none up to it is issued again."""
        identity = self._identity
        writers: tuple[tuple[Role, str], ...] = (("till", identity.till), ("sender", msgid.sender_of(identity.till)))
        with self._store.write() as db:
            for writer, till in writers:
                last = msgid.last_of(past, institution=identity.fixmedins_code, till=till)
                _keep_last(db, writer, last)

    # --- the sender's heartbeat and the line ---------------------------------------------------------

    def heartbeat(self, *, line: Literal["up", "down", "unknown"], since: str, words: str) -> None:
        """Say that the sender lives and what it sees of the line."""
        self.put("sender", {"beat": self._clock.monotonic(), "line": line, "since": since, "words": words})

    def centre(self, *, signed_time: str, extension: bool) -> None:
        """Remember the centre's signed time and whether it offers the extensions."""
        self.put("centre", {"signed_time": signed_time, "extension": extension})

    def sender_status(self) -> SenderStatus:
        """Return what the sender last said. Alive = it said so within ten seconds, on this machine's uptime."""
        sender, centre, hotlist = self.get("sender"), self.get("centre"), self.get("hotlist")
        age_s = self._clock.monotonic() - sender.get("beat", float("-inf"))
        return SenderStatus(
            alive=0 <= age_s <= _ALIVE_S,
            line=sender.get("line", "unknown"),
            since=sender.get("since", ""),
            signed_time=centre.get("signed_time", ""),
            hotlist_version=hotlist.get("version", 0),
            hotlist_time=hotlist.get("time", ""),
            words=sender.get("words", ""),
            extension=centre.get("extension", False),
        )

    def chain_doubt(self, count: int) -> Refusal | None:
        """Return why this journal may not settle: the centre knows more of it than the ``count`` records here, or of another one."""
        told = self.get("chain at centre")
        details = {"known": str(told.get("count", 0)), "count": str(count)}
        if told.get("verdict") == "forked":
            return Refusal(CHAIN_FORKED, details)
        return Refusal(CHAIN_BEHIND, details) if told.get("verdict") == "behind" else None

    def clock_doubt(self, last: datetime | None) -> Refusal | None:
        """Return why the clock is not to be believed: behind ``last`` or signed centre time, or far ahead of the latter."""
        now, signed_time = self._clock.now(), self.sender_status().signed_time
        signed = datetime.fromisoformat(signed_time) if signed_time else None
        known = max((moment for moment in (last, signed) if moment is not None), default=None)
        if known is not None and now < known - _BEHIND_MAX:
            return Refusal(CLOCK_BEHIND, {"now": f"{now:%Y-%m-%d %H:%M:%S}", "known": f"{known:%Y-%m-%d %H:%M:%S}"})
        if signed is not None and now > signed + _AHEAD_MAX:
            return Refusal(CLOCK_AHEAD, {"now": f"{now:%Y-%m-%d %H:%M:%S}", "known": f"{signed:%Y-%m-%d %H:%M:%S}"})
        return None

    # --- hotlist replica -----------------------------------------------------------------------------

    def store_hotlist(self, numbers: Iterable[str], *, version: int, signed_time: str) -> bool:
        """Replace the replica by a whole list; False = an older version than the one held, ignored."""
        with self._store.write() as db:
            held = db.execute("SELECT value FROM note WHERE name = 'hotlist'").fetchone()
            if held and json.loads(held[0])["version"] > version:
                return False
            db.execute("DELETE FROM hotlist")
            rows = [(self._entry(number),) for number in set(numbers)]
            if rows:
                db.executemany("INSERT INTO hotlist VALUES (?)", rows)
            value = json.dumps({"version": version, "time": signed_time})
            db.execute("INSERT OR REPLACE INTO note VALUES ('hotlist', ?)", (value,))
        return True

    def hotlisted(self, *numbers: str) -> bool:
        """Whether any of these card or citizen numbers is on the replica."""
        with self._store.read() as db:
            sql = "SELECT 1 FROM hotlist WHERE entry = ?"
            return any(db.execute(sql, (self._entry(number),)).fetchone() is not None for number in numbers)

    def _entry(self, number: str) -> bytes:
        return hashlib.blake2b(f"hotlist/{number}".encode(), key=self._owner_key, digest_size=32).digest()


def _last(db: Driver, writer: Role) -> str:
    found = db.execute("SELECT value FROM note WHERE name = ?", (f"msgid:{writer}",)).fetchone()
    return str(json.loads(found[0])["last"]) if found else ""


def _keep_last(db: Driver, writer: Role, last: str) -> None:
    db.execute("INSERT OR REPLACE INTO note VALUES (?, ?)", (f"msgid:{writer}", json.dumps({"last": last})))


def _bounded(now: datetime, signed_time: str) -> datetime:
    return min(now, datetime.fromisoformat(signed_time) + _AHEAD_MAX) if signed_time else now
