"""The keys of card and PSAM, and what diversifies them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

FACTOR_BYTES = 8
"""Diversification factor of one level: the card's is the last 8 bytes of its answer to reset (confirmed)."""
CITY_SUFFIX = b"sx"
PROVINCE_SUFFIX = b"sh"
LEVEL_SHIFT = 5
_TYPE_MASK = (1 << LEVEL_SHIFT) - 1
_LOCAL = 0x80
"""Set in identifiers that mean another key in each application (ISO 7816-4: specific reference data; the published table agrees)."""


class KeyType(IntEnum):
    """What a key of the PSAM may do: the low five bits of its purpose (confirmed)."""

    MASTER = 0
    MAINTENANCE = 1
    DEBIT = 2
    PIN_UNBLOCK = 3
    PIN_RELOAD = 4
    CARD_MAINTENANCE = 5
    MAC = 6
    ENCRYPT = 7
    MAC_ENCRYPT = 8


@dataclass(frozen=True, slots=True)
class Key:
    """One key: its identifier in the card; purpose and identifier in the PSAM as published."""

    card_key: int
    purpose: int
    psam_key: int
    confirmed: bool = True

    @property
    def levels(self) -> int:
        """Levels of diversification left: the high three bits of the purpose (confirmed)."""
        return self.purpose >> LEVEL_SHIFT

    @property
    def type(self) -> int:
        """What it may do in the PSAM."""
        return self.purpose & _TYPE_MASK


KEYS: dict[str, Key] = {
    "IRK": Key(0x00, 0x67, 0x08),
    "UKSSSE": Key(0x04, 0x28, 0x12),
    "BK": Key(0x05, 0x28, 0x11),
    "PUK": Key(0x06, 0x28, 0x10),
    "RKSSSE0C": Key(0x07, 0x48, 0x5D),
    "RKSSSE": Key(0x0A, 0x47, 0x0A),
    "UKEF0D": Key(0x0D, 0x48, 0x13),
    "UK1DF01": Key(0x83, 0x28, 0x42),
    "UK2DF01": Key(0x84, 0x28, 0x43),
    "UK3DF01": Key(0x85, 0x27, 0x24),
    "UK4DF01": Key(0x86, 0x27, 0x25),
    "UK5DF01": Key(0x87, 0x28, 0x44),
    "RK1DF03": Key(0x84, 0x67, 0x2B),
    "RK2DF03": Key(0x85, 0x67, 0x2C),
    "UK1DF03": Key(0x86, 0x28, 0x47),
    "UK2DF03": Key(0x87, 0x28, 0x29),
    "UK3DF03": Key(0x88, 0x28, 0x48),
    "UK4DF03": Key(0x8C, 0x28, 0x58),
    "UK5DF03": Key(0x89, 0x28, 0x59),
    "UK6DF03": Key(0x8A, 0x28, 0x5A),
    "UK7DF03": Key(0x8B, 0x28, 0x5B),
    "LKDF03": Key(0x83, 0x28, 0x40),
    "LKDF04": Key(0x83, 0x28, 0x41),
    "RK1DF04": Key(0x84, 0x67, 0x2D),
    "UK1DF04": Key(0x85, 0x28, 0x49),
    "UK2DF04": Key(0x86, 0x27, 0x2A),
    "UK6DF04": Key(0x87, 0x28, 0x5C),
    "UK4DF04": Key(0x88, 0x28, 0x54),
    "DPKDF04": Key(0x91, 0x22, 0x61, confirmed=False),
}
"""Published key table. PSAMs of other tiers carry other purposes, so the till's table is configuration (``[psam] keys``).

The last one, of the debit, is known by name alone: its identifiers are ours (design), its type is the published one.
"""
HOST_KEYS: dict[str, Key] = {
    "DLKDF04": Key(0x92, 0x22, 0x62, confirmed=False),
    "DTKDF04": Key(0x93, 0x22, 0x63, confirmed=False),
}
"""Keys of load and TAC, which no PSAM holds: money comes onto a card, and a TAC is checked, only where the ledger is (design)."""
SM4_KEY = 0x80
"""Set in the PSAM's key identifier: the SM4 key of the same purpose, for cards whose SELECT says SM4 (design)."""


def key_place(name: str) -> str:
    """Return where the card keeps a key, ``<application>|<identifier>``: one below 80 belongs to the environment and serves in each."""
    return place(name[-4:], (KEYS | HOST_KEYS)[name].card_key)


def place(application: str, identifier: int) -> str:
    """Return which key an identifier means while ``application`` is selected."""
    return f"{application if identifier & _LOCAL else 'SSSE'}|{identifier:02X}"


def city_factor(card_sn: bytes) -> bytes:
    """Return the city's diversification factor: six digits of the issuing region + ``sx`` (three programs agree)."""
    return card_sn[:3].hex().encode() + CITY_SUFFIX


def province_factor(card_sn: bytes) -> bytes:
    """Return the province's diversification factor: two digits + ``0000sh`` (three programs agree)."""
    return card_sn[:1].hex().encode() + b"0000" + PROVINCE_SUFFIX
