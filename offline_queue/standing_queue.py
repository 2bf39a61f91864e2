"""What the sender says of itself, and each thing that waits with what it waits for."""

from __future__ import annotations

from typing import Any, NamedTuple

from offline_queue.chain import TAKEDOWN
from offline_queue.fold import Folded
from offline_queue.journal import DueRow, Journal

SCHEMA = 1


class Waiting(NamedTuple):
    """One thing that the sender owes the centre."""

    row: DueRow
    waits_for: str
    """The msgid that must be out of the way first; empty when nothing holds it back."""


def waiting(journal: Journal) -> list[Waiting]:
    """Return what is owed, oldest first, with what holds it back: an earlier one of the same person, or the answer that it needs.

    The same rule by which the sender takes rows (:mod:`offline_queue.journal.outbox`): what was set aside holds back only
    those that name it, and a takedown nothing.
    """
    owed = journal.owed()
    still_owed = {row.msgid for row in owed}
    first_of: dict[bytes, str] = {}
    found = []
    for row in owed:
        earlier = first_of.get(row.owner, "")
        found.append(Waiting(row, earlier or (row.after if row.after in still_owed else "")))
        if row.owner and row.state != "set_aside" and row.infno != TAKEDOWN:
            first_of.setdefault(row.owner, row.msgid)
    return found


def words_of(row: DueRow, folded: Folded) -> str:
    """Return what the centre last said of what is owed: of a takedown, not of the charge that came to nothing."""
    return folded.chain.words if row.infno == TAKEDOWN and folded.chain is not None else folded.words


def status_of(journal: Journal) -> dict[str, Any]:
    """Return what the sender and its queue look like: line, hotlist, and each row with what it waits for."""
    sender = journal.notes.sender_status()
    rows = [
        {
            "msgid": row.msgid,
            "infno": row.infno,
            "lane": row.lane,
            "state": row.state,
            "attempts": row.attempts,
            "waits_for": waits_for,
            "words": words_of(row, journal.standing(row.msgid)),
        }
        for row, waits_for in waiting(journal)
    ]
    return {
        "schema": SCHEMA,
        "alive": sender.alive,
        "line": {"state": sender.line, "since": sender.since},
        "centre": {"signed_time": sender.signed_time, "extension": sender.extension, "words": sender.words},
        "hotlist": {"version": sender.hotlist_version, "time": sender.hotlist_time},
        "queue": len(rows),
        "oldest": rows[0]["msgid"] if rows else "",
        "rows": rows,
    }
