"""What the desk lists on the screen: today's settlements that can be voided, and what the person in the slot has spent."""

from __future__ import annotations

from offline_queue.fold import Folded
from settlement.facts import SaleIntended, VoidIntended, bill_of
from terminal import journal_view, voidable
from terminal.counter import Counter
from terminal.screen import news
from terminal.screen.list_news import Paged, PickRow
from terminal.visits import label_of

_HISTORY = 10
_BOOKED = frozenset({"done", "cash_sale"})


def voids(counter: Counter, certno: str, wanted: str = "") -> Paged:
    """Return today's settlements, or those of any day that ``wanted`` names, each with why the card in the reader cannot void it."""
    rows = tuple(
        PickRow(key=row.subject, at=row.at, words=row.goods, amount_fen=row.total_fen, why_not=row.why_not)
        for row in (voidable.named(counter, certno, wanted) if wanted else voidable.of_today(counter, certno))
    )
    return Paged("voids", rows, wanted)


def slips(counter: Counter, wanted: str) -> Paged:
    """Return the slips that were never printed, oldest first, and then those of today, newest first; or those that ``wanted`` names."""
    journal = counter.journal
    if wanted:
        subjects = journal.slips_named(wanted)
    else:
        owed = [subject for subject, _ in journal.slips_owed()]
        today = journal_view.subjects_since(journal, counter.today, _BOOKED)
        subjects = [*owed, *(subject for subject in today if subject not in owed)]
    booked = (counter.slips.booked(subject) for subject in subjects)
    return Paged("slips", tuple(_slip(counter, folded) for folded in booked if folded is not None), wanted)


def _slip(counter: Counter, folded: Folded) -> PickRow:
    journal, intent = counter.journal, folded.intent
    begun = journal.records(folded.subject)[0]
    about = journal.standing(intent.original).intent if isinstance(intent, VoidIntended) else intent
    bill = about.bill if isinstance(about, SaleIntended) else bill_of(begun.body["bill"]) if intent is None else None
    return PickRow(
        key=folded.subject,
        at=begun.at,
        words=label_of(journal, folded.original or folded.subject) or (journal_view.goods_of(bill) if bill else ""),
        amount_fen=bill.total_fen if bill else 0,
        kind="void" if isinstance(intent, VoidIntended) else "cash" if intent is None else "sale",
        printed=folded.printed,
    )


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
