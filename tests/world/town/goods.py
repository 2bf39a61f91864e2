"""Where the goods of a counter of the town went, and whether somebody paid for them."""

from __future__ import annotations

from typing import Any

from settlement.facts import VoidIntended
from tests.world.town.counter import Shop


def goods_wrongs(shop: Shop, journal: dict[str, Any]) -> list[str]:
    """Return goods that are gone and neither paid, booked as a receivable, nor in an open doubt (invariant 11)."""
    open_ = {doubt["subject"] for doubt in journal["doubts"]} | {row["subject"] for row in journal["differences"]}
    booked = {row["subject"] for row in journal["receivables"]}
    found = []
    for state in shop.journal.folded():
        if state.original or not (state.subject in shop.customer.taken or state.goods_released or state.cash_taken_fen or state.done):
            continue
        subject, voided = state.subject, bool(state.reversed_by) or _void_under_way(shop, state.subject)
        if state.done and state.cash_taken_fen and not voided:
            found.append(f"11: {subject} was paid in cash and settled as well")
        if state.done and state.goods_released is False and not voided:
            found.append(f"11: the goods of {subject} were kept, and it is settled")
        if subject not in shop.customer.taken and not state.goods_released:
            continue
        settled = state.done and not state.reversed_by and state.standing != "rejected"
        paid = settled or state.standing == "cash" or state.cash_taken_fen > 0 or _brought_back(shop, state.reversed_by)
        if not paid and subject not in booked | open_:
            found.append(f"11: the goods of {subject} are gone, and it is {state.standing}")
    return found


def _void_under_way(shop: Shop, subject: str) -> bool:
    """Whether a void of it is on its way."""
    return any(row.after == subject for row in shop.journal.owed())


def _brought_back(shop: Shop, void: str) -> bool:
    """Whether the customer brought the goods back, and that is why it was voided."""
    intent = shop.journal.standing(void).intent if void else None
    return isinstance(intent, VoidIntended) and intent.why == "customer"
