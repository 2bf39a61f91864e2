"""The shop floor behind the screen: a real centre, a line that can be bent, senders, cards and goods. The till itself is the test's."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

from config.clock import FileClock
from config.entropy import SystemEntropy
from config.regions import SHIPPED
from config.settings import Settings
from offline_queue.catalogue.goods_file import read_goods
from offline_queue.catalogue.importing import replace_catalogue
from offline_queue.fold import Folded
from offline_queue.journal import CounterIdentity, Journal
from offline_queue.journal.values import SenderStatus
from offline_queue.sync.sender import Sender
from settlement.facts import CashSold, SaleIntended
from simulator import image
from simulator.contents import contents
from terminal.cards.simulated import Hands
from terminal.demo.stage import Stage

ALLOWANCE, FORBIDDEN = "east", "west"
"""The shop in an area that allows the card's allowance off-line, and the one in an area that forbids it."""
GOODS = """\
商品编码,医保目录编码,商品名称,规格,生产企业,单位,条码,药品标识码,零售价,医保等级,先行自付比例,医保支付标准,批准类别,生产批号,有效期至,须扫追溯码,销量
A001,YSA001,演示控释片,30mg×7片,演示一厂,盒,2000000000015,,12.30,01,0,,国药准字,YS24001,2027-11,否,900
A002,YSA002,演示缓释片,0.5g×30片,演示二厂,盒,2000000000022,,20.00,01,0,,国药准字,YS24071,2027-06,否,800
A003,YSA003,演示咳嗽糖浆,100ml,演示六厂,瓶,2000000000060,,5.50,01,0,,国药准字,YS24051,2027-05,否,700
B001,YSB001,演示降脂片,20mg×7片,演示三厂,盒,2000000000039,,10.00,02,0.1,,国药准字,YS24417,2028-01,否,600
T001,YST001,演示追溯胶囊,0.35g×36粒,演示四厂,盒,2000000000046,8100001,15.00,01,0,,国药准字,YS24052,2028-10,是,500
Z001,,演示护手霜,50g,演示五厂,支,2000000000053,,8.80,03,1,,日用品,YS24031,2027-02,否,400
"""
DRUGS = """\
R001,YSR001,演示处方片,0.25g×12片,演示八厂,盒,2000000000091,,16.00,01,0,,国药准字,YS24061,2028-06,否,5,Rx,
E001,YSE001,演示复方伪麻片,10片,演示九厂,盒,2000000000107,,9.00,01,0,,国药准字,YS24071,2028-07,否,4,OTC,是
"""
"""What is sold on prescription, and by name."""
BARCODES = {
    "A001": "2000000000015",
    "A002": "2000000000022",
    "A003": "2000000000060",
    "B001": "2000000000039",
    "R001": "2000000000091",
    "E001": "2000000000107",
}
PRICES_FEN = {"A001": 1230, "A002": 2000, "A003": 550, "B001": 1000, "T001": 1500, "Z001": 880}
_STRICTER = ('cost = "first_pay"\nvalue = true', 'cost = "first_pay"\nvalue = false')
"""The centre's pack differs in this from the counters': the account no longer pays the first pay of class-B lines."""

_UNPRICED = re.compile(r'prescription = true\nstatus = "missing"\nnote = .*\n')


