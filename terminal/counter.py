"""One counter put together: settings, clock, journal, reader, line, printer. Nothing here decides anything."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Self

from config.clock import Clock, clock_of
from config.entropy import Entropy, entropy_of
from config.regions import policy_for
from config.settings import Settings
from offline_queue.journal import CounterIdentity, Journal
from settlement.errors import CardError, Refusal
from settlement.policy import Policy
from terminal import on_duty
from terminal.cards.functions import CardFunctions
from terminal.cards.opening import OpenReader, slots_of
from terminal.cards.trace import Trace
from terminal.centre_line import CentreLine
from terminal.certificates import ComponentDecoder, Decoder, NoDecoder
from terminal.paper.content import Slips
from terminal.paper.print_queue import Layout, PrintQueue
from terminal.paper.printer import Printer, SlipPrinter
from terminal.paper.slip import Issuer
from terminal.paper.transports import transport_of
from terminal.refresh import Refresher
from terminal.self_check import SelfCheck


class Counter:
    """The parts of a till that every front end shares. Entered, it is checked: one that fails does not open."""

    check: SelfCheck

    def __init__(self, directory: Path) -> None:
        self.settings = Settings.load(directory / "settings.toml")
        self.clock: Clock = clock_of(self.settings.clock.file)
        self.entropy: Entropy = entropy_of(self.settings.demonstration.seed)
        counter = self.settings.counter
        identity = CounterIdentity(fixmedins_code=counter.fixmedins_code, till=counter.till)
        self.journal = Journal(
            directory, role="till", clock=self.clock, entropy=self.entropy, counter=identity, high_water=self.settings.high_water
        )
        self.line = CentreLine(self.journal, self.settings, self.clock, self._conditions_of)
        self.decoder: Decoder = NoDecoder() if self.settings.ecert.kind == "none" else ComponentDecoder(self.line.ask)
        self.refresher = Refresher(self.journal, self.line, self.clock, self.entropy)
        self.slips = Slips(self.journal, self.clock, issuer_of(self.settings))
        self.printer: SlipPrinter = Printer(self.journal, self.slips, columns=self.settings.slip.width)
        self._print_queue: PrintQueue | None = None
        self._cards: OpenReader | None = None

    def __enter__(self) -> Self:
        with ExitStack() as on_failure:
            on_failure.callback(self.journal.close)
            self.check = SelfCheck(self.journal)
            self.check.at_start()
            on_failure.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        if self._print_queue is not None:
            self._print_queue.close()
        if self._cards is not None:
            self._cards.close()
        self.check.finish()
        self.journal.close()

    def start_printing(self, changed: Callable[[], None] = lambda: None) -> PrintQueue:
        """Have slips go to the printer of the settings from now on, through a queue that no sale waits for.

        ``changed`` is called in the queue's thread whenever its state is another.
        """
        printer = self.settings.printer
        queue = PrintQueue(
            self.journal,
            self.slips,
            transport_of(printer),
            clock=self.clock,
            layout=Layout(columns=self.settings.slip.width, copies=printer.copies, code=printer.qr),
            patience_s=printer.patience_s,
            changed=changed,
        )
        queue.start()
        self.printer = self._print_queue = queue
        return queue

    @property
    def at(self) -> str:
        """Now, as it is written in intents and on slips."""
        return self.clock.now().strftime("%Y-%m-%d %H:%M:%S")

    @property
    def today(self) -> str:
        """Today, ``yyyy-MM-dd``."""
        return self.clock.now().strftime("%Y-%m-%d")

    @property
    def operator(self) -> str:
        """Code of who works at the till: the settings', until a close hands over."""
        return on_duty.operator(self.journal, own=self.settings.counter.operator)

    @property
    def operator_shown(self) -> str:
        """Who works, for the screen: a name where the settings know it."""
        own, code = self.settings.counter, self.operator
        return own.operator_name if code == own.operator else code

    def next_msgid(self) -> str:
        """Return the next identifier of this till."""
        return self.journal.notes.issue_msgid(writer="till")

    def policy(self, date: str = "") -> Policy | Refusal:
        """Return the rules of this counter's area on ``date`` (today when empty)."""
        directory = self.settings.regions.directory
        return policy_for(self.settings.counter.admdvs, date or self.today, Path(directory) if directory else None)

    def _conditions_of(self, identities: tuple[str, ...]) -> tuple[str, ...]:
        policy = self.policy()
        return () if isinstance(policy, Refusal) else policy.conditions_of(identities)

    def open_card(self, trace: Trace | None = None) -> CardFunctions:
        """Open the card in the reader, exclusively and with reset. Raises :class:`CardError`."""
        return self._reader().open_card(trace)

    def power_psam(self) -> None:
        """Have the PSAM ready before the first card."""
        with suppress(CardError):
            self._reader().power_psam()

    def _reader(self) -> OpenReader:
        if self._cards is None:
            self._cards = OpenReader(slots_of(self.settings.reader), self.settings.psam)
        return self._cards


def issuer_of(settings: Settings) -> Issuer:
    """Return who a slip says that it is from."""
    own = settings.counter
    return Issuer(
        fixmedins_name=own.fixmedins_name,
        fixmedins_code=own.fixmedins_code,
        till=own.till,
        operator=own.operator,
        demonstration=bool(settings.demonstration.seed) or settings.reader.kind == "simulated",
        training=settings.demonstration.training,
    )
