"""Every screen of the registration desk, at three sizes: as text that a person can read, with each amount in full.

``YIBAO_GOLDEN=write`` writes the files anew, to be looked at before they are kept; in CI it is ignored.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from settlement.errors import Language
from terminal.screen import narrow, words
from tests.screen.cashier.looked_at import expect_enter_settles_nothing, shown
from tests.screen.cashier.scenes import Scene
from tests.screen.golden import SIZES
from tests.screen.registration.scenes import SCENES
from tests.screen.registration.staged import imported, staged

FOLDER = Path(__file__).parent / "golden"
BY_NAME = {scene.name: scene for scene in SCENES}
ENGLISH = tuple(BY_NAME)
SAFE = ("finding", "chosen", "settled")


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a directory with departments."""
    return imported(tmp_path_factory.mktemp("clinic"))


def over(clinic: Path, scene: Scene) -> Path:
    """Return the directory that a scene is played over."""
    return clinic / "nothing" if scene.name == "no-registry" else clinic


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_screen_in_chinese(scene: Scene, clinic: Path) -> None:
    """As the desk speaks. And in no state does Enter, with CR and LF, register, cancel, close, redeem or answer anything."""
    with staged(over(clinic, scene), SIZES[0]) as clerk:
        scene.tell(clerk)
        for size in SIZES:
            shown(clerk, scene, scene.name, size, FOLDER)
        expect_enter_settles_nothing(clerk)


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
            shown(clerk, scene, name, size, FOLDER)
        return clerk.text


def test_every_golden_screen_has_its_scene() -> None:
    """No file is left of a screen that there is no more."""
    stems = {path.stem.rsplit("-", 1)[0] for path in FOLDER.glob("*.txt")}
    assert stems == {*BY_NAME, *(f"{name}-english" for name in ENGLISH), *(f"{name}-safe" for name in SAFE)}
