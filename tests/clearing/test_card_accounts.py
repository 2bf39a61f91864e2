"""What the centre makes of a card's proof of its own debit: checked, taken once, its earmark lowered; a forged one is refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from clearing import people
from clearing.allowances import Holder
from clearing.card_accounts import load, tac_of
from clearing.personality import Personality
from nhsa import extension
from simulator import crypto
from tests.clearing.counter import ACCOUNT_FEN, ANNA, CARD_NO, CARD_SN, Office, sale

DES, SM4 = "0123456789ABCDEF", "000102030405060708090A0B0C0D0E0F"
LOADED_FEN = 100_00
PROOF = extension.CardDebit(
    card_no=CARD_NO,
    card_sn=CARD_SN,
    sequence=7,
    terminal="990100000001",
    number=900000100,
    moment="20260302090000",
    own_fen=30_00,
    pooled_fen=0,
    balance_fen=LOADED_FEN,
    tac="",
    hotlist_version=0,
    hotlist_age_s=None,
    reason="LINE-DOWN",
)


def proved(proof: extension.CardDebit = PROOF, *, key: str = DES) -> extension.CardDebit:
    """Return a proof with the TAC of the card that has this key."""
    return proof.model_copy(update={"tac": tac_of(bytes.fromhex(key), proof)})


def opened(directory: Path, key: str, personality: Personality = Personality.IDEMPOTENT) -> Office:
    """Return a centre whose office has loaded Anna's card."""
    office = Office(directory, personality=personality)
    with office.database.transaction() as db:
        load(db, Holder(ANNA.psn_no, CARD_NO), fen=LOADED_FEN, proof_key=key, at=office.clock.at)
    return office


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """Return a centre that holds the card's key."""
    made = opened(tmp_path, DES)
    yield made
    made.database.close()


def open_fen(office: Office) -> int:
    """Return what the card's earmark holds."""
    return int(office.person()["earmarks"][0]["open_fen"])


def unchecked(office: Office) -> list[str]:
    """Return what is said of each settlement's TAC."""
    return [row["unchecked"] for row in office.ledger()["settlements"]]


@pytest.mark.parametrize("key", [DES, SM4])
def test_a_proof_is_checked_and_lowers_the_earmark(tmp_path: Path, key: str) -> None:
    """By either cipher; what the claim does not need of it returns to what on-line sales may spend."""
    office = opened(tmp_path, key)

    office.counter().sell(sale(20_00, debit=proved(key=key)))

    assert LOADED_FEN - 30_00 == open_fen(office)
    assert ACCOUNT_FEN - LOADED_FEN + 10_00 == office.available_fen()
    assert [""] == unchecked(office)
    office.database.close()


def test_the_centre_makes_the_tac_as_the_card_does() -> None:
    """Two programs, one rule (docs/card.md): the issuer's and the ledger's agree."""
    content = bytes.fromhex(f"{30_00:08X}{0:08X}32990100000001{900000100:08X}20260302090000")

    for key, algorithm in ((DES, crypto.Algorithm.DES), (SM4, crypto.Algorithm.SM4)):
        assert crypto.mac(algorithm, bytes.fromhex(key), content).hex().upper() == tac_of(bytes.fromhex(key), PROOF)


@pytest.mark.parametrize(
    "forged",
    [
        PROOF.model_copy(update={"tac": "00000000"}),
        proved().model_copy(update={"own_fen": 29_00}),
        proved().model_copy(update={"moment": "20260302090001"}),
        proved().model_copy(update={"terminal": "990100000002"}),
        proved().model_copy(update={"number": 1}),
        proved(key=SM4),
    ],
)
def test_a_forged_proof_is_refused(office: Office, forged: extension.CardDebit) -> None:
    """Another amount, moment, terminal or number, or another card's key: nothing is booked."""
    assert "脱机凭证的交易验证码（TAC）不正确" == office.counter().refusal("2102", sale(30_00, debit=forged))
    assert LOADED_FEN == open_fen(office)


