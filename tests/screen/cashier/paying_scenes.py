"""Screens while a bill is paid."""

from __future__ import annotations

from dataclasses import replace

from offline_queue.journal.errors import JournalFull
from settlement.checkout import events as on
from settlement.checkout.states import Quoted, State
from settlement.figures import Figures
from terminal.cards.errors import PinWrong
from terminal.screen import news
from tests.screen.cashier.bill_scenes import selling
from tests.screen.cashier.clerk import Clerk
from tests.screen.cashier.staged import (
    CUT,
    MSGID,
    PERSON,
    PHARMACY,
    UNKNOWN_PERSON,
    answered,
    at_the_pin,
    bought,
    next_state,
    opened,
    quoted_offline,
    quoted_online,
    settle,
    split_of,
    tell,
)


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


def change_on_keypad(clerk: Clerk) -> None:
    """The reader's own keys take the old PIN and the new one twice."""
    selling(clerk)
    tell(clerk, news.PinAsked(None, keypad=True, purpose="replace"))


def working(clerk: Clerk) -> None:
    """The card is being written."""
    selling(clerk)
    settle(clerk, 2)
    tell(clerk, news.Stepped("WriteCard"))


def off_line(clerk: Clerk, *goods: str) -> State:
    """Press F8 over these goods with the line down, and return the offer."""
    opened(clerk, CUT, place=PHARMACY)
    bought(clerk, *goods)
    tell(clerk, news.CardShown(UNKNOWN_PERSON))
    settle(clerk)
    return quoted_offline(clerk)


def quoted(clerk: Clerk) -> None:
    """Off-line: the allowance pays all of it."""
    tell(clerk, news.Asked(off_line(clerk, "2*A001", "A003")))


def quoted_with_cash(clerk: Clerk) -> None:
    """Off-line: what the account may not pay is cash."""
    tell(clerk, news.Asked(off_line(clerk, "2*A001", "Z001")))


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
    opened(clerk, replace(CUT, offline=news.Offline()), place=PHARMACY)
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
    offer = off_line(clerk, "2*A001", "A003")
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
