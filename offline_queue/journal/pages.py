"""Every page of the database file, and whether it is authentic.

SQLCipher's check reads the file past SQLite's locks and past the write-ahead log, so it also names pages that are not wrong: one that
is being written, and one that is still empty because a reader keeps its newest content in the log while pages behind it have moved.
"""

from __future__ import annotations

import re
from pathlib import Path

from offline_queue.journal.store import PAGE_BYTES, Driver

_LOG_HEADER, _FRAME_HEADER = 32, 24
_NUMBER = re.compile(r"page (\d+)$")


def unauthentic(db: Driver, path: Path) -> list[str]:
    """Return SQLCipher's word for each page of the database at ``path`` that was changed."""
    found = _named(db)
    if not found:
        return []
    # The log first: a page that is empty after that has not moved since, and neither has what the log said of it.
    logged = _in_log(path)
    unmoved = {words for words in found if (page := _page(words)) in logged and _empty(path, page)}
    # A page that a checkpoint was just writing is whole the second time.
    return sorted((found & _named(db)) - unmoved)


def _named(db: Driver) -> set[str]:
    return {words for (words,) in db.execute("PRAGMA cipher_integrity_check").fetchall()}


def _page(words: str) -> int:
    number = _NUMBER.search(words)
    return int(number[1]) if number else 0


def _in_log(path: Path) -> set[int]:
    """Return the pages that the write-ahead log holds (https://sqlite.org/fileformat2.html#walformat); frames with other salts are old."""
    log = path.with_name(f"{path.name}-wal")
    held = log.read_bytes() if log.exists() else b""
    frames = range(_LOG_HEADER, len(held) - PAGE_BYTES - _FRAME_HEADER + 1, _FRAME_HEADER + PAGE_BYTES)
    salts = held[16:24]
    return {int.from_bytes(held[frame : frame + 4], "big") for frame in frames if held[frame + 8 : frame + 16] == salts}


def _empty(path: Path, page: int) -> bool:
    with path.open("rb") as file:
        file.seek((page - 1) * PAGE_BYTES)
        return file.read(PAGE_BYTES) == bytes(PAGE_BYTES)
