"""What the screen asks of the desk, and the door between the two: orders and answers in, nothing shared."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from queue import SimpleQueue
from typing import TYPE_CHECKING

from settlement.bill import Bill
from settlement.drugs import NO_PAPERS, Papers
from settlement.pin_facts import PinWork
from terminal.open_bill import OpenBill
from terminal.open_visit import Ordered, Registering
from terminal.person import Answer
from terminal.screen.pin_entry import wipe

if TYPE_CHECKING:
    from terminal.certificates import Shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """The figures that were on the screen when F8 was pressed: only these are settled without asking again."""

    movements: tuple[int, int, int, int]
    """Total, fund, account, cash of the claim, fen."""
    cash_due_fen: int
    arrival: int
    """Whose card they were shown for (:attr:`terminal.screen.news.PersonShown.arrival`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sell:
    """Settle this bill; ``by_card`` with the card in the reader, else for cash."""

    bill: Bill
    draft: str
    """Identifier of the open bill that it was made from."""
    by_card: bool
    agreed: Agreed | None = None
    received_fen: int = 0
    """Cash that was handed over; 0 = not counted."""
    registering: Registering | None = None
    """The visit that it opens."""
    ordered: Ordered | None = None
    """The visit that it charges."""
    papers: Papers = NO_PAPERS
    """What was seen for its drugs."""


@dataclass(frozen=True, slots=True)
class Void:
    """Undo a settlement of today."""

    subject: str
    reason: int


@dataclass(frozen=True, slots=True)
class ListLines:
    """Show what a settlement sold, so that a part of it can come back."""

    subject: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveBack:
    """Return a part of a settlement: price it, or carry it out where what it comes to was ``agreed``."""

    subject: str
    returned: tuple[tuple[str, int], ...]
    """(feedetl_sn, quantity 10⁻⁴)."""
    agreed: Agreed | None = None


@dataclass(frozen=True, slots=True)
class Later:
    """Turn a cash slip into a settlement (补结算)."""

    slip: str


@dataclass(frozen=True, slots=True)
class LookAgain:
    """Try to resolve a doubt that stands beside the work."""

    subject: str


@dataclass(frozen=True, slots=True)
class SaveDraft:
    """Keep the unfinished bill; an empty one is forgotten."""

    bill: OpenBill


@dataclass(frozen=True, slots=True)
class Hold:
    """Put the bill aside."""

    bill: OpenBill


@dataclass(frozen=True, slots=True)
class Recall:
    """Bring a held bill back; empty = the only one, or the list."""

    subject: str = ""


@dataclass(frozen=True, slots=True)
class TakeBill:
    """Ask for the next bill of another program: the screen is free. It is taken when it is kept (:class:`SaveDraft`)."""


@dataclass(frozen=True, slots=True)
class ListVoids:
    """Show what of today may be voided, or of any day what ``wanted`` names: the last six digits of a number, or a receipt."""

    wanted: str = ""


@dataclass(frozen=True, slots=True)
class ShowAccount:
    """Show account and history of the person whose card is in."""


@dataclass(frozen=True, slots=True)
class ReadInside:
    """Show what the card carries behind its PIN."""


@dataclass(frozen=True, slots=True)
class ChangePin:
    """Have something done to the card's PIN; for all but the change the clerk has seen who its holder is."""

    work: PinWork


@dataclass(frozen=True, slots=True)
class Present:
    """Take a certificate in place of the card, until the next settlement or card."""

    shown: Shown


@dataclass(frozen=True, slots=True)
class PutAside:
    """Forget the certificate that was taken."""


@dataclass(frozen=True, slots=True)
class ReadCard:
    """Read the card again, and have the sender try at once."""


@dataclass(frozen=True, slots=True)
class ListSlips:
    """List the slips that are missing and those of today, or what a number on a slip names."""

    wanted: str = ""


@dataclass(frozen=True, slots=True)
class Reprint:
    """Print a slip that is missing (补打), or one more (重打) for ``again``."""

    subject: str
    again: bool


@dataclass(frozen=True, slots=True)
class BeginClose:
    """Begin the day's close: the drawer is counted before anything is shown."""


@dataclass(frozen=True, slots=True)
class ReopenDay:
    """Take the last close back, as an event with a number of its own."""


@dataclass(frozen=True, slots=True)
class CountDrawer:
    """The cash that was counted."""

    counted_fen: int


@dataclass(frozen=True, slots=True)
class CloseDay:
    """Book the close and hand over to the next operator (empty = the same)."""

    next_operator: str = ""


@dataclass(frozen=True, slots=True)
class CloseDifference:
    """Close a difference with the centre in one of its ways."""

    subject: str
    how: str


@dataclass(frozen=True, slots=True)
class Leave:
    """The till is being closed."""


Order = (
    Sell
    | Void
    | ListLines
    | GiveBack
    | Later
    | LookAgain
    | SaveDraft
    | Hold
    | Recall
    | TakeBill
    | ListVoids
    | ShowAccount
    | ReadInside
    | ChangePin
    | Present
    | PutAside
    | ReadCard
    | ListSlips
    | Reprint
    | BeginClose
    | CountDrawer
    | ReopenDay
    | CloseDay
    | CloseDifference
    | Leave
)


class Door:
    """Between the screen's thread and the desk's. Orders wait while the desk still opens, so no key is lost."""

    def __init__(self) -> None:
        self.orders: SimpleQueue[Order] = SimpleQueue()
        self.answers: SimpleQueue[tuple[Answer, int]] = SimpleQueue()
        self.pins: SimpleQueue[bytearray | None] = SimpleQueue()
        self._pin_wanted = False
        self._pin_lock = threading.Lock()
        self.left = threading.Event()
        """Set when the till is being closed: what waits for a person ends then."""

    def order(self, order: Order) -> None:
        """Ask something of the desk."""
        self.orders.put(order)

    def leave(self) -> None:
        """Close the till: what waits for a person ends without moving anything."""
        self.left.set()
        self.order(Leave())

    def answer(self, answer: Answer, received_fen: int = 0) -> None:
        """Answer what the driver asked; ``received_fen`` is the cash that was put down for it."""
        self.answers.put((answer, received_fen))

    def want_pin(self, *, wanted: bool) -> None:
        """Begin or end to take digits; what nobody took is wiped."""
        with self._pin_lock:
            self._pin_wanted = wanted
            while not self.pins.empty():
                wipe(self.pins.get())

    def give_pin(self, pin: bytearray | None) -> None:
        """Hand the digits over, to be wiped by who uses them; None = not given. Digits that nobody waits for are wiped here."""
        with self._pin_lock:
            if self._pin_wanted:
                self.pins.put(pin)
            else:
                wipe(pin)
