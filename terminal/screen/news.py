"""What the desk tells the screen. Values only: a screen shows them and decides nothing by them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from settlement import reversal
from settlement.bill import SCHEME, Benefit, Bill, Venue
from settlement.checkout.states import State
from settlement.errors import OperatorError, Refusal
from settlement.figures import Figures
from settlement.policy import Policy
from terminal.open_bill import OpenBill
from terminal.screen.account_news import AccountTold, CardInside, PinChanged, PinPurpose
from terminal.screen.day_news import CentreDiffers, CloseShown, Counting, DayClosed, DayReopened, DifferenceClosed
from terminal.screen.list_news import Paged, PrintTaken
from terminal.screen.return_news import Returnable, Returning, ReturnListed, ReturnShown
from terminal.screen.visit_news import QuotaTaken, Ticket, VisitorKnown

if TYPE_CHECKING:
    from terminal.screen.orders import Order

ReaderState = Literal["card", "empty", "fault"]
PrinterState = Literal["ok", "waiting", "none"]
"""Nothing to do or at work · something is owed and does not come out · none is set up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Which counter this is."""

    shop: str
    fixmedins_code: str
    admdvs: str
    venue: Venue
    hosp_lv: str
    till: str
    operator: str
    demonstration: bool
    training: bool = False
    pharmacists: tuple[str, ...] = ()
    """Who reviews prescriptions here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """The desk stands ready: journal open, what was unfinished looked at."""

    place: Place
    policy: Policy | Refusal
    bill: OpenBill
    """The unfinished bill of before a crash, or an empty one."""
    handed_over: tuple[str, ...] = ()
    """What the operator before left open, in words."""


@dataclass(frozen=True, slots=True)
class NotOpened:
    """The desk cannot open: the screen says why and nothing can be sold."""

    why: OperatorError | Refusal


@dataclass(frozen=True, slots=True)
class RulesChanged:
    """Another day, another pack: what bills are priced by from now on."""

    policy: Policy | Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonShown:
    """Who the card says is here, masked, and what the centre told of the account."""

    arrival: int
    """Number of this insertion: tells one card-in from the next."""
    name: str
    sex: Literal["1", "2"]
    age: int
    certno: str
    card: str
    psn_type: str = ""
    insutype: str = SCHEME
    """The basic insurance that the person is in; the employees' until the centre has told."""
    insuplc_admdvs: str = ""
    benefit: Benefit | None = None
    """None while the centre has not answered: then the PIN tells what the card carries."""
    silent: bool = False
    """Whether the centre was asked and told nothing."""
    told: AccountTold | None = None
    """What the centre told last, to be read only: it stays when ``benefit`` is no longer believed."""
    certificate: str = ""
    """mdtrt_cert_type of what is presented in place of the card; empty by card."""
    refusal: Refusal | None = None
    """Why this card may not settle: lost, expired, refused by the centre."""

    @property
    def balance_fen(self) -> int | None:
        """What the account may spend on-line."""
        return self.benefit.account_fen if self.benefit else None


@dataclass(frozen=True, slots=True)
class CardReading:
    """A card was put in and is being read."""


@dataclass(frozen=True, slots=True)
class CardShown:
    """A card was read."""

    person: PersonShown


@dataclass(frozen=True, slots=True)
class CardFailed:
    """Something is in the reader that cannot be used."""

    why: OperatorError | Refusal


@dataclass(frozen=True, slots=True)
class CardGone:
    """The slot is empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DoubtShown:
    """One settlement whose outcome is not known, beside the work."""

    subject: str
    amount_fen: int
    at: str
    offline: bool
    goods_released: bool | None
    cash_taken_fen: int
    found: bool = False
    """Whether it is known what happened: then only the answer about the goods is missing."""
    resolution: tuple[tuple[str, str], ...] = ()
    """What is known, what can still be asked and what is safe to do, as labels and values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferenceListed:
    """One settlement with other figures than were shown, beside the work: nobody has said yes or no, and the goods are here."""

    subject: str
    amount_fen: int
    at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Offline:
    """What a card may pay while the line is down."""

    allowed: bool = False
    why: Refusal | None = None
    """Why not, where the area itself allows it: the hotlist is too old, or the journal is a restored one."""
    by_itself: bool = False
    """Whether the area's cards keep an amount and debit by themselves, in place of an allowance."""
    floor_fen: int = 0
    """The most that one person may spend, by the hotlist's age."""
    until: str = ""
    """``HH:MM`` (or a date) at which the first limit bites: the hotlist gets too old."""
    stale: bool = False
    """Whether the hotlist is so old that the lower limit is in force."""
    left_sales: int | None = None
    """How many more sales the till may hold before the centre has answered; None where there is no such limit."""
    left_fen: int | None = None
    """And for how much."""
    short: bool = False
    """Whether little of that is left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """What the strip shows."""

    now: str = ""
    """``yyyy-MM-dd HH:mm`` of the counter's clock."""
    reader: ReaderState = "empty"
    line: Literal["up", "down", "unknown", "silent"] = "unknown"
    line_since: str = ""
    queue: int = 0
    oldest_s: int = 0
    set_aside: int = 0
    hotlist_age_s: int | None = None
    printer: PrinterState = "none"
    printer_jobs: int = 0
    """Slips that are not on paper yet."""
    printer_older: int = 0
    """Slips of earlier days that never came out, and come when somebody asks."""
    printer_why: Refusal | None = None
    """Why they do not come out."""
    offline: Offline = field(default_factory=Offline)
    doubts: tuple[DoubtShown, ...] = ()
    differences: tuple[DifferenceListed, ...] = ()
    returns: tuple[ReturnListed, ...] = ()
    centre_differs: tuple[CentreDiffers, ...] = ()
    """What a statement found and only a person closes."""
    endings: tuple[tuple[str, str, str], ...] = ()
    """Every ending of a settlement as the area's pack times it: name, proof, time limit. Only while something is in doubt."""
    holds: int = 0
    bills: int = 0
    """Bills of other programs that wait to be taken."""
    last_receipt: str = ""

    @property
    def is_anything_open(self) -> bool:
        """Whether something stands open beside the work."""
        return bool(self.doubts or self.differences or self.returns or self.centre_differs)


