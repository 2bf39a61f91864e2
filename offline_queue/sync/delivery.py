"""Delivering what the outbox owes, and finding out what became of it.

Capabilities default to no (commit-protocol section 4): an unknown outcome is queried (5201 → 5203, matched
by ``medins_setl_id``) and never sent again; "not found" proves nothing and closes nothing; a refusal of a
first delivery is believed once a query finds nothing.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from config.log_file import Events
from config.sections import Capabilities
from nhsa import queries
from nhsa.outcome import Accepted, Outcome, Rejected, Retry, Unknown, Unreachable
from nhsa.settlement import SetlInfo
from offline_queue.journal import DueRow, Entry, Journal
from offline_queue.journal.errors import NotDue
from offline_queue.sync.courier import Courier
from offline_queue.sync.requests import NotNeeded, NotYet, Poison, Ready, Requests

_EVENTS = Events("delivery")


class Delivery:
    """What is done with one outbox row; every step is durable before the next."""

    def __init__(self, journal: Journal, requests: Requests, capabilities: Capabilities) -> None:
        self._journal = journal
        self._requests = requests
        self._capabilities = capabilities

    def send(self, row: DueRow, courier: Courier) -> Outcome | None:
        """Send a row that is due and record what that proves. None = closed, set aside or taken back here."""
        try:
            return self._send(row, courier)
        except NotDue:
            # Taken back, or answered, since the row was read: the journal refused the attempt before the first byte.
            return None

    def _send(self, row: DueRow, courier: Courier) -> Outcome | None:
        prepared = self._requests.prepare(row, courier)
        match prepared:
            case Poison():
                self._set_aside(row, prepared)
                return None
            case NotNeeded():
                self._answer(row, "not_needed", words="")
                return None
            case NotYet():
                return prepared.outcome
        return self._attempt(row, prepared, courier)

    def resolve(self, row: DueRow, courier: Courier) -> Outcome | None:
        """Ask what became of a row that was sent; record it when it is found."""
        ready = self._requests.frozen(row) or self._freeze_anew(row, courier)
        if ready is None:
            return None
        if self._capabilities.dedups_msgid:
            return self._attempt(row, ready, courier, first_delivery=False)
        found = self._look(row, ready, courier)
        if isinstance(found, Accepted):
            self._answer(row, "accepted", found_by="query", accepted=found, words="")
        return found

    def _freeze_anew(self, row: DueRow, courier: Courier) -> Ready | None:
        """Complete a request that is not known as unsent and was never frozen here: the journal was restored from a backup."""
        prepared = self._requests.prepare(row, courier)
        match prepared:
            case Ready():
                return prepared
            case Poison():
                self._set_aside(row, prepared)
            case NotNeeded():
                self._answer(row, "not_needed", words="")
        return None

    def take_up(self, row: DueRow) -> None:
        """Mark a row whose attempt a crash interrupted: it may have been sent."""
        self._answer(row, "unknown", words="restart")

    def _attempt(self, row: DueRow, ready: Ready, courier: Courier, *, first_delivery: bool = True) -> Outcome:
        self._record(row, "sending", {"attempt": row.attempts + 1, "infno": row.infno})
        outcome = courier.deliver(row.infno, row.msgid, ready.content, insuplc_admdvs=ready.insuplc_admdvs, first_delivery=first_delivery)
        if isinstance(outcome, Rejected):
            found = self._look(row, ready, courier)
            if isinstance(found, Accepted):
                self._answer(row, "accepted", found_by="query", accepted=found, words=outcome.words)
                return found
            if not isinstance(found, Rejected):
                # The query itself was not answered: the refusal is not believed yet.
                outcome = Unknown(why="RefusalUnverified", words=outcome.words)
        self._conclude(row, outcome)
        name, why = type(outcome).__name__, getattr(outcome, "why", "")
        _EVENTS.write("attempt", msgid=row.msgid, infno=row.infno, attempt=row.attempts + 1, outcome=name, why=why)
        return outcome

    def _conclude(self, row: DueRow, outcome: Outcome) -> None:
        match outcome:
            case Accepted():
                self._answer(row, "accepted", accepted=outcome, words="")
            case Rejected():
                self._answer(row, "rejected", words=outcome.words)
            case Unreachable():
                self._answer(row, "unreachable", words=outcome.why)
            case Retry():
                self._answer(row, "retry", words=outcome.words)
            case Unknown():
                self._answer(row, "unknown", words=f"{outcome.why} {outcome.words}".strip())

    def _look(self, row: DueRow, ready: Ready, courier: Courier) -> Outcome:
        """Return Accepted when the settlement is there, Rejected when every query answered and it is not."""
        mdtrt_ids = [ready.original_mdtrt_id] if row.infno == "2103" else None
        if mdtrt_ids is None:
            day = ready.begntime[:10]
            window = {"begntime": f"{day} 00:00:00", "endtime": f"{day} 23:59:59"}
            query = queries.visits_query(psn_no=ready.psn_no, med_type=ready.med_type, **window)
            listed = courier.ask("5201", query, insuplc_admdvs=ready.insuplc_admdvs)
            if not isinstance(listed, Accepted):
                return Unknown(why="QueryUnanswered")
            try:
                mdtrt_ids = [visit.mdtrt_id for visit in reversed(queries.read_visits(listed.output))]
            except ValueError:
                return Unknown(why="QueryUnreadable")
        for mdtrt_id in mdtrt_ids:
            found = self._in_visit(row, ready, mdtrt_id, courier)
            if found is not None:
                return found
        return Rejected(words="")

    def _in_visit(self, row: DueRow, ready: Ready, mdtrt_id: str, courier: Courier) -> Outcome | None:
        asked = courier.ask("5203", queries.settlement_query(psn_no=ready.psn_no, mdtrt_id=mdtrt_id), insuplc_admdvs=ready.insuplc_admdvs)
        if not isinstance(asked, Accepted):
            return Unknown(why="QueryUnanswered")
        try:
            matching = [info for info in queries.read_settlements(asked.output) if info.medins_setl_id == row.msgid]
        except ValueError:
            return Unknown(why="QueryUnreadable")
        return _accepted(matching[0]) if matching else None

    def _answer(self, row: DueRow, outcome: str, *, words: str, found_by: str = "reply", accepted: Accepted | None = None) -> None:
        body: dict[str, Any] = {
            "infno": row.infno,
            "outcome": outcome,
            "found_by": found_by,
            "figures": asdict(accepted.figures) if accepted is not None and accepted.figures is not None else None,
            "setl_id": accepted.setl_id if accepted is not None else "",
            "mdtrt_id": accepted.mdtrt_id if accepted is not None else "",
            "words": words,
        }
        self._record(row, "answered", body)
        if found_by != "reply" or outcome == "not_needed":
            _EVENTS.write("answered", msgid=row.msgid, infno=row.infno, outcome=outcome, found_by=found_by)

    def _set_aside(self, row: DueRow, poison: Poison) -> None:
        self._record(row, "set_aside", {"words": poison.words})
        # The words quote what could not be built from.
        _EVENTS.write("set aside", msgid=row.msgid, infno=row.infno)

    def _record(self, row: DueRow, kind: str, body: dict[str, Any]) -> None:
        self._journal.commit([Entry(kind=kind, subject=row.msgid, body=body)])


def _accepted(info: SetlInfo) -> Accepted:
    return Accepted(output={}, figures=info.figures(), setl_id=info.setl_id, mdtrt_id=info.mdtrt_id)