class Floor:
    """Everything but the tills. Every class-B line meets a centre with other rules; all other goods are settled as they are shown."""

    def __init__(self, directory: Path, *, shops: tuple[str, ...] = (ALLOWANCE, FORBIDDEN)) -> None:
        self.stage = Stage(
            directory,
            seed="floor",
            personality="re-executes",
            shops=shops,
            staffed=False,
            exchange_s=0.8,
            centre_regions=_regions(directory),
        )
        self._senders: list[Sender] = []
        self._ends = ExitStack()

    def __enter__(self) -> Self:
        self._ends.enter_context(self.stage)
        goods = self.stage.directory / "goods.csv"
        goods.write_text(with_drugs(GOODS), encoding="utf-8")
        items = read_goods(goods, _silently).items
        for shop in self.stage.shops.values():
            replace_catalogue(shop.directory, items, {}, _silently, over=True)
            self._ends.callback(self._start_sender(shop.directory))
        self.hands = {name: Hands(shop.slot_dir, self.stage.directory / "cards") for name, shop in self.stage.shops.items()}
        for name in self.stage.shops:
            self.until(f"{name}: hotlist and line", partial(self._ready, name))
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._ends.close()

    # --- what happens on the floor -----------------------------------------------------------------------

    def insert(self, role: str, shop: str = ALLOWANCE) -> None:
        """Put a card in, afresh: one that is in comes out first."""
        self.hands[shop].pull()
        self.hands[shop].insert(self.stage.cast[role].image)

    def pull(self, shop: str = ALLOWANCE) -> None:
        """Take the card out, and a prepared pull back."""
        self.hands[shop].prepare_pull(None)
        self.hands[shop].pull()

    def prepare_pull(self, write: int, when: str, shop: str = ALLOWANCE) -> None:
        """Have the card pulled at the ``write``-th record that is written from now on."""
        self.hands[shop].prepare_pull({"next_write": write, "when": when})

    def pin(self, role: str) -> str:
        """Return the PIN of a card."""
        return self.stage.cast[role].pin

    def name(self, role: str) -> str:
        """Return the name on a card."""
        return self.stage.cast[role].psn_name

    def tries_left(self, role: str) -> int:
        """Return how many wrong PINs the card still forgives."""
        left: int = contents(image.load(self.stage.directory / "cards" / self.stage.cast[role].image))["pin_tries_left"]
        return left

    def allowance_fen(self, role: str) -> int:
        """Return what a card may spend off-line."""
        record = contents(image.load(self.stage.directory / "cards" / self.stage.cast[role].image))["allowance"]
        return int(record["amount_fen"] or 0) if record["counter"] else 0

    def cut(self, shop: str = ALLOWANCE) -> None:
        """Cut the line and wait until the sender knows."""
        self.stage.bend_line({"mode": "refuse"})
        self.until("the line is down", lambda: self.line(shop) == "down")

    def mend(self, shop: str = ALLOWANCE) -> None:
        """Mend the line and wait until the sender knows."""
        self.stage.bend_line({})
        self.until("the line is up", lambda: self.line(shop) == "up")

    def lose_reply(self, infno: str) -> None:
        """Lose the next answer to this transaction: the centre has executed it."""
        for sender in self._senders:
            # The answer that gets lost must be the one meant, not a refusal for a sign-in that expired just then.
            sender._sign_on.number = ""
        self.stage.bend_line({"mode": "drop-reply", "infno": infno, "times": 1})

    def until(self, what: str, holds: Callable[[], object]) -> None:
        """Wait for something outside the screen."""
        self.stage.until(what, holds)

    # --- what is written down ----------------------------------------------------------------------------

    def directory(self, shop: str = ALLOWANCE) -> Path:
        """Return a till's data directory."""
        return self.stage.shops[shop].directory

    def line(self, shop: str = ALLOWANCE) -> str:
        """Return what the sender says of the line."""
        return str(self._sender_says(shop).line)

    def records(self, shop: str = ALLOWANCE) -> int:
        """Return how many records the journal has, without the days that the sender states by itself."""
        with self.journal(shop) as journal:
            stated = [one for subject in journal.subjects() for one in journal.records(subject) if one.kind == "day_stated"]
            return journal.tip()[0] - len(stated)

    def sales(self, shop: str = ALLOWANCE) -> list[Folded]:
        """Return every sale that was begun, settled or paid in cash, oldest first."""
        kinds = {SaleIntended.kind, CashSold.kind}
        with self.journal(shop) as journal:
            return [journal.standing(subject) for subject in journal.subjects() if journal.records(subject)[0].kind in kinds]

    def journal(self, shop: str = ALLOWANCE) -> Journal:
        """Open a till's journal beside it, to be read only."""
        clock = FileClock(self.stage.directory / "clock")
        return Journal(self.directory(shop), role="reader", clock=clock, entropy=SystemEntropy(), counter=None)

    # --- inside ------------------------------------------------------------------------------------------

    def _ready(self, shop: str) -> bool:
        says = self._sender_says(shop)
        return bool(says.hotlist_time) and says.line == "up"

    def _sender_says(self, shop: str) -> SenderStatus:
        with self.journal(shop) as journal:
            return journal.notes.sender_status()

    def _start_sender(self, directory: Path) -> Callable[[], None]:
        settings = Settings.load(directory / "settings.toml")
        clock, entropy = FileClock(Path(settings.clock.file)), SystemEntropy()
        counter = CounterIdentity(fixmedins_code=settings.counter.fixmedins_code, till=settings.counter.till)
        journal = Journal(directory, role="sender", clock=clock, entropy=entropy, counter=counter)
        sender = Sender(settings, journal, clock, entropy)
        self._senders.append(sender)
        thread = threading.Thread(target=sender.run, name=f"sender {directory.name}")
        thread.start()

        def end() -> None:
            sender.stop()
            thread.join()
            journal.close()

        return end


def _regions(directory: Path) -> Path:
    """Write the centre's own pack of the first area and return where; the other areas' are those that ship."""
    regions = directory / "regions"
    (regions / "990100").mkdir(parents=True)
    name, text = prescribing()
    assert _STRICTER[0] in text
    (regions / "990100" / name).write_text(text.replace(*_STRICTER), encoding="utf-8")
    return regions


def with_drugs(goods: str) -> str:
    """Return a goods file with what is sold on prescription and by name."""
    header, *rows = goods.splitlines()
    return "\n".join((f"{header},处方类别,含麻黄碱", *(f"{row},," for row in rows), DRUGS))


def prescribing() -> tuple[str, str]:
    """Return the first area's pack, by name, that also says what a prescription is paid by: the account alone."""
    (pack,) = (SHIPPED / "990100").glob("*.toml")
    text = pack.read_text(encoding="utf-8")
    assert _UNPRICED.search(text)
    return pack.name, _UNPRICED.sub('prescription = true\nvalue = false\nstatus = "invented"\nsource = "demonstration"\n', text)


def _silently(done: int, total: int) -> None:
    """Show no progress: it takes no time."""
    del done, total
