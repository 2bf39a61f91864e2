"""The queue before the printer: a dead printer holds no sale.

What is owed is what the journal says: booked and never printed. So nothing is kept beside it, no slip lies on the
disk, and a crash loses none. One daemon thread owns the printer; a copy is recorded when it is on paper, as far as
the printer can tell. What people ask for besides lives as long as the program.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from config.clock import Clock
from offline_queue.journal import Entry, Journal
from settlement.errors import OperatorError, Refusal
from settlement.facts import Printed
from settlement.refusals import UNANSWERED
from terminal.paper import escpos, plain
from terminal.paper.content import Slips, which_of
from terminal.paper.delivery import deliver
from terminal.paper.errors import PRINTER_NONE, PRINTER_STOPPED, SLIP_PRINTED, SLIP_UNBOOKED, PrinterSilent
from terminal.paper.port import Transport
from terminal.paper.sheet import Sheet
from terminal.paper.slip import COPIES, compose
from terminal.person import Person

_RECENT = timedelta(days=1)
"""Older slips are not printed by themselves: nobody waits for them, and a new printer would begin with all of them."""
_RETRY_MAX_S = 60.0
_DOUBLINGS = 10
_LATE = 2
"""A job at work for this many patiences is not answered any more."""
_CLOSE_S = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintState:
    """The queue at one moment."""

    state: Literal["none", "idle", "printing", "waiting"]
    """No printer is set · nothing to do · at work · something is owed and does not come out."""
    waiting: int = 0
    """Jobs that are not on paper yet, with the one at work."""
    subject: str = ""
    """The settlement or cash slip whose turn it is."""
    since: str = ""
    """Since when it waits, ``yyyy-MM-dd HH:mm:ss``."""
    why: Refusal | None = None
    older: int = 0
    """Slips of earlier days that were never printed; they are printed when somebody asks."""


@dataclass(slots=True, eq=False)
class _Job:
    """One thing to be printed: the slip of ``subject``, or a sheet that is no slip and is not recorded."""

    subject: str
    late: bool = False
    again: bool = False
    sheet: Sheet | None = None
    tries: int = 0
    on_paper: Printed | None = None
    """Printed and not recorded yet: recording alone is tried again then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How a job goes on paper."""

    columns: int
    copies: Literal[1, 2]
    code: bool
    """With the settlement's number as a QR code."""


