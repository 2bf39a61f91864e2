"""Questions to the centre, through the journal: the till itself never opens a connection."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from config.clock import Clock
from config.settings import Settings
from nhsa import codes, extension, person
from nhsa.person import InsuInfo
from offline_queue.journal import EnquiryAnswer, Journal
from settlement.allowance import CardRecord, SaleWrite
from settlement.bill import Benefit
from settlement.checkout import events as on
from settlement.errors import Refusal
from settlement.facts import Hotlisted
from settlement.offline import Circumstances
from terminal.bookkeeping import Owner
from terminal.certificates import Certificate, by_identity_number
from terminal.journal_view import offline_used
from terminal.screen.account_news import Scheme

_POLL_S = 0.005
_GRACE_S = 1.0
"""What the sender may need beside the exchange itself: its poll and two commits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What 1101 and 5206 told of a person."""

    owner: Owner
    benefit: Benefit
    insutype: str
    """The scheme that it is of."""
    schemes: tuple[Scheme, ...] = ()
    """Every insurance that 1101 lists, in its order."""


@dataclass(frozen=True, slots=True)
class Question:
    """One that was put to the sender."""

    number: int
    end_s: float
    """On the monotonic clock: how long its answer is waited for."""


SENDER_SILENT, LINE_DOWN = "SENDER-SILENT", "LINE-DOWN"
"""Reason codes of an off-line sale: what a slip and an audit say, whatever the transport called it."""


class CentreLine:
    """The live lane as the till sees it."""

    def __init__(
        self,
        journal: Journal,
        settings: Settings,
        clock: Clock,
        conditions_of: Callable[[tuple[str, ...]], tuple[str, ...]] = lambda _: (),
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        """``conditions_of`` says which words of the area's pack hold of a person of whom 1101 gives these identities.

        ``pause`` waits so many seconds for the sender.
        """
        self._journal = journal
        self._conditions_of = conditions_of
        self._pause = pause
        self._settings = settings
        self._clock = clock
        # An exchange may have to sign in first, and is queried after a refusal: three deadlines cover it.
        self.patience_s = 3 * settings.centre.exchange_s + _GRACE_S

    def ask(self, infno: str, content: dict[str, Any], *, insuplc_admdvs: str = "") -> EnquiryAnswer:
        """Ask the centre; an unanswered question is withdrawn, and one surely never sent reads as unreachable."""
        return self._await(self._put(infno, content, insuplc_admdvs))

    def ask_ahead(self, owner: Owner) -> Question:
        """Ask who this person is to the centre, and do not wait: :meth:`person` takes the answer, while the card is still being read."""
        return self._put("1101", _query_of(owner), "")

    def _put(self, infno: str, content: dict[str, Any], insuplc_admdvs: str) -> Question:
        asked = {"content": content, "insuplc_admdvs": insuplc_admdvs}
        number = self._journal.enquiries.ask(infno, asked, patience_s=self.patience_s)
        return Question(number=number, end_s=self._clock.monotonic() + self.patience_s)

    def _await(self, question: Question) -> EnquiryAnswer:
        enquiries, number = self._journal.enquiries, question.number
        while (answer := enquiries.answer_of(number)) is None and self._clock.monotonic() < question.end_s:
            self._pause(_POLL_S)
        if answer is not None:
            return answer
        if enquiries.withdraw(number):
            return EnquiryAnswer(outcome="unreachable", words=SENDER_SILENT)
        return enquiries.answer_of(number) or EnquiryAnswer(outcome="unknown", words="patience")

    def whose(self, certificate: Certificate) -> Owner | on.Event:
        """Ask whose a certificate in place of the card is: the centre alone knows."""
        owner = Owner(certno="", mdtrt_cert_type=certificate.mdtrt_cert_type, mdtrt_cert_no=certificate.mdtrt_cert_no)
        answer = self.ask("1101", _query_of(owner))
        if answer.outcome != "answered":
            return self._no_answer(answer, owner)
        try:
            known = person.read_person(answer.output).baseinfo
        except ValueError:
            return on.CentreSilent(why="unreadable")
        if isinstance(by_identity_number(known.certno), Refusal):
            # Under no number nothing could be kept: neither doubts nor what was used off-line would be found.
            return on.CentreSilent(why="unreadable")
        return replace(owner, certno=known.certno, psn_name=known.psn_name, psn_no=known.psn_no)

    def person(self, owner: Owner, insutype: str, asked: Question | None = None) -> Known | on.Event:
        """Ask who this person is to the centre, and what this year has used; an empty ``insutype`` is the person's own basic insurance.

        ``asked`` is the first of both questions where it was put :meth:`ahead <ask_ahead>`.
        """
        answer = self.ask("1101", _query_of(owner)) if asked is None else self._await(asked)
        if answer.outcome != "answered":
            return self._no_answer(answer, owner)
        today = self._clock.now().strftime("%Y-%m-%d")
        try:
            found = person.read_person(answer.output)
            insured = found.active(insutype, today=today)
            if insured is None:
                return on.PersonRefused(insured=False)
            used = self._accumulated(found.baseinfo.psn_no, insured, today[:4])
        except ValueError:
            return on.CentreSilent(why="unreadable")
        if used is None:
            return on.CentreSilent(why="5206")
        if owner.mdtrt_cert_no and found.baseinfo.certno != owner.certno:
            # Presented once, and another person's by now: neither answer is believed.
            return on.CentreSilent(why="certificate")
        benefit = Benefit(
            psn_type=insured.psn_type,
            deductible_used_fen=used.get(codes.CUMULATED_DEDUCTIBLE, 0),
            fund_paid_fen=used.get(codes.CUMULATED_FUND, 0),
            account_fen=insured.balc,
            conditions=self._conditions_of(found.identities(today)),
        )
        named = replace(owner, psn_no=found.baseinfo.psn_no, insuplc_admdvs=insured.insuplc_admdvs)
        schemes = tuple(Scheme(insutype=one.insutype, active=one.in_force(today), balance_fen=one.balc) for one in found.insuinfo)
        return Known(owner=named, benefit=benefit, insutype=insured.insutype, schemes=schemes)

    def answer_of(self, msgid: str, *, known: bool = False, steps: int = 0) -> on.Event:
        """Wait for what the sender writes of ``msgid``; a row it never began is left to the caller to claim.

        ``known`` waits on while the sender is still asking what became of it; ``steps`` are the exchanges that come before it.
        """
        exchange_s = self._settings.centre.exchange_s
        end = self._clock.monotonic() + (exchange_s if known else self.patience_s + steps * exchange_s)
        while True:
            event = self._answered(msgid)
            if event is not None and not (known and isinstance(event, on.OutcomeUnknown)):
                return event
            if self._clock.monotonic() >= end:
                return event or on.OutcomeUnknown(why="patience")
            self._pause(_POLL_S)

    def refusal(self, words: str) -> on.Rejected:
        """Return a refusal with what its words say of a void: that its settlement is cleared."""
        return on.Rejected(words=words, cleared=any(phrase in words for phrase in self._settings.centre.refusals.cleared))

    def circumstances(self, owner: Owner, reason: str = LINE_DOWN) -> Circumstances:
        """Return what the off-line rule needs to know of this moment."""
        signed = self._journal.notes.sender_status().signed_time
        now = self._clock.now().isoformat()
        month = int(max(now, signed)[5:7])
        person_count, used_fen = offline_used(self._journal, owner.certno)
        till_count, till_used_fen = self._journal.offline_held()
        return Circumstances(
            month=month,
            hotlist=self.hotlist(),
            person_used_fen=used_fen,
            reason=reason,
            restored_at=self._journal.restored_at,
            person_count=person_count,
            till_count=till_count,
            till_used_fen=till_used_fen,
        )

    def hotlist(self) -> Hotlisted:
        """Return version and age of the local hotlist, by the later of wall clock and signed centre time."""
        status = self._journal.notes.sender_status()
        if not status.hotlist_time:
            return Hotlisted(version=0, age_s=None)
        now = self._clock.now()
        if status.signed_time:
            now = max(now, datetime.fromisoformat(status.signed_time))
        age = now - datetime.fromisoformat(status.hotlist_time)
        return Hotlisted(version=status.hotlist_version, age_s=max(int(age.total_seconds()), 0))

    def grant(self, owner: Owner, record: CardRecord, *, limit_fen: int) -> extension.Grant | None:
        """Ask for a new generation of the allowance; None when there is none to be had now."""
        if not self._journal.notes.sender_status().extension:
            return None
        query = extension.RefreshQuery(
            psn_no=owner.psn_no,
            card_no=owner.card_no,
            card_sn=owner.card_sn,
            record=extension.RecordRead.of(record),
            limit_fen=limit_fen,
        )
        answer = self.ask(extension.REFRESH, {"data": query.model_dump()}, insuplc_admdvs=owner.insuplc_admdvs)
        try:
            return extension.read_grant(answer.output) if answer.outcome == "answered" else None
        except ValueError:
            return None

    def show_record(self, owner: Owner, record: CardRecord) -> int | None:
        """Show the centre what was read; return what is available then.

        Evidence that a generation was seen. Its loss costs nothing: a later reading shows it again.
        """
        seen = extension.CardSeen(psn_no=owner.psn_no, card_no=owner.card_no, card_sn=owner.card_sn, record=extension.RecordRead.of(record))
        answer = self.ask(extension.EVIDENCE, {"data": seen.model_dump()}, insuplc_admdvs=owner.insuplc_admdvs)
        try:
            return extension.read_seen(answer.output).available_fen if answer.outcome == "answered" else None
        except ValueError:
            return None

    def readings(self, card_no: str, card_sn: str, plan: SaleWrite) -> tuple[CardRecord, ...] | None:
        """Return what any till read of a card right after ``plan`` would have been written; None when the centre does not say."""
        status = self._journal.notes.sender_status()
        if not status.extension or plan.before.generation is None:
            return ()
        if status.line == "down":
            return None
        query = extension.ReadingsQuery(card_no=card_no, card_sn=card_sn, generation=plan.before.generation, counter=plan.counter_after)
        answer = self.ask(extension.READINGS, {"data": query.model_dump()})
        if answer.outcome == "refused":
            # A centre of before it was offered, or one that does not know the card: there is no evidence to be had.
            return ()
        try:
            return extension.read_readings(answer.output) if answer.outcome == "answered" else None
        except ValueError:
            return None

    def _accumulated(self, psn_no: str, insured: InsuInfo, year: str) -> dict[str, int] | None:
        answer = self.ask("5206", person.accumulator_query(psn_no=psn_no, year=year), insuplc_admdvs=insured.insuplc_admdvs)
        return person.read_accumulators(answer.output, insured.insutype) if answer.outcome == "answered" else None

    def _no_answer(self, answer: EnquiryAnswer, owner: Owner) -> on.Event:
        match answer.outcome:
            case "refused":
                return on.PersonRefused(words=answer.words)
            case "unreachable":
                reason = SENDER_SILENT if answer.words == SENDER_SILENT else LINE_DOWN
                return on.LineDown(now=self.circumstances(owner, reason))
            case _:
                return on.CentreSilent(why=answer.words)

    def _answered(self, msgid: str) -> on.Event | None:
        folded = self._journal.standing(msgid)
        match folded.answer:
            case "accepted":
                assert folded.figures is not None
                return on.Accepted(figures=folded.figures, setl_id=folded.setl_id, mdtrt_id=folded.mdtrt_id)
            case "rejected" | "not_needed" | "absent":
                return self.refusal(folded.words)
            case "unknown":
                return on.OutcomeUnknown(why=folded.words)
            case "unreachable":
                return on.LineDown(now=self.circumstances(Owner(certno="")))
            case _:
                return None


def _query_of(owner: Owner) -> dict[str, Any]:
    """Return the input of 1101 for what ``owner`` presented."""
    if owner.mdtrt_cert_no:
        return person.certificate_query(mdtrt_cert_type=owner.mdtrt_cert_type, mdtrt_cert_no=owner.mdtrt_cert_no)
    return person.card_query(card_no=owner.card_no, card_sn=owner.card_sn, certno=owner.certno, psn_name=owner.psn_name)
