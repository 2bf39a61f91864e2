"""A person on the other end of a pipe: one JSON line per question and per answer.

``{"ask": "pin"}`` is answered by a bare line of digits that never becomes a string here; every other
``ask`` by ``{"answer": "<word>"}`` with a word of :class:`terminal.person.Answer`. ``{"pin": "on-reader"}`` asks nothing:
the customer types the PIN on the reader.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, is_dataclass
from typing import Any

from settlement import reversal
from settlement.checkout.effects import Effect
from settlement.checkout.states import DifferenceShown, DoubtOpen, NotBooked, Quoted, SelfPayOffered, State
from settlement.errors import OperatorError, Refusal
from terminal.person import Answer
from terminal.screen.account_news import PinPurpose

_CHUNK = 65_536


class Pipe:
    """Lines in and out over file descriptors, so that a PIN is never in more than the one buffer, which is wiped line by line."""

    def __init__(self, read_fd: int, write_fd: int) -> None:
        self._read_fd = read_fd
        self._write_fd = write_fd
        self._buffer = bytearray(_CHUNK)
        self._held = 0

    def say(self, message: dict[str, Any]) -> None:
        """Write one JSON line."""
        line = json.dumps(message, ensure_ascii=False, default=_plain).encode() + b"\n"
        while line:
            line = line[os.write(self._write_fd, line) :]

    def line(self) -> bytearray | None:
        """Return the next line without its end, None at the end of input. The caller wipes it if it must."""
        while (end := self._buffer.find(b"\n", 0, self._held)) < 0:
            if not self._read():
                return None
        line = self._buffer[:end]
        rest = self._held - end - 1
        with memoryview(self._buffer) as buffer:
            # In place: what follows moves to the front, and nothing of before stays behind it.
            buffer[:rest] = buffer[end + 1 : self._held]
            buffer[rest : self._held] = bytes(self._held - rest)
        self._held = rest
        return line

    def _read(self) -> int:
        """Read what there is behind what is held, and return its size."""
        if self._held == len(self._buffer):
            self._grow()
        with memoryview(self._buffer) as buffer, buffer[self._held :] as room:
            size = os.readv(self._read_fd, [room])
        self._held += size
        return size

    def _grow(self) -> None:
        """Make room for a line longer than the buffer, which is a command; what it is copied from is wiped all the same."""
        small, self._buffer = self._buffer, self._buffer + bytes(_CHUNK)
        small[:] = bytes(len(small))

    def message(self) -> dict[str, Any] | None:
        """Return the next line as a JSON object, None at the end of input. Raises :class:`ValueError`, :class:`TypeError`."""
        line = self.line()
        if line is None:
            return None
        message = json.loads(line)
        if not isinstance(message, dict):
            raise TypeError(type(message).__name__)
        return message


class HeadlessPerson:
    """:class:`terminal.person.Person` over a :class:`Pipe`."""

    def __init__(self, pipe: Pipe) -> None:
        self._pipe = pipe

    def pin(self, tries_left: int | None) -> bytearray | None:
        """Ask the PIN; an empty line or the end of input gives none."""
        self._pipe.say({"ask": "pin", "tries_left": tries_left})
        return self._pipe.line() or None

    def digits(self, purpose: PinPurpose) -> bytearray | None:
        """Ask digits for something else, by the same question."""
        self._pipe.say({"ask": "pin", "purpose": purpose})
        return self._pipe.line() or None

    def pin_on_reader(self, tries_left: int | None, purpose: PinPurpose = "settle") -> bool:
        """Say that the reader itself takes the PIN."""
        self._pipe.say({"pin": "on-reader", "tries_left": tries_left, **({} if purpose == "settle" else {"purpose": purpose})})
        return True

    def decide(self, state: State | reversal.State) -> Answer:
        """Ask what to do in ``state``; the end of input leaves or cancels, never settles."""
        self._pipe.say({"ask": type(state).__name__, **_shown(state)})
        while True:
            try:
                message = self._pipe.message()
                return self._gone(state) if message is None else Answer(message["answer"])
            except (ValueError, KeyError, TypeError):
                self._pipe.say({"misunderstood": [answer.value for answer in Answer]})

    def _gone(self, state: State | reversal.State) -> Answer:
        return Answer.LEAVE if isinstance(state, DoubtOpen | DifferenceShown) else Answer.CANCEL

    def tell(self, words: Refusal | OperatorError) -> None:
        """Write the refusal or error in both languages."""
        self._pipe.say({"tell": words.code, "zh": words.say("zh"), "en": words.say("en")})

    def see(self, effect: Effect) -> None:
        """Say nothing: whoever stands at a pipe sees the questions and the end."""

    def tendered(self, due_fen: int) -> int:
        """Return nothing: the program at the other end counts its own drawer."""
        del due_fen
        return 0

    def take_slip(self, text: str) -> None:
        """Write the slip."""
        self._pipe.say({"slip": text})

    def take_goods(self, subject: str) -> None:
        """Say that the goods may go."""
        self._pipe.say({"goods": subject})


def _shown(state: State | reversal.State) -> dict[str, Any]:
    match state:
        case Quoted():
            return {"way": state.way, "figures": state.split.figures, "cash_due_fen": state.split.cash_due_fen, "reason": state.reason}
        case SelfPayOffered() | NotBooked() | reversal.NotBooked():
            return {"code": state.refusal.code, "zh": state.refusal.say("zh"), "en": state.refusal.say("en")}
        case DifferenceShown():
            return {"subject": state.intent.subject, "shown": state.intent.figures, "settled": state.figures, "because": state.because}
        case DoubtOpen():
            doubt = state.doubt
            return {
                "subject": doubt.intent.subject,
                "amount_fen": doubt.exposed_fen,
                "found": type(state.finding).__name__ if state.finding else "",
                "goods_released": doubt.goods_released,
            }
        case reversal.Proposed():
            return {"original": state.original.subject, "figures": state.original.figures.negated()}
        case _:
            return {}


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    raise TypeError(type(value).__name__)
