"""The dated rules of one pooling area, as values: what ``config/regions.py`` reads and ``split.py`` applies.

A value that a pack does not give is ``None`` or has no row: it is never replaced by a default. Each
value carries a :class:`Mark` — its key, who says so, and how far that is confirmed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from settlement.bill import Venue

Status = Literal["confirmed", "weak", "unconfirmed", "invented", "missing"]
Cost = Literal["in_scope", "first_pay", "over_limit", "full_selfpay"]
"""The kinds of cost a person bears, each of which an area opens to the account or does not."""

OUTPATIENT, PURCHASE = "11", "41"
"""The medical types of ordinary care: general out-patient, and purchase at a pharmacy."""
ORDINARY = (OUTPATIENT, PURCHASE)
REGISTRATION, MATERNITY = "12", "51"
"""The medical types that only a row which names them speaks of: registration fee, maternity out-patient."""
UNLIMITED_FEN = 10**16
"""A ceiling that an area states not to have: above every amount of the interface (num16,2)."""
_PSN_TYPE_DIGITS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Where a value of a pack comes from and how far it may be trusted."""

    key: str
    """Its address in the pack, such as ``ratio(hosp_lv=1, psn_type=11)``."""
    status: Status
    source: str
    """Issuing authority and document, or newspaper, with its grade."""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What a rule may depend on."""

    venue: Venue
    hosp_lv: str
    psn_type: str
    prescription: bool = False
    med_type: str = ""

    def __str__(self) -> str:
        parts = [f"venue={self.venue}"]
        parts += [f"hosp_lv={self.hosp_lv}"] if self.hosp_lv else []
        parts += [f"psn_type={self.psn_type}"] if self.psn_type else []
        parts += [f"med_type={self.med_type}"] if self.med_type and self.med_type not in ORDINARY else []
        parts += ["prescription"] if self.prescription else []
        return ", ".join(parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One row of a pack: a value and the situations that it is for. An empty selector fits everything."""

    value: int | None
    """Fen, ratio in 10⁻⁴, or 1 and 0 for yes and no; ``None`` = marked as missing: nobody says."""
    mark: Mark
    about: str = ""
    """The kind of cost or of goods; empty where the table has only one subject."""
    venues: tuple[Venue, ...] = ()
    levels: tuple[str, ...] = ()
    psn_types: tuple[str, ...] = ()
    """First two digits of the national code set."""
    prescription: bool | None = None
    med_types: tuple[str, ...] = ()
    """A pack's row that names none gets :data:`ORDINARY`, in the tables that the medical type selects."""
    words_zh: str = ""
    """The clause behind a goods rule."""
    words_en: str = ""

    def fits(self, situation: Situation) -> bool:
        """Whether the row speaks of ``situation``."""
        return (
            (not self.venues or situation.venue in self.venues)
            and (not self.levels or situation.hosp_lv in self.levels)
            and (not self.psn_types or situation.psn_type[:_PSN_TYPE_DIGITS] in self.psn_types)
            and self.prescription in {None, situation.prescription}
            and (not self.med_types or situation.med_type in self.med_types)
        )


@dataclass(frozen=True, slots=True)
class Given:
    """A value that the pack does give."""

    value: int
    mark: Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A rule that is one word out of a few."""

    value: str
    mark: Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One region pack. Rows of one table never overlap (checked where packs are read)."""

    admdvs: str
    name: str
    effective: str
    """First day, ``yyyy-MM-dd``."""
    invented: bool
    """Whether the area does not exist (演示)."""

    segments: Choice
    """``deductible shared above_ceiling``: the order in which the in-scope amount is walked."""
    account_order: Choice
    """``after_pool``: the account pays what the pool left to the person."""
    deductible_basis: Choice
    """``annual``."""
    ceiling_basis: Choice
    """``fund_annual``: the ceiling is on what the fund paid in the year."""
    first_pay_on: Choice
    """``capped`` price or full ``price``: on what a class-B first pay is taken."""
    rounding: Choice
    """``fund_half_up``: the fund's share is rounded, the person takes the remainder."""

    pooling: tuple[Rule, ...]
    """Whether a pooled share exists at all: by venue, level, prescription and medical type."""
    deductible: tuple[Rule, ...]
    ratio: tuple[Rule, ...]
    ceiling: tuple[Rule, ...]
    account: tuple[Rule, ...]
    """Which kind of cost the account may pay."""
    goods: tuple[Rule, ...]
    """What the account may buy: a kind that no row permits leaves the claim."""

    offline_account: Literal["forbidden", "allowance"]
    offline_account_limit_fen: int
    """The largest allowance that a card may carry."""
    allowance_days: int
    """How long an allowance counts, at most 150 (the card stores a month without its year)."""
    floor_limit_fen: int
    """The most that one person may spend off-line before the centre has answered."""
    floor_limit_stale_fen: int
    """The same when the hotlist is older than ``hotlist_soft_h``."""
    hotlist_soft_h: int
    hotlist_refuse_h: int
    doubt_days: int
    """Deadline of a doubt."""
    later_settlement_days: int
    """How long a cash slip may become a settlement; 0 = the area offers none."""
    pin_required_at: tuple[Venue, ...]
    """Where an on-line sale by card, and its void, wants the PIN. What the card itself keeps behind its PIN wants it everywhere."""
    certificates: tuple[str, ...]
    """By what a person may be settled for here, as mdtrt_cert_type: ``01`` e-certificate · ``02`` identity number · ``03`` card."""

    def asks_pin(self, venue: Venue) -> bool:
        """Whether a person who settles at ``venue`` by card gives the PIN, line up or down."""
        return venue in self.pin_required_at

    @property
    def pack(self) -> str:
        """``<admdvs>/<effective-date>``: the pack's name in records and on slips."""
        return f"{self.admdvs}/{self.effective}"


def find(rules: tuple[Rule, ...], situation: Situation, about: str = "") -> Rule | None:
    """Return the one row about ``about`` that fits ``situation``, or None when the pack has none."""
    for rule in rules:
        if rule.about == about and rule.fits(situation):
            return rule
    return None
