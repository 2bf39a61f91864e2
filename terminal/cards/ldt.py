"""The tables of LD/T 32 (social-security card): applications, files, items, access rules, keys.

Declarative, and shared with the simulated card: both sides of the wire read one file. The texts of the
standard are not public. *Confirmed* means that independent public programs agree; what is *unconfirmed* is
our reading and is to be checked against LD/T 32 and 人社信息函〔2012〕37号 before use in the field.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, IntEnum, StrEnum

SSSE_AID = bytes.fromhex("7378312E73682EC9E7BBE1B1A3D5CF")
"""Social security system environment, DES algorithms: "sx1.sh." + GBK 社会保障 (LD/T 32; confirmed)."""
PSAM_AID = bytes.fromhex("D15600000590")
"""The PSAM's application (confirmed)."""
DF04_AID = bytes.fromhex("D15600000503")
"""Social insurance 2 = medical insurance (confirmed)."""
DF04 = 0xDF04

ATR_HEAD = bytes.fromhex("3B6D0000")
"""Contact cards: TS, T0, TB1, TC1; then 13 historical bytes, T=0 only (confirmed)."""
FACTOR_BYTES = 8
"""Diversification factor of one level: the card's is the last 8 bytes of its answer to reset (confirmed)."""
CITY_SUFFIX = b"sx"
PROVINCE_SUFFIX = b"sh"
PIN_DIGITS = 6
"""Digits of the PIN in DF operations, sent as packed BCD (confirmed)."""
CHANGE_PIN_P1, PIN_SEPARATOR = 0x01, 0xFF
"""CHANGE PIN: 80 5E 01 00, old ‖ FF ‖ new (one program; unconfirmed)."""


class Coding(Enum):
    """How the value of an item is written."""

    CN = "packed BCD, left aligned, padded with F"
    AN = "ASCII or GBK, left aligned, padded with 00"
    RAW = "bytes as they are"
    DEC = "binary integer, most significant byte first"


class Layout(StrEnum):
    """How a file keeps its records."""

    TAGGED = "variable records, one TLV each, addressed by tag or ordinal"
    CYCLIC = "fixed records without tag, the newest is number 1"


@dataclass(frozen=True, slots=True)
class Item:
    """One data item: the record ``tag len value``."""

    tag: int
    length: int
    coding: Coding
    name: str
    confirmed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """What a command on a file needs: the PIN, and one of these keys proved by external authentication."""

    pin: bool = False
    keys: tuple[str, ...] = ()
    cos_only: bool = False
    """Only the card itself writes here; a terminal is refused whatever it proved."""


FREE = Access()
COS_ONLY = Access(cos_only=True)


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
    """Cyclic files: how many records are kept."""
    record_bytes: int = 0
    """Cyclic files: length of one record."""

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


def _items(*rows: tuple[int, int, Coding, str], confirmed: bool = True) -> tuple[Item, ...]:
    return tuple(Item(*row, confirmed=confirmed) for row in rows)


ISSUER = File(
    fid=0xEF05,
    name="发卡信息",
    layout=Layout.TAGGED,
    read=FREE,
    write=Access(keys=("UKSSSE",)),
    items=_items(
        (0x01, 16, Coding.RAW, "卡识别码"),
        (0x02, 1, Coding.AN, "卡类别"),
        (0x03, 4, Coding.AN, "规范版本"),
        (0x04, 12, Coding.CN, "初始化机构编号"),
        (0x05, 4, Coding.CN, "发卡日期"),
        (0x06, 4, Coding.CN, "卡有效期"),
        (0x07, 9, Coding.AN, "卡号"),
    ),
)
"""SSSE EF05 (four programs agree)."""

