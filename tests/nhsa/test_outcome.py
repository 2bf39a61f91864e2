"""What an answer proves: each row of the table of commit-protocol section 4, and each body that real gateways sent."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.sections import Refusals
from nhsa import outpatient
from nhsa.outcome import Accepted, NoAnswer, NotSent, Outcome, Rejected, Reply, Retry, Unknown, Unreachable, classify
from nhsa.pharmacy import reversal_input
from nhsa.settlement import setlinfo_of
from settlement.figures import Figures
from tests.nhsa.outpatient_chain import requests
from tests.nhsa.samples import captured, sent

MSGID = "P99010000001202603020900000100"
FIGURES = Figures(medfee_sumamt=30_00, inscp_scp_amt=30_00, psn_part_amt=30_00, acct_pay=20_00, psn_cash_pay=10_00, balc=80_00)
SALE: dict[str, Any] = {"druginfo": {"psn_no": "1", "medfee_sumamt": "30.00"}}


def setlinfo(**members: object) -> dict[str, Any]:
    """Return a whole ``setlinfo`` of a sale, with some members changed."""
    return {"setl_id": "S1", "mdtrt_id": "M1", "psn_no": "1", "medins_setl_id": MSGID, **setlinfo_of(FIGURES), **members}


def accepting(**members: object) -> bytes:
    """Return the body that accepts a sale, with some members of its ``setlinfo`` changed."""
    return enveloped(infcode=0, output={"setlinfo": setlinfo(**members)})


def refusing(words: str) -> bytes:
    """Return the body of a refusal."""
    return enveloped(infcode=-1, err_msg=words, output=None)


def enveloped(**members: object) -> bytes:
    """Return the body of an answer."""
    return sent({"infcode": 0, "inf_refmsgid": "99010020260302", "err_msg": None, "output": None} | members)


def proved(
    body: bytes, *, infno: str = "2102", first: bool = True, dedups: bool = False, status: int = 200, content: dict[str, Any] | None = None
) -> Outcome:
    """Return what a reply with ``body`` proves."""
    reply = Reply(status=status, content_type="application/json", body=body, retry_after="7")
    return classify(
        infno, reply, msgid=MSGID, first_delivery=first, words=Refusals(), content=SALE if content is None else content, dedups_msgid=dedups
    )


@pytest.mark.parametrize("first", [True, False])
def test_an_envelope_that_echoes_the_msgid_is_accepted(first: bool) -> None:  # noqa: FBT001 - a case
    """The figures and ids are the centre's, whichever copy it answers."""
    outcome = proved(accepting(), first=first)

    assert isinstance(outcome, Accepted)
    assert (FIGURES, "S1", "M1") == (outcome.figures, outcome.setl_id, outcome.mdtrt_id)


def test_the_captured_dry_run_is_no_settlement() -> None:
    """It echoes a msgid and has no ``setl_id``: nothing was settled."""
    dry_run = enveloped(output=captured("cq-2206-resp")["output"])

    outcome = classify(
        "2102",
        Reply(status=200, content_type="", body=dry_run),
        msgid="H13110000001202111291809516465",
        first_delivery=True,
        words=Refusals(),
    )

    assert isinstance(outcome, Unknown)


def test_an_answer_without_msgid_must_echo_person_and_claim() -> None:
    """A centre that names no msgid is believed when person and amount are ours."""
    assert isinstance(proved(accepting(medins_setl_id="")), Accepted)
    assert Unknown(why="WrongEcho") == proved(accepting(medins_setl_id="", psn_no="2"))
    assert Unknown(why="WrongEcho") == proved(accepting(medins_setl_id="", medfee_sumamt="30.01"))


