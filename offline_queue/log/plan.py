"""Which index answers a filter, and how: no filter looks at more rows than a page of the log by itself would justify.

The log is ordered by ``seq``. A stretch of days is a range of ``seq``; groups, kinds and the off-line mark have an index in
that order. With a bound of the amount rows come by amount instead, the largest first, because nothing else finds a page of
them without looking at everything.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from offline_queue.log.entry import COLUMNS, Filter, Group

FEW = 5_000
"""So many rows are looked at and sorted within a few milliseconds."""
_GROUPS: dict[Group, tuple[str, str]] = {
    "owed": ("entry_owed", "owed = 1"),
    "doubt": ("entry_doubt", "standing IN ('in doubt', 'pending')"),
    "rejected": ("entry_rejected", "standing = 'rejected'"),
    "voided": ("entry_voided", "standing = 'reversed'"),
}
_SELECT = f"SELECT {', '.join(COLUMNS)} FROM entry"  # noqa: S608 - only our own names


@dataclass(slots=True)
class Plan:
    """A statement in the making."""

    conditions: list[str] = field(default_factory=list)
    values: list[object] = field(default_factory=list)
    index: str = ""
    """Empty: the table itself, in its order."""
    by_amount: bool = False
    sorted: bool = False
    """By amount although the index is in another order: the rows are few."""

    def add(self, condition: str, *values: object) -> None:
        """Ask for one thing more."""
        self.conditions.append(condition)
        self.values += values

    def page(self, beyond: tuple[int, int] | None, *, older: bool, limit: int) -> tuple[str, list[object]]:
        """Return the statement of one page behind ``beyond`` = (amount, seq), or from the edge; it gives the nearest row first."""
        way, sign = ("DESC", "<") if older else ("ASC", ">")
        conditions, values = list(self.conditions), list(self.values)
        if beyond is not None:
            conditions.append(f"(total_fen, seq) {sign} (?, ?)" if self.by_amount else f"seq {sign} ?")
            values += beyond if self.by_amount else beyond[1:]
        order = f"total_fen {way}, seq {way}" if self.by_amount else f"seq {way}"
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        index = f" INDEXED BY {self.index}" if self.index else ""
        if self.sorted and self.index:
            # Sorted by what the index holds; only the rows of the page are fetched.
            inner = f"SELECT seq FROM entry{index}{where} ORDER BY {order} LIMIT ?"  # noqa: S608 - only our own names
            return f"{_SELECT} WHERE seq IN ({inner}) ORDER BY {order}", [*values, limit]
        return f"{_SELECT}{index}{where} ORDER BY {order} LIMIT ?", [*values, limit]


def plan(wanted: Filter, stretch: tuple[int, int, int] | None) -> Plan:
    """Return how ``wanted`` is answered; ``stretch`` = (first seq, last seq, rows) of its days, None when they are not bounded."""
    made = Plan(by_amount=wanted.by_amount)
    if stretch is not None:
        made.add("seq BETWEEN ? AND ?", *stretch[:2])
        made.add("day BETWEEN ? AND ?", wanted.first_day, wanted.last_day or 99_999_999)
    _amounts(made, wanted)
    if wanted.group != "all":
        made.index, condition = _GROUPS[wanted.group]
        made.add(condition)
    elif wanted.kind not in {"", "sale"}:
        made.index = "entry_kind"
    elif wanted.offline:
        made.index = "entry_offline"
    elif wanted.by_amount:
        # The rows of a few days lie together; of more, the index of amounts finds a page sooner.
        made.index = "" if stretch is not None and stretch[2] <= FEW else "entry_amount"
    elif wanted.kind:
        made.index = "entry_kind"
    if wanted.kind:
        made.add("kind = ?", wanted.kind)
    if wanted.offline:
        made.add("offline = 1")
    made.sorted = wanted.by_amount and made.index != "entry_amount"
    return made


def _amounts(made: Plan, wanted: Filter) -> None:
    if wanted.least_fen is not None:
        made.add("total_fen >= ?", wanted.least_fen)
    if wanted.most_fen is not None:
        made.add("total_fen <= ?", wanted.most_fen)
