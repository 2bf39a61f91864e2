"""An area whose cards debit by themselves, and a shop in it: the pack, the loaded cards, the settings of its till."""

from __future__ import annotations

import json
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

from clearing.database import Database
from clearing.export import export as clearing_export
from config.regions import SHIPPED
from offline_queue.journal_command import export
from simulator import image
from terminal.counter import Counter
from terminal.demo.stage import Stage
from terminal.driver import Driver
from tests.checker import card_images
from tests.checker.decide import wrongs
from tests.world.clinic import Clinic
from tests.world.shop import Script, Shop

LOADED_FEN = 400_00
SECOND_TERMINAL = "990100000002"
"""Terminal number of the second till's PSAM."""
_ALLOWANCE, _LEGACY = 'offline_account = "allowance"', 'offline_account = "legacy_card"'
ROLES = ("first", "torn", "killed")
"""Whose cards the office has loaded; the others' carry nothing."""


def packs(folder: Path) -> Path:
    """Return a directory of packs in which the demonstration area's cards debit by themselves."""
    shipped = next((SHIPPED / "990100").glob("*.toml"))
    text = shipped.read_text(encoding="utf-8")
    assert _ALLOWANCE in text
    (folder / "packs" / "990100").mkdir(parents=True)
    (folder / "packs" / "990100" / shipped.name).write_text(text.replace(_ALLOWANCE, _LEGACY), encoding="utf-8")
    return folder / "packs"


def load_cards(stage: Stage, roles: tuple[str, ...] = ROLES) -> None:
    """Have the office load the cards of these roles before the stage opens."""
    for role in roles:
        stage.cast[role] = replace(stage.cast[role], loaded_fen=LOADED_FEN)


def point_at(directory: Path, regions: Path) -> None:
    """Have the till of a data directory read its packs there."""
    with (directory / "settings.toml").open("a", encoding="utf-8") as settings:
        settings.write(f'\n[regions]\ndirectory = "{regions.as_posix()}"\n')


def on_card_fen(stage: Stage, role: str) -> int:
    """Return the amount that a card keeps."""
    held = image.load(stage.directory / "cards" / stage.cast[role].image)
    return int(held.records["DF04|EF06"]["92"] or "0", 16)


class LegacyShop(Shop):
    """A shop in such an area."""

    def __init__(self, folder: Path, *, shop_packs: bool = True, exchange_s: float = 3) -> None:
        """``shop_packs``: whether the till's own pack says so too; else it says what is shipped."""
        self._packs = packs(folder)
        self._told = shop_packs
        super().__init__(folder / "stage", exchange_s=exchange_s, centre_regions=self._packs)
        load_cards(self.stage)

    def furnish(self, directory: Path) -> None:
        """Point the till at the packs."""
        if self._told:
            point_at(directory, self._packs)


class LegacyClinic(Clinic):
    """A clinic in such an area."""

    def __init__(self, folder: Path) -> None:
        self._packs = packs(folder)
        super().__init__(folder / "stage", exchange_s=3, centre_regions=self._packs)
        load_cards(self.stage)

    def furnish(self, directory: Path) -> None:
        """Make it a clinic and point its desk at the packs."""
        super().furnish(directory)
        point_at(directory, self._packs)


class SecondTill(Shop):
    """Another till of the same pharmacy: its own journal, sender, reader and PSAM, beside the same centre."""

    def __init__(self, first: Shop) -> None:
        self.stage, self.script, self._ends = first.stage, Script(), ExitStack()
        self._first = first
        self._directory = first.stage.directory / "second"

    def __enter__(self) -> Self:
        place = self.stage.shops["east"]
        own = image.load(self.stage.directory / "cards" / "psam.card")
        own.terminal_number = SECOND_TERMINAL
        image.store(self.stage.directory / "cards" / "psam-second.card", own)
        settings = (place.directory / "settings.toml").read_text(encoding="utf-8")
        assert 'till = "01"' in settings
        (self._directory / "slot").mkdir(parents=True)
        settings = settings.replace('till = "01"', 'till = "02"').replace(place.slot_dir.as_posix(), (self._directory / "slot").as_posix())
        (self._directory / "settings.toml").write_text(settings, encoding="utf-8")
        self.start_sender()
        self.counter = self._ends.enter_context(Counter(self._directory))
        self.driver = Driver(self.counter, self.script)
        self.stage.until("the hotlist has come", lambda: self.counter.journal.notes.sender_status().hotlist_time)
        return self

    def insert(self, role: str, *, fault: dict[str, Any] | None = None) -> None:
        """Take a card out of the first till's reader and put it into this one's."""
        self.stage.insert("east", None)
        slot = {"card": f"../../cards/{self.stage.cast[role].image}", "psam": "../../cards/psam-second.card", "fault": fault}
        (self._directory / "slot" / "slot.json").write_text(json.dumps(slot), encoding="utf-8")

    def all_disagreements(self) -> list[str]:
        """Return what does not agree between both tills, the centre and the cards, with nothing open; the auditor alone decides."""
        with Database(self.stage.directory / "centre") as database, database.transaction() as db:
            centre = clearing_export(db)
        journals = [export(shop.counter.journal, reveal=True) for shop in (self._first, self)]
        cards = [card_images.read(self.stage.directory / "cards" / player.image) for player in self.stage.cast.values()]
        return wrongs(journals, centre, [card for card in cards if card is not None])
