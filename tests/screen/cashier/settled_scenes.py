"""Screens after a sale or a void."""

from __future__ import annotations

from dataclasses import replace

from settlement import reversal
from settlement.checkout.states import PaidInCash, Quoted, Settled, State
from settlement.figures import Figures
from terminal.open_bill import OpenBill
from terminal.screen import news
from tests.screen.cashier.bill_scenes import no_card, selling
from tests.screen.cashier.clerk import Clerk
from tests.screen.cashier.list_scenes import voids
from tests.screen.cashier.paying_scenes import off_line
from tests.screen.cashier.staged import (
    CUT,
    MSGID,
    PERSON,
    PHARMACY,
    bill_of,
    bought,
    opened,
    split_of,
    tell,
)


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
    offer = off_line(clerk, "2*A001", "A003")
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
