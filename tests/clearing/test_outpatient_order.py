"""The out-patient chain out of order: every step that comes too early, too late, for another visit or with other figures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from nhsa.registration import Presented
from tests.clearing.clinic import (
    BY_CARD,
    CONSULTATION,
    OTHER_CLINIC,
    REGISTRATION_FEE,
    SMALL,
    Chain,
    chain,
    fee,
    movements,
    open_clinics,
    reversal,
)
from tests.clearing.counter import ACCOUNT_FEN, CARD_NO, OTHER, OTHER_CARD_NO, OTHER_SHOP, Office, on_card


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """Return a centre with two people of 1000 yuan and two clinics."""
    return open_clinics(Office(tmp_path))


# --- too early, too late -------------------------------------------------------------------------------


def test_nothing_is_uploaded_before_the_visit_is_told_of(office: Office) -> None:
    """2204 straight after 2201."""
    visit = chain(office).register()

    assert "还未上传就诊信息，请先上传就诊信息" == visit.counter.refusal("2204", visit.upload_input(SMALL))
    visit.tell().upload()


@pytest.mark.parametrize("infno", ["2206", "2207"])
def test_nothing_is_settled_before_it_is_uploaded(office: Office, infno: str) -> None:
    """Nor another batch than that which was, nor what was taken down."""
    visit = chain(office).register().tell()
    words = "还未上传费用，请先上传费用再进行结算"

    assert words == visit.counter.refusal(infno, visit.settle_input(infno=infno))
    visit.upload()
    assert words == visit.counter.refusal(infno, visit.settle_input(infno=infno, batch="B2"))
    visit.take_down()
    assert words == visit.counter.refusal(infno, visit.settle_input(infno=infno))
    assert [] == movements(office)


@pytest.mark.parametrize("infno", ["2206", "2207"])
def test_a_batch_is_settled_once(office: Office, infno: str) -> None:
    """Under another msgid too: the words say duplicate, so a counter looks for the first."""
    visit = chain(office).register().tell().upload()
    visit.settle()

    assert "收费批次已结算，请勿重复结算" == visit.counter.refusal(infno, visit.settle_input(infno=infno))
    assert (1, ACCOUNT_FEN - 30_50) == (len(movements(office)), office.available_fen())


def test_a_settled_batch_takes_no_lines_and_gives_none_back(office: Office) -> None:
    """Until it is reversed."""
    visit = chain(office).register().tell().upload()
    settled = visit.settle()

    assert "收费批次B1已结算，不能再上传明细" == visit.counter.refusal("2204", visit.upload_input((fee("9", 1_00),)))
    assert "收费批次已结算，请先退费再撤销明细" == visit.counter.refusal("2205", visit.take_down_input("B1"))
    visit.take_down()
    assert "就诊有未退费的结算，不能撤销挂号" == visit.counter.refusal("2202", visit.cancel_input())

    visit.reverse(settled)
    assert 1_00 == visit.upload((fee("9", 1_00),)).figures.medfee_sumamt
    assert {"settled": 0, "unsettled": 2} == office.ledger()["visits"][0]["lines"]


def test_a_registration_is_taken_back_only_while_nothing_hangs_on_it(office: Office) -> None:
    """Uploaded lines come down first, and what is taken back is gone for every step."""
    visit = chain(office).register().tell().upload()

    assert "就诊有已上传的费用明细，请先撤销明细再撤销挂号" == visit.counter.refusal("2202", visit.cancel_input())
    visit.take_down("B1")
    visit.cancel()

    later = {
        "2202": visit.cancel_input(),
        "2203": visit.visit_input(),
        "2204": visit.upload_input(SMALL),
        "2205": visit.take_down_input(),
        "2206": visit.settle_input(infno="2206"),
        "2207": visit.settle_input(),
    }
    assert {"挂号已撤销"} == {visit.counter.refusal(infno, content) for infno, content in later.items()}


def test_all_lines_come_down_and_one_batch_by_its_number(office: Office) -> None:
    """0000 leaves what is settled and is content with nothing; a batch must have something."""
    visit = chain(office).register().tell().upload((fee("1", 1_00),), batch="B1").upload((fee("2", 2_00),), batch="B2")
    visit.upload((fee("3", 3_00),), batch="B3").settle(batch="B3")

    visit.take_down("B1")
    assert {"settled": 1, "unsettled": 1} == office.ledger()["visits"][0]["lines"]
    assert "收费批次没有可撤销的费用明细" == visit.counter.refusal("2205", visit.take_down_input("B1"))
    visit.take_down()
    visit.take_down()
    assert {"settled": 1, "unsettled": 0} == office.ledger()["visits"][0]["lines"]


def test_a_settlement_is_reversed_once_and_by_its_clinic(office: Office) -> None:
    """The second time, and for another clinic, there is none."""
    visit = chain(office).register().tell().upload()
    settled = visit.settle()
    stranger = office.counter(shop=OTHER_CLINIC)

    assert "未找到原结算记录，不能退费" == stranger.refusal("2208", reversal(settled))
    visit.reverse(settled)
    assert "原结算已经退费，不能再次退费" == visit.counter.refusal("2208", reversal(settled))
    assert (ACCOUNT_FEN, 2) == (office.available_fen(), len(movements(office)))


# --- another's visit -----------------------------------------------------------------------------------


@pytest.mark.parametrize("infno", ["2202", "2203", "2204", "2205", "2206", "2207"])
@pytest.mark.parametrize("whose", ["another clinic", "another person", "nobody"])
def test_every_step_is_of_its_own_visit(office: Office, infno: str, whose: str) -> None:
    """A clinic moves its own visits, a request names the visit's person, and a visit must be there."""
    visit = chain(office).register().tell().upload()
    asking = replace_visit(visit, office, whose)

    assert "未查询到就诊信息" == asking.counter.refusal(infno, requests(asking)[infno]())
    assert 30_50 == visit.settle().acct_pay


