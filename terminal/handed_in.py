"""Bills that another program hands in (``yibao pay``, or a file put into the folder): taken by the till when its screen is free.

A file ``<id>.json`` in ``bills/`` of the data directory waits. The till *offers* it to its screen: from then on it lies there
as ``<id>.taking``, and a note ties its id to the draft that it will be, so that whatever becomes of that draft is found under
the id. The bill is *taken* when the screen shows it: in one transaction the note says so and the bill is the unfinished one;
then the file goes. One that the screen cannot show waits on, under the same draft. Whoever is killed between any two steps finds
the bill waiting or on the screen, never both, never neither.

What became of it is read in the journal (:mod:`terminal.transaction`): nothing is kept twice, and handing the same id in again
changes nothing.
"""

from __future__ import annotations

import json
import re
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from config.case_file import lines_of
from offline_queue import operating_system
from settlement.bill import Line
from settlement.drugs import NO_PAPERS, Papers
from settlement.errors import Phrase, Refusal, SettingsError, Words
from terminal import drafts
from terminal.handed_in_papers import PapersFault, papers_of
from terminal.handed_in_visit import VisitFault, visit_of
from terminal.open_bill import OpenBill, taken_over

if TYPE_CHECKING:
    from offline_queue.journal import Journal
    from terminal.open_visit import Ordered

FOLDER = "bills"
_WAITING, _TAKING, _REFUSED = ".json", ".taking", ".refused"
_ID = re.compile(r"[0-9A-Za-z_-][0-9A-Za-z._-]{0,63}", re.ASCII)
_LINE_ID_MOST = 30
"""Characters of ``feedetl_sn``."""
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
    """That program's own number of it: letters, digits, ``.``, ``_``, ``-``; no ``.`` at its beginning."""
    lines: tuple[Line, ...]
    rxno: str = ""
    papers: Papers = NO_PAPERS
    """What that program has seen for its drugs."""
    visit: Ordered | None = None
    """The visit at a clinic that it charges."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """What the till has noted of a bill."""

    draft: str = ""
    """The draft that it became first; empty when it was never offered."""
    taken: bool = False
    cancelled: bool = False
    """Whether the cashier cleared it."""


# --- the program that hands in ---------------------------------------------------------------------------


def read(path: Path) -> HandedIn:
    """Return the bill in a file. Raises :class:`BillUnreadable` and :class:`~config.case_file.CaseMalformed` for a line."""
    name = path.name
    try:
        if path.stat().st_size > _LARGEST:
            raise BillUnreadable(file=name, what=f"> {_LARGEST} bytes")
        content = json.loads(path.read_text(encoding="utf-8-sig"))
        # Half of a surrogate pair is a text to Python alone: neither the journal nor the centre could take it.
        json.dumps(content, ensure_ascii=False).encode()
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
    operating_system.write_private(folder / f"{given.id}{_WAITING}", bill.read_bytes())
    return given


def withdraw(directory: Path, number: str) -> bool:
    """Take a bill back that the till has neither taken nor offered to its screen; False when it has."""
    try:
        (directory / FOLDER / f"{number}{_WAITING}").unlink()
    except FileNotFoundError:
        return False
    return True


def lies(directory: Path, number: str) -> bool:
    """Whether the bill's file is in the folder."""
    # In this order: the one becomes the other.
    return any((directory / FOLDER / f"{number}{suffix}").exists() for suffix in (_WAITING, _TAKING))


# --- the till --------------------------------------------------------------------------------------------


def waiting(directory: Path) -> list[Path]:
    """Return the files that wait, those first that were offered before, then the oldest."""
    return [path for _, path in sorted(_found(directory / FOLDER))]


def offer(journal: Journal, path: Path) -> OpenBill | None:
    """Return a waiting bill under the name of its draft; None when its id was taken before, or its file was withdrawn.

    It is not taken by this: :func:`keep` does that. Raises what :func:`read` raises; the file is set aside as ``.refused``
    then, so that it does not stop the next one.
    """
    given = _given(path)
    if given is None:
        return None
    known = noted(journal, given.id)
    if _over(journal, known):
        _discard(path)
        return None
    try:
        path.replace(path.with_suffix(_TAKING))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise BillUnreadable(file=path.name, what=error.strerror or type(error).__name__) from error
    draft = known.draft
    if not draft:
        draft = drafts.new(journal).draft
        journal.notes.put(_note(given.id), _content(draft, taken=False))
    return replace(taken_over(given.lines, draft=draft), rxno=given.rxno, papers=given.papers, handed_in=given.id, ordered=given.visit)