@dataclass(frozen=True, slots=True)
class Asked:
    """The driver waits for a person in this state."""

    state: State | reversal.State


@dataclass(frozen=True, slots=True)
class PinAsked:
    """The PIN is to be typed; ``tries_left`` after a wrong one, ``keypad``: on the reader itself."""

    tries_left: int | None
    keypad: bool = False
    purpose: PinPurpose = "settle"


@dataclass(frozen=True, slots=True)
class Told:
    """Why something did not go."""

    words: OperatorError | Refusal


@dataclass(frozen=True, slots=True)
class CodeSold:
    """The box of a traceability code on the bill was sold before: it comes off."""

    code: str
    words: Refusal


@dataclass(frozen=True, slots=True)
class Stepped:
    """A step of the checkout began: the name of its effect."""

    effect: str


@dataclass(frozen=True, slots=True)
class Ended:
    """An order was served, whatever it came to: who still waits for it goes back to the bill. None: of what the desk began itself."""

    order: Order | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sold:
    """A sale came to its end."""

    state: State
    bill: Bill
    received_fen: int
    goods_released: bool | None = None
    cash_taken_fen: int = 0
    """Cash against the doubt, which stands."""
    receivable_fen: int = 0
    cash_back_fen: int = 0
    """What goes back to the customer of a slip that is settled now."""
    agreed: bool = False
    """Whether the customer has agreed to other figures than were shown: the cash is paid and the goods go out now."""
    draft: str = ""
    """The open bill that it was the sale of; empty for a doubt that was looked at again and a slip settled later."""
    figures: Figures | None = None
    receipt: str = ""
    offline: bool = False
    ticket: Ticket | None = None
    """Of a visit at a clinic."""


@dataclass(frozen=True, slots=True)
class CashBack:
    """A slip was settled while nobody waited: its cash goes back now, and that is booked."""

    amount_fen: int


@dataclass(frozen=True, slots=True)
class Undone:
    """A void came to its end."""

    state: reversal.State


@dataclass(frozen=True, slots=True)
class Recalled:
    """A held bill is back; an empty one stands after a sale or a hold."""

    bill: OpenBill


@dataclass(frozen=True, slots=True)
class Renamed:
    """The bill that had the name ``after`` was cleared: an empty one on the screen has this name now."""

    draft: str
    after: str


@dataclass(frozen=True, slots=True)
class Offered:
    """The next bill of another program, None when none waits that could be taken. It is taken when the screen has it kept."""

    bill: OpenBill | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRow:
    """One settlement of the person at this till."""

    at: str
    words: str
    amount_fen: int
    account_fen: int


@dataclass(frozen=True, slots=True)
class AccountShown:
    """What is known of the person's account and history here."""

    rows: tuple[AccountRow, ...]


@dataclass(frozen=True, slots=True)
class Crashed:
    """The desk met a bug: the screen says so and stops selling."""


News = (
    Opened
    | NotOpened
    | RulesChanged
    | CardReading
    | CardShown
    | CardFailed
    | CardGone
    | VisitorKnown
    | QuotaTaken
    | Status
    | Asked
    | PinAsked
    | Told
    | CodeSold
    | Stepped
    | Ended
    | Sold
    | CashBack
    | Undone
    | Paged
    | PrintTaken
    | Returnable
    | Returning
    | ReturnShown
    | Recalled
    | Renamed
    | Offered
    | AccountShown
    | CardInside
    | PinChanged
    | Counting
    | CloseShown
    | DayReopened
    | DayClosed
    | DifferenceClosed
    | Crashed
)
