"""What another program has seen of a prescription and a proxy buyer: ``papers`` of ``BILL.json`` (docs/bill-format.md)."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from settlement.drugs import NO_PAPERS, Buyer, Kind, Papers, Prescription
from settlement.errors import Refusal
from terminal.certificates import by_identity_number


class PapersFault(Exception):
    """What is wrong with them: the key."""


def _identity(number: str) -> str:
    checked = by_identity_number(number)
    if not isinstance(checked, Refusal):
        return checked.mdtrt_cert_no
    raise ValueError(checked.code)


def _day(text: str) -> str:
    return date.fromisoformat(text).isoformat()


class _Given(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)


class _Buyer(_Given):
    name: str = Field(min_length=1, max_length=50)
    certno: Annotated[str, AfterValidator(_identity)]


class _Papers(_Given):
    patient: str = Field("", max_length=50)
    written_on: Annotated[str, AfterValidator(_day)] | None = None
    supply_days: int = Field(0, ge=0, le=99)
    kind: Kind = "ordinary"
    counts_days: int = Field(1, ge=1, le=9)
    doctor: str = Field("", max_length=50)
    pharmacist: str = Field("", max_length=50)
    buyer: _Buyer | None = None


def papers_of(content: Any) -> Papers:  # noqa: ANN401 - what a file holds
    """Return the papers; none for None. Raises :class:`PapersFault` with the key that is wrong, and never with what stands there."""
    if content is None:
        return NO_PAPERS
    try:
        given = _Papers.model_validate(content)
    except ValidationError as error:
        raise PapersFault(".".join(("papers", *(str(part) for part in error.errors()[0]["loc"])))) from None
    seen = None
    if given.written_on is not None:
        seen = Prescription(
            patient=given.patient,
            written_on=given.written_on,
            supply_days=given.supply_days,
            kind=given.kind,
            counts_days=given.counts_days,
            doctor=given.doctor,
        )
    buyer = None if given.buyer is None else Buyer(psn_name=given.buyer.name, certno=given.buyer.certno)
    return Papers(prescription=seen, pharmacist=given.pharmacist, buyer=buyer)
