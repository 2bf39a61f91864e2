"""``yibao doctor``: is this counter fit to work, in plain words. It changes nothing and sells nothing."""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import sys
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from importlib import metadata
from pathlib import Path
from typing import Any

import platformdirs
import sqlcipher3.dbapi2 as sqlcipher

from config.clock import Clock, clock_of
from config.entropy import entropy_of
from config.regions import policy_for
from config.settings import Settings
from offline_queue import operating_system
from offline_queue.journal import CounterIdentity, Journal, SenderStatus
from offline_queue.operating_system import RESERVE_BYTES
from settlement.errors import OperatorError, Refusal
from settlement.plain import one_line
from terminal import doctor_files, doctor_transcript
from terminal.cards.opening import open_card
from terminal.finding import Finding, State
from terminal.paper.delivery import examine
from terminal.paper.errors import PRINTER_NONE
from terminal.paper.transports import transport_of
from terminal.screen.cashier.painting import COLUMNS_MIN, ROWS_MIN, too_small
from terminal.screen.probe import probe
from terminal.screen.refusals import TerminalNotUtf8

OK, FOUND, DEVICE, NETWORK = 0, 1, 4, 5
SCHEMA = 1
_DISK_MIN = 16 * RESERVE_BYTES
_SKEW_S = 300
_DRAWN = {
    0: ("线条宽度未知，按 1 列", "width of lines not answered, taken as 1"),
    1: ("线条宽 1 列", "lines are 1 column wide"),
    2: ("线条宽 2 列，改用安全字符", "lines are 2 columns wide: safe characters are used"),
}
"""Columns of a doubtful character → what that means."""


def add_parser(commands: Any) -> None:  # noqa: ANN401 - argparse's own type is private
    """Add the command to ``yibao``."""
    parser = commands.add_parser("doctor", help="检查收款台 / check the counter")
    parser.add_argument("--data-dir", type=Path, default=Path(platformdirs.user_state_dir("yibao")))
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--transcript", type=Path, metavar="FILE", help="解读一张实体卡的 APDU 记录 / decode the trace of a plastic card")
    parser.set_defaults(run=run)


def run(wanted: argparse.Namespace) -> int:
    """Look at everything and say what was found; the first fault names the exit code."""
    if wanted.transcript is not None:
        return doctor_transcript.run(wanted.transcript, as_json=wanted.json)
    findings = look_at(wanted.data_dir)
    if wanted.json:
        sys.stdout.write(json.dumps({"schema": SCHEMA, "findings": [asdict(finding) for finding in findings]}, ensure_ascii=False) + "\n")
    else:
        for finding in findings:
            mark = {"ok": "✓", "warning": "!", "fault": "✗"}[finding.state]
            sys.stdout.write(f"{mark} {finding.subject:<8} {one_line(finding.zh)} / {one_line(finding.en)}\n")
    faults = {finding.subject for finding in findings if finding.state == "fault"}
    if faults & {"reader", "card", "psam", "printer"}:
        return DEVICE
    return NETWORK if faults & {"centre"} else FOUND if faults else OK


_UNSURE = {
    "weak": ("出处薄弱", "weak"),
    "unconfirmed": ("未经确认", "unconfirmed"),
    "missing": ("没有出处（遇到就拒绝）", "missing (such a bill is refused)"),
}
"""What a pack's values may be short of, as doctor says it."""


def look_at(directory: Path, *, card: bool = True, terminal: bool = True) -> list[Finding]:
    """Look at everything. It takes seconds where a reader or a printer does not answer.

    Without ``card`` reader, card and PSAM are left alone, since looking resets what a sale may be using; without ``terminal``
    the terminal is, whose answer would reach the screen that is open on it. Raises :class:`~settlement.errors.SettingsError`.
    """
    settings = Settings.load(directory / "settings.toml")
    clock = clock_of(settings.clock.file)
    return [
        *(_card(settings) if card else []),
        _printer(settings, directory, clock),
        *_journal(settings, directory, clock),
        *doctor_files.findings(directory),
        _rules(settings, clock),
        _disk(directory),
        *(_terminal(clock) if terminal else []),
        _versions(),
    ]


