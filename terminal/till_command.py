"""``yibao``: the till on the screen. Nothing of the trade is loaded before its first frame."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import platformdirs

from terminal import setup_command


def add_parser(commands: Any) -> None:  # noqa: ANN401 - argparse's own type is private
    """Add the command to ``yibao``: the one that needs no word."""
    parser = commands.add_parser("till", help="收款台 / the till on the screen; the same as no word")
    parser.add_argument("--data-dir", type=Path, default=Path(platformdirs.user_state_dir("yibao")))
    parser.set_defaults(run=run, log="till")


def run(wanted: argparse.Namespace) -> int:
    """Open the till; where there are no settings yet, set it up first.

    Raises :class:`~config.refusals.SettingsMissing` when nobody sits there who could be asked.
    """
    settings = wanted.data_dir / "settings.toml"
    if not settings.exists() and not _set_up(wanted.data_dir, settings):
        return setup_command.UNWRITTEN
    from terminal.screen import till  # noqa: PLC0415 - the terminal is looked at first

    return till.run(wanted.data_dir)


def _set_up(directory: Path, settings: Path) -> bool:
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        from config.refusals import SettingsMissing  # noqa: PLC0415 - needed in this case only

        raise SettingsMissing(file=str(settings))
    return setup_command.set_up(directory, opens_till=True)
