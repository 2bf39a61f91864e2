"""What 5201, 5203 and the export say of the out-patient chain."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.clearing.clinic import (
    CLINIC,
    CONSULTATION,
    REGISTRATION_FEE,
    chain,
    open_clinics,
)
from tests.clearing.counter import ANNA, CARD_NO, Office


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """Return a centre with two people of 1000 yuan and two clinics."""
    return open_clinics(Office(tmp_path))


def test_a_lost_answer_is_found_by_person_window_and_type(office: Office) -> None:
    """5201 lists each settlement of the type, 5203 gives it with our msgid, in the spelling of queries."""
    visit = chain(office).register().tell("12").upload(REGISTRATION_FEE)
    fee_msgid, msgid = visit.counter.new_msgid(), visit.counter.new_msgid()
    visit.settle(med_type="12", msgid=fee_msgid)
    settled = visit.tell("11").upload(CONSULTATION, batch="B2").settle(batch="B2", msgid=msgid)

    (found,) = visit.visits("11")
    assert (visit.mdtrt_id, settled.setl_id, visit.registration.ipt_otp_no) == (found.mdtrt_id, found.setl_id, found.ipt_otp_no)
    assert [fee_msgid, msgid] == [row.medins_setl_id for row in visit.settlements()]
    assert settled.figures() == visit.settlements()[1].figures()
    assert 1 == len(visit.visits("12"))
    assert 2 == len(visit.visits())
    assert () == visit.visits("41") == visit.visits("51")


def test_a_lost_registration_is_found_by_its_own_number(office: Office) -> None:
    """A visit of which nothing is told or settled is listed under any clinic's type, without a settlement; cancelled, it is not."""
    visit = chain(office).register()

    for med_type in ("", "11", "12", "51"):
        (found,) = visit.visits(med_type)
        assert (visit.mdtrt_id, "", visit.registration.ipt_otp_no) == (found.mdtrt_id, found.setl_id, found.ipt_otp_no)
    assert () == visit.visits("41")
    assert () == visit.settlements()
    visit.tell("12")
    assert (1, 0) == (len(visit.visits("12")), len(visit.visits("11")))
    visit.cancel()
    assert () == visit.visits()


def test_a_refunded_settlement_is_listed_with_its_refund(office: Office) -> None:
    """5203 spells both as queries do, and the reversal with its nulls."""
    visit = chain(office).register().tell().upload()
    settled = visit.settle()
    refund = visit.reverse(settled)

    found = visit.settlements()

    assert [settled.setl_id, refund.setl_id] == [row.setl_id for row in found]
    assert [settled.figures(), refund.figures()] == [row.figures() for row in found]


def test_the_export_says_who_where_and_what(office: Office) -> None:
    """Settlements with infno, msgid, original, type and person; visits with what was registered and told of them."""
    visit = chain(office).register().tell().upload(CONSULTATION)
    first, second = visit.counter.new_msgid(), visit.counter.new_msgid()
    visit.reverse(visit.settle(msgid=first), msgid=second)

    ledger = json.loads(json.dumps(office.ledger()))

    rows = [tuple(row[name] for name in ("infno", "msgid", "original", "med_type", "card_no")) for row in ledger["settlements"]]
    assert [("2207", first, "", "11", CARD_NO), ("2208", second, first, "11", CARD_NO)] == rows
    (row,) = ledger["visits"]
    assert (visit.mdtrt_id, CLINIC, ANNA.certno, "11", "") == tuple(
        row[name] for name in ("mdtrt_id", "fixmedins_code", "certno", "med_type", "cancelled")
    )
    assert "内科" == row["registration"]["dept_name"]
    assert "J00.x00" == row["told"]["diseinfo"][0]["diag_code"]
    assert {"settled": 0, "unsettled": 3} == row["lines"]
