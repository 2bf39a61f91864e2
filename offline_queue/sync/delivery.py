"""Delivering what the outbox owes, and finding out what became of it.

Capabilities default to no (commit-protocol section 4): an unknown outcome is queried (5201 → 5203, matched by ``medins_setl_id``;
by that alone where ``query_by_msgid`` is promised) and never sent again; "not found" proves nothing and closes nothing; a refusal
of a first delivery is believed once a query finds nothing. Where ``reversal_of_unknown`` is promised and the goods stayed here,
what no query finds is undone by 2601; that closes nothing, only a statement does. What was turned away for load is sent again once
a query finds nothing: a front end may say "too many requests" of what the centre has done.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from config.log_file import Events
from config.sections import Capabilities
from nhsa import correction, queries
from nhsa.outcome import Accepted, Outcome, Rejected, Retry, Unknown, Unreachable
from nhsa.settlement import SetlInfo
from offline_queue.chain import TAKEDOWN
from offline_queue.journal import DueRow, Entry, Journal
from offline_queue.journal.errors import NotDue
from offline_queue.sync.courier import Courier
from offline_queue.sync.requests import NotNeeded, NotYet, Poison, Prepared, Ready, Requests
from offline_queue.sync.visit_chain import VisitChain
from settlement.facts import SALES

_EVENTS = Events("delivery")
_NOT_BUILT = "本机组不成报文，没有发出结算 / the request cannot be built, and no settlement was sent: {why}"


class Delivery:
    """What is done with one outbox row; every step is durable before the next."""

    def __init__(self, journal: Journal, requests: Requests, capabilities: Capabilities) -> None:
        self._journal = journal
        self._requests = requests
        self._visits = VisitChain(journal, requests)
        self._capabilities = capabilities

    def send(self, row: DueRow, courier: Courier) -> Outcome | None:
        """Send a row that is due and record what that proves. None = closed, set aside or taken back here."""
        try:
            return self._send(row, courier)
        except NotDue:
            # Taken back, or answered, since the row was read: the journal refused the attempt before the first byte.
            return None

    def _send(self, row: DueRow, courier: Courier) -> Outcome | None:
        if row.infno == TAKEDOWN:
            return self._take_down(row, courier)
        prepared = self._prepare(row, courier)
        match prepared:
            case Poison():
                self._set_aside(row, prepared)
                return None
            case NotNeeded():
                self._answer(row, "not_needed", words="")
                return None
            case NotYet():
                return prepared.outcome
        return self._there_already(row, prepared, courier) or self._attempt(row, prepared, courier)

    def _there_already(self, row: DueRow, ready: Ready, courier: Courier) -> Outcome | None:
        """Look first for what was turned away before; None = it may be sent: it was not, or a query finds nothing."""
        if self._capabilities.dedups_msgid or not self._was_turned_away(row):
            return None
        found = self._find(row, ready, courier)
        if isinstance(found, Accepted | Rejected):
            return found if isinstance(found, Accepted) else None
        return Retry(why="load", words=getattr(found, "why", ""))

    def _was_turned_away(self, row: DueRow) -> bool:
        """Whether the last attempt ended in a refusal for load."""
        last = ""
        for record in self._journal.records(row.msgid):
            if record.kind == "sending":
                last = "sending"
            elif record.kind == "answered" and last:
                # Journals of before it was noted say not why: then it is asked.
                last = record.body.get("why", "load") if record.body["outcome"] == "retry" else "answered"
        return last == "load"

    def _prepare(self, row: DueRow, courier: Courier) -> Prepared:
        """Return the frozen request; of a charge, after the steps before it. Before its first byte nothing of it is unknown."""
        frozen = self._requests.frozen(row)
        if frozen is not None or row.infno != "2207":
            return frozen or self._requests.prepare(row, courier)
        reached = self._visits.to_settlement(row, courier)
        match reached:
            case Ready() | NotYet():
                return reached
            case Poison() if row.lane == "live":
                # Somebody waits for a word, and nothing of it was sent.
                reached = Rejected(words=_NOT_BUILT.format(why=reached.words))
            case Poison():
                return reached
            case Unknown():
                reached = Retry(why="load", words=f"{reached.why} {reached.words}".strip())
            case _:
                pass
        self._conclude(row, reached)
        return NotYet(outcome=reached)

    def _take_down(self, row: DueRow, courier: Courier) -> Outcome | None:
        left = self._visits.take_down(row, courier)
        if isinstance(left, Poison):
            self._set_aside(row, left)
            return None
        outcome = left.outcome if isinstance(left, NotYet) else left
        # Whatever the centre says, it is tried again: the row is closed by its record alone.
        return Retry(why="load", words=outcome.words) if isinstance(outcome, Rejected) else outcome

    def resolve(self, row: DueRow, courier: Courier) -> Outcome | None:
        """Ask what became of a row that was sent; record it when it is found."""
        ready = self._requests.frozen(row)
        if ready is None and row.infno == "2207":
            return self._look_unfrozen(row, courier)
        ready = ready or self._freeze_anew(row, courier)
        if ready is None:
            return None
        if self._capabilities.dedups_msgid:
            return self._attempt(row, ready, courier, first_delivery=False)
        if self._may_undo(row):
            return self._undo(row, ready, courier)
        return self._find(row, ready, courier)

    def _may_undo(self, row: DueRow) -> bool:
        """Whether 2601 may be sent: it is promised that what it undid is refused for ever, and nothing went over the counter."""
        if not self._capabilities.reversal_of_unknown or row.infno not in SALES:
            return False
        folded = self._journal.standing(row.msgid)
        undone = any(record.kind == "undone" for record in self._journal.records(row.msgid))
        return folded.goods_released is False and not folded.cash_taken_fen and not undone

    def _undo(self, row: DueRow, ready: Ready, courier: Courier) -> Outcome:
        """Undo by 2601 what no query finds: the person's account is free at once. Its own answer is verified, never believed.

        What is found after it has happened. What is not found stays in doubt until a statement is silent (commit-protocol section 4).
        """
        found = self._find(row, ready, courier)
        if not isinstance(found, Rejected):
            return found
        self._record(row, "undoing", {"infno": "2601"})
        content = correction.correction_input(psn_no=ready.psn_no, omsgid=row.msgid, oinfno=row.infno)
        if isinstance(courier.ask("2601", content, insuplc_admdvs=ready.insuplc_admdvs), Accepted):
            self._record(row, "undone", {"infno": "2601"})
        return self._find(row, ready, courier)

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

    def _look_unfrozen(self, row: DueRow, courier: Courier) -> Outcome | None:
        """Look for a charge that was never frozen here: the journal was restored from a backup, and its chain may be anywhere."""
        sought = self._visits.sought(row, courier)
        return self._find(row, sought, courier) if isinstance(sought, Ready) else sought

    def adopt(self, row: DueRow, info: SetlInfo) -> None:
        """Record that a statement of the centre's names what ``row`` is: its answer was lost."""
        self._answer(row, "accepted", found_by="statement", accepted=_accepted(info), words="")

    def absent(self, row: DueRow, words: str) -> None:
        """Record that statements which were cut late enough do not name what ``row`` is: it never came about."""
        self._answer(row, "absent", found_by="statement", words=words)

    def take_up(self, row: DueRow) -> None:
        """Mark a row whose attempt a crash interrupted: it may have been sent."""
        self._answer(row, "unknown", words="restart")

    def _attempt(self, row: DueRow, ready: Ready, courier: Courier, *, first_delivery: bool = True) -> Outcome:
        self._record(row, "sending", {"attempt": row.attempts + 1, "infno": row.infno})
        outcome = courier.deliver(row.infno, row.msgid, ready.content, insuplc_admdvs=ready.insuplc_admdvs, first_delivery=first_delivery)
        if isinstance(outcome, Rejected):
            found = self._find(row, ready, courier, words=outcome.words)
            if isinstance(found, Accepted):
                return found
            if not isinstance(found, Rejected):
                # The query itself was not answered: the refusal is not believed yet.
                outcome = Unknown(why="RefusalUnverified", words=outcome.words)
        if isinstance(outcome, Unreachable) and row.attempts and row.lane == "live":
            # An earlier attempt was put off, and a front end may have doubled it: this one says nothing of that copy.
            outcome = Unknown(why="EarlierAttempt", words=outcome.why)
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
                self._answer(row, "retry", words=outcome.words, why=outcome.why)
            case Unknown():
                self._answer(row, "unknown", words=f"{outcome.why} {outcome.words}".strip())

    def _find(self, row: DueRow, ready: Ready, courier: Courier, *, words: str = "") -> Outcome:
        """Look for it, and record its answer when it is there; ``words`` of the refusal that was not true then."""
        found = self._look(row, ready, courier)
        if isinstance(found, Accepted):
            self._answer(row, "accepted", found_by="query", accepted=found, words=words)
        return found

    def _look(self, row: DueRow, ready: Ready, courier: Courier) -> Outcome:
        """Return Accepted when the settlement is there, Rejected when every query answered and it is not."""
        if self._capabilities.query_by_msgid:
            return self._asked(row, ready, queries.msgid_query(psn_no=ready.psn_no, msgid=row.msgid), courier) or Rejected(words="")
        mdtrt_ids = [ready.mdtrt_id]
        if not ready.mdtrt_id:
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
            found = self._asked(row, ready, queries.settlement_query(psn_no=ready.psn_no, mdtrt_id=mdtrt_id), courier)
            if found is not None:
                return found
        return Rejected(words="")

    def _asked(self, row: DueRow, ready: Ready, query: dict[str, Any], courier: Courier) -> Outcome | None:
        """Ask 5203; None when it is answered and names no such message."""
        asked = courier.ask("5203", query, insuplc_admdvs=ready.insuplc_admdvs)
        if not isinstance(asked, Accepted):
            return Unknown(why="QueryUnanswered")
        try:
            matching = [info for info in queries.read_settlements(asked.output) if info.medins_setl_id == row.msgid]
        except ValueError:
            return Unknown(why="QueryUnreadable")
        return _accepted(matching[0]) if matching else None

    def _answer(
        self, row: DueRow, outcome: str, *, words: str, found_by: str = "reply", accepted: Accepted | None = None, why: str = ""
    ) -> None:
        body: dict[str, Any] = {
            "infno": row.infno,
            "outcome": outcome,
            "found_by": found_by,
            "figures": asdict(accepted.figures) if accepted is not None and accepted.figures is not None else None,
            "setl_id": accepted.setl_id if accepted is not None else "",
            "mdtrt_id": accepted.mdtrt_id if accepted is not None else "",
            "words": words,
        }
        if why:
            body["why"] = why
        if accepted is not None and accepted.cleared is not None:
            body["cleared"] = self._requests.cleared(row, accepted.cleared)
        self._record(row, "answered", body)
        if found_by != "reply" or outcome == "not_needed":
            _EVENTS.write("answered", msgid=row.msgid, infno=row.infno, outcome=outcome, found_by=found_by)

    def _set_aside(self, row: DueRow, poison: Poison) -> None:
        self._record(row, "set_aside", {"words": poison.words, "infno": row.infno})
        # The words quote what could not be built from.
        _EVENTS.write("set aside", msgid=row.msgid, infno=row.infno)

    def _record(self, row: DueRow, kind: str, body: dict[str, Any]) -> None:
        self._journal.commit([Entry(kind=kind, subject=row.msgid, body=body)])


def _accepted(info: SetlInfo) -> Accepted:
    return Accepted(output={}, figures=info.figures(), setl_id=info.setl_id, mdtrt_id=info.mdtrt_id, cleared=info.cleared())
