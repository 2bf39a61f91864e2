"""Every screen that a cashier can see, each from fixed news and a few keys."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from offline_queue.journal.errors import JournalDamaged, JournalFull
from settlement import refusals, reversal
from settlement.checkout import events as on
from settlement.checkout.states import PaidInCash, Quoted, Settled, State
from settlement.errors import Refusal
from settlement.figures import Figures
from terminal.cards.errors import NotGenuine, PinWrong
from terminal.open_bill import OpenBill
from terminal.screen import news
from tests.screen.cashier.clerk import Clerk
from tests.screen.cashier.staged import (
    AT,
    BENEFIT,
    CUT,
    DOUBTS,
    FINE,
    MSGID,
    PERSON,
    PHARMACY,
    UNKNOWN_PERSON,
    answered,
    at_the_pin,
    bill_of,
    bought,
    next_state,
    opened,
    quoted_offline,
    quoted_online,
    settle,
    split_of,
    tell,
)


@dataclass(frozen=True, slots=True)
class Scene:
    """One screen. ``amounts``: what must be readable in full beside what the view itself shows as amounts."""

    name: str
    tell: Callable[[Clerk], None]
    amounts: tuple[str, ...] = ()
    devices: bool = False
    size: tuple[int, int] | None = None
    """Where it is shown at one size only."""


BILL = ("49.20", "40.00", "30.00", "38.00", "5.50")
SPLIT = (*BILL, "162.70", "80.00")


# --- making the bill --------------------------------------------------------------------------------------


def opening(clerk: Clerk) -> None:
    """Nothing is known yet; what is typed stands in the scan line."""
    clerk.send("20000")


def damaged(clerk: Clerk) -> None:
    """The journal cannot be opened."""
    tell(clerk, news.NotOpened(JournalDamaged(what="page 7")))


def crashed(clerk: Clerk) -> None:
    """The desk met a bug."""
    selling(clerk)
    tell(clerk, news.Crashed())


def empty(clerk: Clerk) -> None:
    """Nobody is here."""
    opened(clerk, replace(FINE, reader="empty"))


def reading(clerk: Clerk) -> None:
    """A card was just put in."""
    opened(clerk)
    tell(clerk, news.CardReading())


def selling(clerk: Clerk) -> None:
    """A card in, the line up: the split is on the screen."""
    opened(clerk)
    bought(clerk)
    tell(clerk, news.CardShown(PERSON))


def no_card(clerk: Clerk) -> None:
    """A bill and nobody's card."""
    opened(clerk, replace(FINE, reader="empty"))
    bought(clerk)


def asking(clerk: Clerk) -> None:
    """The centre has not said yet what may be spent."""
    opened(clerk)
    bought(clerk)
    tell(clerk, news.CardShown(UNKNOWN_PERSON))


def large(clerk: Clerk) -> None:
    """Amounts of five figures with a name that does not fit."""
    opened(clerk)
    bought(clerk, "9*L001", "0.5*A002")
    tell(clerk, news.CardShown(replace(PERSON, benefit=replace(BENEFIT, account_fen=987_654_32))))


def discounted(clerk: Clerk) -> None:
    """A box without its traceability code, and a line at nine tenths of its price."""
    opened(clerk)
    bought(clerk, "2*T001", "A002")
    clerk.send("90%\r")


def finding(clerk: Clerk) -> None:
    """Initials are typed."""
    selling(clerk)
    clerk.send("3*ys")


def nothing_found(clerk: Clerk) -> None:
    """Nothing has these letters."""
    selling(clerk)
    clerk.send("zzzz")


def line_down(clerk: Clerk) -> None:
    """The rule in force is said in words."""
    opened(clerk, CUT, place=PHARMACY)
    bought(clerk)
    tell(clerk, news.CardShown(UNKNOWN_PERSON))


def line_down_forbidden(clerk: Clerk) -> None:
    """The area forbids it."""
    opened(clerk, replace(CUT, offline_allowed=False), place=PHARMACY)
    bought(clerk)
    tell(clerk, news.CardShown(UNKNOWN_PERSON))


def card_refused(clerk: Clerk) -> None:
    """The card was reported lost."""
    opened(clerk)
    bought(clerk)
    lost = replace(UNKNOWN_PERSON, refusal=Refusal(refusals.CARD_HOTLISTED, {"version": "3"}))
    tell(clerk, news.CardShown(lost))


