"""A screenshot of the screen as an SVG that looks the same everywhere, from the one that Textual exports.

The export counts a Chinese character as one column (Textualize/rich#2742), and fetches its font from abroad. Here every word stands at
its column with the length of its columns, frames and shapes are drawn instead of taken from a font, and nothing is fetched.
Only the standard library: the same bytes on every machine.
"""

from __future__ import annotations

import re
import unicodedata
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from itertools import groupby

CELL, LINE = 10, 20
"""Width and height of a cell in the picture's units."""
_MARGIN = 12
_BASELINE, _HAN_BASELINE, _LATIN_SIZE, _HAN_SIZE = 15, 16, 16, 18
_FONTS = (
    "'Sarasa Mono SC','JetBrains Mono','DejaVu Sans Mono',Menlo,Consolas,"
    "'Noto Sans Mono CJK SC','Noto Sans CJK SC','PingFang SC','Microsoft YaHei','WenQuanYi Zen Hei',monospace"
)
_RULE = re.compile(r"\.(\S+) \{ (.*?) \}")
_ROW = re.compile(r"-line-(\d+)\)")
_NAMESPACE = "{http://www.w3.org/2000/svg}"
_EXPORTED_CELL, _EXPORTED_LINE = 12.2, 24.4

# Drawn on a cell of 10 × 20 whose corner is the origin; lines are 1 wide, so their middles lie on halves.
_LINES = {
    "─": "M0 10.5h10",
    "│": "M5.5 0v20",
    "╭": "M10 10.5h-1a3.5 3.5 0 0 0-3.5 3.5v6",
    "╮": "M0 10.5h2a3.5 3.5 0 0 1 3.5 3.5v6",
    "╰": "M10 10.5h-1a3.5 3.5 0 0 1-3.5-3.5v-7",
    "╯": "M0 10.5h2a3.5 3.5 0 0 0 3.5-3.5v-7",
}
_SHAPES = {
    "●": "M5 6.5a4 4 0 1 1 0 8a4 4 0 1 1 0-8z",
    "■": "M1 6.5h8v8h-8z",
    "▲": "M5 6l4.5 8.5h-9z",
    "✖": "M1 8.2l1.7-1.7l2.3 2.3l2.3-2.3l1.7 1.7l-2.3 2.3l2.3 2.3l-1.7 1.7l-2.3-2.3l-2.3 2.3l-1.7-1.7l2.3-2.3z",
}


@dataclass(frozen=True, slots=True)
class _Piece:
    """Text of one style on one row of cells."""

    row: int
    column: int
    text: str
    look: tuple[str, bool]
    """Colour, and whether bold."""


@dataclass(frozen=True, slots=True)
class _Ground:
    """A stretch of one background."""

    row: int
    column: int
    columns: int
    fill: str


def redrawn(exported: str, title: str) -> str:
    """Return the picture of a Textual export; ``title`` is what a screen reader says."""
    root = ET.fromstring(exported)  # noqa: S314 - our own export
    pieces, grounds = list(_pieces(root)), list(_grounds(root))
    columns = max(ground.column + ground.columns for ground in grounds)
    rows = 1 + max(ground.row for ground in grounds)
    width, height = columns * CELL + 2 * _MARGIN, rows * LINE + 2 * _MARGIN
    page = _most(grounds)
    classes = {look: f"c{number}" for number, look in enumerate(sorted({piece.look for piece in pieces}), 1)}
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">',
        f"<title>{escape(title)}</title>",
        f"<style>text{{font-family:{_FONTS};font-size:{_LATIN_SIZE}px;white-space:pre}}.h{{font-size:{_HAN_SIZE}px}}",
        *(_rule(name, fill, bold=bold) for (fill, bold), name in classes.items()),
        "</style>",
        f'<rect width="{width}" height="{height}" rx="8" fill="{page}"/>',
        f'<g transform="translate({_MARGIN} {_MARGIN})">',
        *(_rectangle(ground) for ground in _joined(grounds) if ground.fill != page),
        *(shape for look, name in classes.items() for shape in _drawn([piece for piece in pieces if piece.look == look], name)),
        *(word for piece in pieces for word in _words(piece, classes[piece.look])),
        "</g>",
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _most(grounds: list[_Ground]) -> str:
    """Return the background that covers most."""
    covered: Counter[str] = Counter()
    for ground in grounds:
        covered[ground.fill] += ground.columns
    return max(sorted(covered), key=covered.__getitem__)


def _rule(name: str, fill: str, *, bold: bool) -> str:
    return f".{name}{{fill:{fill}{';font-weight:700' if bold else ''}}}"


def _styles(root: ET.Element) -> dict[str, tuple[str, bool]]:
    css = "".join(style.text or "" for style in root.iter(f"{_NAMESPACE}style"))
    found: dict[str, tuple[str, bool]] = {}
    for name, rules in _RULE.findall(css):
        if fill := re.search(r"fill: (#[0-9a-f]{6})", rules):
            found[name] = (fill[1], "font-weight: bold" in rules)
    return found


