"""Registration fee and maternity at a clinic: priced where the pack has rows that name them, and by no other row."""

from __future__ import annotations

import pytest

from settlement.bill import Bill, Venue
from settlement.errors import Refusal
from settlement.policy import Policy
from settlement.rule import ORDINARY
from settlement.split import pool_possible, price
from tests.settlement.priced_bills import benefit, bill, line, policy, rule, split

REGISTRATION, MATERNITY = ("12",), ("51",)


def ordinary(**members: object) -> Policy:
    """Return an area whose rows speak of ordinary care, as a pack's do when they name no medical type."""
    shared = {name: getattr(policy(), name) for name in ("deductible", "ratio", "ceiling")}
    tables: dict[str, object] = {name: tuple(rule(row.value, name, med_types=ORDINARY) for row in rows) for name, rows in shared.items()}
    return policy(**{"pooling": (rule(1, "pooling", med_types=ORDINARY),), **tables, **members})


def at_clinic(med_type: str) -> Bill:
    """Return a clinic's bill of 10 yuan, class A."""
    return bill(line(), venue=Venue.CLINIC, med_type=med_type)


def code(outcome: object) -> str:
    """Return the code of a refusal."""
    assert isinstance(outcome, Refusal), outcome
    return outcome.code


def test_ordinary_rows_do_not_speak_of_a_registration_fee() -> None:
    """The same lines are shared as 11 and refused as 12 until a row says so; the refusal names what is missing."""
    assert split(at_clinic("11"), ordinary(), benefit(deductible_used_fen=700_00)).figures.hifp_pay == 8_00

    refusal = price(at_clinic("12"), ordinary(), benefit())

    assert code(refusal) == "PACK-NO-POOLING"
    assert isinstance(refusal, Refusal)
    assert "pooling [venue=clinic, hosp_lv=1, psn_type=11, med_type=12, class=01]" == refusal.details["key"]
    assert "10.00" == refusal.details["self_pay"]


def test_a_registration_fee_without_a_pooled_share_is_the_accounts() -> None:
    """Where the rule shares nothing, no other value of that medical type is needed, and the account pays."""
    unshared = ordinary(pooling=(rule(1, med_types=ORDINARY), rule(0, med_types=REGISTRATION)))

    priced = split(at_clinic("12"), unshared, benefit(account_fen=6_00, deductible_used_fen=700_00))

    assert (0, 6_00, 4_00) == (priced.figures.hifp_pay, priced.figures.acct_pay, priced.figures.psn_cash_pay)
    assert not priced.pool_possible
    assert pool_possible(at_clinic("12"), unshared) is False


@pytest.mark.parametrize("without", ["deductible", "ratio", "ceiling"])
@pytest.mark.parametrize("med_type", ["12", "51"])
def test_a_shared_one_needs_its_own_deductible_ratio_and_ceiling(med_type: str, without: str) -> None:
    """Nothing of ordinary care is taken over; with every row of its own the bill is priced by them."""
    own = {"pooling": 1, "deductible": 0, "ratio": 5000, "ceiling": 100_00}
    tables = {name: (rule(value, name, med_types=(med_type,)),) for name, value in own.items()}

    assert 5_00 == split(at_clinic(med_type), ordinary(**tables)).figures.hifp_pay
    assert f"PACK-NO-{without.upper()}" == code(price(at_clinic(med_type), ordinary(**{**tables, without: ()}), benefit()))


@pytest.mark.parametrize(
    ("venue", "med_type"), [(Venue.PHARMACY, "12"), (Venue.PHARMACY, "51"), (Venue.CLINIC, "21"), (Venue.CLINIC, "41")]
)
def test_other_medical_types_are_not_priced(venue: Venue, med_type: str) -> None:
    """A pharmacy registers nobody, a clinic sells nothing over the counter, and a chronic disease has rules of its own."""
    assert "BILL-MED-TYPE" == code(price(bill(line(), venue=venue, med_type=med_type), policy(), benefit()))
