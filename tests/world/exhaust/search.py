"""``python -m tests.world.exhaust.search``: every state that a counter, a card, a centre and a foreign terminal can get into.

From a state every move is made in every way that it may go within the faults that are left; each state that was not met with as many
left is checked, and gone on from, until there is none: the fix-point. For each kind of card, each kind of centre, with a foreign terminal
beside and without, it prints how many states there are. It ends with 1 when an invariant of commit-protocol section 9 does not hold
anywhere, or when the time was over before the fix-point.
"""

from __future__ import annotations

import argparse
import heapq
import sys
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from itertools import product

from clearing.personality import Personality
from tests.world.exhaust.case import ALLOWANCE, BACK_ENDS, NO_ALLOWANCE, Case, Scope
from tests.world.exhaust.moves import in_the_end, moves_of
from tests.world.exhaust.ways import Budget, Known
from tests.world.exhaust.world import Kept, World
from tests.world.town.mistakes import MISTAKES, Mistake
from tests.world.town.planting import planted
from tests.world.town.simulate import STUMBLES

_WRONG_MAX = 3
_KEPT_MAX = 4000
"""So many states are kept in memory, about half a megabyte each."""
Step = tuple[str, tuple[int, ...]]
"""A move and its script."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How far a world is explored."""

    scope: Scope
    left: Budget
    seconds: float = float("inf")
    once: bool = True
    """Whether what a move goes on from is followed once, or however often moves come to it."""


@dataclass(slots=True)
class Explored:
    """What came of one world."""

    case: Case
    states: int = 0
    moves: int = 0
    known: int = 0
    """Moves that were left in their middle, where they go on as another did."""
    seconds: float = 0.0
    is_whole: bool = False
    wrong: list[str] = field(default_factory=list)
    died: dict[str, int] = field(default_factory=dict)
    failed: dict[str, int] = field(default_factory=dict)

    def __str__(self) -> str:
        """Return the line about it. ``left``: moves that were left in their middle."""
        case = self.case
        beside = "with" if case.foreign else "without"
        end = "fix-point" if self.is_whole else "NOT WHOLE"
        where = f"{case.back_end:<9}  {case.personality:<11}  {beside:<7} a foreign terminal"
        moves = f"{self.moves:>8} moves  {self.known:>8} left"
        return f"{where}: {self.states:>7} states  {moves}  {len(self.wrong)} wrong  {end}  {self.seconds:.0f} s"


def cases() -> Iterator[Case]:
    """Return every world. A card that nothing is on has nothing that a foreign terminal could debit."""
    for back_end, personality, foreign in product(BACK_ENDS, Personality, (False, True)):
        if not foreign or back_end != NO_ALLOWANCE:
            yield Case(back_end, str(personality), foreign)


def explore(case: Case, bounds: Bounds) -> Explored:
    """Go through one world until there is no state that was not met, something is wrong, or the time is over."""
    told = Explored(case)
    begun = time.monotonic()
    scope = bounds.scope if case.foreign else Scope(bounds.scope.sales, bounds.scope.voids, 0)
    with World(case, scope, bounds.left) as world:
        search = _Search(world, told)
        if bounds.once:
            world.ways.is_known = search.is_known
        search.run(bounds.left, begun + bounds.seconds)
        told.died, told.failed = dict(world.ways.crashes), dict(world.ways.faults)
    told.seconds = time.monotonic() - begun
    return told


