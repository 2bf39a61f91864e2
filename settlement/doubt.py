"""How a doubt ends: from what was found, and from what the counter answered about goods and cash.

Commit-protocol section 5, below the table. Before a doubt ends, done or not, ``goods_released`` is answered: the till may have
died while somebody said it, and goods that nobody asks about are paid by nobody (invariant 11).
Goods out: adopt. Goods kept, or cash taken against the doubt: record the settlement *and* release it by a
void, in one transaction. Not done and goods out without cash: a receivable of the shop. A sale that redeems a cash slip had its goods
and its cash long before: done adopts it (the cash goes back against the slip), not done leaves the slip.
"""

from __future__ import annotations

from dataclasses import dataclass

from settlement.allowance import Verdict
from settlement.facts import Aborted, Done, Fact, Receivable, Refused, SaleIntended, VoidIntended
from settlement.figures import Figures


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """A sale whose outcome is not known, and what the counter said about it so far."""

    intent: SaleIntended
    goods_released: bool | None = None
    """None = not answered yet."""
    cash_taken_fen: int = 0

    @property
    def exposed_fen(self) -> int:
        """The amount that stands in doubt: the whole claim."""
        return self.intent.figures.medfee_sumamt


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """Proved done: by the centre's answer or query, or by our tag and our amount on the card."""

    figures: Figures
    setl_id: str = ""
    mdtrt_id: str = ""
    tac: str = ""
    """As in :class:`~settlement.facts.Done`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NeverHappened:
    """Proved not done; ``why`` is a code, ``words`` the centre's own when it refused."""

    why: str
    words: str = ""
    before_doubt: bool = False
    """Nothing left the till, and nobody was told that it was in doubt: no goods went out."""


Finding = Happened | NeverHappened


def shown_by_card(doubt: Doubt, verdict: Verdict, tac: str = "") -> Finding | None:
    """Return what a reading of the card proves of an off-line sale, None when the card alone cannot tell; ``tac`` is its proof."""
    match verdict:
        case Verdict.DONE:
            return Happened(figures=doubt.intent.figures, tac=tac)
        case Verdict.ABORTED:
            return NeverHappened(why="card-not-written")
        case _:
            return None


def needs_goods_answer(doubt: Doubt, finding: Finding) -> bool:
    """Whether the goods question must be answered before ``finding`` may close the doubt."""
    surely_here = isinstance(finding, NeverHappened) and finding.before_doubt
    return doubt.goods_released is None and doubt.cash_taken_fen == 0 and not doubt.intent.slip and not surely_here


def needs_void(doubt: Doubt, finding: Finding) -> bool:
    """Whether what happened must be released again: the goods were kept, or cash was taken instead."""
    return isinstance(finding, Happened) and not doubt.intent.slip and (doubt.cash_taken_fen > 0 or doubt.goods_released is False)


def conclude(doubt: Doubt, finding: Finding) -> tuple[Fact, ...]:
    """Return the facts that close ``doubt``, for one transaction.

    :func:`release` goes beside them where :func:`needs_void` says so.
    """
    intent = doubt.intent
    if isinstance(finding, NeverHappened):
        closed: Fact = Aborted(subject=intent.subject, why=finding.why)
        if finding.words:
            closed = Refused(subject=intent.subject, words=finding.words)
        if doubt.goods_released and doubt.cash_taken_fen == 0 and not intent.slip:
            owed = intent.figures.medfee_sumamt + intent.outside_fen
            return (closed, Receivable(subject=intent.subject, amount_fen=owed, why=finding.why))
        return (closed,)
    return (booked(intent, finding, late=True),)


def booked(intent: SaleIntended, finding: Happened, *, late: bool = False) -> Done:
    """Return the fact that books what happened."""
    return Done(
        subject=intent.subject,
        infno=intent.infno,
        figures=finding.figures,
        outside_fen=intent.outside_fen,
        offline=intent.way != "online",
        late=late,
        differs=finding.figures.movements() != intent.figures.movements(),
        setl_id=finding.setl_id,
        mdtrt_id=finding.mdtrt_id,
        tac=finding.tac,
    )


def release(intent: SaleIntended, figures: Figures, *, at: str, void_id: str, why: str) -> VoidIntended:
    """Return the intent of the void that releases a settlement found done but not wanted.

    Nobody waits for its answer: it goes up when it can, and is tried again where a live one would be given up.
    """
    return VoidIntended(
        subject=void_id,
        at=at,
        original=intent.subject,
        way="backlog",
        figures=figures.negated(),
        outside_fen=-intent.outside_fen,
        why=why,
        infno=intent.released_by,
    )
