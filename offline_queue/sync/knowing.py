"""What the journal knows of a message that a statement of the centre's names."""

from __future__ import annotations

from datetime import datetime

from nhsa import msgid
from offline_queue.fold import Folded, Standing
from offline_queue.journal import Journal
from settlement.statement import Known, Stated

_ENDED = {Standing.REJECTED, Standing.ABANDONED}


def known_of(journal: Journal, row: Stated) -> Known:
    """Return what is known here of a centre's row that is not among the day's own."""
    if journal.is_settled(row.setl_id):
        return Known.BOOKED
    if not _ours(journal, row.msgid):
        return Known.OTHER_TILL
    records = journal.records(row.msgid)
    if not records:
        return Known.LOST if _may_be_lost(journal, row.msgid) else Known.NEVER
    owed = journal.due_row(row.msgid)
    folded = journal.standing(row.msgid)
    if owed is not None and owed.infno != "2202" and folded.answer != "accepted":
        return Known.WAITS
    return _of_folded(folded, row)


def _of_folded(folded: Folded, row: Stated) -> Known:
    if folded.setl_id:
        # Journals of before noted no day of a statement: the same number is the same settlement.
        return Known.BOOKED if folded.setl_id == row.setl_id else Known.SECOND
    if folded.standing not in _ENDED:
        return Known.WAITS
    # An off-line sale that the centre refused is borne by somebody here, as goods that went out unpaid are.
    return Known.WRITTEN_OFF if folded.receivable_fen or folded.done else Known.ENDED


def _ours(journal: Journal, number: str) -> bool:
    """Whether this till, or its sender, makes numbers like that. One of another form is nobody's: it is looked at as ours."""
    identity = journal.identity
    if len(number) != msgid.LENGTH or not number.startswith(identity.fixmedins_code):
        return True
    return number[26:28] in {identity.till, msgid.sender_of(identity.till)}


def _may_be_lost(journal: Journal, number: str) -> bool:
    """Whether its record may be one of those that a restore could not bring back."""
    restored = journal.restored
    if restored is None:
        return False
    last = restored.last_at[:19].replace("T", " ")
    try:
        sent = msgid.sent_at(number)
        datetime.fromisoformat(sent)
    except ValueError:
        return True
    return sent >= last
