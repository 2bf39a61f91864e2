"""The registration desk as it stands: the cashier's screen over departments instead of goods, and what is known of who stands there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from typing_extensions import override

from offline_queue.registry.errors import RegistryMissing
from settlement.errors import OperatorError
from terminal.open_bill import OpenBill
from terminal.screen import news, visit_news
from terminal.screen.cashier.mode import Mode
from terminal.screen.cashier.model import Cashier
from terminal.screen.list_news import Paged
from terminal.screen.registration.directory import Directory
from terminal.screen.registration.lists import CancelMode
from terminal.screen.registration.registering import RegisteringMode, no_departments
from terminal.screen.registration.ticket import TicketMode
from terminal.screen.words import tr
from terminal.visit_refusals import OFFER_GONE

if TYPE_CHECKING:
    from terminal.screen.cashier.devices import SimulatedDevices
    from terminal.screen.cashier.view import View
    from terminal.screen.orders import Door


class Registrar(Cashier):
    """Who registers patients and charges what a doctor ordered."""

    def __init__(
        self,
        door: Door,
        *,
        directory: Path,
        bell: Callable[[], None],
        pin: Callable[[int | None], None],
        devices: SimulatedDevices | None = None,
    ) -> None:
        """``directory`` is where the registry lies; the others as in :class:`Cashier`."""
        super().__init__(door, bell=bell, pin=pin, devices=devices)
        self.directory = Directory(directory, told=self.refuse)
        self.registering = RegisteringMode(self)
        self.begin(self.registering)
        self.visitor: visit_news.VisitorKnown | None = None
        """What this till knows of the visits of the person whose card is in."""
        self.suggested = False
        """Whether the choice on the screen is what that person took last, and nobody has confirmed it by a key."""
        self._greeted = 0
        """The insertion that got its suggestion: once each, so that nobody is registered twice by two F8."""
        self._minute = ""

    # --- what is known ---------------------------------------------------------------------------------

    @property
    def at(self) -> str:
        """The time of a visit that is registered now, ``yyyy-MM-dd HH:mm:ss``."""
        return f"{self.status.now or '2000-01-01 00:00'}:00"

    @property
    def damaged(self) -> OperatorError | None:
        """Why there are no departments."""
        if self.directory.damaged is None and not self.directory.stocked:
            return RegistryMissing(directory=str(self.directory.path))
        return self.directory.damaged

    @property
    def today(self) -> tuple[visit_news.Registered, ...]:
        """Today's registrations of who stands here, as far as this till made them."""
        person, visitor = self.person, self.visitor
        return visitor.today if person is not None and visitor is not None and visitor.arrival == person.arrival else ()

    # --- what happens ----------------------------------------------------------------------------------

    def look(self) -> bool:
        """See whether other departments were imported."""
        if not self.directory.look():
            return False
        self.registering.look_again()
        return True

    def put(self, bill: OpenBill) -> None:
        """Show a bill that nobody needs to keep: a suggestion, or none."""
        self.bill, self.focus = bill, min(len(bill.lines) - 1, 0)
        self.reprice()

    def notice_today(self, dept_code: str) -> None:
        """Say where this person has registered today: a second visit is no error, and no accident either."""
        standing = [one for one in self.today if not one.cancelled]
        if not standing:
            return
        names = ", ".join(dict.fromkeys(one.registration.department.name for one in standing))
        again = any(one.registration.department.code == dept_code for one in standing)
        if again:
            words = tr("Registered here today already: {departments}").format(departments=names)
        else:
            words = tr("Registered today: {departments}; F8 goes on").format(departments=names)
        self.say("attention", words)

    @property
    @override
    def free(self) -> bool:
        if not self.suggested:
            return super().free
        return self.opened and not self.dead and self.mode is self.home and not (self.home.query or self.home.finding)

    @override
    def hear(self, said: news.News) -> None:
        super().hear(said)
        match said:
            case visit_news.QuotaTaken():
                self.directory.take_counts({one.key: one.count for one in said.offers})
            case visit_news.VisitorKnown():
                self.visitor = said
                self._greet(said)
            case news.CardGone() | news.CardFailed() | news.CardReading() if self.suggested:
                # The choice was this person's, and the person is gone.
                self.suggested = False
                self.put(OpenBill(draft=self.bill.draft))
            case news.Told() if said.words.code == OFFER_GONE.code:
                self.directory.look()
                self.registering.look_again()
            case news.Status() if said.now != self._minute:
                self._minute = said.now
                self.registering.look_again()

    @override
    def change(self, bill: OpenBill) -> None:
        super().change(bill)
        self.suggested = False

    @override
    def settled_mode(self, said: news.Sold) -> Mode:
        return TicketMode(self, said)

    @override
    def list_mode(self, paged: Paged) -> Mode:
        return CancelMode(self, paged.rows) if paged.what == "voids" else super().list_mode(paged)

    @override
    def view(self, *, safe: bool, count: int) -> View:
        from terminal.screen.registration.painting import view_of  # noqa: PLC0415 - beside its one use: it reads this class

        return view_of(self, safe=safe, count=count)

    # --- inside ----------------------------------------------------------------------------------------

    def _greet(self, visitor: visit_news.VisitorKnown) -> None:
        """Choose what this person took last, when nothing else is begun; say where they registered today."""
        if visitor.arrival == self._greeted or self.person is None or self.person.arrival != visitor.arrival:
            return
        self._greeted = visitor.arrival
        standing = {one.registration.department.code for one in visitor.today if not one.cancelled}
        begun = self.mode is not self.home or self.home.query or self.home.finding or not self.bill.empty
        if visitor.last is not None and not begun and visitor.last.department.code not in standing:
            if not self.registering.suggest(visitor.last.key):
                name = visitor.last.department.name
                self.say("attention", tr("Took {department} last; it has no free place now").format(department=name))
                return
            self.say("notice", tr("As last time: {department}. F8 registers").format(department=visitor.last.department.name))
        if standing:
            self.notice_today(self.bill.registering.department.code if self.bill.registering else "")

    @override
    def _taken(self, bill: OpenBill) -> None:
        self.suggested = False
        super()._taken(bill)

    @override
    def _opened(self, said: news.Opened) -> None:
        # What was chosen before a crash is chosen again, if it is still offered.
        super()._opened(said)
        if self.directory.damaged is None and not self.directory.stocked:
            # F1 says the rest.
            self.say("attention", no_departments())
        self.registering.look_again()
