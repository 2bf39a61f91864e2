"""What a command says on stdout, and a reader who closes the pipe before all of it has arrived: in one place for every command."""

from __future__ import annotations

import os
import select
import sys
from collections.abc import Callable

LOST = 74
"""Exit code of an answer that nobody took (EX_IOERR), where the command by itself would have ended with 0 or did not get so far."""
_OUTPUTS = 1, 2


def told(run: Callable[[], int]) -> int:
    """Run a command to the last byte of its answer and return its exit code.

    Where the reader has gone nothing more is said. A code that tells of something stays; 0 would say that the answer arrived.
    """
    code = LOST
    try:
        try:
            code = run()
        except SystemExit as left:
            if not left.code and _broken():
                # argparse passes over it when its help cannot be written.
                raise BrokenPipeError from left
            raise
        finally:
            flush()
    except BrokenPipeError as error:
        if not unread(error):
            raise
        drop()
        return code or LOST
    return code


def unread(error: BaseException) -> bool:
    """Whether an error is that of an output whose reader has gone, and no other connection's."""
    if not isinstance(error, BrokenPipeError):
        return False
    return bool(_broken())


def flush() -> None:
    """Have everything that was said so far leave the process: what stays behind fails at its very end, with words of Python's own."""
    for output in (sys.stdout, sys.stderr):
        if output is not None and not output.closed:
            output.flush()


def drop() -> None:
    """Throw away what is left to say: the interpreter flushes once more at its end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for output in _broken():
        os.dup2(nowhere, output)
    os.close(nowhere)


def _broken() -> list[int]:
    """Return which of stdout and stderr nobody reads: looked at, without a byte written."""
    outputs = select.poll()
    for output in _OUTPUTS:
        outputs.register(output, 0)
    return [output for output, events in outputs.poll(0) if events & (select.POLLERR | select.POLLHUP)]
