"""When to try again: exponential with jitter on the monotonic clock, Retry-After honoured up to an hour."""

from __future__ import annotations

from email.utils import parsedate_to_datetime

from config.clock import Clock
from config.entropy import Entropy

RETRY_AFTER_MAX_S = 3600.0
_CAP_S = 60.0


class Backoff:
    """Next permitted moment for each key (a msgid, a chore)."""

    def __init__(self, clock: Clock, entropy: Entropy, *, base_s: float) -> None:
        self._clock = clock
        self._entropy = entropy
        self._base_s = base_s
        self._failures: dict[str, int] = {}
        self._not_before: dict[str, float] = {}

    def ready(self, key: str) -> bool:
        """Whether ``key`` may be tried now."""
        return self._clock.monotonic() >= self._not_before.get(key, float("-inf"))

    def failed(self, key: str, *, retry_after: str = "") -> None:
        """Push ``key`` back; many counters that fail together do not come back together."""
        failures = self._failures.get(key, 0)
        self._failures[key] = failures + 1
        spread = int.from_bytes(self._entropy.token(2, f"jitter/{key}/{failures}")) / 65_535
        pause_s = min(self._base_s * 2.0 ** min(failures, 16), _CAP_S) * (0.5 + spread / 2)
        asked_s = self._retry_after_s(retry_after)
        self._not_before[key] = self._clock.monotonic() + max(pause_s, asked_s)

    def done(self, key: str) -> None:
        """Forget ``key``."""
        self._failures.pop(key, None)
        self._not_before.pop(key, None)

    def forget(self) -> None:
        """Forget every pause: the line is back."""
        self._failures.clear()
        self._not_before.clear()

    def _retry_after_s(self, text: str) -> float:
        """Return the pause that Retry-After asks for, in seconds or as a date; what is neither asks for none."""
        if text.isascii() and text.isdigit():
            return min(int(text[:9]), RETRY_AFTER_MAX_S)
        try:
            until = parsedate_to_datetime(text)
        except (ValueError, TypeError):
            return 0.0
        if until.tzinfo is None:
            return 0.0
        return min(max((until - self._clock.now()).total_seconds(), 0.0), RETRY_AFTER_MAX_S)
