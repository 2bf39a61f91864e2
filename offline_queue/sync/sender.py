"""The sender's loops: a live lane that a customer waits for, a backlog that never delays it, and upkeep.

Each lane has its own thread and its own connections. The till wakes them by committing: they look at
``PRAGMA data_version`` every twenty milliseconds.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from queue import Empty, SimpleQueue

from config.clock import Clock
from config.entropy import Entropy
from config.settings import Settings
from nhsa import ecert, extension
from nhsa.outcome import Accepted, Outcome, Rejected, Retry, Unreachable
from offline_queue.gateways.dialects import Dialect, needed_at
from offline_queue.journal import DueRow, Enquiry, EnquiryAnswer, Journal
from offline_queue.sync import handshake
from offline_queue.sync.audit import Audit
from offline_queue.sync.backoff import Backoff
from offline_queue.sync.component import Component
from offline_queue.sync.courier import Courier, Line, SignOn
from offline_queue.sync.delivery import Delivery
from offline_queue.sync.requests import Requests
from offline_queue.sync.statements import Statements

POLL_S = 0.02
_WIDTH = 4
"""Requests of the backlog that may be under way together."""
_HEARTBEAT_S = 1.0
_PROBE_S = 1.0
_LOOK_UP_S = 0.5
"""How often the main thread lets a signal's handler run that did not wake it."""
_BASE_S = 0.5
_AUDIT_PAUSE_S = 30.0
"""First pause after a statement that the centre did not answer; each further one is longer."""
_GRACE_S = 5.0
"""How long a lane may finish what is under way when the sender is to end. Cut sooner, a settlement that the centre has
just made would be a doubt; a centre that has not answered by then is not waited for."""


class LaneDied(Exception):
    """One of the sender's lanes met a bug; what it said is above, and every lane has been stopped."""


