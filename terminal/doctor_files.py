"""What ``yibao doctor`` finds beside the journal: key, reserve, logs, a restore, dumps of a crash, answers of the algorithms."""

from __future__ import annotations

import os
from pathlib import Path

from config.log_file import FOLDER
from offline_queue import known_answers, operating_system
from offline_queue.journal import Restored
from offline_queue.journal.errors import KeyExposed, WrongKey
from offline_queue.journal.journal import RESERVE_NAME
from offline_queue.journal.key import KEY_NAME
from offline_queue.known_answers import CryptoWrong
from offline_queue.process import CoreDumps
from settlement import refusals
from settlement.errors import OperatorError
from terminal.finding import Finding


def findings(directory: Path) -> list[Finding]:
    """Look at the files beside the journal. Nothing is made or changed."""
    return [_key(directory), _reserve(directory), _logs(directory), _core_dumps(), _algorithms()]


def of_restore(restored: Restored) -> Finding:
    """Return what a journal that came back from a backup means for the counter."""
    return Finding(
        subject="restored",
        state="warning",
        zh=f"账本在第 {restored.count} 条从备份恢复，小票 {restored.epoch} 期：不能脱机扣账户，不补结算恢复前的凭条",
        en=f"restored from a backup at record {restored.count}, epoch {restored.epoch}: no account off-line, no slip of before it",
        code=refusals.OFFLINE_RESTORED.code,
    )


def _key(directory: Path) -> Finding:
    path = directory / KEY_NAME
    if not path.exists():
        return _fault("key", WrongKey())
    if operating_system.readable_by_others(path):
        return _fault("key", KeyExposed(file=path.name))
    return Finding(subject="key", state="ok", zh="密钥只有本人可读", en="only its owner can read the key")


def _reserve(directory: Path) -> Finding:
    path = directory / RESERVE_NAME
    if path.exists() and path.stat().st_size >= operating_system.RESERVE_BYTES:
        megabytes = operating_system.RESERVE_BYTES // 1_048_576
        return Finding(subject="reserve", state="ok", zh=f"预留 {megabytes} MB，磁盘满时用", en=f"{megabytes} MB kept for a full disk")
    return Finding(
        subject="reserve",
        state="warning",
        zh="没有预留文件：磁盘满时已扣款的可能记不下来；启动收银程序会重建",
        en="no reserve file: on a full disk what has moved may not be booked; the till makes it when it starts",
        code="RESERVE-MISSING",
    )


def _logs(directory: Path) -> Finding:
    folder = directory / FOLDER
    if not folder.exists():
        return Finding(subject="logs", state="ok", zh="还没有日志，启动后生成", en="no log yet: the till and the sender make it")
    if not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
        return Finding(
            subject="logs",
            state="warning",
            zh="日志目录不能写，日志没有保存",
            en="the folder cannot be written: no log",
            code="LOG-UNWRITABLE",
        )
    if any(operating_system.readable_by_others(path) for path in (folder, *folder.iterdir())):
        return Finding(subject="logs", state="warning", zh="日志可被他人读取", en="others can read the logs", code="LOG-EXPOSED")
    kilobytes = sum(path.stat().st_size for path in folder.iterdir()) // 1024
    return Finding(subject="logs", state="ok", zh=f"日志 {kilobytes} KB", en=f"{kilobytes} KB of logs")


def _core_dumps() -> Finding:
    if operating_system.core_dumps_forbidden():
        return Finding(subject="core", state="ok", zh="崩溃不留内存转储", en="a crash leaves no core dump")
    return _fault("core", CoreDumps())


def _algorithms() -> Finding:
    wrong = known_answers.failing()
    if wrong:
        return _fault("crypto", CryptoWrong(algorithm=wrong))
    names = ", ".join(known.algorithm for known in known_answers.TABLE)
    return Finding(subject="crypto", state="ok", zh=f"{names} 自检通过", en=f"{names} give the answers of their standards")


def _fault(subject: str, error: OperatorError) -> Finding:
    return Finding(subject=subject, state="fault", zh=error.say("zh"), en=error.say("en"), code=error.code)
