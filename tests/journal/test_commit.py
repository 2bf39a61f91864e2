"""One transaction or none, one chain, receipts without a gap, and no record where none may stand."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from offline_queue.journal import Entry, Journal
from offline_queue.journal.errors import ClaimTooLate
from offline_queue.journal.verify import verify
from settlement.errors import ProtocolMisuse
from tests.journal.entries import (
    ONE,
    PERSON,
    THREE,
    TWO,
    VOID,
    VOID_2,
    Hand,
    answered,
    done,
    ended,
    offline_sale,
    opened,
    refresh,
    sale,
    sending,
    void,
    void_done,
)

ROOT = Path(__file__).parents[2]
NO_OUTCOME = answered(ONE, "no such outcome")


def test_one_transaction_or_none(journal: Journal) -> None:
    """When any part of a commit fails, no record, receipt or outbox row of it is there."""
    with pytest.raises(ProtocolMisuse):
        journal.commit([sale(ONE), NO_OUTCOME])

    assert (0, journal.genesis.hex()) == journal.tip()
    assert ([], []) == (journal.owed(), journal.open_subjects())


def test_receipts_are_gap_free(journal: Journal) -> None:
    """A receipt number is taken in the transaction of what it is for, also over a rollback."""
    journal.commit([sale(ONE, "allowance"), sale(TWO, "allowance")])
    first = journal.commit([done(ONE)])
    with pytest.raises(ProtocolMisuse):
        journal.commit([done(TWO), NO_OUTCOME])
    second = journal.commit([done(TWO)])

    assert ("01-1-000001", "01-1-000002") == (*first.receipts, *second.receipts)
    assert "01-1-000002" == journal.standing(TWO).receipt


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE record SET kind = 'x'",
        "DELETE FROM record",
        "INSERT OR REPLACE INTO record SELECT seq, link, commitment, at, writer, 'x', subject, body FROM record",
        "UPDATE private SET content = '{}'",
    ],
)
def test_records_are_final(journal: Journal, statement: str) -> None:
    """The database itself refuses to change what was written."""
    journal.commit([sale(ONE)])

    with pytest.raises(Exception, match=r"append-only|never changed"), journal.store.write() as db:
        db.execute(statement)
    assert () == verify(journal).faults


@pytest.mark.parametrize("ending", ["done", "refused", "aborted"])
@pytest.mark.parametrize("again", ["done", "refused", "aborted", "sale_intended"])
def test_an_end_is_final(journal: Journal, ending: str, again: str) -> None:
    """An intent ends once, and its number is never used again (invariants 7 and 9)."""
    records = {"done": done(ONE), "refused": ended(ONE, "refused"), "aborted": ended(ONE, "aborted"), "sale_intended": sale(ONE)}
    journal.commit([sale(ONE, "allowance")])
    journal.commit([records[ending]])
    tip = journal.tip()

    with pytest.raises(ProtocolMisuse):
        journal.commit([records[again]])
    assert tip == journal.tip()


@pytest.mark.parametrize("kind", ["done", "refused", "refreshed"])
def test_what_was_not_intended_does_not_end(journal: Journal, kind: str) -> None:
    """Nothing is booked without its intent, and a refresh is no settlement."""
    journal.commit([sale(TWO, "allowance"), refresh(THREE)])
    entry = {"done": done(THREE), "refused": ended(ONE, "refused"), "refreshed": Entry(kind="refreshed", subject=TWO, body={})}[kind]

    with pytest.raises(ProtocolMisuse):
        journal.commit([entry])


def test_a_settlement_has_one_void(journal: Journal) -> None:
    """At most one open void intent and one done void; after a refused one it may be tried again (invariant 7)."""
    offline_sale(journal, ONE)
    journal.commit([answered(ONE, "accepted")])
    journal.commit([void(VOID, ONE)])
    with pytest.raises(ProtocolMisuse):
        journal.commit([void(VOID_2, ONE)])
    journal.commit([answered(VOID, "rejected"), ended(VOID, "refused")])
    journal.commit([void(VOID_2, ONE)])
    journal.commit([answered(VOID_2, "accepted"), void_done(VOID_2)])

    with pytest.raises(ProtocolMisuse):
        journal.commit([void(THREE, ONE)])
    assert VOID_2 == journal.standing(ONE).reversed_by


def test_claim_takes_a_row_back_only_before_it_is_begun(journal: Journal) -> None:
    """Claiming is one transaction with what it is for; once the sender has begun it is too late, and nothing is written."""
    journal.commit([sale(ONE), sale(TWO)])
    journal.commit([sending(TWO)])
    journal.commit([ended(ONE, "cancelled")], claim=ONE)

    with pytest.raises(ClaimTooLate):
        journal.commit([ended(TWO, "cancelled"), sale(THREE)], claim=TWO)
    assert [TWO] == [row.msgid for row in journal.owed()]
    assert [] == journal.records(THREE)


def test_both_processes_extend_one_chain(journal: Journal, tmp_path: Path, clock: Hand) -> None:
    """Till and sender append to the same chain; each sees by the data version that the other has written."""
    with opened(tmp_path, "sender", clock) as sender:
        seen = journal.data_version()
        journal.commit([sale(ONE)])
        sender.commit([sending(ONE)])

        assert ["till", "sender"] == [record.writer for record in journal.records(ONE)]
        assert seen != journal.data_version()
        assert () == verify(journal).faults


def test_no_personal_field_in_a_record(journal: Journal) -> None:
    """The public part names nobody (invariant 18), and personal fields without an owner, whom nobody could erase, are a bug."""
    journal.commit([sale(ONE)])

    assert PERSON["certno"] not in json.dumps(journal.records(ONE)[0].body)
    with pytest.raises(AssertionError):
        journal.commit([Entry(kind="printed", subject=ONE, body={}, private=PERSON)])


def test_records_are_read_in_order(journal: Journal) -> None:
    """By subject, by place and by person, always oldest first."""
    offline_sale(journal, ONE)
    offline_sale(journal, TWO)

    assert [1, 2] == [record.seq for record in journal.records(ONE)]
    assert [3, 4] == [record.seq for record in journal.records_after(2, 10)]
    assert [3] == [record.seq for record in journal.records_after(2, 1)]
    assert [ONE, TWO] == journal.by_owner(PERSON["certno"]) == journal.subjects()
    assert [ONE, TWO] == [folded.subject for folded in journal.folded()]


WRITER = """
import sys
from pathlib import Path
from tests.journal.entries import opened, sale, done, ended

