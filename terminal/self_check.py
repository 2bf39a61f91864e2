"""What a till makes sure of before it sells, and again while nobody waits. Whatever fails closes the till, in words.

Opening the journal itself refuses an old engine, pragmas that do not hold, a second till, an exposed or a wrong key, and a journal that
lost acknowledged records. Here stand the rest: known answers of the algorithms and the chain since the centre's last checkpoint at
the start; in idle time what of that chain is too long for the start, and once a day the authentication of every page.
"""

from __future__ import annotations

import threading
from contextlib import closing
from datetime import datetime, timedelta

from offline_queue import known_answers, operating_system
from offline_queue.journal import Journal, key
from offline_queue.journal.errors import JournalDamaged, JournalFull
from offline_queue.journal.journal import RESERVE_NAME
from offline_queue.journal.pages import unauthentic
from offline_queue.journal.since_checkpoint import SinceCheckpoint
from offline_queue.journal.store import Store
from settlement.errors import OperatorError, Refusal

START_RECORDS = 250
"""As many records are walked at the start; what is left is walked in idle time, and before the first order at the latest."""
_EVERY = timedelta(days=1)
PAUSE_TURNS = 100
"""Idle turns before the pages are looked at: ten seconds after the start nobody is in its way."""
_NOTE = "pages checked"
_WALK = 2_000


class SelfCheck:
    """The checks of one till, on the thread of its desk."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._chain = SinceCheckpoint(journal, journal.notes.get("checkpoint"))
        self._pages: threading.Thread | None = None
        self._turns = 0
        self._wrong: OperatorError | None = None

    def at_start(self) -> None:
        """Refuse to go on. Raises :class:`~offline_queue.known_answers.CryptoWrong` and :class:`JournalDamaged`."""
        known_answers.check()
        self._chain.step(START_RECORDS)

    def complete(self) -> None:
        """Walk what is left of the chain: nothing is sold before that. Raises :class:`JournalDamaged`."""
        while not self._chain.done:
            self._chain.step(_WALK)

    def warnings(self) -> list[OperatorError | Refusal]:
        """Return what does not close the till but must be known before the first customer.

        Without room for the reserve every promise is refused; by a wrong clock nothing is, since the order of the records needs none.
        """
        found: list[OperatorError | Refusal] = []
        if not operating_system.make_reserve(self._journal.directory / RESERVE_NAME):
            found.append(JournalFull())
        doubt = self._journal.clock_doubt()
        return [*found, doubt] if doubt is not None else found

    def idle(self, now: datetime) -> None:
        """Go a step further. Raises :class:`JournalDamaged` when something is wrong, also of what a check beside it has found."""
        if self._wrong is not None:
            raise self._wrong
        if not self._chain.done:
            self._chain.step()
            return
        self._turns += 1
        if self._pages is None and self._turns > PAUSE_TURNS and self._due(now):
            self._pages = threading.Thread(target=self._check_pages, args=(now,), name="pages", daemon=True)
            self._pages.start()

    def finish(self) -> None:
        """Wait for a check that runs beside the desk: its connection is closed before the journal's files may be moved."""
        if self._pages is not None:
            self._pages.join()

    def _due(self, now: datetime) -> bool:
        at = self._journal.notes.get(_NOTE).get("at", "")
        # A clock that was set back does not put the check off.
        return not at or not timedelta() <= now - datetime.fromisoformat(at) < _EVERY

    def _check_pages(self, now: datetime) -> None:
        """Have SQLCipher authenticate every page, on a connection of its own: it takes a second for some 300 MB."""
        directory = self._journal.directory
        try:
            with closing(Store(directory, key.read(directory), writing=False)) as store, store.read() as db:
                changed = unauthentic(db, store.path)
        except OperatorError as error:
            self._wrong = error
            return
        if changed:
            self._wrong = JournalDamaged(what=f"{changed[0]} (1/{len(changed)})")
            return
        self._journal.notes.put(_NOTE, {"at": now.isoformat()})
