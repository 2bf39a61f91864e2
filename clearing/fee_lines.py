"""Which lines a visit has: uploaded in batches, cut when they come, open until a live settlement pays them.

Nothing is deleted: a cancelled line stays with the time of its cancellation, and whether a line is paid follows from
the settlements, so that a reversal and a correction open it again by being booked.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, exists, select, update

from clearing.schema import fee_line, settled_line, settlement


def lines_of(db: Connection, mdtrt_id: str) -> Sequence[RowMapping]:
    """Return every line of a visit that was not cancelled, in the order of upload."""
    return db.execute(_lines(mdtrt_id)).mappings().all()


def unsettled(db: Connection, mdtrt_id: str, chrg_bchno: str = "") -> Sequence[RowMapping]:
    """Return the open lines of a visit, or of one batch of it."""
    return db.execute(_lines(mdtrt_id, chrg_bchno).where(~_paid())).mappings().all()


def settled(db: Connection, mdtrt_id: str, chrg_bchno: str = "") -> bool:
    """Whether a live settlement pays a line of the visit, or of one batch of it."""
    return db.execute(_lines(mdtrt_id, chrg_bchno).where(_paid()).limit(1)).first() is not None


def drop(db: Connection, lines: Sequence[RowMapping], at: str) -> None:
    """Cancel open lines."""
    db.execute(update(fee_line).where(fee_line.c.number.in_([line["number"] for line in lines])).values(cancelled=at))


def open_again(db: Connection, setl_id: str) -> bool:
    """Whether every line that a reversed settlement paid is still there and open. A settlement without lines has none to miss."""
    paid = select(settled_line.c.line).where(settled_line.c.setl_id == setl_id)
    gone = select(fee_line.c.number).where(fee_line.c.number.in_(paid), (fee_line.c.cancelled != "") | _paid())
    return db.execute(gone.limit(1)).first() is None


def _lines(mdtrt_id: str, chrg_bchno: str = "") -> Select[tuple[object, ...]]:
    wanted = select(fee_line).where(fee_line.c.mdtrt_id == mdtrt_id, fee_line.c.cancelled == "")
    wanted = wanted.where(fee_line.c.chrg_bchno == chrg_bchno) if chrg_bchno else wanted
    return wanted.order_by(fee_line.c.number)


def _paid() -> ColumnElement[bool]:
    reversal = settlement.alias("reversal")
    reversed_ = exists().where(reversal.c.original == settlement.c.setl_id, reversal.c.corrected == 0)
    return exists().where(
        settled_line.c.line == fee_line.c.number, settlement.c.setl_id == settled_line.c.setl_id, settlement.c.corrected == 0, ~reversed_
    )
