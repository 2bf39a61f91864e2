"""What every view of the technician shares: labels, amounts, rows of groups that are never cut, the key bar. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from settlement.money import format_yuan
from terminal.screen.glyphs import Glyphs
from terminal.screen.literal import fit, folded, literal, width
from terminal.screen.paint import Row, Span, spread
from terminal.screen.words import tr

WIDE, WIDER = 96, 116
Group = list[Span]


class Key(NamedTuple):
    """A key of the bar."""

    name: str
    label: str
    following: bool = False
    """Whether it is the next step."""


class Mark(NamedTuple):
    """How a standing looks: shape, colour and word say the same."""

    shape: str
    role: str
    word: str


def kind_words() -> dict[str, str]:
    """Return what a row may be, by its kind."""
    return {
        "sale": tr("Sale"),
        "void": tr("Void"),
        "cash": tr("Cash slip"),
        "refresh": tr("Allowance"),
        "pin": tr("PIN"),
        "day_closed": tr("Day close"),
        "day_reopened": tr("Reopened"),
        "return_intended": tr("Return"),
        "bill_held": tr("Held bill"),
        "restored": tr("Restored"),
        "day_stated": tr("Statement"),
        "difference_found": tr("Mismatch"),
        "stray_found": tr("Stray"),
    }


def kind_word(kind: str) -> str:
    """Return what a row is."""
    return kind_words().get(kind, literal(kind))


def standing_marks(glyphs: Glyphs) -> dict[str, Mark]:
    """Return how standings are shown."""
    return {
        "accepted": Mark(glyphs.ok, "ok", tr("Accepted")),
        "provisional": Mark(glyphs.attention, "attention", tr("To upload")),
        "pending": Mark(glyphs.unknown, "notice", tr("Under way")),
        "in doubt": Mark(glyphs.unknown, "attention", tr("In doubt")),
        "rejected": Mark(glyphs.fault, "fault", tr("Rejected")),
        "reversed": Mark(glyphs.dot, "dim", tr("Voided")),
        "abandoned": Mark(glyphs.dot, "dim", tr("Given up")),
        "cash": Mark(glyphs.dot, "text", tr("Cash")),
        "refreshed": Mark(glyphs.ok, "dim", tr("Refreshed")),
        "pin": Mark(glyphs.dot, "dim", tr("No money")),
        "return": Mark(glyphs.dot, "dim", tr("Returned")),
        "stated": Mark(glyphs.dot, "dim", tr("Stated")),
        "differs": Mark(glyphs.attention, "attention", tr("To close")),
        "closed by hand": Mark(glyphs.dot, "dim", tr("By hand")),
        "restored": Mark(glyphs.dot, "dim", tr("Restored")),
        "held": Mark(glyphs.dot, "notice", tr("Put aside")),
        "day closed": Mark(glyphs.ok, "dim", tr("Closed")),
    }


def standing_mark(standing: str, glyphs: Glyphs) -> Mark:
    """Return how a standing is shown."""
    return standing_marks(glyphs).get(standing, Mark(glyphs.dot, "dim", literal(standing)))


def within(text: str, columns: int) -> str:
    """Return foreign text, its end dropped where it is wider than ``columns``."""
    shown = literal(text)
    return shown if width(shown) <= columns else fit(shown, columns)


def labelled(label: str, value: str, role: str = "text") -> Group:
    """Return a label and its value, which stay together."""
    return [Span(f"{label} ", "dim"), Span(literal(value), role)]


def amount(label: str, fen: int, role: str = "strong") -> Group:
    """Return a label and its amount in yuan."""
    return labelled(label, format_yuan(fen), role)


def flow(groups: Iterable[Group], columns: int, *, gap: int = 2, indent: int = 0, back: str = "ground") -> list[Row]:
    """Return the groups on as many rows as they need. A group is whole on one row, unless it alone is wider: then it is folded."""
    rows: list[list[Span]] = []
    used = columns
    for group in groups:
        needed = sum(width(span.text) for span in group)
        if needed > columns - indent:
            rows += [[Span(" " * indent), Span(part, group[-1].role)] for part in folded("".join(s.text for s in group), columns - indent)]
            used = columns
        elif used + gap + needed > columns:
            rows.append([Span(" " * indent), *group])
            used = indent + needed
        else:
            rows[-1] += [Span(" " * gap), *group]
            used += gap + needed
    return [Row(tuple(spans), back) for spans in rows]


def prose(text: str, columns: int, *, indent: int = 0, role: str = "text") -> list[Row]:
    """Return foreign words folded into rows."""
    return [Row((Span(" " * indent), Span(line, role))) for line in folded(literal(text), max(columns - indent, 2))]


def key_bar(keys: Sequence[Key], columns: int) -> Row:
    """Return the keys. Narrow terminals lose the gaps, then the words of the last, never a key."""
    spans: list[Span] = []
    for gap, between in ((" ", "  "), ("", " "), ("", "")):
        spans = []
        for key in keys:
            spans += [Span(f"{gap}{key.name}{gap}", "key_next" if key.following else "key"), Span(f"{gap}{key.label}{between}")]
        if sum(width(span.text) for span in spans) <= columns:
            break
    return spread(spans, [], columns)


def header(title: str, about: Sequence[Span], end: Sequence[Span], columns: int) -> Row:
    """Return the first row: that nothing here writes, where one is, and what the log holds."""
    left = [Span(f" {tr('Technician')} ", "chip"), Span(f" {title} ", "strong"), *about]
    return spread(left, [*end, Span(f" {tr('read-only')} ", "dim")], columns, "raised")
