"""The journal: one transaction, one chain, append-only, encrypted, one till and one sender."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import pytest
import sqlcipher3.dbapi2 as sqlcipher

from config.clock import CHINA
from config.entropy import SeededEntropy
from offline_queue.fold import Standing
from offline_queue.journal import CounterIdentity, EnquiryAnswer, Entry, Journal
from offline_queue.journal.errors import ClaimTooLate, JournalMissing, KeyExposed, NotThisCounter, RoleTaken, WrongKey
from settlement.facts import Done, SaleIntended, VoidIntended
from settlement.figures import Figures
from tests.world.explore import AT, HOTLIST, sample_sale

COUNTER = CounterIdentity(fixmedins_code="P99010000001", till="01")
FIGURES = Figures(medfee_sumamt=2500, inscp_scp_amt=2500, psn_part_amt=2500, acct_pay=2500)
PERSON = {"certno": "990100197001010000", "psn_name": "演示甲"}
ONE, TWO, VOID = (f"P99010000001202603020900000{n}00"[:30] for n in "123")


class Hand:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.at = datetime(2026, 3, 2, 9, 0, 0, tzinfo=CHINA)
        self.ticks = 0.0

    def now(self) -> datetime:
        """Return what was set."""
        return self.at

    def monotonic(self) -> float:
        """Return what was set."""
        return self.ticks


@pytest.fixture
def clock() -> Hand:
    """Return a clock at nine in the morning."""
    return Hand()


def _open(directory: Path, clock: Hand, role: str = "till") -> Journal:
    return Journal(directory, role=role, clock=clock, entropy=SeededEntropy("t"), counter=None if role == "reader" else COUNTER)  # type: ignore[arg-type]


@pytest.fixture
def journal(tmp_path: Path, clock: Hand) -> Iterator[Journal]:
    """Return a new till's journal."""
    with _open(tmp_path, clock) as opened:
        yield opened


def _intent(subject: str, way: str = "online") -> Entry:
    intent = SaleIntended(
        subject=subject,
        way=way,  # type: ignore[arg-type]
        at=AT,
        bill=sample_sale().bill,
        figures=FIGURES,
        left_out=(),
        pack="990100/2023-02-01",
        explanation="",
        hotlist=HOTLIST,
    )
    return Entry(kind=intent.kind, subject=subject, body=intent.body(), private=PERSON, owner=PERSON["certno"])


def _done(subject: str, *, offline: bool = False) -> Entry:
    done = Done(subject=subject, infno="2102", figures=FIGURES, outside_fen=0, offline=offline)
    return Entry(kind=done.kind, subject=subject, body=done.body())


def _void(subject: str, original: str, way: str = "backlog") -> Entry:
    void = VoidIntended(subject=subject, at=AT, original=original, way=way, figures=FIGURES.negated(), outside_fen=0, why="customer")  # type: ignore[arg-type]
    return Entry(kind=void.kind, subject=subject, body=void.body(), private=PERSON, owner=PERSON["certno"])


def _answered(subject: str, outcome: str) -> Entry:
    body = {
        "infno": "2102",
        "attempt": 1,
        "outcome": outcome,
        "found_by": "reply",
        "figures": asdict(FIGURES),
        "setl_id": "S1",
        "mdtrt_id": "M1",
        "words": "",
    }
    return Entry(kind="answered", subject=subject, body=body)


def test_one_transaction_or_none(journal: Journal) -> None:
    """When any part of a commit fails, no record, receipt or outbox row of it is there."""
    with pytest.raises(KeyError):
        journal.commit([_intent(ONE), Entry(kind="answered", subject=ONE, body={"outcome": "no such outcome"})])

    assert (0, journal.genesis.hex()) == journal.tip()
    assert [] == journal.owed()


def test_receipts_are_gap_free(journal: Journal) -> None:
    """A receipt number is taken in the transaction of what it is for, also over a rollback."""
    journal.commit([_intent(ONE, "allowance")])
    first = journal.commit([_done(ONE, offline=True)])
    with pytest.raises(KeyError):
        journal.commit([_done(TWO), Entry(kind="answered", subject=TWO, body={"outcome": "no such outcome"})])
    second = journal.commit([_done(TWO)])

    assert ("01-1-000001", "01-1-000002") == (*first.receipts, *second.receipts)


@pytest.mark.parametrize("statement", ["UPDATE record SET kind = 'x'", "DELETE FROM record", "UPDATE private SET content = '{}'"])
def test_records_are_final(journal: Journal, statement: str) -> None:
    """The database itself refuses to change what was written."""
    journal.commit([_intent(ONE)])

    with pytest.raises(Exception, match=r"append-only|never changed"), journal.store.write() as db:
        db.execute(statement)


