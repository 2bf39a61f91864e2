"""Panels to read: why an amount is what it is, and the account of the person whose card is in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from settlement.bill import Split
from settlement.errors import OperatorError, Refusal
from settlement.reasons import ARITHMETIC
from settlement.sentences import sentence_of_line, sentences_of
from terminal.screen.cashier.mode import Mode, named_key
from terminal.screen.cashier.view import KeyView, Panel
from terminal.screen.literal import folded, literal, width
from terminal.screen.paint import Row, Span, pair, row, sentence
from terminal.screen.words import language, tr, trn

if TYPE_CHECKING:
    from terminal.screen.cashier.model import Cashier


_LABEL_LEAST = 10


class ReadingMode(Mode):
    """Rows that may be more than the pane: ↑↓ move through them."""

    title = ""

    def __init__(self, till: Cashier) -> None:
        super().__init__(till)
        self._first = 0

    def rows(self, columns: int) -> list[Row]:
        """Return all rows."""
        raise NotImplementedError

    def move(self, step: int) -> None:
        """Scroll."""
        self._first = max(self._first + step, 0)

    def leave(self) -> None:
        """Go back to what was there before."""
        self.till.back()

    def enter(self) -> None:
        """Read enough."""
        self.leave()

    def escape(self) -> None:
        """Leave."""
        self.leave()

    def press(self, action: str) -> None:
        """Close by the key that opened it; others act on what was there before."""
        self.leave()
        if action not in {"why", "account"}:
            self.till.mode.press(action)

    @property
    def panel(self) -> Panel:
        """The rows from where the cashier has scrolled to."""

        def paint(columns: int, height: int) -> list[Row]:
            rows = self.rows(columns - 2)
            self._first = min(self._first, max(len(rows) - (height - 2), 0))
            shown = rows[self._first : self._first + height - 2]
            below = len(rows) - self._first - len(shown)
            hint = (
                [Span("  "), Span(trn("{n} more row below", "{n} more rows below", below).format(n=below), "notice")] if below > 0 else []
            )
            return [row(Span(f" {self.title}", "title"), *hint), row(""), *(Row((Span(" "), *line.spans)) for line in shown)]

        return paint

    @property
    def keys(self) -> list[KeyView]:
        """How to read and leave."""
        return [named_key(tr("Up/Down"), tr("Scroll")), named_key("Esc", tr("Back"), following=True)]


class WhyMode(ReadingMode):
    """F1: the words of what did not go, or the steps by which the focused line and the bill came to their amounts."""

    def __init__(self, till: Cashier, under: Mode | None = None) -> None:
        """``under``: what goes on afterwards; the bill without one."""
        super().__init__(till)
        self._under = under

    @property
    def title(self) -> str:  # type: ignore[override]
        """What is explained."""
        return tr("Why")

    def rows(self, columns: int) -> list[Row]:
        """Return the explanation."""
        words = self.till.last_words
        rows = _words(words, columns) if words is not None else []
        split = self.till.split
        if isinstance(split, Split):
            rows += _steps(self.till, split, columns)
        if not rows:
            rows = [
                row(Span(line, "dim")) for line in folded(tr("With a card in and the line up, this shows each step of the split."), columns)
            ]
        return rows

    def escape(self) -> None:
        """Leave; what was explained is read."""
        self.till.last_words = None
        super().escape()

    def leave(self) -> None:
        """Go back, to the papers too."""
        if self._under is not None:
            self.till.enter(self._under)
        else:
            super().leave()


def _words(words: OperatorError | Refusal, columns: int) -> list[Row]:
    said = words.phrase.say(language(), words.details)
    parts = (
        (tr("What happened"), said.happened, "attention"),
        (tr("The money"), said.money, "ok"),
        (tr("Do"), said.do, "strong"),
        (tr("Do not"), said.avoid, "fault"),
    )
    rows = []
    for label, text, role in parts:
        rows += [row(Span(label, "dim")), *(row(Span(f"  {line}", role)) for line in folded(literal(text), columns - 2))]
    return [*rows, row(Span(words.code, "dim")), row("")]


def _sentences(till: Cashier, split: Split, columns: int) -> list[Row]:
    """Return why in plain sentences: the line in focus, what the funds pay, what the person pays; and what of the rules is not sure."""
    said = list(sentences_of(split))
    focused = till.bill.lines[till.focus].sn if not till.bill.empty else ""
    said[:0] = [sentence_of_line(cut, _name(till, focused)) for cut in split.cuts if cut.feedetl_sn == focused]
    rows: list[Row] = []
    for zh, en in said:
        rows += [row(Span(line, "strong")) for line in folded(literal(zh if language() == "zh" else en), columns)]
    if split.warnings:
        text = tr("Not confirmed, marked ? below: {n} of the values of pack {pack}").format(n=len(split.warnings), pack=split.pack)
        rows += [row(Span(line, "attention")) for line in folded(literal(f"? {text}"), columns)]
    return [*rows, row("")]


def _name(till: Cashier, focused: str) -> str:
    return next(line.goods.name for line in till.bill.lines if line.sn == focused)


def _steps(till: Cashier, split: Split, columns: int) -> list[Row]:
    rows = _sentences(till, split, columns)
    focused = f"[{till.bill.lines[till.focus].sn}]" if not till.bill.empty else ""
    of_line = [step for step in split.steps if focused and step.name.endswith(focused)]
    of_bill = [step for step in split.steps if "[" not in step.name or step.name.startswith("account.")]
    for step in (*of_line, *of_bill):
        words = step.zh if language() == "zh" else step.en
        rows += sentence(Span(words, "text"), Span(step.result, "strong"), columns)
        unsure = "" if step.status in {"confirmed", ARITHMETIC} else "? "
        rows += [row(Span(f"  {line}", "dim")) for line in folded(literal(f"{step.formula}  {unsure}{step.source}"), columns - 2)]
    return rows


def standing(word: str) -> str:
    """Return the screen's word for a standing of the fold."""
    words = {
        "pending": tr("pending"),
        "accepted": tr("accepted"),
        "provisional": tr("to upload"),
        "in doubt": tr("in doubt"),
        "rejected": tr("rejected"),
        "reversed": tr("voided"),
        "abandoned": tr("abandoned"),
        "cash": tr("cash slip"),
    }
    return words.get(word, word)


def labelled(label: str, value: str, role: str, columns: int) -> list[Row]:
    """Return a label and its value on one row; where one of them would be cut, such as beside a bill on hold, the value below in full."""
    named, figure = width(literal(label)), width(literal(value))
    if named + figure < columns:
        return [pair(Span(label, "dim" if value else "title"), Span(value, role), columns)]
    if named > columns and figure < columns - _LABEL_LEAST:
        return sentence(Span(label, "dim"), Span(value, role), columns)
    return [row(Span(label, "dim")), *(pair(Span(""), Span(line, role), columns) for line in folded(value, columns - 2))]
