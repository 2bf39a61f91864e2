"""Who stands at a counter of the town: answers by the dice, and a truthful memory of what went over it."""

from __future__ import annotations

from settlement import reversal
from settlement.checkout.effects import Effect
from settlement.checkout.states import State
from settlement.errors import OperatorError, Refusal
from terminal.person import Answer
from terminal.screen.account_news import PinPurpose
from tests.world.town.chance import Chance

_SAID: dict[str, tuple[Answer, ...]] = {
    "Billed": (Answer.CANCEL, Answer.CASH),
    "Quoted": (*(Answer.SETTLE,) * 18, Answer.CASH, Answer.CANCEL),
    "Proposed": (Answer.SETTLE, Answer.SETTLE, Answer.CANCEL),
    "DifferenceShown": (Answer.AGREE, Answer.DECLINE, Answer.LEAVE),
    "SelfPayOffered": (Answer.CASH, Answer.CANCEL),
    "PinRefused": (Answer.AGAIN, Answer.CANCEL),
}
_WRONG = "999999"


class Customer:
    """Cashier and customer together."""

    def __init__(self, chance: Chance) -> None:
        self._chance = chance
        self.digits_of_pin = ""
        self.taken: set[str] = set()
        """The settlements whose goods are gone."""

    def pin(self, tries_left: int | None) -> bytearray | None:
        """Type the PIN; now and then a wrong one, or none, but never so that the card is blocked."""
        if not self._chance.calm and self._chance.happens(0.03):
            return None
        wrong = tries_left is None and not self._chance.calm and self._chance.happens(0.03)
        return bytearray((_WRONG if wrong else self.digits_of_pin).encode())

    def digits(self, purpose: PinPurpose) -> bytearray | None:
        """Change no PIN."""
        del purpose
        return None

    def pin_on_reader(self, tries_left: int | None, purpose: PinPurpose = "settle") -> bool:
        """There are no keys on the reader."""
        del tries_left, purpose
        return False

    def decide(self, state: State | reversal.State) -> Answer:
        """Answer by the dice; what went over the counter is remembered."""
        name = type(state).__name__
        answer = self._of_doubt(state) if name == "DoubtOpen" else self._chance.pick(_SAID.get(name, (Answer.CANCEL,)))
        if self._chance.calm and name == "DifferenceShown":
            answer = Answer.AGREE
        self._chance.say(f"  {name}: {answer}")
        return answer

    def _of_doubt(self, state: State | reversal.State) -> Answer:
        doubt = state.doubt  # type: ignore[union-attr]
        if doubt.goods_released is None and not doubt.cash_taken_fen and not doubt.intent.slip:
            # Cash is where it is until the answer is taken. Goods go over the counter while it is given: a till that dies of it asks again.
            if not self._chance.calm and self._chance.happens(0.15) and state.finding is None:  # type: ignore[union-attr]
                return Answer.CASH_AGAINST_DOUBT
            if doubt.intent.subject not in self.taken and self._chance.happens(0.5):
                return Answer.GOODS_KEPT
            self.taken.add(doubt.intent.subject)
            return Answer.GOODS_OUT
        return self._chance.pick((Answer.AGAIN, Answer.LEAVE, Answer.LEAVE))

    def tell(self, words: Refusal | OperatorError) -> None:
        """Be told."""
        self._chance.say(f"  told {words.code}")

    def see(self, effect: Effect) -> None:
        """See a step."""
        self._chance.say(f"  {type(effect).__name__}")

    def tendered(self, due_fen: int) -> int:
        """Pay to the fen."""
        return due_fen

    def take_slip(self, text: str) -> None:
        """Take the paper."""
        self._chance.say(f"  slip of {len(text)}")

    def take_goods(self, subject: str) -> None:
        """Take the goods."""
        self.taken.add(subject)
