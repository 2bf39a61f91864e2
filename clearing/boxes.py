"""A box is settled once: traceability codes of what was sold, wherever it was.

While the line is up a code that a live settlement holds is refused. What was sold off-line has left the shop, and the card has paid:
it is settled, and named to whoever reads the books, as a card and its copy are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, exists, insert, select

from clearing.errors import Refused
from clearing.schema import settlement, sold_box

_SOLD = "追溯码{code}的药品已于{at}在{fixmedins_code}结算，同一盒药不能重复结算"


def sell(db: Connection, setl_id: str, codes: Iterable[str], *, msgid: str, offline: bool) -> None:
    """Keep which boxes a settlement is for. Raises :class:`Refused` on-line for one that another message settled and nobody released."""
    kept = sorted(set(codes))
    for code in kept:
        where = (sold_box.c.code == code, settlement.c.msgid != msgid)
        before = db.execute(_live(settlement.c.setl_time, settlement.c.fixmedins_code).where(*where)).mappings().first()
        if before is not None and not offline:
            raise Refused(_SOLD, code=code, at=before["setl_time"], fixmedins_code=before["fixmedins_code"])
    if kept:
        db.execute(insert(sold_box), [{"code": code, "setl_id": setl_id} for code in kept])


def sold_again(db: Connection) -> dict[str, list[str]]:
    """Return, of each message whose live settlement holds a box that another message's holds as well, the codes of those boxes."""
    holders: dict[str, set[str]] = defaultdict(set)
    for code, msgid in db.execute(_live(sold_box.c.code, settlement.c.msgid)):
        holders[code].add(msgid)
    twice = {code: msgids for code, msgids in holders.items() if len(msgids) > 1}
    return {msgid: sorted(code for code, by in twice.items() if msgid in by) for msgids in twice.values() for msgid in msgids}


def _live(*columns: ColumnElement[str]) -> Select[*tuple[Any, ...]]:
    undoing = settlement.alias()
    undone = exists().where(undoing.c.original == settlement.c.setl_id, undoing.c.corrected == 0)
    return select(*columns).select_from(settlement).join(sold_box).where(settlement.c.corrected == 0, ~undone)
