"""Every screen of the desk that a shop's till does not have, with the amounts that must be readable on it."""

from __future__ import annotations

from dataclasses import replace

from settlement import refusals, reversal
from settlement.checkout.states import PaidInCash, Quoted, Settled, State
from settlement.errors import Refusal
from settlement.figures import Figures
from terminal.open_bill import OpenBill
from terminal.screen import news, visit_news
from terminal.screen.list_news import Paged, PickRow
from tests.screen.cashier.clerk import Clerk
from tests.screen.cashier.scenes import Scene
from tests.screen.cashier.staged import CUT, FINE, MSGID, UNKNOWN_PERSON, bill_of, opened, quoted_offline, settle, split_of, tell
from tests.screen.registration.staged import DESK, INTERNAL, MORNING, PATIENT, SURGERY, known, order, registered, taken, ticket

_EXPERT = ("K01", "D990100000002", "专家")
FEES = ("1.00", "9.00", "10.00")


def opening(clerk: Clerk) -> None:
    """Nothing is known yet; what is typed stands in the find line."""
    clerk.send("nk")


def empty(clerk: Clerk) -> None:
    """Nobody is here."""
    opened(clerk, replace(FINE, reader="empty"), place=DESK)


def no_registry(clerk: Clerk) -> None:
    """The departments were never imported."""
    empty(clerk)


def finding(clerk: Clerk) -> None:
    """Initials are typed; what is full says so."""
    opened(clerk, replace(FINE, now=MORNING), place=DESK)
    tell(clerk, taken((("K07", "D990100000009", "普通"), 16)))
    clerk.send("k")


def finding_nothing(clerk: Clerk) -> None:
    """No department has these letters."""
    opened(clerk, place=DESK)
    clerk.send("zzz")


def chosen(clerk: Clerk) -> None:
    """A department before a card: doctors, fee classes, the fee."""
    opened(clerk, replace(FINE, now=MORNING, reader="empty"), place=DESK)
    tell(clerk, taken((_EXPERT, 17)))
    clerk.send("nk\r")


def expert(clerk: Clerk) -> None:
    """The next doctor by the arrow, dearer."""
    chosen(clerk)
    tell(clerk, news.CardShown(PATIENT))
    clerk.press("down")


def full(clerk: Clerk) -> None:
    """The arrow passes over a doctor whose places are taken."""
    chosen(clerk)
    tell(clerk, taken((_EXPERT, 20)))
    clerk.press("down")


def as_last_time(clerk: Clerk) -> None:
    """The card is in: the department of last time stands there with its split, and F8 is the next key."""
    opened(clerk, place=DESK)
    tell(clerk, news.CardShown(PATIENT), known(last=INTERNAL))


def last_time_elsewhere(clerk: Clerk) -> None:
    """As last time, and another department earlier today: said, and F8 goes on."""
    opened(clerk, place=DESK)
    tell(clerk, news.CardShown(PATIENT), known(registered(SURGERY), last=INTERNAL))


def already_today(clerk: Clerk) -> None:
    """Registered today in the department of last time: nothing is chosen."""
    opened(clerk, place=DESK)
    gone = registered(INTERNAL, at="2026-03-02 08:05:00", queue="01-1", cancelled=True)
    tell(clerk, news.CardShown(PATIENT), known(gone, registered(SURGERY), last=SURGERY))


def second_department(clerk: Clerk) -> None:
    """A second department on the same day is a notice."""
    already_today(clerk)
    clerk.send("nk\r")


def pin(clerk: Clerk) -> None:
    """F8: the patient types the PIN."""
    as_last_time(clerk)
    settle(clerk)
    tell(clerk, news.PinAsked(None))
    clerk.send("123")


def line_down(clerk: Clerk) -> None:
    """The rule in force is said in words."""
    opened(clerk, CUT, place=DESK)
    tell(clerk, news.CardShown(UNKNOWN_PERSON), known(last=INTERNAL))


def line_down_forbidden(clerk: Clerk) -> None:
    """The area forbids it: cash, and a slip."""
    opened(clerk, replace(CUT, offline=news.Offline()), place=DESK)
    tell(clerk, news.CardShown(UNKNOWN_PERSON), known(last=INTERNAL))


def quoted(clerk: Clerk) -> None:
    """Off-line: the card's allowance pays all of the fee."""
    line_down(clerk)
    settle(clerk)
    tell(clerk, news.Asked(quoted_offline(clerk)))


def _ended(clerk: Clerk, figures: Figures | None, state: State, slip: visit_news.Ticket, *, offline: bool = False) -> None:
    sold = news.Sold(
        state=state,
        bill=bill_of(clerk),
        draft=clerk.till.bill.draft,
        received_fen=0,
        figures=figures,
        receipt="01-1-000017" if figures else "",
        offline=offline,
        ticket=slip,
    )
    tell(clerk, news.Recalled(OpenBill(draft="2")), sold)


