"""One side of the two, worked while somebody watches: customers are sent to it, and after each the centre's ledger is judged anew.

Each side has a thread, a stage and so a centre of its own: neither waits for the other, and neither disturbs the other.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from terminal.demo.conversation import TillDied, Unscripted
from terminal.demo.stage import Stage, StageFailed
from terminal.demo.versus.counters import Counter
from terminal.demo.versus.customers import Customer, number_of
from terminal.demo.versus.judge import Wrong, rows_at_centre, wrongs
from terminal.demo.versus.rule_sets import OURS, RuleSet, counter_of

Step = Literal["opening", "waiting", "serving", "closing", "over", "failed"]
Order = Customer | Literal["end-day"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What can be seen of one side."""

    step: Step = "opening"
    serving: Customer | None = None
    served: tuple[Customer, ...] = ()
    wrong: tuple[Wrong, ...] = ()
    """The purchases whose money is wrong now, by the centre's ledger."""
    open: frozenset[int] = frozenset()
    """Customers whose sale the counter itself lists as not known yet."""
    failed: str = ""
    """Why the demonstration goes no further here."""

    @property
    def counted(self) -> tuple[Wrong, ...]:
        """What is wrong and not merely open still: an open doubt is no wrong money yet."""
        return tuple(one for one in self.wrong if one.number not in self.open)


class Side:
    """One counter that serves who is sent to it. :attr:`seen` is replaced as a whole, so any thread may read it."""

    def __init__(self, rule_set: RuleSet, directory: Path, *, seed: str, centre: str) -> None:
        """``directory`` holds the stage; :attr:`told` is called from the side's thread whenever :attr:`seen` has changed."""
        self.rule_set = rule_set
        self.seen = Seen()
        self.told: Callable[[], None] = _nobody
        self._stage = Stage(directory, seed=seed, personality=centre, shops=("east",), staffed=rule_set is OURS)
        self._orders: queue.SimpleQueue[Order | None] = queue.SimpleQueue()
        self._left = threading.Event()

    def order(self, wanted: Order) -> None:
        """Send a customer, or have the day ended, after what was ordered before."""
        self._orders.put(wanted)

    def leave(self) -> None:
        """Have the side end after what it does just now; nobody else is served."""
        self._left.set()
        self._orders.put(None)

    def work(self) -> None:
        """Serve until the side is left. What goes wrong with the demonstration itself is said, and ends it."""
        try:
            with self._stage, closing(counter_of(self._stage, self.rule_set)) as counter:
                self._see(step="waiting")
                while (wanted := self._orders.get()) is not None and not self._left.is_set():
                    self._do(counter, wanted)
        except (StageFailed, TillDied, Unscripted, OSError) as failed:
            self._see(step="failed", serving=None, failed=f"{type(failed).__name__}: {failed}")
        finally:
            if self.seen.step not in {"failed", "over"}:
                self._see(step="over", serving=None)

    def _do(self, counter: Counter, wanted: Order) -> None:
        if isinstance(wanted, Customer):
            self._see(step="serving", serving=wanted)
            counter.serve(wanted)
            counter.read()
            self._judge(counter, (*self.seen.served, wanted))
            self._see(step="waiting", serving=None)
        else:
            self._see(step="closing")
            counter.finish()
            self._judge(counter, self.seen.served)
            self._see(step="over")

    def _judge(self, counter: Counter, served: tuple[Customer, ...]) -> None:
        found = wrongs(served, counter.believed, rows_at_centre(counter.stage.centre_export(), counter.fixmedins_code))
        unknown = frozenset(number_of(subject) for subject in counter.believed.open if len(subject) == _MSGID)
        self._see(served=served, wrong=tuple(found), open=unknown)

    def _see(self, **changed: object) -> None:
        self.seen = replace(self.seen, **changed)  # type: ignore[arg-type]
        self.told()


_MSGID = 30
"""Characters of a message id; what is merely queued has no number."""


def _nobody() -> None:
    """Tell nobody."""
