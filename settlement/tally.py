"""What a period of one drawer came to: the figures of a day's close (日结), from the journal's records alone.

A period is what the journal says between two closes. The drawer's rule: the cash that must be in it is what was
in it, plus the cash of sales, of cash slips and against doubts, less what went back to customers. Cash of a
settlement that redeems a slip was taken with the slip, and cash of one that was released again because nobody
wanted it was never taken: neither passes the drawer a second time. Cash of one whose figures differ is taken when
the customer agrees to them, which may be in a later period.

Amounts in fen; voids are negative.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Protocol

from settlement.by_hand import DifferenceClosed
from settlement.facts import (
    SALES,
    CashReturned,
    CashSold,
    CashTaken,
    DifferenceAnswered,
    Done,
    Doubted,
    Printed,
    Receivable,
    SaleIntended,
    VoidIntended,
    bill_of,
)
from settlement.figures import Figures

Body = dict[str, Any]
_NEVER_PAID = frozenset({"goods-kept", "cash-stands", "stands-alone"})
"""Why a void releases what nobody paid (:func:`settlement.doubt.release`); any other gives the cash back."""


class Recorded(Protocol):
    """One record of the journal, as far as a tally reads it."""

    @property
    def kind(self) -> str:
        """What it says."""

    @property
    def subject(self) -> str:
        """What it is about."""

    @property
    def body(self) -> Body:
        """Its public content."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One kind of business of a period."""

    count: int = 0
    total_fen: int = 0
    """What was claimed."""
    fund_fen: int = 0
    account_fen: int = 0
    cash_fen: int = 0
    """The persons' cash within the claims."""
    outside_fen: int = 0
    """Cash for what left the claims or was never claimed, before it was rounded down."""
    rounded_off_fen: int = 0
    """抹零: cash that was not collected."""
    not_moved_fen: int = 0
    """Of that cash, what did not pass the drawer with this row."""

    @property
    def drawer_fen(self) -> int:
        """What the row brought into the drawer."""
        return self.cash_fen + self.outside_fen - self.rounded_off_fen - self.not_moved_fen

    def plus(self, other: Row) -> Row:
        """Return both in one row."""
        return Row(**{member.name: getattr(self, member.name) + getattr(other, member.name) for member in fields(Row)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """One settlement that a close names by its number."""

    subject: str
    amount_fen: int
    what: str
    """A code: what kind it is, why it is owed, or how it ended."""
    earlier: bool = False
    """Whether it began in a period that is closed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One bill that was put aside."""

    subject: str
    label: str
    at: str
    operator: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """A period in figures."""

    float_fen: int
    """备用金: what was in the drawer when the period began."""
    online: Row = Row()
    offline: Row = Row()
    late_sales: Row = Row()
    """Booked when a doubt was resolved: in none of the rows above, whichever way they went."""
    slips: Row = Row()
    """Cash slips."""
    voids: Row = Row()
    late_voids: Row = Row()
    """Booked when nobody waited for them."""
    doubt_cash_fen: int = 0
    """Cash against doubts."""
    agreed_fen: int = 0
    """Cash of settlements of a closed period whose difference was agreed to in this one."""
    returned_fen: int = 0
    """Cash handed back against slips that became settlements."""
    receipts: int = 0
    first_receipt: str = ""
    last_receipt: str = ""
    """Carried on from the period before when this one has none."""
    missing_receipts: tuple[str, ...] = ()
    reprints: int = 0
    late_prints: int = 0
    """First copies that left the printer after the fact (补打)."""
    receivables: tuple[Named, ...] = ()
    rejected: tuple[Named, ...] = ()
    """Off-line sales that the centre refused afterwards, with what fund and account were to pay."""
    resolved: tuple[Named, ...] = ()
    """Doubts that ended in this period: ``done``, ``void`` or ``not-done``. They change no period that is closed."""

    @property
    def sales(self) -> Row:
        """All settlements, whichever way and whenever they were booked."""
        return self.online.plus(self.offline).plus(self.late_sales)

    @property
    def all_voids(self) -> Row:
        """All voids."""
        return self.voids.plus(self.late_voids)

    @property
    def expected_fen(self) -> int:
        """The cash that must be in the drawer."""
        taken = self.sales.drawer_fen + self.slips.drawer_fen + self.doubt_cash_fen + self.agreed_fen
        return self.float_fen + taken + self.all_voids.drawer_fen - self.returned_fen


@dataclass(frozen=True, slots=True, kw_only=True)
class Remaining:
    """What is open when a period ends, and goes on to whoever comes next."""

    doubts: tuple[Named, ...] = ()
    """``sale`` or ``void``; their amounts are in no row of the tally."""
    differences: tuple[Named, ...] = ()
    """Settled with other figures than were shown, and nobody has said yes or no: in the tally, without cash in the drawer."""
    holds: tuple[Held, ...] = ()
    unsent: int = 0
    set_aside: int = 0
    """Of those, the ones that a person must look at."""
    oldest_unsent: str = ""
    """When the oldest was booked, ISO; empty when none waits."""
    unprinted: int = 0
    """Slips that were never printed."""


Earlier = Callable[[str], Sequence[Recorded]]
"""The records about a subject from before the period."""


def reckon(records: Sequence[Recorded], earlier: Earlier, *, float_fen: int, last_receipt: str = "") -> Tally:
    """Return what ``records``, a whole period oldest first, come to."""
    reckoning = _Reckoning(records, earlier)
    for record in records:
        reckoning.take(record)
    return reckoning.tally(float_fen, last_receipt)


@dataclass(slots=True)
class _Reckoning:
    """One period while it is being read."""

    records: Sequence[Recorded]
    earlier: Earlier
    rows: dict[str, Row] = field(default_factory=dict)
    receipts: list[str] = field(default_factory=list)
    named: dict[str, list[Named]] = field(default_factory=dict)
    amounts: dict[str, int] = field(default_factory=dict)
    booked: dict[str, Body] = field(default_factory=dict)
    doubted: set[str] = field(default_factory=set)
    adopted: set[str] = field(default_factory=set)
    """Written off before, and found at the centre: nobody pays cash for them now."""
    intents: dict[str, Body] = field(init=False)
    unwanted: set[str] = field(init=False)
    """Settlements that were released because nobody wanted them."""
    agreed: set[str] = field(init=False)
    """Settlements to whose difference somebody said yes."""

    def __post_init__(self) -> None:
        kinds = {SaleIntended.kind, VoidIntended.kind}
        self.intents = {record.subject: record.body for record in self.records if record.kind in kinds}
        self.unwanted = {body["original"] for body in self.intents.values() if body.get("original") and body["why"] in _NEVER_PAID}
        self.agreed = {record.subject for record in self.records if record.kind == DifferenceAnswered.kind and record.body["agreed"]}

    def take(self, record: Recorded) -> None:  # noqa: C901 - one case a kind
        subject, body = record.subject, record.body
        match record.kind:
            case Done.kind:
                self._book(subject, body)
            case CashSold.kind:
                self._add("slips", _slip(body))
            case CashTaken.kind | CashReturned.kind:
                self._sum(record.kind, body["amount_fen"])
            case DifferenceAnswered.kind if body["agreed"] and subject not in self.booked:
                self._sum("agreed", self._agreed_fen(subject))
            case Doubted.kind:
                self.doubted.add(subject)
            case "aborted" | "refused":
                self._ended(subject)
            case "answered":
                self._answered(subject, body)
            case "adopted":
                self.adopted.add(subject)
                self._name("receivables", Named(subject=subject, amount_fen=-body["loss_fen"], what="adopted", earlier=True))
            case DifferenceClosed.kind if body["owed_fen"]:
                msgid = body["row"]["msgid"] or body["row"]["setl_id"]
                self._name("receivables", Named(subject=msgid, amount_fen=body["owed_fen"], what=body["how"], earlier=True))
            case Receivable.kind:
                self._name("receivables", Named(subject=subject, amount_fen=body["amount_fen"], what=body["why"]))
            case Printed.kind:
                self._sum({"again": "reprints", "late": "late_prints"}.get(body["which"], "first_prints"), 1)

    def tally(self, float_fen: int, last_receipt: str) -> Tally:
        last = self.receipts[-1] if self.receipts else last_receipt
        members: dict[str, Any] = {**self.rows, **{name: tuple(found) for name, found in self.named.items()}}
        return Tally(
            float_fen=float_fen,
            doubt_cash_fen=self.amounts.get(CashTaken.kind, 0),
            agreed_fen=self.amounts.get("agreed", 0),
            returned_fen=self.amounts.get(CashReturned.kind, 0),
            receipts=len(self.receipts),
            first_receipt=self.receipts[0] if self.receipts else "",
            last_receipt=last,
            missing_receipts=tuple(_missing(last_receipt, self.receipts)),
            reprints=self.amounts.get("reprints", 0),
            late_prints=self.amounts.get("late_prints", 0),
            **members,
        )

    def _book(self, subject: str, body: Body) -> None:
        self.booked[subject] = body
        self.receipts.append(body["receipt"])
        intent = self._intent(subject)
        void = "original" in intent
        # A centre may leave parts of a reversal null: what was undone is what the intent says.
        figures = intent["figures"] if void else body["figures"]
        stray = void and intent.get("setl_id", "")
        left_out = () if stray else (self._intent(intent["original"]) if void else intent)["left_out"]
        row = _row(figures, left_out, sign=-1 if void else 1)
        unpaid = subject in self.adopted or (not void and (bool(intent["slip"]) or not self._wanted(subject, body)))
        unmoved = intent["why"] in _NEVER_PAID if void else unpaid
        row = row.plus(Row(not_moved_fen=row.drawer_fen if unmoved else 0))
        late = body["late"]
        if void:
            self._add("late_voids" if late else "voids", row)
        else:
            self._add("late_sales" if late else "offline" if body["offline"] else "online", row)
        if late:
            self._resolve(subject, figures["medfee_sumamt"], "void" if void else "done")

    def _wanted(self, subject: str, body: Body) -> bool:
        """Whether a sale was paid when this period ended: one that differs, by a yes alone."""
        return subject in self.agreed or (subject not in self.unwanted and not _waits(body))

    def _agreed_fen(self, subject: str) -> int:
        """Return the cash of a sale of a closed period that was not paid for before its difference was agreed to."""
        booked = next((record.body for record in self.earlier(subject) if record.kind == Done.kind), None)
        intent = self._intent(subject)
        if booked is None or not _waits(booked) or intent["slip"]:
            return 0
        return _row(booked["figures"], intent["left_out"], sign=1).drawer_fen

    def _ended(self, subject: str) -> None:
        """Name a doubt that turned out to be nothing."""
        before = [] if subject in self.intents else self.earlier(subject)
        if subject in self.doubted or any(record.kind == Doubted.kind for record in before):
            self._resolve(subject, self._intent(subject)["figures"]["medfee_sumamt"], "not-done")

    def _answered(self, subject: str, body: Body) -> None:
        """Look at what the centre said of a sale that was booked off-line before."""
        if body["infno"] not in SALES or body["outcome"] not in {"accepted", "rejected"}:
            return
        booked = self.booked.get(subject)
        if booked is None and subject not in self.intents:
            booked = next((record.body for record in self.earlier(subject) if record.kind == Done.kind), None)
        if booked is None or not booked["offline"]:
            return
        figures = booked["figures"]
        earlier = subject not in self.intents
        if body["outcome"] == "rejected":
            owed_fen = figures["fund_pay_sumamt"] + figures["acct_pay"] + figures["acct_mulaid_pay"]
            self._name("rejected", Named(subject=subject, amount_fen=owed_fen, what=body["words"], earlier=earlier))
            return
        difference_fen = body["figures"]["psn_cash_pay"] - figures["psn_cash_pay"]
        if difference_fen:
            self._name("receivables", Named(subject=subject, amount_fen=difference_fen, what="difference", earlier=earlier))

    def _intent(self, subject: str) -> Body:
        if subject not in self.intents:
            kinds = {SaleIntended.kind, VoidIntended.kind}
            return next(record.body for record in self.earlier(subject) if record.kind in kinds)
        return self.intents[subject]

    def _resolve(self, subject: str, amount_fen: int, what: str) -> None:
        self._name("resolved", Named(subject=subject, amount_fen=amount_fen, what=what, earlier=subject not in self.intents))

    def _add(self, name: str, row: Row) -> None:
        self.rows[name] = self.rows.get(name, Row()).plus(row)

    def _sum(self, name: str, amount: int) -> None:
        self.amounts[name] = self.amounts.get(name, 0) + amount

    def _name(self, name: str, one: Named) -> None:
        self.named.setdefault(name, []).append(one)


def _waits(booked: Body) -> bool:
    """Whether a booking waits for a yes. Journals of before do not say so: there it counts as paid."""
    return bool(booked.get("differs")) and not booked["late"]


def _row(figures: Body, left_out: Iterable[Body], *, sign: int) -> Row:
    total_fen, fund_fen, account_fen, cash_fen = Figures(**figures).movements()
    amounts = [line["amount_fen"] for line in left_out]
    return Row(
        count=1,
        total_fen=total_fen,
        fund_fen=fund_fen,
        account_fen=account_fen,
        cash_fen=cash_fen,
        outside_fen=sign * sum(amount for amount in amounts if amount > 0),
        rounded_off_fen=-sign * sum(amount for amount in amounts if amount < 0),
    )


def _slip(body: Body) -> Row:
    total_fen = bill_of(body["bill"]).total_fen
    return Row(count=1, outside_fen=total_fen, rounded_off_fen=total_fen - body["amount_fen"])


def _missing(before: str, receipts: Iterable[str]) -> Iterable[str]:
    """Find the numbers that were skipped: they run without a gap within a till's epoch."""
    place, _, number = before.rpartition("-")
    last = int(number or 0)
    for receipt in receipts:
        here, _, number = receipt.rpartition("-")
        if here != place:
            place, last = here, 0
        yield from (f"{here}-{skipped:06d}" for skipped in range(last + 1, int(number)))
        last = int(number)


def tally_of(body: Body) -> Tally:
    """Return the tally that a ``day_closed`` record holds."""
    rows = {name: Row(**value) for name, value in body.items() if isinstance(value, dict)}
    named = {name: tuple(Named(**one) for one in body[name]) for name in ("receivables", "rejected", "resolved")}
    return Tally(**{**body, **rows, **named, "missing_receipts": tuple(body["missing_receipts"])})


def remaining_of(body: Body) -> Remaining:
    """Return what a ``day_closed`` record hands over."""
    holds = tuple(Held(**one) for one in body["holds"])
    named = {name: tuple(Named(**one) for one in body.get(name, ())) for name in ("doubts", "differences")}
    return Remaining(**{**body, **named, "holds": holds})
