"""A widget that is rows of text and nothing else: painted by us, laid out once, and only the rows that changed are drawn again.

A stock input with a table repaints in 33 to 52 ms after a key, a widget like this in 3 (``bench/key_to_paint.py``).
"""

from __future__ import annotations

from typing import Any

from rich.segment import Segment
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from terminal.screen.literal import literal, width
from terminal.screen.narrow import squeezed
from terminal.screen.paint import Row
from terminal.screen.palette import style

_KEPT_MAX = 512


class LineWidget(Widget):
    """Subclasses say in :meth:`paint` what stands on each row; :meth:`repaint` draws what changed."""

    ALLOW_SELECT = False

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - handed on to Textual as they are
        super().__init__(**options)
        self._rows: list[Row] = []
        self._painted_for = (0, 0)
        self._strips: dict[tuple[Row, int, str], Strip] = {}

    def paint(self, columns: int, rows: int) -> list[Row]:
        """Return what the widget shows in this space; more rows than there are is no fault, they are not shown."""
        raise NotImplementedError

    def repaint(self) -> None:
        """Paint again and have the rows drawn that are no longer the same."""
        columns, rows = self.size
        if not columns:
            return
        before, after = self._rows, self.paint(columns, rows)[:rows]
        self._rows, self._painted_for = after, (columns, rows)
        changed = [
            Region(0, y, columns, 1)
            for y in range(max(len(before), len(after)))
            if y >= len(before) or y >= len(after) or before[y] != after[y]
        ]
        if changed:
            self.refresh(*changed)

    def render_line(self, y: int) -> Strip:
        """Return row ``y`` in the colours of the theme."""
        columns, rows = self.size
        if self._painted_for != (columns, rows):
            self._rows, self._painted_for = self.paint(columns, rows)[:rows], (columns, rows)
        return self._strip(self._rows[y] if y < len(self._rows) else Row(), columns)

    def notify_style_update(self) -> None:
        """Forget the colours of the theme before."""
        self._strips.clear()
        super().notify_style_update()

    def _strip(self, row: Row, columns: int) -> Strip:
        theme = self.app.theme
        kept = self._strips.get((row, columns, theme))
        if kept is None:
            if len(self._strips) >= _KEPT_MAX:
                self._strips.clear()
            # The last guard: whatever got here, nothing but text reaches the terminal, in the columns that it was given.
            spans = [(literal(squeezed(span.text)), span.role) for span in row.spans]
            segments = [Segment(text, style(theme, role, row.back)) for text, role in spans if text]
            used = sum(width(text) for text, _ in spans)
            if used < columns:
                segments.append(Segment(" " * (columns - used), style(theme, "text", row.back)))
            kept = Strip(segments, max(used, columns)).crop(0, columns)
            self._strips[row, columns, theme] = kept
        return kept
