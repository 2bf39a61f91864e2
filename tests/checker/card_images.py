"""What a card image file says of its off-line record, read by the layout of the specification and by nothing of ours."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

_CARD_NO, _NOT_AFTER, _AMOUNT, _COUNTERS = "07", "90", "92", "93"
"""Tags of SSSE EF05 (the card's number) and of DF04 EF06 (the off-line record)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One user card. None = torn, or never written."""

    card_no: str
    generation: int | None
    counter: int | None
    amount_fen: int | None
    not_after: str | None
    tags: tuple[int | None, ...]


def read(path: Path) -> Card | None:
    """Return the card in the image at ``path``; None when it is the shop's own key card."""
    image = json.loads(path.read_text(encoding="utf-8"))
    if image["kind"] != "card":
        return None
    issuer, record = image["records"]["SSSE|EF05"], image["records"].get("DF04|EF06", {})
    counters, amount, not_after = (_bytes(record.get(tag)) for tag in (_COUNTERS, _AMOUNT, _NOT_AFTER))
    return Card(
        card_no=bytes.fromhex(issuer[_CARD_NO]).decode("gbk").rstrip("\x00 ") if issuer[_CARD_NO] else "",
        generation=counters[0] if counters else None,
        counter=counters[1] if counters else None,
        amount_fen=int.from_bytes(amount, "big") if amount is not None else None,
        not_after=not_after.decode("latin-1") if not_after is not None else None,
        tags=tuple(None if written is None else int(written[:4], 16) for written in image["cyclic"].get("DF04|EF15", [])),
    )


def _bytes(value: str | None) -> bytes | None:
    return None if value is None else bytes.fromhex(value)