def _pieces(root: ET.Element) -> Iterator[_Piece]:
    styles = _styles(root)
    for node in root.iter(f"{_NAMESPACE}text"):
        row = _ROW.search(node.get("clip-path", ""))
        text = (node.text or "").replace("\xa0", " ")
        if row is not None and text.strip():
            column = round(float(node.get("x", "0")) / _EXPORTED_CELL)
            yield _Piece(int(row[1]), column, text, styles[node.get("class", "")])


def _grounds(root: ET.Element) -> Iterator[_Ground]:
    for node in root.iter(f"{_NAMESPACE}rect"):
        if node.get("shape-rendering") is not None:
            x, y, width = (float(node.get(name, "0")) for name in ("x", "y", "width"))
            column, end = round(x / _EXPORTED_CELL), round((x + width) / _EXPORTED_CELL)
            yield _Ground(int(y / _EXPORTED_LINE), column, end - column, node.get("fill", ""))


def _joined(grounds: list[_Ground]) -> Iterator[_Ground]:
    """Join stretches of one fill that touch: no seam between them, and a smaller file."""
    for (row, fill, _), run in groupby(_numbered(grounds), key=lambda place: place[:3]):
        parts = [ground for *_, ground in run]
        yield _Ground(row, parts[0].column, sum(part.columns for part in parts), fill)


def _numbered(grounds: list[_Ground]) -> Iterator[tuple[int, str, int, _Ground]]:
    """Number the stretches: those of one row and fill that touch get the same number."""
    number = 0
    before: _Ground | None = None
    for ground in grounds:
        touches = before is not None and (before.row, before.fill, before.column + before.columns) == (
            ground.row,
            ground.fill,
            ground.column,
        )
        number += 0 if touches else 1
        yield ground.row, ground.fill, number, ground
        before = ground


def _rectangle(ground: _Ground) -> str:
    # A hair taller than its row: no renderer leaves a line of the page between two rows.
    x, y = ground.column * CELL, ground.row * LINE
    return f'<rect x="{x}" y="{y}" width="{ground.columns * CELL}" height="{LINE}.2" fill="{ground.fill}" shape-rendering="crispEdges"/>'


def _cells(piece: _Piece) -> Iterator[tuple[int, str, int]]:
    """Walk (column, character with its marks, columns) of a piece."""
    column = piece.column
    cluster = ""
    for character in piece.text:
        if cluster and unicodedata.combining(character):
            cluster += character
            continue
        if cluster:
            yield column, cluster, columns_of(cluster)
            column += columns_of(cluster)
        cluster = character
    yield column, cluster, columns_of(cluster)


def columns_of(cluster: str) -> int:
    """Return how many columns a character takes: two where Unicode calls it wide."""
    return 2 if unicodedata.east_asian_width(cluster[0]) in "WF" else 1


def _drawn(pieces: list[_Piece], name: str) -> Iterator[str]:
    """Draw frames and shapes of one style, each kind as one path."""
    for kind, attributes in ((_LINES, f'fill="none" stroke="{pieces[0].look[0]}"'), (_SHAPES, f'class="{name}"')):
        steps = []
        for piece in pieces:
            for column, character, _ in _cells(piece):
                if character in kind:
                    steps.append(_moved(kind[character], column * CELL, piece.row * LINE))
        if steps:
            yield f'<path {attributes} d="{"".join(steps)}"/>'


def _moved(path: str, x: int, y: int) -> str:
    """Return a path whose first, absolute step is moved; all its others are relative."""
    start = re.match(r"M([\d.]+) ([\d.]+)", path)
    assert start is not None
    return f"M{x + float(start[1]):g} {y + float(start[2]):g}{path[start.end() :]}"


def _words(piece: _Piece, name: str) -> Iterator[str]:
    """Write each word at its column; Chinese and Latin apart, since their sizes differ."""
    for (kind, _), run in groupby(_kinds(list(_cells(piece))), key=lambda cell: cell[:2]):
        parts = [cell for *_, cell in run]
        if kind in {"blank", "drawn"}:
            continue
        text = "".join(cluster for _, cluster, _ in parts)
        length = sum(columns for *_, columns in parts) * CELL
        x, y = parts[0][0] * CELL, piece.row * LINE + (_HAN_BASELINE if kind == "han" else _BASELINE)
        han = " h" if kind == "han" else ""
        yield f'<text class="{name}{han}" x="{x}" y="{y}" textLength="{length}">{escape(text)}</text>'


def _kinds(cells: list[tuple[int, str, int]]) -> Iterator[tuple[str, int, tuple[int, str, int]]]:
    number, before = 0, ""
    for cell in cells:
        _, cluster, columns = cell
        kind = "blank" if cluster.isspace() else "drawn" if cluster in _LINES | _SHAPES else "han" if columns == 2 else "latin"
        number += kind != before
        yield kind, number, cell
        before = kind
