"""Slips from the journal: what is printed is what was booked, never what a screen remembers."""

from __future__ import annotations

from dataclasses import replace

from config.clock import Clock
from offline_queue.fold import Folded, Standing
from offline_queue.journal import Journal
from settlement.allowance import SaleWrite
from settlement.card_debit import DebitPlan
from settlement.day_facts import Dispensed
from settlement.facts import SaleIntended, VoidIntended, Which, bill_of
from terminal import on_duty
from terminal.journal_view import owner_of
from terminal.paper.masks import mask_name, mask_number
from terminal.paper.slip import Holder, Issuer, PapersOfSlip, Slip
from terminal.visits import visit_of_slip

_HEAD_SHOWN = 16
"""Hexadecimal digits of the chain's head on paper: with the count enough to say that it is not this chain."""


class Slips:
    """The slips of one journal."""

    def __init__(self, journal: Journal, clock: Clock, issuer: Issuer) -> None:
        self._journal = journal
        self._clock = clock
        self._issuer = issuer

    def booked(self, subject: str) -> Folded | None:
        """Return ``subject`` folded when there is a slip of it: a settlement or void that is done, a claim by hand, or a cash sale."""
        folded = self._journal.standing(subject)
        return folded if folded.done or folded.claimed or folded.standing is Standing.CASH else None

    def slip(self, folded: Folded, which: Which) -> Slip:
        """Return the slip of what :meth:`booked` gave."""
        count, head = self._journal.tip()
        slip = self._cash_slip(folded) if folded.standing is Standing.CASH else self._settlement_slip(folded)
        return replace(
            slip,
            which=which,
            again=folded.printed,
            printed_at=self._clock.now().strftime("%Y-%m-%d %H:%M:%S"),
            received_fen=folded.received_fen,
            change_fen=folded.change_fen,
            chain=f"{count}:{head[:_HEAD_SHOWN]}",
            visit=visit_of_slip(self._journal, folded.original or folded.subject),
            papers=self._papers(folded),
        )

    def _papers(self, folded: Folded) -> PapersOfSlip | None:
        """Return what was seen for the drugs of a sale; for one that redeems a cash slip, what was seen when the goods went out."""
        slip = folded.intent.slip if isinstance(folded.intent, SaleIntended) else ""
        for record in (record for subject in (folded.subject, slip) if subject for record in self._journal.records(subject)):
            if record.kind == Dispensed.kind:
                body, named = record.body, record.private or {}
                buyer = f"{mask_name(named['buyer_name'])} {mask_number(named['buyer_certno'])}" if named else ""
                return PapersOfSlip(
                    written_on=body["written_on"],
                    supply_days=body["supply_days"],
                    doctor=body["doctor"],
                    pharmacist=body["pharmacist"],
                    buyer=buyer,
                )
        return None

    def _settlement_slip(self, folded: Folded) -> Slip:
        intent = folded.intent
        assert intent is not None
        figures = folded.figures
        assert figures is not None
        sale = intent if isinstance(intent, SaleIntended) else None
        return Slip(
            occasion="claim" if folded.claimed else "void" if isinstance(intent, VoidIntended) else "sale",
            subject=folded.subject,
            at=intent.at,
            issuer=self._issued(folded.subject),
            bill=sale.bill if sale else None,
            figures=figures,
            holder=self._holder(folded.subject),
            left_out=sale.left_out if sale else (),
            receipt=folded.receipt,
            setl_id=self._journal.standing(folded.original).setl_id if folded.claimed else folded.setl_id,
            claimed=folded.claimed,
            offline_reason=sale.reason if sale else "",
            allowance_left_fen=sale.card.amount_after_fen if sale and isinstance(sale.card, SaleWrite) else None,
            own_left_fen=sale.card.amount_after_fen if sale and isinstance(sale.card, DebitPlan) else None,
            original=folded.original,
            redeems=sale.slip if sale else "",
            cash_fen=figures.psn_cash_pay + folded.outside_fen,
            reversed_by=folded.reversed_by,
            rejected=folded.standing is Standing.REJECTED,
        )

    def _cash_slip(self, folded: Folded) -> Slip:
        body = self._journal.records(folded.subject)[0].body
        return Slip(
            occasion="cash",
            subject=folded.subject,
            at=body["at"],
            issuer=self._issued(folded.subject),
            bill=bill_of(body["bill"]),
            figures=None,
            until=body["until"],
            cash_fen=body["amount_fen"],
        )

    def _issued(self, subject: str) -> Issuer:
        """Return the counter with who worked at it then, whoever prints now."""
        begun = self._journal.records(subject)[0].seq
        return replace(self._issuer, operator=on_duty.operator_then(self._journal, begun, own=self._issuer.operator))

    def _holder(self, subject: str) -> Holder:
        owner = owner_of(self._journal, subject)
        if owner is None:
            return Holder()
        return Holder(
            name=mask_name(owner.psn_name),
            certno=mask_number(owner.certno),
            card_no=mask_number(owner.card_no),
            insuplc_admdvs=owner.insuplc_admdvs,
        )


def which_of(folded: Folded, *, late: bool) -> Which:
    """Return what printing ``folded`` now would be; the journal knows whether it was printed before."""
    if folded.printed:
        return "again"
    return "late" if late or folded.doubted else "first"
