"""The visits of a clinic's desk: what may be registered and charged, what a person took last, and how many places are taken.

At a pharmacy there are none, and nothing is told.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from offline_queue.journal.registrations import RegistrationRow, half_of
from offline_queue.registry import Offer, Registry, lines_of
from settlement.bill import Bill, Venue
from settlement.errors import Refusal
from settlement.policy import REGISTRATION
from settlement.visit import Charge, Registration, Visit
from terminal import journal_view, visit_refusals
from terminal.counter import Counter
from terminal.following import FollowedReplica
from terminal.open_visit import Ordered, Registering
from terminal.screen.news import News
from terminal.screen.visit_news import OfferTaken, QuotaTaken, Registered, Ticket, VisitorKnown
from terminal.visits import charge_in

_LOOKED_AT = 20
"""Registrations of one person among which today's and the last one are looked for."""


class DeskVisits:
    """The visits of one desk."""

    def __init__(self, counter: Counter, say: Callable[[News], None]) -> None:
        self._counter = counter
        self._journal = counter.journal
        self._say = say
        self._registers = counter.settings.counter.venue is not Venue.PHARMACY
        self._registry: FollowedReplica[Registry] | None = FollowedReplica(counter.journal.directory, Registry) if self._registers else None
        self._told: tuple[str, dict[tuple[str, str, str], int]] = ("", {})

    # --- what the screen shows ---------------------------------------------------------------------------

    def tell_places(self) -> None:
        """Tell how many hold a place in this half-day, when that has changed."""
        half = half_of(self._counter.at)
        now = (half, self._journal.places_taken(half)) if self._registers else self._told
        if now != self._told:
            self._told = now
            self._say(QuotaTaken(tuple(OfferTaken(key=key, count=count) for key, count in sorted(now[1].items()))))

    def tell_visitor(self, arrival: int, certno: str) -> None:
        """Tell what this till knows of the visits of who stands here."""
        if not self._registers:
            return
        known = [(row, registered) for row in self._journal.registrations_of(certno, _LOOKED_AT) if (registered := self._registered(row))]
        today = [registered for row, registered in known if row.half[:10] == self._counter.today]
        last = next((registered.registration for row, registered in known if row.queue is not None and not row.cancelled), None)
        self._say(VisitorKnown(arrival=arrival, today=tuple(reversed(today)), last=last))

    def ticket(self, subject: str) -> Ticket | None:
        """Return what the slip of a settlement says of its visit; None for a sale of goods."""
        charge = charge_in(self._journal, subject) if subject else None
        if charge is None:
            return None
        row = self._journal.registration(subject)
        queue = row.queue_number(self._journal.identity.till) if row is not None else ""
        registration = charge.visit.registration
        return Ticket(registration=_choice_of(registration), visit_no=registration.ipt_otp_no, queue=queue)

    # --- what is settled ---------------------------------------------------------------------------------

    def registers(self, chosen: Registering, bill: Bill) -> Charge | Refusal:
        """Return the visit that ``bill`` opens, at the bill's time; why not when it is not offered then for that fee, or full."""
        offer = self._offer(chosen, bill.begntime)
        if offer is None or lines_of(offer) != bill.lines:
            return _gone(chosen)
        taken = self._journal.places_taken(half_of(bill.begntime)).get(chosen.key, 0)
        if offer.quota is not None and taken >= offer.quota:
            return _gone(chosen)
        number = self._counter.next_msgid()
        registration = Registration(
            ipt_otp_no=number,
            begntime=bill.begntime,
            department=chosen.department,
            doctor=chosen.doctor,
            fee_class=chosen.fee_class,
        )
        return Charge(visit=Visit(registration=registration, begntime=bill.begntime, med_type=REGISTRATION), chrg_bchno=number)

    def charges(self, ordered: Ordered, *, certno: str, by_card: bool, at: str) -> Charge | Refusal:
        """Return the charge of an order; why not when its visit is none that the person with the card (``certno``) has here."""
        row = self._journal.registration_numbered(ordered.number)
        if row is None or row.queue is None:
            return Refusal(visit_refusals.VISIT_UNKNOWN, {"number": ordered.number})
        settled = self._journal.standing(row.subject).redeemed_by or row.subject
        redeemed = self._journal.registration(settled) or row
        if row.cancelled or redeemed.cancelled:
            return Refusal(visit_refusals.VISIT_CANCELLED, {"number": ordered.number})
        owner = journal_view.owner_of(self._journal, redeemed.subject)
        if by_card and (owner is None or owner.certno != certno):
            why = visit_refusals.VISIT_OTHER_PERSON if redeemed.receipt else visit_refusals.VISIT_IN_CASH
            return Refusal(why, {"number": ordered.number})
        charge = charge_in(self._journal, redeemed.subject)
        assert charge is not None
        visit = Visit(
            registration=charge.visit.registration,
            begntime=charge.visit.begntime,
            med_type=ordered.med_type,
            diagnoses=tuple(replace(one, diag_time=one.diag_time or at) for one in ordered.diagnoses),
            main_cond_dscr=ordered.main_cond_dscr,
            maternity=ordered.maternity,
        )
        return Charge(visit=visit, chrg_bchno=self._counter.next_msgid(), opened_by=redeemed.subject)

    # --- inside ------------------------------------------------------------------------------------------

    def _offer(self, chosen: Registering, at: str) -> Offer | None:
        if self._registry is None:
            return None
        self._registry.look()
        code, doctor, fee_class = chosen.key
        offered: list[Offer] = self._registry.ask(lambda registry: registry.offers(code, at), [])
        return next((one for one in offered if (one.atddr_no, one.fee_class) == (doctor, fee_class)), None)

    def _registered(self, row: RegistrationRow) -> Registered | None:
        """Return a registration as the screen shows it; None for one that came to nothing."""
        charge = charge_in(self._journal, row.subject)
        if charge is None or (row.cancelled and row.queue is None):
            return None
        registration = charge.visit.registration
        return Registered(
            at=registration.begntime,
            registration=_choice_of(registration),
            queue=row.queue_number(self._journal.identity.till),
            cancelled=bool(row.cancelled),
        )


def _choice_of(registration: Registration) -> Registering:
    return Registering(department=registration.department, doctor=registration.doctor, fee_class=registration.fee_class)


def _gone(chosen: Registering) -> Refusal:
    names = {"department": chosen.department.name, "doctor": chosen.doctor.name, "fee_class": chosen.fee_class}
    return Refusal(visit_refusals.OFFER_GONE, names)
