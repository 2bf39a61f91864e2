"""What the sender says of itself, and each thing that waits with what it waits for."""

from __future__ import annotations

from typing import Any

from offline_queue.journal import Journal

SCHEMA = 1


def status_of(journal: Journal) -> dict[str, Any]:
    """Return what the sender and its queue look like: line, hotlist, and each row with what it waits for."""
    sender = journal.notes.sender_status()
    owed = journal.owed()
    closed = {row.msgid for row in owed}
    rows = []
    for row in owed:
        earlier = [other.msgid for other in owed if other.owner == row.owner and row.owner and other.seq < row.seq]
        waits_for = earlier[:1] or ([row.after] if row.after in closed else [])
        said = journal.standing(row.msgid)
        rows.append(
            {
                "msgid": row.msgid,
                "infno": row.infno,
                "lane": row.lane,
                "state": row.state,
                "attempts": row.attempts,
                "waits_for": waits_for[0] if waits_for else "",
                "words": said.words,
            }
        )
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
