"""The sender's message id: the only handle by which a settlement can be found or reversed later.

Institution (12) ‖ yyyyMMddHHmmss (14) ‖ till (2) ‖ sequence (2): interface 1.1 and 1.3. It is made once, kept
before anything is sent, and never made again: a random suffix or a second call collides (interface 1.3).
"""

from __future__ import annotations

from datetime import datetime, timedelta

_TIME = "%Y%m%d%H%M%S"
_SEQUENCES = 100
LENGTH = 30


def next_msgid(last: str, now: datetime, *, institution: str, till: str) -> str:
    """Return the id after ``last`` (empty: none yet) at ``now``, strictly greater than it.

    A clock that stepped back, or a hundred ids in one second, take the second forward.
    """
    if not last or last[12:26] < now.strftime(_TIME):
        return f"{institution}{now.strftime(_TIME)}{till}00"
    sequence = int(last[28:30]) + 1
    if sequence < _SEQUENCES:
        return f"{institution}{last[12:26]}{till}{sequence:02d}"
    ahead = datetime.strptime(last[12:26], _TIME).replace(tzinfo=now.tzinfo) + timedelta(seconds=1)
    return f"{institution}{ahead.strftime(_TIME)}{till}00"


def last_of(second: datetime, *, institution: str, till: str) -> str:
    """Return the last id that this till could make in ``second``."""
    return f"{institution}{second.strftime(_TIME)}{till}{_SEQUENCES - 1:02d}"


def sent_at(msgid: str) -> str:
    """Return the time inside a msgid as ``yyyy-MM-dd HH:mm:ss``."""
    return datetime.strptime(msgid[12:26], _TIME).strftime("%Y-%m-%d %H:%M:%S")  # noqa: DTZ007 - text in, text out


def sender_of(till: str) -> str:
    """Return the number under which the sender of ``till`` makes its own ids: the two never meet."""
    return f"{int(till) + 50:02d}"
