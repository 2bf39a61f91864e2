"""What only an issuing office can do to a card: unblock and reload the PIN, block an application, block the card."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from simulator import crypto
from terminal.cards import ldt
from tests.cards.powered import PIN, SELECT_DF04, SELECT_SSSE, Powered

NEW = "975310"
VERIFY = f"0020000003{PIN.hex()}"


@pytest.fixture(params=list(crypto.Algorithm))
def card(request: pytest.FixtureRequest) -> Powered:
    """A card of each cipher."""
    return Powered("3.00", algorithm=request.param.value)


def secure(card: Powered, header: str, key: str, plain: str = "", *, spoil: bool = False) -> str:
    """Send a command with the MAC that the office's key makes under a new challenge; ``plain`` is encrypted first."""
    algorithm = crypto.Algorithm(card.image.algorithm)
    process = crypto.process_key(card.key(key), card.challenge(), algorithm)
    content = crypto.encrypt(algorithm, process, bytes.fromhex(plain)) if plain else b""
    head = bytes.fromhex(header) + bytes((len(content) + 4,))
    mac = crypto.mac(algorithm, process, head + content)
    return card.send((head + content + (bytes(4) if spoil else mac)).hex())


def block_of(card: Powered, digits: str) -> str:
    """Return the PIN block: length ‖ digits ‖ 80, filled with 00."""
    block = bytes((len(digits) // 2,)) + bytes.fromhex(digits) + b"\x80"
    return block.ljust(crypto.Algorithm(card.image.algorithm).block, b"\0").hex()


def exhaust(card: Powered) -> None:
    """Block the PIN."""
    for _ in range(card.image.pin_tries):
        card.send("0020000003000000")


def test_unblocked_pin_is_the_same_one(card: Powered) -> None:
    """The tries are whole again, and the holder still knows the PIN."""
    card.enter("DF04")
    exhaust(card)
    assert "6983" == card.send(VERIFY)
    assert "9000" == card.prove("PUK")

    assert "9000" == secure(card, "84240000", "PUK")
    assert card.image.pin_tries == card.image.pin_left
    assert "9000" == card.send(VERIFY)


def test_reloaded_pin_is_a_new_one(card: Powered) -> None:
    """The new one opens the card, which was blocked, and the old one no longer does."""
    card.enter("SSSE")
    exhaust(card)
    card.prove("PUK")

    assert "9000" == secure(card, "84D40000", "PUK", block_of(card, NEW))
    assert "63C2" == card.send(VERIFY)
    assert "9000" == card.send(f"0020000003{NEW}")


@pytest.mark.parametrize("header", ["84240000", "84D40000"])
def test_without_the_puk_nothing_is_unblocked(card: Powered, header: str) -> None:
    """A right MAC alone is not enough, nor is a proof that ended with its application."""
    plain = "" if header == "84240000" else block_of(card, NEW)
    card.enter("DF04")
    exhaust(card)
    assert "6982" == secure(card, header, "PUK", plain)
    card.prove("PUK")
    card.send(SELECT_DF04)

    assert "6982" == secure(card, header, "PUK", plain)
    assert 0 == card.image.pin_left


def test_wrong_mac_costs_a_try_of_the_puk(card: Powered) -> None:
    """Three wrong ones end the PUK, for MACs and for authentication."""
    card.enter("DF04")
    card.prove("PUK")

    assert ["6988"] * 3 + ["6983"] == [secure(card, "84240000", "PUK", spoil=True) for _ in range(4)]
    assert "6983" == card.prove("PUK")


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("842400000400000000", "6984"),  # no challenge was asked for
        ("842401000400000000", "6A86"),
        ("84240000021122", "6984"),
        ("002400000400000000", "6D00"),
    ],
)
def test_malformed_unblocking(card: Powered, command: str, expected: str) -> None:
    """Each refusal is its own."""
    card.enter("DF04")
    card.prove("PUK")

    assert expected == card.send(command)


@pytest.mark.parametrize("digits", ["12345a", "9753", "97531024"])
def test_reloading_what_is_no_pin(card: Powered, digits: str) -> None:
    """Six decimal digits in their block or nothing, and the old PIN stays."""
    card.enter("DF04")
    card.prove("PUK")

    assert "6A80" == secure(card, "84D40000", "PUK", block_of(card, digits))
    assert "9000" == card.send(VERIFY)


