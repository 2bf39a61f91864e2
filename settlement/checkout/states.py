"""The states of a checkout: nouns that carry exactly what is known there.

A state says who is waited for. Those in :data:`PERSON` wait for somebody at the counter, those in
:data:`FINAL` are over, and in all others an effect is outstanding.
"""

from __future__ import annotations

from dataclasses import dataclass

from settlement.allowance import CardRecord
from settlement.bill import Benefit, Bill, Split
from settlement.blame import Blame
from settlement.checkout.effects import Commit, Effect
from settlement.checkout.events import Confirmed, Insured
from settlement.doubt import Doubt, Finding, Happened
from settlement.errors import Refusal
from settlement.facts import Hotlisted, SaleIntended, Way
from settlement.figures import Figures
from settlement.offline import Circumstances
from settlement.policy import Policy
from settlement.visit import Charge


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale:
    """What is sold, under which rules; ``slip`` when it settles a cash slip later (补结算)."""

    bill: Bill
    policy: Policy
    slip: str = ""
    slip_cash_fen: int = 0
    """The cash that was paid against the slip."""
    draft: str = ""
    """The unfinished bill (未完单) that is sold; empty when there is none. Its intent says so, so that it is not sold twice."""
    charge: Charge | None = None
    """What is charged of a visit at a clinic; None for goods."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Admitted:
    """Who may settle here, as far as the counter decides it."""

    insured: Insured
    hotlist: Hotlisted
    record: CardRecord | None
    """The card's off-line record; None where no PIN was asked, since the card keeps it behind the PIN."""
    by_card: bool = True
    """Another certificate has no PIN and no record, and settles on-line only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Billed:
    """A bill and no card yet."""

    sale: Sale


@dataclass(frozen=True, slots=True, kw_only=True)
class Certifying:
    """A certificate other than the card was presented: the centre is asked whose it is."""

    sale: Sale


@dataclass(frozen=True, slots=True, kw_only=True)
class AwaitingPin:
    """The card may settle; its PIN is asked. ``tries_left`` after a wrong one."""

    sale: Sale
    insured: Insured
    hotlist: Hotlisted
    tries_left: int | None = None
    down: Circumstances | None = None
    """Where on-line no PIN was asked: the line is down, and the allowance cannot be read without it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PinRefused:
    """The PIN was wrong. It is never retried by itself: a person starts the next attempt."""

    sale: Sale
    insured: Insured
    hotlist: Hotlisted
    tries_left: int
    down: Circumstances | None = None
    """As in :class:`AwaitingPin`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TryingDoubts:
    """This person's open doubts come first."""

    sale: Sale
    who: Admitted


@dataclass(frozen=True, slots=True, kw_only=True)
class AskingCentre:
    """Who this person is to the centre."""

    sale: Sale
    who: Admitted


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturningAllowance:
    """The account part needs what is earmarked on this card: it is refreshed to 0 first."""

    quoted: Quoted


@dataclass(frozen=True, slots=True, kw_only=True)
class Quoted:
    """The split is on the screen. Only :class:`Confirmed` moves money."""

    sale: Sale
    who: Admitted
    split: Split
    way: Way
    reason: str = ""
    """Off-line: the code of what the line said."""
    benefit: Benefit | None = None
    """On-line: what the split was priced with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """Agreed; a card that debits by itself is asked for its sequence and amount, which the intent must hold."""

    quoted: Quoted
    confirmed: Confirmed


@dataclass(frozen=True, slots=True, kw_only=True)
class Intending:
    """The intent is being made durable; nothing has left the till."""

    quoted: Quoted
    intent: SaleIntended


@dataclass(frozen=True, slots=True, kw_only=True)
class AwaitingAnswer:
    """The sender has it; the centre decides."""

    quoted: Quoted
    intent: SaleIntended


@dataclass(frozen=True, slots=True, kw_only=True)
class Debiting:
    """The card is being written."""

    quoted: Quoted
    intent: SaleIntended


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """A transaction is being written; ``then`` and ``effects`` follow when it is on disk."""

    commit: Commit
    then: State
    effects: tuple[Effect, ...]
    moved_fen: int = 0
    """What has already moved elsewhere (card or centre) and waits to be booked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotBooked:
    """The journal refused. No goods; trying again is the only safe move, and a restart resolves it."""

    booking: Booking
    refusal: Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferenceShown:
    """Booked with the centre's figures, which differ from those that the customer saw. The goods wait for a yes."""

    intent: SaleIntended
    figures: Figures
    setl_id: str
    mdtrt_id: str
    slip_cash_fen: int = 0
    """As in :class:`Sale`."""
    because: Blame | None = None
    """Where the centre's figures begin to differ, and our rule there; None when it was asked before and the split is not at hand."""
    again: bool = False
    """Asked when the sale was over before: the customer may be somewhere else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DoubtOpen:
    """The outcome is not known, or is known and waits for the goods question."""

    doubt: Doubt
    finding: Finding | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Releasing:
    """Settled at the centre or on the card, and not wanted: booked together with the void that releases it."""

    doubt: Doubt
    finding: Happened
    booked: bool = False
    """Whether the sale itself is in the journal already: a difference that is being declined."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LookingAgain:
    """An open doubt is being looked at again: the card is read, or the sender's answer awaited."""

    doubt: Doubt


@dataclass(frozen=True, slots=True, kw_only=True)
class SelfPayOffered:
    """The account cannot settle this now; cash can. Nothing has moved."""

    sale: Sale
    refusal: Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """Booked; slip and goods follow."""

    subject: str
    figures: Figures
    outside_fen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Released:
    """Booked and released again by the void ``void_id``: no goods, or the cash stands."""

    subject: str
    void_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PaidInCash:
    """Paid in cash under the slip ``subject``."""

    subject: str
    amount_fen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedUnpaid:
    """Proved that nothing moved, and nobody waits for this sale any more."""

    subject: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftInDoubt:
    """Nobody waits; the doubt is listed and blocks this person's account."""

    doubt: Doubt


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftUnanswered:
    """Booked, and nobody says yes or no now: listed, and asked again. The amounts are known, so it blocks no account."""

    subject: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class Dropped:
    """The customer did not buy."""


State = (
    Billed
    | Certifying
    | AwaitingPin
    | PinRefused
    | TryingDoubts
    | AskingCentre
    | ReturningAllowance
    | Quoted
    | Beginning
    | Intending
    | AwaitingAnswer
    | Debiting
    | Booking
    | NotBooked
    | DifferenceShown
    | DoubtOpen
    | Releasing
    | LookingAgain
    | SelfPayOffered
    | Settled
    | Released
    | PaidInCash
    | ClosedUnpaid
    | LeftInDoubt
    | LeftUnanswered
    | Dropped
)

PERSON = (Billed, PinRefused, Quoted, NotBooked, DifferenceShown, DoubtOpen, SelfPayOffered)
"""States in which the next event comes from somebody at the counter."""

FINAL = (Settled, Released, PaidInCash, ClosedUnpaid, LeftInDoubt, LeftUnanswered, Dropped)
"""States that accept nothing."""
