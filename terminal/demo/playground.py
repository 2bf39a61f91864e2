"""The playground: a counter that a newcomer can try, with its centre, sender, line and simulated devices.

Everything lies in one directory and stays there, so that journal, queue, cards and the centre's books go on where they
were; the clock is the machine's. It is set up beside the till: the till may open as soon as the counter's settings are
there, and the devices answer as soon as all of it stands.
"""

from __future__ import annotations

import json
import shutil
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from offline_queue import operating_system
from offline_queue.catalogue import FIND_MAX, NAME, Catalogue
from offline_queue.catalogue.errors import CatalogueDamaged, CatalogueMissing
from offline_queue.registry import Registry
from offline_queue.registry.errors import RegistryDamaged, RegistryMissing
from settlement.errors import OperatorError
from terminal.demo import playground_settings
from terminal.demo.agreement import Agreement, compare
from terminal.demo.cast import Player, cast_of, roster, visitors
from terminal.demo.children import Children
from terminal.demo.devices import Desk, Devices, replace
from terminal.demo.errors import NoPlayground, PlaygroundFailed, PlaygroundTaken
from terminal.demo.playground_settings import OFFICE, PLAIN, Outfit
from terminal.demo.progress import Progress, Step

if TYPE_CHECKING:
    from offline_queue.journal import Journal
    from terminal.cards.simulated import Hands

PERSONALITIES = ("idempotent", "refuses", "re-executes", "expires")
"""Kinds of centre."""
_SEED = "playground"
_PARTS = ("counter", "office", "centre", "cards", "roster.toml")
"""What is kept between runs; starting anew removes these and nothing else."""
_LOCK, _CHILDREN_LOCK = "playground.lock", "children.lock"
_PSAM = "psam.card"
_GOODS = Path(__file__).with_name("goods.csv")
_DEPARTMENTS = _GOODS.with_name("departments.csv")
_SAMPLES = ("H002", "D001", "Z001")
"""Class A, paid in full by the account, and one that no account may pay: none whose box carries a traceability code to be scanned."""
_PAUSE_S = 0.02
_PATIENCE_S = 60.0


class _Unwanted(Exception):
    """Nobody waits any more."""


