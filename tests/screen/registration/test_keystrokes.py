"""What registering costs at the keyboard, on the real desk beside a real centre. Each number is exact."""

from __future__ import annotations

from offline_queue.fold import Standing
from terminal.screen.registration.lists import CancelMode
from terminal.screen.registration.registering import RegisteringMode
from terminal.screen.registration.ticket import TicketMode
from tests.screen.cashier.clerk import Clerk
from tests.screen.conftest import Measure
from tests.screen.registration.clinic import Clinic
from tests.screen.registration.conftest import Open
from tests.screen.registration.staged import SURGERY


def registered(clerk: Clerk, clinic: Clinic, role: str, initials: str) -> str:
    """Register somebody by initials, go on, and return the settlement."""
    clerk.press(*initials, "enter", "f8")
    clerk.pin(clinic.pin(role))
    clerk.mode(TicketMode)
    clerk.press("enter")
    clerk.mode(RegisteringMode)
    return clinic.last().subject


def test_new_department(opened: Open, clinic: Clinic, measure: Measure) -> None:
    """``nk``, Enter, F8, and the PIN: the visit stands at the centre, told as a registration, and is settled."""
    with opened(card="first") as clerk:
        clerk.press("n", "k", "enter", "f8")
        clerk.pin(clinic.pin("first"))
        clerk.mode(TicketMode)

        measure("registration, new department", 4, clerk)
        assert 7 == clerk.digits
        sale = clinic.last()
        clerk.expect("已挂号", "内科", "演示医师甲 普通", clinic.queue_number(sale.subject), clinic.visit_number(sale.subject))
    assert sale.figures is not None
    assert (Standing.ACCEPTED, 1000) == (sale.standing, sale.figures.acct_pay)
    number = clinic.visit_number(sale.subject)
    assert [""] == [visit["cancelled"] for visit in clinic.visits() if visit["ipt_otp_no"] == number]


def test_same_department_as_last_time(opened: Open, clinic: Clinic, measure: Measure) -> None:
    """The next day the card alone chooses it: F8 and the PIN."""
    with opened(card="second") as clerk:
        registered(clerk, clinic, "second", "wk")
    clinic.stage.set_clock("2026-03-03 08:30:00")
    with opened(card="second") as clerk:
        clerk.until("as last time", lambda: clerk.till.bill.registering == SURGERY and clerk.till.split)
        clerk.press("f8")
        clerk.pin(clinic.pin("second"))
        clerk.mode(TicketMode)

        measure("registration, same department as last time", 1, clerk)
        assert "01-1" == clinic.queue_number(clinic.last().subject)
    assert Standing.ACCEPTED is clinic.last().standing


def test_cancel(opened: Open, clinic: Clinic, measure: Measure) -> None:
    """F6 lists this person's registrations, the newest highlighted; Enter, the reason, F8, the PIN: the visit is gone at the centre."""
    with opened(card="first") as clerk:
        subject = registered(clerk, clinic, "first", "zy")
        number = clinic.visit_number(subject)
        clerk.counted_from_here()
        clerk.press("f6")
        clerk.mode(CancelMode)
        clerk.expect("中医科")
        clerk.press("enter", "1", "f8")
        clerk.pin(clinic.pin("first"))
        clerk.expect("已撤销")

        measure("cancel a registration", 4, clerk)
        clerk.until("the list says so", lambda: any(one.cancelled for one in clerk.registrar.today))
    assert Standing.REVERSED is clinic.last().standing
    clinic.until("taken down", lambda: next(visit for visit in clinic.visits() if visit["ipt_otp_no"] == number)["cancelled"])


def test_second_department_on_the_same_day(opened: Open, clinic: Clinic, measure: Measure) -> None:
    """A notice beside the work: as many keys as the first."""
    clinic.stage.set_clock("2026-03-04 08:30:00")
    with opened(card="second") as clerk:
        registered(clerk, clinic, "second", "nk")
        clerk.counted_from_here()
        clerk.press("w", "k", "enter")
        clerk.expect("今日已挂内科", "演示医师甲")
        clerk.priced()
        clerk.press("f8")
        clerk.pin(clinic.pin("second"))
        clerk.mode(TicketMode)

        measure("registration, second department of the day", 4, clerk)
    today = [visit for visit in clinic.visits() if visit["begntime"].startswith("2026-03-04")]
    assert 2 == len(today)


def test_exact_cash_without_a_card(opened: Open, clinic: Clinic, measure: Measure) -> None:
    """F8 shows what is due, F8 takes it; the ticket has its queue number all the same."""
    with opened() as clerk:
        clerk.press("e", "k", "enter", "f8", "f8")
        clerk.mode(TicketMode)

        measure("registration for exact cash", 5, clerk)
        clerk.expect("已收现金", "儿科", clinic.queue_number(clinic.last().subject))
    assert Standing.CASH is clinic.last().standing


def test_another_doctor(opened: Open, clinic: Clinic, measure: Measure) -> None:
    """The arrow after the department: one key more."""
    clinic.stage.set_clock("2026-03-05 14:00:00")
    with opened(card="first") as clerk:
        clerk.press("n", "k", "enter", "down", "f8")
        clerk.pin(clinic.pin("first"))
        clerk.mode(TicketMode)

        measure("registration with the next doctor", 5, clerk)
        clerk.expect("内科", "演示医师乙 普通")


def test_a_doctors_order(opened: Open, clinic: Clinic, measure: Measure) -> None:
    """It comes to the screen by itself: F8 charges it to its visit as a further batch."""
    clinic.stage.set_clock("2026-03-06 08:30:00")
    with opened(card="first") as clerk:
        subject = registered(clerk, clinic, "first", "nk")
        clinic.order("O-keys", clinic.visit_number(subject))
        clerk.until("the order is on the screen", lambda: clerk.till.bill.ordered and clerk.till.split)
        clerk.counted_from_here()
        clerk.press("f8")
        clerk.pin(clinic.pin("first"))
        clerk.mode(TicketMode)

        measure("charge of a doctor's order", 1, clerk)
        clerk.expect("内科", "20.00")
    assert Standing.ACCEPTED is clinic.last().standing
