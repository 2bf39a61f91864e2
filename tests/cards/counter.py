"""A counter with simulated slots, for tests."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from config.psam_keys import PsamKey
from config.sections import Psam as PsamSettings
from settlement.allowance import CardRecord, RefreshWrite, SaleWrite
from simulator import image
from simulator.personalise import make
from simulator.slot import SimulatedSlot
from terminal.cards.port import CardPort
from terminal.cards.psam import Psam
from terminal.cards.services import CounterCard
from terminal.cards.simulated import SimulatedSlots
from terminal.cards.trace import Trace
from tests.cards.people import PIN, entry, roster


class Counter:
    """One reader with card ``a`` and its PSAM inserted; the folder is the test's own."""

    def __init__(self, directory: Path, **changes: str) -> None:
        make(roster(directory, entry("a", **changes)), directory / "cards", seed="test")
        self.card_path = directory / "cards" / "a.card"
        self.psam_path = directory / "cards" / "psam.card"
        self.slot = SimulatedSlot(directory / "slot")
        self.slots = SimulatedSlots(directory / "slot")
        self.insert()

    def insert(self, fault: dict[str, Any] | None = None) -> None:
        """Put the card in; ``fault`` will pull it."""
        self.slot.insert(card="../cards/a.card", psam="../cards/psam.card", fault=fault)

    def open(self, trace: Trace | None = None) -> CounterCard:
        """Connect."""
        return met(self.slots.card(), self.slots.psam(), trace=trace)

    def admitted(self, trace: Trace | None = None) -> CounterCard:
        """Connect, identify, give the PIN."""
        card = self.open(trace)
        card.identify()
        card.verify_pin(bytearray(PIN.encode()))
        return card

    def read(self) -> CardRecord:
        """Return what the card says of its allowance."""
        card = self.admitted()
        try:
            return card.read_allowance()
        finally:
            card.close()

    def grant(self, amount_fen: int = 5000, *, tag: int = 1) -> CardRecord:
        """Refresh the card to generation 1."""
        card = self.admitted()
        try:
            return card.write_refresh(refresh_of(card.read_allowance(), amount_fen=amount_fen, tag=tag))
        finally:
            card.close()

    def alter(self, **changes: Any) -> None:  # noqa: ANN401 - whatever an image holds
        """Change what the card's image holds."""
        held = image.load(self.card_path)
        for name, value in changes.items():
            setattr(held, name, value)
        image.store(self.card_path, held)


def met(card: CardPort, psam: CardPort, *, keys: Mapping[str, PsamKey] | None = None, trace: Trace | None = None) -> CounterCard:
    """Return a session on any two ports, with the published key table unless another is given."""
    return CounterCard(card, Psam(psam, PsamSettings().keys if keys is None else keys, trace), trace)


def sent_to_psam(card: CounterCard) -> int:
    """Return how many commands went to the PSAM."""
    assert isinstance(card.keys, Psam)
    return card.keys.channel.sent


def refresh_of(before: CardRecord, *, amount_fen: int = 5000, tag: int = 1) -> RefreshWrite:
    """Plan a refresh to the next generation."""
    return RefreshWrite(before=before, tag=tag, generation=(before.generation or 0) + 1, grant_fen=amount_fen, not_after="7")


def sale_of(before: CardRecord, *, debit_fen: int = 1234, tag: int = 0xBEEF) -> SaleWrite:
    """Plan a debit."""
    return SaleWrite(before=before, tag=tag, debit_fen=debit_fen)


class Scripted:
    """A port whose answers a test gives; it repeats the last one for ever."""

    def __init__(self, *answers: tuple[bytes, int], atr: bytes = bytes.fromhex("3B6D00000081544C860102030405060708")) -> None:
        self.atr = atr
        self.sent: list[bytes] = []
        self._answers = list(answers)

    def transmit(self, apdu: bytes | bytearray) -> tuple[bytes, int]:
        """Give the next answer."""
        self.sent.append(bytes(apdu))
        return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]

    def close(self) -> None:
        """Let go: what was sent stays for the test to see."""
        self._answers = [(b"", 0x6F00)]


def port_of(scripted: Scripted) -> CardPort:
    """Return it as a port: the type checker sees that it is one."""
    return scripted