def test_standing_is_folded(journal: Journal) -> None:
    """An off-line sale goes from pending to provisional to accepted, with the centre's ids."""
    standings = []
    for entry in (_intent(ONE, "allowance"), _done(ONE, offline=True), _answered(ONE, "accepted")):
        journal.commit([entry])
        standings.append(journal.standing(ONE).standing)

    assert [Standing.PENDING, Standing.PROVISIONAL, Standing.ACCEPTED] == standings
    assert ("S1", "M1") == (journal.standing(ONE).setl_id, journal.standing(ONE).mdtrt_id)


def test_outbox_row_comes_with_its_record(journal: Journal) -> None:
    """On-line the intent owes a 2102 on the live lane; off-line the done record owes it to the backlog."""
    journal.commit([_intent(ONE)])
    journal.commit([_intent(TWO, "allowance")])
    journal.commit([_done(TWO, offline=True)])

    assert [(ONE, "2102", "live"), (TWO, "2102", "backlog")] == [(row.msgid, row.infno, row.lane) for row in journal.owed()]


def test_what_waits_is_only_what_depends(journal: Journal) -> None:
    """A person's later rows wait for the earlier; the void waits for its sale; other people do not."""
    journal.commit([_intent(ONE, "allowance")])
    journal.commit([_done(ONE, offline=True)])
    journal.commit([_void(VOID, ONE)])

    assert [ONE] == [row.msgid for row in journal.due("backlog")]
    journal.commit([Entry(kind="sending", subject=ONE, body={"attempt": 1})])
    assert [] == journal.due("backlog")
    assert [ONE] == [row.msgid for row in journal.unresolved()]
    journal.commit([_answered(ONE, "accepted")])
    assert [VOID] == [row.msgid for row in journal.due("backlog")]


def test_unknown_is_never_due_again(journal: Journal) -> None:
    """What was sent and is not known is queried, not sent."""
    journal.commit([_intent(ONE)])
    journal.commit([Entry(kind="sending", subject=ONE, body={"attempt": 1})])
    journal.commit([_answered(ONE, "unknown")])

    assert ([], [ONE]) == (journal.due("live"), [row.msgid for row in journal.unresolved()])


def test_claim_takes_a_row_back_only_before_it_is_begun(journal: Journal) -> None:
    """Claiming is one transaction with what it is for; once the sender has begun it is too late."""
    journal.commit([_intent(ONE)])
    journal.commit([_intent(TWO)])
    journal.commit([Entry(kind="sending", subject=TWO, body={"attempt": 1})])
    journal.commit([Entry(kind="cancelled", subject=ONE, body={})], claim=ONE)

    with pytest.raises(ClaimTooLate):
        journal.commit([Entry(kind="cancelled", subject=TWO, body={})], claim=TWO)
    assert [TWO] == [row.msgid for row in journal.owed()]


def test_derived_tables_can_be_made_anew(journal: Journal) -> None:
    """Rebuilding from the records gives the same outbox and the same open subjects."""
    journal.commit([_intent(ONE, "allowance")])
    journal.commit([_done(ONE, offline=True)])
    journal.commit([_intent(TWO)])
    before = (journal.owed(), journal.open_subjects())
    journal.rebuild()

    assert before == (journal.owed(), journal.open_subjects())


def test_erasing_a_person_keeps_the_chain(journal: Journal) -> None:
    """The personal fields are gone, the records and their chain are whole."""
    journal.commit([_intent(ONE)])
    tip = journal.tip()

    assert 1 == journal.erase(PERSON["certno"])
    assert journal.records(ONE)[0].private is None
    assert tip == journal.tip()
    assert [] == journal.by_owner(PERSON["certno"])


def test_no_personal_field_in_a_record(journal: Journal) -> None:
    """The public part names nobody (invariant 18)."""
    journal.commit([_intent(ONE)])

    assert PERSON["certno"] not in json.dumps(journal.records(ONE)[0].body)


def test_second_till_is_refused(journal: Journal, tmp_path: Path, clock: Hand) -> None:
    """One till and one sender on a journal; readers as many as wanted."""
    with pytest.raises(RoleTaken):
        _open(tmp_path, clock)
    with _open(tmp_path, clock, "sender") as sender, _open(tmp_path, clock, "reader") as reader:
        journal.commit([_intent(ONE)])

        assert journal.tip() == sender.tip() == reader.tip()


