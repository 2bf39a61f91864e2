"""What the centre does with a message that it has seen, and how long it remembers a counter.

Real centres differ, and the interface does not say: so the reference centre can be each of them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, RowMapping, insert, select

from clearing.desk import Validity
from clearing.errors import Refused
from clearing.schema import exchange, tombstone
from nhsa.envelope import Request
from nhsa.frozen import freeze

_ENDLESS = Validity()


class Personality(StrEnum):
    """Which kind of centre this is."""

    IDEMPOTENT = "idempotent"
    """The same request under the same id is answered as it was the first time."""
    REFUSES = "refuses"
    """A known id is refused, whatever became of it."""
    RE_EXECUTES = "re-executes"
    """A known id means nothing: the request is executed again."""
    EXPIRES = "expires"
    """Idempotent, and every sign-in is soon forgotten."""

    @property
    def answers_copies(self) -> bool:
        """Whether what is there already, sent once more, is answered as it was the first time."""
        return self in {Personality.IDEMPOTENT, Personality.EXPIRES}

    def validity(self, limited: Validity) -> Validity:
        """Return how long a sign-in counts at this kind of centre."""
        return limited if self is Personality.EXPIRES else _ENDLESS


@dataclass(frozen=True, slots=True)
class Told:
    """An answer: infcode 0 with its output, or a refusal with its words."""

    infcode: int
    err_msg: str
    output: dict[str, Any] | None


def told_before(db: Connection, request: Request, personality: Personality) -> Told | None:
    """Return the answer that the request gets because of an earlier one, None when it is to be executed.

    Raises :class:`Refused` for an id that 2601 undid, and where the personality refuses.
    """
    if db.execute(select(tombstone.c.msgid).where(tombstone.c.msgid == request.msgid)).first() is not None:
        raise Refused("该报文已被冲正，不予受理")
    of_message = (exchange.c.msgid == request.msgid, exchange.c.fixmedins_code == request.fixmedins_code)
    first = db.execute(select(exchange).where(*of_message).order_by(exchange.c.number).limit(1)).mappings().first()
    if first is None or personality is Personality.RE_EXECUTES:
        return None
    if personality is Personality.REFUSES:
        raise Refused("重复的报文标识：{msgid}", msgid=request.msgid)
    if first["sha256"] != _hash(request):
        raise Refused("重复的报文标识，内容与首次不一致：{msgid}", msgid=request.msgid)
    return _told(first)


def remember(db: Connection, request: Request, told: Told, at: str) -> None:
    """Keep what was answered, in the transaction that did it."""
    row = {
        "msgid": request.msgid,
        "infno": request.infno,
        "fixmedins_code": request.fixmedins_code,
        "sha256": _hash(request),
        "infcode": told.infcode,
        "err_msg": told.err_msg,
        "output": json.dumps(told.output, ensure_ascii=False),
        "at": at,
    }
    db.execute(insert(exchange).values(row))


def _hash(request: Request) -> str:
    return freeze(request.infno, request.msgid, request.fixmedins_code, request.input).sha256


def _told(row: RowMapping) -> Told:
    return Told(row["infcode"], row["err_msg"], json.loads(row["output"]))
