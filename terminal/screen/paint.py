"""What is painted, before it has colours: rows of spans, each with a role. Pure: the same view gives the same rows.

Amounts are laid out first and never cut; what yields is text (:func:`table`, :func:`pair`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from terminal.screen.literal import fit, folded, literal, right, width


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

    @property
    def marked(self) -> Row:
        """The row with the highlight: on the cursor's ground, and ``>`` in its first blank for who sees no ground."""
        first, *rest = self.spans
        mark = Span(f">{first.text[1:]}", first.role) if first.text[:1] == " " else first
        return Row((mark, *rest), "cursor")

    def on(self, back: str) -> Row:
        """Return the row on another ground."""
        return replace(self, back=back)


def row(*spans: Span | str, back: str = "ground") -> Row:
    """Return a row of spans; a bare string is ordinary text."""
    return Row(tuple(Span(span) if isinstance(span, str) else span for span in spans), back)


def pair(label: Span, value: Span, columns: int, *, indent: int = 0) -> Row:
    """Return a label on the left and a value on the right. The value stays whole, the label yields, then the indent."""
    shown = literal(value.text)
    indent = max(min(indent, columns - width(shown)), 0)
    room = columns - indent - width(shown) - 1
    text = literal(label.text)
    text = text if width(text) <= room else fit(text, room)
    gap = columns - indent - width(text) - width(shown)
    return row(" " * indent, Span(text, label.role), " " * max(gap, 0), Span(shown, value.role))


def sentence(words: Span, value: Span, columns: int) -> list[Row]:
    """Return a sentence with a value on its first row's right: neither is cut, the sentence goes on below."""
    first, *rest = folded(words.text, columns - width(literal(value.text)) - 1)
    return [pair(Span(first, words.role), value, columns), *(row(Span(line, words.role)) for line in rest)]


def spread(left: Sequence[Span], end: Sequence[Span], columns: int, back: str = "ground") -> Row:
    """Return spans on both edges of a row; the left ones yield from their last."""
    end = [Span(literal(span.text), span.role) for span in end]
    room = columns - sum(width(span.text) for span in end)
    kept: list[Span] = []
    for span in left:
        text = literal(span.text)
        text = text if width(text) <= room else fit(text, room)
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
    """Return a heading and one row for each line of ``cells``. Every column but the growing one gets its widest content.

    Where that is more than ``room``, columns of text yield, the last first; those aligned to the right hold amounts and stay.
    """
    lines = [[Span(literal(span.text), span.role) for span in line] for line in cells]
    widths = [
        0 if column.grows else max(width(column.title), *(width(line[index].text) for line in lines), 0)
        for index, column in enumerate(columns)
    ]
    left = room - sum(widths) - gap * (len(columns) - 1)
    for index, column in reversed(list(enumerate(columns))):
        if left < 0 and column.align != "right":
            given = min(widths[index], -left)
            widths[index] -= given
            left += given
    widths = [max(left, 0) if column.grows else needed for needed, column in zip(widths, columns, strict=True)]
    head = _line([Span(column.title, "dim") for column in columns], columns, widths, gap)
    return [head, *(_line(line, columns, widths, gap) for line in lines)]


def _line(line: Sequence[Span], columns: Sequence[Column], widths: Sequence[int], gap: int) -> Row:
    spans: list[Span] = []
    for span, column, columns_wide in zip(line, columns, widths, strict=True):
        if spans:
            spans.append(Span(" " * gap))
        text = right(span.text, columns_wide) if column.align == "right" else fit(span.text, columns_wide)
        spans.append(Span(text, span.role))
    return Row(tuple(spans))


def boxed(rows: Sequence[Row], title: str, columns: int, height: int, *, role: str = "frame", safe: bool = False) -> list[Row]:
    """Return ``rows`` in a frame of ``columns`` × ``height``; ``safe`` draws none, since some terminals draw it twice as wide.

    A row wider than the frame's inside takes its right edge: an amount is worth more than a line.
    """
    height = max(height, 2)
    body = [*rows[: height - 2], *(Row() for _ in range(height - 2 - len(rows)))]
    label = f" {literal(title)} " if title else ""
    if safe:
        top = row(Span(fit(f" {label}", columns), f"{role}_title"))
        return [top, *(_framed(line, columns, " ", role) for line in body), row(" " * columns)]
    label = label if width(label) <= columns - 3 else fit(label, columns - 3)
    top = row(Span("╭─", role), Span(label, f"{role}_title"), Span("─" * (columns - 3 - width(label)) + "╮", role))
    return [top, *(_framed(line, columns, "│", role) for line in body), row(Span(f"╰{'─' * (columns - 2)}╯", role))]


def _framed(line: Row, columns: int, side: str, role: str) -> Row:
    spans = [Span(literal(span.text), span.role) for span in line.spans]
    spare = columns - 4 - sum(width(span.text) for span in spans)
    edge = Span(" " * spare + f" {side}", role) if spare >= 0 else Span(" " * max(spare + 2, 0), role)
    return row(Span(f"{side} ", role), *spans, edge)
