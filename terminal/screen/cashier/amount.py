"""An amount that is being typed, always in yuan: 1234.5 is one thousand two hundred and thirty-four yuan fifty."""

from __future__ import annotations

from settlement.money import parse_yuan
from terminal.screen.scan import normal

_MOST = 11


class TypedAmount:
    """Digits and one point, at most two decimals."""

    def __init__(self) -> None:
        self.text = ""

    def type(self, text: str) -> None:
        """Take characters; what cannot be part of an amount is dropped."""
        for character in normal(text).replace("。", "."):
            fresh = self.text + character
            whole, point, cents = fresh.partition(".")
            fits = (whole.isdigit() or whole == "") and (not point or cents.isdigit() or cents == "") and len(cents) <= 2  # noqa: PLR2004 - fen
            if fresh.isascii() and fits and len(fresh) <= _MOST:
                self.text = fresh

    def erase(self) -> None:
        """Take the last character back."""
        self.text = self.text[:-1]

    @property
    def fen(self) -> int | None:
        """The amount in fen, None when nothing was typed."""
        body = self.text.rstrip(".")
        if not body:
            return None
        return parse_yuan(f"0{body}" if body.startswith(".") else body)