def _card(settings: Settings) -> list[Finding]:
    """Look at reader, card and PSAM without asking a PIN: the card proves itself through the PSAM."""
    try:
        card = open_card(settings)
    except OperatorError as error:
        subject = {"CARD-NONE": "card", "CARD-NO-PSAM": "psam"}.get(error.code, "reader")
        # No card in the slot is how a counter stands most of the day.
        return [_error(subject, error, "warning" if error.code == "CARD-NONE" else "fault")]
    try:
        holder = card.identify()
        terminal = card.keys.terminal_number()
    except OperatorError as error:
        return [_error("psam" if "PSAM" in error.code else "card", error, "fault")]
    finally:
        card.close()
    return [
        Finding(subject="reader", state="ok", zh="读卡器可用", en="the reader works"),
        Finding(
            subject="card", state="ok", zh=f"社会保障卡，规范 {holder.version}，内部认证通过", en=f"LD/T card {holder.version}, genuine"
        ),
        Finding(subject="psam", state="ok", zh=f"终端机编号 {terminal}", en=f"terminal number {terminal}"),
    ]


def _printer(settings: Settings, directory: Path, clock: Clock) -> Finding:
    """Ask the printer how it is, unless a till holds it; nothing is printed."""
    printer = settings.printer
    transport = transport_of(printer)
    if transport is None:
        return Finding(subject="printer", state="warning", zh="没有设置打印机", en="no printer is set", code=PRINTER_NONE.code)
    if operating_system.locked(directory / "till.lock"):
        return Finding(subject="printer", state="ok", zh="收银程序正在使用打印机，未检查", en="the till holds the printer: not looked at")
    try:
        transport.open()
        try:
            if transport.answers:
                examine(transport, clock=clock, patience_s=printer.patience_s)
        finally:
            transport.close()
    except OperatorError as error:
        return _error("printer", error, "fault")
    zh, en = (
        ("有纸，可打印", "on-line, with paper") if transport.answers else ("已连接；不回答状态", "it can be opened; it gives no status")
    )
    return Finding(subject="printer", state="ok", zh=zh, en=en)


def _journal(settings: Settings, directory: Path, clock: Clock) -> list[Finding]:
    counter = CounterIdentity(fixmedins_code=settings.counter.fixmedins_code, till=settings.counter.till)
    entropy = entropy_of(settings.demonstration.seed)
    try:
        with Journal(directory, role="reader", clock=clock, entropy=entropy, counter=counter) as journal:
            count, _ = journal.tip()
            status, queue, doubts = journal.notes.sender_status(), len(journal.owed()), len(journal.open_subjects())
            restored = [doctor_files.of_restore(journal.restored)] if journal.restored else []
    except OperatorError as error:
        return [_error("journal", error, "fault")]
    kept = Finding(
        subject="journal",
        state="warning" if doubts else "ok",
        zh=f"{count} 条记录，未了结 {doubts} 笔",
        en=f"{count} records, {doubts} unfinished",
    )
    return [kept, *restored, _centre(status, queue), _hotlist(status), _clock(status, clock)]


def _centre(status: SenderStatus, queue: int) -> Finding:
    if not status.alive:
        zh, en = f"发送进程没有回应，队列 {queue}", f"the sender is silent, queue {queue}"
        return Finding(subject="centre", state="fault", zh=zh, en=en, code="SYNC-SILENT")
    line = {"up": "通", "down": "断", "unknown": "不明"}[status.line]
    state: State = "ok" if status.line == "up" else "fault"
    return Finding(
        subject="centre",
        state=state,
        zh=f"线路{line}（自 {status.since}），队列 {queue}",
        en=f"line {status.line} since {status.since}, queue {queue}",
    )


def _hotlist(status: SenderStatus) -> Finding:
    if not status.hotlist_time:
        return Finding(subject="hotlist", state="warning", zh="还没有挂失名单，不能脱机", en="no hotlist yet: nothing off-line")
    return Finding(
        subject="hotlist",
        state="ok",
        zh=f"版本 {status.hotlist_version}（{status.hotlist_time}）",
        en=f"version {status.hotlist_version} of {status.hotlist_time}",
    )


