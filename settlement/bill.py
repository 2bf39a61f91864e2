"""What is sold or done, for whom, and what stood before: the inputs of a split.

Field names are the national ones (interface 2.6 ``drugdetail``, 2.8 ``detlcutinfo``) with the unit of
our integer last: ``_fen``, ``_e4`` (10⁻⁴), ``_e6`` (10⁻⁶ yuan).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from settlement.figures import Figures
from settlement.money import line_amount
from settlement.reasons import Step

RX, EPHEDRINE = "rx", "ephedrine"
CONTROLS = (RX, EPHEDRINE)
"""How a drug is sold: on prescription only · to a person who is named in a register (含麻黄碱类复方制剂)."""
SCHEME = "310"
"""``insutype`` of employee basic insurance."""


class Venue(StrEnum):
    """Where the bill is made; with the institution's level it selects the rule."""

    PHARMACY = "pharmacy"
    CLINIC = "clinic"
    HOSPITAL = "hospital"

    __hash__ = str.__hash__
    """As text: the hash of an enumeration costs a call at each bill."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a bill."""

    feedetl_sn: str
    """Unique within the bill: joins the line to its cut."""
    medins_list_codg: str
    """The institution's own product code."""
    med_list_codg: str = ""
    """National catalogue code; empty for goods outside it."""
    name: str
    cnt_e4: int
    pric_e6: int
    chrgitm_lv: str
    """``01`` class A · ``02`` class B · ``03`` self-pay."""
    selfpay_prop_e4: int = 0
    """First self-pay ratio of a class-B line."""
    pric_uplmt_e6: int | None = None
    """Price limit; ``None`` = no limit (999999 on the wire)."""
    goods_kind: str
    """Kind of approval that decides whether the account may pay: 国药准字, 械字, 消字, 日用品 …"""
    rxno: str = ""
    """External prescription number; empty without one."""
    drug_trac_codg: tuple[str, ...] = ()
    """Traceability codes of the boxes."""
    full_pric_e6: int | None = None
    """Unit price before a discount; None without one. ``pric_e6`` is what is charged and claimed (identity H)."""
    spec: str = ""
    """Strength and pack, such as ``30mg×7片``."""
    prodentp_name: str = ""
    """Manufacturer."""
    manu_lotnum: str = ""
    """Batch."""
    expy_end: str = ""
    """Last day of use, ``yyyy-MM-dd``."""
    conditions: tuple[str, ...] = ()
    """What else holds of the line, in words of the pack: an essential drug, a negotiated one."""
    controls: tuple[str, ...] = ()
    """How it is sold: words of :data:`CONTROLS`."""
    prd_days: int = 0
    """Days' supply on the prescription; 0 without one."""
    bilg_dr_name: str = ""
    """Who wrote the prescription."""

    @property
    def det_item_fee_sumamt(self) -> int:
        """Line amount in fen (identity H)."""
        return line_amount(self.cnt_e4, self.pric_e6)


