"""What the journal knows of visits, in the desk's words: which visit a settlement is of, and what a slip says of it."""

from __future__ import annotations

from dataclasses import dataclass

from offline_queue.journal import Journal
from settlement.visit import Charge, charge_of


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
