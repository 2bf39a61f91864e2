"""What the journal knows of visits, in the desk's words: which visit a settlement is of, and what a slip says of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from offline_queue.journal import Journal
from settlement.errors import Refusal
from settlement.visit import Charge, charge_of
from terminal.visit_refusals import VISIT_IN_CASH

if TYPE_CHECKING:
    from terminal.counter import Counter


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitOfSlip:
    """What a settlement, void or cash slip says of the visit that it is of."""

    department: str
    doctor: str
    fee_class: str
    visit_no: str
    """``ipt_otp_no``."""
    queue: str = ""
    """Queue number; empty for a charge of a visit that was registered before."""


def charge_in(journal: Journal, subject: str) -> Charge | None:
    """Return what a settlement or cash slip charges of a visit; None for a sale of goods."""
    records = journal.records(subject)
    return charge_of(records[0].body.get("charge")) if records else None


def visit_of_slip(journal: Journal, subject: str) -> VisitOfSlip | None:
    """Return what a slip says of the visit that ``subject`` is of; None for a sale of goods."""
    charge = charge_in(journal, subject)
    if charge is None:
        return None
    registration, row = charge.visit.registration, journal.registration(subject)
    return VisitOfSlip(
        department=registration.department.name,
        doctor=registration.doctor.name,
        fee_class=registration.fee_class,
        visit_no=registration.ipt_otp_no,
        queue=row.queue_number(journal.identity.till) if row is not None else "",
    )


def label_of(journal: Journal, subject: str) -> str:
    """Return what a list calls a settlement of a visit: department, doctor, fee class, queue number; empty for a sale of goods."""
    visit = visit_of_slip(journal, subject)
    return " ".join(filter(None, (visit.department, visit.doctor, visit.fee_class, visit.queue))) if visit is not None else ""


def charged_anew(counter: Counter, charge: Charge | None) -> Charge | Refusal | None:
    """Return what the settlement of a cash slip charges: a visit under a number of its own, which no earlier try has used.

    An order goes to the settlement of its registration; why not while that one is cash itself.
    """
    if charge is None:
        return None
    number = counter.next_msgid()
    if charge.opened_by:
        opened = counter.journal.registration(counter.journal.standing(charge.opened_by).redeemed_by or charge.opened_by)
        told = charge_in(counter.journal, opened.subject) if opened is not None else None
        if opened is None or told is None or not opened.receipt:
            return Refusal(VISIT_IN_CASH, {"number": charge.visit.registration.ipt_otp_no})
        visit = replace(charge.visit, registration=told.visit.registration)
        return replace(charge.under(number), visit=visit, opened_by=opened.subject)
    return charge.under(number)
