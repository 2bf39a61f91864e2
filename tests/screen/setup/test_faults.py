"""What cannot be used is said beside its field, in the person's language, and whatever is typed the screen holds together."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.settings import Settings
from config.settings_text import Leaf
from offline_queue import operating_system
from terminal.screen import words
from terminal.screen.glyphs import Glyphs
from terminal.screen.literal import literal, width
from terminal.screen.setup.devices import Trials
from terminal.screen.setup.entry import Entry
from terminal.screen.setup.painting import paint
from terminal.screen.setup.screen import SetupScreen
from terminal.screen.setup.wizard import Stage, Wizard
from terminal.setup import draft
from terminal.setup.draft import FIELDS
from terminal.setup.store import SettingsStore
from tests.journal.entries import opened
from tests.screen.hostile import HOSTILE
from tests.screen.setup.visit import SIZES, Visit, visit
from tests.setup.files import ANSWERS, OWN, shop

TYPED = [leaf for leaf, field in FIELDS.items() if field.kind in {"text", "narrow", "code"}]


@pytest.fixture(autouse=True)
def _no_reader_library(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the reader's library missing, so that no machine's readers are listed."""
    monkeypatch.setitem(sys.modules, "smartcard", None)
    monkeypatch.delitem(sys.modules, "terminal.cards.pcsc", raising=False)


@pytest.mark.parametrize(
    ("leaf", "typed", "zh", "en"),
    [
        (draft.CODE, "P9901", "应为 1 个大写字母加 11 位数字", "it must be one capital letter and eleven digits"),
        (draft.NAME, "", "至少 1 个字", "it needs at least 1 characters"),
        (draft.AREA, "99", "应为 6 位数字", "it must be six digits"),
        (draft.TILL, "50", "应为 00 到 49 的两位数字", "it must be two digits from 00 to 49"),
        (draft.OPERATOR, "", "至少 1 个字", "it needs at least 1 characters"),
        (draft.URL, "10.0.0.1", "应为 http:// 或 https:// 开头的地址，不带参数和密码", "it must be an address with http:// or https://"),
        (draft.WIDTH, "9", "不得小于 24", "it must be at least 24"),
        (draft.WIDTH, "宽", "应为整数", "it must be a whole number"),
    ],
)
def test_fault_stands_beside_its_field(folder: Path, leaf: Leaf, typed: str, zh: str, en: str) -> None:
    """Once the field is left, not before; F8 comes back to it and writes nothing; corrected, it is gone."""
    shop(folder)

    async def look(person: Visit) -> None:
        await person.answer({leaf: typed})
        assert zh not in person.text
        await person.press("up" if leaf != draft.CODE else "down")
        await person.step(4)
        await person.press("f8")
        row = person.text.splitlines().index(next(line for line in person.text.splitlines() if zh[:8] in line))
        assert person.wizard.focus == leaf
        assert person.app.cursor_position.y in {row, row - 1}
        assert "写入之前要改正：1 处" in person.text
        words.use("en")
        await person.press("f8")
        await person.until(en, lambda: "".join(en.split())[:40] in "".join(person.text.split()))
        words.use("zh")
        await person.answer({leaf: ANSWERS.get(leaf, "32")})
        assert None is person.wizard.fault(leaf)

    visit(folder, look)
    assert OWN == (folder / "settings.toml").read_text(encoding="utf-8")


def test_level_of_a_clinic_and_address_of_a_printer(folder: Path) -> None:
    """What two fields say together stands beside the one that can mend it."""
    shop(folder)

    async def look(person: Visit) -> None:
        await person.field(draft.VENUE)
        await person.press("right", "f8")
        assert draft.LEVEL == person.wizard.focus
        await person.sees("诊所和医院必须填写等级 1、2 或 3")
        await person.press("1")
        await person.field(draft.PRINTER)
        await person.press("right", "right", "right", "f8")
        assert draft.ADDRESS == person.wizard.focus
        await person.sees("usb 打印机的地址不对")
        await person.type("0416:5011")
        await person.press("f8")
        assert Stage.REVIEW is person.wizard.stage

    visit(folder, look)


