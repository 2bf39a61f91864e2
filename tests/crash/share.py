"""How much of an exhaustive test is done: a share with every change, all of it by ``make crash`` and ``make sim``."""

from __future__ import annotations

import os

THOROUGH = "YIBAO_THOROUGH"


def thorough() -> bool:
    """Whether all of it is wanted."""
    return os.environ.get(THOROUGH) == "1"


def of(share: int, full: int) -> int:
    """Return ``full`` when all is wanted, else ``share``."""
    return full if thorough() else share
