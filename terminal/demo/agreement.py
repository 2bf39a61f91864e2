"""Whether card, journal and centre agree: computed from what the three commands print, and from nothing else.

With the queue empty and no doubt open (commit-protocol section 9): invariant 1 for every person, invariant 2
for every card, and the multisets of (infno, msgid, amounts) of the journals' done records and of the centre's
ledger are equal, so that a request executed twice shows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from settlement.money import format_yuan

Export = dict[str, Any]
_MOVEMENTS = ("total_fen", "fund_fen", "account_fen", "cash_fen")


@dataclass(frozen=True, slots=True)
class Agreement:
    """The verdict of a day."""

    differences: tuple[str, ...]
    settlements: int
    total_fen: int

    @property
    def line(self) -> str:
        """The one line that a demonstration ends with when all agree."""
        return f"agree: card = journal = centre, {self.settlements} settlements, ￥{format_yuan(self.total_fen)}"


def compare(journals: Iterable[Export], centre: Export, cards: Iterable[Export]) -> Agreement:
    """Return what agrees and what does not.

    ``journals`` are the outputs of ``yibao-journal export --json``, ``centre`` of ``yibao-clearing export
    --json``, ``cards`` of ``yibao-card show --json``.
    """
    journals = list(journals)
    done = Counter(_row(item) for journal in journals for item in journal["settlements"] if item["done"])
    # A copy that the centre executed and nobody here wanted stands beside its release: both are rows of the ledger.
    done += Counter(_row(item) for journal in journals for item in journal["stood_alone"] if not item["adopted"])
    claimed = {msgid for journal in journals for msgid in journal["claimed"]}
    done = Counter({row: count for row, count in done.items() if row[1] not in claimed})
    ledger = Counter(_row(item) for item in centre["settlements"] if item["msgid"] not in claimed)
    differences = [
        *_unfinished(journals),
        *_left_open(centre),
        *_invariant_1(centre),
        *_invariant_2(centre, cards, journals),
        *(f"journal has {_said(row)}, the centre {ledger[row]} × ({count} here)" for row, count in (done - ledger).items()),
        *(f"centre has {_said(row)}, the journals {done[row]} × ({count} there)" for row, count in (ledger - done).items()),
    ]
    return Agreement(tuple(differences), sum(done.values()), sum(row[2] * count for row, count in done.items()))


def _row(item: Export) -> tuple[Any, ...]:
    return (item["infno"], item["msgid"], *(item["movements"][name] for name in _MOVEMENTS))


def _said(row: tuple[Any, ...]) -> str:
    infno, msgid, *amounts = row
    return f"{infno} {msgid} {' / '.join(format_yuan(fen) for fen in amounts)}"


def _unfinished(journals: list[Export]) -> Iterable[str]:
    for journal in journals:
        if journal["queue"]:
            yield f"{journal['till']}: {journal['queue']} still in the queue"
        for doubt in journal["doubts"]:
            yield f"{journal['till']}: in doubt {doubt['subject']} {format_yuan(doubt['amount_fen'])}"


def _left_open(centre: Export) -> Iterable[str]:
    """Look for visits that were begun and came to nothing: with lines that nobody paid, or without any settlement."""
    for visit in centre["visits"]:
        paid, unpaid = visit["lines"]["settled"], visit["lines"]["unsettled"]
        if not visit["cancelled"] and (unpaid or not paid):
            yield f"centre: visit {visit['ipt_otp_no']} is open, {unpaid} of its {paid + unpaid} lines unpaid"


def _invariant_1(centre: Export) -> Iterable[str]:
    if not centre["balanced"]:
        yield "centre: the ledger's entries do not add up to zero"
    for person in centre["persons"]:
        earmarked = sum(earmark["open_fen"] for earmark in person["earmarks"])
        if person["ledger_fen"] != person["available_fen"] + earmarked or min(person["ledger_fen"], person["available_fen"], earmarked) < 0:
            amounts = ", ".join(format_yuan(fen) for fen in (person["ledger_fen"], person["available_fen"], earmarked))
            yield f"centre: {person['psn_no']}: ledger, available, earmarks = {amounts}"


def _invariant_2(centre: Export, cards: Iterable[Export], journals: list[Export]) -> Iterable[str]:
    # A card at counter ≥ 1, or one that debits by itself, holds its earmark less the debits done and not yet accepted.
    open_fen = {
        (earmark["card_no"], earmark["generation"]): earmark["open_fen"] for person in centre["persons"] for earmark in person["earmarks"]
    }
    waiting: Counter[tuple[str, int | None]] = Counter()
    for journal in journals:
        for debit in journal["debits"]:
            if not debit["accepted"]:
                waiting[debit["card_no"], debit["generation"]] += debit["debit_fen"]
    for card in cards:
        record = card["allowance"]
        by_itself = (record["generation"], record["counter"], record["tags"]) == (0, 0, [])
        if not record["counter"] and not by_itself:
            continue
        key = (card["card_no"], None if by_itself else record["generation"])
        expected_fen = open_fen.get(key, 0) - waiting[key]
        if record["amount_fen"] != expected_fen:
            held = "unreadable" if record["amount_fen"] is None else format_yuan(record["amount_fen"])
            yield f"card {card['card_no']}: holds {held}, its earmark less what waits is {format_yuan(expected_fen)}"