@pytest.mark.parametrize(
    ("more", "words_seen"),
    [
        ("[zz]\na = 1\n", "SETTINGS-KEY-UNKNOWN"),
        ("[log]\nfiles = 1\n", "不得小于 2"),
        ("[ui]\nbell = 3\n", "应为 true 或 false"),
    ],
)
def test_fault_of_a_setting_that_is_not_asked(folder: Path, more: str, words_seen: str) -> None:
    """It is said in full on the last page, and nothing is written over it."""
    text = OWN.replace("[ui.keys]", f"{more}[ui.keys]")
    path = shop(folder, text)

    async def look(person: Visit) -> None:
        await person.answer({draft.TILL: "02"})
        await person.press("f8")
        assert words_seen in person.text.replace("\n  ", "")
        assert "F8  写入" not in person.text
        await person.press("f8")
        assert Stage.REVIEW is person.wizard.stage

    visit(folder, look)
    assert text == path.read_text(encoding="utf-8")


async def _till(person: Visit) -> None:
    await person.answer({draft.TILL: "02"})
    await person.press("f8")


def test_change_by_somebody_else_is_said(folder: Path) -> None:
    """The file stays as the other person left it, and the set-up goes on."""
    path = shop(folder)

    async def look(person: Visit) -> None:
        await _till(person)
        path.write_text(OWN + "# 别人\n", encoding="utf-8")
        await person.press("f8")
        await person.sees("SETTINGS-CHANGED-MEANWHILE")
        await person.press("escape")
        assert Stage.ASKING is person.wizard.stage

    visit(folder, look)
    assert path.read_text(encoding="utf-8").endswith("# 别人\n")


def test_journal_of_another_till_is_said(folder: Path) -> None:
    """Changed back, it can be written."""
    opened(folder).close()
    path = shop(folder)

    async def look(person: Visit) -> None:
        await _till(person)
        await person.press("f8")
        await person.sees("JOURNAL-OTHER-COUNTER")
        await person.press("escape")
        await person.answer({draft.TILL: "01", draft.NAME: "演示二药房"})
        await person.press("f8", "f8")
        await person.sees("设置已写入：")

    visit(folder, look)
    assert "演示二药房" == Settings.load(path).counter.fixmedins_name


def test_devices_of_an_open_till_are_not_tried(folder: Path) -> None:
    """F5 says to leave the till first."""
    shop(folder, OWN + '[reader]\nkind = "simulated"\nslot_dir = "slot"\n')
    held = operating_system.lock(folder / "till.lock")
    assert held is not None

    async def look(person: Visit) -> None:
        await person.step(3)
        await person.press("f5")
        await person.sees("收银程序开着")

    visit(folder, look)
    operating_system.unlock(held)


def test_printer_that_is_not_there(folder: Path) -> None:
    """Its words are the till's, and the step can be left."""
    shop(folder)

    async def look(person: Visit) -> None:
        await person.field(draft.PRINTER)
        await person.press("right", "right", "right", "right")
        await person.answer({draft.ADDRESS: "lp0"})
        await person.press("f5")
        await person.sees("PRINTER-ABSENT")
        await person.press("escape")
        assert 3 == person.wizard.step

    visit(folder, look)


