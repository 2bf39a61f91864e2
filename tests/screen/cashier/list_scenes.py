"""Screens with lists and panels."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from config.regions import policy_for
from settlement import by_hand
from settlement.by_hand import CLOSED_BY
from settlement.endings import endings
from settlement.policy import Policy
from settlement.resolver import Pending, resolve
from settlement.resolver_words import rows_of
from terminal.centre_differs import shown
from terminal.desk_day import close_shown
from terminal.screen import news
from terminal.screen.account_news import AccountTold, CardEntry, CardInside, Scheme
from terminal.screen.cashier.account import NumberMode, ScanMode
from terminal.screen.cashier.waiting import WorkingMode
from terminal.screen.day_news import CentreDiffers, Counting, DifferenceClosed
from terminal.screen.list_news import Paged, PickRow
from terminal.screen.return_news import Previewed, Returnable, ReturnListed, ReturnShown, SoldLine
from terminal.screen.words import language
from tests.counter.closed_day import COUNTED
from tests.screen.cashier.bill_scenes import card_refused, selling
from tests.screen.cashier.clerk import Clerk
from tests.screen.cashier.floor import BARCODES
from tests.screen.cashier.staged import (
    AT,
    BENEFIT,
    DOUBTS,
    FINE,
    MSGID,
    PERSON,
    PHARMACY,
    opened,
    tell,
)

_SALES = (
    PickRow(key=MSGID, at=f"{AT[:10]}T14:20:00+08:00", words="演示控释片 …3", amount_fen=11_838_00),
    PickRow(key=f"{MSGID[:-6]}000099", at=f"{AT[:10]}T11:05:00+08:00", words="演示降脂片", amount_fen=30_00, why_not="reversed"),
    PickRow(key=f"{MSGID[:-6]}000050", at=f"{AT[:10]}T09:10:00+08:00", words="演示缓释片", amount_fen=20_00, why_not="other-person"),
)


def voids(clerk: Clerk) -> None:
    """What of today may be voided."""
    opened(clerk)
    tell(clerk, news.CardShown(PERSON))
    clerk.press("f6")
    tell(clerk, Paged("voids", _SALES))


def voids_reason(clerk: Clerk) -> None:
    """One is taken and its reason given."""
    voids(clerk)
    clerk.press("enter", "3")


_SOLD = Returnable(
    subject=MSGID,
    lines=(
        SoldLine(sn="1", name="演示控释片", count_e4=3_0000, price_e6=3_946_000_000, whole=False),
        SoldLine(sn="2", name="演示追溯胶囊", count_e4=2_0000, price_e6=15_000_000, whole=True),
        SoldLine(sn="3", name="演示多组分长效缓释胶囊（Ⅱ）礼盒装", count_e4=1_0000, price_e6=12_300_000, whole=False),
    ),
)


_RELEASED, _KEPT = (11_880_30, 9_000_00, 2_000_00, 880_30), (3_958_30, 3_000_00, 700_00, 258_30)
_PRICED = Previewed(released=_RELEASED, released_cash_fen=880_30, kept=_KEPT, kept_cash_fen=258_30)


def returning(clerk: Clerk) -> None:
    """A part comes back: one line whole, of another as many as are typed."""
    voids(clerk)
    clerk.press("r")
    tell(clerk, _SOLD)
    clerk.press("down", "enter", "up", "2")


def returning_priced(clerk: Clerk) -> None:
    """What is released, what is settled anew, and what goes back."""
    returning(clerk)
    clerk.press("enter")
    clerk.press("f8")
    tell(clerk, replace(_SOLD, returned=(("1", 2_0000), ("2", 2_0000)), previewed=_PRICED))


def returned(clerk: Clerk) -> None:
    """It is returned: the cash stands in one number."""
    returning_priced(clerk)
    clerk.press("f8")
    void, sale = f"{MSGID[:-1]}1", f"{MSGID[:-1]}2"
    priced = {"released": _RELEASED, "kept": _KEPT}
    tell(clerk, ReturnShown(ended="resold", released_cash_fen=880_30, kept_cash_fen=258_30, void=void, sale=sale, **priced))


def return_open(clerk: Clerk) -> None:
    """A return that was interrupted stands open beside the work."""
    opened(clerk, replace(FINE, returns=(ReturnListed(subject=MSGID, at=AT, amount_fen=162_70),)))
    clerk.press("f5")


def voids_none(clerk: Clerk) -> None:
    """Nothing was settled today."""
    opened(clerk)
    clerk.press("f6")
    tell(clerk, Paged("voids", ()))


_SLIPS = (
    PickRow(key=MSGID, at="2026-02-27T14:20:00+08:00", words="演示控释片 …3", amount_fen=11_838_00),
    PickRow(key=f"{MSGID[:-6]}000099", at=f"{AT[:10]}T14:31:00+08:00", words="演示降脂片", amount_fen=30_00, kind="void", printed=1),
    PickRow(key=f"{MSGID[:-6]}000050", at=f"{AT[:10]}T09:10:00+08:00", words="演示缓释片", amount_fen=20_00, kind="cash", printed=2),
)


def slips(clerk: Clerk) -> None:
    """What was never printed, and the slips of today."""
    voids(clerk)
    clerk.press("p")
    tell(clerk, Paged("slips", _SLIPS))


def slips_numbered(clerk: Clerk) -> None:
    """A number is being typed."""
    slips(clerk)
    clerk.write("000107")


def slips_none(clerk: Clerk) -> None:
    """Nothing has the number."""
    slips_numbered(clerk)
    clerk.press("enter")
    tell(clerk, Paged("slips", (), "000107"))


def papers(clerk: Clerk) -> None:
    """A prescription, half entered, and nobody buys for the patient."""
    on_paper(clerk)
    clerk.send("RX-20260302-7\r演示甲\r\r\r\r")


def papers_proxy(clerk: Clerk) -> None:
    """The rest of it, and who buys."""
    papers(clerk)
    clerk.send("7\r演示医师 演示医院\r2\r演示乙\r990100197001010005")


def papers_refused(clerk: Clerk) -> None:
    """What is wrong with them stands in the message line."""
    papers(clerk)
    clerk.send("30")
    clerk.press("f8")


def on_paper(clerk: Clerk) -> None:
    """Stand before the papers of a drug on prescription."""
    opened(clerk, place=replace(PHARMACY, pharmacists=("演示药师甲", "演示药师乙")))
    clerk.scan(BARCODES["R001"])
    clerk.press("f8")


def holds(clerk: Clerk) -> None:
    """Two bills on hold, the second highlighted."""
    opened(clerk)
    clerk.press("f7")
    rows = (
        PickRow(key=MSGID, at=f"{AT[:10]}T14:20:00+08:00", words="演示多组分长效缓释胶囊（Ⅱ）礼盒装 +2", amount_fen=11_838_00),
        PickRow(key=f"{MSGID[:-1]}1", at=f"{AT[:10]}T14:25:00+08:00", words="演示降脂片", amount_fen=30_00),
    )
    tell(clerk, Paged("holds", rows))
    clerk.press("down")


def open_beside(clerk: Clerk) -> None:
    """What stands open beside the work, each with what it waits for."""
    opened(clerk, replace(FINE, doubts=DOUBTS))
    clerk.press("f5")


def resolver(clerk: Clerk) -> None:
    """What is known of a doubt, what may be done about it, and how everything ends: F1 on it."""
    spoken, now, policy = language(), datetime.fromisoformat(f"{AT[:10]}T14:40:00+08:00"), policy_for("990100", AT[:10])
    assert isinstance(policy, Policy)
    pending = Pending(subject=DOUBTS[1].subject, kind="sale", offline=False, at=DOUBTS[1].at, amount_fen=20_00, last_sent=DOUBTS[1].at)
    said = tuple(rows_of(resolve(pending, policy, now), spoken))
    opened(clerk, replace(FINE, doubts=(replace(DOUBTS[1], resolution=said),), endings=tuple(endings(policy, spoken))))
    clerk.press("f5")
    clerk.press("f1")


def _differs(cause: str, here_fen: int, there_fen: int) -> CentreDiffers:
    sides = [by_hand.amounts_of(fen, 0, fen, 0) if fen else None for fen in (here_fen, there_fen)]
    body = {"cause": cause, "msgid": MSGID, "setl_id": "S1", "refund": there_fen < 0, "here": sides[0], "there": sides[1]}
    return shown(by_hand.subject_of("990100202603010000001234"), f"{AT[:10]}T09:05:00+08:00", body, CLOSED_BY[cause], language())


def centre_differs(clerk: Clerk) -> None:
    """Differences with the centre that only a person closes, beside a doubt."""
    differs = (_differs("missing-there", 123_45, 0), _differs("refunded-elsewhere", 0, -11_838_00))
    opened(clerk, replace(FINE, doubts=DOUBTS[:1], centre_differs=differs))
    clerk.press("f5")
    clerk.press("down")


def agreeing(clerk: Clerk) -> None:
    """One of them: who is right, the ways to close it, the second taken."""
    opened(clerk, replace(FINE, centre_differs=(_differs("refunded-elsewhere", 0, -11_838_00),)))
    clerk.press("f5")
    clerk.press("enter")
    clerk.send("2")


def agreed(clerk: Clerk) -> None:
    """Closed, with what is owed since."""
    agreeing(clerk)
    clerk.press("f8")
    tell(clerk, replace(FINE, centre_differs=()))
    tell(clerk, DifferenceClosed(owed_fen=11_838_00))


def why(clerk: Clerk) -> None:
    """Each step of the split."""
    selling(clerk)
    clerk.press("f1")


def why_not(clerk: Clerk) -> None:
    """The four sentences of a refusal."""
    card_refused(clerk)
    clerk.press("f1")


_TOLD = AccountTold(
    at=AT,
    benefit=BENEFIT,
    schemes=(
        Scheme(insutype="310", active=True, balance_fen=0),
        Scheme(insutype="330", active=True, balance_fen=0),
        Scheme(insutype="510", active=False, balance_fen=0),
    ),
)


def account(clerk: Clerk, person: news.PersonShown = PERSON) -> None:
    """Balance, year, schemes, history."""
    opened(clerk)
    tell(clerk, news.CardShown(replace(person, told=_TOLD)))
    clerk.press("f9")
    rows = tuple(
        news.AccountRow(at=f"2026-03-02T{hour:02d}:05:00+08:00", words=words, amount_fen=fen, account_fen=fen // 2)
        for hour, words, fen in ((14, "accepted", 30_10), (11, "provisional", 11_838_00), (9, "reversed", 12_30))
    )
    tell(clerk, news.AccountShown(rows))


def account_old(clerk: Clerk) -> None:
    """The line is down: what was told before is of then."""
    account(clerk, replace(PERSON, benefit=None))


def account_by_certificate(clerk: Clerk) -> None:
    """Without a card there is no PIN, and nothing on a card to look at."""
    account(clerk, replace(PERSON, card="", certificate="02"))


def card_inside(clerk: Clerk) -> None:
    """What the card carries: our sale, our refresh, another till's entry and one that is torn."""
    account(clerk)
    clerk.write("1")
    clerk.mode(WorkingMode)
    entries = (
        CardEntry(tag="1A2B", at=AT, kind="sale", amount_fen=30_10),
        CardEntry(tag="FFEE"),
        CardEntry(tag="0C0D", at=AT, kind="refresh", amount_fen=500_00),
        CardEntry(tag=""),
    )
    tell(clerk, CardInside(amount_fen=469_90, entries=entries))


