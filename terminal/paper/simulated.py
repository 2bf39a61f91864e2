"""The simulated printer behind the transport: loads the simulator, so it loads only where the settings ask for it."""

from __future__ import annotations

from pathlib import Path

from simulator.printer import PrinterDied, PrinterFolder
from terminal.paper.errors import PrinterAbsent, PrinterLost
from terminal.paper.port import Language


class SimulatedTransport:
    """A printer in a folder."""

    language: Language = "escpos"

    def __init__(self, folder: Path, *, answers: bool = True) -> None:
        self.where = folder.name
        self.answers = answers
        self._printer = PrinterFolder(folder)
        self._answers = bytearray()

    def open(self) -> None:
        """Connect. Raises :class:`PrinterAbsent`."""
        self._answers.clear()
        try:
            self._printer.connect()
        except PrinterDied as died:
            raise PrinterAbsent(where=self.where, why="simulated") from died

    def send(self, content: bytes) -> None:
        """Hand ``content`` over. Raises :class:`PrinterLost`."""
        try:
            self._answers += self._printer.receive(content)
        except PrinterDied as died:
            raise PrinterLost(where=self.where, why="simulated") from died

    def receive(self, patience_s: float) -> bytes:
        """Return what it answered: it answers at once or not at all."""
        del patience_s
        came = bytes(self._answers)
        self._answers.clear()
        return came

    def close(self) -> None:
        """Disconnect: what was not read is gone."""
        self._answers.clear()
