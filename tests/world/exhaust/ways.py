"""Every way that a move may go: whatever may happen is asked by number, so that a list of numbers is the move."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from tests.world.town.chance import Chance, Crashed

Choice = TypeVar("Choice")
KINDS = ("crashes", "card", "line")
_A_WRITE = 0.1
"""How likely a reader's fault is at a command that writes, at the least: what the reader asks with."""


@dataclass(frozen=True, slots=True, order=True)
class Budget:
    """How many faults are left."""

    crashes: int
    card: int
    line: int
    whole: int
    """Of all kinds together."""

    def of(self, kind: str) -> int:
        """Return how many of one kind may still happen."""
        left: int = getattr(self, kind)
        return min(left, self.whole)

    def without(self, kind: str) -> Budget:
        """Return what is left after one of a kind."""
        return replace(self, whole=self.whole - 1, **{kind: getattr(self, kind) - 1})

    def within(self, other: Budget) -> bool:
        """Whether ``other`` allows whatever this allows."""
        return all(self.of(kind) <= other.of(kind) for kind in KINDS) and self.whole <= other.whole


class Known(BaseException):
    """The move goes on from here as one that was followed: nothing new comes of it."""


class Ways(Chance):
    """Dice that fall as the script says, and as nothing happens behind its end; how many ways there were is kept.

    A process dies, and a card is pulled while it is only read, once for each state of what is durable: between two of these a
    death leaves the same behind, whatever the process was about.
    """

    def __init__(self, mark: Callable[[], object]) -> None:
        """``mark``: what changes with everything durable."""
        super().__init__("")
        self.calm = True
        self._mark = mark
        self._script: Sequence[int] = ()
        self._looks = True
        self._offered: set[object] = set()
        self.taken: list[int] = []
        self.ways: list[int] = []
        self.left = Budget(0, 0, 0, 0)
        self.is_known: Callable[[str], bool] = lambda _: False
        """Whether what comes now was followed before, with as many faults left; asked at each point, named, where something may fail."""

    def begin(self, script: Sequence[int], left: Budget, *, looks: bool = True) -> None:
        """Begin a move. ``looks``: it is left behind the script's end where it is known."""
        self._script, self.left, self._looks = script, left, looks
        self.taken, self.ways = [], []
        self._offered.clear()
        self.trace.clear()
        self.calm = False

    def alternatives(self) -> list[tuple[int, ...]]:
        """Return the scripts that leave this one behind its end."""
        first = len(self._script)
        return [(*self.taken[:place], way) for place in range(first, len(self.taken)) for way in range(1, self.ways[place])]

    def one_of(self, ways: int) -> int:
        """Return which of so many ways is gone; the first is the quiet one."""
        place = len(self.taken)
        way = self._script[place] if place < len(self._script) else 0
        assert way < ways, "the move did not go as it went before"
        self.taken.append(way)
        self.ways.append(ways)
        return way

    def pick(self, choices: Sequence[Choice]) -> Choice:
        """Return one of them."""
        return choices[0 if self.calm or len(choices) == 1 else self.one_of(len(choices))]

    def happens(self, likely: float) -> bool:
        """Nothing happens that is not asked for by name."""
        del likely
        return False

    def fault(self, where: str, kinds: Sequence[str], likely: float) -> str:
        """Return which of ``kinds`` fails at ``where``; empty when none does."""
        if self.calm:
            return ""
        if where == "card" and likely < _A_WRITE:
            kinds = kinds[:1]
            if not self._first("card"):
                return ""
        self._look(where)
        if not self.left.of(where):
            return ""
        way = self.one_of(1 + len(kinds))
        if not way:
            return ""
        self.left = self.left.without(where)
        kind = kinds[way - 1]
        self.faults[f"{where}: {kind}"] += 1
        self.say(f"  fault {where} {kind}")
        return kind

    def pass_by(self, role: str, point: str) -> None:
        """Pass a point at which a process may die. Raises :class:`Crashed`."""
        name = f"{role} {point}"
        self.passed[name] += 1
        if self.calm or not self._first(role):
            return
        self._look(name)
        if not self.left.of("crashes") or not self.one_of(2):
            return
        self.left = self.left.without("crashes")
        self.crashes[name] += 1
        self.say(f"  {name}: dies")
        raise Crashed(role, point)

    def _look(self, point: str) -> None:
        if self._looks and len(self.taken) >= len(self._script) and self.is_known(point):
            raise Known

    def _first(self, what: str) -> bool:
        key = (what, self._mark())
        if key in self._offered:
            return False
        self._offered.add(key)
        return True
