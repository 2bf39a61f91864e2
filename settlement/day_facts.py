"""What a cashier's day adds to the journal: cash as it was given, bills put aside, the close of a day.

Facts as in :mod:`settlement.facts`: public, JSON-ready, written by the till.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from settlement.bill import Bill
from settlement.drugs import Papers
from settlement.errors import Phrase, Refusal, Words
from settlement.facts import Body, Fact
from settlement.figures import Figures
from settlement.money import format_yuan
from settlement.tally import Remaining, Tally, remaining_of, tally_of

TENDER_SHORT = Phrase(
    "TENDER-SHORT",
    zh=Words("应收现金 {due} 元，实收 {received} 元，不够。", "没有记下收款。", "收足后再输入实收金额。", "不要先给货后补钱。"),
    en=Words(
        "{due} yuan of cash is due and {received} was given: too little.",
        "No cash was recorded.",
        "Take the rest and enter what was given.",
        "Do not hand the goods out on a promise.",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tendered(Fact):
    """The cash that a customer gave for the settlement or slip ``subject``, and the change. What is due is booked elsewhere."""

    kind: ClassVar[str] = "tendered"
    received_fen: int
    change_fen: int


def tender(subject: str, *, due_fen: int, received_fen: int) -> Tendered | Refusal:
    """Return what was given and goes back of it, or why it is not enough."""
    if received_fen < due_fen:
        return Refusal(TENDER_SHORT, {"due": format_yuan(due_fen), "received": format_yuan(received_fen)})
    return Tendered(subject=subject, received_fen=received_fen, change_fen=received_fen - due_fen)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispensed(Fact):
    """What was seen on paper for the sale or cash slip ``subject``; a buyer's identity stands beside it, as a person's own."""

    kind: ClassVar[str] = "dispensed"
    written_on: str = ""
    """Day of the prescription, ISO; empty without one."""
    prescription_kind: str = ""
    """``emergency``, ``ordinary``, ``chronic``, ``long_term``."""
    counts_days: int = 0
    supply_days: int = 0
    doctor: str = ""
    pharmacist: str = ""
    """Who reviewed it."""
    proxy: bool = False
    """Whether somebody else than the patient stood at the counter."""


def dispensed(subject: str, papers: Papers) -> Dispensed:
    """Return what the journal keeps in public of ``papers``."""
    seen, proxy = papers.prescription, papers.buyer is not None
    if seen is None:
        return Dispensed(subject=subject, pharmacist=papers.pharmacist, proxy=proxy)
    return Dispensed(
        subject=subject,
        written_on=seen.written_on,
        prescription_kind=seen.kind,
        counts_days=seen.counts_days,
        supply_days=seen.supply_days,
        doctor=seen.doctor,
        pharmacist=papers.pharmacist,
        proxy=proxy,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Adopted(Fact):
    """A settlement that was taken as not done, with goods out and nothing paid, stands at the centre after all: the loss is reversed.

    Its :class:`~settlement.facts.Done` follows in the same transaction, unless it was booked before (off-line, and refused then).
    """

    kind: ClassVar[str] = "adopted"
    setl_id: str
    mdtrt_id: str
    figures: Figures
    """The centre's."""
    loss_fen: int
    """What was booked as lost and is not any more."""
    owed_fen: int
    """What the customer still owes: the cash part of the claim, and what was never claimed."""
    booked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnIntended(Fact):
    """Part of what ``original`` sold comes back: it will be voided whole, and ``bill`` is what is kept and settled anew."""

    kind: ClassVar[str] = "return_intended"
    at: str
    original: str
    bill: Bill


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnEnded(Fact):
    """A partial return is over."""

    kind: ClassVar[str] = "return_ended"
    how: str
    """``resold`` · ``cash`` what is kept was paid in cash · ``full`` nothing was kept · ``not-begun`` the settlement stands."""
    void: str
    by: str
    """The sale or cash slip of what is kept; empty when there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BillHeld(Fact):
    """A bill was put aside (挂单): it outlives the shift, a crash and an upgrade. No card and no person is in it."""

    kind: ClassVar[str] = "bill_held"
    at: str
    operator: str
    label: str
    """What a person recognises it by: its first goods and its amount."""
    bill: Body = field(hash=False)
    """The bill as the till makes and reads it, with what is still open about it."""
    draft: str
    """The unfinished bill (未完单) that it was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BillRecalled(Fact):
    """A held bill is on the screen again (取单), once."""

    kind: ClassVar[str] = "bill_recalled"
    at: str
    operator: str
    draft: str
    """The unfinished bill that it is now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayClosed(Fact):
    """A period of the drawer is closed (日结) and handed over (交接). It is never changed: what is found later is in the next."""

    kind: ClassVar[str] = "day_closed"
    number: int
    """Gap-free per till."""
    at: str
    operator: str
    next_operator: str
    """Code of who takes over; empty when nobody does."""
    after: int
    """The last record of the period before; this one begins behind it."""
    upto: int
    """The last record that is counted."""
    head: str
    """Head of the chain at ``upto``, hex."""
    tally: Tally
    remaining: Remaining
    counts: tuple[int, ...]
    """Each count of the drawer, the last one stands; the first was made without knowing what was expected."""
    expected_fen: int
    difference_fen: int
    """Counted less expected."""
    float_left_fen: int
    """What stays in the drawer; the rest of the last count is taken out."""
    statement: Body | None = field(default=None, hash=False)
    """The day's newest reconciliation with the centre as the close was booked; None when there was none, and in journals of before."""

    @property
    def counted_fen(self) -> int:
        """The cash in the drawer."""
        return self.counts[-1]

    @property
    def taken_out_fen(self) -> int:
        """What the operator hands in."""
        return self.counted_fen - self.float_left_fen


@dataclass(frozen=True, slots=True, kw_only=True)
class DayReopened(Fact):
    """The last close is taken back (反日结): an event with a number of its own. That close stands in the books as it was.

    The cash that was taken out at it is back in the drawer, and the next close counts its period again with what follows.
    """

    kind: ClassVar[str] = "day_reopened"
    number: int
    """The next of the closes' numbers: nothing is closed twice under one."""
    at: str
    operator: str
    why: str
    close: str
    """The close that is taken back."""
    after: int
    """Where the period of the next close begins: where that one's began."""
    float_fen: int
    """What was in the drawer when that period began."""
    last_receipt: str
    """The last receipt before it."""


def day_reopened_of(subject: str, body: Body) -> DayReopened:
    """Return what a ``day_reopened`` record holds."""
    return DayReopened(subject=subject, **body)


def day_closed_of(subject: str, body: Body) -> DayClosed:
    """Return the close that a ``day_closed`` record holds."""
    members = {"tally": tally_of(body["tally"]), "remaining": remaining_of(body["remaining"]), "counts": tuple(body["counts"])}
    return DayClosed(subject=subject, **{**body, **members})
