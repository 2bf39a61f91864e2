"""``yibao-journal backup`` and ``yibao-journal restore``: the second is the only one of its commands that writes the journal."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from config.clock import CHINA, SystemClock, clock_of
from config.entropy import SystemEntropy, entropy_of
from config.settings import Settings, settings_file
from offline_queue.journal import CounterIdentity, Journal, Restored, backup, restore
from offline_queue.journal.anchor import HEAD_NAME
from offline_queue.journal.exchange import DATABASE_NAMES
from offline_queue.journal.key import KEY_NAME

OK = 0
SCHEMA = 1


def add_parsers(commands: Any, directory: Path) -> None:  # noqa: ANN401 - argparse's own type is private
    """Add both commands to ``yibao-journal``; ``directory`` is the data directory when none is given."""
    kept = commands.add_parser("backup", help="备份，收银和发送照常 / back up while till and sender work")
    kept.add_argument("file", type=Path, help="备份文件；给文件夹则按条数命名 / the file; in a folder it is named by its count")
    kept.add_argument("--keep", type=_at_least_one, help="文件夹中只留最新的几份 / in a folder, keep this many of the newest")
    kept.set_defaults(run=_backup)
    back = commands.add_parser("restore", help="从备份恢复（写账本） / restore from a backup: writes the journal")
    back.add_argument("file", type=Path, help="备份文件 / the backup")
    back.set_defaults(run=_restore)
    for command in (kept, back):
        command.add_argument("--data-dir", type=Path, default=directory)
        command.add_argument("--force", action="store_true", help="覆盖，或放弃备份以后的记录 / overwrite; give up later records")
        command.add_argument("--json", action="store_true")


def _at_least_one(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        message = "1 或更多 / 1 or more"
        raise argparse.ArgumentTypeError(message)
    return int(text)


def _backup(wanted: argparse.Namespace) -> int:
    with Journal(wanted.data_dir, role="reader", clock=SystemClock(), entropy=SystemEntropy(), counter=None) as journal:
        folder: Path | None = wanted.file if wanted.file.is_dir() else None
        file = backup.file_in(journal, folder) if folder else wanted.file
        # In a folder the name says what is in it: the same name is the same journal, and an erased person goes from it.
        made = backup.write(journal, file, overwrite=wanted.force or folder is not None)
        dropped = backup.drop_oldest(journal, folder, keep=wanted.keep) if folder and wanted.keep else []
    key_path = wanted.data_dir / KEY_NAME
    if wanted.json:
        said = {
            "file": str(made.path),
            "count": made.count,
            "head": made.head,
            "key": str(key_path),
            "dropped": [str(one) for one in dropped],
        }
        return _write(said)
    sys.stdout.write(
        f"已备份并校验 / backed up and verified: {made.path}\n"
        f"{made.count} 条记录 / records, {made.head[:16]}\n"
        f"密钥不在备份里，请把它另存到别处，与备份分开保管；没有它，备份打不开：{key_path}\n"
        f"The key is not in the backup. Keep a copy of it apart from the backup; nothing opens it without: {key_path}\n"
    )
    return OK


def _restore(wanted: argparse.Namespace) -> int:
    settings = Settings.load(settings_file(wanted.data_dir))
    done = restore.restore(
        wanted.data_dir,
        wanted.file,
        counter=CounterIdentity(fixmedins_code=settings.counter.fixmedins_code, till=settings.counter.till),
        clock=clock_of(settings.clock.file),
        entropy=entropy_of(settings.demonstration.seed),
        force=wanted.force,
        # A simulated clock has no part in the times of files.
        written=None if settings.clock.file else _last_written(wanted.data_dir),
    )
    back = done.restored
    if wanted.json:
        return _write({**_body(back), "lost_known": back.lost_known, "aside": str(done.aside) if done.aside else ""})
    sys.stdout.write(f"{_said(back)}{_aside(done)}{MAY}")
    return OK


def _last_written(directory: Path) -> datetime | None:
    paths = [directory / name for name in (*DATABASE_NAMES, HEAD_NAME)]
    times = [path.stat().st_mtime for path in paths if path.exists()]
    return datetime.fromtimestamp(max(times), CHINA) if times else None


def _body(back: Restored) -> dict[str, Any]:
    return {"epoch": back.epoch, "count": back.count, "head": back.head, "last_at": back.last_at, "known": back.known}


def _said(back: Restored) -> str:
    after_zh, after_en = (f"{back.last_at} 之后", f"after {back.last_at}") if back.last_at else ("此前", "before now")
    known_zh = "不知道丢了多少" if back.known is None else f"已知丢失 {back.lost_known} 条"
    known_en = "how much is lost is not known" if back.known is None else f"{back.lost_known} records are known to be lost"
    return (
        f"已恢复到第 {back.count} 条，小票从 {back.epoch} 期重新编号。{known_zh}；{after_zh}发生的事可能不在账本里。\n"
        f"Restored at record {back.count}; receipts begin anew in epoch {back.epoch}. {known_en[0].upper()}{known_en[1:]}; "
        f"what happened {after_en} may not be in the journal.\n"
    )


def _aside(done: restore.Result) -> str:
    return f"原来的文件 / the old files: {done.aside}\n" if done.aside else ""


MAY = (
    "现在可以：联网结算、收现金开凭条、撤销（由中心决定）。不可以：脱机扣账户、在本机补结算恢复前开的凭条。未送达的会先查询，不会重发。\n"
    "Now it may: settle on-line, take cash and give slips, void (the centre decides). It may not: use the account off-line, or settle a "
    "slip of before the restore. What was not sent is asked after first and never sent again unasked.\n"
)


def _write(content: dict[str, Any]) -> int:
    sys.stdout.write(json.dumps({"schema": SCHEMA, **content}, ensure_ascii=False) + "\n")
    return OK
