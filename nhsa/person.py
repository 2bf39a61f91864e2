"""1101 person information (interface 2.2) and 5206 accumulators (2.11)."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from nhsa import codes
from nhsa.reading import Answer, Content, Fen, Text


class PersonQuery(Content):
    """``data`` of 1101."""

    mdtrt_cert_type: codes.CertType
    mdtrt_cert_no: Annotated[str, Field(min_length=1, max_length=50)]
    card_sn: Annotated[str, Field(max_length=32)] = ""
    begntime: Annotated[str, Field(max_length=19)] = ""
    psn_cert_type: Annotated[str, Field(min_length=1, max_length=6)]
    certno: Annotated[str, Field(max_length=50)] = ""
    psn_name: Annotated[str, Field(max_length=50)] = ""

    @model_validator(mode="after")
    def _card_has_its_number(self) -> Self:
        if self.mdtrt_cert_type == codes.CARD and not self.card_sn:
            raise ValueError("card_sn")
        return self


class BaseInfo(Answer):
    """``baseinfo``."""

    psn_no: Annotated[Text, Field(min_length=1, max_length=30)]
    certno: Text = ""
    psn_name: Text = ""
    exp_content: Text = ""


class InsuInfo(Answer):
    """One row of ``insuinfo``."""

    balc: Fen = 0
    insutype: Text
    psn_type: Text = ""
    psn_insu_stas: Text = ""
    paus_insu_date: Text = ""
    insuplc_admdvs: Text = ""

    def in_force(self, today: str) -> bool:
        """Whether it is not paused on ``today`` (``yyyy-MM-dd``): a paused one has a date that is not later."""
        return not self.paus_insu_date or self.paus_insu_date[:10] > today


class Identity(Answer):
    """One row of ``idetinfo``: what else a person is (人员身份), such as signed with a family doctor; the codes are the area's."""

    psn_idet_type: Text = ""
    begntime: Text = ""
    endtime: Text = ""

    def in_force(self, today: str) -> bool:
        """Whether it holds on ``today`` (``yyyy-MM-dd``), both ends included; an end that is not given is open."""
        return self.begntime[:10] <= today and (not self.endtime or today <= self.endtime[:10])


class Person(Answer):
    """The output of 1101."""

    baseinfo: BaseInfo
    insuinfo: tuple[InsuInfo, ...] = ()
    idetinfo: tuple[Identity, ...] = ()

    def identities(self, today: str) -> tuple[str, ...]:
        """Return the identities (``psn_idet_type``) that hold on ``today``."""
        return tuple(dict.fromkeys(row.psn_idet_type for row in self.idetinfo if row.psn_idet_type and row.in_force(today)))

    def active(self, insutype: str, *, today: str) -> InsuInfo | None:
        """Return the row of ``insutype`` that is in force on ``today`` (``yyyy-MM-dd``), None when there is none.

        Several rows are normal. An empty ``insutype`` is the basic insurance that the person is in.
        """
        wanted = (insutype,) if insutype else codes.BASIC
        rows = (row for one in wanted for row in self.insuinfo if row.insutype == one and row.in_force(today))
        return next(rows, None)


class AccumulatorQuery(Content):
    """``data`` of 5206; ``cum_ym`` is a year, or a year and month."""

    psn_no: Annotated[str, Field(min_length=1, max_length=30)]
    cum_ym: Annotated[str, Field(pattern=r"^[0-9]{4}([0-9]{2})?$")]


class Cumulated(Answer):
    """One row of ``cuminfo`` (5206)."""

    insutype: Text = ""
    year: Text = ""
    cum_type_code: Text
    cum: Fen = 0


def card_query(*, card_no: str, card_sn: str, certno: str, psn_name: str, begntime: str = "") -> dict[str, Any]:
    """Return the input of 1101 for a social-security card, as it was at ``begntime`` (empty = now).

    A card that was reported lost after an off-line sale still answers for the time of the sale.
    """
    query = PersonQuery(
        mdtrt_cert_type=codes.CARD,
        mdtrt_cert_no=card_no,
        card_sn=card_sn,
        psn_cert_type=codes.RESIDENT_ID,
        certno=certno,
        psn_name=psn_name,
        begntime=begntime,
    )
    return {"data": query.wire()}


def certificate_query(*, mdtrt_cert_type: codes.CertType, mdtrt_cert_no: str) -> dict[str, Any]:
    """Return the input of 1101 for a certificate that is no card, of a person whom nothing else is known of."""
    certno = mdtrt_cert_no if mdtrt_cert_type == codes.IDENTITY_CARD else ""
    query = PersonQuery(mdtrt_cert_type=mdtrt_cert_type, mdtrt_cert_no=mdtrt_cert_no, psn_cert_type=codes.RESIDENT_ID, certno=certno)
    return {"data": query.wire()}


def identity_query(*, certno: str, psn_name: str) -> dict[str, Any]:
    """Return the input of 1101 by identity number: it answers also when the card no longer does."""
    query = PersonQuery(
        mdtrt_cert_type=codes.IDENTITY_CARD, mdtrt_cert_no=certno, psn_cert_type=codes.RESIDENT_ID, certno=certno, psn_name=psn_name
    )
    return {"data": query.wire()}


def read_person(output: dict[str, Any]) -> Person:
    """Return what 1101 answered. Raises :class:`ValueError`."""
    return Person.model_validate(output)


def accumulator_query(*, psn_no: str, year: str) -> dict[str, Any]:
    """Return the input of 5206."""
    return {"data": AccumulatorQuery(psn_no=psn_no, cum_ym=year).wire()}


def read_accumulators(output: dict[str, Any], insutype: str) -> dict[str, int]:
    """Return fen by cum_type_code, of one scheme: who changed from one to another has rows of both. Raises :class:`ValueError`."""
    rows = [Cumulated.model_validate(item) for item in output.get("cuminfo") or []]
    return {row.cum_type_code: row.cum for row in rows if row.insutype in {"", insutype}}
