"""One list of exchanges with the card in this process and with the card behind pcscd and vpcd: they agree APDU for APDU."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from simulator import image
from simulator.card import CardSystem
from simulator.personalise import make
from simulator.psam import PsamSystem
from tests.cards.conversation import Conversation, Exchange, Repeatable, with_psam
from tests.cards.namespaces import played
from tests.cards.people import PIN, entry, roster

CARDS = {"1.00": ("a", "3DES"), "2.00": ("b", "3DES"), "3.00": ("c", "SM4")}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Cards of each specification and a PSAM, twice: for this process and for the reader."""
    directory = tmp_path_factory.mktemp("twins")
    people = [entry(letter, version=version, algorithm=algorithm) for version, (letter, algorithm) in CARDS.items()]
    for name in ("here", "there"):
        make(roster(directory, *people), directory / name, seed="twins")
    return directory


@pytest.fixture(scope="module")
def there(folder: Path) -> dict[str, dict[str, list[list[str]]]]:
    """What the cards behind the reader said."""
    outcome: dict[str, dict[str, list[list[str]]]] = played("twin_reader.py", folder / "there")
    return outcome


def spoken(folder: Path, name: str) -> tuple[list[Exchange], image.CardImage]:
    """Return what a card in this process says, and what it then holds."""
    card = image.load(folder / "here" / name)
    system = CardSystem(card, lambda: None, Repeatable())
    return Conversation(system.execute, image.load(folder / "here" / name)).hold(PIN), card


@pytest.mark.pcscd
@pytest.mark.parametrize("version", CARDS)
def test_card_here_and_behind_the_reader(
    folder: Path, there: dict[str, dict[str, list[list[str]]]], version: str, record_property: Callable[[str, Any], None]
) -> None:
    """The same bytes for the same bytes, and the same card afterwards."""
    name = f"{CARDS[version][0]}.card"
    here, card = spoken(folder, name)

    assert [list(exchange) for exchange in here] == there[name]["card"]
    assert card == image.load(folder / "there" / name)
    record_property("exchanges compared", len(here))


@pytest.mark.pcscd
def test_psam_here_and_behind_the_reader(
    folder: Path, there: dict[str, dict[str, list[list[str]]]], record_property: Callable[[str, Any], None]
) -> None:
    """The same bytes for the same bytes."""
    here = with_psam(PsamSystem(image.load(folder / "here" / "psam.card")).execute)

    assert [list(exchange) for exchange in here] == there["a.card"]["psam"]
    record_property("exchanges compared", len(here))


@pytest.mark.parametrize("version", CARDS)
def test_conversation_reaches_everything(folder: Path, version: str) -> None:
    """What is compared is worth it: every kind of answer, money that moved, and a card that is blocked in the end."""
    here, card = spoken(folder, f"{CARDS[version][0]}.card")
    words = {answer[-4:] for _, answer in here}

    assert {"9000", "6982", "6983", "6984", "6985", "6986", "6901", "6A80", "6A81", "6A82", "6A83", "6D00", "6E00", "9303"} <= words
    assert {"61", "63", "6C"} <= {word[:2] for word in words}
    assert card.card_blocked
    assert 2 == card.sequence
