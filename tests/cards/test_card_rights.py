"""PIN and keys: what the simulated card counts, and what PSAM and card derive alike."""

from __future__ import annotations

import pytest

from simulator import crypto
from simulator.personalise import psam_of
from simulator.psam import PsamSystem
from terminal.cards import ldt
from tests.cards.powered import SEED, Powered


@pytest.fixture
def card() -> Powered:
    """A card of specification 2.00."""
    return Powered()


@pytest.mark.parametrize("tries", ["1", "3", "6", "15"])
def test_pin_counts_down_to_blocked(tries: str) -> None:
    """Each wrong PIN answers the tries left, then 6983, also to the right one."""
    card = Powered(pin_tries=tries)
    card.enter("DF04")

    assert [f"63C{left:X}" for left in range(int(tries) - 1, -1, -1)] == [card.send("0020000003000000") for _ in range(int(tries))]
    assert "6983" == card.send("0020000003000000")
    assert "6983" == card.send("0020000003246813")
    assert 0 == card.image.pin_left


def test_right_pin_restores_the_tries(card: Powered) -> None:
    """The counter starts again after the right PIN; a wrong one later takes the right away."""
    card.enter("DF04")
    card.send("0020000003000000")
    assert "9000" == card.send("0020000003246813")
    assert 3 == card.image.pin_left
    assert "63C2" == card.send("0020000003000000")
    assert "6982" == card.send("00B2803006")


def test_pin_of_another_length_costs_no_try(card: Powered) -> None:
    """Six digits or nothing."""
    card.enter("DF04")

    assert "6700" == card.send("00200000022468")
    assert 3 == card.image.pin_left


def test_try_is_counted_before_the_comparison(card: Powered) -> None:
    """A card pulled between counting and comparing has one try less: pulling gives no free guess."""
    card.enter("DF04")
    lefts: list[int] = []
    card.system._card.save = lambda: lefts.append(card.image.pin_left)

    card.send("0020000003246813")

    assert [2, 3] == lefts


@pytest.mark.parametrize("right", [True, False])
def test_try_of_a_key_is_counted_before_the_comparison(card: Powered, right: bool) -> None:  # noqa: FBT001
    """As the PIN's: whoever pulls the card before its answer has one try less."""
    card.enter("DF04")
    challenge = card.challenge()
    answer = crypto.cryptogram(card.key("RK1DF04"), challenge, challenge) if right else bytes(8)
    lefts: list[int] = []
    card.system._card.save = lambda: lefts.append(card.image.key_left.get("DF04|84", 3))

    card.send(f"0082008410{answer.hex()}{challenge.hex()}")

    assert ([2, 3] if right else [2]) == lefts


# --- authentication -------------------------------------------------------------------------------------


def test_challenge_is_good_for_the_next_command_only(card: Powered) -> None:
    """Another command in between, or a second use, finds no challenge."""
    card.enter("DF04", pin=True)
    key = bytes.fromhex(card.image.keys["DF04|84"])
    challenge = bytes.fromhex(card.send("0084000008"))[:8]
    command = f"0082008410{crypto.cryptogram(key, challenge, challenge).hex()}{challenge.hex()}"
    card.send("00B2803006")
    assert "6984" == card.send(command)
    card.prove("RK1DF04")
    assert "6984" == card.send(command)


def test_challenges_differ(card: Powered) -> None:
    """No answer can be used twice."""
    assert 50 == len({card.send("0084000008") for _ in range(50)})
    assert "6C08" == card.send("0084000004")


def test_wrong_cryptogram_counts_down_and_blocks_the_key(card: Powered) -> None:
    """Three wrong answers block that key for ever, and no other."""
    card.enter("DF04", pin=True)
    answers = []
    for _ in range(4):
        card.send("0084000008")
        answers.append(card.send(f"0082008410{'00' * 16}"))

    assert ["63C2", "63C1", "63C0", "6983"] == answers
    assert "6983" == card.prove("RK1DF04")
    assert "9000" == card.prove("UK2DF04")


