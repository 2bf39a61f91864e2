"""The images that simulated cards are kept in."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator import image
from tests.cards.powered import Powered


@pytest.fixture
def card() -> Powered:
    """A card of specification 2.00."""
    return Powered()


def test_image_survives(tmp_path: Path, card: Powered) -> None:
    """What was stored is read back the same, torn records and all."""
    card.image.records["DF04|EF06"]["92"] = None
    card.image.cyclic["DF04|EF15"] = [None, "BEEF31"]
    image.store(tmp_path / "a.card", card.image)

    assert card.image == image.load(tmp_path / "a.card")
    assert ["a.card"] == [path.name for path in tmp_path.iterdir()]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "null",
        "{",
        '{"schema": 1}',
        '{"schema": 2, "atr": "3B6D0000"}',
        '{"schema": 1, "atr": "3B6D0000", "kind": "card"}',
        '{"schema": 1, "atr": "00", "kind": "psam"}',
        '{"schema": 1, "atr": "3B6D0000", "kind": "psam", "keys": {"a": "xyz"}}',
        '{"schema": 1, "atr": 7, "kind": "psam"}',
        '{"schema": 1, "atr": "3B6D0000", "surprise": 1}',
        "[" * 100_000,
    ],
)
def test_damaged_image_is_refused(tmp_path: Path, text: str) -> None:
    """A file that is no image says so instead of becoming a strange card."""
    path = tmp_path / "a.card"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(image.ImageDamaged, match=r"^a\.card: "):
        image.load(path)


def test_record_of_another_length_is_damage(tmp_path: Path, card: Powered) -> None:
    """An image whose record does not fit its table is damaged."""
    card.image.records["DF04|EF06"]["92"] = "00"
    image.store(tmp_path / "a.card", card.image)

    with pytest.raises(image.ImageDamaged):
        image.load(tmp_path / "a.card")
