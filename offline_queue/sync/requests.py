"""The frozen request of an outbox row: found where it was frozen, or completed and frozen now.

On-line the till freezes it in its intent. Off-line the sender completes it (step 7' of the commit protocol):
1101 for the person, then the card's evidence, then frozen durably, once, before the first byte. A charge of a visit is frozen by the
sender always, after the steps before it (:mod:`offline_queue.sync.visit_chain`).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from config.clock import Clock
from nhsa import codes, extension, outpatient, person, pharmacy
from nhsa.frozen import freeze
from nhsa.outcome import Accepted, Outcome, Rejected, Unknown
from nhsa.registration import Presented
from nhsa.settlement import Cleared
from offline_queue.fold import Folded, Standing
from offline_queue.journal import DueRow, Entry, Journal
from offline_queue.sync.courier import Courier
from settlement.allowance import SaleWrite
from settlement.card_debit import DebitPlan
from settlement.facts import Done, SaleIntended, VoidIntended


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """A request that may be sent: its content never changes again."""

    content: dict[str, Any]
    psn_no: str
    insuplc_admdvs: str
    begntime: str
    med_type: str
    mdtrt_id: str = ""
    """The visit in which it is looked for, where it is known before the answer: a reversal's, and that of a charge."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """Who a request is about, as the centre knows them."""

    insuplc_admdvs: str
    presented: Presented


