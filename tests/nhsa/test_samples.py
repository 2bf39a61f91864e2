"""What real gateways sent is read for what it says."""

from __future__ import annotations

import pytest

from nhsa.envelope import read_request, read_response
from nhsa.person import read_accumulators, read_person
from nhsa.reading import decode
from nhsa.session import read_sign_in
from nhsa.settlement import SetlInfo
from tests.nhsa.samples import captured, sent

MSGID = "H13110000001202111291809516465"


def setlinfo(name: str) -> SetlInfo:
    """Return the ``setlinfo`` of a captured message, read as bytes of the line."""
    return SetlInfo.model_validate(decode(sent(captured(name)))["output"]["setlinfo"])


def test_a_sign_in_is_read() -> None:
    """``err_msg`` "success" beside infcode 0 is no refusal, and nulls are empty."""
    answer = read_response(sent(captured("zj-9001-resp")))

    signed_in = read_sign_in(answer.output)

    assert (0, "success") == (answer.infcode, answer.err_msg)
    assert ("680003", "2022-01-21 00:00:00", "") == (signed_in.sign_no, signed_in.sign_time, signed_in.exp_content)


def test_a_success_without_output_is_a_success() -> None:
    """2205 answers null."""
    answer = read_response(sent(captured("zj-2205-resp")))

    assert (0, {}, "330000202201211236410159309144") == (answer.infcode, answer.output, answer.inf_refmsgid)


def test_a_refusal_with_null_reference_is_an_envelope() -> None:
    """Real refusals leave ``inf_refmsgid`` null: that is not the gateway's own error."""
    answer = read_response(sent(captured("zj-2601-refused-resp")))

    assert (-1, "") == (answer.infcode, answer.inf_refmsgid)
    assert answer.err_msg.startswith("FSI-调用业务基础子系统冲正失败")


@pytest.mark.parametrize("infcode", [0, "0"])
def test_infcode_is_a_number_or_its_text(infcode: object) -> None:
    """Both are seen."""
    assert 0 == read_response(sent(captured("zj-2205-resp") | {"infcode": infcode})).infcode


def test_the_insurance_in_force_is_found_among_several() -> None:
    """Four rows, one paused: the employee row has the balance, and the paused one is in force no more."""
    person = read_person(read_response(sent(captured("cq-1101-hebei-multi-insurance-resp"))).output)

    employee = person.active("310", today="2021-07-14")

    assert employee is not None
    assert (1378_15, "130399", "1101") == (employee.balc, employee.insuplc_admdvs, employee.psn_type)
    assert person.active("39999", today="2021-07-14") is None
    assert person.active("39999", today="2015-05-31") is not None
    assert "000000000000000000000000000001" == person.baseinfo.psn_no
    assert employee == person.active("", today="2021-07-14")


def test_the_basic_insurance_of_a_person() -> None:
    """The employees' where it is in force, else the residents'; a maternity or injury row settles no purchase."""
    rows = [
        {"insutype": "510", "psn_type": "11"},
        {"insutype": "390", "psn_type": "15", "insuplc_admdvs": "990100"},
        {"insutype": "310", "psn_type": "11", "paus_insu_date": "2025-12-31"},
    ]
    person = read_person({"baseinfo": {"psn_no": "1"}, "insuinfo": rows})
    found = person.active("", today="2026-03-02")

    assert found is not None
    assert "390" == found.insutype
    assert None is read_person({"baseinfo": {"psn_no": "1"}, "insuinfo": rows[:1]}).active("", today="2026-03-02")


def test_what_else_a_person_is_today() -> None:
    """Within its days, both ends included; an open end holds, and so does a time of day behind the date."""
    rows = [
        {"psn_idet_type": "0201", "begntime": "2026-01-01 00:00:00", "endtime": "2026-03-02 00:00:00"},
        {"psn_idet_type": "0202", "begntime": "2026-03-03"},
        {"psn_idet_type": "0203", "endtime": "2026-03-01"},
        {"psn_idet_type": "0204", "endtime": None},
        {"psn_idet_type": "0204"},
        {"memo": "nothing"},
    ]
    person = read_person({"baseinfo": {"psn_no": "1"}, "insuinfo": [], "idetinfo": rows})

    assert ("0201", "0204") == person.identities("2026-03-02")
    assert () == read_person({"baseinfo": {"psn_no": "1"}, "insuinfo": []}).identities("2026-03-02")


