"""The line of the exploration: each exchange may go each of its ways, and what is late stays under way until a move lets it arrive."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable

from clearing.centre import ONCE
from clearing.personality import Personality
from nhsa import codes, extension
from nhsa.outcome import Exchange, NoAnswer, NotSent, Reply
from tests.world.exhaust.ways import Ways
from tests.world.town.wire import Wire

_REFUSED, _LOST, _LATE, _NO_REPLY, _BUSY = "refused", "request lost", "request late", "reply lost", "too many requests"
_BEFORE, _AFTER, _PAGE, _DOUBLED, _SIGN_IN = "server error before", "server error", "page of a proxy", "doubled", "sign-in forgotten"
MONEY = (_REFUSED, _LATE, _NO_REPLY, _LOST, _BUSY, _BEFORE, _AFTER, _PAGE, _DOUBLED)
GRANT = (_REFUSED, _LATE, _NO_REPLY)
QUESTION = (_REFUSED, _NO_REPLY)
_QUESTIONS = frozenset({"1101", "5201", "5203", "5206", "9001", extension.EVIDENCE, extension.READINGS})
_JSON = "application/json; charset=utf-8"
_NOT_THERE: dict[str, Exchange] = {
    _REFUSED: NotSent(why="ConnectError"),
    _LATE: NoAnswer(why="ReadTimeout"),
    _LOST: NoAnswer(why="ReadTimeout"),
    _BEFORE: Reply(status=503, content_type="text/plain", body=b"", retry_after=""),
    _BUSY: Reply(status=429, content_type="text/plain", body=b"", retry_after=""),
}
_SPOILT: dict[str, Exchange] = {
    _NO_REPLY: NoAnswer(why="ReadTimeout"),
    _AFTER: Reply(status=502, content_type="text/plain", body=b"busy", retry_after=""),
    _PAGE: Reply(status=200, content_type="text/html", body=b"<html>busy</html>", retry_after=""),
}


class Line(Wire):
    """The line of one counter. What fails is one of the ways, within the budget."""

    def __init__(self, ways: Ways, centre: Callable[[bytes], bytes], personality: str, forget: Callable[[], None]) -> None:
        """``forget``: have the centre forget every sign-in."""
        super().__init__(ways, centre)
        self._ways = ways
        self._forget = forget
        self._answer = centre
        money = [*MONEY]
        if personality == Personality.EXPIRES:
            money.append(_SIGN_IN)
        self._kinds = {**dict.fromkeys(codes.SETTLES, tuple(money)), extension.REFRESH: GRANT, **dict.fromkeys(_QUESTIONS, QUESTION)}
        self.doubled: frozenset[str] = frozenset()
        """The messages that the line itself made two of: a copy of any other is the till's own doing."""
        self.arrived = 0
        """How much came to the centre that may have changed it."""

    @property
    def late(self) -> deque[bytes]:
        """What is under way, oldest first; nobody waits for its answer."""
        return self._late

    def maybe_arrive(self) -> None:
        """Nothing arrives but by a move."""

    def arrive_one(self) -> None:
        """Let the oldest arrive."""
        self._at_the_centre(self._late.popleft())

    def carry(self, body: bytes) -> Exchange:
        """Carry one request and what comes back."""
        if self.cut:
            return NotSent(why="ConnectError")
        infno = json.loads(body)["infno"]
        kind = self._ways.fault("line", self._kinds[infno], 1) if infno in self._kinds else ""
        if kind == _SIGN_IN:
            self._forget()
        if kind == _LATE:
            self._late.append(body)
        if kind in _NOT_THERE:
            return _NOT_THERE[kind]
        if infno in ONCE:
            self._ways.pass_by("sender", f"before {infno} is at the centre")
        answer = self._at_the_centre(body)
        if kind == _DOUBLED:
            self.doubled |= {json.loads(body)["msgid"]}
            answer = self._at_the_centre(body)
        if infno in ONCE:
            self._ways.pass_by("sender", f"after {infno} is at the centre")
        return _SPOILT.get(kind) or Reply(status=200, content_type=_JSON, body=answer, retry_after="")

    def _at_the_centre(self, body: bytes) -> bytes:
        if json.loads(body)["infno"] in {*ONCE, extension.EVIDENCE}:
            self.arrived += 1
        return self._answer(body)
