"""Days at a drawer for the tests of its figures: what a till writes, and the cash that really moves meanwhile."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from hypothesis import strategies as st

from settlement.bill import LeftOut
from settlement.doubt import release
from settlement.facts import (
    Aborted,
    CashReturned,
    CashSold,
    CashTaken,
    DifferenceAnswered,
    Done,
    Doubted,
    Fact,
    GoodsAnswered,
    Refused,
    SaleIntended,
    VoidIntended,
    Way,
)
from settlement.figures import Figures
from settlement.split import ROUNDED_OFF
from settlement.tally import Recorded, Tally, reckon
from tests.settlement.priced_bills import bill, line
from tests.world.explore import AT, HOTLIST


@dataclass(frozen=True, slots=True)
class Noted:
    """One record as a tally reads it."""

    kind: str
    subject: str
    body: dict[str, Any]


def noted(fact: Fact, **added: object) -> Noted:
    """Return a fact as the journal gives it back: through JSON."""
    return Noted(fact.kind, fact.subject, json.loads(json.dumps({**fact.body(), **added})))


def figures(fund: int = 0, account: int = 0, cash: int = 0) -> Figures:
    """Return a claim of three parts."""
    total = fund + account + cash
    person = account + cash
    return Figures(
        medfee_sumamt=total,
        inscp_scp_amt=total,
        hifp_pay=fund,
        fund_pay_sumamt=fund,
        psn_part_amt=person,
        acct_pay=account,
        psn_cash_pay=cash,
    )


def intent(subject: str, claim: Figures, *, outside: int = 0, off: int = 0, way: Way = "online", slip: str = "") -> SaleIntended:
    """Return the intent of a sale with ``outside`` fen left out of the claim and ``off`` rounded off."""
    left = LeftOut(feedetl_sn="2", amount_fen=outside, code="GOODS-NOT-PERMITTED", zh="", en="")
    rounded = LeftOut(feedetl_sn="", amount_fen=-off, code=ROUNDED_OFF, zh="", en="")
    return SaleIntended(
        subject=subject,
        way=way,
        at=AT,
        bill=bill(line(1)),
        figures=claim,
        left_out=(*([left] if outside else []), *([rounded] if off else [])),
        pack="990900/2023-01-01",
        explanation="",
        hotlist=HOTLIST,
        slip=slip,
    )


class Journal:
    """What a till wrote, and the cash that really moved meanwhile."""

    def __init__(self) -> None:
        self.records: list[Noted] = []
        self.cash_fen = 0
        self.cuts = [0]
        """Between which records a day may be closed: not inside a checkout."""
        self._receipts = 0
        self._subjects = 0

    def named(self) -> str:
        """Return the next subject."""
        self._subjects += 1
        return f"S{self._subjects}"

    def write(self, *facts: Fact) -> None:
        """Append facts; what is done gets its receipt."""
        for fact in facts:
            if isinstance(fact, Done):
                self._receipts += 1
                self.records.append(noted(fact, receipt=f"01-1-{self._receipts:06d}"))
            else:
                self.records.append(noted(fact))

    def pause(self) -> None:
        """Let the day be closed here."""
        self.cuts.append(len(self.records))


def booked(sale: SaleIntended, *, late: bool = False, differs: bool = False) -> Done:
    """Return the booking of a sale; ``differs``: the customer saw other figures, and has to agree."""
    return Done(
        subject=sale.subject,
        infno="2102",
        figures=sale.figures,
        outside_fen=sale.outside_fen,
        offline=sale.way == "allowance",
        late=late,
        differs=differs,
    )


def undone(void: VoidIntended, *, late: bool = False) -> Done:
    """Return the booking of a void whose parts the centre left null."""
    null = Figures(medfee_sumamt=void.figures.medfee_sumamt)
    return Done(subject=void.subject, infno="2103", figures=null, outside_fen=void.outside_fen, offline=void.way == "backlog", late=late)


def due(sale: SaleIntended) -> int:
    """Return the cash of a sale."""
    return sale.figures.psn_cash_pay + sale.outside_fen


def sell(journal: Journal, sale: SaleIntended) -> SaleIntended:
    """Sell, and take the cash."""
    journal.write(sale, booked(sale))
    journal.cash_fen += due(sale)
    return sale


def sell_voided(journal: Journal, sale: SaleIntended) -> None:
    """Sell, and void it for the customer later."""
    sell(journal, sale)
    journal.pause()
    void = VoidIntended(
        subject=journal.named(),
        at=AT,
        original=sale.subject,
        way="online",
        figures=sale.figures.negated(),
        outside_fen=-sale.outside_fen,
        why="customer",
    )
    journal.write(void)
    journal.pause()
    journal.write(undone(void, late=sale.way == "allowance"))
    journal.cash_fen -= due(sale)


def sell_for_cash(journal: Journal, sale: SaleIntended) -> None:
    """Sell for cash with a slip, and settle it later."""
    sold = replace(bill(line(1, pric_e6=(sale.figures.medfee_sumamt + 7) * 10_000)), cash_step_fen=10)
    slip = CashSold(subject=journal.named(), at=AT, bill=sold, amount_fen=sold.cash_total_fen, reason="", until="2026-04-01")
    journal.write(slip)
    journal.cash_fen += slip.amount_fen
    journal.pause()
    redeeming = replace(sale, slip=slip.subject)
    journal.write(redeeming)
    back_fen = slip.amount_fen - due(redeeming)
    journal.write(booked(redeeming))
    journal.pause()
    journal.write(CashReturned(subject=slip.subject, amount_fen=back_fen))
    journal.cash_fen -= back_fen


def doubt_adopted(journal: Journal, sale: SaleIntended) -> None:
    """Doubt a sale whose goods went out; it is found done."""
    journal.write(sale, Doubted(subject=sale.subject, why="timeout"), GoodsAnswered(subject=sale.subject, released=True))
    journal.pause()
    journal.write(booked(sale, late=True))
    journal.cash_fen += due(sale)


def doubt_paid_in_cash(journal: Journal, sale: SaleIntended) -> None:
    """Doubt a sale, take cash against it; it is found done and released, and the cash stands."""
    journal.write(sale, Doubted(subject=sale.subject, why="timeout"), CashTaken(subject=sale.subject, amount_fen=4321))
    journal.cash_fen += 4321
    journal.pause()
    void = release(sale, sale.figures, at=AT, void_id=journal.named(), why="cash-stands")
    journal.write(booked(sale, late=True), void)
    journal.pause()
    journal.write(undone(void, late=True))


def doubt_that_was_nothing(journal: Journal, sale: SaleIntended) -> None:
    """Doubt a sale, take cash against it; it is found not done, and was a cash sale."""
    journal.write(sale, Doubted(subject=sale.subject, why="timeout"), CashTaken(subject=sale.subject, amount_fen=1234))
    journal.cash_fen += 1234
    journal.pause()
    journal.write(Aborted(subject=sale.subject, why="refused"))


def difference_declined(journal: Journal, sale: SaleIntended) -> None:
    """Book the centre's figures, which the customer declines: released, nothing was paid."""
    journal.write(sale, booked(sale, differs=True))
    journal.pause()
    void = _declined(journal, sale)
    journal.pause()
    journal.write(undone(void))


