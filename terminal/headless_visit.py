"""What ``yibao headless`` offers at a clinic's desk: visits registered and doctors' orders charged.

``{"do": "register", "department": "K01"}``, with ``"doctor"`` and ``"fee_class"`` the offer of these codes, else the first that is free ·
``{"do": "order", "visit": {…}, "lines": […]}`` with ``visit`` as in docs/bill-format.md. Both end as a sale does.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from config.case_file import lines_of
from settlement.checkout.states import Sale
from settlement.errors import Refusal
from settlement.policy import Policy
from terminal import card_in, drafts, visit_refusals
from terminal.counter import Counter
from terminal.desk_visits import DeskVisits
from terminal.handed_in import BillUnreadable
from terminal.handed_in_visit import VisitFault, visit_of
from terminal.open_bill import OpenBill, registration_of, taken_over
from terminal.screen.news import News
from terminal.screen.orders import Sell

Message = dict[str, Any]


class HeadlessVisits:
    """The visits of a till without a screen."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter
        self._visits = DeskVisits(counter, _unheard)

    def bill_of(self, message: Message) -> OpenBill | Refusal:
        """Return the bill that a command opens, kept as a draft from now on. Raises :class:`BillUnreadable` for a visit that is none."""
        draft = drafts.new(self._counter.journal).draft
        bill = self._registered(message, draft) if message["do"] == "register" else _ordered(message, draft)
        if not isinstance(bill, Refusal):
            drafts.save(self._counter.journal, bill)
        return bill

    def sale_of(self, bill: OpenBill, policy: Policy, *, by_card: bool) -> Sale | Refusal:
        """Return what is sold now, with what it charges of a visit, or why not. Raises :class:`CardError` for a card that is none."""
        # Whose visit it is says the card; a registration is of whoever pays it.
        certno = card_in.identify(self._counter, 0).owner.certno if by_card and bill.ordered is not None else ""
        sell = Sell(
            bill=bill.bill(self._counter.settings.counter, self._counter.at),
            draft=bill.draft,
            by_card=by_card,
            registering=bill.registering,
            ordered=bill.ordered,
        )
        return self._visits.sale_of(sell, policy, certno=certno)

    def _registered(self, message: Message, draft: str) -> OpenBill | Refusal:
        wanted = {name: message.get(name, "") for name in ("department", "doctor", "fee_class")}
        offer = self._visits.first_free(**wanted)
        return registration_of(offer, draft=draft) if offer is not None else Refusal(visit_refusals.OFFER_GONE, wanted)


def _ordered(message: Message, draft: str) -> OpenBill:
    try:
        ordered = visit_of(message["visit"])
    except VisitFault as fault:
        raise BillUnreadable(file="order", what=str(fault)) from fault
    return replace(taken_over(lines_of(message["lines"]), draft=draft), ordered=ordered)


def _unheard(_: News) -> None:
    """Say nothing: there is no screen."""
