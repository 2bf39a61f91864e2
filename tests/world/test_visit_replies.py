"""Every step of a visit lost, late or doubled, under every kind of centre: settled once or taken down, nothing left open."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from settlement import reversal
from settlement.checkout.states import Settled
from terminal.person import Answer
from tests.world.clinic import PERSONALITIES, Clinic, Clinics, waits

EXCHANGE_S, LATE_S = 0.3, 0.5
"""The deadline of one exchange, and what comes after it."""
THERE = ("2201", "2203", "2204", "2206", "2207")
BACK = ("2208", "2205", "2202")


@pytest.fixture(scope="module")
def clinics(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clinics]:
    """Return the clinics of the file, opened when they are first asked for."""
    with Clinics(tmp_path_factory.mktemp("visits"), exchange_s=EXCHANGE_S) as opened:
        yield opened


@pytest.fixture(params=PERSONALITIES)
def clinic(request: pytest.FixtureRequest, clinics: Clinics) -> Clinic:
    """Return the clinic beside a centre of each kind."""
    return clinics.beside(request.param)


def _bend(clinic: Clinic, mode: str, infno: str) -> None:
    # What is bent must be the one meant, not a refusal for a sign-in that expired just then.
    clinic.sign_in_anew()
    clinic.stage.bend_line({"mode": mode, "infno": infno, "times": 1, "seconds": LATE_S})


BENT = ("drop-reply", "delay-reply", "double-request")
"""What happens to a step."""
LOST = [("re-executes", infno, "drop-request") for infno in THERE]
"""A request that never reached the centre is one thing to every kind of it."""
CASES = [(kind, infno, mode) for kind in PERSONALITIES for infno in THERE for mode in BENT] + LOST
CASES_BACK = [(kind, infno, mode) for kind in PERSONALITIES for infno in BACK for mode in BENT]


@pytest.mark.parametrize(("clinic", "infno", "mode"), CASES, indirect=["clinic"])
def test_a_step_there(clinic: Clinic, infno: str, mode: str) -> None:
    """Done again or found: the customer is settled while they wait, once."""
    if (infno, mode) == ("2207", "drop-request"):
        mode = "double-reply"  # a lost request is a doubt, as any settlement's: test_a_charge_that_is_lost
    _bend(clinic, mode, infno)
    ended = clinic.register("first", answers=waits())
    clinic.stage.bend_line({})
    clinic.settle_down()

    assert isinstance(ended, Settled), (ended, clinic.script.told)
    assert [] == clinic.unsound()


@pytest.mark.parametrize(("clinic", "infno", "mode"), CASES_BACK, indirect=["clinic"])
def test_a_step_back(clinic: Clinic, infno: str, mode: str) -> None:
    """A void, then lines and registration taken down: each until the centre has it, and the visit is gone."""
    registered = clinic.subject(clinic.register("second"))
    _bend(clinic, mode, infno)
    ended = clinic.void("second", registered)
    clinic.settle_down()
    clinic.stage.bend_line({})
    clinic.settle_down()

    assert isinstance(ended, reversal.Voided | reversal.InDoubt), ended
    assert [] == clinic.unsound()
    assert clinic.visits()[-1]["cancelled"]


GIVEN_UP = {"idempotent": ["2201", "5201"], "refuses": ["2203"], "re-executes": ["2204"], "expires": ["2206"]}
"""Which step never comes back, and what would find it."""


def test_a_customer_who_waits_no_longer(clinic: Clinic) -> None:
    """The step never comes back: the till takes the charge back, nothing was settled, and what was there is taken down."""
    clinic.sign_in_anew()
    clinic.stage.bend_line({"mode": "drop-reply", "infno": GIVEN_UP[clinic.stage.personality], "times": 99})
    ended = clinic.register("torn", answers={"Quoted": [Answer.SETTLE, Answer.CANCEL]})
    clinic.stage.bend_line({})
    clinic.settle_down()

    assert not isinstance(ended, Settled), clinic.script.asked
    assert [] == clinic.unsound()
    assert all(visit["cancelled"] for visit in clinic.visits() if not visit["lines"]["settled"])


def test_not_wanted_after_a_lost_reply(clinic: Clinic) -> None:
    """Settled at the centre while the patient left: booked and released in one transaction, and the visit is taken down."""
    _bend(clinic, "drop-reply", "2207")
    ended = clinic.register("killed", answers={"DoubtOpen": [Answer.GOODS_KEPT, *[Answer.AGAIN] * 9, Answer.LEAVE]})
    clinic.stage.bend_line({})
    clinic.settle_down()

    assert "Released" == type(ended).__name__
    assert clinic.visits()[-1]["cancelled"]
    assert [] == clinic.unsound()


def test_a_charge_that_is_lost(clinic: Clinic) -> None:
    """From the first byte of 2207 it is a doubt like any: listed with its amount, and nothing is taken down under it."""
    _bend(clinic, "drop-request", "2207")
    clinic.register("lost", answers={"DoubtOpen": [Answer.GOODS_KEPT, Answer.AGAIN, Answer.LEAVE]})
    clinic.stage.bend_line({})
    (doubt,) = clinic.doubts()

    assert ["2201", "2203", "2204", "2206", "2207"] == clinic.steps(doubt)
    assert [("2207", "unknown")] == [(row.infno, row.state) for row in clinic.counter.journal.owed()]