def replace_visit(visit: Chain, office: Office, whose: str) -> Chain:
    """Return the same visit as somebody else would ask for it."""
    match whose:
        case "another clinic":
            return replace(visit, counter=office.counter(shop=OTHER_CLINIC))
        case "another person":
            return replace(visit, presented=Presented(psn_no=OTHER.psn_no, mdtrt_cert_type="03", mdtrt_cert_no=OTHER_CARD_NO))
    return replace(visit, mdtrt_id="990100202603020000009999")


def requests(visit: Chain) -> dict[str, Callable[[], dict[str, Any]]]:
    """Return how each step's request is made."""
    return {
        "2202": visit.cancel_input,
        "2203": visit.visit_input,
        "2204": lambda: visit.upload_input(SMALL),
        "2205": visit.take_down_input,
        "2206": lambda: visit.settle_input(infno="2206"),
        "2207": visit.settle_input,
    }


def test_a_cancellation_names_the_registration(office: Office) -> None:
    """The centre's number and the clinic's belong together."""
    visit = chain(office).register()
    content = visit.cancel_input()

    assert "门诊号与就诊信息不符" == visit.counter.refusal("2202", {"data": {**content["data"], "ipt_otp_no": "MZ-OTHER"}})
    visit.cancel()


def test_lines_of_two_visits_do_not_go_up_together(office: Office) -> None:
    """One request is of one visit, and one line stands in it once."""
    first, second = chain(office).register().tell(), chain(office).register().tell()
    rows = [*first.upload_input(SMALL)["feedetail"], *second.upload_input((fee("2", 1_00),))["feedetail"]]

    assert "一次只能上传同一就诊的费用明细" == first.counter.refusal("2204", {"feedetail": rows})
    assert "报文中两行明细的流水号相同" == first.counter.refusal("2204", {"feedetail": [rows[0], rows[0]]})
    assert [0, 0] == [row["lines"]["unsettled"] for row in office.ledger()["visits"]]


# --- other figures -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("member", "words"),
    [
        ("medfee_sumamt", "医疗费总额与已上传的费用明细合计 40.00 不符"),
        ("fulamt_ownpay_amt", "全自费金额与已上传的费用明细合计 5.00 不符"),
        ("overlmt_selfpay", "超限价金额与已上传的费用明细合计 1.00 不符"),
        ("preselfpay_amt", "先行自付金额与已上传的费用明细合计 2.40 不符"),
        ("inscp_scp_amt", "符合政策范围金额与已上传的费用明细合计 31.60 不符"),
    ],
)
@pytest.mark.parametrize("off_fen", [-1, 1])
def test_a_settlement_repeats_what_the_uploads_came_to(office: Office, member: str, words: str, off_fen: int) -> None:
    """Each sum to the fen; the dry run its total."""
    visit = chain(office).register().tell().upload(CONSULTATION)
    visit.figures = replace(visit.figures, **{member: getattr(visit.figures, member) + off_fen})

    assert words == visit.counter.refusal("2207", visit.settle_input())
    if member == "medfee_sumamt":
        assert words == visit.counter.refusal("2206", visit.settle_input(infno="2206"))
    assert (ACCOUNT_FEN, []) == (office.available_fen(), movements(office))


