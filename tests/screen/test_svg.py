"""The pictures of the READMEs: every word at its column, nothing fetched, the same bytes each time."""

from __future__ import annotations

import asyncio
import re
import xml.etree.ElementTree as ET
from typing import ClassVar

from textual.app import App, ComposeResult
from typing_extensions import override

from terminal.screen.huge import huge
from terminal.screen.line_widget import LineWidget
from terminal.screen.paint import Row, Span, boxed, pair, row
from terminal.screen.palette import DEFAULT, PALETTES
from terminal.screen.themes import wear
from tests.screen.hostile import HOSTILE
from tests.screen.svg import CELL, LINE, columns_of, redrawn

SVG = "{http://www.w3.org/2000/svg}"
COLUMNS, ROWS = 50, 14
MARGIN = 12


class Board(LineWidget):
    """Everything that a picture must get right."""

    lines: ClassVar[list[Row]] = [
        row(Span("参保人 ABC", "strong"), Span("  演示甲", "dim"), Span(" 40.86", "cash"), back="cursor"),
        *boxed([pair(Span("统筹基金", "dim"), Span("170.94", "fund"), 30)], "分担", 34, 3),
        row(Span("● ", "ok"), Span("读卡器"), Span(" ▲ ", "attention"), Span("线路"), Span(" ✖ ", "fault"), Span("打印 ■")),
        row(Span(HOSTILE["rich markup"])),
        row(Span("<b>&amp;\"'", "strong")),
        *huge("40.86", COLUMNS, "huge_cash"),
    ]

    @override
    def paint(self, columns: int, rows: int) -> list[Row]:
        return self.lines


class BoardApp(App[None]):
    """One board."""

    @override
    def compose(self) -> ComposeResult:
        yield Board()


def exported() -> str:
    """Return what Textual exports of the board."""

    async def look() -> str:
        app = BoardApp()
        wear(app, DEFAULT)
        async with app.run_test(size=(COLUMNS, ROWS)) as pilot:
            await pilot.pause()
            return app.export_screenshot()

    return asyncio.run(look())


EXPORTED = exported()
PICTURE = redrawn(EXPORTED, "演示 & demonstration")
ROOT = ET.fromstring(PICTURE)  # noqa: S314 - our own


def cells() -> list[list[str]]:
    """Put each word of the picture back into its cells."""
    grid = [[" "] * COLUMNS for _ in range(ROWS)]
    for node in ROOT.iter(f"{SVG}text"):
        column, line = int(node.get("x", "")) // CELL, int(node.get("y", "")) // LINE
        for character in node.text or "":
            assert " " == grid[line][column], f"{character} lies on {grid[line][column]}"
            grid[line][column] = character
            column += columns_of(character)
    return grid


def test_each_word_stands_at_its_column() -> None:
    """Chinese takes two cells, and what follows it on the row is not moved."""
    for painted, line in zip(Board.lines, cells(), strict=False):
        drawn = re.sub(r"[─│╭╮╰╯●▲■✖]", " ", painted.text)
        expected = ""
        for character in drawn:
            expected += character + " " * (columns_of(character) - 1)
        assert expected[:COLUMNS].rstrip() == "".join(line).rstrip()


def test_each_word_has_the_length_of_its_columns() -> None:
    """No font makes a row longer: the length is in the picture, and no blank is left to a renderer."""
    for node in ROOT.iter(f"{SVG}text"):
        text = node.text or ""
        assert sum(map(columns_of, text)) * CELL == int(node.get("textLength", ""))
        assert not re.search(r"\s", text)
        assert ({2} if "h" in node.get("class", "").split() else {1}) == set(map(columns_of, text))


def test_frames_and_shapes_are_drawn() -> None:
    """No font decides how they look: eight characters of frames and four shapes are paths at their cells."""
    steps = "".join(node.get("d", "") for node in ROOT.iter(f"{SVG}path"))
    framed = [character for painted in Board.lines for character in painted.text if character in "─│╭╮╰╯●▲■✖"]

    assert len(framed) == len(re.findall("M", steps))
    assert not re.search(r"[─│╭╮╰╯●▲■✖]", "".join("".join(line) for line in cells()))
    assert f"M{0 * CELL + 5.5:g} {2 * LINE}" in steps


def test_grounds_are_those_of_the_rows() -> None:
    """The focused row has its ground from edge to edge, in one piece."""
    palette = PALETTES[DEFAULT]
    rectangles = [node for node in ROOT.iter(f"{SVG}rect") if node.get("shape-rendering")]
    (cursor,) = [node for node in rectangles if node.get("fill") == palette.cursor]

    assert ("0", "0", str(COLUMNS * CELL)) == (cursor.get("x"), cursor.get("y"), cursor.get("width"))
    assert {palette.cursor, palette.amber} == {node.get("fill") for node in rectangles}
    assert f"0 0 {COLUMNS * CELL + 2 * MARGIN} {ROWS * LINE + 2 * MARGIN}" == ROOT.get("viewBox")


def test_nothing_is_fetched_and_nobody_named() -> None:
    """No address but the name of the format, no font from abroad, no tool's name."""
    assert ["http://www.w3.org/2000/svg"] == re.findall(r"https?://[^\"')\s<]+", PICTURE)
    assert not re.search(r"@font-face|url\(|Rich|Textual|script|<image", PICTURE)
    assert "演示 & demonstration" == (ROOT.findtext(f"{SVG}title") or "")


def test_the_same_screen_is_the_same_picture() -> None:
    """Two runs give the same bytes."""
    assert PICTURE == redrawn(exported(), "演示 & demonstration")
