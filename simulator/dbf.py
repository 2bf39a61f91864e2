"""Tables in dBASE files, as issuing offices hand rosters on: the header, the field descriptors, the records, and nothing more.

dBASE III is enough: what later versions add (memos, codes of languages) is no part of a roster. Texts are GBK, read as its superset
GB 18030 whatever the file says of its language. The lists of packages have one reader that is kept up, and it also writes, locks and
converts such files; reading them is these lines.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

_HEADER, _DESCRIPTOR = 32, 32
_END_OF_FIELDS = 0x0D
_NAME = slice(0, 11)
_TYPE, _SIZE = 11, 16
_TYPES = b"CNFDL"
"""Character, number, floating number, date, logical: all of them text. The others are not in the record itself."""
_DELETED, _VALID = ord("*"), ord(" ")


class DbfDamaged(ValueError):
    """A file that is no dBASE table, or is cut short: the part that is wrong, and the number of the field or record."""

    def __init__(self, part: str, number: int = 0) -> None:
        super().__init__(f"DBF: {part} {number or ''}".strip())


@dataclass(frozen=True, slots=True)
class Field:
    """One column."""

    name: str
    start: int
    """Offset in a record, whose first byte says whether it is deleted."""
    size: int
    readable: bool


def records(content: bytes) -> Iterator[tuple[int, dict[str, bytes]]]:
    """Walk the records that are not deleted: number from 1, and the bytes of each field by its name in capitals.

    Raises :class:`DbfDamaged`.
    """
    if len(content) < _HEADER:
        raise DbfDamaged("header")
    count, start, size = (int.from_bytes(content[at : at + width], "little") for at, width in ((4, 4), (8, 2), (10, 2)))
    fields = _fields(content, start)
    if not fields or fields[-1].start + fields[-1].size != size:
        raise DbfDamaged("fields")
    if len(content) < start + count * size:
        raise DbfDamaged("record", (len(content) - start) // size + 1)
    for number in range(1, count + 1):
        record = content[start + (number - 1) * size :][:size]
        if record[0] not in {_DELETED, _VALID}:
            raise DbfDamaged("record", number)
        if record[0] == _VALID:
            yield number, {field.name: record[field.start :][: field.size] for field in fields if field.readable}


def _fields(content: bytes, end: int) -> list[Field]:
    fields: list[Field] = []
    start, at = 1, _HEADER
    while at + _DESCRIPTOR < end <= len(content) and content[at] != _END_OF_FIELDS:
        descriptor = content[at : at + _DESCRIPTOR]
        name = descriptor[_NAME].partition(b"\0")[0].decode("gb18030", "replace").strip().upper()
        if not name or name in {field.name for field in fields} or not descriptor[_SIZE]:
            raise DbfDamaged("field", len(fields) + 1)
        fields.append(Field(name, start, descriptor[_SIZE], readable=descriptor[_TYPE] in _TYPES))
        start, at = start + descriptor[_SIZE], at + _DESCRIPTOR
    if not _HEADER < at < end <= len(content) or content[at] != _END_OF_FIELDS:
        raise DbfDamaged("fields")
    return fields
