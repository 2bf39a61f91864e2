"""What the processes have in mind in the middle of a move: with what is durable, all that they go on by.

Till and sender run in one thread here, so that their minds are the frames of its stack and the objects that these hold: where each
function is, the variables that it may still read, what the objects in them remember. Identifiers, times and tags are told as in the
state's own fingerprint. Left aside is what nothing goes on by: measured steps, how often power was given, bytes on the wire (what
they led to is durable, or in a variable), a PSAM that never fails here.
"""

from __future__ import annotations

import re
import sys
from bisect import bisect_right
from collections import deque
from collections.abc import Callable
from datetime import date, timedelta
from dis import get_instructions, hasjabs, hasjrel
from enum import Enum
from functools import cache
from types import CodeType, FrameType
from typing import Any

from tests.world.exhaust.state import State

_OURS = ("terminal", "settlement", "offline_queue", "nhsa", "config", "tests")
_LOOKING = ("Mind.", "Ways.", "World.", "_Search.")
"""Who looks, and the town around the processes: what these go by is told with the state."""
_ASIDE = {
    *("World", "Ways", "Line", "WireGateway", "TownClock", "Shop"),
    *("Settings", "SeededEntropy", "Trace", "Pace", "Policy", "Dialect", "KeptPsam", "Known", "_RestingPsam"),
    *("_Journal", "MemoryStore", "Store", "Notes", "Enquiries", "Courier", "Requests", "Statements"),
}
"""Classes that hold only what is durable, what never changes, or what is told with the state."""
_ASIDE_NAMES = {
    *("at", "age_s", "_today", "came_up", "beat", "list_due", "number", "seq", "seqs", "head", "receipt"),
    *("power", "_power", "steps", "sent", "stale", "keys", "_psam", "_known", "__class__"),
}
"""Variables and fields of that kind: times, places in the journal, counts that nobody reads."""
_NUMBERED = re.compile(r"[A-Z]?\d{8,}|[0-9A-F]{16,}|[0-9a-f]{16,}")
_TIME = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d[+:.0-9]*")
_ENDS_FLOW = ("RETURN", "RERAISE", "RAISE", "JUMP_FORWARD", "JUMP_BACKWARD")


class Mind:
    """Tells one stack, once."""

    def __init__(self, now_s: float, state: State) -> None:
        """``state``: under which names it is told."""
        self._now_s, self._state = now_s, state
        self._others: dict[str, int] = {}
        self._met: dict[int, int] = {}
        self._tellers: tuple[tuple[Any, Callable[[str, Any], object]], ...] = (
            (Enum, lambda _, value: value.name),
            ((bool, type(None)), lambda _, value: value),
            (int, self._int),
            (str, self._str),
            (float, self._float),
            ((bytes, bytearray, date, timedelta), lambda _, value: type(value).__name__),
            ((tuple, list, deque), lambda name, value: [self.told(one, name) for one in value]),
            ((set, frozenset), lambda name, value: sorted(repr(self.told(one, name)) for one in value)),
            (dict, self._dict),
        )

    def stack(self, until: str) -> list[object]:
        """Return what is told of the frames of whoever calls, up to the function of that name."""
        found: list[object] = []
        frame: FrameType | None = sys._getframe(1)
        while frame is not None and frame.f_code.co_qualname != until:
            code = frame.f_code
            if _is_ours(frame.f_globals["__name__"]) and not code.co_qualname.startswith(_LOOKING):
                live = _live(code, frame.f_lasti)
                values = [(name, self.told(value, name)) for name, value in frame.f_locals.items() if name in live]
                found.append((code.co_qualname, frame.f_lasti, values))
            frame = frame.f_back
        return found

    def told(self, value: Any, name: str = "") -> object:  # noqa: ANN401 - a value of any kind
        """Return what is told of the value of a variable or a field."""
        if name in _ASIDE_NAMES:
            return None
        for kinds, tell in self._tellers:
            if isinstance(value, kinds):
                return tell(name, value)
        return self._object(value)

    def _int(self, name: str, value: int) -> object:
        if name == "generation":
            return self._state.newest - value
        if name == "attempts":
            return min(value, 1)
        return self._state.tag(value) if name in {"tag", "tags"} else value

    def _str(self, _: str, value: str) -> str:
        return _NUMBERED.sub(lambda found: self._name(found[0]), _TIME.sub("T", value))

    def _name(self, number: str) -> str:
        known = self._state.names.get(number)
        return f"~{self._others.setdefault(number, len(self._others))}" if known is None else str(known)

    def _float(self, name: str, value: float) -> float:
        """Return a span as it is, and an end as what is left until then."""
        is_span = name.endswith("_s") and name != "end_s"
        return value if is_span else max(round(value - self._now_s, 2), 0)

    def _dict(self, name: str, value: dict[Any, Any]) -> object:
        return [(self.told(key), self.told(one, name if name.startswith("_") else str(key))) for key, one in value.items()]

    def _object(self, value: Any) -> object:  # noqa: ANN401 - an object of any kind
        kind = type(value)
        if not _is_ours(kind.__module__) or kind.__name__ in _ASIDE:
            return kind.__name__
        if id(value) in self._met:
            return self._met[id(value)]
        self._met[id(value)] = len(self._met)
        fields = [name for one in kind.__mro__ for name in getattr(one, "__slots__", ())] + list(getattr(value, "__dict__", {}))
        return kind.__name__, [(name, self.told(getattr(value, name, None), name)) for name in fields]


def _is_ours(module: str) -> bool:
    return module.partition(".")[0] in _OURS


@cache
def _live(code: CodeType, at: int) -> frozenset[str]:
    """Return the variables that a function may still read behind its instruction at ``at``, also when that raises."""
    steps = list(get_instructions(code))
    places = {step.offset: number for number, step in enumerate(steps)}
    starts = [bisect_right(list(places), at), *(number for number, step in enumerate(steps) if step.opname == "PUSH_EXC_INFO")]
    live: set[str] = {*code.co_cellvars, *code.co_freevars}
    todo: list[tuple[int, frozenset[str]]] = [(number, frozenset()) for number in starts]
    met: dict[int, frozenset[str]] = {}
    while todo:
        number, stored = todo.pop()
        if number >= len(steps) or (number in met and met[number] <= stored):
            continue
        met[number] = stored = met.get(number, stored) & stored
        step = steps[number]
        if "_FAST" in step.opname:
            named = {step.argval} if isinstance(step.argval, str) else set(step.argval)
            if "LOAD" in step.opname:
                live |= named - stored
            if step.opname.startswith("STORE"):
                stored |= named
        if step.opcode in (*hasjrel, *hasjabs):
            todo.append((places[step.argval], stored))
        if not step.opname.startswith(_ENDS_FLOW):
            todo.append((number + 1, stored))
    return frozenset(live)
