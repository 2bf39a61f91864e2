"""What happened, in the past tense: the only way anything enters the checkout."""

from __future__ import annotations

from dataclasses import dataclass, field

from settlement import refusals
from settlement.allowance import CardRecord
from settlement.bill import Benefit
from settlement.card_debit import LogEntry
from settlement.doubt import Doubt
from settlement.errors import Refusal
from settlement.facts import Hotlisted
from settlement.figures import Figures
from settlement.offline import Circumstances

Log = tuple[LogEntry | None, ...]
"""A card's own log (EF08), newest first; None where a record cannot be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Insured:
    """Who is at the counter, by the card or by what the centre says of another certificate; that has no card's numbers and no last day."""

    certno: str = field(repr=False)
    psn_name: str = field(repr=False)
    card_no: str = field(repr=False, default="")
    card_sn: str = field(repr=False, default="")
    valid_until: str = ""
    """``yyyyMMdd``, the last day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CardIdentified:
    """The card was read without its PIN and looked up in the hotlist."""

    insured: Insured
    today: str
    """``yyyyMMdd``."""
    hotlist: Hotlisted
    hotlisted: bool
    doubts: tuple[Doubt, ...] = ()
    """This person's open doubts, oldest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateShown:
    """A certificate other than the card is presented; whose it is only the centre knows."""

    mdtrt_cert_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateUnread:
    """It could not be made of what was presented: no e-certificate, or its component is silent."""

    why: Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateKnown:
    """1101 said whose the certificate is, and they were looked up in the hotlist."""

    insured: Insured
    hotlist: Hotlisted
    hotlisted: bool
    doubts: tuple[Doubt, ...] = ()
    """As in :class:`CardIdentified`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PinAccepted:
    """The PIN was right; only now the off-line record could be read."""

    record: CardRecord
    doubts: tuple[Doubt, ...]
    """As in :class:`CardIdentified`, by now."""
    log: Log | None = None
    """The card's own, as far as a doubt needs it; None where none does, or where the doubt is of another card."""
    tac: str = ""
    """The card's proof of the debit in doubt, where that was its last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PinWrong:
    """The PIN was wrong."""

    tries_left: int


@dataclass(frozen=True, slots=True)
class PinBlocked:
    """The card takes no PIN any more."""


@dataclass(frozen=True, slots=True)
class CardLeft:
    """The card was taken out, or the reader lost it, before anything was written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DoubtsTried:
    """This person's doubts were tried; what is left stays open."""

    left: tuple[Doubt, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonKnown:
    """1101 and 5206 answered."""

    psn_no: str
    insuplc_admdvs: str
    benefit: Benefit


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRefused:
    """The centre answered that it will not serve this person or card."""

    words: str = ""
    insured: bool = True
    """False where it knows the person, and no insurance that counts today."""

    @property
    def refusal(self) -> Refusal:
        """The same in the counter's words."""
        return Refusal(refusals.CENTRE_REFUSED, {"words": self.words}) if self.insured else Refusal(refusals.NOT_INSURED)


@dataclass(frozen=True, slots=True, kw_only=True)
class CentreSilent:
    """No answer, and the line is not certainly down."""

    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LineDown:
    """Surely nothing was sent: the line is certainly down."""

    now: Circumstances


@dataclass(frozen=True, slots=True, kw_only=True)
class AllowanceReturned:
    """The allowance on the card was refreshed to 0; the account may now spend ``account_fen``."""

    record: CardRecord
    account_fen: int


@dataclass(frozen=True, slots=True)
class AllowanceKept:
    """The refresh to 0 did not happen; the sale goes on with what is available."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmed:
    """F8: the only event that moves money. Identifiers come from outside."""

    msgid: str
    at: str
    tag: int
    """16-bit tag for the card, different from those that were read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CashChosen:
    """The customer pays everything in cash; ``slip`` names the slip for later settlement."""

    slip: str
    at: str
    until: str


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The customer does not buy."""


@dataclass(frozen=True, slots=True)
class IntentDurable:
    """The intent is on disk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalFailed:
    """The journal refused a write; nothing of it is on disk."""

    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """The centre settled it. ``figures`` are the centre's and win."""

    figures: Figures
    setl_id: str
    mdtrt_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """The centre refused a first delivery, and a query found nothing."""

    words: str
    cleared: bool = False
    """Of a void: what it releases lies in a period that is cleared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeUnknown:
    """It may or may not have happened."""

    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CardRead:
    """The off-line record was read, after a write or on re-insertion of the same card."""

    record: CardRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class DebitBegun:
    """The card will debit itself as soon as it is told to: what it said of itself."""

    sequence: int
    balance_fen: int
    terminal: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CardDebited:
    """The card answered that it debited itself; its log was read back."""

    log: Log
    tac: str


@dataclass(frozen=True, slots=True)
class Committed:
    """The transaction is on disk: record, receipt number, chain link, outbox row."""


@dataclass(frozen=True, slots=True)
class TriedAgain:
    """A person asked to try the journal again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferenceSeen:
    """The customer saw that the centre's figures differ, and agreed or not."""

    agreed: bool


@dataclass(frozen=True, slots=True)
class DifferenceLeft:
    """Nobody answers now: the difference stays listed, and is asked again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GoodsAsked:
    """The one answer to "did the goods go out?"."""

    released: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class VoidNamed:
    """An identifier and a time for the void that is needed."""

    void_id: str
    at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CashReceived:
    """Cash against the doubt."""

    amount_fen: int


@dataclass(frozen=True, slots=True)
class DoubtLeft:
    """Nobody waits any longer: the doubt stays open and is resolved beside the work."""


Event = (
    CardIdentified
    | CertificateShown
    | CertificateUnread
    | CertificateKnown
    | PinAccepted
    | PinWrong
    | PinBlocked
    | CardLeft
    | DoubtsTried
    | PersonKnown
    | PersonRefused
    | CentreSilent
    | LineDown
    | AllowanceReturned
    | AllowanceKept
    | Confirmed
    | CashChosen
    | Cancelled
    | IntentDurable
    | JournalFailed
    | Accepted
    | Rejected
    | OutcomeUnknown
    | CardRead
    | DebitBegun
    | CardDebited
    | Committed
    | TriedAgain
    | DifferenceSeen
    | DifferenceLeft
    | GoodsAsked
    | VoidNamed
    | CashReceived
    | DoubtLeft
)