def test_area_without_rules_is_no_fault(folder: Path) -> None:
    """Its pack may come later: it is said what that means, and the file is written."""
    shop(folder)

    async def look(person: Visit) -> None:
        await person.answer({draft.AREA: "110100"})
        await person.press("down")
        await person.sees("还没有这个统筹区的政策包")
        await person.press("f8", "f8")
        await person.sees("设置已写入：")

    visit(folder, look)
    assert "110100" == Settings.load(folder / "settings.toml").counter.admdvs


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_screen_holds_whatever_is_typed(folder: Path, size: tuple[int, int]) -> None:
    """Markup, control characters, direction marks, ten kilobytes: into every field, painted in its columns, never as commands."""

    def holds(person: Visit) -> None:
        screen = person.app.screen
        assert isinstance(screen, SetupScreen)
        painted = paint(person.wizard, *size, Glyphs())
        assert size[1] == len(painted.rows)
        for row in painted.rows:
            assert width(literal(row.text)) <= size[0], row.text
            assert literal(row.text) == row.text
        assert painted.caret is None or (0 <= painted.caret[0] < size[0] and 0 <= painted.caret[1] < size[1])

    async def look(person: Visit) -> None:
        await person.field(draft.PRINTER)
        await person.press("right")
        for leaf in TYPED:
            await person.field(leaf)
            for text in HOSTILE.values():
                person.wizard.press("ctrl+u", "")
                person.wizard.paste(text)
                typed = person.wizard.draft.typed[leaf]
                assert len(typed) <= FIELDS[leaf].most
                assert not any(character in typed for character in "\x00\x1b\x07\n\r\t\x9b\u202e\u2066\u200d")
                holds(person)
            person.wizard.press("down", "")
            holds(person)
        person.wizard.stage = Stage.REVIEW
        holds(person)

    visit(folder, look, size)


def test_hostile_file_is_shown_and_stays(folder: Path) -> None:
    """A value of ten kilobytes with escapes in it, in a file that somebody else wrote, does nothing to the screen."""
    text = OWN.replace('"演示大药房"', '"\\u001b[2J' + "长" * 10_000 + '"')
    path = shop(folder, text)

    async def look(person: Visit) -> None:
        await person.step(1)
        assert "\x1b" not in person.text
        assert all(width(line) <= 80 for line in person.text.splitlines())
        await person.press("f8")
        assert draft.NAME == person.wizard.focus

    visit(folder, look)
    assert text == path.read_text(encoding="utf-8")


KEYS = st.sampled_from(
    [
        "up",
        "down",
        "left",
        "right",
        "enter",
        "pageup",
        "pagedown",
        "tab",
        "shift+tab",
        "backspace",
        "delete",
        "home",
        "end",
        "f8",
        "x",
        "1",
        " ",
        "英",
    ]
)


@settings(max_examples=40)
@given(st.lists(KEYS, max_size=60))
def test_no_order_of_keys_breaks_it(keys: list[str]) -> None:
    """Whatever is pressed, there is a screen, its caret lies on it, and nothing is written."""

    class Still:
        def aside(self, *_: object) -> None: ...
        def wait_for_card(self, *_: object) -> None: ...
        def stop_waiting(self) -> None: ...
        def dress(self) -> None: ...
        def show(self) -> None: ...
        def leave(self, *, written: bool) -> None: ...

    wizard = Wizard(SettingsStore(Path("nowhere"), None), Still(), draft.Draft(None), Trials(Path("nowhere"), Still()))
    wizard._begun(())
    for key in keys:
        wizard.press(key, key if len(key) == 1 else "")
        painted = paint(wizard, 80, 24, Glyphs())
        assert 24 == len(painted.rows)
        assert painted.caret is None or painted.caret[0] < 80
    words.use("zh")
    assert not Path("nowhere").exists()


@given(
    st.lists(
        st.tuples(st.sampled_from(["type", "press"]), st.sampled_from(["a", "甲", "left", "right", "home", "end", "backspace", "delete"]))
    )
)
def test_line_is_what_a_list_of_characters_would_be(acts: list[tuple[str, str]]) -> None:
    """Typed, erased and walked over, the line equals the plain model of it."""
    entry = Entry("", most=8, tidy=lambda typed: typed)
    before, after = "", ""
    for act, what in acts:
        if act == "type":
            taken = what[: max(8 - len(before + after), 0)]
            assert (taken == what) is entry.type(what)
            before += taken
        elif entry.press(what):
            match what:
                case "left":
                    before, after = before[:-1], before[-1:] + after
                case "right":
                    before, after = before + after[:1], after[1:]
                case "home":
                    before, after = "", before + after
                case "end":
                    before, after = before + after, ""
                case "backspace":
                    before = before[:-1]
                case "delete":
                    after = after[1:]
        assert (before + after, len(before)) == (entry.text, entry.caret)