def keep(journal: Journal, bill: OpenBill) -> None:
    """Keep another program's bill as the unfinished one. The first time it is taken by that, and its file goes."""
    if noted(journal, bill.handed_in).taken:
        drafts.save(journal, bill)
        return
    notes = {drafts.NOTE: drafts.note_of(bill), _note(bill.handed_in): _content(bill.draft, taken=True)}
    journal.notes.put_all(notes)
    _discard(journal.directory / FOLDER / f"{bill.handed_in}{_TAKING}")


def cancel(journal: Journal, bill: OpenBill) -> None:
    """Forget another program's bill that the cashier cleared, and note that: nothing is sold by it."""
    known = noted(journal, bill.handed_in)
    cleared = {**_content(known.draft or bill.draft, taken=True), "cancelled": True}
    journal.notes.put_all({drafts.NOTE: {}, _note(bill.handed_in): cleared})


def noted(journal: Journal, number: str) -> Noted:
    """Return what the till has noted of the bill ``number``."""
    content = journal.notes.get(_note(number))
    # A note of before offers were noted is of a bill that was taken.
    return Noted(draft=content["draft"], taken=content.get("taken", True), cancelled=content["cancelled"]) if content else Noted()


# --- inside ----------------------------------------------------------------------------------------------


def _note(number: str) -> str:
    return f"bill:{number}"


def _content(draft: str, *, taken: bool) -> dict[str, Any]:
    return {"draft": draft, "taken": taken, "cancelled": False}


def _found(folder: Path) -> list[tuple[tuple[bool, int, str], Path]]:
    found = []
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.suffix in {_WAITING, _TAKING}:
            # It may be withdrawn meanwhile.
            with suppress(FileNotFoundError):
                found.append(((path.suffix == _WAITING, path.stat().st_mtime_ns, path.name), path))
    return found


def _given(path: Path) -> HandedIn | None:
    """Return the bill in a file of the folder, None when the file is gone; one that is no bill is set aside."""
    try:
        given = read(path)
        if given.id != path.stem:
            raise BillUnreadable(file=path.name, what=f"id ≠ {path.stem}")
    except SettingsError:
        try:
            path.replace(path.with_suffix(_REFUSED))
        except FileNotFoundError:
            return None
        except OSError:
            # It stays where it is, and is told again at the next look.
            pass
        raise
    return given


def _over(journal: Journal, known: Noted) -> bool:
    """Whether the bill was taken before. One that the journal did not keep, but that was sold or put aside all the same, was."""
    if known.taken or not known.draft:
        return known.taken
    trail = drafts.follow(journal, known.draft)
    return bool(trail.sales) or trail.held


def _discard(path: Path) -> None:
    """Remove a file that is done with. What stays is known as taken at the next look."""
    with suppress(OSError):
        path.unlink(missing_ok=True)


def _bill(content: Any, name: str) -> HandedIn:  # noqa: ANN401 - what a file holds
    if not isinstance(content, dict):
        raise BillUnreadable(file=name, what="{…}")
    for key in content.keys() - {"id", "lines", "prescription", "papers", "visit"}:
        raise BillUnreadable(file=name, what=f"{key}?")
    number, rows, rxno = content.get("id"), content.get("lines"), content.get("prescription", "")
    if not isinstance(number, str) or not _ID.fullmatch(number):
        raise BillUnreadable(file=name, what="id")
    if not isinstance(rows, list) or not rows or not all(isinstance(line, dict) for line in rows):
        raise BillUnreadable(file=name, what="lines")
    if not isinstance(rxno, str) or isinstance(OpenBill().prescribe(rxno), Refusal):
        raise BillUnreadable(file=name, what="prescription")
    lines = lines_of(rows, file=name)
    ids = {line.feedetl_sn for line in lines if len(line.feedetl_sn) <= _LINE_ID_MOST}
    if len(ids) < len(lines):
        raise BillUnreadable(file=name, what="lines[].id")
    try:
        visit = visit_of(content["visit"]) if "visit" in content else None
        papers = papers_of(content.get("papers"))
    except (VisitFault, PapersFault) as fault:
        raise BillUnreadable(file=name, what=str(fault)) from fault
    return HandedIn(id=number, lines=lines, rxno=rxno, papers=papers, visit=visit)
