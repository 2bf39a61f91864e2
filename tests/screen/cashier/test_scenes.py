"""Every screen that a cashier can see, at three sizes: as text that a person can read, with each amount in full.

``YIBAO_GOLDEN=write`` writes the files anew, to be looked at before they are kept; in CI it is ignored.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from settlement.errors import Language
from terminal.screen import narrow, words
from tests.screen.cashier.looked_at import cut, expect_enter_settles_nothing, shown
from tests.screen.cashier.scenes import SCENES, Scene
from tests.screen.cashier.staged import FixedDevices, staged, stocked
from tests.screen.golden import SIZES

FOLDER = Path(__file__).parent / "golden"
BY_NAME = {scene.name: scene for scene in SCENES}
ENGLISH = tuple(BY_NAME)
SAFE = ("selling-split", "selling-troubles", "selling-large", "doubt-offline", "settled", "why-steps")


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a directory with goods."""
    return stocked(tmp_path_factory.mktemp("shelf"))


def sizes_of(scene: Scene) -> tuple[tuple[int, int], ...]:
    """Return the sizes at which a scene is looked at."""
    return (scene.size,) if scene.size else SIZES


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_screen_in_chinese(scene: Scene, shelf: Path) -> None:
    """As the counter speaks. And in no state does Enter, with CR and LF, settle, void, close, redeem or answer anything."""
    with staged(shelf, sizes_of(scene)[0], devices=FixedDevices() if scene.devices else None) as clerk:
        scene.tell(clerk)
        for size in sizes_of(scene):
            shown(clerk, scene, scene.name, size, FOLDER)
        expect_enter_settles_nothing(clerk)


@pytest.mark.parametrize("name", ENGLISH)
def test_screen_in_english(name: str, shelf: Path) -> None:
    """The same screens for who reads English; words are longer there, amounts are not cut either."""
    assert "参保人" not in _said_in("en", shelf, BY_NAME[name], f"{name}-english")


@pytest.mark.parametrize("scene", [scene for scene in SCENES if scene.size is None], ids=lambda scene: scene.name)
def test_no_amount_is_cut_in_english(scene: Scene, shelf: Path) -> None:
    """At each size, also where no file is kept: English labels are longer, and the amount stands whole beside its own."""
    words.use("en")
    with staged(shelf, SIZES[0], devices=FixedDevices() if scene.devices else None) as clerk:
        scene.tell(clerk)
        for size in SIZES:
            clerk.resize(*size)
            assert [] == cut(clerk.app.cashier.view, clerk.text, scene.amounts), size


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
            shown(clerk, scene, name, size, FOLDER)
        return clerk.text


def test_every_golden_screen_has_its_scene() -> None:
    """No file is left of a screen that there is no more."""
    stems = {path.stem.rsplit("-", 1)[0] for path in FOLDER.glob("*.txt")}
    assert stems == {*BY_NAME, *(f"{name}-english" for name in ENGLISH), *(f"{name}-safe" for name in SAFE)}
