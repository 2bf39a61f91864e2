"""The end of a day at the desk: the blind count, what it came to, the close, and what is handed over."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from offline_queue.journal import Journal
from offline_queue.reconcile_command import last_statement
from settlement.errors import Refusal
from settlement.money import format_yuan
from settlement.statement_words import statement_rows
from terminal import centre_differs, close_rows, day_close, on_duty
from terminal.counter import Counter, issuer_of
from terminal.paper.closing import close_sheet
from terminal.paper.print_queue import PrintQueue
from terminal.screen import news
from terminal.screen.day_news import CloseShown, Counting, DayClosed, DayReopened, DifferenceClosed
from terminal.screen.news import News
from terminal.screen.orders import BeginClose, CloseDay, CloseDifference, CountDrawer, ReopenDay
from terminal.screen.words import language, tr


class DayEnd:
    """One close at a time, from the count to the record."""

    def __init__(self, counter: Counter, printing: PrintQueue, say: Callable[[News], None]) -> None:
        self._counter = counter
        self._printing = printing
        self._say = say
        self._counted: day_close.Counting | day_close.Close | None = None

    def serve(self, order: BeginClose | CountDrawer | CloseDay | ReopenDay | CloseDifference) -> None:
        """Do the next step. Raises the errors of a journal: nothing is closed then."""
        match order:
            case BeginClose():
                # The sender reconciles while the drawer is counted.
                self._counter.journal.notes.ask_statement()
                self._counted = day_close.begin_close(self._counter.journal)
                self._say(Counting())
            case ReopenDay():
                self._reopen()
            case CountDrawer() if self._counted is not None:
                self._counted = day_close.count(self._counted, order.counted_fen)
                self._say(self._shown(self._counted))
            case CloseDifference():
                closed = centre_differs.close(self._counter, order.subject, order.how)
                self._say(news.Told(closed) if isinstance(closed, Refusal) else DifferenceClosed(closed.owed_fen))
            case CloseDay() if isinstance(self._counted, day_close.Close):
                self._close(self._counted, order.next_operator)

    def _reopen(self) -> None:
        counter = self._counter
        reopened = day_close.reopen(counter.journal, at=counter.at, operator=counter.operator, why="")
        self._say(news.Told(reopened) if isinstance(reopened, Refusal) else DayReopened(reopened.number))
        # The count that had begun was of a shorter period.
        self._counted = day_close.begin_close(counter.journal)
        self._say(Counting())

    def _shown(self, counted: day_close.Close) -> CloseShown:
        return close_shown(counted, last_statement(self._counter.journal, self._counter.today))

    def _close(self, counted: day_close.Close, next_operator: str) -> None:
        counter = self._counter
        closed = day_close.close(counter.journal, counted, at=counter.at, operator=counter.operator, next_operator=next_operator)
        if isinstance(closed, Refusal):
            self._say(news.Told(closed))
            if closed.phrase is day_close.MOVED_ON:
                # Counted before something was booked: the drawer is counted anew.
                self._counted = day_close.begin_close(self._counter.journal)
                self._say(Counting())
            else:
                self._say(self._shown(counted))
            return
        self._counted = None
        on_duty.hand_over(counter.journal, closed, own=counter.settings.counter.operator)
        self._printing.post(f"day-close-{closed.number}", close_sheet(closed, issuer_of(counter.settings).stamp))
        self._say(DayClosed(closed.number, counter.operator_shown, handed_over(counter.journal)))


def handed_over(journal: Journal) -> tuple[str, ...]:
    """Return, in words, what the operator before left open."""
    left = day_close.handed_over(journal)
    if left is None or not (left.doubts or left.differences or left.holds):
        return ()
    words = tr("Handed over by {operator}: {doubts} in doubt, {holds} on hold")
    if left.differences:
        words = tr("Handed over by {operator}: {doubts} in doubt, {differences} to be agreed, {holds} on hold")
    counts = {"doubts": len(left.doubts), "differences": len(left.differences), "holds": len(left.holds)}
    return (words.format(operator=left.closed.operator, **counts),)


def close_shown(close: day_close.Close, statement: dict[str, Any] | None = None) -> CloseShown:
    """Return what the screen says of a day whose drawer was counted: its difference first."""
    said = language()
    remaining = close_rows.remaining_rows(close.remaining, language=said)
    sections = [
        (tr("Business"), close_rows.business_rows(close.tally, language=said)),
        (tr("Drawer"), close_rows.drawer_rows(close.tally, counts=close.counts, language=said)),
        (tr("Receipts"), close_rows.receipt_rows(close.tally, language=said)),
        *([(tr("Left open"), remaining)] if remaining else []),
        (tr("Reconciliation"), statement_rows(statement, said)),
        *close_rows.late_sections(close.tally, language=said),
    ]
    rows = [row for title, pairs in sections for row in ((title, "", "title"), *((label, value, "text") for label, value in pairs))]
    difference = (tr("Difference"), format_yuan(close.difference_fen), "attention" if close.difference_fen else "ok")
    return CloseShown(rows=(difference, *rows), difference_fen=close.difference_fen)