class _Search:
    def __init__(self, world: World, told: Explored) -> None:
        self._world, self._told = world, told
        self._ended: set[bytes] = set()
        self._met: dict[bytes, list[Budget]] = {}
        self._followed: dict[bytes, list[Budget]] = {}
        self._passed: set[bytes] = set()
        """The points of the move that is being made."""
        self._todo: list[tuple[int, int, Kept, tuple[Step, ...], bool]] = []
        self._number = 0

    def run(self, whole: Budget, until: float) -> None:
        """Take the states with the fewest faults first: what is met later with fewer left is nothing new."""
        self._whole = whole.whole
        self._world.ways.left = whole
        self._meet(())
        while self._todo and len(self._told.wrong) < _WRONG_MAX:
            _, _, kept, path, is_before = heapq.heappop(self._todo)
            if is_before:
                kept = self._again(kept, path[-1])
            for name in self._moves_at(kept):
                self._all_ways(kept, name, path)
            if time.monotonic() > until:
                return
        self._told.is_whole = not self._told.wrong

    def _moves_at(self, kept: Kept) -> list[str]:
        self._world.put_back(kept)
        return list(moves_of(self._world))

    def _again(self, kept: Kept, step: Step) -> Kept:
        """Make the last move once more, and keep what it led to: memory is not endless."""
        self._go(kept, *step, looks=False)
        return self._world.keep()

    def _go(self, kept: Kept, name: str, script: tuple[int, ...], *, looks: bool = True) -> None:
        world = self._world
        world.put_back(kept)
        go = moves_of(world)[name]
        world.ways.begin(script, kept.left, looks=looks)
        self._passed.clear()
        go()
        self._told.moves += 1

    def _all_ways(self, kept: Kept, name: str, path: tuple[Step, ...]) -> None:
        scripts: list[tuple[int, ...]] = [()]
        while scripts:
            script = scripts.pop()
            try:
                self._go(kept, name, script)
                scripts += self._world.ways.alternatives()
                self._meet((*path, (name, script)), kept)
            except Known:
                scripts += self._world.ways.alternatives()
                self._told.known += 1
            except STUMBLES as stumbled:
                self._tell((*path, (name, script)), f"{type(stumbled).__name__} {stumbled}")
            if len(self._told.wrong) >= _WRONG_MAX:
                return

    def is_known(self, point: str) -> bool:
        """Whether another move went on from what this one has come to at ``point``, with as many faults left."""
        left, mark = self._world.ways.left, self._world.going_on(point)
        if mark in self._passed:
            return False
        self._passed.add(mark)
        followed = self._followed.setdefault(mark, [])
        if any(left.within(one) for one in followed):
            return True
        followed[:] = [one for one in followed if not one.within(left)] + [left]
        return False

    def _meet(self, path: tuple[Step, ...], before: Kept | None = None) -> None:
        world = self._world
        left, mark = world.ways.left, world.fingerprint()
        known = self._met.setdefault(mark, [])
        if any(left.within(one) for one in known):
            return
        is_new = not known
        known[:] = [one for one in known if not one.within(left)] + [left]
        self._number += 1
        spent = self._whole - left.whole
        is_before = before is not None and len(self._todo) > _KEPT_MAX
        kept = before if before is not None and is_before else world.keep()
        heapq.heappush(self._todo, (spent, self._number, kept, path, is_before))
        if is_new:
            self._told.states += 1
            found = world.broken()
            ends_as = world.fingerprint(in_scope=False)
            if not found and ends_as not in self._ended:
                self._ended.add(ends_as)
                found = in_the_end(world)
            for wrong in found:
                self._tell(path, wrong)

    def _tell(self, path: Iterable[Step], wrong: str) -> None:
        steps = " → ".join(f"{name} {','.join(map(str, script))}".strip() for name, script in path)
        self._told.wrong.append(f"{wrong}\n    after {steps}\n    " + "\n    ".join(self._world.ways.trace[-40:]))


def hunt(mistake: Mistake, bounds: Bounds) -> str:
    """Return how an exploration finds ``mistake`` out; empty when none of them does."""
    with planted(mistake):
        for case in (Case(ALLOWANCE, Personality.RE_EXECUTES, False), Case(ALLOWANCE, Personality.IDEMPOTENT, True)):
            try:
                told = explore(case, bounds)
            except STUMBLES as stumbled:
                return f"opening: {type(stumbled).__name__} {stumbled}"[:160]
            if told.wrong:
                return f"{told.states} states: {told.wrong[0].splitlines()[0]}"[:160]
    return ""


def main() -> int:
    """Explore what was asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.world.exhaust.search")
    for name, often in (("sales", 1), ("voids", 1), ("foreign", 1), ("crashes", 2), ("card", 2), ("line", 2), ("faults", 1)):
        parser.add_argument(f"--{name}", type=int, default=often)
    parser.add_argument("--seconds", type=float, default=float("inf"), help="of each world at the most")
    parser.add_argument("--mistakes", action="store_true", help="plant each mistake and look for it within the same bounds")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--only", default="", help="worlds whose line holds these words")
    wanted = parser.parse_args()
    scope = Scope(wanted.sales, wanted.voids, wanted.foreign)
    bounds = Bounds(scope, Budget(wanted.crashes, wanted.card, wanted.line, wanted.faults), wanted.seconds)
    if wanted.mistakes:
        return _hunt_all(bounds, wanted.workers)
    chosen = [case for case in cases() if wanted.only in str(Explored(case))]
    with ProcessPoolExecutor(wanted.workers) as pool:
        found = []
        for one in pool.map(explore, chosen, [bounds] * len(chosen)):
            found.append(one)
            _say(str(one), *one.wrong)
    wrong, states = sum(len(one.wrong) for one in found), sum(one.states for one in found)
    _say(f"{len(found)} worlds · {states} states · {sum(one.moves for one in found)} moves · {wrong} wrong · {bounds.left}")
    return 0 if all(one.is_whole for one in found) else 1


def _hunt_all(bounds: Bounds, workers: int) -> int:
    with ProcessPoolExecutor(workers) as pool:
        found = 0
        for mistake, how in zip(MISTAKES, pool.map(hunt, MISTAKES, [bounds] * len(MISTAKES)), strict=True):
            found += bool(how)
            _say(f"{'found' if how else 'not within these bounds'}: {mistake.name}: {how}")
    _say(f"{len(MISTAKES)} mistakes planted · {found} found by exploring")
    return 0


def _say(*lines: str) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
