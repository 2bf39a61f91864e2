"""Cards that take their time, as chips at 9600 baud do."""

from __future__ import annotations

import threading
import time

from terminal.cards.port import CardPort, Slots
from terminal.cards.services import CounterCard
from terminal.cards.trace import Trace
from tests.cards.counter import met


class SlowPort:
    """A port each of whose exchanges takes ``delay_s`` more; ``taken_s`` is how long they took altogether."""

    def __init__(self, port: CardPort, delay_s: float) -> None:
        self._port = port
        self._pause = threading.Event()
        self._delay_s = delay_s
        self.taken_s = 0.0
        self.exchanges = 0

    @property
    def atr(self) -> bytes:
        """Answer to reset."""
        return self._port.atr

    def transmit(self, apdu: bytes | bytearray) -> tuple[bytes, int]:
        """Send one command, late."""
        began = time.perf_counter()
        try:
            self._pause.wait(self._delay_s)
            return self._port.transmit(apdu)
        finally:
            self.taken_s += time.perf_counter() - began
            self.exchanges += 1

    def close(self) -> None:
        """Let the card go."""
        self._port.close()


class SlowReader:
    """Opens the cards of some slots slowly, and adds up what they took."""

    def __init__(self, slots: Slots, delay_s: float) -> None:
        self._slots = slots
        self._delay_s = delay_s
        self.ports: list[tuple[SlowPort, SlowPort]] = []

    def open(self, trace: Trace | None = None) -> CounterCard:
        """Connect, as :func:`terminal.cards.opening.open_card`."""
        pair = SlowPort(self._slots.card(), self._delay_s), SlowPort(self._slots.psam(), self._delay_s)
        self.ports.append(pair)
        return met(*pair, trace=trace)

    @property
    def taken_s(self) -> float:
        """How long all exchanges took."""
        return sum(port.taken_s for pair in self.ports for port in pair)

    @property
    def exchanges(self) -> tuple[int, int]:
        """How many there were with cards and with PSAMs."""
        return sum(card.exchanges for card, _ in self.ports), sum(psam.exchanges for _, psam in self.ports)
