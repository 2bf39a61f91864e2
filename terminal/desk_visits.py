"""The visits of a clinic's desk: what may be registered and charged, what a person took last, and how many places are taken.

At a pharmacy there are none, and nothing is told.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from offline_queue.journal.registrations import RegistrationRow, half_of
from offline_queue.registry import Offer, Registry, lines_of
from settlement.bill import Bill, Venue
from settlement.checkout.states import Sale
from settlement.errors import Refusal
from settlement.policy import Policy
from settlement.rule import REGISTRATION
from settlement.visit import Charge, Registration, Visit
from terminal import journal_view, visit_refusals
from terminal.counter import Counter
from terminal.following import FollowedReplica
from terminal.open_visit import Ordered, Registering
from terminal.screen.news import News, Told
from terminal.screen.orders import Order, SaveDraft, Sell
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
        self._clinic = counter.settings.counter.venue is not Venue.PHARMACY
        self._registry: FollowedReplica[Registry] | None = FollowedReplica(counter.journal.directory, Registry) if self._clinic else None
        self._told: tuple[str, dict[tuple[str, str, str], int]] = ("", {})

    # --- what the screen shows ---------------------------------------------------------------------------

    def tell_places(self) -> None:
        """Tell how many hold a place in this half-day, when that has changed."""
        half = half_of(self._counter.at)
        now = (half, self._journal.places_taken(half)) if self._clinic else self._told
        if now != self._told:
            self._told = now
            self._say(QuotaTaken(tuple(OfferTaken(key=key, count=count) for key, count in sorted(now[1].items()))))

    def tell_visitor(self, arrival: int, certno: str) -> None:
        """Tell what this till knows of the visits of who stands here."""
        if not self._clinic:
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

    def look_at(self, order: Order) -> None:
        """Tell at once of a bill whose visit is none that is charged here; F8 asks again."""
        if isinstance(order, SaveDraft) and order.bill.ordered is not None:
            found = self._charges(order.bill.ordered, certno="", by_card=False)
            if isinstance(found, Refusal):
                self._say(Told(found))

    def first_free(self, department: str, doctor: str, fee_class: str) -> Offer | None:
        """Return what may be registered now in a department; an empty doctor or fee class takes any. None: nothing is free."""
        at = self._counter.at
        taken = self._journal.places_taken(half_of(at))
        for offer in self._offers(department, at):
            wanted = doctor in {"", offer.atddr_no} and fee_class in {"", offer.fee_class}
            if wanted and offer.total_fen and not _full(offer, taken.get((department, offer.atddr_no, offer.fee_class), 0)):
                return offer
        return None

    # --- what is settled ---------------------------------------------------------------------------------

    def sale_of(self, order: Sell, policy: Policy, *, certno: str) -> Sale | Refusal:
        """Return what is sold now, with what it charges of a visit, or why not; ``certno`` is who the card is of.

        A visit is priced by its own day, whenever it is charged.
        """
        bill = replace(order.bill, begntime=self._counter.at)
        charge: Charge | Refusal | None = None
        if order.registering is not None:
            charge = self._registers(order.registering, bill)
        elif order.ordered is not None:
            charge = self._charges(order.ordered, certno=certno, by_card=order.by_card)
        if isinstance(charge, Refusal):
            return charge
        if charge is not None and charge.opened_by:
            bill = replace(bill, begntime=charge.visit.begntime)
            then = self._counter.policy(bill.begntime[:10])
            if isinstance(then, Refusal):
                return then
            policy = then
        return Sale(bill=bill, policy=policy, draft=order.draft, charge=charge)

    def _registers(self, chosen: Registering, bill: Bill) -> Charge | Refusal:
        """Return the visit that ``bill`` opens, at the bill's time; why not when it is not offered then for that fee, or full."""
        offer = self._offer(chosen, bill.begntime)
        taken = self._journal.places_taken(half_of(bill.begntime)).get(chosen.key, 0)
        if offer is None or lines_of(offer) != bill.lines or _full(offer, taken):
            names = {"department": chosen.department.name, "doctor": chosen.doctor.name, "fee_class": chosen.fee_class}
            return Refusal(visit_refusals.OFFER_GONE, names)
        number = self._counter.next_msgid()
        registration = Registration(
            ipt_otp_no=number,
            begntime=bill.begntime,
            department=chosen.department,
            doctor=chosen.doctor,
            fee_class=chosen.fee_class,
            insutype=bill.insutype,
        )
        return Charge(visit=Visit(registration=registration, begntime=bill.begntime, med_type=REGISTRATION), chrg_bchno=number)

    def _charges(self, ordered: Ordered, *, certno: str, by_card: bool) -> Charge | Refusal:
        """Return the charge of an order; why not when its visit is none that the person with the card (``certno``) has here."""
        row = self._journal.registration_numbered(ordered.number)
        if row is None or row.queue is None:
            return Refusal(visit_refusals.VISIT_UNKNOWN, {"number": ordered.number})
        # One that was paid in cash may have been settled since, under a number of its own.
        row = self._journal.registration(self._journal.standing(row.subject).redeemed_by) or row
        owner = journal_view.owner_of(self._journal, row.subject)
        if row.cancelled or (owner is not None and journal_view.void_of(self._journal, row.subject, certno=owner.certno)):
            # Also while the void is on its way: what would be charged then could never be settled.
            return Refusal(visit_refusals.VISIT_CANCELLED, {"number": ordered.number})
        if by_card and (owner is None or owner.certno != certno):
            why = visit_refusals.VISIT_OTHER_PERSON if row.receipt else visit_refusals.VISIT_IN_CASH
            return Refusal(why, {"number": ordered.number})
        charge = charge_in(self._journal, row.subject)
        assert charge is not None
        visit = Visit(
            registration=charge.visit.registration,
            begntime=charge.visit.begntime,
            med_type=ordered.med_type,
            diagnoses=tuple(replace(one, diag_time=one.diag_time or self._counter.at) for one in ordered.diagnoses),
            main_cond_dscr=ordered.main_cond_dscr,
            maternity=ordered.maternity,
        )
        return Charge(visit=visit, chrg_bchno=self._counter.next_msgid(), opened_by=row.subject)

    # --- inside ------------------------------------------------------------------------------------------

    def _offer(self, chosen: Registering, at: str) -> Offer | None:
        code, doctor, fee_class = chosen.key
        return next((one for one in self._offers(code, at) if (one.atddr_no, one.fee_class) == (doctor, fee_class)), None)

    def _offers(self, dept_code: str, at: str) -> list[Offer]:
        if self._registry is None:
            return []
        self._registry.look()
        offered: list[Offer] = self._registry.ask(lambda registry: registry.offers(dept_code, at), [])
        return offered

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


def _full(offer: Offer, taken: int) -> bool:
    return offer.quota is not None and taken >= offer.quota


def _choice_of(registration: Registration) -> Registering:
    return Registering(department=registration.department, doctor=registration.doctor, fee_class=registration.fee_class)