@dataclass(frozen=True, slots=True, kw_only=True)
class NotNeeded:
    """A void whose sale never came to be: closed here, never sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotYet:
    """It cannot be completed now; ``outcome`` says why."""

    outcome: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Poison:
    """It can never be built; a person must look at it."""

    words: str


Prepared = Ready | NotNeeded | NotYet | Poison


class Requests:
    """Finds and freezes."""

    def __init__(self, journal: Journal, clock: Clock, fixmedins_code: str, admdvs: str, *, proof_is_verified: bool = False) -> None:
        """``proof_is_verified``: the gateway promises ``card_proof_at_settle``."""
        self._proof_is_verified = proof_is_verified
        self._journal = journal
        self._clock = clock
        self._fixmedins_code = fixmedins_code
        self._admdvs = admdvs

    def prepare(self, row: DueRow, courier: Courier) -> Prepared:
        """Return the request of ``row``, frozen; an off-line sale asks 1101 first."""
        try:
            return self._reversal(row, courier) if row.infno in {"2103", "2208"} else self._settlement(row, courier)
        except (ValueError, KeyError) as error:
            return Poison(words=f"{type(error).__name__}: {error}"[:400])

    def cleared(self, row: DueRow, cleared: Cleared) -> dict[str, str]:
        """Return by what an accepted settlement is cleared, JSON-ready; what the centre left open is what is usual here."""
        intent = self._journal.standing(row.msgid).intent
        if isinstance(intent, VoidIntended):
            intent = self._journal.standing(intent.original).intent
        return cleared.body(
            insutype=intent.bill.insutype if isinstance(intent, SaleIntended) else codes.EMPLOYEE,
            clr_type=codes.CLEARED_AS_OUTPATIENT if row.infno in {"2207", "2208"} else codes.CLEARED_AT_PHARMACY,
            setl_optins=self._admdvs,
            now=self._clock.now().strftime("%Y-%m-%d %H:%M:%S"),
        )

    def frozen(self, row: DueRow) -> Ready | None:
        """Return the request of ``row`` as it was frozen, None when it never was."""
        for record in self._journal.records(row.msgid):
            if record.private is not None and "input" in record.private:
                return self._ready(row, record.private)
        return None

    def _ready(self, row: DueRow, private: dict[str, Any]) -> Ready:
        standing = self._journal.standing(row.msgid)
        sale, mdtrt_id = standing.intent, ""
        told = {"content": json.loads(private["input"]), "psn_no": private["psn_no"], "insuplc_admdvs": private["insuplc_admdvs"]}
        if isinstance(sale, VoidIntended) and sale.setl_id:
            return Ready(**told, begntime="", med_type="", mdtrt_id=sale.mdtrt_id)
        if isinstance(sale, VoidIntended):
            original = self._journal.standing(sale.original)
            sale, mdtrt_id = original.intent, original.mdtrt_id
        elif row.infno == "2207":
            mdtrt_id = self.mdtrt_id_of(standing)
        assert isinstance(sale, SaleIntended)
        return Ready(**told, begntime=sale.bill.begntime, med_type=sale.bill.med_type, mdtrt_id=mdtrt_id)

    def mdtrt_id_of(self, standing: Folded) -> str:
        """Return the visit that a charge is of: its own, or that of the settlement which opened it; empty while it is not known."""
        intent = standing.intent
        assert isinstance(intent, SaleIntended)
        assert intent.charge is not None
        return standing.mdtrt_id if intent.charge.opens else self._journal.standing(intent.charge.opened_by).mdtrt_id

    def _settlement(self, row: DueRow, courier: Courier) -> Prepared:
        frozen = self.frozen(row)
        if frozen is not None:
            return frozen
        patient = self.patient(row.msgid, courier)
        return self._freeze_sale(row, patient) if isinstance(patient, Patient) else patient

    def known_patient(self, subject: str, courier: Courier) -> Patient | NotYet:
        """Return whose sale it is as the journal knows since it was sold or sent; 1101 is asked where it does not."""
        for record in self._journal.records(subject):
            told = record.private or {}
            if told.get("psn_no") and told.get("insuplc_admdvs"):
                return _patient(self._person_of(subject), told["psn_no"], told["insuplc_admdvs"])
        return self.patient(subject, courier)

    def patient(self, subject: str, courier: Courier) -> Patient | NotYet:
        """Return whose sale it is. On-line the till asked; off-line 1101 says, or where it refuses, an earlier settlement."""
        private = self._person_of(subject)
        intent = self._journal.standing(subject).intent
        assert isinstance(intent, SaleIntended)
        if intent.way == "online":
            return _patient(private, private["psn_no"], private["insuplc_admdvs"])
        card = {name: private[name] for name in ("card_no", "card_sn", "certno", "psn_name")}
        outcome = courier.ask("1101", person.card_query(**card, begntime=intent.bill.begntime))
        if isinstance(outcome, Rejected):
            # Lost by then or replaced since: the person is still known by number, and the centre weighs the sale.
            outcome = courier.ask("1101", person.identity_query(certno=private["certno"], psn_name=private["psn_name"]))
        if not isinstance(outcome, Accepted):
            known = self._known_before(private["certno"]) if isinstance(outcome, Rejected) else None
            return NotYet(outcome=outcome) if known is None else _patient(private, *known)
        found = person.read_person(outcome.output)
        insured = found.active(codes.EMPLOYEE, today=self._clock.now().strftime("%Y-%m-%d"))
        if insured is None:
            return NotYet(outcome=Unknown(why="NotInsured"))
        return _patient(private, found.baseinfo.psn_no, insured.insuplc_admdvs)

    def _freeze_sale(self, row: DueRow, patient: Patient) -> Ready:
        intent = self._journal.standing(row.msgid).intent
        assert isinstance(intent, SaleIntended)
        content = pharmacy.settlement_input(intent, patient.presented, exp_content=self.evidence(row, intent))
        return self.freeze(row, content, patient)

    def _reversal(self, row: DueRow, courier: Courier) -> Prepared:
        frozen = self.frozen(row)
        if frozen is not None:
            return frozen
        intent = self._journal.standing(row.msgid).intent
        assert isinstance(intent, VoidIntended)
        release = outpatient.reversal_input if intent.infno == "2208" else pharmacy.reversal_input
        if intent.setl_id:
            stray = _patient(own := self._person_of(row.msgid), own["psn_no"], own["insuplc_admdvs"])
            return self.freeze(row, release(psn_no=own["psn_no"], setl_id=intent.setl_id, mdtrt_id=intent.mdtrt_id), stray)
        original = self._journal.standing(intent.original)
        if original.standing in {Standing.REJECTED, Standing.ABANDONED}:
            return NotNeeded()
        if not original.setl_id:
            return NotYet(outcome=Unknown(why="OriginalUnanswered"))
        patient = self.known_patient(intent.original, courier)
        if isinstance(patient, NotYet):
            return patient
        of_settlement = {"psn_no": patient.presented.psn_no, "setl_id": original.setl_id, "mdtrt_id": original.mdtrt_id}
        return self.freeze(row, release(**of_settlement), patient)

    def evidence(self, row: DueRow, intent: SaleIntended) -> str:
        """Return the card's evidence of an off-line sale; empty on-line.

        Empty, too, for a centre that neither offers our extension nor promises to verify a proof: what it does not know it might refuse.
        """
        if not (self._proof_is_verified or self._journal.notes.sender_status().extension):
            return ""
        private = self._person_of(row.msgid)
        match intent.card:
            case None:
                return ""
            case DebitPlan():
                return _proof(intent, intent.card, private, self._tac_of(row.msgid))
            case _:
                return _evidence(intent, intent.card, private)

    def _tac_of(self, subject: str) -> str:
        """Return the card's proof of its own debit; empty where it could not be had."""
        return next((str(record.body.get("tac", "")) for record in self._journal.records(subject) if record.kind == Done.kind), "")

    def freeze(self, row: DueRow, content: dict[str, Any], patient: Patient) -> Ready:
        """Freeze a completed request, durably, before its first byte."""
        frozen = freeze(row.infno, row.msgid, self._fixmedins_code, content)
        private = {"input": frozen.input, "psn_no": patient.presented.psn_no, "insuplc_admdvs": patient.insuplc_admdvs}
        owner = str(self._person_of(row.msgid)["certno"])
        body = {"infno": row.infno, "hash": frozen.sha256}
        self._journal.commit([Entry(kind="request_frozen", subject=row.msgid, body=body, private=private, owner=owner)])
        return self._ready(row, private)

    def _person_of(self, subject: str) -> dict[str, Any]:
        for record in self._journal.records(subject):
            if record.private is not None and record.private.get("certno"):
                return record.private
        raise KeyError(subject)

    def _known_before(self, certno: str) -> tuple[str, str] | None:
        """Return (psn_no, insuplc_admdvs) from an earlier settlement of this person here."""
        for subject in reversed(self._journal.by_owner(certno)):
            for record in self._journal.records(subject):
                if record.private is not None and record.private.get("psn_no") and record.private.get("insuplc_admdvs"):
                    return record.private["psn_no"], record.private["insuplc_admdvs"]
        return None


