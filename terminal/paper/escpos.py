"""A slip as ESC/POS bytes for 58 mm (32 columns) and 80 mm paper (48 columns).

Own encoding: libraries guess a code page for lines without Chinese and print ``?`` for what it lacks. Here the
printer is put into Chinese mode once and every line is GBK. Double height is asked for in both ways, because
printers differ in which of the two reaches Chinese characters.
"""

from __future__ import annotations

from collections.abc import Sequence

from terminal.paper.glyphs import encode, paper_width
from terminal.paper.sheet import Line, Sheet, lay

_LF = b"\n"
START = b"\x1b@\x1da\x00\x1c&"
"""ESC @ as after power-up · GS a 0 no status that was not asked for · FS & Chinese mode."""
_TALL = b"\x1d!\x01\x1c!\x08"
_USUAL = b"\x1d!\x00\x1c!\x00"
CUT = b"\x1bd\x03\x1dVB\x00"
"""ESC d 3 feed three lines, which is what a printer without a knife needs to be torn at · GS V B feed to the knife and cut."""
_CENTRED, _LEFT = b"\x1ba\x01", b"\x1ba\x00"
_CODE_MODEL = b"\x1d(k\x04\x001A2\x00"
_CODE_DOTS = b"\x1d(k\x03\x001C\x05"
_CODE_MEDIUM = b"\x1d(k\x03\x001E1"
_CODE_PRINT = b"\x1d(k\x03\x001Q0"


def render(sheets: Sequence[Sheet], columns: int) -> bytes:
    """Return the sheets as one job, each cut off; no byte in it is a control that stands in a text of ours."""
    return START + b"".join(_sheet(sheet, columns) for sheet in sheets)


def _sheet(sheet: Sheet, columns: int) -> bytes:
    return b"".join(_line(line) for line in lay(sheet, columns, paper_width)) + CUT


def _line(line: Line) -> bytes:
    if line.code:
        return _CENTRED + _code(line.code.encode("ascii", "ignore")) + _LEFT
    text = encode(line.text.rstrip()) + _LF
    return _TALL + text + _USUAL if line.tall else text


def _code(payload: bytes) -> bytes:
    """Return the printer's own QR code: model 2, five dots a module, level M."""
    store = b"\x1d(k" + (len(payload) + 3).to_bytes(2, "little") + b"1P0" + payload
    return _CODE_MODEL + _CODE_DOTS + _CODE_MEDIUM + store + _CODE_PRINT
