"""The roster: a TOML file of ``[[person]]`` tables that names who is insured at this centre.

The same file makes the simulated cards, so keys that only they need are passed over.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy import Connection

from clearing.errors import Refused, RosterMalformed
from clearing.people import Enrolment, Insured, enrol
from settlement.money import parse_yuan

Yuan = Annotated[str, Field(pattern=r"^[0-9]{1,12}(\.[0-9]{1,2})?$")]


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


def read_roster(path: Path) -> list[Enrolment]:
    """Return who is in the file. Raises :class:`RosterMalformed`."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        rows = table.get("person", [])
        if not isinstance(rows, list) or not rows:
            raise RosterMalformed(file=path.name, why="[[person]]")
        return [_enrolment(number, row, path) for number, row in enumerate(rows, 1)]
    except OSError as error:
        raise RosterMalformed(file=path.name, why=error.strerror or type(error).__name__) from error
    except (ValueError, RecursionError) as error:
        raise RosterMalformed(file=path.name, why=str(error)[:200]) from error


def enrol_all(db: Connection, path: Path, at: str) -> None:
    """Take everybody in the file into the books; who is there already stays as booked. Raises :class:`RosterMalformed`."""
    for number, wanted in enumerate(read_roster(path), 1):
        try:
            enrol(db, wanted, at)
        except Refused as refused:
            raise RosterMalformed(file=path.name, why=f"person {number}: {refused.words}") from refused


def _enrolment(number: int, given: Any, path: Path) -> Enrolment:  # noqa: ANN401 - TOML
    try:
        row = _Row.model_validate(given)
    except ValidationError as invalid:
        first = invalid.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise RosterMalformed(file=path.name, why=f"person {number}: {where}: {first['msg']}") from invalid
    return Enrolment(
        insured=Insured(psn_no=row.psn_no, certno=row.certno, psn_name=row.psn_name, admdvs=row.admdvs, psn_type=row.psn_type),
        card_no=row.card_no,
        card_sn=row.card_sn,
        account_fen=parse_yuan(row.account),
        deductible_fen=parse_yuan(row.deductible_used),
        fund_fen=parse_yuan(row.fund_paid),
    )
