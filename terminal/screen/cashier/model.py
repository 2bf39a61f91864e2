"""The cashier's screen as it stands: what is on the bill, who is insured, which mode takes the keys. No terminal, no thread.

It shows what the desk tells and asks of the desk what was typed. The rules stand elsewhere: the bill in
:mod:`terminal.open_bill`, the price in :mod:`settlement.split`, the sale in the desk's driver.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from settlement.bill import Split
from settlement.errors import OperatorError, Refusal
from settlement.money import format_yuan
from settlement.policy import Policy
from settlement.split import price
from terminal.open_bill import OpenBill
from terminal.screen import news
from terminal.screen.account_news import CardInside, PinChanged
from terminal.screen.cashier import account, agreeing, asking, inside, lists, pin_work, returning, settled, slips
from terminal.screen.cashier.closing import CloseMode, CountMode
from terminal.screen.cashier.devices import DevicesMode, SimulatedDevices
from terminal.screen.cashier.mode import Mode
from terminal.screen.cashier.paying import PayingMode
from terminal.screen.cashier.tender import TenderMode
from terminal.screen.cashier.waiting import DeadMode, PinMode, WorkingMode
from terminal.screen.day_news import CloseShown, Counting, DayClosed, DayReopened, DifferenceClosed
from terminal.screen.list_news import Paged, PrintTaken
from terminal.screen.orders import Door, Order, SaveDraft, TakeBill
from terminal.screen.paint import Span
from terminal.screen.return_news import Returnable, Returning, ReturnShown
from terminal.screen.words import language, tr

if TYPE_CHECKING:
    from terminal.screen.cashier.view import View

Words = tuple[str, str]
"""(role, text) of the message line."""


class Cashier:
    """Everything that the screen shows comes from here: what every kind of counter has in common."""

    home: PayingMode
    """The mode that makes the bill: each kind of counter has its own."""
    mode: Mode

    def __init__(
        self,
        door: Door,
        *,
        bell: Callable[[], None],
        pin: Callable[[int | None], None],
        devices: SimulatedDevices | None = None,
    ) -> None:
        """``bell`` sounds on an error; ``pin`` opens the entry of the PIN; ``devices`` are those of a demonstration."""
        self.door = door
        self.devices = devices
        self._bell = bell
        self._pin = pin
        self.place: news.Place | None = None
        self.policy: Policy | Refusal | None = None
        self.bill = OpenBill()
        self.focus = -1
        self.card: news.News | None = None
        """The last news of the slot: CardReading, CardShown, CardFailed or CardGone."""
        self.status = news.Status()
        self.split: Split | Refusal | None = None
        """Live, of the bill as it stands; None while it cannot be known."""
        self.message: Words = ("notice", tr("Opening ..."))
        self.handed_over: tuple[str, ...] = ()
        """What the operator before left open, until the first goods are on the bill."""
        self.last_words: OperatorError | Refusal | None = None
        """What F1 explains when something did not go."""
        self.dead = False
        self.awaited: Order | None = None
        """What the desk is doing for this screen; None: what it does, it began by itself."""
        self.asked_for_bill = False
        self.paid_before_fen: int | None = None
        """While a return goes on: the cash that was paid for the whole settlement."""

    def begin(self, home: PayingMode) -> None:
        """Let ``home`` take the keys from now on, and after everything else."""
        self.home = self.mode = home

    # --- what each kind of counter has of its own --------------------------------------------------------

    def look(self) -> bool:
        """See what was imported meanwhile; True = something changes on the screen."""
        raise NotImplementedError

    @property
    def damaged(self) -> OperatorError | None:
        """Why what was imported cannot be used."""
        raise NotImplementedError

    def settled_mode(self, said: news.Sold) -> Mode:
        """Return the mode that shows what was settled."""
        return settled.SettledMode(self, said)

    def list_mode(self, paged: Paged) -> Mode:
        """Return the mode of a list to choose from."""
        return lists.mode_of(self, paged)

    def view(self, *, safe: bool, count: int) -> View:
        """Return what the screen shows; ``count`` is how many digits of a PIN were typed."""
        raise NotImplementedError

    # --- what is known ---------------------------------------------------------------------------------

    @property
    def person(self) -> news.PersonShown | None:
        """Who is insured, as far as the card in the slot was read."""
        return self.card.person if isinstance(self.card, news.CardShown) else None

    @property
    def opened(self) -> bool:
        """Whether the desk stands: the bill has a name, and can be kept."""
        return self.place is not None

    @property
    def online(self) -> bool:
        """Whether the line is up as far as anybody knows."""
        return self.status.line == "up"

    @property
    def cash_due_fen(self) -> int:
        """What the customer pays in cash by what is on the screen."""
        if isinstance(self.split, Split):
            return self.split.cash_due_fen
        total = self.bill.total_fen
        return total - total % self.bill.cash_step_fen

    def settles_by_card(self) -> bool:
        """Whether F8 would go by the card in the slot."""
        person = self.person
        return person is not None and person.refusal is None

    # --- what happens ----------------------------------------------------------------------------------

    def enter(self, mode: Mode) -> None:
        """Let another mode take the keys."""
        self.mode = mode

    def order(self, order: Order) -> None:
        """Ask something of the desk and wait until it is served."""
        self.awaited = order
        self.enter(WorkingMode(self))
        self.door.order(order)

    def press(self, action: str) -> None:
        """Take a function key: the devices of a demonstration are at hand in every mode, the rest is the mode's."""
        if action == "devices" and self.devices is not None and not isinstance(self.mode, DevicesMode):
            self.enter(DevicesMode(self, self.devices, self.mode))
        else:
            self.mode.press(action)

    def back(self) -> None:
        """Return to the bill."""
        self.mode = self.home

    def say(self, role: str, text: str) -> None:
        """Put a word on the message line."""
        self.message = (role, text)

    def refuse(self, words: OperatorError | Refusal) -> None:
        """Say why something did not go; F1 says the rest."""
        self.last_words = words
        self.say("attention" if isinstance(words, Refusal) else "fault", words.phrase.say(language(), words.details).happened)
        self._bell()

    def change(self, bill: OpenBill) -> None:
        """Take the bill as it is now, price it, and have it kept."""
        if bill.empty and bill.handed_in:
            # Nothing of another program's bill goes over to what is scanned next.
            bill = OpenBill(draft=bill.draft, next_sn=bill.next_sn)
        self.bill = bill
        if not bill.empty:
            self.handed_over = ()
        self.focus = min(max(self.focus, 0), len(bill.lines) - 1)
        self.reprice()
        self.door.order(SaveDraft(bill))

    def reprice(self) -> None:
        """Price what is on the screen with what is known."""
        self.split = None
        self._price()
        if isinstance(self.mode, TenderMode) and not self.mode.stands:
            self.say("attention", tr("Another amount is due now: press F8 again"))
            self.back()

    def _price(self) -> None:
        person, policy, place = self.person, self.policy, self.place
        if self.bill.empty or place is None or not isinstance(policy, Policy) or person is None or person.benefit is None:
            return
        if not self.settles_by_card() or not self.online:
            return
        try:
            self.split = price(self.bill.bill(place, f"{self.status.now}:00", person.insutype), policy, person.benefit)
        except OperatorError as malformed:
            self.refuse(malformed)

    def hear(self, said: news.News) -> None:
        """Take one piece of news from the desk."""
        self._hear(said)
        self.take_handed_in()

    def _hear(self, said: news.News) -> None:  # noqa: C901, PLR0912, PLR0915 - one line a kind of news
        match said:
            case news.Opened():
                self._opened(said)
            case news.NotOpened() | news.Crashed():
                self._died(said)
            case news.RulesChanged():
                self.policy = said.policy
                self.reprice()
            case news.CardReading() | news.CardFailed() | news.CardGone() | news.CardShown():
                self._slot(said)
            case news.Status():
                was_online, self.status = self.online, said
                if was_online != self.online:
                    self.reprice()
            case news.PinAsked():
                self.enter(PinMode(self, self.mode, said.tries_left, keypad=said.keypad, purpose=said.purpose))
                if not said.keypad:
                    self._pin(said.tries_left)
            case news.Stepped():
                # Whoever waited for the PIN goes on: it was given, or the card has left.
                self.pin_over()
                if isinstance(self.mode, WorkingMode):
                    self.mode.step(said.effect)
            case news.Asked():
                self.enter(asking.mode_of(self, said.state))
            case news.Told():
                self.refuse(said.words)
            case news.CodeSold():
                self._code_sold(said)
            case news.Ended():
                self._ended(said.order)
            case news.CashBack():
                self.say("ok", tr("Give back {amount} in cash").format(amount=format_yuan(said.amount_fen)))
                self.back()
            case news.Sold():
                settled.ended(self, said)
            case news.Undone():
                asking.undone(self, said.state)
            case Paged() if isinstance(self.mode, WorkingMode):
                self.enter(self.list_mode(said))
            case Returnable() if isinstance(self.mode, WorkingMode):
                self.enter(returning.ReturnMode(self, said))
            case Returning():
                self.paid_before_fen = said.paid_fen
            case ReturnShown():
                returning.ended(self, said)
            case PrintTaken():
                slips.told(self, said)
            case news.Recalled() | news.Renamed() | news.Offered():
                self._bill_told(said)
            case news.AccountShown() if isinstance(self.mode, WorkingMode):
                self.enter(account.AccountMode(self, said.rows))
            case CardInside() if isinstance(self.mode, WorkingMode):
                self.enter(inside.InsideMode(self, said))
            case PinChanged():
                self.say("ok", pin_work.done(said.work))
            case Counting() if isinstance(self.mode, WorkingMode):
                self.enter(CountMode(self))
            case CloseShown() if isinstance(self.mode, WorkingMode):
                self.enter(CloseMode(self, said))
            case DayReopened():
                self.say("attention", tr("The last close is taken back, event {number}").format(number=said.number))
            case DayClosed():
                self._day_closed(said)
            case DifferenceClosed():
                agreeing.told(self, said)

    @property
    def pin_wanted(self) -> bool:
        """Whether somebody waits for digits from the keyboard."""
        asked = getattr(self.mode, "under", None) if isinstance(self.mode, DevicesMode) else self.mode
        return isinstance(asked, PinMode) and not asked.keypad

    def pin_changed(self, *, amiss: bool) -> None:
        """Take note of what became of the last key of the PIN."""
        if isinstance(self.mode, PinMode):
            self.mode.amiss = amiss

    def pin_over(self) -> None:
        """Let the desk go on: the PIN was given or given up."""
        if isinstance(self.mode, PinMode):
            self.mode = self.mode.under if isinstance(self.mode.under, WorkingMode) else WorkingMode(self)

    def _ended(self, order: Order | None) -> None:
        """Go back to the bill where somebody still waits: the order came to nothing, and why was told."""
        if order is self.awaited:
            self.awaited = self.paid_before_fen = None
            under = self.mode.under if isinstance(self.mode, DevicesMode) else self.mode
            if isinstance(under, WorkingMode | PinMode):
                self.back()

    # --- inside ----------------------------------------------------------------------------------------

    def _opened(self, said: news.Opened) -> None:
        self.place, self.policy, self.bill = said.place, said.policy, said.bill
        self.focus = len(self.bill.lines) - 1
        self.say("ok", tr("Ready"))
        if not self.bill.empty:
            self.say("notice", tr("The unfinished bill is back: {label}").format(label=self.bill.label))
        self._hand_over(said.handed_over)
        if self.damaged is not None:
            self.refuse(self.damaged)
        if isinstance(said.policy, Refusal):
            self.refuse(said.policy)
        self.reprice()

    def _died(self, said: news.NotOpened | news.Crashed) -> None:
        self.dead = True
        if isinstance(said, news.NotOpened):
            self.refuse(said.why)
            self.enter(DeadMode(self, said.why))
        else:
            self.say("fault", tr("The program failed"))
            self._bell()
            self.enter(DeadMode(self, None))

    def _code_sold(self, said: news.CodeSold) -> None:
        without = self.bill.detach(said.code)
        if without != self.bill:
            self.change(without)
        self.refuse(said.words)

    def _day_closed(self, said: DayClosed) -> None:
        assert self.place is not None
        self.place = replace(self.place, operator=said.operator)
        self.say("ok", tr("Day closed under number {number}").format(number=said.number))
        self._hand_over(said.handed_over)
        self.back()

    def _hand_over(self, words: tuple[str, ...]) -> None:
        """Tell who works from now on what was left open."""
        self.handed_over = words
        if words:
            self.say("attention", words[0])

    def _bill_told(self, said: news.Recalled | news.Renamed | news.Offered) -> None:
        match said:
            case news.Recalled():
                self._taken(said.bill)
            case news.Renamed() if self.bill.empty and self.bill.draft == said.after:
                # One that was begun meanwhile keeps the name: no other has it.
                self.bill = replace(self.bill, draft=said.draft)
            case news.Offered():
                self._offered(said.bill)

    def _taken(self, bill: OpenBill) -> None:
        if bill.empty:
            self.bill, self.focus, self.split = bill, -1, None
            return
        self.change(bill)
        self.focus = len(bill.lines) - 1
        self.back()

    @property
    def free(self) -> bool:
        """Whether a bill of another program may come onto the screen: none is on it, and nobody has begun to type."""
        begun = self.home.query or self.home.finding
        return self.opened and not self.dead and self.mode is self.home and self.bill.empty and not begun

    def take_handed_in(self) -> None:
        """Ask for the next bill of another program when nothing else is on the screen."""
        if self.status.bills and self.free and not self.asked_for_bill:
            self.asked_for_bill = True
            self.door.order(TakeBill())

    def _offered(self, bill: OpenBill | None) -> None:
        self.asked_for_bill = False
        if bill is None:
            # What still lies there cannot be taken; the next status says what came since.
            self.status = replace(self.status, bills=0)
        elif self.free:
            self._taken(bill)
            self.say("notice", tr("A bill of another program: {label}").format(label=bill.label))

    def _slot(self, said: news.News) -> None:
        before = self.person
        self.card = said
        if isinstance(said, news.CardFailed):
            self.refuse(said.why)
        person = self.person
        told = before is not None and person is not None and (before.arrival, before.refusal) == (person.arrival, person.refusal)
        if person is not None and person.refusal is not None and not told:
            self.refuse(person.refusal)
        self.reprice()

    def say_span(self) -> Span:
        """Return the message line's words."""
        return Span(self.message[1], self.message[0])
