"""The unfinished bill and the held ones on a real journal: in one place at a time, whatever becomes of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from offline_queue.journal import Entry, Journal, Restored
from settlement.errors import ProtocolMisuse, Refusal
from settlement.facts import Aborted, CashSold, CashTaken, Doubted, Fact, GoodsAnswered, Refused
from settlement.tally import Held
from terminal import drafts, holds
from terminal.bookkeeping import Owner, entries
from terminal.open_bill import OpenBill
from tests.counter.goods import AT, CODE, DRUG, Pharmacy, made, why
from tests.journal.entries import ONE, PERSON, TWO, opened
from tests.settlement.drawer_days import booked, figures, intent

SOMEBODY = Owner(certno=PERSON["certno"], psn_name=PERSON["psn_name"])


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    """Return a new till's journal."""
    with opened(tmp_path) as till:
        yield till


def begun(journal: Journal) -> OpenBill:
    """Return a bill with one box on it, kept as the draft."""
    bill = made(made(drafts.new(journal).add(DRUG)).attach("1", CODE))
    drafts.save(journal, bill)
    return bill


def write(journal: Journal, *facts: Fact) -> None:
    """Commit facts about somebody."""
    journal.commit(entries(facts, SOMEBODY))


def hold(journal: Journal, bill: OpenBill) -> Held:
    """Put a bill aside."""
    held = holds.hold(journal, bill, operator="01", at=AT)
    assert isinstance(held, Held)
    return held


def recall(journal: Journal, subject: str) -> OpenBill | Refusal:
    """Recall a held bill."""
    return holds.recall(journal, subject, operator="02", at=AT)


def cash_sale(bill: OpenBill, subject: str = ONE) -> CashSold:
    """Return the record of selling a bill for cash."""
    sold = bill.bill(Pharmacy(), AT)
    return CashSold(subject=subject, at=AT, bill=sold, amount_fen=sold.cash_total_fen, reason="", until="", draft=bill.draft)


def test_a_draft_comes_back(tmp_path: Path) -> None:
    """Kept at each change, found by the next process; an empty or a cleared one is none."""
    with opened(tmp_path) as journal:
        assert drafts.load(journal) is None
        bill = made(begun(journal).add(replace(DRUG, medins_list_codg="B")))
        drafts.save(journal, bill)
    with opened(tmp_path) as journal:
        assert bill == drafts.load(journal)
        drafts.save(journal, OpenBill(draft=bill.draft))
        assert drafts.load(journal) is None
        drafts.save(journal, bill)
        drafts.clear(journal)
        assert drafts.load(journal) is None
    with opened(tmp_path) as journal:
        assert drafts.load(journal) is None


def test_a_draft_is_one_write_and_no_record(journal: Journal) -> None:
    """The chain does not grow by it, and nothing of it is readable on the disk."""
    bill = begun(journal)
    content = b"".join(path.read_bytes() for path in journal.directory.iterdir())

    assert 0 == journal.tip()[0]
    assert bill == drafts.load(journal)
    for canary in (DRUG.name.encode(), CODE.encode()):
        assert canary not in content


def test_a_bill_without_a_name_is_not_kept(journal: Journal) -> None:
    """It could come back after its sale: a bug."""
    with pytest.raises(ProtocolMisuse):
        drafts.save(journal, made(OpenBill().add(DRUG)))


def test_a_draft_that_was_sold_for_cash_is_gone(journal: Journal) -> None:
    """Killed between the cash slip and the clearing of the draft: the bill is sold, not there a second time."""
    bill = begun(journal)
    write(journal, cash_sale(bill))

    assert drafts.load(journal) is None


@pytest.mark.parametrize(
    ("then", "comes_back"),
    [
        ((), False),
        ((booked(intent(ONE, figures(cash=1235))),), False),
        ((Doubted(subject=ONE, why="restart"),), False),
        ((Refused(subject=ONE, words="不符合规定"),), True),
        ((Aborted(subject=ONE, why="unreachable"),), True),
        ((Doubted(subject=ONE, why="x"), GoodsAnswered(subject=ONE, released=False), Aborted(subject=ONE, why="x")), True),
        ((Doubted(subject=ONE, why="x"), GoodsAnswered(subject=ONE, released=True), Aborted(subject=ONE, why="x")), False),
        ((Doubted(subject=ONE, why="x"), CashTaken(subject=ONE, amount_fen=1235), Aborted(subject=ONE, why="x")), False),
    ],
    ids=["intended", "done", "in doubt", "refused", "aborted", "goods kept", "goods out", "cash taken"],
)
def test_a_draft_whose_sale_was_intended(journal: Journal, then: tuple[Fact, ...], comes_back: bool) -> None:  # noqa: FBT001 - a column
    """It comes back only when it is proved that nothing moved, no goods left and no cash was taken."""
    bill = begun(journal)
    write(journal, replace(intent(ONE, figures(cash=1235)), draft=bill.draft))
    for fact in then:
        write(journal, fact)

    assert (bill if comes_back else None) == drafts.load(journal)