role, directory = sys.argv[1:]
with opened(Path(directory), role) as journal:
    print("ready", flush=True)
    for number in range(100_000):
        subject = f"{role:12}20260302090{number:07d}"[:30]
        print(journal.commit([sale(subject, "allowance"), done(subject)]).seqs[-1], flush=True)
"""


def test_what_was_acknowledged_survives_kill_9(tmp_path: Path) -> None:
    """Both processes write as fast as they can and are killed: every acknowledged record is there, in one chain."""
    command = [sys.executable, "-c", WRITER]
    writers = [
        subprocess.Popen([*command, role, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True) for role in ("till", "sender")
    ]
    acknowledged = []
    for writer in writers:
        assert writer.stdout is not None
        acknowledged += [int(line) for line in (writer.stdout.readline() for _ in range(30)) if line.strip().isdigit()]
    for writer in writers:
        writer.send_signal(signal.SIGKILL)
        rest, _ = writer.communicate()
        # The last line may have been cut by the kill.
        acknowledged += [int(line) for line in rest.splitlines(keepends=True) if line.endswith("\n")]

    with opened(tmp_path) as journal:
        verified = verify(journal)
        assert () == verified.faults
        assert verified.count >= max(acknowledged)
        assert {"till", "sender"} == {record.writer for record in journal.records_after(0, verified.count)}
