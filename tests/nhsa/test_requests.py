"""What a counter sends: ids that never repeat, requests that never change, members as the interface bounds them."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.clock import CHINA
from nhsa import codes, msgid
from nhsa.correction import correction_input
from nhsa.envelope import Request
from nhsa.frozen import freeze
from nhsa.person import card_query
from nhsa.pharmacy import SettlementRequest, declared_line, reversal_input, settlement_input
from nhsa.queries import settlement_query, visits_query
from nhsa.reading import decode
from nhsa.registration import Presented
from nhsa.session import sign_in_input
from settlement.bill import Bill, LeftOut, Line, Venue
from settlement.facts import Hotlisted, SaleIntended
from settlement.figures import Figures

SHOP = "P99010000001"
NINE = datetime(2026, 3, 2, 9, 0, 0, tzinfo=CHINA)
PLAIN = Line(
    feedetl_sn="1", medins_list_codg="A001", name="演示片", cnt_e4=2_0000, pric_e6=12_500_000, chrgitm_lv="01", goods_kind="国药准字"
)
CLASS_B = Line(
    feedetl_sn="2",
    medins_list_codg="B001",
    med_list_codg="XA01",
    name="演示胶囊",
    cnt_e4=5000,
    pric_e6=333_333,
    chrgitm_lv="02",
    selfpay_prop_e4=500,
    pric_uplmt_e6=200_000,
    goods_kind="国药准字",
    drug_trac_codg=("8100000000000000001", "8100000000000000002"),
)
OUTSIDE = replace(PLAIN, feedetl_sn="3", medins_list_codg="Z001", goods_kind="日用品", chrgitm_lv="03")
SALE = SaleIntended(
    subject=f"{SHOP}202603020900000100",
    way="online",
    at="2026-03-02 09:00:00",
    bill=Bill(admdvs="990100", begntime="2026-03-02 09:00:00", venue=Venue.PHARMACY, lines=(PLAIN, CLASS_B, OUTSIDE)),
    figures=Figures(medfee_sumamt=25_17, acct_pay=25_17, psn_part_amt=25_17),
    left_out=(LeftOut(feedetl_sn="3", amount_fen=25_00, code="GOODS", zh="日用品", en="goods"),),
    pack="990100/2023-02-01",
    explanation="",
    hotlist=Hotlisted(version=0, age_s=None),
)


def sale_input(sale: SaleIntended = SALE) -> dict[str, Any]:
    """Return the input of the sale."""
    return settlement_input(sale, Presented(psn_no="1", mdtrt_cert_type=codes.CARD, mdtrt_cert_no="12345678X"))


# --- msgid -----------------------------------------------------------------------------------------------


@given(
    moments=st.lists(st.integers(-100_000, 100_000), min_size=1, max_size=60),
    repeats=st.integers(1, 5),
)
def test_ids_rise_whatever_the_clock_does(moments: list[int], repeats: int) -> None:
    """Strictly greater than the last, of one length and form, also when the clock steps back."""
    last = ""
    for offset in moments * repeats:
        fresh = msgid.next_msgid(last, NINE + timedelta(seconds=offset), institution=SHOP, till="07")
        assert fresh > last
        assert (msgid.LENGTH, SHOP, "07") == (len(fresh), fresh[:12], fresh[26:28])
        assert datetime.fromisoformat(msgid.sent_at(fresh)) >= (NINE + timedelta(seconds=offset)).replace(tzinfo=None)
        last = fresh


def test_the_hundred_and_first_of_a_second_takes_the_second_forward() -> None:
    """Two digits count a hundred; the next is a second ahead of the clock, over midnight too."""
    late = datetime(2026, 12, 31, 23, 59, 59, tzinfo=CHINA)
    made = [""]
    for _ in range(101):
        made.append(msgid.next_msgid(made[-1], late, institution=SHOP, till="01"))

    assert (f"{SHOP}202612312359590199", f"{SHOP}202701010000000100") == (made[100], made[101])
    assert 101 == len(set(made[1:]))


def test_till_and_sender_never_meet() -> None:
    """A sender's numbers are fifty above its till's, so no till has them."""
    tills = {f"{number:02d}" for number in range(50)}

    senders = {msgid.sender_of(till) for till in tills}

    assert set() == tills & senders
    assert (50, "51") == (len(senders), msgid.sender_of("01"))


# --- frozen ------------------------------------------------------------------------------------------------


def test_the_same_request_freezes_to_the_same_hash() -> None:
    """Order of members is no difference; every other change is one."""
    content = sale_input()
    shuffled = json.loads(json.dumps(dict(reversed(content.items()))))
    frozen = freeze("2102", SALE.subject, SHOP, content)

    assert frozen == freeze("2102", SALE.subject, SHOP, shuffled)
    assert content == frozen.content
    changed = [
        freeze("2101", SALE.subject, SHOP, content),
        freeze("2102", SALE.subject[:-1] + "1", SHOP, content),
        freeze("2102", SALE.subject, SHOP[:-1] + "2", content),
        freeze("2102", SALE.subject, SHOP, content | {"x": ""}),
    ]
    assert 5 == len({frozen.sha256, *(other.sha256 for other in changed)})


def test_what_crossed_the_line_freezes_to_the_same_hash() -> None:
    """The centre hashes what it decoded: no number is re-written on the way."""
    content = sale_input()
    frozen = freeze("2102", SALE.subject, SHOP, content)
    members = decode(envelope(frozen.content))

    assert frozen.sha256 == freeze("2102", SALE.subject, SHOP, members["input"]).sha256


def envelope(content: dict[str, Any], extra: dict[str, str] | None = None) -> bytes:
    """Return a whole request."""
    return Request(
        infno="2102",
        msgid=SALE.subject,
        mdtrtarea_admvs="990100",
        recer_sys_code="YBXT",
        infver="V1.0",
        opter_type="1",
        opter="demo",
        opter_name="演示",
        inf_time="2026-03-02 09:00:00",
        fixmedins_code=SHOP,
        fixmedins_name="演示药店",
        input=content,
    ).encode(extra)


def test_an_envelope_carries_what_the_area_wants_besides() -> None:
    """Extra members stand beside the national ones; empty national ones are there, as empty text."""
    members = decode(envelope({}, {"fixmedins_soft_fcty": "演示"}))

    assert ("演示", "", "") == (members["fixmedins_soft_fcty"], members["sign_no"], members["cainfo"])


# --- inputs ------------------------------------------------------------------------------------------------


def test_only_claimed_lines_are_sent() -> None:
    """What left the claim is cash; the head's total is the sum of the lines that are sent."""
    request = SettlementRequest.model_validate(sale_input())

    assert ["1", "2"] == [line.feedetl_sn for line in request.drugdetail]
    assert ("25.17", ["25.00", "0.17"]) == (request.druginfo.medfee_sumamt, [line.det_item_fee_sumamt for line in request.drugdetail])
    assert ("03", "12345678X", "1", "41", "310") == (
        request.druginfo.mdtrt_cert_type,
        request.druginfo.mdtrt_cert_no,
        request.druginfo.acct_used_flag,
        request.druginfo.med_type,
        request.druginfo.insutype,
    )


