"""A reader in memory: the simulated card system over images that stay when power goes, and hands that pull a card at any command."""

from __future__ import annotations

from simulator.card import CardSystem
from simulator.contents import contents
from simulator.file_system import APPEND_RECORD, UPDATE_RECORD
from simulator.image import CardImage
from simulator.psam import PsamSystem
from terminal.cards.errors import NoCard
from terminal.cards.ldt_commands import DEBIT
from terminal.cards.port import OutcomeUnknown
from tests.checker.card_images import Card
from tests.world.town.chance import Chance

KINDS = ("pulled before", "pulled during", "pulled after")
_WRITES = {UPDATE_RECORD: "{tag:02X} is written", APPEND_RECORD: "a tag is written", DEBIT[1]: "a debit"}
"""What a command does that writes; which record it replaces stands in its first parameter."""
_AT_A_WRITE, _ELSEWHERE = 0.12, 0.001


class _Port:
    def __init__(self, reader: Reader, card: CardImage) -> None:
        self._reader = reader
        self._system = CardSystem(card, lambda: None)
        self._power = reader.power
        self.atr = bytes.fromhex(card.atr)

    def transmit(self, apdu: bytes | bytearray) -> tuple[bytes, int]:
        """Execute one command, unless the card goes."""
        if self._power != self._reader.power:
            raise OutcomeUnknown
        writes = _WRITES.get(apdu[1], "").format(tag=apdu[2])
        if writes:
            self._reader.chance.pass_by("till", f"before {writes} on the card")
        pulled = self._reader.chance.fault("card", KINDS, _AT_A_WRITE if writes else _ELSEWHERE)
        if pulled:
            self._pull(pulled, apdu)
        answer = self._system.execute(apdu)
        if writes:
            self._reader.chance.pass_by("till", f"after {writes} on the card")
        return answer

    def _pull(self, how: str, apdu: bytes | bytearray) -> None:
        if how == "pulled during":
            self._system.tear(apdu)
        elif how == "pulled after":
            self._system.execute(apdu)
        self._reader.insert(None)
        raise OutcomeUnknown

    def close(self) -> None:
        """Let the card go, as it is."""


class _Psam:
    def __init__(self, image: CardImage) -> None:
        self._system = PsamSystem(image)
        self.atr = bytes.fromhex(image.atr)

    def transmit(self, apdu: bytes | bytearray) -> tuple[bytes, int]:
        """Execute one command."""
        return self._system.execute(bytes(apdu))

    def rest(self) -> None:
        """Nobody else wants it."""

    def resume(self) -> bool:
        """Nobody takes it out."""
        return True

    def close(self) -> None:
        """It keeps nothing."""


class Reader:
    """The two slots of one counter."""

    def __init__(self, chance: Chance, psam: CardImage) -> None:
        self.chance = chance
        self.power = 0
        self._psam = psam
        self._card: CardImage | None = None

    def insert(self, card: CardImage | None) -> None:
        """Put a card in, or take it out; whatever was proved with the one before is gone."""
        self._card = card
        self.power += 1

    def card(self) -> _Port:
        """Connect the user card."""
        if self._card is None:
            raise NoCard
        self.power += 1
        return _Port(self, self._card)

    def psam(self) -> _Psam:
        """Connect the PSAM."""
        return _Psam(self._psam)

    def presence(self) -> str:
        """Return a word that changes with each insertion."""
        return "" if self._card is None else str(self.power)


def seen(card: CardImage) -> Card:
    """Return a card as an auditor reads it."""
    held = contents(card)
    record = held["allowance"]
    tags = tuple(record["tags"])
    same = {name: record[name] for name in ("generation", "counter", "amount_fen", "not_after")}
    return Card(card_no=held["card_no"], tags=tags, **same)
