"""Charges of visits in the journal: what is owed of their chain, what folds of its steps, and what is taken down."""

from __future__ import annotations

from dataclasses import asdict

import pytest

from offline_queue.chain import There
from offline_queue.journal import Entry, Journal
from offline_queue.journal.errors import ClaimTooLate, NotDue
from offline_queue.journal.verify import verify
from offline_queue.standing_queue import waiting
from settlement.errors import ProtocolMisuse
from settlement.facts import VoidIntended
from settlement.rule import REGISTRATION
from settlement.visit import Charge, Department, Doctor, Registration, Visit
from tests.journal.entries import FIGURES, ONE, PERSON, THREE, TWO, VOID, answered, done, ended, sale, sending
from tests.world.explore import AT

REGISTERED = Registration(
    ipt_otp_no="MZ0001", begntime=AT, department=Department(code="0301", name="内科", caty="A03"), doctor=Doctor(code="D1", name="演*甲")
)
OPENING = Charge(visit=Visit(registration=REGISTERED, begntime=AT, med_type=REGISTRATION), chrg_bchno="B1")


def charges(subject: str, *, opened_by: str = "", way: str = "online") -> Entry:
    """Return the intent of a charge."""
    entry = sale(subject, way)  # type: ignore[arg-type]
    charge = asdict(OPENING) | {"opened_by": opened_by, "chrg_bchno": f"B{subject[-2:]}"}
    return Entry(kind=entry.kind, subject=subject, body={**entry.body, "charge": charge}, private=PERSON, owner=PERSON["certno"])


def booked(subject: str, infno: str = "2207", *, offline: bool = False) -> Entry:
    """Return the booking of a charge or of its void."""
    entry = done(subject, offline=offline)
    return Entry(kind=entry.kind, subject=subject, body={**entry.body, "infno": infno})


def voids(subject: str, original: str) -> Entry:
    """Return the intent of a charge's void."""
    fact = VoidIntended(
        subject=subject, at=AT, original=original, way="online", figures=FIGURES.negated(), outside_fen=0, why="customer", infno="2208"
    )
    return Entry(kind=fact.kind, subject=subject, body=fact.body(), private=PERSON, owner=PERSON["certno"])


def sent(subject: str, infno: str, owed: str = "2207") -> Entry:
    """Return what the sender writes before a step."""
    return Entry(kind="step_sending", subject=subject, body={"infno": infno, "owed": owed, "msgid": "M", "attempt": 1})


def came(subject: str, infno: str, outcome: str = "accepted", **more: object) -> Entry:
    """Return what the sender writes after a step."""
    body = {"infno": infno, "msgid": "M", "outcome": outcome, "found_by": "reply", "mdtrt_id": "", "figures": None, "words": ""}
    return Entry(kind="step_answered", subject=subject, body=body | more)


def down(subject: str) -> Entry:
    """Return what the sender writes when nothing of a charge is left at the centre."""
    return Entry(kind="taken_down", subject=subject, body={"words": ""})


def owed(journal: Journal) -> list[tuple[str, str, str, str]]:
    """Return what is owed, and have the journal derive the same anew."""
    assert () == verify(journal).faults
    return [(row.msgid, row.infno, row.lane, row.state) for row in journal.owed()]


def test_a_charge_is_owed_as_2207_and_its_void_as_2208(journal: Journal) -> None:
    """On-line on the live lane, off-line on the backlog once it is booked."""
    journal.commit([charges(ONE), charges(TWO, way="allowance")])
    journal.commit([booked(TWO, offline=True)])
    journal.commit([sending(ONE), answered(ONE, "accepted"), booked(ONE), voids(VOID, ONE)])

    assert [(TWO, "2207", "backlog", "waiting"), (VOID, "2208", "live", "waiting")] == owed(journal)
    assert ("2207", "2208") == (journal.standing(ONE).infno, journal.standing(VOID).infno)


