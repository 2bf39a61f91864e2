"""What tills read of cards: evidence. The next one that read a card says what the one before it had written (commit-protocol section 5)."""

from __future__ import annotations

from sqlalchemy import Connection, insert, select

from clearing.schema import evidence
from nhsa import extension

_TOLD_MAX = 20


def keep(db: Connection, holder: tuple[str, str], record: extension.RecordRead, *, msgid: str, at: str) -> None:
    """Keep what was read of a card; ``holder`` is (psn_no, card_no)."""
    psn_no, card_no = holder
    row = {"msgid": msgid, "psn_no": psn_no, "card_no": card_no, "at": at, "record": record.model_dump_json()}
    db.execute(insert(evidence).values(row))


def of(db: Connection, query: extension.ReadingsQuery) -> list[extension.RecordRead]:
    """Return what was read of a card while it showed this generation and counter, oldest first."""
    rows = db.execute(select(evidence.c.record).where(evidence.c.card_no == query.card_no).order_by(evidence.c.number)).scalars()
    read = (extension.RecordRead.model_validate_json(row) for row in rows)
    return [one for one in read if (one.generation, one.counter) == (query.generation, query.counter)][:_TOLD_MAX]
