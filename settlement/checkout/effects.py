"""What the driver must do, in the imperative. Performed in order; the last one's result is the next event.

An effect that leaves the till (:class:`WriteCard`, :class:`AwaitAnswer`, :class:`PrintSlip`,
:class:`ReleaseGoods`) never comes before the durable record of its intent.
"""

from __future__ import annotations

from dataclasses import dataclass

from settlement.allowance import SaleWrite, Verdict
from settlement.card_debit import DebitPlan
from settlement.doubt import Doubt
from settlement.facts import Fact, SaleIntended, VoidIntended


@dataclass(frozen=True, slots=True)
class AskPin:
    """Ask the PIN once, verify it, read the off-line record. → PinAccepted, PinWrong, PinBlocked, CardLeft."""


@dataclass(frozen=True, slots=True)
class AskWho:
    """Have the certificate decoded where it must be, and ask 1101 whose it is.

    → CertificateKnown, CertificateUnread, PersonRefused, CentreSilent, LineDown.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class TryDoubts:
    """Close what the card or the centre now proves. → DoubtsTried."""

    verdicts: tuple[tuple[Doubt, Verdict], ...]
    tac: str = ""
    """Of what a card's own log shows as done: its proof to the ledger."""


@dataclass(frozen=True, slots=True)
class AskCentre:
    """Ask 1101 and 5206. → PersonKnown, PersonRefused, CentreSilent, LineDown."""


@dataclass(frozen=True, slots=True)
class ReturnAllowance:
    """Refresh the card's allowance to 0. → AllowanceReturned, AllowanceKept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteIntent:
    """Make the intent durable, on-line with its frozen request and outbox row. → IntentDurable, JournalFailed."""

    intent: SaleIntended | VoidIntended


@dataclass(frozen=True, slots=True, kw_only=True)
class AwaitAnswer:
    """Wait for the sender's answer. → Accepted, Rejected, OutcomeUnknown, LineDown."""

    msgid: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BeginDebit:
    """Begin a debit that the card does by itself; nothing moves. → DebitBegun, CardLeft."""

    own_fen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteCard:
    """Write 93, tag, 92, or send the debit that was begun, and read back. → CardRead, CardDebited, OutcomeUnknown."""

    plan: SaleWrite | DebitPlan


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """Write these facts in one transaction. → Committed, JournalFailed."""

    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class NameVoid:
    """Take the next identifier for a void. → VoidNamed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintSlip:
    """Print the slip of a booked settlement; a dead printer holds nothing. No event."""

    subject: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseGoods:
    """Hand the goods over. No event."""

    subject: str


@dataclass(frozen=True, slots=True)
class RefreshIfDue:
    """Refresh the allowance in a transaction of its own; its failure never touches the sale. No event."""


Effect = (
    AskPin
    | AskWho
    | TryDoubts
    | AskCentre
    | ReturnAllowance
    | WriteIntent
    | AwaitAnswer
    | BeginDebit
    | WriteCard
    | Commit
    | NameVoid
    | PrintSlip
    | ReleaseGoods
    | RefreshIfDue
)
