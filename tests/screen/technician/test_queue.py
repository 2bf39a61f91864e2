"""The queue as the technician sees it: what waits for what, why, when it is tried next, and how much of it is not shown."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from textual.pilot import Pilot

from offline_queue.journal import Entry
from settlement.errors import Language
from settlement.facts import Done, VoidIntended
from terminal.screen import words
from terminal.screen.glyphs import Glyphs
from terminal.screen.literal import width
from terminal.screen.technician import queue_rows
from terminal.screen.technician.app import LogApp
from terminal.screen.technician.queue_rows import Owed, Queue, next_try
from terminal.screen.technician.queue_view import QueueView
from terminal.screen.technician.view import Room
from tests.journal.entries import opened
from tests.screen.golden import SIZES, compare, text_of
from tests.screen.technician.day import AT, JIA, Day, split, subject, until
from tests.screen.technician.sitting import Act, at_screen

YI = {**JIA, "certno": "990100197001010002", "psn_name": "演示乙", "card_no": "A00001235"}
BING = {**JIA, "certno": "990100197001010003", "psn_name": "演示丙", "card_no": "A00001236"}
MANY = 512


def _offline(day: Day, minute: int, person: dict[str, str]) -> None:
    day.sale(minute, 5_050, offline=True, person=person)
    day.book(minute, 5_050, offline=True)


def _void(day: Day, minute: int, original: int, person: dict[str, str]) -> None:
    day.at(minute)
    back = split(5_050).negated()
    at, of = AT.format(minute, 0), subject(original)
    void = VoidIntended(subject=subject(minute), at=at, original=of, way="backlog", figures=back, outside_fen=0, why="customer")
    day.commit(Entry(kind=void.kind, subject=void.subject, body=void.body(), private=person, owner=person["certno"]))
    day.fact(Done(subject=subject(minute), infno="2103", figures=back, outside_fen=0, offline=True))


@pytest.fixture(scope="module")
def waiting(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a till that owes seven requests: three that may go, four that wait."""
    day = Day(tmp_path_factory.mktemp("waiting"))
    _offline(day, 11, JIA)
    day.send(11, "unknown", words="网关超时")
    _offline(day, 12, JIA)
    _offline(day, 13, BING)
    _void(day, 14, 13, BING)
    _offline(day, 16, BING)
    _offline(day, 17, YI)
    day.send(17, "retry", words="医疗类别不允许")
    _void(day, 18, 17, YI)
    day.commit(Entry(kind="set_aside", subject=subject(17), body={"words": "医疗类别不允许"}))
    day.at(20)
    day.journal.notes.put("sender", {"beat": day.clock.monotonic(), "line": "up", "since": AT.format(2, 30), "words": ""})
    return day.close()


def on_the_queue(directory: Path, act: Act, size: tuple[int, int] = (80, 24)) -> None:
    """Open the queue and do something there."""

    async def go(app: LogApp, pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: subject(18)[-6:] in text_of(app))
        await pilot.press("f9")
        await until(pilot, lambda: "待送" in text_of(app))
        await act(app, pilot)

    at_screen(directory, go, size=size)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_what_waits_for_what(waiting: Path, size: tuple[int, int]) -> None:
    """Each row says when it is tried next or what it waits for; the chosen one has both numbers in full, and the reason."""

    async def act(app: LogApp, pilot: Pilot[Any]) -> None:
        await pilot.press("down")
        await until(pilot, lambda: "同一人在前的一笔先传" in text_of(app))
        compare(app, f"technician-waiting-{size[0]}x{size[1]}")

    on_the_queue(waiting, act, size)


def test_each_reason_is_the_senders_own(waiting: Path) -> None:
    """What the journal's rule holds back has the row in its way and why; nothing else has either."""
    with opened(waiting, role="reader") as journal:
        queue = queue_rows.queue_of(journal)
        free = [row.msgid for row in journal.owed() if row.msgid not in {one.subject for one in queue.rows if one.waits_for}]
    found = {one.subject: (one.waits_for, one.because) for one in queue.rows if one.waits_for}

    assert {
        subject(12): (subject(11), "person"),
        subject(14): (subject(13), "answer"),
        subject(16): (subject(13), "person"),
        subject(18): (subject(17), "stuck"),
    } == found
    assert [subject(11), subject(13), subject(17)] == free
    assert {subject(11): "60 秒内", subject(13): "马上", subject(17): "不再试，要人来看"} == {
        one.subject: next_try(one, queue) for one in queue.rows if not one.waits_for
    }


def test_the_queue_says_what_it_does_not_show(waiting: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of seven the oldest three: the screen says that four are missing, at the first row as at the last."""
    monkeypatch.setattr(queue_rows, "SHOWN_MAX", 3)

    async def act(app: LogApp, pilot: Pilot[Any]) -> None:
        for key in ("home", "end"):
            await pilot.press(key)
            await until(pilot, lambda: "只列出最早的 3 笔，另有 4 笔没有列出" in text_of(app))
        assert subject(13) in text_of(app)
        assert subject(14)[-6:] not in text_of(app)

    on_the_queue(waiting, act)


def _painted(count: int, columns: int, rows: int, *keys: str) -> list[str]:
    owed = Owed(
        subject="", infno="2102", lane="backlog", state="waiting", attempts=0, waits_for="Q" * 30, because="person", last="", words=""
    )  # fmt: skip
    shown = tuple(replace(owed, subject=f"{place:030d}") for place in range(min(count, queue_rows.SHOWN_MAX)))
    queue = Queue(alive=True, line="up", since="", words="", signed_time="", hotlist="", count=count, rows=shown)
    view = QueueView(cast("Room", SimpleNamespace(glyphs=Glyphs(), show=lambda: None)))
    view.queue = queue
    for key in keys:
        view.paint(columns, rows)
        view.press(key, "")
    return [line.text for line in view.paint(columns, rows)]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(("columns", "rows"), [(columns, rows - 2) for columns, rows in SIZES])
def test_a_long_queue_says_so_on_every_page(language: Language, columns: int, rows: int) -> None:
    """However far it is paged, the rows fit, the chosen one is among them, and the last line says how many are not shown."""
    words.use(language)
    for keys, chosen in (((), 0), (("pagedown",) * 3, None), (("end",), queue_rows.SHOWN_MAX - 1)):
        lines = _painted(MANY, columns, rows, *keys)
        told = "".join(lines[-2:])

        assert rows >= len(lines)
        assert columns >= max(map(width, lines))
        assert f" {queue_rows.SHOWN_MAX} " in told
        assert f" {MANY - queue_rows.SHOWN_MAX} " in told
        assert chosen is None or any(line.startswith(f"{chosen:06d}") for line in lines)


@pytest.mark.parametrize("count", [0, 1, queue_rows.SHOWN_MAX])
def test_a_whole_queue_hides_nothing(count: int) -> None:
    """What is shown in full says nothing of a rest."""
    assert "没有列出" not in "".join(_painted(count, 80, 22))
