"""What the journal remembers: one dataclass per kind of record that the till writes.

A fact is public: it names nobody. Who it is about travels beside it (the journal keeps personal fields
in a side table). ``body()`` gives the JSON-ready form; :func:`sale_intent_of` reads the one fact that a
restart needs back as a value. What a cashier's day adds stands in :mod:`settlement.day_facts`. The sender's
kinds (``request_frozen``, ``sending``, ``answered``, ``set_aside``) are written by :mod:`offline_queue.sync`.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, ClassVar, Literal

from settlement.allowance import CardRecord, SaleWrite
from settlement.bill import Benefit, Bill, LeftOut, Line, Venue
from settlement.card_debit import DebitPlan
from settlement.figures import Figures
from settlement.visit import Charge, charge_of

Way = Literal["online", "allowance", "legacy_card"]
"""Who pays the account share: the centre · the card's allowance · a card that debits by itself."""
BY_CARD = frozenset({"allowance", "legacy_card"})
"""The ways of an off-line sale."""
SaleInfno = Literal["2102", "2207"]
VoidInfno = Literal["2103", "2208"]
SALES = frozenset({"2102", "2207"})
"""What settles: a purchase at a pharmacy, a charge of a visit at a clinic."""
_RELEASED_BY: dict[SaleInfno, VoidInfno] = {"2102": "2103", "2207": "2208"}
Which = Literal["first", "late", "again"]
"""Of a slip: printed at its sale · printed for the first time, but later (补打) · printed before, and now once more (重打)."""
Body = dict[str, Any]


_SELDOM = {"rx_level", "chrgitm_lv", "conditions", "controls", "prd_days", "bilg_dr_name"}
"""Members of a bill and its lines that are written only where they say something."""


_ALWAYS = {"psn_type", "deductible_used_fen", "fund_paid_fen", "account_fen"}
"""Members of a benefit that are always written; the others only where they say something."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hotlisted:
    """Which hotlist was looked at, and how old it was; ``age_s`` is None when none was ever received."""

    version: int
    age_s: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One record about the settlement ``subject``."""

    kind: ClassVar[str]
    subject: str

    def body(self) -> Body:
        """Return the public content, JSON-ready."""
        content = asdict(self)
        del content["subject"]
        if "bill" in content:
            _prune(content["bill"])
        return content


@dataclass(frozen=True, slots=True, kw_only=True)
class SaleIntended(Fact):
    """A sale is about to leave the till: everything that a restart, a resend or a doubt needs."""

    kind: ClassVar[str] = "sale_intended"
    way: Way
    at: str
    bill: Bill
    figures: Figures
    left_out: tuple[LeftOut, ...]
    pack: str
    explanation: str
    """Hash of the split's explanation, shown before it was agreed."""
    hotlist: Hotlisted
    reason: str = ""
    """Why it is off-line: the code of what the line said. Empty on-line."""
    card: SaleWrite | DebitPlan | None = None
    """Off-line: the record as read and the debit that will be written, or the one that the card will do by itself."""
    slip: str = ""
    """The cash slip that this settlement redeems (补结算)."""
    draft: str = ""
    """The unfinished bill (未完单) that this sale is of; empty when there is none."""
    charge: Charge | None = None
    """What it charges of a visit at a clinic; None for a sale of goods."""
    benefit: Benefit | None = None
    """On-line: what the centre said of the person and the year, by which it was priced. With the bill and the pack it gives the
    explanation again. None off-line, where the card says only what its allowance holds, and in journals of before."""

    @property
    def infno(self) -> SaleInfno:
        """Return the transaction that settles it."""
        return "2102" if self.charge is None else "2207"

    @property
    def released_by(self) -> VoidInfno:
        """Return the transaction that voids it."""
        return _RELEASED_BY[self.infno]

    @property
    def outside_fen(self) -> int:
        """Cash for lines that left the claim."""
        return sum(line.amount_fen for line in self.left_out)

    def body(self) -> Body:
        """Return the public content with the card's plan in one flat object."""
        content = super(SaleIntended, self).body()
        content["outside_fen"] = self.outside_fen
        if self.benefit is None:
            del content["benefit"]
        else:
            content["benefit"] = {key: value for key, value in content["benefit"].items() if value or key in _ALWAYS}
        if isinstance(self.card, SaleWrite):
            before = asdict(self.card.before)
            content["card"] = {**before, "tags": list(before["tags"]), "tag": self.card.tag, "debit_fen": self.card.debit_fen}
        return content


