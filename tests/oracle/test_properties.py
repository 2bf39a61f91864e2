"""What holds of every split, under any pack: the parts sum, nothing is negative, caps hold, and what should not matter does not."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING

import pytest

from settlement.bill import Benefit, Bill, Line, Split
from settlement.policy import Policy
from settlement.rule import UNLIMITED_FEN
from settlement.split import carried, price
from tests.oracle.worlds import World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SEEDS, PACKS, BILLS = 8, 6, 60
_ROUNDED_ONCE = 2
"""Fen: what one more line may change of a sum that is rounded by the line."""

Priced = tuple[Policy, Bill, Benefit, Split]


@pytest.fixture(params=range(SEEDS))
def priced(request: pytest.FixtureRequest, tmp_path: Path, record_property: Callable[[str, object], None]) -> list[Priced]:
    """Return priced bills under random packs."""
    found = list(_priced(World(f"properties {request.param}"), tmp_path))
    record_property("properties", len(found))
    assert len(found) > PACKS * BILLS // 2
    return found


def _priced(world: World, tmp_path: Path) -> Iterator[Priced]:
    for number in range(PACKS):
        policy = world.pack(tmp_path, number)
        for _ in range(BILLS):
            bill, person = world.bill(policy), world.person(policy)
            split = price(bill, policy, person, explained=False)
            if isinstance(split, Split):
                yield policy, bill, person, split


def test_the_parts_sum(priced: list[Priced]) -> None:
    """The identities A to E and I of the national interface, and the whole bill."""
    for _, bill, person, split in priced:
        figures = split.figures

        assert () == figures.broken_identities()
        for cut in split.cuts:
            assert cut.det_item_fee_sumamt == cut.fulamt_ownpay_amt + cut.overlmt_amt + cut.preselfpay_amt + cut.inscp_scp_amt
        assert figures.balc == person.account_fen + person.past_fen - figures.acct_pay
        rounded_fen = sum(one.amount_fen for one in split.left_out if not one.feedetl_sn)
        assert bill.total_fen + rounded_fen == figures.fund_pay_sumamt + figures.acct_pay + figures.acct_mulaid_pay + split.cash_due_fen


def test_nothing_is_negative(priced: list[Priced]) -> None:
    """But a balance that was, and what is rounded off."""
    for _, _, person, split in priced:
        amounts = {name: value for name, value in asdict(split.figures).items() if name != "balc" or person.account_fen >= 0}

        assert {} == {name: value for name, value in amounts.items() if value < 0}
        assert split.cash_due_fen >= 0


def test_caps_hold(priced: list[Priced]) -> None:
    """No account pays more than it holds, no fund more than a ceiling on it leaves, no person more deductible than there is."""
    for policy, _, person, split in priced:
        figures, toward = split.figures, dict(split.paid_toward)

        assert figures.acct_pay <= max(0, person.account_fen) + person.past_fen
        assert figures.acct_mulaid_pay <= person.mutual_fen
        if policy.ceiling_basis.value == "fund_annual" and not policy.fixed_fund:
            most_fen = max((rule.value or 0 for rule in policy.ceiling if not rule.about), default=UNLIMITED_FEN)
            assert figures.hifp_pay <= max(0, most_fen - person.fund_paid_fen)
        for name, paid_fen in toward.items():
            most = [rule.value for rule in (*policy.ceiling, *policy.supplement_ceiling) if rule.about == name and rule.value is not None]
            assert paid_fen <= max(0, max(most) - dict(person.paid_toward).get(name, 0))
        assert figures.act_pay_dedc <= max((rule.value or 0 for rule in policy.deductible), default=0)


def test_the_order_of_lines_does_not_matter(priced: list[Priced]) -> None:
    """Figures and cuts are the same from back to front."""
    for policy, bill, person, split in priced:
        turned = price(replace(bill, lines=bill.lines[::-1]), policy, person, explained=False)

        assert isinstance(turned, Split)
        assert (split.figures, split.cuts) == (turned.figures, turned.cuts[::-1])


def test_a_line_in_two_changes_only_rounding(priced: list[Priced]) -> None:
    """Two of a thing on one line, or one on each of two: each line's parts differ by a fen, and no more."""
    for policy, bill, person, split in priced:
        number = next((number for number, line in enumerate(bill.lines) if line.cnt_e4 % 2 == 0), None)
        if number is None:
            continue
        line: Line = bill.lines[number]
        halves = (replace(line, cnt_e4=line.cnt_e4 // 2), replace(line, cnt_e4=line.cnt_e4 // 2, feedetl_sn="99"))
        parted = price(replace(bill, lines=(*bill.lines[:number], *halves, *bill.lines[number + 1 :])), policy, person, explained=False)

        assert isinstance(parted, Split)
        for name in ("medfee_sumamt", "fulamt_ownpay_amt", "overlmt_selfpay", "preselfpay_amt"):
            assert abs(getattr(split.figures, name) - getattr(parted.figures, name)) <= _ROUNDED_ONCE, name
        assert () == parted.figures.broken_identities()


def test_more_of_a_bare_total_never_pays_less(priced: list[Priced]) -> None:
    """Funds, person and deductible all grow with what is in scope, where no order of ratios and no band is between."""
    for policy, bill, person, split in priced:
        if bill.inscp_scp_amt is None:
            continue
        more = price(replace(bill, inscp_scp_amt=bill.inscp_scp_amt + 1_00), policy, person, explained=False)

        if isinstance(more, Split):
            for name in ("act_pay_dedc", "fund_pay_sumamt", "medfee_sumamt", "inscp_scp_amt"):
                assert getattr(more.figures, name) >= getattr(split.figures, name), name


def test_more_that_was_used_never_pays_more(priced: list[Priced]) -> None:
    """Who used more of the deductible bears no more of it; who was paid more by the fund is paid no more."""
    for policy, bill, person, split in priced:
        further = replace(person, deductible_used_fen=person.deductible_used_fen + 10_00)
        used = price(bill, policy, further, explained=False)

        if isinstance(used, Split):
            assert used.figures.act_pay_dedc <= split.figures.act_pay_dedc


def test_a_reversal_negates(priced: list[Priced]) -> None:
    """Identity J: every movement with the other sign; twice is the same as never."""
    for _, _, _, split in priced:
        undone = split.figures.negated()

        assert [-amount for amount in split.figures.movements()] == list(undone.movements())
        assert () == undone.broken_identities()
        assert split.figures == undone.negated()


def test_what_is_carried_is_what_was_used(priced: list[Priced]) -> None:
    """The year after a bill is the year before it and the bill."""
    for _, bill, person, split in priced:
        after, figures = carried(person, bill, split), split.figures

        assert after.deductible_used_fen == person.deductible_used_fen + figures.act_pay_dedc
        assert after.fund_paid_fen == person.fund_paid_fen + figures.hifp_pay
        assert after.account_fen + after.past_fen == figures.balc
        assert after.mutual_fen == person.mutual_fen - figures.acct_mulaid_pay


def test_the_explanation_changes_no_amount(priced: list[Priced]) -> None:
    """Asked for or not, and the second time as the first."""
    for policy, bill, person, split in priced:
        explained = price(bill, policy, person)

        assert isinstance(explained, Split)
        assert split == replace(explained, steps=())
