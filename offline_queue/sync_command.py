"""``yibao-sync``: the sender process and what it says of itself."""

from __future__ import annotations

import argparse
import json
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import Any

import platformdirs

from config import log_file
from config.clock import clock_of
from config.crash import CrashReport
from config.entropy import entropy_of
from config.log_file import Events
from config.settings import Settings, settings_file
from config.telling import told
from offline_queue import known_answers, process
from offline_queue.journal import CounterIdentity, Journal
from offline_queue.standing_queue import status_of
from offline_queue.sync.sender import Sender
from settlement.errors import JournalError, OperatorError, SettingsError
from settlement.plain import one_line

OK, FOUND, CONFIGURATION, NETWORK, LATER = 0, 1, 3, 5, 75
_EVENTS = Events("sender")


def main(arguments: list[str] | None = None) -> int:
    """Run ``yibao-sync``."""
    return told(lambda: _main(arguments))


def _main(arguments: list[str] | None) -> int:
    parser = argparse.ArgumentParser(prog="yibao-sync", description="发送进程 / the sender: the one process that talks to the centre")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, words in (("run", "send until stopped"), ("once", "send what can be sent now"), ("status", "what waits for what")):
        command = commands.add_parser(name, help=words)
        command.add_argument("--data-dir", type=Path, default=Path(platformdirs.user_state_dir("yibao")))
        command.add_argument("--json", action="store_true")
    wanted = parser.parse_args(arguments)
    with CrashReport(wanted.data_dir, "commands" if wanted.command == "status" else "sender") as crash:
        try:
            return {"run": _run, "once": _once, "status": _status}[wanted.command](wanted)
        except OperatorError as error:
            sys.stderr.write(f"{error.say('zh')}\n{error.say('en')}\n")
            return CONFIGURATION if isinstance(error, SettingsError) else FOUND if isinstance(error, JournalError) else NETWORK
    return crash.code


def _open(directory: Path, settings: Settings) -> tuple[Sender, Journal]:
    clock, entropy = clock_of(settings.clock.file), entropy_of(settings.demonstration.seed)
    counter = CounterIdentity(fixmedins_code=settings.counter.fixmedins_code, till=settings.counter.till)
    journal = Journal(directory, role="sender", clock=clock, entropy=entropy, counter=counter, high_water=settings.high_water)
    return Sender(settings, journal, clock, entropy), journal


def _run(wanted: argparse.Namespace) -> int:
    process.forbid_core_dumps()
    known_answers.check()
    settings = Settings.load(settings_file(wanted.data_dir))
    sender, journal = _open(wanted.data_dir, settings)

    def stop(_number: int, _frame: FrameType | None) -> None:
        sender.stop()

    with journal, log_file.opened(wanted.data_dir, "sender", settings.log):
        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        _EVENTS.write("started", queue=len(journal.owed()))
        sender.run()
        _EVENTS.write("ended", queue=len(journal.owed()))
    return OK


def _once(wanted: argparse.Namespace) -> int:
    process.forbid_core_dumps()
    known_answers.check()
    settings = Settings.load(settings_file(wanted.data_dir))
    sender, journal = _open(wanted.data_dir, settings)
    with journal, log_file.opened(wanted.data_dir, "sender", settings.log):
        sender.once()
        waiting = journal.owed()
        line = journal.notes.sender_status().line
    if not waiting:
        return OK
    return NETWORK if line == "down" else LATER


def _status(wanted: argparse.Namespace) -> int:
    settings = Settings.load(settings_file(wanted.data_dir))
    clock, entropy = clock_of(settings.clock.file), entropy_of(settings.demonstration.seed)
    with Journal(wanted.data_dir, role="reader", clock=clock, entropy=entropy, counter=None) as journal:
        status = status_of(journal)
    if wanted.json:
        sys.stdout.write(json.dumps(status, ensure_ascii=False) + "\n")
    else:
        sys.stdout.write(_said(status))
    return OK if not status["queue"] else FOUND


def _said(status: dict[str, Any]) -> str:
    line = {"up": "通 / up", "down": "断 / down", "unknown": "不明 / unknown"}[status["line"]["state"]]
    head = [
        f"发送进程 / sender   {'运行中 / running' if status['alive'] else '没有回应 / silent'}",
        f"线路 / line        {line}  {status['line']['since']}",
        f"名单 / hotlist     {status['hotlist']['version']}  {status['hotlist']['time']}",
        f"队列 / queue       {status['queue']}",
    ]
    rows = [
        f"  {row['infno']} {row['msgid']} {row['lane']} {row['state']} ×{row['attempts']} {one_line(row['words'])}"
        + (f"  ← {row['waits_for']}" if row["waits_for"] else "")
        for row in status["rows"]
    ]
    return "\n".join([*head, *rows]) + "\n"
