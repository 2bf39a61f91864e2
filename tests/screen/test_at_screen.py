"""The person at the screen waits for a card: what comes back counts, whenever it comes and whatever is answered meanwhile."""

from __future__ import annotations

from dataclasses import replace

from settlement.allowance import CardRecord, SaleWrite
from settlement.checkout.states import DoubtOpen
from settlement.doubt import Doubt
from terminal.at_screen import ScreenPerson
from terminal.person import Answer
from terminal.screen.news import Asked, News, PinAsked
from terminal.screen.orders import Door
from tests.settlement.drawer_days import figures, intent

RECORD = CardRecord(generation=1, counter=1, amount_fen=10_00, not_after="", tags=(1,))


class Slot:
    """A slot and the person before it; ``at_question`` is put in as soon as something is asked."""

    def __init__(self) -> None:
        self.door = Door()
        self.token = "first insertion"
        self.at_question: str | None = None
        self.answers: list[Answer] = []
        self.person = ScreenPerson(self.door, self._hear, presence=lambda: self.token, meanwhile=self._waited)
        self.person.agrees(None, card_sn="", by_card=True, received_fen=0)

    def _hear(self, news: News) -> None:
        if isinstance(news, PinAsked):
            self.door.give_pin(bytearray(b"123456"))
        elif isinstance(news, Asked):
            if self.answers:
                self.door.answers.put((self.answers.pop(0), 0))
            if self.at_question is not None:
                self.token = self.at_question

    def _waited(self) -> None:
        self.door.left.set()

    def pin_typed(self) -> None:
        """Have the PIN typed with this card in."""
        assert bytearray(b"123456") == self.person.pin(None)


def doubt() -> DoubtOpen:
    """Return a sale whose debit was torn."""
    sale = replace(intent("1", figures(), way="allowance"), card=SaleWrite(before=RECORD, tag=2, debit_fen=1_00))
    return DoubtOpen(doubt=Doubt(intent=sale, goods_released=None, cash_taken_fen=0))


def test_card_that_is_back_at_the_first_question_is_looked_at() -> None:
    """It was pulled and put in again before the doubt came up: not the insertion that the PIN was typed for."""
    slot = Slot()
    slot.pin_typed()
    slot.token = "second insertion"

    assert Answer.AGAIN is slot.person.decide(doubt())


def test_card_that_never_left_is_not_looked_at_by_itself() -> None:
    """The same insertion says nothing new: the person decides, and here leaves."""
    slot = Slot()
    slot.pin_typed()

    assert Answer.LEAVE is slot.person.decide(doubt())


def test_card_that_comes_back_while_an_answer_is_booked_is_looked_at() -> None:
    """The goods question is answered at once, and when the doubt is asked about again the card is in already."""
    slot = Slot()
    slot.pin_typed()
    slot.token = ""
    slot.answers = [Answer.GOODS_KEPT]
    assert Answer.GOODS_KEPT is slot.person.decide(doubt())
    slot.token = "second insertion"

    assert Answer.AGAIN is slot.person.decide(doubt())


def test_card_that_comes_with_the_question_is_looked_at() -> None:
    """A doubt taken up from the list, the slot empty, and the card put in the moment it is on the screen."""
    slot = Slot()
    slot.person.answers_first()
    slot.token, slot.at_question = "", "an insertion"

    assert Answer.AGAIN is slot.person.decide(doubt())
