"""OpenSC's tool and the PC/SC tools read the simulated card through pcscd: they know nothing of us, nor we of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.cards.foreign_clients import COMMANDS
from tests.cards.namespaces import played
from tests.cards.people import entry

HOLDER = entry("a")["certno"].encode().hex().upper()
HOLDER_3 = entry("c")["certno"].encode().hex().upper()
ANSWERS = {
    "select": "6113",
    "version by tag": "0304322E30309000",
    "version by ordinal": "0304322E30309000",
    "length of one's own": "6C06",
    "no length at all": "6C06",
    "number by tag": f"0812{HOLDER}9000",
    "number by ordinal": f"0812{HOLDER}9000",
    "no such record": "6A83",
    "wrong PIN": "63C2",
    "right PIN": "9000",
    "medical": "610A",
    "behind a key": "6982",
}
"""What the card of 2.00 sends back, byte for byte."""
CHANGED = {
    "select": "6119",
    "version by tag": "0304332E30309000",
    "version by ordinal": "0304332E30309000",
    "number by tag": "6982",
    "number by ordinal": "6982",
    "no such record": "6982",
}
"""What is otherwise on the card of 3.00, whose EF06 is behind a key."""
EXPECTED = {"a.card": ANSWERS, "c.card": ANSWERS | CHANGED}
pytestmark = pytest.mark.pcscd


@pytest.fixture(scope="module")
def met(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """Let the clients speak once with each card."""
    outcome: dict[str, dict[str, Any]] = played(
        "foreign_clients.py", tmp_path_factory.mktemp("clients"), "opensc-tool", "scriptor", "pcsc_scan"
    )
    return outcome


def exchanges(printed: str, sent: str, received: str) -> list[tuple[str, str]]:
    """Return the commands and answers that a client printed after the marks ``sent`` and ``received``, as hexadecimal."""
    parts = re.split(rf"^{sent}", printed, flags=re.MULTILINE)[1:]
    pairs = []
    for part in parts:
        command, _, answer = part.partition(received)
        pairs.append((re.sub(r"\s", "", command), answer))
    return pairs


@pytest.mark.parametrize("image", EXPECTED)
def test_scriptor_sees_the_card_byte_for_byte(
    met: dict[str, dict[str, Any]], image: str, record_property: Callable[[str, Any], None]
) -> None:
    """A client that sends each line as it stands: 61xx and 6Cxx are the card's own."""
    pairs = exchanges(met[image]["scriptor"], "> ", "< ")
    reset, *answered = [(command, "".join(re.findall(r"\b[0-9A-F]{2}\b", answer.partition(" : ")[0]))) for command, answer in pairs]

    assert ("RESET", met[image]["image"]["atr"]) == reset
    assert list(COMMANDS.values()) == [command for command, _ in answered]
    assert EXPECTED[image] == dict(zip(COMMANDS, (answer for _, answer in answered), strict=True))
    record_property("exchanges of foreign clients", len(answered))


@pytest.mark.parametrize("image", EXPECTED)
def test_opensc_reads_the_card(met: dict[str, dict[str, Any]], image: str, record_property: Callable[[str, Any], None]) -> None:
    """A client with a transport of its own, which fetches what waits and repeats with the length that the card names."""
    printed = met[image]["opensc-tool"]
    words = [f"{high}{low}" for high, low in re.findall(r"\(SW1=0x([0-9A-F]{2}), SW2=0x([0-9A-F]{2})\)", printed)]
    pairs = exchanges(printed, "Sending: ", "Received ")
    expected = {name: answer[-4:] for name, answer in EXPECTED[image].items()}
    expected |= {"select": "9000", "medical": "9000", "length of one's own": "9000"}

    assert list(COMMANDS.values()) == [command for command, _ in pairs]
    assert expected == dict(zip(COMMANDS, words, strict=True))
    version = {"a.card": "..2.00", "c.card": "..3.00"}[image]
    assert 3 == printed.count(f"30 30 {version}")
    number = "..99010019700101"
    assert {"a.card": 2, "c.card": 0}[image] == printed.count(number)
    record_property("exchanges of foreign clients", len(pairs))


@pytest.mark.parametrize("image", EXPECTED)
def test_each_client_says_the_same_answer_to_reset(met: dict[str, dict[str, Any]], image: str) -> None:
    """Seventeen bytes, as the card's image has them."""
    atr = met[image]["image"]["atr"]

    assert atr == met[image]["opensc-tool ATR"].strip().replace(":", "").upper()
    assert f"ATR: {' '.join(re.findall('..', atr))}\n" in met[image]["pcsc_scan"]
    assert "Card inserted" in met[image]["pcsc_scan"]


@pytest.mark.parametrize("image", EXPECTED)
def test_wrong_and_right_pin_of_two_clients_leave_the_tries_whole(met: dict[str, dict[str, Any]], image: str) -> None:
    """Each gave a wrong one and then the right one: the card counted both, and took the second."""
    assert met[image]["image"]["pin_tries"] == met[image]["image"]["pin_left"]
