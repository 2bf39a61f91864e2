"""A clinic as the centre sees it: registers, tells, uploads, settles, and takes each of them back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import count
from typing import Any

from clearing.visits import Institution, designate
from nhsa import fee_lines, outpatient, queries, registration, visit
from nhsa.registration import Presented
from nhsa.settlement import SetlInfo
from settlement.bill import Bill, Line, Venue
from settlement.figures import Figures
from settlement.visit import Batch, Department, Diagnosis, Doctor, Maternity, Registration, Visit
from tests.clearing.counter import ANNA, AREA, CARD_NO, Counter, Office

CLINIC, OTHER_CLINIC = "H99010000001", "H99010000002"
AT = "2026-03-02 09:00:00"
INTERNAL = Department(code="A03", name="内科", caty="A03")
DENTAL = Department(code="A12", name="口腔科", caty="A12")
DOCTOR = Doctor(code="D990100000001", name="演示医师")
BY_CARD = Presented(psn_no=ANNA.psn_no, mdtrt_cert_type="03", mdtrt_cert_no=CARD_NO)
BY_IDENTITY = Presented(psn_no=ANNA.psn_no, mdtrt_cert_type="02", mdtrt_cert_no=ANNA.certno)
COLD = Diagnosis(diag_code="J00.x00", diag_name="急性鼻咽炎", diag_time=AT)


def open_clinics(office: Office) -> Office:
    """Designate two clinics of the first level at a centre."""
    with office.database.transaction() as db:
        for code in (CLINIC, OTHER_CLINIC):
            designate(db, Institution(fixmedins_code=code, venue=Venue.CLINIC, hosp_lv="1"))
    return office


def registered(number: str, *, department: Department = INTERNAL) -> Registration:
    """Return a registration under the clinic's own number."""
    return Registration(ipt_otp_no=number, begntime=AT, department=department, doctor=DOCTOR)


def fee(feedetl_sn: str, total_fen: int, **members: object) -> Line:
    """Return a service of class A."""
    standard: dict[str, object] = {
        "feedetl_sn": feedetl_sn,
        "medins_list_codg": f"F{feedetl_sn}",
        "name": "演示诊疗",
        "cnt_e4": 1_0000,
        "pric_e6": total_fen * 10_000,
        "chrgitm_lv": "01",
        "goods_kind": "医疗服务",
    }
    return Line(**{**standard, **members})  # type: ignore[arg-type]


REGISTRATION_FEE = (fee("1", 5_00),)
CONSULTATION = (
    fee("2", 10_00),
    fee("3", 25_00, chrgitm_lv="02", selfpay_prop_e4=1000, pric_uplmt_e6=24_000_000, goods_kind="国药准字", name="演示胶囊"),
    fee("4", 5_00, chrgitm_lv="03", goods_kind="日用品", name="演示笔记本"),
)
SMALL = (fee("1", 30_50),)
NOTHING = Figures(medfee_sumamt=0)


