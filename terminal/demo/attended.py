"""One command as a process that ends when its starter does, however that ended.

``python -m terminal.demo.attended MODULE:FUNCTION ARGUMENT…``: standard input is a pipe whose other end only the starter
holds. When it closes, a started command is told to end as by ``SIGTERM``, and is ended when it does not.
"""

from __future__ import annotations

import importlib
import os
import signal
import sys
import threading
from collections.abc import Callable

_GRACE_S = 15.0
"""The sender takes up to five seconds to finish what is under way."""
_LEFT_ALONE = 1


def main(arguments: list[str]) -> int:
    """Run the command of the first argument with the others."""
    place, *rest = arguments
    threading.Thread(target=_watch, name="starter", daemon=True).start()
    module, _, name = place.partition(":")
    run: Callable[[list[str]], int] = getattr(importlib.import_module(module), name)
    return run(rest)


def _watch() -> None:
    while os.read(sys.stdin.fileno(), 1):
        continue
    # The main thread has the handler, and may wait where only a signal of its own wakes it.
    signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGTERM)
    threading.Event().wait(_GRACE_S)
    os._exit(_LEFT_ALONE)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
