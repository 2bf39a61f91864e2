"""A process that has a playground and nothing else, to be ended in every way: ``python -m tests.playground.holder DIR [raise]``.

It writes one line of JSON when all of it stands: the ids of the processes. Then it waits, or raises.
"""

from __future__ import annotations

import json
import sys
import threading
from pathlib import Path

from terminal.demo.playground import Playground
from terminal.signals import ended_by_signals


def main(arguments: list[str]) -> None:
    """Hold the playground."""
    with ended_by_signals(), Playground(Path(arguments[0])) as playground:
        sys.stdout.write("started\n")
        sys.stdout.flush()
        playground.progress.ready.wait()
        sys.stdout.write(json.dumps(playground.process_ids) + "\n")
        sys.stdout.flush()
        if arguments[1:] == ["raise"]:
            raise ValueError
        threading.Event().wait()


if __name__ == "__main__":
    main(sys.argv[1:])
