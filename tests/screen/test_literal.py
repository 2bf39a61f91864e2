"""Foreign text is literal on the screen: no control, no surprise of width, on every terminal."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len, set_cell_size, split_graphemes

from terminal.screen.literal import fit, folded, literal, right, width
from terminal.screen.narrow import is_safe, spelled, squeezed, use_safe
from tests.screen.hostile import HOSTILE

TRICKY = st.sampled_from(
    "aZ09 .阿①α…“\u0301\u0915\u093e\u1161\u200d\u200b\ufe0f\U0001f44d\U0001f3fd\U0001f1e8\U00020bb7\x1b\x9b\u202e\u05d0[]\ufffd（，"
)
TEXT = st.one_of(st.text(), st.text(TRICKY), st.sampled_from(sorted(HOSTILE.values())))
NEVER = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}


def on(safe: bool, text: str) -> str:  # noqa: FBT001 - the parameter of every test here
    """Return ``text`` as a terminal of this kind gets it."""
    before = is_safe()
    use_safe(safe)
    try:
        return literal(text)
    finally:
        use_safe(before)


@given(text=TEXT)
def test_nothing_but_text_is_left(text: str) -> None:
    """No control, direction mark, joiner, half of a pair or private character is painted, and nothing written from the right."""
    for shown in (on(False, text), on(True, text)):
        assert set() == {unicodedata.category(character) for character in shown} & NEVER
        assert set() == {unicodedata.bidirectional(character) for character in shown} & {"R", "AL", "AN", "RLE", "RLO", "LRO", "RLI"}


@given(text=TEXT)
def test_painting_twice_is_painting_once(text: str) -> None:
    """What was made literal stays as it is."""
    for safe in (False, True):
        assert on(safe, on(safe, text)) == on(safe, text)


@given(text=TEXT)
def test_no_character_gathers_marks(text: str) -> None:
    """At most two characters without a column of their own follow each other, and none comes first."""
    for shown in (on(False, text), on(True, text)):
        columns = [cell_len(character) for character in shown]
        assert 0 not in columns[:1]
        assert (0, 0, 0) not in list(zip(columns, columns[1:], columns[2:], strict=False))


@given(text=TEXT)
def test_width_is_the_sum_of_its_characters(text: str) -> None:
    """No character changes the width of another: what one terminal joins and another does not is not painted."""
    shown = literal(text)

    assert width(shown) == sum(map(cell_len, shown))
    assert width(shown) == split_graphemes(shown)[1]


@given(text=TEXT)
def test_wide_terminal_gets_no_doubtful_character(text: str) -> None:
    """Where ambiguous characters take two columns none is painted."""
    assert {"A"} & {unicodedata.east_asian_width(character) for character in on(True, text)} == set()


@given(text=TEXT)
def test_last_guard_keeps_the_columns(text: str) -> None:
    """What is replaced after the layout takes the columns that were laid out."""
    shown = literal(text)
    use_safe(True)
    try:
        assert width(squeezed(shown)) == width(shown)
        assert "A" not in {unicodedata.east_asian_width(character) for character in squeezed(shown)}
    finally:
        use_safe(False)


def test_drug_names_stay_readable_on_a_wide_terminal() -> None:
    """Greek, Roman and circled characters are spelled, quotes and dots replaced."""
    assert '"alpha-酮酸".II型1+/-5C...-x' == on(True, HOSTILE["ambiguous"])
    assert "买买提.阿依" == on(True, "买买提·阿依")
    assert "女u" == on(True, "女ü")


def test_nothing_is_respelled_on_an_ordinary_terminal() -> None:
    """The characters of the trade pass."""
    assert HOSTILE["ambiguous"] == literal(HOSTILE["ambiguous"])
    assert HOSTILE["surname of four bytes"] == literal(HOSTILE["surname of four bytes"])
    assert HOSTILE["younger than Python"] == literal(HOSTILE["younger than Python"])
    assert spelled("α") == squeezed("α") == "α"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("colour", "�[31m红�[0m"),
        ("C1 introducer", "�31m红�0m"),
        ("CR LF", "一行��二行�三行�四行"),
        ("right to left override", "00.001 元"),
        ("500 marks", "a\u0301\u0301"),
        ("marks alone", ""),
        ("marks past joiners", "a\u0301\u0301"),
        ("half of a pair", "�"),
        ("family", "\U0001f468\U0001f469\U0001f467"),
        ("keycap", "1\u20e3"),
        ("skin tone", "\U0001f44d"),
        ("textual action", "[@click=app.quit]点这里[/]"),
    ],
)
def test_hostile_text_is_shown_so(name: str, shown: str) -> None:
    """What a person sees of it."""
    assert shown == literal(HOSTILE[name])


@given(text=TEXT, columns=st.integers(-3, 40))
def test_fitted_text_has_exactly_its_columns(text: str, columns: int) -> None:
    """Cut or filled, it takes what it was given."""
    assert max(columns, 0) == width(fit(text, columns))


@given(text=TEXT.map(literal), columns=st.integers(0, 40))
def test_text_on_the_right_is_never_cut(text: str, columns: int) -> None:
    """An amount wider than its column stays whole."""
    assert right(text, columns).endswith(text)
    assert max(columns, width(text)) == width(right(text, columns))


@given(text=TEXT, columns=st.integers(0, 40))
def test_folded_text_loses_nothing(text: str, columns: int) -> None:
    """Each row fits, and together they hold every character but blanks, in order."""
    rows = folded(text, columns)

    assert max(columns, 2) >= max(map(width, rows))
    assert "".join("".join(row.split()) for row in rows) == "".join(literal(text).split())


def test_no_row_begins_with_a_closing_mark() -> None:
    """A comma stays at the end of its row, a bracket with what it opens."""
    assert ["请收好", "小票，", "钱款", "（现", "金）"] == folded("请收好小票，钱款（现金）", 7)


@given(text=TEXT.map(literal), columns=st.integers(0, 60))
def test_the_librarys_cut_agrees_with_its_measure(text: str, columns: int) -> None:
    """The library's own cutting gives literal text exactly the columns asked for."""
    assert columns == cell_len(set_cell_size(text, columns))
