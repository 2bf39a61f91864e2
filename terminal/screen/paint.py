"""What is painted, before it has colours: rows of spans, each with a role. Pure: the same view gives the same rows.

Amounts are laid out first and never cut; what yields is text (:func:`table`, :func:`pair`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from terminal.screen.literal import fit, literal, right, width


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of one row. ``role`` names what it means; a theme gives it a colour."""

    text: str
    role: str = "text"


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the screen; ``back`` names the ground that it lies on."""

    spans: tuple[Span, ...] = ()
    back: str = "ground"

    @property
    def text(self) -> str:
        """The characters alone."""
        return "".join(span.text for span in self.spans)

    def on(self, back: str) -> Row:
        """Return the row on another ground."""
        return replace(self, back=back)


def row(*spans: Span | str, back: str = "ground") -> Row:
    """Return a row of spans; a bare string is ordinary text."""
    return Row(tuple(Span(span) if isinstance(span, str) else span for span in spans), back)


def pair(label: Span, value: Span, columns: int, *, indent: int = 0) -> Row:
    """Return a label on the left and a value on the right. The value stays whole, the label yields."""
    room = columns - indent - width(value.text) - 1
    text = fit(literal(label.text), room) if room > 0 else ""
    gap = columns - indent - width(text) - width(value.text)
    return row(" " * indent, Span(text, label.role), " " * max(gap, 0), value)


def spread(left: Sequence[Span], end: Sequence[Span], columns: int, back: str = "ground") -> Row:
    """Return spans on both edges of a row; the left ones yield from their last."""
    end_width = sum(width(span.text) for span in end)
    room = columns - end_width
    kept: list[Span] = []
    for span in left:
        text = span.text if width(span.text) <= room else fit(span.text, room)
        if room <= 0:
            break
        kept.append(Span(text, span.role))
        room -= width(text)
    return Row((*kept, Span(" " * max(room, 0)), *end), back)


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table. ``grows``: takes what the others leave, and yields first."""

    title: str
    align: str = "left"
    grows: bool = False
    role: str = "text"


def table(columns: Sequence[Column], cells: Sequence[Sequence[Span]], room: int, *, gap: int = 1) -> list[Row]:
    """Return a heading and one row for each line of ``cells``. Every column but the growing one gets its widest content."""
    widths = [
        max((width(line[index].text) for line in cells), default=0) if not column.grows else 0 for index, column in enumerate(columns)
    ]
    widths = [max(needed, width(column.title)) if not column.grows else 0 for needed, column in zip(widths, columns, strict=True)]
    left = room - sum(widths) - gap * (len(columns) - 1)
    widths = [max(left, 0) if column.grows else needed for needed, column in zip(widths, columns, strict=True)]
    head = _line([Span(column.title, "dim") for column in columns], columns, widths, gap)
    return [head, *(_line(line, columns, widths, gap) for line in cells)]


def _line(line: Sequence[Span], columns: Sequence[Column], widths: Sequence[int], gap: int) -> Row:
    spans: list[Span] = []
    for span, column, columns_wide in zip(line, columns, widths, strict=True):
        if spans:
            spans.append(Span(" " * gap))
        text = literal(span.text)
        text = right(text, columns_wide) if column.align == "right" else fit(text, columns_wide)
        spans.append(Span(text, span.role))
    return Row(tuple(spans))


def boxed(rows: Sequence[Row], title: str, columns: int, height: int, *, role: str = "frame", safe: bool = False) -> list[Row]:
    """Return ``rows`` in a frame of ``columns`` × ``height``; ``safe`` draws none, since some terminals draw it twice as wide."""
    inner = columns - 4
    body = [*rows[: height - 2], *(Row() for _ in range(height - 2 - len(rows)))]
    label = f" {literal(title)} " if title else ""
    if safe:
        top = row(Span(fit(f" {label}", columns), f"{role}_title"))
        return [top, *(_framed(line, inner, " ", role) for line in body), row(" " * columns)]
    bar = columns - 3 - width(label)
    top = row(Span("╭─", role), Span(label, f"{role}_title"), Span("─" * max(bar, 0) + "╮", role))
    return [top, *(_framed(line, inner, "│", role) for line in body), row(Span(f"╰{'─' * (columns - 2)}╯", role))]


def _framed(line: Row, inner: int, side: str, role: str) -> Row:
    used = width(line.text)
    return row(Span(f"{side} ", role), *line.spans, Span(" " * max(inner - used, 0)), Span(f" {side}", role))
