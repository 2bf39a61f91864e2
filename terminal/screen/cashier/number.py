"""The box of the one huge number: what it is, the amount whole at any width, and the figures. Pure."""

from __future__ import annotations

from terminal.screen.cashier.view import Number
from terminal.screen.huge import huge
from terminal.screen.literal import fit, folded, width
from terminal.screen.paint import Row, Span, boxed, pair, row


def number_box(number: Number | None, columns: int, rows: int, *, safe: bool) -> list[Row]:
    """Return the frame with label and amount in words, the amount in huge figures and what stands under it, as far as there is room."""
    if number is None or rows < 3:  # noqa: PLR2004 - a frame and a row
        return boxed([], "", columns, max(rows, 2), safe=safe)
    inner = columns - 4
    block = _caption(number, inner, rows - 2)
    figures = huge(number.amount, inner, number.role)
    foot = [pair(Span(name, "dim"), Span(value, role), inner, indent=2) for name, value, role in number.foot]
    spare = rows - 2 - len(block) - len(figures) - len(foot)
    if spare >= 0:
        block += [row(""), *figures] if spare else figures
    if foot and rows - 2 >= len(block) + len(foot):
        block += [*([row("")] if rows - 2 > len(block) + len(foot) else []), *foot]
    above = max((rows - 2 - len(block)) // 2, 0)
    return boxed([*(row("") for _ in range(above)), *block], "", columns, rows, role=number.frame, safe=safe)


def _caption(number: Number, inner: int, rows: int) -> list[Row]:
    """Return label and amount; where one row is too narrow the amount has its own, and where there is but one row the label yields."""
    role = f"{number.role}_text"
    text = f"{number.label} {number.amount}"
    if width(text) <= inner:
        return [row(_centred(text, inner, role))]
    lines = [*folded(number.label, inner), number.amount]
    if len(lines) > rows:
        room = inner - width(number.amount) - 1
        lines = [f"{fit(number.label, room)} {number.amount}" if room > 0 else number.amount]
    return [row(_centred(line, inner, role)) for line in lines]


def _centred(text: str, columns: int, role: str) -> Span:
    return Span(" " * max((columns - width(text)) // 2, 0) + text, role)
