"""A number and the numbers that it came from: the steps of an explanation can be worked out again, with paper or by :func:`evaluate`.

A step's expression has other steps, inputs of the bill and values of the pack as its leaves, each with its name; so the steps of a
split are one tree for every line and every total.
"""

from __future__ import annotations

from fractions import Fraction
from math import prod
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from settlement.money import format_scaled, round_exact

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

FEN, E4, E6 = 2, 4, 6
"""Decimals: of amounts in yuan, of quantities and ratios, of unit prices."""
ROUNDINGS = ("half_up", "half_even", "down", "up")
UNLIMITED = "∞"


class Leaf(NamedTuple):
    """A number that an expression starts from."""

    kind: Literal["input", "rule", "step"]
    """Given with the bill or the person · given by the pack · the result of another step."""
    name: str
    """National or case-file name of an input, key of a pack's value, name of a step."""
    value: int
    places: int = FEN
    """Decimals that ``value`` is an integer of."""
    unlimited: bool = False
    """Whether it stands for a ceiling that the area states not to have."""


class Op(NamedTuple):
    """``+``, ``-`` (the first less the others), ``x``, ``/``, ``min``, ``max``, ``mod``, or a rounding to the fen, of its parts."""

    operation: str
    parts: tuple[Leaf | Op, ...]


_OPERATIONS: dict[str, Callable[[list[Fraction]], Fraction]] = {
    "+": lambda parts: sum(parts, Fraction(0)),
    "-": lambda parts: parts[0] - sum(parts[1:]),
    "x": lambda parts: prod(parts, start=Fraction(1)),
    "/": lambda parts: parts[0] / parts[1],
    "min": min,
    "max": max,
    "mod": lambda parts: parts[0] % parts[1],
}
Expression: TypeAlias = Leaf | Op


class Step(NamedTuple):
    """One step of the explanation: an amount, what it is of, who says so, and its words in both languages."""

    name: str
    """The amount: a national name where it has one, a line's number in brackets."""
    value: int
    of: Expression
    rule: str
    """Key of the pack's value that decides here; ``arithmetic`` where none does."""
    pack: str
    """Name and date of the pack that gives it; empty for arithmetic."""
    source: str
    """The clause: authority, document and grade."""
    status: str
    """``confirmed`` · ``weak`` · ``unconfirmed`` · ``invented`` (an area that does not exist) · ``arithmetic``."""
    zh: str
    en: str
    places: int = FEN
    """Decimals of ``value``: yuan, or a ratio."""

    @property
    def result(self) -> str:
        """The amount as it is written."""
        return format_scaled(self.value, self.places)

    @property
    def formula(self) -> str:
        """The expression in numbers, and the result."""
        return f"{written(self.of)} = {self.result}"


def evaluate(expression: Expression) -> Fraction:
    """Return what an expression comes to, exactly: yuan, or a ratio."""
    if isinstance(expression, Leaf):
        return Fraction(expression.value, 10**expression.places)
    parts = [evaluate(part) for part in expression.parts]
    if expression.operation in ROUNDINGS:
        (exact,) = parts
        return Fraction(round_exact(exact * 100, 1, expression.operation), 100)
    return _OPERATIONS[expression.operation](parts)


def written(expression: Expression) -> str:
    """Return an expression in numbers, as a person would write it down."""
    if isinstance(expression, Leaf):
        return UNLIMITED if expression.unlimited else format_scaled(expression.value, expression.places)
    operation, parts = expression
    if operation in {"+", "-", "x", "/"}:
        return f" {operation} ".join(f"({written(one)})" if _loose(one, operation) else written(one) for one in parts)
    return f"{operation}({', '.join(map(written, parts))})"


def leaves(expression: Expression) -> Iterator[Leaf]:
    """Walk the leaves of an expression."""
    if isinstance(expression, Leaf):
        yield expression
    else:
        for part in expression.parts:
            yield from leaves(part)


def roundings(expression: Expression) -> tuple[str, ...]:
    """Return where an expression rounds."""
    if isinstance(expression, Leaf):
        return ()
    own = (expression.operation,) if expression.operation in ROUNDINGS else ()
    return (*own, *(mode for part in expression.parts for mode in roundings(part)))


def unsound(steps: Iterable[Step]) -> tuple[str, ...]:
    """Return the names of the steps that do not come to what they say, or start from one that says something else."""
    found: dict[str, tuple[int, int]] = {}
    wrong: list[str] = []
    for step in steps:
        known = all(found.get(leaf.name) == (leaf.value, leaf.places) for leaf in leaves(step.of) if leaf.kind == "step")
        if step.name in found or not known or evaluate(step.of) != Fraction(step.value, 10**step.places):
            wrong.append(step.name)
        found[step.name] = (step.value, step.places)
    return tuple(wrong)


def _loose(part: Expression, within: str) -> bool:
    """Whether a part needs brackets."""
    return isinstance(part, Op) and part.operation in {"+", "-"} and within in {"-", "x", "/"}
