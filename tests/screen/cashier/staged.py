"""A till with nobody behind it: what its desk would tell is told by the test, with fixed values, and the states come from the protocol.

Everything is made up; names, numbers and amounts say so or follow from the demonstration area's rules.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from config.regions import policy_for
from offline_queue.catalogue.goods_file import read_goods
from offline_queue.catalogue.importing import replace_catalogue
from settlement.allowance import CardRecord
from settlement.bill import Benefit, Bill, Split, Venue
from settlement.checkout import events as on
from settlement.checkout.protocol import begin, receive
from settlement.checkout.states import Sale, State
from settlement.facts import Hotlisted
from settlement.masks import mask_name, mask_number
from settlement.offline import Circumstances
from settlement.policy import Policy
from terminal.demo.devices import CardShown, Note
from terminal.open_bill import OpenBill
from terminal.screen import news
from terminal.screen.app import CounterApp, Heard
from terminal.screen.cashier.devices import SimulatedDevices
from terminal.screen.cashier.screen import Part
from terminal.screen.paint import Row
from terminal.screen.pin_entry import PinEntry
from tests.screen.cashier.clerk import Clerk, at_the_counter
from tests.screen.cashier.floor import GOODS, with_drugs

AREA, NOW, AT = "990100", "2026-03-02 14:32", "2026-03-02 14:32:00"
MSGID = "P99010000001202603021432000100"
MORE_GOODS = """\
C001,,演示维生素滴剂（胶囊型）,400U×60粒,演示五厂,瓶,2000000000077,,38.00,03,1,,国药准字,YS24031,2027-02,否,350
L001,YSL001,演示多组分长效缓释胶囊（Ⅱ）礼盒装,0.25g×12粒×20板,演示七厂,盒,2000000000084,,11838.00,01,0,,国药准字,YS24051,2027-05,否,10
"""
PLACE = news.Place(
    shop="演示门诊部",
    fixmedins_code="P99010000001",
    admdvs=AREA,
    venue=Venue.CLINIC,
    hosp_lv="1",
    till="01",
    operator="测试人员",
    demonstration=True,
)
PHARMACY = replace(PLACE, shop="演示大药房", venue=Venue.PHARMACY, hosp_lv="")
BENEFIT = Benefit(psn_type="12", deductible_used_fen=460_00, fund_paid_fen=1200_00, account_fen=80_00)
PERSON = news.PersonShown(
    arrival=1,
    name=mask_name("演示甲"),
    sex="2",
    age=67,
    certno=mask_number("990100195901010003"),
    card=mask_number("YS0000001"),
    psn_type="12",
    insuplc_admdvs=AREA,
    benefit=BENEFIT,
)
UNKNOWN_PERSON = replace(PERSON, benefit=None, psn_type="", insuplc_admdvs="")
FINE = news.Status(
    now=NOW,
    reader="card",
    line="up",
    hotlist_age_s=2 * 3600,
    printer="ok",
    offline=news.Offline(allowed=True, floor_fen=300_00),
    last_receipt="01-1-000016",
)
CUT = replace(FINE, line="down", line_since="2026-03-02 14:20", queue=4, oldest_s=11 * 60, hotlist_age_s=9 * 3600)
CUT = replace(CUT, offline=replace(CUT.offline, until="23:10"))
STALE = replace(CUT.offline, stale=True, floor_fen=100_00)
DOUBTS = (
    news.DoubtShown(subject=MSGID, amount_fen=123_45, at=AT, offline=True, goods_released=None, cash_taken_fen=0),
    news.DoubtShown(subject=f"{MSGID[:-1]}1", amount_fen=20_00, at=AT, offline=False, goods_released=True, cash_taken_fen=0),
)
RECORD = CardRecord(generation=2, counter=4, amount_fen=500_00, not_after="5", tags=(7, 6, 5))
_INSURED = on.Insured(certno="", psn_name="演示甲", card_no="000000000", card_sn="0" * 32, valid_until="20301231")
_HOTLIST = Hotlisted(version=3, age_s=600)


class Staged(CounterApp):
    """The till whose desk is the test."""

    def _work(self) -> None:
        """Leave the desk's thread at once."""
        return


