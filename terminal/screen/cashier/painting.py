"""The layout of the cashier's screen: pure functions from a view and a space to rows.

Three sizes by breakpoints (80×24, 100×30, 120×40). Amounts are laid out first; what yields is text, in the order of need.
"""

from __future__ import annotations

from collections.abc import Sequence

from terminal.screen.cashier.number import number_box
from terminal.screen.cashier.view import KeyView, LineView, StripItem, View
from terminal.screen.glyphs import Glyphs
from terminal.screen.huge import ROWS
from terminal.screen.literal import fit, folded, literal, width
from terminal.screen.paint import Column, Row, Span, boxed, pair, row, spread, table
from terminal.screen.words import tr

COLUMNS_MIN, ROWS_MIN = 80, 24
WIDE, WIDER = 96, 116
_HIGH, _HIGHER = 28, 36
_STATES = {"ok": "ok", "attention": "attention", "fault": "fault"}


def right_columns(columns: int) -> int:
    """Return how wide the right column is."""
    return 30 if columns < WIDE else 38 if columns < WIDER else 44


def scan_rows(rows: int) -> int:
    """Return how many rows the scan line takes."""
    return 1 if rows < _HIGH else 3


def tier(rows: int) -> int:
    """Return how much there is room for: 0 the least, 2 everything."""
    return 0 if rows < _HIGH else 1 if rows < _HIGHER else 2


def too_small(columns: int, rows: int) -> bool:
    """Whether this terminal cannot show a bill without cutting something."""
    return columns < COLUMNS_MIN or rows < ROWS_MIN


# --- the edges ---------------------------------------------------------------------------------------


def header(view: View, columns: int) -> Row:
    """Return the first row: product, shop, till, operator, clock."""
    left = [Span(f" {view.product} ", "chip"), Span(" "), *(Span(f" {chip} ", "key_next") for chip in view.chips)]
    left += [Span(" " if view.chips else ""), Span(literal(view.shop), "strong")]
    if columns >= WIDE:
        left.append(Span(f"  {literal(view.code)}", "dim"))
    date = view.date if columns >= WIDE else view.date[5:10]
    end = [Span(literal(view.till), "dim"), Span("  "), Span(literal(view.operator), "strong"), Span(f"  {date} ", "dim")]
    return spread(left, [*end, Span(f"{view.time} ", "strong")], columns, "raised")


def scan_line(view: View, columns: int, rows: int) -> list[Row]:
    """Return the scan line with its quantity; the caret is painted where the next character goes."""
    if view.prompt:
        line = row(Span("  "), *view.prompt, back="raised")
    else:
        typed = literal(view.query)
        lead = [Span(f"  {view.quantity} ", "attention"), Span(" ")]
        if typed:
            tail = [Span(" ", "caret")] if view.typing else []
            line = row(*lead, Span(typed, "strong"), *tail, back="raised")
        elif view.typing:
            first, rest = view.placeholder[:1] or " ", view.placeholder[1:]
            line = row(*lead, Span(first, "caret"), Span(rest, "dim"), back="raised")
        else:
            line = row(*lead, Span(view.placeholder, "dim"), back="raised")
    around = Row(back="raised")
    del columns
    return [line] if rows == 1 else [around, line, around]


def caret_column(view: View) -> int:
    """Return the column of the caret in the scan line: where an input method opens its window."""
    if view.prompt:
        return 2 + sum(width(span.text) for span in view.prompt) - 1
    return 2 + width(view.quantity) + 2 + width(literal(view.query))


def message_line(view: View, columns: int) -> Row:
    """Return what just happened on the left, count and total on the right; the count yields to the words."""
    total = [Span(f"  {view.total_label} ", "dim"), Span(f"{view.total} ", "strong")] if view.total else []
    counts = [Span(f"  {view.counts}", "dim")] if view.total else []
    words = sum(width(literal(span.text)) for span in view.message)
    end = [*(counts if 1 + words + sum(width(span.text) for span in (*counts, *total)) <= columns else ()), *total]
    room = columns - 1 - sum(width(span.text) for span in end)
    shown = view.message if words <= room else [Span(_ended(span.text, room, safe=view.safe), span.role) for span in view.message]
    return spread([Span(" "), *shown], end, columns, "raised")