def test_both_processes_extend_one_chain(journal: Journal, tmp_path: Path, clock: Hand) -> None:
    """Till and sender append to the same chain; neither needs to know of the other."""
    with _open(tmp_path, clock, "sender") as sender:
        seen = journal.data_version()
        journal.commit([_intent(ONE)])
        sender.commit([Entry(kind="sending", subject=ONE, body={"attempt": 1})])

        assert ["till", "sender"] == [record.writer for record in journal.records(ONE)]
        assert seen != journal.data_version()


@pytest.mark.usefixtures("journal")
def test_nothing_is_readable_at_rest(journal: Journal, tmp_path: Path) -> None:
    """No file of the journal holds a name, a number or SQLite's own header in clear (invariant 19)."""
    journal.commit([_intent(ONE)])
    content = b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.name != "journal.key")

    for canary in (PERSON["certno"].encode(), PERSON["psn_name"].encode(), ONE.encode(), b"SQLite format 3"):
        assert canary not in content


def test_keys_and_counters_that_do_not_fit(tmp_path: Path, clock: Hand) -> None:
    """A key that others can read, a wrong key, no journal, another counter: each refused, the file untouched."""
    _open(tmp_path, clock).close()
    database, key = tmp_path / "journal.db", tmp_path / "journal.key"
    before = database.read_bytes()
    with pytest.raises(NotThisCounter):
        Journal(
            tmp_path,
            role="till",
            clock=clock,
            entropy=SeededEntropy("t"),
            counter=CounterIdentity(fixmedins_code="P99010000001", till="02"),
        )
    key.chmod(0o644)
    with pytest.raises(KeyExposed):
        _open(tmp_path, clock)
    key.chmod(0o600)
    key.write_text("00" * 32)
    with pytest.raises(WrongKey):
        _open(tmp_path, clock)
    with pytest.raises(JournalMissing):
        _open(tmp_path / "nowhere", clock, "reader")

    assert before == database.read_bytes()


def test_message_ids_increase_whatever_the_clock_does(journal: Journal, clock: Hand) -> None:
    """Ids never repeat or fall behind, over a restart, a clock that steps back and more than a hundred a second."""
    issued = [journal.notes.issue_msgid(writer="till") for _ in range(205)]
    clock.at = datetime(2025, 1, 1, tzinfo=CHINA)
    issued.append(journal.notes.issue_msgid(writer="till"))

    assert sorted(set(issued)) == issued
    assert {30} == {len(item) for item in issued}


def test_a_clock_far_ahead_does_not_jam_the_ids(journal: Journal, clock: Hand) -> None:
    """Ids follow the signed centre time at most a month ahead, so a mended clock overtakes them soon."""
    journal.notes.centre(signed_time=clock.at.isoformat(), extension=True)
    clock.at = datetime(2039, 1, 1, tzinfo=CHINA)

    assert "2026" == journal.notes.issue_msgid(writer="till")[12:16]


def test_till_and_sender_ids_never_meet(journal: Journal) -> None:
    """The sender of till 01 makes its own ids as 51."""
    assert ("01", "51") == (journal.notes.issue_msgid(writer="till")[26:28], journal.notes.issue_msgid(writer="sender")[26:28])


def test_enquiry_is_withdrawn_only_before_it_is_taken(journal: Journal) -> None:
    """Withdrawn = surely never sent."""
    first = journal.enquiries.ask("1101", {"a": 1}, patience_s=2)
    second = journal.enquiries.ask("1101", {"a": 2}, patience_s=2)
    taken = journal.enquiries.take()
    assert taken is not None
    journal.enquiries.answer(first, EnquiryAnswer(outcome="answered", output={"x": "y"}))

    assert first == taken.number
    assert (False, True) == (journal.enquiries.withdraw(first), journal.enquiries.withdraw(second))
    assert EnquiryAnswer(outcome="answered", output={"x": "y"}) == journal.enquiries.answer_of(first)
    assert 2 == journal.enquiries.erase()


def test_hotlist_never_goes_back(journal: Journal) -> None:
    """An older list is ignored; lookups know cards and persons by keyed hashes only."""
    journal.notes.store_hotlist(["CARD00001"], version=2, signed_time="2026-03-02T09:00:00+08:00")

    assert not journal.notes.store_hotlist([], version=1, signed_time="2026-03-01T09:00:00+08:00")
    assert journal.notes.hotlisted("OTHER", "CARD00001")
    assert not journal.notes.hotlisted("OTHER")


def test_sqlite_is_new_enough() -> None:
    """The bundled engine has the WAL-reset fix."""
    assert sqlcipher.sqlite_version_info >= (3, 51, 3)


def test_files_are_private(journal: Journal, tmp_path: Path) -> None:
    """The key is the owner's alone."""
    journal.commit([_intent(ONE)])

    assert 0o600 == (tmp_path / "journal.key").stat().st_mode & 0o777
