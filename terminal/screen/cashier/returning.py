"""A part of a settlement comes back: which lines and how many, what that releases and settles anew, and the cash that goes back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from settlement.money import format_scaled, format_yuan, line_amount, parse_scaled
from terminal.screen.cashier.mode import EndMode, Mode, named_key
from terminal.screen.cashier.view import KeyView, Number, Panel
from terminal.screen.keys import name_of
from terminal.screen.literal import folded
from terminal.screen.orders import Agreed, GiveBack
from terminal.screen.paint import Column, Row, Span, row, table
from terminal.screen.return_news import Returnable, ReturnShown, SoldLine
from terminal.screen.scan import normal
from terminal.screen.words import tr

if TYPE_CHECKING:
    from terminal.screen.cashier.model import Cashier

_DIGITS_MOST = 4
_PLACES = 4
Movements = tuple[int, int, int, int]


class ReturnMode(Mode):
    """Enter marks a line, or as many of it as were typed; F8 has it priced; F8 again carries it out."""

    def __init__(self, till: Cashier, sold: Returnable) -> None:
        super().__init__(till)
        self._sold = sold
        self._back = dict(sold.returned)
        self._previewed = sold.previewed
        self._typed = ""
        self._focus = 0
        till.say("notice", tr("By the centre as it stands now") if sold.previewed else tr("What comes back?"))

    @property
    def following(self) -> str:  # type: ignore[override]
        """F8 once something is marked."""
        return "settle" if self._marked else ""

    @property
    def _line(self) -> SoldLine:
        return self._sold.lines[self._focus]

    @property
    def _marked(self) -> tuple[tuple[str, int], ...]:
        return tuple((line.sn, self._back[line.sn]) for line in self._sold.lines if self._back.get(line.sn))

    def move(self, step: int) -> None:
        """Another line."""
        self._focus = min(max(self._focus + step, 0), len(self._sold.lines) - 1)
        self._typed = ""

    def type(self, text: str) -> None:
        """Take how many come back."""
        digits = "".join(character for character in normal(text) if character.isascii() and character.isdigit())
        self._typed = (self._typed + digits)[:_DIGITS_MOST]

    def erase(self) -> None:
        """Take the last digit back."""
        self._typed = self._typed[:-1]

    def enter(self) -> None:
        """Mark as many as were typed, else the whole line, or none of it where it was marked."""
        line = self._line
        back_e4 = parse_scaled(self._typed, _PLACES) if self._typed else 0 if self._back.get(line.sn) else line.count_e4
        self._typed = ""
        if back_e4 > line.count_e4:
            self.till.say("attention", tr("Only {count} were sold").format(count=_quantity(line.count_e4)))
            return
        if line.whole and 0 < back_e4 < line.count_e4:
            self.till.say("attention", tr("Boxes with a traceability code come back all or none"))
            return
        self._back[line.sn] = back_e4
        self._previewed = None
        self.till.say("notice", tr("What comes back?"))

    def press(self, action: str) -> None:
        """F8: price it, then carry it out."""
        if action != "settle" or not self._marked:
            return
        if all(self._back.get(line.sn) == line.count_e4 for line in self._sold.lines):
            self.till.say("attention", tr("All of it comes back: that is a void, F6"))
            return
        person, seen = self.till.person, self._previewed
        if seen is None:
            self.till.order(GiveBack(subject=self._sold.subject, returned=self._marked))
        elif person is None:
            self.till.say("attention", tr("put this person's card in first"))
        else:
            agreed = Agreed(movements=seen.kept, cash_due_fen=seen.kept_cash_fen, arrival=person.arrival)
            self.till.order(GiveBack(subject=self._sold.subject, returned=self._marked, agreed=agreed))

    @property
    def panel(self) -> Panel:
        """What was sold, how much of it comes back, and what that comes to once it is priced."""

        def paint(columns: int, height: int) -> list[Row]:
            head = [row(Span(f" {tr('Return a part of {number}').format(number=self._sold.subject[-6:])}", "title")), row("")]
            foot = self._amounts(columns)
            room = max(height - len(head) - len(foot) - 1, 1)
            first = max(min(self._focus - room + 1, len(self._sold.lines) - room), 0)
            heads = (
                Column(tr("Goods"), grows=True),
                Column(tr("Sold"), align="right"),
                Column(tr("Comes back"), align="right"),
                Column(tr("Amount"), align="right"),
            )
            lines = table(heads, [self._cells(line) for line in self._sold.lines[first : first + room]], columns - 2)
            rows = [Row((Span(" "), *line.spans, Span(" "))) for line in lines]
            return [*head, *(one.marked if place and place - 1 + first == self._focus else one for place, one in enumerate(rows)), *foot]

        return paint

    def _cells(self, line: SoldLine) -> list[Span]:
        back_e4 = self._back.get(line.sn, 0)
        role = "attention" if back_e4 else "dim"
        return [
            Span(line.name, "strong" if back_e4 else "text"),
            Span(_quantity(line.count_e4), "text"),
            Span(_quantity(back_e4) if back_e4 else "", role),
            Span(format_yuan(line_amount(back_e4, line.price_e6)) if back_e4 else "", role),
        ]

    def _amounts(self, columns: int) -> list[Row]:
        seen = self._previewed
        if seen is None:
            words = tr("The whole settlement is released and what is kept is settled anew. F8 shows what that comes to.")
            return [row(""), *(row(Span(f"  {line}", "dim")) for line in folded(words, columns - 4))]
        return [row(""), *_compared((seen.released, seen.released_cash_fen), (seen.kept, seen.kept_cash_fen), columns)]

    @property
    def prompt(self) -> tuple[Span, ...]:
        """How many, while it is typed."""
        hint = "" if self._typed else f" {tr('all of the line')}"
        return Span(f"{tr('How many come back')} ", "attention"), Span(self._typed, "strong"), Span(" ", "caret"), Span(hint, "dim")

    @property
    def number(self) -> Number | None:
        """The cash that goes back, or is still due."""
        seen = self._previewed
        return None if seen is None else net_number(seen.released_cash_fen - seen.kept_cash_fen)

    @property
    def keys(self) -> list[KeyView]:
        """Mark, price or carry out, leave."""
        settle = tr("Return it") if self._previewed else tr("What it comes to")
        return [
            named_key("Enter", tr("Mark"), following=not self._marked),
            named_key(tr("0-9"), tr("How many")),
            named_key(name_of("settle"), settle, following=bool(self._marked)),
            named_key("Esc", tr("Back")),
        ]


class ReturnedMode(EndMode):
    """It is returned: what changes hands stays in sight until somebody goes on."""

    def __init__(self, till: Cashier, shown: ReturnShown) -> None:
        super().__init__(till)
        self._shown = shown

    @property
    def panel(self) -> Panel:
        """What was released, and what became of the rest."""

        def paint(columns: int, height: int) -> list[Row]:
            del height
            shown = self._shown
            title = {
                "resold": tr("Returned; what is kept is settled anew"),
                "cash": tr("Returned; what is kept was paid in cash"),
                "full": tr("All of it was released: nothing is kept, or its cash is outstanding"),
            }[shown.ended]
            rows = [row(""), *(row(Span(f"  {line}", "ok")) for line in folded(title, columns - 4)), row("")]
            rows += _compared((shown.released, shown.released_cash_fen), (shown.kept, shown.kept_cash_fen), columns)
            numbers = ((tr("Void"), shown.void), (tr("Number"), shown.sale))
            return [*rows, row(""), *(row(Span(f"  {label} ", "dim"), Span(value)) for label, value in numbers if value)]

        return paint

    @property
    def number(self) -> Number:
        """The cash that goes back."""
        return net_number(self._shown.released_cash_fen - self._shown.kept_cash_fen)

    @property
    def keys(self) -> list[KeyView]:
        """Next customer."""
        return [named_key("Enter", tr("Next"), following=True)]


def net_number(back_fen: int) -> Number:
    """Return the huge number of cash that goes back; below zero, that is still due."""
    if back_fen < 0:
        return Number(label=tr("Cash due (yuan)"), amount=format_yuan(-back_fen), role="huge_cash", frame="frame_cash")
    return Number(label=tr("Give back (yuan)"), amount=format_yuan(back_fen), role="huge_ok", frame="frame_ok")


def ended(till: Cashier, said: ReturnShown) -> None:
    """Show how far a return came."""
    if said.ended in {"resold", "cash", "full"}:
        back_fen = said.released_cash_fen - said.kept_cash_fen
        till.say("ok", tr("Give back {amount} in cash").format(amount=format_yuan(back_fen)) if back_fen > 0 else tr("Returned"))
        till.enter(ReturnedMode(till, said))
        return
    if said.ended == "open":
        till.say("attention", tr("The return is not over: it is listed, F5 goes on with it"))
    elif till.message[0] not in {"fault", "attention"}:
        till.say("dim", tr("Nothing was returned"))
    till.back()


def _compared(released: tuple[Movements, int], kept: tuple[Movements, int], columns: int) -> list[Row]:
    """Return the amounts of both settlements beside each other."""
    (_, *gone), (_, *stays) = released[0], kept[0]
    heads = (
        Column("", grows=True),
        Column(tr("Pooled fund"), align="right"),
        Column(tr("Account"), align="right"),
        Column(tr("Cash"), align="right"),
    )
    cells = [
        [Span(label, "dim"), *(Span(format_yuan(fen), role) for fen in (*amounts[:2], cash_fen))]
        for label, amounts, cash_fen, role in (
            (tr("Released"), gone, released[1], "attention"),
            (tr("Settled anew"), stays, kept[1], "strong"),
        )
    ]
    return [Row((Span("  "), *line.spans)) for line in table(heads, cells, columns - 4)]


def _quantity(count_e4: int) -> str:
    return format_scaled(count_e4, _PLACES).rstrip("0").rstrip(".")