class Sender:
    """One sender process at work."""

    def __init__(self, settings: Settings, journal: Journal, clock: Clock, entropy: Entropy) -> None:
        self._settings = settings
        self._journal = journal
        self._clock = clock
        self._line = Line(clock)
        self._sign_on = SignOn()
        counter = settings.counter
        self._dialect = Dialect(settings.centre.gateway, counter.fixmedins_code, entropy, needed_at(counter.venue))
        self._end_wanted: SimpleQueue[None] = SimpleQueue()
        self._stop = threading.Event()
        self._backoff = Backoff(clock, entropy, base_s=_BASE_S)
        self._query = Backoff(clock, entropy, base_s=settings.centre.query_every_s)
        proved = settings.centre.capabilities.card_proof_at_settle
        requests = Requests(journal, clock, counter.fixmedins_code, counter.admdvs, proof_is_verified=proved)
        self._delivery = Delivery(journal, requests, settings.centre.capabilities)
        self._couriers: list[Courier] = []
        self._live = self._courier()
        self._upkeep = self._courier()
        self._audit = Audit(
            Statements(settings, journal, clock, self._delivery, goes_on=lambda: not self._stop.is_set()),
            self._courier(),
            Backoff(clock, entropy, base_s=_AUDIT_PAUSE_S),
        )
        self._component = Component(settings)
        self._free: SimpleQueue[Courier] = SimpleQueue()
        for _ in range(_WIDTH):
            self._free.put(self._courier())
        self._under_way: dict[str, Future[None]] = {}
        self._failed = False

    # --- running -------------------------------------------------------------------------------------

    def run(self) -> None:
        """Work until :meth:`stop`. Raises :class:`LaneDied`."""
        self._take_up_interrupted()
        loops = {"live": self._live_loop, "upkeep": self._upkeep_loop, "backlog": self._backlog_loop, "audit": self._audit_loop}
        lanes = [threading.Thread(target=self._guarded, args=(loop,), name=name) for name, loop in loops.items()]
        for lane in lanes:
            lane.start()
        self._wait_for_end()
        self._end(lanes)
        if self._failed:
            raise LaneDied

    def _wait_for_end(self) -> None:
        """Wait for :meth:`stop`, looking up once in a while.

        A signal that comes just before the wait begins, or to another thread, does not interrupt it: its handler runs when this
        thread comes back, and without a limit it would not.
        """
        while True:
            with suppress(Empty):
                self._end_wanted.get(timeout=_LOOK_UP_S)
                return

    def once(self) -> None:
        """Send and resolve what can be done now, then return."""
        self._take_up_interrupted()
        self._live.sign_in()
        self._fetch_hotlist()
        self._beat()
        progress = True
        while progress:
            rows = [*self._journal.due("live"), *self._journal.due("backlog")]
            closed = [row for row in rows if self._deliver(row, self._live)]
            progress = bool(closed)
        for row in self._journal.unresolved():
            self._delivery.resolve(row, self._live)
        self._beat()
        self._end([])

    def stop(self) -> None:
        """Have :meth:`run` end: nothing more is begun, and what is under way is finished or cut, and recorded as what it is.

        Also from a signal handler: it only leaves word, and takes no lock that the interrupted thread may hold.
        """
        self._end_wanted.put(None)

    def _end(self, lanes: list[threading.Thread]) -> None:
        """End the lanes first and close their connections then: a lane never meets one that is closed."""
        self._stop.set()
        over = self._clock.monotonic() + _GRACE_S
        for lane in lanes:
            lane.join(max(0.0, over - self._clock.monotonic()))
        for courier in self._couriers:
            courier.cut()
        self._component.cut()
        for lane in lanes:
            lane.join()
        for courier in self._couriers:
            courier.close()
        self._component.close()

    def _guarded(self, work: Callable[[], None]) -> None:
        """Let no lane die alone: a sender that lost one would look alive and deliver nothing."""
        finished = False
        try:
            work()
            finished = True
        finally:
            if not finished:
                self._failed = True
                self.stop()

    # --- the lanes -----------------------------------------------------------------------------------

    def _live_loop(self) -> None:
        while not self._stop.is_set():
            seen = self._journal.data_version()
            while not self._stop.is_set() and self._live_step():
                pass
            self._wait(seen, lambda: self._query_is_due("live"))

    def _live_step(self) -> bool:
        """Do one thing that a customer waits for; False = nothing to do."""
        enquiry = self._journal.enquiries.take()
        if enquiry is not None:
            self._journal.enquiries.answer(enquiry.number, self._ask(enquiry))
            return True
        for row in self._journal.due("live", 1):
            if self._backoff.ready(row.msgid):
                self._deliver(row, self._live)
                return True
        return self._resolve_one("live", self._live)

    def _backlog_loop(self) -> None:
        with ThreadPoolExecutor(_WIDTH, thread_name_prefix="backlog") as pool:
            while not self._stop.is_set():
                seen = self._journal.data_version()
                self._start_backlog(pool)
                self._wait(seen, lambda: self._line.changed.is_set() or self._query_is_due("backlog"), longest_s=0.25)
        self._clear_finished()

    def _start_backlog(self, pool: ThreadPoolExecutor) -> None:
        self._clear_finished()
        if self._line.changed.is_set():
            self._line.changed.clear()
            if self._line.state == "up":
                self._backoff.forget()
        if self._line.state == "down":
            return
        for row in self._journal.due("backlog", _WIDTH * 4):
            if self._free.empty():
                return
            if row.msgid not in self._under_way and self._backoff.ready(row.msgid):
                self._under_way[row.msgid] = pool.submit(self._in_pool, row)
        if not self._free.empty() and self._resolvable("backlog"):
            courier = self._free.get()
            try:
                self._resolve_one("backlog", courier)
            finally:
                self._free.put(courier)

    def _clear_finished(self) -> None:
        """Forget what the pool has finished; a bug that ended it there is met here, in the lane."""
        for msgid in [msgid for msgid, done in self._under_way.items() if done.done()]:
            self._under_way.pop(msgid).result()

    def _in_pool(self, row: DueRow) -> None:
        courier = self._free.get()
        try:
            if not self._stop.is_set():
                self._deliver(row, courier)
        finally:
            self._free.put(courier)

    # --- upkeep --------------------------------------------------------------------------------------

    def _upkeep_loop(self) -> None:
        hotlist_due = probe_due = beat_due = float("-inf")
        seen, nudged = -1, self._journal.notes.nudges()
        while not self._stop.is_set():
            now = self._clock.monotonic()
            if (version := self._journal.data_version()) != seen:
                seen = version
                if (asked := self._journal.notes.nudges()) != nudged:
                    # Somebody at the till does not want to wait for the pauses: everything is tried at once.
                    nudged, probe_due = asked, float("-inf")
                    self._backoff.forget()
                    self._query.forget()
            if self._line.state != "up" and now >= probe_due:
                self._upkeep.sign_in()
                probe_due = now + _PROBE_S
                hotlist_due = float("-inf")
            if self._line.state == "up" and now >= hotlist_due:
                self._fetch_hotlist()
                hotlist_due = now + self._settings.centre.hotlist_every_s
            if now >= beat_due or self._line.changed.is_set():
                self._beat()
                beat_due = now + _HEARTBEAT_S
            self._stop.wait(POLL_S * 5)

    # --- audit ---------------------------------------------------------------------------------------

    def _audit_loop(self) -> None:
        """Reconcile when it is due and the line is up; the lanes that carry sales know nothing of it."""
        while not self._stop.wait(_LOOK_UP_S):
            if self._line.state == "up":
                self._audit.step()

    def _fetch_hotlist(self) -> None:
        notes = self._journal.notes
        if not notes.sender_status().extension:
            return
        outcome = self._upkeep.ask(extension.HOTLIST, {"data": {"version": notes.sender_status().hotlist_version}})
        if isinstance(outcome, Accepted):
            # An answer that is not the centre's signed list leaves the one that is held.
            with suppress(ValueError):
                hotlist = extension.read_hotlist(outcome.output, notes.get("centre key")["public_key"])
                notes.store_hotlist(hotlist.numbers, version=hotlist.version, signed_time=hotlist.signed_time)
                notes.centre(signed_time=hotlist.signed_time, extension=True)
        # A checkpoint grows with the journal: told at each reconnection, and as often as the list is fetched.
        handshake.shake(self._journal, self._upkeep, meanwhile=self._beat)

    def _beat(self) -> None:
        self._journal.notes.heartbeat(line=self._line.state, since=self._line.since, words=self._line.words)

    # --- one thing ------------------------------------------------------------------------------------

    def _deliver(self, row: DueRow, courier: Courier) -> bool:
        """Deliver one row; True = it needs no more sending."""
        outcome = self._delivery.send(row, courier)
        if isinstance(outcome, Retry) and outcome.why == "sign_in" and isinstance(courier.sign_in(), Accepted):
            # Refused before any business was looked at: the same msgid once more.
            fresh = self._journal.due_row(row.msgid)
            outcome = self._delivery.send(fresh, courier) if fresh is not None else None
        if outcome is None or isinstance(outcome, Accepted | Rejected):
            self._backoff.done(row.msgid)
            return True
        self._backoff.failed(row.msgid, retry_after=outcome.retry_after if isinstance(outcome, Retry) else "")
        return False

    def _ask(self, enquiry: Enquiry) -> EnquiryAnswer:
        if enquiry.infno == ecert.DECODE:
            return self._component.decode(str(enquiry.input["content"]["scanned"]))
        return _answer(self._live.ask(enquiry.infno, enquiry.input["content"], insuplc_admdvs=enquiry.input.get("insuplc_admdvs", "")))

    def _resolve_one(self, lane: str, courier: Courier) -> bool:
        for row in self._resolvable(lane):
            found = self._delivery.resolve(row, courier)
            if isinstance(found, Accepted):
                self._query.done(row.msgid)
            else:
                self._query.failed(row.msgid)
            return True
        return False

    def _resolvable(self, lane: str) -> list[DueRow]:
        if self._line.state == "down":
            return []
        unknown = (row for row in self._journal.unresolved() if row.lane == lane and row.state == "unknown")
        return [row for row in unknown if self._query.ready(row.msgid)]

    def _query_is_due(self, lane: str) -> bool:
        return bool(self._resolvable(lane))

    def _take_up_interrupted(self) -> None:
        for row in self._journal.unresolved():
            if row.state == "begun":
                self._delivery.take_up(row)

    def _wait(self, seen: int, woken: Callable[[], bool], *, longest_s: float = _HEARTBEAT_S) -> None:
        """Wait until the journal has changed since ``seen``, ``woken()`` holds, or long enough."""
        end = self._clock.monotonic() + longest_s
        while not self._stop.wait(POLL_S) and self._clock.monotonic() < end:
            if self._journal.data_version() != seen or woken():
                return

    def _courier(self) -> Courier:
        courier = Courier(self._settings, self._journal, self._clock, self._line, self._sign_on, self._dialect)
        self._couriers.append(courier)
        return courier


def _answer(outcome: Outcome) -> EnquiryAnswer:
    match outcome:
        case Accepted(output=output):
            return EnquiryAnswer(outcome="answered", output=output)
        case Rejected(words=words):
            return EnquiryAnswer(outcome="refused", words=words)
        case Unreachable(why=why):
            return EnquiryAnswer(outcome="unreachable", words=why)
        case Retry(words=words):
            return EnquiryAnswer(outcome="unknown", words=words)
        case _:
            return EnquiryAnswer(outcome="unknown", words=outcome.why)
