"""``python -m tests.world.town.simulate [--seed N --personality P] [--operations N] [--seconds N]``: many towns, or one again.

Without a seed it runs towns until so many operations are done, runs those again that passed a point at which too few died, with a
death there (the seed says so: ``7@till after done is durable``), then plants each mistake and runs until it is found. It prints what
was passed, where processes died, what failed, and on the last line the counts; it ends with 1 when anything was wrong, a mistake was
not found, a kind of fault never came, or nobody died at some point as often as was asked. With ``--seconds`` it runs towns that
nobody has run for as long, and plants nothing.
"""

from __future__ import annotations

import argparse
import secrets
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from itertools import count, cycle, islice, product

from sqlalchemy.exc import StatementError

from clearing.personality import Personality
from settlement.errors import OperatorError, ProtocolMisuse
from tests.world.town import reader, wire
from tests.world.town.chance import Endless
from tests.world.town.mistakes import MISTAKES, Mistake
from tests.world.town.planting import planted
from tests.world.town.town import AFTER, AIM, Town, run

EACH = 80
"""Operations of one town."""
_TRIES = 400
_CHECKS = (20, 25)
"""Operations between two checks: a check lets everything settle, so another number of them is another day."""
STUMBLES = (Endless, AssertionError, LookupError, TypeError, ValueError, OperatorError, ProtocolMisuse, StatementError)
"""What a product raises that stumbles over its own rules: that finds a mistake too."""
_FAULTS = (
    *(f"line: {kind}" for kind in (*wire.KINDS, "cut", "mended")),
    *(f"card: {kind}" for kind in reader.KINDS),
    "till: restarted",
    "sender: restarted",
    "sender: not running",
    "clock: stepped",
)


@dataclass(slots=True)
class Ran:
    """What came of some towns."""

    operations: int = 0
    settlements: int = 0
    wrong: list[str] = field(default_factory=list)
    passed: Counter[str] = field(default_factory=Counter)
    died: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)

    def add(self, other: Ran) -> None:
        """Add what came of others."""
        self.operations += other.operations
        self.settlements += other.settlements
        self.wrong += other.wrong
        self.passed += other.passed
        self.died += other.died
        self.failed += other.failed

    def missing(self, *, deaths: int) -> list[str]:
        """Return faults that never came, and points at which too few died."""
        never = [f"never: {kind}" for kind in _FAULTS if not self.failed[kind]]
        return [*never, *(f"died {self.died[point]} times: {point}" for point in sorted(self.passed) if self.died[point] < deaths)]


@dataclass(slots=True)
class Where:
    """In which towns a point was passed."""

    towns: defaultdict[str, list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))

    def note(self, town: tuple[str, str], one: Ran) -> None:
        """Keep what a town passed."""
        for point in one.passed:
            self.towns[point].append(town)

    def aimed(self, whole: Ran, deaths: int) -> list[tuple[str, str]]:
        """Return the towns to run again, each with a death at a point where too few died; some more, as it may be passed in the calm.

        A town that stands for too few others has several futures after that death.
        """
        chosen = []
        for point, passed in sorted(self.towns.items()):
            wanted = max(deaths - whole.died[point], 0) * 6 // 5
            for number, (seed, personality) in zip(range(wanted), cycle(passed), strict=False):
                future = number // len(passed)
                chosen.append((f"{seed}{AIM}{point}" + (f"{AFTER}{future}" if future else ""), personality))
        return chosen


def towns() -> Iterator[tuple[str, str]]:
    """Return (seed, personality) without end."""
    for seed in count():
        for personality in Personality:
            yield str(seed), str(personality)


def ran(seed: str, personality: str, operations: int = EACH) -> Ran:
    """Run one town; a product that stumbles over its own rules is wrong as well."""
    try:
        town, wrong = run(seed, personality, operations=operations)
    except STUMBLES as stumbled:
        return Ran(wrong=[f"seed {seed}, {personality}: {type(stumbled).__name__} {stumbled}"])
    chance = town.chance
    told = [f"seed {seed}, {personality}, after {town.operations}: {one}" for one in wrong]
    return Ran(town.operations, town.settlements, told, chance.passed, chance.crashes, chance.faults)


