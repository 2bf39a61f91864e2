"""One job to the printer, and the printer's own word for it that it is on paper.

Status in real time (DLE EOT) is answered at once, past everything that waits: it says what state the printer is
in, never that a slip is finished. That says an answer to GS r, which the printer reads in its turn, behind the slip.
"""

from __future__ import annotations

from collections.abc import Callable

from config.clock import Clock
from terminal.paper.errors import PrinterAbsent, PrinterLost, PrinterOutOfPaper, PrinterRefused, PrinterSilent
from terminal.paper.port import Transport

_PRINTER, _OFFLINE_CAUSE, _PAPER = 1, 2, 4
_OFF_LINE = 0x08
_COVER_OPEN, _FEEDING, _PAPER_STOP, _FAULT = 0x04, 0x08, 0x20, 0x40
_PAPER_END = 0x60
_REAL_TIME_MASK, _REAL_TIME = 0b1001_0011, 0b0001_0010
_IN_TURN = b"\x1dr\x01"
_CAUSES = (
    (_COVER_OPEN, "机盖开着", "its cover is open"),
    (_FAULT, "出现故障（切刀、温度或卡纸）", "it reports a fault (knife, heat or jam)"),
    (_FEEDING, "正在手动走纸", "its feed button is pressed"),
)


def deliver(transport: Transport, content: bytes, *, clock: Clock, patience_s: float) -> None:
    """Print ``content``. Raises :class:`~terminal.paper.errors.PrinterError` unless it is on paper as far as the printer can tell.

    A printer that answers status requests is asked before and after; one that does not is believed when it took the bytes.
    """
    transport.open()
    try:
        if transport.answers:
            try:
                examine(transport, clock=clock, patience_s=patience_s)
            except PrinterLost as lost:
                # Nothing of the slip was sent yet.
                raise PrinterAbsent(**lost.details) from lost
        transport.send(content)
        if transport.answers:
            transport.send(_IN_TURN)
            # Some models know only the other question: then a printer that is well after so long has printed it.
            _answer(transport, in_turn, clock, patience_s)
            examine(transport, clock=clock, patience_s=patience_s)
    finally:
        transport.close()


def examine(transport: Transport, *, clock: Clock, patience_s: float) -> None:
    """Ask an open printer how it is. Raises :class:`PrinterSilent`, :class:`PrinterOutOfPaper` and :class:`PrinterRefused`."""
    if _status(transport, _PAPER, clock, patience_s) & _PAPER_END:
        raise PrinterOutOfPaper(where=transport.where)
    if not _status(transport, _PRINTER, clock, patience_s) & _OFF_LINE:
        return
    cause = _status(transport, _OFFLINE_CAUSE, clock, patience_s)
    if cause & _PAPER_STOP:
        raise PrinterOutOfPaper(where=transport.where)
    for bit, zh, en in _CAUSES:
        if cause & bit:
            raise PrinterRefused(where=transport.where, what_zh=zh, what_en=en)
    raise PrinterRefused(where=transport.where, what_zh="处于脱机状态", what_en="it is off-line")


def real_time(answer: int) -> bool:
    """Whether a byte is an answer to DLE EOT: bits 1 and 4 set, 0 and 7 clear."""
    return answer & _REAL_TIME_MASK == _REAL_TIME


def in_turn(answer: int) -> bool:
    """Whether a byte is an answer to GS r: bits 4 and 7 clear."""
    return answer & 0b1001_0000 == 0


def _status(transport: Transport, which: int, clock: Clock, patience_s: float) -> int:
    transport.send(bytes((0x10, 0x04, which)))
    answer = _answer(transport, real_time, clock, patience_s)
    if answer is None:
        raise PrinterSilent(where=transport.where)
    return answer


def _answer(transport: Transport, fits: Callable[[int], bool], clock: Clock, patience_s: float) -> int | None:
    """Return an answer that fits, None when none comes in time; other bytes are not for us."""
    until = clock.monotonic() + patience_s
    while (left_s := until - clock.monotonic()) > 0:
        came = transport.receive(left_s)
        found = [answer for answer in came if fits(answer)]
        if found:
            return found[-1]
        if not came:
            return None
    return None
