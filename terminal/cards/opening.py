"""Opening the card that the settings point at: PC/SC, or the simulated slots of a demonstration."""

from __future__ import annotations

from pathlib import Path

from config.settings import Settings
from terminal.cards.services import CounterCard


def open_card(settings: Settings) -> CounterCard:
    """Connect card and PSAM exclusively, with reset. Raises :class:`~settlement.errors.CardError`.

    Both back-ends load only when they are asked for: a till with a reader never loads the simulator, and one
    without pyscard still runs.
    """
    keys = dict(settings.psam.keys)
    if settings.reader.kind == "simulated":
        from simulator.slot import SimulatedSlot  # noqa: PLC0415

        slot = SimulatedSlot(Path(settings.reader.slot_dir))
        card = slot.connect_card()
        return CounterCard(card, slot.connect_psam(), keys)
    from terminal.cards import pcsc  # noqa: PLC0415

    card_name, psam_name = pcsc.choose(settings.reader.card_reader, settings.reader.psam_reader)
    card_port = pcsc.connect(card_name)
    try:
        return CounterCard(card_port, pcsc.connect(psam_name), keys)
    except BaseException:
        card_port.close()
        raise
