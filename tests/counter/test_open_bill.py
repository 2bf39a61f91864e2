"""The bill that is being made: what scans and keys do to it, and that every price comes out exactly as promised."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from settlement.bill import Benefit, Line, Split, Venue
from settlement.claim import check
from settlement.errors import ProtocolMisuse, Refusal
from settlement.money import line_amount, share
from settlement.split import price
from terminal.open_bill import OpenBill, open_bill_of, taken_over
from tests.counter.goods import AT, CODE, CODE_2, DRUG, Pharmacy, made, never, why
from tests.settlement.priced_bills import policy, rule


def of(*goods: Line) -> OpenBill:
    """Return a bill of these goods."""
    bill = OpenBill(draft="1")
    for one in goods:
        bill = made(bill.add(one))
    return bill


def test_the_same_goods_are_one_line() -> None:
    """What is scanned again raises the quantity; another batch or price is a line of its own."""
    bill = of(DRUG, DRUG, replace(DRUG, cnt_e4=5000), replace(DRUG, manu_lotnum="B2"), replace(DRUG, pric_e6=12_000_000))

    assert [(2_5000, "1"), (1_0000, "2"), (1_0000, "3")] == [(one.goods.cnt_e4, one.sn) for one in bill.lines]
    assert 3088 + 1235 + 1200 == bill.total_fen


def test_a_number_is_never_used_twice() -> None:
    """A line keeps its number when others go, and what comes later gets a new one."""
    bill = of(DRUG, replace(DRUG, medins_list_codg="B"), replace(DRUG, medins_list_codg="C")).remove("2").remove("3")
    bill = made(bill.add(replace(DRUG, medins_list_codg="D")))

    assert ["1", "4"] == [one.sn for one in bill.lines]
    with pytest.raises(ProtocolMisuse):
        bill.remove("2")
    with pytest.raises(ProtocolMisuse):
        OpenBill(draft="1").remove("1")


@pytest.mark.parametrize("cnt_e4", [0, -1, 99_999_0001, 6901234567892_0000])
def test_a_quantity_is_one_that_a_counter_sells(cnt_e4: int) -> None:
    """Nothing, less than nothing and a bar code are no quantity, for a new line, a line and one more of the same."""
    assert "BILL-QUANTITY" == why(OpenBill().add(replace(DRUG, cnt_e4=cnt_e4)))
    assert "BILL-QUANTITY" == why(of(DRUG).set_quantity("1", cnt_e4))
    if cnt_e4 > 0:
        assert "BILL-QUANTITY" == why(of(DRUG).add(replace(DRUG, cnt_e4=cnt_e4)))


def test_ten_per_cent_off() -> None:
    """九折: the unit price is nine tenths, the shelf price is kept, and the amount is nine tenths of the amount."""
    line = made(of(replace(DRUG, cnt_e4=3_0000)).discount("1", percent=90)).lines[0].line

    assert (11_115_000, 12_350_000, 3335) == (line.pric_e6, line.full_pric_e6, line.det_item_fee_sumamt)


def test_an_amount_off() -> None:
    """Three for 37.05 less 2.05: no price of two decimals gives 35.00, one of six does."""
    bill = made(of(replace(DRUG, cnt_e4=3_0000)).discount("1", off_fen=205))

    assert (11_666_667, 3500) == (bill.lines[0].line.pric_e6, bill.total_fen)


def test_a_discount_follows_the_quantity() -> None:
    """A rate stays a rate and an amount off the line stays that amount, also when the same goods are scanned again."""
    rate = made(made(of(DRUG).discount("1", percent=80)).add(DRUG))
    off = made(made(of(DRUG).discount("1", off_fen=100)).set_quantity("1", 4_0000))

    assert (1, 1976) == (len(rate.lines), rate.total_fen)
    assert 4 * 1235 - 100 == off.total_fen


def test_a_discount_goes_away() -> None:
    """Without its discount a line is as it came from the shelf."""
    bill = made(made(of(DRUG).discount("1", percent=80)).discount("1"))

    assert of(DRUG) == bill
    assert bill.lines[0].line.full_pric_e6 is None


def test_a_price_that_was_lowered_before_keeps_the_first() -> None:
    """The price before a discount is the shelf's, not one in between."""
    promoted = replace(DRUG, full_pric_e6=20_000_000)

    assert 20_000_000 == made(of(promoted).discount("1", percent=50)).lines[0].line.full_pric_e6


@pytest.mark.parametrize(("percent", "off_fen"), [(100, 0), (-10, 0), (101, 0), (0, 1235), (0, 2000), (0, -5), (90, 100)])
def test_a_discount_leaves_something_and_takes_something(percent: int, off_fen: int) -> None:
    """No rate above 99, nothing free, nothing dearer, not both at once."""
    assert "BILL-DISCOUNT-RANGE" == why(of(DRUG).discount("1", percent=percent, off_fen=off_fen))


