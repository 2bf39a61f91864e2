"""A visit at a clinic: registered with a doctor of a department, told by its diagnoses, charged in batches.

Values only, and nothing personal: who the patient is travels beside them. Names are the national ones (interface 2.7).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from settlement.rule import OUTPATIENT


@dataclass(frozen=True, slots=True, kw_only=True)
class Department:
    """A department of the institution (科室)."""

    code: str
    name: str
    caty: str
    """Its national specialty (科别)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doctor:
    """A doctor, by the national code."""

    code: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """One registration (挂号): it opens one visit."""

    ipt_otp_no: str
    """The institution's own number of the visit, used once and never again, not even after a cancellation."""
    begntime: str
    """``yyyy-MM-dd HH:mm:ss``, China time."""
    department: Department
    doctor: Doctor
    insutype: str = "310"
    fee_class: str = ""
    """号别 in the institution's own words; no transaction carries it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """One diagnosis. Department and doctor are those of the registration unless it names its own."""

    diag_code: str
    diag_name: str
    diag_time: str
    """``yyyy-MM-dd HH:mm:ss``, China time."""
    diag_type: str = "1"
    """``1`` western · ``2`` main disease and ``3`` syndrome of Chinese medicine."""
    department: Department | None = None
    doctor: Doctor | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Maternity:
    """What a maternity visit (生育门诊) says besides. Empty = not said."""

    birctrl_type: str = ""
    birctrl_matn_date: str = ""
    """``yyyy-MM-dd`` of the birth or of the family-planning operation."""
    matn_type: str = ""
    geso_val: str = ""
    """Weeks of gestation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What is told of a visit (就诊) before it is charged. Told again it replaces what was told before."""

    registration: Registration
    begntime: str
    """``yyyy-MM-dd HH:mm:ss``: by this day the centre chooses the region pack."""
    med_type: str = OUTPATIENT
    """``11`` general · ``12`` registration fee · ``14`` chronic disease · ``51`` maternity."""
    diagnoses: tuple[Diagnosis, ...] = ()
    main_cond_dscr: str = ""
    """Chief complaint."""
    dise_codg: str = ""
    dise_name: str = ""
    maternity: Maternity | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """One charge batch (收费批次) of a visit: the lines that are settled together."""

    mdtrt_id: str
    """The centre's number of the visit."""
    chrg_bchno: str
    med_type: str = OUTPATIENT
    insutype: str = "310"


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """What a settlement charges of a visit: it is 2207, and its void 2208."""

    visit: Visit
    """As 2203 tells it."""
    chrg_bchno: str
    """Number of its batch, used once in the visit."""
    opened_by: str = ""
    """The settlement that registered the visit; empty: this one does."""

    @property
    def opens(self) -> bool:
        """Return whether it registers the visit that it charges."""
        return not self.opened_by

    def under(self, number: str) -> Charge:
        """Return it under a number of its own, which no earlier try has used: of the batch, and of the visit where it opens one."""
        visit = self.visit
        if self.opens:
            visit = replace(visit, registration=replace(visit.registration, ipt_otp_no=number))
        return replace(self, visit=visit, chrg_bchno=number)


def charge_of(body: dict[str, Any] | None) -> Charge | None:
    """Return the charge that a fact's body holds; None where there is none, as in every journal of before."""
    if body is None:
        return None
    told = body["visit"]
    maternity = told["maternity"]
    visit = Visit(
        **{
            **told,
            "registration": _registration_of(told["registration"]),
            "diagnoses": tuple(diagnosis_of(diagnosis) for diagnosis in told["diagnoses"]),
            "maternity": None if maternity is None else Maternity(**maternity),
        }
    )
    return Charge(visit=visit, chrg_bchno=body["chrg_bchno"], opened_by=body["opened_by"])


def _registration_of(body: dict[str, Any]) -> Registration:
    return Registration(**{**body, "department": Department(**body["department"]), "doctor": Doctor(**body["doctor"])})


def diagnosis_of(body: dict[str, Any]) -> Diagnosis:
    """Return what ``dataclasses.asdict`` made of a :class:`Diagnosis`."""
    department, doctor = body["department"], body["doctor"]
    return Diagnosis(
        **{
            **body,
            "department": None if department is None else Department(**department),
            "doctor": None if doctor is None else Doctor(**doctor),
        }
    )
