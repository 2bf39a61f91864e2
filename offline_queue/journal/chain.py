"""The chain over every record: each link is a digest of the link before it and of all that the record says."""

from __future__ import annotations

import hashlib
from typing import Any

from pydantic_core import to_json

_sha256 = hashlib.sha256


class _Lengths(dict[int, bytes]):
    """Lengths as they are chained, made once each: packing one anew takes longer than hashing it."""

    def __missing__(self, size: int) -> bytes:
        made = self[size] = size.to_bytes(4)
        return made


class _Framed(dict[str, bytes]):
    """The few words for writers and kinds, each after its length."""

    def __missing__(self, word: str) -> bytes:
        said = word.encode()
        made = self[word] = _LENGTHS[len(said)] + said
        return made


_LENGTHS, _FRAMED = _Lengths(), _Framed()


def text_of(value: Any) -> str:  # noqa: ANN401 - any JSON value
    """Return a JSON value as the text that is kept and chained: no blanks, UTF-8 as it is. It is never made twice."""
    return to_json(value).decode()


def commitment(salt: bytes, content: bytes) -> bytes:
    """Return what a record says of its personal part, ``content`` in UTF-8: nothing without the salt."""
    return _sha256(salt + content).digest()


def genesis(fixmedins_code: str, till: str, epoch: int) -> bytes:
    """Return the link before the first record."""
    return hashlib.sha256(text_of(["yibao journal", fixmedins_code, till, epoch]).encode()).digest()


def link(previous: bytes, seq: int, at: str, writer: str, kind: str, subject: str, body: bytes, committed: bytes) -> bytes:
    """Return the link of one record, ``body`` in UTF-8: as it is stored, for a text is slow to encode."""
    # Each part after its length, so that no two rows give the same bytes. Joined once: a body has kilobytes. Part by part, without a
    # loop or a call: a hundred thousand of these are walked while somebody waits.
    size, word = _LENGTHS, _FRAMED
    no, on, of = b"%d" % seq, at.encode(), subject.encode()
    parts = (previous, size[len(no)], no, size[len(on)], on, word[writer], word[kind], size[len(of)], of, size[len(body)], body, committed)
    return _sha256(b"".join(parts)).digest()
