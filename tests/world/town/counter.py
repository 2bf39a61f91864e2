"""One counter of the town: the real till and the real sender as two processes that may die, on one journal in memory."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from config.clock import CHINA
from config.entropy import Entropy
from config.settings import Settings
from nhsa.outcome import Accepted
from offline_queue.journal import Committed, CounterIdentity, Entry
from offline_queue.journal.in_memory import MemoryJournal, MemoryStore
from offline_queue.journal.values import Role
from offline_queue.sync.sender import Sender
from settlement import reversal
from settlement.checkout.effects import Effect
from settlement.checkout.events import Event
from settlement.checkout.states import State
from terminal import catch_up
from terminal.cards.opening import OpenReader
from terminal.centre_line import CentreLine
from terminal.certificates import NoDecoder
from terminal.counter import Counter, issuer_of
from terminal.driver import Driver
from terminal.paper.content import Slips
from terminal.paper.printer import Printer
from terminal.refresh import Refresher
from tests.world.town.chance import Chance, Crashed
from tests.world.town.people import Customer
from tests.world.town.reader import Reader
from tests.world.town.wire import Wire, WireGateway

_OPENED = "2026-03-02"
"""The first day of a town."""


class TownClock:
    """Time that passes when somebody waits, and the counters' wall time, which may be set wrong."""

    def __init__(self) -> None:
        self.ticks = 0.0
        self.off = timedelta()

    def now(self) -> datetime:
        """Return the counters' wall time."""
        return self.right() + self.off

    def right(self) -> datetime:
        """Return the time as it is: the centre's."""
        return datetime(2026, 3, 2, 8, 0, 0, tzinfo=CHINA) + timedelta(seconds=self.ticks)

    def monotonic(self) -> float:
        """Return seconds that never step back."""
        return self.ticks

    def set_by(self) -> float:
        """Return how far the counters' clocks are off."""
        return self.off.total_seconds()


class CentreClock:
    """The clock of the centre, which nobody sets wrong."""

    def __init__(self, town: TownClock) -> None:
        self._town = town

    def now(self) -> datetime:
        """Return the time as it is."""
        return self._town.right()

    def monotonic(self) -> float:
        """Return seconds that never step back."""
        return self._town.monotonic()

    def set_by(self) -> float:
        """Return nothing."""
        return 0.0


class _Journal(MemoryJournal):
    """A journal whose process may die before and after each transaction."""

    chance: Chance

    def commit(self, entries: Sequence[Entry], *, claim: str = "") -> Committed:
        """Append, and die or not."""
        what = f"{entries[0].kind} is durable"
        self.chance.pass_by(self.role, f"before {what}")
        done = super().commit(entries, claim=claim)
        self.chance.say(f"  {self.role} {' '.join(entry.kind for entry in entries)} {entries[0].subject[-6:]}")
        self.chance.pass_by(self.role, f"after {what}")
        return done


class _Driver(Driver):
    """A driver that may die before and after each effect."""

    def _perform(self, effect: Effect) -> Event | None:
        chance: Chance = self._counter.chance  # type: ignore[attr-defined]
        chance.pass_by("till", f"before {type(effect).__name__}")
        event = super()._perform(effect)
        chance.pass_by("till", f"after {type(effect).__name__}")
        return event


class _Till(Counter):
    """The parts of a till, put together without a disk."""

    def __init__(self, shop: Shop, journal: _Journal) -> None:
        self.settings, self.clock, self.entropy = shop.settings, shop.clock, shop.entropy
        self.journal = journal
        self.chance = shop.chance
        self.line = CentreLine(self.journal, self.settings, self.clock, self._conditions_of, pause=shop.pause)
        self.decoder = NoDecoder()
        self.refresher = Refresher(self.journal, self.line, self.clock, self.entropy)
        self.slips = Slips(self.journal, self.clock, issuer_of(self.settings))
        self.printer = Printer(self.journal, self.slips, columns=self.settings.slip.width)
        self._print_queue = None
        self._cards = OpenReader(shop.reader, self.settings.psam)


