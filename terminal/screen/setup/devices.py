"""Reader and printer as they are tried from the set-up: what is there, what is waited for, what came of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from settlement.errors import OperatorError
from terminal.screen.setup.jobs import Jobs
from terminal.setup import draft as asked
from terminal.setup.draft import Draft

if TYPE_CHECKING:
    from terminal.setup.trials import CardSeen, ReaderListed


class Trial(Enum):
    """How a trial of a device stands."""

    NONE = "none"
    WAITING = "waiting"
    DONE = "done"


@dataclass(slots=True)
class Tried:
    """A trial and what came of it."""

    state: Trial = Trial.NONE
    error: OperatorError | None = None
    number: int = 0
    """Which one it is: the answer of an earlier one is not heard any more."""


@dataclass(slots=True)
class Trials:
    """The devices of one counter."""

    directory: Path
    jobs: Jobs
    readers: tuple[ReaderListed, ...] | None = None
    """None until somebody looked."""
    readers_error: OperatorError | None = None
    card: CardSeen | None = None
    card_trial: Tried = field(default_factory=Tried)
    page_trial: Tried = field(default_factory=Tried)

    def list_readers(self, draft: Draft) -> None:
        """Look which readers there are, and what the names of the draft make of them."""
        if draft.simulated_reader:
            return
        card, psam = draft.typed[asked.CARD_READER], draft.typed[asked.PSAM_READER]

        def look() -> tuple[ReaderListed, ...]:
            from terminal.setup.trials import listed_readers  # noqa: PLC0415 - heavy, and on a thread of its own

            return listed_readers(card, psam)

        self.jobs.aside(look, self.listed, self.not_listed)

    def listed(self, readers: tuple[ReaderListed, ...]) -> None:
        """Take the readers that there are."""
        self.readers, self.readers_error = readers, None
        self.jobs.show()

    def not_listed(self, error: OperatorError) -> None:
        """Take why there are none to be seen."""
        self.readers, self.readers_error = (), error
        self.jobs.show()

    def read_card(self, draft: Draft) -> None:
        """Wait for a card and read it."""
        self.list_readers(draft)
        self.card = None
        number = _begun(self.card_trial)
        self.jobs.wait_for_card(
            draft.table(), lambda card: self._card_came(number, card), lambda error: self._over(self.card_trial, number, error)
        )

    def stop(self) -> bool:
        """End a waiting for a card; False when there was none."""
        if self.card_trial.state is not Trial.WAITING:
            return False
        self.card_trial.state = Trial.NONE
        self.card_trial.number += 1
        self.jobs.stop_waiting()
        return True

    def print_page(self, draft: Draft) -> None:
        """Print the trial page, unless there is no printer or a page is on its way."""
        if draft.typed[asked.PRINTER] == "none" or self.page_trial.state is Trial.WAITING:
            return
        number, table, folder = _begun(self.page_trial), draft.table(), self.directory

        def print_it() -> None:
            from config.clock import SystemClock  # noqa: PLC0415 - kept beside its one use
            from terminal.setup.trials import print_page  # noqa: PLC0415 - heavy, and on a thread of its own

            print_page(table, folder, clock=SystemClock())

        self.jobs.aside(
            print_it, lambda _: self._over(self.page_trial, number, None), lambda error: self._over(self.page_trial, number, error)
        )

    def _card_came(self, number: int, card: CardSeen | None) -> None:
        if card is not None and number == self.card_trial.number:
            self.card = card
            self._over(self.card_trial, number, None)

    def _over(self, tried: Tried, number: int, error: OperatorError | None) -> None:
        if number == tried.number:
            tried.state, tried.error = Trial.DONE, error
            self.jobs.show()


def _begun(tried: Tried) -> int:
    tried.state, tried.error = Trial.WAITING, None
    tried.number += 1
    return tried.number
