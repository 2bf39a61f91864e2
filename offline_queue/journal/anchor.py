"""(count, head) of the chain in a small file beside the database.

A damaged write-ahead log reads as *fewer* records with a valid chain; only something outside the database
can tell. ``journal.head`` has two slots for the till and two for the sender. A process writes its own slots in
turn, so no lock is needed and a torn write leaves the slot before it.

A slot is written after its transaction is on disk and before anybody is told. A crash in between leaves an
anchor that is behind: a prefix of the chain, which is no fault. An anchor that is ahead of the chain, or on
another chain, says that acknowledged records are lost.
"""

from __future__ import annotations

import hashlib
import os
import struct
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from config.clock import Clock
from offline_queue import operating_system
from offline_queue.journal.values import Role

HEAD_NAME = "journal.head"
_SLOT = struct.Struct(">Q32s")
_SLOT_BYTES = _SLOT.size + hashlib.sha256().digest_size
_FIRST_SLOT = {"till": 0, "sender": 2}
_SLOTS = 4
_FLUSH_S = 5.0
"""A flush costs as much as the transaction itself. The system writes the file back by itself; only a power cut can
take the last seconds, and that leaves an anchor that is behind."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """The chain as it was when its ``count``-th record had been acknowledged."""

    count: int
    head: bytes


def lay(path: Path, head: bytes, count: int = 0) -> None:
    """Make the file of a journal that has no record yet, where ``head`` is its genesis; or of one that has ``count``."""
    operating_system.write_private(path, _packed(Anchor(count, head)) * _SLOTS)


def read(path: Path) -> tuple[list[Anchor], int]:
    """Return the sound anchors and how many slots are damaged; all of them when the file is missing."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return [], _SLOTS
    slots = [content[place : place + _SLOT_BYTES] for place in range(0, len(content), _SLOT_BYTES)]
    sound = [Anchor(*_SLOT.unpack(slot[: _SLOT.size])) for slot in slots[:_SLOTS] if _sound(slot)]
    # What follows the last slot belongs to nobody: it counts as damage as well.
    return sound, max(_SLOTS, len(slots)) - len(sound)


class HeadFile:
    """One process's two slots."""

    def __init__(self, path: Path, *, role: Role, clock: Clock, flush_s: float | None = _FLUSH_S) -> None:
        """``flush_s``: seconds after which a write is also flushed; None = only when it is closed."""
        self._descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        self._clock = clock
        self._place = _FIRST_SLOT[role] * _SLOT_BYTES
        mine = os.pread(self._descriptor, 2 * _SLOT_BYTES, self._place)
        counts = [_SLOT.unpack(slot[: _SLOT.size])[0] if _sound(slot) else -1 for slot in (mine[:_SLOT_BYTES], mine[_SLOT_BYTES:])]
        self._older = counts.index(min(counts))
        self._count = max(counts)
        self._flushed_at, self._flush_s = clock.monotonic(), flush_s
        self._lock = threading.Lock()

    def raise_to(self, anchor: Anchor) -> None:
        """Remember ``anchor``; threads may come in any order. Raises :class:`OSError`."""
        with self._lock:
            if anchor.count <= self._count:
                return
            os.pwrite(self._descriptor, _packed(anchor), self._place + self._older * _SLOT_BYTES)
            self._older, self._count = 1 - self._older, anchor.count
            now = self._clock.monotonic()
            if self._flush_s is not None and now - self._flushed_at >= self._flush_s:
                operating_system.flush(self._descriptor)
                self._flushed_at = now

    def close(self) -> None:
        """Flush and close the file."""
        with suppress(OSError):
            # A disk that cannot write leaves an anchor that is behind; the chain is not worse for it.
            operating_system.flush(self._descriptor)
        os.close(self._descriptor)


def _packed(anchor: Anchor) -> bytes:
    packed = _SLOT.pack(anchor.count, anchor.head)
    return packed + hashlib.sha256(packed).digest()


def _sound(slot: bytes) -> bool:
    packed, check = slot[: _SLOT.size], slot[_SLOT.size :]
    return len(slot) == _SLOT_BYTES and hashlib.sha256(packed).digest() == check
