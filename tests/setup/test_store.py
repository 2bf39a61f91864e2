"""The settings file is replaced whole or not at all, by what a till can open, and never behind somebody's back."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from config.refusals import SettingRefused, SettingsNotToml, SettingsUnreadable, SettingUnknown
from config.settings import Settings
from config.settings_text import Leaf
from offline_queue.journal.errors import NotThisCounter
from terminal.setup import draft
from terminal.setup.draft import Draft
from terminal.setup.errors import SettingsChangedMeanwhile, SettingsUnwritable
from terminal.setup.store import SettingsStore
from tests.journal.entries import opened
from tests.screen.hostile import HOSTILE
from tests.setup.files import OWN, answered, shop

ROOT = Path(__file__).parents[2]
OTHER = OWN.replace('till = "01"', 'till = "02"')
KILLED = 9
_WRITER = """
import os, sys
from pathlib import Path
from offline_queue import operating_system
from terminal.setup.store import SettingsStore
name, when, directory = sys.argv[1:]
real = getattr(operating_system, name)
def killed(*given):
    if when == "after":
        real(*given)
    os._exit(9)
setattr(operating_system, name, killed)
store = SettingsStore.read(Path(directory))
store.write(store.text.replace('till = "01"', 'till = "02"'))
"""


def test_new_file_is_its_owners(tmp_path: Path) -> None:
    """It is written with its folder, readable by nobody else, and loads."""
    directory = tmp_path / "new" / "counter"
    store = SettingsStore.read(directory)
    assert None is store.text

    store.write(answered().result().text)

    assert ["settings.toml"] == [path.name for path in directory.iterdir()]
    assert (0o600, 0o700) == (store.path.stat().st_mode & 0o777, directory.stat().st_mode & 0o777)
    assert "07" == Settings.load(store.path).counter.till


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (OWN.replace('till = "01"', 'till = "50"'), SettingRefused),
        (OWN + "[zz]\n", SettingUnknown),
        (OWN + "[counter\n", SettingsNotToml),
    ],
)
def test_what_a_till_could_not_open_is_not_written(tmp_path: Path, text: str, kind: type[Exception]) -> None:
    """The error names the settings file, not the one it was tried in; the file before stays."""
    path = shop(tmp_path)

    with pytest.raises(kind) as caught:
        SettingsStore.read(tmp_path).write(text)

    assert str(path) in str(caught.value)
    assert (OWN, [path]) == (path.read_text(encoding="utf-8"), list(tmp_path.iterdir()))


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("name", ["make_private", "flush_file", "move"])
def test_killed_in_between_it_is_the_old_file_or_the_new(tmp_path: Path, name: str, when: str) -> None:
    """Whatever was the last thing done, a till opens on whole settings, and the next set-up writes as if nothing had happened."""
    path = shop(tmp_path)

    done = subprocess.run([sys.executable, "-c", _WRITER, name, when, str(tmp_path)], check=False, cwd=ROOT)

    assert KILLED == done.returncode
    assert (OTHER if (name, when) == ("move", "after") else OWN) == path.read_text(encoding="utf-8")
    SettingsStore.read(tmp_path).write(OTHER)
    assert (OTHER, [path]) == (path.read_text(encoding="utf-8"), list(tmp_path.iterdir()))


def test_change_by_somebody_else_is_not_overwritten(tmp_path: Path) -> None:
    """A file that was edited, made or removed meanwhile is not replaced by what was asked before."""
    path = shop(tmp_path)
    store = SettingsStore.read(tmp_path)
    path.write_text(OWN + "# neu\n", encoding="utf-8")

    with pytest.raises(SettingsChangedMeanwhile):
        store.write(OTHER)

    assert OWN + "# neu\n" == path.read_text(encoding="utf-8")
    path.unlink()
    with pytest.raises(SettingsChangedMeanwhile):
        store.write(OTHER)
    nothing = SettingsStore.read(tmp_path)
    shop(tmp_path)
    with pytest.raises(SettingsChangedMeanwhile):
        nothing.write(OTHER)


def test_written_twice_in_a_row(tmp_path: Path) -> None:
    """What was written is what the next write begins with."""
    shop(tmp_path)
    store = SettingsStore.read(tmp_path)
    store.write(OTHER)
    store.write(OWN)

    assert OWN == store.path.read_text(encoding="utf-8") == store.text


def test_journal_of_another_counter_keeps_its_settings(tmp_path: Path) -> None:
    """The institution or the till of a journal cannot be changed under it; anything else can."""
    opened(tmp_path).close()
    path = shop(tmp_path)

    with pytest.raises(NotThisCounter):
        SettingsStore.read(tmp_path).write(OTHER)
    assert OWN == path.read_text(encoding="utf-8")

    SettingsStore.read(tmp_path).write(OWN.replace("演示大药房", "演示二药房"))
    assert "演示二药房" == Settings.load(path).counter.fixmedins_name


def test_journal_that_cannot_be_read_keeps_nobody_from_mending_the_settings(tmp_path: Path) -> None:
    """A damaged journal is the doctor's matter."""
    (tmp_path / "journal.db").write_bytes(b"nothing")
    path = shop(tmp_path)

    SettingsStore.read(tmp_path).write(OTHER)

    assert OTHER == path.read_text(encoding="utf-8")


