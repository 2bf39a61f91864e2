"""The bill on the screen as the desk keeps it: saved at each change, cleared, put aside and recalled, or handed in by another program."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from settlement.errors import Refusal, SettingsError
from settlement.money import parse_yuan
from settlement.tally import Held
from terminal import bill_refusals, drafts, handed_in, holds, sold_codes
from terminal.counter import Counter
from terminal.open_bill import OpenBill
from terminal.screen import news
from terminal.screen.list_news import Paged, PickRow
from terminal.screen.news import News
from terminal.screen.orders import Hold, Recall, SaveDraft, TakeBill


class UnfinishedBill:
    """One bill at a time; what is on the screen is the screen's to say."""

    def __init__(self, counter: Counter, say: Callable[[News], None]) -> None:
        self._counter = counter
        self._journal = counter.journal
        self._say = say

    def opened(self) -> OpenBill:
        """Return the unfinished bill of before, or an empty one with a name."""
        return drafts.reopen(self._journal) or drafts.new(self._journal)

    def serve(self, order: SaveDraft | TakeBill | Hold | Recall) -> None:
        """Do what the screen asks. Raises the errors of a journal: then the bill is where it was."""
        match order:
            case SaveDraft() if order.bill.empty:
                self._clear(order.bill)
            case SaveDraft() if order.bill.handed_in:
                handed_in.keep(self._journal, order.bill)
                self.tell_sold(order.bill)
            case SaveDraft():
                drafts.save(self._journal, order.bill)
                self.tell_sold(order.bill)
            case TakeBill():
                self._offer()
            case Hold():
                self._hold(order.bill)
            case Recall():
                self._recall(order.subject)

    def tell_sold(self, bill: OpenBill) -> None:
        """Tell which boxes of the bill were sold already. The screen takes them off; another program's bill stays as it was given."""
        sold = partial(sold_codes.whereabouts, self._journal)
        while (refusal := bill.sold_meanwhile(sold)) is not None:
            code = refusal.details["traced"]
            self._say(news.Told(refusal) if bill.handed_in else news.CodeSold(code, refusal))
            bill = bill.detach(code)

    def _clear(self, empty: OpenBill) -> None:
        """Forget the bill; the next one has a name of its own, so that nothing is told of this one that is another's."""
        before = drafts.kept(self._journal)
        if before is None or before.draft != empty.draft:
            return
        if before.handed_in:
            handed_in.cancel(self._journal, before)
        else:
            drafts.clear(self._journal)
        self._say(news.Renamed(drafts.new(self._journal).draft, after=empty.draft))

    def _offer(self) -> None:
        bill = None
        try:
            # Never onto another bill: the next look finds it waiting still.
            if drafts.load(self._journal) is None:
                bill = self._waiting()
        finally:
            self._say(news.Offered(bill))

    def _waiting(self) -> OpenBill | None:
        for path in handed_in.waiting(self._journal.directory):
            try:
                bill = handed_in.offer(self._journal, path)
            except SettingsError as unreadable:
                self._say(news.Told(unreadable))
                continue
            if bill is not None:
                return bill
        return None

    def _hold(self, bill: OpenBill) -> None:
        if drafts.gone(self._journal, bill.draft):
            self._say(news.Told(Refusal(bill_refusals.GONE)))
            return
        held = holds.hold(self._journal, bill, operator=self._counter.operator, at=self._counter.at)
        self._say(news.Told(held) if isinstance(held, Refusal) else news.Recalled(drafts.new(self._journal)))

    def _recall(self, subject: str) -> None:
        waiting = holds.held(self._journal)
        if not subject and len(waiting) != 1:
            rows = tuple(_listed(one) for one in waiting)
            self._say(Paged("holds", rows))
            return
        back = holds.recall(self._journal, subject or waiting[0].subject, operator=self._counter.operator, at=self._counter.at)
        self._say(news.Told(back) if isinstance(back, Refusal) else news.Recalled(back))


def _listed(held: Held) -> PickRow:
    """Return a held bill as a row: its amount in a column of its own, where a long name does not cut it."""
    words, _, total = held.label.rpartition(" ")
    return PickRow(key=held.subject, at=held.at, words=words, amount_fen=parse_yuan(total))
