"""What the driver asks: one mode for each state in which a person decides. They show the state and answer; they hold no rule."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from settlement import reversal
from settlement.checkout.states import Billed, DifferenceShown, DoubtOpen, NotBooked, PinRefused, Quoted, Sale, SelfPayOffered, State
from settlement.doubt import Happened, NeverHappened
from settlement.errors import Refusal
from settlement.money import format_yuan
from terminal.person import Answer
from terminal.screen import news
from terminal.screen.cashier.amount import AmountMode
from terminal.screen.cashier.differing import DifferenceMode
from terminal.screen.cashier.mode import Mode, key_view, named_key
from terminal.screen.cashier.returning import net_number
from terminal.screen.cashier.tender import TenderMode
from terminal.screen.cashier.view import KeyView, Number, Panel
from terminal.screen.cashier.waiting import answer
from terminal.screen.keys import name_of
from terminal.screen.literal import folded, literal
from terminal.screen.paint import Row, Span, row
from terminal.screen.words import language, tr, trn

if TYPE_CHECKING:
    from terminal.screen.cashier.model import Cashier

AnyState = State | reversal.State


def mode_of(till: Cashier, state: AnyState) -> Mode:  # noqa: PLR0911 - one line a state
    """Return the mode that asks about ``state``."""
    match state:
        case Quoted():
            return _quoted(till, state)
        case DoubtOpen():
            return DoubtMode(till, state)
        case DifferenceShown():
            return DifferenceMode(till, state)
        case NotBooked() | reversal.NotBooked():
            return NotBookedMode(till, state.refusal)
        case SelfPayOffered():
            return SelfPayMode(till, state.sale, state.refusal)
        case PinRefused():
            return SelfPayMode(till, state.sale, None, tries_left=state.tries_left)
        case Billed():
            return SelfPayMode(till, state.sale, None)
        case _:
            return ConfirmMode(till)


def _quoted(till: Cashier, state: Quoted) -> Mode:
    """Show the offer: with cash due the tender is typed, else F8 settles."""
    till.split = state.split
    if till.person is not None and state.benefit is not None:
        # The allowance of the card may have gone back to the account meanwhile: what the box says is what the split was made of.
        till.card = news.CardShown(replace(till.person, benefit=state.benefit))
    if state.way == "allowance":
        till.say("attention", tr("Off-line: card allowance pays"))
    elif state.way == "legacy_card":
        till.say("attention", tr("Off-line: the card debits itself"))
    else:
        till.say("attention", tr("Agreed? {key} settles").format(key=name_of("settle")))
    due_fen = state.split.cash_due_fen
    if till.paid_before_fen is not None:
        return RestMode(till, till.paid_before_fen - due_fen)
    if state.sale.slip:
        return BackMode(till, state.sale.slip_cash_fen - due_fen)
    if due_fen:
        return TenderMode(
            till, due_fen, lambda received_fen: answer(till, Answer.SETTLE, received_fen), leave=lambda: answer(till, Answer.CANCEL)
        )
    return ConfirmMode(till)


class ConfirmMode(Mode):
    """What is on the screen is settled by F8 and dropped by Esc."""

    following = "settle"

    def press(self, action: str) -> None:
        """F8 settles."""
        if action == "settle":
            answer(self.till, Answer.SETTLE)

    def escape(self) -> None:
        """Drop it: nothing has moved."""
        answer(self.till, Answer.CANCEL)

    @property
    def keys(self) -> list[KeyView]:
        """F8 or Esc."""
        return [key_view("settle", self.following), named_key("Esc", tr("Cancel"))]


class BackMode(ConfirmMode):
    """A slip is settled later (补结算): its cash goes back by the centre's figures, the goods went out long ago."""

    def __init__(self, till: Cashier, back_fen: int) -> None:
        super().__init__(till)
        self._back_fen = back_fen

    @property
    def number(self) -> Number:
        """What goes back."""
        return Number(label=tr("Give back (yuan)"), amount=format_yuan(self._back_fen), role="huge_ok", frame="frame_ok")


class RestMode(ConfirmMode):
    """What is kept of a partial return comes to other figures than were shown before the release: asked once more, net of what was paid."""

    def __init__(self, till: Cashier, back_fen: int) -> None:
        super().__init__(till)
        self._back_fen = back_fen

    @property
    def number(self) -> Number:
        """What goes back, or is still due."""
        return net_number(self._back_fen)