def hunt(mistake: Mistake, tries: int = _TRIES) -> str:
    """Return how ``mistake`` is found out; empty when it is not. What a town of frequent checks does not show, one of few may."""
    at = AIM + mistake.near if mistake.near else ""
    with planted(mistake):
        for (number, (seed, personality)), often in product(enumerate(islice(towns(), tries)), _CHECKS):
            try:
                _, wrong = run(f"{seed}{at}", personality, operations=EACH, check_every=often)
            except STUMBLES as stumbled:
                return f"town {number}: {type(stumbled).__name__} {stumbled}"[:200]
            if wrong:
                return f"town {number}: {wrong[0]}"[:200]
    return ""


def main() -> int:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.world.town.simulate")
    parser.add_argument("--seed", help="this town alone, with its trace")
    parser.add_argument("--personality", choices=list(Personality), default=Personality.RE_EXECUTES)
    parser.add_argument("--operations", type=int, default=100_000)
    parser.add_argument("--deaths", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=0, help="run new towns for so long")
    parser.add_argument("--workers", type=int, default=2)
    wanted = parser.parse_args()
    if wanted.seed is not None:
        return _again(wanted)
    return _for(wanted) if wanted.seconds else _all(wanted)


def _again(wanted: argparse.Namespace) -> int:
    town: Town
    town, wrong = run(wanted.seed, wanted.personality, operations=EACH)
    _say(*town.chance.trace, *(wrong or ["nothing is wrong"]), town.digest())
    return 1 if wrong else 0


def _for(wanted: argparse.Namespace) -> int:
    """Run towns of seeds that come from the system until the time is over; each that is wrong can be run again by its seed."""
    over, whole = time.monotonic() + wanted.seconds, Ran()
    with ProcessPoolExecutor(wanted.workers) as pool:
        while time.monotonic() < over:
            seeds = [secrets.token_hex(4) for _ in range(wanted.workers)]
            personalities = [secrets.choice(list(Personality)) for _ in seeds]
            for one in pool.map(ran, seeds, map(str, personalities)):
                whole.add(one)
                _say(*one.wrong)
    _say(f"{whole.operations} operations · {whole.settlements} settlements · {len(whole.wrong)} wrong · {sum(whole.died.values())} deaths")
    return 1 if whole.wrong else 0


def _all(wanted: argparse.Namespace) -> int:
    whole = Ran()
    with ProcessPoolExecutor(wanted.workers) as pool:
        chosen = [pair for pair, _ in zip(towns(), range(-(-wanted.operations // EACH)), strict=False)]
        where = Where()
        for town, one in zip(chosen, pool.map(ran, *zip(*chosen, strict=True), chunksize=4), strict=True):
            whole.add(one)
            where.note(town, one)
            _say(*one.wrong)
        again = where.aimed(whole, wanted.deaths)
        _say(f"{len(chosen)} towns, and {len(again)} of them again with a death where few died")
        for one in pool.map(ran, *zip(*again, strict=True), chunksize=4) if again else ():
            whole.add(one)
            _say(*one.wrong)
        found = list(pool.map(hunt, MISTAKES))
    _say(*(f"{whole.passed[point]:>8} passed {whole.died[point]:>6} died  {point}" for point in sorted(whole.passed)))
    _say(*(f"{times:>8} {kind}" for kind, times in sorted(whole.failed.items())))
    _say(*(f"{'found' if how else 'NOT FOUND'}: {mistake.name}: {how}" for mistake, how in zip(MISTAKES, found, strict=True)))
    missing = whole.missing(deaths=wanted.deaths)
    caught = sum(bool(how) for how in found)
    _say(*missing)
    _say(
        f"{whole.operations} operations · {whole.settlements} settlements · {len(whole.wrong)} wrong · {len(whole.passed)} points, "
        f"{sum(whole.died.values())} deaths · {sum(whole.failed.values())} faults of {len(whole.failed)} kinds · "
        f"{len(MISTAKES)} mistakes planted · {caught} found"
    )
    return 1 if whole.wrong or missing or caught < len(MISTAKES) else 0


def _say(*lines: str) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