TAG_NAME_MORE = 0x4E
_HOLDER_ITEMS = _items(
    (0x08, 18, Coding.AN, "社会保障号码"),
    (0x09, 30, Coding.AN, "姓名"),
    (TAG_NAME_MORE, 20, Coding.AN, "姓名扩展"),
    (0x0A, 1, Coding.AN, "性别"),
    (0x0B, 1, Coding.CN, "民族"),
    (0x0C, 3, Coding.CN, "出生地"),
    (0x0D, 4, Coding.CN, "出生日期"),
)
HOLDER = File(fid=0xEF06, name="持卡人信息", layout=Layout.TAGGED, read=FREE, write=Access(keys=("UKSSSE",)), items=_HOLDER_ITEMS)
"""SSSE EF06, specification 2.00. Ordinals moved between versions, so it is always read by tag."""
HOLDER_V1 = File(
    fid=0xEF06,
    name="持卡人信息",
    layout=Layout.TAGGED,
    read=FREE,
    write=Access(keys=("UKSSSE",)),
    items=tuple(item for item in _HOLDER_ITEMS if item.tag != TAG_NAME_MORE),
)
"""SSSE EF06, specification 1.00: no 4E, so everything after the name has another ordinal."""
HOLDER_V3 = File(
    fid=0xEF06,
    name="持卡人信息",
    layout=Layout.TAGGED,
    read=Access(keys=("RKSSSE",)),
    write=Access(keys=("UKSSSE",)),
    items=_HOLDER_ITEMS,
)
"""SSSE EF06, specification 3.00: no longer free to read (two programs agree)."""

INSURED = File(
    fid=0xEF05,
    name="医疗保险基本信息",
    layout=Layout.TAGGED,
    read=Access(pin=True),
    write=Access(keys=("UK1DF04",)),
    items=_items(
        (0x81, 8, Coding.AN, "item 81"),
        (0x84, 3, Coding.CN, "item 84"),
        (0x87, 17, Coding.AN, "item 87"),
        (0x8C, 1, Coding.CN, "item 8C"),
        (0x80, 4, Coding.CN, "item 80"),
        (0x8B, 29, Coding.AN, "item 8B"),
        (0x8A, 15, Coding.AN, "item 8A"),
        (0x83, 9, Coding.AN, "designated institution 1"),
        (0x86, 9, Coding.AN, "designated institution 2"),
        (0x89, 9, Coding.AN, "designated institution 3"),
        (0x7D, 9, Coding.AN, "designated institution 4"),
        (0x7E, 9, Coding.AN, "designated institution 5"),
        (0x7F, 9, Coding.AN, "designated institution 6"),
        (0x8D, 9, Coding.AN, "designated institution 7"),
        (0x8E, 9, Coding.AN, "designated institution 8"),
        (0x8F, 1, Coding.AN, "item 8F"),
        confirmed=False,
    ),
)
"""DF04 EF05, specification 2.00. Tags, lengths and codings are confirmed, the names are not public."""

ALLOWANCE = File(
    fid=0xEF06,
    name="医疗保险临时脱网结算信息",
    layout=Layout.TAGGED,
    read=Access(pin=True, keys=("RK1DF04",)),
    write=Access(keys=("UK2DF04",)),
    items=_items(
        (0x90, 1, Coding.AN, "not-after month"),
        (0x92, 4, Coding.DEC, "allowance in fen"),
        (0x93, 2, Coding.RAW, "generation and counter"),
        confirmed=False,
    ),
)
"""DF04 EF06: tags, lengths and rules are confirmed; the meaning of each item is our reading, unconfirmed."""

DEBITS = File(
    fid=0xEF08,
    name="医疗交易明细",
    layout=Layout.CYCLIC,
    read=Access(pin=True),
    write=COS_ONLY,
    records=30,
    record_bytes=28,
)
"""DF04 EF08 (confirmed): the card appends to it during its own debit; nobody else may."""

INTENTS = File(
    fid=0xEF15,
    name="特殊医疗结算记录",
    layout=Layout.CYCLIC,
    read=Access(pin=True),
    write=Access(keys=("UK2DF04",)),
    records=8,
    record_bytes=3,
)
"""DF04 EF15: size and rules are confirmed; a 16-bit tag of each writer's intent and its kind are our reading."""

TAG_SN, TAG_VERSION, TAG_ISSUED, TAG_VALID_UNTIL, TAG_CARD_NO = 0x01, 0x03, 0x05, 0x06, 0x07
TAG_CERTNO, TAG_NAME, TAG_GENDER = 0x08, 0x09, 0x0A
TAG_NOT_AFTER, TAG_AMOUNT, TAG_COUNTERS = 0x90, 0x92, 0x93