def test_a_reversal_without_msgid_must_echo_the_visit() -> None:
    """2103 names the visit that it released."""
    content = reversal_input(psn_no="1", setl_id="S1", mdtrt_id="M1")
    negative = setlinfo_of(FIGURES.negated(), reversal=True) | {"setl_id": "S2", "medins_setl_id": None}

    ours = proved(enveloped(output={"setlinfo": negative | {"mdtrt_id": "M1"}}), infno="2103", content=content)
    foreign = proved(enveloped(output={"setlinfo": negative | {"mdtrt_id": "M2"}}), infno="2103", content=content)

    assert isinstance(ours, Accepted)
    assert FIGURES.negated() == ours.figures
    assert Unknown(why="WrongEcho") == foreign


@pytest.mark.parametrize(
    "members", [{}, {"mdtrt_id": "M2"}, {"mdtrt_id": ""}, {"psn_no": "2"}, {"psn_no": None}, {"medfee_sumamt": "30.01"}]
)
def test_a_clinics_settlement_without_msgid_must_echo_visit_person_and_claim(members: dict[str, str]) -> None:
    """2207 names its visit in the request, so the answer must name it too."""
    content = {"data": {"psn_no": "1", "mdtrt_id": "M1", "medfee_sumamt": "30.00"}}

    outcome = proved(accepting(medins_setl_id="", **members), infno="2207", content=content)

    assert Unknown(why="WrongEcho") == outcome if members else isinstance(outcome, Accepted)


def test_a_clinics_reversal_is_accepted_with_its_figures() -> None:
    """2208 by its msgid, and without one by its visit."""
    content = outpatient.reversal_input(psn_no="1", setl_id="S1", mdtrt_id="M1")
    negative = setlinfo_of(FIGURES.negated()) | {"setl_id": "S2", "mdtrt_id": "M1", "psn_part_amt": None}

    for medins_setl_id in (MSGID, ""):
        outcome = proved(enveloped(output={"setlinfo": negative | {"medins_setl_id": medins_setl_id}}), infno="2208", content=content)
        assert isinstance(outcome, Accepted)
        assert (FIGURES.negated(), "S2", "M1") == (outcome.figures, outcome.setl_id, outcome.mdtrt_id)
    foreign = negative | {"medins_setl_id": "", "mdtrt_id": "M2"}
    assert Unknown(why="WrongEcho") == proved(enveloped(output={"setlinfo": foreign}), infno="2208", content=content)


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        ({"data": {"mdtrt_id": "M1", "ipt_otp_no": "MZ202603020001"}}, "M1"),
        ({"data": {"mdtrt_id": "M1", "ipt_otp_no": "MZ202603020002"}}, Unknown(why="WrongEcho")),
        ({"data": {"mdtrt_id": "", "ipt_otp_no": "MZ202603020001"}}, Unknown(why="NoOutput")),
        (None, Unknown(why="NoOutput")),
    ],
)
def test_a_registration_is_believed_when_it_names_ours(output: dict[str, Any] | None, expected: object) -> None:
    """Success without a visit, or with another registration's, is no success."""
    outcome = proved(enveloped(output=output), infno="2201", content=requests()["2201"])

    assert expected == (outcome.mdtrt_id if isinstance(outcome, Accepted) else outcome)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [(["1", "2"], None), (["2", "1"], None), (["1"], "WrongEcho"), (["1", "2", "2"], "WrongEcho"), ([], "WrongEcho"), ([""], "NoOutput")],
)
def test_an_upload_is_believed_when_every_line_came_back(lines: list[str], expected: str | None) -> None:
    """Each line has its result, once; what the result says is not judged here."""
    output = {"result": [{"feedetl_sn": line, "det_item_fee_sumamt": "1.00"} for line in lines]}

    outcome = proved(enveloped(output=output), infno="2204", content=requests()["2204"])

    assert isinstance(outcome, Accepted) if expected is None else Unknown(why=expected) == outcome


@pytest.mark.parametrize("infno", ["2202", "2203", "2203A", "2205"])
def test_a_step_without_output_is_accepted(infno: str) -> None:
    """There is nothing that it could name."""
    assert Accepted(output={}) == proved(enveloped(output=None), infno=infno, content=requests()[infno])