def card_unusable(clerk: Clerk) -> None:
    """Something is in the reader that is no card of ours."""
    opened(clerk)
    bought(clerk)
    tell(clerk, news.CardFailed(NotGenuine()))


def troubles(clerk: Clerk) -> None:
    """All that the strip can say at once, and two doubts beside the work."""
    selling(clerk)
    tell(clerk, replace(CUT, reader="fault", set_aside=1, printer="waiting", printer_jobs=3, doubts=DOUBTS, hotlist_age_s=30 * 3600))


# --- paying -----------------------------------------------------------------------------------------------


def tender(clerk: Clerk) -> None:
    """F8: cash is due."""
    selling(clerk)
    settle(clerk)


def tender_short(clerk: Clerk) -> None:
    """Not enough was put down."""
    tender(clerk)
    clerk.send("10\r")


def tender_change(clerk: Clerk) -> None:
    """The change is shown before anything is settled."""
    tender(clerk)
    clerk.send("100\r")


def pin(clerk: Clerk) -> None:
    """The customer has typed three digits."""
    selling(clerk)
    settle(clerk, 2)
    tell(clerk, news.PinAsked(None))
    clerk.send("123")


def pin_wrong(clerk: Clerk) -> None:
    """The card says how many tries are left."""
    selling(clerk)
    settle(clerk, 2)
    tell(clerk, news.Told(PinWrong(tries_left=2)), news.PinAsked(2))


def pin_on_keypad(clerk: Clerk) -> None:
    """The reader has keys of its own."""
    selling(clerk)
    settle(clerk, 2)
    tell(clerk, news.PinAsked(None, keypad=True))


def working(clerk: Clerk) -> None:
    """The card is being written."""
    selling(clerk)
    settle(clerk, 2)
    tell(clerk, news.Stepped("WriteCard"))


def _off_line(clerk: Clerk, *goods: str) -> State:
    opened(clerk, CUT, place=PHARMACY)
    bought(clerk, *goods)
    tell(clerk, news.CardShown(UNKNOWN_PERSON))
    settle(clerk)
    return quoted_offline(clerk)


def quoted(clerk: Clerk) -> None:
    """Off-line: the allowance pays all of it."""
    tell(clerk, news.Asked(_off_line(clerk, "2*A001", "A003")))


def quoted_with_cash(clerk: Clerk) -> None:
    """Off-line: what the account may not pay is cash."""
    tell(clerk, news.Asked(_off_line(clerk, "2*A001", "Z001")))


def quoted_anew(clerk: Clerk) -> None:
    """On-line: the centre's word on what may be spent came with the PIN."""
    opened(clerk, place=PHARMACY)
    bought(clerk, "2*A001")
    tell(clerk, news.CardShown(UNKNOWN_PERSON))
    settle(clerk)
    tell(clerk, news.Asked(quoted_online(clerk)))


def slip_redeemed(clerk: Clerk) -> None:
    """A cash slip is settled later: its cash goes back."""
    opened(clerk, place=PHARMACY)
    tell(clerk, news.CardShown(PERSON))
    bought(clerk, "2*A001")
    offer = quoted_online(clerk)
    assert isinstance(offer, Quoted)
    clerk.send(f"{MSGID}\r")
    tell(clerk, news.Asked(replace(offer, sale=replace(offer.sale, slip=MSGID, slip_cash_fen=24_60))))


def self_pay(clerk: Clerk) -> None:
    """The area forbids off-line: cash instead."""
    opened(clerk, replace(CUT, offline_allowed=False), place=PHARMACY)
    bought(clerk)
    tell(clerk, news.CardShown(UNKNOWN_PERSON))
    settle(clerk)
    tell(clerk, news.Asked(next_state(at_the_pin(clerk), on.CardLeft())))
    clerk.send("200")


def last_try(clerk: Clerk) -> None:
    """One PIN try is left: a person decides."""
    selling(clerk)
    settle(clerk, 2)
    tell(clerk, news.Told(PinWrong(tries_left=1)), news.Asked(next_state(at_the_pin(clerk), on.PinWrong(tries_left=1))))


