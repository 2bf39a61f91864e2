"""A terminal on the other end of a pseudo-terminal: it draws, answers where its cursor is, and someone types meanwhile."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
_CONTROL = re.compile(r"\x1b\[\??([\d;]*)([A-Za-z$]+)")
_TAKE_OVER = "import fcntl, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0)\n"


@dataclass(slots=True)
class Teletype:
    """``ambiguous``: columns of a doubtful character. ``patience_s``: when a program that says nothing more is given up."""

    ambiguous: int = 1
    han: int = 2
    answers: bool = True
    utf8: bool = True
    typed_before: bytes = b""
    typed_during: bytes = b""
    in_pieces: bool = False
    row: int = 24
    size: tuple[int, int] = (120, 40)
    patience_s: float = 20
    column: int = field(default=1, init=False)
    drawn: str = field(default="", init=False)

    def run(self, program: str, environment: dict[str, str]) -> str:
        """Run a Python program on this terminal, as the owner of it; return what it wrote to stdout."""
        master, slave = pty.openpty()
        try:
            fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", self.size[1], self.size[0], 0, 0))
            os.write(master, self.typed_before)
            modes = termios.tcgetattr(slave)
            kept = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **environment}
            command = [sys.executable, "-c", _TAKE_OVER + program]
            with subprocess.Popen(
                command, stdin=slave, stderr=slave, stdout=subprocess.PIPE, start_new_session=True, env=kept, cwd=ROOT
            ) as child:
                self._serve(master, child)
                assert child.stdout is not None
                said = child.stdout.read().decode()
            assert child.returncode == 0, self.drawn
            assert modes == termios.tcgetattr(slave), "the terminal was not put back as it was"
            return said
        finally:
            os.close(master)
            os.close(slave)

    def _serve(self, master: int, child: subprocess.Popen[bytes]) -> None:
        waited_s = 0.0
        while child.poll() is None and waited_s < self.patience_s:
            if not select.select([master], [], [], 0.02)[0]:
                waited_s += 0.02
                continue
            self._draw(master, os.read(master, 65536).decode("utf-8", "replace"))
        if child.poll() is None:
            child.kill()

    def _draw(self, master: int, text: str) -> None:
        self.drawn += text
        while text:
            if control := _CONTROL.match(text):
                if control.group(0) == "\x1b[6n" and self.answers:
                    self._answer(master)
                text = text[control.end() :]
                continue
            character, text = text[0], text[1:]
            if character == "\r":
                self.column = 1
            elif not self.utf8:
                self.column += sum(byte >= 0xA0 for byte in character.encode())
            elif unicodedata.east_asian_width(character) == "A":
                self.column += self.ambiguous
            else:
                self.column += self.han if unicodedata.east_asian_width(character) in "WF" else 1

    def _answer(self, master: int) -> None:
        report = f"\x1b[{self.row};{self.column}R".encode()
        typed, self.typed_during = self.typed_during[:3], self.typed_during[3:]
        os.write(master, typed)
        for piece in (report[:3], report[3:]) if self.in_pieces else (report,):
            os.write(master, piece)
