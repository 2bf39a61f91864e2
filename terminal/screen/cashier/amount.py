"""An amount that is being typed, always in yuan: 1234.5 is one thousand two hundred and thirty-four yuan fifty."""

from __future__ import annotations

from typing import TYPE_CHECKING

from settlement.money import parse_yuan
from terminal.screen.cashier.mode import Mode
from terminal.screen.scan import normal
from terminal.screen.words import tr

if TYPE_CHECKING:
    from terminal.screen.cashier.model import Cashier

_YUAN_MOST = 6
_FEN_MOST = 2
"""Digits before and after the point. No drawer holds a million; a bar code has eight digits at least."""


class TypedAmount:
    """Digits and one point, at most two decimals."""

    def __init__(self) -> None:
        self.text = ""
        self.scanned = False
        """Whether what is coming is a code: nothing of it is an amount, up to its Enter."""

    def type(self, text: str) -> None:
        """Take characters; what cannot be part of an amount is dropped."""
        for character in normal(text).replace("。", "."):
            whole, point, cents = (self.text + character).partition(".")
            if self.scanned or not f"0{whole}{cents}".isdecimal() or not character.isascii() or len(cents) > _FEN_MOST:
                continue
            if len(whole) > _YUAN_MOST:
                self.text, self.scanned = "", True
            else:
                self.text = f"{whole}{point}{cents}"

    def erase(self) -> None:
        """Take the last character back."""
        self.text, self.scanned = self.text[:-1], False

    @property
    def fen(self) -> int | None:
        """The amount in fen, None when nothing was typed."""
        body = self.text.rstrip(".")
        if not body:
            return None
        return parse_yuan(f"0{body}" if body.startswith(".") else body)


class AmountMode(Mode):
    """Keys that are an amount."""

    def __init__(self, till: Cashier) -> None:
        super().__init__(till)
        self._amount = TypedAmount()

    def type(self, text: str) -> None:
        """Take digits of the amount."""
        self._amount.type(text)
        if self._amount.scanned:
            self.till.say("attention", tr("A scan is no amount: type it"))

    def erase(self) -> None:
        """Take the last digit back."""
        self._amount.erase()

    def enter(self) -> None:
        """Take the figure, or forget the code that was scanned instead of it."""
        if self._amount.scanned:
            self._amount.scanned = False
        else:
            self.take()

    def take(self) -> None:
        """Take the figure: nothing moves."""