class SelfPayMode(AmountMode):
    """Card or line failed, or the card may not settle: F8 takes all of it in cash, F5 tries the card again."""

    following = "settle"

    def __init__(self, till: Cashier, sale: Sale, refusal: Refusal | None, *, tries_left: int | None = None) -> None:
        super().__init__(till)
        self._refusal = refusal
        self._due_fen = sale.bill.cash_total_fen
        self._paid = bool(sale.slip)
        """A slip that was to be settled later: it is paid, and stays as valid as it was."""
        self._tries_left = tries_left
        if refusal is not None:
            till.refuse(refusal)

    def press(self, action: str) -> None:
        """F8 takes cash, F5 tries the card again."""
        received_fen = self._amount.fen or 0
        if action == "settle" and not self._paid:
            if 0 < received_fen < self._due_fen:
                self.till.say("attention", tr("Not enough: {amount} is missing").format(amount=format_yuan(self._due_fen - received_fen)))
            else:
                answer(self.till, Answer.CASH, received_fen)
        elif action == "again" and self._refusal is None:
            answer(self.till, Answer.AGAIN)

    def escape(self) -> None:
        """Go back to the bill: nothing has moved."""
        answer(self.till, Answer.CANCEL)

    @property
    def panel(self) -> Panel:
        """Why, and what can be done."""

        def paint(columns: int, height: int) -> list[Row]:
            del height
            title = tr("Not settled now; the slip stays as it is") if self._paid else tr("Carry on as self-pay?")
            rows = [row(""), row(Span(f"  {title}", "attention")), row("")]
            if self.till.paid_before_fen is not None:
                words_back = tr("The whole is released: {amount} in cash goes back. What is kept is paid in cash, or comes back as well.")
                said_back = words_back.format(amount=format_yuan(self.till.paid_before_fen))
                rows += [*(row(Span(f"  {line}", "ok")) for line in folded(said_back, columns - 4)), row("")]
            if self._tries_left is not None:
                left = trn("Wrong PIN: {left} try left", "Wrong PIN: {left} tries left", self._tries_left)
                rows.append(row(Span(f"  {left.format(left=self._tries_left)}", "fault")))
            words = self._refusal or self.till.last_words
            if words is not None:
                said = words.phrase.say(language(), words.details)
                for text, role in ((said.happened, "strong"), (said.money, "ok"), (said.do, "text"), (said.avoid, "dim")):
                    rows += [row(Span(f"  {line}", role)) for line in folded(literal(text), columns - 4)]
                rows.append(row(Span(f"  {words.code}", "dim")))
            return rows

        return paint

    @property
    def prompt(self) -> tuple[Span, ...]:
        """The tender line."""
        typed = self._amount.text
        if self._paid:
            return ()
        return (
            Span(f"{tr('Cash, self-paid')} ", "attention"),
            Span(typed or tr("exact"), "strong" if typed else "dim"),
            Span(" ", "caret"),
        )

    @property
    def number(self) -> Number | None:
        """All of it in cash."""
        if self._paid:
            return None
        received_fen = self._amount.fen
        covered = received_fen is not None and received_fen >= self._due_fen
        foot = ((tr("Change"), format_yuan((received_fen or 0) - self._due_fen), "ok"),) if covered else ()
        return Number(label=tr("Cash due (yuan)"), amount=format_yuan(self._due_fen), role="huge_cash", frame="frame_cash", foot=foot)

    @property
    def keys(self) -> list[KeyView]:
        """F8, F5 where trying again helps, Esc."""
        again = [named_key(name_of("again"), tr("Try the card again"))] if self._refusal is None else []
        cash = [] if self._paid else [named_key(name_of("settle"), tr("Take cash"), following=True)]
        return [*cash, *again, named_key("Esc", tr("Back"))]


