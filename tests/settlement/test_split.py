"""The waterfall: each rule at its edges, each refusal by its key."""

from __future__ import annotations

from typing import Any

import pytest

from settlement.bill import Bill, Venue
from settlement.errors import Refusal
from settlement.policy import Policy
from settlement.rule import Choice
from settlement.split import carried, pool_possible, price
from settlement.unpriced import BillMalformed
from tests.settlement.priced_bills import DRUG, SAID, SOAP, UNLIMITED, benefit, bill, line, policy, rule, split

NOTHING_SAID = rule(None, "pooling(venue=pharmacy)", venues=(Venue.PHARMACY,))


@pytest.mark.parametrize(
    ("in_scope_fen", "used_fen", "paid_fen", "deductible_fen", "fund_fen"),
    [
        (0, 0, 0, 0, 0),
        (699_99, 0, 0, 699_99, 0),
        (700_00, 0, 0, 700_00, 0),
        (700_01, 0, 0, 700_00, 1),  # 0.8 fen rounds up
        (5000_00, 0, 0, 700_00, 3440_00),
        (5075_00, 0, 0, 700_00, 3500_00),  # exactly the ceiling
        (5075_01, 0, 0, 700_00, 3500_00),
        (100_00, 650_00, 0, 50_00, 40_00),
        (100_00, 700_00, 0, 0, 80_00),
        (100_00, 900_00, 0, 0, 80_00),  # used more than the deductible: a change of type
        (100_00, 700_00, 3450_00, 0, 50_00),
        (100_00, 700_00, 3500_00, 0, 0),
        (100_00, 700_00, 3600_00, 0, 0),
    ],
)
def test_pool(in_scope_fen: int, used_fen: int, paid_fen: int, deductible_fen: int, fund_fen: int) -> None:
    """Deductible first, then the ratio, and never above what the ceiling leaves."""
    who = benefit(deductible_used_fen=used_fen, fund_paid_fen=paid_fen)

    figures = split(bill(in_scope_fen=in_scope_fen), who=who).figures

    assert (deductible_fen, fund_fen, in_scope_fen - fund_fen) == (figures.act_pay_dedc, figures.hifp_pay, figures.psn_cash_pay)


@pytest.mark.parametrize(
    ("members", "cut"),
    [
        ({}, (10_00, 0, 0, 0, 10_00)),
        ({"pric_uplmt_e6": 8_000_000}, (10_00, 0, 2_00, 0, 8_00)),
        ({"pric_uplmt_e6": 12_000_000}, (10_00, 0, 0, 0, 10_00)),
        ({"pric_uplmt_e6": 0}, (10_00, 0, 10_00, 0, 0)),
        ({"chrgitm_lv": "02", "selfpay_prop_e4": 1000}, (10_00, 0, 0, 1_00, 9_00)),
        ({"chrgitm_lv": "02", "selfpay_prop_e4": 1000, "pric_uplmt_e6": 8_000_000}, (10_00, 0, 2_00, 80, 7_20)),
        ({"chrgitm_lv": "02", "selfpay_prop_e4": 10_000}, (10_00, 0, 0, 10_00, 0)),
        ({"chrgitm_lv": "03", "pric_uplmt_e6": 8_000_000}, (10_00, 10_00, 0, 0, 0)),
        ({"chrgitm_lv": "02", "selfpay_prop_e4": 500, "pric_e6": 4_520_000}, (4_52, 0, 0, 23, 4_29)),  # 0.226 of a captured 2207
        ({"cnt_e4": 3_0000, "pric_e6": 3_333_333}, (10_00, 0, 0, 0, 10_00)),
    ],
)
def test_line(members: dict[str, Any], cut: tuple[int, ...]) -> None:
    """Over-limit first, then first pay on the capped price, the remainder in scope."""
    (found,) = split(bill(line(**members))).cuts

    parts = (found.fulamt_ownpay_amt, found.overlmt_amt, found.preselfpay_amt, found.inscp_scp_amt)
    assert cut == (found.det_item_fee_sumamt, *parts)


