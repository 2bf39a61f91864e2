"""How far the journal had come, in a file outside its directory: a directory that is copied, and copied back, does not take it along.

The anchors beside the database (:mod:`anchor`) go wherever the directory goes. This file stays, so a journal that is shorter than it,
or another one, is an older copy: what was sold off-line after it was made is not in it, and off-line it sells for cash only
(commit-protocol section 8). There is one file for each journal and epoch of receipt numbers; a restore opens the next epoch and
begins a new one.

It is written after each transaction and never flushed there: a flush would cost as much as the sale. The system writes it back within
seconds. What a power cut takes leaves a mark that is behind, and that is safe: it is a prefix of the chain, so nothing true is
refused; only a copy that is younger than the mark on disk is taken for the journal itself.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Literal

from config.clock import Clock
from offline_queue.journal import anchor
from offline_queue.journal.anchor import Anchor, HeadFile
from offline_queue.journal.values import Json, Role

Verdict = Literal["sound", "behind", "unknown"]
"""``unknown``: no mark is left of a journal that has records; the centre has to say that it knows of no more."""
Note = Callable[[str], Json]
"""Reads a note of the journal by its name."""


class HighWater:
    """One process's hand on the mark of one journal."""

    def __init__(self, folder: Path, *, journal_key: bytes, epoch: int, role: Role, clock: Clock) -> None:
        """``journal_key`` is a secret of the journal, the same in every copy of it; the file's name does not tell it."""
        self._folder = folder
        self._name = hashlib.blake2b(b"high water", key=journal_key, digest_size=8).hexdigest()
        self._epoch = epoch
        self._role: Role = role
        self._clock = clock
        self._file: HeadFile | None = None
        self.count = 0
        """Records of the journal when it was held against the mark."""
        self._signed = ""
        self.verdict: Verdict = "sound"

    @property
    def _path(self) -> Path:
        return self._folder / f"{self._name}-{self._epoch}.mark"

    def hold(self, tip: Anchor, link_at: Callable[[int], bytes | None], note: Note) -> None:
        """Hold the journal, which ends at ``tip``, against what the mark says; make a mark where none is needed to know."""
        self.count, self._signed = tip.count, str(note("checkpoint").get("signed_time", ""))
        epochs = self._epochs()
        newest = max(epochs, default=None)
        if newest is None:
            self.verdict = "unknown" if tip.count else "sound"
        elif newest > self._epoch:
            self.verdict = "behind"
        elif newest == self._epoch:
            self.verdict = self._compared(link_at)
        if self.verdict == "sound" and newest != self._epoch:
            self._lay(tip)

    def raise_to(self, reached: Anchor) -> None:
        """Remember how far the chain is now. The mark of a journal that is an older copy stays as it is. Raises :class:`OSError`."""
        if self.verdict == "sound":
            self._opened().raise_to(reached)

    def trusted(self, tip: Callable[[], Anchor], note: Note) -> bool:
        """Whether nothing says that this is an older copy. Where no mark was left, the centre's next signed word of it is awaited."""
        if self.verdict == "unknown" and self._confirmed(note):
            self.verdict = "sound"
            self._lay(tip())
        return self.verdict == "sound"

    def close(self) -> None:
        """Flush and close the file."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _confirmed(self, note: Note) -> bool:
        """Whether the centre has signed, since this was opened, that it knows of no record that is not here."""
        signed = note("checkpoint")
        kept = note("chain at centre").get("verdict") == "kept"
        return kept and signed.get("signed_time", "") > self._signed and signed.get("count", 0) >= self.count

    def _compared(self, link_at: Callable[[int], bytes | None]) -> Verdict:
        marks, _ = anchor.read(self._path)
        if not marks:
            return "unknown"
        return "sound" if all(link_at(mark.count) == mark.head for mark in marks) else "behind"

    def _epochs(self) -> list[int]:
        with suppress(OSError):
            found = (path.stem.partition("-")[2] for path in self._folder.glob(f"{self._name}-*.mark"))
            return [int(epoch) for epoch in found if epoch.isascii() and epoch.isdigit()]
        return []

    def _lay(self, tip: Anchor) -> None:
        # A folder that cannot be written: the next start will not know, and asks the centre.
        with suppress(OSError):
            self.close()
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            anchor.lay(self._path, tip.head, tip.count)

    def _opened(self) -> HeadFile:
        if self._file is None:
            self._file = HeadFile(self._path, role=self._role, clock=self._clock, flush_s=None)
        return self._file
