"""``yibao setup``: the settings of a counter, asked step by step. Nothing of the trade is loaded before its first frame."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import platformdirs

OK, UNWRITTEN = 0, 1
_LEFT = "没有写入设置。/ No settings were written.\n"


def add_parser(commands: Any) -> None:  # noqa: ANN401 - argparse's own type is private
    """Add the command to ``yibao``."""
    parser = commands.add_parser("setup", help="设置收银台 / set the counter up")
    parser.add_argument("--data-dir", type=Path, default=Path(platformdirs.user_state_dir("yibao")))
    parser.set_defaults(run=run)


def run(wanted: argparse.Namespace) -> int:
    """Ask, write, end. 1 = left without writing."""
    return OK if set_up(wanted.data_dir) else UNWRITTEN


def set_up(directory: Path, *, opens_till: bool = False) -> bool:
    """Open the set-up on a data directory; return whether a till may open on it.

    Raises the errors of :func:`terminal.screen.launch.prepare`, and :class:`~settlement.errors.SettingsError` when there is a settings
    file that is no TOML.
    """
    from config.clock import SystemClock  # noqa: PLC0415 - in the order in which the first frame needs them
    from terminal.screen.launch import dress, prepare  # noqa: PLC0415 - before Textual
    from terminal.setup.store import SettingsStore  # noqa: PLC0415 - see above

    store = SettingsStore.read(directory)
    prepared = prepare(store.path, SystemClock())
    from terminal.screen.setup.app import SetupApp  # noqa: PLC0415 - loads Textual, which prepare() must precede

    app = SetupApp(store, prepared.traits, opens_till=opens_till)
    dress(app, prepared)
    written = app.run()
    if app.crashed is not None:
        raise app.crashed
    if not written:
        sys.stderr.write(_LEFT)
    return bool(written)
