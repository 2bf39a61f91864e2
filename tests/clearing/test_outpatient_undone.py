"""The out-patient chain taken back: reversal, correction, cancellation, and what stays of each."""

from __future__ import annotations

from pathlib import Path

import pytest

from clearing.personality import Personality
from nhsa import correction, person
from tests.clearing.clinic import (
    CONSULTATION,
    chain,
    fee,
    movements,
    open_clinics,
    reversal,
)
from tests.clearing.counter import ACCOUNT_FEN, ANNA, Office


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """Return a centre with two people of 1000 yuan and two clinics."""
    return open_clinics(Office(tmp_path))


def test_a_reversal_releases_the_whole_settlement(office: Office) -> None:
    """Negative amounts under a new id, some null, cash in the spelling of 2208; the money is back and the lines are open."""
    visit = chain(office).register().tell().upload(CONSULTATION)
    settled = visit.settle()
    msgid = visit.counter.new_msgid()

    raw = visit.counter.output("2208", reversal(settled), msgid=msgid)["setlinfo"]

    assert (None, None, None, "-34.00", "-6.00") == tuple(
        raw[name] for name in ("psn_part_amt", "hosp_part_amt", "acct_mulaid_pay", "acct_pay", "pdn_cash_pay")
    )
    assert (msgid, visit.mdtrt_id, "11") == (raw["medins_setl_id"], raw["mdtrt_id"], raw["clr_type"])
    assert settled.setl_id != raw["setl_id"]
    assert ACCOUNT_FEN == office.available_fen() == office.person()["ledger_fen"]
    assert [("2207", 40_00, 0, 34_00, 6_00), ("2208", -40_00, 0, -34_00, -6_00)] == movements(office)
    assert office.ledger()["balanced"]
    assert settled.figures() == visit.settle().figures()


def test_the_pooled_share_of_a_reversal_returns_to_the_year(office: Office) -> None:
    """Deductible and fund are as before the visit."""
    visit = chain(office).register().tell().upload((fee("1", 1_000_00),))
    visit.reverse(visit.settle())

    told = visit.counter.output("5206", person.accumulator_query(psn_no=ANNA.psn_no, year="2026"))

    assert {"act_pay_dedc": 0, "fund_pay_sumamt": 0} == person.read_accumulators(told, "310")


def test_a_visit_is_taken_back_in_the_reverse_order(office: Office) -> None:
    """2208, 2205, 2202: then nothing of it is left to find but the two settlements."""
    visit = chain(office).register().tell().upload()
    visit.reverse(visit.settle())
    visit.take_down()
    visit.cancel()

    (row,) = office.ledger()["visits"]
    assert (office.clock.at, {"settled": 0, "unsettled": 0}) == (row["cancelled"], row["lines"])
    assert ["2207", "2208"] == [kind for kind, *_ in movements(office)]
    assert ["0", "1"] == [found.refd_setl_flag for found in visit.settlements()]


def test_a_part_is_returned_by_reversal_and_a_smaller_upload(office: Office) -> None:
    """The remainder is uploaded under the same line numbers once the old lines are down."""
    visit = chain(office).register().tell().upload(CONSULTATION)
    visit.reverse(visit.settle())
    visit.take_down("B1")

    again = visit.upload(CONSULTATION[:1]).settle()

    assert (10_00, ACCOUNT_FEN - 10_00) == (again.medfee_sumamt, office.available_fen())


@pytest.mark.parametrize("personality", list(Personality))
def test_a_correction_undoes_a_settlement_and_opens_its_lines(tmp_path: Path, personality: Personality) -> None:
    """2601 puts the money back, its msgid is refused for ever, and the batch settles under another."""
    office = open_clinics(Office(tmp_path, personality=personality))
    visit = chain(office).register().tell().upload()
    msgid = visit.counter.new_msgid()
    visit.settle(msgid=msgid)

    assert 0 == visit.counter.ask("2601", correction.correction_input(psn_no=ANNA.psn_no, omsgid=msgid, oinfno="2207")).infcode

    assert (ACCOUNT_FEN, []) == (office.available_fen(), movements(office))
    assert "该报文已被冲正，不予受理" == visit.counter.refusal("2207", visit.settle_input(), msgid=msgid)
    assert () == visit.settlements()
    assert 30_50 == visit.settle().acct_pay
    assert office.ledger()["balanced"]


def test_a_settlement_corrected_before_it_came_is_refused_when_it_comes(office: Office) -> None:
    """The tombstone names 2207 as it names 2102."""
    visit = chain(office).register().tell().upload()
    late = visit.counter.new_msgid()
    visit.counter.output("2601", correction.correction_input(psn_no=ANNA.psn_no, omsgid=late, oinfno="2207"))

    assert "该报文已被冲正，不予受理" == visit.counter.refusal("2207", visit.settle_input(), msgid=late)
    assert [] == movements(office)


def test_a_corrected_reversal_lets_the_settlement_stand(office: Office) -> None:
    """The money is taken again and the lines are paid: neither can be had twice."""
    visit = chain(office).register().tell().upload()
    settled, msgid = visit.settle(), visit.counter.new_msgid()
    visit.reverse(settled, msgid=msgid)

    visit.counter.output("2601", correction.correction_input(psn_no=ANNA.psn_no, omsgid=msgid, oinfno="2208"))

    assert ACCOUNT_FEN - 30_50 == office.available_fen()
    assert "收费批次已结算，请勿重复结算" == visit.counter.refusal("2207", visit.settle_input())
    visit.reverse(settled)
    assert (ACCOUNT_FEN, True) == (office.available_fen(), office.ledger()["balanced"])


@pytest.mark.parametrize("since", ["taken down", "settled again"])
def test_a_reversal_whose_lines_are_used_again_cannot_be_corrected(office: Office, since: str) -> None:
    """Then the settlement would pay lines that are gone, or that another one pays."""
    visit = chain(office).register().tell().upload()
    msgid = visit.counter.new_msgid()
    visit.reverse(visit.settle(), msgid=msgid)
    if since == "taken down":
        visit.take_down()
    else:
        visit.settle()
    before = movements(office)

    words = visit.counter.refusal("2601", correction.correction_input(psn_no=ANNA.psn_no, omsgid=msgid, oinfno="2208"))

    assert "原结算的费用明细已撤销或已另行结算，不能办理冲正交易" == words
    assert (before, True) == (movements(office), office.ledger()["balanced"])


def test_a_refunded_settlement_cannot_be_corrected(office: Office) -> None:
    """In the words that were captured from a real centre."""
    visit = chain(office).register().tell().upload()
    msgid = visit.counter.new_msgid()
    visit.reverse(visit.settle(msgid=msgid))

    words = visit.counter.refusal("2601", correction.correction_input(psn_no=ANNA.psn_no, omsgid=msgid, oinfno="2207"))

    assert "冲正的结算信息退费结算标志不为未退费，不能办理冲正交易" == words
