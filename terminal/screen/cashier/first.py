"""The screen before anything is known. Loads nothing of the trade, so that it stands at once and keys can be typed."""

from __future__ import annotations

from terminal.screen.cashier.view import KeyView, Number, StripItem, View
from terminal.screen.keys import ACTIONS, label_of, name_of
from terminal.screen.paint import Span
from terminal.screen.words import tr

ZERO = "0.00"


def first_view(*, safe: bool, registration: bool = False) -> View:
    """Return the empty screen; ``registration``: of a clinic's desk."""
    return View(
        product=tr("Medical insurance"),
        quantity=tr("Dept") if registration else "x1" if safe else "×1",
        placeholder=tr("Department: initials, code or name") if registration else tr("Scan, initials, name or code"),
        person_title=tr("Insured person"),
        split_title=tr("Who pays"),
        number=Number(label=tr("Total (yuan)"), amount=ZERO),
        message=(Span(tr("Opening ..."), "notice"),),
        strip=[StripItem(label=tr("Reader"), value="", short="")],
        keys=[KeyView(key=name_of(action), label=label_of(action)) for action, keys, _ in ACTIONS if keys.startswith("f")],
        safe=safe,
    )
