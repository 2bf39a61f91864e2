"""The line between a sender and the centre, in memory: what a gateway does, and everything that may become of an exchange."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable

from nhsa import codes
from nhsa.outcome import Exchange, NoAnswer, NotSent, Reply
from tests.world.town.chance import Chance

_NOT_THERE = ("refused", "request lost", "request late", "server error before")
_FOREIGN = ("server error", "page of a proxy", "nothing", "cut short", "foreign JSON", "too many requests after")
_SPOILT = (*_FOREIGN, "another's reply", "without figures")
_THERE = ("reply lost", "doubled", *_SPOILT)
_BUSY = ("too many requests",)
KINDS = (*_NOT_THERE, *_THERE, *_BUSY)
_LIKELY, _LIKELY_AT_MONEY = 0.05, 0.5
_JSON = "application/json; charset=utf-8"


class Wire:
    """One counter's line."""

    def __init__(self, chance: Chance, centre: Callable[[bytes], bytes]) -> None:
        self._chance = chance
        self._centre = centre
        self._late: deque[bytes] = deque()
        self._settled: list[bytes] = []
        self.cut = False

    def arrive(self) -> None:
        """Let what was under way arrive: nobody waits for its answer any more."""
        while self._late:
            self._centre(self._late.popleft())

    def maybe_arrive(self) -> None:
        """Let some of it arrive now, or not yet."""
        if self._late and self._chance.happens(0.3):
            self._centre(self._late.popleft())

    def carry(self, body: bytes) -> Exchange:
        """Carry one request and what comes back."""
        if self.cut:
            return NotSent(why="ConnectError")
        infno = json.loads(body)["infno"]
        kind = self._chance.fault("line", KINDS, _LIKELY_AT_MONEY if infno in codes.SETTLES else _LIKELY)
        if kind in {"", *_THERE}:
            self._chance.pass_by("sender", f"before {infno} is at the centre")
            answer = self._centre(body)
            self._chance.pass_by("sender", f"after {infno} is at the centre")
            spoiled = self._spoiled(kind, body, answer) if kind else None
            if infno in codes.SETTLES:
                self._settled.append(answer)
            return spoiled or Reply(status=200, content_type=_JSON, body=answer, retry_after="")
        if kind == "request late":
            self._late.append(body)
        if kind == "server error before":
            return Reply(status=503, content_type="text/plain", body=b"busy", retry_after="")
        if kind == "too many requests":
            return Reply(status=429, content_type="text/plain", body=b"", retry_after=self._chance.pick(("", "1", "x", "1000000000")))
        return NotSent(why="ConnectError") if kind == "refused" else NoAnswer(why="ReadTimeout")

    def _spoiled(self, kind: str, body: bytes, answer: bytes) -> Exchange:
        spoiled: dict[str, tuple[int, str, bytes]] = {
            "doubled": (200, _JSON, b""),
            "too many requests after": (429, "text/plain", b""),
            "server error": (self._chance.pick((500, 502, 503)), "text/plain", b"error"),
            "page of a proxy": (200, "text/html", b"<html>busy</html>"),
            "nothing": (200, _JSON, b""),
            "cut short": (200, _JSON, answer[: len(answer) // 2]),
            "another's reply": (200, _JSON, self._earlier()),
            "without figures": (200, _JSON, json.dumps({**json.loads(answer), "output": {}}).encode()),
            "foreign JSON": (200, _JSON, b'{"status":"ok"}'),
        }
        if kind not in spoiled:
            return NoAnswer(why="ReadTimeout")
        status, content_type, told = spoiled[kind]
        if kind == "doubled":
            told = self._centre(body)
        return Reply(status=status, content_type=content_type, body=told, retry_after="")

    def _earlier(self) -> bytes:
        """Return an answer that was somebody else's: a stray second copy of it."""
        return self._settled[-1] if self._settled else b'{"infcode":0,"output":{}}'


class WireGateway:
    """What :class:`offline_queue.gateways.http.HttpGateway` is to a courier."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self.is_cut = False

    def cut(self) -> None:
        """Send nothing any more."""
        self.is_cut = True

    def close(self) -> None:
        """Send nothing any more."""
        self.is_cut = True

    def exchange(self, body: bytes, *, path: str = "", headers: dict[str, str] | None = None) -> Exchange:
        """Carry one request."""
        del path, headers
        return NotSent(why="Closed") if self.is_cut else self._wire.carry(body)
