"""The status strip: what is wrong is a shape and a word, never a colour alone, and nothing of it is cut at the smallest size."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from settlement.errors import Language, Refusal
from settlement.refusals import OFFLINE_HOTLIST_OLD
from terminal.paper.errors import PrinterAbsent, PrinterLost, PrinterOutOfPaper
from terminal.screen import narrow, words
from terminal.screen.cashier.painting import COLUMNS_MIN, strip
from terminal.screen.cashier.showing import strip_of
from terminal.screen.cashier.view import View
from terminal.screen.glyphs import Glyphs
from terminal.screen.literal import width
from terminal.screen.news import DifferenceListed, DoubtShown, Offline, Status

DOUBT = DoubtShown(subject="1", amount_fen=123_456, at="2026-03-02 09:00", offline=False, goods_released=None, cash_taken_fen=0)
DIFFERENCE = DifferenceListed(subject="2", amount_fen=123_456, at="2026-03-02 09:00")
DAY_S = 86_400
WHERE = {"where": "192.0.2.1", "why": "—"}

STATUSES = st.builds(
    Status,
    reader=st.sampled_from(["card", "empty", "fault"]),
    line=st.sampled_from(["up", "down", "unknown", "silent"]),
    line_since=st.sampled_from(["", "2026-03-02 09:12"]),
    queue=st.integers(0, 999),
    oldest_s=st.integers(0, 3 * DAY_S),
    set_aside=st.integers(0, 9),
    hotlist_age_s=st.one_of(st.none(), st.integers(0, 3 * DAY_S)),
    printer=st.sampled_from(["ok", "waiting", "none"]),
    printer_jobs=st.integers(1, 99),
    printer_why=st.sampled_from([None, *(Refusal(error.phrase, WHERE) for error in (PrinterAbsent, PrinterOutOfPaper, PrinterLost))]),
    offline=st.builds(
        Offline,
        allowed=st.booleans(),
        why=st.sampled_from([None, Refusal(OFFLINE_HOTLIST_OLD, {"age": "80", "limit": "72"})]),
        until=st.sampled_from(["", "23:10"]),
        stale=st.booleans(),
    ),
    holds=st.integers(0, 9),
    doubts=st.sampled_from([(), (DOUBT,)]),
    differences=st.sampled_from([(), (DIFFERENCE,)]),
)


TERMINALS = [(spoken, safe) for spoken in ("zh", "en") for safe in (False, True)]


@contextmanager
def terminal(spoken: Language, *, safe: bool) -> Iterator[None]:
    """Speak this language to a terminal of this kind."""
    before = words.language()
    words.use(spoken)
    narrow.use_safe(safe)
    try:
        yield
    finally:
        words.use(before)
        narrow.use_safe(False)


def shown(status: Status, columns: int, *, safe: bool) -> str:
    """Return the strip without its colours."""
    return strip(View(strip=strip_of(status), safe=safe), columns).text


@pytest.mark.parametrize(("spoken", "safe"), TERMINALS)
@pytest.mark.parametrize("columns", [COLUMNS_MIN, 100, 120])
@given(statuses=st.tuples(STATUSES, STATUSES))
def test_no_two_states_differ_in_colour_only(spoken: Language, safe: bool, columns: int, statuses: tuple[Status, Status]) -> None:  # noqa: FBT001
    """Without its colours the strip still says the state of every item."""
    with terminal(spoken, safe=safe):
        one, other = ([item.state for item in strip_of(status)] for status in statuses)
        texts = [shown(status, columns, safe=safe) for status in statuses]

    assert one == other or texts[0] != texts[1]


@pytest.mark.parametrize(("spoken", "safe"), TERMINALS)
@given(status=STATUSES)
def test_what_is_wrong_is_said_at_the_smallest_size(spoken: Language, safe: bool, status: Status) -> None:  # noqa: FBT001 - parametrized
    """Each item in trouble is there with its word, however many they are; the others yield first."""
    with terminal(spoken, safe=safe):
        items = strip_of(status)
        text = shown(status, COLUMNS_MIN, safe=safe)

    troubles = [item for item in items if item.state != "ok"]
    assert COLUMNS_MIN == width(text)
    assert [] == [item.label for item in troubles if item.label not in text or not (item.short in text or item.value in text)]
    assert len(troubles) > 3 or [] == [item.label for item in items if item.label not in text]


def test_the_printer_says_how_many_and_why() -> None:
    """Out of paper, with what waits, in the strip; one that works says nothing of either."""
    waiting = Status(printer="waiting", printer_jobs=3, printer_why=Refusal(PrinterOutOfPaper.phrase, WHERE))
    (printer,) = [item for item in strip_of(waiting) if item.label == words.tr("Printer")]
    (works,) = [item for item in strip_of(Status(printer="ok")) if item.label == words.tr("Printer")]

    assert ("fault", "缺纸 3 张等待") == (printer.state, printer.value)
    assert ("ok", "") == (works.state, works.short)


@pytest.mark.parametrize(("spoken", "safe"), TERMINALS)
def test_each_state_has_its_shape(spoken: Language, safe: bool) -> None:  # noqa: FBT001 - parametrized
    """Fine, attention, fault and unknown are four shapes, and no shape is drawn in a doubtful width where that matters."""
    with terminal(spoken, safe=safe):
        glyphs = Glyphs(safe)
        shapes = (glyphs.ok, glyphs.attention, glyphs.fault, glyphs.unknown)

        assert all(one != other for one, other in combinations(shapes, 2))
        assert shapes == tuple(map(narrow.squeezed, shapes))
