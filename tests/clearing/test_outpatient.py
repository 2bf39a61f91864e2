"""The out-patient chain at the centre: a visit from registration to settlement, and what each step books."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from nhsa import fee_lines, person
from settlement.bill import Benefit, Bill, Split, Venue
from settlement.split import price
from tests.clearing.clinic import (
    BY_IDENTITY,
    CONSULTATION,
    DENTAL,
    REGISTRATION_FEE,
    chain,
    fee,
    movements,
    open_clinics,
    registered,
    reversal,
)
from tests.clearing.counter import ACCOUNT_FEN, ANNA, AREA, Office, on_card
from tests.clearing.counter import sale as pharmacy_sale


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """Return a centre with two people of 1000 yuan and two clinics."""
    return open_clinics(Office(tmp_path))


def test_a_visit_from_registration_to_settlement(office: Office) -> None:
    """Fee first, as 12, then the consultation, as 11, in one visit: each batch settles, the account pays, the books balance."""
    visit = chain(office).register().tell("12").upload(REGISTRATION_FEE, batch="B1")
    first = visit.settle(batch="B1", med_type="12")
    second = visit.tell("11").upload(CONSULTATION, batch="B2").settle(batch="B2")

    assert (5_00, 0, 5_00, 0) == first.figures().movements()
    # 25.00 over 24.00 by 1.00, first pay 2.40; the notebook is no part of the claim by the pack and stays in it as self-pay.
    assert (40_00, 5_00, 1_00, 2_40, 31_60) == tuple(
        getattr(second, name) for name in ("medfee_sumamt", "fulamt_ownpay_amt", "overlmt_selfpay", "preselfpay_amt", "inscp_scp_amt")
    )
    # Within the deductible: the account pays what is in scope and the first pay, the rest is cash.
    assert (40_00, 0, 34_00, 6_00) == second.figures().movements()
    assert () == second.figures().broken_identities()
    assert (visit.mdtrt_id, visit.mdtrt_id, "11") == (first.mdtrt_id, second.mdtrt_id, second.clr_type)
    assert ACCOUNT_FEN - 39_00 == office.available_fen() == office.person()["ledger_fen"] == second.balc
    assert [("2207", 5_00, 0, 5_00, 0), ("2207", 40_00, 0, 34_00, 6_00)] == movements(office)
    assert office.ledger()["balanced"]


def test_a_line_is_cut_as_the_local_split_cuts_it(office: Office) -> None:
    """2204 answers one row for each line, in the order sent; why a line is left to the person stands in its memo."""
    visit = chain(office).register().tell()

    output = visit.counter.output("2204", visit.upload_input(CONSULTATION))

    results = fee_lines.read_results(output)
    bill = Bill(admdvs=AREA, begntime="2026-03-02 09:00:00", venue=Venue.CLINIC, hosp_lv="1", med_type="11", lines=CONSULTATION)
    split = price(bill, office.policy(), Benefit(psn_type="11", deductible_used_fen=0, fund_paid_fen=0, account_fen=0))
    assert isinstance(split, Split)
    assert ["2", "3", "4"] == [row.feedetl_sn for row in results]
    assert list(split.cuts) == [row.cut() for row in results[:2]]
    assert (5_00, "03") == (results[2].fulamt_ownpay_amt, results[2].chrgitm_lv)
    assert split.left_out[0].zh == results[2].memo
    assert {"lmt_used_flag", "exp_content", "med_chrgitm_type", "bas_medn_flag"} <= output["result"][0].keys()


def test_the_pooled_fund_pays_above_the_deductible(office: Office) -> None:
    """1000 yuan: 700 are the person's, 80 % of the rest is the fund's, and the next visit stands above the deductible."""
    first = chain(office).register().tell().upload((fee("1", 1_000_00),)).settle().figures()
    second = chain(office).register().tell().upload((fee("1", 100_00),)).settle(use_account=False).figures()

    assert (1_000_00, 240_00, 760_00, 0, 700_00) == (*first.movements(), first.act_pay_dedc)
    assert (100_00, 80_00, 0, 20_00, 0) == (*second.movements(), second.act_pay_dedc)
    told = chain(office).counter.output("5206", person.accumulator_query(psn_no=ANNA.psn_no, year="2026"))
    assert {"act_pay_dedc": 700_00, "fund_pay_sumamt": 320_00} == person.read_accumulators(told, "310")
    assert office.ledger()["balanced"]


def test_a_registration_fee_is_not_shared_where_the_consultation_would_be(office: Office) -> None:
    """Above the deductible too: the rule says so, and the account pays."""
    chain(office).register().tell().upload((fee("1", 700_00),)).settle()

    figures = chain(office).register().tell("12").upload(REGISTRATION_FEE).settle(med_type="12").figures()

    assert (5_00, 0, 5_00, 0, 0) == (*figures.movements(), figures.act_pay_dedc)


def test_a_dry_run_says_what_the_settlement_will_and_books_nothing(office: Office) -> None:
    """Same figures and the balance after it; the visit and the msgid, no id and no time."""
    visit = chain(office).register().tell().upload(CONSULTATION)
    msgid = visit.counter.new_msgid()

    raw = visit.counter.output("2206", visit.settle_input(infno="2206"), msgid=msgid)["setlinfo"]
    dry = visit.dry_run()

    assert [] == movements(office)
    assert (None, None, visit.mdtrt_id, msgid, "11") == tuple(
        raw[name] for name in ("setl_id", "setl_time", "mdtrt_id", "medins_setl_id", "clr_type")
    )
    assert dry.figures() == visit.settle().figures()


def test_the_account_may_be_kept(office: Office) -> None:
    """``acct_used_flag`` 0: cash, and the balance stays."""
    settled = chain(office).register().tell().upload().settle(use_account=False)

    assert (0, 30_50, ACCOUNT_FEN) == (settled.acct_pay, settled.psn_cash_pay, settled.balc)


def test_what_is_earmarked_is_not_spent_at_a_clinic(office: Office) -> None:
    """An allowance on the card stays there: a clinic spends what is available, and cash is the rest."""
    visit = chain(office)
    visit.counter.refresh(on_card(0, 0, 0), limit_fen=500_00)

    settled = visit.register().tell().upload((fee("1", 600_00),)).settle()

    assert (500_00, 100_00, 0) == (settled.acct_pay, settled.psn_cash_pay, settled.balc)
    assert (0, {1: 500_00}) == (office.available_fen(), office.open_fen())
    assert office.ledger()["balanced"]


def test_an_identity_card_registers_and_settles(office: Office) -> None:
    """The person may come without the card; what was registered by card may be settled without it."""
    visit = chain(office).register()
    visit.presented = BY_IDENTITY

    assert 30_50 == visit.tell().upload().settle().acct_pay
    assert 30_50 == chain(office, presented=BY_IDENTITY).register().tell().upload().settle().acct_pay
    assert ["", ""] == [row["card_no"] for row in office.ledger()["settlements"]]


def test_a_second_department_on_the_same_day_is_a_second_visit(office: Office) -> None:
    """It has a number of its own at both sides."""
    first = chain(office).register()
    second = chain(office)
    second.registration = replace(registered("MZ-DENTAL"), department=DENTAL)

    assert first.mdtrt_id != second.register().mdtrt_id
    assert {first.mdtrt_id, second.mdtrt_id} == {visit.mdtrt_id for visit in first.visits()}


def test_the_visit_of_a_pharmacy_is_none_of_a_clinics(office: Office) -> None:
    """Numbers of visits are one series, and both kinds of settlement stand in one ledger."""
    sold = office.counter().sell(pharmacy_sale(30_50))
    visit = chain(office).register().tell().upload()
    settled = visit.settle()

    assert sold.mdtrt_id != settled.mdtrt_id
    assert ["2102", "2207"] == [row["infno"] for row in office.ledger()["settlements"]]
    assert "未找到原结算记录，不能退费" == office.counter().refusal("2208", reversal(sold))
    assert "未找到原结算记录，不能退费" == visit.counter.refusal("2103", reversal(settled))