def settled(clerk: Clerk) -> None:
    """Registered: queue number, department, doctor, and what the account paid."""
    as_last_time(clerk)
    figures = split_of(clerk).figures
    _ended(clerk, figures, Settled(subject=MSGID, figures=figures, outside_fen=0), ticket())


def settled_offline(clerk: Clerk) -> None:
    """The same from the card's allowance."""
    line_down(clerk)
    settle(clerk)
    offer = quoted_offline(clerk)
    assert isinstance(offer, Quoted)
    _ended(clerk, offer.split.figures, Settled(subject=MSGID, figures=offer.split.figures, outside_fen=0), ticket(), offline=True)


def paid_in_cash(clerk: Clerk) -> None:
    """No card: cash, a ticket and a slip for later."""
    chosen(clerk)
    _ended(clerk, None, PaidInCash(subject=MSGID, amount_fen=10_00), ticket())


def cancelling(clerk: Clerk) -> None:
    """What of today may be cancelled, one taken and its reason given."""
    opened(clerk, place=DESK)
    tell(clerk, news.CardShown(PATIENT), known(registered(INTERNAL)))
    clerk.press("f6")
    at = "2026-03-02T14:20:00+08:00"
    rows = (
        PickRow(key=MSGID, at=at, words="内科 演示医师甲 普通 01-7", amount_fen=10_00),
        PickRow(key=f"{MSGID[:-1]}1", at=at, words="外科 演示医师丙 普通 01-1", amount_fen=10_00, why_not="reversed"),
    )
    tell(clerk, Paged("voids", rows))
    clerk.press("enter", "2")


def cancelled(clerk: Clerk) -> None:
    """Cancelled: the account has it back."""
    cancelling(clerk)
    tell(clerk, known(registered(INTERNAL, cancelled=True)))
    tell(clerk, news.Undone(reversal.Voided(subject=MSGID, original=MSGID, cash_back_fen=0)))


def ordered(clerk: Clerk) -> None:
    """A doctor's order of the clinic's own system, with its visit, and the split."""
    opened(clerk, replace(FINE, bills=1), place=DESK)
    tell(clerk, news.CardShown(PATIENT), known(registered(INTERNAL)))
    tell(clerk, news.Offered(order()))


def order_charged(clerk: Clerk) -> None:
    """The order is paid."""
    ordered(clerk)
    split = split_of(clerk)
    state = Settled(subject=MSGID, figures=split.figures, outside_fen=split.outside_fen)
    _ended(clerk, split.figures, state, replace(ticket(), queue=""))


def order_typed_over(clerk: Clerk) -> None:
    """A department typed over an order: the order stands."""
    ordered(clerk)
    clerk.send("nk\r")


def refused(clerk: Clerk) -> None:
    """A card that was reported lost: the fee can be paid in cash."""
    opened(clerk, place=DESK)
    lost = replace(UNKNOWN_PERSON, refusal=Refusal(refusals.CARD_HOTLISTED, {"version": "3"}))
    tell(clerk, news.CardShown(lost))
    clerk.send("nk\r")


def why(clerk: Clerk) -> None:
    """F1: the steps by which the fee came to its shares."""
    as_last_time(clerk)
    clerk.press("f1")


SCENES = (
    Scene("opening", opening),
    Scene("empty", empty),
    Scene("no-registry", no_registry),
    Scene("finding", finding, ("10.00", "15.00")),
    Scene("finding-nothing", finding_nothing),
    Scene("chosen", chosen, FEES),
    Scene("chosen-expert", expert, ("2.00", "28.00", "30.00")),
    Scene("chosen-full", full, FEES),
    Scene("as-last-time", as_last_time, (*FEES, "80.00")),
    Scene("last-time-elsewhere", last_time_elsewhere, FEES),
    Scene("already-today", already_today, ("80.00",)),
    Scene("second-department", second_department, FEES),
    Scene("pin", pin, ("10.00", "80.00")),
    Scene("line-down", line_down, (*FEES, "300.00")),
    Scene("line-down-forbidden", line_down_forbidden, FEES),
    Scene("quoted-offline", quoted, FEES),
    Scene("settled", settled, ("10.00",)),
    Scene("settled-offline", settled_offline, ("10.00", "490.00")),
    Scene("settled-cash", paid_in_cash, ("10.00",)),
    Scene("cancelling", cancelling, ("10.00",)),
    Scene("cancelled", cancelled),
    Scene("ordered", ordered, ("20.00", "25.00", "45.00", "80.00")),
    Scene("order-charged", order_charged, ("45.00",)),
    Scene("order-typed-over", order_typed_over, ("45.00",)),
    Scene("card-refused", refused, FEES),
    Scene("why-steps", why, ("10.00",)),
)