@pytest.mark.parametrize(
    ("member", "value", "words"),
    [
        ("med_type", "12", "医疗类别与上传明细时的就诊信息不符"),
        ("insutype", "390", "险种与挂号时不符"),
        ("psn_setlway", "02", "本中心只支持按项目结算"),
        ("mdtrt_cert_no", OTHER_CARD_NO, "卡与人员编号不符"),
        ("mdtrt_cert_type", "01", "电子凭证令牌已失效，请重新扫码"),
        ("acct_used_flag", "2", "FSI-交易报文不正确：data.acct_used_flag string_pattern_mismatch"),
        ("chrg_bchno", "0000", "FSI-交易报文不正确：data.chrg_bchno value_error"),
        ("medfee_sumamt", "30.500", "FSI-交易报文不正确：data.medfee_sumamt string_pattern_mismatch"),
        ("surprise", "1", "FSI-交易报文不正确：data.surprise extra_forbidden"),
    ],
)
def test_a_settlement_that_is_not_right_is_refused(office: Office, member: str, value: str, words: str) -> None:
    """Each fault has its words, which name nobody, and nothing is booked."""
    visit = chain(office).register().tell().upload()
    content = visit.settle_input()

    assert words == visit.counter.refusal("2207", {"data": {**content["data"], member: value}})
    assert [] == movements(office)


def test_boxes_are_of_the_lines_of_the_batch(office: Office) -> None:
    """A traceability code that names another line is refused; one of the batch is taken."""
    visit = chain(office).register().tell().upload()
    box = {"feedetl_sn": "1", "drug_trac_codg": "8100000000000000001"}
    content = visit.settle_input()

    words = visit.counter.refusal("2207", {**content, "drug_trac_info": [{**box, "feedetl_sn": "2"}]})

    assert "追溯码所指的明细2不在此收费批次" == words
    visit.counter.output("2207", {**content, "drug_trac_info": [box]})


def test_a_batch_is_of_one_disease_and_one_medical_type(office: Office) -> None:
    """In one request, and over two; what the visit is told to be may change between batches."""
    visit = chain(office).register().tell("12").upload(REGISTRATION_FEE)
    first, second = (
        visit.upload_input((fee(sn, 1_00),), batch="B2", dise_codg=dise)["feedetail"] for sn, dise in (("8", "M1"), ("9", "M2"))
    )
    visit.tell("11")

    assert "收费批次B2的病种编码不一致" == visit.counter.refusal("2204", {"feedetail": [*first, *second]})
    assert "收费批次B1的病种编码不一致" == visit.counter.refusal("2204", visit.upload_input((fee("8", 1_00),), dise_codg="M1"))
    assert "收费批次B1的医疗类别不一致" == visit.counter.refusal("2204", visit.upload_input((fee("8", 1_00),)))
    visit.counter.output("2204", {"feedetail": first})
    assert "收费批次B2的病种编码不一致" == visit.counter.refusal("2204", {"feedetail": second})
    assert 5_00 == visit.settle(med_type="12").acct_pay


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ({"det_item_fee_sumamt": "30.51"}, "明细1的金额与数量、单价不符"),
        ({"cnt": "2.0000"}, "明细1的金额与数量、单价不符"),
        ({"expContent": ""}, "明细1未说明费用等级和种类"),
        ({"chrg_bchno": "0000"}, "FSI-交易报文不正确：feedetail.0.chrg_bchno value_error"),
        ({"bilg_dr_codg": ""}, "FSI-交易报文不正确：feedetail.0.bilg_dr_codg string_too_short"),
        ({"drug_trac_info": []}, "FSI-交易报文不正确：feedetail.0.drug_trac_info extra_forbidden"),
    ],
)
def test_a_line_that_is_not_right_takes_the_whole_upload_back(office: Office, members: dict[str, str], words: str) -> None:
    """A good line before it does not stay."""
    visit = chain(office).register().tell()
    good, bad = (visit.upload_input((line,))["feedetail"][0] for line in (fee("9", 1_00), *SMALL))

    assert words.replace("feedetail.0", "feedetail.1") == visit.counter.refusal("2204", {"feedetail": [good, {**bad, **members}]})
    assert {"settled": 0, "unsettled": 0} == office.ledger()["visits"][0]["lines"]


