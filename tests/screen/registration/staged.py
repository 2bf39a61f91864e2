"""A registration desk with nobody behind it: what its desk would tell is told by the test, with fixed values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from offline_queue.catalogue.item import line_of
from offline_queue.registry import Offer
from offline_queue.registry.building import replace_registry
from offline_queue.registry.desk_file import read_desk
from settlement.bill import Benefit
from settlement.visit import Department, Diagnosis, Doctor
from terminal.demo import goods
from terminal.open_bill import OpenBill, taken_over
from terminal.open_visit import Ordered, Registering
from terminal.screen import news, visit_news
from terminal.screen.pin_entry import PinEntry
from terminal.screen.registration.app import RegistrationApp
from tests.goods.shelf import item
from tests.screen.cashier.clerk import Clerk, at_the_counter
from tests.screen.cashier.staged import AT, PERSON, PLACE

SHIPPED = Path(goods.__file__).with_name("departments.csv")
DESK = replace(PLACE, shop="演示门诊部", fixmedins_code="H99010000002")
MORNING = "2026-03-02 09:10"
PATIENT = replace(PERSON, benefit=Benefit(psn_type="12", deductible_used_fen=460_00, fund_paid_fen=1200_00, account_fen=80_00))
VISIT_NO = "H99010000002202603021432000101"
INTERNAL = Registering(
    department=Department(code="K01", name="内科", caty="A03"), doctor=Doctor(code="D990100000001", name="演示医师甲"), fee_class="普通"
)
SURGERY = Registering(
    department=Department(code="K02", name="外科", caty="A04"), doctor=Doctor(code="D990100000003", name="演示医师丙"), fee_class="普通"
)
ORDERED = Ordered(
    number=VISIT_NO,
    med_type="11",
    insutype="310",
    diagnoses=(
        Diagnosis(diag_code="J06.900", diag_name="急性上呼吸道感染", diag_time=AT),
        Diagnosis(diag_code="I10.x00", diag_name="高血压病", diag_time=AT),
    ),
    main_cond_dscr="发热两天",
)


class StagedDesk(RegistrationApp):
    """The desk whose other side is the test."""

    def _work(self) -> None:
        """Leave the desk's thread at once."""
        return


@contextmanager
def staged(directory: Path, size: tuple[int, int] = (80, 24), *, safe: bool = False) -> Iterator[Clerk]:
    """Stand at a desk over the departments of ``directory``."""
    with at_the_counter(StagedDesk(directory, pin_entry=PinEntry(), safe=safe, bell=False), size) as clerk:
        yield clerk


def imported(directory: Path, offers: Iterable[Offer] = ()) -> Path:
    """Put departments into a directory, those of the demonstration unless others are given, and return it."""
    placed = list(offers) or read_desk(SHIPPED, _silently).offers
    replace_registry(directory, placed, {}, _silently, over=True)
    return directory


def registered(of: Registering, *, at: str = "2026-03-02 08:31:00", queue: str = "01-1", cancelled: bool = False) -> visit_news.Registered:
    """Return one registration of today."""
    return visit_news.Registered(at=at, registration=of, queue=queue, cancelled=cancelled)


def known(*today: visit_news.Registered, last: Registering | None = None) -> visit_news.VisitorKnown:
    """Return what the desk knows of who stands there."""
    return visit_news.VisitorKnown(arrival=PATIENT.arrival, today=today, last=last)


def taken(*counts: tuple[tuple[str, str, str], int]) -> visit_news.QuotaTaken:
    """Return how many have registered for these offers."""
    return visit_news.QuotaTaken(tuple(visit_news.OfferTaken(key=key, count=count) for key, count in counts))


def order() -> OpenBill:
    """Return the bill of a doctor's order, as another program handed it in."""
    lines = (
        line_of(item("Y001", "演示血常规", pric_e6=20_000_000, goods_kind="医疗服务"), feedetl_sn="1", cnt_e4=1_0000),
        line_of(item("Y002", "演示退热片", pric_e6=12_500_000), feedetl_sn="2", cnt_e4=2_0000),
    )
    return replace(taken_over(lines, draft="9"), handed_in="O-1", ordered=ORDERED)


def ticket(of: Registering = INTERNAL, *, queue: str = "01-7") -> visit_news.Ticket:
    """Return what stands on a slip."""
    return visit_news.Ticket(registration=of, visit_no=VISIT_NO, queue=queue)


def said_at(minute: str, status: news.Status) -> news.Status:
    """Return the status at another minute."""
    return replace(status, now=minute)


def _silently(done: int, total: int) -> None:
    """Show no progress: it takes no time."""
    del done, total
