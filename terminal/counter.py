"""One counter put together: settings, clock, journal, reader, line, printer. Nothing here decides anything."""

from __future__ import annotations

from pathlib import Path
from typing import Self

from config.clock import Clock, clock_of
from config.entropy import Entropy, entropy_of
from config.regions import policy_for
from config.settings import Settings
from offline_queue.journal import CounterIdentity, Journal
from settlement.errors import Refusal
from settlement.policy import Policy
from terminal.cards.opening import open_card
from terminal.cards.services import CounterCard
from terminal.centre_line import CentreLine
from terminal.paper.content import Slips
from terminal.paper.printer import Printer, SlipPrinter
from terminal.paper.slip import Issuer
from terminal.refresh import Refresher


class Counter:
    """The parts of a till that every front end shares."""

    def __init__(self, directory: Path) -> None:
        self.settings = Settings.load(directory / "settings.toml")
        self.clock: Clock = clock_of(self.settings.clock.file)
        self.entropy: Entropy = entropy_of(self.settings.demonstration.seed)
        counter = self.settings.counter
        identity = CounterIdentity(fixmedins_code=counter.fixmedins_code, till=counter.till)
        self.journal = Journal(directory, role="till", clock=self.clock, entropy=self.entropy, counter=identity)
        self.line = CentreLine(self.journal, self.settings, self.clock)
        self.refresher = Refresher(self.journal, self.line, self.clock, self.entropy)
        issuer = Issuer(
            fixmedins_name=counter.fixmedins_name,
            fixmedins_code=counter.fixmedins_code,
            till=counter.till,
            operator=counter.operator,
            demonstration=bool(self.settings.demonstration.seed) or self.settings.reader.kind == "simulated",
        )
        self.slips = Slips(self.journal, self.clock, issuer)
        self.printer: SlipPrinter = Printer(self.journal, self.slips, columns=self.settings.slip.width)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.journal.close()

    @property
    def at(self) -> str:
        """Now, as it is written in intents and on slips."""
        return self.clock.now().strftime("%Y-%m-%d %H:%M:%S")

    @property
    def today(self) -> str:
        """Today, ``yyyy-MM-dd``."""
        return self.clock.now().strftime("%Y-%m-%d")

    def next_msgid(self) -> str:
        """Return the next identifier of this till."""
        return self.journal.notes.issue_msgid(writer="till")

    def policy(self, date: str = "") -> Policy | Refusal:
        """Return the rules of this counter's area on ``date`` (today when empty)."""
        directory = self.settings.regions.directory
        return policy_for(self.settings.counter.admdvs, date or self.today, Path(directory) if directory else None)

    def open_card(self) -> CounterCard:
        """Open the card in the reader, exclusively and with reset. Raises :class:`CardError`."""
        return open_card(self.settings)
