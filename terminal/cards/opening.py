"""Opening the card that the settings point at: PC/SC, or the simulated slots of a demonstration."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

from config.sections import Psam as PsamSettings
from config.sections import Reader
from config.settings import Settings
from settlement.errors import CardError
from terminal.cards.errors import PcscdAbsent
from terminal.cards.port import Slots
from terminal.cards.psam import KeptPsam, Psam
from terminal.cards.services import CounterCard
from terminal.cards.trace import Trace


def open_card(settings: Settings, trace: Trace | None = None) -> CounterCard:
    """Connect card and PSAM exclusively, with reset. Raises :class:`~settlement.errors.CardError`."""
    return connect(slots_of(settings.reader), settings.psam, trace)


def connect(slots: Slots, psam: PsamSettings, trace: Trace | None = None) -> CounterCard:
    """Connect what is in the slots, as :func:`open_card` does."""
    return _beside(slots, lambda: Psam(slots.psam(), psam.keys, trace), trace)


class OpenReader:
    """The two slots of an open counter: one card after the other, beside a PSAM that keeps its power until :meth:`close`."""

    def __init__(self, slots: Slots, psam: PsamSettings) -> None:
        self._slots = slots
        self._psam = KeptPsam(slots.psam, psam.keys)

    def open_card(self, trace: Trace | None = None) -> CounterCard:
        """Connect the card exclusively, with reset. Raises :class:`~settlement.errors.CardError`."""
        return _beside(self._slots, lambda: self._psam.session(trace), trace)

    def power_psam(self) -> None:
        """Have the PSAM ready before the first customer stands there; what keeps it from that is said when a card needs it."""
        with suppress(CardError), closing(self._psam.session()) as psam:
            psam.terminal_number()

    def close(self) -> None:
        """Let the PSAM go."""
        self._psam.close()


def _beside(slots: Slots, psam: Callable[[], Psam], trace: Trace | None) -> CounterCard:
    card = slots.card()
    try:
        return CounterCard(card, psam(), trace)
    except CardError:
        card.close()
        raise


def slots_of(reader: Reader) -> Slots:
    """Return the slots that the settings name.

    Both back-ends load only when they are asked for: a till with a reader never loads the simulator, and one
    without pyscard still runs. Raises :class:`~terminal.cards.errors.PcscdAbsent`.
    """
    slots = _slots_of(reader)
    if not reader.keypad_device:
        return slots
    from terminal.cards.serial_keypad import SerialKeypadSlots  # noqa: PLC0415 - only where there is one

    return SerialKeypadSlots(slots, reader.keypad_device)


def _slots_of(reader: Reader) -> Slots:
    if reader.kind == "simulated":
        from terminal.cards.simulated import SimulatedSlots  # noqa: PLC0415 - see above

        return SimulatedSlots(Path(reader.slot_dir))
    try:
        from terminal.cards.pcsc import PcscSlots  # noqa: PLC0415 - see above
    except ImportError as error:
        raise PcscdAbsent(why=str(error)) from error

    return PcscSlots(reader.card_reader, reader.psam_reader, keypad=reader.keypad)
