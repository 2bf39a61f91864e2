"""``yibao try``: the counter on the screen, with everything around it running, for somebody who is new to it."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from terminal.demo.playground import PERSONALITIES, Playground
from terminal.demo.playground_settings import DESK, PLAIN, in_language
from terminal.demo.progress import Step
from terminal.signals import ended_by_signals

_DIRECTORY, _DESK_DIRECTORY = Path(".local", "playground"), Path(".local", "playground-desk")
_NEW_LINE = "\r\x1b[K"
_NO_TERMINAL = "这里没有终端，改为播放演示日。/ There is no terminal here: the scripted day is played instead.\n"


def add_parser(commands: Any) -> None:  # noqa: ANN401 - argparse's own type is private
    """Add the command to ``yibao``."""
    parser = commands.add_parser("try", help="试用收银台 / try the counter, with centre and devices simulated")
    parser.add_argument("--data-dir", type=Path, metavar="DIR", help="所有内容都留在这里 / all of it stays here")
    parser.add_argument("--desk", action="store_true", help="门诊部的挂号处 / the registration desk of a clinic")
    parser.add_argument("--language", choices=("zh", "en"), default="zh", help="界面语言 / the language of a new playground's screen")
    parser.add_argument("--fresh", action="store_true", help="从头开始 / start anew")
    parser.add_argument("--centre", choices=PERSONALITIES, default="re-executes", help="哪一种中心 / which kind of centre")
    parser.set_defaults(run=run)


def run(wanted: argparse.Namespace) -> int:
    """Set the playground up, open the screen on it, and say at the end whether card, journal and centre agree.

    Without a terminal the demonstration plays itself.
    """
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        # Textual draws on stderr. Only then is the day needed.
        from terminal.demo import command  # noqa: PLC0415

        sys.stderr.write(_NO_TERMINAL)
        return command.run(argparse.Namespace(seed="1", centre=wanted.centre, json=False, keep=None))
    directory, outfit = (_DESK_DIRECTORY, DESK) if wanted.desk else (_DIRECTORY, PLAIN)
    if wanted.language != "zh":
        # A playground of its own: the settings of one that is there are not touched.
        directory, outfit = directory.with_name(f"{directory.name}-{wanted.language}"), in_language(outfit, wanted.language)
    place = wanted.data_dir or directory
    with ended_by_signals(), Playground(place, fresh=wanted.fresh, personality=wanted.centre, outfit=outfit) as playground:
        return open_till(playground)


def open_till(playground: Playground) -> int:
    """Open the screen on a playground that is being set up; return its exit code, having said whether card, journal and centre agree."""
    # Loads while the counter is laid out.
    from terminal.screen import till  # noqa: PLC0415

    try:
        playground.wait_for_counter(_show)
    finally:
        sys.stderr.write(_NEW_LINE)
        sys.stderr.flush()
    code = till.run(playground.counter, devices=playground.devices)
    agreement = playground.agreement()
    if agreement is not None:
        sys.stdout.write("".join(f"{text}\n" for text in agreement.differences or (agreement.line,)))
    return code


def _show(step: Step) -> None:
    sys.stderr.write(f"{_NEW_LINE}{step.say('zh')} / {step.say('en')} …")
    sys.stderr.flush()