@dataclass(frozen=True, slots=True, kw_only=True)
class VoidIntended(Fact):
    """A whole settlement is to be released; ``figures`` are the original's, negated."""

    kind: ClassVar[str] = "void_intended"
    at: str
    original: str
    way: Literal["online", "backlog"]
    figures: Figures
    outside_fen: int
    why: str
    infno: VoidInfno = "2103"
    """``2208`` at a clinic."""
    setl_id: str = ""
    """Which settlement it releases, where that is not the one booked for ``original``: it stands at the centre alone."""
    mdtrt_id: str = ""
    """Of that settlement."""

    def body(self) -> Body:
        """Return the public content; what names a settlement of the centre's is written where there is one."""
        content = super(VoidIntended, self).body()
        return content if self.setl_id else {name: value for name, value in content.items() if name not in {"setl_id", "mdtrt_id"}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Done(Fact):
    """The settlement is done here; the journal adds the receipt number in the same transaction."""

    kind: ClassVar[str] = "done"
    infno: SaleInfno | VoidInfno
    figures: Figures
    outside_fen: int
    offline: bool
    late: bool = False
    """Found done after a doubt: never part of a closed shift."""
    differs: bool = False
    """Other figures than those that were shown. Unless it is late, the goods wait for a :class:`DifferenceAnswered`."""
    setl_id: str = ""
    mdtrt_id: str = ""
    tac: str = ""
    """Of a card that debits by itself: its proof to the ledger; empty where it could not be had any more."""

    def body(self) -> Body:
        """Return the public content; a card's proof is written where there is one."""
        content = super(Done, self).body()
        return content if self.tac else {name: value for name, value in content.items() if name != "tac"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused(Fact):
    """The centre refused: nothing moved there."""

    kind: ClassVar[str] = "refused"
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Aborted(Fact):
    """Proved that nothing happened."""

    kind: ClassVar[str] = "aborted"
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubted(Fact):
    """Whether it happened is not known; ``why`` is a code."""

    kind: ClassVar[str] = "doubted"
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GoodsAnswered(Fact):
    """The one answer to "did the goods go out?"."""

    kind: ClassVar[str] = "goods_answered"
    released: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CashTaken(Fact):
    """Cash against the doubt: the customer paid all of it in cash for now."""

    kind: ClassVar[str] = "cash_taken"
    amount_fen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CashSold(Fact):
    """A sale for cash with a slip for later settlement; ``until`` is its last day, empty when there is none."""

    kind: ClassVar[str] = "cash_sale"
    at: str
    bill: Bill
    amount_fen: int
    reason: str
    until: str
    draft: str = ""
    """As in :class:`SaleIntended`."""
    charge: Charge | None = None
    """As in :class:`SaleIntended`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SlipClaimed(Fact):
    """The cash slip ``subject`` is being redeemed by the settlement ``by``."""

    kind: ClassVar[str] = "slip_claimed"
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CashReturned(Fact):
    """Cash handed back to the customer."""

    kind: ClassVar[str] = "cash_returned"
    amount_fen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferenceAnswered(Fact):
    """The customer said yes or no to figures that differ; a no stands in one transaction with the void that releases them."""

    kind: ClassVar[str] = "difference_answered"
    agreed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshIntended(Fact):
    """A granted allowance is about to be written to the card."""

    kind: ClassVar[str] = "refresh_intended"
    at: str
    before: CardRecord
    generation: int
    grant_fen: int
    not_after: str
    tag: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Refreshed(Fact):
    """The new allowance was read back from the card."""

    kind: ClassVar[str] = "refreshed"
    generation: int
    grant_fen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Receivable(Fact):
    """Somebody owes the shop: goods went out and nothing paid for them."""

    kind: ClassVar[str] = "receivable"
    amount_fen: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimByHand(Fact):
    """The void ``subject`` was refused because its settlement is cleared (3203): the refund is claimed at the agency, by a slip."""

    kind: ClassVar[str] = "claim_by_hand"
    original: str
    words: str
    """The centre's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CardSteps(Fact):
    """What was said to card and PSAM before this, without content (:mod:`terminal.cards.trace`): it changes nothing."""

    kind: ClassVar[str] = "card_steps"
    steps: tuple[tuple[int, str, str, str, int, int, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed(Fact):
    """A slip left the printer; ``copy`` is 1 for the first."""

    kind: ClassVar[str] = "printed"
    copy: int
    which: Which = "first"


def _prune(bill: Body) -> None:
    """Leave out what says nothing: most bills have no conditions, and a record is written while the customer waits."""
    for holder in (bill, *bill["lines"]):
        for key in _SELDOM & holder.keys():
            if not holder[key]:
                del holder[key]


def bill_of(body: Body) -> Bill:
    """Return the bill that :meth:`Fact.body` wrote."""
    conditions = tuple(body.get("conditions", ()))
    return Bill(**{**body, "venue": Venue(body["venue"]), "lines": tuple(map(line_of, body["lines"])), "conditions": conditions})


def line_of(body: Body) -> Line:
    """Return the bill line that was written as JSON."""
    lists = {key: tuple(body.get(key, ())) for key in ("drug_trac_codg", "conditions", "controls")}
    return Line(**{**body, **lists})


def record_of(body: Body) -> CardRecord:
    """Return the card record in ``body``; members that are not the record's are ignored."""
    return CardRecord(
        generation=body["generation"],
        counter=body["counter"],
        amount_fen=body["amount_fen"],
        not_after=body["not_after"],
        tags=tuple(body["tags"]),
    )


def sale_intent_of(subject: str, body: Body) -> SaleIntended:
    """Return the intent that :meth:`SaleIntended.body` wrote."""
    card = body["card"]
    return SaleIntended(
        subject=subject,
        way=body["way"],
        at=body["at"],
        bill=bill_of(body["bill"]),
        figures=Figures(**body["figures"]),
        left_out=tuple(LeftOut(**line) for line in body["left_out"]),
        pack=body["pack"],
        explanation=body["explanation"],
        hotlist=Hotlisted(**body["hotlist"]),
        reason=body["reason"],
        card=None if card is None else _plan_of(card),
        slip=body["slip"],
        draft=body.get("draft", ""),
        charge=charge_of(body.get("charge")),
        benefit=None if "benefit" not in body else benefit_of(body["benefit"]),
    )


def _plan_of(body: Body) -> SaleWrite | DebitPlan:
    if "sequence" in body:
        return DebitPlan(**body)
    return SaleWrite(before=record_of(body), tag=body["tag"], debit_fen=body["debit_fen"])


def benefit_of(body: Body) -> Benefit:
    """Return the benefit that :meth:`SaleIntended.body` wrote."""
    pairs = {key: tuple((name, fen) for name, fen in body.get(key, ())) for key in ("deductible_used_at", "paid_toward")}
    return Benefit(**{**body, **pairs, "conditions": tuple(body.get("conditions", ()))})


def void_intent_of(subject: str, body: Body) -> VoidIntended:
    """Return the intent that a ``void_intended`` record holds."""
    return VoidIntended(subject=subject, **{**body, "figures": Figures(**body["figures"])})
