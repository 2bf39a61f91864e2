"""A slip as text: what the till without a screen hands over, what a preview shows, what a text file collects."""

from __future__ import annotations

from collections.abc import Sequence

from terminal.paper.glyphs import screen_width
from terminal.paper.sheet import Sheet, lay

_TEAR = "\f"
"""Between two sheets: a form feed, so that whatever prints the text turns the page there."""


def render(sheets: Sequence[Sheet], columns: int) -> str:
    """Return the sheets as lines of at most ``columns`` columns on a terminal."""
    return _TEAR.join(_text(sheet, columns) for sheet in sheets)


def _text(sheet: Sheet, columns: int) -> str:
    return "\n".join(line.text.rstrip() for line in lay(sheet, columns, screen_width) if not line.code) + "\n"