def new_pin(clerk: Clerk) -> None:
    """The second of the three entries of a change."""
    account(clerk)
    clerk.write("2")
    clerk.mode(WorkingMode)
    tell(clerk, news.PinAsked(None, purpose="new"))


def certificate_number(clerk: Clerk) -> None:
    """An identity number, half typed: masked from the first character on."""
    account_unknown(clerk)
    clerk.write("5")
    clerk.mode(NumberMode)
    clerk.write("990100195")


def certificate_scan(clerk: Clerk) -> None:
    """An e-certificate: only how much came."""
    account_unknown(clerk)
    clerk.write("4")
    clerk.mode(ScanMode)
    clerk.send("281234567890")


def account_unknown(clerk: Clerk) -> None:
    """No card."""
    opened(clerk, replace(FINE, reader="empty"))
    clerk.press("f9")
    tell(clerk, news.AccountShown(()))


def count(clerk: Clerk) -> None:
    """The blind count."""
    opened(clerk)
    clerk.press("f10")
    tell(clerk, Counting())
    clerk.send("1234.5")


def close(clerk: Clerk) -> None:
    """What the day came to."""
    count(clerk)
    clerk.press("enter")
    tell(clerk, close_shown(COUNTED))


def close_open(clerk: Clerk) -> None:
    """The same further down: what is handed over."""
    close(clerk)
    clerk.press(*["pagedown"] * 5)


def devices(clerk: Clerk) -> None:
    """The devices of a demonstration."""
    opened(clerk)
    tell(clerk, news.CardShown(PERSON))
    clerk.press("ctrl+k")


def unfinished(clerk: Clerk) -> None:
    """The strip of a demonstration under a bill."""
    selling(clerk)
