"""What of a journal is in doubt, as the resolver desk sees it: from records, outbox and pack alone."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from config.regions import policy_for
from nhsa import msgid
from offline_queue.fold import Folded
from offline_queue.journal import Journal
from settlement.allowance import SaleWrite
from settlement.errors import Language, Refusal
from settlement.facts import SaleIntended, VoidIntended
from settlement.policy import Policy
from settlement.resolver import Pending, Resolution, resolve
from settlement.resolver_words import rows_of

SCHEMA = 1
_FOUND = {"accepted", "rejected", "unreachable", "absent", "not_needed"}


def pending_of(journal: Journal, folded: Folded) -> Pending | None:
    """Return a subject without an end as the desk sees it, None for what moves no money of the shop."""
    intent = folded.intent
    if intent is None or folded.figures is None:
        return None
    records, owed = journal.records(folded.subject), journal.due_row(folded.subject)
    sent = [record.at for record in records if record.kind == "sending"]
    card = intent.card if isinstance(intent, SaleIntended) else None
    return Pending(
        subject=folded.subject,
        kind="sale" if isinstance(intent, SaleIntended) else "void",
        offline=card is not None,
        at=intent.at,
        dated=_dated(folded.subject, intent.at),
        amount_fen=abs(folded.figures.medfee_sumamt + folded.outside_fen),
        first_sent=sent[0] if sent else "",
        last_sent=sent[-1] if sent else "",
        queried=owed is not None and owed.state == "unknown",
        set_aside=owed is not None and owed.state == "set_aside",
        goods_released=folded.goods_released,
        cash_taken_fen=folded.cash_taken_fen,
        not_after=(card.before.not_after or "") if isinstance(card, SaleWrite) else "",
        hotlist=intent.hotlist if isinstance(intent, SaleIntended) else None,
        found=folded.answer in _FOUND and not folded.done,
    )


def _dated(subject: str, at: str) -> str:
    """Return when a subject was meant by its number, which goes neither back with the clock nor far ahead of the centre (section 3)."""
    try:
        return msgid.sent_at(subject)
    except ValueError:
        return at


def policy_of(journal: Journal, folded: Folded, directory: Path | None) -> Policy | None:
    """Return the pack by which a doubt is timed: that of its sale's area and day."""
    intent = folded.intent
    if isinstance(intent, VoidIntended):
        intent = journal.standing(intent.original).intent
    if not isinstance(intent, SaleIntended):
        return None
    found = policy_for(intent.bill.admdvs, intent.at[:10], directory=directory)
    return None if isinstance(found, Refusal) else found


def resolutions(journal: Journal, now: datetime, directory: Path | None = None) -> list[Resolution]:
    """Return every doubt of the journal with what may be done about it, oldest first."""
    found = []
    for subject in journal.open_subjects():
        folded = journal.standing(subject)
        pending, policy = pending_of(journal, folded), policy_of(journal, folded, directory)
        if pending is not None and policy is not None:
            found.append(resolve(pending, policy, now))
    return found


def told(one: Resolution) -> dict[str, Any]:
    """Return a resolution JSON-ready."""
    pending = one.pending
    return {
        "subject": pending.subject,
        "kind": pending.kind,
        "offline": pending.offline,
        "at": pending.at,
        "amount_fen": pending.amount_fen,
        "last_sent": pending.last_sent,
        "goods_released": pending.goods_released,
        "cash_taken_fen": pending.cash_taken_fen,
        "asked": list(one.asked),
        "actions": list(one.actions),
        "judged_after": one.judged_after,
        "deadline": one.deadline,
        "overdue": one.overdue,
        "bearer": one.bearer,
        "refused_bearer": one.refused_bearer or "",
    }


def said(found: list[Resolution], language: Language) -> str:
    """Return resolutions as text, one paragraph each."""
    paragraphs = ["\n".join(f"{label}  {value}".rstrip() for label, value in rows_of(one, language)) for one in found]
    return "\n\n".join(paragraphs) + "\n"
