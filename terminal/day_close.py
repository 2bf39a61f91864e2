"""The close of a day (日结) and the hand-over (交接), from the journal alone.

The drawer is counted blind: :func:`begin_close` looks at the journal and says nothing of what is expected,
:func:`count` takes the cash that was counted and shows the difference, :func:`close` books both. What is not sent,
in doubt, not agreed to or held does not stop a close: it is named in it and goes on to the next operator. A close is never changed:
a doubt that is resolved afterwards is in the next one, as late.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from offline_queue.reconcile_command import last_statement
from settlement.day_facts import DayClosed, DayReopened, day_closed_of, day_reopened_of
from settlement.errors import Phrase, ProtocolMisuse, Refusal, Words
from settlement.facts import Printed, VoidIntended
from settlement.money import format_yuan
from settlement.tally import Held, Named, Recorded, Remaining, Tally, reckon
from terminal import holds
from terminal.bookkeeping import entries

if TYPE_CHECKING:
    from collections.abc import Sequence

    from offline_queue.journal import Journal

_OPERATOR_MOST, _WHY_MOST = 30, 100
_SAFE_ZH = "账本和钱箱都没有改动，这一天还没有结。"
_SAFE_EN = "Journal and drawer are as they were, and the day is not closed yet."

MOVED_ON = Phrase(
    "CLOSE-MOVED-ON",
    zh=Words("清点之后又记了账（{kind}）。", _SAFE_ZH, "请重新开始日结，再点一次现金。", "不要用清点之前的金额结账。"),
    en=Words(
        "Something was booked since the drawer was counted ({kind}).",
        _SAFE_EN,
        "Begin the close anew and count the cash again.",
        "Do not close with the count of before.",
    ),
)
NOTHING_CLOSED = Phrase(
    "CLOSE-NOTHING",
    zh=Words(
        "没有可以反日结的日结（最近的编号 {number}）。",
        "账本和钱箱都没有改动。",
        "只有最近一次、没有反过的日结可以反日结；其余的差错在下一次日结里更正。",
        "不要改动已经打印的日结单。",
    ),
    en=Words(
        "There is no close to take back (the last number is {number}).",
        "Journal and drawer are as they were.",
        "Only the last close, once, can be taken back; anything else is corrected in the next one.",
        "Do not alter the paper of a close.",
    ),
)
FLOAT = Phrase(
    "CLOSE-FLOAT",
    zh=Words("留存备用金 {left} 元不能用：钱箱里只点出 {counted} 元。", _SAFE_ZH, "请重新输入留存金额。", "不要留下没有点过的钱。"),
    en=Words(
        "A float of {left} yuan cannot stay: {counted} was counted in the drawer.",
        _SAFE_EN,
        "Type the float again.",
        "Do not leave cash that was not counted.",
    ),
)
NEXT_OPERATOR = Phrase(
    "CLOSE-NEXT-OPERATOR",
    zh=Words(
        "「{operator}」不是操作员代码：最多 {most} 个字符，不含空格。", _SAFE_ZH, "请输入接班人的代码；没有人接班就留空。", "不要写姓名。"
    ),
    en=Words(
        "{operator} is no operator's code: at most {most} characters without blanks.",
        _SAFE_EN,
        "Type the code of who takes over, or nothing when nobody does.",
        "Do not write a name.",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counting:
    """A close that waits for the count of the drawer. Nothing that can be shown of it tells what is expected."""

    number: int
    after: int
    upto: int
    head: str
    _tally: Tally = field(repr=False)
    _remaining: Remaining = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Close:
    """A close whose drawer was counted: everything is shown, nothing is booked yet."""

    counting: Counting
    tally: Tally
    remaining: Remaining
    counts: tuple[int, ...]
    """Each count, the last one stands."""

    @property
    def expected_fen(self) -> int:
        """The cash that must be in the drawer."""
        return self.tally.expected_fen

    @property
    def difference_fen(self) -> int:
        """Counted less expected."""
        return self.counts[-1] - self.expected_fen


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOver:
    """The last close, and what of it is still open now."""

    closed: DayClosed
    doubts: tuple[Named, ...]
    differences: tuple[Named, ...]
    holds: tuple[Held, ...]


def begin_close(journal: Journal) -> Counting:
    """Look at everything since the last close. Raises the errors of a journal."""
    upto, head = journal.tip()
    number, subject, after = journal.last_close()
    float_fen, last_receipt = _begins_with(journal, subject)

    def earlier(about: str) -> Sequence[Recorded]:
        return [record for record in journal.records(about) if record.seq <= after]

    return Counting(
        number=number + 1,
        after=after,
        upto=upto,
        head=head,
        _tally=reckon(
            journal.period(after, upto),
            earlier,
            float_fen=float_fen,
            last_receipt=last_receipt,
        ),
        _remaining=_remaining(journal),
    )


def count(counted: Counting | Close, counted_fen: int) -> Close:
    """Return what the count comes to; counting again keeps the counts before, so that the blind one stays in the books."""
    if counted_fen < 0:
        message = f"a drawer holds no less than nothing: {counted_fen}"
        raise ProtocolMisuse(message)
    if isinstance(counted, Close):
        return Close(counting=counted.counting, tally=counted.tally, remaining=counted.remaining, counts=(*counted.counts, counted_fen))
    return Close(counting=counted, tally=counted._tally, remaining=counted._remaining, counts=(counted_fen,))  # noqa: SLF001 - opened by the count alone


def close(
    journal: Journal, counted: Close, *, at: str, operator: str, next_operator: str = "", float_left_fen: int | None = None
) -> DayClosed | Refusal:
    """Book the close and erase the day's questions to the centre.

    ``float_left_fen`` stays in the drawer: as much as the period began with when it is None. Raises the errors of a
    journal: then nothing is closed, and the same close may be tried again.
    """
    counting, counted_fen = counted.counting, counted.counts[-1]
    left_fen = min(counted.tally.float_fen, counted_fen) if float_left_fen is None else float_left_fen
    if not 0 <= left_fen <= counted_fen:
        return Refusal(FLOAT, {"left": format_yuan(left_fen), "counted": format_yuan(counted_fen)})
    if not _is_code(next_operator):
        return Refusal(NEXT_OPERATOR, {"operator": next_operator[:_OPERATOR_MOST], "most": str(_OPERATOR_MOST)})
    for record in journal.period(counting.upto, journal.tip()[0]):
        # The sender goes on meanwhile: what it writes belongs to the next period.
        if record.writer == "till" and record.kind != Printed.kind:
            return Refusal(MOVED_ON, {"kind": record.kind})
    closed = DayClosed(
        subject=journal.notes.issue_msgid(writer="till"),
        number=counting.number,
        at=at,
        operator=operator,
        next_operator=next_operator,
        after=counting.after,
        upto=counting.upto,
        head=counting.head,
        tally=counted.tally,
        remaining=counted.remaining,
        counts=counted.counts,
        expected_fen=counted.expected_fen,
        difference_fen=counted.difference_fen,
        float_left_fen=left_fen,
        statement=last_statement(journal, at[:10]),
    )
    journal.commit(entries((closed,), None))
    journal.enquiries.erase()
    return closed


def reopen(journal: Journal, *, at: str, operator: str, why: str) -> DayReopened | Refusal:
    """Take the last close back, as an event with the next number; its paper and its record stand. Raises the errors of a journal.

    Refused when nothing is closed, or when it was taken back already. What was booked since goes into the period that is open again.
    """
    number, subject, _ = journal.last_close()
    if not subject or _is_reopened(journal, subject):
        return Refusal(NOTHING_CLOSED, {"number": str(number)})
    closed = _closed(journal, subject)
    before_fen, last_receipt = closed.tally.float_fen, _receipt_before(closed)
    reopened = DayReopened(
        subject=journal.notes.issue_msgid(writer="till"),
        number=number + 1,
        at=at,
        operator=operator,
        why=why[:_WHY_MOST],
        close=subject,
        after=closed.after,
        float_fen=before_fen,
        last_receipt=last_receipt,
    )
    journal.commit(entries((reopened,), None))
    return reopened


def last_closed(journal: Journal) -> DayClosed | None:
    """Return the last close while it stands; None before the first, and once it was taken back."""
    _, subject, _ = journal.last_close()
    return None if not subject or _is_reopened(journal, subject) else _closed(journal, subject)


def _begins_with(journal: Journal, subject: str) -> tuple[int, str]:
    """Return the cash and the receipt with which the period after a close, or after its reopening, begins."""
    if not subject:
        return 0, ""
    if _is_reopened(journal, subject):
        reopened = day_reopened_of(subject, journal.records(subject)[0].body)
        return reopened.float_fen, reopened.last_receipt
    before = _closed(journal, subject)
    return before.float_left_fen, before.tally.last_receipt


def _receipt_before(closed: DayClosed) -> str:
    """Return the last receipt before a close's period: its first one less one, or its last where it has none of its own."""
    if not closed.tally.receipts:
        return closed.tally.last_receipt
    place, _, number = closed.tally.first_receipt.rpartition("-")
    missing = [one for one in closed.tally.missing_receipts if one.rpartition("-")[0] == place]
    first = min([int(number), *(int(one.rpartition("-")[2]) for one in missing)])
    return f"{place}-{first - 1:06d}"


