"""The out-patient chain: what is built from a visit, and what is read of the answers, captured ones first."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from nhsa import codes, fee_lines, outpatient, registration, visit
from nhsa.correction import correction_input
from nhsa.envelope import read_response
from nhsa.pharmacy import declared_line
from nhsa.queries import read_visits, visits_query
from nhsa.reading import decode
from settlement.figures import Figures
from tests.nhsa.outpatient_chain import (
    BATCH,
    BILL,
    CAPSULES,
    CONSULTATION,
    DATED,
    LEFT_OUT,
    MATERNITY,
    PRESENTED,
    UPLOADED,
    VISIT,
    requests,
)
from tests.nhsa.samples import captured, infnos, sent


def output_of(name: str) -> dict[str, Any]:
    """Return the output of a captured answer, read as bytes of the line."""
    output: dict[str, Any] = decode(sent(captured(name)))["output"]
    return output


# --- captured ------------------------------------------------------------------------------------------


def test_a_captured_registration_is_read() -> None:
    """The visit's number, and whose and which registration it is."""
    registered = registration.read_registration(output_of("cq-2201-resp"))

    assert ("300000002", "000000000000000000000000000001", "2111241810003") == (
        registered.mdtrt_id,
        registered.psn_no,
        registered.ipt_otp_no,
    )


def test_a_captured_line_is_read_to_the_fen() -> None:
    """4.52 of class B: 0.23 first pay, half up; no price limit; nulls are empty; it may come without its list."""
    row = captured("cq-2204-resp-row")

    for result in ([row], row):
        (read,) = fee_lines.read_results(decode(sent({"result": result})))
        assert ("yp570", 4_52, 0, 0, 23, 4_29) == tuple(getattr(read.cut(), name) for name in read.cut().__slots__)
        assert ("02", "09", "999999", "0.05", "0", "") == (
            read.chrgitm_lv,
            read.med_chrgitm_type,
            read.pric_uplmt_amt,
            read.selfpay_prop,
            read.lmt_used_flag,
            read.memo,
        )
        assert Figures(medfee_sumamt=4_52, preselfpay_amt=23, inscp_scp_amt=4_29) == fee_lines.uploaded([read])


def test_a_captured_dry_run_request_is_read() -> None:
    """What Henan's documentation sends is what the model takes; its amount has one decimal."""
    data = decode(sent(captured("apifox-2206-req")))["input"]["data"]

    read = outpatient.DryRun.model_validate(data)

    assert data == read.wire()
    assert ("69.6", codes.BY_ITEM, "20240704154014000001") == (read.medfee_sumamt, read.psn_setlway, read.chrg_bchno)


def test_a_captured_dry_run_answer_is_read() -> None:
    """It names the visit and echoes the msgid, and is no settlement."""
    read = outpatient.read_setlinfo(output_of("cq-2206-resp"))

    assert ("", "", "300000001", codes.CLEARED_AS_OUTPATIENT) == (read.setl_id, read.setl_time, read.mdtrt_id, read.clr_type)
    assert (4_52, 1373_63) == (read.acct_pay, read.balc)


def test_a_captured_cancellation_of_lines_has_no_output() -> None:
    """2205 answers null."""
    answer = read_response(sent(captured("zj-2205-resp")))

    assert (0, {}) == (answer.infcode, answer.output)


@pytest.mark.parametrize("spelling", ["psn_cash_pay", "cash_payamt", "pdn_cash_pay"])
def test_a_reversal_is_read_under_each_spelling(spelling: str) -> None:
    """2208 may leave its personal part null and spells the cash in one of three ways."""
    told = {"setl_id": "S2", "mdtrt_id": "M1", "medfee_sumamt": -25.1, "fund_pay_sumamt": -20, "acct_pay": -5, "psn_part_amt": None}

    figures = outpatient.read_setlinfo(decode(sent({"setlinfo": {**told, "hosp_part_amt": None, spelling: -0.1}}))).figures()

    assert (-25_10, -20_00, -5_00, -10) == figures.movements()
    assert -5_10 == figures.psn_part_amt


@pytest.mark.parametrize("output", [{}, {"data": None}, {"data": {"psn_no": "1"}}, {"data": {"mdtrt_id": None}}, {"data": []}])
def test_a_registration_without_its_number_is_none(output: dict[str, Any]) -> None:
    """Whatever else it says."""
    with pytest.raises(ValueError, match=r"mdtrt_id|Registered"):
        registration.read_registration(output)


@pytest.mark.parametrize(
    "row", [{}, {"feedetl_sn": "1"}, {"feedetl_sn": "", "det_item_fee_sumamt": "1"}, {"feedetl_sn": "1", "det_item_fee_sumamt": "1.001"}]
)
def test_a_result_without_line_or_amount_is_none(row: dict[str, Any]) -> None:
    """An amount that is left out is not 0."""
    with pytest.raises(ValueError, match=r"feedetl_sn|det_item_fee_sumamt"):
        fee_lines.read_results({"result": [row]})


def test_every_captured_message_of_the_chain_is_read_here() -> None:
    """A sample that is added gets its test."""
    read_here = {"cq-2201-resp", "cq-2204-resp-row", "zj-2205-resp", "apifox-2206-req", "cq-2206-resp"}

    assert read_here == {name for name, infno in infnos().items() if infno in requests()}


# --- built ---------------------------------------------------------------------------------------------


def test_a_registration_names_person_certificate_doctor_and_department() -> None:
    """The certificate is the one that was presented, card or identity number or token."""
    data = requests()["2201"]["data"]

    assert ("03", "12345678X", "MZ202603020001", "D990100000001", "A03") == tuple(
        data[name] for name in ("mdtrt_cert_type", "mdtrt_cert_no", "ipt_otp_no", "atddr_no", "dept_code")
    )
    token = replace(PRESENTED, mdtrt_cert_type=codes.E_CERTIFICATE, mdtrt_cert_no="T" * 50)
    assert "01" == registration.registration_input(VISIT.registration, token)["data"]["mdtrt_cert_type"]


