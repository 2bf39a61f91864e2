"""What the records about one subject come to: its standing, its figures, what is still open.

A pure function. Status is never stored: it is folded (architecture "Words": pending, accepted, provisional,
in doubt, rejected, reversed, abandoned).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from offline_queue import chain
from offline_queue.chain import Chain
from settlement.facts import SaleIntended, VoidIntended, sale_intent_of, void_intent_of
from settlement.figures import Figures

if TYPE_CHECKING:  # the journal folds, and the fold reads its records: only the type goes round
    from offline_queue.journal.values import Record


_TAKEN_BACK = "unreachable"
"""What a request that was taken back before its first byte comes to: the same as one that no connection was made for."""


class Standing(StrEnum):
    """Where a settlement stands."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    PROVISIONAL = "provisional"
    IN_DOUBT = "in doubt"
    REJECTED = "rejected"
    REVERSED = "reversed"
    ABANDONED = "abandoned"
    CASH = "cash"
    """A cash slip: no settlement."""
    REFRESHED = "refreshed"
    """A refresh of an allowance: no settlement."""
    PIN = "pin"
    """A card's PIN: no settlement."""
    HELD = "held"
    """A bill that was put aside: no settlement."""
    RETURN = "return"
    """A partial return: no settlement."""
    STATED = "stated"
    """A day that was reconciled with the centre: no settlement."""
    DIFFERS = "differs"
    """A difference with the centre that a person closes: no settlement."""
    CLOSED_BY_HAND = "closed by hand"
    """One that a person has closed."""
    RESTORED = "restored"
    """The journal came back from a backup: no settlement."""
    DAY_CLOSED = "day closed"
    """The close of a day: no settlement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Folded:
    """One subject."""

    subject: str
    standing: Standing = Standing.PENDING
    intent: SaleIntended | VoidIntended | None = None
    infno: str = ""
    figures: Figures | None = None
    """The centre's where it has answered: they win."""
    booked: Figures | None = None
    """Those that were booked here."""
    outside_fen: int = 0
    receipt: str = ""
    at: str = ""
    """When it was booked, ISO."""
    offline: bool = False
    done: bool = False
    setl_id: str = ""
    mdtrt_id: str = ""
    """Of a charge that opened a visit: known as soon as the centre has registered it."""
    chain: Chain | None = None
    """Of a charge: where its steps stand at the centre, and its takedown. None for any other."""
    answer: str = ""
    """Last outcome that the sender wrote; empty when none."""
    words: str = ""
    goods_released: bool | None = None
    cash_taken_fen: int = 0
    doubted: bool = False
    differs: bool = False
    """Booked at the counter with other figures than were shown: somebody has to agree to them."""
    difference_agreed: bool | None = None
    redeemed_by: str = ""
    """A cash slip: the settlement that claimed it last."""
    cash_returned_fen: int | None = None
    receivable_fen: int = 0
    received_fen: int = 0
    """What the customer gave in cash; 0 when it was not counted."""
    change_fen: int = 0
    printed: int = 0
    claimed: str = ""
    """A void of what is cleared: the centre's words, with which it is claimed by hand."""
    reversed_by: str = ""
    """The done void that undid it."""

    @property
    def original(self) -> str:
        """The settlement that this void undoes; empty for anything else."""
        return self.intent.original if isinstance(self.intent, VoidIntended) else ""

    @property
    def difference_fen(self) -> int:
        """What the customer's share became larger by when the centre answered an off-line sale."""
        if self.figures is None or self.booked is None:
            return 0
        return self.figures.psn_cash_pay - self.booked.psn_cash_pay

    @property
    def not_agreed(self) -> bool:
        """Whether it is booked with figures that nobody has agreed to: no goods and no slip go out, and no cash moves."""
        return self.differs and self.difference_agreed is not True and not self.reversed_by


def fold(subject: str, records: Sequence[Record], *, reversed_by: str = "") -> Folded:
    """Return what ``records`` about ``subject``, oldest first, come to; ``reversed_by`` is its done void, which has records of its own."""
    folded = Folded(subject=subject)
    for record in records:
        folded = _step(folded, record)
    return replace(folded, standing=Standing.REVERSED, reversed_by=reversed_by) if reversed_by else folded


