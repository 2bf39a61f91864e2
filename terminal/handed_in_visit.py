"""The visit that another program names with its bill: ``visit`` of ``BILL.json`` (docs/bill-format.md)."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from settlement.rule import MATERNITY, OUTPATIENT
from settlement.visit import Diagnosis, Maternity
from terminal.open_visit import Ordered

_KEYS = {"ipt_otp_no", "receipt", "med_type", "insutype", "diagnoses", "main_cond_dscr", "maternity"}
_NUMBER_MOST, _COMPLAINT_MOST = 30, 1000
_DIAGNOSES_MOST = 99
"""``diag_srt_no`` is num2."""
_DIAGNOSIS = {"code": 20, "name": 100}
_TYPES = ("1", "2", "3")
_SCHEME = re.compile(r"[0-9]{3,6}", re.ASCII)
_BIRTH_CONTROL = re.compile(r"[0-9A-Za-z]{0,6}", re.ASCII)
_WEEKS = re.compile(r"([0-9]{1,2})?", re.ASCII)


class VisitFault(Exception):
    """What is wrong with it: the key."""


def _fault(*path: str) -> VisitFault:
    return VisitFault(".".join(("visit", *path)))


def visit_of(content: Any) -> Ordered:  # noqa: ANN401 - what a file holds
    """Return the visit. Raises :class:`VisitFault` with the key that is wrong."""
    if not isinstance(content, dict):
        raise _fault()
    for key in content.keys() - _KEYS:
        raise _fault(key + "?")
    numbers = [content[key] for key in ("ipt_otp_no", "receipt") if key in content]
    number = numbers[0] if len(numbers) == 1 else None
    if not _is_text(number, _NUMBER_MOST) or not number:
        raise _fault("ipt_otp_no|receipt")
    med_type, insutype = content.get("med_type", OUTPATIENT), content.get("insutype", "")
    if med_type not in (OUTPATIENT, MATERNITY):
        raise _fault("med_type")
    if not isinstance(insutype, str) or (insutype and not _SCHEME.fullmatch(insutype)):
        raise _fault("insutype")
    complaint = content.get("main_cond_dscr", "")
    if not _is_text(complaint, _COMPLAINT_MOST):
        raise _fault("main_cond_dscr")
    return Ordered(
        number=number,
        med_type=med_type,
        insutype=insutype,
        diagnoses=_diagnoses(content.get("diagnoses")),
        main_cond_dscr=complaint,
        maternity=_maternity(content.get("maternity"), med_type),
    )


def _diagnoses(rows: Any) -> tuple[Diagnosis, ...]:  # noqa: ANN401 - what a file holds
    if not isinstance(rows, list) or not 0 < len(rows) <= _DIAGNOSES_MOST:
        raise _fault("diagnoses")
    return tuple(_diagnosis(row) for row in rows)


def _diagnosis(row: Any) -> Diagnosis:  # noqa: ANN401 - what a file holds
    if not isinstance(row, dict) or row.keys() - {*_DIAGNOSIS, "type"}:
        raise _fault("diagnoses[]")
    for key, most in _DIAGNOSIS.items():
        if not _is_text(row.get(key), most) or not row[key]:
            raise _fault("diagnoses[]", key)
    if row.get("type", "1") not in _TYPES:
        raise _fault("diagnoses[]", "type")
    # When it was made nobody says: it is told with the time of its charge.
    return Diagnosis(diag_code=row["code"], diag_name=row["name"], diag_type=row.get("type", "1"), diag_time="")


def _maternity(content: Any, med_type: str) -> Maternity | None:  # noqa: ANN401 - what a file holds
    if content is None and med_type != MATERNITY:
        return None
    if med_type != MATERNITY or not isinstance(content, dict):
        raise _fault("maternity")
    forms = {"birctrl_type": _BIRTH_CONTROL, "matn_type": _BIRTH_CONTROL, "geso_val": _WEEKS}
    for key in content.keys() - {*forms, "birctrl_matn_date"}:
        raise _fault("maternity", key + "?")
    for key, form in forms.items():
        if not isinstance(content.get(key, ""), str) or not form.fullmatch(content.get(key, "")):
            raise _fault("maternity", key)
    if not _is_day(content.get("birctrl_matn_date")):
        raise _fault("maternity", "birctrl_matn_date")
    return Maternity(**content)


def _is_text(value: Any, most: int) -> bool:  # noqa: ANN401 - what a file holds
    return isinstance(value, str) and len(value) <= most and value == value.strip() and value.isprintable()


def _is_day(value: Any) -> bool:  # noqa: ANN401 - what a file holds
    try:
        return isinstance(value, str) and date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False
