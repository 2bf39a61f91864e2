"""The steps of one explanation while they are written down."""

from __future__ import annotations

from typing import TYPE_CHECKING

from settlement.reasons import FEN, Expression, Leaf, Op, Step

if TYPE_CHECKING:
    from collections.abc import Sequence

    from settlement.rule import Mark

ARITHMETIC = "arithmetic"
_SOURCE = "国家医保接口 恒等式 A–I"
_NOTHING = Leaf("input", "0", 0)


class Steps:
    """Steps in their order, each to be found by its name."""

    __slots__ = ("_leaves", "found")

    def __init__(self) -> None:
        self.found: list[Step] = []
        self._leaves: dict[str, Leaf] = {}

    def add(
        self, name: str, value: int, of: Expression, words: tuple[str, str], mark: Mark | None = None, pack: str = "", places: int = FEN
    ) -> Leaf:
        """Write a step down and return it as a leaf of later ones; ``words`` in both languages, without a ``mark`` it is arithmetic."""
        zh, en = words
        if mark is None:
            self.found.append(Step(name, value, of, ARITHMETIC, "", _SOURCE, ARITHMETIC, zh, en, places))
        else:
            self.found.append(Step(name, value, of, mark.key, pack, mark.source, mark.status, zh, en, places))
        self._leaves[name] = leaf = Leaf("step", name, value, places)
        return leaf

    def of(self, name: str) -> Leaf | None:
        """Return a step as a leaf; None where it was not needed."""
        return self._leaves.get(name)

    def need(self, name: str) -> Leaf:
        """Return a step that there is."""
        return self._leaves[name]

    def nothing(self) -> Leaf:
        """Return 0."""
        return _NOTHING

    def sum_of(self, parts: Sequence[Expression]) -> Expression:
        """Return the sum; one part stands for itself, none for 0."""
        return Op("+", tuple(parts)) if len(parts) > 1 else parts[0] if parts else _NOTHING

    def less(self, first: Expression, *others: Expression | None) -> Expression:
        """Return ``first`` less those of the others that there are."""
        taken = tuple(one for one in others if one is not None)
        return Op("-", (first, *taken)) if taken else first
