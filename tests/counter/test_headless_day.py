"""A cashier's day at a whole counter: sold, voided, held and recalled, and closed to the fen."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from settlement import reversal
from settlement.checkout.states import PaidInCash, Settled, State
from terminal import headless, headless_day
from terminal.headless_person import HeadlessPerson, Pipe
from terminal.person import Answer
from tests.world.shop import Shop

ROW = {"name": "演示片", "price": "2.50", "class": "01", "kind": "国药准字", "code": "A001"}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """Return one shop for the file; no test leaves a bill behind."""
    with Shop(tmp_path_factory.mktemp("day") / "stage") as opened:
        yield opened


def ask(shop: Shop, command: dict[str, Any]) -> dict[str, Any]:
    """Give one command to the headless till; the shop's person answers its questions."""
    with Path(os.devnull).open("wb") as nowhere:
        person = HeadlessPerson(Pipe(0, nowhere.fileno()))
        return headless._answer(bytearray(json.dumps(command).encode()), shop.counter, shop.driver, person)


def cash_of(ended: State) -> int:
    """Return the cash that a sale brought, as its last state says."""
    if isinstance(ended, PaidInCash):
        return ended.amount_fen
    assert isinstance(ended, Settled)
    return ended.figures.psn_cash_pay + ended.outside_fen


def pay_in_cash(shop: Shop) -> None:
    """Leave the reader empty and have the customer pay cash."""
    shop.stage.insert("east", None)
    shop._ready([], {"Billed": [Answer.CASH]})


def test_a_day_comes_out_to_the_fen(shop: Shop) -> None:
    """What went into the drawer and out of it, added up by hand, is what the close expects; the next day begins with the float."""
    pay_in_cash(shop)
    drawer_fen = cash_of(shop.sell_inserted("3.15", answers={"Billed": [Answer.CASH]}))
    drawer_fen += cash_of(shop.sell("first", "5.00"))
    sold = shop.sell("second", "9999.00")
    drawer_fen += cash_of(sold)
    assert cash_of(sold) > 0
    assert isinstance(sold, Settled)
    voided = shop.void("second", sold.subject)
    assert isinstance(voided, reversal.Voided)
    drawer_fen -= voided.cash_back_fen
    shop.cut()
    drawer_fen += cash_of(shop.sell("first", "1.00"))
    held = ask(shop, {"do": "hold", "lines": [ROW, ROW]})
    closed = ask(shop, {"do": "close", "counted_fen": drawer_fen + 7, "next": "02", "float_fen": 100})
    shop.mend()

    assert ("Held", "演示片 +1 5.00") == (held["end"], held["label"])
    assert ("DayClosed", 1, drawer_fen, 7, 1) == tuple(
        closed[name] for name in ("end", "number", "expected_fen", "difference_fen", "unsent")
    )
    opened = headless_day.opening(shop.counter)
    assert {"draft": "", "held": [held["subject"]], "handed_over": {"number": 1, "doubts": [], "differences": []}} == opened
    recalled = ask(shop, {"do": "recall", "subject": held["subject"]})
    assert ("Recalled", 500) == (recalled["end"], recalled["total_fen"])
    pay_in_cash(shop)
    assert 500 == ask(shop, {"do": "resume", "card": False})["amount_fen"]
    shop.settle_down()
    second = ask(shop, {"do": "close", "counted_fen": 600})
    assert (2, 600, 0, 0) == tuple(second[name] for name in ("number", "expected_fen", "difference_fen", "unsent"))
    assert [] == shop.disagreements()


@pytest.mark.parametrize(
    ("command", "end"),
    [
        ({"do": "close"}, "Misunderstood"),
        ({"do": "close", "counted_fen": "12"}, "Misunderstood"),
        ({"do": "close", "counted_fen": -1}, "Misunderstood"),
        ({"do": "close", "counted_fen": 1, "next": 2}, "Misunderstood"),
        ({"do": "hold", "lines": 3}, "Misunderstood"),
        ({"do": "sale", "lines": [], "counted_fen": "x"}, "Misunderstood"),
        ({"do": "recall"}, "Misunderstood"),
        ({"do": "close", "counted_fen": 1, "next": "a b"}, "CLOSE-NEXT-OPERATOR"),
        ({"do": "close", "counted_fen": 1, "float_fen": 2}, "CLOSE-FLOAT"),
        ({"do": "hold"}, "BILL-EMPTY"),
        ({"do": "hold", "lines": []}, "BILL-EMPTY"),
        ({"do": "hold", "lines": [{"name": "演示片"}]}, "CASE-MALFORMED"),
        ({"do": "resume"}, "BILL-EMPTY"),
        ({"do": "recall", "subject": "P99010000001202603020900000199"}, "HOLD-GONE"),
    ],
)
def test_commands_of_a_day_that_are_none(shop: Shop, command: dict[str, Any], end: str) -> None:
    """What cannot be read or done is answered, and changes nothing."""
    count = shop.counter.journal.tip()
    answer = ask(shop, command)

    assert end == answer.get("code", answer["end"])
    assert count == shop.counter.journal.tip()


def test_who_does_not_buy_leaves_no_bill(shop: Shop) -> None:
    """A sale that is dropped is no unfinished bill."""
    shop.stage.insert("east", None)
    shop._ready([], {"Billed": [Answer.CANCEL]})
    dropped = ask(shop, {"do": "sale", "lines": [ROW], "card": False})

    assert "Dropped" == dropped["end"]
    assert "" == headless_day.opening(shop.counter)["draft"]
