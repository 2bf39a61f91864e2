"""The visit is registered, or its order is paid: where the patient goes, under which number, and what changes hands."""

from __future__ import annotations

from typing_extensions import override

from terminal.screen.cashier.settled import SettledMode
from terminal.screen.words import tr


class TicketMode(SettledMode):
    """As after any sale, with the visit above the amounts."""

    @property
    @override
    def title(self) -> str:
        ticket = self._sold.ticket
        return f"{tr('Registered')}  {super().title}" if ticket is not None and ticket.queue else super().title

    @property
    @override
    def particulars(self) -> list[tuple[str, str, str]]:
        ticket = self._sold.ticket
        if ticket is None:
            return []
        chosen = ticket.registration
        rows = [
            (tr("Queue number"), ticket.queue, "title"),
            (tr("Department"), chosen.department.name, "strong"),
            (tr("Doctor"), f"{chosen.doctor.name} {chosen.fee_class}".strip(), "strong"),
            (tr("Visit number"), ticket.visit_no, "text"),
        ]
        return [row for row in rows if row[1]]
