"""2207 with the card's evidence: a fee that was paid off-line lowers its earmark, and counts by the visit's time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from clearing.personality import Personality
from nhsa import extension
from tests.clearing.clinic import REGISTRATION_FEE, Chain, chain, open_clinics
from tests.clearing.counter import ACCOUNT_FEN, Office, debit, on_card

GRANT_FEN, FEE_FEN = 100_00, 5_00


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """Return a centre with two clinics."""
    return open_clinics(Office(tmp_path, personality=Personality.IDEMPOTENT))


def told(visit: Chain, evidence: str) -> dict[str, Any]:
    """Bring a visit to its settlement and return the input of 2207 with ``evidence``."""
    visit.register().tell(med_type="12").upload(REGISTRATION_FEE)
    content = visit.settle_input(med_type="12")
    return {**content, "data": {**content["data"], "exp_content": evidence}}


def test_the_earmark_pays_an_off_line_fee(office: Office) -> None:
    """It is lowered by the card's debit; what is available is not touched; and 2208 makes it available."""
    visit = chain(office)
    visit.counter.refresh(on_card(1, 1, 0), limit_fen=GRANT_FEN)
    content = told(visit, extension.carry(debit(2, 1, FEE_FEN)))
    available_fen = office.available_fen()
    settled = visit.counter.output("2207", content)["setlinfo"]
    after = (office.available_fen(), list(office.open_fen().values()))
    (found,) = visit.settlements()
    visit.reverse(found)

    assert (ACCOUNT_FEN - GRANT_FEN, "5.00") == (available_fen, settled["acct_pay"])
    assert (available_fen, [GRANT_FEN - FEE_FEN]) == after
    assert available_fen + FEE_FEN == office.available_fen()
    assert office.ledger()["balanced"]


def test_what_a_debit_does_not_need_becomes_available(office: Office) -> None:
    """The card paid more than the fee comes to here: the difference is the person's again."""
    visit = chain(office)
    visit.counter.refresh(on_card(1, 1, 0), limit_fen=GRANT_FEN)
    before = office.available_fen()
    visit.counter.output("2207", told(visit, extension.carry(debit(2, 1, FEE_FEN + 2_00))))

    assert (before + 2_00, [GRANT_FEN - FEE_FEN - 2_00]) == (office.available_fen(), list(office.open_fen().values()))


@pytest.mark.parametrize(
    ("evidence", "words"),
    [
        pytest.param("{", "脱机凭证内容不正确", id="no evidence at all"),
        pytest.param(
            extension.carry(debit(2, 1, FEE_FEN).model_copy(update={"card_no": "990000001"})), "脱机凭证与就诊凭证不符", id="card"
        ),
        pytest.param(extension.carry(debit(2, 1, FEE_FEN).model_copy(update={"counter_after": 3})), "脱机凭证的计数不连续", id="counter"),
    ],
)
def test_evidence_that_is_not_right_is_refused(office: Office, evidence: str, words: str) -> None:
    """Nothing is booked, and the lines stay open."""
    visit = chain(office)
    visit.counter.refresh(on_card(1, 1, 0), limit_fen=GRANT_FEN)

    assert words == visit.counter.refusal("2207", told(visit, evidence))
    assert {"settled": 0, "unsettled": 1} == office.ledger()["visits"][0]["lines"]
    assert [GRANT_FEN] == list(office.open_fen().values())