def _step(state: Folded, record: Record) -> Folded:  # noqa: C901, PLR0911, PLR0912 - one line a kind
    body = record.body
    match record.kind:
        case "sale_intended":
            sale = sale_intent_of(record.subject, body)
            begun = None if sale.charge is None else Chain()
            return replace(state, intent=sale, infno=sale.infno, figures=sale.figures, outside_fen=sale.outside_fen, chain=begun)
        case "step_sending" | "step_answered" | "taken_down":
            stands = chain.step(state.chain or Chain(), record)
            return replace(state, chain=stands, mdtrt_id=state.mdtrt_id or stands.mdtrt_id)
        case "void_intended":
            void = void_intent_of(record.subject, body)
            return replace(state, intent=void, infno=void.infno, figures=void.figures, outside_fen=void.outside_fen)
        case "done":
            return _done(state, record)
        case "answered":
            return _answered(state, record)
        case "refused":
            return replace(state, standing=Standing.REJECTED, words=body["words"])
        case "aborted" | "bill_recalled":
            return replace(state, standing=Standing.ABANDONED)
        case "cancelled":
            # Surely not sent. A doubt of before still asks about its goods; one that is listed afterwards asks nothing.
            return replace(state, answer=_TAKEN_BACK) if state.doubted else replace(state, standing=Standing.ABANDONED)
        case "doubted":
            over = state.done or state.standing is Standing.ABANDONED
            return state if over else replace(state, standing=Standing.IN_DOUBT, doubted=True)
        case "goods_answered":
            return replace(state, goods_released=body["released"])
        case "cash_taken":
            return replace(state, cash_taken_fen=body["amount_fen"])
        case "difference_answered":
            return replace(state, difference_agreed=body["agreed"])
        case "cash_sale":
            return replace(state, standing=Standing.CASH, at=body["at"], outside_fen=body["amount_fen"])
        case "slip_claimed":
            return replace(state, redeemed_by=body["by"])
        case "cash_returned":
            return replace(state, cash_returned_fen=body["amount_fen"])
        case "claim_by_hand":
            return replace(state, claimed=body["words"])
        case "receivable":
            return replace(state, receivable_fen=body["amount_fen"])
        case "refreshed":
            return replace(state, standing=Standing.REFRESHED)
        case "pin_intended" | "pin_ended":
            return replace(state, standing=Standing.PIN)
        case "tendered":
            return replace(state, received_fen=body["received_fen"], change_fen=body["change_fen"])
        case "bill_held":
            return replace(state, standing=Standing.HELD, at=body["at"])
        case "day_closed" | "day_reopened":
            return replace(state, standing=Standing.DAY_CLOSED, at=body["at"])
        case "return_intended":
            return replace(state, standing=Standing.RETURN, at=body["at"])
        case "difference_found":
            return replace(state, standing=Standing.DIFFERS, at=record.at)
        case "difference_closed":
            return replace(state, standing=Standing.CLOSED_BY_HAND, at=record.at)
        case "restored":
            return replace(state, standing=Standing.RESTORED, at=record.at)
        case "restated":
            return replace(state, figures=Figures(**body["figures"]))
        case "day_stated":
            return replace(state, standing=Standing.STATED, at=body["at"])
        case "adopted":
            return _adopted(state, body)
        case "printed":
            return replace(state, printed=state.printed + 1)
    return state


def _adopted(state: Folded, body: dict[str, Any]) -> Folded:
    """Taken as not done, and found at the centre: what it paid is not lost. What is not booked yet is, in the same transaction."""
    ids = {"setl_id": body["setl_id"], "mdtrt_id": body["mdtrt_id"]}
    standing = Standing.ACCEPTED if body["booked"] else Standing.PENDING
    return replace(state, standing=standing, answer="accepted", figures=Figures(**body["figures"]), receivable_fen=body["owed_fen"], **ids)


def _done(state: Folded, record: Record) -> Folded:
    body = record.body
    booked = Figures(**body["figures"])
    # A sale that the centre answered before it was booked here (a doubt found accepted) is accepted at once.
    answered = state.answer == "accepted" or not body["offline"]
    return replace(
        state,
        standing=Standing.ACCEPTED if answered else Standing.PROVISIONAL,
        infno=body["infno"],
        figures=booked,
        booked=booked,
        outside_fen=body["outside_fen"],
        receipt=body["receipt"],
        at=record.at,
        offline=body["offline"],
        done=True,
        # Journals from before it was noted have no such member.
        differs=body.get("differs", False) and not body["late"],
        setl_id=body["setl_id"] or state.setl_id,
        mdtrt_id=body["mdtrt_id"] or state.mdtrt_id,
    )


def _answered(state: Folded, record: Record) -> Folded:
    body = record.body
    outcome = body["outcome"]
    state = replace(state, answer=outcome, words=body["words"])
    if outcome == "accepted":
        figures = Figures(**body["figures"])
        there = None if state.chain is None else chain.settled(state.chain, body["mdtrt_id"])
        state = replace(state, figures=figures, setl_id=body["setl_id"], mdtrt_id=body["mdtrt_id"], chain=there)
    if not state.done:
        return state
    # Booked off-line before: the answer moves it on.
    if outcome == "accepted":
        return replace(state, standing=Standing.ACCEPTED)
    return replace(state, standing=Standing.REJECTED) if outcome == "rejected" else state