def test_the_steps_fold_to_where_the_chain_stands(journal: Journal) -> None:
    """What was sent and not answered may be there; what the centre answered is what it said."""
    journal.commit([charges(ONE), sent(ONE, "2201")])
    maybe = journal.standing(ONE).chain
    journal.commit([came(ONE, "2201", mdtrt_id="V1"), sent(ONE, "2203"), came(ONE, "2203"), sent(ONE, "2204")])
    halfway = journal.standing(ONE)
    journal.commit([came(ONE, "2204", figures=asdict(FIGURES)), sent(ONE, "2206"), came(ONE, "2206", figures=asdict(FIGURES))])
    whole = journal.standing(ONE).chain

    assert maybe is not None
    assert (There.MAYBE, "", There.NO) == (maybe.registered, maybe.mdtrt_id, maybe.uploaded)
    assert halfway.chain is not None
    assert ("V1", True, There.MAYBE) == (halfway.mdtrt_id, halfway.chain.told, halfway.chain.uploaded)
    assert whole is not None
    assert (There.YES, There.YES, FIGURES, FIGURES) == (whole.registered, whole.uploaded, whole.sums, whole.dry_run)
    assert journal.standing(TWO).chain is None


@pytest.mark.parametrize(
    ("infno", "outcome", "there"),
    [
        ("2201", "unknown", There.MAYBE),
        ("2201", "rejected", There.NO),
        ("2201", "unreachable", There.NO),
        ("2204", "unknown", There.MAYBE),
        ("2204", "rejected", There.NO),
        ("2204", "retry", There.NO),
    ],
)
def test_what_an_answer_leaves(journal: Journal, infno: str, outcome: str, there: There) -> None:
    """Not known is kept as such; surely not taken leaves what was before. What may be there is taken down when it comes to nothing."""
    journal.commit([charges(ONE), sent(ONE, infno), came(ONE, infno, outcome)])
    chain = journal.standing(ONE).chain
    journal.commit([ended(ONE, "cancelled")], claim=ONE)

    assert chain is not None
    assert there == (chain.registered if infno == "2201" else chain.uploaded)
    assert ([] if there is There.NO else [(ONE, "2202", "backlog", "waiting")]) == owed(journal)


@pytest.mark.parametrize("end", ["refused", "aborted"])
def test_what_came_to_nothing_is_taken_down_once(journal: Journal, end: str) -> None:
    """The end owes it in its transaction, whichever it is and however many there are; ``taken_down`` closes it."""
    outcome = {"refused": "rejected", "aborted": "unreachable"}[end]
    journal.commit([charges(ONE), sent(ONE, "2201"), came(ONE, "2201", mdtrt_id="V1"), answered(ONE, outcome)])
    before = owed(journal)
    journal.commit([ended(ONE, end)])
    after = owed(journal)
    journal.commit([down(ONE)])

    assert [] == before
    assert [(ONE, "2202", "backlog", "waiting")] == after
    assert [] == owed(journal)
    with pytest.raises(NotDue):
        journal.commit([down(ONE)])


def test_taken_back_by_the_till_and_then_aborted(journal: Journal) -> None:
    """The claim owes it already; the abort that books it owes nothing more."""
    journal.commit([charges(ONE), sent(ONE, "2201"), came(ONE, "2201", "unknown")])
    journal.commit([ended(ONE, "cancelled")], claim=ONE)
    journal.commit([down(ONE)])
    journal.commit([ended(ONE, "aborted")])

    assert [] == owed(journal)


def test_a_charge_that_never_left_owes_nothing(journal: Journal) -> None:
    """No step was sent: nothing is there."""
    journal.commit([charges(ONE)])
    journal.commit([ended(ONE, "cancelled")], claim=ONE)

    assert [] == owed(journal)


def test_refused_after_it_was_booked_off_line(journal: Journal) -> None:
    """The answer itself owes the takedown: nobody books it anew."""
    journal.commit([charges(ONE, way="allowance"), booked(ONE, offline=True), sent(ONE, "2201"), came(ONE, "2201", mdtrt_id="V1")])
    journal.commit([answered(ONE, "rejected")])

    assert [(ONE, "2202", "backlog", "waiting")] == owed(journal)


