"""``yibao``: the till on the screen. Nothing of the trade is loaded before its first frame."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import platformdirs


def add_parser(commands: Any) -> None:  # noqa: ANN401 - argparse's own type is private
    """Add the command to ``yibao``: the one that needs no word."""
    parser = commands.add_parser("till", help="收款台 / the till on the screen; the same as no word")
    parser.add_argument("--data-dir", type=Path, default=Path(platformdirs.user_state_dir("yibao")))
    parser.set_defaults(run=run, log="till")


def run(wanted: argparse.Namespace) -> int:
    """Open the till."""
    from terminal.screen import till  # noqa: PLC0415 - the terminal is looked at first

    return till.run(wanted.data_dir)
