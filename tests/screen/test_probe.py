"""The terminal is asked what it is: real pseudo-terminals that draw wide, narrow, or never answer."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from tests.screen.teletype import ROOT, Teletype

PROGRAM = """
import json, os, sys
from dataclasses import asdict
from config.clock import SystemClock
from terminal.screen.probe import probe
begun = SystemClock().monotonic()
traits = probe(os.environ, SystemClock(), 0.2)
took_s = SystemClock().monotonic() - begun
more = {"typed": traits.typed.decode("latin-1"), "wide": traits.wide, "chinese": traits.chinese, "took_s": took_s}
print(json.dumps(asdict(traits) | more))
"""
XTERM = {"TERM": "xterm-256color", "LANG": "C.UTF-8"}


def probed(teletype: Teletype, environment: dict[str, str] | None = None) -> dict[str, Any]:
    """Run the probe on a terminal and return what it found."""
    found: dict[str, Any] = json.loads(teletype.run(PROGRAM, XTERM if environment is None else environment))
    return found


@pytest.mark.parametrize(("ambiguous", "wide"), [(1, False), (2, True)])
def test_terminal_says_how_wide_it_draws(ambiguous: int, wide: bool) -> None:  # noqa: FBT001 - parametrized
    """The column after the character is the answer; what was drawn to measure is wiped, and the modes are as before."""
    teletype = Teletype(ambiguous=ambiguous)

    found = probed(teletype)

    assert (wide, ambiguous, 2) == (found["wide"], found["ambiguous_columns"], found["han_columns"])
    assert (True, True, "256", 120, 40) == (found["tty"], found["chinese"], found["colours"], found["columns"], found["rows"])
    assert teletype.drawn.endswith("\r\x1b[K")


def test_terminal_that_never_answers_counts_as_narrow() -> None:
    """The wait ends, and what was typed is not lost."""
    found = probed(Teletype(answers=False, typed_before=b"123"))

    assert (False, 0, 0, "123") == (found["wide"], found["ambiguous_columns"], found["han_columns"], found["typed"])
    assert 0.15 < found["took_s"] < 2


def test_answer_is_not_waited_for_once_it_is_there() -> None:
    """A terminal on the same machine costs next to nothing."""
    assert probed(Teletype())["took_s"] < 0.15


@pytest.mark.parametrize("in_pieces", [False, True])
@pytest.mark.parametrize("typed", [b"abc", b"6901", b"\x1bOP", "医".encode(), b"\r", b"\x1b[A\x1b[B"])
def test_keys_typed_meanwhile_come_out_unchanged(typed: bytes, in_pieces: bool) -> None:  # noqa: FBT001 - parametrized
    """A scan during the start is there afterwards, also around and between the answers; the answers are no keys."""
    found = probed(Teletype(typed_before=b"1", typed_during=typed, in_pieces=in_pieces))

    assert 2 == found["han_columns"]
    assert (b"1" + typed)[: 1 + len(typed)].decode("latin-1") == found["typed"]


def test_terminal_that_reads_no_utf8_is_found_out() -> None:
    """Three bytes drawn as three letters are no Chinese character."""
    found = probed(Teletype(utf8=False))

    assert not found["chinese"]
    assert not found["wide"]


@pytest.mark.parametrize(
    ("environment", "name", "value"),
    [
        (XTERM | {"COLORTERM": "truecolor"}, "colours", "truecolor"),
        (XTERM | {"TERM": "xterm"}, "colours", "16"),
        (XTERM | {"TERM": "linux"}, "ambiguous_columns", 1),
        (XTERM | {"TERM": "dumb"}, "colours", "none"),
        (XTERM | {"TERM": "dumb"}, "ambiguous_columns", 0),
        ({"LANG": "C.UTF-8"}, "ambiguous_columns", 0),
        (XTERM | {"NO_COLOR": ""}, "no_color", True),
        (XTERM, "no_color", False),
        (XTERM | {"LC_ALL": "zh_CN.GB18030"}, "utf8", False),
        (XTERM | {"LANG": "zh_CN.utf8"}, "utf8", True),
        (XTERM | {"PYTHONIOENCODING": "gb18030"}, "utf8", False),
    ],
)
def test_environment_says_the_rest(environment: dict[str, str], name: str, value: object) -> None:
    """Colours and encoding are what the variables promise."""
    assert value == probed(Teletype(), environment)[name]


def test_no_terminal_is_asked_nothing() -> None:
    """In a pipe nothing is written and nothing is waited for."""
    done = subprocess.run([sys.executable, "-c", PROGRAM], input=b"x", capture_output=True, check=True, cwd=ROOT, env={"TERM": "xterm"})

    found = json.loads(done.stdout)
    assert b"" == done.stderr
    assert (False, False, 0, "") == (found["tty"], found["wide"], found["ambiguous_columns"], found["typed"])


def test_terminal_of_another_is_left_alone() -> None:
    """In the background nothing is asked: to touch the terminal would stop the process."""
    program = "import os, sys\nif os.fork():\n    sys.exit(os.waitstatus_to_exitcode(os.wait()[1]))\nos.setpgid(0, 0)\n" + PROGRAM
    teletype = Teletype()

    found = json.loads(teletype.run(program, XTERM))

    assert (True, 0) == (found["tty"], found["ambiguous_columns"])
    assert "\x1b[6n" not in teletype.drawn


DOCTOR = """
import json
from dataclasses import asdict
from config.clock import SystemClock
from terminal.doctor import _terminal
print(json.dumps([asdict(finding) for finding in _terminal(SystemClock())]))
"""


@pytest.mark.parametrize(
    ("teletype", "state", "code", "said"),
    [
        (Teletype(), "ok", "", "120×40, UTF-8, colours 256, lines are 1 column wide"),
        (Teletype(ambiguous=2), "ok", "", "safe characters"),
        (Teletype(answers=False), "ok", "", "not answered"),
        (Teletype(size=(79, 24)), "warning", "SCREEN-SMALL", "80×24 at least"),
        (Teletype(utf8=False), "fault", "SCREEN-NOT-UTF8", "丰 = 3"),
    ],
    ids=["narrow", "wide", "silent", "small", "no-utf8"],
)
def test_doctor_says_what_the_terminal_is(teletype: Teletype, state: str, code: str, said: str) -> None:
    """At a terminal the doctor looks at it too, with one line of what was measured."""
    (finding,) = json.loads(teletype.run(DOCTOR, XTERM))

    assert ("terminal", state, code) == (finding["subject"], finding["state"], finding["code"])
    assert said in finding["en"]


def test_doctor_in_a_pipe_finds_no_terminal() -> None:
    """Where nobody sits there is nothing to look at."""
    done = subprocess.run([sys.executable, "-c", DOCTOR], capture_output=True, check=True, cwd=ROOT, stdin=subprocess.DEVNULL)

    assert [] == json.loads(done.stdout)