def test_a_line_survives_the_line() -> None:
    """Quantity, price, ratio, limit, kind and boxes come back exactly; goods without a national code carry their own."""
    request = SettlementRequest.model_validate(decode(json.dumps(sale_input()).encode()))

    assert [replace(PLAIN, med_list_codg="A001"), CLASS_B] == [declared_line(detail) for detail in request.drugdetail]


def test_a_prescribed_line_says_supply_and_doctor() -> None:
    """``prd_days`` and ``bilg_dr_name`` of 2102; a line without a prescription has neither."""
    lines = (replace(PLAIN, rxno="RX-1", prd_days=7, bilg_dr_name="演示医师"), CLASS_B)
    request = SettlementRequest.model_validate(sale_input(replace(SALE, bill=replace(SALE.bill, lines=lines), left_out=())))

    assert [("RX-1", "7", "演示医师"), ("", "", "")] == [(one.rxno, one.prd_days, one.bilg_dr_name) for one in request.drugdetail]


@pytest.mark.parametrize(
    ("node", "member", "value"),
    [
        ("druginfo", "psn_no", ""),
        ("druginfo", "psn_no", "1" * 31),
        ("druginfo", "psn_no", 1),
        ("druginfo", "mdtrt_cert_type", "09"),
        ("druginfo", "begntime", "2026-02-29 09:00:00"),
        ("druginfo", "medfee_sumamt", "25.171"),
        ("druginfo", "medfee_sumamt", "-25.17"),
        ("druginfo", "medfee_sumamt", "1e2"),
        ("druginfo", "acct_used_flag", "2"),
        ("drugdetail", "cnt", "0.00001"),
        ("drugdetail", "pric", "1.0000001"),
        ("drugdetail", "med_list_codg", None),
        ("drugdetail", "fee_ocur_time", "2026-03-02"),
        ("drugdetail", "unknown", "x"),
    ],
)
def test_a_claim_out_of_bounds_is_refused(node: str, member: str, value: object) -> None:
    """Types, lengths, decimals and codes are the interface's."""
    content = sale_input()
    part = content[node] if node == "druginfo" else content[node][0]
    part[member] = value

    with pytest.raises(ValueError, match=member):
        SettlementRequest.model_validate(content)