def difference_declined_before(journal: Journal, sale: SaleIntended) -> None:
    """Decline as a journal has it that did not note the difference."""
    journal.write(sale, booked(sale))
    void = _declined(journal, sale)
    journal.pause()
    journal.write(undone(void))


def difference_agreed(journal: Journal, sale: SaleIntended) -> None:
    """Book the centre's figures, to which the customer agrees and pays, perhaps on another day."""
    journal.write(sale, booked(sale, differs=True))
    journal.pause()
    journal.write(DifferenceAnswered(subject=sale.subject, agreed=True))
    journal.cash_fen += due(sale)


def difference_agreed_at_last(journal: Journal, sale: SaleIntended) -> None:
    """Decline, have the void refused, and agree after all; then bring the goods back."""
    journal.write(sale, booked(sale, differs=True))
    journal.pause()
    void = _declined(journal, sale)
    journal.pause()
    journal.write(Refused(subject=void.subject, words="已清算"))
    journal.pause()
    journal.write(DifferenceAnswered(subject=sale.subject, agreed=True))
    journal.cash_fen += due(sale)
    journal.pause()
    brought_back = replace(void, subject=journal.named(), why="customer")
    journal.write(brought_back)
    journal.pause()
    journal.write(undone(brought_back))
    journal.cash_fen -= due(sale)


def difference_of_a_slip(journal: Journal, sale: SaleIntended) -> None:
    """Settle a slip later with other figures: only what was paid too much passes the drawer, when the customer agrees."""
    slip = CashSold(subject=journal.named(), at=AT, bill=bill(line(1)), amount_fen=due(sale) + 5, reason="", until="2026-04-01")
    journal.write(slip)
    journal.cash_fen += slip.amount_fen
    redeeming = replace(sale, slip=slip.subject)
    journal.write(redeeming, booked(redeeming, differs=True))
    journal.pause()
    journal.write(DifferenceAnswered(subject=sale.subject, agreed=True), CashReturned(subject=slip.subject, amount_fen=5))
    journal.cash_fen -= 5


def _declined(journal: Journal, sale: SaleIntended) -> VoidIntended:
    void = release(sale, sale.figures, at=AT, void_id=journal.named(), why="goods-kept")
    journal.write(DifferenceAnswered(subject=sale.subject, agreed=False), void)
    return void


SCENES = (
    sell,
    sell_voided,
    sell_for_cash,
    doubt_adopted,
    doubt_paid_in_cash,
    doubt_that_was_nothing,
    difference_declined,
    difference_declined_before,
    difference_agreed,
    difference_agreed_at_last,
    difference_of_a_slip,
)
AMOUNTS = st.integers(0, 100_00)


@st.composite
def journals(draw: st.DrawFn) -> Journal:
    """Return a till's records, scene after scene."""
    journal = Journal()
    for scene in draw(st.lists(st.sampled_from(SCENES), max_size=12)):
        claim = figures(draw(AMOUNTS), draw(AMOUNTS), draw(AMOUNTS) + 1)
        outside, way = draw(AMOUNTS), draw(st.sampled_from(("online", "allowance")))
        off = draw(st.integers(0, min(99, outside + claim.psn_cash_pay)))
        scene(journal, intent(journal.named(), claim, outside=outside, off=off, way=way))  # type: ignore[arg-type]
        journal.pause()
    return journal


def closes(journal: Journal, cuts: Sequence[int], float_fen: int = 0) -> list[Tally]:
    """Close at each cut; what was expected is left in the drawer."""
    tallies: list[Tally] = []
    after, last_receipt = 0, ""
    for upto in (*cuts, len(journal.records)):
        past = journal.records[:after]

        def earlier(subject: str, past: list[Noted] = past) -> Sequence[Recorded]:
            return [record for record in past if record.subject == subject]

        tally = reckon(journal.records[after:upto], earlier, float_fen=float_fen, last_receipt=last_receipt)
        tallies.append(tally)
        after, float_fen, last_receipt = upto, tally.expected_fen, tally.last_receipt
    return tallies