def test_what_is_taken_back_is_not_gone_on_with(journal: Journal) -> None:
    """A sender that still walks the chain is stopped before its next byte; what it had sent is noted, and the takedown stands."""
    journal.commit([charges(ONE), sent(ONE, "2201")])
    journal.commit([ended(ONE, "cancelled")], claim=ONE)
    journal.commit([came(ONE, "2201", mdtrt_id="V1")])

    for late in (sent(ONE, "2203"), sending(ONE), answered(ONE, "retry"), answered(ONE, "rejected"), answered(ONE, "unreachable")):
        with pytest.raises(NotDue):
            journal.commit([late])
    with pytest.raises(ClaimTooLate):
        journal.commit([ended(ONE, "cancelled")], claim=ONE)
    assert [(ONE, "2202", "backlog", "waiting")] == owed(journal)
    journal.commit([sent(ONE, "2205", owed="2202")])


def test_nobody_waits_for_a_takedown(journal: Journal) -> None:
    """The person's next settlement goes out while what came to nothing is still taken down; the takedown waits for what came before it."""
    journal.commit([charges(ONE), charges(TWO), sent(ONE, "2201"), came(ONE, "2201", "unknown")])
    held = [row.msgid for row in journal.due("live")]
    journal.commit([ended(ONE, "cancelled")], claim=ONE)
    journal.commit([charges(THREE)])
    waits = {row.msgid: waits_for for row, waits_for in waiting(journal)}

    assert [ONE] == held
    assert ([TWO], []) == ([row.msgid for row in journal.due("live")], [row.msgid for row in journal.due("backlog")])
    assert {TWO: "", ONE: TWO, THREE: TWO} == waits
    journal.commit([sending(TWO), answered(TWO, "accepted")])
    assert ([THREE], [ONE]) == ([row.msgid for row in journal.due("live")], [row.msgid for row in journal.due("backlog")])


def test_a_void_that_is_done_takes_its_original_down(journal: Journal) -> None:
    """Lines and registration go when the money is back."""
    journal.commit(
        [charges(ONE), sent(ONE, "2201"), came(ONE, "2201", mdtrt_id="V1"), sending(ONE), answered(ONE, "accepted"), booked(ONE)]
    )
    journal.commit([voids(VOID, ONE), sending(VOID), answered(VOID, "accepted")])
    before = owed(journal)
    journal.commit([booked(VOID, "2208")])

    assert [] == before
    assert [(ONE, "2202", "backlog", "waiting")] == owed(journal)


def test_the_later_charge_is_voided_first(journal: Journal) -> None:
    """A registration stands while its visit is charged; and a visit whose registration is being voided is charged no more."""
    journal.commit([charges(ONE), sending(ONE), answered(ONE, "accepted"), booked(ONE)])
    journal.commit([charges(TWO, opened_by=ONE)])
    standing = journal.charges_on(ONE)

    with pytest.raises(ProtocolMisuse):
        journal.commit([voids(VOID, ONE)])
    journal.commit([ended(TWO, "cancelled")], claim=TWO)
    journal.commit([voids(VOID, ONE)])
    with pytest.raises(ProtocolMisuse):
        journal.commit([charges(THREE, opened_by=ONE)])
    assert ([TWO], []) == (standing, journal.charges_on(ONE))


def test_set_aside_moves_what_it_names(journal: Journal) -> None:
    """A walk that meets what cannot be built after the till took it back does not stop the takedown."""
    journal.commit([charges(ONE), sent(ONE, "2201"), came(ONE, "2201", "unknown")])
    journal.commit([ended(ONE, "cancelled")], claim=ONE)

    with pytest.raises(NotDue):
        journal.commit([Entry(kind="set_aside", subject=ONE, body={"words": "", "infno": "2207"})])
    journal.commit([Entry(kind="set_aside", subject=ONE, body={"words": "", "infno": "2202"})])
    assert [(ONE, "2202", "backlog", "set_aside")] == owed(journal)
