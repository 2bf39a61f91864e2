"""The dated rules of one pooling area, as values: what ``config/regions.py`` reads and ``split.py`` applies.

The model is that of settlement-rules section 3: what an area may say is here, what it does say is its pack.
A table without a row says nothing, and what a bill needs of it refuses. Tables that an area may lack altogether say so.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Literal

from settlement.bill import Venue
from settlement.drugs import NATIONAL, DrugRules
from settlement.rule import EMPLOYEE, Choice, Mark, Rule

if TYPE_CHECKING:
    from settlement.plan import Plan

IN_SCOPE_COSTS = ("unpooled", "deductible", "shared", "above_ceiling")
"""In scope and borne by the person: without a pooled share by rule · within the deductible · the person's share · above the ceiling."""
COSTS = (*IN_SCOPE_COSTS, "first_pay", "over_limit", "full_selfpay")
"""The kinds of cost a person bears, each of which an area opens to an account or does not; accounts pay them in this order."""
CURRENT, PAST, MUTUAL = "current", "past", "mutual"
"""The accounts: of this year (当年; in most areas the only one), of past years (历年), and the family's quota (共济)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One region pack. Rows of one table never speak of the same situation (checked where packs are read)."""

    admdvs: str
    name: str
    effective: str
    """First day, ``yyyy-MM-dd``."""
    invented: bool
    """Whether the area does not exist (演示)."""
    schemes: tuple[str, ...] = (EMPLOYEE,)
    """``insutype`` of the schemes that it has rules of."""
    conditions: tuple[str, ...] = ()
    """The words that rows, cases and persons may use of what else holds, such as ``contract`` (signed with a family doctor)."""
    identities: tuple[tuple[str, str], ...] = ()
    """(``psn_idet_type`` or its first digits, condition): which of what 1101 says of a person is one of the conditions."""

    segments: Choice
    """``deductible shared above_ceiling``, with ``current_account`` before where the current account pays first of all."""
    account_order: Choice
    """The accounts in the order in which they pay what the pool left: ``current``, or ``current past mutual``."""
    deductible_basis: Choice
    """``annual``, or ``per_visit``."""
    deductible_pot: Choice
    """``single``: what was used anywhere counts against any deductible · ``per_level``: only what was used at the same level."""
    ceiling_basis: Choice
    """What the ceiling is on: ``fund_annual`` · ``fund_monthly`` · ``fund_accruing`` (each month adds one, the year's end clears) ·
    ``scope_annual`` · ``scope_monthly`` (in-scope expense, the deductible with it) · ``shared_annual`` (after the deductible)."""
    band_basis: Choice
    """What the bands of ratios are of, in the year: ``none`` · ``scope`` · ``shared`` · ``fund``."""
    first_pay_on: Choice
    """``capped`` price or full ``price``: on what a class-B first pay is taken. ``none``: the ratio is by class instead."""
    mixed_ratios: Choice
    """Where lines of one bill have different ratios, the part that the deductible, the current account or the ceiling takes is of the
    ``lowest`` or the ``highest`` ratio first; ``none``: no such bill is possible here, and one refuses."""
    rounding: Choice
    """``fund`` or ``person``, rounded ``half_up``, ``half_even``, ``down`` or ``up``; the other takes the remainder."""
    fund_includes_account: Choice
    """``yes`` where the centre's ``fund_pay_sumamt`` contains the account's payment (identity B of the interface, section 3)."""

    pooling: tuple[Rule, ...]
    """Whether a pooled share exists at all: by venue, level, prescription and medical type."""
    deductible: tuple[Rule, ...]
    ratio: tuple[Rule, ...]
    ceiling: tuple[Rule, ...]
    """``about`` names a further ceiling that holds besides, on what the fund pays in the situations of its rows."""
    account: tuple[Rule, ...]
    """Which kind of cost an account may pay."""
    goods: tuple[Rule, ...]
    """What the account may buy: a kind that no row permits leaves the claim."""

    deductible_factor: tuple[Rule, ...] = ()
    """What is left of the deductible in a situation, as a ratio (0.80 at a hospital of Chinese medicine). None: all of it."""
    deductible_less: tuple[Rule, ...] = ()
    """What is taken off it, in fen (300 for who signed with a family doctor). None: nothing."""
    deductible_cap: tuple[Rule, ...] = ()
    """The most that a person bears as deductible in a year, over all levels and visits. None: no cap."""
    ratio_more: tuple[Rule, ...] = ()
    """Points that are added to the ratio. None: none."""
    ratio_less: tuple[Rule, ...] = ()
    """Points that are taken off it, as for who went elsewhere without filing. None: none."""
    supplement: tuple[Rule, ...] = ()
    """The share that a fund behind the pool pays above the ceiling; ``about``: ``hifob``, ``hifes`` or ``hifmi``. None: nothing."""
    supplement_ceiling: tuple[Rule, ...] = ()
    """The most that it pays in a year. Needed where there is a supplement."""
    fixed_fund: tuple[Rule, ...] = ()
    """What the fund pays of one unit of a kind of service before everything else, in fen; ``about`` is the kind. None: nothing."""
    fixed_person: tuple[Rule, ...] = ()
    """What the person pays of it, past the deductible and the ratio. None: nothing."""
    elsewhere: tuple[Rule, ...] = ()
    """Whether a person of this area is settled when treated in another one. None: nobody says, and such a bill refuses."""

    offline_account: Literal["forbidden", "allowance", "legacy_card"]
    offline_account_limit_fen: int
    """The largest allowance that a card may carry."""
    allowance_days: int
    """How long an allowance counts, at most 150 (the card stores a month without its year)."""
    floor_limit_fen: int
    """The most that one person may spend off-line before the centre has answered."""
    floor_limit_stale_fen: int
    """The same when the hotlist is older than ``hotlist_soft_h``."""
    offline_person_count: int = 0
    """How many off-line sales one person may have that the centre has not answered; 0 = no limit of number."""
    offline_till_count: int = 0
    """The same of one till, whoever bought; 0 = no limit."""
    offline_till_sum_fen: int = 0
    """The most that a till may hold of off-line debits that the centre has not answered; 0 = no limit."""
    hotlist_soft_h: int
    hotlist_refuse_h: int
    doubt_days: int
    """Deadline of a doubt."""
    transit_h: int = 24
    """The longest time for which a request may be under way before the centre has it or never will. No source gives one: a day."""
    later_settlement_days: int
    """How long a cash slip may become a settlement; 0 = the area offers none."""
    pin_required_at: tuple[Venue, ...]
    """Where an on-line sale by card, and its void, wants the PIN. What the card itself keeps behind its PIN wants it everywhere."""
    certificates: tuple[str, ...]
    """By what a person may be settled for here, as mdtrt_cert_type: ``01`` e-certificate · ``02`` identity number · ``03`` card."""

    drugs: DrugRules = NATIONAL
    """What the law asks of a drug at the counter; an area may be stricter."""

    stated: tuple[Mark, ...] = ()
    """The marks of what is no rule of the price: of the counter, of drugs, and of what 1101 says of a person."""

    def conditions_of(self, identities: tuple[str, ...]) -> tuple[str, ...]:
        """Return the conditions that hold of a person of whom 1101 says these."""
        return tuple(dict.fromkeys(word for code, word in self.identities if any(one.startswith(code) for one in identities)))

    def asks_pin(self, venue: Venue) -> bool:
        """Whether a person who settles at ``venue`` by card gives the PIN, line up or down."""
        return venue in self.pin_required_at

    def by_status(self) -> dict[str, tuple[str, ...]]:
        """Return the keys of the pack's values by how far they are confirmed."""
        found: dict[str, dict[str, None]] = {}
        for member in fields(self):
            held = getattr(self, member.name)
            marks = (
                [held.mark]
                if isinstance(held, Choice)
                else [one if isinstance(one, Mark) else one.mark for one in held if isinstance(one, Mark | Rule)]
                if isinstance(held, tuple)
                else []
            )
            for mark in marks:
                found.setdefault(mark.status, {})[mark.key] = None
        return {status: tuple(keys) for status, keys in sorted(found.items())}

    plans: dict[tuple[object, ...], Plan] = field(init=False, repr=False, compare=False, default_factory=dict)
    """What :func:`settlement.plan.plan_of` has looked up here, by what it depends on: the rows never change, so neither does this."""

    pack: str = field(init=False, repr=False, compare=False)
    """``<admdvs>/<effective-date>``: the pack's name in records and on slips."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "pack", f"{self.admdvs}/{self.effective}")
