"""A front end that says "too many requests", before the centre was asked or after it has settled: once there, whatever was meant."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from nhsa.outcome import Outcome
from offline_queue.journal import DueRow
from offline_queue.sync.courier import Courier
from offline_queue.sync.delivery import Delivery
from offline_queue.sync.requests import Ready
from settlement import reversal
from settlement.checkout.states import Settled
from terminal.person import Answer
from tests.world.clinic import Clinic, waits
from tests.world.shop import Shop


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """Return a shop beside a centre that executes whatever comes."""
    with Shop(tmp_path_factory.mktemp("turned-away") / "stage", personality="re-executes") as opened:
        yield opened


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clinic]:
    """Return a clinic beside such a centre."""
    with Clinic(tmp_path_factory.mktemp("turned-away-clinic") / "stage", personality="re-executes") as opened:
        yield opened


def _turn_away(shop: Shop, infno: str, *, before: bool) -> None:
    shop.sign_in_anew()
    shop.stage.bend_line({"mode": "busy-reply", "infno": infno, "times": 1, "before": before})


def _of(shop: Shop, subject: str) -> list[str]:
    """Return what the sender did about ``subject``: attempts, and what each proved."""
    told = [record for record in shop.counter.journal.records(subject) if record.kind in {"sending", "answered"}]
    return [record.kind if record.kind == "sending" else f"{record.body['outcome']} by {record.body['found_by']}" for record in told]


AFTER = ["sending", "retry by reply", "accepted by query"]
BEFORE = ["sending", "retry by reply", "sending", "accepted by reply"]


@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
def test_a_sale(shop: Shop, before: bool) -> None:  # noqa: FBT001 - a column
    """Done already: found, and not sent again. Not done: the same number once more."""
    _turn_away(shop, "2102", before=before)
    ended = shop.sell("first")
    shop.settle_down()

    assert isinstance(ended, Settled), shop.script.asked
    assert (BEFORE if before else AFTER) == _of(shop, ended.subject)
    assert [] == shop.disagreements()


@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
def test_a_void(shop: Shop, before: bool) -> None:  # noqa: FBT001 - a column
    """A release is no more made twice than a sale."""
    sold = shop.sell("second")
    assert isinstance(sold, Settled)
    _turn_away(shop, "2103", before=before)
    ended = shop.void("second", sold.subject)
    shop.settle_down()

    assert isinstance(ended, reversal.Voided)
    assert (BEFORE if before else AFTER) == _of(shop, ended.subject)
    assert [] == shop.disagreements()


@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
@pytest.mark.parametrize("infno", ["2207", "2208"])
def test_a_charge_and_its_void(clinic: Clinic, infno: str, before: bool) -> None:  # noqa: FBT001 - a column
    """What holds of 2102 and 2103 holds at a clinic."""
    registered = clinic.subject(clinic.register("second")) if infno == "2208" else ""
    _turn_away(clinic, infno, before=before)
    if infno == "2207":
        subject = clinic.subject(clinic.register("first", answers=waits()))
    else:
        ended = clinic.void("second", registered)
        assert isinstance(ended, reversal.Voided)
        subject = ended.subject
    clinic.settle_down()

    assert (BEFORE if before else AFTER) == _of(clinic, subject)
    assert [] == clinic.unsound()


def test_an_offline_sale(shop: Shop) -> None:
    """On the backlog, with nobody there, the same."""
    # On-line first: the card carries an allowance then.
    assert isinstance(shop.sell("torn"), Settled)
    shop.cut()
    sold = shop.sell("torn", "2.00")
    assert isinstance(sold, Settled)
    shop.stage.bend_line({"mode": "busy-reply", "infno": "2102", "times": 1, "before": False})
    shop.settle_down()

    assert AFTER == _of(shop, sold.subject)
    assert [] == shop.disagreements()


def test_it_is_asked_only_then(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sale that stayed here, because the sign-in before it failed, asks nothing: the customer waits no longer than before."""
    asked: list[str] = []
    look = Delivery._look

    def looking(self: Delivery, row: DueRow, ready: Ready, courier: Courier) -> Outcome:
        asked.append(row.msgid)
        return look(self, row, ready, courier)

    def sign_in_fails() -> Answer:
        shop.stage.bend_line({"mode": "error-reply", "infno": "9001", "times": 1, "before": True})
        shop.sign_in_anew()
        return Answer.SETTLE

    monkeypatch.setattr(Delivery, "_look", looking)
    ended = shop.sell("killed", answers={"Quoted": [sign_in_fails]})
    shop.settle_down()

    assert isinstance(ended, Settled), shop.script.asked
    assert BEFORE == _of(shop, ended.subject)
    assert [] == asked
    assert [] == shop.disagreements()
