"""The close of a day on paper."""

from __future__ import annotations

from settlement.day_facts import DayClosed
from terminal.close_rows import close_sections
from terminal.paper.sheet import Note, Pair, Row, Rule, Sheet, Signature, Title


def close_sheet(closed: DayClosed, stamp: str = "") -> Sheet:
    """Return the paper of a close: a title, the ``stamp`` of a counter that is none, its sections, and a line for who counted."""
    rows: list[Row] = []
    for place, (title, pairs) in enumerate(close_sections(closed)):
        rows += [Title(title), *([Title(stamp)] if stamp else [])] if place == 0 else [Rule(), Note(title)]
        rows += [Pair(label, value) for label, value in pairs]
    return (*rows, Signature("点款人签名："))