@pytest.mark.parametrize("node", ["druginfo", "drugdetail"])
def test_a_claim_without_a_node_is_refused(node: str) -> None:
    """Head and lines are both mandatory."""
    content = sale_input()
    del content[node]

    with pytest.raises(ValueError, match=node):
        SettlementRequest.model_validate(content)


def test_a_card_is_presented_with_its_code() -> None:
    """1101 by card names card number, 卡识别码 and the person; without the code it is not made."""
    asked = card_query(card_no="12345678X", card_sn="990100D1", certno="1", psn_name="演示甲", begntime="2026-03-02 09:00:00")["data"]

    assert ("03", "12345678X", "990100D1", "01") == (
        asked["mdtrt_cert_type"],
        asked["mdtrt_cert_no"],
        asked["card_sn"],
        asked["psn_cert_type"],
    )
    with pytest.raises(ValueError, match="card_sn"):
        card_query(card_no="12345678X", card_sn="", certno="1", psn_name="演示甲")


def test_questions_name_what_they_ask_for() -> None:
    """The nodes are the interface's; an unknown ``setl_id`` goes out empty."""
    assert {"data": {"psn_no": "1", "setl_id": "S", "mdtrt_id": "M"}} == reversal_input(psn_no="1", setl_id="S", mdtrt_id="M")
    assert {"data": {"psn_no": "1", "setl_id": "", "mdtrt_id": "M"}} == settlement_query(psn_no="1", mdtrt_id="M")
    assert {"data": {"psn_no": "1", "omsgid": "I", "oinfno": "2102"}} == correction_input(psn_no="1", omsgid="I", oinfno="2102")
    window = {"begntime": "2026-03-02 00:00:00", "endtime": "2026-03-02 23:59:59"}
    assert {"data": {"psn_no": "1", "med_type": "41", **window}} == visits_query(psn_no="1", med_type="41", **window)
    assert {"opter_no", "mac", "ip"} == set(sign_in_input("demo")["signIn"])


def test_a_question_is_not_corrected() -> None:
    """2601 names transactions that move money."""
    with pytest.raises(ValueError, match="1101"):
        correction_input(psn_no="1", omsgid="I", oinfno="1101")
