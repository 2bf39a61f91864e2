"""What an area may say, rule by rule: each with amounts that can be worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest

from settlement.bill import Benefit, Bill, Split, Venue
from settlement.errors import Refusal
from settlement.figures import Figures
from settlement.policy import Policy
from settlement.rule import UNLIMITED_FEN, Choice
from settlement.split import carried, price
from tests.settlement.priced_bills import SAID, UNLIMITED, benefit, bill, line, policy, rule, split


def area(**members: Any) -> Policy:  # noqa: ANN401 - a table, or one of the choices by its word
    """Return the plain area without deductible and ceiling, with other rules and choices."""
    words = {name: Choice(value=value, mark=SAID) if isinstance(value, str) else value for name, value in members.items()}
    return policy(**{"deductible": (rule(0),), "ceiling": UNLIMITED, **words})


def fund(priced: Bill, under: Policy, **who: Any) -> int:  # noqa: ANN401 - members of a benefit
    """Return what the fund pays."""
    return split(priced, under, benefit(**who)).figures.hifp_pay


# --- deductible ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rules", "used", "dedc_fen"),
    [
        ({}, {"deductible_used_fen": 250_00}, 50_00),
        ({"deductible_basis": "per_visit"}, {"deductible_used_fen": 250_00}, 300_00),
        ({"deductible_basis": "per_visit", "deductible_cap": (rule(400_00),)}, {"deductible_used_fen": 250_00}, 150_00),
        ({"deductible_pot": "per_level"}, {"deductible_used_fen": 250_00, "deductible_used_at": (("3", 250_00),)}, 300_00),
        ({"deductible_pot": "per_level"}, {"deductible_used_fen": 250_00, "deductible_used_at": (("1", 120_00), ("3", 130_00))}, 180_00),
        (
            {"deductible_pot": "per_level", "deductible_cap": (rule(400_00),)},
            {"deductible_used_fen": 250_00, "deductible_used_at": (("3", 250_00),)},
            150_00,
        ),
        ({"deductible_factor": (rule(8000, when=frozenset({"tcm"})),)}, {"conditions": ("tcm",)}, 240_00),
        ({"deductible_less": (rule(100_00, when=frozenset({"contract"})),)}, {"conditions": ("contract",)}, 200_00),
        ({"deductible_less": (rule(100_00, when=frozenset({"contract"})),)}, {}, 300_00),
        ({"deductible_less": (rule(500_00),)}, {}, 0),
    ],
)
def test_deductible(rules: dict[str, Any], used: dict[str, Any], dedc_fen: int) -> None:
    """300 yuan: by year or visit, in one pot or by level, discounted, and at most so much a year."""
    under = area(**{"deductible": (rule(300_00),), **rules})

    figures = split(bill(in_scope_fen=1000_00), under, benefit(**used)).figures

    assert (dedc_fen, (1000_00 - dedc_fen) * 8 // 10) == (figures.act_pay_dedc, figures.hifp_pay)


# --- ratio -----------------------------------------------------------------------------------------------

BY_AGE = (rule(8000, ages=(0, 69)), rule(9000, ages=(70, 200)))
BANDS = (rule(8000, band=(0, 500_00)), rule(5000, band=(500_00, UNLIMITED_FEN)))


@pytest.mark.parametrize(("age", "fund_fen"), [(69, 80_00), (70, 90_00)])
def test_ratio_by_age(age: int, fund_fen: int) -> None:
    """Both ends of a row are included."""
    assert fund_fen == fund(bill(in_scope_fen=100_00), area(ratio=BY_AGE), age=age)


def test_an_age_that_is_not_known_refuses() -> None:
    """The benefit depends on it, so nothing is guessed."""
    refused = price(bill(in_scope_fen=100_00), area(ratio=BY_AGE), benefit())

    assert isinstance(refused, Refusal)
    assert "BENEFIT-NO-AGE" == refused.code


def test_ratio_with_points() -> None:
    """Points are added for age and conditions, and taken off for who did not file; never below nothing or above the whole."""
    under = area(
        ratio=(rule(7500, per_year_e4=20),),
        ratio_more=(rule(500, when=frozenset({"old_worker"})),),
        ratio_less=(rule(1000, unless=frozenset({"filed"})),),
    )

    assert 83_00 == fund(bill(in_scope_fen=100_00), under, age=40, conditions=("filed",))
    assert 78_00 == fund(bill(in_scope_fen=100_00), under, age=40, conditions=("old_worker",))
    assert 100_00 == fund(bill(in_scope_fen=100_00), under, age=199, conditions=("old_worker", "filed"))


@pytest.mark.parametrize(
    ("basis", "used", "fund_fen"),
    [
        # 800 shared after 100 of deductible: of the band to 500, what is left, at 80 %; the rest at 50 %
        ("shared", {}, 400_00 + 150_00),
        ("shared", {"shared_used_fen": 300_00}, 160_00 + 300_00),
        ("shared", {"shared_used_fen": 600_00}, 400_00),
        ("scope", {}, 320_00 + 200_00),
        ("scope", {"scope_used_fen": 350_00}, 40_00 + 375_00),
        # by what the fund paid: 500 yuan at 80 % are 625 of expense
        ("fund", {}, 500_00 + 87_50),
        ("fund", {"fund_paid_fen": 460_00}, 40_00 + 375_00),
    ],
)
def test_bands(basis: str, used: dict[str, Any], fund_fen: int) -> None:
    """Each part of the year's amount has the ratio of its band."""
    under = area(deductible=(rule(100_00),), ratio=BANDS, band_basis=basis)

    assert fund_fen == fund(bill(in_scope_fen=900_00), under, **used)


