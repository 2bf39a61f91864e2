"""What stands on the desk's screen: departments found, the choice with its fee, and where this person registered today."""

from __future__ import annotations

from typing import TYPE_CHECKING

from settlement.money import format_yuan
from terminal.open_visit import Ordered
from terminal.screen.cashier import painting
from terminal.screen.cashier.first import first_view
from terminal.screen.cashier.showing import base_view
from terminal.screen.cashier.view import Panel, View
from terminal.screen.literal import fit, folded, literal
from terminal.screen.paint import Column, Row, Span, row, table
from terminal.screen.registration.directory import Available
from terminal.screen.registration.registering import no_departments
from terminal.screen.words import language, tr, trn

if TYPE_CHECKING:
    from offline_queue.registry import Department
    from terminal.screen.registration.registrar import Registrar

_WITH_DOCTOR = 58
"""Columns from which a found department shows its first free doctor."""
_TODAY_MOST = 4
_CHOICE_ROWS = 3
"""Doctors that stay in sight whatever else stands there."""


def view_of(till: Registrar, *, safe: bool, count: int = 0) -> View:
    """Return what the desk's screen shows."""
    view = base_view(till, safe=safe, count=count)
    own = till.mode is till.home
    view.quantity = tr("Dept") if till.bill.ordered is None else tr("Order")
    view.placeholder = first_view(safe=safe, registration=True).placeholder
    if not till.bill.empty:
        view.counts = trn("{lines} line", "{lines} lines", len(till.bill.lines)).format(lines=len(till.bill.lines))
    if own and till.bill.registering is not None and not till.registering.finding:
        view.panel, view.focus = _choice(till, view), -1
    if own and till.bill.ordered is not None and not till.registering.finding:
        view.panel = _order(till.bill.ordered, view)
    return view


def panel_of(till: Registrar) -> Panel | None:
    """Return what stands under the find line when no bill does."""
    if till.registering.finding:
        return _found(till)
    return _empty(till) if till.bill.empty else None


# --- nothing chosen -----------------------------------------------------------------------------------


def _empty(till: Registrar) -> Panel:
    def paint(columns: int, height: int) -> list[Row]:
        del height
        missing = till.damaged if till.opened else None
        if missing is not None:
            said = missing.phrase.say(language(), missing.details)
            happened = no_departments() if till.directory.damaged is None else said.happened
            rows = [row("")]
            for text, role in ((happened, "attention"), (said.do, "strong"), (said.money, "ok"), (said.avoid, "dim")):
                rows += [*(row(Span(f"  {line}", role)) for line in folded(literal(text), columns - 4)), row("")]
            return rows
        hints = (
            tr("Type the initials of a department; F2 lists them all."),
            tr("An order of the clinic's own system comes here by itself."),
        )
        rows = [row("")]
        for hint in hints:
            rows += [row(Span(f"  {line}", "dim")) for line in folded(hint, columns - 4)]
        return [*rows, *_today(till, columns)]

    return paint


def _today(till: Registrar, columns: int) -> list[Row]:
    """Return where this person registered today, the newest first."""
    if not till.today:
        return []
    rows = [row(""), row(Span(f" {tr('Registered here today')}", "title"))]
    heads = (Column(""), Column("", grows=True), Column(""), Column(""), Column(""))
    cells = [
        [
            Span(one.at[11:16], "dim"),
            Span(one.registration.department.name, "dim" if one.cancelled else "strong"),
            Span(one.registration.doctor.name, "dim"),
            Span(one.registration.fee_class, "dim"),
            Span(tr("cancelled") if one.cancelled else one.queue, "dim" if one.cancelled else "attention"),
        ]
        for one in tuple(reversed(till.today))[:_TODAY_MOST]
    ]
    return [*rows, *(Row((Span("  "), *line.spans)) for line in table(heads, cells, columns - 3)[1:])]


# --- departments found --------------------------------------------------------------------------------


