"""A till or a sender that kills itself (SIGKILL) at a chosen commit or card command: run as a process of its own.

``python -m tests.world.killable till|sender DATA_DIR WHERE`` with WHERE = ``commit:N:before``,
``commit:N:after`` (the N-th transaction of the journal), ``draft:N:before``, ``draft:N:after`` (the N-th time that the
unfinished bill is kept or forgotten) or ``apdu:N:before``, ``apdu:N:after`` (the N-th command that writes to the card; 0 =
never). Everything else is the product as it ships.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from offline_queue import sync_command
from offline_queue.journal import Committed, Entry, Journal
from offline_queue.journal.notes import Notes
from simulator import slot
from terminal import cli


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def arm(where: str) -> None:
    """Arrange the death."""
    what, number, when = where.split(":")
    strikes = iter(range(1, 10_000))

    def before(*, counts: bool = True) -> int:
        turn = next(strikes) if counts else 0
        if turn and turn == int(number) and when == "before":
            _die()
        return turn

    def after(turn: int) -> None:
        if turn and turn == int(number):
            _die()

    {"commit": _at_commits, "draft": _at_drafts, "apdu": _at_writes}[what](before, after)


def _at_commits(before: Callable[..., int], after: Callable[[int], None]) -> None:
    commit = Journal.commit

    def counted(self: Journal, entries: Sequence[Entry], *, claim: str = "") -> Committed:
        turn = before()
        done = commit(self, entries, claim=claim)
        after(turn)
        return done

    Journal.commit = counted  # type: ignore[method-assign]


def _at_drafts(before: Callable[..., int], after: Callable[[int], None]) -> None:
    put = Notes.put

    def noted(self: Notes, name: str, value: dict[str, Any]) -> None:
        turn = before(counts=name == "draft")
        put(self, name, value)
        after(turn)

    Notes.put = noted  # type: ignore[method-assign]


def _at_writes(before: Callable[..., int], after: Callable[[int], None]) -> None:
    transmit = slot.SimulatedCard.transmit

    def struck(self: slot.SimulatedCard, apdu: bytes | bytearray) -> tuple[bytes, int]:
        turn = before(counts=apdu[1] in {0xDC, 0xE2, 0x54})
        answer = transmit(self, apdu)
        after(turn)
        return answer

    slot.SimulatedCard.transmit = struck  # type: ignore[method-assign]


if __name__ == "__main__":
    role, directory, death = sys.argv[1:]
    arm(death)
    if role == "till":
        sys.exit(cli.main(["headless", "--no-sender", "--data-dir", str(Path(directory))]))
    sys.exit(sync_command.main(["run", "--data-dir", str(Path(directory))]))
