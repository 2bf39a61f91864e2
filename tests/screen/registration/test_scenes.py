"""Every screen of the registration desk, at three sizes: as text that a person can read, with each amount in full.

``YIBAO_GOLDEN=write`` writes the files anew, to be looked at before they are kept; in CI it is ignored.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from settlement.errors import Language
from terminal.screen import narrow, words
from terminal.screen.literal import width
from terminal.screen.orders import CloseDay, Later, Sell, Void
from terminal.screen.palette import PALETTES, ROLES, style
from tests.screen.cashier.clerk import Clerk
from tests.screen.cashier.scenes import Scene
from tests.screen.cashier.staged import parts_of
from tests.screen.cashier.test_scenes import asked_for, cut
from tests.screen.golden import SIZES, compare
from tests.screen.registration.scenes import SCENES
from tests.screen.registration.staged import imported, staged

FOLDER = Path(__file__).parent / "golden"
BY_NAME = {scene.name: scene for scene in SCENES}
ENGLISH = ("finding", "chosen", "second-department", "settled", "cancelling", "ordered", "no-registry")
SAFE = ("finding", "chosen", "settled")


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a directory with departments."""
    return imported(tmp_path_factory.mktemp("clinic"))


def over(clinic: Path, scene: Scene) -> Path:
    """Return the directory that a scene is played over."""
    return clinic / "nothing" if scene.name == "no-registry" else clinic


def shown(clerk: Clerk, scene: Scene, name: str, size: tuple[int, int]) -> None:
    """Hold one screen against its file, and see that it fills its rows, has a colour for each role, and cuts no amount."""
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
    assert [] == cut(clerk.app.cashier.view, text, scene.amounts)


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_screen_in_chinese(scene: Scene, clinic: Path) -> None:
    """As the desk speaks. And in no state does Enter, with CR and LF, register, cancel, close, redeem or answer anything."""
    with staged(over(clinic, scene), SIZES[0]) as clerk:
        scene.tell(clerk)
        for size in SIZES:
            shown(clerk, scene, scene.name, size)
        door = clerk.till.door
        asked_for(door)
        clerk.send("\r")
        clerk.send("\r\n")

        assert [] == [order for order in asked_for(door) if isinstance(order, Sell | Void | CloseDay | Later)]
        assert door.answers.empty()


@pytest.mark.parametrize("name", ENGLISH)
def test_screen_in_english(name: str, clinic: Path) -> None:
    """The same screens for who reads English; words are longer there, amounts are not cut either."""
    assert "参保人" not in _said_in("en", clinic, BY_NAME[name], f"{name}-english")


@pytest.mark.parametrize("name", SAFE)
def test_screen_where_some_characters_are_drawn_too_wide(name: str, clinic: Path) -> None:
    """Words for shapes, blanks for frames: no character of doubtful width anywhere."""
    narrow.use_safe(True)
    text = _said_in("zh", clinic, BY_NAME[name], f"{name}-safe", safe=True)
    assert text == narrow.squeezed(text)


def _said_in(language: Language, clinic: Path, scene: Scene, name: str, *, safe: bool = False) -> str:
    words.use(language)
    with staged(over(clinic, scene), SIZES[0], safe=safe) as clerk:
        scene.tell(clerk)
        for size in (SIZES[0], SIZES[2]):
            shown(clerk, scene, name, size)
        return clerk.text


def test_every_golden_screen_has_its_scene() -> None:
    """No file is left of a screen that there is no more."""
    stems = {path.stem.rsplit("-", 1)[0] for path in FOLDER.glob("*.txt")}
    assert stems == {*BY_NAME, *(f"{name}-english" for name in ENGLISH), *(f"{name}-safe" for name in SAFE)}
