"""The desk at work beside a real centre: the line down, cash and its slip, orders that are refused in words, and places that run out."""

from __future__ import annotations

from functools import partial

from offline_queue.fold import Standing
from offline_queue.registry import Department
from terminal.demo.stage import CLINIC
from terminal.screen.cashier.asking import BackMode, ConfirmMode
from terminal.screen.cashier.selling import boxes
from terminal.screen.cashier.tender import TenderMode
from terminal.screen.cashier.waiting import PinMode
from terminal.screen.registration.lists import CancelMode
from terminal.screen.registration.registering import RegisteringMode
from terminal.screen.registration.ticket import TicketMode
from tests.desk.offers import offer
from tests.screen.cashier.clerk import Clerk
from tests.screen.registration.clinic import Clinic
from tests.screen.registration.conftest import Open
from tests.screen.registration.staged import imported
from tests.screen.registration.test_keystrokes import registered

_HOUR_S = 3600


def on(clinic: Clinic, day: str) -> None:
    """Begin another day: who registered before has not registered today."""
    clinic.stage.set_clock(f"{day} 08:30:00")


def refused(clerk: Clerk, code: str) -> None:
    """Wait until F8 was refused by this code, and see that nothing was lost."""
    lines = clerk.till.bill.lines
    clerk.press("f8")
    clerk.until(code, lambda: clerk.till.last_words is not None and clerk.till.last_words.code == code)
    clerk.mode(RegisteringMode)
    assert lines == clerk.till.bill.lines


def ordered(clerk: Clerk, clinic: Clinic, number: str, visit: str, **changed: object) -> None:
    """Hand in an order and wait until it is on the screen."""
    clinic.order(number, visit, **changed)
    clerk.until("the order is on the screen", lambda: clerk.till.bill.ordered)
    assert 1 == sum(boxes(line) for line in clerk.till.bill.lines)


def test_off_line_from_the_allowance(opened: Open, clinic: Clinic) -> None:
    """No pooled share is possible on the fee, so the card pays; the chain is walked when the line is back."""
    on(clinic, "2026-03-10")
    with opened(card="first") as clerk:
        registered(clerk, clinic, "first", "nk")
        clinic.until("the card has its allowance", lambda: clinic.allowance_fen("first"))
        before = clinic.allowance_fen("first")
        clerk.until("the hotlist is of this day", lambda: (age_s := clerk.till.status.hotlist_age_s) is not None and age_s < _HOUR_S)
        clinic.cut(CLINIC)
        clerk.until("the line is down", lambda: not clerk.till.online)
        clerk.press("w", "k", "enter")
        clerk.expect("线路中断：输密码后")
        clerk.press("f8")
        clerk.pin(clinic.pin("first"))
        clerk.mode(ConfirmMode)
        clerk.wait(0.35)
        clerk.press("f8")
        clerk.mode(TicketMode)
        clerk.expect("脱机结算", "外科", "01-1")
        sale = clinic.last()
        assert (Standing.PROVISIONAL, before - 1000) == (sale.standing, clinic.allowance_fen("first"))
        clerk.press("enter")
        clinic.mend(CLINIC)
        clinic.until("the centre has it", lambda: clinic.last().standing is Standing.ACCEPTED)
    assert clinic.visit_number(sale.subject) in {visit["ipt_otp_no"] for visit in clinic.visits()}


def test_cash_while_the_line_is_down_is_settled_later(opened: Open, clinic: Clinic) -> None:
    """The slip keeps the queue number; its settlement opens the visit under a number of its own, and the cash goes back."""
    on(clinic, "2026-03-11")
    with opened() as clerk:
        clinic.cut(CLINIC)
        clerk.press("e", "k", "enter", "f8")
        clerk.mode(TenderMode)
        clerk.press("f8")
        clerk.mode(TicketMode)
        slip = clinic.last()
        number = clinic.queue_number(slip.subject)
        clerk.press("enter")
        clinic.mend(CLINIC)
    with opened(card="second") as clerk:
        clerk.send(f"{slip.subject}\r")
        clerk.pin(clinic.pin("second"))
        clerk.mode(BackMode)
        clerk.wait(0.35)
        clerk.press("f8")
        clerk.mode(TicketMode)
        clerk.press("enter")
    settled = clinic.last()

    assert (Standing.ACCEPTED, number) == (settled.standing, clinic.queue_number(settled.subject))
    assert clinic.visit_number(slip.subject) != clinic.visit_number(settled.subject)


def test_an_order_of_no_visit_of_this_person_is_refused(opened: Open, clinic: Clinic) -> None:
    """Unknown, another person's, and cancelled: each in its words, with the bill on the screen."""
    on(clinic, "2026-03-12")
    with opened(card="first") as clerk:
        subject = registered(clerk, clinic, "first", "zy")
        ordered(clerk, clinic, "O-1", "V-nobody")
        clerk.expect("不是在本机挂的号")
        refused(clerk, "VISIT-UNKNOWN")
        clerk.press("f4", "f4")
    with opened(card="second") as clerk:
        ordered(clerk, clinic, "O-2", clinic.visit_number(subject))
        refused(clerk, "VISIT-OTHER-PERSON")
        clinic.take("first")
        clerk.until("the right card", lambda: clerk.registrar.visitor is not None and clerk.till.split)
        clerk.press("f8")
        clerk.pin(clinic.pin("first"))
        clerk.mode(TicketMode)
        clerk.press("enter")


