"""Questions of the till that the sender puts to the centre: mutable, not chained, erased at day close."""

from __future__ import annotations

import json

from offline_queue.journal.store import Store
from offline_queue.journal.values import Enquiry, EnquiryAnswer, Json


class Enquiries:
    """The enquiry table, seen from both sides. The till asks and withdraws; the sender begins and answers."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def ask(self, infno: str, content: Json, *, patience_s: float) -> int:
        """Ask and return the question's number."""
        with self._store.write() as db:
            row = db.execute(
                "INSERT INTO enquiry (infno, input, patience_ms, state) VALUES (?, ?, ?, 'asked') RETURNING number",
                (infno, json.dumps(content, ensure_ascii=False), int(patience_s * 1000)),
            )
            return int(row.fetchone()[0])

    def answer_of(self, number: int) -> EnquiryAnswer | None:
        """Return the answer, None while there is none."""
        with self._store.read() as db:
            found = db.execute("SELECT answer FROM enquiry WHERE number = ?", (number,)).fetchone()
        if found is None or found[0] is None:
            return None
        return EnquiryAnswer(**json.loads(found[0]))

    def withdraw(self, number: int) -> bool:
        """Take a question back; True = it was surely never sent."""
        with self._store.write() as db:
            sql = "UPDATE enquiry SET state = 'withdrawn' WHERE number = ? AND state = 'asked'"
            return db.execute(sql, (number,)).rowcount == 1

    def take(self) -> Enquiry | None:
        """Begin the oldest question, or return None (the sender's side)."""
        with self._store.read() as db:
            # Looking first keeps an idle sender from taking the write lock fifty times a second.
            if db.execute("SELECT 1 FROM enquiry WHERE state = 'asked' LIMIT 1").fetchone() is None:
                return None
        with self._store.write() as db:
            found = db.execute(
                """UPDATE enquiry SET state = 'begun'
                   WHERE number = (SELECT min(number) FROM enquiry WHERE state = 'asked')
                   RETURNING number, infno, input, patience_ms"""
            ).fetchone()
        if found is None:
            return None
        number, infno, content, patience_ms = found
        return Enquiry(number=number, infno=infno, input=json.loads(content), patience_s=patience_ms / 1000)

    def answer(self, number: int, answer: EnquiryAnswer) -> None:
        """Answer a question (the sender's side)."""
        text = json.dumps({"outcome": answer.outcome, "output": answer.output, "words": answer.words}, ensure_ascii=False)
        with self._store.write() as db:
            db.execute("UPDATE enquiry SET state = 'answered', answer = ? WHERE number = ?", (text, number))

    def erase(self) -> int:
        """Erase every question and answer (day close); return how many there were."""
        with self._store.write() as db:
            return db.execute("DELETE FROM enquiry").rowcount