def _ended(text: str, columns: int, *, safe: bool) -> str:
    """Return what fits of a sentence, with a mark that there is more, and without a number at its end that would be another one."""
    text = literal(text)
    if width(text) <= columns:
        return text
    more = ".." if safe else "…"
    kept = fit(text, columns - width(more)).rstrip()
    kept = kept.rstrip("-0123456789.,") if text[len(kept) : len(kept) + 1] in {*"0123456789.,"} else kept
    return f"{kept}{more}"


def strip(view: View, columns: int) -> Row:
    """Return the status strip: plain when fine, bold and coloured when not, tinted as a whole when something is wrong.

    Where it does not fit it says less: first of everything, then of what is fine. What is wrong keeps its word at 80 columns.
    """
    wrong = any(item.state != "ok" for item in view.strip)
    back = "warned" if wrong else "raised"
    end = [Span(f"{view.strip_end} ", "dim")] if columns >= WIDER and view.strip_end else []
    room = columns - sum(width(span.text) for span in end)
    spans: list[Span] = []
    for form in (_whole_item, _short_item, _close_item):
        spans = [span for item in view.strip for span in form(item, view.safe)]
        if sum(width(span.text) for span in spans) <= room:
            return spread(spans, end, columns, back)
    troubles = [span for item in view.strip if item.state != "ok" for span in _close_item(item, view.safe)]
    if sum(width(span.text) for span in troubles) > room:
        # The marks keep them apart.
        troubles = [Span(span.text.lstrip(), span.role) for span in troubles]
    return spread(troubles, end, columns, back)


def _whole_item(item: StripItem, safe: bool) -> list[Span]:  # noqa: FBT001 - one of three forms
    return _strip_item(item, f" {_shape(item, safe)} ", item.value, " ")


def _short_item(item: StripItem, safe: bool) -> list[Span]:  # noqa: FBT001 - one of three forms
    return _strip_item(item, f" {_shape(item, safe)} ", item.short, " " if item.label.isascii() else "")


def _close_item(item: StripItem, safe: bool) -> list[Span]:  # noqa: FBT001 - one of three forms
    """Return the name alone of what is fine, and a mark of one column before what is wrong."""
    if item.state == "ok":
        return [Span(f" {item.label}", "dim")]
    mark = _shape(item, safe) if not safe else "!" if item.state == "attention" else "X"
    *lead, value = _strip_item(item, f" {mark}", item.short, " " if item.label.isascii() else "")
    return [*lead, Span(value.text.rstrip(), value.role)]


def _shape(item: StripItem, safe: bool) -> str:  # noqa: FBT001 - the property of a terminal
    glyphs = Glyphs(safe)
    return {"ok": glyphs.ok, "attention": glyphs.attention, "fault": glyphs.fault}[item.state]


def _strip_item(item: StripItem, lead: str, value: str, gap: str) -> list[Span]:
    role = "text" if item.state == "ok" else _STATES[item.state]
    return [Span(lead, _STATES[item.state]), Span(f"{item.label}{gap if value else ''}", "dim"), Span(f"{literal(value)} ", role)]


def whole_spans(spans: Sequence[Span], columns: int, back: str) -> Row:
    """Return the spans that fit whole: half of a PIN is another one."""
    kept: list[Span] = []
    room = columns
    for span in spans:
        room -= width(literal(span.text))
        if room < 0:
            break
        kept.append(span)
    return spread(kept, [], columns, back)


def key_bar(keys: list[KeyView], columns: int) -> Row:
    """Return the keys; the next step is the one in amber, with ``>`` in the blank before it. Narrow terminals lose gaps, never keys."""
    spans: list[Span] = []
    for gap, between in ((" ", "  "), ("", " "), ("", "")):
        spans = []
        for number, key in enumerate(keys):
            mark = ">" if key.following else " "
            spans += [Span(f"{between[1:]}{' ' if gap else mark}" if between and number else "")]
            spans += [Span(f"{mark if gap else ''}{key.key}{gap}", "key_next" if key.following else "key")]
            spans += [Span(f"{gap}{key.label}", "attention" if key.following else "text")]
        if sum(width(span.text) for span in spans) <= columns:
            break
    return spread(spans, [], columns)


