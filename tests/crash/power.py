"""The disk after a power cut: what was flushed is there, what was not may be there, or not, or torn at a sector.

A file has bytes that are on the disk and operations that wait for its flush; the folder has names in the same way. Names reach
the disk in their order, as a journalling file system keeps them; bytes reach it in any.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Literal

from tests.crash.recorded import Acknowledged, Cut, Flushed, Named, NamesFlushed, Operation, Write

SECTOR = 512
Kept = Literal["nothing", "everything"] | Random
"""Of what was not flushed."""


@dataclass(slots=True)
class _File:
    durable: bytearray = field(default_factory=bytearray)
    waiting: list[Write | Cut] = field(default_factory=list)


class Disk:
    """What a process has asked for so far."""

    def __init__(self) -> None:
        self._files: dict[int, _File] = {}
        self._names: dict[str, int] = {}
        self._renamings: list[Named] = []
        self.acknowledged = 0

    def perform(self, operation: Operation) -> None:
        """Take one operation."""
        match operation:
            case Write() | Cut():
                self._file(operation.file).waiting.append(operation)
            case Flushed(file):
                held = self._file(file)
                for one in held.waiting:
                    _apply(held.durable, one)
                held.waiting.clear()
            case Named():
                self._renamings.append(operation)
            case NamesFlushed():
                for renaming in self._renamings:
                    _rename(self._names, renaming)
                self._renamings.clear()
            case Acknowledged(count):
                self.acknowledged = count

    def image(self, kept: Kept) -> dict[str, bytes]:
        """Return what the folder holds when the power comes back."""
        names = dict(self._names)
        if isinstance(kept, Random):
            renamings = self._renamings[: kept.randint(0, len(self._renamings))]
        else:
            renamings = self._renamings if kept == "everything" else []
        for renaming in renamings:
            _rename(names, renaming)
        return {name: self._left(self._file(file), kept) for name, file in names.items()}

    def _left(self, file: _File, kept: Kept) -> bytes:
        if kept == "nothing" or not file.waiting:
            return bytes(file.durable)
        content = bytearray(file.durable)
        for operation in file.waiting:
            for piece in (operation,) if kept == "everything" else _torn(operation, kept):
                _apply(content, piece)
        return bytes(content)

    def _file(self, number: int) -> _File:
        return self._files.setdefault(number, _File())


def _apply(content: bytearray, operation: Write | Cut) -> None:
    if isinstance(operation, Cut):
        missing = operation.size - len(content)
        if missing > 0:
            content.extend(bytes(missing))
        else:
            del content[operation.size :]
        return
    missing = operation.offset - len(content)
    if missing > 0:
        content.extend(bytes(missing))
    content[operation.offset : operation.offset + len(operation.content)] = operation.content


def _torn(operation: Write | Cut, chance: Random) -> Iterator[Write | Cut]:
    """Return what of an operation reached the disk: all of it, nothing, or some of its sectors."""
    fate = chance.choice(("whole", "lost", "torn"))
    if fate == "whole":
        yield operation
    elif fate == "torn" and isinstance(operation, Write):
        start, end = operation.offset, operation.offset + len(operation.content)
        edges = [start, *range(start // SECTOR * SECTOR + SECTOR, end, SECTOR), end]
        for left, right in pairwise(edges):
            if chance.random() < 0.5:
                yield Write(operation.file, left, operation.content[left - start : right - start])


def _rename(names: dict[str, int], renaming: Named) -> None:
    if renaming.file is None:
        names.pop(renaming.name, None)
    else:
        names[renaming.name] = renaming.file


def images(operations: Sequence[Operation], *, seeds: int, every: int = 1) -> Iterator[tuple[int, int, dict[str, bytes]]]:
    """Return (place in the log, records acknowledged, image) of every ``every``-th place, ``seeds`` torn ones beside both extremes."""
    disk = Disk()
    for place, operation in enumerate(operations):
        disk.perform(operation)
        if place % every:
            continue
        chances: list[Kept] = ["nothing", "everything", *(Random(f"{place}/{seed}") for seed in range(seeds))]
        for kept in chances:
            yield place, disk.acknowledged, disk.image(kept)


def lay(image: dict[str, bytes], directory: Path, *, leave_out: frozenset[str] = frozenset({"reserve"})) -> None:
    """Write an image into ``directory``, in place of what is there."""
    for path in directory.iterdir():
        path.unlink()
    for name, content in image.items():
        if name not in leave_out and not name.endswith(("-shm", ".lock")):
            (directory / name).write_bytes(content)
            (directory / name).chmod(0o600)
