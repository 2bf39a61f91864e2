"""The five steps as text at two sizes, and a way through them that ends in settings a till can open."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from config.regions import areas
from config.settings import Settings
from settlement.bill import Venue
from terminal.screen.setup.wizard import Stage
from terminal.setup import draft
from terminal.setup.trials import ReaderListed
from tests.screen.golden import compare
from tests.screen.setup.visit import SIZES, Visit, Way, visit
from tests.setup.files import ANSWERS, OWN, card_table, shop

SIMULATED = '[reader]\nkind = "simulated"\nslot_dir = "slot"\n[printer]\nkind = "simulated"\naddress = "p"\n'


@pytest.fixture(autouse=True)
def _no_reader_library(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the reader's library missing, as on a machine that never had a reader."""
    monkeypatch.setitem(sys.modules, "smartcard", None)
    monkeypatch.delitem(sys.modules, "terminal.cards.pcsc", raising=False)


async def _language(person: Visit) -> None:
    await person.sees("语言 Language")


async def _english(person: Visit) -> None:
    await person.press("right")
    await person.sees("Language of the screen")


async def _shop(person: Visit) -> None:
    await person.answer({draft.CODE: "P9901", draft.NAME: "演示大药房（总店）"})
    await person.field(draft.VENUE)
    await person.press("right", "down")
    await person.press("down")
    await person.type("77")
    await person.press("down")
    await person.sees("✖ 应为 00 到 49 的两位数字")


async def _area(person: Visit) -> None:
    await person.field(draft.AREA)
    for _ in range(len(areas()) - 1):
        await person.press("right")
    await person.sees("这个统筹区并不存在")


async def _centre(person: Visit) -> None:
    await person.answer({draft.URL: "https://10.0.0.1:8443/fsi/api/callService"})


async def _library(person: Visit) -> None:
    await person.step(3)
    await person.sees("SETUP-NO-PYSCARD")


async def _readers(person: Visit) -> None:
    await _library(person)
    names = ("演示读卡器 CL 00 00", "演示读卡器 SAM 01 00")
    person.wizard.devices.listed((ReaderListed(names[0], "演示读卡器 CL", "card"), ReaderListed(names[1], "演示读卡器 SAM", "psam")))
    await person.press("end")
    await person.sees("演示读卡器 SAM 01 00")


async def _printer(person: Visit) -> None:
    await person.field(draft.PRINTER)
    await person.press("right")
    await person.answer({draft.ADDRESS: "10.0.0.9:9100"})


async def _review(person: Visit) -> None:
    await person.answer(ANSWERS)
    await person.press("f8")
    await person.sees("将新建文件：")


