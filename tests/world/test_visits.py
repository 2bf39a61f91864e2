"""A clinic's visits end to end: registered, charged, voided, taken down; on-line and off-line, under each kind of centre."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.world.clinic import Clinic, Clinics

PERSONALITIES = ("idempotent", "refuses", "re-executes", "expires")


@pytest.fixture(scope="module")
def clinics(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clinics]:
    """Return the clinics of the file, opened when they are first asked for."""
    with Clinics(tmp_path_factory.mktemp("visits")) as opened:
        yield opened


@pytest.fixture(params=PERSONALITIES)
def clinic(request: pytest.FixtureRequest, clinics: Clinics) -> Clinic:
    """Return the clinic beside a centre of each kind."""
    return clinics.beside(request.param)


def test_a_registration_and_an_order(clinic: Clinic) -> None:
    """One visit, two batches: 12 and then 11, each step once; both are the centre's own ledger."""
    registered = clinic.subject(clinic.register("first"))
    ordered = clinic.subject(clinic.order("first", registered))
    clinic.settle_down()

    assert ["2201", "2203", "2204", "2206", "2207"] == clinic.steps(registered)
    assert ["2203", "2204", "2206", "2207"] == clinic.steps(ordered)
    assert [] == clinic.unsound()
    assert {"settled": 3, "unsettled": 0} == clinic.visits()[-1]["lines"]
