"""A clinic that paid fees off-line, from the card's allowance: the chain is walked later, the card's evidence with its settlement."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from settlement import reversal
from settlement.checkout.states import PaidInCash, Sale
from terminal import later
from terminal.person import Answer
from tests.world.clinic import Clinic, Clinics

CENTRES = ("refuses", "expires")
"""Nothing is lost here: one that answers no copy, and one that soon forgets who signed in."""


@pytest.fixture(scope="module")
def clinics(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clinics]:
    """Return the clinics of the file, opened when they are first asked for."""
    with Clinics(tmp_path_factory.mktemp("offline")) as opened:
        yield opened


@pytest.fixture(params=CENTRES)
def clinic(request: pytest.FixtureRequest, clinics: Clinics) -> Clinic:
    """Return the clinic beside a centre of each kind."""
    return clinics.beside(request.param)


def test_off_line_from_the_allowance(clinic: Clinic) -> None:
    """The fee is paid by the card while the line is down; the sender walks the whole chain when it is up, the card's evidence with it."""
    clinic.subject(clinic.register("first"))
    clinic.cut()
    registered = clinic.subject(clinic.register("first"))
    provisional = str(clinic.counter.journal.standing(registered).standing)
    clinic.mend()
    clinic.settle_down()

    assert "provisional" == provisional
    assert "accepted" == str(clinic.counter.journal.standing(registered).standing)
    assert ["2201", "2203", "2204", "2207"] == clinic.steps(registered)
    assert [] == clinic.unsound()


def test_the_line_falls_in_the_middle_of_a_chain(clinic: Clinic) -> None:
    """What was begun on-line is taken down when the line is up; the fee is paid off-line under numbers of its own, and delivered once."""
    clinic.subject(clinic.register("first"))
    clinic.sign_in_anew()
    clinic.stage.bend_line({"mode": "refuse", "infno": ["2204", "2205"]})
    registered = clinic.subject(clinic.register("first"))
    clinic.stage.bend_line({})
    clinic.settle_down()
    begun, settled = clinic.visits()[-2:]

    assert clinic.counter.journal.standing(registered).offline
    assert (True, False) == (bool(begun["cancelled"]), bool(settled["cancelled"]))
    assert registered == settled["ipt_otp_no"]
    assert [] == clinic.unsound()


def test_a_card_that_was_reported_lost_since(clinic: Clinic) -> None:
    """What was paid before the report is settled after it: the visit is registered and charged by its own time."""
    clinic.subject(clinic.register("lost"))
    clinic.cut()
    registered = clinic.subject(clinic.register("lost"))
    clinic.stage.set_clock("2026-03-02 09:30:00")
    clinic.stage.report_loss(clinic.stage.cast["lost"])
    clinic.mend()
    clinic.settle_down()

    assert "accepted" == str(clinic.counter.journal.standing(registered).standing)
    assert [] == clinic.unsound()


def test_refused_when_it_comes(clinic: Clinic) -> None:
    """Sold by a card that was lost already, as the old hotlist could not tell: refused later, and nothing of it is left there."""
    clinic.subject(clinic.register("killed"))
    clinic.cut()
    clinic.stage.report_loss(clinic.stage.cast["killed"])
    clinic.stage.set_clock("2026-03-02 10:30:00")
    registered = clinic.subject(clinic.register("killed"))
    clinic.mend()
    clinic.settle_down()

    assert "rejected" == str(clinic.counter.journal.standing(registered).standing)
    assert [] == clinic.left_open()
    assert [] == clinic.counter.journal.owed()


def test_a_registration_that_was_paid_in_cash_is_settled_later(clinic: Clinic) -> None:
    """The slip becomes a settlement that opens a visit under a number of its own; the cash goes back."""
    paid = clinic.register("second", answers={"Quoted": [Answer.CASH]})
    assert isinstance(paid, PaidInCash)
    sale = later.sale_of(clinic.counter, paid.subject)
    assert isinstance(sale, Sale)
    settled = clinic.subject(clinic.sell_by_card("second", sale))
    clinic.settle_down()
    registered = clinic.counter.journal.registration(settled)

    assert registered is not None
    assert [registered.ipt_otp_no] == [visit["ipt_otp_no"] for visit in clinic.visits()][-1:]
    assert registered.ipt_otp_no != paid.subject
    assert [] == clinic.unsound()


def test_a_void_before_the_centre_knows(clinic: Clinic) -> None:
    """Fee and void go up as a pair, in this order, and then what is left of the visit comes down."""
    clinic.subject(clinic.register("second"))
    clinic.cut()
    registered = clinic.subject(clinic.register("second"))
    ended = clinic.void("second", registered)
    clinic.mend()
    clinic.settle_down()

    assert isinstance(ended, reversal.Waiting)
    assert "reversed" == str(clinic.counter.journal.standing(registered).standing)
    assert ["2201", "2203", "2204", "2207", "2205", "2202", "taken_down"] == clinic.steps(registered)
    assert clinic.visits()[-1]["cancelled"]
    assert [] == clinic.unsound()