def test_what_the_year_used_is_of_one_scheme() -> None:
    """Who changed from one to another has rows of both; one that names none is of all."""
    cumulated = {"cum_type_code": "act_pay_dedc"}
    rows = [{**cumulated, "insutype": "310", "cum": "700.00"}, {**cumulated, "insutype": "390", "cum": "200.00"}]

    assert {"act_pay_dedc": 200_00} == read_accumulators({"cuminfo": rows}, "390")
    assert {"act_pay_dedc": 700_00} == read_accumulators({"cuminfo": rows}, "310")
    assert {"act_pay_dedc": 5_00} == read_accumulators({"cuminfo": [{**cumulated, "cum": "5.00"}]}, "390")


def test_the_amounts_of_a_dry_run_are_exact() -> None:
    """4.52 of class B, all from the account; null ids are empty, identities A to D hold."""
    found = setlinfo("cq-2206-resp")

    figures = found.figures()

    assert ("", "", MSGID) == (found.setl_id, found.setl_time, found.medins_setl_id)
    assert (4_52, 23, 4_29, 4_52, 0, 1373_63) == (
        figures.medfee_sumamt,
        figures.preselfpay_amt,
        figures.inscp_scp_amt,
        figures.acct_pay,
        figures.psn_cash_pay,
        figures.balc,
    )
    assert () == figures.broken_identities()


def test_the_richest_settlement_keeps_its_identities() -> None:
    """An in-patient's: fund, hospital, account and cash, each to the fen."""
    figures = setlinfo("cq-2304-identity").figures()

    assert (23442_46, 18785_39, 170_04, 3982_02) == figures.movements()
    assert 505_01 == figures.hosp_part_amt
    assert () == figures.broken_identities()


def test_a_captured_request_is_read_with_what_stands_beside() -> None:
    """The fullest captured envelope, with its area's own msgid layout."""
    message = captured("apifox-2601-req") | {"fixmedins_soft_fcty": "演示"}

    request, beside = read_request(sent(message))

    assert ("2601", "240510084440-H41130000001-4357", "411302") == (request.infno, request.msgid, request.insuplc_admdvs)
    assert "2304" == request.input["data"]["oinfno"]
    assert {"fixmedins_soft_fcty": "演示"} == beside


def test_an_input_that_is_text_is_read_too() -> None:
    """One implementation ships ``input`` as the text of its JSON."""
    message = captured("apifox-2601-req")
    message["input"] = sent(message["input"]).decode()

    request, _ = read_request(sent(message))

    assert "2304" == request.input["data"]["oinfno"]


@pytest.mark.parametrize(
    "member", ["infno", "msgid", "mdtrtarea_admvs", "infver", "opter_type", "opter", "opter_name", "inf_time", "fixmedins_code"]
)
def test_a_request_without_a_mandatory_member_is_refused(member: str) -> None:
    """Each member that the interface marks mandatory is one."""
    message = captured("apifox-2601-req")
    del message[member]

    with pytest.raises(ValueError, match=member):
        read_request(sent(message))


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("msgid", "1" * 31),
        ("mdtrtarea_admvs", "41130"),
        ("opter_type", "4"),
        ("inf_time", "2024-02-30 08:00:00"),
        ("inf_time", "20240510084440"),
        ("fixmedins_code", "H411300000012"),
        ("opter_name", ""),
        ("input", []),
    ],
)
def test_a_member_out_of_bounds_is_refused(member: str, value: object) -> None:
    """Lengths, codes and times are the interface's."""
    with pytest.raises(ValueError, match=member):
        read_request(sent(captured("apifox-2601-req") | {member: value}))