def test_a_band_that_ends_within_a_fen() -> None:
    """100 at 70 % are 142.857… of expense, exact until the one rounding: 100 + 57.142857… × 30 % = 117.142857 and so on."""
    under = area(ratio=(rule(7000, band=(0, 100_00)), rule(3000, band=(100_00, UNLIMITED_FEN))), band_basis="fund")

    assert 117_14 == fund(bill(in_scope_fen=200_00), under)


def test_ratio_by_class() -> None:
    """By class instead of a first pay; what the deductible takes is of the lowest or of the highest ratio first."""
    by_class = (rule(7500, classes=("01",)), rule(7000, classes=("02",)))
    lines = (line(1), line(2, chrgitm_lv="02", selfpay_prop_e4=1000), line(3))
    rules: dict[str, Any] = {"ratio": by_class, "first_pay_on": "none", "deductible": (rule(15_00),)}

    assert (0, 22_00) == _first_and_fund(split(bill(*lines), area(**{**rules, "deductible": (rule(0),)})))
    assert (0, 11_25) == _first_and_fund(split(bill(*lines), area(**rules, mixed_ratios="lowest")))
    assert (0, 10_75) == _first_and_fund(split(bill(*lines), area(**rules, mixed_ratios="highest")))
    refused = price(bill(*lines), area(**rules), benefit())
    assert isinstance(refused, Refusal)
    assert refused.details["key"].startswith("rules.mixed_ratios")


def _first_and_fund(priced: Split) -> tuple[int, int]:
    return priced.figures.preselfpay_amt, priced.figures.hifp_pay


def test_a_pharmacy_is_paid_as_the_level_that_prescribed() -> None:
    """The prescription's origin selects the row."""
    under = area(ratio=(rule(8000, rx_levels=("1",)), rule(6000, rx_levels=("3",))))
    at: dict[str, Any] = {"venue": Venue.PHARMACY, "hosp_lv": "", "med_type": "41", "in_scope_fen": 100_00}

    assert [80_00, 60_00] == [fund(bill(**at, rx_level=level), under) for level in ("1", "3")]
    assert isinstance(price(bill(**at), under, benefit()), Refusal)


# --- ceiling ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("basis", "used", "fund_fen"),
    [
        ("fund_annual", {"fund_paid_fen": 150_00}, 50_00),
        ("fund_monthly", {"fund_paid_fen": 900_00, "month_fund_paid_fen": 150_00}, 50_00),
        ("fund_monthly", {"fund_paid_fen": 900_00, "month_fund_paid_fen": 150_00, "month": "2023-05"}, 200_00),
        ("fund_accruing", {"fund_paid_fen": 1100_00}, 100_00),  # June: six times 200
        ("scope_annual", {"scope_used_fen": 50_00}, 40_00),  # 200 less 50 less the 100 of deductible, at 80 %
        ("scope_monthly", {"scope_used_fen": 999_00, "month_scope_used_fen": 50_00}, 40_00),
        ("shared_annual", {"shared_used_fen": 50_00}, 120_00),
    ],
)
def test_ceiling(basis: str, used: dict[str, Any], fund_fen: int) -> None:
    """200 yuan, on what each basis says, under a bill of 500 in June with 100 of deductible."""
    under = area(deductible=(rule(100_00),), ceiling=(rule(200_00),), ceiling_basis=basis)

    figures = split(bill(in_scope_fen=500_00), under, benefit(**used)).figures

    assert (100_00, fund_fen) == (figures.act_pay_dedc, figures.hifp_pay)


