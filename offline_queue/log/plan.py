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


Place = tuple[int, int]
"""(amount, seq) of a row: where a page begins."""


@dataclass(slots=True)
class Plan:
    """A statement in the making. Each bound is given once: of two on the same side SQLite would walk from the wider one."""

    conditions: list[str] = field(default_factory=list)
    values: list[object] = field(default_factory=list)
    index: str = ""
    """Empty: the table itself, in its order."""
    first: int | None = None
    last: int | None = None
    """Of ``seq``."""
    least_fen: int | None = None
    most_fen: int | None = None
    by_amount: bool = False
    sorted: bool = False
    """By amount although the index is in another order."""

    def add(self, condition: str, *values: object) -> None:
        """Ask for one thing more."""
        self.conditions.append(condition)
        self.values += values

    def page(self, beyond: Place | None, *, older: bool, limit: int) -> tuple[str, list[object]]:
        """Return the statement of one page behind ``beyond``, or from the edge; it gives the nearest row first."""
        way = "DESC" if older else "ASC"
        bounds = Plan(conditions=list(self.conditions), values=list(self.values))
        self._bound_amount(bounds, beyond, older=older)
        self._bound_seq(bounds, beyond, older=older)
        order = f"total_fen {way}, seq {way}" if self.by_amount else f"seq {way}"
        where = f" WHERE {' AND '.join(bounds.conditions)}" if bounds.conditions else ""
        index = f" INDEXED BY {self.index}" if self.index else " NOT INDEXED"
        if self.sorted and self.index:
            # Sorted by what the index holds; only the rows of the page are fetched.
            inner = f"SELECT seq FROM entry{index}{where} ORDER BY {order} LIMIT ?"  # noqa: S608 - only our own names
            return f"{_SELECT} WHERE seq IN ({inner}) ORDER BY {order}", [*bounds.values, limit]
        return f"{_SELECT}{index}{where} ORDER BY {order} LIMIT ?", [*bounds.values, limit]

    def _bound_amount(self, bounds: Plan, beyond: Place | None, *, older: bool) -> None:
        low, high = self.least_fen, self.most_fen
        if beyond is not None and self.by_amount:
            if older and (high is None or beyond[0] <= high):
                bounds.add("(total_fen, seq) < (?, ?)", *beyond)
                high = None
            elif not older and (low is None or beyond[0] >= low):
                bounds.add("(total_fen, seq) > (?, ?)", *beyond)
                low = None
        if low is not None:
            bounds.add("total_fen >= ?", low)
        if high is not None:
            bounds.add("total_fen <= ?", high)

    def _bound_seq(self, bounds: Plan, beyond: Place | None, *, older: bool) -> None:
        low, high = self.first, self.last
        if beyond is not None and not self.by_amount:
            if older:
                high = beyond[1] - 1 if high is None else min(high, beyond[1] - 1)
            else:
                low = beyond[1] + 1 if low is None else max(low, beyond[1] + 1)
        if low is not None:
            bounds.add("seq >= ?", low)
        if high is not None:
            bounds.add("seq <= ?", high)


def plan(wanted: Filter, stretch: tuple[int, int, int] | None, *, few_offline: bool = False) -> Plan:
    """Return how ``wanted`` is answered.

    ``stretch`` = (first seq, last seq, rows) of its days, None when they are not bounded; ``few_offline``: whether so few rows
    are marked off-line that they can be sorted.
    """
    made = Plan(by_amount=wanted.by_amount, least_fen=wanted.least_fen, most_fen=wanted.most_fen)
    if stretch is not None:
        made.first, made.last = stretch[:2]
        made.add("day BETWEEN ? AND ?", wanted.first_day, wanted.last_day or 99_999_999)
    if wanted.group != "all":
        made.index, condition = _GROUPS[wanted.group]
        made.add(condition)
    elif wanted.kind not in {"", "sale"}:
        made.index = "entry_kind"
    elif wanted.offline and (few_offline or not wanted.by_amount):
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
