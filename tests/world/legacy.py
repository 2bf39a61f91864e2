"""An area whose cards debit by themselves, and a shop in it: the pack, the loaded cards, the settings of its till."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from config.regions import SHIPPED
from simulator import image
from terminal.demo.stage import Stage
from tests.world.shop import Shop

LOADED_FEN = 400_00
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
