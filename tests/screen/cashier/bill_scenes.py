"""Screens while a bill is made, each from fixed news and a few keys."""

from __future__ import annotations

from dataclasses import replace

from offline_queue.journal.errors import JournalDamaged
from settlement import refusals
from settlement.errors import Refusal
from terminal.cards.errors import NotGenuine
from terminal.screen import news
from tests.screen.cashier.clerk import Clerk
from tests.screen.cashier.staged import (
    BENEFIT,
    CUT,
    DOUBTS,
    FINE,
    PERSON,
    PHARMACY,
    STALE,
    UNKNOWN_PERSON,
    bought,
    opened,
    tell,
)


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
    opened(clerk, replace(CUT, offline=news.Offline()), place=PHARMACY)
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
    tell(
        clerk,
        replace(CUT, reader="fault", set_aside=1, printer="waiting", printer_jobs=3, doubts=DOUBTS, hotlist_age_s=30 * 3600, offline=STALE),
    )