def test_a_second_sale_of_the_same_draft(journal: Journal) -> None:
    """Refused by the centre, then paid in cash: the bill is sold."""
    bill = begun(journal)
    write(journal, replace(intent(ONE, figures(cash=1235)), draft=bill.draft), Refused(subject=ONE, words=""))
    assert bill == drafts.load(journal)
    write(journal, cash_sale(bill, TWO))

    assert drafts.load(journal) is None


def test_others_sales_leave_a_draft_alone(journal: Journal) -> None:
    """A slip that is redeemed, another bill, an older draft: none of them is this one."""
    write(journal, cash_sale(begun(journal)))
    bill = begun(journal)
    write(journal, intent(TWO, figures(cash=1)))

    assert "1" != bill.draft
    assert bill == drafts.load(journal)


def test_a_hold_is_in_the_journal_and_not_a_draft_any_more(journal: Journal) -> None:
    """It is listed with its label, time and operator, and nobody is named."""
    bill = begun(journal)
    held = hold(journal, bill)
    (record,) = journal.records(held.subject)

    assert [held] == holds.held(journal)
    assert ("演示片 12.35", AT, "01") == (held.label, held.at, held.operator)
    assert drafts.load(journal) is None
    assert (None, b"") == (record.private, record.owner)
    assert set(record.body) == {"at", "operator", "label", "bill", "draft"}


def test_an_empty_bill_is_not_held(journal: Journal) -> None:
    """There is nothing to put aside."""
    refused = holds.hold(journal, drafts.new(journal), operator="01", at=AT)

    assert isinstance(refused, Refusal)
    assert "BILL-EMPTY" == refused.code
    assert 0 == journal.tip()[0]


def test_a_recalled_bill_is_the_draft_again(tmp_path: Path) -> None:
    """As it was, under a new name, also for the next process; its hold is gone."""
    with opened(tmp_path) as journal:
        bill = begun(journal)
        held = hold(journal, bill)
    with opened(tmp_path) as journal:
        back = made(recall(journal, held.subject))
        assert replace(bill, draft=back.draft) == back
        assert bill.draft != back.draft
        assert "HOLD-GONE" == why(recall(journal, held.subject))
    with opened(tmp_path) as journal:
        assert back == drafts.load(journal)
        assert [] == holds.held(journal)
        drafts.save(journal, made(back.set_quantity("1", 2_0000)))
        assert made(back.set_quantity("1", 2_0000)) == drafts.load(journal)


def test_a_bill_is_held_and_recalled_many_times(journal: Journal) -> None:
    """Each hold is one of its own; two of them may wait."""
    first = hold(journal, begun(journal))
    second = hold(journal, made(drafts.new(journal).add(replace(DRUG, name="另一种"))))
    assert [first, second] == holds.held(journal)
    back = made(recall(journal, first.subject))
    again = hold(journal, back)

    assert [second, again] == holds.held(journal)
    assert 3 == len({first.subject, second.subject, again.subject})


def test_a_recall_does_not_cost_the_bill_on_the_screen(journal: Journal) -> None:
    """With an unfinished bill nothing is recalled, and both stay where they are."""
    held = hold(journal, begun(journal))
    bill = begun(journal)

    assert "BILL-UNFINISHED" == why(recall(journal, held.subject))
    assert bill == drafts.load(journal)
    assert [held] == holds.held(journal)
    assert "HOLD-GONE" == why(recall(journal, TWO))


def test_a_recall_cut_short_leaves_the_bill_held(journal: Journal) -> None:
    """Killed between the note and the record: the bill is held, not there a second time; the recall works afterwards."""
    held = hold(journal, begun(journal))
    drafts.save_recalled(journal, made(drafts.new(journal).add(DRUG)), held.subject)

    assert drafts.load(journal) is None
    assert [held] == holds.held(journal)
    assert made(recall(journal, held.subject)) == drafts.load(journal)


def test_a_hold_cut_short_leaves_the_bill_held(journal: Journal) -> None:
    """Killed between the record and the clearing of the draft: the bill is held once."""
    bill = begun(journal)
    hold(journal, bill)
    drafts.save(journal, bill)

    assert drafts.load(journal) is None
    assert 1 == len(holds.held(journal))


def test_a_draft_does_not_hear_the_sender(journal: Journal) -> None:
    """Whatever the sender writes meanwhile, the draft is the same."""
    bill = begun(journal)
    write(journal, intent(ONE, figures(cash=1)))
    for attempt in (1, 2):
        journal.commit([Entry(kind="sending", subject=ONE, body={"attempt": attempt, "infno": "2102"})])
        journal.commit([Entry(kind="answered", subject=ONE, body={"infno": "2102", "outcome": "retry", "figures": None, "words": ""})])

    assert bill == drafts.load(journal)


def test_a_draft_of_before_a_restore_is_forgotten(journal: Journal) -> None:
    """It may have been sold after the backup was made; what is begun afterwards is kept as ever."""
    begun(journal)
    count, head = journal.tip()
    restored = Restored(epoch=2, count=count, head=head, last_at="", known=None)
    journal.commit([Entry(kind="restored", subject="epoch/2", body=asdict(restored))])
    assert drafts.load(journal) is None
    bill = begun(journal)

    assert bill == drafts.load(journal)
