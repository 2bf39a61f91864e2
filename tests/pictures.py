"""The pictures of the READMEs: the real application in states of a made-up day, drawn into ``docs/pictures``. ``python -m tests.pictures``.

Time, person and goods are fixed, and the desk's news is given instead of worked for, so that the same source gives the same
bytes. What stands on the screen is the application's own: the bill is typed, priced by the demonstration area's rules and painted.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from textual import events
from textual.pilot import Pilot

from config.regions import policy_for
from offline_queue.catalogue.goods_file import read_goods
from offline_queue.catalogue.importing import replace_catalogue
from offline_queue.registry.building import replace_registry
from offline_queue.registry.desk_file import read_desk
from settlement.bill import Split
from settlement.checkout.states import Settled
from settlement.errors import Language
from settlement.policy import Policy
from settlement.visit import Department, Doctor
from terminal.demo import goods as demo_goods
from terminal.open_bill import OpenBill
from terminal.open_visit import Registering
from terminal.screen import news, visit_news, words
from terminal.screen.app import CounterApp, Heard
from terminal.screen.pin_entry import PinEntry
from terminal.screen.registration.app import RegistrationApp
from terminal.screen.themes import wear
from tests.screen.cashier.staged import AREA, CUT, FINE, NOW, PERSON, PLACE, UNKNOWN_PERSON, Staged
from tests.screen.svg import redrawn

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "pictures"
LANGUAGES: tuple[Language, ...] = ("zh", "en")
_GOODS = """\
商品编码,医保目录编码,商品名称,规格,生产企业,单位,条码,药品标识码,零售价,医保等级,先行自付比例,医保支付标准,批准类别,生产批号,有效期至,须扫追溯码,销量
A001,YSA001,演示控释片,30mg×7片,演示一厂,盒,2000000000015,,26.40,01,0,,国药准字,YS24001,2027-11,否,900
A002,YSA002,演示缓释片,0.5g×30片,演示二厂,盒,2000000000022,,19.85,01,0,,国药准字,YS24071,2027-06,否,800
B001,YSB001,演示降脂片,20mg×7片,演示三厂,盒,2000000000039,,35.60,02,0.1,,国药准字,YS24417,2028-01,否,700
B002,YSB002,演示清热胶囊,0.35g×36粒,演示四厂,盒,2000000000046,,24.80,02,0.05,,国药准字,YS24052,2026-10,否,600
C001,,演示维生素滴剂（胶囊型）,400U×60粒,演示五厂,瓶,2000000000053,,38.00,03,1,,国药准字,YS24031,2027-02,否,500
A003,YSA003,演示胶囊,0.25g×24粒,演示六厂,盒,2000000000060,,12.50,01,0,,国药准字,YS24051,2027-05,否,400
"""
_BOUGHT = ("4*A001", "2*A002", "2*B001", "B002", "C001", "A003")
_RECEIVED_YUAN = "100"
_DEPARTMENTS = Path(demo_goods.__file__).with_name("departments.csv")
_SURGERY = Registering(
    department=Department(code="K02", name="外科", caty="A04"), doctor=Doctor(code="D990100000003", name="演示医师丙"), fee_class="普通"
)


class PicturedDesk(RegistrationApp):
    """The registration desk with nobody behind it: what its desk would tell is told by a :class:`Picture`."""

    def _work(self) -> None:
        """Leave the desk's thread at once."""
        return


Tell = Callable[[Pilot[int]], Awaitable[None]]


async def told(pilot: Pilot[int], *said: news.News) -> None:
    """Let the application hear news as from its desk."""
    for one in said:
        pilot.app.post_message(Heard(one))
    await pilot.pause()


async def typed(pilot: Pilot[int], text: str) -> None:
    """Put text into the scan line as a whole, as a scanner does."""
    pilot.app.screen.post_message(events.Paste(text))
    await pilot.pause()


async def opened(pilot: Pilot[int], status: news.Status = FINE) -> None:
    """Open the till in the demonstration's area."""
    policy = policy_for(AREA, NOW[:10])
    assert isinstance(policy, Policy)
    await told(pilot, news.Opened(place=PLACE, policy=policy, bill=OpenBill(draft="1")), status)


async def bought(pilot: Pilot[int]) -> None:
    """Scan what is bought."""
    for goods in _BOUGHT:
        await typed(pilot, goods)
        await pilot.press("enter")


async def selling(pilot: Pilot[int]) -> None:
    """A card in, the line up: the split is on the screen."""
    await opened(pilot)
    await bought(pilot)
    await told(pilot, news.CardShown(PERSON))


async def explained(pilot: Pilot[int]) -> None:
    """F1: how the split came about."""
    await selling(pilot)
    await pilot.press("f1")


async def finding(pilot: Pilot[int]) -> None:
    """Initials are typed."""
    await selling(pilot)
    await typed(pilot, "ys")