def test_a_repeated_proof_is_refused(office: Office) -> None:
    """One debit of the card settles one sale, whichever shop sends it; also after the first was released."""
    counter = office.counter()
    settled = counter.sell(sale(30_00, debit=proved()))
    again = counter.refusal("2102", sale(30_00, debit=proved()))
    counter.void(settled)
    after = counter.refusal("2102", sale(30_00, debit=proved()))

    assert ["该卡的这一笔扣款已经结算，不能再次结算"] * 2 == [again, after]
    assert LOADED_FEN - 30_00 == open_fen(office)
    assert ACCOUNT_FEN - LOADED_FEN + 30_00 == office.available_fen()


def test_a_copy_lowers_the_earmark_no_further(tmp_path: Path) -> None:
    """A centre that executes the message again takes the copy's share from the account, and gives it back with the copy."""
    office = opened(tmp_path, DES, Personality.RE_EXECUTES)
    counter = office.counter()
    msgid = counter.new_msgid()
    twice = [counter.sell(sale(30_00, debit=proved()), msgid=msgid) for _ in range(2)]
    between = open_fen(office), office.available_fen()
    counter.void(twice[1])

    assert [30_00, 30_00] == [settled.acct_pay for settled in twice]
    assert (LOADED_FEN - 30_00, ACCOUNT_FEN - LOADED_FEN - 30_00) == between
    assert (LOADED_FEN - 30_00, ACCOUNT_FEN - LOADED_FEN) == (open_fen(office), office.available_fen())
    office.database.close()


def test_what_cannot_be_checked_is_taken_and_said(tmp_path: Path) -> None:
    """The answer was lost, or the issuer has not given the key: the settlement says which."""
    lost = opened(tmp_path / "lost", DES)
    lost.counter().sell(sale(30_00, debit=PROOF))
    keyless = opened(tmp_path / "keyless", "")
    keyless.counter().sell(sale(30_00, debit=proved()))

    assert (["no-tac"], ["no-key"]) == (unchecked(lost), unchecked(keyless))
    assert [LOADED_FEN - 30_00] * 2 == [open_fen(lost), open_fen(keyless)]
    lost.database.close()
    keyless.database.close()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"card_no": "00000000X"}, "脱机凭证与就诊凭证不符"),
        ({"card_sn": "0"}, "卡识别码与中心登记不符"),
    ],
)
def test_of_another_card(office: Office, changes: dict[str, str], words: str) -> None:
    """Card and card id must fit what was presented and what is registered."""
    assert words == office.counter().refusal("2102", sale(30_00, debit=proved().model_copy(update=changes)))


def test_of_a_card_that_was_never_loaded(tmp_path: Path) -> None:
    """It cannot have debited itself."""
    office = Office(tmp_path)

    assert "该卡没有卡上金额，不能凭卡上扣款结算" == office.counter().refusal("2102", sale(30_00, debit=proved()))
    office.database.close()


def test_above_the_earmark_the_shop_bears_it(office: Office) -> None:
    """A proof that could not be checked gives no more than was loaded: the rest is the person's cash there."""
    over = PROOF.model_copy(update={"own_fen": LOADED_FEN + 20_00})

    office.counter().sell(sale(LOADED_FEN + 20_00, debit=over))

    assert 0 == open_fen(office)
    assert [LOADED_FEN] == [row["covered_fen"] for row in office.ledger()["settlements"]]


def test_a_person_is_enrolled_with_what_is_on_the_card(tmp_path: Path) -> None:
    """Once: the account is what it was, part of it earmarked for the card."""
    office = Office(tmp_path)
    new = replace(ANNA, psn_no="990100000000009", certno="990100197001019999")
    wanted = people.Enrolment(
        insured=new, card_no="900000009", card_sn="", account_fen=50_00, deductible_fen=0, fund_fen=0, loaded_fen=20_00, proof_key=DES
    )
    for _ in range(2):
        with office.database.transaction() as db:
            people.enrol(db, wanted, office.clock.at)
    found: dict[str, Any] = next(person for person in office.ledger()["persons"] if person["psn_no"] == new.psn_no)

    assert (50_00, 30_00, [20_00]) == (found["ledger_fen"], found["available_fen"], [row["open_fen"] for row in found["earmarks"]])
    office.database.close()
