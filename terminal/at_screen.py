"""The person at the screen: questions go out as news, answers come in through the door.

Runs on the desk's thread. What the cashier agreed to by F8 is settled without asking again as long as the figures
are those that were shown; whatever differs is shown and asked.
"""

from __future__ import annotations

from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import TypeVar

from settlement import reversal
from settlement.checkout.effects import Effect
from settlement.checkout.states import Billed, DifferenceShown, DoubtOpen, NotBooked, PinRefused, Quoted, State
from settlement.errors import OperatorError, Refusal
from terminal.person import LAST_TRY, Answer
from terminal.screen.account_news import PinPurpose
from terminal.screen.news import Asked, News, PinAsked, Stepped, Told
from terminal.screen.orders import Agreed, Door

_LOOK_S = 0.1
_T = TypeVar("_T")


class TillLeft(Exception):
    """The till is closed in a state that waits for a person and has no answer that moves nothing."""


class Unattended(Exception):
    """Nobody is asked now, and this state has no answer that moves nothing."""


class ScreenPerson:
    """:class:`terminal.person.Person` behind a :class:`~terminal.screen.orders.Door`."""

    def __init__(
        self,
        door: Door,
        say: Callable[[News], None],
        *,
        presence: Callable[[], str],
        meanwhile: Callable[[], None],
    ) -> None:
        """``presence``: a word for the card that is in, another for each insertion, empty for none.

        ``meanwhile``: what is done while nobody answers.
        """
        self._door = door
        self._say = say
        self._presence = presence
        self._meanwhile = meanwhile
        self._agreed: Agreed | None = None
        self._card_sn = ""
        self._proving = False
        self._received_fen = 0
        self._by_card = True
        self._beforehand: list[Answer] = []
        self._returns = False
        self._background = False
        self._watched = ("", "")
        """Doubt that a card was waited for last, and what was in the slot then: it may come back while an answer is booked."""
        self._used = ""
        """The insertion whose PIN was asked last: a card that is in at the first question about it may be back already."""

    # --- what was agreed beforehand --------------------------------------------------------------------

    def agrees(self, agreed: Agreed | None, *, card_sn: str, by_card: bool, received_fen: int) -> None:
        """Take what was on the screen when F8 was pressed, and whose card it was shown for; without a card, whose citizen number."""
        self._agreed, self._card_sn, self._by_card, self._received_fen = agreed, card_sn, by_card, received_fen
        self._beforehand, self._proving, self._used = [], False, ""
        self._returns = False

    def returns(self, agreed: Agreed | None, *, card_sn: str = "") -> None:
        """Take a partial return as it was shown: the void is agreed to, and what is kept as long as it comes to what was previewed.

        None: it goes on after an interruption, and what is kept is asked about.
        """
        self.agrees(agreed, card_sn=card_sn, by_card=True, received_fen=0)
        self._returns = True

    def answers_first(self, *answers: Answer) -> None:
        """Give these answers to the next questions: a void that was confirmed on its list, a doubt looked at again."""
        self._agreed, self._received_fen, self._returns = None, 0, False
        self._beforehand, self._proving, self._used = list(answers), False, ""

    def proves(self) -> None:
        """Have the card that is in say what happened. What it does not prove stays open and listed; what it proves is asked about."""
        self.answers_first(Answer.AGAIN)
        self._proving = True

    def background(self, *, on: bool) -> None:
        """Whether nobody is to be asked now: what is open stays open, and listed."""
        self._background = on

    # --- Person ----------------------------------------------------------------------------------------

    def pin(self, tries_left: int | None) -> bytearray | None:
        """Ask the PIN; a card that leaves meanwhile ends the asking."""
        return self._typed(PinAsked(tries_left))

    def digits(self, purpose: PinPurpose) -> bytearray | None:
        """Ask digits of the card's PIN for something else than a settlement."""
        return self._typed(PinAsked(None, purpose=purpose))

    def _typed(self, asked: PinAsked) -> bytearray | None:
        if self._background:
            return None
        card = self._used = self._presence()
        self._door.want_pin(wanted=True)
        self._say(asked)
        try:
            while not self._door.left.is_set() and card and self._presence() == card:
                try:
                    return self._door.pins.get(timeout=_LOOK_S)
                except Empty:
                    self._meanwhile()
        finally:
            self._door.want_pin(wanted=False)
        self._say(Stepped("CardLeft"))
        return None

    def pin_on_reader(self, tries_left: int | None, purpose: PinPurpose = "settle") -> bool:
        """Say that the PIN is typed on the reader."""
        if self._background or self._door.left.is_set():
            return False
        self._used = self._presence()
        self._say(PinAsked(tries_left, keypad=True, purpose=purpose))
        return True

    def decide(self, state: State | reversal.State) -> Answer:  # noqa: PLR0911 - one line a reason not to ask
        """Answer by what was agreed, else ask."""
        if self._background:
            return _unasked(state)
        if self._beforehand:
            return self._beforehand.pop(0)
        if self._proving and isinstance(state, DoubtOpen) and state.finding is None:
            return Answer.LEAVE
        if isinstance(state, reversal.Proposed) and self._returns:
            return Answer.SETTLE
        if isinstance(state, Billed) and not self._by_card:
            return Answer.CASH
        if isinstance(state, Quoted) and self._agreed is not None and self._same(state, self._agreed):
            # Once: a second quote of the same sale is another offer.
            self._agreed = None
            return Answer.SETTLE
        if isinstance(state, PinRefused) and state.tries_left > LAST_TRY:
            # The customer types again or leaves it; nothing is sent to the card by itself.
            return Answer.AGAIN
        return self._ask(state)

    def see(self, effect: Effect) -> None:
        """Show the step."""
        if not self._background:
            self._say(Stepped(type(effect).__name__))

    def tell(self, words: Refusal | OperatorError) -> None:
        """Show why."""
        if not self._background:
            self._say(Told(words))

    def tendered(self, due_fen: int) -> int:
        """Return what was handed over when it covers what is due."""
        return self._received_fen if self._received_fen >= due_fen > 0 else 0

    def take_slip(self, text: str) -> None:
        """Leave the slip to the print queue: paper comes from the journal."""

    def take_goods(self, subject: str) -> None:
        """Hand the goods over: the end of the sale says so."""

    # --- inside ----------------------------------------------------------------------------------------

    def _ask(self, state: State | reversal.State) -> Answer:
        waits_for_card = isinstance(state, DoubtOpen) and state.doubt.intent.card is not None and state.finding is None
        doubt, before = self._watched
        subject = state.doubt.intent.subject if isinstance(state, DoubtOpen) else ""
        if not waits_for_card or doubt != subject:
            before = (waits_for_card and self._used) or self._presence()
        # Before it is asked: an answer, or the card, may come at once.
        card, self._watched = before, (subject, before)
        _drain(self._door.answers)
        self._say(Asked(state))
        while not self._door.left.is_set():
            try:
                answer, received_fen = self._door.answers.get(timeout=_LOOK_S)
            except Empty:
                # The card that was pulled comes back: it is the one that can say what happened.
                now = self._presence()
                self._watched = (subject, now)
                if waits_for_card and now and now != card:
                    return Answer.AGAIN
                card = now
                self._meanwhile()
            else:
                # What was handed over before was for another offer.
                self._received_fen = received_fen
                return answer
        return _when_leaving(state)

    def _same(self, state: Quoted, agreed: Agreed) -> bool:
        """Whether the offer is the one that was shown: the same person, the same way, the same amounts."""
        split = state.split
        insured = state.who.insured
        person = state.way == "online" and (insured.card_sn or insured.certno) == self._card_sn != ""
        return person and split.figures.movements() == agreed.movements and split.cash_due_fen == agreed.cash_due_fen


def _unasked(state: State | reversal.State) -> Answer:
    """Return the answer that leaves all as it is. Raises :class:`Unattended` where there is none: it is tried again later."""
    if isinstance(state, NotBooked | reversal.NotBooked):
        raise Unattended
    return Answer.LEAVE if isinstance(state, DoubtOpen | DifferenceShown) else Answer.CANCEL


def _when_leaving(state: State | reversal.State) -> Answer:
    """Return the answer that moves nothing. Raises :class:`TillLeft` where there is none: the restart finds it as after a kill."""
    if isinstance(state, NotBooked | reversal.NotBooked):
        raise TillLeft
    return Answer.LEAVE if isinstance(state, DoubtOpen | DifferenceShown) else Answer.CANCEL


def _drain(queue: SimpleQueue[_T]) -> None:
    while True:
        try:
            queue.get_nowait()
        except Empty:
            return
