"""The pictures of the READMEs are of the screen as it is, and the screen holds together at every size that they show."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest
from textual.pilot import Pilot

from settlement.errors import Language
from terminal.screen import words
from terminal.screen.cashier.painting import right_columns
from terminal.screen.cashier.screen import Part, Right
from terminal.screen.palette import PALETTES
from terminal.screen.pin_entry import PinEntry
from terminal.screen.themes import wear
from tests.pictures import FOLDER, LANGUAGES, PICTURES, Picture, catalogue, offline, selling, settled, taken
from tests.screen.cashier.staged import Staged

AMOUNTS = {
    "selling": ("105.60", "39.70", "71.20", "24.80", "38.00", "12.50", "291.80", "172.57", "80.00", "39.23", "460.00"),
    "settled": ("291.80", "172.57", "80.00", "39.23", "100.00", "60.77"),
    "offline": ("105.60", "39.70", "71.20", "24.80", "38.00", "12.50", "291.80", "300.00"),
}
"""What the demonstration area's rules make of the bill, worked out by hand: in scope 245.44, 40.00 to the deductible, 84 % of the rest."""
STORIES = {"selling": selling, "settled": settled, "offline": offline}


SIZES = ((80, 24), (96, 28), (100, 30), (116, 36), (120, 40), (200, 60))


@pytest.mark.parametrize("story", STORIES)
@pytest.mark.parametrize("spoken", LANGUAGES)
def test_amounts_stand_whole_at_every_size(spoken: Language, story: str) -> None:
    """Each amount can be read in full, and the right column has the width that the layout reckons with."""

    async def look(size: tuple[int, int], pilot: Pilot[int]) -> None:
        await pilot.resize_terminal(*size)
        await pilot.pause()
        parts = [part for part in pilot.app.screen.query(Part) if part.size.height]
        lines = ["".join(segment.text for segment in part.render_line(y)) for part in parts for y in range(part.size.height)]
        whole = set(re.findall(r"(?<![\d.])\d+\.\d\d(?![\d.])", "\n".join(lines)))
        assert set() == set(AMOUNTS[story]) - whole, size
        assert right_columns(size[0]) == pilot.app.screen.query_one(Right).size.width

    async def tell(directory: Path) -> None:
        app = Staged(directory, pin_entry=PinEntry(), bell=False)
        wear(app, "counter-dark")
        async with app.run_test(size=SIZES[-1]) as pilot:
            while app.till is None:
                await pilot.pause(0.01)
            await STORIES[story](pilot)
            for size in SIZES:
                await look(size, pilot)

    before = words.language()
    words.use(spoken)
    try:
        with catalogue() as directory:
            asyncio.run(tell(directory))
    finally:
        words.use(before)


def test_pictures_are_committed() -> None:
    """Each picture is there in both languages, and no other."""
    assert {f"{picture.name}.{spoken}.svg" for picture in PICTURES for spoken in LANGUAGES} == {path.name for path in FOLDER.iterdir()}
    assert {picture.theme for picture in PICTURES} <= PALETTES.keys()


@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture.name)
@pytest.mark.parametrize("spoken", LANGUAGES)
def test_picture_shows_the_screen_as_it_is(picture: Picture, spoken: Language) -> None:
    """A change of the screen is a change of its picture: ``make pictures``."""
    assert taken(picture, spoken) == (FOLDER / f"{picture.name}.{spoken}.svg").read_text(encoding="utf-8"), "run `make pictures`"
