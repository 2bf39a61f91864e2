"""How a command ends that is told to: in order, as if it had come to its end by itself."""

from __future__ import annotations

import signal
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

_SIGNALLED = 128


@contextmanager
def ended_by_signals() -> Iterator[None]:
    """Have a signal that ends the process end it in order, as leaving would. On another thread than the main one it changes nothing."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(number: int, _frame: FrameType | None) -> NoReturn:
        # A terminal that hangs up wakes who was stopped, too; a screen that is ending would answer by drawing itself anew.
        signal.signal(signal.SIGCONT, lambda *_: None)
        sys.exit(_SIGNALLED + number)

    before = {signal.SIGCONT: signal.getsignal(signal.SIGCONT)}
    before |= {number: signal.signal(number, end) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