class Shop:
    """Till and sender, their journal, their reader and their line."""

    def __init__(
        self, name: str, settings: Settings, chance: Chance, clock: TownClock, entropy: Entropy, *, wire: Wire, reader: Reader
    ) -> None:
        self.name, self.settings, self.chance, self.clock, self.entropy = name, settings, chance, clock, entropy
        self.wire, self.reader = wire, reader
        self.store = MemoryStore()
        self.customer = Customer(chance)
        self.beat = 0.0
        self.list_every_s = settings.centre.hotlist_every_s
        self.asleep = False
        """The sender does not run, and nobody has noticed."""
        self.start_till()
        self.start_sender()

    # --- processes -----------------------------------------------------------------------------------

    def start_till(self) -> None:
        """Start the till where the one before was killed."""
        self.journal = self._journal("till")
        self.till = _Till(self, self.journal)
        self.driver = _Driver(self.till, self.customer)

    def start_sender(self) -> None:
        """Start the sender where the one before was killed."""
        self.sender = Sender(self.settings, self._journal("sender"), self.clock, self.entropy)
        for courier in self.sender._couriers:
            courier._gateway = WireGateway(self.wire)  # type: ignore[assignment]
        self._started = False
        self.list_due = 0.0

    def _journal(self, role: Role) -> _Journal:
        place = self.settings.counter
        identity = CounterIdentity(fixmedins_code=place.fixmedins_code, till=place.till)
        journal = _Journal(self.store, role=role, clock=self.clock, entropy=self.entropy, counter=identity)
        journal.chance = self.chance
        return journal

    def pause(self, seconds: float) -> None:
        """Let time pass at the till: the sender works meanwhile."""
        self.clock.ticks += max(seconds, 0.05)
        self.send()

    def send(self, *, backlog: bool = False) -> None:
        """Let the sender do what it would do now; it may die of it, and is started again."""
        self.wire.maybe_arrive()
        if self.asleep:
            return
        try:
            self._sender_turn(backlog=backlog)
        except Crashed:
            self.start_sender()

    def _sender_turn(self, *, backlog: bool) -> None:
        sender: Any = self.sender
        if not self._started:
            sender._take_up_interrupted()
            self._started = True
        came_up = sender._line.state != "up" and isinstance(sender._upkeep.sign_in(), Accepted)
        if came_up or (sender._line.state == "up" and self.clock.ticks >= self.list_due):
            sender._fetch_hotlist()
            self.list_due = self.clock.ticks + self.list_every_s
        if self.clock.ticks >= self.beat:
            sender._beat()
            self.beat = self.clock.ticks + 1
        while sender._live_step():
            sender._beat()
        if backlog and sender._line.state == "up":
            for row in sender._journal.due("backlog", 16):
                if sender._backoff.ready(row.msgid):
                    sender._deliver(row, sender._upkeep)
            sender._resolve_one("backlog", sender._upkeep)

    def reconcile(self, now: datetime) -> None:
        """State the days on which the centre settled anything, as the sender does when they are over."""
        statements: Any = self.sender._audit._statements
        for day in sorted({_OPENED, *self.journal.settled_days(_OPENED), f"{now:%Y-%m-%d}"}):
            statements.state(day, self.sender._audit._courier)

    # --- what happens --------------------------------------------------------------------------------

    def run(self, work: str, *given: object) -> State | reversal.State | None:
        """Have the till do something; None when it died of it, and then it is started again."""
        try:
            catch_up.run(self.till, self.driver)
            ended: State | reversal.State | None = getattr(self.driver, work)(*given)
        except Crashed:
            self.start_till()
            return None
        return ended

    def catch_up(self) -> bool:
        """Take up what is unfinished; False when the till died of it."""
        try:
            catch_up.run(self.till, self.driver)
        except Crashed:
            self.start_till()
            return False
        return True
