"""The seam between the driver and the paper, and the till without a screen on its far side.

The driver says that a slip is due. The headless till has it rendered and hands it over at once; the till with a
screen has a queue behind the same call (:mod:`terminal.paper.print_queue`).
"""

from __future__ import annotations

from typing import Protocol

from offline_queue.journal import Entry, Journal
from settlement.facts import Printed
from terminal.paper import plain
from terminal.paper.content import Slips, which_of
from terminal.paper.slip import compose
from terminal.person import Person


class SlipPrinter(Protocol):
    """Where the driver's slips go."""

    def print(self, subject: str, person: Person, *, late: bool = False) -> None:
        """Have the slip of ``subject``, which is booked, printed; ``late`` = nobody waited for it when it was (补打)."""


class Printer:
    """Renders as text, hands over and remembers."""

    def __init__(self, journal: Journal, slips: Slips, *, columns: int) -> None:
        self._journal = journal
        self._slips = slips
        self._columns = columns

    def print(self, subject: str, person: Person, *, late: bool = False) -> None:
        """Hand the text to the person and record the copy. Raises :class:`~settlement.errors.JournalError`."""
        folded = self._slips.booked(subject)
        assert folded is not None, "the driver prints what is booked"
        which = which_of(folded, late=late)
        person.take_slip(plain.render((compose(self._slips.slip(folded, which)),), self._columns))
        copy = Printed(subject=subject, copy=folded.printed + 1, which=which)
        self._journal.commit([Entry(kind=copy.kind, subject=subject, body=copy.body())])
