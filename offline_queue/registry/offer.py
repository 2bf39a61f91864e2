"""What can be registered for: a doctor of a department under a fee class, for a time, and the bill lines that it becomes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from settlement.bill import Line

_ONE_E4 = 10_000
_FEN_E6 = 10_000
_NOON = "12"


class HalfDay(StrEnum):
    """Half a day of the desk: before noon, from noon on."""

    MORNING = "am"
    AFTERNOON = "pm"


def half_day_of(at: str) -> HalfDay:
    """Return the half-day of a moment, ``yyyy-MM-dd HH:mm:ss``."""
    return HalfDay.MORNING if at[11:13] < _NOON else HalfDay.AFTERNOON


@dataclass(frozen=True, slots=True)
class Department:
    """One department, by the names of 2201 (interface 2.7)."""

    dept_code: str
    dept_name: str
    caty: str
    """National code of its speciality (科别), such as ``A03``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fee:
    """One fee of a registration, above zero, as a bill line names it."""

    fee_fen: int
    medins_list_codg: str
    """The institution's own code of the item."""
    med_list_codg: str
    """National catalogue code; empty only for a self-pay fee."""
    chrgitm_lv: str
    """``01`` class A · ``02`` class B · ``03`` self-pay."""
    selfpay_prop_e4: int
    goods_kind: str
    """In the words of the region packs, 医疗服务 unless the file says otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One doctor of a department under one fee class, in one period. Moments are ``yyyy-MM-dd HH:mm:ss``, China time."""

    department: Department
    atddr_no: str
    dr_name: str
    fee_class: str
    """号别: 普通, 专家, 急诊 …, in the institution's own words."""
    registration: Fee | None
    """挂号费; None where none is charged."""
    consultation: Fee | None
    """诊察费; None where none is charged."""
    begntime: str = ""
    """The first second in force; empty: always was."""
    endtime: str = ""
    """The first second no longer in force; empty: until a file says otherwise."""
    quota: int | None = None
    """限号: most registrations in one half-day; None for no limit."""
    sessions: tuple[HalfDay, ...] = (HalfDay.MORNING, HalfDay.AFTERNOON)
    """The half-days in which it is given."""

    @property
    def registration_fen(self) -> int:
        """The registration fee, zero where none is charged."""
        return self.registration.fee_fen if self.registration is not None else 0

    @property
    def consultation_fen(self) -> int:
        """The consultation fee, zero where none is charged."""
        return self.consultation.fee_fen if self.consultation is not None else 0

    @property
    def total_fen(self) -> int:
        """What a registration costs."""
        return self.registration_fen + self.consultation_fen


def lines_of(offer: Offer, *, first_sn: int = 1) -> tuple[Line, ...]:
    """Return the bill lines of one registration: registration fee, then consultation fee, none for a fee that is not charged.

    Their numbers (``feedetl_sn``) count from ``first_sn``.
    """
    charged = [(name, fee) for name, fee in (("挂号费", offer.registration), ("诊察费", offer.consultation)) if fee is not None]
    return tuple(
        Line(
            feedetl_sn=str(sn),
            medins_list_codg=fee.medins_list_codg,
            med_list_codg=fee.med_list_codg,
            name=f"{name}（{offer.fee_class}）",
            cnt_e4=_ONE_E4,
            pric_e6=fee.fee_fen * _FEN_E6,
            chrgitm_lv=fee.chrgitm_lv,
            selfpay_prop_e4=fee.selfpay_prop_e4,
            goods_kind=fee.goods_kind,
        )
        for sn, (name, fee) in enumerate(charged, first_sn)
    )
