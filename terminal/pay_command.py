"""``yibao pay BILL.json`` and ``yibao status``: the counter as a payment terminal of another program (docs/bill-format.md).

The bill goes to the till that runs on this data directory, or to a screen of its own when none does; both are the same checkout.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

import platformdirs

from config.clock import SystemClock, clock_of
from config.entropy import SystemEntropy
from config.settings import Settings
from config.telling import drop
from offline_queue import operating_system
from offline_queue.journal import Journal
from offline_queue.journal.errors import JournalMissing
from settlement.errors import JournalError, Phrase, Refusal, Words
from settlement.money import format_yuan
from settlement.plain import one_line
from terminal import handed_in, transaction
from terminal.counter import issuer_of
from terminal.paper.content import Slips
from terminal.signals import ended_by_signals
from terminal.transaction import Answer

OK, NOTHING_KNOWN, NOT_PAID, LATER = 0, 1, 6, 75
_CODES = {
    "settled": OK,
    "cash": OK,
    "cancelled": NOT_PAID,
    "refused": NOT_PAID,
    "voided": NOT_PAID,
    "doubt": LATER,
    "open": LATER,
    "waiting": LATER,
    "unknown": NOTHING_KNOWN,
}
_UNDER_WAY = {"open", "waiting"}
_LOOK_S = 0.2
NO_TILL = Phrase(
    "PAY-NO-TILL",
    zh=Words(
        "收银台没有打开，这里也没有终端。",
        "没有动用任何钱，单据没有交给收银台。",
        "请先打开收银台（yibao），或在终端里运行本命令。",
        "不要自动反复重试。",
    ),
    en=Words(
        "No till is open, and there is no terminal here.",
        "No money moved and the bill was not handed in.",
        "Open the till (yibao) first, or run this in a terminal.",
        "Do not retry in a loop.",
    ),
)


def add_pay(commands: Any) -> None:  # noqa: ANN401 - argparse's own type is private
    """Add ``pay`` to ``yibao``."""
    parser = commands.add_parser("pay", help="为其他程序收款 / settle a bill of another program")
    parser.add_argument("bill", type=Path, metavar="BILL.json", help="docs/bill-format.md")
    _add_options(parser)
    parser.set_defaults(run=pay)


def add_status(commands: Any) -> None:  # noqa: ANN401 - argparse's own type is private
    """Add ``status`` to ``yibao``."""
    parser = commands.add_parser("status", help="一笔交易的结果 / what became of a transaction")
    parser.add_argument("id", nargs="?", default="", help="单据编号或结算编号；不写就是最后一笔 / bill id or msgid; the last one without")
    _add_options(parser)
    parser.set_defaults(run=status)


def pay(wanted: argparse.Namespace) -> int:
    """Hand the bill to the till and answer what became of it.

    0 paid · 6 cleared, refused or voided · 75 in doubt, not over yet, or the journal cannot be read.
    """
    try:
        return _pay(wanted)
    except JournalError as damaged:
        return _unread(damaged, as_json=wanted.json)


def _pay(wanted: argparse.Namespace) -> int:
    directory, given = wanted.data_dir, handed_in.read(wanted.bill)
    known = _look(directory, given.id)
    running = _till_runs(directory)
    served = running or (sys.stdin.isatty() and sys.stderr.isatty())
    if known["outcome"] != "unknown" and not (served and known["outcome"] in _UNDER_WAY):
        # Handed in before: whoever lost the answer gets it again.
        return _say(known, as_json=wanted.json)
    if not served:
        refusal = Refusal(NO_TILL)
        sys.stderr.write(f"{refusal.say('zh')}\n{refusal.say('en')}\n")
        return LATER
    if known["outcome"] != "open":
        handed_in.hand_in(directory, wanted.bill)
    if running:
        try:
            with ended_by_signals():
                _wait(directory, given.id)
        except (KeyboardInterrupt, SystemExit):
            handed_in.withdraw(directory, given.id)
    else:
        from terminal.screen import till  # noqa: PLC0415 - only where the screen is opened

        till.run(directory, until=lambda: _over(directory, given.id))
    return _say(_look(directory, given.id), as_json=wanted.json)


def status(wanted: argparse.Namespace) -> int:
    """Answer what became of a bill or settlement. 1 = nothing of this id is known."""
    try:
        return _say(_look(wanted.data_dir, wanted.id), as_json=wanted.json)
    except JournalError as damaged:
        return _unread(damaged, as_json=wanted.json)


def _add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data-dir", type=Path, default=Path(platformdirs.user_state_dir("yibao")))
    parser.add_argument("--json", action="store_true")


def _wait(directory: Path, number: str) -> None:
    """Wait for the end of the bill, or of the till: then it goes on when the till is opened again."""
    while not _over(directory, number) and _till_runs(directory):
        time.sleep(_LOOK_S)


def _over(directory: Path, number: str) -> bool:
    return _look(directory, number)["outcome"] not in _UNDER_WAY


def _till_runs(directory: Path) -> bool:
    return operating_system.locked(directory / "till.lock")


def _look(directory: Path, number: str) -> Answer:
    try:
        with Journal(directory, role="reader", clock=SystemClock(), entropy=SystemEntropy(), counter=None) as journal:
            slips = _slips(journal, directory)
            if number and not journal.records(number):
                return transaction.of_bill(journal, slips, directory, number)
            subject = number or transaction.last(journal)
            return transaction.of_subject(journal, slips, subject) if subject else transaction.answer("", "unknown")
    except JournalMissing:
        # The till has not been opened here yet.
        return transaction.answer(number, "waiting" if number and handed_in.lies(directory, number) else "unknown")


def _unread(damaged: JournalError, *, as_json: bool) -> int:
    """Say that the journal cannot be read: the bill may well be paid, so this is never "nothing is known of it"."""
    sys.stderr.write(f"{damaged.say('zh')}\n{damaged.say('en')}\n")
    if as_json:
        said = {"code": damaged.code, "zh": damaged.say("zh"), "en": damaged.say("en")}
        sys.stdout.write(json.dumps({"schema": transaction.SCHEMA, "outcome": "unreadable", "error": said}, ensure_ascii=False) + "\n")
    return LATER


def _slips(journal: Journal, directory: Path) -> tuple[Slips, int]:
    settings = Settings.load(directory / "settings.toml")
    return Slips(journal, clock_of(settings.clock.file), issuer_of(settings)), settings.slip.width


def _say(answer: Answer, *, as_json: bool) -> int:
    if as_json:
        said = json.dumps(answer, ensure_ascii=False) + "\n"
    else:
        apart = {"schema", "setlinfo", "slip"}
        known = {key: value for key, value in answer.items() if key not in apart and value not in ("", format_yuan(0), False)}
        words = [f"{key:<10} {one_line(str(value))}" for key, value in known.items()]
        paid = answer.get("setlinfo", {})
        words += [f"  {name:<18}{one_line(str(value)):>14}" for name, value in paid.items() if value != format_yuan(0)]
        said = "\n".join([*words, *map(one_line, answer.get("slip", "").splitlines())]) + "\n"
    try:
        sys.stdout.write(said)
        sys.stdout.flush()
    except BrokenPipeError:
        # Nobody reads; the exit code is an answer by itself here, and still says what became of it.
        drop()
    return _CODES[answer["outcome"]]
