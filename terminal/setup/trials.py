"""Trying what was answered: areas with rules, readers, a card, a page. Each may take seconds: never on the screen's thread."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Any, Literal

from config.clock import Clock
from config.regions import areas, packs_of
from config.sections import Printer, Psam, Reader
from config.settings import Settings, place_paths
from offline_queue import operating_system
from settlement.errors import OperatorError
from terminal.cards.errors import NoCard, PcscdAbsent
from terminal.cards.opening import connect, slots_of
from terminal.paper import escpos, plain
from terminal.paper.delivery import deliver
from terminal.paper.errors import PRINTER_NONE, PrinterError
from terminal.paper.masks import mask_name, mask_number
from terminal.paper.transports import transport_of
from terminal.paper.trial_page import trial_page
from terminal.setup.errors import ReaderLibraryMissing, ReaderServiceStopped, TillOpen

_LOOK_S = 0.25
CARD_PATIENCE_S = 60.0
"""How long a card is waited for."""
_NUMBERS = re.compile(r"( [0-9A-F]{2}){1,2}$")
"""What the service puts behind a reader's name: it changes with plugs and their order."""


@dataclass(frozen=True, slots=True)
class AreaListed:
    """A pooling area with rules. ``invented``: it does not exist (演示). ``fault`` is why its rules cannot be read."""

    admdvs: str
    name: str = ""
    invented: bool = False
    fault: OperatorError | None = None


@dataclass(frozen=True, slots=True)
class ReaderListed:
    """A reader that is there, the part of its name that settings may give, and what it is used for with the names given."""

    name: str
    part: str
    used: Literal["card", "psam", ""]


@dataclass(frozen=True, slots=True, kw_only=True)
class CardSeen:
    """What a card said without its PIN, masked."""

    name: str
    certno: str
    card_no: str
    version: str
    valid_until: str
    """``yyyyMMdd``."""
    terminal: str
    """Number of the terminal, from the PSAM."""


def listed_areas(directory: str, folder: Path) -> tuple[AreaListed, ...]:
    """Return the areas that have region packs, shipped and under ``[regions] directory``, which is relative to ``folder``."""
    own = folder.absolute() / directory if directory else None
    return tuple(_area(admdvs, own) for admdvs in areas(own))


def _area(admdvs: str, own: Path | None) -> AreaListed:
    try:
        newest = packs_of(admdvs, own)[-1]
    except OperatorError as fault:
        return AreaListed(admdvs, fault=fault)
    return AreaListed(admdvs, newest.name, newest.invented)


def listed_readers(card_reader: str, psam_reader: str) -> tuple[ReaderListed, ...]:
    """Return the readers on this machine, none when none is plugged in.

    Raises :class:`ReaderLibraryMissing` and :class:`ReaderServiceStopped`.
    """
    try:
        # As at a till: without the library everything else still runs.
        from terminal.cards.pcsc import Names, readers  # noqa: PLC0415 - see above
    except ImportError as error:
        raise ReaderLibraryMissing from error
    try:
        names = readers()
    except PcscdAbsent as error:
        raise ReaderServiceStopped(**error.details) from error
    card, psam = Names(card_reader, psam_reader).choose(names)
    return tuple(ReaderListed(name, part_of(name, names), "card" if name == card else "psam" if name == psam else "") for name in names)


def part_of(name: str, names: tuple[str, ...]) -> str:
    """Return the part of a reader's name that stays the same when it is plugged in elsewhere, the whole name where that is not enough."""
    part = _NUMBERS.sub("", name)
    return part if sum(part in other for other in names) == 1 else name


def card_seen(table: dict[str, Any], directory: Path, *, clock: Clock, over: Event) -> CardSeen | None:
    """Wait for a card in the reader of these settings and return what it says; None when ``over`` was set before one came.

    Raises :class:`~settlement.errors.CardError`, :class:`TillOpen`, and :class:`~settlement.errors.SettingsError` for a reader that
    cannot be.
    """
    _till_is_closed(directory)
    settings = _placed(table, directory, "reader", "psam")
    reader, psam = Reader.model_validate(settings.get("reader", {})), Psam.model_validate(settings.get("psam", {}))
    try:
        slots = slots_of(reader)
    except PcscdAbsent as error:
        raise ReaderLibraryMissing from error
    until = clock.monotonic() + CARD_PATIENCE_S
    try:
        while not slots.presence():
            if clock.monotonic() > until:
                raise NoCard
            if over.wait(_LOOK_S):
                return None
        card = connect(slots, psam)
    except PcscdAbsent as error:
        raise ReaderServiceStopped(**error.details) from error
    try:
        holder = card.identify()
        return CardSeen(
            name=mask_name(holder.psn_name),
            certno=mask_number(holder.certno),
            card_no=mask_number(holder.card_no),
            version=holder.version,
            valid_until=holder.valid_until,
            terminal=card.keys.terminal_number(),
        )
    finally:
        card.close()


def print_page(table: dict[str, Any], directory: Path, *, clock: Clock) -> None:
    """Print the trial page on the printer of these settings.

    Raises :class:`~terminal.paper.errors.PrinterError`, :class:`TillOpen`, and :class:`~settlement.errors.SettingsError` for a printer
    that cannot be.
    """
    _till_is_closed(directory)
    settings = _placed(table, directory, "printer", "slip")
    printer = Printer.model_validate(settings.get("printer", {}))
    transport = transport_of(printer)
    if transport is None:
        raise NoPrinter
    columns = int(settings.get("slip", {}).get("width", 32))
    sheet = trial_page(str(table.get("counter", {}).get("fixmedins_name", "")), columns, code=printer.qr)
    content = plain.render((sheet,), columns).encode() if transport.language == "text" else escpos.render((sheet,), columns)
    deliver(transport, content, clock=clock, patience_s=printer.patience_s)


class NoPrinter(PrinterError):
    """No printer was chosen."""

    phrase = PRINTER_NONE


def _placed(table: dict[str, Any], directory: Path, *sections: str) -> dict[str, Any]:
    """Return the sections with their paths placed. Raises :class:`~settlement.errors.SettingsError` for a fault in them."""
    faults = Settings.faults(table, directory / "settings.toml")
    for key, fault in faults.items():
        if key.partition(".")[0] in sections:
            raise fault
    placed = {section: dict(table[section]) for section in sections if isinstance(table.get(section), dict)}
    place_paths(placed, directory)
    return placed


def _till_is_closed(directory: Path) -> None:
    if operating_system.locked(directory / "till.lock"):
        raise TillOpen
