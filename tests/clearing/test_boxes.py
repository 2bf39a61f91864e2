"""A box is settled once: on-line a code that is sold is refused, off-line it is settled and named, and a release frees it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from clearing.personality import Personality
from nhsa import correction
from tests.clearing.counter import ANNA, OTHER_SHOP, SHOP, Office, debit, on_card, sale

CODE, OTHER_CODE = "81000010000000000001", "81000010000000000002"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """Return a centre with two people of 1000 yuan."""
    return Office(tmp_path)


def boxed(content: dict[str, Any], *codes: str) -> dict[str, Any]:
    """Return a sale whose line is of boxes with these codes."""
    boxes = [{"feedetl_sn": "1", "drug_trac_codg": code} for code in codes]
    return content | {"drugdetail": [content["drugdetail"][0] | {"drug_trac_info": boxes}]}


def again(office: Office) -> dict[str, list[str]]:
    """Return what the books name of boxes that were settled twice."""
    return {row["msgid"]: row["boxes_again"] for row in office.ledger()["settlements"] if row["boxes_again"]}


@pytest.mark.parametrize("shop", [SHOP, OTHER_SHOP])
def test_a_box_that_is_sold_is_refused(office: Office, shop: str) -> None:
    """At the same shop and at another: nothing of the claim is booked, and it is said where it was settled."""
    office.counter().sell(boxed(sale(10_00), CODE))
    refused = office.counter(shop=shop).refusal("2102", boxed(sale(12_00), OTHER_CODE, CODE))

    assert CODE in refused
    assert SHOP in refused
    assert [10_00] == [row["movements"]["total_fen"] for row in office.ledger()["settlements"]]
    assert office.ledger()["balanced"]
    # What came with it was not sold by that.
    office.counter(shop=shop).sell(boxed(sale(12_00), OTHER_CODE))


def test_a_box_that_came_back_is_sold_again(office: Office) -> None:
    """After 2103, and after 2601 of a sale nobody has: each frees what it undoes, once."""
    counter = office.counter()
    first = counter.sell(boxed(sale(10_00), CODE))
    counter.void(first)
    msgid = counter.new_msgid()
    counter.sell(boxed(sale(11_00), CODE), msgid=msgid)
    counter.output("2601", correction.correction_input(psn_no=ANNA.psn_no, omsgid=msgid, oinfno="2102"))
    counter.sell(boxed(sale(12_00), CODE))

    assert CODE in counter.refusal("2102", boxed(sale(13_00), CODE))
    assert {} == again(office)


def test_a_copy_of_a_sale_is_no_second_sale(tmp_path: Path) -> None:
    """A centre that executes copies settles twice, and its box is not why: the audit releases the copy."""
    office = Office(tmp_path, personality=Personality.RE_EXECUTES)
    counter = office.counter()
    msgid = counter.new_msgid()
    for _ in range(2):
        counter.sell(boxed(sale(10_00), CODE), msgid=msgid)

    assert [10_00, 10_00] == [row["movements"]["total_fen"] for row in office.ledger()["settlements"]]
    assert {} == again(office)


def test_what_was_sold_off_line_is_settled_and_named(office: Office) -> None:
    """The card has paid and the box is gone: both are in the books, each named to the other."""
    counter = office.counter()
    counter.refresh(on_card(0, 0, 0))
    first, second = counter.new_msgid(), counter.new_msgid()
    counter.sell(boxed(sale(10_00), CODE), msgid=first)
    counter.sell(boxed(sale(5_00, debit=debit(1, 1, 5_00)), CODE, OTHER_CODE), msgid=second)

    assert {first: [CODE], second: [CODE]} == again(office)