class Playground:
    """What runs beside one till. Leaving it ends every process that it started; a kill ends them too."""

    def __init__(self, directory: Path, *, fresh: bool = False, personality: str = "re-executes", outfit: Outfit = PLAIN) -> None:
        """Describe it: nothing happens yet. ``fresh`` starts anew, ``personality`` says which kind of centre it is."""
        self.directory = directory.absolute()
        self._outfit = outfit
        self.counter = self.directory / "counter"
        """The till's data directory."""
        self.progress = Progress()
        self.devices = Devices(self.progress)
        self._fresh = fresh
        self._personality = personality
        self._locks: list[int] = []
        self._children: Children | None = None
        self._unwanted = threading.Event()
        self._thread = threading.Thread(target=self._set_up, name="playground", daemon=True)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def start(self) -> None:
        """Begin to set it up and return at once. Raises :class:`PlaygroundTaken` and :class:`NoPlayground`."""
        if not (self.directory / _LOCK).exists() and any((self.directory / part).exists() for part in _PARTS):
            raise NoPlayground(directory=str(self.directory))
        self.directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = operating_system.lock(self.directory / _LOCK)
        if lock is None:
            raise PlaygroundTaken(directory=str(self.directory))
        self._locks.append(lock)
        self._thread.start()

    def wait_for_counter(self, show: Callable[[Step], None]) -> None:
        """Wait until a till may open on :attr:`counter`, saying each step. Raises what kept it from coming about."""
        shown = None
        while not self.progress.counter_stands.wait(_PAUSE_S):
            if shown != self.progress.step:
                shown = self.progress.step
                show(shown)
        if self.progress.failure is not None:
            raise self.progress.failure

    def stop(self) -> None:
        """End what was started, in order: the sender finishes what is under way. Twice is the same as once."""
        self._unwanted.set()
        if self._thread.ident is not None:
            self._thread.join()
        self.devices.leave()
        if self._children is not None:
            self._children.close()
        while self._locks:
            operating_system.unlock(self._locks.pop())
        self.progress.step = Step.ENDED

    def agreement(self) -> Agreement | None:
        """Read card, journal and centre back and compare them, as the scripted day does; None unless all of it stands.

        Raises :class:`~settlement.errors.OperatorError` when one of them cannot be read.
        """
        from offline_queue.journal_command import export  # noqa: PLC0415 - the till has loaded the journal by then

        people = self._people() if self.progress.step is Step.READY else {}
        if self._children is None or not people:
            return None
        centre = json.loads(self._children.run("clearing.cli:main", "export", "--json", "--data-dir", "centre"))
        cards = [self._hands(self.counter).look(player.image) for player in people.values()]
        with self._journal() as journal:
            return compare([export(journal, reveal=True)], centre, cards)

    @property
    def process_ids(self) -> dict[str, int]:
        """Return the ids of the processes that run now, by name."""
        return self._children.ids if self._children is not None else {}

    # --- setting up, in a thread of its own ------------------------------------------------------------

    def _set_up(self) -> None:
        try:
            children = self._children = Children(self.directory, held=self._wait_for_earlier_run())
            kept = self._lay_out(children)
            self._connect(children, kept=kept)
        except _Unwanted:
            self.progress.counter_stands.set()
        except OperatorError as failure:
            self.progress.fail(failure)
        except OSError as error:
            self.progress.fail(self._failed(self.progress.step, error))
        finally:
            if not (self.progress.ready.is_set() or self.progress.failure or self._unwanted.is_set()):
                # A bug, whose own words follow: nobody waits for it for ever.
                self.progress.fail(self._failed(self.progress.step, "—"))

    def _wait_for_earlier_run(self) -> int:
        """Take the lock that the processes of an earlier run hold until the last of them has ended."""
        taken: list[int] = []

        def take() -> bool:
            lock = operating_system.lock(self.directory / _CHILDREN_LOCK)
            taken.extend([] if lock is None else [lock])
            return lock is not None

        self._until(Step.EARLIER, take)
        self._locks += taken
        return taken[0]

    def _lay_out(self, children: Children) -> bool:
        """Lay out what a till needs to open, with the slow ones starting beside it; return whether the centre has books already."""
        self._go_on(Step.LAYOUT)
        for part in _PARTS if self._fresh else ():
            path = self.directory / part
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
        if not self._roster.exists():
            replace(self._roster, roster(visitors(_SEED)) + self._outfit.institutions)
        for name in ("centre.port", "line.port", "line.used"):
            (self.directory / name).unlink(missing_ok=True)
        replace(self.directory / "line.json", "[]")
        settings = self.counter / "settings.toml"
        written = settings.read_text(encoding="utf-8") if settings.exists() else self._outfit.settings
        self._outfit.check(written, settings)
        files = ("--control", "line.json", "--used-file", "line.used", "--port-file", "line.port", "--upstream-port-file", "centre.port")
        children.start("line", "simulator.proxy:main", *files, "--port", playground_settings.port_of(written))
        kept = (self.directory / "centre").exists()
        self._start_centre(children)
        port = self._port("line", children)
        for folder, text in ((self.counter, written), (self.directory / "office", OFFICE)):
            folder.mkdir(exist_ok=True, mode=0o700)
            replace(folder / "settings.toml", playground_settings.with_port(text, port))
        self._outfit.check(settings.read_text(encoding="utf-8"), settings, port)
        self._stock()
        (self.counter / "printer").mkdir(exist_ok=True)
        replace(self.counter / "printer" / "printer.json", "{}")
        # The first look at the cards loads the simulator, and the till is not kept waiting for it.
        self._hands(self.counter).clear(_PSAM)
        if self._outfit.goods is None and not self._codes():
            # The till opens the catalogue once: it is there before it looks. The centre starts meanwhile.
            file = ("--desk", str(_DEPARTMENTS)) if self._outfit.departments else (str(_GOODS),)
            children.run("terminal.cli:main", "catalogue", "import", *file, "--replace", "--data-dir", "counter")
        self.progress.counter_stands.set()
        return kept

    def _stock(self) -> None:
        """Put the goods that were brought along into the counter, in one step; a till that has the old ones open keeps them."""
        if self._outfit.goods is not None:
            fresh = self.counter / f"{NAME}.laid"
            operating_system.copy_private(self._outfit.goods, fresh)
            operating_system.move(fresh, self.counter / NAME)

    def _start_centre(self, children: Children) -> None:
        place = ("--data-dir", "centre", "--port", "0", "--port-file", "centre.port")
        children.start("centre", "clearing.cli:main", "serve", *place, "--roster", "roster.toml", "--personality", self._personality)

    def _connect(self, children: Children, *, kept: bool) -> None:
        people = self._people()
        if not (self.directory / "cards" / _PSAM).exists():
            children.run("simulator.cli:main", "make", "roster.toml", "--dir", "cards", "--seed", _SEED)
        self._go_on(Step.CENTRE)
        self._port("centre", children)
        self._go_on(Step.SENDER)
        began = time.monotonic()
        children.start("sender", "offline_queue.sync_command:main", "run", "--data-dir", "counter")
        hands = self._hands(self.counter)
        new = [player for player in people.values() if hands.look(player.image)["allowance"]["counter"] == 0]
        if new:
            self._issue(new, children)
        self._go_on(Step.LINE)
        listed: list[str] = []
        if kept:
            listed = json.loads(children.run("clearing.cli:main", "hotlist", "--json", "--data-dir", "centre"))["numbers"]
        self._until(Step.LINE, lambda: self._line_is_up(began), children)
        self.devices.stand(
            Desk(
                line=self.directory / "line.json",
                printer=self.counter / "printer" / "printer.json",
                people=people,
                hands=hands,
                lost={player.role for player in people.values() if player.card_no in listed},
                report=partial(self._report_loss, children),
                check=children.check,
                codes=self._codes(),
            )
        )
        self.progress.step = Step.READY
        self.progress.ready.set()

    def _issue(self, new: list[Player], children: Children) -> None:
        """Have the office give the cards their first allowance, with its own sender."""
        # The journal costs a while to load: only a first run pays it here.
        from terminal.demo.office import Office  # noqa: PLC0415

        office = self.directory / "office"
        self._go_on(Step.ALLOWANCES)
        children.start("office", "offline_queue.sync_command:main", "run", "--data-dir", "office")
        hands = self._hands(office)
        hands.clear(_PSAM)
        deadline = time.monotonic() + _PATIENCE_S

        def go_on() -> None:
            self._go_on(Step.ALLOWANCES)
            children.check()
            self._in_time(Step.ALLOWANCES, deadline)

        with Office(office, hands) as opened:
            opened.issue(new, go_on=go_on)
        children.end("office")

    def _line_is_up(self, began: float) -> bool:
        """Whether the counter's sender has said since ``began`` that the line is up, and holds a hotlist."""
        from offline_queue.journal.errors import JournalMissing  # noqa: PLC0415 - as below

        try:
            with self._journal() as journal:
                said, status = journal.notes.get("sender"), journal.notes.sender_status()
        except JournalMissing:
            return False
        return bool(said.get("beat", began) > began and status.line == "up" and status.hotlist_time)

    @staticmethod
    def _report_loss(children: Children, player: Player) -> None:
        children.run("clearing.cli:main", "report-loss", "--card-no", player.card_no, "--data-dir", "centre")

    # --- inside ------------------------------------------------------------------------------------------

    @property
    def _roster(self) -> Path:
        return self.directory / "roster.toml"

    def _people(self) -> dict[str, Player]:
        try:
            return cast_of(self._roster.read_text(encoding="utf-8"))
        except (ValueError, KeyError, TypeError) as error:
            raise self._failed(self._roster.name, error) from error

    def _codes(self) -> tuple[str, ...]:
        """Return a few codes of goods, or departments, that the counter has; none when it has no file of them that can be read."""
        if self._outfit.departments:
            return self._departments()
        try:
            with Catalogue(self.counter) as catalogue:
                found = [catalogue.by_code(code) for code in _SAMPLES]
                items = [item for item in found if item is not None] or catalogue.find("1", FIND_MAX)
        except (CatalogueMissing, CatalogueDamaged):
            return ()
        return tuple(item.code for item in items if not item.trac_required)[: len(_SAMPLES)]

    def _departments(self) -> tuple[str, ...]:
        try:
            with Registry(self.counter) as registry:
                return tuple(code for code in self._outfit.departments if registry.department(code) is not None)
        except (RegistryMissing, RegistryDamaged):
            return ()

    def _hands(self, place: Path) -> Hands:
        # It loads the simulator, which the first frame does not wait for.
        from terminal.cards.simulated import Hands  # noqa: PLC0415

        return Hands(place / "slot", self.directory / "cards")

    def _journal(self) -> Journal:
        """Return the counter's journal, to be read only."""
        # It costs a while to load; the till loads it at the same time.
        from config.clock import SystemClock  # noqa: PLC0415
        from config.entropy import SystemEntropy  # noqa: PLC0415
        from offline_queue.journal import Journal  # noqa: PLC0415

        return Journal(self.counter, role="reader", clock=SystemClock(), entropy=SystemEntropy(), counter=None)

    def _port(self, name: str, children: Children) -> str:
        file = self.directory / f"{name}.port"
        self._until(self.progress.step, lambda: file.exists() and file.read_text(encoding="ascii").strip(), children)
        return file.read_text(encoding="ascii").strip()

    def _go_on(self, step: Step) -> None:
        if self._unwanted.is_set():
            raise _Unwanted
        self.progress.step = step

    def _until(self, step: Step, holds: Callable[[], object], children: Children | None = None) -> None:
        """Wait until ``holds()``. Raises :class:`PlaygroundFailed` when a process has ended, or after a long time."""
        deadline = time.monotonic() + _PATIENCE_S
        self._go_on(step)
        while not holds():
            if children is not None:
                children.check()
            self._in_time(step, deadline)
            time.sleep(_PAUSE_S)
            self._go_on(step)

    def _in_time(self, step: Step, deadline: float) -> None:
        if time.monotonic() > deadline:
            raise self._failed(step, f"> {_PATIENCE_S:.0f} s")

    def _failed(self, part: str, why: object) -> PlaygroundFailed:
        return PlaygroundFailed(part=part, why=str(why), directory=str(self.directory))
