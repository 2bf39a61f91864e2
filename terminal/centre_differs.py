"""Differences with the centre that a person closes at the till: what there is, and the choice that is made."""

from __future__ import annotations

from collections.abc import Iterable

from offline_queue.journal import Entry, Journal
from offline_queue.journal.values import Record
from settlement import by_hand
from settlement.by_hand import CLOSED_BY, DifferenceClosed, How
from settlement.errors import Language, Phrase, Refusal, Words
from settlement.facts import Body
from settlement.statement import CAUSES
from settlement.statement_words import difference_rows, way_words
from terminal import journal_view
from terminal.bookkeeping import entries
from terminal.counter import Counter
from terminal.screen.day_news import CentreDiffers

GONE = Phrase(
    "DIFFERENCE-GONE",
    zh=Words("这条差异已经了结，或新的对账里没有了。", "没有改动任何账。", "按 F5 看还有什么没了结。", "不要凭旧的清单补钱或退钱。"),
    en=Words(
        "This difference is closed already, or a newer statement does not name it.",
        "No book was changed.",
        "F5 shows what is still open.",
        "Do not pay or refund by an older list.",
    ),
)
_RELEASED = ("setl_id", "mdtrt_id", "cause", "infno", "figures", "cleared")
_CAUSES = {cause.code: cause for cause in CAUSES}


def ways_of(record: Record) -> tuple[How, ...]:
    """Return how a difference may be closed. Whom nobody can name to the centre any more cannot be released there."""
    ways = CLOSED_BY[record.body["cause"]]
    return ways if journal_view.owner_in(record) is not None else tuple(how for how in ways if how is not How.RELEASE)


def listed(journal: Journal, language: Language) -> tuple[CentreDiffers, ...]:
    """Return what waits for a person, oldest first."""
    return tuple(shown(one.subject, one.at, one.body, ways_of(one), language) for one in journal.open_differences())


def close(counter: Counter, subject: str, how: str) -> DifferenceClosed | Refusal:
    """Close one in a way that is one of its own. What is released at the centre goes there as a void of its own."""
    record = next((one for one in counter.journal.open_differences() if one.subject == subject), None)
    if record is None or how not in ways_of(record):
        return Refusal(GONE)
    closed, *more = by_hand.closed(subject, record.body, How(how), at=counter.at, operator=counter.operator)
    written = entries((closed, *more), journal_view.owner_in(record))
    if how == How.RELEASE:
        assert record.private is not None
        stray = {name: record.body[name] for name in _RELEASED}
        owner = str(record.private["certno"])
        written.append(Entry(kind="stray_found", subject=record.body["msgid"], body=stray, private=record.private, owner=owner))
    counter.journal.commit(written)
    assert isinstance(closed, DifferenceClosed)
    return closed


def shown(subject: str, at: str, body: Body, ways: Iterable[How], language: Language) -> CentreDiffers:
    """Return a difference as the screen shows it: why, who is right, and each way to close it with what is owed then."""
    cause = _CAUSES[body["cause"]]
    here, there = body["here"], body["there"]
    gap = {"total_fen": (there["total_fen"] if there else 0) - (here["total_fen"] if here else 0)}
    stated = {**body, "right": str(cause.right), "action": cause.action, "automatic": cause.automatic, "gap": gap}
    return CentreDiffers(
        subject=subject,
        at=at,
        amount_fen=(there or here)["total_fen"],
        rows=tuple(difference_rows(stated, language)),
        ways=tuple((str(how), way_words(how, by_hand.owed_fen(body, how), language)) for how in ways),
    )
