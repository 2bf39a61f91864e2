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
_NO_COMMITMENT = b""


def canonical(value: Any) -> str:  # noqa: ANN401 - any JSON value
    """Return the one text of a JSON value: sorted keys, no blanks, UTF-8 as it is."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def commitment(salt: bytes, content: str) -> bytes:
    """Return what a record says of its personal part: nothing without the salt."""
    return hashlib.sha256(salt + content.encode()).digest()


def genesis(fixmedins_code: str, till: str, epoch: int) -> bytes:
    """Return the link before the first record."""
    return hashlib.sha256(canonical(["yibao journal", fixmedins_code, till, epoch]).encode()).digest()


def link(previous: bytes, seq: int, at: str, writer: str, kind: str, subject: str, body: str, committed: bytes) -> bytes:
    """Return the link of one record."""
    text = canonical([seq, at, writer, kind, subject, body, committed.hex()])
    return hashlib.sha256(previous + text.encode()).digest()


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

    def raise_to(self, anchor: Anchor) -> None:
        """Record ``anchor`` unless another process has already recorded a later one."""
        operating_system.exclusively(self._descriptor)
        try:
            slots = self._slots()
            counts = [slot.count if slot else -1 for slot in slots]
            if max(counts) < anchor.count:
                older = counts.index(min(counts))
                packed = _SLOT.pack(anchor.count, anchor.head)
                os.pwrite(self._descriptor, packed + hashlib.sha256(packed).digest(), older * _SLOT_BYTES)
        finally:
            operating_system.shared_again(self._descriptor)

    def read(self) -> tuple[Anchor | None, bool]:
        """Return the latest sound anchor, and whether any slot that was written is damaged."""
        slots = self._slots()
        sound = [slot for slot in slots if slot is not None]
        written = os.pread(self._descriptor, 2 * _SLOT_BYTES, 0)
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

    def _slots(self) -> list[Anchor | None]:
        content = os.pread(self._descriptor, 2 * _SLOT_BYTES, 0)
        return [_slot(content[i * _SLOT_BYTES : (i + 1) * _SLOT_BYTES]) for i in range(2)]


def _slot(content: bytes) -> Anchor | None:
    packed, check = content[: _SLOT.size], content[_SLOT.size :]
    if len(content) != _SLOT_BYTES or hashlib.sha256(packed).digest() != check:
        return None
    return Anchor(*_SLOT.unpack(packed))
