"""The desk works, the customer types the PIN, or nothing goes on any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from terminal.screen.cashier.mode import Mode, named_key
from terminal.screen.cashier.view import KeyView, Panel
from terminal.screen.literal import folded, literal
from terminal.screen.paint import Row, Span, row
from terminal.screen.pin_entry import DIGITS
from terminal.screen.words import language, tr, trn

if TYPE_CHECKING:
    from settlement.errors import OperatorError, Refusal
    from terminal.person import Answer
    from terminal.screen.account_news import PinPurpose
    from terminal.screen.cashier.model import Cashier


class WorkingMode(Mode):
    """Nobody is asked anything: the steps pass by, and the card stays where it is."""

    offered = ()

    def escape(self) -> None:
        """Stay: what has begun comes to its end by itself."""

    def step(self, effect: str) -> None:
        """Show a step of the checkout."""
        words = {
            "AskCentre": tr("Asking the centre"),
            "TryDoubts": tr("Looking at what is in doubt"),
            "ReturnAllowance": tr("Returning the card's allowance"),
            "WriteIntent": tr("Writing the journal"),
            "AwaitAnswer": tr("The centre decides"),
            "WriteCard": tr("Debiting: leave the card in"),
            "Commit": tr("Booking"),
            "PrintSlip": tr("Printing"),
            "RefreshIfDue": tr("Refreshing the card: do not take it out"),
            "CardLeft": tr("The card was taken out"),
        }.get(effect)
        if words:
            self.till.say("notice", words)


class DeadMode(Mode):
    """The till cannot go on: what happened, whether the money is safe, what to do. It can only be left."""

    def __init__(self, till: Cashier, why: OperatorError | Refusal | None) -> None:
        """``why`` is None for a bug, of which nothing is known."""
        super().__init__(till)
        self._why = why

    def escape(self) -> None:
        """Stay."""

    @property
    def panel(self) -> Panel:
        """The sentences in full."""

        def paint(columns: int, height: int) -> list[Row]:
            del height
            if self._why is None:
                said = [(tr("The program failed; money is safe. Restart the till: it finds out what happened."), "fault")]
            else:
                words = self._why.phrase.say(language(), self._why.details)
                said = [(words.happened, "fault"), (words.money, "ok"), (words.do, "strong"), (words.avoid, "attention")]
            rows = [row("")]
            for text, role in said:
                rows += [*(row(Span(f"  {line}", role)) for line in folded(literal(text), columns - 4)), row("")]
            return [*rows, row(Span(f"  {self._why.code}", "dim"))] if self._why is not None else rows

        return paint

    @property
    def keys(self) -> list[KeyView]:
        """Leave."""
        return [named_key("^Q", tr("Leave"), following=True)]


class PinMode(Mode):
    """The PIN is typed: only how many digits there are is known here."""

    def __init__(self, till: Cashier, under: Mode, tries_left: int | None, *, keypad: bool = False, purpose: PinPurpose = "settle") -> None:
        """``keypad``: it is typed on a keypad, and not even how many digits there are is known here."""
        super().__init__(till)
        self.under = under
        self.tries_left = tries_left
        self.keypad = keypad
        self._purpose = purpose
        self.count = 0
        self.amiss = False
        """Whether something came that can be no PIN."""

    def escape(self) -> None:
        """Stay: the entry at the keyboard takes Esc itself, and the one at the keypad has a key of its own."""
        self.till.say("notice", tr("The customer gives up with the keypad's own key"))

    @property
    def panel(self) -> Panel:
        """The request to the customer, and one mark for each digit."""

        def paint(columns: int, height: int) -> list[Row]:
            del height
            marks = "* " * self.count + "_ " * (DIGITS - self.count)
            title = self._keypad_title if self.keypad else self._title
            rows = [row(""), *(row(Span(f"  {line}", "title")) for line in folded(title, columns - 4)), row("")]
            if not self.keypad:
                rows += [row(Span(f"    {marks}", "strong")), row("")]
            if self.amiss:
                rows.append(row(Span(f"  {tr('That was no PIN: press Enter and type it anew')}", "attention")))
            if self.tries_left is not None:
                left = trn("Wrong PIN: {left} try left", "Wrong PIN: {left} tries left", self.tries_left)
                rows.append(row(Span(f"  {left.format(left=self.tries_left)}", "attention")))
            words = tr("Six digits, then Enter. They are shown to nobody and kept nowhere.")
            if self.keypad:
                words = tr("Six digits on the keypad, then its Enter. They are shown to nobody and kept nowhere.")
            return [*rows, *(row(Span(f"  {line}", "dim")) for line in folded(words, columns - 4))]

        return paint

    @property
    def _keypad_title(self) -> str:
        words = {
            "old": tr("1 of 2, on the keypad: the PIN as it is now"),
            "issued": tr("1 of 2, on the keypad: the PIN that came with the card"),
            "replace": tr("2 of 2, on the keypad: the PIN as it is now, then the new one, then the new one once more"),
        }
        return words.get(self._purpose, tr("The customer types the PIN on the keypad"))

    @property
    def _title(self) -> str:
        words = {
            "issued": tr("The customer types the PIN that came with the card"),
            "old": tr("1 of 3: the customer types the PIN as it is now"),
            "new": tr("2 of 3: the customer types the new PIN"),
            "again": tr("3 of 3: the customer types the new PIN once more"),
        }
        return words.get(self._purpose, tr("The customer types the PIN"))

    @property
    def keys(self) -> list[KeyView]:
        """What the entry takes."""
        if self.keypad:
            return [named_key(tr("Keypad"), tr("PIN"))]
        return [named_key(tr("0-9"), tr("PIN")), named_key("Enter", tr("Done"), following=True), named_key("Esc", tr("Give up"))]


def answer(till: Cashier, said: Answer, received_fen: int = 0) -> None:
    """Answer, and let the desk go on."""
    till.door.answer(said, received_fen)
    till.enter(WorkingMode(till))