def _accepted(clerk: Clerk) -> tuple[State, Figures]:
    opened(clerk, place=PHARMACY)
    tell(clerk, news.CardShown(PERSON))
    bought(clerk, "3*B001", "Z001")
    settle(clerk, 2)
    return quoted_online(clerk), split_of(clerk).figures


def difference(clerk: Clerk) -> None:
    """The centre settled other figures."""
    offer, figures = _accepted(clerk)
    other = replace(figures, acct_pay=figures.acct_pay - 300, psn_cash_pay=figures.psn_cash_pay + 300)
    booking = answered(offer, on.Accepted(figures=other, setl_id="S1", mdtrt_id="M1"))
    tell(clerk, news.Asked(next_state(booking, on.Committed())))


def _doubt_online(clerk: Clerk) -> State:
    offer, _ = _accepted(clerk)
    return next_state(answered(offer, on.OutcomeUnknown(why="timeout")), on.Committed())


def _doubt_offline(clerk: Clerk) -> State:
    offer = _off_line(clerk, "2*A001", "A003")
    return next_state(answered(offer, on.OutcomeUnknown(why="card-torn")), on.Committed())


def doubt_offline(clerk: Clerk) -> None:
    """The card was pulled."""
    tell(clerk, news.Asked(_doubt_offline(clerk)), news.CardGone())


def doubt_online(clerk: Clerk) -> None:
    """The answer was lost."""
    tell(clerk, news.Asked(_doubt_online(clerk)))


def doubt_answered(clerk: Clerk) -> None:
    """The goods went out, and all of it was paid in cash for now."""
    state = next_state(
        _doubt_offline(clerk), on.GoodsAsked(released=True), on.Committed(), on.CashReceived(amount_fen=30_10), on.Committed()
    )
    tell(clerk, news.Asked(state))


def doubt_found(clerk: Clerk) -> None:
    """It happened after all: only the goods are asked."""
    doubt = _doubt_online(clerk)
    figures = split_of(clerk).figures
    again = next_state(doubt, on.TriedAgain(), on.Accepted(figures=figures, setl_id="S1", mdtrt_id="M1"))
    tell(clerk, news.Asked(again))


def not_booked(clerk: Clerk) -> None:
    """Settled, and the disk is full."""
    offer, figures = _accepted(clerk)
    booking = answered(offer, on.Accepted(figures=figures, setl_id="S1", mdtrt_id="M1"))
    tell(clerk, news.Told(JournalFull()), news.Asked(next_state(booking, on.JournalFailed(why="JOURNAL-FULL"))))


# --- done -------------------------------------------------------------------------------------------------


def _sold(clerk: Clerk, figures: Figures | None, state: State, *, received_fen: int = 0, offline: bool = False) -> tuple[news.News, ...]:
    """Return what the desk says at the end of a sale: the screen is free, and what came of it."""
    receipt = "01-1-000017" if figures else ""
    sold = news.Sold(
        state=state,
        bill=bill_of(clerk),
        draft=clerk.till.bill.draft,
        received_fen=received_fen,
        figures=figures,
        receipt=receipt,
        offline=offline,
    )
    return news.Recalled(OpenBill(draft="2")), sold


def settled(clerk: Clerk) -> None:
    """Fund, account and cash, with change."""
    selling(clerk)
    split = split_of(clerk)
    state = Settled(subject=MSGID, figures=split.figures, outside_fen=split.outside_fen)
    tell(clerk, *_sold(clerk, split.figures, state, received_fen=100_00))


def settled_account(clerk: Clerk) -> None:
    """All from the account."""
    opened(clerk, place=PHARMACY)
    tell(clerk, news.CardShown(PERSON))
    bought(clerk, "2*A001")
    figures = split_of(clerk).figures
    tell(clerk, *_sold(clerk, figures, Settled(subject=MSGID, figures=figures, outside_fen=0)))


def settled_offline(clerk: Clerk) -> None:
    """From the card's allowance."""
    offer = _off_line(clerk, "2*A001", "A003")
    assert isinstance(offer, Quoted)
    figures = replace(offer.split.figures, balc=469_90)
    state = Settled(subject=MSGID, figures=figures, outside_fen=0)
    tell(clerk, *_sold(clerk, figures, state, offline=True), replace(CUT, queue=5))