def test_a_visit_without_maternity_is_2203_and_with_it_2203a() -> None:
    """A date alone still fits 2203; type or weeks need 2203A."""
    dated = replace(MATERNITY, maternity=DATED)

    assert ["2203", "2203", "2203A"] == [visit.infno_of(one) for one in (VISIT, dated, MATERNITY)]
    assert "2026-07-01" == visit.visit_input(dated, psn_no="1", mdtrt_id="M")["mdtrtinfo"]["birctrl_matn_date"]
    assert {"matn_type": "1", "geso_val": "22"}.items() <= requests()["2203A"]["mdtrtinfo"].items()
    assert "matn_type" not in requests()["2203"]["mdtrtinfo"]


def test_what_2203_cannot_carry_is_refused_there() -> None:
    """The centre reads each by its own table."""
    content = requests()["2203A"]

    with pytest.raises(ValueError, match="matn_type"):
        visit.read_visit_request("2203", content)
    assert "22" == getattr(visit.read_visit_request("2203A", content).mdtrtinfo, "geso_val", None)


def test_diagnoses_are_numbered_and_carry_their_doctor() -> None:
    """Department and doctor are the registration's unless a diagnosis has its own."""
    other = replace(VISIT.registration.doctor, code="D2", name="演示医师乙")
    twice = replace(VISIT, diagnoses=(VISIT.diagnoses[0], replace(VISIT.diagnoses[0], diag_code="J06.900", doctor=other)))

    rows = visit.visit_input(twice, psn_no="1", mdtrt_id="M")["diseinfo"]

    assert [("1", "内科", "D990100000001"), ("2", "内科", "D2")] == [
        (row["diag_srt_no"], row["diag_dept"], row["dise_dor_no"]) for row in rows
    ]


def test_a_visit_for_the_fee_alone_has_no_diagnosis_and_still_its_node() -> None:
    """``diseinfo`` goes out empty."""
    assert [] == visit.visit_input(replace(VISIT, med_type="12", diagnoses=()), psn_no="1", mdtrt_id="M")["diseinfo"]


def test_only_claimed_lines_are_uploaded_and_survive_the_line() -> None:
    """Class, ratio, limit, kind and price come back exactly; what left the claim stays at the counter."""
    rows = fee_lines.FeeLinesRequest.model_validate(decode(sent(requests()["2204"]))).feedetail

    assert [CONSULTATION, CAPSULES] == fee_lines.claimed(BILL, LEFT_OUT)
    assert [replace(CONSULTATION, med_list_codg="F001"), replace(CAPSULES, drug_trac_codg=())] == [declared_line(row) for row in rows]
    assert {(BATCH.mdtrt_id, BATCH.chrg_bchno, "A03", "D990100000001", "1")} == {
        (row.mdtrt_id, row.chrg_bchno, row.bilg_dept_codg, row.bilg_dr_codg, row.hosp_appr_flag) for row in rows
    }


def test_a_settlement_repeats_what_was_uploaded_and_names_the_boxes() -> None:
    """The sums are the centre's cuts, not the counter's; a dry run has neither sums nor boxes."""
    content, dry = requests()["2207"], requests()["2206"]

    assert ("35.00", "0.00", "1.00", "2.40", "31.60") == tuple(
        content["data"][name] for name in ("medfee_sumamt", "fulamt_ownpay_amt", "overlmt_selfpay", "preselfpay_amt", "inscp_scp_amt")
    )
    assert [("2", code) for code in CAPSULES.drug_trac_codg] == [
        (box["feedetl_sn"], box["drug_trac_codg"]) for box in content["drug_trac_info"]
    ]
    assert dry["data"].items() <= content["data"].items()
    assert ["data"] == list(dry)


def test_the_account_may_be_kept() -> None:
    """``acct_used_flag`` says so in both."""
    kept = outpatient.dry_run_input(BATCH, PRESENTED, UPLOADED, use_account=False)

    assert ("1", "0") == (requests()["2206"]["data"]["acct_used_flag"], kept["data"]["acct_used_flag"])


def test_settlement_and_reversal_of_a_clinic_may_be_corrected() -> None:
    """2601 names them; it does not name a registration or an upload."""
    for oinfno in ("2207", "2208"):
        assert oinfno == correction_input(psn_no="1", omsgid="I", oinfno=oinfno)["data"]["oinfno"]
    for oinfno in ("2201", "2202", "2203", "2204", "2205", "2206"):
        with pytest.raises(ValueError, match=oinfno):
            correction_input(psn_no="1", omsgid="I", oinfno=oinfno)


def test_what_settles_may_be_corrected_and_a_question_may_not() -> None:
    """The three sets of the table do not contradict each other."""
    assert codes.SETTLES <= codes.REVERSIBLE
    assert frozenset() == codes.QUERIES & codes.REVERSIBLE


def test_a_lost_registration_is_found_by_its_own_number() -> None:
    """5201 without medical type asks for all; a row may carry ``ipt_otp_no`` and no settlement."""
    assert "med_type" not in visits_query(psn_no="1", begntime=BILL.begntime, endtime=BILL.begntime, med_type="")["data"]

    (found,) = read_visits({"mdtrtinfo": [{"mdtrt_id": "M1", "ipt_otp_no": "MZ1", "setl_id": None}]})

    assert ("M1", "MZ1", "") == (found.mdtrt_id, found.ipt_otp_no, found.setl_id)
