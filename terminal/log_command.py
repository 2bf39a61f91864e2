"""``yibao log``: the technician's screen beside a till. It reads; nothing of the trade is loaded before its first frame."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import platformdirs


def add_parser(commands: Any) -> None:  # noqa: ANN401 - argparse's own type is private
    """Add the command to ``yibao``."""
    parser = commands.add_parser("log", help="流水、队列、自检 / the log, the queue, the checks; read-only")
    parser.add_argument("--data-dir", type=Path, default=Path(platformdirs.user_state_dir("yibao")))
    parser.add_argument("--rebuild", action="store_true", help="由账本重新整理流水 / make the log anew from the journal, then end")
    parser.set_defaults(run=run)


def run(wanted: argparse.Namespace) -> int:
    """Open the screen, or make the log anew."""
    if wanted.rebuild:
        return _rebuild(wanted.data_dir)
    from config.clock import SystemClock  # noqa: PLC0415 - in the order in which the first frame needs them
    from terminal.screen.launch import dress, prepare  # noqa: PLC0415 - before Textual

    clock = SystemClock()
    launch = prepare(wanted.data_dir / "settings.toml", clock)
    from terminal.screen.technician.app import LogApp  # noqa: PLC0415 - loads Textual, which prepare() must precede
    from terminal.screen.technician.screen import newest  # noqa: PLC0415 - see above

    app = LogApp(wanted.data_dir, clock=clock, first=newest(wanted.data_dir), typed=launch.traits.typed.decode("utf-8", "ignore"))
    dress(app, launch)
    app.run()
    return 0


def _rebuild(directory: Path) -> int:
    from config.clock import SystemClock  # noqa: PLC0415 - loaded when asked for
    from config.entropy import SystemEntropy  # noqa: PLC0415 - loaded when asked for
    from offline_queue.journal import Journal  # noqa: PLC0415 - loaded when asked for
    from offline_queue.log.following import Follower  # noqa: PLC0415 - loaded when asked for

    with (
        Journal(directory, role="reader", clock=SystemClock(), entropy=SystemEntropy(), counter=None) as journal,
        Follower(journal) as follower,
    ):
        follower.rebuild()
    return 0