def _clock(status: SenderStatus, clock: Clock) -> Finding:
    now = clock.now()
    if not status.signed_time:
        return Finding(subject="clock", state="warning", zh="还没有中心签名时间可比", en="no signed centre time to compare with")
    behind_s = (datetime.fromisoformat(status.signed_time) - now).total_seconds()
    if behind_s > _SKEW_S:
        zh, en = (
            f"本机时间慢 {int(behind_s)} 秒，请校时；没有动用任何钱",
            f"this clock is {int(behind_s)} s behind the centre's: set it; no money moved",
        )
        return Finding(subject="clock", state="fault", zh=zh, en=en, code="CLOCK-BEHIND")
    return Finding(subject="clock", state="ok", zh=f"{now:%Y-%m-%d %H:%M:%S}", en="not behind the centre's signed time")


def _rules(settings: Settings, clock: Clock) -> Finding:
    directory = settings.regions.directory
    try:
        policy = policy_for(settings.counter.admdvs, clock.now().strftime("%Y-%m-%d"), Path(directory) if directory else None)
    except OperatorError as error:
        return _error("rules", error, "fault")
    if isinstance(policy, Refusal):
        return Finding(subject="rules", state="fault", zh=policy.say("zh"), en=policy.say("en"), code=policy.code)
    zh, en = f"{policy.name} {policy.pack}，脱机 {policy.offline_account}", f"{policy.pack}, off-line {policy.offline_account}"
    by_status = policy.by_status()
    for status, (status_zh, status_en) in _UNSURE.items():
        if keys := by_status.get(status, ()):
            zh += f"；{status_zh} {len(keys)} 项：{'、'.join(keys)}"
            en += f"; {len(keys)} {status_en}: {', '.join(keys)}"
    return Finding(subject="rules", state="ok", zh=zh, en=en)


def _disk(directory: Path) -> Finding:
    free = shutil.disk_usage(directory if directory.exists() else directory.parent).free
    state: State = "ok" if free > _DISK_MIN else "fault"
    megabytes = free // 1_048_576
    return Finding(
        subject="disk", state=state, zh=f"可用 {megabytes} MB", en=f"{megabytes} MB free", code="" if state == "ok" else "DISK-LOW"
    )


def _terminal(clock: Clock) -> list[Finding]:
    """Look at the terminal that this runs in, if a person sits at one."""
    traits = probe(os.environ, clock)
    if not traits.tty:
        return []
    size, hues = f"{traits.columns}×{traits.rows}", "NO_COLOR" if traits.no_color else traits.colours
    if not traits.chinese:
        return [_error("terminal", TerminalNotUtf8(why=f"丰 = {traits.han_columns}" if traits.utf8 else "LANG"), "fault")]
    if too_small(traits.columns, traits.rows):
        zh, en = f"{size}，太小：至少 {COLUMNS_MIN}×{ROWS_MIN}", f"{size}: too small, {COLUMNS_MIN}×{ROWS_MIN} at least"
        return [Finding(subject="terminal", state="warning", zh=zh, en=en, code="SCREEN-SMALL")]
    zh, en = _DRAWN[min(traits.ambiguous_columns, 2)]
    return [Finding(subject="terminal", state="ok", zh=f"{size}，UTF-8，颜色 {hues}，{zh}", en=f"{size}, UTF-8, colours {hues}, {en}")]


def _versions() -> Finding:
    wanted: dict[str, Callable[[], str]] = {
        "yibao-terminal": lambda: metadata.version("yibao-terminal"),
        "Python": platform.python_version,
        "SQLite": lambda: str(sqlcipher.sqlite_version),
    }
    said = []
    for name, version in wanted.items():
        try:
            said.append(f"{name} {version()}")
        except metadata.PackageNotFoundError:
            said.append(f"{name} —")
    said.append(platform.machine())
    return Finding(subject="versions", state="ok", zh="，".join(said), en=", ".join(said))


def _error(subject: str, error: OperatorError, state: State) -> Finding:
    return Finding(subject=subject, state=state, zh=error.say("zh"), en=error.say("en"), code=error.code)
