"""The desk behind the screen: one thread that owns journal, card and driver, takes orders and tells news.

It performs what a cashier asks, watches the slot and the line between two orders, and never touches the screen. There is
one driver of the checkout (:class:`terminal.driver.Driver`); the screen is its person.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from queue import Empty

from config import log_file
from offline_queue.fold import Folded
from offline_queue.log.following import Follower
from settlement.bill import Bill
from settlement.checkout.states import FINAL, ClosedUnpaid, Dropped, LeftInDoubt, LeftUnanswered, PaidInCash, Released, Settled, State
from settlement.drugs import NOBODY
from settlement.drugs import refusal as drug_refusal
from settlement.errors import OperatorError, Refusal
from settlement.facts import CashReturned, SaleIntended
from settlement.policy import Policy
from terminal import (
    bill_refusals,
    card_in,
    catch_up,
    desk_bill,
    desk_day,
    desk_lists,
    desk_status,
    drafts,
    journal_view,
    later,
    sender_process,
    sold_codes,
)
from terminal.at_screen import ScreenPerson, TillLeft, Unattended
from terminal.bookkeeping import entries
from terminal.card_in import Arrival
from terminal.counter import Counter
from terminal.desk_account import DeskAccount
from terminal.desk_card import DeskCard
from terminal.desk_place import place_of
from terminal.desk_returns import DeskReturns
from terminal.desk_visits import DeskVisits
from terminal.driver import Driver
from terminal.person import Answer
from terminal.screen import news
from terminal.screen.list_news import PrintTaken
from terminal.screen.news import News
from terminal.screen.orders import (
    BeginClose,
    ChangePin,
    CloseDay,
    CloseDifference,
    CountDrawer,
    Door,
    GiveBack,
    Hold,
    Later,
    Leave,
    ListLines,
    ListSlips,
    ListVoids,
    LookAgain,
    Order,
    Present,
    PutAside,
    ReadCard,
    ReadInside,
    Recall,
    ReopenDay,
    Reprint,
    SaveDraft,
    Sell,
    ShowAccount,
    TakeBill,
    Void,
)

_TURN_S = 0.1
_STATUS_S = 0.5


class Desk:
    """The work behind one screen."""

    def __init__(self, counter: Counter, door: Door, say: Callable[[News], None]) -> None:
        self._counter = counter
        self._door = door
        self._say = say
        self._card = DeskCard(counter, say)
        self._printing = counter.start_printing()
        self._day_end = desk_day.DayEnd(counter, self._printing, say)
        self._person = ScreenPerson(door, say, presence=self._card.presence, meanwhile=self._status_if_due)
        self._driver = Driver(counter, self._person)
        self._account = DeskAccount(counter, self._person, say)
        self._returns = DeskReturns(counter, self._driver, self._person, self._card, say)
        self._unfinished = desk_bill.UnfinishedBill(counter, say)
        self._visits = DeskVisits(counter, say)
        self._log = Follower(counter.journal)
        self._told = ""
        """Code of the error that looking round met last: told once."""
        self._day = ""
        self._seen = -1
        self._status: news.Status | None = None
        self._status_due = float("-inf")
        self._asked = ("unknown", 0)
        """Line and queue when the centre was last asked about the person."""

    def work(self) -> None:
        """Serve orders until told to leave; between two of them look at the slot, the line and what is unfinished."""
        with suppress(TillLeft), self._log:
            self._serve_orders()

    # --- the turn --------------------------------------------------------------------------------------

    def _serve_orders(self) -> None:
        self._open()
        while True:
            try:
                order = self._door.orders.get(timeout=_TURN_S)
            except Empty:
                self._turn()
                # Not a fault of the turn: what it finds closes the till.
                self._counter.check.idle(self._counter.clock.now())
                continue
            if isinstance(order, Leave):
                return
            self._counter.check.complete()
            try:
                self._serve(order)
            except OperatorError as error:
                self._say(news.Told(error))
            self._say(news.Ended(order))
            self._status_due = float("-inf")
            self._turn()

    def _turn(self) -> None:
        """Do what nobody ordered. What the journal refuses is told once and tried again."""
        try:
            self._look_round()
            self._log.keep()
        except OperatorError as error:
            if error.code != self._told:
                self._told = error.code
                self._say(news.Told(error))
            self._say(news.Ended(None))
        else:
            self._told = ""

    def _open(self) -> None:
        self._catch_up()
        bill = self._unfinished.opened()
        handed = desk_day.handed_over(self._counter.journal)
        self._say(news.Opened(place=place_of(self._counter), policy=self._rules(), bill=bill, handed_over=handed))
        self._unfinished.tell_sold(bill)
        for words in self._counter.check.warnings():
            self._say(news.Told(words))
        self._look_round()
        self._counter.power_psam()

    def _rules(self) -> Policy | Refusal:
        self._day = self._counter.today
        return self._counter.policy()

    def _look_round(self) -> None:
        if self._counter.today != self._day:
            self._say(news.RulesChanged(self._rules()))
        self._watch_slot()
        self._card.hear_centre()
        seen = self._counter.journal.data_version()
        if seen != self._seen:
            self._seen = seen
            self._catch_up()
        self._status_if_due()
        self._ask_again_if_changed()

    def _ask_again_if_changed(self) -> None:
        """Ask the centre anew when it can be asked again, and when it has what was sold meanwhile: both change what may be spent."""
        asked = (self._status.line, self._status.queue) if self._status else ("unknown", 0)
        if asked != self._asked:
            self._asked = asked
            if asked == ("up", 0):
                self._card.ask_centre()

    def _status_if_due(self) -> None:
        now = self._counter.clock.monotonic()
        if now >= self._status_due:
            self._status_due = now + _STATUS_S
            self._tell_status()

    def _catch_up(self) -> None:
        """Close what is proved. Nobody is asked: what stays open is listed beside the work."""
        self._person.background(on=True)
        try:
            with suppress(Unattended):
                catch_up.run(self._counter, self._driver)
        finally:
            self._person.background(on=False)

    def _tell_status(self) -> None:
        status = desk_status.look(self._counter, reader=self._card.reader_state(), printing=self._printing.state())
        if status != self._status:
            self._status = status
            self._say(status)
        self._visits.tell_places()

    def _watch_slot(self) -> None:
        arrival = self._card.watch()
        if arrival is not None:
            self._welcome(arrival)

    def _welcome(self, arrival: Arrival) -> None:
        for subject in card_in.doubts_by_card(self._counter.journal, arrival.owner.certno):
            # The card that can say what happened is here: it is asked as soon as its PIN is typed.
            self._person.proves()
            self._resume(subject)
        self._tell_visitor()
        self._card.ask_centre()

    def _tell_visitor(self) -> None:
        if self._card.arrival is not None:
            self._visits.tell_visitor(self._card.arrival.shown.arrival, self._certno())

    # --- orders ----------------------------------------------------------------------------------------

    def _serve(self, order: Order) -> None:  # noqa: C901, PLR0912 - one line an order
        match order:
            case SaveDraft() | TakeBill() | Hold() | Recall():
                self._unfinished.serve(order)
                self._visits.look_at(order)
            case BeginClose() | CountDrawer() | CloseDay() | ReopenDay() | CloseDifference():
                self._day_end.serve(order)
            case Sell():
                self._sell(order)
            case Void():
                self._void(order)
            case ListLines() | GiveBack():
                self._catch_up()
                self._returns.serve(order)
            case Later():
                self._later(order.slip)
            case LookAgain():
                self._look_again(order.subject)
            case ListVoids():
                self._say(desk_lists.voids(self._counter, self._certno(), order.wanted))
            case ShowAccount() | ReadInside() | ChangePin():
                self._account.serve(order, self._certno())
            case Present():
                if (why := self._card.present(order.shown)) is not None:
                    self._say(news.Told(why))
                self._tell_visitor()
            case PutAside():
                self._card.put_aside()
            case ReadCard():
                self._printing.retry()
                self._counter.journal.notes.nudge()
                arrival = self._card.watch_anew()
                if arrival is not None:
                    self._welcome(arrival)
            case ListSlips():
                self._say(desk_lists.slips(self._counter, order.wanted))
            case Reprint():
                self._reprint(order)

    def _sell(self, order: Sell) -> None:
        self._catch_up()
        # Whoever's card is in now: the screen may still have shown the one before.
        self._watch_slot()
        policy = self._counter.policy()
        refusal = policy if isinstance(policy, Refusal) else self._goods_refused(order, policy)
        if drafts.gone(self._counter.journal, order.draft):
            refusal = Refusal(bill_refusals.GONE)
        if refusal is not None or isinstance(policy, Refusal):
            assert refusal is not None
            self._say(news.Told(refusal))
            return
        sale = self._visits.sale_of(order, policy, certno=self._certno())
        if isinstance(sale, Refusal):
            self._say(news.Told(sale))
            return
        here = self._card.here(order.agreed.arrival if order.agreed else None)
        card_sn = (here.owner.card_sn or here.owner.certno) if here else ""
        shown = self._card.certificate if order.by_card else None
        self._person.agrees(order.agreed, card_sn=card_sn, by_card=order.by_card, received_fen=order.received_fen)
        state = self._driver.sell(sale, by_card=order.by_card, shown=shown, papers=order.papers)
        self._end(state, sale.bill, draft=order.draft)

    def _goods_refused(self, order: Sell, policy: Policy) -> Refusal | None:
        """Return why the goods of a bill may not be handed out: a box was sold before, or a drug wants other papers."""
        insured = card_in.insured(self._card.arrival) if order.by_card else NOBODY
        return sold_codes.refusal(self._counter.journal, order.bill) or drug_refusal(
            order.bill, order.papers, policy.drugs, insured=insured, today=self._counter.today
        )

    def _end(self, state: State, bill: Bill, *, draft: str = "") -> None:
        assert isinstance(state, FINAL)
        journal, subject = self._counter.journal, _subject_of(state)
        folded = journal.standing(subject) if subject else Folded(subject="")
        if draft and drafts.gone(journal, draft):
            drafts.clear(journal)
            self._say(news.Recalled(drafts.new(journal)))
        slip = folded.intent.slip if isinstance(folded.intent, SaleIntended) else ""
        self._say(
            news.Sold(
                state=state,
                bill=bill,
                draft=draft,
                received_fen=folded.received_fen,
                goods_released=folded.goods_released,
                cash_taken_fen=folded.cash_taken_fen,
                receivable_fen=folded.receivable_fen,
                agreed=folded.difference_agreed is True,
                cash_back_fen=(journal.standing(slip).cash_returned_fen or 0) if slip else 0,
                figures=folded.figures,
                receipt=folded.receipt,
                offline=folded.offline,
                ticket=self._visits.ticket(subject),
            )
        )
        if not isinstance(state, Dropped):
            self._card.put_aside()
        self._tell_visitor()
        self._card.ask_centre()

    def _void(self, order: Void) -> None:
        self._catch_up()
        self._person.answers_first(Answer.SETTLE)
        self._say(news.Undone(self._driver.void(order.subject, why=f"reason-{order.reason}", shown=self._card.certificate)))
        self._tell_visitor()
        self._card.put_aside()
        self._card.ask_centre()

    def _later(self, slip: str) -> None:
        self._catch_up()
        back_fen = later.cash_due_back_fen(self._counter, slip)
        if back_fen:
            self._counter.journal.commit(entries((CashReturned(subject=slip, amount_fen=back_fen),), None))
            self._say(news.CashBack(back_fen))
            return
        sale = later.sale_of(self._counter, slip)
        if isinstance(sale, Refusal):
            self._say(news.Told(sale))
            return
        self._watch_slot()
        if self._card.arrival is not None:
            # Paid in cash when nobody's scheme was known.
            sale = replace(sale, bill=replace(sale.bill, insutype=self._card.arrival.shown.insutype))
        self._person.agrees(None, card_sn="", by_card=True, received_fen=0)
        self._end(self._driver.sell(sale, shown=self._card.certificate), sale.bill)

    def _look_again(self, subject: str) -> None:
        if self._returns.resume(subject):
            return
        self._person.answers_first()
        self._resume(subject)

    def _resume(self, subject: str) -> None:
        folded = self._counter.journal.standing(subject)
        if not isinstance(folded.intent, SaleIntended):
            return
        step = journal_view.question_of(self._counter.journal, folded)
        if step is None:
            return
        state = self._driver.resume(subject, step)
        self._end(state, folded.intent.bill)

    def _certno(self) -> str:
        return self._card.arrival.owner.certno if self._card.arrival else ""

    def _reprint(self, order: Reprint) -> None:
        refusal = self._printing.ask(order.subject, again=order.again)
        self._say(PrintTaken(order.subject, order.again) if refusal is None else news.Told(refusal))


def _subject_of(state: State) -> str:
    match state:
        case Settled() | Released() | PaidInCash() | ClosedUnpaid() | LeftUnanswered():
            return state.subject
        case LeftInDoubt():
            return state.doubt.intent.subject
        case _:
            return ""


def open_desk(directory: Path, door: Door, say: Callable[[News], None], *, staffed: bool = False) -> None:
    """Open the counter and serve it until told to leave: what the desk's thread runs.

    ``staffed``: somebody else sees to the sender, who also ends it.
    """
    try:
        with Counter(directory) as counter, log_file.opened(directory, "till", counter.settings.log):
            if not staffed:
                sender_process.start(directory)
            Desk(counter, door, say).work()
    except OperatorError as error:
        say(news.NotOpened(error))