def test_right_cryptogram_restores_the_tries_of_its_key(card: Powered) -> None:
    """As with the PIN."""
    card.enter("DF04")
    card.send("0084000008")
    card.send(f"0082008410{'00' * 16}")
    assert {"DF04|84": 2} == card.image.key_left
    assert "9000" == card.prove("RK1DF04")
    assert {} == card.image.key_left


@pytest.mark.parametrize(("command", "expected"), [("008200FF10" + "00" * 16, "6A88"), ("0082008408" + "00" * 8, "6700")])
def test_malformed_authentication(card: Powered, command: str, expected: str) -> None:
    """An unknown key and a short answer cost no try."""
    card.enter("DF04")
    card.send("0084000008")

    assert expected == card.send(command)
    assert {} == card.image.key_left


@pytest.mark.parametrize(("command", "expected"), [("0088008410" + "00" * 16, "6A88"), ("0088000008" + "00" * 8, "6700")])
def test_malformed_internal_authentication(card: Powered, command: str, expected: str) -> None:
    """Only the card's own key answers, and only two blocks."""
    card.enter("SSSE")

    assert expected == card.send(command)


@pytest.mark.parametrize(("trailing", "expected"), [("", "6108"), ("01", "6108"), ("02", "6A88"), ("0101", "6700")])
def test_internal_authentication_with_a_key_version(card: Powered, trailing: str, expected: str) -> None:
    """Some programs say which version of the key they mean, behind the two blocks."""
    card.enter("SSSE")
    content = "11" * 8 + "22" * 8 + trailing

    assert expected == card.send(f"00880000{len(content) // 2:02X}{content}")
    if expected == "6108":
        own = crypto.cryptogram(card.key("IRK"), b"\x11" * 8, b"\x22" * 8)
        assert f"{own.hex().upper()}9000" == card.send("00C0000008")


def psam_answer(*commands: str) -> list[str]:
    """Send commands to a PSAM of the same seed."""
    system = PsamSystem(psam_of("990100", SEED))
    answers = [system.execute(bytes.fromhex(command)) for command in commands]
    return [f"{content.hex().upper()}{sw:04X}" for content, sw in answers]


@pytest.mark.parametrize("algorithm", crypto.Algorithm)
@pytest.mark.parametrize("name", ldt.KEYS)
def test_psam_and_card_derive_the_same_key(name: str, algorithm: crypto.Algorithm) -> None:
    """For every key of the table and both ciphers: what the PSAM makes from master and factors is the card's own."""
    card = Powered(algorithm=algorithm.value)
    key, card_sn = ldt.KEYS[name], bytes.fromhex("990100")
    factors = (bytes.fromhex(card.image.atr)[-8:], ldt.city_factor(card_sn), ldt.province_factor(card_sn))
    random, content = "1122334455667788", "8877665544332211"
    sent = b"".join(factors[: key.levels]).hex() + random
    process = crypto.process_key(card.key(name), bytes.fromhex(random), algorithm)
    mark = 0x80 if algorithm is crypto.Algorithm.SM4 else 0

    answers = psam_answer(
        "00A4040006D15600000590",
        f"BFDE{key.purpose:02X}{key.psam_key | mark:02X}{len(sent) // 2:02X}{sent}",
        f"80FA000008{content}",
        "00C0000008",
        f"80FA050010{'00' * 8}{content}",
        "00C0000004",
    )

    encrypts, signs = key.purpose & 0x1F in {7, 8}, key.purpose & 0x1F in {2, 6, 8}
    own = crypto.encipher(process, bytes.fromhex(content), algorithm).hex().upper()
    mac = crypto.mac(algorithm, process, bytes.fromhex(content)).hex().upper()
    assert ["610A", "9000"] == answers[:2]
    assert (["6108", f"{own}9000"] if encrypts else ["6985", "6985"]) == answers[2:4]
    assert (["6104", f"{mac}9000"] if signs else ["6985", "6985"]) == answers[4:]


