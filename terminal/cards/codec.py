"""Values of data items to and from bytes, and the check characters of their numbers (facts section 3)."""

from __future__ import annotations

from terminal.cards.ldt import Coding, Item

_CARD_NO_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_CARD_NO_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_CITIZEN_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CITIZEN_CHECKS = "10X98765432"


def card_no_check(body: str) -> str:
    """Return the check character of an eight-character card number. Raises :class:`ValueError`."""
    total = sum(_CARD_NO_ALPHABET.index(c) * weight for c, weight in zip(body, _CARD_NO_WEIGHTS, strict=True))
    value = 11 - total % 11
    return {10: "X", 11: "0"}.get(value, str(value))


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
