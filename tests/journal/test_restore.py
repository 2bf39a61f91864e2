"""A restore is decided once, loses nothing without being told to, and never goes on as if nothing had happened."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from config.entropy import SeededEntropy
from offline_queue.journal import CounterIdentity, Entry, Journal, anchor, backup, restore
from offline_queue.journal.care_errors import BackupUnsound, RestoreLosesRecords, RestoreOtherChain
from offline_queue.journal.errors import AnchorMissing, NotThisCounter, RecordsLost, RoleTaken, WrongKey
from offline_queue.journal.values import Role
from offline_queue.journal.verify import verify
from settlement.errors import JournalError, ProtocolMisuse
from tests.journal.backups import EPOCH, backed_up, brought_back, elsewhere, files
from tests.journal.entries import COUNTER, ONE, OTHER, PERSON, THREE, TWO, Hand, answered, done, offline_sale, opened, sale, sending

ROOT = Path(__file__).parents[2]
ROLES: tuple[Role, ...] = ("till", "sender")


def test_a_backup_comes_back_on_another_machine(tmp_path: Path) -> None:
    """With its key beside it, all records are there, the chain goes on, and the restore is a record of its own."""
    file = backed_up(tmp_path / "a", ONE, TWO)
    new = elsewhere(tmp_path / "a", tmp_path / "b")

    result = brought_back(new, file)

    assert (EPOCH, 4, None, None) == (result.restored.epoch, result.restored.count, result.restored.known, result.aside)
    with opened(new) as journal:
        assert () == verify(journal).faults
        assert 5 == journal.tip()[0]
        (record,) = journal.records(f"epoch/{EPOCH}")
        assert ("restored", "till") == (record.kind, record.writer)
        assert (4, result.restored.head, "2026-03-02T09:00:00+08:00") == tuple(record.body[name] for name in ("count", "head", "last_at"))
        assert PERSON["certno"] == (journal.records(ONE)[0].private or {})["certno"]
        assert result.restored == journal.restored
    assert not [path.name for path in new.iterdir() if path.name.startswith("restore")]


def test_receipts_begin_anew_in_an_epoch_of_their_own(tmp_path: Path) -> None:
    """A number that was taken after the backup is never taken again: each restore opens an epoch of its own."""
    file = backed_up(tmp_path, ONE)
    epochs, restored = [], 1
    for hour in range(2):
        clock = Hand()
        clock.at += timedelta(hours=hour)
        with opened(tmp_path) as journal:
            journal.commit([sale(TWO, "allowance")])
            (taken,) = journal.commit([done(TWO)]).receipts
        result = brought_back(tmp_path, file, force=True, clock=clock)
        restored = result.restored.epoch
        epochs.append(int(taken.split("-")[1]))
        with opened(tmp_path) as journal:
            journal.commit([sale(THREE, "allowance")])
            assert (f"01-{restored}-000001",) == journal.commit([done(THREE)]).receipts
            assert () == verify(journal).faults

    assert [1, EPOCH] == epochs
    assert EPOCH < restored


def test_two_restores_in_one_minute_are_two_epochs(tmp_path: Path) -> None:
    """The epoch is the next one even when the clock does not move, or stands before the last."""
    file = backed_up(tmp_path, ONE)
    clock = Hand()
    first = brought_back(tmp_path, file, clock=clock)
    clock.at -= timedelta(days=400)

    assert first.restored.epoch + 1 == brought_back(tmp_path, file, force=True, clock=clock).restored.epoch


def test_a_gap_in_an_epoch_is_found(tmp_path: Path) -> None:
    """Verifying knows where an epoch begins: a receipt of another one, or past the next, is a gap."""
    brought_back(tmp_path, backed_up(tmp_path, ONE))
    with opened(tmp_path) as journal:
        journal.epoch += 1
        journal.commit([sale(THREE, "allowance")])
        journal.commit([done(THREE)])

        assert [f"小票号 01-{EPOCH}-000001 缺失 / receipt 01-{EPOCH}-000001 is missing"] == list(verify(journal).faults)


@pytest.mark.parametrize("role", ROLES)
def test_it_waits_for_nobody_at_work(tmp_path: Path, role: Role) -> None:
    """While a till or a sender runs, nothing is restored, forced or not; a reader does not matter."""
    file = backed_up(tmp_path, ONE)
    with opened(tmp_path, role), pytest.raises(RoleTaken):
        brought_back(tmp_path, file, force=True)
    with opened(tmp_path, "reader"):
        brought_back(tmp_path, file)

    with opened(tmp_path) as journal:
        assert 3 == journal.tip()[0]


def test_a_journal_that_knows_more_is_not_given_up(tmp_path: Path) -> None:
    """Records after the backup stop it; given up on demand, they lie aside, whole, and the loss is a number."""
    file = backed_up(tmp_path, ONE)
    with opened(tmp_path) as journal:
        offline_sale(journal, TWO)
    before = files(tmp_path)
    with pytest.raises(RestoreLosesRecords, match="acknowledged 4 records, the backup holds 2"):
        brought_back(tmp_path, file)
    assert before == files(tmp_path)

    result = brought_back(tmp_path, file, force=True)

    assert (4, 2) == (result.restored.known, result.restored.lost_known)
    assert tmp_path / "before-restore-00000004" == result.aside
    shutil.copy(tmp_path / "journal.key", result.aside)
    with opened(result.aside) as old:
        assert (4, ()) == (old.tip()[0], verify(old).faults)
    again = brought_back(tmp_path, file, force=True)
    assert tmp_path / "before-restore-00000003" == again.aside


def test_another_chain_is_not_overwritten(tmp_path: Path) -> None:
    """A journal that parts from the backup before its end is another one, however short."""
    file = backed_up(tmp_path / "a", ONE, TWO)
    new = elsewhere(tmp_path / "a", tmp_path / "b")
    with opened(new) as journal:
        offline_sale(journal, ONE, OTHER)
    before = files(new)
    with pytest.raises(RestoreOtherChain, match=r"Record \d of the journal here is not"):
        brought_back(new, file)
    assert before == files(new)

    assert 4 == brought_back(new, file, force=True).restored.count


def test_a_journal_that_lost_its_end_is_mended(tmp_path: Path) -> None:
    """A backup that holds all that was acknowledged comes back without force, over whatever is left of the journal."""
    with opened(tmp_path) as journal:
        offline_sale(journal, ONE)
        offline_sale(journal, TWO)
        file = backup.write(journal, tmp_path / "4.backup").path
        shutil.copytree(tmp_path, tmp_path / "crashed", ignore=shutil.ignore_patterns("*-shm", "*.lock", "crashed"))
    crashed = tmp_path / "crashed"
    (crashed / "journal.db-wal").write_bytes(b"")
    with pytest.raises(RecordsLost):
        opened(crashed)

    result = brought_back(crashed, file)

    assert (4, 4, 0) == (result.restored.count, result.restored.known, result.restored.lost_known)
    with opened(crashed) as journal:
        assert () == verify(journal).faults


def test_a_destroyed_database_still_says_what_it_acknowledged(tmp_path: Path) -> None:
    """Where the database is gone the anchor counts: a backup that is behind it needs force, and the loss is recorded."""
    file = backed_up(tmp_path, ONE)
    with opened(tmp_path) as journal:
        offline_sale(journal, TWO)
    (tmp_path / "journal.db").write_bytes(b"x" * 4096)
    with pytest.raises(RestoreLosesRecords):
        brought_back(tmp_path, file)

    assert 2 == brought_back(tmp_path, file, force=True).restored.lost_known


def test_only_a_restore_is_accepted(tmp_path: Path) -> None:
    """A backup laid over the database by hand is refused, with its anchor or without it."""
    file = backed_up(tmp_path, ONE)
    with opened(tmp_path) as journal:
        offline_sale(journal, TWO)
    for name in ("journal.db-wal", "journal.db-shm"):
        (tmp_path / name).unlink(missing_ok=True)
    shutil.copy(file, tmp_path / "journal.db")
    for refusal in (RecordsLost, AnchorMissing):
        with pytest.raises(refusal):
            opened(tmp_path)
        (tmp_path / "journal.head").unlink(missing_ok=True)

    brought_back(tmp_path, file)
    with opened(tmp_path) as journal:
        assert () == verify(journal).faults


def test_the_record_opens_an_epoch_once(journal: Journal) -> None:
    """Nobody else writes such a record: it must name the place where it stands and an epoch after the last."""
    offline_sale(journal, ONE)
    for epoch, count in ((1, 2), (2, 1), (2, 3)):
        body = {"epoch": epoch, "count": count, "head": "", "last_at": "", "known": None}
        with pytest.raises(ProtocolMisuse):
            journal.commit([Entry(kind="restored", subject=f"epoch/{epoch}", body=body)])
    assert 2 == journal.tip()[0]


def test_message_ids_go_past_what_was_lost(tmp_path: Path) -> None:
    """Ids of till and sender that were issued after the backup are not issued again, also by a clock that stepped back."""
    file = backed_up(tmp_path, ONE)
    ahead, back = Hand(), Hand()
    ahead.at += timedelta(days=3)
    lost = {}
    for role in ROLES:
        with opened(tmp_path, role, ahead) as journal:
            lost[role] = journal.notes.issue_msgid(writer=role)
    brought_back(tmp_path, file, clock=back)

    for role in ROLES:
        with opened(tmp_path, role, back) as journal:
            issued = [journal.notes.issue_msgid(writer=role) for _ in range(3)]
        assert [lost[role], *issued] == sorted({lost[role], *issued})


def test_message_ids_go_past_the_last_change_of_the_old_files(tmp_path: Path) -> None:
    """Where the old journal cannot be read, the time of its files bounds what a clock that was ahead has issued."""
    file = backed_up(tmp_path, ONE)
    clock = Hand()
    written = clock.at + timedelta(hours=2)
    (tmp_path / "journal.db").write_bytes(b"x" * 4096)

    restore.restore(tmp_path, file, counter=COUNTER, clock=clock, entropy=SeededEntropy("r"), written=written)

    with opened(tmp_path, clock=clock) as journal:
        assert "P99010000001202603021100010100" == journal.notes.issue_msgid(writer="till")


def test_nothing_is_held_for_unsent(tmp_path: Path) -> None:
    """What waited when the backup was made may have been sent since: it is asked after, never sent again unasked."""
    with opened(tmp_path) as journal:
        offline_sale(journal, ONE)
        journal.commit([sale(TWO, person=OTHER)])
        journal.commit([sale(THREE, person={**OTHER, "certno": "990100197001010002"})])
        journal.commit([sending(THREE)])
        file = backup.write(journal, tmp_path / "one.backup").path
        assert [ONE] == [row.msgid for row in journal.due("backlog")]
    brought_back(tmp_path, file)

    with opened(tmp_path) as journal:
        assert [] == [*journal.due("live"), *journal.due("backlog")]
        assert {ONE: "unknown", TWO: "unknown", THREE: "begun"} == {row.msgid: row.state for row in journal.unresolved()}
        journal.rebuild()
        assert () == verify(journal).faults


def test_what_was_asked_and_said_before_is_gone(tmp_path: Path) -> None:
    """Questions of before the backup are not asked again, and no sender looks alive that is not."""
    with opened(tmp_path) as journal:
        journal.enquiries.ask("1101", {}, patience_s=1)
        journal.notes.heartbeat(line="up", since="", words="")
        file = backup.write(journal, tmp_path / "one.backup").path
    brought_back(tmp_path, file)

    with opened(tmp_path, "sender") as journal:
        assert journal.enquiries.take() is None
        assert not journal.notes.sender_status().alive


def test_who_was_erased_stays_erased(tmp_path: Path) -> None:
    """A person who was erased after the backup does not come back with it; another of the same counter does."""
    with opened(tmp_path) as journal:
        offline_sale(journal, ONE)
        offline_sale(journal, TWO, OTHER)
        journal.commit([answered(ONE, "accepted")])
        file = backup.write(journal, tmp_path / "one.backup").path
        journal.erase(PERSON["certno"])
    brought_back(tmp_path, file)

    with opened(tmp_path) as journal:
        assert ([], [TWO]) == (journal.by_owner(PERSON["certno"]), journal.by_owner(OTHER["certno"]))
        assert (1, ()) == (journal.erasures(), verify(journal).faults)
        assert PERSON["certno"].encode() not in b"".join(path.read_bytes() for path in tmp_path.glob("journal.db*"))


@pytest.mark.parametrize("spoil", ["cut", "flip", "garbage", "none", "other key", "a log beside it"])
def test_a_bad_backup_changes_nothing(tmp_path: Path, spoil: str) -> None:
    """Cut, changed, no backup at all, or of another key: refused before anything here is touched."""
    file = backed_up(tmp_path, *(f"P990100000012026030209{number:02d}000100" for number in range(20)))
    content = bytearray(file.read_bytes())
    match spoil:
        case "cut":
            file.write_bytes(content[: len(content) // 2])
        case "flip":
            content[len(content) // 2] ^= 1
            file.write_bytes(content)
        case "garbage":
            file.write_bytes(b"x" * 8192)
        case "none":
            file.unlink()
        case "other key":
            file = backed_up(tmp_path / "other", ONE)
        case _:
            file.with_name(f"{file.name}-wal").touch()
    before = files(tmp_path)

    with pytest.raises((BackupUnsound, WrongKey, JournalError)):
        brought_back(tmp_path, file, force=True)

    assert before == files(tmp_path)
    assert not [path.name for path in tmp_path.iterdir() if path.name.startswith(("restore", "before"))]


def test_a_backup_of_another_till(tmp_path: Path) -> None:
    """It is refused, forced or not: its ids and receipts are not this till's."""
    other = CounterIdentity(fixmedins_code="P99010000001", till="02")
    with Journal(tmp_path / "a", role="till", clock=Hand(), entropy=SeededEntropy("t"), counter=other) as journal:
        file = backup.write(journal, tmp_path / "one.backup").path
    new = elsewhere(tmp_path / "a", tmp_path / "b")

    with pytest.raises(NotThisCounter):
        brought_back(new, file, force=True)
    assert ["journal.key", "opening.lock", "sender.lock", "till.lock"] == sorted(path.name for path in new.iterdir())


def test_without_the_key_nothing_comes_back(tmp_path: Path) -> None:
    """No key is made for a backup: it could not open it."""
    file = backed_up(tmp_path / "a", ONE)

    with pytest.raises(WrongKey):
        brought_back(tmp_path / "b", file)
    assert not (tmp_path / "b" / "journal.key").exists()


def test_an_anchor_of_the_restored_journal_counts_on(tmp_path: Path) -> None:
    """After a restore the anchors are the restored journal's: losing records of it is found like any loss."""
    file = backed_up(tmp_path, ONE)
    brought_back(tmp_path, file)
    counts = sorted(one.count for one in anchor.read(tmp_path / anchor.HEAD_NAME)[0])
    shutil.copy(file, tmp_path / "journal.db")

    assert [2, 2, 2, 3] == counts
    with pytest.raises(RecordsLost):
        opened(tmp_path)
