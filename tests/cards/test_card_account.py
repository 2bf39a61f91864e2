"""Load and debit on the card, against messages laid out by hand."""

from __future__ import annotations

import pytest

from simulator import crypto
from simulator.personalise import psam_of
from simulator.psam import PsamSystem
from terminal.cards import ldt
from tests.cards.powered import SEED, SELECT_DF04, Powered

TERMINAL = "990100000001"
MOMENT = "20260729101500"


@pytest.fixture(params=[("1.00", "3DES"), ("2.00", "3DES"), ("3.00", "SM4")], ids="/".join)
def card(request: pytest.FixtureRequest) -> Powered:
    """A card of each specification with 50.00 in its account, in DF04 after the PIN."""
    version, algorithm = request.param
    powered = Powered(version, algorithm=algorithm)
    powered.image.records["DF04|EF06"]["92"] = f"{5000:08X}"
    powered.enter("DF04", pin=True)
    return powered


def mac(card: Powered, key: str, random: str, content: str) -> str:
    """Return the MAC of ``content`` under the process key that ``random`` makes."""
    algorithm = crypto.Algorithm(card.image.algorithm)
    return crypto.mac(algorithm, crypto.process_key(card.key(key), bytes.fromhex(random), algorithm), bytes.fromhex(content)).hex().upper()


def tac(card: Powered, content: str) -> str:
    """Return the TAC over ``content``."""
    algorithm, key = crypto.Algorithm(card.image.algorithm), card.key("DTKDF04")
    if algorithm is crypto.Algorithm.DES:
        key = bytes(left ^ right for left, right in zip(key[:8], key[8:], strict=True))
    return crypto.mac(algorithm, key, bytes.fromhex(content)).hex().upper()


def collect(card: Powered, command: str) -> str:
    """Send a case-4 command and fetch its answer."""
    waiting = card.send(command)
    assert waiting.startswith("61"), waiting
    return card.send(f"00C00000{waiting[2:]}").removesuffix("9000")


def begin_debit(card: Powered, own: int, pooled: int = 0) -> tuple[str, str, str]:
    """Begin a debit; return balance, sequence and random."""
    answer = collect(card, f"B02801010F01{own:08X}{pooled:08X}{TERMINAL}")
    assert 24 == len(answer)
    assert {"3DES": "0101", "SM4": "0103"}[card.image.algorithm] == answer[12:16]
    return answer[:8], answer[8:12], answer[16:]


def debit(card: Powered, own: int, pooled: int = 0, number: str = "00000007") -> tuple[str, str]:
    """Debit the account; return the sequence and the answer."""
    _, sequence, random = begin_debit(card, own, pooled)
    signed = mac(card, "DPKDF04", random + sequence + number[4:], f"00000000{own:08X}{pooled:08X}{TERMINAL}{MOMENT}")
    return sequence, collect(card, f"805401000F{number}{MOMENT}{signed}")


def log(card: Powered, number: int = 1) -> str:
    """Read a record of EF08."""
    return card.send(f"00B2{number:02X}441C")


def test_debit_lowers_the_balance_and_is_logged(card: Powered) -> None:
    """Balance, log and TAC agree; the pooled part is recorded and not taken."""
    sequence, answer = debit(card, 1234, 800)

    fields = f"{1234:08X}{800:08X}"
    assert f"{3766:08X}" == card.image.records["DF04|EF06"]["92"]
    assert f"{sequence}32{TERMINAL}{MOMENT}{fields}{3766:08X}9000" == log(card)
    assert tac(card, f"{fields}32{TERMINAL}00000007{MOMENT}") == answer[:8]
    assert 16 == len(answer)


def test_credit_raises_the_balance_and_is_logged(card: Powered) -> None:
    """The card proves itself to the ledger's host first, and the host to the card."""
    answer = collect(card, f"B02800010B01{2500:08X}{TERMINAL}")
    balance, sequence, random, mac1 = answer[:8], answer[8:12], answer[16:24], answer[24:]
    assert f"{5000:08X}" == balance
    process = f"{random}{sequence}8000"
    assert mac(card, "DLKDF04", process, f"{balance}{2500:08X}31{TERMINAL}") == mac1

    mac2 = mac(card, "DLKDF04", process, f"{2500:08X}31{TERMINAL}{MOMENT}")
    proof = collect(card, f"805200000B{MOMENT}{mac2}")

    assert f"{7500:08X}" == card.image.records["DF04|EF06"]["92"]
    assert f"{sequence}31{TERMINAL}{MOMENT}{2500:08X}00000000{7500:08X}9000" == log(card)
    assert tac(card, f"{7500:08X}{sequence}{2500:08X}31{TERMINAL}{MOMENT}") == proof


def test_transactions_are_numbered_and_the_oldest_leaves_the_log(card: Powered) -> None:
    """One number each, 16 bits that wrap; the log keeps as many as its specification says, the newest first."""
    card.image.sequence = 0xFFFE
    numbers = [debit(card, 1)[0] for _ in range(33)]
    kept = 10 if card.image.version == "1.00" else 30

    assert ["FFFE", "FFFF", "0000", "0001"] == numbers[:4]
    assert numbers[::-1][:kept] == [log(card, number)[:4] for number in range(1, kept + 1)]
    assert "6A83" == log(card, kept + 1)


