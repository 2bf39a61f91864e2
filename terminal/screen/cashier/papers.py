"""What the drugs of a bill ask for on paper: the prescription, who reviewed it, and who buys for somebody else.

One line a field; Enter goes to the next, F8 takes them and settles. What is required stands in :mod:`settlement.drugs`.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from offline_queue.catalogue.columns import last_day
from settlement.bill import RX
from settlement.drugs import KINDS, Buyer, Papers, Prescription
from settlement.errors import Refusal
from terminal.certificates import by_identity_number
from terminal.paper.masks import mask_number
from terminal.screen.cashier.mode import Mode, key_view, named_key
from terminal.screen.cashier.panels import WhyMode
from terminal.screen.cashier.view import KeyView, Panel
from terminal.screen.literal import fit, folded, literal, width
from terminal.screen.paint import Row, Span, row
from terminal.screen.scan import normal
from terminal.screen.words import tr

if TYPE_CHECKING:
    from terminal.screen.cashier.model import Cashier

_MOST = {"rxno": 40, "patient": 50, "written_on": 10, "counts_days": 1, "kind": 1, "supply_days": 2, "doctor": 50, "pharmacist": 50}
_BUYER_MOST = {"buyer_name": 50, "buyer_certno": 18}
_DIGITS = {"counts_days", "kind", "supply_days"}
_LABEL_COLUMNS = 22
_DEFAULTS = {"counts_days": "1", "kind": "2"}


class PapersMode(Mode):
    """The papers of the bill on the screen."""

    following = "settle"

    def __init__(self, till: Cashier) -> None:
        super().__init__(till)
        bill = till.bill
        self._on_prescription = any(RX in line.goods.controls for line in bill.lines) or bool(bill.rxno)
        self._names: tuple[str, ...] = (*(_MOST if self._on_prescription else ()), *_BUYER_MOST)
        self._texts = {**dict.fromkeys(self._names, ""), **_written(bill.rxno, bill.papers)}
        if self._on_prescription:
            self._propose()
        self.focus = next((place for place, name in enumerate(self._names) if not self._texts[name]), 0)

    def _propose(self) -> None:
        """Fill in what is nearly always so."""
        today, pharmacists = self.till.status.now[:10], self.till.place.pharmacists if self.till.place else ()
        proposed = {**_DEFAULTS, "written_on": today, "pharmacist": pharmacists[0] if len(pharmacists) == 1 else ""}
        self._texts |= {name: text for name, text in proposed.items() if not self._texts[name]}

    @property
    def _name(self) -> str:
        return self._names[self.focus]

    def type(self, text: str) -> None:
        """Take characters; a digit names a pharmacist of this shop."""
        name, most = self._name, {**_MOST, **_BUYER_MOST}[self._name]
        for character in normal(text):
            if name in _DIGITS and not (character.isascii() and character.isdigit()):
                continue
            self._texts[name] = (character if name in _DIGITS and most == 1 else self._texts[name] + character)[:most]
        pharmacists = self.till.place.pharmacists if self.till.place else ()
        chosen = self._texts[name]
        if name == "pharmacist" and chosen.isdecimal() and 0 < int(chosen) <= len(pharmacists):
            self._texts[name] = pharmacists[int(chosen) - 1]

    def erase(self) -> None:
        """Take the last character back; a pharmacist goes whole."""
        self._texts[self._name] = "" if self._name == "pharmacist" else self._texts[self._name][:-1]

    def move(self, step: int) -> None:
        """Another field."""
        self.focus = min(max(self.focus + step, 0), len(self._names) - 1)

    def enter(self) -> None:
        """Go to the next field; it settles nothing."""
        self.move(1)

    def escape(self) -> None:
        """Keep what was typed as far as it can be read, and go back to the bill."""
        self._keep()
        self.till.back()

    def press(self, action: str) -> None:
        """F8 takes the papers and goes on to settle, F1 says what is wrong with them."""
        if action == "why":
            self.till.enter(WhyMode(self.till, self))
        elif action == "settle" and self._keep():
            self.till.back()
            self.till.home.press("settle")

    def _keep(self) -> bool:
        """Put what was typed on the bill; say what cannot be read, and stand there."""
        till, bill = self.till, self.till.bill
        if self._on_prescription:
            numbered = bill.prescribe(self._texts["rxno"])
            if isinstance(numbered, Refusal):
                self._amiss("rxno", numbered)
                return False
            bill = numbered
        papers = self._papers()
        if papers is None:
            return False
        till.change(bill.show_papers(papers))
        return True

    def _papers(self) -> Papers | None:
        """Return what was typed as papers, None when something cannot be read."""
        buyer = None
        if self._texts["buyer_name"] or self._texts["buyer_certno"]:
            checked = by_identity_number(self._texts["buyer_certno"])
            if isinstance(checked, Refusal):
                self._amiss("buyer_certno", checked)
                return None
            buyer = Buyer(psn_name=self._texts["buyer_name"].strip(), certno=checked.mdtrt_cert_no)
        if not self._on_prescription:
            return Papers(buyer=buyer)
        written = _day(self._texts["written_on"], self.till.status.now[:10])
        for name, readable in (("written_on", bool(written)), ("kind", self._kind_fits)):
            if not readable:
                self._amiss(name, None)
                return None
        seen = Prescription(
            patient=self._texts["patient"].strip(),
            written_on=written,
            supply_days=int(self._texts["supply_days"] or 0),
            kind=KINDS[int(self._texts["kind"]) - 1],
            counts_days=int(self._texts["counts_days"] or 0),
            doctor=self._texts["doctor"].strip(),
        )
        return Papers(prescription=seen, pharmacist=self._texts["pharmacist"].strip(), buyer=buyer)

    @property
    def _kind_fits(self) -> bool:
        return self._texts["kind"] in {"1", "2", "3", "4"}

    def _amiss(self, name: str, why: Refusal | None) -> None:
        self.focus = self._names.index(name)
        if why is None:
            self.till.say("attention", tr("This cannot be read: {field}").format(field=_labels()[name]))
        else:
            self.till.refuse(why)

    @property
    def panel(self) -> Panel:
        """The fields, one a line, and under them what the focused one wants."""

        def paint(columns: int, height: int) -> list[Row]:
            del height
            rows = [row(Span(f" {tr('Papers')}", "title")), row("")]
            for place, name in enumerate(self._names):
                if name == "buyer_name" and self._on_prescription:
                    rows.append(row(""))
                rows.append(self._field(name, columns, focused=place == self.focus))
            return [*rows, row(""), *(row(Span(f"  {line}", "dim")) for line in folded(self._hint(self._name), columns - 4))]

        return paint

    def _field(self, name: str, columns: int, *, focused: bool) -> Row:
        label, text = _labels()[name], literal(self._texts[name])
        if name == "buyer_certno":
            text = mask_number(text)
        elif name == "kind" and self._kind_fits:
            text = f"{text} {_kinds()[int(text) - 1]}"
        shown = " " + label + " " * max(_LABEL_COLUMNS - width(label), 1)
        room = columns - width(shown) - 1
        value = Span(text if width(text) <= room else fit(text, room), "strong")
        spans = (Span(shown, "attention" if focused else "dim"), value, *([Span(" ", "caret")] if focused else []))
        return row(*spans).marked if focused else row(*spans)

    def _hint(self, name: str) -> str:
        pharmacists = self.till.place.pharmacists if self.till.place else ()
        hints = {
            "written_on": tr("Month and day, such as 3-2"),
            "counts_days": tr("With its own day; one unless the doctor says more"),
            "kind": "  ".join(f"{number} {word}" for number, word in enumerate(_kinds(), 1)),
            "pharmacist": "  ".join(f"{number} {literal(one)}" for number, one in enumerate(pharmacists, 1)),
            "buyer_name": tr("Who buys, where that is not the patient: both certificates are seen"),
        }
        return hints.get(name, "")

    @property
    def keys(self) -> list[KeyView]:
        """Next field, settle, back."""
        return [key_view("why"), named_key("Enter", tr("Next field")), key_view("settle", self.following), named_key("Esc", tr("Back"))]


def _kinds() -> tuple[str, ...]:
    return tr("emergency"), tr("ordinary"), tr("chronic disease"), tr("long-term")


def _labels() -> dict[str, str]:
    return {
        "rxno": tr("Prescription number"),
        "patient": tr("Patient it names"),
        "written_on": tr("Written on"),
        "counts_days": tr("Counts, days"),
        "kind": tr("Kind"),
        "supply_days": tr("Supply, days"),
        "doctor": tr("Doctor, institution"),
        "pharmacist": tr("Reviewed by"),
        "buyer_name": tr("Buyer for the patient"),
        "buyer_certno": tr("Buyer's identity no."),
    }


def _written(rxno: str, papers: Papers) -> dict[str, str]:
    """Return papers as they are typed."""
    found = {"rxno": rxno, "pharmacist": papers.pharmacist}
    seen, buyer = papers.prescription, papers.buyer
    if seen is not None:
        found |= {"patient": seen.patient, "written_on": seen.written_on, "kind": str(KINDS.index(seen.kind) + 1), "doctor": seen.doctor}
        found |= {"counts_days": str(seen.counts_days or ""), "supply_days": str(seen.supply_days or "")}
    if buyer is not None:
        found |= {"buyer_name": buyer.psn_name, "buyer_certno": buyer.certno}
    return found


def _day(text: str, today: str) -> str:
    """Return a day as ISO: whole, or month and day of the last twelve months; empty when it is none."""
    month, dash, day = text.strip().partition("-")
    if dash and month.isdecimal() and day.isdecimal() and len(month) <= 2:  # noqa: PLR2004 - a month
        for year in (int(today[:4]), int(today[:4]) - 1):
            try:
                found = date(year, int(month), int(day)).isoformat()
            except ValueError:
                continue
            if found <= today:
                return found
        return ""
    return last_day(text.strip())
