"""A card as a file: one JSON image, replaced as a whole, so that a killed process leaves the old or the new."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from simulator import crypto
from terminal.cards import ldt

SCHEMA = 2
_CHECK_BYTES = 16


class ImageDamaged(ValueError):
    """The file is no image of a card: its name, and what is wrong with it."""

    def __init__(self, path: Path, why: object) -> None:
        super().__init__(f"{path.name}: {why}")


@dataclass(slots=True, kw_only=True)
class CardImage:
    """Everything a simulated card keeps without power. Bytes are hexadecimal text; a torn record is None."""

    schema: int = SCHEMA
    kind: Literal["card", "psam"] = "card"
    simulated: bool = True
    atr: str
    version: str = "2.00"
    """Specification whose files the card has."""
    keys: dict[str, str] = field(default_factory=dict)
    """Card: key identifier → key. PSAM: ``purpose/key`` → master key."""
    pin_check: str = ""
    """What :func:`simulator.crypto.pin_check` makes of the PIN; the PIN itself is on no image."""
    pin_tries: int = 3
    pin_left: int = 3
    key_left: dict[str, int] = field(default_factory=dict)
    """Tries left of a key that was ever failed."""
    records: dict[str, dict[str, str | None]] = field(default_factory=dict)
    """File (``SSSE|EF05``) → tag → value."""
    cyclic: dict[str, list[str | None]] = field(default_factory=dict)
    """File → records, newest first."""
    terminal_number: str = ""


def load(path: Path) -> CardImage:
    """Return the image at ``path``. Raises :class:`OSError` and :class:`ImageDamaged`."""
    try:
        content = _upgraded(json.loads(path.read_text(encoding="utf-8")))
        image = CardImage(**content)
        _check(image)
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError) as error:
        raise ImageDamaged(path, error) from error
    return image


def store(path: Path, image: CardImage) -> None:
    """Replace the image at ``path``."""
    new = path.with_name(f"{path.name}.{os.getpid()}.new")
    new.write_text(json.dumps(asdict(image), ensure_ascii=False, indent=1), encoding="utf-8")
    new.replace(path)


def _upgraded(content: dict[str, Any]) -> dict[str, Any]:
    """Return an image of the first schema, which held the PIN itself, as one of today; any other is itself."""
    if content.get("schema") != 1:
        return content
    pin = content.pop("pin", "")
    check = crypto.pin_check(bytes.fromhex(pin), bytes.fromhex(content["atr"])).hex().upper() if pin else ""
    return {**content, "schema": SCHEMA, "pin_check": check}


def _check(image: CardImage) -> None:
    """Refuse what the card system could not work with."""
    if image.schema != SCHEMA or image.kind not in {"card", "psam"}:
        raise ValueError("schema")
    if not bytes.fromhex(image.atr).startswith(ldt.ATR_HEAD):
        raise ValueError("atr")
    for key in image.keys.values():
        bytes.fromhex(key)
    bytes.fromhex(image.terminal_number)
    if image.kind == "psam":
        return
    if not (len(bytes.fromhex(image.pin_check)) == _CHECK_BYTES and 0 <= image.pin_left <= image.pin_tries):
        raise ValueError("pin")
    for application, files in (("SSSE", ldt.ssse_files(image.version)), ("DF04", ldt.df04_files(image.version))):
        for file in files.values():
            _check_file(image, f"{application}|{file.fid:04X}", file)


def _check_file(image: CardImage, name: str, file: ldt.File) -> None:
    if file.layout is ldt.Layout.CYCLIC:
        sizes = [(record, file.record_bytes) for record in image.cyclic[name]]
    else:
        sizes = [(value, file.item(int(tag, 16)).length) for tag, value in image.records[name].items()]
    if any(value is not None and len(bytes.fromhex(value)) != length for value, length in sizes):
        raise ValueError(name)
