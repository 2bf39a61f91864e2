"""What another program is told of its bill: every standing, with the bill here or gone, against the table of docs/bill-format.md."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from itertools import count
from pathlib import Path

import pytest

from offline_queue.journal import Entry, Journal, Restored
from settlement.doubt import release
from settlement.facts import (
    Aborted,
    CashSold,
    CashTaken,
    DifferenceAnswered,
    Done,
    Doubted,
    Fact,
    GoodsAnswered,
    Receivable,
    Refused,
    SaleIntended,
    SlipClaimed,
)
from settlement.tally import Held
from terminal import drafts, handed_in, holds, transaction
from terminal.bookkeeping import Owner, entries
from terminal.open_bill import OpenBill
from terminal.paper.content import Slips
from terminal.paper.slip import Issuer
from tests.counter.goods import AT, Pharmacy
from tests.journal.entries import PERSON, Hand, opened
from tests.settlement.drawer_days import figures, intent

DOC = Path(__file__).parents[2] / "docs" / "bill-format.md"
SOMEBODY = Owner(certno=PERSON["certno"], psn_name=PERSON["psn_name"])
CLAIM, OTHER = figures(cash=1235), figures(account=1235)
LINE = {"name": "演示片", "code": "A001", "price": "12.35", "class": "01", "kind": "国药准字"}
NUMBERS, EPOCHS = count(1), count(2)
Written = Callable[[SaleIntended], tuple[Fact, ...]]


def done(sale: SaleIntended, *, late: bool = False, differs: bool = False) -> Done:
    """Return the fact that books a sale, with other figures than were shown where it ``differs``."""
    return Done(
        subject=sale.subject,
        infno="2102",
        figures=OTHER if differs else sale.figures,
        outside_fen=0,
        offline=sale.way == "allowance",
        late=late,
        differs=differs,
    )


def void(sale: SaleIntended) -> tuple[Fact, Fact]:
    """Return a void of a sale, and that it is done."""
    intended = release(sale, sale.figures, at=AT, void_id=f"V{sale.subject}", why="customer")
    booked = Done(subject=intended.subject, infno="2103", figures=intended.figures, outside_fen=0, offline=False)
    return intended, booked


def doubted(sale: SaleIntended, *more: Fact) -> tuple[Fact, ...]:
    """Return a doubt about a sale, and what came after it."""
    return (Doubted(subject=sale.subject, why="x"), *more)


def nothing_more(sale: SaleIntended) -> tuple[Fact, ...]:
    """Return what follows while the centre decides."""
    del sale
    return ()


STANDINGS: dict[str, list[Written]] = {
    "intended": [nothing_more],
    "in doubt": [doubted, lambda sale: doubted(sale, GoodsAnswered(subject=sale.subject, released=True))],
    "in doubt, and cash was taken": [lambda sale: doubted(sale, CashTaken(subject=sale.subject, amount_fen=1235))],
    "refused, or proved not done": [
        lambda sale: (Refused(subject=sale.subject, words="不符合规定"),),
        lambda sale: (Aborted(subject=sale.subject, why="unreachable"),),
        lambda sale: doubted(sale, Aborted(subject=sale.subject, why="unreachable")),
        lambda sale: doubted(
            sale,
            GoodsAnswered(subject=sale.subject, released=True),
            Refused(subject=sale.subject, words=""),
            Receivable(subject=sale.subject, amount_fen=1235, why="refused"),
        ),
    ],
    "refused, or proved not done, and cash was taken": [
        lambda sale: doubted(sale, CashTaken(subject=sale.subject, amount_fen=1235), Refused(subject=sale.subject, words="")),
        lambda sale: doubted(sale, CashTaken(subject=sale.subject, amount_fen=1235), Aborted(subject=sale.subject, why="x")),
    ],
    "settled": [
        lambda sale: (done(sale),),
        lambda sale: doubted(sale, GoodsAnswered(subject=sale.subject, released=True), done(sale, late=True)),
        lambda sale: (done(sale, differs=True), DifferenceAnswered(subject=sale.subject, agreed=True)),
        lambda sale: (done(sale), void(sale)[0]),
    ],
    "settled with other figures, not answered": [lambda sale: (done(sale, differs=True),)],
    "settled with other figures, declined": [
        lambda sale: (done(sale, differs=True), DifferenceAnswered(subject=sale.subject, agreed=False), void(sale)[0]),
        lambda sale: (done(sale, differs=True), DifferenceAnswered(subject=sale.subject, agreed=False), *void(sale)),
    ],
    "found settled, the goods were kept": [
        lambda sale: doubted(sale, GoodsAnswered(subject=sale.subject, released=False), done(sale, late=True), void(sale)[0]),
        lambda sale: doubted(sale, GoodsAnswered(subject=sale.subject, released=False), done(sale, late=True), *void(sale)),
    ],
    "found settled, and cash was taken": [
        lambda sale: doubted(sale, CashTaken(subject=sale.subject, amount_fen=1235), done(sale, late=True), void(sale)[0]),
        lambda sale: doubted(sale, CashTaken(subject=sale.subject, amount_fen=1235), done(sale, late=True), *void(sale)),
    ],
    "voided": [lambda sale: (done(sale), *void(sale))],
}
"""How a settlement comes to stand as the table says; the two rows that are none of these have tests of their own."""


@pytest.fixture(name="journal", scope="module")
def _journal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Journal]:
    with opened(tmp_path_factory.mktemp("outcomes")) as till:
        yield till


def told(journal: Journal, number: str) -> transaction.Answer:
    """Return what the other program is told."""
    slips = Slips(journal, Hand(), Issuer(fixmedins_name="演示大药房", operator="01"))
    return transaction.of_bill(journal, (slips, 32), journal.directory, number)


def outcome(journal: Journal, number: str) -> str:
    """Return the outcome alone."""
    return str(told(journal, number)["outcome"])


def write(journal: Journal, *facts: Fact) -> None:
    """Commit facts, one after the other."""
    for fact in facts:
        journal.commit(entries((fact,), SOMEBODY))


def handed(journal: Journal) -> OpenBill:
    """Hand a bill in and have it taken."""
    number = f"B-{next(NUMBERS)}"
    given = journal.directory / "given"
    given.write_text(json.dumps({"id": number, "lines": [LINE]}), encoding="utf-8")
    handed_in.hand_in(journal.directory, given)
    bill = handed_in.offer(journal, handed_in.waiting(journal.directory)[0])
    assert bill is not None
    handed_in.keep(journal, bill)
    return bill


def sale_of(bill: OpenBill, *, offline: bool = False) -> SaleIntended:
    """Return the intent of selling a bill."""
    sale = intent(f"S{next(NUMBERS):05d}", CLAIM, way="allowance" if offline else "online")
    return replace(sale, bill=bill.bill(Pharmacy(), AT), draft=bill.draft)


def cash_sale(bill: OpenBill) -> CashSold:
    """Return the record of selling a bill for cash."""
    sold = bill.bill(Pharmacy(), AT)
    return CashSold(subject=f"C{next(NUMBERS):05d}", at=AT, bill=sold, amount_fen=1235, reason="", until="", draft=bill.draft)


def held(journal: Journal, bill: OpenBill) -> Held:
    """Put a bill aside."""
    put = holds.hold(journal, bill, operator="01", at=AT)
    assert isinstance(put, Held)
    return put


def recalled(journal: Journal, subject: str) -> OpenBill:
    """Recall it."""
    back = holds.recall(journal, subject, operator="01", at=AT)
    assert isinstance(back, OpenBill)
    return back


def restore(journal: Journal) -> None:
    """Write what a restore from a backup writes."""
    tip, head = journal.tip()
    restored = Restored(epoch=next(EPOCHS), count=tip, head=head, last_at="", known=None)
    journal.commit([Entry(kind="restored", subject=f"epoch/{restored.epoch}", body=asdict(restored))])


def table() -> dict[str, tuple[str, str]]:
    """Return the rows of the documented table: outcomes with the bill here and gone."""
    rows = DOC.read_text(encoding="utf-8").partition("| the journal says |")[2].partition("\n\n")[0].splitlines()[2:]
    cells = ([cell.strip(" `") for cell in row.strip("|").split("|")] for row in rows)
    return {says: (here, gone) for says, here, gone in cells}


def test_every_row_of_the_table_is_tried() -> None:
    """The documented table has the rows of these tests and no other."""
    more = {"nothing", "cash slip", "settled off-line, refused by the centre later"}
    assert set(table()) == set(STANDINGS) | more


@pytest.mark.parametrize(("says", "way"), [(says, way) for says, ways in STANDINGS.items() for way in range(len(ways))])
def test_settlement_of_a_bill_is_told(journal: Journal, says: str, way: int) -> None:
    """As the table says, with the bill on the screen and with the bill gone; the standing and the amounts come with it."""
    bill = handed(journal)
    sale = sale_of(bill)
    write(journal, sale, *STANDINGS[says][way](sale))
    here = outcome(journal, bill.handed_in)
    drafts.clear(journal)
    gone = told(journal, bill.handed_in)

    assert table()[says] == (here, gone["outcome"])
    assert (sale.subject, bill.handed_in, "12.35") == (gone["subject"], gone["id"], gone["total"])
    assert ("setlinfo" in gone) == (gone["outcome"] in {"settled", "voided", "doubt", "open"})
    due = {"cash": "12.35", "refused": "0.00"}
    assert due.get(gone["outcome"], gone["cash_due"]) == gone["cash_due"]


def test_nothing_begun_is_open_until_it_is_gone(journal: Journal) -> None:
    """On the screen it is open; gone without a record nothing was sold by it."""
    bill = handed(journal)
    here = outcome(journal, bill.handed_in)
    drafts.clear(journal)
    assert table()["nothing"] == (here, outcome(journal, bill.handed_in))


def test_cash_slip_is_told(journal: Journal) -> None:
    """Paid in cash, before and after the till has put the bill away; a settlement that it became later is named."""
    bill = handed(journal)
    slip = cash_sale(bill)
    write(journal, slip)
    here = outcome(journal, bill.handed_in)
    drafts.clear(journal)
    gone = told(journal, bill.handed_in)
    assert table()["cash slip"] == (here, gone["outcome"])
    assert ("12.35", "") == (gone["cash_due"], gone["settled_as"])
    assert "演示片" in gone["slip"]

    later = replace(intent(f"S{next(NUMBERS):05d}", CLAIM, slip=slip.subject))
    write(journal, later, SlipClaimed(subject=slip.subject, by=later.subject))
    assert "" == told(journal, bill.handed_in)["settled_as"]
    write(journal, done(later))
    assert ("cash", later.subject) == tuple(told(journal, bill.handed_in)[key] for key in ("outcome", "settled_as"))


def test_off_line_sale_that_the_centre_refuses_later_is_refused(journal: Journal) -> None:
    """It was settled until the centre answered; its bill does not come back: the goods went out."""
    bill = handed(journal)
    sale = sale_of(bill, offline=True)
    write(journal, sale, done(sale))
    assert "settled" == outcome(journal, bill.handed_in)
    answer = {"infno": "2102", "outcome": "rejected", "figures": None, "words": "不符合规定", "setl_id": "", "mdtrt_id": ""}
    journal.commit([Entry(kind="answered", subject=sale.subject, body=answer)])
    here = outcome(journal, bill.handed_in)
    assert drafts.load(journal) is None
    drafts.clear(journal)
    assert table()["settled off-line, refused by the centre later"] == (here, outcome(journal, bill.handed_in))


def test_goods_that_nothing_paid_for_are_said(journal: Journal) -> None:
    """Refused, and the goods had gone out: the answer carries what the shop is owed, and no split."""
    bill = handed(journal)
    sale = sale_of(bill)
    write(journal, sale, *STANDINGS["refused, or proved not done"][3](sale))
    drafts.clear(journal)
    gone = told(journal, bill.handed_in)
    assert ("refused", "12.35", False) == (gone["outcome"], gone["receivable"], "setlinfo" in gone)


def test_refusal_is_no_end_while_cash_is_offered(journal: Journal) -> None:
    """Refused by the centre, then paid in cash: open in between, and never refused."""
    bill = handed(journal)
    sale = sale_of(bill)
    write(journal, sale, Refused(subject=sale.subject, words="不符合规定"))
    between = told(journal, bill.handed_in)
    write(journal, cash_sale(bill))
    drafts.clear(journal)
    assert ("open", "不符合规定", "cash") == (between["outcome"], between["words"], outcome(journal, bill.handed_in))


def test_cleared_bill_is_cancelled_whatever_is_sold_under_its_name(journal: Journal) -> None:
    """Cleared by the cashier; the next customer's bill, begun before its new name came, is not this one's."""
    bill = handed(journal)
    handed_in.cancel(journal, bill)
    assert ("cancelled", None) == (outcome(journal, bill.handed_in), drafts.load(journal))
    next_one = replace(bill, handed_in="")
    drafts.save(journal, next_one)
    write(journal, cash_sale(next_one))
    assert {"schema", "id", "outcome"} == set(told(journal, bill.handed_in))
    assert "cancelled" == outcome(journal, bill.handed_in)


def test_held_bill_is_followed_to_its_end(journal: Journal) -> None:
    """Refused, put aside, recalled, put aside again, recalled, paid: open all the way, then paid under the name that it has then."""
    bill = handed(journal)
    sale = sale_of(bill)
    write(journal, sale, Refused(subject=sale.subject, words=""))
    seen = []
    for _ in range(2):
        put = held(journal, bill)
        seen.append(outcome(journal, bill.handed_in))
        bill = recalled(journal, put.subject)
        seen.append(outcome(journal, bill.handed_in))
    slip = cash_sale(bill)
    write(journal, slip)
    drafts.clear(journal)
    assert ["open"] * 4 == seen
    assert ("cash", slip.subject) == tuple(told(journal, bill.handed_in)[key] for key in ("outcome", "subject"))


def test_recalled_bill_that_is_cleared_is_cancelled(journal: Journal) -> None:
    """The id is found by the note of the bill that is on the screen now, under whatever name."""
    bill = recalled(journal, held(journal, handed(journal)).subject)
    handed_in.cancel(journal, bill)
    assert "cancelled" == outcome(journal, bill.handed_in)


def test_others_do_not_change_it(journal: Journal) -> None:
    """Another bill that is held, recalled and paid meanwhile leaves this one on hold."""
    put = held(journal, handed(journal))
    other = recalled(journal, held(journal, handed(journal)).subject)
    write(journal, cash_sale(other))
    drafts.clear(journal)
    number = str(journal.records(put.subject)[0].body["bill"]["handed_in"])
    assert ("open", "cash") == (outcome(journal, number), outcome(journal, other.handed_in))


@pytest.mark.parametrize("refused", [False, True])
def test_restore_makes_a_doubt_of_what_is_not_known(journal: Journal, *, refused: bool) -> None:
    """On the screen, or refused, when the backup was made: it may have been paid afterwards."""
    bill = handed(journal)
    if refused:
        sale = sale_of(bill)
        write(journal, sale, Refused(subject=sale.subject, words=""))
    restore(journal)
    before = outcome(journal, bill.handed_in)
    assert drafts.reopen(journal) is None
    assert ("doubt", "doubt", None) == (before, outcome(journal, bill.handed_in), drafts.kept(journal))


def test_restore_keeps_what_is_known(journal: Journal) -> None:
    """Paid, or put aside, when the backup was made: that stands."""
    put = handed(journal)
    held(journal, put)
    bill = handed(journal)
    write(journal, cash_sale(bill))
    restore(journal)
    assert ("open", "cash") == (outcome(journal, put.handed_in), outcome(journal, bill.handed_in))


def test_till_that_opens_forgets_what_was_in_its_hands(journal: Journal) -> None:
    """Killed while a doubt was on the screen: it is open until the till opens, and a doubt from then on."""
    bill = handed(journal)
    sale = sale_of(bill)
    write(journal, sale, *doubted(sale))
    assert "open" == outcome(journal, bill.handed_in)
    assert drafts.reopen(journal) is None
    assert "doubt" == outcome(journal, bill.handed_in)


def test_voids_are_told_by_their_own_number(journal: Journal) -> None:
    """Open, in doubt, refused; done it is voided, and so is the settlement."""
    slips = Slips(journal, Hand(), Issuer(fixmedins_name="演示大药房", operator="01")), 32
    seen = []
    for way in ("open", "doubted", "refused"):
        sale = intent(f"S{next(NUMBERS):05d}", CLAIM)
        undoing = void(sale)[0]
        ends: dict[str, tuple[Fact, ...]] = {
            "doubted": (Doubted(subject=undoing.subject, why="x"),),
            "refused": (Refused(subject=undoing.subject, words=""),),
        }
        write(journal, sale, done(sale), undoing, *ends.get(way, ()))
        seen.append([transaction.of_subject(journal, slips, one.subject)["outcome"] for one in (undoing, sale)])
    sale = intent(f"S{next(NUMBERS):05d}", CLAIM)
    undone = void(sale)
    write(journal, sale, done(sale), *undone)
    assert undone[0].subject == transaction.last(journal)
    seen.append([transaction.of_subject(journal, slips, one.subject)["outcome"] for one in (undone[0], sale)])
    assert [["open", "settled"], ["doubt", "settled"], ["refused", "settled"], ["voided", "voided"]] == seen


def test_what_is_no_transaction_is_unknown(journal: Journal) -> None:
    """A hold has a number too, and is none; nothing is claimed of a number that nobody has."""
    slips = Slips(journal, Hand(), Issuer(fixmedins_name="演示大药房", operator="01")), 32
    put = held(journal, handed(journal))
    assert "unknown" == transaction.of_subject(journal, slips, put.subject)["outcome"]
    assert "unknown" == transaction.of_subject(journal, slips, "nobody")["outcome"]
