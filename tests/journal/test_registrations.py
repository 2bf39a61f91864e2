"""Registrations in the journal: places of a half-day, queue numbers that come once, and what a person took last."""

from __future__ import annotations

import pytest

from offline_queue.journal import Entry, Journal
from offline_queue.journal.registrations import half_of
from offline_queue.journal.verify import verify
from tests.journal.entries import ONE, OTHER, PERSON, THREE, TWO, VOID, VOID_2, done, ended, sale, void, void_done

MORNING = "2026-03-02 09:10:00"
HALF = half_of(MORNING)
KEY = ("K01", "D01", "普通")


def charge(number: str, key: tuple[str, str, str] = KEY, at: str = MORNING, opened_by: str = "") -> dict[str, object]:
    """Return the charge of a registration, as its intent carries it."""
    dept_code, atddr_no, fee_class = key
    registration = {
        "ipt_otp_no": number,
        "begntime": at,
        "department": {"code": dept_code, "name": "内科", "caty": "A03"},
        "doctor": {"code": atddr_no, "name": "演示医师甲"},
        "insutype": "310",
        "fee_class": fee_class,
    }
    return {"visit": {"registration": registration, "begntime": at, "med_type": "12"}, "chrg_bchno": number, "opened_by": opened_by}


def registers(subject: str, number: str, person: dict[str, str] = PERSON, *, slip: str = "", **more: object) -> Entry:
    """Return the intent of a sale that opens a visit."""
    entry = sale(subject, "allowance", person)
    body = {**entry.body, "slip": slip, "charge": charge(number, **more)}  # type: ignore[arg-type]
    return Entry(kind=entry.kind, subject=subject, body=body, private=entry.private, owner=entry.owner)


def cash(subject: str, number: str) -> Entry:
    """Return a registration that was paid in cash."""
    body = {"at": MORNING, "bill": sale(subject).body["bill"], "amount_fen": 1000, "reason": "", "until": "", "charge": charge(number)}
    return Entry(kind="cash_sale", subject=subject, body=body)


def queue_of(journal: Journal, subject: str) -> str:
    """Return the queue number of a registration, and have the journal derive the same anew."""
    assert () == verify(journal).faults
    row = journal.registration(subject)
    return row.queue_number("01") if row else "none"


def test_numbers_follow_the_bookings_of_one_doctor_in_one_half_day(journal: Journal) -> None:
    """The one that is booked first is first; another doctor, another half-day and a sale of goods count for themselves."""
    journal.commit([registers(ONE, "V1"), registers(TWO, "V2", OTHER)])
    before = queue_of(journal, ONE)
    journal.commit([done(TWO, offline=True)])
    journal.commit([done(ONE, offline=True)])
    journal.commit([registers(THREE, "V3", key=("K01", "D02", "普通")), done(THREE, offline=True)])
    journal.commit([registers(VOID, "V4", at="2026-03-02 12:00:00"), done(VOID, offline=True)])
    journal.commit([sale(VOID_2, "allowance"), done(VOID_2, offline=True)])

    assert "" == before
    assert ["01-2", "01-1", "01-1", "01-1", "none"] == [queue_of(journal, subject) for subject in (ONE, TWO, THREE, VOID, VOID_2)]
    assert {KEY: 2, ("K01", "D02", "普通"): 1} == journal.places_taken(HALF)
    assert {KEY: 1} == journal.places_taken("2026-03-02 pm")


def test_a_number_is_never_given_twice(journal: Journal) -> None:
    """A cancelled registration frees its place and keeps its number."""
    journal.commit([registers(ONE, "V1"), done(ONE, offline=True)])
    journal.commit([void(VOID, ONE)])
    journal.commit([void_done(VOID)])
    journal.commit([registers(TWO, "V2"), done(TWO, offline=True)])

    assert ("01-1", "01-2") == (queue_of(journal, ONE), queue_of(journal, TWO))
    assert {KEY: 1} == journal.places_taken(HALF)
    assert [0, 1] == [row.cancelled for row in journal.registrations_of(PERSON["certno"], 5)]


@pytest.mark.parametrize("end", ["refused", "aborted"])
def test_a_registration_that_came_to_nothing_frees_its_place(journal: Journal, end: str) -> None:
    """Nobody waits in the queue under it."""
    journal.commit([registers(ONE, "V1")])
    held = journal.places_taken(HALF)
    journal.commit([ended(ONE, end)])

    assert ({KEY: 1}, {}) == (held, journal.places_taken(HALF))
    assert "" == queue_of(journal, ONE)


def test_cash_has_its_number_at_once_and_its_settlement_keeps_it(journal: Journal) -> None:
    """The slip that is settled later is one place, and the patient has one number."""
    journal.commit([cash(ONE, "V1")])
    journal.commit([registers(TWO, "V2"), done(TWO, offline=True)])
    journal.commit([registers(THREE, "V3", slip=ONE), done(THREE, offline=True)])

    assert ["01-1", "01-2", "01-1"] == [queue_of(journal, subject) for subject in (ONE, TWO, THREE)]
    assert {KEY: 2} == journal.places_taken(HALF)


def test_a_visit_is_found_by_either_of_its_numbers(journal: Journal) -> None:
    """Its own and the receipt's; a later charge of it is no registration, and nothing is found by an empty number."""
    journal.commit([registers(ONE, "V1"), done(ONE, offline=True)])
    entry = sale(TWO, "allowance")
    body = {**entry.body, "charge": charge("V1", opened_by=ONE)}
    further = Entry(kind=entry.kind, subject=TWO, body=body, private=entry.private, owner=entry.owner)
    journal.commit([further, done(TWO, offline=True)])

    found = [journal.registration_numbered(number) for number in ("V1", "01-1-000001", "01-1-000002", "")]
    assert [ONE, ONE, None, None] == [row.subject if row else None for row in found]
    assert "none" == queue_of(journal, TWO)


def test_what_a_person_took_last(journal: Journal) -> None:
    """The newest first, no more than asked, and nobody else's."""
    journal.commit([registers(ONE, "V1"), registers(TWO, "V2"), registers(THREE, "V3", OTHER)])

    assert [TWO] == [row.subject for row in journal.registrations_of(PERSON["certno"], 1)]
    assert [TWO, ONE] == [row.subject for row in journal.registrations_of(PERSON["certno"], 9)]
    assert [] == journal.registrations_of("", 9)


def test_after_a_restore_numbers_name_their_epoch(journal: Journal) -> None:
    """What was called after the backup is not known: no number of it comes again."""
    journal.commit([registers(ONE, "V1"), done(ONE, offline=True)])
    count, _ = journal.tip()
    journal.commit([Entry(kind="restored", subject="restore", body={"epoch": 2, "count": count})])
    journal.commit([cash(TWO, "V2")])

    assert ("01-1", "01-2-1") == (queue_of(journal, ONE), queue_of(journal, TWO))
