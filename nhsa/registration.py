"""2201 registration and 2202 its cancellation (interface 2.7): what opens a visit, and what takes it back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field

from nhsa import codes
from nhsa.envelope import DateTime
from nhsa.reading import Answer, Content, Text
from settlement.visit import Registration


@dataclass(frozen=True, slots=True, kw_only=True)
class Presented:
    """Who is there and by which certificate: what 2102, 2201, 2206 and 2207 repeat of 1101. Personal, every member."""

    psn_no: str
    mdtrt_cert_type: codes.CertType
    mdtrt_cert_no: str
    """Card number, identity number or token, as the type says."""


class RegistrationRequest(Content):
    """``data`` of 2201."""

    psn_no: Annotated[str, Field(min_length=1, max_length=30)]
    insutype: Annotated[str, Field(min_length=1, max_length=6)]
    begntime: DateTime
    mdtrt_cert_type: codes.CertType
    mdtrt_cert_no: Annotated[str, Field(min_length=1, max_length=50)]
    ipt_otp_no: Annotated[str, Field(min_length=1, max_length=30)]
    atddr_no: Annotated[str, Field(min_length=1, max_length=30)]
    dr_name: Annotated[str, Field(min_length=1, max_length=50)]
    dept_code: Annotated[str, Field(min_length=1, max_length=30)]
    dept_name: Annotated[str, Field(min_length=1, max_length=100)]
    caty: Annotated[str, Field(min_length=1, max_length=6)]


class CancellationRequest(Content):
    """``data`` of 2202."""

    psn_no: Annotated[str, Field(min_length=1, max_length=30)]
    mdtrt_id: Annotated[str, Field(min_length=1, max_length=30)]
    ipt_otp_no: Annotated[str, Field(min_length=1, max_length=30)]


class Registered(Answer):
    """``data`` of 2201's answer."""

    mdtrt_id: Annotated[Text, Field(min_length=1)]
    psn_no: Text = ""
    ipt_otp_no: Text = ""


def registration_input(registration: Registration, presented: Presented) -> dict[str, Any]:
    """Return the input of 2201. Raises :class:`ValueError`."""
    request = RegistrationRequest(
        psn_no=presented.psn_no,
        insutype=registration.insutype,
        begntime=registration.begntime,
        mdtrt_cert_type=presented.mdtrt_cert_type,
        mdtrt_cert_no=presented.mdtrt_cert_no,
        ipt_otp_no=registration.ipt_otp_no,
        atddr_no=registration.doctor.code,
        dr_name=registration.doctor.name,
        dept_code=registration.department.code,
        dept_name=registration.department.name,
        caty=registration.department.caty,
    )
    return {"data": request.wire()}


def cancellation_input(*, psn_no: str, mdtrt_id: str, ipt_otp_no: str) -> dict[str, Any]:
    """Return the input of 2202. Raises :class:`ValueError`."""
    return {"data": CancellationRequest(psn_no=psn_no, mdtrt_id=mdtrt_id, ipt_otp_no=ipt_otp_no).wire()}


def read_registration(output: dict[str, Any]) -> Registered:
    """Return what 2201 answered. Raises :class:`ValueError`."""
    return Registered.model_validate(output.get("data"))
