"""A card image behind the virtual reader ``vpcd``, so that the real PC/SC service sees a card.

The reader's driver listens and the card connects: two bytes of length, then a command; one byte is about power.
The driver sends length and command apart, so without TCP_QUICKACK every command waits 44 ms for an acknowledgement.
The driver listens on all addresses: use it in a network namespace of its own.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from secrets import token_bytes

from simulator import image
from simulator.card import CardSystem
from simulator.psam import PsamSystem

PORT = 35_963
_ATR = 4
"""Give the answer to reset; 0 is power off, 1 power on, 2 reset."""
_LENGTH_BYTES = 2
_AGAIN_S = 0.1
"""Pause before connecting again: the service was restarted, or does not run yet."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the driver of one slot listens, and how slow the card is."""

    host: str
    port: int
    delay_s: float


def serve(images: Sequence[Path], place: Place, end: threading.Event, entropy: Callable[[int], bytes] = token_bytes) -> None:
    """Serve each image at a port of its own, counted up from ``place``, until ``end`` is set.

    Raises :class:`OSError` and :class:`~simulator.image.ImageDamaged`.
    """
    powered = [_powering(path, entropy) for path in images]
    threads = [
        threading.Thread(target=_insert, args=(power, Place(place.host, place.port + number, place.delay_s), end), daemon=True)
        for number, power in enumerate(powered)
    ]
    for thread in threads:
        thread.start()
    end.wait()


Power = Callable[[], tuple[bytes, CardSystem | PsamSystem]]


def _powering(path: Path, entropy: Callable[[int], bytes]) -> Power:
    """Return what powers the card up: each time a new system on what the image then holds."""
    image.load(path)

    def power() -> tuple[bytes, CardSystem | PsamSystem]:
        card = image.load(path)
        system = PsamSystem(card) if card.kind == "psam" else CardSystem(card, lambda: image.store(path, card), entropy)
        return bytes.fromhex(card.atr), system

    return power


def _insert(power: Power, place: Place, end: threading.Event) -> None:
    while not end.is_set():
        with contextlib.suppress(OSError), socket.create_connection((place.host, place.port)) as line:
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            _converse(line, power, place.delay_s, end)
        end.wait(_AGAIN_S)


def _converse(line: socket.socket, power: Power, delay_s: float, end: threading.Event) -> None:
    """Answer commands until the driver hangs up."""
    atr, system = power()
    while (command := _receive(line)) is not None:
        if len(command) == 1 and command[0] != _ATR:
            # On, off or reset: whatever was proved is forgotten.
            atr, system = power()
            continue
        if len(command) == 1:
            answer = atr
        else:
            end.wait(delay_s)
            content, sw = system.execute(command)
            answer = content + sw.to_bytes(2)
        line.sendall(len(answer).to_bytes(_LENGTH_BYTES) + answer)


def _receive(line: socket.socket) -> bytes | None:
    head = _exactly(line, _LENGTH_BYTES)
    return None if head is None else _exactly(line, int.from_bytes(head))


def _exactly(line: socket.socket, size: int) -> bytes | None:
    received = b""
    while len(received) < size:
        # The kernel forgets this at will, so it is said before every receive.
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        part = line.recv(size - len(received))
        if not part:
            return None
        received += part
    return received
