"""How many keys a flow of work may cost, and the table of what it does cost.

K = keys of the cashier, a chord counts its keys; S = scans; C = keys of the customer on the PIN pad, the Enter after the PIN too.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple, dataclass

PROPERTY = "keystrokes"


@dataclass(frozen=True, slots=True)
class Keystrokes:
    """One flow of work as it was measured."""

    flow: str
    budget: int
    keys: int
    scans: int
    digits: int


def table(measured: list[Keystrokes]) -> list[str]:
    """Return the table of all flows, a breach marked in words."""
    rows = [("K", "of", "S", "C", "flow")]
    rows += [
        (
            str(row.keys),
            str(row.budget),
            str(row.scans),
            str(row.digits),
            row.flow + ("" if row.keys == row.budget else "  <- NOT ITS BUDGET"),
        )
        for row in measured
    ]
    return ["  ".join((*(cell.rjust(3) for cell in row[:-1]), row[-1])) for row in rows]


def as_property(measured: Keystrokes) -> tuple[str, object]:
    """Return what a test's report carries from a worker process to the one that prints."""
    return PROPERTY, astuple(measured)


def of_properties(properties: Iterable[tuple[str, object]]) -> list[Keystrokes]:
    """Return what a report carries."""
    return [Keystrokes(*value) for name, value in properties if name == PROPERTY and isinstance(value, tuple | list)]
