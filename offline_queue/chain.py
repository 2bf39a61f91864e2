"""Where the out-patient chain of one charge stands at the centre, folded from its steps. Pure; stored nowhere.

A step is two records: ``step_sending`` before its first byte, ``step_answered`` after it. A sender that died between them leaves a
step that may have been taken. Only the charge itself (2207) moves money, and its attempts are ``sending`` and ``answered``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from settlement.figures import Figures

if TYPE_CHECKING:
    from offline_queue.journal.values import Record

TAKEDOWN = "2202"
"""``infno`` under which the outbox owes that a charge which came to nothing, or was voided, is taken down: 2205, then 2202."""
EXCHANGES_BEFORE = 4
"""Exchanges with the centre before 2207: 2201, 2203, 2204, 2206."""
_NOT_TAKEN = ("unreachable", "retry")
"""Outcomes of an attempt that surely changed nothing."""


class There(StrEnum):
    """Whether the centre has something."""

    NO = "no"
    MAYBE = "maybe"
    YES = "yes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """What the steps of one charge come to."""

    registered: There = There.NO
    """The visit, where this charge opens it."""
    mdtrt_id: str = ""
    told: bool = False
    uploaded: There = There.NO
    """The lines of its batch."""
    sums: Figures | None = None
    """What the uploaded lines come to, as the centre cut them; None while they are not up."""
    dry_run: Figures | None = None
    """What 2206 said."""
    attempts: int = 0
    """Steps that were sent."""
    words: str = ""
    """Of the last answer."""
    taken_down: bool = False
    before: There = There.NO
    """Of the step under way: what held before it."""

    @property
    def touched(self) -> bool:
        """Whether the centre may keep anything of it."""
        return self.registered is not There.NO or self.uploaded is not There.NO


def step(chain: Chain, record: Record) -> Chain:
    """Return where the chain stands after ``record``, a ``step_sending``, ``step_answered`` or ``taken_down``."""
    body = record.body
    match record.kind:
        case "step_sending":
            return _sent(replace(chain, attempts=chain.attempts + 1), body["infno"])
        case "step_answered":
            figures = body["figures"]
            told = replace(chain, words=body["words"])
            return _answered(told, body["infno"], body["outcome"], body["mdtrt_id"], None if figures is None else Figures(**figures))
        case _:
            return replace(chain, taken_down=True, words=body["words"])


def settled(chain: Chain, mdtrt_id: str) -> Chain:
    """Return where the chain stands when its settlement was accepted: all of it is there, whatever this journal saw of the steps."""
    return replace(chain, registered=There.YES, mdtrt_id=mdtrt_id, told=True, uploaded=There.YES)


def _sent(chain: Chain, infno: str) -> Chain:
    match infno:
        case "2201":
            return replace(chain, before=chain.registered, registered=There.MAYBE)
        case "2203" | "2203A":
            return replace(chain, told=False)
        case "2204":
            return replace(chain, before=chain.uploaded, uploaded=There.MAYBE, sums=None)
        case _:
            return chain


def _answered(chain: Chain, infno: str, outcome: str, mdtrt_id: str, figures: Figures | None) -> Chain:  # noqa: PLR0911 - one line a step
    match infno, outcome:
        case "2201", "accepted":
            return replace(chain, registered=There.YES, mdtrt_id=mdtrt_id)
        case "2201", "rejected":
            return replace(chain, registered=There.NO)
        case "2201", one if one in _NOT_TAKEN:
            return replace(chain, registered=chain.before)
        case (("2203" | "2203A"), "accepted"):
            return replace(chain, told=True)
        case "2204", "accepted":
            return replace(chain, uploaded=There.YES, sums=figures)
        case "2204", one if one in {"rejected", *_NOT_TAKEN}:
            return replace(chain, uploaded=chain.before)
        case "2205", ("accepted" | "rejected"):
            return replace(chain, uploaded=There.NO, sums=None, dry_run=None)
        case "2206", "accepted":
            return replace(chain, dry_run=figures)
        case _:
            return chain
