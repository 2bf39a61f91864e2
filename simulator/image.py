"""A card as a file: one JSON image, replaced as a whole, so that a killed process leaves the old or the new."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from simulator import crypto
from terminal.cards import ldt

SCHEMA = 3
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
    algorithm: str = crypto.Algorithm.DES
    """Cipher of the card's keys. A PSAM has keys of both."""
    keys: dict[str, str] = field(default_factory=dict)
    """Card: ``application|identifier`` → key. PSAM: ``purpose/key`` → master key."""
    pin_check: str = ""
    """What :func:`simulator.crypto.pin_check` makes of the PIN; the PIN itself is on no image."""
    pin_tries: int = 3
    pin_left: int = 3
    key_left: dict[str, int] = field(default_factory=dict)
    """Tries left of a key that was failed since it was last right."""
    records: dict[str, dict[str, str | None]] = field(default_factory=dict)
    """File (``SSSE|EF05``) → tag, or number of a linear record, or ``00`` for all of a binary file → value."""
    cyclic: dict[str, list[str | None]] = field(default_factory=dict)
    """File → records, newest first."""
    sequence: int = 0
    """Number of the account's next transaction; after 65,535 comes 0."""
    proof: str = ""
    """Type ‖ number ‖ answer of the account's last transaction."""
    blocked: dict[str, str] = field(default_factory=dict)
    """Applications that were blocked → ``temporary`` or ``for ever``."""
    card_blocked: bool = False
    terminal_number: str = ""
    """PSAM: six bytes of BCD."""
    serial: str = ""
    """PSAM: ten bytes of BCD."""


def load(path: Path) -> CardImage:
    """Return the image at ``path``. Raises :class:`OSError` and :class:`ImageDamaged`."""
    try:
        content = _upgraded(json.loads(path.read_text(encoding="utf-8")))
        image = CardImage(**content)
        _check(image)
    except (ValueError, TypeError, AttributeError, KeyError, OverflowError, RecursionError) as error:
        raise ImageDamaged(path, error) from error
    return image


def store(path: Path, image: CardImage) -> None:
    """Replace the image at ``path``."""
    new = path.with_name(f"{path.name}.{os.getpid()}.new")
    new.write_text(json.dumps(asdict(image), ensure_ascii=False, indent=1), encoding="utf-8")
    new.replace(path)


def _upgraded(content: dict[str, Any]) -> dict[str, Any]:
    """Return an image of an earlier schema as one of today; any other is itself."""
    if content.get("schema") == 1:
        # It held the PIN itself.
        pin = content.pop("pin", "")
        check = crypto.pin_check(bytes.fromhex(pin), bytes.fromhex(content["atr"])).hex().upper() if pin else ""
        content = {**content, "schema": 2, "pin_check": check}
    if content.get("schema") == 2:  # noqa: PLR2004 - the schema before today's
        content = {**content, "schema": SCHEMA}
        if content.get("kind", "card") == "card":
            # Its keys belonged to no application, and it had fewer files.
            for name in ("keys", "key_left"):
                content[name] = {ldt.place("DF04", int(key, 16)): value for key, value in content.get(name, {}).items()}
            records, cyclic = empty_files(content.get("version", "2.00"))
            content |= {"records": records | content.get("records", {}), "cyclic": cyclic | content.get("cyclic", {})}
    return content


def empty_files(version: str) -> tuple[dict[str, dict[str, str | None]], dict[str, list[str | None]]]:
    """Return the files of a card in which nothing was written yet: those with named records, and the cyclic ones."""
    named: dict[str, dict[str, str | None]] = {}
    cyclic: dict[str, list[str | None]] = {}
    for name, file in files(version):
        if file.layout is ldt.Layout.CYCLIC:
            cyclic[name] = []
        else:
            named[name] = {}
    return named, cyclic


def files(version: str) -> Iterator[tuple[str, ldt.File]]:
    """Walk the files of a card, each with its name in an image."""
    for application in ldt.APPLICATIONS:
        for file in ldt.files_of(application, version).values():
            yield f"{application}|{file.fid:04X}", file


def _check(image: CardImage) -> None:
    """Refuse what the card system could not work with."""
    if image.schema != SCHEMA or image.kind not in {"card", "psam"}:
        raise ValueError("schema")
    if not bytes.fromhex(image.atr).startswith(ldt.ATR_HEAD):
        raise ValueError("atr")
    for key in image.keys.values():
        bytes.fromhex(key)
    bytes.fromhex(image.terminal_number + image.serial)
    if image.kind == "psam":
        return
    crypto.Algorithm(image.algorithm)
    bytes.fromhex(image.proof)
    image.sequence.to_bytes(2)
    if not (len(bytes.fromhex(image.pin_check)) == _CHECK_BYTES and 0 <= image.pin_left <= image.pin_tries):
        raise ValueError("pin")
    for name, file in files(image.version):
        _check_file(image, name, file)


def _check_file(image: CardImage, name: str, file: ldt.File) -> None:
    if file.layout is ldt.Layout.CYCLIC:
        sizes = [(record, file.record_bytes) for record in image.cyclic[name]]
    elif file.layout is ldt.Layout.TAGGED:
        sizes = [(value, file.item(int(tag, 16)).length) for tag, value in image.records[name].items()]
    else:
        sizes = [(value, file.record_bytes) for value in image.records[name].values()]
    if any(value is not None and len(bytes.fromhex(value)) != length for value, length in sizes):
        raise ValueError(name)
