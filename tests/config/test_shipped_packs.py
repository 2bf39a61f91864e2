"""Every shipped pack: it loads, prices whomever it says it can, refuses the others by a code, and never hides what is not confirmed."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

from config.pack_file import load_pack
from config.regions import SHIPPED, policy_for
from settlement.bill import Benefit, Bill, Split, Venue
from settlement.errors import Refusal
from settlement.policy import Policy
from settlement.split import MED_TYPES, price

PACKS = sorted(SHIPPED.glob("*/*.toml"))
WEAK = {"370100", "370200"}
"""Areas of which nothing but weak sources was found."""


def bills(policy: Policy) -> list[tuple[Bill, Benefit]]:
    """Return an ordinary bill at every place, for a person of every type who has used what the deductible may be."""
    found = []
    for venue, level, psn_type, scheme in product(Venue, ("1", "2", "3"), ("11", "12"), policy.schemes):
        pharmacy = venue is Venue.PHARMACY
        bill = Bill(
            admdvs=policy.admdvs,
            begntime=f"{policy.effective} 10:00:00",
            venue=venue,
            hosp_lv="" if pharmacy else level,
            insutype=scheme,
            med_type=MED_TYPES[venue],
            inscp_scp_amt=2000_00,
            rxno="R1" if pharmacy else "",
            rx_level=level if pharmacy else "",
            chrgitm_lv="01",
        )
        found.append((bill, Benefit(psn_type=psn_type, deductible_used_fen=3000_00, fund_paid_fen=0, account_fen=100_00, age=75)))
    return found


@pytest.mark.parametrize("path", PACKS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_pack(path: Path) -> None:
    """Whatever is priced keeps the identities and names each value that is not confirmed; whatever is not says which value is missing."""
    policy = load_pack(path)
    unsure = {key for status, keys in policy.by_status().items() if status != "confirmed" for key in keys}
    outcomes = [price(bill, policy, who) for bill, who in bills(policy)]
    priced = [one for one in outcomes if isinstance(one, Split)]
    refused = [one for one in outcomes if isinstance(one, Refusal)]

    assert [()] * len(priced) == [one.figures.broken_identities() for one in priced]
    assert all(set(one.warnings) <= unsure for one in priced)
    assert {code for one in refused if not (code := one.code).startswith("PACK-NO-")} == set()
    assert all(one.details["pack"] == policy.pack and one.details["key"] for one in refused)
    assert policy.invented or unsure


@pytest.mark.parametrize("admdvs", sorted(WEAK))
def test_weak_values_show_wherever_they_are_used(admdvs: str) -> None:
    """No bill of such an area is priced without a warning."""
    policy = policy_for(admdvs, "2026-03-02")
    assert isinstance(policy, Policy)
    splits = [one for bill, who in bills(policy) if isinstance(one := price(bill, policy, who), Split)]

    assert all(any(key.startswith(("ratio", "deductible", "pooling")) for key in one.warnings) for one in splits)
    assert splits or admdvs == "370100", "Jinan's ceiling is given in two ways that contradict each other: nothing is priced"


@pytest.mark.parametrize(
    ("admdvs", "level", "psn_type", "age", "conditions", "figures"),
    [
        # (deductible, fund, cash) of 3000 yuan in scope, worked out by hand from the rule
        ("110000", "3", "12", 75, (), (1300_00, 1530_00, 1470_00)),
        ("110000", "1", "11", 40, ("community",), (1800_00, 1080_00, 1920_00)),
        ("321100", "2", "11", 40, (), (800_00, 1650_00, 1350_00)),
        ("321100", "1", "12", 70, ("grassroots",), (500_00, 2250_00, 750_00)),
        ("440100", "1", "11", 40, ("essential",), (0, 2640_00, 360_00)),
        ("510100", "3", "12", 70, (), (150_00, 1710_00, 1290_00)),
        ("370200", "2", "12", 70, (), (500_00, 1875_00, 1125_00)),
        ("440300", "1", "11", 40, (), (0, 2250_00, 750_00)),
    ],
)
def test_by_hand(admdvs: str, level: str, psn_type: str, age: int, conditions: tuple[str, ...], figures: tuple[int, ...]) -> None:
    """One bill of each kind of rule, a class-A amount."""
    policy = policy_for(admdvs, "2026-03-02")
    assert isinstance(policy, Policy)
    bill = Bill(
        admdvs=admdvs,
        begntime="2026-03-02 10:00:00",
        venue=Venue.HOSPITAL,
        hosp_lv=level,
        med_type="11",
        inscp_scp_amt=3000_00,
        chrgitm_lv="01",
        conditions=conditions,
    )
    split = price(bill, policy, Benefit(psn_type=psn_type, deductible_used_fen=0, fund_paid_fen=0, account_fen=0, age=age))

    assert isinstance(split, Split), split
    assert figures == (split.figures.act_pay_dedc, split.figures.hifp_pay, split.figures.psn_cash_pay)
