"""Slips of invented people at invented shops, and their golden forms: ``python -m tests.paper.samples`` writes them anew."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from settlement.bill import Bill, LeftOut, Line, Venue
from settlement.day_facts import DayClosed
from settlement.figures import Figures
from terminal.paper import escpos, plain
from terminal.paper.closing import close_sheet
from terminal.paper.sheet import Sheet
from terminal.paper.slip import COPIES, Holder, Issuer, PapersOfSlip, Slip, compose
from terminal.visits import VisitOfSlip
from tests.counter.closed_day import CLOSED

GOLDEN = Path(__file__).with_name("golden")
SUBJECT = "P99010000001202603020900000001"
ISSUER = Issuer(fixmedins_name="演示大药房", fixmedins_code="P99010000001", till="01", operator="0001", demonstration=True)
HOLDER = Holder(name="演*甲", certno="990***********0000", card_no="990*******0001", insuplc_admdvs="990100")
LINES = (
    Line(
        feedetl_sn="1",
        medins_list_codg="A001",
        name="演示胶囊",
        spec="0.25g×24粒",
        cnt_e4=20_000,
        pric_e6=15_800_000,
        full_pric_e6=18_000_000,
        chrgitm_lv="01",
        goods_kind="国药准字",
        manu_lotnum="D250101",
        expy_end="2027-01-31",
        prodentp_name="演示制药",
    ),
    Line(
        feedetl_sn="2",
        medins_list_codg="B002",
        name="演示缓释片（Ⅱ）",
        spec="30mg×7片",
        cnt_e4=5_000,
        pric_e6=43_215_000,
        chrgitm_lv="02",
        selfpay_prop_e4=1_000,
        goods_kind="国药准字",
        manu_lotnum="D250202",
        expy_end="2026-12-31",
    ),
    Line(feedetl_sn="3", medins_list_codg="C003", name="演示面霜", cnt_e4=10_000, pric_e6=25_000_000, chrgitm_lv="03", goods_kind="日用品"),
)
BILL = Bill(admdvs="990100", begntime="2026-03-02 09:00:00", venue=Venue.PHARMACY, lines=LINES, cash_step_fen=10)
LEFT_OUT = (
    LeftOut(feedetl_sn="3", amount_fen=2500, code="GOODS-NOT-PERMITTED", zh="日用品 不得用个人账户支付，现金支付。", en="Paid in cash."),
    LeftOut(feedetl_sn="", amount_fen=-6, code="CASH-ROUNDED-OFF", zh="抹零", en="Rounded off."),
)
FIGURES = Figures(
    medfee_sumamt=5321,
    preselfpay_amt=216,
    inscp_scp_amt=5105,
    act_pay_dedc=1000,
    hifp_pay=2874,
    pool_prop_selfpay=7000,
    fund_pay_sumamt=2874,
    psn_part_amt=2447,
    acct_pay=2231,
    psn_cash_pay=216,
    balc=118_769,
)
SALE = Slip(
    occasion="sale",
    subject=SUBJECT,
    at="2026-03-02 09:00:00",
    issuer=ISSUER,
    bill=BILL,
    figures=FIGURES,
    holder=HOLDER,
    left_out=LEFT_OUT,
    receipt="01-1-000001",
    setl_id="S000000000000000001",
    cash_fen=2710,
    received_fen=5000,
    change_fen=2290,
    chain="12:0123456789abcdef",
)
OFFLINE = replace(
    SALE,
    bill=replace(BILL, lines=LINES[:1], cash_step_fen=1),
    figures=Figures(medfee_sumamt=3160, inscp_scp_amt=3160, psn_part_amt=3160, acct_pay=3160),
    left_out=(),
    setl_id="",
    offline_reason="LINE-DOWN",
    allowance_left_fen=46_840,
    cash_fen=0,
    received_fen=0,
    change_fen=0,
    which="late",
    printed_at="2026-03-02 09:30:00",
)
VOID = replace(
    SALE,
    occasion="void",
    subject="P99010000001202603020910000002",
    bill=None,
    figures=FIGURES.negated(),
    left_out=(),
    original=SUBJECT,
    receipt="01-1-000002",
    cash_fen=-2710,
    received_fen=0,
    change_fen=0,
    which="again",
    again=2,
    printed_at="2026-03-02 09:40:00",
)
CASH = Slip(
    occasion="cash",
    subject="P99010000001202603020920000003",
    at="2026-03-02 09:20:00",
    issuer=ISSUER,
    bill=replace(BILL, lines=LINES[:2]),
    figures=None,
    until="2026-04-01",
    cash_fen=5320,
    chain="15:0123456789abcdef",
)
VISIT = VisitOfSlip(department="内科", doctor="演示医师甲", fee_class="普通", visit_no="H99010000002202603020910000101", queue="01-7")
CLINIC = replace(ISSUER, fixmedins_name="演示门诊部", fixmedins_code="H99010000002")
FEES = tuple(
    Line(
        feedetl_sn=str(sn),
        medins_list_codg=code,
        name=f"{name}（普通）",
        cnt_e4=10_000,
        pric_e6=pric_e6,
        chrgitm_lv="01",
        goods_kind="医疗服务",
    )
    for sn, (name, code, pric_e6) in enumerate((("挂号费", "YSG001", 1_000_000), ("诊察费", "YSZ001", 9_000_000)), 1)
)
REGISTRATION = replace(
    SALE,
    issuer=CLINIC,
    bill=replace(BILL, lines=FEES, venue=Venue.CLINIC, hosp_lv="1", med_type="12", cash_step_fen=1),
    figures=Figures(medfee_sumamt=1000, inscp_scp_amt=1000, psn_part_amt=1000, acct_pay=1000, balc=7000),
    left_out=(),
    cash_fen=0,
    received_fen=0,
    change_fen=0,
    visit=VISIT,
)
CANCELLED = replace(VOID, issuer=CLINIC, figures=REGISTRATION.figures.negated() if REGISTRATION.figures else None, cash_fen=0, visit=VISIT)
ORDER = replace(SALE, issuer=CLINIC, visit=replace(VISIT, queue=""))
REGISTRATION_IN_CASH = replace(CASH, issuer=CLINIC, bill=REGISTRATION.bill, cash_fen=1000, visit=replace(VISIT, queue="01-8"))
PRESCRIBED = replace(
    SALE,
    bill=replace(BILL, lines=tuple(replace(line, rxno="RX-20260302-7") for line in LINES[:2]), cash_step_fen=1),
    left_out=(),
    cash_fen=216,
    received_fen=0,
    change_fen=0,
    papers=PapersOfSlip(
        written_on="2026-03-02", supply_days=7, doctor="演示医师 演示医院", pharmacist="演示药师", buyer="演*乙 990***********0005"
    ),
)
SAMPLES: dict[str, Slip | DayClosed] = {
    "sale": SALE,
    "offline": OFFLINE,
    "void": VOID,
    "cash": CASH,
    "registration": REGISTRATION,
    "registration-void": CANCELLED,
    "registration-cash": REGISTRATION_IN_CASH,
    "order": ORDER,
    "close": CLOSED,
    "prescription": PRESCRIBED,
}
PAPERS = {"58mm": 32, "80mm": 48}


def sheets(name: str) -> list[Sheet]:
    """Return what the printer gets of a sample: both copies of a slip, with the code; of a close its one sheet."""
    sample = SAMPLES[name]
    if isinstance(sample, DayClosed):
        return [close_sheet(sample, ISSUER.stamp)]
    return [compose(sample, copy, code=True) for copy in COPIES[2]]


def text(name: str, paper: str) -> str:
    """Return a sample as the headless till hands it over; a close as a printer that takes text gets it."""
    sample = SAMPLES[name]
    return plain.render((compose(sample),) if isinstance(sample, Slip) else sheets(name), PAPERS[paper])


def job(name: str, paper: str) -> bytes:
    """Return a sample as the printer gets it."""
    return escpos.render(sheets(name), PAPERS[paper])


def readable(content: bytes) -> str:
    """Return bytes as lines that end where the printer's lines do: hexadecimal, and what it means, controls as pictures."""
    lines = []
    for part in content.splitlines(keepends=True):
        meaning = "".join(chr(0x2400 + ord(mark)) if mark < " " else mark for mark in part.decode("gbk"))
        lines.append(f"{part.hex(' ')}  |{meaning}|")
    return "\n".join(lines) + "\n"


def goldens() -> dict[str, str]:
    """Return every golden file by its name."""
    texts = {f"{name}-{paper}.txt": text(name, paper) for name in SAMPLES for paper in PAPERS}
    jobs = {f"{name}-{paper}.bytes": readable(job(name, paper)) for name in SAMPLES for paper in PAPERS}
    return texts | jobs


def main() -> None:
    """Write the golden files anew."""
    for name, content in goldens().items():
        (GOLDEN / name).write_text(content, encoding="utf-8")


if __name__ == "__main__":
    main()