def test_first_pay_may_be_taken_on_the_price() -> None:
    """Where the pack says so, the first pay is a share of the whole price, but never more than the capped part."""
    on_price = policy(first_pay_on=Choice(value="price", mark=SAID))
    lines = (
        line(1, chrgitm_lv="02", selfpay_prop_e4=1000, pric_uplmt_e6=8_000_000),
        line(2, chrgitm_lv="02", selfpay_prop_e4=5000, pric_uplmt_e6=1_000_000),
    )

    assert [(2_00, 1_00, 7_00), (9_00, 1_00, 0)] == [
        (cut.overlmt_amt, cut.preselfpay_amt, cut.inscp_scp_amt) for cut in split(bill(*lines), on_price).cuts
    ]


def test_first_pay_and_over_limit_do_not_count_to_the_deductible() -> None:
    """Only what is in scope fills the deductible."""
    costly = line(chrgitm_lv="02", selfpay_prop_e4=1000, pric_e6=1000_000_000, pric_uplmt_e6=900_000_000)

    figures = split(bill(costly)).figures

    assert (100_00, 90_00, 810_00, 700_00, 88_00) == (
        figures.overlmt_selfpay,
        figures.preselfpay_amt,
        figures.inscp_scp_amt,
        figures.act_pay_dedc,
        figures.hifp_pay,
    )


def test_account_pays_after_the_pool_what_the_area_opens() -> None:
    """A closed kind of cost stays cash although the account has money; an open one is paid up to the balance."""
    closed = policy(
        account=(rule(1, about="unpooled"), rule(1, about="first_pay"), rule(0, about="over_limit"), rule(0, about="full_selfpay")),
        pooling=(rule(0),),
    )
    lines = (
        line(1),
        line(2, chrgitm_lv="02", selfpay_prop_e4=1000),
        line(3, pric_uplmt_e6=8_000_000),
        line(4, chrgitm_lv="03"),
    )

    rich = split(bill(*lines), closed, benefit(account_fen=100_00)).figures
    poor = split(bill(*lines), closed, benefit(account_fen=7_00)).figures

    assert (28_00, 12_00, 72_00) == (rich.acct_pay, rich.psn_cash_pay, rich.balc)
    assert (7_00, 33_00, 0) == (poor.acct_pay, poor.psn_cash_pay, poor.balc)


@pytest.mark.parametrize(("account_fen", "use_account", "balc"), [(50_00, False, 50_00), (0, True, 0), (-5_00, True, -5_00)])
def test_account_left_alone(account_fen: int, use_account: bool, balc: int) -> None:  # noqa: FBT001 - a column
    """An account that is not to be used, empty or overdrawn pays nothing and keeps its balance."""
    figures = split(bill(in_scope_fen=10_00), who=benefit(account_fen=account_fen), use_account=use_account).figures

    assert (0, 10_00, balc) == (figures.acct_pay, figures.psn_cash_pay, figures.balc)


def test_goods_that_the_account_may_not_buy_leave_the_claim() -> None:
    """A forbidden kind leaves with its clause, an unlisted one by default; both are cash and no part of the claim."""
    priced = split(bill(line(1), line(2, goods_kind=SOAP, chrgitm_lv="03"), line(3, goods_kind="保健品")), who=benefit(account_fen=100_00))

    assert [("2", 10_00, "GOODS-NOT-PERMITTED"), ("3", 10_00, "GOODS-NOT-LISTED")] == [
        (left.feedetl_sn, left.amount_fen, left.code) for left in priced.left_out
    ]
    assert "第一条" in priced.left_out[0].zh
    assert "article 1" in priced.left_out[0].en
    assert (10_00, 10_00, 20_00, 20_00) == (priced.figures.medfee_sumamt, priced.figures.acct_pay, priced.outside_fen, priced.cash_due_fen)


def test_a_bill_of_which_nothing_is_claimed() -> None:
    """Only forbidden goods: an empty claim, all cash, no pooled share possible."""
    priced = split(bill(line(goods_kind=SOAP)), who=benefit(account_fen=100_00))

    assert (0, 10_00, 100_00, False) == (priced.figures.medfee_sumamt, priced.cash_due_fen, priced.figures.balc, priced.pool_possible)


