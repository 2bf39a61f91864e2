"""Worlds explored to their fix-point: a share of the faults with every change, more of them by ``make sim``."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from clearing.personality import Personality
from tests.crash.share import thorough
from tests.world.exhaust.case import ALLOWANCE, LEGACY, NO_ALLOWANCE, Case, Scope
from tests.world.exhaust.moves import moves_of
from tests.world.exhaust.search import Bounds, cases, explore, hunt
from tests.world.exhaust.ways import Budget
from tests.world.exhaust.world import World
from tests.world.town.mistakes import MISTAKES

NOTHING_FAILS, ONE_DEATH = Budget(0, 0, 0, 0), Budget(1, 0, 0, 1)
FAULTS = Budget(2, 2, 2, 1) if thorough() else NOTHING_FAILS
Count = Callable[[str, object], None]


def worlds() -> list[Case]:
    """Return every world; of those whose cards debit by themselves one where not all are wanted."""
    one = Case(LEGACY, str(Personality.RE_EXECUTES), foreign=True)
    return [case for case in cases() if thorough() or case.back_end != LEGACY or case == one]


@pytest.mark.timeout(20_000)
@pytest.mark.parametrize("case", worlds(), ids=str)
def test_no_reachable_state_is_wrong(case: Case, record_property: Count) -> None:
    """For each card, centre and company: a sale, a void, a foreign debit, in every order, the line up or down."""
    told = explore(case, Bounds(Scope(1, 1, 1), FAULTS))
    record_property("states", told.states)

    assert [] == told.wrong
    assert told.is_whole
    assert 5 < told.states < told.moves


@pytest.mark.timeout(2000)
def test_a_process_may_die_anywhere(record_property: Count) -> None:
    """A sale, on-line or off-line, and one death at every state of what is durable, at the centre that executes every copy."""
    told = explore(Case(ALLOWANCE, Personality.RE_EXECUTES, foreign=False), Bounds(Scope(1, 0, 0), ONE_DEATH))
    record_property("states", told.states)

    assert [] == told.wrong
    assert told.is_whole
    assert {point.split()[0] for point in told.died} == {"till", "sender"}
    assert len(told.died) > 10


@pytest.mark.timeout(2000)
def test_what_is_followed_once_was_followed() -> None:
    """A move that is left where it goes on as another did would have led to no other state: without that there are as many."""
    case, faults = Case(NO_ALLOWANCE, Personality.REFUSES, foreign=False), Budget(0, 0, 1, 1)
    once, always = (explore(case, Bounds(Scope(1, 0, 0), faults, once=once)) for once in (True, False))

    assert [] == once.wrong == always.wrong
    assert once.states == always.states
    assert 0 == always.known < once.known
    assert once.moves < always.moves


def test_the_same_script_leads_to_the_same_state() -> None:
    """A state that was put back is the one that was kept, and a move made again is the same move: no state hides in an object."""
    left = Budget(1, 1, 1, 1)
    with World(Case(ALLOWANCE, Personality.IDEMPOTENT, foreign=True), Scope(1, 1, 1), left) as world:
        kept, marks = world.keep(), []
        start = world.fingerprint()
        for script in ((), (0, 0, 0, 1), (), (0, 0, 0, 1)):
            world.put_back(kept)
            assert start == world.fingerprint()
            world.ways.begin(script, left)
            moves_of(world)["the customer buys"]()
            marks.append((world.fingerprint(), tuple(world.ways.trace)))

    assert marks[:2] == marks[2:]
    assert marks[0] != marks[1]


@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", ["our own counter means aborted", "the counter stands still"])
def test_exploring_finds_a_planted_mistake(name: str) -> None:
    """The protocol is wrong in one place, and some state says so."""
    (mistake,) = (one for one in MISTAKES if one.name == name)

    assert hunt(mistake, Bounds(Scope(1, 1, 0), Budget(0, 1, 0, 1)))
