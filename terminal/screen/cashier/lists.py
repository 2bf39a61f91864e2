"""Lists to choose from: what of today may be voided, the bills that are held, and what stands open beside the work."""

from __future__ import annotations

from typing import TYPE_CHECKING

from settlement.money import format_yuan
from terminal.screen import news
from terminal.screen.cashier.agreeing import AgreeMode
from terminal.screen.cashier.mode import Mode, named_key
from terminal.screen.cashier.picking import PickMode
from terminal.screen.cashier.resolving import ResolverMode
from terminal.screen.cashier.slips import LONGEST, SlipsMode, digits_of
from terminal.screen.cashier.view import KeyView
from terminal.screen.keys import name_of
from terminal.screen.list_news import Paged, PickRow
from terminal.screen.orders import ListLines, ListSlips, ListVoids, LookAgain, ReadCard, Recall, Void
from terminal.screen.paint import Row, Span, row
from terminal.screen.words import tr

if TYPE_CHECKING:
    from terminal.screen.cashier.model import Cashier

_REASONS = 5


def mode_of(till: Cashier, paged: Paged) -> Mode:
    """Return the mode of a list."""
    match paged.what:
        case "voids":
            return VoidsMode(till, paged.rows, paged.wanted)
        case "slips":
            return SlipsMode(till, paged.rows, paged.wanted)
        case "holds":
            return HoldsMode(till, paged.rows)


