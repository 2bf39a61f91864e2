"""A till or a sender that kills itself (SIGKILL) at a chosen commit or card command: run as a process of its own.

``python -m tests.world.killable till|sender DATA_DIR WHERE`` with WHERE = ``commit:N:before``,
``commit:N:after`` (the N-th transaction of the journal) or ``apdu:N:before``, ``apdu:N:after`` (the N-th command that
writes to the card; 0 = never). Everything else is the product as it ships.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from offline_queue import sync_command
from offline_queue.journal import Committed, Entry, Journal
from simulator import slot
from terminal import cli


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def arm(where: str) -> None:
    """Arrange the death."""
    what, number, when = where.split(":")
    strikes = iter(range(1, 10_000))
    if what == "commit":
        commit = Journal.commit

        def counted(self: Journal, entries: Sequence[Entry], *, claim: str = "") -> Committed:
            turn = next(strikes)
            if turn == int(number) and when == "before":
                _die()
            done = commit(self, entries, claim=claim)
            if turn == int(number):
                _die()
            return done

        Journal.commit = counted  # type: ignore[method-assign]
        return
    transmit = slot.SimulatedCard.transmit

    def struck(self: slot.SimulatedCard, apdu: bytes | bytearray) -> tuple[bytes, int]:
        turn = next(strikes) if apdu[1] in {0xDC, 0xE2} else 0
        if turn and turn == int(number) and when == "before":
            _die()
        answer = transmit(self, apdu)
        if turn and turn == int(number):
            _die()
        return answer

    slot.SimulatedCard.transmit = struck  # type: ignore[method-assign]


if __name__ == "__main__":
    role, directory, death = sys.argv[1:]
    arm(death)
    if role == "till":
        sys.exit(cli.main(["headless", "--no-sender", "--data-dir", str(Path(directory))]))
    sys.exit(sync_command.main(["run", "--data-dir", str(Path(directory))]))
