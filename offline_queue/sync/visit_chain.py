"""The out-patient chain of a charge: 2201, 2203, 2204, 2206 before its settlement; 2205 and 2202 when it came to nothing.

Each step is recorded before its first byte and after its answer. It moves no money, so one whose answer was lost is no doubt but is
done again: a registration under the number that the centre takes once, and what cannot be registered again is found in 5201; what
is told replaces what was told; lines come down before they go up again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from threading import Lock
from typing import Any, TypeVar

from config.log_file import Events
from nhsa import fee_lines, outpatient, queries, registration, visit
from nhsa.outcome import Accepted, Outcome, Rejected, Retry, Unknown, Unreachable
from offline_queue.chain import Chain, There
from offline_queue.fold import Folded, Standing
from offline_queue.journal import DueRow, Entry, Journal
from offline_queue.sync.courier import Courier
from offline_queue.sync.requests import NotYet, Patient, Poison, Ready, Requests
from settlement.bill import Bill
from settlement.facts import SaleIntended
from settlement.figures import Figures
from settlement.visit import Batch, Charge

_EVENTS = Events("visit")
_T = TypeVar("_T")
_NAMES: dict[type, str] = {Accepted: "accepted", Rejected: "rejected", Unknown: "unknown", Retry: "retry", Unreachable: "unreachable"}
_NUMBER_MAX, _LINE_DIGITS = 30, 3
"""Of ``feedetl_sn``, and of the place of a line in its batch (500 at most)."""
_NO_REGISTRATION = "挂号未结算，不能在此就诊上收费 / the registration of this visit was not settled"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Walk:
    """One charge being walked."""

    row: DueRow
    courier: Courier
    intent: SaleIntended
    charge: Charge
    patient: Patient
    chain: Chain

    @property
    def psn_no(self) -> str:
        return self.patient.presented.psn_no


class _Stopped(Exception):
    """A step did not come about; ``outcome`` says what is known of it."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__()
        self.outcome = outcome


class _Unasked(Exception):
    """Whose it is is not known now: nothing was sent."""

    def __init__(self, why: NotYet) -> None:
        super().__init__()
        self.why = why


