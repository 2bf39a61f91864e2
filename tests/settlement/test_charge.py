"""A charge of a visit as facts hold it, and what it makes of a sale and of its void."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from settlement import doubt, reversal
from settlement.bill import Bill, Venue
from settlement.facts import Hotlisted, SaleIntended, sale_intent_of, void_intent_of
from settlement.figures import Figures
from settlement.rule import REGISTRATION
from settlement.visit import Charge, Department, Diagnosis, Doctor, Maternity, Registration, Visit

DEPARTMENT = Department(code="0301", name="内科", caty="A03")
DOCTOR = Doctor(code="D0001", name="演*甲")
REGISTERED = Registration(ipt_otp_no="MZ0001", begntime="2026-03-02 08:30:00", department=DEPARTMENT, doctor=DOCTOR, fee_class="普通")
OPENING = Charge(visit=Visit(registration=REGISTERED, begntime=REGISTERED.begntime, med_type=REGISTRATION), chrg_bchno="B1")
ORDER = Charge(
    visit=Visit(
        registration=REGISTERED,
        begntime=REGISTERED.begntime,
        diagnoses=(
            Diagnosis(diag_code="J00.x00", diag_name="急性鼻咽炎", diag_time=REGISTERED.begntime),
            Diagnosis(diag_code="Z34.900", diag_name="妊娠", diag_time=REGISTERED.begntime, department=DEPARTMENT, doctor=DOCTOR),
        ),
        maternity=Maternity(matn_type="1", geso_val="20"),
    ),
    chrg_bchno="B2",
    opened_by="S1",
)
SALE_INTENT = SaleIntended(
    subject="S0",
    way="online",
    at="2026-03-02 08:30:00",
    bill=Bill(admdvs="990100", begntime="2026-03-02 08:30:00", venue=Venue.CLINIC),
    figures=Figures(medfee_sumamt=500, acct_pay=300, psn_cash_pay=200),
    left_out=(),
    pack="990100/2026-01-01",
    explanation="",
    hotlist=Hotlisted(version=1, age_s=0),
)


def read_back(intent: SaleIntended) -> SaleIntended:
    """Return the intent as a restart reads it."""
    return sale_intent_of(intent.subject, json.loads(json.dumps(intent.body())))


@pytest.mark.parametrize("charge", [None, OPENING, ORDER])
def test_an_intent_is_read_back_with_its_charge(charge: Charge | None) -> None:
    """Nested values come back as values; a sale of goods has none."""
    intent = replace(SALE_INTENT, charge=charge)

    assert intent == read_back(intent)


def test_an_intent_of_before_has_no_charge() -> None:
    """A journal that knew no visit reads as a sale of goods."""
    body = {name: value for name, value in SALE_INTENT.body().items() if name != "charge"}

    assert SALE_INTENT == sale_intent_of(SALE_INTENT.subject, body)


@pytest.mark.parametrize(("charge", "settles", "releases"), [(None, "2102", "2103"), (OPENING, "2207", "2208"), (ORDER, "2207", "2208")])
def test_what_settles_and_what_releases(charge: Charge | None, settles: str, releases: str) -> None:
    """A sale with a charge is 2207 wherever it is booked, and its void 2208."""
    intent = replace(SALE_INTENT, charge=charge)
    done = doubt.booked(intent, doubt.Happened(figures=intent.figures))
    void = doubt.release(intent, intent.figures, at=intent.at, void_id="V1", why="goods-kept")

    assert (settles, settles, releases) == (intent.infno, done.infno, void.infno)
    assert void == void_intent_of(void.subject, json.loads(json.dumps(void.body())))


def test_a_void_of_before_is_2103() -> None:
    """A journal that knew no visit reads as the void of a purchase."""
    void = doubt.release(SALE_INTENT, SALE_INTENT.figures, at=SALE_INTENT.at, void_id="V1", why="customer")
    body = {name: value for name, value in void.body().items() if name != "infno"}

    assert "2103" == void_intent_of("V1", body).infno


def test_a_registration_that_is_charged_is_not_voided() -> None:
    """The later charge first: it stands on the visit."""
    original = reversal.Original(subject="S1", figures=SALE_INTENT.figures, outside_fen=0, answered=True, done=True, charged_by="S2")
    state = reversal.begin(original, "S1")

    assert isinstance(state, reversal.NotVoided)
    assert ("VISIT-CHARGED", {"subject": "S1", "by": "S2"}) == (state.refusal.code, state.refusal.details)


def test_numbers_of_its_own() -> None:
    """What opens a visit takes a new one; what charges one that is open keeps the visit and takes a new batch."""
    assert ("N", "N") == (OPENING.under("N").visit.registration.ipt_otp_no, OPENING.under("N").chrg_bchno)
    assert ("MZ0001", "N", "S1") == (ORDER.under("N").visit.registration.ipt_otp_no, ORDER.under("N").chrg_bchno, ORDER.opened_by)