def test_link_stays_a_link(tmp_path: Path) -> None:
    """Where the file is kept elsewhere it is replaced there."""
    kept = shop(tmp_path / "kept")
    directory = tmp_path / "counter"
    directory.mkdir()
    (directory / "settings.toml").symlink_to(kept)

    SettingsStore.read(directory).write(OTHER)

    assert (directory / "settings.toml").is_symlink()
    assert OTHER == kept.read_text(encoding="utf-8")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_set_up_as_root_the_file_belongs_to_the_counters_own_account(tmp_path: Path) -> None:
    """A new file goes to the owner of its folder, one that is there stays its owner's."""
    os.chown(tmp_path, 4321, 4322)
    SettingsStore.read(tmp_path).write(OWN)
    path = tmp_path / "settings.toml"
    assert (4321, 4322, 0o600) == (path.stat().st_uid, path.stat().st_gid, path.stat().st_mode & 0o777)

    os.chown(path, 4323, 4322)
    SettingsStore.read(tmp_path).write(OTHER)
    assert 4323 == path.stat().st_uid


def test_folder_that_cannot_be(tmp_path: Path) -> None:
    """A file where the folder should be is an error in words."""
    (tmp_path / "counter").write_text("x", encoding="utf-8")

    with pytest.raises(SettingsUnwritable, match="cannot be written"):
        SettingsStore(tmp_path / "counter", None).write(OWN)


@pytest.mark.parametrize(("content", "kind"), [(b"[counter", SettingsNotToml), (b"a = '\xff'", SettingsUnreadable)])
def test_file_that_is_no_toml_is_not_set_up_over(tmp_path: Path, content: bytes, kind: type[Exception]) -> None:
    """Nobody knows what it meant: it is mended by hand or moved away."""
    (tmp_path / "settings.toml").write_bytes(content)

    with pytest.raises(kind):
        SettingsStore.read(tmp_path)


def test_mark_of_a_windows_editor(tmp_path: Path) -> None:
    """A byte order mark is no part of the text."""
    (tmp_path / "settings.toml").write_bytes(b"\xef\xbb\xbf" + OWN.encode())

    assert OWN == SettingsStore.read(tmp_path).text


@pytest.mark.parametrize(
    ("leaf", "typed", "at", "zh"),
    [
        (draft.CODE, "P9901000000", draft.CODE, "应为 1 个大写字母加 11 位数字"),
        (draft.CODE, "99010000001P", draft.CODE, "应为 1 个大写字母加 11 位数字"),
        (draft.NAME, "", draft.NAME, "至少 1 个字"),
        (draft.NAME, "甲" * 201, draft.NAME, "最多 200 个字"),
        (draft.AREA, "99010", draft.AREA, "应为 6 位数字"),
        (draft.TILL, "50", draft.TILL, "应为 00 到 49 的两位数字"),
        (draft.OPERATOR, "", draft.OPERATOR, "至少 1 个字"),
        (draft.URL, "10.0.0.1", draft.URL, "应为 http:// 或 https:// 开头的地址，不带参数和密码"),
        (draft.URL, "http://u:p@10.0.0.1", draft.URL, "应为 http:// 或 https:// 开头的地址，不带参数和密码"),
        (draft.VENUE, "clinic", ("counter",), "诊所和医院必须填写等级 1、2 或 3"),
        (draft.PRINTER, "usb", ("printer",), "usb 打印机的地址不对，写法见 deploy/settings.example.toml"),
        (draft.WIDTH, "20", draft.WIDTH, "不得小于 24"),
        (draft.WIDTH, "x", draft.WIDTH, "应为整数"),
        (draft.WIDTH, "", draft.WIDTH, "应为整数"),
    ],
)
def test_fault_of_each_answer(tmp_path: Path, leaf: Leaf, typed: str, at: Leaf, zh: str) -> None:
    """The rule is the one by which the file is read; its words are the file's."""
    made = answered()
    made.typed[leaf] = typed

    faults = SettingsStore.read(tmp_path).faults(made.table())

    assert {at: zh} == {key: fault.details["why_zh"] for key, fault in faults.items()}


def test_answers_without_fault(tmp_path: Path) -> None:
    """Then there is none."""
    assert {} == SettingsStore.read(tmp_path).faults(Draft(OWN).table())


@pytest.mark.parametrize("name", HOSTILE)
def test_name_that_can_be_written_is_read_as_it_stands(tmp_path: Path, name: str) -> None:
    """What a field takes of anything is what the file says afterwards; what is nothing is refused."""
    made = answered()
    made.typed[draft.NAME] = made.takes(draft.NAME, HOSTILE[name])[:200]
    store = SettingsStore.read(tmp_path)

    if not made.typed[draft.NAME].strip():
        assert {draft.NAME} == store.faults(made.table()).keys()
        return
    store.write(made.result().text)
    assert made.typed[draft.NAME].strip() == Settings.load(store.path).counter.fixmedins_name
