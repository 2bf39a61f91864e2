"""The words of the tables: items, files, access rules, and how a value becomes bytes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum
from functools import cache


class Coding(Enum):
    """How the value of an item is written."""

    CN = "packed BCD, left aligned, padded with F"
    AN = "ASCII or GBK, left aligned, padded with 00"
    RAW = "bytes as they are"
    DEC = "binary integer, most significant byte first"


class Layout(StrEnum):
    """How a file keeps what is in it."""

    TAGGED = "variable records, one TLV each, addressed by tag or ordinal"
    LINEAR = "fixed records without tag, each with a number of its own"
    CYCLIC = "fixed records without tag, the newest is number 1"
    BINARY = "bytes, addressed by offset"


@dataclass(frozen=True, slots=True)
class Item:
    """One data item: the record ``tag len value``."""

    tag: int
    length: int
    coding: Coding
    name: str
    confirmed: bool = True


PIN = "PIN"
"""Name of the cardholder's PIN in an access rule."""


@dataclass(frozen=True, slots=True)
class Access:
    """What a command on a file needs, in the grammar of the published tables (confirmed).

    ``0`` nothing · ``COS`` only the card itself · else names of keys and ``PIN``, ``&`` both, ``|`` either; ``&`` binds first.
    """

    rule: str

    @property
    def alternatives(self) -> tuple[tuple[str, ...], ...]:
        """What may be proved: any one of these, and of that one everything."""
        return _alternatives(self.rule)

    @property
    def cos_only(self) -> bool:
        """Whether only the card itself writes here: a terminal is refused whatever it proved."""
        return not self.alternatives

    @property
    def pin(self) -> bool:
        """Whether every way asks for the PIN."""
        return bool(self.alternatives) and all(PIN in names for names in self.alternatives)

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys that the rule names, each once, in its order."""
        return tuple(dict.fromkeys(name for names in self.alternatives for name in names if name != PIN))

    def permits(self, proved: frozenset[str]) -> bool:
        """Whether what was proved is enough."""
        return any(proved.issuperset(names) for names in self.alternatives)


@cache
def _alternatives(rule: str) -> tuple[tuple[str, ...], ...]:
    if rule == "COS":
        return ()
    return tuple(() if part == "0" else tuple(part.split("&")) for part in rule.split("|"))


FREE = Access("0")
COS_ONLY = Access("COS")


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """One elementary file of an application."""

    fid: int
    name: str
    layout: Layout
    read: Access
    write: Access
    items: tuple[Item, ...] = ()
    """Tagged files: the items in ordinal order."""
    records: int = 0
    """Linear and cyclic files: how many records are kept."""
    record_bytes: int = 0
    """Linear and cyclic files: length of one record. Binary files: length of all."""
    confirmed: bool = True
    """Whether its size and rules are public; what its items mean is said by each of them."""

    @property
    def sfi(self) -> int:
        """Short file identifier: the low five bits of the file identifier (confirmed for 05 and 06)."""
        return self.fid & 0x1F

    def item(self, tag: int) -> Item:
        """Return the item with ``tag``. Raises :class:`KeyError`."""
        for item in self.items:
            if item.tag == tag:
                return item
        raise KeyError(tag)


def encode(item: Item, value: str) -> bytes:
    """Return ``value`` as the item's bytes. Raises :class:`ValueError` when it does not fit."""
    if item.coding is Coding.CN:
        packed = bytes.fromhex(value.ljust(item.length * 2, "F"))
    elif item.coding is Coding.AN:
        packed = value.encode("gb18030").ljust(item.length, b"\0")
    elif item.coding is Coding.DEC:
        packed = int(value).to_bytes(item.length)
    else:
        packed = bytes.fromhex(value)
    if len(packed) != item.length:
        raise ValueError(item.name)
    return packed


def values_of(file: File, packed: bytes) -> dict[int, bytes]:
    """Return the values of a row of a tagged file's records by tag; empty when it is not one of its items, each at most once and whole."""
    found: dict[int, bytes] = {}
    lengths = {item.tag: item.length for item in file.items}
    while packed:
        tag, end = packed[0], 2 + lengths.get(packed[0], 0)
        if tag not in lengths or tag in found or packed[1:2] != bytes((lengths[tag],)) or len(packed) < end:
            return {}
        found[tag], packed = packed[2:end], packed[end:]
    return found


def decode(item: Item, packed: bytes) -> str:
    """Return the item's bytes as text. Raises :class:`ValueError` for what its coding does not allow."""
    if len(packed) != item.length:
        raise ValueError(item.name)
    if item.coding is Coding.CN:
        digits = packed.hex().upper().rstrip("F")
        if digits and not digits.isdigit():
            raise ValueError(item.name)
        return digits
    if item.coding is Coding.AN:
        return packed.rstrip(b"\0 ").decode("gb18030")
    return str(int.from_bytes(packed)) if item.coding is Coding.DEC else packed.hex().upper()