def test_a_chronic_disease_is_not_priced_here(office: Office) -> None:
    """Type 14 is told and refused with its lines."""
    visit = chain(office).register().tell("14")

    assert visit.counter.refusal("2204", visit.upload_input(SMALL)).startswith("政策包 990100/2023-02-01 没有说明此处是否有统筹支付")


def test_a_visit_without_a_valid_diagnosis_is_not_told_of(office: Office) -> None:
    """Only the registration fee needs none."""
    visit = chain(office).register()
    content = visit.visit_input("11")
    invalid = [{**content["diseinfo"][0], "vali_flag": "0"}]

    assert "就诊信息没有有效的诊断" == visit.counter.refusal("2203", {**content, "diseinfo": []})
    assert "就诊信息没有有效的诊断" == visit.counter.refusal("2203", {**content, "diseinfo": invalid})
    assert office.ledger()["visits"][0]["told"] is None


def test_what_only_2203a_carries_is_refused_in_2203(office: Office) -> None:
    """Weeks of gestation stand in 2203A."""
    visit = chain(office).register()
    content = visit.visit_input("51")
    weeks = {**content, "mdtrtinfo": {**content["mdtrtinfo"], "geso_val": "22"}}

    assert "FSI-交易报文不正确：mdtrtinfo.geso_val extra_forbidden" == visit.counter.refusal("2203", weeks)
    visit.counter.output("2203A", weeks)


# --- who may register ----------------------------------------------------------------------------------


def test_only_a_designated_clinic_registers(office: Office) -> None:
    """A pharmacy opens no visit."""
    visit = replace(chain(office), counter=office.counter(shop=OTHER_SHOP))

    assert "该机构未在本中心登记为门诊定点医疗机构" == visit.counter.refusal("2201", visit.register_input())


@pytest.mark.parametrize(
    ("presented", "words"),
    [
        (replace(BY_CARD, mdtrt_cert_no=OTHER_CARD_NO), "卡与人员编号不符"),
        (replace(BY_CARD, psn_no="1"), "未查询到参保人信息"),
        (replace(BY_CARD, mdtrt_cert_type="02", mdtrt_cert_no=OTHER.certno), "就诊凭证与人员编号不符"),
        (replace(BY_CARD, mdtrt_cert_type="01"), "电子凭证令牌已失效，请重新扫码"),
    ],
)
def test_a_certificate_must_be_the_persons(office: Office, presented: Presented, words: str) -> None:
    """As for a sale."""
    visit = chain(office, presented=presented)

    assert words == visit.counter.refusal("2201", visit.register_input())
    assert [] == office.ledger()["visits"]


def test_a_card_reported_lost_neither_registers_nor_settles(office: Office) -> None:
    """From the report on; a reversal needs no card, and the identity card settles."""
    first = chain(office).register().tell().upload()
    settled = first.settle()
    second = chain(office).register().tell().upload()
    office.report_loss(CARD_NO)
    third = chain(office)

    told = {
        "2201": third.counter.refusal("2201", third.register_input()),
        "2206": second.counter.refusal("2206", second.settle_input(infno="2206")),
        "2207": second.counter.refusal("2207", second.settle_input()),
    }
    assert {"该社会保障卡已挂失，不能使用"} == set(told.values())
    first.reverse(settled)
    second.presented = Presented(psn_no=BY_CARD.psn_no, mdtrt_cert_type="02", mdtrt_cert_no="990100197001011231")
    assert 30_50 == second.settle().acct_pay


def test_whoever_is_not_signed_in_takes_no_step(office: Office) -> None:
    """As everywhere."""
    visit = chain(office).register().tell().upload()
    visit.counter.sign_no = ""

    assert {"未签到，请先签到"} == {visit.counter.refusal(infno, make()) for infno, make in requests(visit).items()}


def test_an_allowance_cannot_pay_at_a_clinic(office: Office) -> None:
    """2207 has no place for a card's evidence: an off-line debit never meets a batch."""
    visit = chain(office)
    visit.counter.refresh(on_card(0, 0, 0), limit_fen=100_00)
    visit.register().tell().upload()
    content = visit.settle_input()
    evidence = {"data": {**content["data"], "expContent": '{"yibao_debit":{}}'}}

    assert "FSI-交易报文不正确：data.expContent extra_forbidden" == visit.counter.refusal("2207", evidence)
    assert {1: 100_00} == office.open_fen()
