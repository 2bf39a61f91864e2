"""What the records of one subject come to, as a row of the log. Pure, and the one place where a person is masked for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from offline_queue.fold import Folded
from offline_queue.log.entry import TAIL_DIGITS, LogEntry
from settlement.facts import BY_CARD, SaleIntended, VoidIntended
from settlement.masks import mask_name

if TYPE_CHECKING:
    from offline_queue.journal.reading import History

_KINDS = {"sale_intended": "sale", "void_intended": "void", "cash_sale": "cash", "refresh_intended": "refresh", "pin_intended": "pin"}
_WORDS_MAX = 200
"""Of the centre's words; the whole of them stands in the record."""
_CARD_TAIL = 4
_TIME = slice(0, 19)


def entry_of(history: History) -> LogEntry:
    """Return the row of a subject that has at least one record."""
    folded, first = history.folded, history.records[0]
    named = first.private or {}
    at = str(first.body.get("at") or first.at).replace("T", " ")[_TIME]
    total_fen, fund_fen, account_fen, cash_fen = folded.figures.movements() if folded.figures is not None else (0, 0, 0, 0)
    return LogEntry(
        seq=first.seq,
        subject=folded.subject,
        tail=folded.subject[-TAIL_DIGITS:],
        at=at,
        day=_day(at),
        kind=_KINDS.get(first.kind, first.kind),
        infno=folded.infno,
        standing=str(folded.standing),
        offline=int(folded.offline or _way(folded) in BY_CARD),
        owed=int(history.owed is not None),
        total_fen=total_fen + folded.outside_fen,
        fund_fen=fund_fen,
        account_fen=account_fen,
        cash_fen=cash_fen + folded.outside_fen,
        outside_fen=folded.outside_fen,
        receipt=folded.receipt,
        number=int(folded.receipt.rpartition("-")[2] or 0),
        person=mask_name(str(named.get("psn_name", ""))),
        card=str(named.get("card_no", ""))[-_CARD_TAIL:],
        reason=_reason(folded, first.body),
        attempts=sum(record.kind == "sending" for record in history.records),
        words=folded.words[:_WORDS_MAX],
        original=_original(folded),
        setl_id=folded.setl_id,
    )


def _day(at: str) -> int:
    digits = at[:10].replace("-", "")
    return int(digits) if digits.isdigit() else 0


def _way(folded: Folded) -> str:
    return folded.intent.way if folded.intent is not None else ""


def _reason(folded: Folded, first: dict[str, Any]) -> str:
    match folded.intent:
        case SaleIntended():
            return folded.intent.reason
        case VoidIntended():
            return folded.intent.why
        case _:
            return str(first.get("reason", ""))


def _original(folded: Folded) -> str:
    return folded.intent.slip if isinstance(folded.intent, SaleIntended) else folded.original
