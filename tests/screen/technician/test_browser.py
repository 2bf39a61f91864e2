"""What a technician does at the keyboard: find, filter, page, look in; beside a till that sells, and writing nothing."""

from __future__ import annotations

import asyncio
import hashlib
import time
from pathlib import Path
from typing import Any, ClassVar

import pytest
from textual.app import App
from textual.binding import BindingType
from textual.pilot import Pilot

from offline_queue.journal import Journal
from terminal import doctor
from terminal.finding import Finding
from terminal.screen.technician.app import LogApp
from terminal.screen.technician.browser import BrowserView
from terminal.screen.technician.screen import TechnicianScreen
from terminal.screen.technician.story_view import StoryView
from tests.journal.entries import FIGURES, ONE, THREE, TWO, Hand, done, offline_sale, opened, sale
from tests.log.rows import row, written
from tests.screen.golden import text_of
from tests.screen.technician.day import lived, subject, until
from tests.screen.technician.sitting import at_screen, expect, row_under_cursor

# --- finding ---------------------------------------------------------------------------------------------


class Host(App[None]):
    """A program that the technician's screen is opened over, by the key that the till has for it."""

    BINDINGS: ClassVar[list[BindingType]] = [("ctrl+t", "technician", "Log")]

    def __init__(self, directory: Path) -> None:
        super().__init__()
        self._directory = directory

    def action_technician(self) -> None:
        """Open it."""
        self.push_screen(TechnicianScreen(self._directory, clock=Hand()))


def test_a_receipt_is_found_with_nine_keys(till: Path) -> None:
    """Ctrl+T is two keys, the last six digits are six, Enter is one: its timeline is on the screen, and Ctrl+T goes back."""

    async def run() -> None:
        app = Host(till)
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.press("ctrl+t", *"160100", "enter")
            await expect(app, pilot, "中心拒绝")
            assert isinstance(app.screen, TechnicianScreen)
            assert isinstance(app.screen.view, StoryView)
            assert subject(2) in text_of(app)
            await pilot.press("ctrl+t")
            await until(pilot, lambda: not isinstance(app.screen, TechnicianScreen))

    asyncio.run(run())


def test_digits_typed_before_the_first_frame_are_kept(till: Path) -> None:
    """What was typed while the program started stands in the find line, and Enter among it counts."""

    async def act(app: LogApp, pilot: Pilot[Any]) -> None:
        await expect(app, pilot, "经过 160100")

    at_screen(till, act, typed="160100\r\x1b[A")


@pytest.mark.parametrize(("typed", "found"), [("000002", 3), ("2", 3), ("01-1-000002", 3), (subject(6), 6), (subject(3)[-9:], 3)])
def test_a_slip_is_found_by_whatever_is_printed_on_it(till: Path, typed: str, found: int) -> None:
    """Receipt with or without till, message id, more than six digits: the timeline opens at once."""

    async def act(app: LogApp, pilot: Pilot[Any]) -> None:
        await pilot.press(*typed.replace("-", "～").replace("～", "-"), "enter")
        await expect(app, pilot, subject(found))
        assert isinstance(app.screen, TechnicianScreen)
        assert isinstance(app.screen.view, StoryView)

    at_screen(till, act)


def test_a_number_that_is_none_says_so(till: Path) -> None:
    """Nothing found and nothing understood are sentences, and the log stays as it was."""

    async def act(app: LogApp, pilot: Pilot[Any]) -> None:
        await pilot.press(*"999999", "enter")
        await expect(app, pilot, "没有这个号码的结算、凭条或小票：999999")
        await pilot.press(*"13-40", "enter")
        await expect(app, pilot, "看不懂：13-40")
        assert "560100" in text_of(app)

    at_screen(till, act)


def test_escape_takes_one_step_back(till: Path) -> None:
    """First what was typed, then what was found, then the program itself."""

    async def act(app: LogApp, pilot: Pilot[Any]) -> None:
        await pilot.press(*"080100", "enter")
        await expect(app, pilot, "有 2 笔")
        await pilot.press("enter")
        await expect(app, pilot, "经过 080100")
        await pilot.press("escape", *"12")
        await expect(app, pilot, "查找 12")
        await pilot.press("escape")
        await until(pilot, lambda: "查找 12" not in text_of(app))
        assert "560100" not in text_of(app)
        await pilot.press("escape")
        await expect(app, pilot, "560100")
        await pilot.press("escape")
        await pilot.pause(0.2)
        assert not app.is_running or app._exit

    at_screen(till, act)