def test_factors_are_the_published_ones() -> None:
    """371700 is the city whose factor was published: 3337313730307378."""
    card_sn = bytes.fromhex("371700D1560000050000000AFFFFFFFF")

    assert "3337313730307378" == ldt.city_factor(card_sn).hex()
    assert b"370000sh" == ldt.province_factor(card_sn)


@pytest.mark.parametrize(
    ("commands", "expected"),
    [
        (["BFDE672D20" + "00" * 32], "6985"),  # before its application is selected
        (["00A4040006D15600000503"], "6A82"),
        (["00A4040006D15600000590", "80FA000008" + "00" * 8], "6985"),  # no process key
        (["00A4040006D15600000590", "BFDE672D18" + "00" * 24], "6700"),  # a factor is missing
        (["00A4040006D15600000590", "BFDE67FF20" + "00" * 32], "9403"),
        (["00A4040006D15600000590", "BFDE272A10" + "00" * 16, "80FA000007" + "00" * 7], "6700"),
        (["00A4040006D15600000590", "00B0960006"], "9901000000019000"),
        (["00A4040006D15600000590", "00B0960000"], "6C06"),
        (["00A4040006D15600000590", "00B095000A"], "990100000000000000019000"[:20] + "9000"),
        (["00A4040006D15600000590", "00B0970006"], "6D00"),
        (["00A4040006D15600000590", "BFDE281010" + "00" * 16, "80FA010008" + "00" * 8], "6A86"),
        (["00A4040006D15600000590", "BFDE281010" + "00" * 16, "80FA050008" + "00" * 8], "6700"),
        (["00A4040006D15600000590", "BFDE281010" + "00" * 16, "80FA050010" + "01" * 16], "6A80"),
        (["00A4040006D15600000590", "00CA000000"], "6D00"),
        (["00A404"], "6700"),
    ],
)
def test_psam_answers(commands: list[str], expected: str) -> None:
    """The PSAM does what it is for and refuses the rest."""
    assert expected == psam_answer(*commands)[-1]


def test_process_key_is_known_3des() -> None:
    """Diversification and cryptogram by hand: 3DES of a published vector (NIST SP 800-20), and PBOC's halves."""
    key = bytes.fromhex("0101010101010101" * 2)

    assert "95f8a5e5dd31d900" == crypto.triple_des(key, bytes.fromhex("8000000000000000")).hex()
    assert crypto.triple_des(key, b"12345678") == crypto.diversify(key, b"12345678")[:8]
    assert crypto.triple_des(key, bytes(byte ^ 0xFF for byte in b"12345678")) == crypto.diversify(key, b"12345678")[8:]


def test_sm4_is_the_published_one() -> None:
    """The example of GB/T 32907, and PBOC's way to a sub-key: factor and complement in one block."""
    key = bytes.fromhex("0123456789ABCDEFFEDCBA9876543210")

    assert "681edf34d206965e86b3e94f536e4246" == crypto.encrypt(crypto.Algorithm.SM4, key, key).hex()
    factor = key[:8]
    whole = crypto.encrypt(crypto.Algorithm.SM4, key, factor + bytes(byte ^ 0xFF for byte in factor))
    assert whole == crypto.diversify(key, factor, crypto.Algorithm.SM4)


@pytest.mark.parametrize("algorithm", crypto.Algorithm)
@pytest.mark.parametrize("length", [0, 1, 7, 8, 15, 16, 33])
def test_mac_by_hand(algorithm: crypto.Algorithm, length: int) -> None:
    """CBC from zero bytes over the content, then 80 and zeros: block by block as the definition has it."""
    key, content = bytes.fromhex("0123456789ABCDEFFEDCBA9876543210")[: algorithm.block], bytes(range(length))
    padded = content + b"\x80"
    padded += bytes(-len(padded) % algorithm.block)
    chained = bytes(algorithm.block)
    for start in range(0, len(padded), algorithm.block):
        mixed = bytes(left ^ right for left, right in zip(chained, padded[start : start + algorithm.block], strict=True))
        chained = crypto.encrypt(algorithm, key, mixed)

    assert chained[:4] == crypto.mac(algorithm, key, content)