def test_another_msgid_is_a_wrong_echo() -> None:
    """An answer about somebody else's request says nothing about ours."""
    assert Unknown(why="WrongEcho") == proved(accepting(medins_setl_id=MSGID[:-1] + "1"))


@pytest.mark.parametrize("words", ["该社会保障卡已挂失，不能使用", "医疗费总额与明细合计不符", ""])
def test_a_business_refusal_of_a_first_delivery_is_rejected(words: str) -> None:
    """Its words are free text."""
    assert Rejected(words=words) == proved(refusing(words))


def test_a_captured_refusal_is_rejected() -> None:
    """``inf_refmsgid`` null is an envelope all the same."""
    outcome = proved(sent(captured("zj-2601-refused-resp")), infno="2601", content={})

    assert isinstance(outcome, Rejected)


@pytest.mark.parametrize("words", ["该社会保障卡已挂失，不能使用", "未签到，请先签到", "系统繁忙", "重复的报文标识"])
def test_a_refusal_of_a_resend_proves_nothing(words: str) -> None:
    """The first copy may have been executed, whatever this one was told."""
    assert Unknown(why="RefusedResend", words=words) == proved(refusing(words), first=False)


def test_a_gateway_that_promises_to_deduplicate_is_believed() -> None:
    """It answers a copy as it answered the first."""
    assert Rejected(words="余额不足") == proved(refusing("余额不足"), first=False, dedups=True)


@pytest.mark.parametrize("words", ["重复的报文标识：1", "结算信息已存在"])
@pytest.mark.parametrize("dedups", [True, False])
def test_duplicate_is_unknown_even_on_a_first_delivery(words: str, dedups: bool) -> None:  # noqa: FBT001 - a case
    """A front end may have doubled it."""
    assert Unknown(why="Duplicate", words=words) == proved(refusing(words), dedups=dedups)


@pytest.mark.parametrize(
    ("words", "why"), [("未签到，请先签到", "sign_in"), ("签到已失效", "sign_in"), ("inf_time 时间偏差过大", "clock"), ("系统繁忙", "load")]
)
def test_a_refusal_before_any_business_is_a_retry(words: str, why: str) -> None:
    """Sign-in, clock and load are mended and the same msgid goes again, after the pause that was asked for."""
    assert Retry(why=why, words=words, retry_after="7") == proved(refusing(words))  # type: ignore[arg-type]


@pytest.mark.parametrize("first", [True, False])
def test_too_many_requests_is_a_retry_of_a_first_delivery_only(first: bool) -> None:  # noqa: FBT001 - a case
    """HTTP 429 refuses this copy and says nothing of an earlier one."""
    outcome = proved(b"", status=429, first=first)

    assert (Retry(why="load", words="HTTP 429", retry_after="7") if first else Unknown(why="HTTP 429")) == outcome


@pytest.mark.parametrize("status", [201, 204, 302, 400, 404, 500, 502, 503, 504])
def test_any_other_status_is_unknown(status: int) -> None:
    """Even beside a body that accepts: it is not the centre that speaks."""
    assert Unknown(why=f"HTTP {status}") == proved(accepting(), status=status)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"<html>502 Bad Gateway</html>", id="html"),
        pytest.param(accepting()[:-1], id="truncated"),
        pytest.param(accepting() + b"{}", id="two"),
        pytest.param(b"null", id="null"),
        pytest.param(b"[]", id="list"),
        pytest.param(b"\xff\xfe{}", id="no UTF-8"),
        pytest.param('{"type":"error","infcode":-1,"err_msg":"异常流水号"}'.encode(), id="the gateway's own, captured"),
        pytest.param(b'{"code":"999","msg":"x"}', id="middle platform, captured"),
        pytest.param(b'{"message":"x","success":false,"code":500159}', id="e-certificate service, captured"),
        pytest.param(b'{"code":1,"type":"e","message":"x","data":null}', id="older gateway, captured"),
        pytest.param(b'{"infcode":0,"infcode":-1,"inf_refmsgid":"1"}', id="a member twice"),
        pytest.param(b'{"infcode":NaN,"inf_refmsgid":"1"}', id="NaN"),
        pytest.param(b'{"infcode":null,"inf_refmsgid":"1"}', id="no infcode"),
        pytest.param(b'{"infcode":"","inf_refmsgid":"1"}', id="empty infcode"),
        pytest.param(b'{"infcode":0,"inf_refmsgid":"1","output":"\\ud800"}', id="half a character"),
        pytest.param(b'{"infcode":0,"inf_refmsgid":"1","output":' + b'{"a":' * 40 + b"1" + b"}" * 41, id="deep"),
        pytest.param(b"[" * 100_000, id="very deep"),
    ],
)
def test_a_body_that_is_no_envelope_is_unknown(body: bytes) -> None:
    """Nothing may be concluded from it, on a first delivery or later."""
    assert isinstance(proved(body), Unknown)


