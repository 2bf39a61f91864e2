"""Slips from the journal: what is printed is what was booked, never what a screen remembers."""

from __future__ import annotations

from dataclasses import replace

from offline_queue.fold import Folded, Standing
from offline_queue.journal import Entry, Journal
from settlement.allowance import SaleWrite
from settlement.bill import Bill
from settlement.facts import Printed, SaleIntended, VoidIntended, bill_of
from terminal.journal_view import owner_of
from terminal.person import Person
from terminal.slip import Slip, mask_name, mask_number, render


class Printer:
    """Renders, hands over and remembers. A slip that could not be printed is printed later (补打)."""

    def __init__(self, journal: Journal, *, shop: str, columns: int, demonstration: bool) -> None:
        self._journal = journal
        self._shop = shop
        self._columns = columns
        self._demonstration = demonstration

    def print(self, subject: str, person: Person, *, late: bool = False) -> None:
        """Print the slip of ``subject`` and record the copy; ``late`` = after the fact (补打)."""
        folded = self._journal.standing(subject)
        late = late or folded.doubted
        person.take_slip(render(replace(self._slip(folded), late=late), columns=self._columns))
        copy = Printed(subject=subject, copy=folded.printed + 1, late=late)
        self._journal.commit([Entry(kind=copy.kind, subject=subject, body=copy.body())])

    def _slip(self, folded: Folded) -> Slip:
        if folded.standing is Standing.CASH:
            return self._cash_slip(folded)
        intent = folded.intent
        assert intent is not None
        figures = folded.figures
        assert figures is not None
        owner = owner_of(self._journal, folded.subject)
        sale = intent if isinstance(intent, SaleIntended) else None
        return Slip(
            occasion="void" if isinstance(intent, VoidIntended) else "sale",
            subject=folded.subject,
            at=intent.at,
            shop=self._shop,
            bill=sale.bill if sale else None,
            figures=figures,
            left_out=sale.left_out if sale else (),
            receipt=folded.receipt,
            person=mask_name(owner.psn_name) if owner else "",
            card=mask_number(owner.card_no) if owner else "",
            offline_reason=sale.reason if sale else "",
            allowance_left_fen=_left(sale.card) if sale else None,
            original=folded.original,
            redeems=sale.slip if sale else "",
            cash_fen=figures.psn_cash_pay + folded.outside_fen,
            demonstration=self._demonstration,
            chain_head=self._journal.tip()[1],
        )

    def _cash_slip(self, folded: Folded) -> Slip:
        record = self._journal.records(folded.subject)[0]
        bill: Bill = bill_of(record.body["bill"])
        return Slip(
            occasion="cash",
            subject=folded.subject,
            at=record.body["at"],
            shop=self._shop,
            bill=bill,
            figures=None,
            until=record.body["until"],
            cash_fen=record.body["amount_fen"],
            demonstration=self._demonstration,
            chain_head=self._journal.tip()[1],
        )


def _left(card: SaleWrite | None) -> int | None:
    return card.amount_after_fen if card else None
