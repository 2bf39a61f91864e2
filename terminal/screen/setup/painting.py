"""The set-up as rows: steps, fields with their faults beside them, what helps, what was tried, what will be written. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from terminal.screen.glyphs import Glyphs
from terminal.screen.literal import fit, literal, width
from terminal.screen.paint import Column, Row, Span, row, spread, table
from terminal.screen.setup import wording
from terminal.screen.setup.devices import Trial
from terminal.screen.setup.wizard import PRINTER as PRINTER_STEP
from terminal.screen.setup.wizard import READER, SHOP, Stage, Wizard
from terminal.screen.technician.frame import Key, key_bar, prose
from terminal.screen.words import language, tr
from terminal.setup import draft

if TYPE_CHECKING:
    from config.settings_text import Leaf
    from settlement.errors import OperatorError

COLUMNS_MIN, ROWS_MIN = 80, 24
_INDENT = 2
_VALUE_MIN = 24
"""Columns that a value keeps beside a fault."""


@dataclass(frozen=True, slots=True)
class Painted:
    """The screen, and where the next character goes (column, row): there an input method opens its window."""

    rows: list[Row]
    caret: tuple[int, int] | None = None


def paint(wizard: Wizard, columns: int, rows: int, glyphs: Glyphs) -> Painted:
    """Return the screen of ``columns`` × ``rows``."""
    if columns < COLUMNS_MIN or rows < ROWS_MIN:
        return Painted([row(Span(tr("Please enlarge the window: 80 columns and 24 rows at least"), "attention"))])
    head = [_header(wizard, columns), _steps(wizard, columns), Row()]
    foot = [*_note(wizard, columns, glyphs), _keys(wizard, columns)]
    space = rows - len(head) - len(foot)
    caret: tuple[int, int] | None = None
    match wizard.stage:
        case Stage.ASKING:
            body, caret = _asking(wizard, columns, space, glyphs)
        case Stage.REVIEW:
            body = _review(wizard, columns, space, glyphs)
        case Stage.WRITTEN:
            body = _written(wizard, columns, glyphs)
    body = [*body[:space], *(Row() for _ in range(space - len(body)))]
    return Painted([*head, *body, *foot], (caret[0], caret[1] + len(head)) if caret else None)


# --- what surrounds it -----------------------------------------------------------------------------------


def _header(wizard: Wizard, columns: int) -> Row:
    left = [Span(f" {tr('Set up')} ", "chip"), Span(f" {tr('Settings of this counter')} ", "strong")]
    return spread(left, [Span(f" {fit_end(str(wizard.path), columns // 2)} ", "dim")], columns, "raised")


def fit_end(text: str, columns: int) -> str:
    """Return the end of ``text`` that fits: of a path it says more than the beginning."""
    text = literal(text)
    if width(text) <= columns:
        return text
    text = text[-columns:]
    while width(text) > columns - 3:
        text = text[1:]
    return f"...{text}"


def _steps(wizard: Wizard, columns: int) -> Row:
    spans = []
    for number, name in enumerate(wording.step_words()):
        now = wizard.stage is Stage.ASKING and number == wizard.step
        spans += [Span(f" {number + 1} ", "key_next" if now else "key"), Span(f" {name}  ", "strong" if now else "dim")]
    return spread(spans, [], columns)


def _note(wizard: Wizard, columns: int, glyphs: Glyphs) -> list[Row]:
    if wizard.note:
        return prose(f"{glyphs.attention} {wizard.note}", columns - _INDENT, indent=_INDENT, role="attention")
    return [Row()]


def _keys(wizard: Wizard, columns: int) -> Row:
    match wizard.stage:
        case Stage.WRITTEN:
            return key_bar([Key("Enter", tr("open the till") if wizard.opens_till else tr("finish"), following=True)], columns)
        case Stage.REVIEW:
            writable = not wizard.strange_faults()
            write = [Key("F8", tr("write") if wizard.draft.altered else tr("finish"), following=True)] if writable else []
            return key_bar([*write, Key("↑↓", tr("scroll")), Key("Esc", tr("back"))], columns)
        case Stage.ASKING:
            chooses = wizard.focus is not None and wizard.options(wizard.focus)
            device = wizard.step == READER or (wizard.step == PRINTER_STEP and wizard.draft.typed[draft.PRINTER] != "none")
            keys = [
                Key("↑↓", tr("field")),
                *([Key("←→", tr("choose"))] if chooses else []),
                Key("Enter", tr("next"), following=True),
                Key("PgDn", tr("step")),
                *([Key("F5", tr("test card") if wizard.step == READER else tr("test page"))] if device else []),
                Key("Esc", tr("back") if wizard.step else tr("leave")),
                Key("F8", tr("write")),
            ]
            return key_bar(keys, columns)


# --- the fields ------------------------------------------------------------------------------------------


def _asking(wizard: Wizard, columns: int, space: int, glyphs: Glyphs) -> tuple[list[Row], tuple[int, int] | None]:
    body: list[Row] = []
    caret: tuple[int, int] | None = None
    label_columns = max((width(wording.label_of(leaf)) for leaf in wizard.fields), default=0) + _INDENT
    for leaf in wizard.fields:
        field = _field(wizard, leaf, columns, label_columns, glyphs)
        if field.caret:
            caret = (field.caret[0], len(body))
        body += field.rows
    body.append(Row())
    body += _about(wizard, columns, space - len(body), glyphs)
    return body, caret


def _field(wizard: Wizard, leaf: Leaf, columns: int, label_columns: int, glyphs: Glyphs) -> Painted:
    focused = leaf == wizard.focus
    back = "cursor" if focused else "ground"
    lead = [Span(" " * _INDENT), Span(fit(wording.label_of(leaf), label_columns), "strong" if focused else "dim")]
    start = _INDENT + label_columns
    fault = wizard.fault(leaf)
    said = [Span(f" {glyphs.fault} {reason(fault)}", "fault")] if fault is not None else []
    room = columns - start - sum(width(span.text) for span in said)
    beside = room >= _VALUE_MIN
    value, caret = _value(wizard, leaf, (room if beside else columns - start) - 1, focused=focused)
    line = spread([*lead, *value], said if beside else [], columns, back)
    rows = [line] if beside or fault is None else [line, *prose(said[0].text.strip(), columns - start, indent=start, role="fault")]
    return Painted(rows, (start + caret, 0) if focused and caret is not None else None)


def _value(wizard: Wizard, leaf: Leaf, room: int, *, focused: bool) -> tuple[list[Span], int | None]:
    """Return a field's value, and the column of the caret in it."""
    entry = wizard.entry if focused else None
    offers = focused and bool(wizard.options(leaf))
    marks = (Span("< ", "attention"), Span(" >", "attention")) if offers else (Span(""), Span(""))
    room -= 4 if offers else 0
    if entry is None:
        typed = wizard.draft.typed[leaf]
        word = wording.word_of(leaf, typed)
        if leaf == draft.AREA:
            word = "  ".join((word, *(area.name for area in wizard.areas or () if area.admdvs == typed)))
        role = "dim" if not typed else "strong"
        return [marks[0], Span(fit_start(word, room), role), marks[1]], None
    before, after = literal(entry.text[: entry.caret]), literal(entry.text[entry.caret :])
    before = fit_end(before, room - 1)
    after = fit_start(after, room - width(before))
    shown = 2 if offers else 0
    if not entry.text:
        prompt = fit_start(wording.prompt_of(leaf), room - 1)
        return [marks[0], Span(" ", "caret"), Span(prompt, "dim"), marks[1]], shown
    under, rest = (after[0], after[1:]) if after else (" ", "")
    return [marks[0], Span(before, "strong"), Span(under, "caret"), Span(rest, "strong"), marks[1]], shown + width(before)


