"""Partial returns at the desk: what may come back, what it would come to, carrying it out, and going on with one that was interrupted."""

from __future__ import annotations

from collections.abc import Callable

from offline_queue.fold import Folded
from settlement.errors import Refusal
from settlement.facts import SaleIntended
from settlement.figures import Figures
from terminal import returns
from terminal.at_screen import ScreenPerson
from terminal.counter import Counter
from terminal.desk_card import DeskCard
from terminal.driver import Driver
from terminal.screen import news
from terminal.screen.news import News
from terminal.screen.orders import GiveBack, ListLines
from terminal.screen.return_news import Previewed, Returnable, Returning, ReturnListed, ReturnShown, SoldLine


class DeskReturns:
    """The returns of one desk."""

    def __init__(self, counter: Counter, driver: Driver, person: ScreenPerson, card: DeskCard, say: Callable[[News], None]) -> None:
        self._counter = counter
        self._driver = driver
        self._person = person
        self._card = card
        self._say = say

    def serve(self, order: ListLines | GiveBack) -> None:
        """Show what was sold, what a return of it would come to, or carry it out."""
        intent = returns.returnable(self._counter.journal, order.subject)
        if isinstance(intent, Refusal):
            self._say(news.Told(intent))
            return
        if isinstance(order, ListLines):
            self._say(Returnable(subject=order.subject, lines=_lines(intent)))
        elif order.agreed is None:
            self._preview(order, intent)
        else:
            here = self._card.here(order.agreed.arrival)
            self._person.returns(order.agreed, card_sn=(here.owner.card_sn or here.owner.certno) if here else "")
            self._say(Returning(paid_fen=_cash_of(self._counter.journal.standing(order.subject))))
            ended = returns.begin(self._counter, self._driver, order.subject, dict(order.returned), shown=self._card.certificate)
            self._end(ended, order.subject)

    def resume(self, subject: str) -> bool:
        """Go on with a return of that number; False: there is none that is open."""
        journal = self._counter.journal
        if subject not in journal.open_returns():
            return False
        original = journal.records(subject)[0].body["original"]
        self._person.returns(None)
        self._say(Returning(paid_fen=_cash_of(journal.standing(original))))
        self._end(returns.resume(self._counter, self._driver, subject, shown=self._card.certificate), original)
        return True

    def _preview(self, order: GiveBack, intent: SaleIntended) -> None:
        priced = returns.preview(self._counter, order.subject, dict(order.returned))
        if isinstance(priced, Refusal):
            self._say(news.Told(priced))
            return
        previewed = Previewed(
            released=priced.released.movements(),
            released_cash_fen=priced.released_cash_fen,
            kept=priced.kept.movements(),
            kept_cash_fen=priced.kept_cash_fen,
        )
        self._say(Returnable(subject=order.subject, lines=_lines(intent), returned=order.returned, previewed=previewed))

    def _end(self, ended: returns.Returned | Refusal, original: str) -> None:
        if isinstance(ended, Refusal):
            self._say(news.Told(ended))
            return
        journal = self._counter.journal
        sold = journal.standing(original)
        kept = journal.standing(ended.sale) if ended.sale else Folded(subject="")
        self._say(
            ReturnShown(
                ended=returns.ending_of(journal, ended.subject),
                released=(sold.figures or _NOTHING).movements(),
                released_cash_fen=_cash_of(sold),
                kept=(kept.figures or _NOTHING).movements(),
                kept_cash_fen=_cash_of(kept) if ended.sale else 0,
                void=ended.void,
                sale=ended.sale,
            )
        )
        self._card.put_aside()
        self._card.ask_centre()


_NOTHING = Figures(medfee_sumamt=0)


def listed(counter: Counter) -> tuple[ReturnListed, ...]:
    """Return the returns that somebody has to go on with, oldest first."""
    journal = counter.journal
    begun = [(journal.records(subject)[0], subject) for subject in journal.open_returns()]
    sold = ((first.at, subject, journal.standing(first.body["original"]).intent) for first, subject in begun)
    return tuple(
        ReturnListed(subject=subject, at=at, amount_fen=intent.bill.total_fen)
        for at, subject, intent in sold
        if isinstance(intent, SaleIntended)
    )


def _lines(intent: SaleIntended) -> tuple[SoldLine, ...]:
    return tuple(
        SoldLine(sn=line.feedetl_sn, name=line.name, count_e4=line.cnt_e4, price_e6=line.pric_e6, whole=bool(line.drug_trac_codg))
        for line in intent.bill.lines
    )


def _cash_of(folded: Folded) -> int:
    """Return the cash that was due for a settlement, or paid for what is no settlement."""
    return (folded.figures.psn_cash_pay if folded.figures else 0) + folded.outside_fen
