"""``yibao train``: the shop's own till to learn at, with simulated cards and centre; nothing of it reaches the real one."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import platformdirs

from terminal.demo.playground import PERSONALITIES
from terminal.demo.training import training
from terminal.demo.try_command import open_till
from terminal.signals import ended_by_signals


def add_parser(commands: Any) -> None:  # noqa: ANN401 - argparse's own type is private
    """Add the command to ``yibao``."""
    parser = commands.add_parser("train", help="培训 / the till to learn at: nothing of it is real")
    parser.add_argument("--data-dir", type=Path, default=Path(platformdirs.user_state_dir("yibao")))
    parser.add_argument("--fresh", action="store_true", help="从头开始 / start anew")
    parser.add_argument("--centre", choices=PERSONALITIES, default="re-executes", help="哪一种中心 / which kind of centre")
    parser.set_defaults(run=run)


def run(wanted: argparse.Namespace) -> int:
    """Set the training counter up and open the screen on it.

    Raises :class:`~terminal.screen.refusals.NoTerminal` where nobody sits who could learn.
    """
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        from terminal.screen.refusals import NoTerminal  # noqa: PLC0415 - needed in this case only

        raise NoTerminal
    with ended_by_signals(), training(wanted.data_dir, fresh=wanted.fresh, personality=wanted.centre) as playground:
        return open_till(playground)