def paid_in_cash(clerk: Clerk) -> None:
    """Cash, with change."""
    no_card(clerk)
    tell(clerk, *_sold(clerk, None, PaidInCash(subject=MSGID, amount_fen=162_70), received_fen=200_00))


def voided(clerk: Clerk) -> None:
    """A void with cash to give back."""
    voids(clerk)
    tell(clerk, news.Undone(reversal.Voided(subject=MSGID, original=MSGID, cash_back_fen=38_00)))


# --- lists and panels -------------------------------------------------------------------------------------

_SALES = (
    news.PickRow(key=MSGID, at=f"{AT[:10]}T14:20:00+08:00", words="演示控释片 …3", amount_fen=11_838_00),
    news.PickRow(key=f"{MSGID[:-6]}000099", at=f"{AT[:10]}T11:05:00+08:00", words="演示降脂片", amount_fen=30_00, why_not="reversed"),
    news.PickRow(key=f"{MSGID[:-6]}000050", at=f"{AT[:10]}T09:10:00+08:00", words="演示缓释片", amount_fen=20_00, why_not="other-person"),
)


def voids(clerk: Clerk) -> None:
    """What of today may be voided."""
    opened(clerk)
    tell(clerk, news.CardShown(PERSON))
    clerk.press("f6")
    tell(clerk, news.Paged("voids", _SALES))


def voids_reason(clerk: Clerk) -> None:
    """One is taken and its reason given."""
    voids(clerk)
    clerk.press("enter", "3")


def voids_none(clerk: Clerk) -> None:
    """Nothing was settled today."""
    opened(clerk)
    clerk.press("f6")
    tell(clerk, news.Paged("voids", ()))


def holds(clerk: Clerk) -> None:
    """Two bills on hold, the second highlighted."""
    opened(clerk)
    clerk.press("f7")
    rows = (
        news.PickRow(key=MSGID, at=f"{AT[:10]}T14:20:00+08:00", words="演示控释片 +2 11838.00", amount_fen=None),
        news.PickRow(key=f"{MSGID[:-1]}1", at=f"{AT[:10]}T14:25:00+08:00", words="演示降脂片 30.00", amount_fen=None),
    )
    tell(clerk, news.Paged("holds", rows))
    clerk.press("down")


def open_beside(clerk: Clerk) -> None:
    """What stands open beside the work, each with what it waits for."""
    opened(clerk, replace(FINE, doubts=DOUBTS))
    clerk.press("f5")


def why(clerk: Clerk) -> None:
    """Each step of the split."""
    selling(clerk)
    clerk.press("f1")


def why_not(clerk: Clerk) -> None:
    """The four sentences of a refusal."""
    card_refused(clerk)
    clerk.press("f1")