def fit_start(text: str, columns: int) -> str:
    """Return ``text``, its end replaced by dots where it does not fit."""
    text = literal(text)
    return text if width(text) <= columns else f"{fit(text, columns - 3).rstrip()}..."


def reason(fault: OperatorError) -> str:
    """Return why a value cannot be used, in the language of the screen: the field beside it says which value."""
    return fault.details.get("why_zh" if language() == "zh" else "why_en") or tr("to be filled in")


# --- what stands under the fields --------------------------------------------------------------------------


def _about(wizard: Wizard, columns: int, space: int, glyphs: Glyphs) -> list[Row]:
    rows: list[Row] = []
    if wizard.focus is not None:
        rows += prose(wording.help_of(wizard.focus, wizard.draft.typed[draft.PRINTER]), columns - _INDENT, indent=_INDENT, role="dim")
    if wizard.step == SHOP and wizard.focus == draft.AREA:
        rows += _areas(wizard, columns, space - len(rows), glyphs)
    elif wizard.step == SHOP:
        rows += _area_note(wizard, columns, glyphs)
    elif wizard.focus == draft.URL:
        rows += _centre(columns)
    elif wizard.step == READER:
        rows += _reader(wizard, columns, glyphs)
    elif wizard.step == PRINTER_STEP:
        rows += _page(wizard, columns, glyphs)
    elif wizard.step == 0:
        rows += [
            Row(),
            *_prose(tr("Each step may be left as it is with PgDn. Nothing is written before F8, which first shows what changes."), columns),
        ]
    return rows