@dataclass(slots=True)
class FixedDevices:
    """The devices of a demonstration in one state; what is done to them is noted."""

    inserted: str = "third"
    line: str = "cut"
    slow_s: float = 0.0
    reply_lost: bool = True
    reply_doubled: bool = False
    pull_prepared: bool = False
    names: tuple[str, ...] = ("演示甲", "演示乙", "演示丙", "演示丁")

    def cards(self) -> tuple[CardShown, ...]:
        """Four cards, one of them in the reader, one that cannot be read."""
        roles = ("first", "second", "third", "fourth")
        holds = (338_74, 500_00, 11_838_00, None)
        return tuple(
            CardShown(
                role=role,
                name=name,
                pin=str(395_016 + place),
                inserted=role == self.inserted,
                allowance_fen=holds[place],
                tries_left=3,
                note=Note.NONE,
            )
            for place, (role, name) in enumerate(zip(roles, self.names, strict=True))
        )

    def samples(self) -> tuple[str, ...]:
        """What can be typed."""
        return ("A001", "A002", "Z001")

    def state(self) -> FixedDevices:
        """How they stand."""
        return self

    def unready(self, language: str) -> str:
        """Everything stands."""
        del language
        return ""

    def swap(self, role: str) -> None:
        """Put another card in."""
        self.inserted = role

    def pull(self) -> None:
        """Take it out."""
        self.inserted = ""

    def pull_during_next_write(self) -> None:
        """Prepare a pull."""
        self.pull_prepared = True

    def cut_line(self) -> None:
        """Cut."""
        self.line = "cut"

    def mend_line(self) -> None:
        """Mend."""
        self.line = "up"

    def slow_line(self, seconds: float) -> None:
        """Slow down."""
        self.slow_s = seconds

    def drop_next_reply(self) -> None:
        """Lose an answer."""
        self.reply_lost = True

    def double_next_reply(self) -> None:
        """Have one come twice."""
        self.reply_doubled = True

    def report_loss(self, role: str) -> None:
        """Nothing of it is shown."""
        assert role


@contextmanager
def staged(
    directory: Path, size: tuple[int, int] = (80, 24), *, safe: bool = False, devices: SimulatedDevices | None = None
) -> Iterator[Clerk]:
    """Stand at a till over the goods of ``directory``."""
    with at_the_counter(Staged(directory, pin_entry=PinEntry(), safe=safe, bell=False, devices=devices), size) as clerk:
        yield clerk


def stocked(directory: Path, goods: str = GOODS + MORE_GOODS) -> Path:
    """Put the goods into a directory and return it."""
    file = directory / "goods.csv"
    file.write_text(with_drugs(goods), encoding="utf-8")
    replace_catalogue(directory, read_goods(file, _silently).items, {}, _silently, over=True)
    return directory


# --- what the desk would tell -----------------------------------------------------------------------------


def tell(clerk: Clerk, *said: news.News) -> None:
    """Let the screen hear news as from its desk."""
    for one in said:
        clerk.app.post_message(Heard(one))
    clerk.rest()


def opened(clerk: Clerk, status: news.Status = FINE, *, place: news.Place = PLACE) -> None:
    """Open the till."""
    policy = policy_for(AREA, NOW[:10])
    assert isinstance(policy, Policy)
    tell(clerk, news.Opened(place=place, policy=policy, bill=OpenBill(draft="1")), status)


def bought(clerk: Clerk, *written: str) -> None:
    """Type goods, each with Enter."""
    for goods in written or ("4*A001", "2*A002", "3*B001", "C001", "A003"):
        clerk.send(f"{goods}\r")


def bill_of(clerk: Clerk) -> Bill:
    """Return the bill on the screen as it would be settled."""
    assert clerk.till.place is not None
    return clerk.till.bill.bill(clerk.till.place, AT)


def settle(clerk: Clerk, times: int = 1) -> None:
    """Let the model take F8 at once: for what stands on the screen afterwards, not for the key and its guard."""
    for _ in range(times):
        clerk.till.press("settle")
    clerk.app.cashier.show()


def split_of(clerk: Clerk) -> Split:
    """Return the split on the screen."""
    assert isinstance(clerk.till.split, Split)
    return clerk.till.split


def parts_of(clerk: Clerk) -> dict[str, list[Row]]:
    """Return what each part of the screen paints, with its roles."""
    return {type(part).__name__: part.paint(part.size.width, part.size.height) for part in clerk.app.cashier.query(Part)}


# --- the checkout up to a state ---------------------------------------------------------------------------


def at_the_pin(clerk: Clerk) -> State:
    """Return the checkout of the bill on the screen, up to the PIN."""
    assert isinstance(clerk.till.policy, Policy)
    sale = Sale(bill=bill_of(clerk), policy=clerk.till.policy, draft=clerk.till.bill.draft)
    return next_state(begin(sale), on.CardIdentified(insured=_INSURED, today="20260302", hotlist=_HOTLIST, hotlisted=False))


def quoted_online(clerk: Clerk) -> State:
    """The centre knows the person: the offer."""
    known = on.PersonKnown(psn_no="1", insuplc_admdvs=AREA, benefit=BENEFIT)
    return next_state(at_the_pin(clerk), on.PinAccepted(record=replace(RECORD, counter=0), doubts=()), known)


def quoted_offline(clerk: Clerk) -> State:
    """The line is down: the offer of the allowance, or why there is none."""
    down = Circumstances(month=3, hotlist=_HOTLIST, person_used_fen=0, reason="refused")
    return next_state(at_the_pin(clerk), on.PinAccepted(record=RECORD, doubts=()), on.LineDown(now=down))


def answered(state: State, event: on.Event) -> State:
    """Confirm an offer and let this come of it."""
    return next_state(state, on.Confirmed(msgid=MSGID, at=AT, tag=0x1234), on.IntentDurable(), event)


def next_state(state: State, *happened: on.Event) -> State:
    """Return what follows."""
    for event in happened:
        state, _ = receive(state, event)
    return state


def _silently(done: int, total: int) -> None:
    """Show no progress: it takes no time."""
    del done, total
