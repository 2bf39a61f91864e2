"""Bills that another program hands in (``yibao pay``, or a file put into the folder): taken by the till when its screen is free.

A file ``<id>.json`` in ``bills/`` of the data directory waits until the till takes it. From then on the journal knows under
which draft the bill was made, and what became of it is read there (:mod:`terminal.transaction`): nothing is kept twice, and
handing the same id in again changes nothing.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from config.case_file import lines_of
from offline_queue import operating_system
from settlement.bill import Line
from settlement.errors import Phrase, SettingsError, Words
from terminal import drafts
from terminal.open_bill import OpenBill, taken_over

if TYPE_CHECKING:
    from offline_queue.journal import Journal

FOLDER = "bills"
_ID = re.compile(r"[0-9A-Za-z._-]{1,64}", re.ASCII)
_LARGEST = 1_048_576
_SAFE_ZH, _SAFE_EN = "没有动用任何钱。", "No money moved."


class BillUnreadable(SettingsError):
    """What another program handed in is no bill."""

    phrase = Phrase(
        "BILL-UNREADABLE",
        zh=Words(
            "单据文件 {file} 不能用：{what}。",
            _SAFE_ZH,
            "请按 docs/bill-format.md 改正后用同一编号再交。",
            "不要改用手工录入后又再交一次。",
        ),
        en=Words(
            "The bill file {file} cannot be used: {what}.",
            _SAFE_EN,
            "Mend it as docs/bill-format.md says and hand it in again under the same id.",
            "Do not type the bill by hand and hand it in as well.",
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedIn:
    """One bill of another program."""

    id: str
    """That program's own number of it: letters, digits, ``.``, ``_``, ``-``."""
    lines: tuple[Line, ...]
    rxno: str = ""


def read(path: Path) -> HandedIn:
    """Return the bill in a file. Raises :class:`BillUnreadable` and :class:`~config.case_file.CaseMalformed` for a line."""
    name = path.name
    try:
        if path.stat().st_size > _LARGEST:
            raise BillUnreadable(file=name, what=f"> {_LARGEST} bytes")
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise BillUnreadable(file=name, what=error.strerror or type(error).__name__) from error
    except (ValueError, RecursionError) as error:
        raise BillUnreadable(file=name, what="JSON, UTF-8") from error
    return _bill(content, name)


def hand_in(directory: Path, bill: Path) -> HandedIn:
    """Put the bill into the till's folder, whole or not at all, and return it. Raises what :func:`read` raises."""
    given = read(bill)
    folder = directory / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    operating_system.write_private(folder / f"{given.id}.json", bill.read_bytes())
    return given


def withdraw(directory: Path, number: str) -> bool:
    """Take a bill back that the till has not taken; False when it has."""
    try:
        (directory / FOLDER / f"{number}.json").unlink()
    except FileNotFoundError:
        return False
    return True


def waiting(directory: Path) -> list[Path]:
    """Return the files that wait, oldest first."""
    folder = directory / FOLDER
    if not folder.is_dir():
        return []
    return sorted(folder.glob("*.json"), key=lambda path: (path.stat().st_mtime_ns, path.name))


def take(journal: Journal, path: Path) -> OpenBill | None:
    """Take a waiting bill as the unfinished one; None when its id was taken before. The file is gone afterwards.

    Raises what :func:`read` raises; the file is set aside as ``.refused`` then, so that it does not stop the next one.
    """
    try:
        given = read(path)
    except SettingsError:
        path.replace(path.with_suffix(".refused"))
        raise
    known = journal.notes.get(_note(given.id))
    bill = None
    if not known:
        bill = taken_over(given.lines, draft=drafts.new(journal).draft)
        bill = OpenBill(draft=bill.draft, lines=bill.lines, next_sn=bill.next_sn, rxno=given.rxno)
        drafts.save(journal, bill)
        journal.notes.put(_note(given.id), {"draft": bill.draft, "cancelled": False})
    path.unlink(missing_ok=True)
    return bill


def draft_of(journal: Journal, number: str) -> str:
    """Return the draft that the bill ``number`` became, empty when the till has not taken it."""
    return str(journal.notes.get(_note(number)).get("draft", ""))


def cancelled(journal: Journal, number: str) -> bool:
    """Whether the cashier cleared the bill."""
    return bool(journal.notes.get(_note(number)).get("cancelled"))


def cancel(journal: Journal, number: str) -> None:
    """Note that the cashier cleared the bill: nothing was sold."""
    journal.notes.put(_note(number), {"draft": draft_of(journal, number), "cancelled": True})


def _note(number: str) -> str:
    return f"bill:{number}"


def _bill(content: Any, name: str) -> HandedIn:  # noqa: ANN401 - what a file holds
    if not isinstance(content, dict):
        raise BillUnreadable(file=name, what="{…}")
    for key in content.keys() - {"id", "lines", "prescription"}:
        raise BillUnreadable(file=name, what=f"{key}?")
    number, rows, rxno = content.get("id"), content.get("lines"), content.get("prescription", "")
    if not isinstance(number, str) or not _ID.fullmatch(number):
        raise BillUnreadable(file=name, what="id")
    if not isinstance(rows, list) or not rows or not all(isinstance(line, dict) for line in rows):
        raise BillUnreadable(file=name, what="lines")
    if not isinstance(rxno, str):
        raise BillUnreadable(file=name, what="prescription")
    return HandedIn(id=number, lines=lines_of(rows, file=name), rxno=rxno)