class VisitChain:
    """Walks chains, and takes them down."""

    def __init__(self, journal: Journal, requests: Requests) -> None:
        self._journal = journal
        self._requests = requests
        self._walked: set[str] = set()
        self._lock = Lock()

    # --- there -------------------------------------------------------------------------------------------

    def to_settlement(self, row: DueRow, courier: Courier) -> Ready | Outcome | NotYet | Poison:
        """Do the steps before 2207 that are not done yet, and freeze it.

        An outcome says how a step did not come about, :class:`NotYet` that none was begun.
        """
        with self._walking(row.msgid) as mine:
            if not mine:
                return NotYet(outcome=Retry(why="load", words=""))
            return _guarded(lambda: self._to_settlement(row, courier))

    def _to_settlement(self, row: DueRow, courier: Courier) -> Ready | Outcome:
        walk = self._begin(row, courier, self._requests.patient)
        mdtrt_id = self._registered(walk) if walk.charge.opens else self._opened(walk)
        if not self._now(walk).told:
            content = visit.visit_input(walk.charge.visit, psn_no=walk.psn_no, mdtrt_id=mdtrt_id)
            self._step(walk, visit.infno_of(walk.charge.visit), content)
        sums = self._uploaded(walk, mdtrt_id)
        batch = _batch(walk.charge, mdtrt_id)
        if walk.intent.way == "online" and self._now(walk).dry_run is None:
            # Off-line nobody waits for its answer, and it knows no card's evidence.
            dry = outpatient.dry_run_input(batch, walk.patient.presented, sums)
            self._step(walk, "2206", dry, figures_of=lambda output: outpatient.read_setlinfo(output).figures())
        evidence = self._requests.evidence(row, walk.intent)
        content = outpatient.settlement_input(batch, walk.patient.presented, sums, lines=_numbered(walk).lines, exp_content=evidence)
        return self._requests.freeze(row, content, walk.patient)

    def _registered(self, walk: _Walk) -> str:
        """Return the visit that this charge opens, registered now unless it was before."""
        if walk.chain.mdtrt_id:
            return walk.chain.mdtrt_id
        content = registration.registration_input(walk.charge.visit.registration, walk.patient.presented)
        msgid, outcome = self._send(walk, "2201", content)
        if isinstance(outcome, Rejected | Unknown):
            # Refused as a copy, or its answer lost: an earlier one may be there.
            found = self.find_visit(walk.charge, walk.patient, walk.courier)
            if isinstance(found, Unreachable | Unknown | Retry):
                outcome = Unknown(why="QueryUnanswered", words=getattr(outcome, "words", ""))
            elif isinstance(found, Accepted):
                outcome = found
        self._answered(walk, "2201", msgid, outcome)
        if not isinstance(outcome, Accepted):
            raise _Stopped(outcome)
        return outcome.mdtrt_id

    def _opened(self, walk: _Walk) -> str:
        """Return the visit that an earlier settlement opened."""
        opened = self._journal.standing(walk.charge.opened_by)
        if opened.standing in {Standing.REJECTED, Standing.ABANDONED, Standing.REVERSED}:
            raise _Stopped(Rejected(words=_NO_REGISTRATION))
        if not opened.mdtrt_id:
            raise _Stopped(Retry(why="load", words=opened.words))
        return opened.mdtrt_id

    def _uploaded(self, walk: _Walk, mdtrt_id: str) -> Figures:
        """Return what the uploaded lines come to; what may be up by an attempt that is not known comes down first."""
        chain = self._now(walk)
        if chain.uploaded is There.YES and chain.sums is not None:
            return chain.sums
        if chain.uploaded is There.MAYBE:
            self._withdrawn(walk, mdtrt_id)
        visited = walk.charge.visit
        content = fee_lines.fee_lines_input(
            _numbered(walk),
            _batch(walk.charge, mdtrt_id),
            psn_no=walk.psn_no,
            registration=visited.registration,
            dise_codg=visited.dise_codg,
        )
        self._step(walk, "2204", content, figures_of=lambda output: fee_lines.uploaded(fee_lines.read_results(output)))
        sums = self._now(walk).sums
        assert sums is not None
        return sums

    # --- and back ----------------------------------------------------------------------------------------

    def take_down(self, row: DueRow, courier: Courier) -> Outcome | NotYet | Poison | None:
        """Take down what the centre may know of a charge. None = nothing of it is left; an outcome says why not yet."""
        with self._walking(row.msgid) as mine:
            # Whoever walks this chain learns before its next step that it was taken back.
            return _guarded(lambda: self._take_down(row, courier)) if mine else Retry(why="load", words="")

    def _take_down(self, row: DueRow, courier: Courier) -> None:
        walk = self._begin(row, courier, self._requests.known_patient)
        mdtrt_id, words = self._left_there(walk)
        if mdtrt_id and self._now(walk).uploaded is not There.NO:
            self._withdrawn(walk, mdtrt_id)
        if mdtrt_id and walk.charge.opens:
            words = self._cancelled(walk, mdtrt_id)
        self._journal.commit([Entry(kind="taken_down", subject=row.msgid, body={"words": words})])
        _EVENTS.write("taken down", msgid=row.msgid)

    def _left_there(self, walk: _Walk) -> tuple[str, str]:
        """Return the visit of which something may be left, empty when none is; and the words by which that is known.

        A registration that may be on its way still is made again: once it is ours nothing can come after it.
        """
        if not walk.charge.opens:
            return self._journal.standing(walk.charge.opened_by).mdtrt_id, ""
        if walk.chain.mdtrt_id or walk.chain.registered is There.NO:
            return walk.chain.mdtrt_id, ""
        try:
            return self._registered(walk), ""
        except _Stopped as stopped:
            if isinstance(stopped.outcome, Rejected) or (isinstance(stopped.outcome, Unknown) and stopped.outcome.why == "Duplicate"):
                # Refused, and 5201 answered that there is no such visit open.
                return "", stopped.outcome.words
            raise

    def _cancelled(self, walk: _Walk, mdtrt_id: str) -> str:
        """Cancel the registration; return the words of a refusal of what is gone already."""
        number = walk.charge.visit.registration.ipt_otp_no
        msgid, outcome = self._send(walk, "2202", registration.cancellation_input(psn_no=walk.psn_no, mdtrt_id=mdtrt_id, ipt_otp_no=number))
        self._answered(walk, "2202", msgid, outcome)
        if isinstance(outcome, Accepted):
            return ""
        if isinstance(outcome, Rejected) or (isinstance(outcome, Unknown) and outcome.why == "Duplicate"):
            found = self.find_visit(walk.charge, walk.patient, walk.courier, only_open=True)
            if isinstance(found, Rejected):
                return outcome.words
        raise _Stopped(outcome if not isinstance(outcome, Rejected) else Retry(why="load", words=outcome.words))

    def _withdrawn(self, walk: _Walk, mdtrt_id: str) -> None:
        """Have the lines of the batch come down. Refused, there are none."""
        content = fee_lines.lines_cancellation_input(psn_no=walk.psn_no, mdtrt_id=mdtrt_id, chrg_bchno=walk.charge.chrg_bchno)
        msgid, outcome = self._send(walk, "2205", content)
        if isinstance(outcome, Unknown) and outcome.why == "Duplicate":
            outcome = Rejected(words=outcome.words)
        self._answered(walk, "2205", msgid, outcome)
        if not isinstance(outcome, Accepted | Rejected):
            raise _Stopped(outcome)

    def sought(self, row: DueRow, courier: Courier) -> Ready | Outcome:
        """Return where a charge is to be looked for that was never frozen here; an outcome when that is not known."""
        try:
            walk = self._begin(row, courier, self._requests.known_patient)
            mdtrt_id = walk.chain.mdtrt_id if walk.charge.opens else self._opened(walk)
        except _Stopped as stopped:
            return stopped.outcome
        except _Unasked as unasked:
            return unasked.why.outcome
        if not mdtrt_id:
            found = self.find_visit(walk.charge, walk.patient, courier)
            if not isinstance(found, Accepted):
                return found
            mdtrt_id = found.mdtrt_id
        bill = walk.intent.bill
        return Ready(
            content={},
            psn_no=walk.psn_no,
            insuplc_admdvs=walk.patient.insuplc_admdvs,
            begntime=bill.begntime,
            med_type=bill.med_type,
            mdtrt_id=mdtrt_id,
        )

    # --- what is there -----------------------------------------------------------------------------------

    def find_visit(self, charge: Charge, patient: Patient, courier: Courier, *, only_open: bool = False) -> Outcome:
        """Find the visit under its own number (5201): Accepted with its ``mdtrt_id``, Rejected when it is not listed, else unanswered.

        ``only_open`` passes over those of which something was settled.
        """
        days = sorted({charge.visit.registration.begntime[:10], charge.visit.begntime[:10]})
        query = queries.visits_query(
            psn_no=patient.presented.psn_no, begntime=f"{days[0]} 00:00:00", endtime=f"{days[-1]} 23:59:59", med_type=""
        )
        listed = courier.ask("5201", query, insuplc_admdvs=patient.insuplc_admdvs)
        if not isinstance(listed, Accepted):
            return listed if not isinstance(listed, Rejected) else Unknown(why="QueryUnanswered", words=listed.words)
        try:
            rows = queries.read_visits(listed.output)
        except ValueError:
            return Unknown(why="QueryUnreadable")
        number = charge.visit.registration.ipt_otp_no
        found = [one.mdtrt_id for one in rows if one.ipt_otp_no == number and one.mdtrt_id and not (only_open and one.setl_id)]
        return Accepted(output={}, mdtrt_id=found[0]) if found else Rejected(words="")

    # --- one step ----------------------------------------------------------------------------------------

    def _step(
        self, walk: _Walk, infno: str, content: dict[str, Any], figures_of: Callable[[dict[str, Any]], Figures] | None = None
    ) -> None:
        """Do one step; raise :class:`_Stopped` when it did not come about."""
        msgid, outcome = self._send(walk, infno, content)
        figures = None
        if isinstance(outcome, Accepted) and figures_of is not None:
            try:
                figures = figures_of(outcome.output)
            except ValueError:
                outcome = Unknown(why="NoOutput")
        self._answered(walk, infno, msgid, outcome, figures)
        if not isinstance(outcome, Accepted):
            raise _Stopped(outcome)

    def _send(self, walk: _Walk, infno: str, content: dict[str, Any]) -> tuple[str, Outcome]:
        """Make one attempt of a step under an id of its own, after its record; signing in again where that is why it was refused."""
        msgid, outcome = self._attempt(walk, infno, content)
        if isinstance(outcome, Retry) and outcome.why == "sign_in" and isinstance(walk.courier.sign_in(), Accepted):
            self._answered(walk, infno, msgid, outcome)
            return self._attempt(walk, infno, content)
        return msgid, outcome

    def _attempt(self, walk: _Walk, infno: str, content: dict[str, Any]) -> tuple[str, Outcome]:
        msgid = self._journal.notes.issue_msgid(writer="sender")
        body = {"infno": infno, "owed": walk.row.infno, "msgid": msgid, "attempt": self._now(walk).attempts + 1}
        self._journal.commit([Entry(kind="step_sending", subject=walk.row.msgid, body=body)])
        return msgid, walk.courier.deliver(infno, msgid, content, insuplc_admdvs=walk.patient.insuplc_admdvs)

    def _answered(self, walk: _Walk, infno: str, msgid: str, outcome: Outcome, figures: Figures | None = None) -> None:
        name = _NAMES[type(outcome)]
        body = {
            "infno": infno,
            "msgid": msgid,
            "outcome": name,
            "mdtrt_id": outcome.mdtrt_id if isinstance(outcome, Accepted) else "",
            "figures": None if figures is None else asdict(figures),
            "words": " ".join(filter(None, (getattr(outcome, "why", ""), getattr(outcome, "words", "")))),
        }
        self._journal.commit([Entry(kind="step_answered", subject=walk.row.msgid, body=body)])
        _EVENTS.write("step", msgid=walk.row.msgid, infno=infno, outcome=name)

    # --- inside ------------------------------------------------------------------------------------------

    def _begin(self, row: DueRow, courier: Courier, patient_of: Callable[[str, Courier], Patient | NotYet]) -> _Walk:
        standing = self._journal.standing(row.msgid)
        intent = standing.intent
        assert isinstance(intent, SaleIntended)
        assert intent.charge is not None
        patient = patient_of(row.msgid, courier)
        if isinstance(patient, NotYet):
            raise _Unasked(patient)
        return _Walk(row=row, courier=courier, intent=intent, charge=intent.charge, patient=patient, chain=_chain(standing))

    def _now(self, walk: _Walk) -> Chain:
        return _chain(self._journal.standing(walk.row.msgid))

    @contextmanager
    def _walking(self, subject: str) -> Iterator[bool]:
        """Let one lane at a time go along a chain: the till may take a charge back while a step of it is under way."""
        with self._lock:
            mine = subject not in self._walked
            self._walked.add(subject)
        try:
            yield mine
        finally:
            if mine:
                with self._lock:
                    self._walked.discard(subject)


def _guarded(work: Callable[[], _T]) -> _T | Outcome | NotYet | Poison:
    try:
        return work()
    except _Stopped as stopped:
        return stopped.outcome
    except _Unasked as unasked:
        return unasked.why
    except (ValueError, KeyError) as error:
        return Poison(words=f"{type(error).__name__}: {error}"[:400])


def _chain(standing: Folded) -> Chain:
    assert standing.chain is not None
    return standing.chain


def _batch(charge: Charge, mdtrt_id: str) -> Batch:
    visited = charge.visit
    return Batch(mdtrt_id=mdtrt_id, chrg_bchno=charge.chrg_bchno, med_type=visited.med_type, insutype=visited.registration.insutype)


def _numbered(walk: _Walk) -> Bill:
    """Return the bill of the claimed lines, each under a number that is its own in the whole visit: that of its batch and its place."""
    bill, batch = walk.intent.bill, walk.charge.chrg_bchno[-(_NUMBER_MAX - _LINE_DIGITS) :]
    claimed = enumerate(fee_lines.claimed(bill, walk.intent.left_out), 1)
    return replace(bill, lines=tuple(replace(line, feedetl_sn=f"{batch}{place:0{_LINE_DIGITS}d}") for place, line in claimed))