def _patient(private: dict[str, Any], psn_no: str, insuplc_admdvs: str) -> Patient:
    presented = Presented(
        psn_no=psn_no,
        mdtrt_cert_type=private.get("mdtrt_cert_type", codes.CARD),
        mdtrt_cert_no=private.get("mdtrt_cert_no", private["card_no"]),
    )
    return Patient(insuplc_admdvs=insuplc_admdvs, presented=presented)


def _proof(intent: SaleIntended, plan: DebitPlan, private: dict[str, Any], tac: str) -> str:
    proof = extension.CardDebit(
        card_no=private["card_no"],
        card_sn=private["card_sn"],
        sequence=plan.sequence,
        terminal=plan.terminal,
        number=plan.number,
        moment=plan.moment,
        own_fen=plan.own_fen,
        pooled_fen=plan.pooled_fen,
        balance_fen=plan.balance_fen,
        tac=tac,
        hotlist_version=intent.hotlist.version,
        hotlist_age_s=intent.hotlist.age_s,
        reason=intent.reason,
    )
    return extension.carry(proof)


def _evidence(intent: SaleIntended, card: SaleWrite, private: dict[str, Any]) -> str:
    assert card.before.generation is not None
    assert card.before.counter is not None
    debit = extension.Debit(
        card_no=private["card_no"],
        card_sn=private["card_sn"],
        generation=card.before.generation,
        counter_before=card.before.counter,
        counter_after=card.counter_after,
        tag=card.tag,
        debit_fen=card.debit_fen,
        hotlist_version=intent.hotlist.version,
        hotlist_age_s=intent.hotlist.age_s,
        reason=intent.reason,
        read=extension.RecordRead.of(card.before),
    )
    return extension.carry(debit)
