"""Colours can be read, by everybody and on every terminal, and none of them says anything alone."""

from __future__ import annotations

import asyncio
import math
from itertools import combinations

import pytest
from rich.color import Color as RichColor
from rich.color import ColorSystem
from rich.segment import Segment
from textual.app import App, ComposeResult
from textual.color import Color
from textual.filter import Monochrome
from typing_extensions import override

from terminal.screen import palette
from terminal.screen.line_widget import LineWidget
from terminal.screen.literal import literal
from terminal.screen.paint import Row, Span, row
from terminal.screen.palette import PALETTES, ROLES, style
from terminal.screen.themes import THEMES, wear
from tests.screen.hostile import HOSTILE

GROUNDS = tuple(palette._GROUNDS)
DECORATION = {"frame"}
"""Groups what its title names too."""
FIELDS = ("ground", "raised", "warned", "cursor", "text", "dim", "frame", "ink", "green", "blue", "amber", "red", "violet", "teal")
AA, AAA = 4.5, 7.0
"""Contrast ratios of WCAG 2.2, success criteria 1.4.3 and 1.4.6."""


def luminance(colour: Color) -> float:
    """Return the relative luminance (WCAG 2.2)."""
    parts = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour.normalized]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one: Color, other: Color) -> float:
    """Return the contrast ratio (WCAG 2.2): 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def colours(name: str, role: str, ground: str) -> tuple[Color, Color]:
    """Return what a role looks like: text and ground."""
    look = style(name, role, ground)
    assert look.color is not None
    assert look.bgcolor is not None
    return Color.from_rich_color(look.color), Color.from_rich_color(look.bgcolor)


@pytest.mark.parametrize("name", PALETTES)
@pytest.mark.parametrize("grey", [False, True], ids=["coloured", "NO_COLOR"])
def test_each_role_is_read_on_each_ground(name: str, grey: bool) -> None:  # noqa: FBT001 - parametrized
    """Text has the contrast of WCAG AA everywhere, and of AAA in the theme made for it; without colour still that of large text."""
    least = AAA if name == "counter-contrast" else AA
    pale: list[str] = []
    for role in sorted(ROLES - DECORATION):
        for ground in GROUNDS:
            text, back = colours(name, role, ground)
            ratio = contrast(text.monochrome, back.monochrome) if grey else contrast(text, back)
            if ratio < (3.0 if grey else least):
                pale.append(f"{role} on {ground}: {ratio:.2f}")

    assert [] == pale


@pytest.mark.parametrize("name", PALETTES)
def test_focused_row_and_edges_are_seen(name: str) -> None:
    """The ground of the focused row differs in brightness from the others, and a frame from its ground, colour or not."""
    worn = PALETTES[name]
    ground, cursor, frame = (Color.parse(colour) for colour in (worn.ground, worn.cursor, worn.frame))

    assert contrast(ground, cursor) >= 1.25
    assert contrast(ground.monochrome, cursor.monochrome) >= 1.15
    assert contrast(ground, frame) >= 1.5


def test_theme_of_256_colours_is_exact() -> None:
    """Each of its colours is one of the cube or of the greys: nothing is rounded to another one."""
    worn = PALETTES["counter-256"]
    levels = {0, 0x5F, 0x87, 0xAF, 0xD7, 0xFF}
    for field in FIELDS:
        colour = str(getattr(worn, field))
        red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
        assert {red, green, blue} <= levels or (red == green == blue and (red - 8) % 10 == 0 and 8 <= red <= 238), f"{field} {colour}"
        shown = RichColor.parse(colour).downgrade(ColorSystem.EIGHT_BIT).get_truecolor()
        assert colour == shown.hex, f"{field} is shown as {shown.hex}"


def test_meanings_stay_apart_with_sixteen_colours() -> None:
    """A terminal of sixteen colours wears the theme of 256: its six meanings stay six colours on a dark ground."""
    worn = PALETTES["counter-256"]
    numbers = {field: RichColor.parse(str(getattr(worn, field))).downgrade(ColorSystem.STANDARD).number for field in FIELDS}

    assert 5 == len({numbers[field] for field in ("green", "blue", "amber", "red", "violet")})
    assert {numbers["ground"]} == {0}
    assert numbers["text"] not in {numbers["ground"], numbers["cursor"], numbers["warned"]}
    assert numbers["dim"] not in {numbers["ground"], numbers["cursor"], numbers["warned"]}


def test_ink_is_not_bold_where_bold_is_another_colour() -> None:
    """With sixteen colours bold black is grey: what stands on a coloured ground is plain there."""
    dark = {role for role in ROLES if style("counter-256", role, "ground").color == RichColor.parse(PALETTES["counter-256"].ink)}

    assert {"chip", "key", "key_next", "caret"} <= dark
    assert {False} == {style("counter-256", role, "ground").bold for role in dark}
    assert style(palette.DEFAULT, "chip", "ground").bold


@pytest.mark.parametrize("name", PALETTES)
def test_meanings_are_different_colours(name: str) -> None:
    """Fund, account, cash, failure and self-paid are five colours that nobody mixes up at a glance."""
    worn = PALETTES[name]
    fields = ("green", "blue", "amber", "red", "violet")

    seen = {field: Color.parse(getattr(worn, field)).rgb for field in fields}
    close = [pair for pair in combinations(fields, 2) if math.dist(seen[pair[0]], seen[pair[1]]) < 60]

    assert [] == close


def test_names_agree() -> None:
    """Each palette is a theme of the same name."""
    assert list(PALETTES) == [theme.name for theme in THEMES]
    assert palette.DEFAULT in PALETTES
    assert all(name == worn.name for name, worn in PALETTES.items())


class Board(LineWidget):
    """All hostile text at once, without the layout that would have made it literal."""

    @override
    def paint(self, columns: int, rows: int) -> list[Row]:
        return [row(Span(text, "fault"), back="cursor") for text in HOSTILE.values()]


class BoardApp(App[None]):
    """One board."""

    def __init__(self, theme: str) -> None:
        super().__init__()
        wear(self, theme)

    @override
    def compose(self) -> ComposeResult:
        yield Board()


def worn(app: App[None]) -> tuple[list[list[Segment]], Color]:
    """Run the app and return what its rows are, and the ground of its screen."""

    async def look() -> tuple[list[list[Segment]], Color]:
        async with app.run_test(size=(40, 80)) as pilot:
            await pilot.pause()
            board = app.screen.query_one(Board)
            return [list(board.render_line(y)) for y in range(len(HOSTILE))], app.screen.styles.background

    return asyncio.run(look())


@pytest.mark.parametrize("name", PALETTES)
def test_app_wears_the_palette(name: str) -> None:
    """Rows and what the library paints by itself have the same ground."""
    rows, ground = worn(BoardApp(name))

    looks = {segment.style for line in rows for segment in line if segment.text.strip()}
    assert Color.parse(PALETTES[name].ground) == ground
    assert {style(name, "fault", "cursor")} == looks


def test_nothing_hostile_reaches_the_terminal() -> None:
    """Text that no layout has made literal is made so before it is painted, and every row has the columns of its widget."""
    rows, _ = worn(BoardApp(palette.DEFAULT))

    for text, line in zip(HOSTILE.values(), rows, strict=True):
        painted = "".join(segment.text for segment in line)
        assert 40 == sum(segment.cell_length for segment in line)
        assert painted.rstrip()[:15] == literal(text)[:15].rstrip()
        assert literal(painted) == painted
        assert all(segment.control is None for segment in line)


def test_no_color_leaves_greys() -> None:
    """With NO_COLOR what is painted has no hue, and text is still told from its ground."""
    grey = Monochrome()
    for name in PALETTES:
        (segment,) = grey.apply([Segment("x", style(name, "fault", "warned"))], Color.parse("#000000"))
        assert segment.style is not None
        assert segment.style.color is not None
        assert segment.style.bgcolor is not None
        text, back = Color.from_rich_color(segment.style.color), Color.from_rich_color(segment.style.bgcolor)
        assert {1} == {len(set(colour.rgb)) for colour in (text, back)}
        assert contrast(text, back) >= 3


def test_no_color_is_the_users_word(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment variable turns the hues off in the running app."""
    assert not BoardApp(palette.DEFAULT).no_color
    monkeypatch.setenv("NO_COLOR", "1")
    assert BoardApp(palette.DEFAULT).no_color
