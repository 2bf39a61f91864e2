"""What the status strip shows, read from the journal: line, queue, hotlist, what is open, and when the off-line limit bites."""

from __future__ import annotations

from datetime import datetime, timedelta

from nhsa import msgid
from offline_queue.doubts import pending_of
from offline_queue.fold import Folded
from offline_queue.journal import Journal
from settlement.endings import endings
from settlement.errors import Refusal
from settlement.facts import Hotlisted, SaleIntended
from settlement.offline import Circumstances, closed_offline, floor_in_force, headroom, is_short
from settlement.policy import Policy
from settlement.resolver import resolve
from settlement.resolver_words import rows_of
from terminal import centre_differs, desk_returns, handed_in, journal_view
from terminal.counter import Counter
from terminal.paper.print_queue import PrintState
from terminal.screen.news import DifferenceListed, DoubtShown, Offline, PrinterState, ReaderState, Status
from terminal.screen.words import language

_HOUR_S = 3600
_PRINTERS: dict[str, PrinterState] = {"none": "none", "idle": "ok", "printing": "ok", "waiting": "waiting"}


def look(counter: Counter, *, reader: ReaderState, printing: PrintState) -> Status:
    """Return the status of this moment."""
    journal, now = counter.journal, counter.clock.now()
    sender, owed = journal.notes.sender_status(), journal.owed()
    policy, hotlist = counter.policy(), counter.line.hotlist()
    rules = None if isinstance(policy, Refusal) else policy
    oldest_s = int((now - datetime.fromisoformat(msgid.sent_at(owed[0].msgid)).replace(tzinfo=now.tzinfo)).total_seconds()) if owed else 0
    return Status(
        now=f"{now:%Y-%m-%d %H:%M}",
        reader=reader,
        line=sender.line if sender.alive else "silent",
        line_since=sender.since,
        queue=len(owed),
        oldest_s=max(oldest_s, 0),
        set_aside=sum(row.state == "set_aside" for row in owed),
        hotlist_age_s=hotlist.age_s,
        offline=offline_of(rules, hotlist, now, journal.restored_at, _held(journal, rules)) if rules else Offline(),
        printer=_PRINTERS[printing.state],
        printer_jobs=printing.waiting,
        printer_older=printing.older,
        printer_why=printing.why,
        holds=len(journal.held_bills()),
        bills=len(handed_in.waiting(journal.directory)),
        last_receipt=journal.last_receipt(),
        doubts=tuple(_doubt(counter, folded) for folded in journal_view.unfinished_sales(journal)),
        endings=tuple(endings(rules, language())) if rules is not None and journal.open_subjects() else (),
        differences=tuple(_difference(journal.standing(subject)) for subject in journal.unanswered()),
        returns=desk_returns.listed(counter),
        centre_differs=centre_differs.listed(journal, language()),
    )


def _held(journal: Journal, policy: Policy) -> tuple[int, int]:
    """Return what the till holds that the centre has not answered; not looked for where no limit asks."""
    return journal.offline_held() if policy.offline_till_count or policy.offline_till_sum_fen else (0, 0)


def offline_of(policy: Policy, hotlist: Hotlisted, now: datetime, restored_at: int | None, held: tuple[int, int] = (0, 0)) -> Offline:
    """Return what a card may pay here and now, as the off-line rule itself says (:func:`settlement.offline.closed_offline`)."""
    moment = Circumstances(month=now.month, hotlist=hotlist, person_used_fen=0, reason="", restored_at=restored_at)
    closed = closed_offline(policy, moment)
    permitted = policy.offline_account != "forbidden"
    left = headroom(policy, till_count=held[0], till_used_fen=held[1])
    return Offline(
        allowed=closed is None,
        why=closed if permitted else None,
        by_itself=policy.offline_account == "legacy_card",
        floor_fen=floor_in_force(policy, hotlist),
        until=_bites(now, hotlist.age_s, policy.hotlist_refuse_h) if permitted else "",
        stale=hotlist.age_s is not None and hotlist.age_s > policy.hotlist_soft_h * _HOUR_S,
        left_sales=left.sales,
        left_fen=left.amount_fen,
        short=is_short(policy, left),
    )


def _bites(now: datetime, age_s: int | None, refuse_h: int) -> str:
    """Return when the hotlist is too old to sell by, as a time today or a day."""
    if age_s is None:
        return ""
    moment = now + timedelta(seconds=refuse_h * _HOUR_S - age_s)
    return f"{moment:%H:%M}" if moment.date() == now.date() else f"{moment:%m-%d %H:%M}"


def _doubt(counter: Counter, folded: Folded) -> DoubtShown:
    assert isinstance(folded.intent, SaleIntended)
    policy, pending = counter.policy(folded.intent.at[:10]), pending_of(counter.journal, folded)
    timed = None if isinstance(policy, Refusal) or pending is None else resolve(pending, policy, counter.clock.now())
    return DoubtShown(
        subject=folded.subject,
        amount_fen=folded.intent.bill.total_fen,
        at=folded.intent.at,
        offline=folded.intent.card is not None,
        goods_released=folded.goods_released,
        cash_taken_fen=folded.cash_taken_fen,
        found=journal_view.finding_of(folded) is not None,
        resolution=() if timed is None else tuple(rows_of(timed, language())),
    )


def _difference(folded: Folded) -> DifferenceListed:
    assert isinstance(folded.intent, SaleIntended)
    return DifferenceListed(subject=folded.subject, amount_fen=folded.intent.bill.total_fen, at=folded.intent.at)