async def paying(pilot: Pilot[int]) -> None:
    """F8 and the cash that was handed over."""
    await selling(pilot)
    await asyncio.sleep(_SETTLING_S)
    await pilot.press("f8")
    await asyncio.sleep(_SETTLING_S)
    await typed(pilot, _RECEIVED_YUAN)
    await pilot.press("enter")


async def settled(pilot: Pilot[int]) -> None:
    """Done: the change."""
    await selling(pilot)
    till = pilot.app.till if isinstance(pilot.app, CounterApp) else None
    assert till is not None
    assert isinstance(till.split, Split)
    await told(
        pilot,
        news.Sold(
            state=Settled(subject="01-20260302-000017", figures=till.split.figures, outside_fen=till.split.outside_fen),
            bill=till.bill.bill(PLACE, f"{NOW}:00"),
            draft=till.bill.draft,
            received_fen=int(_RECEIVED_YUAN) * 100,
            figures=till.split.figures,
            receipt="01-1-000017",
        ),
    )


async def offline(pilot: Pilot[int]) -> None:
    """The line is down: what the card carries is known after the PIN."""
    await opened(pilot, CUT)
    await bought(pilot)
    await told(pilot, news.CardShown(UNKNOWN_PERSON))


async def registering(pilot: Pilot[int]) -> None:
    """A second department on the same day: doctors, fee, split, and what was registered before."""
    await opened(pilot)
    surgery = visit_news.Registered(at="2026-03-02 08:31:00", registration=_SURGERY, queue="01-3")
    await told(pilot, news.CardShown(PERSON), visit_news.VisitorKnown(arrival=PERSON.arrival, today=(surgery,), last=_SURGERY))
    await typed(pilot, "nk")
    await pilot.press("enter")


_SETTLING_S = 0.4
"""Longer than the guard of F8 distrusts a screen that has just changed."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture: its size in cells, its theme, what happens before it is taken, and what a screen reader says."""

    name: str
    columns: int
    rows: int
    theme: str
    tell: Tell
    zh: str
    en: str
    app: type[CounterApp] = Staged


PICTURES = (
    Picture(
        "selling",
        120,
        40,
        "counter-dark",
        selling,
        "收银画面：单据、参保人、分担和应收现金",
        "The counter: bill, insured person, split, cash due",
    ),
    Picture("paying", 100, 30, "counter-dark", paying, "按 F8 之后：收现金和找零", "After F8: cash and change"),
    Picture("settled", 100, 30, "counter-dark", settled, "结算完成", "Settled"),
    Picture("offline", 100, 30, "counter-dark", offline, "线路中断时的画面", "The line is down"),
    Picture("why", 100, 30, "counter-light", explained, "逐步说明分担怎样算出（浅色主题）", "Each step of the split (light theme)"),
    Picture("finding", 80, 24, "counter-contrast", finding, "按拼音首字母查找（高对比主题）", "Finding by initials (high contrast)"),
    Picture(
        "registration",
        100,
        30,
        "counter-dark",
        registering,
        "挂号处：科室、医师、号别、费用分担，今日已挂的号",
        "The registration desk: doctors, fees, split, and today's earlier registration",
        PicturedDesk,
    ),
)


@contextmanager
def catalogue() -> Iterator[Path]:
    """Make a data directory with the goods of the pictures."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "goods.csv"
        path.write_text(_GOODS, encoding="utf-8")
        replace_catalogue(Path(folder), read_goods(path, _silently).items, {}, _silently, over=True)
        replace_registry(Path(folder), read_desk(_DEPARTMENTS, _silently).offers, {}, _silently, over=True)
        yield Path(folder)


def _silently(done: int, total: int) -> None:
    """Show no progress: it takes no time."""
    del done, total


def taken(picture: Picture, language: Language) -> str:
    """Return one picture as SVG."""

    async def look(directory: Path) -> str:
        app = picture.app(directory, pin_entry=PinEntry(), bell=False)
        wear(app, picture.theme)
        async with app.run_test(size=(picture.columns, picture.rows)) as pilot:
            while app.till is None:
                await pilot.pause(0.01)
            await picture.tell(pilot)
            await pilot.pause()
            return app.export_screenshot()

    before = words.language()
    words.use(language)
    try:
        with catalogue() as directory:
            return redrawn(asyncio.run(look(directory)), picture.zh if language == "zh" else picture.en)
    finally:
        words.use(before)


def main() -> None:
    """Take all pictures anew, in both languages, or those named."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for picture in PICTURES:
        for language in LANGUAGES if not sys.argv[1:] or picture.name in sys.argv[1:] else ():
            (FOLDER / f"{picture.name}.{language}.svg").write_text(taken(picture, language), encoding="utf-8")


if __name__ == "__main__":
    main()
