"""What every test of the screen starts from, and the table of keystrokes under the results."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from terminal.screen import keys, narrow, words
from tests.screen.cashier.budget import Keystrokes, as_property, of_properties, table
from tests.screen.golden import SIZES

if TYPE_CHECKING:
    from tests.screen.cashier.clerk import Clerk

Measure = Callable[[str, int, "Clerk"], None]


@pytest.fixture(autouse=True)
def _as_shipped() -> Iterator[None]:
    """Speak and paint as shipped, with the keys as shipped: all three are one per process."""

    def reset() -> None:
        words.use("zh")
        narrow.use_safe(False)
        keys.use({action: shipped for action, shipped, _ in keys.ACTIONS})

    reset()
    yield
    reset()


@pytest.fixture
def measure(request: pytest.FixtureRequest) -> Measure:
    """Return how to hold what a flow cost against its budget; it also stands in the table."""

    def hold(flow: str, budget: int, clerk: Clerk) -> None:
        measured = Keystrokes(flow, budget, clerk.keys, clerk.scans, clerk.digits)
        request.node.user_properties.append(as_property(measured))
        assert budget == clerk.keys, flow

    return hold


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the table."""
    reports = [report for reports in terminalreporter.stats.values() for report in reports if isinstance(report, pytest.TestReport)]
    measured = [row for report in reports if report.when == "call" for row in of_properties(report.user_properties)]
    if measured:
        terminalreporter.section("keystrokes at the counter")
        for line in table(measured):
            terminalreporter.write_line(line)
        terminalreporter.write_line(f"sizes: {', '.join(f'{columns}x{rows}' for columns, rows in SIZES)}")
