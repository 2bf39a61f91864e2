"""``yibao setup``, and ``yibao`` where there are no settings yet: on a terminal and without one."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import struct
import subprocess
import sys
import termios
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from config.settings import Settings
from offline_queue import operating_system
from tests.playground.tried import until
from tests.setup.files import ANSWERS, OWN, shop

ROOT = Path(__file__).parents[3]
YIBAO = str(Path(sys.executable).with_name("yibao"))
ROWS, COLUMNS = 24, 80
F8, ESC, PAGE_DOWN, CTRL_Q = b"\x1b[19~", b"\x1b", b"\x1b[6~", b"\x11"
_HEAVY = {"pydantic", "sqlalchemy", "httpx", "cryptography", "smartcard", "sqlcipher3"}
_FIRST_FRAME = """
import json, sys
from pathlib import Path
import terminal.setup_command, terminal.screen.launch
from terminal.setup.store import SettingsStore
from terminal.screen.probe import TerminalTraits
from terminal.screen.setup.app import SetupApp
SetupApp(SettingsStore.read(Path(sys.argv[1])), TerminalTraits(tty=True)).get_default_screen()
print(json.dumps(list({name.partition(".")[0] for name in sys.modules})))
"""


class Window:
    """A terminal with a program in it."""

    def __init__(self, process: subprocess.Popen[bytes], master: int) -> None:
        self.process = process
        self.shown = bytearray()
        self._master = master
        self._thread = threading.Thread(target=self._read)
        self._thread.start()

    def type(self, keys: bytes) -> None:
        """Press keys."""
        os.write(self._master, keys)

    def sees(self, *words: str) -> None:
        """Wait until all these words were drawn since the last look."""
        until(str(words), lambda: all(word.encode() in self.shown for word in words) or not self._thread.is_alive())
        assert [] == [word for word in words if word.encode() not in self.shown]
        self.shown = bytearray()

    def close(self) -> None:
        """Switch it off."""
        self.process.kill()
        self.process.wait()
        self._thread.join()

    def _read(self) -> None:
        with suppress(OSError):  # the end of a terminal that nobody has open any more
            while chunk := os.read(self._master, 65_536):
                self.shown += chunk


@contextmanager
def window(*words: str) -> Iterator[Window]:
    """Run ``yibao`` in a terminal."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    environment = {**os.environ, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"}
    with os.fdopen(slave, "rb", buffering=0) as inner, os.fdopen(master, "rb", buffering=0):
        process = subprocess.Popen([YIBAO, *words], stdin=inner, stdout=inner, stderr=inner, env=environment, start_new_session=True)
        inner.close()
        opened = Window(process, master)
        try:
            yield opened
        finally:
            opened.close()


@pytest.mark.parametrize("words", [[], ["till"]])
def test_without_settings_and_without_a_terminal_it_is_said_what_is_missing(tmp_path: Path, words: list[str]) -> None:
    """A service or a script gets the words in both languages and the exit code of a configuration."""
    done = subprocess.run(
        [YIBAO, *words, "--data-dir", str(tmp_path / "shop")], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )

    assert (3, "") == (done.returncode, done.stdout)
    assert 2 == done.stderr.count("[SETTINGS-FILE-MISSING]") == done.stderr.count("yibao setup")
    assert [] == list(tmp_path.iterdir())


def test_set_up_needs_a_terminal(tmp_path: Path) -> None:
    """There is nobody to ask."""
    done = subprocess.run(
        [YIBAO, "setup", "--data-dir", str(tmp_path)], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )

    assert (1, True) == (done.returncode, "SCREEN-NO-TERMINAL" in done.stderr)
    assert [] == list(tmp_path.iterdir())


@pytest.mark.parametrize("words", [[], ["setup"]])
def test_settings_that_are_no_toml_are_named_before_any_screen(tmp_path: Path, words: list[str]) -> None:
    """The set-up does not guess what a broken file meant; a till says the same."""
    shop(tmp_path, "[counter\n")

    done = subprocess.run(
        [YIBAO, *(words or ["doctor"]), "--data-dir", str(tmp_path)], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )

    assert (3, True) == (done.returncode, "SETTINGS-NOT-TOML" in done.stderr)


def test_first_start_sets_up_and_opens_the_till(tmp_path: Path) -> None:
    """On a terminal the question comes instead of the error, and the till behind the answers.

    Somebody else holds the journal, so that the till says so and starts no sender that would outlive this.
    """
    held = operating_system.lock(tmp_path / "till.lock")
    assert held is not None
    with window("--data-dir", str(tmp_path)) as opened:
        opened.sees("每一步都可以按 PgDn 跳过")
        opened.type(b"\r\r")
        opened.sees("按医保部门给的填写")
        code, name, area, till, operator, operator_name, url = (text.encode() + b"\r" for text in ANSWERS.values())
        opened.type(code + name + area + b"\r" + till + operator + operator_name)
        opened.sees("这里不会连接")
        opened.type(url + F8)
        opened.sees("将新建文件：")
        opened.type(F8)
        opened.sees("打开收银画面")
        opened.type(b"\r")
        opened.sees("这个账本已有一个")
        opened.type(CTRL_Q)
        assert 0 == opened.process.wait(timeout=30)
    operating_system.unlock(held)
    assert ANSWERS[("counter", "till")] == Settings.load(tmp_path / "settings.toml").counter.till


@pytest.mark.parametrize("words", [[], ["setup"]])
def test_left_without_writing_nothing_is_there(tmp_path: Path, words: list[str]) -> None:
    """Esc leaves; the terminal is given back, a script sees that there are no settings, and no till opens."""
    with window(*words, "--data-dir", str(tmp_path / "shop")) as opened:
        opened.sees("每一步都可以按 PgDn 跳过")
        opened.type(ESC)

        assert 1 == opened.process.wait(timeout=30)
        opened.sees("No settings were written.")
    assert [] == list(tmp_path.iterdir())


def test_rerun_of_a_counter_that_is_set_up(tmp_path: Path) -> None:
    """It begins with what the file says, and with nothing changed it ends well."""
    path = shop(tmp_path)
    with window("setup", "--data-dir", str(tmp_path)) as opened:
        opened.sees("每一步都可以按 PgDn 跳过")
        opened.type(PAGE_DOWN)
        opened.sees("演示大药房")
        opened.type(F8)
        opened.sees("没有改动。")
        opened.type(F8)
        assert 0 == opened.process.wait(timeout=30)
    assert OWN == path.read_text(encoding="utf-8")


def test_first_frame_loads_nothing_heavy(tmp_path: Path) -> None:
    """The check of the settings, the journal and the reader come after it."""
    shop(tmp_path)

    done = subprocess.run([sys.executable, "-c", _FIRST_FRAME, str(tmp_path)], capture_output=True, text=True, check=True, cwd=ROOT)

    assert set() == _HEAVY & set(json.loads(done.stdout))