def test_what_no_price_can_give_is_refused() -> None:
    """Of 30,001 pieces a price of six decimals moves the amount by three fen: the amounts in between are refused."""
    bill = of(replace(DRUG, cnt_e4=30_001_0000, pric_e6=10_000))
    refused = [off_fen for off_fen in range(1, 10) if isinstance(bill.discount("1", off_fen=off_fen), Refusal)]

    assert "BILL-DISCOUNT-INEXACT" == why(bill.discount("1", off_fen=refused[0]))
    assert 6 == len(refused)


QUANTITIES = st.integers(1, 99_999_0000)
PRICES = st.integers(1, 10_000_000_000)


@given(QUANTITIES, PRICES, st.integers(1, 99))
def test_a_rate_is_exact_or_refused(cnt_e4: int, pric_e6: int, percent: int) -> None:
    """The line's amount is exactly the rate of the amount before, rounded once; whatever is refused no price can give."""
    bill = made(OpenBill().add(replace(DRUG, cnt_e4=cnt_e4, pric_e6=pric_e6)))
    promised_fen = share(bill.total_fen, percent * 100)
    assume(0 < promised_fen < bill.total_fen)
    expect_exact_or_impossible(bill.discount("1", percent=percent), cnt_e4, promised_fen, pric_e6)


@given(QUANTITIES, PRICES, st.data())
def test_an_amount_off_is_exact_or_refused(cnt_e4: int, pric_e6: int, data: st.DataObject) -> None:
    """The line's amount is exactly the amount before less what was taken off; whatever is refused no price can give."""
    bill = made(OpenBill().add(replace(DRUG, cnt_e4=cnt_e4, pric_e6=pric_e6)))
    assume(bill.total_fen > 1)
    off_fen = data.draw(st.integers(1, bill.total_fen - 1))
    expect_exact_or_impossible(bill.discount("1", off_fen=off_fen), cnt_e4, bill.total_fen - off_fen, pric_e6)


def expect_exact_or_impossible(changed: OpenBill | Refusal, cnt_e4: int, promised_fen: int, pric_e6: int) -> None:
    """Hold a discount to its amount, and a refusal to there being no price for it."""
    if isinstance(changed, OpenBill):
        assert promised_fen == changed.total_fen
        assert changed.lines[0].line.pric_e6 < pric_e6
        check(changed.bill(Pharmacy(), AT))
        return
    assert "BILL-DISCOUNT-INEXACT" == changed.code
    # The amount never falls as the price rises, so looking on both sides of the promised amount is looking everywhere.
    low, high = 0, pric_e6
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if line_amount(cnt_e4, middle) < promised_fen else (low, middle)
    assert promised_fen not in {line_amount(cnt_e4, low), line_amount(cnt_e4, high)}


def test_each_box_has_its_code() -> None:
    """As many codes as boxes; the next one asks for one more box; a part of a box is of one box."""
    bill = made(of(DRUG).attach("1", CODE))

    assert "BILL-CODE-TOO-MANY" == why(bill.attach("1", CODE_2))
    assert (CODE, CODE_2) == made(made(bill.add(DRUG)).attach("1", CODE_2)).lines[0].line.drug_trac_codg
    assert (CODE,) == made(of(replace(DRUG, cnt_e4=2500)).attach("1", CODE)).lines[0].line.drug_trac_codg


def test_a_code_is_sold_once() -> None:
    """The same code on another line is refused with where it is; so is one that this till has sold, and taken off the next is looked at."""
    bill = made(of(DRUG, replace(DRUG, medins_list_codg="B", name="另一种")).attach("1", CODE))
    both = made(bill.attach("2", CODE_2))
    sold = both.sold_meanwhile(lambda code: f"01-1-000007 {code[-1]}")

    assert "BILL-CODE-TWICE" == why(bill.attach("2", CODE))
    assert "BILL-CODE-SOLD" == why(sold)
    assert isinstance(sold, Refusal)
    assert f"01-1-000007 {CODE[-1]}" in sold.say("zh")
    assert (CODE, CODE_2) == (sold.details["traced"], both.detach(CODE).lines[1].goods.drug_trac_codg[0])


@pytest.mark.parametrize("code", ["", "81 00", "8" * 31, "８１００", "码", "81\n"])
def test_what_is_no_code_is_refused(code: str) -> None:
    """A code is letters and digits, at most thirty."""
    assert "BILL-CODE-FORM" == why(of(DRUG).attach("1", code))


def test_codes_keep_the_quantity_up() -> None:
    """Fewer boxes than codes is refused until a code is taken off; goods from the shelf carry none."""
    bill = made(made(of(replace(DRUG, cnt_e4=2_0000)).attach("1", CODE)).attach("1", CODE_2))

    assert "BILL-QUANTITY-CODES" == why(bill.set_quantity("1", 1_0000))
    assert (CODE_2,) == made(bill.detach(CODE).set_quantity("1", 1_0000)).lines[0].goods.drug_trac_codg
    with pytest.raises(ProtocolMisuse):
        bill.add(bill.lines[0].goods)


def test_a_code_sold_while_the_bill_was_held_is_found() -> None:
    """A bill that comes back is looked at again."""
    bill = made(of(DRUG).attach("1", CODE))

    assert bill.sold_meanwhile(never) is None
    assert "BILL-CODE-SOLD" == why(bill.sold_meanwhile(lambda _: "01-1-000009"))


