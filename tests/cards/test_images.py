"""The images that simulated cards are kept in."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from simulator import image
from simulator.personalise import card_of
from tests.cards.people import entry
from tests.cards.powered import PIN, SEED, Powered


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
        '{"schema": 4, "atr": "3B6D0000", "kind": "psam"}',
        '{"schema": 1, "atr": "3B6D0000", "pin": "12345"}',
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


def test_no_image_holds_the_pin(tmp_path: Path, card: Powered) -> None:
    """Neither text nor bytes of it: only what the card checks a PIN against."""
    image.store(tmp_path / "a.card", card.image)

    assert PIN.hex() not in (tmp_path / "a.card").read_text(encoding="utf-8")


def test_image_of_the_first_schema_becomes_one_of_today(tmp_path: Path, card: Powered) -> None:
    """A card that was made when images held the PIN, two applications and no name with a key, is the same card and forgets the PIN."""
    today = asdict(card.image)
    keys = {place[5:]: key for place, key in today["keys"].items() if place[:4] in {"SSSE", "DF04"}}
    files = {name: today["records"][name] for name in ("SSSE|EF05", "SSSE|EF06", "DF04|EF05", "DF04|EF06")}
    for name in ("pin_check", "algorithm", "sequence", "proof", "blocked", "card_blocked", "serial"):
        del today[name]
    old = {**today, "schema": 1, "pin": PIN.hex(), "keys": keys, "key_left": {"84": 1}, "records": files}
    (tmp_path / "a.card").write_text(json.dumps(old), encoding="utf-8")

    upgraded = image.load(tmp_path / "a.card")

    expected = {place: key for place, key in card.image.keys.items() if place[:4] in {"SSSE", "DF04"}}
    assert replace(card.image, keys=expected, key_left={"DF04|84": 1}) == upgraded


def test_pin_is_checked_for_its_own_card_only(card: Powered) -> None:
    """The same PIN on another card leaves another check, so that equal PINs do not show."""
    other = card_of(entry("b"), SEED)

    assert other.pin_check != card.image.pin_check