def account(clerk: Clerk) -> None:
    """Balance, year, history."""
    opened(clerk)
    tell(clerk, news.CardShown(PERSON))
    clerk.press("f9")
    rows = tuple(
        news.AccountRow(at=f"2026-03-02T{hour:02d}:05:00+08:00", words=words, amount_fen=fen, account_fen=fen // 2)
        for hour, words, fen in ((14, "accepted", 30_10), (11, "provisional", 11_838_00), (9, "reversed", 12_30))
    )
    tell(clerk, news.AccountShown(rows))


def account_unknown(clerk: Clerk) -> None:
    """No card."""
    opened(clerk, replace(FINE, reader="empty"))
    clerk.press("f9")
    tell(clerk, news.AccountShown(()))


def count(clerk: Clerk) -> None:
    """The blind count."""
    opened(clerk)
    clerk.press("f10")
    tell(clerk, news.Counting())
    clerk.send("1234.5")


def close(clerk: Clerk) -> None:
    """What the day came to."""
    count(clerk)
    clerk.press("enter")
    rows = (
        ("差额", "-3.50", "attention"),
        ("营业", "", "title"),
        ("结算笔数", "17", "text"),
        ("统筹基金支付", "11838.00", "text"),
        ("个人账户支付", "2401.40", "text"),
        ("现金", "1238.00", "text"),
        ("钱箱", "", "title"),
        ("应有", "1238.00", "text"),
        ("点出", "1234.50", "text"),
        ("票据", "", "title"),
        ("首号—末号", "01-1-000001—01-1-000017", "text"),
    )
    tell(clerk, news.CloseShown(rows=rows, difference_fen=-350))


def devices(clerk: Clerk) -> None:
    """The devices of a demonstration."""
    opened(clerk)
    tell(clerk, news.CardShown(PERSON))
    clerk.press("ctrl+k")


def unfinished(clerk: Clerk) -> None:
    """The strip of a demonstration under a bill."""
    selling(clerk)


SCENES = (
    Scene("opening", opening),
    Scene("dead-journal", damaged),
    Scene("dead-crashed", crashed, ("162.70",)),
    Scene("selling-empty", empty),
    Scene("selling-reading", reading),
    Scene("selling-split", selling, SPLIT),
    Scene("selling-no-card", no_card, (*BILL, "162.70")),
    Scene("selling-asking", asking, (*BILL, "162.70")),
    Scene("selling-large", large, ("106542.00", "10.00", "106552.00", "987654.32")),
    Scene("selling-discount", discounted, ("30.00", "18.00", "20.00", "48.00")),
    Scene("selling-line-down", line_down, (*BILL, "162.70", "300.00")),
    Scene("selling-line-down-forbidden", line_down_forbidden, (*BILL, "162.70")),
    Scene("selling-card-refused", card_refused, (*BILL, "162.70")),
    Scene("selling-card-unusable", card_unusable, (*BILL, "162.70")),
    Scene("selling-troubles", troubles, (*BILL, "162.70", "20.00")),
    Scene("selling-demonstration", unfinished, SPLIT, devices=True),
    Scene("finding", finding, ("12.30", "20.00", "11838.00")),
    Scene("finding-nothing", nothing_found, ("162.70",)),
    Scene("tender", tender, SPLIT),
    Scene("tender-short", tender_short, SPLIT),
    Scene("tender-change", tender_change, (*SPLIT, "100.00")),
    Scene("pin", pin, ("162.70", "80.00")),
    Scene("pin-wrong", pin_wrong, ("162.70", "80.00")),
    Scene("pin-keypad", pin_on_keypad, ("162.70", "80.00")),
    Scene("working", working, SPLIT),
    Scene("quoted-offline", quoted, ("24.60", "5.50", "30.10")),
    Scene("quoted-offline-cash", quoted_with_cash, ("24.60", "8.80", "33.40")),
    Scene("quoted-online", quoted_anew, ("24.60",)),
    Scene("quoted-slip", slip_redeemed, ("24.60",)),
    Scene("self-pay", self_pay, ("162.70", "37.30")),
    Scene("self-pay-last-try", last_try, ("162.70",)),
    Scene("difference", difference, ("38.80", "30.00", "27.00", "3.00", "11.80")),
    Scene("doubt-offline", doubt_offline, ("30.10",)),
    Scene("doubt-online", doubt_online, ("38.80",)),
    Scene("doubt-answered", doubt_answered, ("30.10",)),
    Scene("doubt-found", doubt_found, ("38.80",)),
    Scene("not-booked", not_booked, ("38.80",)),
    Scene("settled", settled, ("162.70", "80.00", "100.00")),
    Scene("settled-account", settled_account, ("24.60", "55.40")),
    Scene("settled-offline", settled_offline, ("30.10", "469.90")),
    Scene("settled-cash", paid_in_cash, ("162.70", "200.00", "37.30")),
    Scene("voided", voided, ("38.00",)),
    Scene("voids", voids, ("11838.00", "30.00", "20.00")),
    Scene("voids-reason", voids_reason, ("11838.00", "30.00", "20.00")),
    Scene("voids-none", voids_none),
    Scene("holds", holds, ("11838.00", "30.00")),
    Scene("open-beside", open_beside, ("123.45", "20.00")),
    Scene("why-steps", why, ("162.70", "80.00")),
    Scene("why-refusal", why_not, ("162.70",)),
    Scene("account", account, ("80.00", "460.00", "1200.00", "30.10", "15.05", "11838.00", "5919.00")),
    Scene("account-no-card", account_unknown),
    Scene("count", count, ("1234.5",)),
    Scene("close", close, ("-3.50", "11838.00", "2401.40", "1238.00", "1234.50")),
    Scene("devices", devices, ("338.74", "500.00", "11838.00"), devices=True),
    Scene("too-small", selling, size=(79, 24)),
    Scene("too-low", selling, size=(80, 23)),
)
