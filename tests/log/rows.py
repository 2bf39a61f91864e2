"""Rows of a log that tests make up, and what a filter keeps of them by looking at each: the naive side of every comparison."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from hypothesis import strategies as st

from offline_queue.journal import key
from offline_queue.log.entry import Filter, Group, LogEntry
from offline_queue.log.writing import NOWHERE, LogWriter

DAYS = (20260301, 20260302, 20260303, 20260305)
STANDINGS = ("accepted", "provisional", "pending", "in doubt", "rejected", "reversed", "abandoned", "cash")


def row(
    seq: int, *, day: int = 20260302, kind: str = "sale", standing: str = "accepted", offline: int = 0, owed: int = 0, total_fen: int = 100
) -> LogEntry:
    """Return a row; its number of the day makes its subject."""
    subject = f"P99010000001{day}0900{seq // 100 % 60:02d}01{seq % 100:02d}"
    return LogEntry(
        seq=seq,
        subject=subject,
        tail=subject[-6:],
        at=f"{day // 10000}-{day // 100 % 100:02d}-{day % 100:02d} 09:00:00",
        day=day,
        kind=kind,
        infno="2102",
        standing=standing,
        offline=offline,
        owed=owed,
        total_fen=total_fen,
        fund_fen=0,
        account_fen=total_fen,
        cash_fen=0,
        outside_fen=0,
        receipt=f"01-1-{seq:06d}" if kind == "sale" else "",
        number=seq if kind == "sale" else 0,
        person="演*甲",
        card="1234",
        reason="",
        attempts=1,
        words="",
        original="",
        setl_id=f"S{seq}",
    )


def written(directory: Path, entries: list[LogEntry]) -> Path:
    """Write a log of these rows, in an order of its own, and return its folder."""
    directory.mkdir(exist_ok=True)
    key.make(directory)
    with LogWriter(directory) as writer, writer.transaction():
        writer.put(entries[::2])
        writer.put(entries[1::2])
        writer.move(NOWHERE._replace(genesis="00", seen=len(entries)))
    return directory


def _in_group(entry: LogEntry, group: Group) -> bool:
    match group:
        case "owed":
            return entry.owed == 1
        case "doubt":
            return entry.standing in {"in doubt", "pending"}
        case "rejected" | "voided":
            return entry.standing == {"rejected": "rejected", "voided": "reversed"}[group]
        case _:
            return True


def kept(entries: list[LogEntry], wanted: Filter) -> list[LogEntry]:
    """Return what ``wanted`` keeps, in the order of the screen."""
    found = [
        entry
        for entry in entries
        if _in_group(entry, wanted.group)
        and (not wanted.kind or entry.kind == wanted.kind)
        and (not wanted.offline or entry.offline)
        and (not wanted.first_day or entry.day >= wanted.first_day)
        and (not wanted.last_day or entry.day <= wanted.last_day)
        and (wanted.least_fen is None or entry.total_fen >= wanted.least_fen)
        and (wanted.most_fen is None or entry.total_fen <= wanted.most_fen)
    ]
    return sorted(found, key=lambda entry: (entry.total_fen, entry.seq) if wanted.by_amount else (0, entry.seq), reverse=True)


_AMOUNTS = st.integers(-3, 6).map(lambda n: n * 100)
ENTRIES = st.lists(
    st.builds(
        partial,
        st.just(row),
        day=st.sampled_from(DAYS),
        kind=st.sampled_from(("sale", "sale", "void", "cash", "refresh", "day_closed")),
        standing=st.sampled_from(STANDINGS),
        offline=st.integers(0, 1),
        owed=st.integers(0, 1),
        total_fen=_AMOUNTS,
    ),
    max_size=40,
).map(lambda rows: [make(3 * number + 1) for number, make in enumerate(rows)])
FILTERS = st.builds(
    Filter,
    group=st.sampled_from(("all", "owed", "doubt", "rejected", "voided")),
    kind=st.sampled_from(("", "sale", "void", "cash", "refresh")),
    offline=st.booleans(),
    first_day=st.sampled_from((0, *DAYS, 20260304)),
    last_day=st.sampled_from((0, *DAYS, 20260304)),
    least_fen=st.none() | _AMOUNTS,
    most_fen=st.none() | _AMOUNTS,
)
