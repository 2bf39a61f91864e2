"""``yibao doctor --transcript FILE``: the trace of a plastic card, decoded by the tables that the till itself uses.

``✓`` independent public programs agree · ``?`` our reading, unconfirmed: what the trace shows is what to compare · ``·`` not in the tables.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from dataclasses import asdict
from pathlib import Path

from settlement.errors import SettingsError
from settlement.plain import one_line
from terminal.cards import transcript
from terminal.cards.errors import worded
from terminal.cards.transcript_words import Teller, Told

SCHEMA = "yibao.transcript/1"
OK, FOUND = 0, 1
_BYTES_MAX = 4_000_000
_MARKS = {"confirmed": "✓", "unconfirmed": "?", "unknown": "·"}


class TranscriptUnread(SettingsError):
    """The file is not there, or too large."""

    phrase = worded(
        "TRANSCRIPT-UNREAD",
        ("读不了这个卡记录文件：{why}", "核对文件名；最大 4 MB。", "不要把含密码的记录发给别人。"),
        (
            "The trace cannot be read: {why}",
            "Look at the file's name; 4 MB at most.",
            "Do not send traces with a PIN in them to anybody.",
        ),
    )


def run(path: Path, *, as_json: bool) -> int:
    """Say what a trace holds; 1 when it holds no exchange at all. Raises :class:`TranscriptUnread`."""
    found = transcript.read(_text(path))
    teller = Teller()
    told = [teller.tell(exchange) for exchange in found.exchanges]
    if as_json:
        rows = [asdict(one) for one in told]
        sys.stdout.write(json.dumps({"schema": SCHEMA, "exchanges": rows, "unread": found.unread}, ensure_ascii=False) + "\n")
    else:
        sys.stdout.write("".join(f"{_line(one)}\n" for one in told) + _summary(told, found.unread))
    return OK if told else FOUND


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > _BYTES_MAX:
            raise TranscriptUnread(why=f"{path.name} > 4 MB")
        content = path.read_bytes()
    except OSError as error:
        raise TranscriptUnread(why=f"{path.name}: {error.strerror}") from error
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("gb18030", errors="replace")


def _line(told: Told) -> str:
    status = f"{told.status} {told.zh} / {told.en}" if told.en else told.status
    return one_line(f"{_MARKS[told.known]} {told.line:>4} {told.name:<22} {told.detail}  {status}").rstrip()


def _summary(told: list[Told], unread: tuple[int, ...]) -> str:
    counts = Counter(one.known for one in told)
    lines = ", ".join(map(str, unread[:10])) + (" …" if len(unread) > 10 else "")  # noqa: PLR2004 - enough to find them
    zh = f"{len(told)} 次交换：已证实 {counts['confirmed']}，未证实 {counts['unconfirmed']}，不认识 {counts['unknown']}"
    en = f"{len(told)} exchanges: {counts['confirmed']} confirmed, {counts['unconfirmed']} unconfirmed, {counts['unknown']} not known"
    rest = f"；未读行 {lines} / lines not read {lines}" if unread else ""
    return f"{zh} / {en}{rest}\n"
