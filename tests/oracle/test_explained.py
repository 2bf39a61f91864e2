"""The explanation is worked out again from its leaves, on packs that nobody wrote: every line and every total, every fen once."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, fields, replace
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from settlement.bill import Split
from settlement.explain import explanation_hash
from settlement.plan import plan_of
from settlement.reasons import ARITHMETIC, Step, evaluate, leaf_of, leaves, op, unsound, written
from settlement.rule import Choice, Mark, Rule
from settlement.sentences import sentences_of
from settlement.split import price, waterfall
from tests.oracle.worlds import World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from settlement.policy import Policy

SEEDS, PACKS, BILLS = 20, 5, 60
_NO_AMOUNT = {"pool_prop_selfpay"}


def splits(tmp_path: Path, seed: int) -> Iterator[tuple[Policy, Split]]:
    """Return priced bills under random packs."""
    world = World(f"explained {seed}")
    for number in range(PACKS):
        policy = world.pack(tmp_path, number)
        for _ in range(BILLS):
            bill, person, use_account = world.bill(policy), world.person(policy), world.rng.random() < 0.9
            split = price(bill, policy, person, use_account=use_account)
            if isinstance(split, Split):
                assert split == waterfall(bill, plan_of(bill, policy, policy, person), person, use_account=use_account, explained=True)
                yield policy, split


@pytest.mark.parametrize("seed", range(SEEDS))
def test_each_step_comes_to_its_amount(tmp_path: Path, record_property: Callable[[str, object], None], seed: int) -> None:
    """From inputs, the pack's values and the steps before it; and the steps say what the figures and the lines say."""
    explained = 0
    for policy, split in splits(tmp_path, seed):
        said = {step.name: step.value for step in split.steps}
        figures = {name: fen for name, fen in asdict(split.figures).items() if name not in _NO_AMOUNT}
        marks = {mark.key: mark for mark in _marks(policy)}

        assert () == unsound(split.steps)
        assert figures == {name: said.get(name, 0) for name in figures}
        assert split.cash_due_fen == said["cash_due"]
        for cut in split.cuts:
            amounts = {name: fen for name, fen in asdict(cut).items() if name != "feedetl_sn"}
            assert amounts == {name: said.get(f"{name}[{cut.feedetl_sn}]", 0) for name in amounts}
        for step in split.steps:
            assert step.rule == ARITHMETIC or (step.pack, step.source) == (policy.pack, marks[step.rule].source)
        explained += 1

    record_property("bills explained", explained)
    assert explained > PACKS


@pytest.mark.parametrize("seed", range(SEEDS // 4))
def test_every_fen_once(tmp_path: Path, seed: int) -> None:
    """Each line is in the claim or outside it once, and what is paid comes to what everything costs."""
    for _, split in splits(tmp_path, seed):
        steps = {step.name: step for step in split.steps}
        used = Counter(name for _, name, *_ in leaves(steps["medfee_sumamt"].of))
        used += Counter(name for _, name, *_ in leaves(steps["cash_due"].of) if name.startswith("outside["))
        lines = [name for name in steps if name.startswith(("det_item_fee_sumamt[", "outside["))]
        figures = split.figures
        paid = figures.fund_pay_sumamt + figures.acct_pay + figures.acct_mulaid_pay + split.cash_due_fen

        assert set(lines) <= set(used)
        assert {1} >= {used[name] for name in lines}
        assert paid == sum(steps[name].value for name in lines) + _bare(steps) + sum(
            one.amount_fen for one in split.left_out if not one.feedetl_sn
        )


@pytest.mark.parametrize("seed", range(SEEDS // 4))
def test_two_sentences_in_either_language(tmp_path: Path, seed: int) -> None:
    """They name the claim, what the person bears and the cash."""
    for _, split in splits(tmp_path, seed):
        said = sentences_of(split)

        assert len(said) == 2
        for language in (0, 1):
            text = " ".join(one[language] for one in said)
            assert f"{split.cash_due_fen // 100}.{split.cash_due_fen % 100:02d}" in text
            assert "None" not in text


def test_the_hash_is_of_every_step(tmp_path: Path) -> None:
    """A changed word, number or source is another explanation."""
    split = next(split for _, split in splits(tmp_path, 0))
    step = split.steps[-1]
    others = [
        step._replace(words=("改", step.en)),
        step._replace(mark=Mark(key="x", status="weak", source="x")),
        step._replace(of=leaf_of("input", "x", step.value)),
        step._replace(value=1 - step.value),
    ]

    hashes = {explanation_hash(replace(split, steps=(*split.steps[:-1], other))) for other in (step, *others)}

    assert len(hashes) == 1 + len(others)


@pytest.mark.parametrize("name", ["value", "of", "place"])
def test_a_step_that_does_not_come_out_is_found(tmp_path: Path, name: str) -> None:
    """What re-evaluates is what stands there: a wrong amount, a wrong leaf and a step before its parts are named."""
    split = next(split for _, split in splits(tmp_path, 1) if any(step.name == "psn_cash_pay" for step in split.steps))
    place = next(number for number, step in enumerate(split.steps) if step.name == "psn_part_amt")
    step: Step = split.steps[place]
    changed = {
        "value": (*split.steps[:place], step._replace(value=step.value + 1), *split.steps[place + 1 :]),
        "of": (*split.steps[:place], step._replace(of=leaf_of("step", "medfee_sumamt", step.value - 7)), *split.steps[place + 1 :]),
        "place": (step, *split.steps[:place], *split.steps[place + 1 :]),
    }[name]

    assert "psn_part_amt" in unsound(changed)


def _marks(policy: Policy) -> Iterator[Mark]:
    for member in fields(policy):
        held = getattr(policy, member.name)
        if isinstance(held, Choice):
            yield held.mark
        elif isinstance(held, tuple):
            yield from (one.mark for one in held if isinstance(one, Rule))


def _bare(steps: dict[str, Step]) -> int:
    """Return a bill's bare total."""
    return sum(value for kind, name, value, *_ in leaves(steps["medfee_sumamt"].of) if kind == "input" and name != "0")


def test_an_expression_is_exact() -> None:
    """A third of a yuan is no binary fraction; it is rounded where the expression says so and nowhere else."""
    third = op("/", leaf_of("input", "x", 100), leaf_of("input", "three", 3, 0))

    assert Fraction(1, 3) == evaluate(third)
    assert Fraction(33, 100) == evaluate(op("half_up", third))
    assert "half_up(1.00 / 3)" == written(op("half_up", third))
