"""What may be asked: people, visits, settlements, accumulators; and what the centre signs."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from clearing.desk import Signature
from clearing.people import scheme_of
from config.entropy import SeededEntropy, SystemEntropy
from nhsa import codes, extension, person, queries
from tests.clearing.counter import (
    ACCOUNT_FEN,
    ANNA,
    CARD_NO,
    CARD_SN,
    OTHER,
    OTHER_CARD_NO,
    OTHER_CARD_SN,
    Office,
    on_card,
    sale,
)

DAY = {"begntime": "2026-03-02 00:00:00", "endtime": "2026-03-02 23:59:59"}


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """Return a centre with two people."""
    return Office(tmp_path)


def by_card(**members: str) -> dict[str, Any]:
    """Return the input of 1101 for Anna's card."""
    standard = {"card_no": CARD_NO, "card_sn": CARD_SN, "certno": ANNA.certno, "psn_name": ANNA.psn_name}
    return person.card_query(**{**standard, **members})


def visits(**members: str) -> dict[str, Any]:
    """Return the input of 5201 for Anna's pharmacy sales of the day."""
    return queries.visits_query(**{"psn_no": ANNA.psn_no, "med_type": "41", **DAY, **members})


# --- 1101 ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("psn_type", "insutype"), [("11", "310"), ("12", "310"), ("14", "390"), ("15", "390"), ("1601", "390")])
def test_the_scheme_goes_by_who_the_person_is(psn_type: str, insutype: str) -> None:
    """Employees and the retired, else residents."""
    assert insutype == scheme_of(replace(ANNA, psn_type=psn_type))


def test_a_card_tells_the_person_and_what_may_be_spent(office: Office) -> None:
    """``balc`` is what an on-line sale may spend; the extension also says what is earmarked."""
    counter = office.counter()
    counter.refresh(on_card(0, 0, 0), limit_fen=300_00)

    found = person.read_person(counter.output("1101", by_card()))
    insured = found.active("310", today="2026-03-02")

    assert insured is not None
    assert (ANNA.psn_no, ANNA.certno, ANNA.psn_name) == (found.baseinfo.psn_no, found.baseinfo.certno, found.baseinfo.psn_name)
    assert (ACCOUNT_FEN - 300_00, "11", "990100") == (insured.balc, insured.psn_type, insured.insuplc_admdvs)
    assert {"available": "700.00", "earmarked": "300.00"} == json.loads(found.baseinfo.exp_content)


def test_an_identity_card_tells_the_person_too(office: Office) -> None:
    """Type 02 asks by the identity number; sex, birth and age are read from it."""
    query = {"mdtrt_cert_type": "02", "mdtrt_cert_no": ANNA.certno, "psn_cert_type": "01"}

    told = office.counter().output("1101", {"data": query})["baseinfo"]

    assert ("1970-01-01", "56", "1") == (told["brdy"], told["age"], told["gend"])


@pytest.mark.parametrize(
    ("query", "words"),
    [
        (by_card(card_no="00000000X"), "未查询到参保人信息"),
        (by_card(card_sn=OTHER_CARD_SN), "卡识别码与中心登记不符"),
        (by_card(certno=OTHER.certno), "证件号码与就诊凭证不符"),
        ({"data": {"mdtrt_cert_type": "01", "mdtrt_cert_no": "1", "psn_cert_type": "01"}}, "电子凭证令牌已失效，请重新扫码"),
        ({"data": {"mdtrt_cert_type": "02", "mdtrt_cert_no": "1", "psn_cert_type": "01"}}, "未查询到参保人信息"),
        ({"data": {"mdtrt_cert_type": "03", "mdtrt_cert_no": CARD_NO, "psn_cert_type": "01"}}, "FSI-交易报文不正确： value_error"),
        (
            {"data": {"mdtrt_cert_type": "07", "mdtrt_cert_no": "1", "psn_cert_type": "01"}},
            "FSI-交易报文不正确：mdtrt_cert_type literal_error",
        ),
        ({}, "FSI-交易报文不正确： model_type"),
    ],
)
def test_whoever_cannot_be_told_is_refused(office: Office, query: dict[str, Any], words: str) -> None:
    """Unknown, contradictory, unsupported and malformed each have their words."""
    assert words == office.counter().refusal("1101", query)


