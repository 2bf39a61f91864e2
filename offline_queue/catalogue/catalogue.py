"""Reading the catalogue: every keystroke asks, and the answer is what an exact scan would give, in its order."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import fields
from pathlib import Path

from offline_queue.catalogue.errors import CATALOGUE_ERRORS
from offline_queue.catalogue.item import Item
from offline_queue.catalogue.matching import GRAM, Sought, fold, matches, parts_of_query
from offline_queue.replica.replica_file import ReplicaFile, Row

NAME = "catalogue.db"
FORMAT = "2"
_FIELDS = tuple(member.name for member in fields(Item))
FIND_MAX = 50
"""Most items that one query is answered with."""

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


class Catalogue(ReplicaFile):
    """The catalogue of one data directory. ``about`` names ``items`` besides; errors are :data:`CATALOGUE_ERRORS`."""

    name = NAME
    format = FORMAT
    errors = CATALOGUE_ERRORS

    def __init__(self, directory: Path) -> None:
        """Open it. Raises :class:`CatalogueMissing` and :class:`CatalogueDamaged`."""
        super().__init__(directory)
        self._longest = int(self.about["longest"])

    def __len__(self) -> int:
        return int(self.about["items"])

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


def _item(row: Row) -> Item:
    """Return a row as an item: the row's own number stands before its fields, and the initials behind."""
    values = dict(zip(_FIELDS, row[1:-1], strict=True))
    joined = {name: tuple(values[name].split()) for name in ("barcodes", "controls")}
    return Item(**{**values, **joined, "trac_required": bool(values["trac_required"])})


def _sought(row: Row) -> Sought:
    return Sought(name=fold(row[3]), code=fold(row[1]), initials=tuple(row[-1].split()), barcodes=tuple(row[7].split()))