class VoidsMode(PickMode):
    """F6: Enter takes the sale, a digit the reason, F8 voids. A typed number, and Enter, finds one of any day.

    R returns a part of the highlighted one, P goes to the slips.
    """

    parts = True
    """Whether a part of one may come back."""

    def __init__(self, till: Cashier, rows: tuple[PickRow, ...], wanted: str = "") -> None:
        super().__init__(till, rows)
        self.title = tr("Void {number}").format(number=wanted) if wanted else tr("Void a settlement of today")
        self.nothing = tr("No settlement has that number.") if wanted else tr("Nothing was settled today.")
        self._typed = ""
        self._taken = False
        self._reason = 0

    @property
    def following(self) -> str:  # type: ignore[override]
        """F8 once a reason is given."""
        return "settle" if self._reason else ""

    def move(self, step: int) -> None:
        """Another sale: its reason is asked anew."""
        super().move(step)
        self._taken, self._reason = False, 0

    def enter(self) -> None:
        """Find the number, or take the highlighted sale."""
        if self._typed:
            self.till.order(ListVoids(self._typed))
            return
        chosen = self.chosen
        if chosen is None:
            return
        if chosen.why_not:
            self.till.say("attention", self.notes(chosen))
            return
        self._taken = True

    def type(self, text: str) -> None:
        """Take the reason, a digit of the number, or go to the slips."""
        if text.lower() == "p":
            self.till.order(ListSlips())
        elif text.lower() == "r" and self.parts and self.chosen is not None:
            self._part(self.chosen)
        elif not self._taken:
            self._typed = (self._typed + digits_of(text))[:LONGEST]
        elif text.isascii() and text.isdigit() and 1 <= int(text) <= _REASONS:
            self._reason = int(text)

    def _part(self, chosen: PickRow) -> None:
        if chosen.why_not:
            self.till.say("attention", self.notes(chosen))
        else:
            self.till.order(ListLines(chosen.key))

    def erase(self) -> None:
        """Take the number's last digit back."""
        self._typed = self._typed[:-1]

    @property
    def prompt(self) -> tuple[Span, ...]:
        """The number, while one is typed."""
        return (Span(f"{tr('Number')} ", "attention"), Span(self._typed, "strong"), Span(" ", "caret")) if self._typed else super().prompt

    def press(self, action: str) -> None:
        """F8 voids."""
        chosen = self.chosen
        if action == "settle" and chosen is not None and self._reason:
            # What was said before is not why this one comes to nothing.
            self.till.say("dim", "")
            self.till.order(Void(chosen.key, self._reason))
        elif action == "void":
            self.till.back()

    def notes(self, entry: PickRow) -> str:
        """Return why a sale cannot be voided now."""
        words = {
            "reversed": tr("voided, or being voided"),
            "unanswered": tr("its figures are not agreed to: F5 asks"),
            "other-person": tr("put this person's card in first"),
        }
        return words.get(entry.why_not, "")

    def foot(self) -> list[Row]:
        """Return the reasons, once a sale is taken."""
        if not self._taken:
            return []
        rows = [row(""), row(Span(f"  {tr('Reason')}", "title"))]
        for number, reason in enumerate(self.reasons, 1):
            chosen = number == self._reason
            mark = ">" if chosen else " "
            rows.append(
                row(Span(f"{mark} {number} ", "key_next" if chosen else "key"), Span(f" {reason}", "attention" if chosen else "text"))
            )
        return rows

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why a sale is voided, in the order of their digits."""
        return tr("customer returns"), tr("wrong goods"), tr("wrong quantity or price"), tr("wrong person"), tr("other")

    @property
    def keys(self) -> list[KeyView]:
        """Take, reason, void."""
        return [
            named_key("Enter", tr("Take"), following=not self._taken),
            named_key("1-5", tr("Reason"), following=self._taken and not self._reason),
            named_key(name_of("settle"), tr("Void"), following=bool(self.following)),
            *([named_key("R", tr("Part"))] if self.parts else []),
            named_key("P", tr("Slips")),
            named_key("Esc", tr("Back")),
        ]


class HoldsMode(PickMode):
    """F7 with several bills held: Enter recalls the highlighted one."""

    def __init__(self, till: Cashier, rows: tuple[PickRow, ...]) -> None:
        super().__init__(till, rows)
        self.title = tr("Bills on hold")
        self.nothing = tr("No bill is on hold.")

    def enter(self) -> None:
        """Recall."""
        if self.chosen is not None:
            self.till.order(Recall(self.chosen.key))

    def press(self, action: str) -> None:
        """F7 closes the list."""
        if action == "hold":
            self.till.back()

    @property
    def keys(self) -> list[KeyView]:
        """Recall or back."""
        return [named_key("Enter", tr("Recall"), following=True), named_key("Esc", tr("Back"))]


class OpenMode(PickMode):
    """F5 with something open beside the work: Enter opens the highlighted one, F5 again reads the card and has the sender try."""

    def __init__(self, till: Cashier) -> None:
        super().__init__(till)
        self.title = tr("Open beside the work")
        self.nothing = tr("Nothing is open.")

    @property
    def rows(self) -> tuple[PickRow, ...]:
        """What is open now, oldest first: one that resolves meanwhile is gone."""
        status = self.till.status
        doubts = [PickRow(key=one.subject, at=one.at, words=self._waits_for(one), amount_fen=one.amount_fen) for one in status.doubts]
        yes = tr("the customer's yes or no")
        differ = [PickRow(key=one.subject, at=one.at, words=yes, amount_fen=one.amount_fen) for one in status.differences]
        goes_on = tr("the return goes on")
        begun = [PickRow(key=one.subject, at=one.at, words=goes_on, amount_fen=one.amount_fen) for one in status.returns]
        closes = tr("what became of it")
        stated = [PickRow(key=one.subject, at=one.at, words=closes, amount_fen=one.amount_fen) for one in status.centre_differs]
        return tuple(sorted((*doubts, *differ, *begun, *stated), key=lambda entry: entry.at))

    @property
    def heading(self) -> str:
        """What each of them waits for."""
        return tr("Waits for")

    def enter(self) -> None:
        """Look at it again, or ask."""
        chosen = self.chosen
        if chosen is None:
            return
        differs = next((one for one in self.till.status.centre_differs if one.subject == chosen.key), None)
        if differs is not None:
            self.till.enter(AgreeMode(self.till, differs, self))
        else:
            self.till.order(LookAgain(chosen.key))

    def press(self, action: str) -> None:
        """F5 goes on to the card and the sender, F1 says what may be done."""
        if action == "again":
            self.till.order(ReadCard())
        elif action == "why" and self._doubt is not None:
            self.till.enter(ResolverMode(self.till, self._doubt, self))

    def foot(self) -> list[Row]:
        """Return what was said of the highlighted doubt: its goods, and cash that was taken."""
        doubt = self._doubt
        if doubt is None:
            return []
        wares = self.till.home.wares
        released = {True: wares.went_out, False: wares.still_here, None: ""}[doubt.goods_released]
        taken_fen = doubt.cash_taken_fen
        cash = f"{tr('Cash taken against the doubt')} {format_yuan(taken_fen)}" if taken_fen else ""
        said = [row(Span(f"  {words}", role)) for words, role in ((released, "dim"), (cash, "cash")) if words]
        return [row(""), *said] if said else []

    @property
    def keys(self) -> list[KeyView]:
        """Open, read again, or back."""
        return [
            named_key("Enter", tr("Open it"), following=bool(self.rows)),
            named_key(name_of("again"), tr("Read card, send now")),
            named_key(name_of("why"), tr("What to do")),
            named_key("Esc", tr("Back")),
        ]

    @property
    def _doubt(self) -> news.DoubtShown | None:
        """The highlighted one, where it is a doubt."""
        chosen = self.chosen
        return next((one for one in self.till.status.doubts if chosen is not None and one.subject == chosen.key), None)

    def _waits_for(self, doubt: news.DoubtShown) -> str:
        if doubt.found:
            return self.till.home.wares.did_go_out
        return tr("the same card") if doubt.offline else tr("the centre")