def test_an_order_of_a_cancelled_visit_is_refused(opened: Open, clinic: Clinic) -> None:
    """Nothing is charged to it, by whichever of its numbers it is named."""
    on(clinic, "2026-03-13")
    with opened(card="first") as clerk:
        registered(clerk, clinic, "first", "zy")
        receipt = clinic.last().receipt
        clerk.press("f6")
        clerk.mode(CancelMode)
        clerk.press("enter", "2", "f8")
        clerk.pin(clinic.pin("first"))
        clerk.expect("已撤销：")
        clinic.order_by("O-3", {"receipt": receipt})
        clerk.until("the order is on the screen", lambda: clerk.till.bill.ordered)
        refused(clerk, "VISIT-CANCELLED")
        clerk.press("f4", "f4")


def test_work_injury_is_said_to_be_none_of_this(opened: Open, clinic: Clinic) -> None:
    """Another scheme is not priced: the words, and the whole of it in cash."""
    on(clinic, "2026-03-16")
    with opened(card="first") as clerk:
        subject = registered(clerk, clinic, "first", "nk")
        ordered(clerk, clinic, "O-4", clinic.visit_number(subject), insutype="410")
        clerk.until("priced", lambda: clerk.till.split is not None)
        clerk.press("f8", "f8")
        clerk.mode(TicketMode)
        clerk.press("enter")
    assert Standing.CASH is clinic.last().standing


def test_places_run_out(opened: Open, clinic: Clinic) -> None:
    """The last place is taken; the next patient cannot have it, and the department says so."""
    on(clinic, "2026-03-17")
    imported(clinic.till, [offer(department=Department("K09", "皮肤科", "A13"), quota=1)])
    try:
        with opened(card="first") as clerk:
            registered(clerk, clinic, "first", "pf")
            clerk.until("the place is counted", lambda: clerk.registrar.registering.choices == [] and _full(clerk))
            clerk.press("p", "f", "enter")
            clerk.expect("本半天号已挂满：皮肤科")
    finally:
        imported(clinic.till)


def _full(clerk: Clerk) -> bool:
    return all(not one.free for one in clerk.registrar.directory.available("K09", clerk.registrar.at))


def test_the_fee_of_the_moment_is_what_is_paid(opened: Open, clinic: Clinic) -> None:
    """Another file came between the screen and F8: nothing moves, the screen shows the new fee, and the next F8 pays that."""
    on(clinic, "2026-03-18")
    with opened(card="first") as clerk:
        clerk.press("k", "q", "enter")
        clerk.until("priced", lambda: clerk.till.split)
        dearer = offer(department=Department("K07", "口腔科", "A12"), atddr_no="D990100000009", dr_name="演示医师壬")
        imported(clinic.till, [dearer])
        try:
            refused_before = clinic.records(CLINIC)
            clerk.press("f8")
            clerk.until("the other fee", lambda: clerk.till.bill.total_fen == dearer.total_fen)
            assert refused_before == clinic.records(CLINIC)
            clerk.mode(RegisteringMode)
            clerk.until("priced", lambda: clerk.till.split)
            clerk.wait(0.35)
            clerk.press("f8")
            clerk.pin(clinic.pin("first"))
            clerk.mode(TicketMode)
            clerk.press("enter")
        finally:
            imported(clinic.till)
    sale = clinic.last()
    assert sale.figures is not None
    assert dearer.total_fen == sale.figures.medfee_sumamt


def test_what_was_registered_today_outlives_the_till(opened: Open, clinic: Clinic) -> None:
    """Another start of the desk, the same card: where and under which number."""
    on(clinic, "2026-03-19")
    with opened(card="second") as clerk:
        subject = registered(clerk, clinic, "second", "nk")
    with opened(card="second") as clerk:
        (today,) = clerk.registrar.today

        assert ("内科", clinic.queue_number(subject), False) == (today.registration.department.name, today.queue, today.cancelled)
        assert clerk.till.bill.empty
        clerk.expect("今日在本机已挂号", "内科")


def _is_over(clerk: Clerk, asked: PinMode) -> bool:
    return clerk.till.mode is not asked


def test_a_new_card_is_activated_by_registering(opened: Open, clinic: Clinic) -> None:
    """The initial PIN is told and replaced by its holder, who types the new one twice; then the visit is registered without more."""
    on(clinic, "2026-03-12")
    with opened(card="visitor") as clerk:
        clerk.press("w", "k", "enter", "f8")
        for digits in (clinic.pin("visitor"), "739154", "739154"):
            asked = clerk.mode(PinMode)
            clerk.pin(digits)
            clerk.until("it was taken", partial(_is_over, clerk, asked))
            if digits == clinic.pin("visitor"):
                clerk.expect("初始密码", "新密码")
        clerk.mode(TicketMode)
        clerk.expect("外科")
        clerk.press("enter")
    clinic.until("the centre has it", lambda: clinic.last().standing is Standing.ACCEPTED)


def test_a_registration_with_a_charge_on_it_is_not_cancelled(opened: Open, clinic: Clinic) -> None:
    """It is refused in words, F1 says what comes first, and nothing has moved."""
    on(clinic, "2026-03-23")
    with opened(card="second") as clerk:
        subject = registered(clerk, clinic, "second", "nk")
        ordered(clerk, clinic, "O-6", clinic.visit_number(subject))
        clerk.until("priced", lambda: clerk.till.split is not None)
        clerk.press("f8")
        clerk.pin(clinic.pin("second"))
        clerk.mode(TicketMode)
        clerk.press("enter", "f6")
        clerk.mode(CancelMode)
        clerk.press("down", "enter", "2", "f8")
        clerk.pin(clinic.pin("second"))
        clerk.until("why not", lambda: clerk.till.last_words is not None and clerk.till.last_words.code == "VISIT-CHARGED")
        clerk.press("f1")
        clerk.expect("请先撤销那一笔收费")
    assert {Standing.ACCEPTED} == {sale.standing for sale in clinic.sales(CLINIC)[-2:]}