def _found(till: Registrar) -> Panel:
    mode = till.registering

    def paint(columns: int, height: int) -> list[Row]:
        wide = columns >= _WITH_DOCTOR
        heads = (
            Column(tr("Department"), grows=True),
            *((Column(tr("Doctor")),) if wide else ()),
            Column(tr("Code")),
            Column(tr("Fee"), align="right"),
            Column(tr("Left"), align="right"),
        )
        room = height - 1
        first = max(mode.found_focus - room + 1, 0)
        shown = mode.found[first : first + room]
        lines = table(heads, [_department(one, mode.available(one), wide=wide) for one in shown], columns - 2)
        rows = [Row((Span(" "), *line.spans)) for line in lines]
        if not mode.found:
            empty = tr("Nothing found: initials, name or code of a department")
            if till.damaged is not None:
                empty = no_departments()
            return [*rows, *(row(Span(f"  {line}", "attention")) for line in folded(empty, columns - 4))]
        return [line.marked if place - 1 + first == mode.found_focus and place else line for place, line in enumerate(rows)]

    return paint


def _department(department: Department, offered: list[Available], *, wide: bool) -> list[Span]:
    first = next((one for one in offered if one.free), None)
    role = "strong" if first else "dim"
    offer = first.offer if first else None
    return [
        Span(department.dept_name, role),
        *((Span(f"{offer.dr_name} {offer.fee_class}" if offer else "", "dim"),) if wide else ()),
        Span(department.dept_code, "dim"),
        Span(format_yuan(offer.total_fen) if offer else "", role),
        Span(_left(offered), role if first else "attention"),
    ]


def _left(offered: list[Available]) -> str:
    """Return how many places a department has left; the limit of one doctor is none of the department's."""
    if any(one.left is None for one in offered):
        return tr("no limit")
    left = sum(one.left or 0 for one in offered)
    return str(left) if left else tr("full")


# --- the choice ---------------------------------------------------------------------------------------


def _choice(till: Registrar, view: View) -> Panel:
    """Return department, doctors and fee classes with the chosen one marked, the bill, and today's registrations."""

    def paint(columns: int, height: int) -> list[Row]:
        chosen = till.bill.registering
        assert chosen is not None
        half = tr("morning") if till.at[11:13] < "12" else tr("afternoon")
        title = [Span(" "), Span(literal(chosen.department.name), "title"), Span(f"  {literal(chosen.department.code)}  {half}", "dim")]
        today = _today(till, columns)
        bill = painting.bill(view, columns, len(till.bill.lines) + 1)
        room = height - 3 - len(bill) - 1 - len(today)
        if room < _CHOICE_ROWS:
            today, room = [], height - 3 - len(bill) - 1
        return [row(*title), *_doctors(till, columns, max(room, 1)), row(""), *bill, *today]

    return paint


def _doctors(till: Registrar, columns: int, room: int) -> list[Row]:
    choices, place = till.registering.choices, till.registering.chosen
    first = max(min(place - room // 2, len(choices) - room), 0)
    heads = (
        Column(tr("Doctor"), grows=True),
        Column(tr("Fee class")),
        Column(tr("Reg."), align="right"),
        Column(tr("Consult."), align="right"),
        Column(tr("Left"), align="right"),
    )
    cells = [
        [
            Span(one.offer.dr_name, "strong" if one.free else "dim"),
            Span(one.offer.fee_class, "text" if one.free else "dim"),
            Span(format_yuan(one.offer.registration_fen), "text" if one.free else "dim"),
            Span(format_yuan(one.offer.consultation_fen), "text" if one.free else "dim"),
            Span(tr("no limit") if one.left is None else str(one.left) if one.free else tr("full"), "text" if one.free else "attention"),
        ]
        for one in choices[first : first + room]
    ]
    rows = [Row((Span(" "), *line.spans, Span(" "))) for line in table(heads, cells, columns - 2)]
    return [line.marked if index - 1 + first == place and index else line for index, line in enumerate(rows)]


# --- an order -----------------------------------------------------------------------------------------


def _order(ordered: Ordered, view: View) -> Panel:
    """Return the visit of an order above its lines."""

    def paint(columns: int, height: int) -> list[Row]:
        head = [row(Span(f" {tr('Charge of a visit')}  ", "title"), Span(literal(ordered.number), "dim"))]
        named = ", ".join(diagnosis.diag_name for diagnosis in ordered.diagnoses)
        if named:
            head.append(row(Span(f" {tr('Diagnosis')} ", "dim"), Span(fit(literal(named), columns - 12), "text")))
        return [*head, *painting.bill(view, columns, height - len(head))]

    return paint
