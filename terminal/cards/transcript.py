"""Reading the trace of a plastic card: whatever a technician's tool wrote becomes exchanges of command and answer.

Tools write in many ways: with arrows, with words, with a time before each line, data and status word apart or together. What says
which way a line goes is believed; a line that says nothing is a command where none waits for its answer, and else an answer.
Nothing is refused: what cannot be read is counted and said.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_LINES_MAX = 20_000
_NOT_DATA = re.compile(
    r"#.*$|//.*$"  # remarks
    r"|\d{4}-\d\d-\d\d|\d{1,2}:\d\d:\d\d(?:[.,]\d+)?"  # date and time
    r"|\[[^\]]*\]|^\s*\d{8}\s+(?=[A-Za-z])"  # a place in a log, pcscd's microseconds
)
_COMMAND = re.compile(r"^\s*[-=]*>|\b(?:c-?apdu|apdu|cmd|command|send|sending|sent|outgoing|tx)\b|发送|命令", re.IGNORECASE)
_ANSWER = re.compile(r"^\s*<[-=]*|\b(?:r-?apdu|resp|response|receive|received|incoming|rx|recv)\b|接收|返回|应答", re.IGNORECASE)
_RESET = re.compile(r"\batr\b|复位", re.IGNORECASE)
_STATUS = re.compile(
    r"\b(?:SW(?:1SW2|12)?|状态字?)\s*[:：=]?\s*(?:0x)?([0-9A-Fa-f]{2})\s*(?:0x)?([0-9A-Fa-f]{2})\b(?![ :,]*[0-9A-Fa-f]{2}\b)"
)
_BYTES = re.compile(r"(?<![0-9A-Za-z])(?:0x)?([0-9A-Fa-f]{2}(?:[ :,]*(?:0x)?[0-9A-Fa-f]{2})*)(?![0-9A-Za-z])")
_ARROW = re.compile(r"\s(?:->|=>|→|--)\s")
_HEADER, _SW_BYTES, _ATR_MIN = 4, 2, 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One command and its answer, or an answer to reset (no command)."""

    line: int
    """Where it begins, from 1."""
    command: bytes
    answer: bytes = b""
    sw: int | None = None
    """None: the trace has no answer to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """What a trace holds."""

    exchanges: tuple[Exchange, ...]
    unread: tuple[int, ...]
    """Lines that hold something that is neither."""


def read(text: str) -> Transcript:
    """Return the exchanges of a trace, in their order."""
    reading = _Reading()
    lines = text.splitlines()
    for number, line in enumerate(lines[:_LINES_MAX], 1):
        for part in _ARROW.split(_NOT_DATA.sub(" ", line)):
            reading.take(number, part)
    reading.close()
    if len(lines) > _LINES_MAX:
        # The first of those that nobody looked at stands for all.
        reading.unread.append(_LINES_MAX + 1)
    return Transcript(exchanges=tuple(reading.exchanges), unread=tuple(dict.fromkeys(reading.unread)))


class _Reading:
    """Line after line."""

    def __init__(self) -> None:
        self.exchanges: list[Exchange] = []
        self.unread: list[int] = []
        self._waiting: tuple[int, bytes] | None = None
        self._data = b""

    def take(self, number: int, text: str) -> None:
        """Take one line, or one part of it."""
        if not text.strip():
            return
        if _RESET.search(text):
            self._reset(number, text)
            return
        status = _STATUS.search(text)
        content = _bytes_of(_STATUS.sub(" ", text))
        if status is not None:
            self._answered(number, content, int(status[1] + status[2], 16))
        elif not content:
            if any(character.isalnum() for character in _COMMAND.sub("", _ANSWER.sub("", text))):
                self.unread.append(number)
        elif _is_command(text, content, waiting=self._waiting is not None):
            self.close()
            self._waiting = (number, content)
        elif len(content) >= _SW_BYTES and _may_be_status(content[-2:]):
            self._answered(number, content[:-_SW_BYTES], int.from_bytes(content[-_SW_BYTES:]))
        elif self._waiting is not None:
            # Data whose status word stands on the next line.
            self._data += content
        else:
            self.unread.append(number)

    def close(self) -> None:
        """End the command that has no answer."""
        if self._waiting is not None:
            line, command = self._waiting
            self.exchanges.append(Exchange(line=line, command=command, answer=self._data))
        self._waiting, self._data = None, b""

    def _answered(self, number: int, content: bytes, sw: int) -> None:
        if self._waiting is None:
            self.unread.append(number)
            return
        line, command = self._waiting
        self.exchanges.append(Exchange(line=line, command=command, answer=self._data + content, sw=sw))
        self._waiting, self._data = None, b""

    def _reset(self, number: int, text: str) -> None:
        self.close()
        atr = _bytes_of(_RESET.sub(" ", text))
        if len(atr) >= _ATR_MIN:
            self.exchanges.append(Exchange(line=number, command=b"", answer=atr))
        elif atr:
            self.unread.append(number)


def _is_command(text: str, content: bytes, *, waiting: bool) -> bool:
    if _ANSWER.search(text):
        return False
    return len(content) >= _HEADER and (bool(_COMMAND.search(text)) or not waiting)


def _bytes_of(text: str) -> bytes:
    """Return the longest run of hexadecimal bytes in a line, empty when there is none."""
    runs = [re.sub(r"0x|[ :,]", "", found[1]) for found in _BYTES.finditer(text)]
    return bytes.fromhex(max(runs, key=len, default=""))


def _may_be_status(sw: bytes) -> bool:
    """Whether two bytes can be a status word (ISO 7816-4: 61xx to 6Fxx, 9xxx)."""
    return 0x61 <= sw[0] <= 0x6F or sw[0] >> 4 == 0x9  # noqa: PLR2004 - as said
