"""A clinic's visits end to end: registered, charged, voided, taken down; on-line and off-line, under each kind of centre."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

import pytest

from settlement import reversal
from tests.world.clinic import PERSONALITIES, Clinic, Clinics


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


def test_the_later_charge_is_voided_first(clinic: Clinic) -> None:
    """A registration whose visit is charged stands; then each is voided, and the visit is cancelled with nothing on it.

    A step whose answer came late on a busy machine is asked for again, so that only the order of different ones is held.
    """
    registered = clinic.subject(clinic.register("second"))
    ordered = clinic.subject(clinic.order("second", registered))
    refused = clinic.void("second", registered)
    clinic.voided("second", ordered)
    clinic.settle_down()
    between = clinic.visits()[-1]
    clinic.voided("second", registered)
    clinic.settle_down()

    assert isinstance(refused, reversal.NotVoided)
    assert ("VISIT-CHARGED", ordered) == (refused.refusal.code, refused.refusal.details["by"])
    assert ("", {"settled": 1, "unsettled": 0}) == (between["cancelled"], between["lines"])
    assert ["2205", "2202", "taken_down"] == [step for step, _ in groupby(clinic.steps(registered))][-3:]
    assert ["2205", "taken_down"] == clinic.steps(ordered)[-2:]
    assert clinic.visits()[-1]["cancelled"]
    assert [] == clinic.unsound()


def test_an_order_after_one_that_was_voided(clinic: Clinic) -> None:
    """The lines of a batch have numbers of their own in the visit: what came down stands in nobody's way."""
    registered = clinic.subject(clinic.register("killed"))
    clinic.voided("killed", clinic.subject(clinic.order("killed", registered)))
    again = clinic.subject(clinic.order("killed", registered, "12.00"))
    clinic.settle_down()

    assert [] == clinic.unsound()
    assert {"settled": 3, "unsettled": 0} == clinic.visits()[-1]["lines"]
    assert "accepted" == str(clinic.counter.journal.standing(again).standing)


def test_a_settlement_that_the_centre_refuses(clinic: Clinic) -> None:
    """A visit of an order that needs a diagnosis and has none is refused by 2203: nothing is settled, and the registration stands."""
    registered = clinic.subject(clinic.register("torn"))
    ended = clinic.order("torn", registered, diagnosed=False)
    clinic.settle_down()

    assert "Dropped" == type(ended).__name__
    assert ["SALE-CENTRE-REFUSED"] == clinic.script.refused
    assert [] == clinic.unsound()
    assert {"settled": 1, "unsettled": 0} == clinic.visits()[-1]["lines"]


def test_a_charge_that_cannot_be_built(clinic: Clinic) -> None:
    """What no message can carry is told while the customer waits; nothing is set aside, and the registration stands."""
    registered = clinic.subject(clinic.register("torn"))
    ended = clinic.order("torn", registered, complaint="痛" * 1001)
    clinic.settle_down()

    assert "Dropped" == type(ended).__name__
    assert ["SALE-CENTRE-REFUSED"] == clinic.script.refused
    assert [] == clinic.unsound()
    assert {"settled": 1, "unsettled": 0} == clinic.visits()[-1]["lines"]
