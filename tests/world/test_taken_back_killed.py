"""A sale that is taken back before its first byte, by a till that dies in between: it ends all the same, and what went out is owed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from clearing.personality import Personality
from offline_queue.fold import Folded, Standing
from offline_queue.journal import Entry
from tests.world.exhaust.case import ALLOWANCE, Case, Scope
from tests.world.exhaust.moves import moves_of
from tests.world.exhaust.ways import Budget
from tests.world.exhaust.world import World

ONE_DEATH = Budget(1, 0, 0, 1)
POINTS = 10


@pytest.fixture
def world() -> Iterator[World]:
    """Return a counter whose till died right after it had written an on-line sale's intent: nothing is sent yet."""
    with World(Case(ALLOWANCE, Personality.RE_EXECUTES, foreign=False), Scope(1, 0, 0), ONE_DEATH) as world:
        start = world.keep()
        for point in range(POINTS):
            world.put_back(start)
            world.ways.begin((*[0] * point, 1), ONE_DEATH)
            moves_of(world)["the customer buys"]()
            if _is_unsent(world):
                break
        world.ways.calm = True
        yield world


def _is_unsent(world: World) -> bool:
    owed = [world.shop.journal.due_row(subject) for subject in world.shop.journal.open_subjects()]
    return [("waiting", 0)] == [(row.state, row.attempts) for row in owed if row is not None]


def _begun(world: World) -> Folded:
    (subject,) = world.shop.journal.open_subjects()
    return world.shop.journal.standing(subject)


def _write(world: World, kind: str, **body: object) -> str:
    subject = _begun(world).subject
    world.shop.journal.commit([Entry(kind=kind, subject=subject, body=body)], claim=subject if kind == "cancelled" else "")
    return subject


def _taken_up(world: World, subject: str) -> Folded:
    """Have the next till take up what is left, twice: the second finds nothing to do."""
    for _ in range(2):
        world.shop.start_till()
        world.customer.come(buys=False)
        world.shop.catch_up()
    assert [] == world.shop.journal.open_subjects()
    return world.shop.journal.standing(subject)


def test_the_till_died_before_and_after_it_listed_a_doubt(world: World) -> None:
    """Taken back, then listed as a doubt, then killed: surely not sent, nothing is asked, and nothing is left open."""
    _write(world, "cancelled")
    subject = _write(world, "doubted", why="restart")

    assert Standing.ABANDONED is _taken_up(world, subject).standing


def test_what_went_out_on_a_doubt_is_owed_when_it_is_taken_back(world: World) -> None:
    """Listed first, with the goods out; then taken back, then killed: not done, and the goods are booked as owed."""
    _write(world, "doubted", why="silent")
    _write(world, "goods_answered", released=True)
    subject = _write(world, "cancelled")
    folded = _taken_up(world, subject)

    assert Standing.ABANDONED is folded.standing
    assert folded.intent is not None
    assert folded.figures is not None
    assert folded.figures.medfee_sumamt + folded.outside_fen == folded.receivable_fen > 0
