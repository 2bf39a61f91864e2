"""The technician's reading desk: one thread that reads log and journal, so that the screen never waits for a disk.

What is wanted is put on the desk with what to do with it; the answer comes back through ``say``, which hands it to the
screen's own thread. When nothing is wanted the desk keeps the log up to date.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, TypeVar

from config.clock import Clock
from offline_queue.log.reading import LogReader, LogUnreadable
from settlement.errors import OperatorError

if TYPE_CHECKING:
    from offline_queue.journal import Journal
    from offline_queue.log.following import Follower

_POLL_S = 0.5
_T = TypeVar("_T")
Act = Callable[[], None]


class Sources:
    """What is read from. Only the desk's thread uses it."""

    def __init__(self, directory: Path, clock: Clock) -> None:
        self.directory = directory
        self._clock = clock
        self._log: LogReader | None = None
        self._journal: Journal | None = None
        self._follower: Follower | None = None
        self._seen = -1
        self.opened = 0
        """How often the log was opened."""

    @property
    def log(self) -> LogReader:
        """The log as it is now. Raises :class:`LogUnreadable`."""
        if self._log is not None and self._log.replaced():
            self._log.close()
            self._log = None
        if self._log is None:
            self._log = LogReader(self.directory)
            self.opened += 1
        return self._log

    @property
    def journal(self) -> Journal:
        """The journal, opened to read. Raises :class:`~settlement.errors.JournalError`."""
        if self._journal is None:
            # On this thread, and after the first frame; the other views come along, for a key that is pressed soon.
            import terminal.screen.technician.queue_view  # noqa: PLC0415 - see above
            import terminal.screen.technician.story_view  # noqa: F401, PLC0415 - see above
            from config.entropy import SystemEntropy  # noqa: PLC0415 - see above
            from offline_queue.journal import Journal  # noqa: PLC0415 - see above

            self._journal = Journal(self.directory, role="reader", clock=self._clock, entropy=SystemEntropy(), counter=None)
        return self._journal

    def follow(self) -> bool:
        """Bring the log one block further; True = there is more to do. Raises :class:`~settlement.errors.JournalError`."""
        version = self.journal.data_version()
        if version == self._seen:
            return False
        if self._follower is None:
            from offline_queue.log.following import Follower  # noqa: PLC0415 - after the first frame

            self._follower = Follower(self.journal)
        if self._follower.step():
            return True
        self._seen = version
        return False

    def rebuild(self) -> None:
        """Have the log made anew: it cannot be read."""
        from offline_queue.log.writing import discard  # noqa: PLC0415 - rarely needed

        if self._follower is not None:
            self._follower.close()
        self._seen = -1
        discard(self.directory)

    def close(self) -> None:
        """Close everything."""
        for source in (self._log, self._follower, self._journal):
            if source is not None:
                source.close()


class DeskDied(Exception):
    """The desk's thread met a bug: what it said is above. A screen that can read nothing any more must not look alive."""


class Desk:
    """The thread.

    ``say`` runs its argument on the screen's thread. ``changed`` and ``failed`` are said there, the latter with None once the
    journal can be read again.
    """

    def __init__(
        self, directory: Path, clock: Clock, *, say: Callable[[Act], None], changed: Act, failed: Callable[[OperatorError | None], None]
    ) -> None:
        self._sources = Sources(directory, clock)
        self._say = say
        self._changed = changed
        self._failed = failed
        self._jobs: SimpleQueue[Callable[[Sources], None] | None] = SimpleQueue()
        self._keeps = False
        self._version = (0, -1)
        self._fault = ""
        self._thread = threading.Thread(target=partial(self._guarded, self._run), name="technician", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def keep(self) -> None:
        """Keep the log up to date from now on, whenever nothing is wanted."""
        self._jobs.put(self._begin_keeping)

    def close(self) -> None:
        """End once what is under way is done; nobody waits for it."""
        self._jobs.put(None)

    def ask(self, work: Callable[[Sources], _T], then: Callable[[_T], None]) -> None:
        """Have ``work`` done and its result given to ``then`` on the screen's thread. A log that is not there yet answers nothing."""
        self._jobs.put(partial(self._do, work, then))

    def aside(self, work: Callable[[], _T], then: Callable[[_T], None]) -> None:
        """Do the same on a thread of its own, for what may take seconds."""
        job = partial(self._do, lambda _: work(), then, self._sources)
        threading.Thread(target=partial(self._guarded, job), name="aside", daemon=True).start()

    # --- the thread ----------------------------------------------------------------------------------------

    def _guarded(self, work: Act) -> None:
        finished = False
        try:
            work()
            finished = True
        finally:
            if not finished:
                self._say(_die)

    def _run(self) -> None:
        while True:
            try:
                job = self._jobs.get(timeout=_POLL_S)
            except Empty:
                job = self._keep
            if job is None:
                break
            job(self._sources)
        self._sources.close()

    def _do(self, work: Callable[[Sources], _T], then: Callable[[_T], None], sources: Sources) -> None:
        try:
            found = work(sources)
        except LogUnreadable as unreadable:
            if unreadable.damaged:
                sources.rebuild()
        except OperatorError as error:
            self._say(partial(self._failed, error))
        else:
            self._say(partial(then, found))

    def _begin_keeping(self, sources: Sources) -> None:
        self._keeps = True
        self._keep(sources)

    def _keep(self, sources: Sources) -> None:
        if not self._keeps:
            return
        import sqlcipher3.dbapi2 as sqlcipher  # noqa: PLC0415 - kept beside its one use

        more = True
        while more and self._jobs.empty():
            try:
                more = sources.follow()
                self._tell(None)
            except OperatorError as error:
                more = False
                self._tell(error)
            except sqlcipher.OperationalError:
                # Another process holds the log: it brings it further, or the next look does.
                more = False
            self._look(sources)

    def _tell(self, error: OperatorError | None) -> None:
        """Say once what is wrong with the journal, and once that it is not any more."""
        code = error.code if error is not None else ""
        if self._fault != code:
            self._fault = code
            self._say(partial(self._failed, error))

    def _look(self, sources: Sources) -> None:
        try:
            changes = sources.log.changes()
        except LogUnreadable as unreadable:
            if unreadable.damaged:
                sources.rebuild()
            return
        # Each connection counts by itself.
        version = (sources.opened, changes)
        if version != self._version:
            self._version = version
            self._say(self._changed)


def _die() -> None:
    raise DeskDied
