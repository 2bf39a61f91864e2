"""The log as rows: a table, the row under the cursor in full, the sums of its days. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from offline_queue.log.entry import DayTotals, Filter, LogEntry
from settlement.errors import Language
from settlement.money import format_yuan
from terminal.screen.glyphs import Glyphs
from terminal.screen.literal import fit, literal, right, width
from terminal.screen.paint import Row, Span, spread
from terminal.screen.technician.code_words import code_word
from terminal.screen.technician.frame import (
    WIDE,
    WIDER,
    Group,
    amount,
    flow,
    kind_word,
    kind_words,
    labelled,
    prose,
    standing_mark,
    standing_marks,
    within,
)
from terminal.screen.words import language, tr

_AMOUNT_MIN = 8
_PERSON_WIDE, _PERSON_MIN, _WORDS_MIN = 16, 8, 12
_FOUND_MAX = 30
_SECONDS, _MINUTES = 14, 11
"""Columns of a time with and without its seconds."""
_CELLS_SPLIT = 12
"""Cells of a row that shows all four amounts."""
_MONEY_KINDS = {"sale", "void", "cash"}
_DETAIL_ROWS = 4


@dataclass(slots=True, kw_only=True)
class LogView:
    """What is shown beside the rows themselves."""

    wanted: Filter = field(default_factory=Filter)
    query: str = ""
    """What is being typed."""
    found: str = ""
    """The number whose rows are shown; empty when the whole log is."""
    note: tuple[str, str] = ("", "dim")
    """A sentence about what was asked last, and its role."""
    totals: DayTotals | None = None
    totals_days: tuple[int, int] = (0, 0)


def day_text(day: int, *, year: bool = True) -> str:
    """Return yyyymmdd as a person writes it."""
    text = f"{day // 100 % 100:02d}-{day % 100:02d}"
    return f"{day // 10_000}-{text}" if year else text


def find_line(view: LogView, columns: int) -> Row:
    """Return the line that takes what is typed, and the filters in force."""
    if view.query:
        typed: list[Span] = [Span(literal(view.query), "strong"), Span(" ", "caret")]
    elif view.note[0]:
        typed = [Span(" ", "caret"), Span(f" {literal(view.note[0])}", view.note[1])]
    else:
        typed = [Span(" ", "caret"), Span(f" {tr('last six digits, receipt, day 3-2..3-9, amount 10.00..20')}", "dim")]
    return spread([Span(f" {tr('Find')} ", "title"), *typed], [*_chips(view), Span(" ")], columns)


def _chips(view: LogView) -> list[Span]:
    wanted, chips = view.wanted, []
    if view.found:
        chips.append(within(view.found, _FOUND_MAX))
    if wanted.by_day:
        first, last = wanted.first_day, wanted.last_day
        chips.append(day_text(first) if first == last else f"{day_text(first)}..{day_text(last, year=False)}")
    if wanted.group != "all":
        chips.append(group_word(wanted.group))
    if wanted.kind:
        chips.append(kind_word(wanted.kind))
    if wanted.offline:
        chips.append(tr("Off-line"))
    if wanted.by_amount:
        least, most = ("" if fen is None else format_yuan(fen) for fen in (wanted.least_fen, wanted.most_fen))
        chips.append(f"￥{least}" if least == most else f"￥{least}..{most}")
    return [span for chip in chips for span in (Span(" "), Span(f" {chip} ", "key_next"))]


def group_word(group: str) -> str:
    """Return the name of a group."""
    words = {"owed": tr("To upload"), "doubt": tr("In doubt"), "rejected": tr("Rejected"), "voided": tr("Voided")}
    return words.get(group, tr("All"))


# --- the table -------------------------------------------------------------------------------------------


Places = tuple[tuple[int, str], ...]
"""(columns, side) of each cell; a cell of no columns is left out."""


def table(entries: Sequence[LogEntry], cursor: int, columns: int, glyphs: Glyphs) -> list[Row]:
    """Return the heading and one row an entry, ``cursor`` on its ground.

    Amounts get what they need. What the others leave is the person's; on a wide screen the centre's words take the rest.
    """
    names, places = _laid(entries, columns, glyphs, split=columns >= WIDE)
    if places[4][0] < _PERSON_MIN:
        # Amounts of millions: two of them say enough, the row under the cursor says all.
        names, places = _laid(entries, columns, glyphs, split=False)
    titles = (tr("Time"), tr("Number"), tr("Receipt"), tr("Kind"), tr("Person"), *names, "", tr("Standing"), tr("Centre says"))
    rows = [_line([Span(title, "dim") for title in titles], places)]
    for index, entry in enumerate(entries):
        made = _row(entry, places, glyphs, language())
        rows.append(made.on("cursor") if index == cursor else made)
    return rows


def _laid(entries: Sequence[LogEntry], columns: int, glyphs: Glyphs, *, split: bool) -> tuple[tuple[str, ...], Places]:
    """Return the titles of the amounts and where the cells stand."""
    names = (tr("Total"), *((tr("Fund"), tr("Account")) if split else ()), tr("Cash"))
    amounts = [_amounts(entry, split=split) for entry in entries]
    needed = [max(_AMOUNT_MIN, width(name), *(len(line[index]) for line in amounts)) for index, name in enumerate(names)]
    return names, _places(tuple(needed), columns, glyphs, language())


@lru_cache(maxsize=64)
def _places(amounts: tuple[int, ...], columns: int, glyphs: Glyphs, spoken: Language) -> Places:
    del spoken  # whose words were measured is part of what is kept
    kinds = max(width(word) for word in kind_words().values())
    standings = max(width(f"{mark.shape} {mark.word}") for mark in standing_marks(glyphs).values())
    fixed = [(_SECONDS if columns >= WIDER else _MINUTES, ""), (6, ""), (max(6, width(tr("Receipt"))), "right"), (kinds, "")]
    behind = [*((wide, "right") for wide in amounts), (width(tr("off")), ""), (standings, "")]
    room = columns - sum(wide for wide, _ in (*fixed, *behind)) - len(fixed) - len(behind)
    person = room if room < _PERSON_WIDE + _WORDS_MIN else _PERSON_WIDE
    return (*fixed, (person, ""), *behind, (room - person - 1, ""))


@lru_cache(maxsize=1024)
def _row(entry: LogEntry, places: Places, glyphs: Glyphs, spoken: Language) -> Row:
    """Return an entry's row: kept, since moving the cursor shows nearly all of them again."""
    del spoken  # as above
    mark = standing_mark(entry.standing, glyphs)
    over = entry.standing in {"abandoned", "reversed"}
    role = "dim" if over else "text"
    split = len(places) == _CELLS_SPLIT
    roles = ("strong", "fund", "account", "cash") if split else ("strong", "cash")
    amounts = _amounts(entry, split=split)
    cells = [
        Span(entry.at[5 : 19 if places[0][0] == _SECONDS else 16], role),
        Span(entry.tail, "strong"),
        Span(f"{entry.number:06d}" if entry.number else "", role),
        Span(kind_word(entry.kind), role),
        Span(_who(entry, places[4][0]), role),
        *(Span(text, "dim" if over else part) for text, part in zip(amounts, roles, strict=True)),
        Span(tr("off") if entry.offline else "", "attention"),
        Span(f"{mark.shape} {mark.word}", mark.role),
        Span(literal(entry.words), "dim"),
    ]
    return _line(cells, places)


