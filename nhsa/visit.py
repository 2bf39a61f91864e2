"""2203 and 2203A visit information (interface 2.7): what kind of visit it is, and its diagnoses. It has no output.

2203A is 2203 with ``matn_type`` and ``geso_val``.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from nhsa import codes
from nhsa.envelope import DateTime
from nhsa.reading import Content
from settlement.visit import Diagnosis, Maternity, Registration, Visit

PLAIN, WITH_MATERNITY = "2203", "2203A"
DIAGNOSES_MAX = 99
"""``diag_srt_no`` is num2."""
_DATE_LENGTH = 10


def _day(text: str) -> str:
    if text and (len(text) != _DATE_LENGTH or date.fromisoformat(text).isoformat() != text):
        raise ValueError(text)
    return text


class MdtrtInfo(Content):
    """``mdtrtinfo`` of 2203."""

    mdtrt_id: Annotated[str, Field(min_length=1, max_length=30)]
    psn_no: Annotated[str, Field(min_length=1, max_length=30)]
    med_type: Annotated[str, Field(min_length=1, max_length=6)]
    begntime: DateTime
    main_cond_dscr: Annotated[str, Field(max_length=1000)] = ""
    dise_codg: Annotated[str, Field(max_length=30)] = ""
    dise_name: Annotated[str, Field(max_length=500)] = ""
    birctrl_type: Annotated[str, Field(max_length=6)] = ""
    birctrl_matn_date: Annotated[str, AfterValidator(_day)] = ""
    """``yyyy-MM-dd`` of a day that exists."""


class MaternityVisit(MdtrtInfo):
    """``mdtrtinfo`` of 2203A."""

    matn_type: Annotated[str, Field(max_length=6)] = ""
    geso_val: Annotated[str, Field(pattern=r"^([0-9]{1,2})?$")] = ""


class DiagnosisRow(Content):
    """One row of ``diseinfo``."""

    diag_type: Annotated[str, Field(min_length=1, max_length=3)]
    diag_srt_no: Annotated[str, Field(pattern=r"^[0-9]{1,2}$")]
    diag_code: Annotated[str, Field(min_length=1, max_length=20)]
    diag_name: Annotated[str, Field(min_length=1, max_length=100)]
    diag_dept: Annotated[str, Field(min_length=1, max_length=50)]
    dise_dor_no: Annotated[str, Field(min_length=1, max_length=30)]
    dise_dor_name: Annotated[str, Field(min_length=1, max_length=50)]
    diag_time: DateTime
    vali_flag: Annotated[str, Field(min_length=1, max_length=3)]


class VisitRequest(Content):
    """The input of 2203. A visit for the registration fee alone has no diagnosis yet."""

    mdtrtinfo: MdtrtInfo
    diseinfo: Annotated[list[DiagnosisRow], Field(max_length=DIAGNOSES_MAX)]


class MaternityVisitRequest(VisitRequest):
    """The input of 2203A."""

    mdtrtinfo: MaternityVisit


def infno_of(visit: Visit) -> str:
    """Return the transaction that can carry ``visit``."""
    maternity = visit.maternity
    return WITH_MATERNITY if maternity is not None and (maternity.matn_type or maternity.geso_val) else PLAIN


def visit_input(visit: Visit, *, psn_no: str, mdtrt_id: str) -> dict[str, Any]:
    """Return the input of the transaction that :func:`infno_of` names. Raises :class:`ValueError`."""
    told = {
        "mdtrt_id": mdtrt_id,
        "psn_no": psn_no,
        "med_type": visit.med_type,
        "begntime": visit.begntime,
        "main_cond_dscr": visit.main_cond_dscr,
        "dise_codg": visit.dise_codg,
        "dise_name": visit.dise_name,
    }
    maternity = visit.maternity or Maternity()
    told |= {"birctrl_type": maternity.birctrl_type, "birctrl_matn_date": maternity.birctrl_matn_date}
    diagnoses = [_row(diagnosis, number, visit.registration) for number, diagnosis in enumerate(visit.diagnoses, 1)]
    if infno_of(visit) == PLAIN:
        return VisitRequest(mdtrtinfo=MdtrtInfo(**told), diseinfo=diagnoses).wire()
    mdtrtinfo = MaternityVisit(**told, matn_type=maternity.matn_type, geso_val=maternity.geso_val)
    return MaternityVisitRequest(mdtrtinfo=mdtrtinfo, diseinfo=diagnoses).wire()


def read_visit_request(infno: str, content: dict[str, Any]) -> VisitRequest:
    """Return the input of 2203 or 2203A (the centre's side). Raises :class:`ValueError`."""
    request = MaternityVisitRequest if infno == WITH_MATERNITY else VisitRequest
    return request.model_validate(content)


def _row(diagnosis: Diagnosis, number: int, registration: Registration) -> DiagnosisRow:
    department, doctor = diagnosis.department or registration.department, diagnosis.doctor or registration.doctor
    return DiagnosisRow(
        diag_type=diagnosis.diag_type,
        diag_srt_no=str(number),
        diag_code=diagnosis.diag_code,
        diag_name=diagnosis.diag_name,
        diag_dept=department.name,
        dise_dor_no=doctor.code,
        dise_dor_name=doctor.name,
        diag_time=diagnosis.diag_time,
        vali_flag=codes.VALID,
    )