def _prose(text: str, columns: int, role: str = "text") -> list[Row]:
    return prose(text, columns - _INDENT, indent=_INDENT, role=role)


def _areas(wizard: Wizard, columns: int, space: int, glyphs: Glyphs) -> list[Row]:
    if wizard.areas is None:
        return [Row(), *_prose(tr("Looking for rules ..."), columns, "dim")]
    typed = wizard.draft.typed[draft.AREA]
    rows = [Row(), *_prose(tr("There are rules for:"), columns, "dim")]
    listed = [_area(area.admdvs, area.name, chosen=area.admdvs == typed, invented=area.invented, fault=area.fault) for area in wizard.areas]
    place = next((number for number, area in enumerate(wizard.areas) if area.admdvs == typed), 0)
    seen = max(space - len(rows) - 2, 1)
    rows += listed[max(place - seen + 1, 0) :][:seen]
    return [*rows, *_area_note(wizard, columns, glyphs)]


def _area(admdvs: str, name: str, *, chosen: bool, invented: bool, fault: OperatorError | None) -> Row:
    spans = [
        Span("    "),
        Span(f" {admdvs} ", "key_next" if chosen else "key"),
        Span(f"  {literal(name)}  ", "strong" if chosen else "text"),
    ]
    if invented:
        spans.append(Span(f" {tr('DEMO')} ", "chip"))
    if fault is not None:
        spans.append(Span(tr("its rules cannot be read: yibao doctor says why"), "fault"))
    return Row(tuple(spans))


def _area_note(wizard: Wizard, columns: int, glyphs: Glyphs) -> list[Row]:
    typed = wizard.draft.typed[draft.AREA]
    area = next((area for area in wizard.areas or () if area.admdvs == typed), None)
    if area is not None and area.invented:
        return [
            Row(),
            *_prose(f"{glyphs.attention} {tr('This area does not exist: its rules are for demonstrations.')}", columns, "attention"),
        ]
    if wizard.areas is not None and area is None and typed and draft.AREA not in wizard.faults:
        words = tr("There are no rules for this area yet: the till opens, and prices no bill before they are there.")
        return [Row(), *_prose(f"{glyphs.attention} {words}", columns, "attention")]
    return []


def _centre(columns: int) -> list[Row]:
    return [
        Row(),
        *_prose(
            tr("Nothing is connected here: the till never opens a line to the centre. That is the sender's work; it starts with the till."),
            columns,
        ),
        Row(),
        *_prose(
            tr(
                "Whether the address is right shows a few seconds after the till has opened, in the line at its foot, or with yibao doctor."
            ),
            columns,
        ),
    ]


def _reader(wizard: Wizard, columns: int, glyphs: Glyphs) -> list[Row]:
    rows: list[Row] = []
    if wizard.draft.simulated_reader:
        rows += _prose(tr("The reader of this counter is a simulated one: there is nothing to choose."), columns)
    elif wizard.devices.readers_error is not None:
        rows += [Row(), *_failure(wizard.devices.readers_error, columns, glyphs)]
    elif wizard.devices.readers is None:
        rows += [Row(), *_prose(tr("Looking for readers ..."), columns, "dim")]
    elif not wizard.devices.readers:
        words = tr("No reader is plugged in. Plug it in and press F5; this step may also wait.")
        rows += [Row(), *_prose(f"{glyphs.attention} {words}", columns, "attention")]
    else:
        rows += [Row(), *_prose(tr("Readers on this machine:"), columns, "dim")]
        used = {"card": tr("card"), "psam": tr("PSAM"), "": ""}
        for reader in wizard.devices.readers:
            rows.append(row("    ", Span(f"{literal(reader.name)}  ", "strong"), Span(used[reader.used], "notice")))
    if (
        wizard.devices.readers_error is not None
        and wizard.devices.card_trial.error is not None
        and wizard.devices.readers_error.code == wizard.devices.card_trial.error.code
    ):
        return rows
    return [*rows, Row(), *_card(wizard, columns, glyphs)]


def _card(wizard: Wizard, columns: int, glyphs: Glyphs) -> list[Row]:
    if wizard.devices.card_trial.state is Trial.WAITING:
        return _prose(tr("Insert a card. No PIN is needed and nothing is written."), columns, "attention")
    if wizard.devices.card_trial.error is not None:
        return _failure(wizard.devices.card_trial.error, columns, glyphs)
    card = wizard.devices.card
    if card is None:
        return _prose(tr("F5 reads a card without its PIN, to see whether reader, card and PSAM work together."), columns, "dim")
    pairs = (
        (tr("Name"), card.name),
        (tr("ID number"), card.certno),
        (tr("Card number"), card.card_no),
        (tr("Specification"), card.version),
        (tr("Valid until"), card.valid_until),
        (tr("Terminal number"), card.terminal),
    )
    label_columns = max(width(label) for label, _ in pairs) + _INDENT
    rows = _prose(f"{glyphs.ok} {tr('The card is genuine: reader, card and PSAM work.')}", columns, "ok")
    return rows + [row(" " * _INDENT, Span(fit(label, label_columns), "dim"), Span(literal(value), "strong")) for label, value in pairs]