class PrintQueue:
    """The driver's printer at a till with a screen. Nothing here raises into a sale."""

    def __init__(
        self,
        journal: Journal,
        slips: Slips,
        transport: Transport | None,
        *,
        clock: Clock,
        layout: Layout,
        patience_s: float,
        retry_s: float = 5.0,
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        """Make a queue that does nothing before :meth:`start`; ``changed`` is called, in the queue's thread, when its state is another."""
        self._journal = journal
        self._slips = slips
        self._transport = transport
        self._clock = clock
        self._layout = layout
        self._patience_s = patience_s
        self._retry_s = retry_s
        self._changed = changed
        self._turn = threading.Condition()
        self._asked: deque[_Job] = deque()
        self._backlog: deque[_Job] = deque()
        self._older: set[str] = set()
        self._at_work_since: float | None = None
        self._not_before = 0.0
        self._why: Refusal | None = None
        self._since = ""
        self._closing = False
        self._recording = threading.Lock()
        self._left = False
        self._thread = threading.Thread(target=self._run, name="printer", daemon=True)

    def start(self) -> None:
        """Take up what is owed and print from now on. Raises :class:`~settlement.errors.JournalError`."""
        if self._transport is None:
            return
        oldest = self._clock.now() - _RECENT
        for subject, at in self._journal.slips_owed():
            if datetime.fromisoformat(at) < oldest:
                self._older.add(subject)
            else:
                self._backlog.append(_Job(subject, late=True))
        self._thread.start()

    def close(self) -> None:
        """Stop, and wait a little for the job at work; one that hangs is left, and is owed again at the next start."""
        with self._turn:
            self._closing = True
            self._turn.notify_all()
        if self._thread.is_alive():
            self._thread.join(_CLOSE_S)
        with self._recording:
            self._left = True

    # --- what the till says -----------------------------------------------------------------------------

    def print(self, subject: str, person: Person, *, late: bool = False) -> None:
        """Have the slip of ``subject`` printed when the printer can; the driver's own call."""
        del person
        self._add(_Job(subject, late=late))

    def ask(self, subject: str, *, again: bool) -> Refusal | None:
        """Print a slip that is missing (补打), or one more (重打) when ``again``; return why not.

        The journal decides which of the two it is: asked again, a slip that never was printed is printed late.
        """
        if self._transport is None:
            return Refusal(PRINTER_NONE)
        try:
            folded = self._slips.booked(subject)
        except OperatorError as error:
            return Refusal(error.phrase, error.details)
        if folded is None:
            return Refusal(SLIP_UNBOOKED, {"subject": subject})
        if folded.not_agreed:
            return Refusal(UNANSWERED, {"subject": subject})
        if folded.printed and not again:
            return Refusal(SLIP_PRINTED, {"subject": subject, "count": str(folded.printed)})
        self._add(_Job(subject, late=True, again=again))
        return None

    def post(self, name: str, sheet: Sheet) -> Refusal | None:
        """Print a sheet that is no slip, such as a test page or the close of a day; return why not. It is not recorded."""
        if self._transport is None:
            return Refusal(PRINTER_NONE)
        self._add(_Job(name, sheet=sheet))
        return None

    def retry(self) -> None:
        """Try now, without waiting for the pause after a failure."""
        with self._turn:
            self._not_before = 0.0
            self._turn.notify_all()

    def state(self) -> PrintState:
        """Return the state of this moment; asks neither the printer nor the journal."""
        with self._turn:
            if self._transport is None:
                return PrintState(state="none")
            jobs = list(self._jobs())
            older = len(self._older)
            if not jobs:
                return PrintState(state="idle", older=older)
            why = self._reason()
            return PrintState(
                state="waiting" if why else "printing",
                waiting=len(jobs),
                subject=jobs[0].subject,
                since=self._since,
                why=why,
                older=older,
            )

    def _reason(self) -> Refusal | None:
        """Return why nothing comes out, None when the printer is at work or about to be."""
        assert self._transport is not None
        if self._thread.ident is not None and not self._thread.is_alive():
            return Refusal(PRINTER_STOPPED)
        late_s = self._clock.monotonic() - _LATE * self._patience_s
        if self._at_work_since is not None and self._at_work_since < late_s:
            return self._why or Refusal(PrinterSilent.phrase, {"where": self._transport.where})
        return self._why

    def _jobs(self) -> Iterator[_Job]:
        """Yield the jobs in their order: whoever waits now comes before what was left over."""
        yield from self._asked
        yield from self._backlog

    def _add(self, job: _Job) -> None:
        if self._transport is None:
            return
        with self._turn:
            same = next((other for other in self._jobs() if _same(job, other)), None)
            if same is None:
                self._asked.append(job)
            elif not same.tries:
                same.late = job.late
            self._not_before = 0.0
            self._turn.notify_all()

    # --- the thread that owns the printer ----------------------------------------------------------------

    def _run(self) -> None:
        while (job := self._next()) is not None:
            self._changed()
            try:
                self._work(job)
            except OperatorError as error:
                self._failed(job, error)
            else:
                self._finished(job)
            self._changed()

    def _next(self) -> _Job | None:
        """Wait for a job whose time has come; None at the end."""
        with self._turn:
            while not self._closing:
                job = next(self._jobs(), None)
                pause_s = None if job is None else self._not_before - self._clock.monotonic()
                if job is not None and pause_s is not None and pause_s <= 0:
                    self._at_work_since = self._clock.monotonic()
                    return job
                self._turn.wait(pause_s)
            return None

    def _work(self, job: _Job) -> None:
        assert self._transport is not None
        if job.on_paper is None:
            made = self._made(job)
            if made is None:
                return
            sheets, copy = made
            as_text = self._transport.language == "text"
            content = plain.render(sheets, self._layout.columns).encode() if as_text else escpos.render(sheets, self._layout.columns)
            deliver(self._transport, content, clock=self._clock, patience_s=self._patience_s)
            job.on_paper = copy
        self._record(job.on_paper)

    def _made(self, job: _Job) -> tuple[tuple[Sheet, ...], Printed | None] | None:
        """Return the sheets and what they will be recorded as; None when there is nothing to print any more."""
        if job.sheet is not None:
            return (job.sheet,), None
        folded = self._slips.booked(job.subject)
        if folded is None or folded.not_agreed or (folded.printed and not job.again):
            return None
        which = which_of(folded, late=job.late)
        slip = self._slips.slip(folded, which)
        sheets = tuple(compose(slip, copy, code=self._layout.code) for copy in COPIES[self._layout.copies])
        return sheets, Printed(subject=job.subject, copy=folded.printed + 1, which=which)

    def _record(self, copy: Printed | None) -> None:
        with self._recording:
            # Left behind, it is recorded nowhere: the journal is closed. It is owed and comes out once more, marked 补打.
            if copy is not None and not self._left:
                self._journal.commit([Entry(kind=copy.kind, subject=copy.subject, body=copy.body())])

    def _failed(self, job: _Job, error: OperatorError) -> None:
        at = self._clock.now().strftime("%Y-%m-%d %H:%M:%S")
        with self._turn:
            pause_s = min(self._retry_s * 2 ** min(job.tries, _DOUBLINGS), _RETRY_MAX_S)
            job.tries += 1
            for waiting in self._jobs():
                # Whatever waits through a failure comes out late.
                waiting.late = True
            self._at_work_since = None
            self._not_before = self._clock.monotonic() + pause_s
            self._why = Refusal(error.phrase, error.details)
            self._since = self._since or at

    def _finished(self, job: _Job) -> None:
        with self._turn:
            (self._asked if job in self._asked else self._backlog).remove(job)
            self._older.discard(job.subject)
            self._at_work_since = None
            self._why = None
            self._since = ""


def _same(job: _Job, other: _Job) -> bool:
    """Whether both ask for the one first copy of a slip."""
    return job.subject == other.subject and not (job.again or other.again or job.sheet or other.sheet)
