"""Who stands at the counter of the exploration: each answer that is not plain is one of the ways, and what went over it is remembered."""

from __future__ import annotations

from collections.abc import Callable

from settlement import reversal
from settlement.checkout.states import State
from terminal.person import Answer
from tests.world.exhaust.ways import Ways
from tests.world.town.people import Customer

_SAID: dict[str, tuple[Answer, ...]] = {
    "Billed": (Answer.CANCEL,),
    "Proposed": (Answer.SETTLE,),
    "DifferenceShown": (Answer.AGREE, Answer.DECLINE, Answer.LEAVE),
    "SelfPayOffered": (Answer.CANCEL, Answer.CASH),
    "PinRefused": (Answer.CANCEL,),
}


class Asked(Customer):
    """Cashier and customer together."""

    def __init__(self, ways: Ways, put_back: Callable[[], None]) -> None:
        """``put_back``: put the card into the reader again."""
        super().__init__(ways)
        self._ways = ways
        self._put_back = put_back
        self.buys = False
        """Whether anything is bought, or the card is only shown."""
        self._looked_again = False

    def come(self, *, buys: bool) -> None:
        """Step up to the counter."""
        self.buys, self._looked_again = buys, False

    def pin(self, tries_left: int | None) -> bytearray | None:
        """Type the PIN."""
        del tries_left
        return bytearray(self.digits_of_pin.encode())

    def decide(self, state: State | reversal.State) -> Answer:
        """Answer; where several answers are plausible, each is a way."""
        name = type(state).__name__
        if name == "Quoted":
            answer = Answer.SETTLE if self.buys else Answer.CANCEL
        elif name == "DoubtOpen":
            answer = self._of_doubt(state)
        elif name == "SelfPayOffered" and not self.buys:
            answer = Answer.CANCEL
        else:
            answer = self._ways.pick(_SAID.get(name, (Answer.CANCEL,)))
        self._ways.say(f"  {name}: {answer}")
        return answer

    def _of_doubt(self, state: State | reversal.State) -> Answer:
        doubt = state.doubt  # type: ignore[union-attr]
        if doubt.goods_released is None and not doubt.cash_taken_fen and not doubt.intent.slip:
            if doubt.intent.subject in self.taken:
                return Answer.GOODS_OUT
            kept = (Answer.GOODS_KEPT, Answer.GOODS_OUT)
            proved = state.finding is not None  # type: ignore[union-attr]
            return self._ways.pick(kept if proved else (*kept, Answer.CASH_AGAINST_DOUBT, Answer.LEAVE))
        if doubt.intent.card is not None and not self._looked_again and not self._ways.calm:
            self._looked_again = True
            if self._ways.pick((Answer.LEAVE, Answer.AGAIN)) is Answer.AGAIN:
                self._put_back()
                return Answer.AGAIN
        return Answer.LEAVE