def test_a_reported_card_answers_only_for_the_time_before(office: Office) -> None:
    """An off-line sale before the report is completed by 1101 as of its time."""
    office.report_loss(CARD_NO)
    office.clock.step(hours=1)
    counter = office.counter()

    assert "该社会保障卡已挂失，不能使用" == counter.refusal("1101", by_card())
    assert "该社会保障卡已挂失，不能使用" == counter.refusal("1101", by_card(begntime="2026-03-02 09:00:00"))
    assert ANNA.psn_no == counter.output("1101", by_card(begntime="2026-03-02 08:59:59"))["baseinfo"]["psn_no"]


# --- 5201, 5203 ---------------------------------------------------------------------------------------


def test_a_lost_answer_is_found_by_person_and_window(office: Office) -> None:
    """5201 lists the visit, 5203 without setl_id gives the settlement with our msgid, in the other spelling."""
    counter = office.counter()
    msgid = counter.new_msgid()
    settled = counter.sell(sale(30_50), msgid=msgid)

    (visit,) = queries.read_visits(counter.output("5201", visits()))
    output = counter.output("5203", queries.settlement_query(psn_no=ANNA.psn_no, mdtrt_id=visit.mdtrt_id))
    (found,) = queries.read_settlements(output)

    assert (settled.setl_id, msgid) == (found.setl_id, found.medins_setl_id)
    assert settled.figures() == found.figures()
    assert {"psn_pay", "cash_payamt"} <= output["setlinfo"].keys()


def test_every_visit_of_the_window_is_listed(office: Office) -> None:
    """By the time of the sale, bounds included, of this person only, refunded ones with their flag."""
    counter = office.counter()
    times = ("2026-03-01 23:59:59", "2026-03-02 00:00:00", "2026-03-02 23:59:59", "2026-03-03 00:00:00")
    sales = [counter.sell(sale(10_00, begntime=at)) for at in times]
    counter.sell(sale(10_00, psn_no=OTHER.psn_no, card_no=OTHER_CARD_NO))
    refund = counter.void(sales[2])

    rows = counter.output("5201", visits())["mdtrtinfo"]

    assert [settled.setl_id for settled in sales[1:3]] == [row["setl_id"] for row in rows]
    assert [(codes.NOT_REFUNDED, None), (codes.REFUNDED, refund.setl_id)] == [(row["refd_setl_flag"], row["refd_setl_id"]) for row in rows]
    assert [] == counter.output("5201", visits(med_type="11"))["mdtrtinfo"]


def test_a_visit_with_its_reversal_has_two_settlements(office: Office) -> None:
    """Asked by visit both come, each with its msgid; asked by setl_id the one."""
    counter = office.counter()
    first, second = counter.new_msgid(), counter.new_msgid()
    settled = counter.sell(sale(30_50), msgid=first)
    refund = counter.void(settled, msgid=second)
    both = queries.settlement_query(psn_no=ANNA.psn_no, mdtrt_id=settled.mdtrt_id)
    one = queries.settlement_query(psn_no=ANNA.psn_no, mdtrt_id=settled.mdtrt_id, setl_id=refund.setl_id)

    found = queries.read_settlements(counter.output("5203", both))

    assert [(first, "0"), (second, "1")] == [(row.medins_setl_id, row.refd_setl_flag) for row in found]
    assert [settled.figures(), refund.figures()] == [row.figures() for row in found]
    assert [second] == [row.medins_setl_id for row in queries.read_settlements(counter.output("5203", one))]


def test_nobody_asks_for_anothers_settlement(office: Office) -> None:
    """5203 answers for the person of the settlement only."""
    counter = office.counter()
    settled = counter.sell(sale(30_50))

    assert "未查询到结算信息" == counter.refusal("5203", queries.settlement_query(psn_no=OTHER.psn_no, mdtrt_id=settled.mdtrt_id))


