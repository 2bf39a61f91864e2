"""The window over the log is the naive list, whatever is pressed; what is typed means one thing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline_queue.log.entry import LogEntry
from terminal.screen.technician.asked import Amounts, Days, Number, typed, understand
from terminal.screen.technician.window import BLOCK, KEPT, Window
from tests.log.rows import row

TODAY = 20260302


def page(rows: list[LogEntry], beyond: LogEntry | None, *, older: bool) -> list[LogEntry]:
    """Return a page as the log would: rows are in the order of the screen."""
    if beyond is None:
        return rows[:BLOCK] if older else rows[-BLOCK:]
    place = next(index for index, entry in enumerate(rows) if entry.seq == beyond.seq)
    return rows[place + 1 : place + 1 + BLOCK] if older else rows[max(place - BLOCK, 0) : place]


def served(window: Window, rows: list[LogEntry]) -> None:
    """Fetch what the window wants until it wants nothing."""
    while side := window.wants():
        edge = window.entries[-1 if side == "older" else 0]
        window.add(page(rows, edge, older=side == "older"), side, limit=BLOCK)


@given(
    count=st.integers(0, 1_400),
    presses=st.lists(st.sampled_from((-1, 1, -20, 20, -99, 99, "home", "end")), max_size=60),
    height=st.integers(1, 60),
)
def test_the_window_is_the_list(count: int, presses: list[int | str], height: int) -> None:
    """The cursor stands on the row that a list of all rows would give, the screen shows its neighbours, memory stays small."""
    rows = [row(seq) for seq in range(count, 0, -1)]
    window, place = Window(), 0
    window.fill(page(rows, None, older=True), limit=BLOCK)
    served(window, rows)
    for press in presses:
        if isinstance(press, int):
            window.move(press)
            place = max(min(place + press, count - 1), 0)
        else:
            window.fill(page(rows, None, older=press == "home"), limit=BLOCK, from_top=press == "home")
            place = 0 if press == "home" else max(count - 1, 0)
        served(window, rows)
        shown = window.visible(height)

        assert (rows[place] if rows else None) == window.entry
        assert len(window.entries) <= KEPT
        assert not rows or (window.entry in shown and len(shown) == min(height, count))
        start = rows.index(shown[0]) if shown else 0
        assert shown == rows[start : start + len(shown)]


@given(count=st.integers(1, 600), place=st.integers(0, 599), new=st.integers(0, 5))
def test_renewing_keeps_the_row_under_the_cursor(count: int, place: int, new: int) -> None:
    """Rows that come on top move nothing under the reader's eyes; who stands at the top sees the newest."""
    rows = [row(seq) for seq in range(count, 0, -1)]
    window = Window()
    window.fill(rows[:BLOCK], limit=BLOCK)
    window.move(min(place, BLOCK))
    before, entry, at_top = window.visible(20), window.entry, window.cursor == 0
    after = [row(seq) for seq in range(count + new, 0, -1)]
    window.renew(after[: max(len(window.entries), BLOCK)], limit=max(len(window.entries), BLOCK))

    if at_top:
        assert after[0] == window.entry
    elif entry in window.entries:
        assert entry == window.entry
        assert before == window.visible(20) or len(before) < 20 or window.entries[-1] in window.visible(20)


def test_a_row_that_left_the_filter_leaves_the_cursor_near() -> None:
    """What was uploaded meanwhile is gone from the filter; the cursor stands where it stood."""
    rows = [row(seq) for seq in range(50, 0, -1)]
    window = Window()
    window.fill(rows, limit=BLOCK)
    window.move(10)
    window.renew([entry for entry in rows if entry.seq != 40], limit=BLOCK)

    assert 39 == getattr(window.entry, "seq", 0)


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("000123", Number("000123")),
        ("123", Number("123")),
        ("01-1-000123", Number("01-1-000123")),
        ("P99010000001202603020830000107", Number("P99010000001202603020830000107")),
        ("3-2", Days(20260302, 20260302)),
        ("03-02", Days(20260302, 20260302)),
        ("3-3", Days(20250303, 20250303)),
        ("2024-2-29", Days(20240229, 20240229)),
        ("2-29", Days(20240229, 20240229)),
        ("2-20..3-1", Days(20260220, 20260301)),
        ("3-1..2-20", Days(20260220, 20260301)),
        ("2025-12-30..2026-1-2", Days(20251230, 20260102)),
        ("12.50", Amounts(1250, 1250)),
        ("0.5", Amounts(50, 50)),
        ("-50.50", Amounts(-5050, -5050)),
        ("10..20", Amounts(1000, 2000)),
        ("10.05..", Amounts(1005, None)),
        ("..20", Amounts(None, 2000)),
        ("13-40", None),
        ("2025-2-29", None),
        ("..", None),
        ("1.234", None),
        ("10..20..30", None),
        ("-", None),
        ("9" * 41, None),
        ("", None),
    ],
)
def test_what_is_typed_has_one_meaning(text: str, means: Number | Days | Amounts | None) -> None:
    """A number, days or an amount: told apart by their shape, a day without a year is the last such day."""
    assert means == understand(text, today=TODAY)


@given(st.text(max_size=60))
def test_nothing_typed_breaks(text: str) -> None:
    """Whatever comes from a keyboard or a scanner is understood as something or as nothing."""
    made = typed(text)

    assert made.isascii()
    assert isinstance(understand(made, today=TODAY), Number | Days | Amounts | None)


def test_full_width_forms_are_the_same() -> None:
    """An input method's digits count."""
    assert "000123-..A" == typed("０００１２３－~a 　")
