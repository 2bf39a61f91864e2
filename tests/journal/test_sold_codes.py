"""A box leaves the till once: the journal knows by which sale, and when it is here again."""

from __future__ import annotations

import pytest

from offline_queue.journal import Entry, Journal
from offline_queue.journal.verify import verify
from tests.journal.entries import ONE, THREE, TWO, VOID, answered, done, ended, sale, void, void_done
from tests.world.explore import AT

BOX, OTHER_BOX = "83012340000000000001", "83012340000000000002"


def boxes(subject: str, *codes: str, slip: str = "") -> Entry:
    """Return the intent of an off-line sale of these boxes."""
    entry = sale(subject, "allowance")
    bill = entry.body["bill"]
    lines = [{**bill["lines"][0], "drug_trac_codg": list(codes)}, *bill["lines"][1:]]
    return Entry(
        kind=entry.kind,
        subject=subject,
        body={**entry.body, "bill": {**bill, "lines": lines}, "slip": slip},
        private=entry.private,
        owner=entry.owner,
    )


def cash_sale(subject: str, *codes: str) -> Entry:
    """Return a cash slip of these boxes."""
    bill = boxes(subject, *codes).body["bill"]
    return Entry(kind="cash_sale", subject=subject, body={"at": AT, "bill": bill, "amount_fen": 2500, "reason": "", "until": ""})


def said(subject: str, kind: str, **body: object) -> Entry:
    """Return what a person said of a doubt."""
    return Entry(kind=kind, subject=subject, body=body)


def declined_void(journal: Journal, subject: str, original: str) -> None:
    """Have the customer decline the centre's figures, and the void of it done."""
    journal.commit([said(original, "difference_answered", agreed=False), void(subject, original)])
    journal.commit([void_done(subject)])


def whereabouts(journal: Journal) -> tuple[str, str]:
    """Return what sold either box, and have the journal derive the same anew."""
    assert () == verify(journal).faults
    return journal.sold_code(BOX), journal.sold_code(OTHER_BOX)


def test_a_box_is_sold_from_its_intent_on(journal: Journal) -> None:
    """By the sale or the slip that it is on; one that nobody scanned is not."""
    journal.commit([boxes(ONE, BOX)])
    before = whereabouts(journal)
    journal.commit([done(ONE, offline=True), cash_sale(TWO, OTHER_BOX)])

    assert (ONE, "") == before
    assert (ONE, TWO) == whereabouts(journal)
    assert "" == journal.sold_code("83012340000000000003")


@pytest.mark.parametrize("kind", ["refused", "aborted"])
def test_a_sale_that_comes_to_nothing_brings_its_boxes_back(journal: Journal, kind: str) -> None:
    """Only its own, and they may be sold by the next one."""
    journal.commit([boxes(ONE, BOX), boxes(TWO, OTHER_BOX)])
    journal.commit([ended(ONE, kind)])
    between = whereabouts(journal)
    journal.commit([boxes(THREE, BOX)])

    assert ("", TWO) == between
    assert (THREE, TWO) == whereabouts(journal)


def test_a_request_that_is_taken_back_brings_its_boxes_back(journal: Journal) -> None:
    """Nothing was sent: the next number sells them, and the end of the first takes nothing from it."""
    online = boxes(ONE, BOX)
    journal.commit(
        [Entry(kind=online.kind, subject=ONE, body={**online.body, "way": "online"}, private=online.private, owner=online.owner)]
    )
    journal.commit([Entry(kind="cancelled", subject=ONE, body={})], claim=ONE)
    between = whereabouts(journal)
    journal.commit([boxes(TWO, BOX)])
    journal.commit([ended(ONE, "aborted")])

    assert ("", "") == between
    assert (TWO, "") == whereabouts(journal)


def test_only_a_done_void_brings_boxes_back(journal: Journal) -> None:
    """Not its intent, and not one that was refused."""
    journal.commit([boxes(ONE, BOX)])
    journal.commit([done(ONE, offline=True)])
    journal.commit([void(VOID, ONE)])
    asked = whereabouts(journal)
    journal.commit([ended(VOID, "refused")])
    refused = whereabouts(journal)
    journal.commit([void(THREE, ONE)])
    journal.commit([void_done(THREE)])

    assert (ONE, "") == asked == refused
    assert ("", "") == whereabouts(journal)


def test_goods_that_went_out_stay_sold(journal: Journal) -> None:
    """Whatever becomes of the settlement: somebody owes for them, or paid in cash."""
    journal.commit([boxes(ONE, BOX), boxes(TWO, OTHER_BOX)])
    journal.commit([said(ONE, "goods_answered", released=True), ended(ONE, "refused")])
    journal.commit([said(TWO, "goods_answered", released=False), said(TWO, "cash_taken", amount_fen=2500)])
    journal.commit([done(TWO, offline=True), void(VOID, TWO)])
    journal.commit([void_done(VOID)])

    assert (ONE, TWO) == whereabouts(journal)


def test_goods_that_were_kept_are_here(journal: Journal) -> None:
    """The doubt is proved not done, or found done and released again."""
    journal.commit([boxes(ONE, BOX), boxes(TWO, OTHER_BOX)])
    journal.commit([said(ONE, "goods_answered", released=False), ended(ONE, "aborted")])
    journal.commit([said(TWO, "goods_answered", released=False), done(TWO, offline=True), void(VOID, TWO)])
    journal.commit([void_done(VOID)])

    assert ("", "") == whereabouts(journal)


def test_goods_of_a_known_doubt_come_back_by_a_void(journal: Journal) -> None:
    """They went out, it was found done, and the customer returns them the same day."""
    journal.commit([boxes(ONE, BOX)])
    journal.commit([said(ONE, "goods_answered", released=True), done(ONE, offline=True)])
    journal.commit([void(VOID, ONE)])
    journal.commit([void_done(VOID)])

    assert ("", "") == whereabouts(journal)


def test_boxes_of_a_slip_stay_sold_while_it_stands(journal: Journal) -> None:
    """A refused later settlement and declined figures leave the slip; a void of the settlement that stood returns the goods."""
    journal.commit([cash_sale(ONE, BOX)])
    journal.commit([boxes(TWO, BOX, slip=ONE)])
    claimed = whereabouts(journal)
    journal.commit([ended(TWO, "refused")])
    refused = whereabouts(journal)
    journal.commit([boxes(THREE, BOX, slip=ONE)])
    settled = done(THREE, offline=True)
    journal.commit([Entry(kind="done", subject=THREE, body={**settled.body, "differs": True})])
    journal.commit([answered(THREE, "accepted")])
    declined_void(journal, VOID, THREE)
    declined = whereabouts(journal)
    journal.commit([boxes("X", BOX, slip=ONE)])
    journal.commit([done("X", offline=True), answered("X", "accepted"), void("Y", "X")])
    journal.commit([void_done("Y")])

    assert ((TWO, ""), (ONE, ""), (ONE, "")) == (claimed, refused, declined)
    assert ("", "") == whereabouts(journal)


def test_what_was_sold_twice_before_anybody_asked_is_free_when_both_are_void(journal: Journal) -> None:
    """A journal of that time opens, and a void of one leaves the other."""
    journal.commit([boxes(ONE, BOX), boxes(TWO, BOX)])
    journal.commit([done(ONE, offline=True), done(TWO, offline=True), void(VOID, TWO)])
    journal.commit([void_done(VOID)])

    assert (ONE, "") == whereabouts(journal)
