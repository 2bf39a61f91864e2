"""A receipt printer as software: ESC/POS bytes in, paper and answers out.

It knows the commands of cheap printers and reads text as they do: one byte is ASCII, two are GBK, and the four-byte
forms of GB18030 come out as two characters and garbage. What it does not understand it prints, as they do, so
nothing wrong passes unseen. Faults: out of paper after some lines, off-line, mute, and dead after some bytes.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_ESC, _FS, _GS, _DLE, _EOT, _LF = 0x1B, 0x1C, 0x1D, 0x10, 0x04, 0x0A
_PRINTABLE = range(0x20, 0x7F)
_LEADS = range(0x81, 0xFF)
_TRAILS = range(0x40, 0xFF)
_HEALTHY = 0x12
_OFF_LINE, _PAPER_STOP, _PAPER_END = 0x08, 0x20, 0x60
_ARGUMENTS = {
    (_ESC, ord("@")): 0,
    (_ESC, ord("a")): 1,
    (_ESC, ord("d")): 1,
    (_FS, ord("&")): 0,
    (_FS, ord(".")): 0,
    (_FS, ord("!")): 1,
    (_GS, ord("!")): 1,
    (_GS, ord("a")): 1,
    (_GS, ord("r")): 1,
}
"""Bytes that follow each command of fixed length."""
_NAMES = {_ESC: "ESC", _FS: "FS", _GS: "GS"}
GARBAGE = "▯"
"""What an unreadable byte leaves on paper."""


class PrinterDied(Exception):
    """The printer went away: power, cable or fire."""


@dataclass(frozen=True, slots=True)
class Printed:
    """One thing on paper: a line of text, a QR code or a cut."""

    text: str = ""
    tall: bool = False
    code: str = ""
    cut: bool = False
    wrapped: bool = False
    """The line was wider than the paper and goes on in the next."""


@dataclass(slots=True)
class SimulatedPrinter:
    """One printer with its paper in it."""

    columns: int = 32
    online: bool = True
    lines_left: int | None = None
    """Lines until the paper ends; None = a new roll."""
    dies_after: int | None = None
    """Bytes that it still takes before it dies, once."""
    mute: bool = False
    """It prints and never answers."""
    paper: list[Printed] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    """Every command that it executed, by its names and arguments in hexadecimal."""
    _waiting: bytearray = field(default_factory=bytearray)
    _line: str = ""
    _tall: bool = False
    _stored: str = ""

    def receive(self, content: bytes) -> bytes:
        """Take bytes and return the answers. Raises :class:`PrinterDied`."""
        answers = bytearray()
        dies = self.dies_after is not None and self.dies_after < len(content)
        if dies:
            assert self.dies_after is not None
            content = content[: self.dies_after]
            self.dies_after = None
        elif self.dies_after is not None:
            self.dies_after -= len(content)
        answers += self._real_time(content)
        answers += self._work()
        if dies:
            self._waiting.clear()
            self._line = ""
            raise PrinterDied
        return b"" if self.mute else bytes(answers)

    def load_paper(self, lines: int | None = None) -> bytes:
        """Put a roll in; what waited in the buffer is printed. Return the answers."""
        self.lines_left = lines
        return self._work()

    # --- status --------------------------------------------------------------------------------------

    @property
    def _paper_ended(self) -> bool:
        return self.lines_left == 0

    def _real_time(self, content: bytes) -> bytes:
        """Take the questions out of the stream and answer them, whatever waits before them."""
        answers = bytearray()
        place = 0
        while place < len(content):
            if content[place : place + 2] == bytes((_DLE, _EOT)) and place + 2 < len(content):
                answers.append(self._status(content[place + 2]))
                place += 3
            else:
                self._waiting.append(content[place])
                place += 1
        return bytes(answers)

    def _status(self, which: int) -> int:
        stopped = self._paper_ended or not self.online
        match which:
            case 1:
                return _HEALTHY | (_OFF_LINE if stopped else 0)
            case 2:
                return _HEALTHY | (_PAPER_STOP if self._paper_ended else 0)
            case 4:
                return _HEALTHY | (_PAPER_END if self._paper_ended else 0)
            case _:
                return _HEALTHY

    # --- printing ------------------------------------------------------------------------------------

    def _work(self) -> bytes:
        """Execute what waits, as far as it is whole and there is paper."""
        answers = bytearray()
        while self._waiting and self.online and not self._paper_ended:
            taken = self._step(answers)
            if not taken:
                break
            del self._waiting[:taken]
        return bytes(answers)

    def _step(self, answers: bytearray) -> int:
        """Execute one command or character; return how many bytes it was, 0 when more must come."""
        first = self._waiting[0]
        if first in _NAMES:
            return self._command(answers)
        if first == _LF:
            self._feed()
            return 1
        if first in _LEADS:
            return self._double()
        self._put(chr(first) if first in _PRINTABLE else GARBAGE, 1)
        return 1

    def _double(self) -> int:
        if len(self._waiting) == 1:
            return 0
        pair = bytes(self._waiting[:2])
        if pair[1] not in _TRAILS or pair[1] == 0x7F:  # noqa: PLR2004 - DEL is no second byte
            self._put(GARBAGE, 1)
            return 1
        self._put(pair.decode("gbk", "replace")[0].replace("\N{REPLACEMENT CHARACTER}", GARBAGE), 2)
        return 2

    def _put(self, character: str, wide: int) -> None:
        if self._width() + wide > self.columns:
            self._feed(wrapped=True)
        self._line += character

    def _width(self) -> int:
        return sum(1 if character.isascii() or character == GARBAGE else 2 for character in self._line)

    def _feed(self, *, wrapped: bool = False) -> None:
        self.paper.append(Printed(text=self._line, tall=self._tall, wrapped=wrapped))
        self._line = ""
        if self.lines_left is not None:
            self.lines_left -= 1

    def _command(self, answers: bytearray) -> int:
        waiting = bytes(self._waiting)
        if len(waiting) < 2:  # noqa: PLR2004 - a prefix and its letter
            return 0
        prefix, letter = waiting[0], waiting[1]
        if (prefix, letter) == (_GS, ord("(")):
            return self._code(waiting)
        size = self._arguments(prefix, letter, waiting)
        if size is None:
            self._put(GARBAGE, 1)
            return 1
        if len(waiting) < 2 + size:
            return 0
        arguments = waiting[2 : 2 + size]
        self.commands.append(" ".join((_NAMES[prefix], chr(letter), *(f"{byte:02X}" for byte in arguments))))
        self._execute(prefix, letter, arguments, answers)
        return 2 + size

    def _arguments(self, prefix: int, letter: int, waiting: bytes) -> int | None:
        if (prefix, letter) == (_GS, ord("V")):
            return 2 if waiting[2:3] in {b"A", b"B"} else 1
        return _ARGUMENTS.get((prefix, letter))

    def _execute(self, prefix: int, letter: int, arguments: bytes, answers: bytearray) -> None:
        match _NAMES[prefix], chr(letter):
            case "ESC", "@":
                self._line, self._tall = "", False
            case "ESC", "d":
                for _ in range(arguments[0]):
                    self._feed()
            case ("GS", "!") | ("FS", "!"):
                self._tall = bool(arguments[0] & (0x0F if prefix == _GS else 0x08))
            case "GS", "r":
                answers.append(0)
            case "GS", "V":
                self.paper.append(Printed(cut=True))

    def _code(self, waiting: bytes) -> int:
        """Execute GS ( k, a function of the QR code."""
        if len(waiting) < 5:  # noqa: PLR2004 - GS ( k and the length
            return 0
        size = 5 + int.from_bytes(waiting[3:5], "little")
        if len(waiting) < size:
            return 0
        function, content = waiting[6:7], waiting[8:size]
        self.commands.append(f"GS ( {chr(waiting[2])} {function.decode('latin-1')}")
        if function == b"P":
            self._stored = content.decode("ascii", "replace")
        elif function == b"Q":
            self.paper.append(Printed(code=self._stored))
        return size


def decode(content: bytes, columns: int) -> SimulatedPrinter:
    """Return a printer that has printed ``content`` on paper of ``columns`` columns."""
    printer = SimulatedPrinter(columns=columns)
    printer.receive(content)
    return printer


class PrinterFolder:
    """A printer that stands in a folder: ``printer.json`` is its state, ``paper.txt`` what came out.

    ``{"online": true, "lines_left": null, "dies_after": null, "mute": false, "columns": 32}``; whoever plays the fault
    replaces the file.
    """

    _STATE = ("columns", "online", "lines_left", "dies_after", "mute")

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._printer = SimulatedPrinter()

    def receive(self, content: bytes) -> bytes:
        """Take bytes as :meth:`SimulatedPrinter.receive`. Raises :class:`PrinterDied` also when the folder is gone."""
        self._look()
        try:
            return self._printer.receive(content)
        finally:
            self._keep()

    def connect(self) -> None:
        """Raise :class:`PrinterDied` when there is no printer here."""
        self._look()

    def _look(self) -> None:
        if not self._folder.is_dir():
            raise PrinterDied
        try:
            state: dict[str, Any] = json.loads((self._folder / "printer.json").read_text(encoding="utf-8"))
        except FileNotFoundError:
            state = {}
        except (OSError, ValueError) as error:
            raise PrinterDied from error
        for name in self._STATE:
            if name in state:
                setattr(self._printer, name, state[name])

    def _keep(self) -> None:
        printed, self._printer.paper = self._printer.paper, []
        with (self._folder / "paper.txt").open("a", encoding="utf-8") as paper:
            paper.writelines(_shown(item) for item in printed)
        new = self._folder / "printer.json.new"
        new.write_text(json.dumps({name: getattr(self._printer, name) for name in self._STATE}), encoding="utf-8")
        new.replace(self._folder / "printer.json")


def _shown(item: Printed) -> str:
    if item.cut:
        return "-- 裁切 / cut --\n"
    return f"[QR {item.code}]\n" if item.code else f"{item.text}\n"
