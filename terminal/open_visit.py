"""The visit that a bill on the screen belongs to: one that it opens, or one that a clinic's own system names with an order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from settlement.visit import Department, Diagnosis, Doctor, Maternity, diagnosis_of

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Registering:
    """The registration that the clerk has chosen and nobody has paid: who, and as which fee class (号别)."""

    department: Department
    doctor: Doctor
    fee_class: str

    @property
    def key(self) -> tuple[str, str, str]:
        """Department, doctor and fee class: what an offer is found by."""
        return self.department.code, self.doctor.code, self.fee_class


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordered:
    """The visit of a doctor's order, as the clinic's own system tells of it."""

    number: str
    """``ipt_otp_no`` of its registration, or that one's receipt number."""
    med_type: str
    insutype: str = ""
    """Empty: the basic insurance of who is treated."""
    diagnoses: tuple[Diagnosis, ...] = ()
    main_cond_dscr: str = ""
    maternity: Maternity | None = None


def registering_of(body: Json | None) -> Registering | None:
    """Return what ``dataclasses.asdict`` made of a :class:`Registering`."""
    if body is None:
        return None
    return Registering(department=Department(**body["department"]), doctor=Doctor(**body["doctor"]), fee_class=body["fee_class"])


def ordered_of(body: Json | None) -> Ordered | None:
    """Return what ``dataclasses.asdict`` made of an :class:`Ordered`."""
    if body is None:
        return None
    diagnoses = tuple(diagnosis_of(diagnosis) for diagnosis in body["diagnoses"])
    maternity = body["maternity"]
    return Ordered(**{**body, "diagnoses": diagnoses, "maternity": None if maternity is None else Maternity(**maternity)})
