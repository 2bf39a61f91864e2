"""What a centre had answered and lost, told to it again from the journal (YX06): it was restored from a backup.

The handshake shows it: the centre knows less of the journal than it once signed. Each sale, reversal and grant that it answered since is
told in the order of the answers, and the centre books what it does not have as it had answered it. A kill in between does it all once
more, which moves nothing twice. What it refuses may wait for what another till has to tell, and is told again at the next handshakes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from config.log_file import Events
from nhsa import extension
from nhsa.outcome import Accepted, Rejected
from offline_queue.journal import Journal, Record
from offline_queue.sync.courier import Courier

ROUNDS_MAX = 12
"""Handshakes that try it; what is refused then is a person's: a statement names it."""
_PAGE = 200
_EVENTS = Events("chain")


def is_due(journal: Journal, answer: extension.ChainAnswer) -> bool:
    """Whether the centre knows less of this epoch than it has signed."""
    signed = journal.notes.get("checkpoint")
    return bool(signed) and signed["epoch"] == answer.epoch == journal.epoch and answer.count < signed["count"]


def refill(journal: Journal, courier: Courier, *, since: int, meanwhile: Callable[[], None]) -> bool:
    """Tell what was answered behind the record ``since``; return whether it is over. False: the next handshake goes on.

    ``meanwhile`` is called between two of them: there may be thousands.
    """
    notes = journal.notes
    checkpoint = extension.Checkpoint.model_validate({name: notes.get("checkpoint")[name] for name in extension.Checkpoint.model_fields})
    told = refused = 0
    lost: set[str] = set()
    for settlement, grant in _answered(journal, since):
        if settlement is not None and _original(journal, settlement) in lost:
            refused += 1
            continue
        wanted = extension.Refill(checkpoint=checkpoint, settlement=settlement, grant=grant)
        outcome = courier.ask(extension.REFILL, {"data": wanted.model_dump()})
        if not isinstance(outcome, Accepted | Rejected):
            return False
        meanwhile()
        told += 1
        if isinstance(outcome, Rejected):
            refused += 1
            if settlement is not None:
                lost.add(settlement.setl_id)
    before = notes.get("refill")
    rounds = 1 + (before["rounds"] if before.get("since") == since else 0)
    over = not refused or rounds >= ROUNDS_MAX
    notes.put("refill", {} if over else {"since": since, "rounds": rounds})
    _EVENTS.write("refill", since=since, told=told, refused=refused, over=over)
    return over


def _answered(journal: Journal, since: int) -> Iterator[tuple[extension.LostSettlement | None, extension.LostGrant | None]]:
    while page := journal.records_after(since, _PAGE):
        for record in page:
            if record.kind == "answered" and record.body["outcome"] == "accepted" and record.body["infno"] in {"2102", "2103"}:
                if (settlement := _settlement(journal, record)) is not None:
                    yield settlement, None
            elif record.kind == "refresh_intended" and record.private is not None:
                yield None, _grant(journal, record)
        since = page[-1].seq


def _settlement(journal: Journal, answered: Record) -> extension.LostSettlement | None:
    """Return what was answered; None where its request is not here any more: the person was erased."""
    body = answered.body
    frozen = _frozen(journal, answered.subject)
    cleared = body.get("cleared")
    if not frozen or not cleared or not body["setl_id"]:
        return None
    return extension.LostSettlement(
        infno=body["infno"],
        msgid=answered.subject,
        input=frozen,
        figures=body["figures"],
        setl_id=body["setl_id"],
        mdtrt_id=body["mdtrt_id"],
        setl_time=cleared["setl_time"],
    )


def _frozen(journal: Journal, subject: str) -> str:
    found = [record.private["input"] for record in journal.records(subject) if record.private and record.private.get("input")]
    return str(found[-1]) if found else ""


def _original(journal: Journal, settlement: extension.LostSettlement) -> str:
    """Return the settlement that a reversal releases; empty for a sale."""
    intent = journal.records(settlement.msgid)[0]
    original: str = intent.body.get("original", "")
    return journal.standing(original).setl_id if original else ""


def _grant(journal: Journal, intended: Record) -> extension.LostGrant:
    body, private = intended.body, intended.private
    assert private is not None
    record: dict[str, Any] = body["before"]
    return extension.LostGrant(
        psn_no=private["psn_no"],
        card_no=private["card_no"],
        card_sn=private["card_sn"],
        record=extension.RecordRead.model_validate(record),
        generation=body["generation"],
        grant_fen=body["grant_fen"],
        at=body["at"],
        seen=any(record.kind == "refreshed" for record in journal.records(intended.subject)),
    )
