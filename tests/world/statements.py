"""A shop and its centre reconciled by hand of a test: days stated, and the centre's books bent as no counter could."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from sqlalchemy import update

from clearing.database import Database
from clearing.export import export as clearing_export
from clearing.schema import settlement
from nhsa.outcome import Accepted
from offline_queue.journal.settled import subject_of
from tests.world.shop import Shop

AREA = "990100"
PATIENT_S = 10.0
"""A busy machine is no lost answer: what is lost here is lost by the line."""


def tomorrow(shop: Shop) -> None:
    """Let the next morning come: what was sent before is under way no more."""
    morning = shop.counter.clock.now() + timedelta(days=1, minutes=5)
    shop.stage.set_clock(f"{morning:%Y-%m-%d %H:%M:%S}")


def state(shop: Shop, day: str) -> dict[str, Any]:
    """Have the sender reconcile a day and return what it found."""
    shop.sender._audit._statements.state(day, shop.sender._audit._courier)
    body: dict[str, Any] = shop.counter.journal.records(subject_of(day))[-1].body
    return body


def today(shop: Shop) -> str:
    """Return the day that the shop's clock shows."""
    return shop.counter.today


def send(shop: Shop, like: str, msgid: str) -> None:
    """Have the centre execute the settlement ``like`` once more, under ``msgid``: a copy that comes late, or from elsewhere."""
    content = next(json.loads(one.private["input"]) for one in shop.counter.journal.records(like) if one.private and "input" in one.private)
    courier = shop.sender._audit._courier
    assert isinstance(courier.deliver("2102", msgid, content, insuplc_admdvs=AREA), Accepted)


def bend(shop: Shop, msgid: str, **members: object) -> None:
    """Change a row of the centre's books, as no counter could."""
    with Database(shop.stage.directory / "centre") as database, database.transaction() as db:
        db.execute(update(settlement).where(settlement.c.msgid == msgid).values(**members))


def differences(found: dict[str, Any]) -> list[tuple[str, str, str, bool]]:
    """Return what a statement found, as (cause, side that is right, action, whether it closes by itself)."""
    return [(one["cause"], one["right"], one["action"], one["automatic"]) for one in found["differences"]]


def live(shop: Shop) -> list[tuple[str, int]]:
    """Return (infno, total) of what stands at the centre and was settled today."""
    with Database(shop.stage.directory / "centre") as database, database.transaction() as db:
        rows = clearing_export(db)["settlements"]
    return [(row["infno"], row["movements"]["total_fen"]) for row in rows if row["setl_time"][:10] == today(shop)]
