"""What ``yibao headless`` offers of a cashier's day beside the sale: bills put aside, and the close.

``{"do": "hold", "lines": […]}``, without lines the unfinished bill · ``{"do": "recall", "subject": …}`` makes it the
unfinished one again · ``{"do": "close", "counted_fen": …, "next": "02", "float_fen": …}`` ·
``{"do": "reopen", "why": …}`` takes the last close back · ``{"do": "differences"}`` lists what a statement found and only a
person closes · ``{"do": "agree", "subject": …, "how": …}`` closes one of them.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from config.case_file import lines_of
from offline_queue.journal.values import Record
from settlement import by_hand
from settlement.errors import Refusal
from terminal import bill_refusals, centre_differs, close_rows, day_close, drafts, holds, on_duty
from terminal.counter import Counter
from terminal.headless_person import HeadlessPerson
from terminal.open_bill import OpenBill, taken_over

Message = dict[str, Any]


def opening(counter: Counter) -> Message:
    """Return what a till that opens finds beside what is unfinished: a draft, held bills, what was handed over."""
    draft, handed = drafts.reopen(counter.journal), day_close.handed_over(counter.journal)
    left: Message | None = None
    if handed is not None:
        named = {"doubts": handed.doubts, "differences": handed.differences}
        left = {"number": handed.closed.number, **{name: [one.subject for one in found] for name, found in named.items()}}
    return {
        "draft": draft.label if draft else "",
        "held": [one.subject for one in holds.held(counter.journal)],
        "handed_over": left,
    }


def bill_of(message: Message, counter: Counter) -> OpenBill | Refusal:
    """Return the bill of the command's lines, kept as a draft from now on, or the unfinished one when it has none."""
    if "lines" not in message:
        return drafts.load(counter.journal) or Refusal(bill_refusals.EMPTY)
    bill = taken_over(lines_of(message["lines"]), draft=drafts.new(counter.journal).draft)
    drafts.save(counter.journal, bill)
    return bill


def serve(message: Message, counter: Counter, person: HeadlessPerson) -> Message:
    """Do what the command says and return its end."""
    match message["do"]:
        case "hold":
            ended = _hold(message, counter)
        case "recall":
            ended = _recall(message["subject"], counter)
        case "reopen":
            ended = _reopen(message["why"], counter)
        case "differences":
            ended = {"end": "Differences", "open": [_difference(record) for record in counter.journal.open_differences()]}
        case "agree":
            ended = _agree(message, counter)
        case _:
            ended = _close(message, counter)
    if isinstance(ended, Refusal):
        person.tell(ended)
        return {"end": "Failed", "code": ended.code}
    return ended


def _hold(message: Message, counter: Counter) -> Message | Refusal:
    bill = bill_of(message, counter)
    held = bill if isinstance(bill, Refusal) else holds.hold(counter.journal, bill, operator=counter.operator, at=counter.at)
    return held if isinstance(held, Refusal) else {"end": "Held", **asdict(held)}


def _recall(subject: str, counter: Counter) -> Message | Refusal:
    bill = holds.recall(counter.journal, subject, operator=counter.operator, at=counter.at)
    return bill if isinstance(bill, Refusal) else {"end": "Recalled", "label": bill.label, "total_fen": bill.total_fen}


def _reopen(why: str, counter: Counter) -> Message | Refusal:
    reopened = day_close.reopen(counter.journal, at=counter.at, operator=counter.operator, why=why)
    return reopened if isinstance(reopened, Refusal) else {"end": "DayReopened", "number": reopened.number, "close": reopened.close}


def _difference(record: Record) -> Message:
    body, ways = record.body, centre_differs.ways_of(record)
    named = {name: body[name] for name in ("day", "cause", "setl_id", "msgid", "here", "there")}
    return {"subject": record.subject, **named, "ways": {how: by_hand.owed_fen(body, how) for how in ways}}


def _agree(message: Message, counter: Counter) -> Message | Refusal:
    closed = centre_differs.close(counter, message["subject"], message["how"])
    if isinstance(closed, Refusal):
        return closed
    return {"end": "DifferenceClosed", "how": closed.how, "owed_fen": closed.owed_fen}


def _close(message: Message, counter: Counter) -> Message | Refusal:
    counter.journal.notes.ask_statement()
    # Whoever sends the command has counted: nothing of what is expected was told before.
    counted = day_close.count(day_close.begin_close(counter.journal), message["counted_fen"])
    closed = day_close.close(
        counter.journal,
        counted,
        at=counter.at,
        operator=counter.operator,
        next_operator=message.get("next", ""),
        float_left_fen=message.get("float_fen"),
    )
    if isinstance(closed, Refusal):
        return closed
    on_duty.hand_over(counter.journal, closed, own=counter.settings.counter.operator)
    return {
        "end": "DayClosed",
        "number": closed.number,
        "expected_fen": closed.expected_fen,
        "difference_fen": closed.difference_fen,
        "unsent": closed.remaining.unsent,
        "sections": close_rows.close_sections(closed),
    }
