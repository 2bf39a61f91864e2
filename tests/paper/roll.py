"""A till's journal with a print queue before a simulated printer: what the tests of the queue share."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from config.clock import SystemClock
from offline_queue.journal import Journal
from settlement.errors import OperatorError, Refusal
from simulator.printer_port import Device, PrinterPort
from terminal.paper.content import Slips
from terminal.paper.port import Transport
from terminal.paper.print_queue import Layout, PrintQueue
from terminal.paper.simulated import SimulatedTransport
from tests.journal.entries import Hand
from tests.paper.samples import ISSUER

PATIENCE_S = 0.3
NOBODY: Any = None


class Waiting:
    """The wall clock of the journal's tests with a real monotonic one: pauses pass by themselves."""

    def __init__(self, hand: Hand) -> None:
        self.now = hand.now
        self.monotonic, self.set_by = SystemClock().monotonic, hand.set_by


def until(holds: Callable[[], object], what: str = "") -> None:
    """Wait until ``holds()``; fail after some seconds."""
    deadline = time.monotonic() + 8
    while not holds():
        assert time.monotonic() < deadline, what or "it does not come about"
        time.sleep(0.005)


class Roll:
    """A simulated printer in a folder, and what came out of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()

    def bend(self, **state: object) -> None:
        """Change the printer's state."""
        new = self.folder / "bent"
        new.write_text(json.dumps(state), encoding="utf-8")
        new.replace(self.folder / "printer.json")

    @property
    def text(self) -> str:
        """All that came out."""
        paper = self.folder / "paper.txt"
        return paper.read_text(encoding="utf-8") if paper.exists() else ""

    @property
    def cuts(self) -> int:
        """How many sheets came out whole."""
        return self.text.count("-- 裁切")

    def transport(self, *, answers: bool = True) -> SimulatedTransport:
        """Return the way to it."""
        return SimulatedTransport(self.folder, answers=answers)


@contextmanager
def printing(
    journal: Journal,
    clock: Hand,
    transport: Transport | None,
    *,
    retry_s: float = 0.02,
    copies: Literal[1, 2] = 1,
) -> Iterator[PrintQueue]:
    """Run a queue before ``transport``."""
    waiting = Waiting(clock)
    queue = PrintQueue(
        journal,
        Slips(journal, waiting, ISSUER),
        transport,
        clock=waiting,
        layout=Layout(columns=32, copies=copies, code=False),
        patience_s=PATIENCE_S,
        retry_s=retry_s,
    )
    queue.start()
    try:
        yield queue
    finally:
        queue.close()


@contextmanager
def served(device: Device, *, deaf: bool = False) -> Iterator[PrinterPort]:
    """Serve a simulated printer on a free port."""
    port = PrinterPort(device, deaf=deaf)
    thread = threading.Thread(target=port.serve)
    thread.start()
    try:
        yield port
    finally:
        port.close()
        thread.join()


def copies(journal: Journal, subject: str) -> list[tuple[int, str]]:
    """Return (copy, which) of what is recorded as printed."""
    return [(record.body["copy"], record.body["which"]) for record in journal.records(subject) if record.kind == "printed"]


def code_of(words: Refusal | OperatorError | None) -> str:
    """Return the code of a refusal, empty for none."""
    return words.code if words is not None else ""