def test_psam_makes_the_mac_of_the_debit(card: Powered) -> None:
    """What the till sends to the PSAM gives the MAC1 that the card expects: no key leaves the PSAM."""
    _, sequence, random = begin_debit(card, 700)
    key, mark = ldt.KEYS["DPKDF04"], 0x80 if card.image.algorithm == "SM4" else 0
    system = PsamSystem(psam_of("990100", SEED))
    factor = card.image.atr[-16:]
    content = f"{'00' * 8}00000000{700:08X}{0:08X}{TERMINAL}{MOMENT}"
    answers = [
        system.execute(bytes.fromhex(command))
        for command in (
            "00A4040006D15600000590",
            f"BFDE{key.purpose:02X}{key.psam_key | mark:02X}10{factor}{random}{sequence}{sequence}",
            f"80FA0500{len(content) // 2:02X}{content}",
            "00C0000004",
        )
    ]

    assert [0x610A, 0x9000, 0x6104, 0x9000] == [sw for _, sw in answers]
    assert "6108" == card.send(f"805401000F0000{sequence}{MOMENT}{answers[-1][0].hex()}")


def test_wrong_mac_takes_nothing_and_counts(card: Powered) -> None:
    """9302, three times; then the key is blocked, and the account has not moved."""
    answers = []
    for _ in range(4):
        begin_debit(card, 100)
        answers.append(card.send(f"805401000F00000007{MOMENT}00000000"))

    assert ["9302", "9302", "9302", "6983"] == answers
    assert (f"{5000:08X}", []) == (card.image.records["DF04|EF06"]["92"], card.image.cyclic["DF04|EF08"])


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        (f"B02801010F02{100:08X}{0:08X}{TERMINAL}", "9403"),
        (f"B02801010F01{5001:08X}{0:08X}{TERMINAL}", "9401"),
        (f"B02800010B01{0xFFFFFFFF:08X}{TERMINAL}", "6A80"),
        (f"B02802010B01{100:08X}{TERMINAL}", "6A86"),
        (f"B02800010F01{100:08X}{0:08X}{TERMINAL}", "6700"),
        (f"805401000F00000007{MOMENT}00000000", "6901"),  # nothing was begun
        (f"805200000B{MOMENT}00000000", "6901"),
        (f"802801010F01{100:08X}{0:08X}{TERMINAL}", "6D00"),
    ],
)
def test_refusals(card: Powered, command: str, expected: str) -> None:
    """Each with its own word, and nothing moves."""
    assert expected == card.send(command)
    assert 0 == card.image.sequence


def test_begun_is_good_for_the_next_command_only(card: Powered) -> None:
    """Another command in between, or the other end of a transaction, finds nothing begun."""
    begin_debit(card, 100)
    assert "6901" == card.send(f"805200000B{MOMENT}00000000")
    assert "6901" == card.send(f"805401000F00000007{MOMENT}00000000")
    begin_debit(card, 100)
    card.challenge()
    assert "6901" == card.send(f"805401000F00000007{MOMENT}00000000")


def test_pin_comes_first(card: Powered) -> None:
    """Without it no transaction begins, nor outside the medical application."""
    card.send(SELECT_DF04)
    assert "6982" == card.send(f"B02801010F01{100:08X}{0:08X}{TERMINAL}")
    card.enter("SSSE", pin=True)
    assert "6985" == card.send(f"B02801010F01{100:08X}{0:08X}{TERMINAL}")


def test_torn_balance_cannot_be_debited(card: Powered) -> None:
    """Nobody guesses what an unreadable account holds."""
    card.image.records["DF04|EF06"]["92"] = None

    assert "6581" == card.send(f"B02801010F01{100:08X}{0:08X}{TERMINAL}")


def test_proof_of_the_last_transaction(card: Powered) -> None:
    """An answer that the pull ate is given again, for the last transaction and no other."""
    sequence, answer = debit(card, 100)

    assert answer == collect(card, f"805A003202{sequence}")
    assert "9406" == card.send(f"805A003102{sequence}")
    assert "9406" == card.send("805A003202FFFF")
    debit(card, 100)
    assert "9406" == card.send(f"805A003202{sequence}")


def test_torn_debit_did_not_happen(card: Powered) -> None:
    """Balance, log and number are written together or not at all."""
    _, sequence, random = begin_debit(card, 100)
    signed = mac(card, "DPKDF04", random + sequence + "0007", f"00000000{100:08X}{0:08X}{TERMINAL}{MOMENT}")
    saved = card.saved
    card.system.tear(bytes.fromhex(f"805401000F00000007{MOMENT}{signed}"))

    assert (saved, 0, f"{5000:08X}") == (card.saved, card.image.sequence, card.image.records["DF04|EF06"]["92"])