@dataclass(slots=True)
class Chain:
    """One visit at one clinic, step by step; each step must be accepted. The requests are there to be sent otherwise."""

    counter: Counter
    registration: Registration
    presented: Presented = BY_CARD
    mdtrt_id: str = ""
    figures: Figures = NOTHING
    """What the last upload was answered."""

    # --- requests --------------------------------------------------------------------------------------

    def register_input(self) -> dict[str, Any]:
        """Return the input of 2201."""
        return registration.registration_input(self.registration, self.presented)

    def cancel_input(self) -> dict[str, Any]:
        """Return the input of 2202."""
        number = self.registration.ipt_otp_no
        return registration.cancellation_input(psn_no=self.presented.psn_no, mdtrt_id=self.mdtrt_id, ipt_otp_no=number)

    def visit_input(self, med_type: str = "11", maternity: Maternity | None = None) -> dict[str, Any]:
        """Return the input of 2203; a visit for the registration fee has no diagnosis yet."""
        told = Visit(
            registration=self.registration,
            begntime=self.registration.begntime,
            med_type=med_type,
            diagnoses=() if med_type == "12" else (COLD,),
            maternity=maternity,
        )
        return visit.visit_input(told, psn_no=self.presented.psn_no, mdtrt_id=self.mdtrt_id)

    def upload_input(self, lines: Iterable[Line], *, batch: str = "B1", dise_codg: str = "") -> dict[str, Any]:
        """Return the input of 2204."""
        bill = Bill(admdvs=AREA, begntime=AT, venue=Venue.CLINIC, hosp_lv="1", med_type="11", lines=tuple(lines))
        psn_no, in_batch = self.presented.psn_no, self.batch(batch)
        return fee_lines.fee_lines_input(bill, in_batch, psn_no=psn_no, registration=self.registration, dise_codg=dise_codg)

    def take_down_input(self, batch: str = "0000") -> dict[str, Any]:
        """Return the input of 2205."""
        return fee_lines.lines_cancellation_input(psn_no=self.presented.psn_no, mdtrt_id=self.mdtrt_id, chrg_bchno=batch)

    def settle_input(self, *, batch: str = "B1", med_type: str = "11", use_account: bool = True, infno: str = "2207") -> dict[str, Any]:
        """Return the input of 2207, or of 2206."""
        builder = outpatient.settlement_input if infno == "2207" else outpatient.dry_run_input
        return builder(self.batch(batch, med_type=med_type), self.presented, self.figures, use_account=use_account)

    def batch(self, number: str, *, med_type: str = "11") -> Batch:
        """Return a batch of the visit."""
        return Batch(mdtrt_id=self.mdtrt_id, chrg_bchno=number, med_type=med_type)

    # --- steps -----------------------------------------------------------------------------------------

    def register(self) -> Chain:
        """Open the visit."""
        self.mdtrt_id = registration.read_registration(self.counter.output("2201", self.register_input())).mdtrt_id
        return self

    def tell(self, med_type: str = "11", maternity: Maternity | None = None) -> Chain:
        """Tell of the visit."""
        infno = "2203" if maternity is None else "2203A"
        assert {} == self.counter.output(infno, self.visit_input(med_type, maternity))
        return self

    def upload(self, lines: Iterable[Line] = SMALL, *, batch: str = "B1") -> Chain:
        """Upload lines."""
        results = fee_lines.read_results(self.counter.output("2204", self.upload_input(lines, batch=batch)))
        self.figures = fee_lines.uploaded(results)
        return self

    def dry_run(self, *, batch: str = "B1", med_type: str = "11") -> SetlInfo:
        """Price the batch."""
        return outpatient.read_setlinfo(self.counter.output("2206", self.settle_input(batch=batch, med_type=med_type, infno="2206")))

    def settle(self, *, batch: str = "B1", med_type: str = "11", use_account: bool = True, msgid: str = "") -> SetlInfo:
        """Settle the batch."""
        content = self.settle_input(batch=batch, med_type=med_type, use_account=use_account)
        return outpatient.read_setlinfo(self.counter.output("2207", content, msgid=msgid))

    def reverse(self, settled: SetlInfo, *, msgid: str = "") -> SetlInfo:
        """Release a settlement."""
        return outpatient.read_setlinfo(self.counter.output("2208", reversal(settled), msgid=msgid))

    def take_down(self, batch: str = "0000") -> None:
        """Cancel lines."""
        assert {} == self.counter.output("2205", self.take_down_input(batch))

    def cancel(self) -> None:
        """Take the registration back."""
        assert {} == self.counter.output("2202", self.cancel_input())

    def settlements(self) -> tuple[SetlInfo, ...]:
        """Return what 5203 finds of the visit."""
        query = queries.settlement_query(psn_no=self.presented.psn_no, mdtrt_id=self.mdtrt_id)
        return queries.read_settlements(self.counter.output("5203", query))

    def visits(self, med_type: str = "") -> tuple[queries.Visit, ...]:
        """Return what 5201 finds on the day."""
        day = {"begntime": "2026-03-02 00:00:00", "endtime": "2026-03-02 23:59:59"}
        query = queries.visits_query(psn_no=self.presented.psn_no, med_type=med_type, **day)
        return queries.read_visits(self.counter.output("5201", query))


def reversal(settled: SetlInfo) -> dict[str, Any]:
    """Return the input of 2208."""
    return outpatient.reversal_input(psn_no=settled.psn_no or ANNA.psn_no, setl_id=settled.setl_id, mdtrt_id=settled.mdtrt_id)


_NUMBERS = count(1)


def movements(office: Office) -> list[tuple[str, int, int, int, int]]:
    """Return (infno, total, fund, account, cash) of everything in the ledger."""
    return [(row["infno"], *row["movements"].values()) for row in office.ledger()["settlements"]]


def chain(office: Office, *, presented: Presented = BY_CARD, clinic: str = CLINIC) -> Chain:
    """Return a visit that is not registered yet, at a clinic that has signed in."""
    return Chain(counter=office.counter(shop=clinic), registration=registered(f"MZ{next(_NUMBERS):04d}"), presented=presented)
