"""What the law asks of a drug at the counter, whoever pays: prescription, days' supply, pharmacist, ephedrine, proxy buyer. Pure.

The rules are those of the Measures for Designated Pharmacies (Order No. 3: the prescription names the insured person, a pharmacist
reviews it, a proxy shows both certificates), the Prescription Measures (validity, days' supply) and the notice on compound ephedrine
preparations of 2012 (two packs, identity in a register). What an area says otherwise stands in ``[drugs]`` of its pack.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Literal

from settlement import drug_refusals as refusals
from settlement.bill import EPHEDRINE, RX, Bill, Line
from settlement.errors import Refusal

Kind = Literal["emergency", "ordinary", "chronic", "long_term"]
KINDS: tuple[Kind, ...] = ("emergency", "ordinary", "chronic", "long_term")
"""Of a prescription: 急诊 · 普通 · 慢性病 · 长期处方."""
_ONE_E4 = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class DrugRules:
    """The limits; the figures are the national ones."""

    prescription_days: int = 3
    """The most days that a prescription counts, the day on which it was written included (处方管理办法: one day, up to three if the doctor
    says so)."""
    supply_emergency: int = 3
    """The most days' supply on an emergency prescription (处方管理办法)."""
    supply_ordinary: int = 7
    """On an ordinary one (处方管理办法)."""
    supply_chronic: int = 84
    """On one of a chronic disease: twelve weeks, unconfirmed (长期处方管理规范)."""
    supply_long_term: int = 84
    """On a long-term one: twelve weeks, unconfirmed (长期处方管理规范)."""
    ephedrine_packs: int = 2
    """The most smallest packs of compound ephedrine preparations in one sale (国食药监办〔2012〕260号)."""

    def supply_days(self, kind: Kind) -> int:
        """Return the most days' supply on a prescription of a kind."""
        days: int = getattr(self, f"supply_{kind}")
        return days


NATIONAL = DrugRules()


@dataclass(frozen=True, slots=True, kw_only=True)
class Prescription:
    """What stands on the paper, beside its number, which the lines carry."""

    patient: str = field(repr=False)
    """Whom it names."""
    written_on: str
    """Its day, ISO."""
    supply_days: int
    kind: Kind = "ordinary"
    counts_days: int = 1
    """How many days it counts, its own included."""
    doctor: str = ""
    """Who wrote it, with the institution."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Buyer:
    """Who stands at the counter for the patient (代购), or buys for cash what is sold by name."""

    psn_name: str = field(repr=False)
    certno: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Papers:
    """What the counter has seen for one sale."""

    prescription: Prescription | None = None
    pharmacist: str = ""
    """Who reviewed it."""
    buyer: Buyer | None = None

    @property
    def empty(self) -> bool:
        """Whether nothing was seen."""
        return self == NO_PAPERS


NO_PAPERS = Papers()


def papers_of(body: dict[str, Any] | None) -> Papers:
    """Return the papers that were written as JSON; none for none."""
    if not body:
        return NO_PAPERS
    seen, buyer = body["prescription"], body["buyer"]
    return Papers(
        prescription=None if seen is None else Prescription(**seen),
        pharmacist=body["pharmacist"],
        buyer=None if buyer is None else Buyer(**buyer),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Insured:
    """By whose certificate the sale goes; both empty for cash."""

    psn_name: str = field(default="", repr=False)
    certno: str = field(default="", repr=False)


NOBODY = Insured()


def on_prescription(bill: Bill) -> list[Line]:
    """Return the lines that are sold on a prescription only."""
    return [line for line in bill.lines if RX in line.controls]


def by_name(bill: Bill) -> list[Line]:
    """Return the lines that are sold to a person who is named in a register."""
    return [line for line in bill.lines if EPHEDRINE in line.controls]


def refusal(bill: Bill, papers: Papers, rules: DrugRules, *, insured: Insured, today: str) -> Refusal | None:
    """Return the first thing that is missing or not allowed, None when the drugs of ``bill`` may be handed out on ``today`` (ISO)."""
    found = _packs(bill, rules)
    if found is None:
        found = _prescribed(bill, papers, rules, insured=insured, today=today)
    return _persons(bill, papers, insured) if found is None else found


def _packs(bill: Bill, rules: DrugRules) -> Refusal | None:
    lines = by_name(bill)
    packs = sum(-(-line.cnt_e4 // _ONE_E4) for line in lines)
    if packs > rules.ephedrine_packs:
        return Refusal(refusals.EPHEDRINE_PACKS, {"goods": lines[0].name, "packs": str(packs), "most": str(rules.ephedrine_packs)})
    return None


def _prescribed(bill: Bill, papers: Papers, rules: DrugRules, *, insured: Insured, today: str) -> Refusal | None:
    lines = on_prescription(bill)
    if not lines:
        return None
    seen, goods = papers.prescription, {"goods": lines[0].name}
    if seen is None or any(not line.rxno for line in lines):
        return Refusal(refusals.PRESCRIPTION_NEEDED, goods)
    counts = _counts(seen, rules, today)
    if counts is not None:
        return counts
    if not seen.patient or (insured.psn_name and _name(seen.patient) != _name(insured.psn_name)):
        return Refusal(refusals.OTHER_PATIENT)
    return None if papers.pharmacist else Refusal(refusals.PHARMACIST, goods)


def _counts(seen: Prescription, rules: DrugRules, today: str) -> Refusal | None:
    """Return why a prescription does not count today for so many days' supply."""
    last = date.fromisoformat(seen.written_on) + timedelta(days=seen.counts_days - 1)
    most = rules.supply_days(seen.kind)
    if not 0 < seen.counts_days <= rules.prescription_days:
        return Refusal(refusals.PRESCRIPTION_DAYS, {"days": str(seen.counts_days), "most": str(rules.prescription_days)})
    if not seen.written_on <= today <= last.isoformat():
        return Refusal(refusals.PRESCRIPTION_EXPIRED, {"written": seen.written_on, "until": last.isoformat()})
    if not 0 < seen.supply_days <= most:
        return Refusal(refusals.SUPPLY, {"days": str(seen.supply_days), "most": str(most)})
    return None


def _persons(bill: Bill, papers: Papers, insured: Insured) -> Refusal | None:
    buyer, lines = papers.buyer, by_name(bill)
    if buyer is not None and not (buyer.psn_name and buyer.certno):
        return Refusal(refusals.PROXY)
    if lines and buyer is None and not insured.certno:
        return Refusal(refusals.EPHEDRINE_IDENTITY, {"goods": lines[0].name})
    return None


def _name(name: str) -> str:
    """Return a name as two papers may write it: width, blanks and the dot in a minority's name are no difference."""
    kept = (character for character in unicodedata.normalize("NFKC", name) if not character.isspace() and character not in "·•・.")
    return "".join(kept).casefold()
