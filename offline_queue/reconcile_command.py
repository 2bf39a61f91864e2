"""``yibao-journal reconcile``: what the sender found when it reconciled a day with the centre, read from the journal alone."""

from __future__ import annotations

from typing import Any

from offline_queue.journal import Journal
from offline_queue.journal.settled import subject_of
from settlement.plain import one_line
from settlement.statement_words import statement_rows

SCHEMA = 1


def last_statement(journal: Journal, day: str) -> dict[str, Any] | None:
    """Return the newest statement of a day of the centre's time, None when there is none."""
    records = journal.records(subject_of(day))
    return records[-1].body if records else None


def last_day(journal: Journal) -> str:
    """Return the day that was reconciled last, empty when none ever was."""
    found = journal.records_of_kind("day_stated")
    return str(found[-1].body["day"]) if found else ""


def reconciled(journal: Journal, day: str) -> dict[str, Any]:
    """Return a day, JSON-ready: its newest statement, what stands at the centre alone and is not released, what a person has to close."""
    waiting = [{"setl_id": one.setl_id, "msgid": one.msgid} for one in journal.strays()]
    named = ("setl_id", "msgid", "cause")
    to_close = [{name: one.body[name] for name in named} for one in journal.open_differences() if one.body["day"] == day]
    return {"schema": SCHEMA, "day": day, "statement": last_statement(journal, day), "standing_alone": waiting, "to_close": to_close}


def said(found: dict[str, Any]) -> str:
    """Return the same as text, both languages."""
    zh, en = (statement_rows(found["statement"], language) for language in ("zh", "en"))
    lines = [found["day"]]
    for (label, value), (english, in_english) in zip(zh, en, strict=True):
        both = [part for part in (value, in_english if in_english != value else "") if part]
        lines.append(one_line(f"{label}{'' if english == label else f' / {english.strip()}'}  {'  '.join(both)}".rstrip()))
    return "\n".join(lines) + "\n"