# --- the left pane -----------------------------------------------------------------------------------


def body(view: View, columns: int, rows: int) -> list[Row]:
    """Return what stands under the scan line: what was found, a panel, or the bill."""
    if view.panel is not None:
        return view.panel(columns, rows)
    if view.finding:
        return _finds(view, columns, rows)
    return bill(view, columns, rows)


def _finds(view: View, columns: int, rows: int) -> list[Row]:
    heads = (
        Column(tr("Class")),
        Column(tr("Goods"), grows=True),
        *((Column(tr("Spec")),) if columns >= WIDE - 38 else ()),
        Column(tr("Code")),
        Column(tr("Price"), align="right"),
    )
    cells = [
        [
            Span(found.charge_class, found.class_role),
            Span(found.name, "strong"),
            *((Span(found.spec, "dim"),) if columns >= WIDE - 38 else ()),
            Span(found.code, "dim"),
            Span(found.price, "strong"),
        ]
        for found in view.finds[: rows - 1]
    ]
    lines = table(heads, cells, columns - 2)
    shown = [Row((Span(" "), *line.spans)) for line in lines]
    if not cells:
        words = (
            ("attention", tr("Nothing found: initials, name, code or bar code"))
            if view.query
            else ("dim", tr("Scan, initials, name or code"))
        )
        return [*shown, row(Span(f"  {words[1]}", words[0]))]
    return [line.marked if index - 1 == view.find_focus else line for index, line in enumerate(shown)]


def bill(view: View, columns: int, rows: int) -> list[Row]:
    """Return the lines of the bill around the focused one."""
    wide = columns > COLUMNS_MIN - 30
    heads = (
        Column("#", align="right"),
        Column(tr("Class")),
        Column(view.things, grows=True),
        Column(tr("Qty"), align="right"),
        Column(tr("Price"), align="right"),
        Column(tr("Amount"), align="right"),
    )
    cells = [
        [
            Span(line.number, "dim"),
            Span(line.charge_class, line.class_role),
            Span(line.name, "strong"),
            Span(f"{line.count} {line.unit}".strip() if wide else line.count),
            Span(line.price, "dim"),
            Span(line.amount, "strong"),
        ]
        for line in view.lines
    ]
    painted = table(heads, cells, columns - 2, gap=2 if wide else 1)
    indent = 1 + max(width(line.number) for line in view.lines) + width(tr("Class")) + 2 * (2 if wide else 1) if view.lines else 0
    tall = rows >= _HIGHER - 6
    groups = []
    for index, line in enumerate(view.lines):
        group = [Row((Span(" "), *painted[index + 1].spans, Span(" ")))]
        second = _second_row(line, indent, columns, tall=tall)
        group += [second] if second else []
        groups.append([group[0].marked, *(part.on("cursor") for part in group[1:])] if index == view.focus else group)
    shown = _window(groups, view.focus, rows - 1)
    return [Row((Span(" "), *painted[0].spans, Span(" "))), *shown]


def _second_row(line: LineView, indent: int, columns: int, *, tall: bool) -> Row | None:
    """Return the grey row under a line: details where there is room, in the order of need; what stops F8 always."""
    spans: list[Span] = []
    if line.attention:
        spans.append(Span(fit(literal(line.attention), min(width(literal(line.attention)), columns - indent - 1)), "attention"))
    if tall:
        room = columns - indent - 1 - sum(width(span.text) for span in spans)
        for detail in line.details:
            text = ("  " if spans else "") + literal(detail)
            if width(text) > room:
                break
            spans.append(Span(text, "dim"))
            room -= width(text)
    return row(" " * indent, *spans) if spans else None


def _window(groups: list[list[Row]], focus: int, rows: int) -> list[Row]:
    """Return the rows around the focused line that fit."""
    first = 0
    while first < focus and sum(len(group) for group in groups[first : focus + 1]) > rows:
        first += 1
    shown: list[Row] = []
    for group in groups[first:]:
        if len(shown) + len(group) > rows:
            break
        shown += group
    return shown


# --- the right column --------------------------------------------------------------------------------


