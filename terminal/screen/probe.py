"""What the terminal can do, asked before the application runs: size, colours, encoding, and how wide it draws.

A console with a Chinese code page draws ``─`` over two columns, which nobody can know but the terminal itself: we write the
character, ask where the cursor is (ECMA-48 CPR) and wipe it. The answer comes within a millisecond on the same machine, within a
round trip over a network; a terminal that never answers costs the patience once. Inside tmux or screen the answer is theirs, and
rightly so: they place every cell themselves.
"""

from __future__ import annotations

import os
import re
import select
import shutil
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

from config.clock import Clock

Colours = Literal["truecolor", "256", "16", "none"]
PATIENCE_S = 0.25
"""How long one answer is waited for."""
_QUESTION = "\r─\x1b[6n\r丰\x1b[6n\r\x1b[K"
"""Of 丰 each of the three bytes is a letter where UTF-8 is not understood: three columns instead of two."""
_ANSWER = re.compile(rb"\x1b\[(\d{1,5});(\d{1,5})R")
_UNFINISHED = re.compile(rb"\x1b(\[(\d{0,5}(;\d{0,5})?)?)?\Z")
_NARROW, _WIDE = 1, 2
_TRUECOLOR = {"truecolor", "24bit"}


@dataclass(frozen=True, slots=True, kw_only=True)
class TerminalTraits:
    """What is known of the terminal."""

    tty: bool
    """Whether a person sits there: keyboard and screen are both a terminal."""
    columns: int = 80
    rows: int = 24
    colours: Colours = "16"
    no_color: bool = False
    """The user wants no hues (no-color.org)."""
    utf8: bool = True
    """Whether what we write is UTF-8."""
    ambiguous_columns: int = 0
    """Columns of ``─`` and its like: 1, 2, or 0 when the terminal did not say."""
    han_columns: int = 0
    """Columns of a Chinese character: 2 on a terminal that understands us, or 0 when it did not say."""
    typed: bytes = b""
    """What was typed meanwhile: to be handed to whoever reads the keyboard next."""

    @property
    def wide(self) -> bool:
        """Whether characters of doubtful width must not be painted."""
        return self.ambiguous_columns >= _WIDE

    @property
    def chinese(self) -> bool:
        """Whether Chinese can be expected to be readable."""
        return self.utf8 and self.han_columns in {0, _WIDE}


def probe(environ: Mapping[str, str], clock: Clock, patience_s: float = PATIENCE_S) -> TerminalTraits:
    """Look at this process's own terminal, where Textual looks too: it reads stdin and writes to stderr.

    Waits at most ``patience_s`` seconds, and once more when an answer has begun. Raises nothing.
    """
    if sys.__stdin__ is None or sys.__stderr__ is None:
        return TerminalTraits(tty=False, colours=colours_of(environ), no_color="NO_COLOR" in environ)
    reads, writes = sys.__stdin__.fileno(), sys.__stderr__.fileno()
    tty = os.isatty(reads) and os.isatty(writes)
    ambiguous, han, typed = _asked(reads, writes, clock, patience_s) if tty and colours_of(environ) != "none" else (0, 0, b"")
    size = _size(writes)
    return TerminalTraits(
        tty=tty,
        columns=size.columns,
        rows=size.lines,
        colours=colours_of(environ),
        no_color="NO_COLOR" in environ,
        utf8=_writes_utf8(environ),
        ambiguous_columns=ambiguous,
        han_columns=han,
        typed=typed,
    )


def colours_of(environ: Mapping[str, str]) -> Colours:
    """Return how many colours the environment promises, as Rich reads it."""
    term = environ.get("TERM", "").strip().lower()
    if term in {"", "dumb", "unknown"} and sys.platform != "win32":
        return "none"
    if environ.get("COLORTERM", "").strip().lower() in _TRUECOLOR or sys.platform == "win32":
        return "truecolor"
    return "256" if term.endswith("256color") or term == "xterm-kitty" else "16"


def _size(descriptor: int) -> os.terminal_size:
    try:
        size = os.get_terminal_size(descriptor)
    except OSError:
        size = os.terminal_size((0, 0))
    return size if size.columns and size.lines else shutil.get_terminal_size()


def _writes_utf8(environ: Mapping[str, str]) -> bool:
    encoding = getattr(sys.__stderr__, "encoding", None) or "ascii"
    if encoding.lower().replace("-", "") != "utf8":
        return False
    # Python writes UTF-8 under a locale without a name too; one that names another encoding is the terminal's own word.
    named = next((environ[name] for name in ("LC_ALL", "LC_CTYPE", "LANG") if environ.get(name)), "")
    _, _, codeset = named.partition(".")
    return codeset.partition("@")[0].lower().replace("-", "") in {"", "utf8"}


def _asked(reads: int, writes: int, clock: Clock, patience_s: float) -> tuple[int, int, bytes]:
    """Return the columns of a doubtful character and of a Chinese one (0 = no answer), and what else came in."""
    if sys.platform == "win32":
        return 0, 0, b""
    import termios  # noqa: PLC0415 - not on Windows

    try:
        before = termios.tcgetattr(reads)
        if os.tcgetpgrp(reads) != os.getpgrp():
            # In the background: to touch the terminal would stop the process.
            return 0, 0, b""
    except (OSError, termios.error):
        return 0, 0, b""
    asking = [*before[:6], list(before[6])]
    asking[0] &= ~(termios.ICRNL | termios.INLCR | termios.IGNCR | termios.IXON)
    asking[3] &= ~(termios.ICANON | termios.ECHO)
    asking[6][termios.VMIN], asking[6][termios.VTIME] = 1, 0
    try:
        # TCSANOW: what was typed before must not be flushed away.
        termios.tcsetattr(reads, termios.TCSANOW, asking)
        os.write(writes, _QUESTION.encode())
        return _answers(reads, clock, patience_s)
    except (OSError, termios.error):
        return 0, 0, b""
    finally:
        with suppress(termios.error):  # the terminal is gone
            termios.tcsetattr(reads, termios.TCSANOW, before)


def _answers(reads: int, clock: Clock, patience_s: float) -> tuple[int, int, bytes]:
    given = b""
    until = clock.monotonic() + patience_s
    extended = False
    while len(_ANSWER.findall(given)) < 2:  # noqa: PLR2004 - two questions
        left = until - clock.monotonic()
        if left <= 0 or not select.select([reads], [], [], left)[0]:
            if extended or not (_UNFINISHED.search(given) or _ANSWER.search(given)):
                break
            # An answer has begun: its rest must not arrive as keys.
            extended, until = True, clock.monotonic() + patience_s
            continue
        part = os.read(reads, 4096)
        if not part:
            break
        given += part
    found = [int(column) - 1 for _, column in _ANSWER.findall(given)[:2]]
    typed = _ANSWER.sub(b"", given, count=2)
    ambiguous, han = (*found, 0, 0)[:2]
    return ambiguous, han, typed
