"""Reading the catalogue: every keystroke asks, and the answer is what an exact scan would give, in its order."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import sqlcipher3.dbapi2 as sqlite

from offline_queue.catalogue.errors import CatalogueDamaged, CatalogueMissing
from offline_queue.catalogue.item import Item
from offline_queue.catalogue.matching import GRAM, Sought, fold, matches, parts_of_query

NAME = "catalogue.db"
FORMAT = "1"
"""Of the file: another one is imported anew."""
FIND_MAX = 50
"""Most items that one query is answered with."""

_CACHE_KB = 16 * 1024
_TRACE_DIGITS, _PREFIX_DIGITS = 20, 7
_WIDTHS = (8, 12, 13, 14)
_NOWHERE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
"""Characters that no text of a catalogue holds."""

_TOP = "SELECT item.* FROM top JOIN item ON id = top.item WHERE query = ? ORDER BY top.item LIMIT ?"
# CROSS keeps the order: the index walks upwards, and every item is fetched only when it is reached.
_GRAM = "SELECT item.* FROM gram CROSS JOIN item ON id = gram.rowid WHERE gram MATCH ? ORDER BY gram.rowid"
_TOP_BARCODE = "SELECT item.* FROM top_barcode JOIN item ON id = top_barcode.item WHERE query = ? ORDER BY top_barcode.item LIMIT ?"
_BARCODE = "SELECT * FROM item WHERE id IN (SELECT item FROM barcode WHERE barcode >= ? AND barcode < ?) ORDER BY id LIMIT ?"
_ALL = "SELECT * FROM item ORDER BY id"
_BY_CODE = "SELECT * FROM item WHERE code = ?"
_BY_TRAC = "SELECT * FROM item WHERE trac_prefix = ? AND trac_prefix <> ''"
_BY_BARCODE = "SELECT * FROM item WHERE id = (SELECT item FROM barcode WHERE barcode IN (?, ?, ?, ?))"

Row = tuple[Any, ...]


class Catalogue:
    """The catalogue of one data directory, as it was when it was opened: an import puts a new file in its place.

    One thread at a time uses it, whichever it is. Every reading method raises :class:`CatalogueDamaged`.
    """

    def __init__(self, directory: Path) -> None:
        """Open it. Raises :class:`CatalogueMissing` and :class:`CatalogueDamaged`."""
        self._path = directory / NAME
        seen = self._seen()
        if seen is None:
            raise CatalogueMissing(directory=str(directory))
        self._opened = seen
        self.about: dict[str, str] = {}
        """What the import wrote of the file: ``items``, ``source``, ``encoding``, ``imported_at`` …"""
        with ExitStack() as on_failure:
            self._db = _opened(self._path)
            on_failure.callback(self.close)
            self.about |= dict(self._read("SELECT name, value FROM meta"))
            self._longest = _longest(self.about)
            on_failure.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def __len__(self) -> int:
        return int(self.about["items"])

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def stale(self) -> bool:
        """Whether another catalogue lies in its place by now (about 2 µs); a missing one replaces nothing."""
        return self._seen() not in {None, self._opened}

    def find(self, query: str, limit: int = 20) -> list[Item]:
        """Return the first ``limit`` items that the query finds, by popularity and then by code; none for a blank query.

        What finds what is defined in :mod:`offline_queue.catalogue.matching`. Raises :class:`ValueError` for a limit that is
        not between 1 and :data:`FIND_MAX`.
        """
        if not 0 < limit <= FIND_MAX:
            message = f"1 to {FIND_MAX} items, not {limit}"
            raise ValueError(message)
        sought = fold(query)
        if not 0 < len(sought) <= self._longest or _NOWHERE.search(sought):
            return []
        if len(sought) < GRAM:
            return [_item(row) for row in self._read(_TOP, sought, limit)]
        rows = {row[0]: row for row in self._holding(sought, limit)}
        if sought.isdecimal():
            rows |= {row[0]: row for row in self._beginning(sought, limit)}
        return [_item(rows[number]) for number in sorted(rows)[:limit]]

    def scan(self, query: str, limit: int = 20) -> list[Item]:
        """Return what :meth:`find` returns by looking at every item: the measure of its exactness, 100 × slower."""
        sought = fold(query)
        found: list[Item] = []
        for row in self._read(_ALL) if sought else ():
            if len(found) == limit:
                break
            if matches(sought, _sought(row)):
                found.append(_item(row))
        return found

    def by_code(self, code: str) -> Item | None:
        """Return the item of an own product code, exactly as written."""
        return self._one(_BY_CODE, code)

    def by_barcode(self, barcode: str) -> Item | None:
        """Return the item of a scanned barcode; the zeros that make an EAN-13 of a UPC-A, or a GTIN-14 of either, do not count."""
        digits = barcode.strip()
        if not (digits.isascii() and digits.isdecimal() and len(digits) <= max(_WIDTHS)):
            return None
        bare = digits.lstrip("0")
        return self._one(_BY_BARCODE, *(bare.zfill(width) for width in _WIDTHS))

    def by_trac(self, code20: str) -> Item | None:
        """Return the item whose box carries this traceability code of 20 digits."""
        digits = code20.strip()
        if not (digits.isascii() and digits.isdecimal() and len(digits) == _TRACE_DIGITS):
            return None
        return self._one(_BY_TRAC, digits[:_PREFIX_DIGITS])

    def kinds(self) -> dict[str, int]:
        """Return how many items there are of each kind, the most frequent first."""
        return dict(self._read("SELECT goods_kind, count(*) FROM item GROUP BY goods_kind ORDER BY count(*) DESC, goods_kind"))

    def check(self) -> tuple[str, ...]:
        """Return what is wrong with the file: its structure, and how many items it should hold."""
        faults = [str(row[0]) for row in self._read("PRAGMA quick_check") if row[0] != "ok"]
        ((count,),) = self._read("SELECT count(*) FROM item")
        return (*faults, *([f"{count} ≠ {len(self)}"] if count != len(self) else []))

    def _holding(self, sought: str, limit: int) -> Iterator[Row]:
        """Walk the first rows whose name, code or reading holds the query."""
        wanted = " AND ".join('"' + part.replace('"', '""') + '"' for part in sorted(parts_of_query(sought)))
        found = 0
        for row in self._read(_GRAM, wanted):
            # A part is itself what the query asks for; a longer query may be met by parts that do not meet each other.
            if len(sought) == GRAM or matches(sought, _sought(row)):
                yield row
                found += 1
                if found == limit:
                    return

    def _beginning(self, digits: str, limit: int) -> Sequence[Row]:
        """Return the first rows with a barcode that begins with these digits."""
        crowded = list(self._read(_TOP_BARCODE, digits, limit))
        return crowded or list(self._read(_BARCODE, digits, digits + ":", limit))

    def _one(self, sql: str, *values: object) -> Item | None:
        with suppress(UnicodeEncodeError):
            return next((_item(row) for row in self._read(sql, *values)), None)
        return None

    def _read(self, sql: str, *values: object) -> Iterator[Row]:
        try:
            yield from self._db.execute(sql, values)
        except sqlite.DatabaseError as error:
            raise CatalogueDamaged(file=NAME, what=str(error)) from error

    def _seen(self) -> tuple[int, int, int] | None:
        try:
            found = os.stat(self._path)  # noqa: PTH116 - once per keystroke
        except OSError:
            return None
        return found.st_ino, found.st_mtime_ns, found.st_size


def _opened(path: Path) -> sqlite.Connection:
    # Immutable holds: a file is never changed once it has its name. So no lock is taken and nothing is looked at twice.
    # It is not mapped into memory: somebody who copies over it must not bring the till down.
    try:
        db = sqlite.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False)
        db.execute(f"PRAGMA cache_size = -{_CACHE_KB}")
    except sqlite.DatabaseError as error:
        raise CatalogueDamaged(file=NAME, what=str(error)) from error
    return db


def _longest(about: dict[str, str]) -> int:
    found = about.get("format", "—")
    if found != FORMAT:
        raise CatalogueDamaged(file=NAME, what=f"format {found} ≠ {FORMAT}")
    return int(about["longest"])


def _item(row: Row) -> Item:
    _, code, med, name, spec, maker, unit, barcodes, trac, price, level, ratio, limit, kind, lot, expiry, required, popularity, _ = row
    codes = tuple(barcodes.split())
    return Item(code, med, name, spec, maker, unit, codes, trac, price, level, ratio, limit, kind, lot, expiry, bool(required), popularity)


def _sought(row: Row) -> Sought:
    return Sought(name=fold(row[3]), code=fold(row[1]), initials=tuple(row[18].split()), barcodes=tuple(row[7].split()))
