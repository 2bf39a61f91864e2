"""Every screen that a cashier can see, at three sizes: as text that a person can read, with each amount in full.

``YIBAO_GOLDEN=write`` writes the files anew, to be looked at before they are kept; in CI it is ignored.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from settlement.errors import Language
from terminal.screen import narrow, words
from terminal.screen.cashier.view import View
from terminal.screen.literal import width
from terminal.screen.orders import CloseDay, Door, Later, Sell, Void
from terminal.screen.palette import PALETTES, ROLES, style
from tests.screen.cashier.clerk import Clerk
from tests.screen.cashier.scenes import SCENES, Scene
from tests.screen.cashier.staged import FixedDevices, parts_of, staged, stocked
from tests.screen.golden import SIZES, compare

FOLDER = Path(__file__).parent / "golden"
BY_NAME = {scene.name: scene for scene in SCENES}
ENGLISH = (
    "selling-split",
    "tender-change",
    "self-pay",
    "difference",
    "doubt-offline",
    "settled",
    "voids-reason",
    "account",
    "card-inside",
    "devices",
)
SAFE = ("selling-split", "selling-troubles", "selling-large", "doubt-offline", "settled", "why-steps")
_AMOUNT = re.compile(r"(?<![\d.,])-?\d+\.\d\d(?![\d.])")
_CUT = re.compile(r"\d+\.\d?(?![\d.A-Za-z])")
"""A number that ends at its point or one digit after it."""


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a directory with goods."""
    return stocked(tmp_path_factory.mktemp("shelf"))


def sizes_of(scene: Scene) -> tuple[tuple[int, int], ...]:
    """Return the sizes at which a scene is looked at."""
    return (scene.size,) if scene.size else SIZES


def shown(clerk: Clerk, scene: Scene, name: str, size: tuple[int, int]) -> None:
    """Hold one screen against its file, and see that it fills its rows, has a colour for each role in each palette, and cuts no amount."""
    clerk.resize(*size)
    columns, rows = size
    text = clerk.text
    compare(clerk.app, f"{name}-{columns}x{rows}", FOLDER)
    lines = text.splitlines()
    assert rows == len(lines)
    assert columns >= max(map(width, lines))
    painted = {(span.role, row.back) for rows_of in parts_of(clerk).values() for row in rows_of for span in row.spans}
    assert {role for role, _ in painted} <= ROLES
    assert all(style(theme, role, back) for theme in PALETTES for role, back in painted)
    if scene.size is None:
        assert [] == cut(clerk.app.cashier.view, text, scene.amounts)


def cut(view: View, text: str, amounts: tuple[str, ...]) -> list[str]:
    """Return the amounts that are not on the screen in full, and numbers that look cut."""
    typed = "".join(span.text for span in view.prompt)
    whole = {*_AMOUNT.findall(text), *typed.split()}
    shown_anyway = [*(share.amount for share in view.shares), view.number.amount if view.number else "", view.total]
    exact = {*(line.count for line in view.lines), *typed.split()}
    looks_cut = [found for found in _CUT.findall(text) if found not in exact]
    return [amount for amount in (*amounts, *filter(None, shown_anyway)) if amount not in whole] + looks_cut


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_screen_in_chinese(scene: Scene, shelf: Path) -> None:
    """As the counter speaks. And in no state does Enter, with CR and LF, settle, void, close, redeem or answer anything."""
    with staged(shelf, sizes_of(scene)[0], devices=FixedDevices() if scene.devices else None) as clerk:
        scene.tell(clerk)
        for size in sizes_of(scene):
            shown(clerk, scene, scene.name, size)
        door = clerk.till.door
        asked_for(door)
        clerk.send("\r")
        clerk.send("\r\n")

        assert [] == [order for order in asked_for(door) if isinstance(order, Sell | Void | CloseDay | Later)]
        assert door.answers.empty()


@pytest.mark.parametrize("name", ENGLISH)
def test_screen_in_english(name: str, shelf: Path) -> None:
    """The same screens for who reads English; words are longer there, amounts are not cut either."""
    assert "参保人" not in _said_in("en", shelf, BY_NAME[name], f"{name}-english")


@pytest.mark.parametrize("name", SAFE)
def test_screen_where_some_characters_are_drawn_too_wide(name: str, shelf: Path) -> None:
    """Words for shapes, blanks for frames: no character of doubtful width anywhere."""
    narrow.use_safe(True)
    text = _said_in("zh", shelf, BY_NAME[name], f"{name}-safe", safe=True)
    assert text == narrow.squeezed(text)


def _said_in(language: Language, shelf: Path, scene: Scene, name: str, *, safe: bool = False) -> str:
    words.use(language)
    with staged(shelf, SIZES[0], safe=safe, devices=FixedDevices() if scene.devices else None) as clerk:
        scene.tell(clerk)
        for size in (SIZES[0], SIZES[2]):
            shown(clerk, scene, name, size)
        return clerk.text


def asked_for(door: Door) -> list[object]:
    """Return what was ordered, and forget it."""
    found: list[object] = []
    while not door.orders.empty():
        found.append(door.orders.get())
    return found


def test_every_golden_screen_has_its_scene() -> None:
    """No file is left of a screen that there is no more."""
    stems = {path.stem.rsplit("-", 1)[0] for path in FOLDER.glob("*.txt")}
    assert stems == {*BY_NAME, *(f"{name}-english" for name in ENGLISH), *(f"{name}-safe" for name in SAFE)}