def _is_reopened(journal: Journal, subject: str) -> bool:
    return journal.records(subject)[0].kind == DayReopened.kind


def handed_over(journal: Journal) -> HandedOver | None:
    """Return what the operator before handed over, for who begins now; None before the first close."""
    _, subject, _ = journal.last_close()
    if not subject or _is_reopened(journal, subject):
        return None
    closed = _closed(journal, subject)
    unfinished, unanswered, held = set(journal.open_subjects()), set(journal.unanswered()), set(journal.held_bills())
    return HandedOver(
        closed=closed,
        doubts=tuple(doubt for doubt in closed.remaining.doubts if doubt.subject in unfinished),
        differences=tuple(one for one in closed.remaining.differences if one.subject in unanswered),
        holds=tuple(hold for hold in closed.remaining.holds if hold.subject in held),
    )


def _closed(journal: Journal, subject: str) -> DayClosed:
    return day_closed_of(subject, journal.records(subject)[0].body)


def _remaining(journal: Journal) -> Remaining:
    owed = journal.owed()
    oldest = journal.period(owed[0].seq - 1, owed[0].seq)[0].at if owed else ""
    return Remaining(
        doubts=tuple(_doubts(journal)),
        differences=tuple(_differences(journal)),
        holds=tuple(holds.held(journal)),
        unsent=len(owed),
        set_aside=sum(row.state == "set_aside" for row in owed),
        oldest_unsent=oldest,
        unprinted=len(journal.slips_owed()),
    )


def _doubts(journal: Journal) -> list[Named]:
    """Name every sale and void that has no end; a refresh moves no money of the shop."""
    found = [journal.standing(subject) for subject in journal.open_subjects()]
    return [
        Named(
            subject=state.subject,
            amount_fen=state.figures.medfee_sumamt,
            what="void" if isinstance(state.intent, VoidIntended) else "sale",
        )
        for state in found
        if state.intent is not None and state.figures is not None
    ]


def _differences(journal: Journal) -> list[Named]:
    """Name every sale whose difference nobody has answered."""
    found = [journal.standing(subject) for subject in journal.unanswered()]
    return [
        Named(subject=state.subject, amount_fen=state.figures.medfee_sumamt + state.outside_fen, what="difference")
        for state in found
        if state.figures is not None
    ]


def _is_code(operator: str) -> bool:
    return len(operator) <= _OPERATOR_MOST and operator.isprintable() and not any(character.isspace() for character in operator)
