"""The visit of a doctor's order in another program's bill: read whole, or refused by the key that is wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from settlement.bill import Venue
from settlement.visit import Diagnosis, Maternity
from terminal import handed_in
from terminal.open_bill import open_bill_of
from terminal.open_visit import Ordered
from tests.counter.goods import AT
from tests.counter.test_handed_in import LINE
from tests.journal.entries import opened

DIAGNOSIS = {"code": "J06.900", "name": "急性上呼吸道感染"}
VISIT: dict[str, Any] = {"ipt_otp_no": "V-1", "diagnoses": [DIAGNOSIS]}
PREGNANT: dict[str, Any] = {**VISIT, "med_type": "51", "maternity": {"birctrl_matn_date": "2026-02-01", "geso_val": "20"}}


class Clinic:
    """Where the bill is made."""

    admdvs, venue, hosp_lv = "990100", Venue.CLINIC, "1"


def bill(directory: Path, visit: object) -> Path:
    """Write a bill with a visit and return its file."""
    path = directory / "given.json"
    path.write_text(json.dumps({"id": "O-1", "lines": [LINE], "visit": visit}, ensure_ascii=False), encoding="utf-8")
    return path


def test_an_order_comes_to_the_screen_with_its_visit(tmp_path: Path) -> None:
    """It is kept with the bill, and priced as what it is."""
    with opened(tmp_path / "till") as journal:
        given = handed_in.hand_in(journal.directory, bill(tmp_path, {**VISIT, "main_cond_dscr": "发热两天"}))
        (waiting,) = handed_in.waiting(journal.directory)
        offered = handed_in.offer(journal, waiting)

    assert offered is not None
    assert offered.ordered == given.visit
    assert offered.ordered == Ordered(
        number="V-1",
        med_type="11",
        diagnoses=(Diagnosis(diag_code="J06.900", diag_name="急性上呼吸道感染", diag_time=""),),
        main_cond_dscr="发热两天",
    )
    assert offered == open_bill_of(json.loads(json.dumps(offered.body())))
    priced = offered.bill(Clinic(), AT)
    assert ("11", "310") == (priced.med_type, priced.insutype)


def test_maternity_and_another_scheme(tmp_path: Path) -> None:
    """What the transactions carry of a pregnancy; a scheme that nobody prices here is read all the same, to be refused in words."""
    pregnant = handed_in.read(bill(tmp_path, PREGNANT)).visit
    by_receipt = {"receipt": "01-1-000017", "diagnoses": [{**DIAGNOSIS, "type": "2"}], "insutype": "410"}
    injured = handed_in.read(bill(tmp_path, by_receipt)).visit

    assert pregnant is not None
    assert ("51", Maternity(birctrl_matn_date="2026-02-01", geso_val="20")) == (pregnant.med_type, pregnant.maternity)
    assert injured is not None
    assert ("01-1-000017", "410", "2") == (injured.number, injured.insutype, injured.diagnoses[0].diag_type)


@pytest.mark.parametrize(
    ("visit", "key"),
    [
        ([], "visit"),
        ({**VISIT, "doctor": "x"}, "visit.doctor?"),
        ({"diagnoses": [DIAGNOSIS]}, "visit.ipt_otp_no"),
        ({**VISIT, "receipt": "01-1-000017"}, "visit.ipt_otp_no"),
        ({**VISIT, "ipt_otp_no": ""}, "visit.ipt_otp_no"),
        ({**VISIT, "ipt_otp_no": "x" * 31}, "visit.ipt_otp_no"),
        ({**VISIT, "ipt_otp_no": 7}, "visit.ipt_otp_no"),
        ({**VISIT, "ipt_otp_no": "a\nb"}, "visit.ipt_otp_no"),
        ({**VISIT, "med_type": "12"}, "visit.med_type"),
        ({**VISIT, "med_type": ["11"]}, "visit.med_type"),
        ({**VISIT, "insutype": "工伤"}, "visit.insutype"),
        ({**VISIT, "main_cond_dscr": "x" * 1001}, "visit.main_cond_dscr"),
        ({"ipt_otp_no": "V-1"}, "visit.diagnoses"),
        ({**VISIT, "diagnoses": []}, "visit.diagnoses"),
        ({**VISIT, "diagnoses": [DIAGNOSIS] * 100}, "visit.diagnoses"),
        ({**VISIT, "diagnoses": ["J06"]}, "visit.diagnoses[]"),
        ({**VISIT, "diagnoses": [{**DIAGNOSIS, "code": "x" * 21}]}, "visit.diagnoses[].code"),
        ({**VISIT, "diagnoses": [{"code": "J06"}]}, "visit.diagnoses[].name"),
        ({**VISIT, "diagnoses": [{**DIAGNOSIS, "type": "4"}]}, "visit.diagnoses[].type"),
        ({**VISIT, "maternity": {"birctrl_matn_date": "2026-02-01"}}, "visit.maternity"),
        ({**VISIT, "med_type": "51"}, "visit.maternity"),
        ({**PREGNANT, "maternity": {}}, "visit.maternity.birctrl_matn_date"),
        ({**PREGNANT, "maternity": {"birctrl_matn_date": "2026-02-30"}}, "visit.maternity.birctrl_matn_date"),
        ({**PREGNANT, "maternity": {**PREGNANT["maternity"], "geso_val": "100"}}, "visit.maternity.geso_val"),
        ({**PREGNANT, "maternity": {**PREGNANT["maternity"], "week": "1"}}, "visit.maternity.week?"),
    ],
)
def test_what_is_no_visit_is_refused_by_its_key(tmp_path: Path, visit: object, key: str) -> None:
    """Before anything is taken onto a screen."""
    with pytest.raises(handed_in.BillUnreadable) as refused:
        handed_in.read(bill(tmp_path, visit))

    assert key in refused.value.details["what"]
