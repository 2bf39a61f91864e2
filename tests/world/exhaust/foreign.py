"""A terminal of another make that shares the card: it debits off-line as the card's keys let it, and reports to nobody here."""

from __future__ import annotations

from functools import cache
from typing import Any

from settlement.card_debit import DebitPlan
from simulator.card import CardSystem
from simulator.image import CardImage
from simulator.personalise import psam_of
from simulator.psam import PsamSystem
from tests.cards.counter import met

FEN = 700
"""What it sells for."""
TERMINAL = "990100000009"
_ALLOWANCE, _INTENTS, _COUNTERS, _AMOUNT = "DF04|EF06", "DF04|EF15", "93", "92"
_TAGS_MAX = 8
_MOMENT = "20260302093000"


def debit_the_allowance(card: CardImage, *, torn: bool) -> tuple[int, int]:
    """Write 93, the tag and 92, or 93 alone; return generation and counter."""
    records, tags = card.records[_ALLOWANCE], card.cyclic[_INTENTS]
    counters, amount = bytes.fromhex(records[_COUNTERS] or ""), int(records[_AMOUNT] or "0", 16)
    generation, counter = counters[0], counters[1] + 1
    records[_COUNTERS] = bytes((generation, counter)).hex()
    if not torn:
        newest = tags[0] or "000000"
        tags.insert(0, f"{(int(newest[:4], 16) + 0x1111) & 0xFFFF:04X}{newest[4:]}")
        del tags[_TAGS_MAX:]
        records[_AMOUNT] = (amount - FEN).to_bytes(len(records[_AMOUNT] or "") // 2).hex()
    return generation, counter


def debit_by_the_card(card: CardImage, card_no: str, pin: str) -> dict[str, Any]:
    """Have the card debit itself, which it does as a whole: a pull leaves nothing half. Return what became of it."""
    psam = _psam()
    session = met(_Port(CardSystem(card, lambda: None), card.atr), _Port(PsamSystem(psam), psam.atr))
    session.identify()
    session.verify_pin(bytearray(pin.encode()))
    begun = session.account.begin(own_fen=FEN, pooled_fen=0, terminal=TERMINAL)
    plan = DebitPlan(
        sequence=begun.sequence,
        number=begun.sequence,
        terminal=TERMINAL,
        moment=_MOMENT,
        own_fen=FEN,
        pooled_fen=0,
        balance_fen=begun.balance_fen,
    )
    session.account.debit(plan, begun)
    return told(card_no, None, begun.sequence)


def told(card_no: str, generation: int | None, counter: int) -> dict[str, Any]:
    """Return a debit as an auditor is told of it."""
    place = {"card_no": card_no, "generation": generation, "counter": counter, "debit_fen": FEN}
    return {"msgid": f"foreign {counter}", **place, "accepted": False}


@cache
def _psam() -> CardImage:
    return psam_of("990100", "town")


class _Port:
    """A card or PSAM in the foreign terminal."""

    def __init__(self, system: CardSystem | PsamSystem, atr: str) -> None:
        self._system = system
        self.atr = bytes.fromhex(atr)

    def transmit(self, apdu: bytes | bytearray) -> tuple[bytes, int]:
        """Execute."""
        return self._system.execute(bytes(apdu))

    def close(self) -> None:
        """Nothing is held."""
