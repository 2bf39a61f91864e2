"""A pytest plugin (``-p tests.oracle.counts``): what was counted with ``record_property`` stands on the very last line."""

from __future__ import annotations

import sys
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

COUNTED = (
    "cases",
    "identities",
    "bills compared",
    "differences",
    "bills explained",
    "properties",
    "mistakes planted",
    "mistakes caught",
    "exchanges compared",
    "exchanges of foreign clients",
    "status words",
    "cases fuzzed",
    "power cuts",
    "failed calls",
    "full disks",
    "damaged files",
    "clock jumps",
    "replies spoilt",
    "operations",
    "protocol mistakes planted",
    "protocol mistakes found",
)


class _Counts:
    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._outcomes: Counter[str] = Counter()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call":
            self._outcomes[report.outcome] += 1
            for name, number in report.user_properties:
                if name in COUNTED:
                    self._counts[name] += int(str(number))

    def pytest_unconfigure(self) -> None:
        counted = [f"{self._counts[name]} {name}" for name in COUNTED if name in self._counts]
        outcomes = [f"{number} {outcome}" for outcome, number in sorted(self._outcomes.items())]
        sys.stdout.write(" · ".join([*counted, *outcomes]) + "\n")


def pytest_configure(config: pytest.Config) -> None:
    """Count in the process that speaks to the person."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(_Counts(), "counts")
