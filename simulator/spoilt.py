"""What may come back instead of a reply: the ways in which a line, a proxy or a gateway spoils it."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass

_JSON = "application/json; charset=utf-8"
_BOMB_BYTES = 16 * 1024 * 1024
"""What a few kilobytes become when somebody unpacks them."""
_SLICE = 3


def _message(status: str, body: bytes, *headers: str, kind: str = _JSON) -> bytes:
    head = "\r\n".join((f"HTTP/1.1 {status}", f"Content-Type: {kind}", f"Content-Length: {len(body)}", "Connection: close", *headers))
    return head.encode() + b"\r\n\r\n" + body


_FOREIGN = json.dumps(
    {"infcode": 0, "err_msg": "", "output": {"setlinfo": {"setl_id": "1", "mdtrt_id": "1", "medins_setl_id": "X", "psn_no": "X"}}}
).encode()
STAND_IN = _message("200 OK", json.dumps({"infcode": 0, "inf_refmsgid": "", "err_msg": "", "output": None}).encode())
"""What a reply looks like of a request that went nowhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoilt:
    """Bytes to send, piece by piece, and how the connection ends."""

    pieces: tuple[bytes, ...] = ()
    pause_s: float = 0.0
    """Before each piece, or before the end when there is none."""
    resets: bool = False
    """It ends with a reset in place of a farewell."""


def _dripped(reply: bytes) -> tuple[bytes, ...]:
    return tuple(reply[place : place + _SLICE] for place in range(0, len(reply), _SLICE))


def _head_of(reply: bytes) -> bytes:
    return reply[: reply.index(b"\r\n\r\n") // 2]


WAYS: dict[str, Callable[[bytes, float], Spoilt]] = {
    "drop-reply": lambda _, __: Spoilt(),
    "reset-reply": lambda _, __: Spoilt(resets=True),
    "reset-head-reply": lambda reply, _: Spoilt(pieces=(_head_of(reply),), resets=True),
    "reset-body-reply": lambda reply, _: Spoilt(pieces=(reply[:-_SLICE],), resets=True),
    "silent-reply": lambda _, seconds: Spoilt(pause_s=seconds),
    "delay-reply": lambda reply, seconds: Spoilt(pieces=(reply,), pause_s=seconds),
    "drip-reply": lambda reply, seconds: Spoilt(pieces=_dripped(reply), pause_s=seconds / 20),
    "truncate-reply": lambda reply, _: Spoilt(pieces=(reply[: len(reply) * 2 // 3],)),
    "double-reply": lambda reply, _: Spoilt(pieces=(reply * 2,)),
    "empty-reply": lambda _, __: Spoilt(pieces=(_message("200 OK", b""),)),
    "error-reply": lambda _, __: Spoilt(pieces=(_message("502 Bad Gateway", b"bad gateway", kind="text/plain"),)),
    "busy-reply": lambda _, __: Spoilt(pieces=(_message("429 Too Many Requests", b"", "Retry-After: 1"),)),
    "busy-later-reply": lambda _, __: Spoilt(pieces=(_message("429 Too Many Requests", b"", "Retry-After: 1000000000"),)),
    "html-reply": lambda _, __: Spoilt(pieces=(_message("200 OK", b"<html></html>", kind="text/html"),)),
    "garbage-reply": lambda _, __: Spoilt(pieces=(b"\x00\xff\x00not http at all\r\n\r\n",)),
    "foreign-reply": lambda _, __: Spoilt(pieces=(_message("200 OK", _FOREIGN),)),
    "redirect-reply": lambda _, __: Spoilt(pieces=(_message("302 Found", b"", "Location: http://127.0.0.1:9/"),)),
    "bomb-reply": lambda _, __: Spoilt(pieces=(_message("200 OK", gzip.compress(bytes(_BOMB_BYTES)), "Content-Encoding: gzip"),)),
}