def _page(wizard: Wizard, columns: int, glyphs: Glyphs) -> list[Row]:
    if wizard.draft.typed[draft.PRINTER] == "none":
        return [Row(), *_prose(tr("Without a printer slips are kept and can be printed later."), columns)]
    if wizard.devices.page_trial.state is Trial.WAITING:
        return [Row(), *_prose(tr("Printing ..."), columns, "notice")]
    if wizard.devices.page_trial.error is not None:
        return [Row(), *_failure(wizard.devices.page_trial.error, columns, glyphs)]
    if wizard.devices.page_trial.state is Trial.DONE:
        words = tr("The page was printed. Its ruler fills one line exactly when the columns are right.")
        return [Row(), *_prose(f"{glyphs.ok} {words}", columns, "ok")]
    return [Row(), *_prose(tr("F5 prints a page with a ruler, Chinese, tall letters and a QR code."), columns, "dim")]


def _failure(error: OperatorError, columns: int, glyphs: Glyphs) -> list[Row]:
    return _prose(f"{glyphs.fault} {error.say(language())}", columns, "fault")


# --- the end -----------------------------------------------------------------------------------------------


def _review(wizard: Wizard, columns: int, space: int, glyphs: Glyphs) -> list[Row]:
    below: list[Row] = []
    for error in (*wizard.strange_faults(), *((wizard.error,) if wizard.error else ())):
        below += [Row(), *_failure(error, columns, glyphs)]
    if wizard.writing:
        below += [Row(), *_prose(tr("Writing ..."), columns, "notice")]
    changes = wizard.draft.changes() if wizard.draft.altered else []
    if not changes:
        return [*_prose(tr("Nothing changes."), columns, "strong"), *below]
    title = tr("A new file:") if wizard.draft.new else tr("What changes:")
    lead = [*_prose(title, columns, "dim")]
    if not wizard.draft.new and wizard.draft.result().anew:
        words = tr("The file is laid out anew: comments that somebody wrote into it are lost, its settings stay.")
        lead += _prose(f"{glyphs.attention} {words}", columns, "attention")
    rows = _changes(wizard, columns, glyphs)
    room = max(space - len(lead) - len(below), 1)
    wizard.top = max(min(wizard.top, len(rows) - room), 0)
    return [*lead, *rows[wizard.top : wizard.top + room], *below]


def _changes(wizard: Wizard, columns: int, glyphs: Glyphs) -> list[Row]:
    cells = []
    for change in wizard.draft.changes():
        label = Span(f"  {wording.label_of(change.leaf)}", "dim")
        after = Span(said(change.leaf, change.after), "strong")
        before = [] if wizard.draft.new else [Span(said(change.leaf, change.before), "text"), Span(glyphs.arrow, "dim")]
        cells.append([label, *before, after])
    shown = [Column("")] * (2 if wizard.draft.new else 4)
    shown = [*shown[:-1], Column("", grows=True)]
    return table(shown, _bounded(cells, columns), columns, gap=2)[1:]


def _bounded(cells: Sequence[Sequence[Span]], columns: int) -> list[list[Span]]:
    """Return the cells with no value before wider than a third of the screen: the value after must be seen."""
    return [
        [span if number == len(line) - 1 else Span(fit_start(span.text, columns // 3), span.role) for number, span in enumerate(line)]
        for line in cells
    ]


def said(leaf: Leaf, value: Any) -> str:  # noqa: ANN401 - whatever the file holds
    """Return a value of the file in words; one that is not there shows as a dash."""
    if value is None:
        return "-"
    word = wording.word_of(leaf, value)
    return word or tr("empty")


def _written(wizard: Wizard, columns: int, glyphs: Glyphs) -> list[Row]:
    follows = (
        tr("Enter opens the till.")
        if wizard.opens_till
        else tr("yibao opens the till; a till that is open takes the settings at its next start.")
    )
    return [
        *_prose(f"{glyphs.ok} {tr('The settings are written:')}", columns, "ok"),
        *prose(str(wizard.path), columns - 2 * _INDENT, indent=2 * _INDENT, role="strong"),
        Row(),
        *_prose(tr("Only its owner may read the file. yibao setup changes it again."), columns),
        *_prose(follows, columns),
    ]
