"""What the sender owes the centre, and what waits for what. Read on the desk's thread, laid out purely."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from terminal.screen.glyphs import Glyphs
from terminal.screen.literal import fit, literal, right, width
from terminal.screen.paint import Row, Span
from terminal.screen.technician.frame import Group, flow, labelled, prose, within
from terminal.screen.technician.story_rows import owed_word
from terminal.screen.words import tr

if TYPE_CHECKING:
    from offline_queue.journal import DueRow, Journal

SHOWN_MAX = 500
"""Of a queue; the oldest come first, and the sender takes them in this order."""
Because = Literal["", "person", "answer", "stuck"]
"""An earlier one of the same person goes first · the centre's answer to it is needed · and that one was set aside."""
_CODE_MAX, _STATE_MAX = 4, 24
_AGAIN_S = 60
"""The sender's longest pause between two attempts of one request (``offline_queue/sync/backoff.py``)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """One request that the sender owes."""

    subject: str
    infno: str
    lane: str
    state: str
    attempts: int
    waits_for: str
    """Subject that must be out of the way first."""
    because: Because
    """Why it waits for that; empty when it waits for nothing."""
    last: str
    """Time of the last attempt, ``yyyy-MM-dd HH:mm:ss``; empty when there was none."""
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """The sender and all that it owes."""

    alive: bool
    line: str
    since: str
    words: str
    signed_time: str
    hotlist: str
    count: int
    rows: tuple[Owed, ...]
    """The first of them."""


def queue_of(journal: Journal) -> Queue:
    """Return the queue as it is now. Raises :class:`~settlement.errors.JournalError`."""
    from offline_queue.standing_queue import waiting, words_of  # noqa: PLC0415 - loads the journal

    sender, owed = journal.notes.sender_status(), waiting(journal)
    histories = {history.folded.subject: history for history in journal.histories([one.row.msgid for one in owed[:SHOWN_MAX]])}
    aside = {one.row.msgid for one in owed if one.row.state == "set_aside"}
    rows = []
    for row, waits_for in owed[:SHOWN_MAX]:
        history = histories[row.msgid]
        tries = [record.at.replace("T", " ")[:19] for record in history.records if record.kind in {"sending", "step_sending"}]
        rows.append(
            Owed(
                subject=row.msgid,
                infno=row.infno,
                lane=row.lane,
                state=row.state,
                attempts=row.attempts or len(tries),
                waits_for=waits_for,
                because=_because(row, waits_for, aside),
                last=tries[-1] if tries else "",
                words=words_of(row, history.folded),
            )
        )
    return Queue(
        alive=sender.alive,
        line=sender.line,
        since=sender.since,
        words=sender.words,
        signed_time=sender.signed_time,
        hotlist=f"{sender.hotlist_version} {sender.hotlist_time}".strip() if sender.hotlist_time else "",
        count=len(owed),
        rows=tuple(rows),
    )


def _because(row: DueRow, waits_for: str, aside: set[str]) -> Because:
    if not waits_for:
        return ""
    if waits_for in aside:
        return "stuck"
    return "answer" if waits_for == row.after else "person"


def head(queue: Queue, columns: int, glyphs: Glyphs) -> list[Row]:
    """Return how the sender and the line are."""
    line = {"up": (glyphs.ok, "ok", tr("line up")), "down": (glyphs.fault, "fault", tr("line down"))}
    shape, role, word = line.get(queue.line, (glyphs.unknown, "attention", tr("line unknown")))
    if not queue.alive:
        groups: list[Group] = [[Span(f"{glyphs.fault} {tr('the sender is silent: nothing is sent until it runs')}", "fault")]]
    else:
        groups = [[Span(f"{glyphs.ok} {tr('the sender works')}", "ok")], [Span(f"{shape} {word}", role)]]
    groups += [labelled(tr("since"), queue.since)] if queue.since else []
    groups += [labelled(tr("it says"), queue.words)] if queue.words else []
    groups += [labelled(tr("signed centre time"), queue.signed_time)] if queue.signed_time else []
    groups += [labelled(tr("hotlist"), queue.hotlist)] if queue.hotlist else []
    groups += [labelled(tr("owed"), str(queue.count), "attention" if queue.count else "ok")]
    return flow(groups, columns)


def table(queue: Queue, rows: Sequence[Owed], cursor: int, columns: int) -> list[Row]:
    """Return the heading and one row for each request; what the centre said takes the rest."""
    if not queue.rows:
        return [Row((Span(tr("Nothing is owed to the centre."), "ok"),))]
    cells = [_cells(owed, queue) for owed in rows]
    titles = [tr("Number"), tr("What"), tr("State"), tr("Tries"), tr("Last"), tr("Next try"), tr("Centre says")]
    widths = [max(width(title), *(width(line[index].text) for line in cells)) for index, title in enumerate(titles[:-1])]
    widths.append(max(columns - sum(widths) - len(widths), 0))
    made = [_line([Span(title, "dim") for title in titles], widths)]
    for index, line in enumerate(cells):
        laid = _line(line, widths)
        made.append(laid.on("cursor") if index == cursor else laid)
    return made


def detail(owed: Owed, queue: Queue, columns: int) -> list[Row]:
    """Return one request in full: its number, what it waits for and why, and when it is tried next."""
    groups: list[Group] = [labelled(tr("Number"), owed.subject, "strong")]
    if owed.waits_for:
        groups += [labelled(tr("Waits for"), owed.waits_for, "attention"), [Span(_reasons()[owed.because], "attention")]]
    else:
        groups.append(labelled(tr("Next try"), next_try(owed, queue)))
    return flow(groups, columns)


def not_shown(queue: Queue, columns: int) -> list[Row]:
    """Return how many are owed beyond those that can be shown, and where they are; nothing when there are none."""
    hidden = queue.count - len(queue.rows)
    if hidden <= 0:
        return []
    words = tr("The oldest {shown} are shown, {n} more are not: F3 in the log finds what is to upload.")
    return prose(words.format(shown=len(queue.rows), n=hidden), columns, role="attention")


def _reasons() -> dict[Because, str]:
    return {
        "": "",
        "person": tr("an earlier one of the same person goes first"),
        "answer": tr("it needs the centre's answer to that one"),
        "stuck": tr("that one was set aside: a person must look"),
    }


def _kinds() -> dict[str, str]:
    return {"2102": tr("Sale"), "2103": tr("Void"), "2207": tr("Charge of a visit"), "2208": tr("Void"), "2202": tr("Taking down")}


def _cells(owed: Owed, queue: Queue) -> list[Span]:
    what = _kinds().get(owed.infno, within(owed.infno, _CODE_MAX))
    state = {"set_aside": "fault", "unknown": "attention", "begun": "notice"}.get(owed.state, "text")
    return [
        Span(literal(owed.subject)[-6:], "strong"),
        Span(f"{what}{tr(' (customer waits)') if owed.lane == 'live' else ''}"),
        Span(within(owed_word(owed.state), _STATE_MAX), state),
        Span(right(str(owed.attempts), width(tr("Tries")))),
        Span(owed.last[5:16] or "—", "dim"),
        Span(next_try(owed, queue), "attention" if owed.waits_for or owed.state == "set_aside" else "text"),
        Span(literal(owed.words), "dim"),
    ]


def next_try(owed: Owed, queue: Queue) -> str:
    """Return when it is tried next, or what it waits for: as far as the journal knows, since the sender keeps its pauses to itself."""
    if owed.state == "set_aside":
        return tr("never: a person must look")
    if owed.waits_for:
        return tr("after {number}").format(number=literal(owed.waits_for)[-6:])
    if not queue.alive:
        return tr("when the sender runs")
    if queue.line == "down":
        return tr("when the line is up")
    if owed.state == "begun":
        return tr("now")
    return tr("within {n} s").format(n=_AGAIN_S) if owed.attempts else tr("now")


def _line(cells: Sequence[Span], widths: Sequence[int]) -> Row:
    spans: list[Span] = []
    for cell, columns in zip(cells, widths, strict=True):
        if spans:
            spans.append(Span(" "))
        spans.append(Span(fit(cell.text, columns), cell.role))
    return Row(tuple(spans))