@pytest.mark.parametrize(
    "members",
    [
        {"setl_id": None},
        {"setl_id": ""},
        {"medfee_sumamt": None},
        {"medfee_sumamt": ""},
        {"acct_pay": "4.525"},
        {"acct_pay": "x"},
        {"acct_pay": True},
        {"acct_pay": []},
        {"medfee_sumamt": "1e999999999"},
        {"fund_pay_sumamt": "12345678901234567"},
    ],
)
def test_a_settlement_that_cannot_be_read_is_unknown(members: dict[str, object]) -> None:
    """Infcode 0 beside amounts that are none is no acceptance."""
    assert isinstance(proved(accepting(**members)), Unknown)


@pytest.mark.parametrize("output", [None, {}, {"setlinfo": None}, {"setlinfo": []}, {"setlinfo": "S1"}, ""])
def test_an_acceptance_without_setlinfo_is_unknown(output: object) -> None:
    """Success with nothing in it: something may have been settled."""
    assert Unknown(why="NoSetlinfo") == proved(enveloped(output=output))


def test_what_moves_no_money_needs_no_echo() -> None:
    """A question is answered by its output."""
    assert Accepted(output={"x": "1"}) == proved(enveloped(output={"x": 1}), infno="5206", content={})


def test_not_sent_is_unreachable_unless_an_earlier_copy_was() -> None:
    """A resend that did not leave says nothing of the copy that did."""
    exchange = NotSent(why="ConnectionRefused")

    first = classify("2102", exchange, msgid=MSGID, first_delivery=True, words=Refusals())
    later = classify("2102", exchange, msgid=MSGID, first_delivery=False, words=Refusals())

    assert (Unreachable(why="ConnectionRefused"), Unknown(why="ConnectionRefused")) == (first, later)


@pytest.mark.parametrize("first", [True, False])
def test_no_answer_is_unknown(first: bool) -> None:  # noqa: FBT001 - a case
    """Something may have been sent."""
    outcome = classify("2102", NoAnswer(why="ReadTimeout"), msgid=MSGID, first_delivery=first, words=Refusals())

    assert Unknown(why="ReadTimeout") == outcome


@given(body=st.binary(max_size=200) | st.text(max_size=200).map(str.encode), status=st.sampled_from([200, 400, 500]))
def test_noise_is_never_a_verdict(body: bytes, status: int) -> None:
    """Whatever bytes come, none but an envelope accepts or rejects, and none raises."""
    assert isinstance(proved(body, status=status), Unknown)


@given(at=st.integers(0, 10_000), byte=st.integers(0, 255))
def test_a_changed_byte_never_changes_the_msgid(at: int, byte: int) -> None:
    """An acceptance with one byte changed is ours or unknown: never a refusal, never somebody else's."""
    body = bytearray(accepting())
    body[at % len(body)] = byte

    outcome = proved(bytes(body))

    assert isinstance(outcome, Unknown | Accepted) or b'"infcode": 0' not in bytes(body)
