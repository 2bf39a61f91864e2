"""Building a catalogue file: items in, one finished SQLite file out. The importing command's side; the till never loads it.

What a keystroke needs is worked out here once: the place of each item by popularity, the first items of every short
query, and which items hold which parts of three characters.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from itertools import groupby
from pathlib import Path

import sqlcipher3.dbapi2 as sqlite

from offline_queue.catalogue.catalogue import FIND_MAX, FORMAT
from offline_queue.catalogue.item import Item
from offline_queue.catalogue.matching import GRAM, Sought, fold, grams, parts_of_item
from offline_queue.catalogue.readings import initials_of

CROWDED = 200
"""More items than this under one beginning of their barcodes: its first ones are stored, else they are sorted when asked for."""

Progress = Callable[[int, int], None]
"""Told how many of how many items are in place."""

_SCHEMA = Path(__file__).with_name("schema.sql")
_STEP = 2_000
_HASH_BYTES = 64 * 1024 * 1024
_INSERT_ITEM = "INSERT INTO item VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"


def sought_of(item: Item) -> Sought:
    """Return by what an item is found."""
    return Sought(name=fold(item.name), code=fold(item.code), initials=initials_of(item.name), barcodes=item.barcodes)


def build(path: Path, items: Iterable[Item], about: dict[str, str], progress: Progress) -> None:
    """Write a whole catalogue to ``path``, which must not exist. It is not flushed, and nothing keeps a half of it.

    Codes, barcodes and prefixes must be unique: ``sqlite.IntegrityError`` otherwise. ``about`` goes into ``meta``.
    """
    placed = sorted(items, key=lambda item: (-item.popularity, item.code))
    with closing(sqlite.connect(str(path), isolation_level=None)) as db:
        # The file is aside until it is whole, so there is nothing to roll back to.
        db.execute("PRAGMA journal_mode = OFF")
        db.execute("PRAGMA synchronous = OFF")
        db.executescript(_SCHEMA.read_text(encoding="utf-8"))
        db.execute("BEGIN")
        db.execute("INSERT INTO gram (gram, rank) VALUES ('hashsize', ?)", (_HASH_BYTES,))
        longest = _fill(db, placed, progress)
        db.execute("INSERT INTO gram (gram) VALUES ('optimize')")
        meta = {**about, "format": FORMAT, "items": str(len(placed)), "longest": str(longest)}
        db.executemany("INSERT INTO meta VALUES (?, ?)", sorted(meta.items()))
        db.execute("COMMIT")


def _fill(db: sqlite.Connection, placed: Sequence[Item], progress: Progress) -> int:
    """Write the items and everything that leads to them; return the length of the longest text that a query can be part of."""
    top: defaultdict[str, list[int]] = defaultdict(list)
    barcodes: list[tuple[str, int]] = []
    longest = 0
    for start in range(0, len(placed), _STEP):
        progress(start, len(placed))
        rows, parts = [], []
        for number, item in enumerate(placed[start : start + _STEP], start + 1):
            sought = sought_of(item)
            rows.append(_row(number, item, sought))
            parts.append((number, " ".join(sorted(parts_of_item(sought)))))
            barcodes += [(barcode, number) for barcode in item.barcodes]
            longest = max(longest, len(sought.name), len(sought.code), len(sought.initials), *map(len, item.barcodes))
            for query in _short(sought):
                if len(top[query]) < FIND_MAX:
                    top[query].append(number)
        db.executemany(_INSERT_ITEM, rows)
        db.executemany("INSERT INTO gram (rowid, parts) VALUES (?, ?)", parts)
    barcodes.sort()
    db.executemany("INSERT INTO barcode VALUES (?, ?)", barcodes)
    db.executemany("INSERT INTO top VALUES (?, ?)", _pairs(sorted(top.items())))
    db.executemany("INSERT INTO top_barcode VALUES (?, ?)", _pairs(_crowded(barcodes, GRAM)))
    progress(len(placed), len(placed))
    return longest


def _row(number: int, item: Item, sought: Sought) -> tuple[object, ...]:
    return (
        number,
        item.code,
        item.med_list_codg,
        item.name,
        item.spec,
        item.prodentp_name,
        item.unit,
        " ".join(item.barcodes),
        item.trac_prefix,
        item.pric_e6,
        item.chrgitm_lv,
        item.selfpay_prop_e4,
        item.pric_uplmt_e6,
        item.goods_kind,
        item.manu_lotnum,
        item.expy_end,
        item.trac_required,
        " ".join(item.controls),
        item.popularity,
        " ".join(sought.initials),
    )


def _short(sought: Sought) -> set[str]:
    """Return every query shorter than a part that finds the item."""
    found = {barcode[:size] for barcode in sought.barcodes for size in range(1, GRAM)}
    return found.union(*(grams(sought, size) for size in range(1, GRAM)))


def _crowded(barcodes: Sequence[tuple[str, int]], size: int) -> Iterator[tuple[str, list[int]]]:
    """Walk the beginnings, ``size`` characters or longer, that more than :data:`CROWDED` of the sorted barcodes share."""
    for beginning, group in groupby(barcodes, lambda pair: pair[0][:size]):
        members = list(group)
        if len(members) > CROWDED and len(beginning) == size:
            yield beginning, sorted({number for _, number in members})[:FIND_MAX]
            yield from _crowded(members, size + 1)


def _pairs(lists: Iterable[tuple[str, list[int]]]) -> Iterator[tuple[str, int]]:
    return ((query, number) for query, numbers in lists for number in numbers)
