"""When to try again: spread out, honouring Retry-After within reason."""

from __future__ import annotations

import pytest

from config.entropy import SeededEntropy
from offline_queue.sync.backoff import RETRY_AFTER_MAX_S, Backoff
from tests.journal.entries import Hand


def _pause_s(*, key: str = "k", failures: int = 1, retry_after: str = "") -> float:
    clock = Hand()
    backoff = Backoff(clock, SeededEntropy("b"), base_s=1.0)
    for _ in range(failures):
        backoff.failed(key, retry_after=retry_after)
    low, high = 0.0, 4000.0
    while high - low > 0.01:
        clock.ticks = (low + high) / 2
        low, high = (low, clock.ticks) if backoff.ready(key) else (clock.ticks, high)
    return high


def test_counters_that_fail_together_do_not_come_back_together() -> None:
    """200 counters spread over half of the pause."""
    pauses = [_pause_s(key=f"counter {number}") for number in range(200)]

    assert max(pauses) - min(pauses) > 0.4
    assert 0.5 <= min(pauses)
    assert max(pauses) <= 1.02


def test_pauses_grow_to_a_cap() -> None:
    """Each failure doubles the pause, up to a minute."""
    assert _pause_s(failures=1) < _pause_s(failures=4) < _pause_s(failures=30) <= 60.1


@pytest.mark.parametrize(
    ("text", "low_s", "high_s"),
    [
        pytest.param("7", 7, 7.1, id="seconds"),
        pytest.param("Mon, 02 Mar 2026 01:00:30 GMT", 30, 30.1, id="a date"),
        pytest.param("Mon, 02 Mar 2020 01:00:30 GMT", 0.5, 1.1, id="a date that is past"),
        pytest.param("1000000000", RETRY_AFTER_MAX_S, RETRY_AFTER_MAX_S + 0.1, id="thirty years"),
        pytest.param("soon", 0.5, 1.1, id="garbage"),
        pytest.param("-5", 0.5, 1.1, id="negative"),
        pytest.param("", 0.5, 1.1, id="absent"),
    ],
)
def test_retry_after(text: str, low_s: float, high_s: float) -> None:
    """Seconds and dates are honoured up to an hour; what is neither asks for nothing."""
    assert low_s <= _pause_s(retry_after=text) <= high_s


def test_the_line_coming_back_forgets_every_pause() -> None:
    """Nobody waits out a pause that the line has ended."""
    backoff = Backoff(Hand(), SeededEntropy("b"), base_s=1.0)
    backoff.failed("k")
    held = backoff.ready("k")
    backoff.forget()

    assert (False, True) == (held, backoff.ready("k"))
