"""5201 visits and 5203 settlement (interface 2.11): the way to a settlement whose answer was lost."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from nhsa.envelope import DateTime
from nhsa.reading import Answer, Content, Text
from nhsa.settlement import SetlInfo

PsnNo = Annotated[str, Field(min_length=1, max_length=30)]


class VisitsQuery(Content):
    """``data`` of 5201."""

    psn_no: PsnNo
    begntime: DateTime
    endtime: DateTime
    med_type: Annotated[str, Field(max_length=6)] = ""
    mdtrt_id: Annotated[str, Field(max_length=30)] = ""


class SettlementQuery(Content):
    """``data`` of 5203. Whether ``setl_id`` may be left out is not known of every centre."""

    psn_no: PsnNo
    setl_id: Annotated[str, Field(max_length=30)] = ""
    mdtrt_id: Annotated[str, Field(max_length=30)] = ""
    medins_setl_id: Annotated[str, Field(max_length=30)] = ""
    """In place of ``mdtrt_id`` where the gateway promises ``query_by_msgid``: the member's name is our reading, no source shows it."""

    @model_validator(mode="after")
    def _names_something(self) -> Self:
        if not self.mdtrt_id and not self.medins_setl_id:
            message = "neither mdtrt_id nor medins_setl_id"
            raise ValueError(message)
        return self


class Visit(Answer):
    """One visit in the answer of 5201; ``setl_id`` where the centre gives it, empty for a visit that is not settled."""

    mdtrt_id: Text
    setl_id: Text = ""
    ipt_otp_no: Text = ""
    """The institution's own number: by it a registration is found whose answer was lost."""
    med_type: Text = ""
    begntime: Text = ""


def visits_query(*, psn_no: str, begntime: str, endtime: str, med_type: str) -> dict[str, Any]:
    """Return the input of 5201; an empty ``med_type`` asks for visits of any."""
    return {"data": VisitsQuery(psn_no=psn_no, begntime=begntime, endtime=endtime, med_type=med_type).wire()}


def read_visits(output: dict[str, Any]) -> tuple[Visit, ...]:
    """Return what 5201 lists. Raises :class:`ValueError`."""
    return tuple(Visit.model_validate(item) for item in output.get("mdtrtinfo") or [])


def settlement_query(*, psn_no: str, mdtrt_id: str, setl_id: str = "") -> dict[str, Any]:
    """Return the input of 5203; ``setl_id`` goes out empty when it is not known."""
    return {"data": SettlementQuery(psn_no=psn_no, setl_id=setl_id, mdtrt_id=mdtrt_id).model_dump(exclude={"medins_setl_id"})}


def msgid_query(*, psn_no: str, msgid: str) -> dict[str, Any]:
    """Return the input of 5203 that asks for one settlement or reversal by its message id, of whatever visit."""
    return {"data": SettlementQuery(psn_no=psn_no, medins_setl_id=msgid).model_dump()}


def read_settlements(output: dict[str, Any]) -> tuple[SetlInfo, ...]:
    """Return the settlements of a visit: one, or with its reversal two. Raises :class:`ValueError`."""
    found = output.get("setlinfo") or []
    return tuple(SetlInfo.model_validate(item) for item in (found if isinstance(found, list) else [found]))