class Checked:
    """A value that a check has passed once: it never changes, so it is not checked again. No part of what it is."""

    __slots__ = ("sound",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill(Checked):
    """One bill, dated and placed. ``lines``, or a bare ``inscp_scp_amt`` (fen) where a case gives only that."""

    admdvs: str
    """Pooling area, six digits."""
    begntime: str
    """``yyyy-MM-dd HH:mm:ss`` of the sale, China time."""
    venue: Venue
    hosp_lv: str = ""
    """Level of the institution: ``1`` (and 基层), ``2``, ``3``; empty at a pharmacy."""
    insutype: str = SCHEME
    med_type: str = "41"
    lines: tuple[Line, ...] = ()
    inscp_scp_amt: int | None = None
    rxno: str = ""
    """Prescription behind a bare total; lines carry their own."""
    rx_level: str = ""
    """Level of the institution that prescribed, where a pharmacy is paid by it."""
    chrgitm_lv: str = ""
    """Class of a bare total; lines carry their own."""
    conditions: tuple[str, ...] = ()
    """What else holds of the visit, in words of the pack: filed, referred, a hospital of Chinese medicine."""
    cash_step_fen: int = 1
    """抹零: the cash due is rounded down to a multiple of this (1 = not at all, 10 = to the jiao). The claim is never touched."""

    @property
    def total_fen(self) -> int:
        """What the whole bill costs, claimed or not."""
        return self.inscp_scp_amt if self.inscp_scp_amt is not None else sum(line.det_item_fee_sumamt for line in self.lines)

    @property
    def cash_total_fen(self) -> int:
        """What the whole bill costs in cash, rounded down."""
        return self.total_fen - self.total_fen % self.cash_step_fen


@dataclass(frozen=True, slots=True, kw_only=True)
class Benefit:
    """Who pays under which rule, and what this year already used. All amounts in fen."""

    psn_type: str
    """``11`` in service, ``12`` retired, ``14`` to ``16`` residents: the first digits of the national code set, or a whole code."""
    deductible_used_fen: int
    fund_paid_fen: int
    """What the pooled fund paid this year toward the ceiling."""
    account_fen: int
    """What the account of this year may spend now: ``available`` on-line, the card's allowance off-line."""
    past_fen: int = 0
    """What the account of past years may spend, in areas that keep it apart."""
    mutual_fen: int = 0
    """What is left of the quota that the family has allotted."""
    age: int | None = None
    conditions: tuple[str, ...] = ()
    """What else holds of the person, in words of the pack."""
    suspended: bool = False
    """Whether settlement by this person's certificate is suspended (regulation 735, article 41)."""
    deductible_used_at: tuple[tuple[str, int], ...] = ()
    """What of ``deductible_used_fen`` was used at each level, by ``hosp_lv``."""
    scope_used_fen: int = 0
    """In-scope expense with a pooled share by rule, this year."""
    shared_used_fen: int = 0
    """What of it was above the deductible."""
    month: str = ""
    """``yyyy-MM`` of the two amounts that follow; empty = of the bill's month."""
    month_fund_paid_fen: int = 0
    month_scope_used_fen: int = 0
    paid_toward: tuple[tuple[str, int], ...] = ()
    """What was paid this year toward each further ceiling and by each fund behind the pool, by its name."""


@dataclass(slots=True, unsafe_hash=True)
class LineCut:
    """How one claimed line divides (identity E): ``detlcutinfo`` of the interface, in fen."""

    feedetl_sn: Final[str]
    det_item_fee_sumamt: Final[int]
    fulamt_ownpay_amt: Final[int]
    overlmt_amt: Final[int]
    preselfpay_amt: Final[int]
    inscp_scp_amt: Final[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A line that is no part of the claim and is paid in cash, with the reason's code and words."""

    feedetl_sn: str
    """Empty for what is no line: the cash rounded off (抹零), a negative amount."""
    amount_fen: int
    code: str
    zh: str
    en: str


@dataclass(slots=True, kw_only=True, unsafe_hash=True)
class Split:
    """The priced bill. ``Final`` for the reason of :class:`settlement.figures.Figures`, as :class:`LineCut`."""

    figures: Final[Figures]
    """The claim. All zero when no line may be claimed."""
    cuts: Final[tuple[LineCut, ...]]
    left_out: Final[tuple[LeftOut, ...]]
    pool_possible: Final[bool]
    """Whether the rule allows a pooled share on this bill at all: never estimated from an amount."""
    steps: Final[tuple[Step, ...]]
    """Why: one tree for every line and every total (:mod:`settlement.reasons`). Empty where it was not asked for."""
    pack: Final[str]
    """``<admdvs>/<effective-date>`` of the region pack that priced it."""
    warnings: Final[tuple[str, ...]] = ()
    """Keys of the pack's values that were used and are not ``confirmed``."""
    fund_includes_account: Final[bool] = False
    """Whether the area's ``fund_pay_sumamt`` contains the account's payment; ``figures`` never do."""
    past_pay_fen: Final[int] = 0
    """What of ``acct_pay`` the account of past years paid."""
    pooled_fen: Final[int] = 0
    """What of the claim is in scope and has a pooled share by rule, less what the current account paid first."""
    shared_fen: Final[int] = 0
    """What of it is above the deductible and within the ceiling."""
    paid_toward: Final[tuple[tuple[str, int], ...]] = ()
    """What was paid toward each further ceiling and by each fund behind the pool, by its name."""

    @property
    def outside_fen(self) -> int:
        """Cash for lines that left the claim."""
        return sum(line.amount_fen for line in self.left_out)

    @property
    def cash_due_fen(self) -> int:
        """All the cash that the customer pays."""
        return self.figures.psn_cash_pay + self.outside_fen
