"""The start: what Textual reads is set before it is loaded, the light settings count, and a terminal that will not do is refused."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import pytest
from textual.app import App

from config.ui import ACTIONS, Ui
from terminal.screen import keys
from terminal.screen.launch import Launch, dress, safe_for, theme_for
from terminal.screen.palette import PALETTES
from terminal.screen.probe import TerminalTraits
from tests.screen.teletype import ROOT, Teletype

if TYPE_CHECKING:
    from textual.binding import BindingType

PROGRAM = """
import json, os, sys
from pathlib import Path
from config.clock import SystemClock
from settlement.errors import OperatorError
from terminal.screen import launch, narrow, words
try:
    found = launch.prepare(Path(sys.argv[-1]), SystemClock())
except OperatorError as error:
    print(json.dumps({"code": error.code}))
    sys.exit()
early = [name for name in ("textual", "pydantic", "sqlalchemy", "cryptography", "httpx") if name in sys.modules]
import textual.constants
print(json.dumps({
    "early": early, "theme": found.theme, "safe": found.safe, "painted_safe": narrow.is_safe(), "spoken": words.tr("[OK]"),
    "typed": found.traits.typed.decode(), "keymap": found.ui.keymap(),
    "kitty_off": textual.constants.DISABLE_KITTY_KEY, "animations": textual.constants.TEXTUAL_ANIMATIONS,
}))
"""
XTERM = {"TERM": "xterm-256color", "LANG": "C.UTF-8"}


def launched(teletype: Teletype, environment: dict[str, str], settings: Path | None = None) -> dict[str, Any]:
    """Prepare a launch on a terminal and return what came of it."""
    program = PROGRAM.replace("sys.argv[-1]", repr(str(settings or "nothing")))
    found: dict[str, Any] = json.loads(teletype.run(program, environment))
    return found


def test_start_as_shipped() -> None:
    """Chinese, the exact theme of 256 colours, ordinary characters; no kitty keys, no animations, nothing heavy loaded."""
    found = launched(Teletype(typed_during=b"69"), XTERM)

    assert [] == found["early"]
    assert ("counter-256", False, False, "[正常]", "69") == tuple(
        found[name] for name in ("theme", "safe", "painted_safe", "spoken", "typed")
    )
    assert (True, "none") == (found["kitty_off"], found["animations"])


def test_wide_terminal_gets_safe_characters() -> None:
    """What was measured decides, also for the words."""
    found = launched(Teletype(ambiguous=2), XTERM | {"COLORTERM": "truecolor"})

    assert ("counter-dark", True, True) == (found["theme"], found["safe"], found["painted_safe"])


def test_settings_and_user_come_first(tmp_path: Path) -> None:
    """What the file and the environment say is not overruled."""
    path = tmp_path / "settings.toml"
    path.write_text('[ui]\nlanguage = "en"\ntheme = "light"\nsafe_glyphs = "no"\n[ui.keys]\nfind = "f3"\nremove = "f2"\n', encoding="utf-8")

    found = launched(Teletype(ambiguous=2), XTERM | {"TEXTUAL_DISABLE_KITTY_KEY": "0", "TEXTUAL_ANIMATIONS": "full"}, path)

    assert ("counter-light", False, "[OK]") == (found["theme"], found["safe"], found["spoken"])
    assert (False, "full") == (found["kitty_off"], found["animations"])
    assert {"find": "f3", "remove": "f2"} == found["keymap"]


@pytest.mark.parametrize(
    ("teletype", "environment", "code"),
    [
        (Teletype(utf8=False), XTERM, "SCREEN-NOT-UTF8"),
        (Teletype(), XTERM | {"LC_ALL": "zh_CN.GBK"}, "SCREEN-NOT-UTF8"),
    ],
)
def test_unreadable_terminal_is_refused(teletype: Teletype, environment: dict[str, str], code: str) -> None:
    """Nobody takes money at a screen of rubbish."""
    assert {"code": code} == launched(teletype, environment)


def test_pipe_is_refused() -> None:
    """Where nobody sits no screen opens."""
    done = subprocess.run([sys.executable, "-c", PROGRAM, "nothing"], capture_output=True, check=True, cwd=ROOT, stdin=subprocess.DEVNULL)

    assert {"code": "SCREEN-NO-TERMINAL"} == json.loads(done.stdout)


@pytest.mark.parametrize(
    ("choice", "colours", "theme"),
    [
        ("auto", "truecolor", "counter-dark"),
        ("auto", "256", "counter-256"),
        ("auto", "16", "counter-256"),
        ("dark", "16", "counter-dark"),
        ("light", "truecolor", "counter-light"),
        ("contrast", "256", "counter-contrast"),
        ("256", "truecolor", "counter-256"),
    ],
)
def test_theme_is_as_chosen_or_as_the_terminal_allows(choice: Any, colours: Any, theme: str) -> None:  # noqa: ANN401 - literal types
    """Each choice of the settings is a palette that there is."""
    assert theme == theme_for(choice, TerminalTraits(tty=True, colours=colours))
    assert theme in PALETTES


def test_characters_are_as_chosen_or_as_measured() -> None:
    """The setting decides, ``auto`` leaves it to the terminal, and no answer counts as ordinary."""
    wide, silent = TerminalTraits(tty=True, ambiguous_columns=2), TerminalTraits(tty=True)

    assert [True, False] == [safe_for(Ui(), wide), safe_for(Ui(), silent)]
    assert [True, False] == [safe_for(Ui(safe_glyphs="yes"), silent), safe_for(Ui(safe_glyphs="no"), wide)]


def test_actions_of_the_settings_are_those_of_the_screen() -> None:
    """Each action can be moved to another key, and the settings show the key that it has."""
    assert dict(ACTIONS) == {action: shipped for action, shipped, _ in keys.ACTIONS}


class Presses(App[None]):
    """Notes what was pressed."""

    BINDINGS: ClassVar[list[BindingType]] = list(keys.bindings())

    def __init__(self, ui: Ui) -> None:
        super().__init__()
        self.pressed: list[str] = []
        dress(self, Launch(ui=ui, traits=TerminalTraits(tty=True), theme="counter-light", safe=False))

    def action_press(self, action: str) -> None:
        """Note it."""
        self.pressed.append(action)


def test_moved_keys_work() -> None:
    """Two actions change places, one loses its second key, and each press acts once."""

    async def press() -> list[str]:
        app = Presses(Ui(keys={**ACTIONS, "find": "f3", "remove": "f2", "settle": "f11"}))
        async with app.run_test() as pilot:
            await pilot.press("f2", "f3", "f8", "f11", "f12", "f1")
            assert "counter-light" == app.theme
            return app.pressed

    assert ["remove", "find", "settle", "why"] == asyncio.run(press())


def test_first_frame_waits_for_nothing_heavy() -> None:
    """What stands before the first frame loads neither validator nor database, cipher, reader or HTTP."""
    program = "import sys, terminal.screen.till, terminal.screen.app; print([name for name in sys.argv[1:] if name in sys.modules])"
    heavy = ("pydantic", "sqlalchemy", "sqlcipher3", "cryptography", "smartcard", "httpx", "pypinyin")

    done = subprocess.run([sys.executable, "-c", program, *heavy], capture_output=True, text=True, check=True, cwd=ROOT)

    assert "[]" == done.stdout.strip()