def test_only_lines_with_a_pooled_share_are_shared() -> None:
    """At a pharmacy that shares prescriptions only, the other lines are the person's."""
    sharing = policy(pooling=(rule(1, prescription=True), rule(0, prescription=False)), deductible=(rule(0),))
    at_pharmacy: dict[str, Any] = {"venue": Venue.PHARMACY, "hosp_lv": "", "med_type": "41"}

    mixed = split(bill(line(1, rxno="R1"), line(2), **at_pharmacy), sharing)
    without = split(bill(line(2), **at_pharmacy), sharing)

    assert (True, 8_00, 12_00) == (mixed.pool_possible, mixed.figures.hifp_pay, mixed.figures.psn_cash_pay)
    assert (False, 0) == (without.pool_possible, without.figures.hifp_pay)


def test_pool_is_possible_by_rule_not_by_amount() -> None:
    """Within the deductible, above the ceiling or at price zero the rule still gives a pooled share."""
    used_up = benefit(fund_paid_fen=3500_00, deductible_used_fen=700_00)

    assert [True, True, True] == [
        split(bill(in_scope_fen=1)).pool_possible,
        split(bill(in_scope_fen=1), who=used_up).pool_possible,
        split(bill(line(pric_e6=0))).pool_possible,
    ]
    assert pool_possible(bill(line()), policy()) is True
    assert pool_possible(bill(line()), policy(pooling=(rule(0),))) is False
    assert pool_possible(bill(line(chrgitm_lv="03")), policy(pooling=())) is False


MISSING: list[tuple[str, Policy, Bill]] = [
    ("PACK-NO-POOLING", policy(pooling=()), bill(line())),
    ("PACK-NO-POOLING", policy(pooling=(NOTHING_SAID,)), bill(line(), venue=Venue.PHARMACY, med_type="41")),
    ("PACK-NO-DEDUCTIBLE", policy(deductible=()), bill(in_scope_fen=10_00)),
    ("PACK-NO-RATIO", policy(ratio=(rule(8000, levels=("2",)),), deductible=(rule(0),)), bill(in_scope_fen=10_00)),
    ("PACK-NO-CEILING", policy(ceiling=(rule(None),)), bill(in_scope_fen=1000_00)),
    ("PACK-NO-ACCOUNT", policy(account=(rule(1, about="in_scope"),)), bill(line(), line(2, chrgitm_lv="03"))),
    ("BENEFIT-NO-PSN-TYPE", policy(deductible=(rule(1, psn_types=("11",)),)), bill(in_scope_fen=10_00)),
    ("BILL-NO-LEVEL", policy(ratio=(rule(8000, levels=("1",)),), deductible=(rule(0),)), bill(in_scope_fen=10_00, hosp_lv="")),
    ("BILL-SCHEME", policy(), bill(in_scope_fen=10_00, insutype="390")),
    ("BILL-MED-TYPE", policy(), bill(in_scope_fen=10_00, med_type="22")),
    ("BILL-MED-TYPE", policy(), bill(in_scope_fen=10_00, med_type="41")),
]


@pytest.mark.parametrize(("code", "under", "asked"), MISSING, ids=[f"{number}-{code}" for number, (code, _, _) in enumerate(MISSING)])
def test_a_value_that_the_pack_does_not_give_refuses(code: str, under: Policy, asked: Bill) -> None:
    """No default: the refusal has its code, names what is missing, and offers the whole bill as self-pay."""
    who = benefit(account_fen=100_00, psn_type="" if code == "BENEFIT-NO-PSN-TYPE" else "11")

    refusal = price(asked, under, who)

    assert isinstance(refusal, Refusal)
    assert code == refusal.code
    assert asked.total_fen == round(100 * float(refusal.details["self_pay"]))
    assert "—" not in refusal.say("zh") + refusal.say("en")
    if code.startswith("PACK-"):
        assert code.removeprefix("PACK-NO-").lower() in refusal.details["key"] or refusal.details["key"] == "said"


