"""When days are reconciled: each that is over until both sides are the same, today when somebody asks, doubts when they may be judged."""

from __future__ import annotations

from datetime import timedelta

from config.log_file import Events
from nhsa.reading import NotReadable
from offline_queue.journal.settled import subject_of
from offline_queue.sync.backoff import Backoff
from offline_queue.sync.courier import Courier
from offline_queue.sync.statements import Statements, Unanswered

_EVENTS = Events("audit")
_WHOLE = "statements"
_SENT_AFTER = timedelta(minutes=10)
"""How long after midnight yesterday is over for the centre too."""


class Audit:
    """The daily audit (commit-protocol section 4): one step at a time, on a lane of its own."""

    def __init__(self, statements: Statements, courier: Courier, backoff: Backoff) -> None:
        self._statements = statements
        self._courier = courier
        self._backoff = backoff
        self._answered = statements.journal.notes.statements_asked()
        self._today = ""
        self._left: list[str] = []

    def step(self) -> bool:
        """Do what is due, one day or one round of judging; return whether anything was. A centre that does not answer is asked later."""
        asked = self._statements.journal.notes.statements_asked()
        if not (self._backoff.ready(_WHOLE) or asked != self._answered):
            return False
        try:
            done = self._step(asked)
        except (Unanswered, NotReadable, ValueError) as error:
            # Nothing was recorded: half a statement says nothing.
            _EVENTS.write("unanswered", why=str(error)[:80])
            self._answered = asked
            self._backoff.failed(_WHOLE)
            return False
        self._backoff.done(_WHOLE)
        return done

    def _step(self, asked: int) -> bool:
        now = self._statements.clock.now()
        if asked != self._answered:
            self._state(now.strftime("%Y-%m-%d"))
            self._answered = asked
            return True
        today = (now - _SENT_AFTER).strftime("%Y-%m-%d")
        if today != self._today:
            self._left, self._today = self._due(), today
        if self._left:
            self._state(self._left[0])
            self._left.pop(0)
            return True
        if self._statements.judges():
            judged = self._statements.judge(self._courier)
            _EVENTS.write("judged", closed=judged)
            if not judged:
                # Named by a statement, or the clock is in doubt: another statement will not say more today.
                self._backoff.failed(_WHOLE)
            return judged > 0
        return False

    def _state(self, day: str) -> None:
        balanced = self._statements.state(day, self._courier)
        _EVENTS.write("stated", day=day, balanced=balanced)

    def _due(self) -> list[str]:
        """Return the days that are over and not yet the same on both sides, oldest first: those of the window on which this till worked."""
        journal, days = self._statements.journal, self._statements.settings.centre.statements.days
        today = self._statements.clock.now() - _SENT_AFTER
        if not journal.tip()[0]:
            return []
        window = [(today - timedelta(days=back)).strftime("%Y-%m-%d") for back in range(days, 0, -1)]
        begun = journal.records_after(0, 1)[0].at[:10]
        return [day for day in window if day >= begun and not self._is_balanced(day)]

    def _is_balanced(self, day: str) -> bool:
        """Whether a statement that was made when the day was over found nothing."""
        records = self._statements.journal.records(subject_of(day))
        return bool(records) and records[-1].body["balanced"] and records[-1].body["at"][:10] > day