def test_a_further_ceiling_counts_by_its_name() -> None:
    """A ceiling of higher levels beside the area's own; what was paid toward it is carried."""
    under = area(ceiling=(rule(1000_00), rule(150_00, about="hospitals", levels=("2", "3"))))
    visit = bill(in_scope_fen=100_00, hosp_lv="3")
    first = split(visit, under)
    after = carried(benefit(), visit, first)
    second = split(visit, under, after)
    elsewhere = split(bill(in_scope_fen=100_00), under, after)

    assert [80_00, 70_00, 80_00] == [one.figures.hifp_pay for one in (first, second, elsewhere)]
    assert {"hospitals": 80_00} == dict(after.paid_toward)


@pytest.mark.parametrize(
    ("basis", "paid", "figures"),
    [
        # 400 at 80 % would be 320; 200 are 250 of expense, and of the 150 above it half is paid, at most 60
        ("fund_annual", {}, (200_00, 60_00)),
        ("fund_annual", {"paid_toward": (("hifob", 45_00),)}, (200_00, 15_00)),
        ("shared_annual", {}, (160_00, 60_00)),
        ("shared_annual", {"shared_used_fen": 200_00}, (0, 60_00)),
    ],
)
def test_a_fund_behind_the_pool(basis: str, paid: dict[str, Any], figures: tuple[int, int]) -> None:
    """The large-amount fund pays of the expense above the ceiling, up to its own."""
    behind: dict[str, Any] = {"supplement": (rule(5000, about="hifob"),), "supplement_ceiling": (rule(60_00, about="hifob"),)}
    under = area(ceiling=(rule(200_00),), ceiling_basis=basis, **behind)

    found = split(bill(in_scope_fen=400_00), under, benefit(**paid)).figures

    assert figures == (found.hifp_pay, found.hifob_pay)
    assert () == found.broken_identities()


# --- accounts, rounding, fixed amounts ---------------------------------------------------------------------


def test_accounts_in_their_order() -> None:
    """The current one pays in scope only, the past one the first pay too, the family's quota the rest; balances say what is left."""
    past_too = tuple(rule(1, about=cost, accounts=("past", "mutual")) for cost in ("first_pay", "full_selfpay"))
    never = tuple(rule(0, about=cost, accounts=("current",)) for cost in ("first_pay", "full_selfpay"))
    scope = tuple(rule(1, about=cost) for cost in ("unpooled", "deductible", "shared", "above_ceiling", "over_limit"))
    under = area(account=(*past_too, *never, *scope), account_order="current past mutual")
    lines = (line(1), line(2, chrgitm_lv="02", selfpay_prop_e4=1000), line(3, chrgitm_lv="03"))
    who = benefit(account_fen=100_00, past_fen=6_00, mutual_fen=4_00)

    priced = split(bill(*lines), under, who)
    after = carried(who, bill(*lines), priced)

    # 20 − 1 in scope, 80 % of 19 = 15.20; in scope 3.80 by the current one; 1 + 10 left: 6 by the past one, 4 by the quota
    assert (9_80, 4_00, 1_00, 96_20) == (
        priced.figures.acct_pay,
        priced.figures.acct_mulaid_pay,
        priced.figures.psn_cash_pay,
        priced.figures.balc,
    )
    assert (96_20, 0, 0) == (after.account_fen, after.past_fen, after.mutual_fen)
    assert () == priced.figures.broken_identities()


def test_the_current_account_first_of_all() -> None:
    """What it pays does not count to the deductible; the account is not asked again after the pool for what it has not got."""
    under = area(segments="current_account deductible shared above_ceiling", deductible=(rule(100_00),))

    priced = split(bill(in_scope_fen=500_00), under, benefit(account_fen=150_00)).figures
    kept = split(bill(in_scope_fen=500_00), under, benefit(account_fen=150_00), use_account=False).figures

    assert (150_00, 100_00, 200_00, 150_00) == (priced.acct_pay, priced.act_pay_dedc, priced.hifp_pay, priced.psn_cash_pay)
    assert (0, 320_00) == (kept.acct_pay, kept.hifp_pay)