def test_a_prescription_is_for_every_line_without_one() -> None:
    """The bill's number goes to each line; a line that has its own keeps it; what is no number is refused."""
    bill = made(of(DRUG, replace(DRUG, rxno="R7")).prescribe("RX-2026-1"))

    assert ["RX-2026-1", "R7"] == [line.rxno for line in bill.bill(Pharmacy(), AT).lines]
    assert "BILL-PRESCRIPTION" == why(bill.prescribe("R 1"))
    assert "BILL-PRESCRIPTION" == why(bill.prescribe("9" * 41))
    assert [""] == [line.rxno for line in made(made(of(DRUG).prescribe("R1")).prescribe("")).bill(Pharmacy(), AT).lines]


def test_a_box_of_another_batch_is_a_line_of_its_own() -> None:
    """The catalogue has one batch of an item, the shelf may have more: each line says its own; what is no batch is refused."""
    bill = made(of(DRUG).relot("1", "YS99", "2028-03-31"))
    bill = made(bill.add(DRUG))

    assert [("YS99", "2028-03-31"), (DRUG.manu_lotnum, DRUG.expy_end)] == [
        (one.goods.manu_lotnum, one.goods.expy_end) for one in bill.lines
    ]
    assert 2 * DRUG.det_item_fee_sumamt == bill.total_fen
    assert "BILL-LOT" == why(bill.relot("1", "", "")) == why(bill.relot("1", "9" * 41, "")) == why(bill.relot("1", "Y S", ""))


@given(
    st.lists(st.tuples(st.integers(1, 9_0000), st.integers(1, 99_000_000)), min_size=1, max_size=4),
    st.sampled_from((1, 10, 100)),
    st.data(),
)
def test_rounding_the_cash_touches_no_claim(rows: list[tuple[int, int]], step_fen: int, data: st.DataObject) -> None:
    """抹零: less than one step of cash is given up, and the claim is the same to the fen."""
    bill = of(*(replace(DRUG, medins_list_codg=str(n), cnt_e4=cnt, pric_e6=pric) for n, (cnt, pric) in enumerate(rows)))
    who = Benefit(psn_type="11", deductible_used_fen=0, fund_paid_fen=0, account_fen=data.draw(st.integers(0, bill.total_fen)))
    account_only = policy(pooling=(rule(0, "pooling"),))
    plain = price(bill.bill(Pharmacy(), AT), account_only, who)
    rounded = price(made(bill.round_cash(step_fen)).bill(Pharmacy(), AT), account_only, who)

    assert isinstance(plain, Split)
    assert isinstance(rounded, Split)
    assert plain.figures == rounded.figures
    assert 0 == rounded.cash_due_fen % step_fen
    assert 0 <= plain.cash_due_fen - rounded.cash_due_fen < step_fen


@pytest.mark.parametrize("step_fen", [0, -1, 5, 1000])
def test_cash_is_rounded_to_coins(step_fen: int) -> None:
    """To nothing, to the jiao or to the yuan."""
    assert "BILL-CASH-STEP" == why(of(DRUG).round_cash(step_fen))


def test_the_bill_of_a_place() -> None:
    """The bill says where, when and which kind of visit; a clinic's is none of a pharmacy."""

    class Clinic(Pharmacy):
        venue = Venue.CLINIC
        hosp_lv = "1"

    at_clinic, at_pharmacy = (of(DRUG).bill(place, AT) for place in (Clinic(), Pharmacy()))

    assert ("11", "41") == (at_clinic.med_type, at_pharmacy.med_type)
    assert (AT, "990900", "1") == (at_clinic.begntime, at_clinic.admdvs, at_clinic.hosp_lv)
    assert at_pharmacy.total_fen == of(DRUG).total_fen


def test_a_label_names_goods_and_amount() -> None:
    """The first goods, how many lines more, and the amount in full."""
    assert "演示片 +1 24.70" == of(DRUG, replace(DRUG, medins_list_codg="B")).label
    assert "演示片 12.35" == of(DRUG).label
    assert "" == OpenBill().label


def test_a_bill_reads_back() -> None:
    """Discounts, codes, numbers and rounding are the same after JSON."""
    bill = made(made(made(of(DRUG, replace(DRUG, medins_list_codg="B")).attach("1", CODE)).discount("2", off_fen=35)).round_cash(10))
    bill = made(bill.remove("1").prescribe("R1"))

    assert bill == open_bill_of(json.loads(json.dumps(bill.body())))


def test_lines_of_another_program_stand_as_they_were_given() -> None:
    """Numbers, doubles and prices stay; what is added afterwards gets a number of its own."""
    given_lines = (replace(DRUG, feedetl_sn="7", drug_trac_codg=(CODE,)), replace(DRUG, feedetl_sn="x"))
    bill = taken_over(given_lines, draft="3")

    assert given_lines == bill.bill(Pharmacy(), AT).lines
    assert "8" == made(bill.add(replace(DRUG, medins_list_codg="B"))).lines[-1].sn
