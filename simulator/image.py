"""A card as a file: one JSON image, replaced as a whole, so that a killed process leaves the old or the new."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal

SCHEMA = 1


@dataclass(slots=True, kw_only=True)
class CardImage:
    """Everything a simulated card keeps without power. Bytes are hexadecimal text; a torn record is None."""

    schema: int = SCHEMA
    kind: Literal["card", "psam"] = "card"
    simulated: bool = True
    atr: str
    keys: dict[str, str] = field(default_factory=dict)
    """Card: key identifier → key. PSAM: ``purpose/key`` → master key."""
    pin: str = ""
    pin_tries: int = 3
    pin_left: int = 3
    key_left: dict[str, int] = field(default_factory=dict)
    records: dict[str, dict[str, str | None]] = field(default_factory=dict)
    """File (``SSSE|EF05``) → tag → value."""
    cyclic: dict[str, list[str | None]] = field(default_factory=dict)
    """File → records, newest first."""
    terminal_number: str = ""


def load(path: Path) -> CardImage:
    """Return the image at ``path``. Raises :class:`OSError` and :class:`ValueError`."""
    content = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(content, dict) or content.get("schema") != SCHEMA:
        raise ValueError(path.name)
    try:
        return CardImage(**content)
    except TypeError as error:
        raise ValueError(path.name) from error


def store(path: Path, image: CardImage) -> None:
    """Replace the image at ``path``."""
    new = path.with_suffix(path.suffix + ".new")
    new.write_text(json.dumps(asdict(image), ensure_ascii=False, indent=1), encoding="utf-8")
    new.replace(path)