INTENT_SALE = 0x31
"""Last byte of an EF15 record, an ASCII digit: a sale (unconfirmed)."""
INTENT_REFRESH = 0x32
"""Last byte of an EF15 record: a refresh (unconfirmed)."""


LEVEL_SHIFT = 5


@dataclass(frozen=True, slots=True)
class Key:
    """One key: its identifier in the card; purpose and identifier in the PSAM as published."""

    card_key: int
    purpose: int
    psam_key: int

    @property
    def levels(self) -> int:
        """Levels of diversification left: the high three bits of the purpose (confirmed)."""
        return self.purpose >> LEVEL_SHIFT


KEYS: dict[str, Key] = {
    "IRK": Key(0x00, 0x67, 0x08),
    "UKSSSE": Key(0x04, 0x28, 0x12),
    "BK": Key(0x05, 0x28, 0x11),
    "PUK": Key(0x06, 0x28, 0x10),
    "RKSSSE0C": Key(0x07, 0x48, 0x5D),
    "RKSSSE": Key(0x0A, 0x47, 0x0A),
    "UKEF0D": Key(0x0D, 0x48, 0x13),
    "LKDF04": Key(0x83, 0x28, 0x41),
    "RK1DF04": Key(0x84, 0x67, 0x2D),
    "UK1DF04": Key(0x85, 0x28, 0x49),
    "UK2DF04": Key(0x86, 0x27, 0x2A),
    "UK6DF04": Key(0x87, 0x28, 0x5C),
    "UK4DF04": Key(0x88, 0x28, 0x54),
}
"""Published key table. PSAMs of other tiers carry other purposes, so the till's table is configuration (``[psam] keys``)."""


def ssse_files(version: str) -> dict[int, File]:
    """Return the files under the environment for a specification version such as ``2.00``."""
    holder = {"1": HOLDER_V1, "3": HOLDER_V3}.get(version[:1], HOLDER)
    return {file.fid: file for file in (ISSUER, holder)}


def df04_files(version: str) -> dict[int, File]:
    """Return the files of the medical application; specification 1.00 has another EF06, which we do not use."""
    return {} if version.startswith("1") else {file.fid: file for file in (INSURED, ALLOWANCE, DEBITS, INTENTS)}


def city_factor(card_sn: bytes) -> bytes:
    """Return the city's diversification factor: six digits of the issuing region + ``sx`` (three programs agree)."""
    return card_sn[:3].hex().encode() + CITY_SUFFIX


def province_factor(card_sn: bytes) -> bytes:
    """Return the province's diversification factor: two digits + ``0000sh`` (three programs agree)."""
    return card_sn[:1].hex().encode() + b"0000" + PROVINCE_SUFFIX


class SW(IntEnum):
    """Status words that mean something to a till (confirmed, but for 6581 as a torn record)."""

    OK = 0x9000
    MEMORY = 0x6581
    LENGTH = 0x6700
    FILE_TYPE = 0x6981
    SECURITY = 0x6982
    BLOCKED = 0x6983
    NO_CHALLENGE = 0x6984
    CONDITIONS = 0x6985
    CONTENT = 0x6A80
    FUNCTION = 0x6A81
    NO_FILE = 0x6A82
    NO_RECORD = 0x6A83
    P1P2 = 0x6A86
    NO_KEY = 0x6A88
    INSTRUCTION = 0x6D00
    CLASS = 0x6E00


_CARD_NO_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_CARD_NO_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_CITIZEN_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CITIZEN_CHECKS = "10X98765432"


def card_no_check(body: str) -> str:
    """Return the check character of an eight-character card number. Raises :class:`ValueError`."""
    total = sum(_CARD_NO_ALPHABET.index(c) * weight for c, weight in zip(body, _CARD_NO_WEIGHTS, strict=True))
    value = 11 - total % 11
    return {10: "X", 11: "0"}.get(value, str(value))


INITIAL_PINS = (b"123456", b"888888")
"""PINs that cards are issued with (123456 in most traces, 888888 at one vendor): a card that has one is not active yet."""


def citizen_check(body: str) -> str:
    """Return the check character of a seventeen-digit citizen number (GB 11643). Raises :class:`ValueError`."""
    return _CITIZEN_CHECKS[sum(int(digit) * weight for digit, weight in zip(body, _CITIZEN_WEIGHTS, strict=True)) % 11]


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
