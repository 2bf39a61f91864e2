"""The roster: a TOML file of ``[[person]]`` tables that names who is insured at this centre.

``[[institution]]`` tables name the clinics and hospitals that may open visits. A pharmacy needs none.

The same file makes the simulated cards, so keys that only they need are passed over.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy import Connection

from clearing.errors import Refused, RosterMalformed
from clearing.people import Enrolment, Insured, enrol
from clearing.visits import Institution, designate
from settlement.bill import Venue
from settlement.money import parse_yuan

Yuan = Annotated[str, Field(pattern=r"^[0-9]{1,12}(\.[0-9]{1,2})?$")]


Entry = TypeVar("Entry", bound=BaseModel)


class _Row(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, strict=True, hide_input_in_errors=True)

    psn_no: Annotated[str, Field(min_length=1, max_length=30)]
    psn_name: Annotated[str, Field(min_length=1, max_length=50)]
    certno: Annotated[str, Field(min_length=1, max_length=50)]
    card_no: Annotated[str, Field(max_length=9)] = ""
    card_sn: Annotated[str, Field(max_length=32)] = ""
    admdvs: Annotated[str, Field(pattern=r"^[0-9]{6}$")]
    psn_type: Annotated[str, Field(pattern=r"^[0-9]{2,6}$")]
    account: Yuan = "0"
    deductible_used: Yuan = "0"
    fund_paid: Yuan = "0"
    loaded: Yuan = "0"
    """Of ``account``, what the office has loaded onto a card that debits by itself."""
    proof_key: Annotated[str, Field(pattern=r"^([0-9A-F]{16}|[0-9A-F]{32})?$")] = ""
    """What that card makes its TACs with."""


class _Place(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, hide_input_in_errors=True)

    fixmedins_code: Annotated[str, Field(min_length=1, max_length=12)]
    venue: Literal["clinic", "hospital"]
    hosp_lv: Literal["1", "2", "3"]


def read_roster(path: Path) -> list[Enrolment]:
    """Return who is in the file. Raises :class:`RosterMalformed`."""
    rows = _rows(path, "person")
    if not rows:
        raise RosterMalformed(file=path.name, why="[[person]]")
    return [_enrolment(number, row, path) for number, row in enumerate(rows, 1)]


def read_institutions(path: Path) -> list[Institution]:
    """Return the clinics and hospitals in the file. Raises :class:`RosterMalformed`."""
    places = []
    for number, given in enumerate(_rows(path, "institution"), 1):
        place = _checked(_Place, given, path, f"institution {number}")
        places.append(Institution(fixmedins_code=place.fixmedins_code, venue=Venue(place.venue), hosp_lv=place.hosp_lv))
    return places


def enrol_all(db: Connection, path: Path, at: str) -> None:
    """Take everybody in the file into the books; who is there already stays as booked. Raises :class:`RosterMalformed`.

    Of a clinic or hospital the file says what it is now.
    """
    for place in read_institutions(path):
        designate(db, place)
    for number, wanted in enumerate(read_roster(path), 1):
        try:
            enrol(db, wanted, at)
        except Refused as refused:
            raise RosterMalformed(file=path.name, why=f"person {number}: {refused.words}") from refused


def _enrolment(number: int, given: Any, path: Path) -> Enrolment:  # noqa: ANN401 - TOML
    row = _checked(_Row, given, path, f"person {number}")
    return Enrolment(
        insured=Insured(psn_no=row.psn_no, certno=row.certno, psn_name=row.psn_name, admdvs=row.admdvs, psn_type=row.psn_type),
        card_no=row.card_no,
        card_sn=row.card_sn,
        account_fen=parse_yuan(row.account),
        deductible_fen=parse_yuan(row.deductible_used),
        fund_fen=parse_yuan(row.fund_paid),
        loaded_fen=parse_yuan(row.loaded),
        proof_key=row.proof_key,
    )


def _rows(path: Path, name: str) -> list[Any]:
    try:
        rows = tomllib.loads(path.read_text(encoding="utf-8-sig")).get(name, [])
    except OSError as error:
        raise RosterMalformed(file=path.name, why=error.strerror or type(error).__name__) from error
    except (ValueError, RecursionError) as error:
        raise RosterMalformed(file=path.name, why=str(error)[:200]) from error
    if not isinstance(rows, list):
        raise RosterMalformed(file=path.name, why=f"[[{name}]]")
    return rows


def _checked(model: type[Entry], given: Any, path: Path, at: str) -> Entry:  # noqa: ANN401 - TOML
    try:
        return model.model_validate(given)
    except ValidationError as invalid:
        first = invalid.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise RosterMalformed(file=path.name, why=f"{at}: {where}: {first['msg']}") from invalid
