"""The steps of one explanation while they are written down."""

from __future__ import annotations

from typing import TYPE_CHECKING

from settlement.reasons import FEN, Expression, Leaf, Op, Step, leaf_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from settlement.rule import Mark

NOTHING = leaf_of("input", "0", 0)
_new = tuple.__new__
"""A step as its tuple: the constructor of a named one takes twice as long."""


class Steps:
    """Steps in their order, each to be found by its name."""

    __slots__ = ("found", "leaves")

    def __init__(self) -> None:
        self.found: list[Step] = []
        self.leaves: dict[str, Leaf] = {}
        """Each as a leaf of later ones, by its name."""

    def add(
        self, name: str, value: int, of: Expression, words: tuple[str, str], mark: Mark | None = None, pack: str = "", places: int = FEN
    ) -> Leaf:
        """Write a step down and return it as a leaf of later ones; ``words`` in both languages, without a ``mark`` it is arithmetic."""
        self.found.append(_new(Step, (name, value, of, mark, pack, words, places)))
        leaf: Leaf = ("step", name, value, places, False)
        self.leaves[name] = leaf
        return leaf

    def sum_of(self, parts: Sequence[Expression]) -> Expression:
        """Return the sum; one part stands for itself, none for 0."""
        if len(parts) < 2:  # noqa: PLR2004 - nothing to add up
            return parts[0] if parts else NOTHING
        added: Op = ("+", tuple(parts))
        return added

    def less(self, first: Expression, *others: Expression | None) -> Expression:
        """Return ``first`` less those of the others that there are."""
        taken = [one for one in others if one]
        if not taken:
            return first
        rest: Op = ("-", (first, *taken))
        return rest
