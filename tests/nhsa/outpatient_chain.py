"""A visit at the demonstration clinic and the requests of its chain, built by the product's own builders."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from nhsa import fee_lines, outpatient, registration, visit
from nhsa.registration import Presented
from settlement.bill import Bill, LeftOut, Line, Venue
from settlement.figures import Figures
from settlement.visit import Batch, Department, Diagnosis, Doctor, Maternity, Registration, Visit

AT = "2026-03-02 09:00:00"
REGISTRATION = Registration(
    ipt_otp_no="MZ202603020001",
    begntime=AT,
    department=Department(code="A03", name="内科", caty="A03"),
    doctor=Doctor(code="D990100000001", name="演示医师"),
)
PRESENTED = Presented(psn_no="990100000000000001", mdtrt_cert_type="03", mdtrt_cert_no="12345678X")
COLD = Diagnosis(diag_code="J00.x00", diag_name="急性鼻咽炎", diag_time=AT)
VISIT = Visit(registration=REGISTRATION, begntime=AT, diagnoses=(COLD,), main_cond_dscr="咽痛两天")
DATED = Maternity(birctrl_type="1", birctrl_matn_date="2026-07-01")
MATERNITY = Visit(
    registration=REGISTRATION, begntime=AT, med_type="51", diagnoses=(COLD,), maternity=replace(DATED, matn_type="1", geso_val="22")
)
BATCH = Batch(mdtrt_id="300000002", chrg_bchno="MZ2026030200010001")
CONSULTATION = Line(
    feedetl_sn="1", medins_list_codg="F001", name="诊查费", cnt_e4=1_0000, pric_e6=10_000_000, chrgitm_lv="01", goods_kind="医疗服务"
)
CAPSULES = Line(
    feedetl_sn="2",
    medins_list_codg="B001",
    med_list_codg="XA01",
    name="演示胶囊",
    cnt_e4=2_0000,
    pric_e6=12_500_000,
    chrgitm_lv="02",
    selfpay_prop_e4=1000,
    pric_uplmt_e6=12_000_000,
    goods_kind="国药准字",
    rxno="CF0001",
    drug_trac_codg=("8100000000000000001", "8100000000000000002"),
)
NOTEBOOK = Line(
    feedetl_sn="3", medins_list_codg="Z001", name="笔记本", cnt_e4=1_0000, pric_e6=5_000_000, chrgitm_lv="03", goods_kind="日用品"
)
BILL = Bill(admdvs="990100", begntime=AT, venue=Venue.CLINIC, hosp_lv="1", med_type="11", lines=(CONSULTATION, CAPSULES, NOTEBOOK))
LEFT_OUT = (LeftOut(feedetl_sn="3", amount_fen=5_00, code="GOODS-NOT-PERMITTED", zh="日用品", en="goods"),)
UPLOADED = Figures(medfee_sumamt=35_00, overlmt_selfpay=1_00, preselfpay_amt=2_40, inscp_scp_amt=31_60)


def requests() -> dict[str, dict[str, Any]]:
    """Return the input of each transaction of the chain."""
    psn_no, mdtrt_id = PRESENTED.psn_no, BATCH.mdtrt_id
    return {
        "2201": registration.registration_input(REGISTRATION, PRESENTED),
        "2202": registration.cancellation_input(psn_no=psn_no, mdtrt_id=mdtrt_id, ipt_otp_no=REGISTRATION.ipt_otp_no),
        "2203": visit.visit_input(VISIT, psn_no=psn_no, mdtrt_id=mdtrt_id),
        "2203A": visit.visit_input(MATERNITY, psn_no=psn_no, mdtrt_id=mdtrt_id),
        "2204": fee_lines.fee_lines_input(BILL, BATCH, psn_no=psn_no, registration=REGISTRATION, left_out=LEFT_OUT),
        "2205": fee_lines.lines_cancellation_input(psn_no=psn_no, mdtrt_id=mdtrt_id),
        "2206": outpatient.dry_run_input(BATCH, PRESENTED, UPLOADED),
        "2207": outpatient.settlement_input(BATCH, PRESENTED, UPLOADED, invono="F0001", lines=BILL.lines),
        "2208": outpatient.reversal_input(psn_no=psn_no, setl_id="S1", mdtrt_id=mdtrt_id),
    }
