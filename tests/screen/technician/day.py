"""A day at a till, as the technician finds it: one of each kind of settlement, with words that a centre should not send."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from config.clock import CHINA
from offline_queue.journal import Entry, Journal
from offline_queue.log.following import Follower
from settlement.allowance import CardRecord, SaleWrite
from settlement.bill import Bill, Line, Venue
from settlement.facts import CardSteps, CashSold, Done, Doubted, Printed, Refreshed, RefreshIntended, SaleIntended, VoidIntended
from settlement.figures import Figures
from tests.journal.entries import Hand, answered, opened, sending
from tests.screen.golden import text_of
from tests.world.explore import HOTLIST, OLD

AT = "2026-03-02 09:{:02d}:{:02d}"
JIA = {"certno": "990100197001010000", "psn_name": "演示甲", "card_no": "A00001234", "card_sn": "0" * 32}
HOSTILE_PERSON = {
    **JIA,
    "certno": "990100197001010001",
    "psn_name": "\x1b[31m[b]演\u202e" + "示" + "\u0301" * 500,
    "card_no": "\x07\u202e9",
}
HOSTILE_WORDS = "[bold]余额不足[/] \x1b[2J\u202e00.001 {x} " + "a\u0301" * 3 + "\u0301" * 500
STEPS = (
    (0, "card", "RESET", "", 0, 17, ""),
    (21, "card", "SELECT", "0400", 15, 0, "6113"),
    (64, "card", "VERIFY", "0000", 3, 0, "63C2"),
    (1820, "card", "VERIFY", "0000", 3, 0, "9000"),
    (1861, "psam", "PROCESS KEY", "672D", 32, 0, "9000"),
    (1904, "card", "UPDATE RECORD", "9330", 4, 0, ""),
)


def subject(minute: int) -> str:
    """Return the message id of that minute; the first and the fifth end alike."""
    return f"P990100000012026030209{minute:02d}{8 * (1 if minute == 5 else minute):02d}0100"


def bill(minute: int, *, name: str = "阿莫西林胶囊", yuan: int = 38) -> Bill:
    """Return a bill of two lines."""
    line = Line(
        feedetl_sn="1", medins_list_codg="A001", name=name, cnt_e4=10_000, pric_e6=yuan * 1_000_000, chrgitm_lv="01", goods_kind="国药准字"
    )
    other = Line(
        feedetl_sn="2", medins_list_codg="A002", name="体温计", cnt_e4=20_000, pric_e6=6_250_000, chrgitm_lv="03", goods_kind="械字"
    )
    return Bill(admdvs="990100", begntime=AT.format(minute, 0), venue=Venue.PHARMACY, lines=(line, other))


def split(total_fen: int) -> Figures:
    """Return a total of which the fund pays half and cash a tenth."""
    fund, cash = total_fen // 2, total_fen // 10
    account = total_fen - fund - cash
    return Figures(
        medfee_sumamt=total_fen, inscp_scp_amt=total_fen, hifp_pay=fund, fund_pay_sumamt=fund, psn_part_amt=account + cash,
        acct_pay=account, psn_cash_pay=cash, balc=64_558,
    )  # fmt: skip


class Day:
    """A till's journal in the making."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.clock = Hand()
        self.journal: Journal = opened(directory, clock=self.clock)

    def at(self, minute: int, second: int = 0) -> None:
        """Set the clock."""
        self.clock.at = self.clock.at.replace(hour=9, minute=minute, second=second, tzinfo=CHINA)

    def commit(self, *entries: Entry) -> None:
        """Commit them together."""
        self.journal.commit(list(entries))

    def sale(self, minute: int, total_fen: int, *, offline: bool = False, person: dict[str, str] = JIA, name: str = "阿莫西林胶囊") -> None:
        """Write the intent of a sale, with the steps of its card."""
        self.at(minute)
        card = SaleWrite(
            before=CardRecord(generation=1, counter=2, amount_fen=31_979, not_after="5", tags=(1, 2, 3)), tag=0xF19E, debit_fen=500
        )
        intent = SaleIntended(
            subject=subject(minute), way="allowance" if offline else "online", at=AT.format(minute, 0), bill=bill(minute, name=name),
            figures=split(total_fen), left_out=(), pack="990100/2023-02-01", explanation="", hotlist=HOTLIST,
            reason="LINE-DOWN" if offline else "", card=card if offline else None,
        )  # fmt: skip
        frozen = {} if offline else {"input": _frozen(person)}
        entry = Entry(kind=intent.kind, subject=intent.subject, body=intent.body(), private={**person, **frozen}, owner=person["certno"])
        steps = CardSteps(subject=intent.subject, steps=STEPS if offline else STEPS[:2])
        self.commit(entry, Entry(kind=steps.kind, subject=steps.subject, body=steps.body()))

    def send(self, minute: int, outcome: str, *, words: str = "", attempt: int = 1, figures: Figures | None = None) -> None:
        """Write an attempt of the sender and what it came to."""
        name = subject(minute)
        self.commit(sending(name, attempt))
        entry = answered(name, outcome, figures or split(5_050))
        self.commit(Entry(kind=entry.kind, subject=name, body={**entry.body, "words": words}))

    def book(self, minute: int, total_fen: int, *, offline: bool = False) -> None:
        """Book a sale and print its slip."""
        done = Done(
            subject=subject(minute), infno="2102", figures=split(total_fen), outside_fen=0, offline=offline, setl_id="S1", mdtrt_id="M1"
        )
        self.fact(done)
        self.fact(Printed(subject=subject(minute), copy=1))

    def fact(self, fact: Any) -> None:  # noqa: ANN401 - any fact
        """Write a fact that names nobody."""
        self.commit(Entry(kind=fact.kind, subject=fact.subject, body=fact.body()))

    def close(self) -> Path:
        """Close the journal after the log was brought up to it; return the folder."""
        with Follower(self.journal) as follower:
            follower.follow()
        self.journal.close()
        return self.directory