class DoubtMode(Mode):
    """The outcome is not known: once, did the goods go out; cash against the doubt; look again; or leave it beside the work."""

    decides = True

    def __init__(self, till: Cashier, state: DoubtOpen) -> None:
        super().__init__(till)
        self._state = state
        till.say("attention", self._title)

    @property
    def _title(self) -> str:
        return tr("Nothing was charged") if self._not_done else tr("The outcome is not known")

    @property
    def _not_done(self) -> bool:
        return isinstance(self._state.finding, NeverHappened)

    def _words(self, *, offline: bool) -> tuple[str, str]:
        """Return that the money is safe, and what happens next."""
        if self._not_done:
            return tr("The money is safe: neither card nor account paid."), tr("What was handed over unpaid is booked as owed to the shop.")
        how = tr("Put the same card in again and it resolves.") if offline else tr("The centre is asked again by itself.")
        return tr("The money is safe: it settles at most once, and is booked or undone as soon as it is known."), how

    def type(self, text: str) -> None:
        """Take a digit of the choices."""
        choices = {"1": Answer.GOODS_OUT, "2": Answer.GOODS_KEPT} if self._state.doubt.goods_released is None else {}
        if text in choices:
            answer(self.till, choices[text])
        elif text == "3" and self._cash_possible:
            # Cash is money: it is shown, typed and taken by F8 like any other.
            self.till.enter(TenderMode(self.till, self._cash_fen, self._take_cash, own=True, leave=lambda: self.till.enter(self)))

    def _take_cash(self, received_fen: int) -> None:
        answer(self.till, Answer.CASH_AGAINST_DOUBT, received_fen)

    @property
    def _cash_fen(self) -> int:
        return self._state.doubt.intent.bill.cash_total_fen

    def press(self, action: str) -> None:
        """F5 looks again."""
        if action == "again" and self._state.finding is None:
            answer(self.till, Answer.AGAIN)

    def escape(self) -> None:
        """Leave it beside the work: it stays listed."""
        answer(self.till, Answer.LEAVE)

    @property
    def _cash_possible(self) -> bool:
        return not isinstance(self._state.finding, Happened) and not self._state.doubt.cash_taken_fen

    @property
    def panel(self) -> Panel:
        """What is known and what can be said."""

        def paint(columns: int, height: int) -> list[Row]:
            del height
            doubt = self._state.doubt
            rows = [row(""), row(Span(f"  {self._title}  {format_yuan(doubt.intent.bill.total_fen)}", "attention")), row("")]
            words, how = self._words(offline=doubt.intent.card is not None)
            rows += [row(Span(f"  {line}", "ok")) for line in folded(words, columns - 4)]
            rows += [*(row(Span(f"  {line}", "dim")) for line in folded(how, columns - 4)), row("")]
            wares = self.till.home.wares
            if doubt.goods_released is None:
                rows += [
                    row(Span("  1 ", "key"), Span(f" {wares.went_out}")),
                    row(Span("  2 ", "key"), Span(f" {wares.still_here}")),
                ]
            else:
                said = wares.went_out if doubt.goods_released else wares.still_here
                rows.append(row(Span(f"  {said}", "dim")))
            if self._cash_possible:
                rows.append(row(Span("  3 ", "key"), Span(f" {tr('Take cash against the doubt')} {format_yuan(self._cash_fen)}")))
            elif doubt.cash_taken_fen:
                rows.append(row(Span(f"  {tr('Cash taken against the doubt')} {format_yuan(doubt.cash_taken_fen)}", "cash")))
            return rows

        return paint

    @property
    def keys(self) -> list[KeyView]:
        """The choices that are left."""
        again = [named_key(name_of("again"), tr("Look again"), following=True)] if self._state.finding is None else []
        left = ("1 2" if self._state.doubt.goods_released is None else "", "3" if self._cash_possible else "")
        answers = [named_key(" ".join(filter(None, left)), tr("Answer"))] if any(left) else []
        return [*answers, *again, named_key("Esc", tr("Leave it listed"))]


class NotBookedMode(Mode):
    """The journal refuses a write: nothing else goes on before it does not."""

    def __init__(self, till: Cashier, refusal: Refusal) -> None:
        super().__init__(till)
        self._refusal = refusal
        till.refuse(refusal)

    def press(self, action: str) -> None:
        """F5 tries again."""
        if action == "again":
            answer(self.till, Answer.AGAIN)

    def escape(self) -> None:
        """Stay: what has moved must be booked."""

    @property
    def panel(self) -> Panel:
        """The four sentences."""

        def paint(columns: int, height: int) -> list[Row]:
            del height
            said = self._refusal.phrase.say(language(), self._refusal.details)
            rows = [row("")]
            for text, role in ((said.happened, "fault"), (said.money, "ok"), (said.do, "strong"), (said.avoid, "attention")):
                rows += [*(row(Span(f"  {line}", role)) for line in folded(literal(text), columns - 4)), row("")]
            return rows

        return paint

    @property
    def keys(self) -> list[KeyView]:
        """Again."""
        return [named_key(name_of("again"), tr("Try again"), following=True)]


def undone(till: Cashier, state: reversal.State) -> None:
    """Show how a void ended; one that was dropped for want of card or PIN was told why."""
    match state:
        case reversal.Voided():
            back = state.cash_back_fen
            words = (
                tr("Voided. Give back {amount} in cash").format(amount=format_yuan(back)) if back else tr("Voided: the account has it back")
            )
            till.say("ok", words)
        case reversal.Waiting():
            till.say("attention", tr("The void waits for its sale and goes up right after it"))
        case reversal.InDoubt():
            till.say("attention", tr("The void was sent and its answer is not known: it is asked again by itself"))
        case reversal.NotVoided():
            till.refuse(state.refusal)
        case _ if till.message[0] != "fault":
            till.say("dim", tr("Not voided"))
    till.back()