STEPS: dict[str, Way] = {
    "language": _language,
    "english": _english,
    "shop": _shop,
    "area": _area,
    "centre": _centre,
    "no-library": _library,
    "readers": _readers,
    "printer": _printer,
    "review": _review,
}


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("name", STEPS)
def test_step_looks_so(folder: Path, name: str, size: tuple[int, int]) -> None:
    """What a person sees, held against a file."""

    async def look(person: Visit) -> None:
        await STEPS[name](person)
        compare(person.app, f"setup-{name}-{size[0]}x{size[1]}")

    visit(folder, look, size)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_card_and_page_are_tried_and_looked_at(folder: Path, size: tuple[int, int]) -> None:
    """F5 asks for a card, reads it when it comes and shows it masked; on the next step it prints a page."""
    shop(folder, OWN + SIMULATED)
    hands = card_table(folder)
    (folder / "p").mkdir()
    (folder / "p" / "printer.json").write_text(json.dumps({}), encoding="utf-8")

    async def look(person: Visit) -> None:
        await person.step(3)
        await person.press("f5")
        await person.sees("请放卡")
        compare(person.app, f"setup-insert-{size[0]}x{size[1]}")
        hands.insert("a.card")
        await person.sees("测***a")
        compare(person.app, f"setup-card-{size[0]}x{size[1]}")
        await person.step(4)
        await person.press("f5")
        await person.sees("测试页已打印")
        compare(person.app, f"setup-page-{size[0]}x{size[1]}")

    visit(folder, look, size)
    assert "演示大药房" in (folder / "p" / "paper.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_a_counter_is_set_up_by_typing_alone(folder: Path, size: tuple[int, int]) -> None:
    """Enter from field to field through all five steps, F8 twice: the file is there, for its owner only, and a till can open on it."""

    async def fill(person: Visit) -> None:
        await person.press("enter", "enter")
        for leaf in (draft.CODE, draft.NAME, draft.AREA):
            await person.type(ANSWERS[leaf])
            await person.press("enter")
        await person.press("right", "enter", "2", "enter")
        for leaf in (draft.TILL, draft.OPERATOR, draft.OPERATOR_NAME, draft.URL):
            await person.type(ANSWERS[leaf])
            await person.press("enter")
        await person.press("enter", "enter")
        await person.press("right", "enter", *"10.0.0.9", "enter", "enter", "enter", "enter", "enter")
        await person.sees("将新建文件：", "二级")
        assert not (folder / "settings.toml").exists()
        await person.press("f8")
        await person.sees("设置已写入：")
        compare(person.app, f"setup-written-{size[0]}x{size[1]}")
        await person.press("enter")

    assert visit(folder, fill, size)
    settings = Settings.load(folder / "settings.toml")
    own = settings.counter
    assert tuple(ANSWERS.values()) == (
        own.fixmedins_code, own.fixmedins_name, own.admdvs, own.till, own.operator, own.operator_name, settings.centre.url
    )  # fmt: skip
    assert (Venue.CLINIC, "2", "network", "10.0.0.9") == (own.venue, own.hosp_lv, settings.printer.kind, settings.printer.address)
    assert 0o600 == (folder / "settings.toml").stat().st_mode & 0o777


def test_each_step_may_be_skipped_and_come_back_to(folder: Path) -> None:
    """PgDn passes all five without an answer; PgUp and Esc lead back; nothing is written by that."""

    async def go(person: Visit) -> None:
        await person.press(*["pagedown"] * 9)
        assert 4 == person.wizard.step
        await person.press("escape", "pageup")
        assert 2 == person.wizard.step

    visit(folder, go)
    assert [] == list(folder.iterdir())


def test_rerun_changes_what_was_asked_and_nothing_else(folder: Path) -> None:
    """One answer is one line; comments, other settings and their order stay, and what changes is shown before."""
    path = shop(folder)

    async def change(person: Visit) -> None:
        await person.answer({draft.TILL: "02"})
        await person.press("f8")
        await person.sees("将要改动：", "收银台号")
        assert OWN == path.read_text(encoding="utf-8")
        line = next(line for line in person.text.splitlines() if "收银台号" in line)
        assert ["收银台号", "01", "→", "02"] == line.split()
        await person.press("f8")
        await person.sees("设置已写入：")

    visit(folder, change)
    assert OWN.replace('till = "01"', 'till = "02"') == path.read_text(encoding="utf-8")


def test_nothing_changed_is_said_and_nothing_is_written(folder: Path) -> None:
    """F8 on a file as it is ends well and leaves the file alone."""
    path = shop(folder)
    before = path.stat().st_mtime_ns

    async def look(person: Visit) -> None:
        await person.press("f8")
        await person.sees("没有改动。")
        await person.press("f8")

    assert visit(folder, look)
    assert before == path.stat().st_mtime_ns


def test_esc_leaves_at_once_or_asks(folder: Path) -> None:
    """With nothing typed it leaves; with something typed it wants to be pressed twice, and any key between takes that back."""
    assert False is visit(folder, lambda person: person.press("escape"))

    async def typed(person: Visit) -> None:
        await person.answer({draft.CODE: "P"})
        await person.step(0)
        await person.press("escape")
        await person.sees("再按一次 Esc 退出")
        await person.press("down", "escape")
        await person.sees("再按一次 Esc 退出")
        await person.press("escape")

    assert False is visit(folder, typed)
    assert [] == list(folder.iterdir())


def test_language_and_colours_are_put_on_at_once(folder: Path) -> None:
    """And again when they are chosen back."""

    async def choose(person: Visit) -> None:
        await person.press("right")
        await person.sees("Set up")
        await person.press("down", "right", "right")
        assert ("counter-light", "light") == (person.app.theme, person.wizard.draft.typed[draft.THEME])
        await person.press("up", "left")
        await person.sees("设置  收银台")

    visit(folder, choose)


def test_what_opens_the_till_says_so(folder: Path) -> None:
    """At a first start the end of the set-up is the beginning of the work."""
    shop(folder)

    async def look(person: Visit) -> None:
        await person.answer({draft.TILL: "02"})
        await person.press("f8", "f8")
        await person.sees("Enter  打开收银画面", "按 Enter 打开收银画面。")
        assert Stage.WRITTEN is person.wizard.stage
        await person.press("enter")

    assert visit(folder, look, opens_till=True)


def test_waiting_for_a_card_ends_with_esc(folder: Path) -> None:
    """The first Esc ends the waiting, the second goes back; a card that comes later is not read."""
    shop(folder, OWN + SIMULATED)
    hands = card_table(folder)

    async def look(person: Visit) -> None:
        await person.step(3)
        await person.press("f5")
        await person.sees("请放卡")
        await person.press("escape")
        assert 3 == person.wizard.step
        hands.insert("a.card")
        await person.pilot.pause(0.6)
        assert "测***a" not in person.text
        await person.press("escape")
        assert 2 == person.wizard.step

    visit(folder, look)


def test_window_that_is_too_small(folder: Path) -> None:
    """It asks to be made larger and comes back with what was typed."""

    async def resize(person: Visit) -> None:
        await person.answer({draft.CODE: "P99010000001"})
        await person.pilot.resize_terminal(79, 24)
        await person.sees("请放大窗口")
        await person.pilot.resize_terminal(80, 24)
        await person.sees("P99010000001")
        assert "请放大窗口" not in person.text

    visit(folder, resize)


def test_input_method_opens_where_the_next_character_goes(folder: Path) -> None:
    """The hardware cursor follows the caret, over wide characters and back."""

    async def type_(person: Visit) -> None:
        await person.answer({draft.NAME: "演示药房"})
        end = person.app.cursor_position
        await person.press("left", "left")
        assert (end.x - 4, end.y) == (person.app.cursor_position.x, person.app.cursor_position.y)
        line = person.text.splitlines()[end.y]
        assert "机构名称" in line
        await person.type("大")
        assert "演示大药房" == person.wizard.draft.typed[draft.NAME]

    visit(folder, type_)


def test_f8_before_the_check_is_loaded_is_not_forgotten(folder: Path) -> None:
    """It goes on by itself when the check is there, unless another key was pressed meanwhile."""
    shop(folder)

    async def early(person: Visit) -> None:
        wizard = person.wizard
        for key, stage in (("", Stage.REVIEW), ("down", Stage.ASKING)):
            wizard.stage, wizard._checks = Stage.ASKING, False
            wizard.press("f8", "")
            assert "正在载入" in wizard.note
            if key:
                wizard.press(key, "")
            wizard._begun(())
            assert stage is wizard.stage

    visit(folder, early)


def test_file_that_is_laid_out_anew_says_so(folder: Path) -> None:
    """Comments that would be lost are not lost behind somebody's back; every setting is kept."""
    odd = (
        '# 自己的说明\ncounter = { fixmedins_code = "P99010000001", fixmedins_name = "演示大药房", admdvs = "990100", venue = "pharmacy", '
    )
    odd += 'till = "01", operator = "0001", operator_name = "测试人员" }\n[centre]\nurl = "http://127.0.0.1:9/a"\nbyte_cap = 8192\n'
    path = shop(folder, odd)

    async def change(person: Visit) -> None:
        await person.answer({draft.TILL: "02"})
        await person.press("f8")
        await person.sees("文件会重新排版")
        await person.press("f8")
        await person.sees("设置已写入：")

    visit(folder, change)
    settings = Settings.load(path)
    assert ("02", 8192, "演示大药房") == (settings.counter.till, settings.centre.byte_cap, settings.counter.fixmedins_name)


def test_what_was_typed_before_the_first_frame_is_taken(folder: Path) -> None:
    """Keys, a text and a report of the terminal came while it was looked at: keys count in their order, the report types nothing."""

    async def look(person: Visit) -> None:
        assert ("P9902", "药房") == (person.wizard.draft.typed[draft.CODE], person.wizard.draft.typed[draft.NAME])
        await person.press("1")
        assert "药房1" == person.wizard.draft.typed[draft.NAME]

    visit(folder, look, typed="\r\rP9901\x7f\x1b[?2026;2$y2\r药房".encode())


def test_nothing_is_written_by_keys_that_nobody_saw_the_answer_to(folder: Path) -> None:
    """F8 twice, before the first frame, opens the review at most."""
    path = shop(folder)

    async def look(person: Visit) -> None:
        assert person.wizard.stage in {Stage.ASKING, Stage.REVIEW}

    assert visit(folder, look, typed=b"\r\r\x1b[C\x1b[19~\x1b[19~") is None
    assert OWN == path.read_text(encoding="utf-8")
