"""``yibao try`` in a real terminal of 80×24, by keys alone: on-line, line cut, off-line from the card, line back, and both are accepted.

tmux is the terminal: it draws what the program sends, and gives back what stands on the screen.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.screen.golden import held

FOLDER = Path(__file__).parent / "golden"
PATIENCE_S = 60.0
BIN = Path(sys.executable).parent
_VARIES = (
    (re.compile(r"P\d{29}"), "P" + "0" * 29),
    (re.compile(r"\d\d-\d\d \d\d:\d\d"), "03-02 14:32"),
    (re.compile(r"(演示[甲乙丙丁]) \d{6}"), r"\1 000000"),
    (re.compile(r"(黑名单 ?)\d+(秒|分|小时)"), r"\g<1>0\2"),
)
"""What is another one each time: the settlement's number, the clock, the PINs, the age of the list."""


class Tmux:
    """One session on a server of its own."""

    def __init__(self, socket: Path, *command: str) -> None:
        self._server = ("tmux", "-S", str(socket), "-f", os.devnull, "-u")
        environment = {**os.environ, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"}
        subprocess.run([*self._server, "new", "-d", "-s", "till", "-x", "80", "-y", "24", *command], check=True, env=environment)
        self._run("set", "-s", "escape-time", "10")

    def press(self, *keys: str) -> None:
        """Press keys by tmux's names, one after the other."""
        for key in keys:
            self._run("send-keys", "-t", "till", key)

    def type(self, text: str) -> None:
        """Type characters."""
        self._run("send-keys", "-t", "till", "-l", text)

    @property
    def text(self) -> str:
        """What stands on the screen."""
        return self._run("capture-pane", "-p", "-t", "till")

    def sees(self, *words: str) -> str:
        """Wait until words stand on the screen, and return it."""
        return self.until(words, lambda text: all(word in text for word in words))

    def until(self, what: object, holds: Callable[[str], bool]) -> str:
        """Wait for something on the screen."""
        deadline = time.monotonic() + PATIENCE_S
        while not holds(text := self.text):
            assert time.monotonic() < deadline, f"{what}\n{text}"
            time.sleep(0.1)
        return text

    def until_left(self) -> None:
        """Wait until the program has ended, and the session with it."""
        deadline = time.monotonic() + PATIENCE_S
        while subprocess.run([*self._server, "has-session", "-t", "till"], capture_output=True, check=False).returncode == 0:
            assert time.monotonic() < deadline, self.text
            time.sleep(0.1)

    def close(self) -> None:
        """End the server, which ends what still runs in it."""
        subprocess.run([*self._server, "kill-server"], capture_output=True, check=False)

    def _run(self, *arguments: str) -> str:
        return subprocess.run([*self._server, *arguments], capture_output=True, check=True, text=True).stdout


@pytest.fixture
def till(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Tmux]:
    """Open the playground in a terminal; a parameter is one more option of ``yibao try``."""
    if shutil.which("tmux") is None:
        assert os.environ.get("CI") != "true", "tmux is missing: `make test` installs it where it may"
        pytest.skip("tmux is missing (apt install tmux)")
    session = Tmux(tmp_path / "tmux", str(BIN / "yibao"), "try", "--data-dir", str(tmp_path / "here"), *getattr(request, "param", ()))
    yield session
    session.close()


def normal(text: str) -> str:
    """Return a screen without what is another one each time."""
    for pattern, constant in _VARIES:
        text = pattern.sub(constant, text)
    return "\n".join(line.rstrip() for line in text.splitlines()) + "\n"


def looks(text: str, name: str) -> None:
    """Hold a screen against its file."""
    held(normal(text), FOLDER / f"{name}.screen")


def sold(till: Tmux, pin: str) -> None:
    """Scan a box, F8, and have the customer type the PIN."""
    till.type("H002")
    till.press("Enter")
    till.sees("1 种 1 件")
    time.sleep(0.4)
    till.press("F8")
    till.sees("_ _ _ _ _ _")
    till.type(pin)
    till.sees("* * * * * *")
    till.press("Enter")


def test_a_day_in_one_terminal(till: Tmux, tmp_path: Path) -> None:
    """Two sales of the same card, one of them off-line; the journal says accepted for both."""
    text = till.sees("就绪", "演示甲", "H002")
    pin = re.search(r"演示甲 (\d{6})", text)
    assert pin
    till.press("C-k")
    till.sees("在桌上")
    till.type("1")
    till.until("balance", lambda text: bool(re.search(r"账户余额 +\d+\.\d\d", text)))
    sold(till, pin[1])
    looks(
        till.until("settled, and the balance after it", lambda text: "结算完成" in text and text.count("310.74") == 2), "terminal-settled"
    )

    till.press("Enter", "C-k")
    till.sees("断开或接通线路")
    till.type("c")
    till.sees("线路中断")
    till.press("C-k")
    till.sees("请扫第一盒")
    sold(till, pin[1])
    till.sees("脱机：用卡上额度支付")
    time.sleep(0.4)
    till.press("F8")
    looks(till.sees("脱机结算完成", "待传1"), "terminal-settled-offline")
    assert "脱机" in (tmp_path / "here" / "counter" / "printer" / "paper.txt").read_text(encoding="utf-8")

    till.press("Enter", "C-k")
    till.sees("断开或接通线路")
    till.type("c")
    till.press("C-k")
    till.sees("线路 畅通", "待传 0")
    till.press("F9")
    account = till.until(
        "both are accepted, and what the centre says of the person",
        lambda text: text.count("已接受") == 2 and len(re.findall(r"账户余额 +\d", text)) == 2 and "正常参保" in text,
    )
    looks(account, "terminal-account")

    till.press("C-q")
    till.until_left()
    told = subprocess.run(
        [BIN / "yibao-journal", "export", "--json", "--data-dir", str(tmp_path / "here" / "counter")],
        capture_output=True,
        check=True,
        text=True,
    )
    assert ["accepted", "accepted"] == [row["standing"] for row in json.loads(told.stdout)["settlements"]]


@pytest.mark.parametrize("till", [("--desk",)], indirect=True)
def test_a_registration_in_one_terminal(till: Tmux, tmp_path: Path) -> None:
    """The clinic's desk opens where the shop would: initials, Enter, F8 and the PIN register."""
    text = till.sees("就绪", "演示门诊部", "K01", "演示甲")
    pin = re.search(r"演示甲 (\d{6})", text)
    assert pin
    till.press("C-k")
    till.sees("在桌上")
    till.type("1")
    till.until("balance", lambda text: bool(re.search(r"账户余额 +\d+\.\d\d", text)))
    till.type("nk")
    till.sees(">内科")
    till.press("Enter")
    till.sees("挂号费（普通）")
    time.sleep(0.4)
    till.press("F8")
    till.sees("_ _ _ _ _ _")
    till.type(pin[1])
    till.sees("* * * * * *")
    till.press("Enter")
    till.sees("已挂号", "01-1", "328.74")
    assert "01-1" in (tmp_path / "here" / "counter" / "printer" / "paper.txt").read_text(encoding="utf-8")

    till.press("C-q")
    till.until_left()