# --- filtering and paging --------------------------------------------------------------------------------


def test_keys_and_words_filter(till: Path) -> None:
    """Standing, kind, off-line mark, days and amounts by key or by typing; F4 takes them all away."""

    async def act(app: LogApp, pilot: Pilot[Any]) -> None:
        async def rows(*keys: str) -> list[str]:
            await pilot.press(*keys)
            await until(pilot, lambda: True)
            view = app.screen.view  # type: ignore[attr-defined]
            return [entry.subject for entry in view.window.entries]

        every = [subject(minute) for minute in (7, 6, 5, 4, 3, 2, 1)]
        assert every == await rows()
        assert [subject(7), subject(3)] == await rows("f3")
        assert [subject(4)] == await rows("f3")
        assert [subject(2)] == await rows("f3")
        assert [subject(1)] == await rows("f3")
        assert every == await rows("f3")
        assert [subject(4), subject(3), subject(2), subject(1)] == await rows("f6")
        assert [subject(4), subject(3)] == await rows("f7")
        assert every == await rows("f4")
        assert [subject(5), subject(1), subject(4)] == await rows(*"10..60", "enter")
        assert [subject(4)] == await rows("f4", *"12.00", "enter")
        assert every == await rows("f4", "f2")
        assert "2026-03-02" in text_of(app).splitlines()[1]
        assert every == await rows("left")
        assert "再没有别的日子了" in text_of(app)
        assert [] == await rows(*"2-1..2-2", "enter")
        assert "没有符合筛选的" in text_of(app)

    at_screen(till, act)