# --- 5206 ---------------------------------------------------------------------------------------------


def test_accumulators_are_of_the_year_of_the_sale(office: Office) -> None:
    """A pharmacy sale here uses no deductible and no fund: both stay 0, by year or month."""
    counter = office.counter()
    counter.sell(sale(30_50))

    used = person.read_accumulators(counter.output("5206", person.accumulator_query(psn_no=ANNA.psn_no, year="2026")), "310")

    assert {"act_pay_dedc": 0, "fund_pay_sumamt": 0} == used
    assert "未查询到参保人信息" == counter.refusal("5206", {"data": {"psn_no": "1", "cum_ym": "202603"}})
    assert "FSI-交易报文不正确：cum_ym string_pattern_mismatch" == counter.refusal("5206", {"data": {"psn_no": "1", "cum_ym": "26"}})


# --- what is signed -----------------------------------------------------------------------------------


def test_the_offer_is_signed_with_the_centres_time(office: Office) -> None:
    """A counter pins the key; another key or another time does not verify."""
    offer = office.counter().sign_in()

    assert "2026-03-02T09:00:00+08:00" == offer.signed_time
    extension.verify(offer.public_key, offer.signature, "time", offer.signed_time)
    with pytest.raises(extension.NotSigned):
        extension.verify(offer.public_key, offer.signature, "time", "2026-03-02T09:00:01+08:00")


def test_the_hotlist_is_whole_versioned_and_signed(office: Office) -> None:
    """Each report makes a version; the same card again makes none and keeps its first time."""
    counter = office.counter()
    key = counter.sign_in().public_key

    def fetched() -> tuple[int, tuple[str, ...]]:
        hotlist = extension.read_hotlist(counter.output("YX03", {"data": {"version": 0}}), key)
        return hotlist.version, hotlist.numbers

    assert (0, ()) == fetched()
    assert 1 == office.report_loss(CARD_NO)
    assert (1, (CARD_NO,)) == fetched()
    assert 1 == office.report_loss(CARD_NO)
    assert 2 == office.report_loss(OTHER_CARD_NO)
    assert (2, (CARD_NO, OTHER_CARD_NO)) == fetched()


def test_a_hotlist_that_was_touched_does_not_verify(office: Office) -> None:
    """Neither a missing number nor an older version passes."""
    counter = office.counter()
    key = counter.sign_in().public_key
    office.report_loss(CARD_NO)
    hotlist = counter.output("YX03", {"data": {"version": 0}})["hotlist"]

    touches: tuple[dict[str, Any], ...] = ({"numbers": []}, {"version": "0"}, {"signed_time": "2026-03-03T09:00:00+08:00"})
    for touched in touches:
        with pytest.raises(extension.NotSigned):
            extension.read_hotlist({"hotlist": {**hotlist, **touched}}, key)


def test_the_key_stays(tmp_path: Path) -> None:
    """The key is made once, from the seed where there is one, and only its owner may read it."""
    made = Signature(tmp_path, SystemEntropy())

    assert made.public_key == Signature(tmp_path, SeededEntropy("another")).public_key
    assert 0o600 == (tmp_path / "centre.key").stat().st_mode & 0o777


# --- envelopes ----------------------------------------------------------------------------------------


def test_an_input_that_came_as_text_is_read(office: Office) -> None:
    """Some areas send the input as the text of its JSON."""
    counter = office.counter()
    envelope = json.loads(counter.envelope("1101", by_card()))
    envelope["input"] = json.dumps(envelope["input"])

    assert 0 == json.loads(office.centre.answer(json.dumps(envelope).encode()))["infcode"]


def test_every_answer_has_a_reference_of_its_own(office: Office) -> None:
    """Area, time and running number: thirty characters."""
    counter = office.counter()

    first, second = (counter.ask("1101", by_card()).inf_refmsgid for _ in range(2))

    assert (30, "99010020260302090000") == (len(first), first[:20])
    assert first < second
