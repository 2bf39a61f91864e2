"""The chain over every record, and the anchor beside the database.

A damaged write-ahead log reads as *fewer* rows with a valid chain, so (count, head) of the last acknowledged
transaction is kept in a small file beside the database: two checksummed slots, written in turn.
"""

from __future__ import annotations

import hashlib
import json
import os
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from offline_queue import operating_system

HEAD_NAME = "journal.head"
_SLOT = struct.Struct(">Q32s")
_SLOT_BYTES = _SLOT.size + 32
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def text_of(value: Any) -> str:  # noqa: ANN401 - any JSON value
    """Return a JSON value as the text that is kept and chained: no blanks, UTF-8 as it is. It is never made twice."""
    return _ENCODER.encode(value)


def commitment(salt: bytes, content: str) -> bytes:
    """Return what a record says of its personal part: nothing without the salt."""
    return hashlib.sha256(salt + content.encode()).digest()


def genesis(fixmedins_code: str, till: str, epoch: int) -> bytes:
    """Return the link before the first record."""
    return hashlib.sha256(text_of(["yibao journal", fixmedins_code, till, epoch]).encode()).digest()


def link(previous: bytes, seq: int, at: str, writer: str, kind: str, subject: str, body: str, committed: bytes) -> bytes:
    """Return the link of one record."""
    digest = hashlib.sha256(previous)
    # Each part after its length, so that no two rows give the same bytes.
    for part in (str(seq), at, writer, kind, subject, body):
        content = part.encode()
        digest.update(len(content).to_bytes(4) + content)
    digest.update(committed)
    return digest.digest()


@dataclass(frozen=True, slots=True)
class Anchor:
    """The last acknowledged state of the chain."""

    count: int
    head: bytes


class HeadFile:
    """``journal.head``, shared by till and sender."""

    def __init__(self, directory: Path, *, writing: bool) -> None:
        flags = os.O_RDWR | os.O_CREAT if writing else os.O_RDONLY
        self._descriptor = os.open(directory / HEAD_NAME, flags | os.O_CLOEXEC, 0o600)
        self._known: tuple[bytes, list[Anchor | None]] = (b"", [None, None])

    def raise_to(self, anchor: Anchor) -> None:
        """Record ``anchor`` unless another process has already recorded a later one."""
        operating_system.exclusively(self._descriptor)
        try:
            content = os.pread(self._descriptor, 2 * _SLOT_BYTES, 0)
            # Mostly this process wrote last, and knows what stands there.
            slots = self._known[1] if content == self._known[0] else _slots(content)
            counts = [slot.count if slot else -1 for slot in slots]
            if max(counts) < anchor.count:
                older = counts.index(min(counts))
                packed = _SLOT.pack(anchor.count, anchor.head)
                slot = packed + hashlib.sha256(packed).digest()
                place = older * _SLOT_BYTES
                os.pwrite(self._descriptor, slot, place)
                slots = [anchor if index == older else kept for index, kept in enumerate(slots)]
                self._known = (content[:place].ljust(place, b"\0") + slot + content[place + _SLOT_BYTES :], slots)
        finally:
            operating_system.shared_again(self._descriptor)

    def read(self) -> tuple[Anchor | None, bool]:
        """Return the latest sound anchor, and whether any slot that was written is damaged."""
        written = os.pread(self._descriptor, 2 * _SLOT_BYTES, 0)
        slots = _slots(written)
        sound = [slot for slot in slots if slot is not None]
        filled = [bool(written[i * _SLOT_BYTES : (i + 1) * _SLOT_BYTES].strip(b"\0")) for i in range(2)]
        size = os.fstat(self._descriptor).st_size
        damaged = any(full and slot is None for full, slot in zip(filled, slots, strict=True)) or size not in {
            0,
            _SLOT_BYTES,
            2 * _SLOT_BYTES,
        }
        return (max(sound, key=lambda anchor: anchor.count) if sound else None), damaged

    def close(self) -> None:
        """Close the file."""
        os.close(self._descriptor)


def _slots(content: bytes) -> list[Anchor | None]:
    return [_slot(content[i * _SLOT_BYTES : (i + 1) * _SLOT_BYTES]) for i in range(2)]


def _slot(content: bytes) -> Anchor | None:
    packed, check = content[: _SLOT.size], content[_SLOT.size :]
    if len(content) != _SLOT_BYTES or hashlib.sha256(packed).digest() != check:
        return None
    return Anchor(*_SLOT.unpack(packed))
