"""``[ui]``: the light reader of the first frame and the strict one agree, and a bad value never keeps the screen dark."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.refusals import WHYS, SettingRefused
from config.settings import Settings
from config.ui import ACTIONS, KeysUnusable, Ui, keys_over_shipped, read_ui, registers

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "deploy" / "settings.example.toml"
REST = """
[counter]
fixmedins_code = "P99010000001"
fixmedins_name = "演示大药房"
admdvs = "990100"
venue = "pharmacy"
till = "01"
operator = "0001"
operator_name = "测试人员"

[centre]
url = "http://127.0.0.1:8700"
"""
CHOICES = {
    "language": ("zh", "en"),
    "theme": ("auto", "dark", "light", "contrast", "256"),
    "safe_glyphs": ("auto", "yes", "no"),
    "bell": (True, False),
    "screen": ("auto", "cashier", "registration"),
}


def written(folder: Path, section: dict[str, object]) -> Path:
    """Write a settings file with this ``[ui]``; JSON's scalars are TOML's too."""
    path = folder / "settings.toml"
    tables = {name: value for name, value in section.items() if isinstance(value, dict)}
    lines = [f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in section.items() if name not in tables]
    for name, table in tables.items():
        lines += [f"[ui.{name}]", *(f"{key} = {json.dumps(value)}" for key, value in table.items())]
    path.write_text("\n".join([REST, "[ui]", *lines, ""]), encoding="utf-8")
    return path


KEYS = st.lists(st.sampled_from(sorted(ACTIONS)), unique=True).map(lambda some: {name: f"f{13 + place}" for place, name in enumerate(some)})
SECTION = st.fixed_dictionaries({}, optional={**{name: st.sampled_from(values) for name, values in CHOICES.items()}, "keys": KEYS})


@given(section=SECTION)
def test_light_and_strict_reader_agree(section: dict[str, object]) -> None:
    """Whatever a good file says, both say it, defaults too."""
    with tempfile.TemporaryDirectory() as folder:
        path = written(Path(folder), section)

        assert Settings.load(path).ui.light() == read_ui(path)


def test_example_is_as_shipped() -> None:
    """The shipped example changes nothing, and shows each action with its key."""
    assert Ui() == read_ui(EXAMPLE) == Settings.load(EXAMPLE).ui.light()
    assert {} == Ui().keymap()


def test_keymap_is_what_differs(tmp_path: Path) -> None:
    """Two keys change places; upper case and blanks are no difference."""
    ui = read_ui(written(tmp_path, {"keys": {"find": "F3", "remove": "f2", "why": " f1"}}))

    assert {"find": "f3", "remove": "f2"} == ui.keymap()


@pytest.mark.parametrize(
    ("section", "kind", "shown"),
    [
        ({"language": "de"}, "literal_error", "'zh'"),
        ({"theme": "solarized"}, "literal_error", "'contrast'"),
        ({"bell": "yes"}, "bool_type", ""),
        ({"screen": "desk"}, "literal_error", "'registration'"),
        ({"keys": {"pay": "f5"}}, "screen_action", "settle"),
        ({"keys": {"settle": "enter"}}, "screen_key", "enter"),
        ({"keys": {"settle": "f8,"}}, "screen_key", ""),
        ({"keys": {"find": "a"}}, "screen_key", "a"),
        ({"keys": {"find": "ctrl+c"}}, "screen_key", "ctrl+c"),
        ({"keys": {"find": "f8"}}, "screen_key_twice", "settle"),
        ({"keys": {"find": 2}}, "string_type", ""),
    ],
)
def test_bad_value_is_explained_and_passed_over(tmp_path: Path, section: dict[str, object], kind: str, shown: str) -> None:
    """The settings say what is wrong; the first frame is drawn as if it were not there."""
    path = written(tmp_path, section)

    with pytest.raises(SettingRefused) as caught:
        Settings.load(path)

    assert WHYS[kind][0].partition("{")[0] in caught.value.say("zh")
    assert shown in caught.value.say("en")
    assert Ui() == read_ui(path)


@pytest.mark.parametrize(
    "text", ["", "[ui", "ui = 3", "[ui]\nkeys = 3", "[ui]\nlanguage = ['zh']", f"x = {'9' * 9999}", f"x = {'[' * 9999}"]
)
def test_damaged_file_leaves_the_shipped_screen(tmp_path: Path, text: str) -> None:
    """A file that is none still gives a screen, which can then say so."""
    path = tmp_path / "settings.toml"
    path.write_text(text, encoding="utf-8")

    assert Ui() == read_ui(path)
    assert Ui() == read_ui(tmp_path / "nothing")
    assert Ui() == read_ui(tmp_path)


@given(given_keys=st.dictionaries(st.sampled_from(sorted(ACTIONS)), st.sampled_from(["f1", "f2", "f8", "f9,f20", "ctrl+t", "enter", ""])))
def test_no_key_does_two_things(given_keys: dict[str, str]) -> None:
    """Either the table is refused, or each key has one action and none of them types."""
    try:
        keys = keys_over_shipped(given_keys)
    except KeysUnusable as unusable:
        keys, kind = {}, unusable.kind
    else:
        kind = ""
    single = [(key, action) for action, several in keys.items() for key in several.split(",")]

    assert kind in {"", *WHYS}
    assert bool(keys) == (kind == "")
    assert len(dict(single)) == len(set(single))
    assert "enter" not in dict(single)


def test_reading_loads_nothing_heavy() -> None:
    """The first frame waits for neither the validator nor the journal's libraries."""
    program = (
        "import sys, config.ui; print([name for name in ('pydantic', 'sqlalchemy', 'textual', 'platformdirs') if name in sys.modules])"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)

    assert "[]" == done.stdout.strip()


@pytest.mark.parametrize(
    ("venue", "screen", "imported", "wanted"),
    [
        ("pharmacy", "", True, False),
        ("clinic", "", False, False),
        ("clinic", "", True, True),
        ("hospital", "auto", True, True),
        ("clinic", "cashier", True, False),
        ("pharmacy", "registration", False, True),
    ],
)
def test_which_screen_opens(tmp_path: Path, *, venue: str, screen: str, imported: bool, wanted: bool) -> None:
    """The desk's at a clinic that has imported its departments, unless the settings say which."""
    path = written(tmp_path, {"screen": screen} if screen else {})
    path.write_text(path.read_text(encoding="utf-8").replace('venue = "pharmacy"', f'venue = "{venue}"'), encoding="utf-8")
    if imported:
        (tmp_path / "registry.db").touch()

    assert wanted == registers(path, tmp_path / "registry.db")