def _who(entry: LogEntry, columns: int) -> str:
    """Return person and card; the card goes whole where both are too wide, since half of its number reads as another card's."""
    both = f"{literal(entry.person)} {literal(entry.card)}".strip()
    return both if width(both) <= columns else literal(entry.person)


def _amounts(entry: LogEntry, *, split: bool) -> list[str]:
    parts = (entry.total_fen, entry.fund_fen, entry.account_fen, entry.cash_fen) if split else (entry.total_fen, entry.cash_fen)
    return [format_yuan(fen) if entry.kind in _MONEY_KINDS else "" for fen in parts]


def _line(cells: Sequence[Span], places: Places) -> Row:
    spans: list[Span] = []
    for cell, (columns, side) in zip(cells, places, strict=True):
        if columns <= 0:
            continue
        text = right(cell.text, columns) if side else fit(cell.text, columns)
        spans.append(Span(f" {text}" if spans else text, cell.role))
    return Row(tuple(spans))


# --- below the table -------------------------------------------------------------------------------------


def detail(entry: LogEntry, columns: int, glyphs: Glyphs) -> list[Row]:
    """Return the row under the cursor in full, on a height of its own that never changes; only the centre's words may be cut."""
    groups: list[Group] = [labelled(tr("Number"), entry.subject, "strong")]
    groups += [labelled(tr("Receipt"), entry.receipt)] if entry.receipt else []
    groups += [labelled(tr("Person"), f"{entry.person} {entry.card}".strip())] if entry.person else []
    if entry.kind in _MONEY_KINDS:
        groups += [amount(tr("Total"), entry.total_fen), amount(tr("Fund"), entry.fund_fen, "fund")]
        groups += [amount(tr("Account"), entry.account_fen, "account"), amount(tr("Cash"), entry.cash_fen, "cash")]
        groups += [amount(tr("outside the claim"), entry.outside_fen, "own")] if entry.outside_fen else []
    groups += [labelled(tr("Reason"), code_word(entry.reason))] if entry.reason else []
    groups += [labelled(tr("Belongs to"), entry.original[-6:])] if entry.original else []
    groups += [labelled(tr("Centre's number"), entry.setl_id)] if entry.setl_id else []
    groups += [labelled(tr("Tries"), str(entry.attempts))] if entry.attempts else []
    mark = standing_mark(entry.standing, glyphs)
    rows = flow([[Span(f"{mark.shape} {mark.word}", mark.role)], *groups], columns)
    if entry.words:
        rows += prose(entry.words, columns)
    return rows


def totals(view: LogView, columns: int) -> list[Row]:
    """Return the sums of the days that are shown."""
    sums = view.totals
    if sums is None or not view.totals_days[0]:
        return []
    first, last = view.totals_days
    days = day_text(first) if first == last else f"{day_text(first)}..{day_text(last, year=False)}"
    groups: list[Group] = [[Span(days, "title")], labelled(tr("Sales"), str(sums.sales))]
    groups += [labelled(tr("Voids"), str(sums.voids))] if sums.voids else []
    groups += [labelled(tr("Cash slips"), str(sums.slips))] if sums.slips else []
    groups += [labelled(tr("Off-line"), str(sums.offline))] if sums.offline else []
    groups += [labelled(tr("To upload"), str(sums.owed), "attention")] if sums.owed else []
    groups += [labelled(tr("In doubt"), str(sums.doubts), "attention")] if sums.doubts else []
    groups += [amount(tr("Total"), sums.total_fen), amount(tr("Fund"), sums.fund_fen, "fund")]
    groups += [amount(tr("Account"), sums.account_fen, "account"), amount(tr("Cash"), sums.cash_fen, "cash")]
    return flow(groups, columns, back="raised")


def detail_rows(entry: LogEntry | None, columns: int, glyphs: Glyphs) -> list[Row]:
    """Return :func:`detail` on at least its usual height."""
    rows = detail(entry, columns, glyphs) if entry is not None else []
    return [*rows, *(Row() for _ in range(_DETAIL_ROWS - len(rows)))]