def right_column(view: View, columns: int, rows: int, *, tier: int) -> list[Row]:
    """Return person, split, reminders and the one huge number, top to bottom. ``tier`` 0, 1, 2: how much room there is."""
    inner = columns - 4
    person = _person(view, inner, tier)
    shares = _shares(view, inner, tier)
    shown = boxed(person, view.person_title, columns, len(person) + 2, safe=view.safe)
    shown += boxed(shares, view.split_title, columns, len(shares) + 2, safe=view.safe)
    spare = rows - len(shown) - (ROWS + 4)
    notes = _reminders(view, inner, 1 if tier == 0 else 4, spare - 2)
    if notes:
        shown += boxed(notes, view.reminder_title, columns, len(notes) + 2, safe=view.safe)
    shown += number_box(view.number, columns, rows - len(shown), safe=view.safe)
    return shown


def _person(view: View, inner: int, tier: int) -> list[Row]:
    if view.person is None:
        words = view.card_words or (Span("", "dim"),)
        return [row(Span(text, words[0].role)) for text in folded("".join(span.text for span in words), inner)][:2] or [row("")]
    person = view.person
    chip = f" {person.chip} " if person.chip else ""
    head = spread(
        [Span(literal(person.name), "strong"), Span(f"  {person.about}" if inner >= 24 else "", "text")],  # noqa: PLR2004
        [Span(chip, "chip")] if chip else [],
        inner,
    )
    kept = 2 if tier == 0 else 4 if tier == 1 else 6
    return [head, *(pair(Span(label, "dim"), Span(value, role), inner) for label, value, role in person.rows[:kept])]


def _shares(view: View, inner: int, tier: int) -> list[Row]:
    if not view.shares:
        text = "".join(span.text for span in view.split_words)
        role = view.split_words[0].role if view.split_words else "dim"
        return [row(Span(line, role)) for line in folded(text, inner)[: 4 if tier == 0 else 6]] or [row("")]
    glyphs = Glyphs(view.safe)
    total = sum(share.fen for share in view.shares)
    rows = [pair(Span(label, "dim"), Span(value, role), inner) for label, value, role in view.breakdown] if tier == 2 else []  # noqa: PLR2004
    sofar = 0
    for share in view.shares:
        # From sum to sum, so that the three are a hundred together.
        before, sofar = sofar, sofar + share.fen
        percent = f" {_percent(sofar, total) - _percent(before, total)}%" if tier and total > 0 else ""
        label = f"{glyphs.part} {share.label}"
        gap = inner - width(label) - width(percent) - width(share.amount)
        rows.append(
            row(
                Span(glyphs.part, share.role),
                Span(f" {share.label}"),
                Span(percent, "dim"),
                " " * max(gap, 1),
                Span(share.amount, share.role),
            )
        )
    rows.append(_bar(view, inner, total))
    return rows


def _percent(part: int, total: int) -> int:
    return (200 * part + total) // (2 * total)


def _bar(view: View, inner: int, total: int) -> Row:
    """Return one bar proportional to the amounts, of background-coloured blanks: no glyph, no seam."""
    if total <= 0:
        return row(Span(" " * inner, "bar_none"))
    spans, used, sofar = [], 0, 0
    for share in view.shares:
        sofar += max(share.fen, 0)
        end = min((2 * sofar * inner + total) // (2 * total), inner)
        spans.append(Span(" " * (end - used), share.bar))
        used = end
    return row(*spans)


def _reminders(view: View, inner: int, most: int, room: int) -> list[Row]:
    """Return up to ``most`` reminders in ``room`` rows, each whole where there is room for it."""
    glyphs = Glyphs(view.safe)
    shapes = {"attention": glyphs.attention, "fault": glyphs.fault, "notice": glyphs.ok, "ok": glyphs.ok}
    rows: list[Row] = []
    waiting = view.reminders[:most]
    for number, (role, text) in enumerate(waiting):
        shape, columns = shapes[role], inner - width(shapes[role]) - 1
        lines = folded(literal(text), columns)
        # Those behind it keep a row each.
        if len(lines) > room - len(rows) - (len(waiting) - number - 1):
            lines = [_ended(text, columns, safe=view.safe)]
        if len(rows) + len(lines) > room:
            break
        rows.append(row(Span(f"{shape} ", role), Span(lines[0], "text")))
        rows += [row(Span(f"{' ' * width(shape)} {line}", "text")) for line in lines[1:]]
    return rows
