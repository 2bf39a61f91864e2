"""The refresh of the card's allowance: on-line, PIN given, in a transaction of its own (commit-protocol 1).

The grant is the centre's; the write has an intent of its own. An interrupted refresh is never written
later: it asks for a new generation.
"""

from __future__ import annotations

from config.clock import Clock
from config.entropy import Entropy
from offline_queue.journal import Entry, Journal
from settlement.allowance import COUNTER_MAX, NOT_AFTER_MONTHS, CardRecord, RefreshWrite
from settlement.errors import CardError, JournalError
from settlement.facts import Aborted, Fact, Refreshed, RefreshIntended
from settlement.policy import Policy
from terminal.bookkeeping import Owner, with_steps
from terminal.cards.functions import CardFunctions
from terminal.cards.trace import Trace
from terminal.centre_line import CentreLine

_LOW = 2
"""The allowance is refreshed when less than half of the limit is left."""
_COUNTER_HIGH = COUNTER_MAX - 5


def due(record: CardRecord, policy: Policy, *, month: int) -> bool:
    """Whether the card should get a new allowance while the line is up."""
    if policy.offline_account != "allowance":
        return False
    if not record.readable or not record.counter or record.counter >= _COUNTER_HIGH:
        return True
    assert record.amount_fen is not None
    assert record.not_after is not None
    last_month = NOT_AFTER_MONTHS.find(record.not_after) + 1
    return record.amount_fen * _LOW < policy.offline_account_limit_fen or last_month in {0, month}


class Refresher:
    """Asks, intends, writes, reads back, shows."""

    def __init__(self, journal: Journal, line: CentreLine, clock: Clock, entropy: Entropy) -> None:
        self._journal = journal
        self._line = line
        self._clock = clock
        self._entropy = entropy

    def refresh(self, card: CardFunctions, owner: Owner, record: CardRecord, *, limit_fen: int) -> tuple[CardRecord, int] | None:
        """Return (the new record as read back, available fen), None when it did not come about.

        Whatever goes wrong leaves at most an allowance of 0 on the card, and no sale is touched.
        """
        grant = self._line.grant(owner, record, limit_fen=limit_fen)
        if grant is None:
            return None
        subject = self._journal.notes.issue_msgid(writer="till")
        plan = RefreshWrite(
            before=record,
            tag=new_tag(self._entropy, subject, record),
            generation=grant.generation,
            grant_fen=grant.grant_fen,
            not_after=grant.not_after,
        )
        intent = RefreshIntended(
            subject=subject,
            at=self._clock.now().strftime("%Y-%m-%d %H:%M:%S"),
            before=record,
            generation=plan.generation,
            grant_fen=plan.grant_fen,
            not_after=plan.not_after,
            tag=plan.tag,
        )
        try:
            self._commit(intent, card.trace, owner)
            after = card.write_refresh(plan)
            if not _written(plan, after):
                self._commit(Aborted(subject=subject, why="refresh-not-read-back"), card.trace)
                return None
            self._commit(Refreshed(subject=subject, generation=plan.generation, grant_fen=plan.grant_fen), card.trace)
        except (CardError, JournalError):
            # A tear leaves no spendable allowance; the intent is closed at the next start.
            return None
        available_fen = self._line.show_record(owner, after)
        return after, grant.available_fen if available_fen is None else available_fen

    def _commit(self, fact: Fact, trace: Trace | None, owner: Owner | None = None) -> None:
        entry = Entry(
            kind=fact.kind,
            subject=fact.subject,
            body=fact.body(),
            private=owner.private() if owner else None,
            owner=owner.certno if owner else "",
        )
        self._journal.commit(with_steps([entry], trace))
        if trace is not None:
            trace.tell(fact.subject)


def new_tag(entropy: Entropy, subject: str, record: CardRecord) -> int:
    """Return a 16-bit tag different from those that were read."""
    for attempt in range(len(record.tags) + 1):
        tag = int.from_bytes(entropy.token(2, f"tag/{subject}/{attempt}"))
        if tag not in record.tags:
            return tag
    return next(tag for tag in range(1 << 16) if tag not in record.tags)


def _written(plan: RefreshWrite, after: CardRecord) -> bool:
    read = (after.generation, after.counter, after.amount_fen, after.not_after)
    return read == (plan.generation, 1, plan.grant_fen, plan.not_after)
