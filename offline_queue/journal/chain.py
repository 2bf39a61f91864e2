"""The chain over every record: each link is a digest of the link before it and of all that the record says."""

from __future__ import annotations

import hashlib
import struct
from functools import cache
from typing import Any

from pydantic_core import to_json

_sha256 = hashlib.sha256
_TABLED = 8192
_LENGTHS = tuple(map(struct.Struct(">I").pack, range(_TABLED)))
"""Of the parts that records have: packing each anew takes longer than hashing it."""


def text_of(value: Any) -> str:  # noqa: ANN401 - any JSON value
    """Return a JSON value as the text that is kept and chained: no blanks, UTF-8 as it is. It is never made twice."""
    return to_json(value).decode()


def commitment(salt: bytes, content: str) -> bytes:
    """Return what a record says of its personal part: nothing without the salt."""
    return _sha256(salt + content.encode()).digest()


def genesis(fixmedins_code: str, till: str, epoch: int) -> bytes:
    """Return the link before the first record."""
    return hashlib.sha256(text_of(["yibao journal", fixmedins_code, till, epoch]).encode()).digest()


def link(previous: bytes, seq: int, at: str, writer: str, kind: str, subject: str, body: str, committed: bytes) -> bytes:
    """Return the link of one record."""
    # Each part after its length, so that no two rows give the same bytes. Joined once: a body has kilobytes. Part by part and without a
    # loop: a hundred thousand of these are walked while somebody waits.
    number, moment, of, says = b"%d" % seq, at.encode(), subject.encode(), body.encode()
    framed = (
        *(previous, _length(number), number, _length(moment), moment, _framed(writer), _framed(kind)),
        *(_length(of), of, _length(says), says, committed),
    )
    return _sha256(b"".join(framed)).digest()


def _length(part: bytes) -> bytes:
    size = len(part)
    return _LENGTHS[size] if size < _TABLED else size.to_bytes(4)


@cache
def _framed(word: str) -> bytes:
    """Return one of the few words for writers and kinds, after its length."""
    return _length(word.encode()) + word.encode()