@pytest.mark.parametrize(
    ("rounding", "fund_fen"),
    [
        ("fund_half_up", 3), ("fund_half_even", 2), ("fund_down", 2), ("fund_up", 3),
        ("person_half_up", 2), ("person_half_even", 3), ("person_down", 3), ("person_up", 2),
    ],
)  # fmt: skip
def test_rounding(rounding: str, fund_fen: int) -> None:
    """Half of five fen: one side is rounded as the pack says, the other takes the remainder."""
    assert fund_fen == fund(bill(in_scope_fen=5), area(ratio=(rule(5000),), rounding=rounding))


def test_fixed_amounts_before_everything_else() -> None:
    """Of each consultation the fund pays 4 and the person 2, past deductible and ratio; the other 4 yuan go the usual way."""
    under = area(fixed_fund=(rule(4_00, about="国药准字"),), fixed_person=(rule(2_00, about="国药准字"),), deductible=(rule(1_00),))

    figures = split(bill(line(1, cnt_e4=2_0000)), under).figures

    assert (8_00 + 5_60, 1_00) == (figures.hifp_pay, figures.act_pay_dedc)
    assert () == figures.broken_identities()


# --- whoever is not settled ---------------------------------------------------------------------------------


def test_a_suspended_certificate_pays_in_full() -> None:
    """Regulation 735, article 41."""
    refused = price(bill(in_scope_fen=100_00), area(), benefit(suspended=True))

    assert isinstance(refused, Refusal)
    assert ("CERTIFICATE-SUSPENDED", "100.00") == (refused.code, refused.details["self_pay"])


def test_another_areas_person() -> None:
    """Lines divide by the place of care, the rest goes by the insured place; without a word on that it refuses."""
    place = area(goods=(rule(1, about="国药准字"),), first_pay_on="price", ratio=(rule(1000),))
    home = area(admdvs="990800", elsewhere=(rule(1),), goods=())
    lines = (line(1, chrgitm_lv="02", selfpay_prop_e4=1000, pric_uplmt_e6=8_000_000),)
    priced = price(bill(*lines), home, benefit(), catalogue=place)
    refused = price(bill(*lines), area(admdvs="990800"), benefit(), catalogue=place)

    assert isinstance(priced, Split)
    # 10 − 2 over the limit − 1 first pay on the whole price = 7, at the insured place's 80 %
    assert (2_00, 1_00, 7_00, 5_60) == (
        priced.figures.overlmt_selfpay,
        priced.figures.preselfpay_amt,
        priced.figures.inscp_scp_amt,
        priced.figures.hifp_pay,
    )
    assert isinstance(refused, Refusal)
    assert "AREA-NOT-SETTLED" == refused.code


def test_an_area_whose_fund_contains_the_account() -> None:
    """Its own way to state the same payment: identity B holds, and the person's part is the cash."""
    stated = Figures(medfee_sumamt=100, fund_pay_sumamt=60, hifp_pay=60, psn_part_amt=40, acct_pay=30, psn_cash_pay=10).account_in_fund()

    assert (90, 10, 30, 10) == (stated.fund_pay_sumamt, stated.psn_part_amt, stated.acct_pay, stated.psn_cash_pay)

    # And as it is read: apart again, whatever the area's way; without an account there is nothing to tell apart.
    ours = Figures(medfee_sumamt=100, fund_pay_sumamt=60, hifp_pay=60, psn_part_amt=40, acct_pay=30, psn_cash_pay=10)
    mutual = Figures(medfee_sumamt=100, fund_pay_sumamt=60, hifp_pay=60, psn_part_amt=40, acct_pay=25, acct_mulaid_pay=5, psn_cash_pay=10)
    cash = Figures(medfee_sumamt=100, fund_pay_sumamt=60, hifp_pay=60, psn_part_amt=40, psn_cash_pay=40)
    for one in (ours, mutual, cash, ours.negated()):
        assert one == one.account_in_fund().account_apart() == one.account_apart()


def test_each_month_counts_by_itself() -> None:
    """What was paid last month is not carried into this one; the year's amounts are."""
    under = area(ceiling=(rule(50_00),), ceiling_basis="fund_monthly")
    who: Benefit = benefit()
    paid = []
    for day in ("2023-05-10", "2023-05-20", "2023-06-01"):
        visit = bill(in_scope_fen=50_00, begntime=f"{day} 09:00:00")
        priced = split(visit, under, who)
        paid.append(priced.figures.hifp_pay)
        who = carried(who, visit, priced)

    assert [40_00, 10_00, 40_00] == paid
    assert (90_00, 40_00) == (who.fund_paid_fen, who.month_fund_paid_fen)
