"""What the sender and the till write to their logs: the line, each attempt, and nobody's name or number."""

from __future__ import annotations

import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from config import log_file
from config.log_file import LogName
from config.sections import Log
from settlement.checkout.states import Settled
from terminal.person import Answer
from tests.world.shop import Shop

ROOT = Path(__file__).parents[2]
PATIENCE_S = 20.0


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """Return a shop."""
    with Shop(tmp_path_factory.mktemp("log")) as opened:
        yield opened


def _lines(directory: Path, name: LogName) -> list[dict[str, Any]]:
    path = directory / "logs" / f"{name}.log"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


def _events(directory: Path, name: LogName) -> list[str]:
    return [line["event"] for line in _lines(directory, name)]


def _until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_line_and_attempts_are_logged_and_nobody_is_named(shop: Shop, tmp_path: Path) -> None:
    """The line goes down and up; each attempt has its message id and its outcome; no field of the person is there."""
    with log_file.opened(tmp_path, "sender", Log()):
        online = shop.sell("first", "2.00")
        shop.cut()
        offline = shop.sell("first", "1.00")
        shop.mend()
        shop.settle_down()
    assert isinstance(online, Settled)
    assert isinstance(offline, Settled)
    text = (tmp_path / "logs" / "sender.log").read_text(encoding="utf-8")
    lines = _lines(tmp_path, "sender")

    assert ["down", "up"] == [line["state"] for line in lines if line["event"] == "line" and line["state"] != "unknown"]
    attempts = [(line["msgid"], line["infno"], line["attempt"], line["outcome"]) for line in lines if line["event"] == "attempt"]
    assert [(online.subject, "2102", 1, "Accepted"), (offline.subject, "2102", 1, "Accepted")] == attempts
    player = shop.stage.cast["first"]
    for canary in (player.certno, player.psn_name, player.psn_no, player.card_no, player.card_sn, player.pin):
        assert canary not in text


def test_a_lost_reply_and_what_the_query_found(shop: Shop, tmp_path: Path) -> None:
    """An attempt of unknown outcome says why, and the query that found it is a line of its own."""
    shop.sign_in_anew()
    shop.stage.bend_line({"mode": "drop-reply", "infno": "2102", "times": 1})
    with log_file.opened(tmp_path, "sender", Log()):
        shop.sell("second", "2.00", answers={"DoubtOpen": [Answer.GOODS_OUT, Answer.LEAVE]})
        shop.settle_down()
    shop.stage.bend_line({})
    lines = _lines(tmp_path, "sender")

    (attempt,) = [line for line in lines if line["event"] == "attempt"]
    assert ("Unknown", True) == (attempt["outcome"], bool(attempt["why"]))
    found = [(line["msgid"], line["outcome"], line["found_by"]) for line in lines if line["event"] == "answered"]
    assert [(attempt["msgid"], "accepted", "query")] == found


def _counter(directory: Path) -> None:
    """Make a counter whose centre nobody answers for."""
    example = (ROOT / "deploy" / "settings.example.toml").read_text(encoding="utf-8")
    (directory / "settings.toml").write_text(example.replace("127.0.0.1:8700", "127.0.0.1:9"), encoding="utf-8")


def test_the_sender_is_silent_but_for_its_log(tmp_path: Path) -> None:
    """The real process: started, line down, ended; nothing on stdout or stderr, and a crash of it would leave no core dump."""
    _counter(tmp_path)
    command = [str(Path(sys.executable).with_name("yibao-sync")), "run", "--data-dir", str(tmp_path)]
    sender = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    _until(lambda: "line" in _events(tmp_path, "sender"))
    limits = Path(f"/proc/{sender.pid}/limits").read_text(encoding="utf-8")
    sender.send_signal(signal.SIGTERM)

    assert ("", "") == sender.communicate()
    assert 0 == sender.returncode
    events = _events(tmp_path, "sender")
    assert ("started", "ended", True) == (events[0], events[-1], "sign-in" in events)
    assert ["0", "0"] == next(line.split()[4:6] for line in limits.splitlines() if line.startswith("Max core file size"))


@pytest.mark.skipif(sys.platform != "linux", reason="names one thread of a process")
def test_a_signal_that_does_not_wake_the_main_thread_ends_the_sender(tmp_path: Path) -> None:
    """The kernel may hand it to another thread, or just before the wait begins: the end must come all the same."""
    _counter(tmp_path)
    process = subprocess.Popen([str(Path(sys.executable).with_name("yibao-sync")), "run", "--data-dir", str(tmp_path)])
    try:
        _until(lambda: "started" in _events(tmp_path, "sender"))
        tasks = Path(f"/proc/{process.pid}/task")
        _until(lambda: len(list(tasks.iterdir())) > 3)
        other = next(int(task.name) for task in tasks.iterdir() if int(task.name) != process.pid)
        assert 0 == ctypes.CDLL(None).tgkill(process.pid, other, signal.SIGTERM)
        _until(lambda: "ended" in _events(tmp_path, "sender"))
        assert 0 == process.wait(PATIENCE_S)
    finally:
        process.kill()
        process.wait()


def test_the_till_logs_and_so_does_the_sender_that_it_starts(tmp_path: Path) -> None:
    """Each to its own file; what the sender says outside its log is kept for one start and is empty."""
    _counter(tmp_path)
    command = [str(Path(sys.executable).with_name("yibao")), "headless", "--data-dir", str(tmp_path)]

    done = subprocess.run(command, input='{"do": "catch-up"}\n', capture_output=True, text=True, check=False)
    _until(lambda: "started" in _events(tmp_path, "sender"))
    os.kill(_lines(tmp_path, "sender")[0]["process"], signal.SIGTERM)
    _until(lambda: "ended" in _events(tmp_path, "sender"))

    assert (0, "") == (done.returncode, done.stderr)
    assert ["started", "command", "ended"] == _events(tmp_path, "till")
    assert b"" == (tmp_path / "logs" / "sender.stderr").read_bytes()
    assert not (tmp_path / "sync.log").exists()
