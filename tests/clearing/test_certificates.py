"""By what a person is known: the phone's code, the token that it is exchanged for, and the areas that take neither."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from clearing import certificates
from clearing.people import Insured, insured_of
from config.entropy import SystemEntropy
from nhsa import ecert
from nhsa.outcome import Reply
from tests.clearing.counter import ANNA, OTHER, OTHER_SHOP, SHOP, Office, sale

OVER = "电子凭证令牌已失效，请重新扫码"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """Return a centre with two people."""
    return Office(tmp_path)


def shown(office: Office, insured: Insured = ANNA) -> str:
    """Return the code that somebody's phone shows."""
    with office.database.transaction() as db:
        return certificates.show(db, insured_of(db, insured.psn_no), SystemEntropy(), office.clock.at)


def decoded(office: Office, scanned: str, shop: str = SHOP) -> ecert.Decoded:
    """Have a code decoded, as a counter's sender does."""
    asked = ecert.DecodeRequest(scanned=scanned, fixmedins_code=shop)
    said = ecert.read_decoded(Reply(status=200, content_type="application/json", body=office.centre.decode(asked.encode())))
    assert isinstance(said, ecert.Decoded), said
    return said


def token(office: Office, insured: Insured = ANNA, shop: str = SHOP) -> str:
    """Return a token of somebody at an institution."""
    return decoded(office, shown(office, insured), shop).ec_token


def by_token(number: str) -> dict[str, Any]:
    """Return the input of 1101 for an e-certificate."""
    return {"data": {"mdtrt_cert_type": "01", "mdtrt_cert_no": number, "psn_cert_type": "01"}}


def sold_by(number: str, cert_type: str = "01") -> dict[str, Any]:
    """Return the input of 2102 of Anna's, by another certificate than her card."""
    content = sale(30_50)
    return {**content, "druginfo": {**content["druginfo"], "mdtrt_cert_type": cert_type, "mdtrt_cert_no": number}}


def test_a_code_is_exchanged_once_and_says_nothing_of_its_owner(office: Office) -> None:
    """The phone shows another one each time; a code that was scanned, and what is no code, give no token."""
    first, second = shown(office), shown(office)
    gone = decoded(office, first)
    told = decoded(office, second)
    again = decoded(office, second)

    assert first != second
    assert ANNA.certno not in second
    assert (28, True) == (len(second), second.isdecimal())
    assert (True, "") == (told.success, told.message)
    assert {(False, "请使用医保电子凭证二维码")} == {(one.success, one.message) for one in (gone, again, decoded(office, ANNA.certno))}
    assert json.loads(office.centre.decode(b"{}"))["success"] is False


def test_a_code_lives_a_minute_and_a_token_half_an_hour(office: Office) -> None:
    """After that the person shows the phone again."""
    code = shown(office)
    office.clock.at = "2026-03-02 09:01:01"
    assert "二维码已失效，请刷新后再扫" == decoded(office, code).message
    number, counter = token(office), office.counter()
    told = counter.output("1101", by_token(number))
    office.clock.at = "2026-03-02 09:31:02"

    assert ANNA.psn_no == told["baseinfo"]["psn_no"]
    assert OVER == counter.refusal("1101", by_token(number))


def test_a_token_is_of_one_person_at_one_institution(office: Office) -> None:
    """Neither another shop nor another person's settlement may use it."""
    number = token(office)

    assert OVER == office.counter(shop=OTHER_SHOP).refusal("1101", by_token(number))
    assert "就诊凭证与人员编号不符" == office.counter().refusal("2102", sold_by(token(office, OTHER)))
    assert OVER == office.counter().refusal("2102", sold_by("28" * 14))


def test_a_settlement_by_token_is_answered_again_when_the_token_is_over(office: Office) -> None:
    """What was settled is settled: a copy of the same message is answered as the first, and a new one is refused."""
    counter, content = office.counter(), sold_by(token(office))
    msgid = counter.new_msgid()
    first = counter.output("2102", content, msgid=msgid)
    office.clock.at = "2026-03-02 09:45:00"

    assert first == counter.output("2102", content, msgid=msgid)
    assert OVER == counter.refusal("2102", content)
    assert 1 == len(office.ledger()["settlements"])


def test_an_area_that_takes_only_cards(office: Office) -> None:
    """The pack of the place of care says by what a person is settled for."""
    counter = office.counter()
    number = token(office)
    asked = [by_token(number), {"data": {"mdtrt_cert_type": "02", "mdtrt_cert_no": ANNA.certno, "psn_cert_type": "01"}}]

    for query in asked:
        answer = counter.ask("1101", query, mdtrtarea_admvs="990200")
        assert (-1, "本统筹区不支持该就诊凭证") == (answer.infcode, answer.err_msg)
    assert ANNA.psn_no == counter.output("1101", asked[1])["baseinfo"]["psn_no"]