def _frozen(person: dict[str, str]) -> str:
    return (
        (
            f'{{"druginfo":{{"psn_no":"9901{person["certno"]}","mdtrt_cert_no":"{person["card_no"]}","med_type":"41","medfee_sumamt":"50.50",'
            '"dise_codg":"I10","dise_name":"高血压"},"drugdetail":[{"feedetl_sn":"1","cnt":"1.0000","bilg_dr_name":"医生"}]}'
        )
        .replace("\x07", "")
        .replace("\x1b", "")
    )


def lived(directory: Path) -> Path:
    """Return a till's folder after a day with one of everything."""
    day = Day(directory)
    day.sale(1, 5_050)
    day.send(1, "accepted", figures=split(5_050))
    day.book(1, 5_050)
    day.sale(2, 1_183_800)
    day.send(2, "rejected", words=HOSTILE_WORDS)
    day.commit(Entry(kind="refused", subject=subject(2), body={"words": HOSTILE_WORDS}))
    day.sale(3, 500, offline=True, person=HOSTILE_PERSON, name="[b]头孢\x1b[0m\u202e")
    day.book(3, 500, offline=True)
    day.send(3, "retry", words=HOSTILE_WORDS)
    day.sale(4, 1_200, offline=True)
    day.fact(Doubted(subject=subject(4), why="card-torn"))
    day.at(5)
    slip = CashSold(subject=subject(5), at=AT.format(5, 0), bill=bill(5), amount_fen=5_050, reason="LINE-DOWN", until="2026-03-31")
    day.fact(slip)
    day.at(6)
    refresh = RefreshIntended(subject=subject(6), at=AT.format(6, 0), before=OLD, generation=3, grant_fen=50_000, not_after="5", tag=9)
    day.commit(Entry(kind=refresh.kind, subject=refresh.subject, body=refresh.body(), private=JIA, owner=JIA["certno"]))
    day.fact(Refreshed(subject=subject(6), generation=3, grant_fen=50_000))
    day.at(7)
    back, at = split(5_050).negated(), AT.format(7, 0)
    void = VoidIntended(subject=subject(7), at=at, original=subject(1), way="backlog", figures=back, outside_fen=0, why="customer")
    day.commit(Entry(kind=void.kind, subject=void.subject, body=void.body(), private=JIA, owner=JIA["certno"]))
    done = Done(subject=subject(7), infno="2103", figures=back, outside_fen=0, offline=True)
    day.fact(done)
    day.at(6, 30)
    day.fact(Printed(subject=subject(7), copy=1, which="late"))
    day.at(8)
    day.journal.notes.put("sender", {"beat": day.clock.monotonic(), "line": "down", "since": AT.format(2, 30), "words": HOSTILE_WORDS})
    assert asdict(split(5_050))["psn_cash_pay"] == 505
    return day.close()


async def until(pilot: Pilot[Any], holds: Callable[[], bool]) -> None:
    """Wait until the screen has come to this, and a moment longer: until nothing changes any more."""
    for _ in range(400):
        await pilot.pause(0.02)
        if holds():
            break
    else:
        message = f"it never came to this:\n{text_of(pilot.app)}"
        raise TimeoutError(message)
    before = ""
    while before != (now := text_of(pilot.app)):
        before = now
        await pilot.pause(0.15)


Look = Callable[[Pilot[Any]], Awaitable[None]]
