"""One source of everything that is not decided by the product: what is tried, what fails and who dies. Its seed is the whole run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from random import Random
from typing import TypeVar

Choice = TypeVar("Choice")
_SELDOM, _FIRST, _AIMED = 0.004, 0.10, 0.3
"""How likely a process dies at a point; more so where it comes by for the first time, or rare points would never be met."""


_LINES_MAX = 30_000


class Crashed(BaseException):
    """The process is gone here: nothing of it runs on, not even its clean-up of files."""

    def __init__(self, role: str, point: str) -> None:
        super().__init__(f"{role} dies {point}")
        self.role = role


class Endless(Exception):
    """The town does not come to an end: something is done again and again."""


class Chance:
    """Dice, a trace of what they said, and how often each thing was met."""

    def __init__(self, seed: str, *, aim: str = "", after: str = "") -> None:
        """``aim``: the point at which somebody dies for certain when it is first passed; until then the run is that of the same seed.

        ``after``: what comes after that death is another future for each of these.
        """
        self._random = Random(seed)
        self._aim, self._after = aim, after
        self.trace: list[str] = []
        self.crashes: Counter[str] = Counter()
        self.passed: Counter[str] = Counter()
        """How often somebody might have died there: not in the calm."""
        self._met: Counter[str] = Counter()
        self.faults: Counter[str] = Counter()
        self.calm = False
        """Faults have stopped."""

    def say(self, words: str) -> None:
        """Write one line of the trace. Raises :class:`Endless` when it is longer than any day."""
        if len(self.trace) > _LINES_MAX:
            raise Endless(self.trace[-1])
        self.trace.append(words)

    def pick(self, choices: Sequence[Choice]) -> Choice:
        """Return one of them."""
        return self._random.choice(choices)

    def number(self, low: int, high: int) -> int:
        """Return a number from ``low`` to ``high``."""
        return self._random.randint(low, high)

    def happens(self, likely: float) -> bool:
        """Return whether something that likely happens now."""
        return self._random.random() < likely

    def fault(self, where: str, kinds: Sequence[str], likely: float) -> str:
        """Return which of ``kinds`` fails at ``where``; empty when none does."""
        if self.calm or not self.happens(likely):
            return ""
        kind = self.pick(kinds)
        self.faults[f"{where}: {kind}"] += 1
        self.say(f"  fault {where} {kind}")
        return kind

    def pass_by(self, role: str, point: str) -> None:
        """Pass a point at which a process may die. Raises :class:`Crashed`."""
        name = f"{role} {point}"
        self._met[name] += 1
        if self._met[name] > _LINES_MAX:
            raise Endless(name)
        if self.calm:
            return
        self.passed[name] += 1
        likely = _FIRST if self.passed[name] == 1 else _SELDOM
        if name == self._aim:
            likely = _AIMED if self.crashes[name] else 1
        if self.happens(likely):
            if name == self._aim and self._after and not self.crashes[name]:
                self._random = Random(f"{name}{self._after}")
            self.crashes[name] += 1
            self.say(f"  {name}: dies")
            raise Crashed(role, point)
