"""What the desk lists on the screen: today's settlements that can be voided, and what the person in the slot has spent."""

from __future__ import annotations

from terminal import voidable
from terminal.counter import Counter
from terminal.screen import news

_HISTORY = 10


def voids(counter: Counter, certno: str) -> news.Paged:
    """Return today's settlements of one person, or of everybody for an empty ``certno``, each with why it cannot be voided."""
    rows = tuple(
        news.PickRow(key=row.subject, at=row.at, words=row.goods, amount_fen=row.total_fen, why_not=row.why_not)
        for row in voidable.of_today(counter, certno)
    )
    return news.Paged("voids", rows)


def account(counter: Counter, certno: str) -> news.AccountShown:
    """Return the last settlements of one person at this till, the newest first; none for an empty ``certno``."""
    subjects = counter.journal.by_owner(certno)[-_HISTORY:] if certno else ()
    states = (counter.journal.standing(subject) for subject in reversed(subjects))
    rows = tuple(
        news.AccountRow(
            at=state.at or (state.intent.at if state.intent else ""),
            words=str(state.standing),
            amount_fen=state.figures.medfee_sumamt,
            account_fen=state.figures.acct_pay,
        )
        for state in states
        if state.figures is not None
    )
    return news.AccountShown(rows)
