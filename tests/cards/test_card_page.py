"""What docs/card.md says of commands is what card and PSAM do: none is missing, none is made up."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from simulator.card import CardSystem
from simulator.image import CardImage
from simulator.personalise import psam_of
from simulator.psam import PsamSystem
from tests.cards.powered import SEED, Powered

PAGE = (Path(__file__).parents[2] / "docs" / "card.md").read_text(encoding="utf-8")
MARKS = ("confirmed", "unconfirmed", "design", "as UNBLOCK")


def rows(heading: str) -> list[tuple[str, str, str]]:
    """Return name, bytes and mark of each command under a heading."""
    section = PAGE.partition(f"## {heading}")[2].partition("\n## ")[0]
    cells = [tuple(cell.strip() for cell in line.strip("|").split(" | ")) for line in section.splitlines() if line.startswith("| ")]
    return [(row[0].strip("| "), row[1], row[2].strip("| ")) for row in cells if "`" in row[1]]


def codes(heading: str) -> set[tuple[int, int]]:
    """Return class and instruction of each command that the page has."""
    found = [re.match(r"`([0-9A-F]{2}) ([0-9A-F]{2})", described) for _, described, _ in rows(heading)]
    assert all(found)
    return {(int(match[1], 16), int(match[2], 16)) for match in found if match}


def test_page_has_the_commands_of_the_card() -> None:
    """Class and instruction, one row each."""
    card = Powered()

    assert set(card.system._commands) == codes("Commands of the card")
    assert len(card.system._commands) == len(rows("Commands of the card"))


def test_page_has_the_commands_of_the_psam() -> None:
    """Each is known to it, and a class or instruction beside them is not."""
    known = set()
    for cla in (0x00, 0x80, 0x84, 0xB0, 0xBF):
        for ins in range(256):
            system = PsamSystem(psam_of("990100", SEED))
            system.execute(bytes.fromhex("00A4040006D15600000590"))
            p1 = {0xB0: 0x96}.get(ins, 0)
            if system.execute(bytes((cla, ins, p1, 0x00, 0x06)))[1] != 0x6D00 and ins != 0xC0:
                known.add((cla, ins))

    assert known == codes("Commands of the PSAM")


@pytest.mark.parametrize("heading", ["Commands of the card", "Commands of the PSAM"])
def test_each_command_says_how_far_it_is_known(heading: str) -> None:
    """Confirmed, unconfirmed or design."""
    assert [] == [name for name, _, mark in rows(heading) if not any(word in mark for word in MARKS)]


def test_card_refuses_what_the_page_has_not() -> None:
    """Every other class and instruction answers that it is unknown."""
    image: CardImage = Powered().image
    system = CardSystem(image, lambda: None)
    known = codes("Commands of the card") | {(cla, 0xC0) for cla in range(256)}
    answers = {system.execute(bytes((cla, ins, 0, 0, 0)))[1] for cla in range(256) for ins in range(256) if (cla, ins) not in known}

    assert {0x6D00, 0x6E00} == answers
