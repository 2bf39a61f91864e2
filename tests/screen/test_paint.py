"""Rows fit their space, and what yields is text: never an amount."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from settlement.money import format_yuan
from terminal.screen.cashier.painting import message_line
from terminal.screen.cashier.view import View
from terminal.screen.huge import ROWS, huge
from terminal.screen.literal import literal, width
from terminal.screen.paint import Column, Row, Span, boxed, pair, row, sentence, spread, table
from tests.screen.hostile import HOSTILE

TEXT = st.one_of(st.text(max_size=60), st.sampled_from(sorted(HOSTILE.values())))
AMOUNT = st.integers(-99_999_999_999, 99_999_999_999).map(format_yuan)
COLUMNS = st.integers(0, 120)


def width_of(line: Row) -> int:
    """Return how many columns a row takes."""
    return width(line.text)


def lit(amount: str, columns: int) -> list[str]:
    """Return a huge number as one sees it: ``#`` for each lit cell, or its characters."""
    seen = []
    for line in huge(amount, columns, "huge_cash"):
        marks = ((span.text, "#" if span.role == "huge_cash" else " ") for span in line.spans)
        seen.append("".join(text if text.strip() else mark * len(text) for text, mark in marks))
    return seen


@given(label=TEXT, amount=AMOUNT, columns=COLUMNS, indent=st.integers(0, 6))
def test_amount_beside_its_label_stays_whole(label: str, amount: str, columns: int, indent: int) -> None:
    """The label yields first, then the indent; the row is as wide as its space whenever the amount fits at all."""
    line = pair(Span(label), Span(amount, "cash"), columns, indent=indent)

    assert line.text.endswith(amount)
    assert max(columns, width(amount)) == width_of(line)


@given(words=TEXT, amount=AMOUNT, columns=st.integers(20, 120))
def test_sentence_beside_an_amount_loses_nothing(words: str, amount: str, columns: int) -> None:
    """The amount ends the first row, and the rows together say the whole sentence."""
    first, *rest = sentence(Span(words), Span(amount, "strong"), columns)

    said = first.text.removesuffix(amount) + "".join(line.text for line in rest)
    assert first.text.endswith(amount)
    assert columns == width_of(first)
    assert columns >= max(map(width_of, rest), default=0)
    assert "".join(literal(words).split()) == "".join(said.split())


@given(left=st.lists(TEXT, max_size=4), amount=AMOUNT, columns=COLUMNS)
def test_amount_at_the_edge_stays_whole(left: list[str], amount: str, columns: int) -> None:
    """Whatever stands on the left, the right edge is the right edge."""
    line = spread([Span(text) for text in left], [Span(amount), Span(" ")], columns, "raised")

    assert line.text.endswith(f"{amount} ")
    assert max(columns, width(amount) + 1) == width_of(line)
    assert "raised" == line.back


@given(names=st.lists(st.tuples(TEXT, AMOUNT, AMOUNT), max_size=6), room=COLUMNS, gap=st.integers(1, 2))
def test_table_cuts_no_amount(names: list[tuple[str, str, str]], room: int, gap: int) -> None:
    """The name grows and yields; every amount stands whole, and the rows are as wide as their space if the amounts are not wider."""
    columns = (Column("#"), Column("Name", grows=True), Column("Price", align="right"), Column("Sum", align="right"))
    cells = [[Span(str(index)), Span(name), Span(price), Span(amount)] for index, (name, price, amount) in enumerate(names)]

    head, *lines = table(columns, cells, room, gap=gap)

    widest = [max(width(title), *(width(line[place]) for line in names), 0) for title, place in (("Price", 1), ("Sum", 2))]
    for line, (_, price, amount) in zip(lines, names, strict=True):
        assert [price.strip(), amount] == [span.text.strip() for span in line.spans[-3::2]]
        assert line.text.endswith(amount)
    assert {max(room, sum(widest) + 3 * gap)} == {width_of(line) for line in (head, *lines)}


@given(texts=st.lists(TEXT, max_size=8), title=TEXT, columns=st.integers(4, 60), height=st.integers(0, 12))
def test_frame_has_its_size(texts: list[str], title: str, columns: int, height: int) -> None:
    """However long title and rows are, top, sides and bottom stand; a row too wide takes the edge instead of losing its end."""
    for safe in (False, True):
        lines = boxed([row(Span(text)) for text in texts], title, columns, height, safe=safe)

        assert max(height, 2) == len(lines)
        assert {columns} == {width_of(lines[0]), width_of(lines[-1])}
        for text, line in zip(texts, lines[1:-1], strict=False):
            assert literal(text) in line.text
            assert max(columns, width(literal(text)) + 2) == width_of(line)


@given(text=TEXT, amount=AMOUNT, columns=st.integers(20, 60))
def test_amount_in_a_frame_stays_whole(text: str, amount: str, columns: int) -> None:
    """A pair laid out for the frame's inside comes out as it went in."""
    inner = pair(Span(text), Span(amount, "cash"), columns - 4)

    (_, line, _) = boxed([inner], "", columns, 3)

    assert f"{inner.text} │" in line.text


@given(amount=AMOUNT, columns=COLUMNS)
def test_huge_number_fits_or_is_text(amount: str, columns: int) -> None:
    """Five rows within the space, or one row with all the characters; never a part of a number."""
    rows = huge(amount, columns, "huge_cash")

    if len(rows) == ROWS:
        assert columns >= max(map(width_of, rows))
        assert {""} == {line.text.strip() for line in rows}
    else:
        (line,) = rows
        assert amount == line.text.replace(" ", "")
        assert max(columns, width(amount)) >= width_of(line)


@given(columns=st.integers(1, 120), amounts=st.tuples(AMOUNT, AMOUNT))
def test_different_numbers_look_different(columns: int, amounts: tuple[str, str]) -> None:
    """The lit cells tell every amount from every other."""
    assert (amounts[0] == amounts[1]) == (lit(amounts[0], columns) == lit(amounts[1], columns))


def test_each_figure_has_a_shape_of_its_own() -> None:
    """Ten figures, a minus and a point, each unlike the others at the smallest size."""
    shapes = {tuple(line.spans for line in huge(figure, 3, "huge_ok")) for figure in "0123456789-.,"}

    assert 13 == len(shapes)


def test_the_larger_size_wins_where_it_fits() -> None:
    """The same number takes more columns in more room."""
    cells = ["".join(lit("40.86", columns)).count("#") for columns in (17, 24, 40)]

    assert sorted(set(cells)) == cells


def test_what_is_no_figure_is_shown_as_text() -> None:
    """A number in an unexpected form is painted as it is."""
    for text in ("1 234.00", "￥12.00", "—", "", HOSTILE["colour"]):
        (line,) = huge(text, 60, "huge_total")
        assert literal(text).replace(" ", "") == re.sub(r" ", "", line.text)


@given(text=st.one_of(TEXT, AMOUNT, st.tuples(TEXT, AMOUNT, TEXT).map("".join)), total=AMOUNT, columns=st.integers(40, 120))
def test_message_that_is_cut_ends_in_no_other_number(text: str, total: str, columns: int) -> None:
    """What just happened may lose its end, but half of an amount never stands there as another one."""
    view = View(message=(Span(text),), counts="3 种 3 件", total_label="合计", total=total)
    shown = message_line(view, columns).text

    assert columns == width(shown)
    assert f"合计 {total} " in shown
    whole = re.findall(r"[\d.,]+", literal(text))
    assert all(
        number in whole for number in re.findall(r"[\d.,]+", shown[: shown.rindex("合计")].removesuffix("  ").removesuffix("3 种 3 件"))
    )