def test_reloading_without_a_block(card: Powered) -> None:
    """A MAC over nothing sets no PIN."""
    card.enter("DF04")
    card.prove("PUK")

    assert "6700" == secure(card, "84D40000", "PUK")


def test_a_challenge_serves_one_secure_message(card: Powered) -> None:
    """The same bytes sent again find no challenge: nothing can be replayed."""
    card.enter("DF04")
    card.prove("PUK")
    algorithm = crypto.Algorithm(card.image.algorithm)
    process = crypto.process_key(card.key("PUK"), card.challenge(), algorithm)
    command = "8424000004" + crypto.mac(algorithm, process, bytes.fromhex("8424000004")).hex()

    assert ["9000", "6984"] == [card.send(command), card.send(command)]


# --- blocking -----------------------------------------------------------------------------------------------


def refused(card: Powered) -> dict[str, str]:
    """Try what an application is for."""
    return {
        "read": card.send("00B2803006"),
        "verify": card.send(VERIFY),
        "prove": card.prove("RK1DF04"),
        "debit": card.send("B02801010F01" + "00" * 14),
    }


def test_application_blocked_and_unblocked(card: Powered) -> None:
    """Until it is unblocked it can be selected and does nothing; the other applications work."""
    card.enter("DF04", pin=True)
    assert "9000" == secure(card, "841E0000", "BK")
    assert dict.fromkeys(("read", "verify", "prove", "debit"), "6985") == refused(card)
    card.enter("DF04")
    assert dict.fromkeys(("read", "verify", "prove", "debit"), "6985") == refused(card)
    card.enter("DF03", pin=True)
    assert "6A83" == card.send("00B2673008")[-4:]
    card.enter("DF04")
    assert "6988" == secure(card, "84180000", "BK", spoil=True)
    assert "9000" == secure(card, "84180000", "BK")

    assert "9000" == card.send(VERIFY)
    assert "6985" == secure(card, "84180000", "BK")


def test_application_blocked_for_ever(card: Powered) -> None:
    """It is never selected again, and nothing unblocks it."""
    card.enter("DF04")
    assert "9000" == secure(card, "841E0001", "BK")
    assert "6985" == secure(card, "84180000", "BK")

    card.send(SELECT_SSSE)
    assert "9303" == card.send(SELECT_DF04)
    assert "9000" == card.send(VERIFY)


@pytest.mark.parametrize(
    ("prepare", "header", "expected"),
    [
        (lambda card: card.enter("SSSE"), "841E0000", "6985"),  # the environment is no application
        (lambda card: card.enter("DF04"), "841E0002", "6A86"),
        (lambda _: None, "84160000", "6985"),
        (lambda card: card.enter("DF04"), "84180000", "6985"),  # nothing is blocked
    ],
)
def test_malformed_blocking(card: Powered, prepare: Callable[[Powered], None], header: str, expected: str) -> None:
    """Nothing is blocked by what is no command of the office."""
    prepare(card)

    assert expected == secure(card, header, "BK")
    assert ({}, False) == (card.image.blocked, card.image.card_blocked)


def test_blocked_card_answers_nothing(card: Powered) -> None:
    """Whatever is asked, the answer is the same, also after the next reset."""
    card.enter("DF04")
    assert "6988" == secure(card, "84160000", "BK", spoil=True)
    assert "9000" == secure(card, "84160000", "BK")

    commands = (SELECT_SSSE, SELECT_DF04, "0084000008", VERIFY, "00B2032806", "00CA000000")
    assert {"6A81"} == {card.send(command) for command in commands}


# --- the initial PIN ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("digits", [pin.decode() for pin in ldt.INITIAL_PINS])
def test_initial_pin_moves_no_money_and_is_no_new_pin(digits: str) -> None:
    """A card with an initial PIN is read and not debited; a changed one never takes an initial PIN again."""
    card = Powered(pin=digits)
    card.enter("DF04")
    assert "9000" == card.send(f"0020000003{digits}")
    debit = "B02801010F01" + "00" * 8 + "990100000001"
    assert "6985" == card.send(debit)
    other = next(pin.decode() for pin in ldt.INITIAL_PINS if pin.decode() != digits)
    assert "6A80" == card.send(f"805E010007{digits}FF{other}")
    assert "9000" == card.send(f"805E010007{digits}FF{NEW}")
    assert "610C" == card.send(debit)

    assert "6A80" == card.send(f"805E010007{NEW}FF{digits}")
    assert "9000" == card.send(f"0020000003{NEW}")
