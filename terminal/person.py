"""The person at the counter, as the checkout driver sees one: a screen, a script or a test.

The driver asks only when a state waits for a person (:data:`settlement.checkout.states.PERSON`). Nothing a
person answers carries an identifier or a time: the driver adds both.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol

from settlement import reversal
from settlement.checkout.effects import Effect
from settlement.checkout.states import State
from settlement.errors import OperatorError, Refusal
from terminal.screen.account_news import PinPurpose

LAST_TRY = 1
"""With so many tries left a wrong PIN is not simply asked again: the next wrong one blocks the card."""


class Answer(StrEnum):
    """What a person can say. Which of these a state accepts is the protocol's business."""

    SETTLE = "settle"
    CASH = "cash"
    CANCEL = "cancel"
    AGAIN = "again"
    AGREE = "agree"
    DECLINE = "decline"
    GOODS_OUT = "goods-out"
    GOODS_KEPT = "goods-kept"
    CASH_AGAINST_DOUBT = "cash-against-doubt"
    LEAVE = "leave"


class Person(Protocol):
    """Cashier and customer together."""

    def pin(self, tries_left: int | None) -> bytearray | None:
        """Return the PIN's digits, to be wiped by whoever uses them; None when it is not given."""

    def digits(self, purpose: PinPurpose) -> bytearray | None:
        """Return digits for something else than a settlement, such as a new PIN, to be wiped; None when they are not given."""

    def pin_on_reader(self, tries_left: int | None, purpose: PinPurpose = "settle") -> bool:
        """Learn that the PIN is typed on the reader's own keys from now on, and what for. False = nobody is here who would."""

    def decide(self, state: State | reversal.State) -> Answer:
        """Return the answer to what ``state`` shows."""

    def tell(self, words: Refusal | OperatorError) -> None:
        """Show why something did not go, in the person's language."""

    def see(self, effect: Effect) -> None:
        """See that a step of the checkout begins."""

    def tendered(self, due_fen: int) -> int:
        """Return the cash that was handed over for ``due_fen``, in fen; 0 when nobody counted it."""

    def take_slip(self, text: str) -> None:
        """Receive a printed slip."""

    def take_goods(self, subject: str) -> None:
        """Receive the goods of the settlement ``subject``."""
