"""Who works at the till (当班): the operator of the settings, until a close hands over to another (交接).

The close itself says who worked and who takes over. A note beside it remembers which operator the settings named then: when they
name another one later, that one works.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from settlement.day_facts import DayClosed

if TYPE_CHECKING:
    from offline_queue.journal import Journal

_NOTE = "on-duty"


def hand_over(journal: Journal, closed: DayClosed, *, own: str) -> None:
    """Let the close's next operator work from now on, or the same one; ``own`` is the code of the settings."""
    journal.notes.put(_NOTE, {"close": closed.number, "operator": closed.next_operator or closed.operator, "own": own})


def operator(journal: Journal, *, own: str) -> str:
    """Return the code of who works now."""
    number, subject, _ = journal.last_close()
    note = journal.notes.get(_NOTE)
    if number > note.get("close", 0):
        # Whoever was killed between the close and its note has handed over all the same.
        following = str(journal.records(subject)[0].body.get("next_operator", ""))
        if following:
            return following
    return str(note["operator"]) if note and note["own"] == own else own


def operator_then(journal: Journal, seq: int, *, own: str) -> str:
    """Return the code of who worked when record ``seq`` was written: the close that counted it says so."""
    if seq > journal.last_close()[2]:
        return operator(journal, own=own)
    later = journal.period(seq, journal.tip()[0])
    return next(str(record.body["operator"]) for record in later if record.kind == DayClosed.kind and record.body["upto"] >= seq)
