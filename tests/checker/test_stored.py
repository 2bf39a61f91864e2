"""The journal's file read without the product: whole as it was written, and each edit with the key is found."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from offline_queue.journal import Entry, Journal
from tests.checker.stored import records_of, wrongs
from tests.journal.entries import ONE, THREE, TWO, VOID, answered, done, ended, offline_sale, opened, sale, sending, void, void_done

Edit = Callable[[Journal], object]


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """Return a journal of two off-line sales, one of them sent, voided and refused a second end."""
    with opened(tmp_path) as journal:
        offline_sale(journal, ONE)
        offline_sale(journal, TWO)
        journal.commit([sending(ONE)])
        journal.commit([answered(ONE, "accepted")])
        journal.commit([void(VOID, ONE)])
        journal.commit([void_done(VOID)])
        journal.commit([sale(THREE)])
        journal.commit([Entry(kind="doubted", subject=THREE, body={"why": "timeout"})])
    return tmp_path


def _sql(statement: str) -> Edit:
    def edit(journal: Journal) -> None:
        with journal.store.write() as db:
            db.execute("DROP TRIGGER record_is_final")
            db.execute("DROP TRIGGER record_stays")
            db.execute("DROP TRIGGER private_is_final")
            db.execute(statement)

    return edit


def _forced(entry: Entry, *forgotten: str) -> Edit:
    """Write a record that may not stand there, past the guard."""

    def edit(journal: Journal) -> None:
        with journal.store.write() as db:
            for statement in forgotten:
                db.execute(statement)
        journal.commit([entry])

    return edit


def test_what_was_written_is_whole(written: Path) -> None:
    """Nothing is found, and every record is read."""
    assert [] == wrongs(written)
    assert ["sale_intended", "done"] * 2 == [record.kind for record in records_of(written)][:4]


@pytest.mark.parametrize(
    ("edit", "invariant"),
    [
        (_sql("UPDATE record SET body = replace(body, '2500', '2400') WHERE seq = 2"), "6: record 2 is not what was chained"),
        (_sql("UPDATE record SET at = '2020' WHERE seq = 1"), "6: record 1 is not what was chained"),
        (_sql("DELETE FROM record WHERE seq = 3"), "6: record 4 is not what was chained"),
        (_sql("DELETE FROM record WHERE seq > 8"), "6: 10 records were acknowledged and 8 are here"),
        (_sql("UPDATE private SET content = '{}' WHERE seq = 1"), "6: the personal fields of record 1"),
        (_sql("UPDATE record SET kind = 'sending' WHERE seq = 1"), "3: record 1 is 'sending'"),
        (_sql("UPDATE record SET body = replace(body, '000002', '000003') WHERE seq = 4"), "5: record 4 has receipt"),
        (
            _forced(done(ONE, offline=True), f"INSERT INTO open_subject VALUES ('{ONE}', 'sale_intended', x'', '', 1)"),
            f"9: record 11 ends {ONE} a second time",
        ),
        (
            _forced(
                void_done(VOID),
                f"INSERT INTO open_subject VALUES ('{VOID}', 'void_intended', x'', '{ONE}', 1)",
                "UPDATE reversal SET done = 0",
            ),
            f"7: {ONE} was voided 2 times",
        ),
        (_forced(Entry(kind="doubted", subject=TWO, body={"why": "timeout"})), "10: record 11 is a second open doubt"),
    ],
)
def test_an_edit_is_found(written: Path, edit: Edit, invariant: str) -> None:
    """Somebody with the key and the program: each kind of breach is named."""
    with opened(written) as journal:
        edit(journal)

    assert invariant in " ".join(wrongs(written))


def test_a_file_that_is_damaged_is_found(written: Path) -> None:
    """One flipped bit of the encrypted file, and no anchor."""
    held = bytearray((written / "journal.db").read_bytes())
    held[len(held) // 2] ^= 1
    (written / "journal.db").write_bytes(held)

    assert ["20"] == [wrong.partition(":")[0] for wrong in wrongs(written)]


def test_a_doubt_that_ended_is_not_open(written: Path) -> None:
    """One after the other is two doubts of a person, not two at a time."""
    with opened(written) as journal:
        journal.commit([ended(THREE, "aborted")])
        journal.commit([sale(f"{ONE[:-2]}77")])
        journal.commit([Entry(kind="doubted", subject=f"{ONE[:-2]}77", body={"why": "timeout"})])

    assert [] == wrongs(written)
