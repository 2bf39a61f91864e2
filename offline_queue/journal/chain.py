"""The chain over every record: each link is a digest of the link before it and of all that the record says."""

from __future__ import annotations

import hashlib
import struct
from typing import Any

from pydantic_core import to_json

_length = struct.Struct(">I").pack


def text_of(value: Any) -> str:  # noqa: ANN401 - any JSON value
    """Return a JSON value as the text that is kept and chained: no blanks, UTF-8 as it is. It is never made twice."""
    return to_json(value).decode()


def commitment(salt: bytes, content: str) -> bytes:
    """Return what a record says of its personal part: nothing without the salt."""
    return hashlib.sha256(salt + content.encode()).digest()


def genesis(fixmedins_code: str, till: str, epoch: int) -> bytes:
    """Return the link before the first record."""
    return hashlib.sha256(text_of(["yibao journal", fixmedins_code, till, epoch]).encode()).digest()


def link(previous: bytes, seq: int, at: str, writer: str, kind: str, subject: str, body: str, committed: bytes) -> bytes:
    """Return the link of one record."""
    # Each part after its length, so that no two rows give the same bytes. Joined once: a body has kilobytes.
    framed = [previous]
    for text in (str(seq), at, writer, kind, subject, body):
        part = text.encode()
        framed += (_length(len(part)), part)
    framed.append(committed)
    return hashlib.sha256(b"".join(framed)).digest()
