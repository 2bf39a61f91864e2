"""The trade's usual client beside ours: wrong money under faults and none without; each of its rules makes some of it; ours makes none."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from clearing.database import Database
from clearing.export import export
from simulator.usual_client import Rule
from terminal.demo.stage import Stage
from terminal.demo.versus.command import Result, as_members, judged, said
from terminal.demo.versus.counters import Ours, Usual
from terminal.demo.versus.customers import FAULTS, Customer, Fault, customers, number_of
from terminal.demo.versus.judge import Wrong, rows_at_centre, wrongs
from terminal.demo.versus.rule_sets import OURS, RULES, USUAL

SEED = "1"
HARMFUL = (Fault.REPLY_LOST, Fault.ERROR_AFTER_COMMIT, Fault.DELIVERED_TWICE, Fault.TILL_KILLED)
_NUMBERS = itertools.count()


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Return a centre that executes every copy, its people and a line, with nobody at the counter yet."""
    directory = tmp_path_factory.mktemp("versus") / "stage"
    with Stage(directory, seed=SEED, personality="re-executes", shops=("east",), staffed=False) as opened:
        yield opened


def struck(*faults: Fault) -> list[Customer]:
    """Return one customer for each fault, at a time of day that nobody else has."""
    (some,) = customers(SEED, 1)
    roles = {Fault.CARD_LOST: "lost", Fault.USED_ELSEWHERE: "patient"}
    return [replace(some, number=next(_NUMBERS), fault=fault, role=roles.get(fault, some.role)) for fault in faults]


def centre_of(stage: Stage) -> dict[str, Any]:
    """Return what ``yibao-clearing export`` would say; asked too often to start a process each time."""
    with Database(stage.directory / "centre") as database, database.transaction() as db:
        return export(db)


def wrong_of_usual(stage: Stage, faults: tuple[Fault, ...], *without: Rule) -> list[Wrong]:
    """Serve one customer for each fault with the usual client, without some of its rules, and return what is wrong."""
    coming = struck(*faults)
    numbers = {customer.number for customer in coming}
    with closing(Usual(stage, tuple(without), name=f"usual-{min(numbers)}")) as counter:
        for customer in coming:
            counter.serve(customer)
        counter.finish()
        rows = rows_at_centre(centre_of(stage), counter.fixmedins_code)
        return wrongs(coming, counter.believed, [row for row in rows if number_of(row.msgid) in numbers])


def test_without_faults_the_usual_client_is_right(stage: Stage) -> None:
    """Nothing wrong, and it settled: the centre has one row for each."""
    before = len(centre_of(stage)["settlements"])

    assert [] == wrong_of_usual(stage, (Fault.NONE, Fault.NONE, Fault.NONE))
    assert 3 == len(centre_of(stage)["settlements"]) - before


def test_faults_that_make_wrong_money_at_the_usual_client(stage: Stage) -> None:
    """An answer that is lost, an error after the commit, a copy and a kill: the insurer pays twice for what is booked once."""
    found = wrong_of_usual(stage, HARMFUL)

    assert list(HARMFUL) == [one.fault for one in found]
    assert all(one.fen > 0 for one in found)


def test_faults_that_do_not(stage: Stage) -> None:
    """It writes nothing to the card and takes cash when there is no line; what the centre refuses or splits anew is its word."""
    assert [] == wrong_of_usual(stage, tuple(fault for fault in FAULTS if fault not in HARMFUL))


def test_storing_only_on_success_makes_wrong_money(stage: Stage) -> None:
    """Killed while it waits, it knows no msgid that the operator could type; stored before it is sent, it does."""
    assert 1 == len(wrong_of_usual(stage, (Fault.TILL_KILLED,)))
    assert [] == wrong_of_usual(stage, (Fault.TILL_KILLED,), Rule.STORES_ON_SUCCESS)


def test_please_retry_makes_wrong_money(stage: Stage) -> None:
    """Told to retry, the cashier settles a second time; a client that asks first finds the first."""
    assert 1 == len(wrong_of_usual(stage, (Fault.REPLY_LOST,)))
    assert [] == wrong_of_usual(stage, (Fault.REPLY_LOST,), Rule.PLEASE_RETRY)


def test_correction_by_hand_leaves_wrong_money(stage: Stage) -> None:
    """The msgid is gone when the operator sits down; a program that sends 2601 at once still has it."""
    assert 1 == len(wrong_of_usual(stage, (Fault.REPLY_LOST,)))
    assert [] == wrong_of_usual(stage, (Fault.REPLY_LOST,), Rule.CORRECTS_BY_HAND)


def test_taking_5xx_for_failure_makes_wrong_money(stage: Stage) -> None:
    """What failed is not begun any more, so even a client that stores before it sends has nothing to correct."""
    assert 1 == len(wrong_of_usual(stage, (Fault.ERROR_AFTER_COMMIT,), Rule.STORES_ON_SUCCESS))
    assert [] == wrong_of_usual(stage, (Fault.ERROR_AFTER_COMMIT,), Rule.STORES_ON_SUCCESS, Rule.ERROR_IS_FAILURE)


@pytest.mark.timeout(300)
def test_ours_makes_none(tmp_path: Path) -> None:
    """Every fault by two seeds, at a centre that executes every copy: nothing wrong, nothing left open."""
    coming = [customer for customer in customers(SEED, 20) if customer.number < 4 or customer.fault is not Fault.NONE]
    more = [customer for customer in customers("2", 20, prices=SEED) if customer.fault is not Fault.NONE]
    coming += [replace(customer, number=200 + customer.number) for customer in more]
    with Stage(tmp_path / "stage", seed=SEED, personality="re-executes", shops=("east",)) as stage, closing(Ours(stage)) as counter:
        result = judged(OURS, counter, tuple(coming))
        settled = len(counter.believed.rows)

    assert ((), ()) == (result.wrong, result.open)
    assert dict.fromkeys(FAULTS, 2) == {fault: sum(customer.fault is fault for customer in coming) for fault in FAULTS}
    assert settled > len(coming) / 2


def test_the_same_seed_brings_the_same_customers() -> None:
    """And another seed others; each fault comes in each round."""
    assert customers("7", 20) == customers("7", 20)
    assert customers("7", 20) != customers("8", 20)
    assert set(Fault) == {customer.fault for customer in customers("7", 20)}
    assert list(range(20)) == [number_of(f"P99010000001{''.join(filter(str.isdigit, one.at))}0001") for one in customers("7", 20)]


def test_the_rules_are_those_of_the_client() -> None:
    """The command names them without importing the client, which is no part of the till."""
    assert list(RULES) == [str(rule) for rule in Rule]


def test_counts_are_said_per_thousand() -> None:
    """Two of three: 667, with the fault that made them."""
    coming = customers(SEED, 3)
    wrong = tuple(Wrong(number=number, fault=Fault.REPLY_LOST, fen=100, why="") for number in (1, 2))
    outcome = as_members([Result(rule_set=USUAL, wrong=wrong, open=())], coming, seed=SEED, centre="re-executes")

    assert (667, 200, {"reply-lost": 2}) == tuple(outcome["rule_sets"][0][name] for name in ("wrong_per_1000", "wrong_fen", "by_fault"))
    assert "   667  usual" in said(outcome)