@pytest.mark.parametrize(
    ("under", "asked", "who"),
    [
        (policy(ratio=(), ceiling=()), bill(in_scope_fen=10_00), benefit()),  # within the deductible
        (policy(ratio=()), bill(in_scope_fen=10_00), benefit(deductible_used_fen=700_00, fund_paid_fen=3500_00)),  # ceiling used up
        (policy(account=()), bill(in_scope_fen=10_00), benefit()),  # nothing on the account
        (policy(deductible=(), ratio=(), pooling=(rule(0),)), bill(in_scope_fen=10_00), benefit()),  # nothing is shared
        (policy(pooling=()), bill(line(chrgitm_lv="03")), benefit()),  # self-pay is never shared
    ],
)
def test_a_value_that_changes_nothing_is_not_asked_for(under: Policy, asked: Bill, who: object) -> None:
    """A missing value refuses only where the amounts depend on it."""
    assert not isinstance(price(asked, under, who), Refusal)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("key", "asked", "who"),
    [
        ("feedetl_sn", bill(line(1), line(1)), benefit()),
        ("inscp_scp_amt", bill(line(1), in_scope_fen=1), benefit()),
        ("inscp_scp_amt", bill(in_scope_fen=-1), benefit()),
        ("1.cnt", bill(line(cnt_e4=0)), benefit()),
        ("1.pric", bill(line(pric_e6=-1)), benefit()),
        ("1.pric", bill(line(pric_uplmt_e6=-1)), benefit()),
        ("1.chrgitm_lv", bill(line(chrgitm_lv="04")), benefit()),
        ("1.selfpay_prop", bill(line(chrgitm_lv="02", selfpay_prop_e4=10_001)), benefit()),
        ("1.selfpay_prop", bill(line(selfpay_prop_e4=1000)), benefit()),
        ("deductible_used", bill(in_scope_fen=1), benefit(deductible_used_fen=-1)),
        ("fund_paid", bill(in_scope_fen=1), benefit(fund_paid_fen=-1)),
        ("admdvs", bill(in_scope_fen=1, admdvs="420100"), benefit()),
    ],
)
def test_a_bill_that_contradicts_itself_is_an_error(key: str, asked: Bill, who: object) -> None:
    """Nothing is priced by figures that cannot be; the error names the key."""
    with pytest.raises(BillMalformed) as caught:
        price(asked, policy(), who)  # type: ignore[arg-type]

    assert key == caught.value.details["key"]


def test_an_empty_bill_costs_nothing() -> None:
    """A bill on which nothing has been rung up is priced, at zero."""
    priced = split(bill())

    assert (0, 0, False) == (priced.figures.medfee_sumamt, priced.cash_due_fen, priced.pool_possible)


def test_warnings_name_what_was_used_and_is_not_confirmed() -> None:
    """A value that is not confirmed is named when it was used, and only then."""
    doubtful = rule(8000, "ratio")
    weak = policy(ratio=(type(doubtful)(value=8000, mark=type(SAID)(key="ratio(weak)", status="weak", source="test")),))

    assert ("ratio(weak)",) == split(bill(in_scope_fen=1000_00), weak).warnings
    assert () == split(bill(in_scope_fen=100_00), weak).warnings


def test_what_a_visit_leaves_stands_before_the_next() -> None:
    """Deductible, fund paid and balance are carried forward."""
    visit = bill(in_scope_fen=1000_00)
    first = split(visit, who=benefit(account_fen=100_00))

    after = carried(benefit(account_fen=100_00), visit, first)

    assert (700_00, 240_00, 0) == (after.deductible_used_fen, after.fund_paid_fen, after.account_fen)


def test_a_stated_absence_of_a_ceiling_caps_nothing() -> None:
    """``none`` is a value: the fund pays its ratio whatever it has paid."""
    figures = split(bill(in_scope_fen=10**12), policy(ceiling=UNLIMITED), benefit(fund_paid_fen=10**12, deductible_used_fen=700_00)).figures

    assert 8 * 10**11 == figures.hifp_pay


def test_national_psn_types_are_read_by_their_first_two_digits() -> None:
    """1103 and 1101 are in service; 1201 is retired."""
    by_type = policy(deductible=(rule(0, psn_types=("11",)), rule(100_00, psn_types=("12",))))

    dedc = [split(bill(in_scope_fen=100_00), by_type, benefit(psn_type=code)).figures.act_pay_dedc for code in ("1103", "11", "1201")]

    assert [0, 0, 100_00] == dedc


def test_drug_is_permitted_by_name() -> None:
    """The kind that every test here buys is on the list: the other tests speak of claimed lines."""
    assert () == split(bill(line(goods_kind=DRUG))).left_out
