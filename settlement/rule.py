"""One row of a region pack: a value, the situations that it is for, and who says so.

A value that a pack does not give is ``None`` or has no row: it is never replaced by a default. Each
value carries a :class:`Mark` — its key, who says so, and how far that is confirmed.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

from settlement.bill import Venue

Status = Literal["confirmed", "weak", "unconfirmed", "invented", "missing"]

OUTPATIENT, PURCHASE = "11", "41"
"""The medical types of ordinary care: general out-patient, and purchase at a pharmacy."""
ORDINARY = (OUTPATIENT, PURCHASE)
REGISTRATION, CHRONIC, INPATIENT, MATERNITY = "12", "14", "21", "51"
"""The medical types that only a row which names them speaks of: registration fee, out-patient chronic disease, in-patient care, maternity
out-patient. No counter of ours settles in-patient care; it is priced on paper (``yibao settle``)."""
TREATED = {
    Venue.PHARMACY: frozenset({PURCHASE, CHRONIC}),
    Venue.CLINIC: frozenset({OUTPATIENT, REGISTRATION, CHRONIC, MATERNITY}),
    Venue.HOSPITAL: frozenset({OUTPATIENT, REGISTRATION, CHRONIC, INPATIENT, MATERNITY}),
}
"""The medical types of each venue."""
EMPLOYEE, RESIDENT, MATERNITY_SCHEME, WORK_INJURY = "310", "390", "510", "410"
"""``insutype``: the schemes that a pack may speak of."""
UNLIMITED_FEN = 10**16
"""A ceiling that an area states not to have: above every amount of the interface (num16,2)."""
ALL_YEAR = (0, UNLIMITED_FEN)
"""The band of a row that counts whatever the year's amount is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Where a value of a pack comes from and how far it may be trusted."""

    key: str
    """Its address in the pack, such as ``ratio(hosp_lv=1, psn_type=11)``."""
    status: Status
    source: str
    """Issuing authority and document, or newspaper, with its grade."""
    note: str = ""
    warnings: tuple[str, ...] = field(init=False, repr=False, compare=False)
    """The key, unless the value is confirmed: what a result that uses it warns of."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "warnings", () if self.status == "confirmed" else (self.key,))


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What a rule may depend on."""

    venue: Venue
    hosp_lv: str
    psn_type: str
    insutype: str = EMPLOYEE
    med_type: str = ""
    prescription: bool = False
    rx_level: str = ""
    """Level of the institution that prescribed; empty without a prescription or where nobody says."""
    charge_class: str = ""
    """``01`` A · ``02`` B; empty where a bill gives only a total."""
    age: int | None = None
    conditions: frozenset[str] = field(default_factory=frozenset)
    """What else holds, in the pack's own words: of the person, the visit or the line."""
    account: str = ""
    """Which account would pay, where that is asked."""

    def __str__(self) -> str:
        parts = [f"venue={self.venue}"]
        parts += [f"hosp_lv={self.hosp_lv}"] if self.hosp_lv else []
        parts += [f"psn_type={self.psn_type}"] if self.psn_type else []
        parts += [f"insutype={self.insutype}"] if self.insutype != EMPLOYEE else []
        parts += [f"med_type={self.med_type}"] if self.med_type and self.med_type not in ORDINARY else []
        parts += ["prescription"] if self.prescription else []
        parts += [f"rx_level={self.rx_level}"] if self.rx_level else []
        parts += [f"class={self.charge_class}"] if self.charge_class else []
        parts += [f"account={self.account}"] if self.account else []
        return ", ".join([*parts, *sorted(self.conditions)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One row of a pack: a value and the situations that it is for. An empty selector fits everything."""

    value: int | None
    """Fen, ratio in 10⁻⁴, or 1 and 0 for yes and no; ``None`` = marked as missing: nobody says."""
    mark: Mark
    about: str = ""
    """The kind of cost or of goods, or the name of a ceiling; empty where the table has only one subject."""
    venues: tuple[Venue, ...] = ()
    levels: tuple[str, ...] = ()
    psn_types: tuple[str, ...] = ()
    """Codes of the national set or their first digits: ``11`` holds of ``1103`` too."""
    insutypes: tuple[str, ...] = ()
    """A pack's row that names none gets the employee scheme."""
    med_types: tuple[str, ...] = ()
    """A pack's row that names none gets :data:`ORDINARY`, in the tables that the medical type selects."""
    prescription: bool | None = None
    rx_levels: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    ages: tuple[int, int] | None = None
    """Youngest and oldest, both included."""
    when: frozenset[str] = field(default_factory=frozenset)
    """Conditions that must hold."""
    unless: frozenset[str] = field(default_factory=frozenset)
    """Conditions that must not."""
    accounts: tuple[str, ...] = ()
    band: tuple[int, int] = ALL_YEAR
    """From and below which amount of the year the row counts, in fen."""
    per_year_e4: int = 0
    """What each year of age adds to a ratio, in 10⁻⁴."""
    words_zh: str = ""
    """The clause behind a goods rule."""
    words_en: str = ""

    def fits(self, situation: Situation) -> bool:
        """Whether the row speaks of ``situation``. A row by age does not speak of a person whose age is not known."""
        return (
            (not self.venues or situation.venue in self.venues)
            and (not self.levels or situation.hosp_lv in self.levels)
            and (not self.psn_types or situation.psn_type.startswith(self.psn_types))
            and (not self.insutypes or situation.insutype in self.insutypes)
            and (not self.med_types or situation.med_type in self.med_types)
            and self.prescription in {None, situation.prescription}
            and (not self.rx_levels or situation.rx_level in self.rx_levels)
            and (not self.classes or situation.charge_class in self.classes)
            and (self.ages is None or (situation.age is not None and self.ages[0] <= situation.age <= self.ages[1]))
            and self.when <= situation.conditions
            and not self.unless & situation.conditions
            and (not self.accounts or situation.account in self.accounts)
        )

    def may_fit(self, situation: Situation) -> bool:
        """Whether the row could speak of ``situation`` if more was known of who stands there."""
        anybody = replace(self, psn_types=(), ages=None, when=frozenset(), unless=frozenset())
        return anybody.fits(situation)

    def meets(self, other: Rule) -> bool:
        """Whether there is a situation, and an amount of the year, of which both rows speak."""
        return (
            self.about == other.about
            and all(_share(mine, theirs) for mine, theirs in zip(self._sets(), other._sets(), strict=True))
            and _alike(self.psn_types, other.psn_types)
            and (self.prescription is None or other.prescription in {None, self.prescription})
            and (self.ages is None or other.ages is None or _cross(self.ages, (other.ages[0], other.ages[1])))
            and not (self.when & other.unless or self.unless & other.when)
            and max(self.band[0], other.band[0]) < min(self.band[1], other.band[1])
        )

    def _sets(self) -> tuple[tuple[str, ...], ...]:
        return (self.places, self.levels, self.insutypes, self.med_types, self.rx_levels, self.classes, self.accounts)

    @property
    def places(self) -> tuple[str, ...]:
        """The venues that the row can mean: a pharmacy has no level and only sells, the others have one and treat."""
        found = [venue for venue in Venue if not self.venues or venue in self.venues]
        found = [venue for venue in found if not self.med_types or not TREATED[venue].isdisjoint(self.med_types)]
        return tuple(venue for venue in found if venue is not Venue.PHARMACY or not self.levels) or ("nowhere",)


@dataclass(frozen=True, slots=True)
class Given:
    """A value that the pack does give."""

    value: int
    mark: Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A rule that is one word, or a row of words, out of a few."""

    value: str
    mark: Mark

    @property
    def words(self) -> tuple[str, ...]:
        """The words in a row."""
        return tuple(self.value.split())


def find(rules: tuple[Rule, ...], situation: Situation, about: str = "") -> Rule | None:
    """Return the one row about ``about`` that fits ``situation``, or None when the pack has none."""
    for rule in rules:
        if rule.about == about and rule.fits(situation):
            return rule
    return None


def _share(mine: tuple[str, ...], theirs: tuple[str, ...]) -> bool:
    return not mine or not theirs or not set(mine).isdisjoint(theirs)


def _alike(mine: tuple[str, ...], theirs: tuple[str, ...]) -> bool:
    return not mine or not theirs or any(one.startswith(theirs) or other.startswith(one) for one in mine for other in theirs)


def _cross(mine: tuple[int, int], theirs: tuple[int, int]) -> bool:
    return max(mine[0], theirs[0]) <= min(mine[1], theirs[1])
