"""The handshake: the till's journal told to the centre, which keeps it, signed, or says that it knows of another (YX04).

The verdict is a note that the till reads before each settlement. Where the centre knows more than the file holds, the file is an older
copy; where the two say different things of one record, there are two of them alive. Neither settles anything until that is cleared.
"""

from __future__ import annotations

from collections.abc import Callable

from config.log_file import Events
from nhsa import extension
from nhsa.outcome import Accepted
from offline_queue.journal import Journal
from offline_queue.sync import refill
from offline_queue.sync.courier import Courier

_EVENTS = Events("chain")


def shake(journal: Journal, courier: Courier, *, meanwhile: Callable[[], None]) -> str:
    """Tell the centre how far the journal has come; return its verdict, empty when it did not answer.

    A centre that was restored is told again what it lost; ``meanwhile`` is called between two of these.
    """
    told = _told(journal)
    answer = _ask(journal, courier, told)
    if answer is not None and answer.verdict == "prove":
        if refill.is_due(journal, answer) and not refill.refill(journal, courier, since=answer.count, meanwhile=meanwhile):
            return ""
        link = journal.link(answer.count) if answer.count else journal.genesis
        told = told.model_copy(update={"known_count": answer.count, "known_head": link.hex()})
        answer = _ask(journal, courier, told)
    if answer is None or answer.verdict == "prove":
        return ""
    notes = journal.notes
    notes.put("chain at centre", {"verdict": answer.verdict, "count": answer.count, "head": answer.head, "epoch": answer.epoch})
    if answer.verdict == "kept":
        place = {"till": told.till, "epoch": told.epoch, "count": told.count, "head": told.head}
        notes.put("checkpoint", {**place, "signed_time": answer.signed_time, "signature": answer.signature})
    _EVENTS.write("handshake", verdict=answer.verdict, count=answer.count)
    return answer.verdict


def _told(journal: Journal) -> extension.ChainTold:
    count, head = journal.tip()
    return extension.ChainTold(till=journal.identity.till, epoch=journal.epoch, count=count, head=head)


def _ask(journal: Journal, courier: Courier, told: extension.ChainTold) -> extension.ChainAnswer | None:
    outcome = courier.ask(extension.HANDSHAKE, {"data": told.model_dump()})
    if not isinstance(outcome, Accepted):
        return None
    key = journal.notes.get("centre key").get("public_key", "")
    try:
        return extension.read_chain(outcome.output, key, told, journal.identity.fixmedins_code)
    except ValueError:
        return None
