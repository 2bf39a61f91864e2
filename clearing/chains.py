"""The journals of the tills, as far as the centre knows them: a restored or cloned one is noticed (commit-protocol section 8, handshake).

What is kept is a prefix of what comes later: a till proves it by its own link at the place that the centre knows. Two journals that
say different things of one place are two live clones, and both stop until a supervisor enrols one of them anew.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, RowMapping, delete, insert, select, update

from clearing.schema import till_chain
from nhsa.extension import ChainTold

KEPT, PROVE, BEHIND, FORKED = "kept", "prove", "behind", "forked"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a handshake, and the place that the centre knows."""

    name: str
    epoch: int
    count: int
    head: str


def shake(db: Connection, fixmedins_code: str, told: ChainTold, at: str) -> Verdict:
    """Compare what a till tells of its journal with what is known of it, and keep it when it goes on from there."""
    known = _known(db, fixmedins_code, told.till)
    verdict = KEPT if known is None else _verdict(known, told)
    here = (till_chain.c.fixmedins_code == fixmedins_code, till_chain.c.till == told.till)
    if verdict == KEPT:
        row = {"epoch": told.epoch, "count": told.count, "head": told.head, "at": at}
        if known is None:
            db.execute(insert(till_chain).values(fixmedins_code=fixmedins_code, till=told.till, **row))
        else:
            db.execute(update(till_chain).where(*here).values(**row))
        return Verdict(KEPT, told.epoch, told.count, told.head)
    assert known is not None
    if verdict == FORKED and not known["forked"]:
        db.execute(update(till_chain).where(*here).values(forked=at))
    return Verdict(verdict, known["epoch"], known["count"], known["head"])


def known_count(db: Connection, fixmedins_code: str, till: str, *, epoch: int) -> int | None:
    """Return how many records of this epoch of a till's journal are known; None when it is known in none or another."""
    known = _known(db, fixmedins_code, till)
    return None if known is None or known["epoch"] != epoch else int(known["count"])


def enrol_anew(db: Connection, fixmedins_code: str, till: str) -> bool:
    """Forget what is known of a till's journal: the next one that comes is its journal. False = nothing was known."""
    here = (till_chain.c.fixmedins_code == fixmedins_code, till_chain.c.till == till)
    return bool(db.execute(delete(till_chain).where(*here)).rowcount)


def _verdict(known: RowMapping, told: ChainTold) -> str:
    if known["forked"]:
        return FORKED
    if told.epoch > known["epoch"]:
        # Restored, and said so: what it lost is known from the two counts, and its receipts begin anew.
        return KEPT
    if (told.epoch, told.count) == (known["epoch"], known["count"]):
        return KEPT if told.head == known["head"] else FORKED
    if told.epoch < known["epoch"] or told.count < known["count"]:
        return BEHIND
    if told.known_count != known["count"] or not told.known_head:
        return PROVE
    return KEPT if told.known_head == known["head"] else FORKED


def _known(db: Connection, fixmedins_code: str, till: str) -> RowMapping | None:
    here = (till_chain.c.fixmedins_code == fixmedins_code, till_chain.c.till == till)
    return db.execute(select(till_chain).where(*here)).mappings().first()
