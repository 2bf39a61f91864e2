"""How much of an exhaustive test is done: a share with every change, all of it by ``make card``, ``make crash`` and ``make sim``."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TypeVar

THOROUGH = "YIBAO_THOROUGH"
Case = TypeVar("Case")


def thorough() -> bool:
    """Whether all of it is wanted."""
    return os.environ.get(THOROUGH) == "1"


def of(share: int, full: int) -> int:
    """Return ``full`` when all is wanted, else ``share``."""
    return full if thorough() else share


def pulls(commands: int, whens: Sequence[str]) -> list[tuple[int, str]]:
    """Return (command, moment) of every pull when all are wanted, else each command at one moment, the next at the next."""
    every = [(command, when) for command in range(1, commands + 1) for when in whens]
    return every if thorough() else [(command, when) for command, when in every if whens.index(when) == command % len(whens)]


def some(cases: Sequence[Case], each: int) -> Sequence[Case]:
    """Return all cases when all are wanted, else one of each so many, the last among them."""
    return cases if thorough() else cases[::-1][::each]
