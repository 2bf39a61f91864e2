"""A number and the numbers that it came from: the steps of an explanation can be worked out again, with paper or by :func:`evaluate`.

A step's expression has other steps, inputs of the bill and values of the pack as its leaves, each with its name; so the steps of a
split are one tree for every line and every total.
"""

from __future__ import annotations

from fractions import Fraction
from math import prod
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, TypeAlias

from settlement.money import format_scaled, round_exact

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from settlement.rule import Mark

FEN, E4, E6 = 2, 4, 6
"""Decimals: of amounts in yuan, of quantities and ratios, of unit prices."""
ROUNDINGS = ("half_up", "half_even", "down", "up")
UNLIMITED = "∞"
ARITHMETIC = "arithmetic"
"""The rule and the status of what no value of a pack decides."""
_IDENTITIES = "国家医保接口 恒等式 A–I"


Leaf: TypeAlias = tuple[Literal["input", "rule", "step"], str, int, int, bool]
"""A number that an expression starts from: its kind, name, value, decimals, and whether it stands for no ceiling.

``input``: given with the bill or the person · ``rule``: given by the pack · ``step``: the result of another step. The name is the
national or case-file name of an input, the key of a pack's value, the name of a step. The value is an integer of so many decimals.
"""
LEAF: Final = 5
"""By the number of its members a leaf is told from an operation."""
Op: TypeAlias = tuple[str, tuple["Expression", ...]]
"""``+``, ``-`` (the first less the others), ``x``, ``/``, ``min``, ``max``, ``mod``, or a rounding to the fen, of its parts."""
Expression: TypeAlias = Leaf | Op
"""Plain tuples: an explanation is a hundred of them, made anew at each bill, and a class of its own takes ten times as long to make."""


def leaf_of(kind: Literal["input", "rule", "step"], name: str, value: int, places: int = FEN, unlimited: bool = False) -> Leaf:  # noqa: FBT001, FBT002 - the members of a tuple
    """Return a leaf; ``value`` in fen unless ``places`` are named."""
    return (kind, name, value, places, unlimited)


def op(operation: str, *parts: Expression) -> Op:
    """Return an operation on parts."""
    return (operation, parts)


class Step(NamedTuple):
    """One step of the explanation: an amount, what it is of, who says so, and its words in both languages."""

    name: str
    """The amount: a national name where it has one, a line's number in brackets."""
    value: int
    of: Expression
    mark: Mark | None
    """Of the pack's value that decides here; None for arithmetic."""
    pack: str
    """Name and date of the pack that gives it; empty for arithmetic."""
    words: tuple[str, str]
    """In Chinese and in English."""
    places: int = FEN
    """Decimals of ``value``: yuan, or a ratio."""

    @property
    def zh(self) -> str:
        """The words in Chinese."""
        return self.words[0]

    @property
    def en(self) -> str:
        """The words in English."""
        return self.words[1]

    @property
    def rule(self) -> str:
        """Key of the pack's value that decides here; ``arithmetic`` where none does."""
        return self.mark.key if self.mark is not None else ARITHMETIC

    @property
    def source(self) -> str:
        """The clause: authority, document and grade."""
        return self.mark.source if self.mark is not None else _IDENTITIES

    @property
    def status(self) -> str:
        """``confirmed`` · ``weak`` · ``unconfirmed`` · ``invented`` (an area that does not exist) · ``arithmetic``."""
        return self.mark.status if self.mark is not None else ARITHMETIC

    @property
    def result(self) -> str:
        """The amount as it is written."""
        return format_scaled(self.value, self.places)

    @property
    def formula(self) -> str:
        """The expression in numbers, and the result."""
        return f"{written(self.of)} = {self.result}"


_OPERATIONS: dict[str, Callable[[list[Fraction]], Fraction]] = {
    "+": lambda parts: sum(parts, Fraction(0)),
    "-": lambda parts: parts[0] - sum(parts[1:]),
    "x": lambda parts: prod(parts, start=Fraction(1)),
    "/": lambda parts: parts[0] / parts[1],
    "min": min,
    "max": max,
    "mod": lambda parts: parts[0] % parts[1],
}


def value_of(leaf: Leaf) -> int:
    """Return what a leaf says, an integer of its decimals."""
    return leaf[2]


def evaluate(expression: Expression) -> Fraction:
    """Return what an expression comes to, exactly: yuan, or a ratio."""
    if len(expression) == LEAF:
        _, _, value, places, _ = expression
        return Fraction(value, 10**places)
    operation, parts = expression
    values = [evaluate(part) for part in parts]
    if operation in ROUNDINGS:
        (exact,) = values
        return Fraction(round_exact(exact * 100, 1, operation), 100)
    return _OPERATIONS[operation](values)


def written(expression: Expression) -> str:
    """Return an expression in numbers, as a person would write it down."""
    if len(expression) == LEAF:
        _, _, value, places, unlimited = expression
        return UNLIMITED if unlimited else format_scaled(value, places)
    operation, parts = expression
    if operation in {"+", "-", "x", "/"}:
        return f" {operation} ".join(f"({written(one)})" if _loose(one, operation) else written(one) for one in parts)
    return f"{operation}({', '.join(map(written, parts))})"


def leaves(expression: Expression) -> Iterator[Leaf]:
    """Walk the leaves of an expression."""
    if len(expression) == LEAF:
        yield expression
    else:
        for part in expression[1]:
            yield from leaves(part)


def roundings(expression: Expression) -> tuple[str, ...]:
    """Return where an expression rounds."""
    if len(expression) == LEAF:
        return ()
    operation, parts = expression
    own = (operation,) if operation in ROUNDINGS else ()
    return (*own, *(mode for part in parts for mode in roundings(part)))


def unsound(steps: Iterable[Step]) -> tuple[str, ...]:
    """Return the names of the steps that do not come to what they say, or start from one that says something else."""
    found: dict[str, tuple[int, int]] = {}
    wrong: list[str] = []
    for step in steps:
        known = all(found.get(name) == (value, places) for kind, name, value, places, _ in leaves(step.of) if kind == "step")
        if step.name in found or not known or evaluate(step.of) != Fraction(step.value, 10**step.places):
            wrong.append(step.name)
        found[step.name] = (step.value, step.places)
    return tuple(wrong)


def _loose(part: Expression, within: str) -> bool:
    """Whether a part needs brackets."""
    return part[0] in {"+", "-"} and within in {"-", "x", "/"}
