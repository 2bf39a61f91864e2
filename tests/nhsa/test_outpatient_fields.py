"""The out-patient chain's inputs against the field table: every field, its type, its length, whether it is mandatory."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from nhsa.fee_lines import FeeDetail, FeeLinesCancellation, FeeLinesRequest
from nhsa.outpatient import BatchReversal, BatchSettlement, BatchSettlementRequest, DryRun
from nhsa.pharmacy import DrugTrace
from nhsa.reading import decode
from nhsa.registration import CancellationRequest, RegistrationRequest
from nhsa.visit import DiagnosisRow, MaternityVisit, MaternityVisitRequest, MdtrtInfo, VisitRequest
from tests.nhsa.outpatient_chain import requests
from tests.nhsa.samples import sent

MODELS: dict[tuple[str, str], type[BaseModel]] = {
    ("2201", "data"): RegistrationRequest,
    ("2202", "data"): CancellationRequest,
    ("2203", "mdtrtinfo"): MdtrtInfo,
    ("2203", "diseinfo"): DiagnosisRow,
    ("2203A", "mdtrtinfo"): MaternityVisit,
    ("2204", "feedetail"): FeeDetail,
    ("2205", "data"): FeeLinesCancellation,
    ("2206", "data"): DryRun,
    ("2207", "data"): BatchSettlement,
    ("2207", "drug_trac_info"): DrugTrace,
    ("2208", "data"): BatchReversal,
}
WHOLE: dict[str, type[BaseModel]] = {
    "2203": VisitRequest,
    "2203A": MaternityVisitRequest,
    "2204": FeeLinesRequest,
    "2207": BatchSettlementRequest,
}
TYPE = re.compile(r"(?P<kind>str|num|datetime|date)(?P<size>\d+)?(,(?P<places>\d+))?(?P<mandatory> M)?( of (?P<codes>.+))?")


@dataclass(frozen=True)
class Field:
    """One row of the table."""

    infno: str
    node: str
    name: str
    kind: str
    size: int
    places: int
    mandatory: bool
    codes: tuple[str, ...]

    def at_the_limit(self) -> list[str]:
        """Return the longest values that the interface allows."""
        if self.codes:
            return list(self.codes)
        match self.kind:
            case "str":
                return ["永" * self.size, "1"]
            case "num":
                whole = "9" * (self.size - self.places)
                return [f"{whole}.{'9' * self.places}", "0"] if self.places else [whole, "0"]
            case "date":
                return ["2028-02-29"]
        return ["2028-02-29 23:59:59"]

    def beyond(self) -> list[object]:
        """Return values that it does not allow."""
        wrong: list[object] = [1, ["1"]]
        if self.mandatory:
            wrong += ["", None]
        if self.codes:
            return [*wrong, "09", "1" * (self.size + 1)]
        match self.kind:
            case "str":
                return [*wrong, "永" * (self.size + 1)]
            case "num":
                whole = "9" * (self.size - self.places)
                return [*wrong, f"9{whole}", f"{whole}.{'0' * (self.places + 1)}", "-1", "1e2", " 1", "一"]
            case "date":
                return [*wrong, "2026-02-29", "20260228", "2026-2-28"]
        return [*wrong, "2026-02-29 09:00:00", "2026-02-28", "20260228090000"]

    def fits(self, value: object) -> bool:
        """Whether a value is what the row says."""
        if not isinstance(value, str) or (self.mandatory and not value):
            return False
        patterns = {
            "str": f".{{0,{self.size}}}",
            "num": rf"\d{{1,{self.size - self.places}}}(\.\d{{1,{self.places}}})?" if self.places else rf"\d{{1,{self.size}}}",
            "date": r"\d{4}-\d{2}-\d{2}",
            "datetime": r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}",
        }
        return re.fullmatch(patterns[self.kind], value) is not None and (not self.codes or value in self.codes)


def _table() -> list[Field]:
    rows = tomllib.loads(Path(__file__).with_name("outpatient_fields.toml").read_text(encoding="utf-8"))
    fields = []
    for infno, nodes in rows.items():
        for node, members in nodes.items():
            for name, said in members.items():
                read = TYPE.fullmatch(said)
                assert read is not None, said
                fields.append(
                    Field(
                        infno=infno,
                        node=node,
                        name=name,
                        kind=read["kind"],
                        size=int(read["size"] or 0),
                        places=int(read["places"] or 0),
                        mandatory=read["mandatory"] is not None,
                        codes=tuple((read["codes"] or "").split()),
                    )
                )
    return fields


FIELDS = _table()
every_field = pytest.mark.parametrize("field", FIELDS, ids=lambda field: f"{field.infno}.{field.node}.{field.name}")


def rows_of(field: Field) -> list[dict[str, Any]]:
    """Return the objects of the field's node in the request that we build, as they come off the line."""
    node = decode(sent(requests()[field.infno]))[field.node]
    return node if isinstance(node, list) else [node]


def refused(field: Field, value: object) -> bool:
    """Whether the field's node is refused with another value there."""
    try:
        MODELS[field.infno, field.node].model_validate({**rows_of(field)[0], field.name: value})
    except ValueError as error:
        return field.name in str(error)
    return False


def test_every_model_has_the_fields_of_the_table_and_no_other() -> None:
    """Also which of them are mandatory."""
    listed: dict[tuple[str, str], dict[str, bool]] = {}
    for field in FIELDS:
        listed.setdefault((field.infno, field.node), {})[field.name] = field.mandatory

    modelled = {key: {name: member.is_required() for name, member in model.model_fields.items()} for key, model in MODELS.items()}

    assert listed == modelled


@every_field
def test_what_we_build_carries_each_field(field: Field) -> None:
    """A mandatory one always, an optional one in its form or not at all."""
    for row in rows_of(field):
        assert field.fits(row[field.name]) if field.name in row else not field.mandatory


@every_field
def test_a_field_at_its_limit_is_taken_and_beyond_it_refused(field: Field) -> None:
    """Lengths count characters, decimals digits; a number in JSON that is none of text's is no text."""
    model = MODELS[field.infno, field.node]
    row = rows_of(field)[0]

    for value in field.at_the_limit():
        assert value == getattr(model.model_validate({**row, field.name: value}), field.name)
    assert [] == [value for value in field.beyond() if not refused(field, value)]


@every_field
def test_a_mandatory_field_may_not_be_left_out(field: Field) -> None:
    """An optional one may."""
    row = {name: value for name, value in rows_of(field)[0].items() if name != field.name}
    try:
        MODELS[field.infno, field.node].model_validate(row)
        taken = True
    except ValueError as error:
        taken = field.name not in str(error)

    assert taken is not field.mandatory


@pytest.mark.parametrize("infno", WHOLE)
def test_a_request_of_several_nodes_is_read_whole(infno: str) -> None:
    """What we build comes back as it went, and a node or member that the interface does not have is refused."""
    content = decode(sent(requests()[infno]))

    assert content == WHOLE[infno].model_validate(content).wire()  # type: ignore[attr-defined]
    with pytest.raises(ValueError, match="surprise"):
        WHOLE[infno].model_validate({**content, "surprise": []})


def test_the_number_that_means_every_batch_is_no_batch() -> None:
    """0000 cancels all batches: nothing is uploaded or settled under it."""
    for infno, node in (("2204", "feedetail"), ("2206", "data"), ("2207", "data")):
        field = next(field for field in FIELDS if (field.infno, field.node, field.name) == (infno, node, "chrg_bchno"))
        assert refused(field, "0000")
    assert "0000" == requests()["2205"]["data"]["chrg_bchno"]