def test_a_long_log_is_paged_to_its_ends(tmp_path: Path) -> None:
    """Page by page to the oldest row and back, End and Home: each time the row that a list would give."""
    entries = [row(seq, day=20260301 + seq // 700) for seq in range(1, 1_501)]
    expected = entries[::-1]
    written(tmp_path, entries)
    keys = ["pagedown"] * 60 + ["pageup"] * 3 + ["end"] + ["pageup"] * 60 + ["down", "up", "up", "end", "up", "home"]

    async def act(app: LogApp, pilot: Pilot[Any]) -> None:
        # There is no journal here, which is said once, and goes.
        await expect(app, pilot, "JOURNAL-MISSING")
        await pilot.press("escape")
        assert isinstance(app.screen, TechnicianScreen)
        view = app.screen.view
        assert isinstance(view, BrowserView)
        place = 0
        for key in keys:
            by = {"pagedown": view.page, "pageup": -view.page, "down": 1, "up": -1, "home": -1_500, "end": 1_500}[key]
            place = max(min(place + by, len(entries) - 1), 0)
            await pilot.press(key)
            for _ in range(200):
                if row_under_cursor(app) == expected[place]:
                    break
                await pilot.pause(0.01)
            assert expected[place] == row_under_cursor(app), key
            assert expected[place].subject in text_of(app)

    at_screen(tmp_path, act)


def test_what_is_sold_meanwhile_comes_on_top(tmp_path: Path) -> None:
    """The till goes on: a new sale appears by itself, and whoever reads further down is not moved."""
    with opened(tmp_path) as journal:
        offline_sale(journal, ONE)
        offline_sale(journal, TWO)

        async def act(app: LogApp, pilot: Pilot[Any]) -> None:
            await expect(app, pilot, TWO[-6:])
            await pilot.press("down")
            assert ONE == getattr(row_under_cursor(app), "subject", "")
            journal.commit([sale(THREE, "allowance")])
            journal.commit([done(THREE, offline=True)])
            await expect(app, pilot, "合计 75.00")
            assert ONE == getattr(row_under_cursor(app), "subject", "")
            await pilot.press("home")
            await until(pilot, lambda: getattr(row_under_cursor(app), "subject", "") == THREE)

        at_screen(tmp_path, act)
    assert 2500 == FIGURES.medfee_sumamt


# --- looking in ------------------------------------------------------------------------------------------


def test_what_belongs_together_is_one_key_apart(till: Path) -> None:
    """From the sale to its void and back."""

    async def act(app: LogApp, pilot: Pilot[Any]) -> None:
        await expect(app, pilot, "080100")
        await pilot.press("end", "enter")
        await expect(app, pilot, "已入账")
        await pilot.press("f6")
        await expect(app, pilot, "意图：撤销，待上传")
        await pilot.press("f6")
        await expect(app, pilot, "意图：联机结算")

    at_screen(till, act)


def test_a_clock_that_went_back_is_said(till: Path) -> None:
    """The order is that of the records; where the clock disagrees the timeline says so."""

    async def act(app: LogApp, pilot: Pilot[Any]) -> None:
        await expect(app, pilot, "560100")
        await pilot.press("enter")
        await expect(app, pilot, "时钟在此倒退")

    at_screen(till, act)


def test_the_queue_leads_to_its_settlements(till: Path) -> None:
    """What is owed, what waits for what, and Enter opens it."""

    async def act(app: LogApp, pilot: Pilot[Any]) -> None:
        await expect(app, pilot, "560100")
        await pilot.press("q")
        await expect(app, pilot, "线路恢复后")
        await pilot.press("enter")
        await expect(app, pilot, subject(3))

    at_screen(till, act)


def test_a_slow_check_holds_nothing_up(till: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader that does not answer for a second is waited for on another thread: keys act meanwhile."""

    def slow(*_args: object, **_options: object) -> list[Finding]:
        time.sleep(1.0)
        return [Finding(subject="disk", state="ok", zh="可用", en="free")]

    monkeypatch.setattr(doctor, "look_at", slow)

    async def act(app: LogApp, pilot: Pilot[Any]) -> None:
        await expect(app, pilot, "560100")
        await pilot.press("d")
        await expect(app, pilot, "检查中")
        before = time.monotonic()
        await pilot.press("escape", "down")
        took_s = time.monotonic() - before
        assert subject(6) == getattr(row_under_cursor(app), "subject", "")
        assert took_s < 0.8
        await pilot.press("d")
        await expect(app, pilot, "一切正常")

    at_screen(till, act)


# --- writing nothing -------------------------------------------------------------------------------------


def _digests(directory: Path) -> dict[str, str]:
    """Return what the journal's files are; the index of the log is every reader's own."""
    files = [path for path in directory.glob("journal.*") if not path.name.endswith("-shm")]
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_looking_changes_no_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Through every view, beside a till that holds the journal: its files stay byte for byte what they were."""
    monkeypatch.setattr(doctor, "look_at", lambda *_args, **_options: [])
    lived(tmp_path)
    walk = (("enter",), ("f3", "end", "escape"), ("q", "f5", "escape"), ("d", "escape"), ("f3", "f6", "f7", "f4"), ("end", "home"))
    with opened(tmp_path) as journal:
        journal.store.forget_log()
        before = _digests(tmp_path)

        async def act(app: LogApp, pilot: Pilot[Any]) -> None:
            await expect(app, pilot, "560100")
            for keys in walk:
                await pilot.press(*keys)
                await pilot.pause(0.1)

        at_screen(tmp_path, act)

        assert before == _digests(tmp_path)
        assert 26 == journal.tip()[0]


def test_the_journal_is_opened_to_read_only(till: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is looked at, no other role is ever asked for."""
    roles: list[str] = []
    begin = Journal.__init__

    def noted(self: Journal, directory: Path, **options: Any) -> None:  # noqa: ANN401 - handed on
        roles.append(options["role"])
        begin(self, directory, **options)

    monkeypatch.setattr(Journal, "__init__", noted)

    async def act(app: LogApp, pilot: Pilot[Any]) -> None:
        await expect(app, pilot, "560100")
        await pilot.press("enter")
        await expect(app, pilot, "意图")

    at_screen(till, act)

    assert {"reader"} == set(roles)
