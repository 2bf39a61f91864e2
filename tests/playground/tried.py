"""A playground with a real till on it: what a newcomer's hands and a cashier do, and whether all agree afterwards."""

from __future__ import annotations

import fcntl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from clearing.database import Database
from clearing.export import export as clearing_export
from config.case_file import lines_of
from offline_queue.journal_command import export
from settlement import reversal
from settlement.bill import Bill
from settlement.checkout.states import Sale, State
from settlement.errors import Refusal
from simulator import image
from simulator.contents import contents
from terminal import catch_up
from terminal.counter import Counter
from terminal.demo.agreement import Agreement, compare
from terminal.demo.devices import Devices
from terminal.demo.playground import Playground
from terminal.driver import Driver
from tests.world.shop import Say, Script

PATIENCE_S = 60.0


@contextmanager
def ready(directory: Path, *, fresh: bool = False) -> Iterator[Playground]:
    """Run a playground, from when all of it stands."""
    with Playground(directory, fresh=fresh) as playground:
        until("the playground is ready", lambda: playground.progress.ready.is_set() or playground.progress.failure)
        assert playground.progress.failure is None, playground.progress.failure
        yield playground


def until(what: str, holds: Callable[[], object]) -> None:
    """Wait until ``holds()``."""
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


def locked(path: Path) -> bool:
    """Whether a process holds the lock."""
    with path.open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


class Till:
    """A till on the playground's counter, with a person by script."""

    def __init__(self, playground: Playground, counter: Counter) -> None:
        self.devices: Devices = playground.devices
        self.script = Script()
        self.counter = counter
        self._directory = playground.directory
        self._driver = Driver(counter, self.script)
        self._pins = {card.role: card.pin for card in self.devices.cards()}

    def sell(self, yuan: str = "10.00", *, pin_of: str, answers: dict[str, list[Say]] | None = None) -> State:
        """Sell something by whatever card is in the reader."""
        self._ready(pin_of, answers)
        catch_up.run(self.counter, self._driver)
        policy = self.counter.policy()
        assert not isinstance(policy, Refusal)
        row = {"name": "演示感冒片", "price": yuan, "class": "01", "first_pay_ratio": "0", "kind": "国药准字", "code": "A001"}
        place = self.counter.settings.counter
        bill = Bill(admdvs=place.admdvs, begntime=self.counter.at, venue=place.venue, lines=lines_of([row]))
        return self._driver.sell(Sale(bill=bill, policy=policy))

    def void(self, subject: str, *, pin_of: str) -> reversal.State:
        """Void a settlement by the card in the reader."""
        self._ready(pin_of, None)
        return self._driver.void(subject)

    def wait_for_line(self, state: str) -> None:
        """Wait until the sender knows how the line is."""
        until(f"the line is {state}", lambda: self.counter.journal.notes.sender_status().line == state)

    def drain(self) -> None:
        """Wait until nothing is owed and nothing is in doubt."""

        def drained() -> bool:
            owed = self.counter.journal.owed()
            return not catch_up.run(self.counter, self._driver) and not owed

        until("the queue is empty", drained)

    def agreement(self) -> Agreement:
        """Compare card, journal and centre."""
        with Database(self._directory / "centre") as database, database.transaction() as db:
            centre = clearing_export(db)
        cards = [contents(image.load(path)) for path in sorted((self._directory / "cards").glob("*.card")) if path.stem != "psam"]
        return compare([export(self.counter.journal, reveal=True)], centre, cards)

    def _ready(self, role: str, answers: dict[str, list[Say]] | None) -> None:
        self.script.pins = [self._pins[role]]
        self.script.answers = answers or {}
        self.script.told.clear()
        self.script.asked.clear()
        self.script.slips.clear()


@contextmanager
def till_on(playground: Playground) -> Iterator[Till]:
    """Open a till."""
    with Counter(playground.counter) as counter:
        yield Till(playground, counter)
