"""The technician's views as text at three sizes, and with words in them that no screen should have to show."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from terminal import doctor
from terminal.finding import Finding
from terminal.screen.technician.app import LogApp
from tests.journal.entries import Hand
from tests.screen.golden import SIZES, compare, text_of
from tests.screen.technician.day import until

FOUND = [
    Finding(
        subject="reader", state="fault", zh="[READER-NONE] 没有读卡器。 没有动用任何钱。 插好读卡器。 不要拔卡。", en="[READER-NONE] x"
    ),
    Finding(subject="centre", state="fault", zh="发送进程没有回应，队列 2", en="the sender is silent, queue 2", code="SYNC-SILENT"),
    Finding(subject="hotlist", state="warning", zh="还没有挂失名单，不能脱机", en="no hotlist yet"),
    Finding(subject="journal", state="ok", zh="45 条记录，未了结 0 笔", en="45 records"),
    Finding(subject="new", state="ok", zh="[b]\x1b[31m新的\u202e" + "\u0301" * 500, en="new"),
]
Doing = Callable[[Pilot[Any]], Any]


async def _log(pilot: Pilot[Any]) -> None:
    await until(pilot, lambda: "560100" in text_of(pilot.app) and "2026-03-02  结算" in text_of(pilot.app))


async def _found(pilot: Pilot[Any]) -> None:
    await _log(pilot)
    await pilot.press(*"080100", "enter")
    await until(pilot, lambda: "有 2 笔" in text_of(pilot.app))


async def _story(pilot: Pilot[Any]) -> None:
    await _log(pilot)
    await pilot.press("end", "enter")
    await until(pilot, lambda: "已入账" in text_of(pilot.app))


async def _doubt(pilot: Pilot[Any]) -> None:
    await _log(pilot)
    await pilot.press("f3", "f3")
    await until(pilot, lambda: text_of(pilot.app).splitlines()[1].endswith(" 存疑"))
    await pilot.press("enter", "f3")
    await until(pilot, lambda: "UPDATE RECORD 9330" in text_of(pilot.app))


async def _rejected(pilot: Pilot[Any]) -> None:
    await _log(pilot)
    await pilot.press("f3", "f3", "f3", "enter")
    await until(pilot, lambda: "中心拒绝" in text_of(pilot.app))
    await pilot.press("end")
    await until(pilot, lambda: "druginfo" in text_of(pilot.app))


async def _queue(pilot: Pilot[Any]) -> None:
    await _log(pilot)
    await pilot.press("q")
    await until(pilot, lambda: "待送" in text_of(pilot.app))


async def _doctor(pilot: Pilot[Any]) -> None:
    await _log(pilot)
    await pilot.press("d")
    await until(pilot, lambda: "2 处故障" in text_of(pilot.app))


VIEWS: dict[str, Doing] = {
    "log": _log, "found": _found, "story": _story, "doubt": _doubt, "rejected": _rejected, "queue": _queue, "doctor": _doctor
}  # fmt: skip


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("view", VIEWS)
def test_view(till: Path, view: str, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    """Each view is what its file shows."""
    monkeypatch.setattr(doctor, "look_at", lambda *_args, **_options: FOUND)

    async def look() -> None:
        app = LogApp(till, clock=Hand())
        async with app.run_test(size=size) as pilot:
            await VIEWS[view](pilot)
            compare(app, f"technician-{view}-{size[0]}x{size[1]}")

    asyncio.run(look())


@pytest.mark.parametrize("view", VIEWS)
def test_nothing_hostile_reaches_the_screen(till: Path, view: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """No control character, no direction mark, no heap of marks, and every row in its columns."""
    monkeypatch.setattr(doctor, "look_at", lambda *_args, **_options: FOUND)

    async def look() -> None:
        app = LogApp(till, clock=Hand())
        async with app.run_test(size=(80, 24)) as pilot:
            await VIEWS[view](pilot)
            text = text_of(app)
            assert set() == set(text) & {*map(chr, range(32)), "\x7f", "\x9b", "\u202e", "\u2066"} - {"\n"}
            assert "\u0301" * 3 not in text
            assert 24 == text.count("\n")

    asyncio.run(look())


def test_small_terminal_is_asked_to_grow(till: Path) -> None:
    """Less than 80 columns would cut amounts: nothing else is shown then."""

    async def look() -> None:
        app = LogApp(till, clock=Hand())
        async with app.run_test(size=(79, 24)) as pilot:
            await until(pilot, lambda: "请放大窗口" in text_of(app))
            assert "50.50" not in text_of(app)

    asyncio.run(look())
