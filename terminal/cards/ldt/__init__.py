"""The tables of LD/T 32 (social-security card): applications, files, items, access rules, keys.

Declarative, and shared with the simulated card: both sides of the wire read one set. The texts of the
standard are not public. *Confirmed* means that independent public programs agree; what is *unconfirmed* is
our reading, and what is *design* is ours where nothing is public; both are to be checked against LD/T 32 and
人社信息函〔2012〕37号 before use in the field.
"""

from __future__ import annotations

from terminal.cards.ldt.files import (
    ALLOWANCE,
    APPLICATIONS,
    DEBITS,
    HOLDER,
    HOLDER_V1,
    HOLDER_V3,
    INSURED,
    INTENT_REFRESH,
    INTENT_SALE,
    INTENTS,
    ISSUER,
    TAG_AMOUNT,
    TAG_CARD_NO,
    TAG_CERTNO,
    TAG_COUNTERS,
    TAG_GENDER,
    TAG_ISSUED,
    TAG_NAME,
    TAG_NAME_MORE,
    TAG_NOT_AFTER,
    TAG_SN,
    TAG_VALID_UNTIL,
    TAG_VERSION,
    df04_files,
    files_of,
    ssse_files,
)
from terminal.cards.ldt.forms import COS_ONLY, FREE, PIN, Access, Coding, File, Item, Layout, decode, encode, values_of
from terminal.cards.ldt.keys import (
    FACTOR_BYTES,
    HOST_KEYS,
    KEYS,
    LEVEL_SHIFT,
    SM4_KEY,
    Key,
    KeyType,
    city_factor,
    key_place,
    place,
    province_factor,
)
from terminal.cards.ldt.status import SW

__all__ = [
    "ALLOWANCE",
    "APPLICATIONS",
    "ATR_HEAD",
    "CHANGE_PIN_P1",
    "COS_ONLY",
    "DEBITS",
    "DF01",
    "DF01_AID",
    "DF03",
    "DF03_AID",
    "DF04",
    "DF04_AID",
    "FACTOR_BYTES",
    "FREE",
    "HOLDER",
    "HOLDER_V1",
    "HOLDER_V3",
    "HOST_KEYS",
    "INITIAL_PINS",
    "INSURED",
    "INTENTS",
    "INTENT_REFRESH",
    "INTENT_SALE",
    "ISSUER",
    "KEYS",
    "LEVEL_SHIFT",
    "PIN",
    "PIN_DIGITS",
    "PIN_SEPARATOR",
    "PSAM_AID",
    "SM4_KEY",
    "SSSE_AID",
    "SW",
    "TAG_AMOUNT",
    "TAG_CARD_NO",
    "TAG_CERTNO",
    "TAG_COUNTERS",
    "TAG_GENDER",
    "TAG_ISSUED",
    "TAG_NAME",
    "TAG_NAME_MORE",
    "TAG_NOT_AFTER",
    "TAG_SN",
    "TAG_VALID_UNTIL",
    "TAG_VERSION",
    "Access",
    "Coding",
    "File",
    "Item",
    "Key",
    "KeyType",
    "Layout",
    "card_no_check",
    "citizen_check",
    "city_factor",
    "decode",
    "df04_files",
    "encode",
    "files_of",
    "key_place",
    "place",
    "province_factor",
    "ssse_files",
    "values_of",
]

SSSE_AID = bytes.fromhex("7378312E73682EC9E7BBE1B1A3D5CF")
"""Social security system environment, DES algorithms: "sx1.sh." + GBK 社会保障 (LD/T 32; confirmed)."""
PSAM_AID = bytes.fromhex("D15600000590")
"""The PSAM's application (confirmed)."""
DF01_AID = bytes.fromhex("D15600000500")
"""What every application may want to know (confirmed)."""
DF03_AID = bytes.fromhex("D15600000502")
"""Social insurance 1 = the other insurances (confirmed)."""
DF04_AID = bytes.fromhex("D15600000503")
"""Social insurance 2 = medical insurance (confirmed)."""
DF01, DF03, DF04 = 0xDF01, 0xDF03, 0xDF04

ATR_HEAD = bytes.fromhex("3B6D0000")
"""Contact cards: TS, T0, TB1, TC1; then 13 historical bytes, T=0 only (confirmed)."""
PIN_DIGITS = 6
"""Digits of the PIN in DF operations, sent as packed BCD (confirmed)."""
CHANGE_PIN_P1, PIN_SEPARATOR = 0x01, 0xFF
"""CHANGE PIN: 80 5E 01 00, old ‖ FF ‖ new (one program; unconfirmed)."""

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
