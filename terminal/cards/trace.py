"""What was said to card and PSAM while somebody stood at the counter: names, parameters, lengths and status words.

No content is kept, of no command: neither a PIN nor a cryptogram nor a personal record can be in a trace. The driver writes
it beside the records of the sale, in their transaction; a technician reads it in the sale's timeline.
"""

from __future__ import annotations

from typing import Literal

from config.clock import Clock

Slot = Literal["card", "psam"]
Step = tuple[int, str, str, str, int, int, str]
"""Milliseconds since the trace began, when the answer came · slot · command · P1 and P2 in hex · bytes sent · bytes answered ·
status word in hex, empty when contact was lost."""
STEPS_MAX = 400
"""A card that answers nonsense for ever fills no journal; a sale has about 45 steps."""
RESET = "RESET"
_HEADER = 4
_NAMES = {
    0x20: "VERIFY",
    0x24: "UNBLOCK PIN",
    0x28: "INITIALIZE",
    0x54: "DEBIT",
    0x5A: "TRANSACTION PROOF",
    0x82: "EXTERNAL AUTHENTICATE",
    0x84: "GET CHALLENGE",
    0x88: "INTERNAL AUTHENTICATE",
    0x5E: "CHANGE PIN",
    0xA4: "SELECT",
    0xB0: "READ BINARY",
    0xB2: "READ RECORD",
    0xC0: "GET RESPONSE",
    0xD4: "RELOAD PIN",
    0xDC: "UPDATE RECORD",
    0xDE: "PROCESS KEY",
    0xE2: "APPEND RECORD",
    0xFA: "CRYPTOGRAM",
}
"""By INS: ISO 7816-4; the PSAM's BFDE and 80FA by what they make."""


def name_of(apdu: bytes | bytearray) -> str:
    """Return the name of a command, ``INS xx`` where it has none."""
    return _NAMES.get(apdu[1], f"INS {apdu[1]:02X}")


class Trace:
    """The steps of one checkout, over every session with a card that it has."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._start_s = clock.monotonic()
        self._steps: list[Step] = []
        self._told: dict[str, int] = {}

    @property
    def steps(self) -> tuple[Step, ...]:
        """All steps, oldest first."""
        return tuple(self._steps)

    def connected(self, slot: Slot, atr_bytes: int) -> None:
        """Note that a card answered its reset."""
        self._note((self._elapsed_ms(), slot, RESET, "", 0, atr_bytes, ""))

    def exchanged(self, slot: Slot, apdu: bytes | bytearray, answer_bytes: int, sw: int | None) -> None:
        """Note one exchange: of the command only its header, of the answer only its length."""
        name = name_of(apdu)
        sent = max(len(apdu) - _HEADER - 1, 0)
        self._note((self._elapsed_ms(), slot, name, apdu[2:_HEADER].hex().upper(), sent, answer_bytes, "" if sw is None else f"{sw:04X}"))

    def untold(self, subject: str) -> tuple[Step, ...]:
        """Return the steps that are not yet written beside the records of ``subject``."""
        return tuple(self._steps[self._told.get(subject, 0) :])

    def tell(self, subject: str) -> None:
        """Remember that all steps so far are written beside the records of ``subject``."""
        self._told[subject] = len(self._steps)

    def _elapsed_ms(self) -> int:
        return round((self._clock.monotonic() - self._start_s) * 1000)

    def _note(self, step: Step) -> None:
        if len(self._steps) < STEPS_MAX:
            self._steps.append(step)
