"""What is on a simulated card, as ``yibao-card show`` says it: read from the image, not through the card's rules."""

from __future__ import annotations

from typing import Any

from simulator.image import CardImage
from terminal.cards import ldt

SCHEMA = 1


def contents(card: CardImage) -> dict[str, Any]:
    """Return the holder, the tries left and the off-line record; what is torn or was never written is None."""

    def text(name: str, file: ldt.File, tag: int) -> str | None:
        value = _value(card, name, tag)
        return None if value is None else ldt.decode(file.item(tag), value)

    return {
        "schema": SCHEMA,
        "card_no": text("SSSE|EF05", ldt.ISSUER, ldt.TAG_CARD_NO),
        "card_sn": text("SSSE|EF05", ldt.ISSUER, ldt.TAG_SN),
        "certno": text("SSSE|EF06", ldt.HOLDER, ldt.TAG_CERTNO),
        "psn_name": text("SSSE|EF06", ldt.HOLDER, ldt.TAG_NAME),
        "version": text("SSSE|EF05", ldt.ISSUER, ldt.TAG_VERSION),
        "valid_until": text("SSSE|EF05", ldt.ISSUER, ldt.TAG_VALID_UNTIL),
        "pin_tries_left": card.pin_left,
        "allowance": _allowance(card),
    }


def _allowance(card: CardImage) -> dict[str, Any]:
    if card.version.startswith("1"):
        # Another EF06: there is an amount and no allowance.
        amount = _value(card, "DF04|EF06", ldt.TAG_AMOUNT)
        return dict.fromkeys(("generation", "counter", "not_after")) | {"amount_fen": _number(amount), "tags": []}
    counters = _value(card, "DF04|EF06", ldt.TAG_COUNTERS)
    amount = _value(card, "DF04|EF06", ldt.TAG_AMOUNT)
    not_after = _value(card, "DF04|EF06", ldt.TAG_NOT_AFTER)
    return {
        "generation": None if counters is None else counters[0],
        "counter": None if counters is None else counters[1],
        "amount_fen": _number(amount),
        "not_after": None if not_after is None else not_after.decode("latin-1"),
        "tags": [None if record is None else int(record[:4], 16) for record in card.cyclic.get("DF04|EF15", [])],
    }


def _number(value: bytes | None) -> int | None:
    return None if value is None else int.from_bytes(value)


def _value(card: CardImage, name: str, tag: int) -> bytes | None:
    value = card.records.get(name, {}).get(f"{tag:02X}")
    return None if value is None else bytes.fromhex(value)
