"""A clinic whose journal came back from a backup: what was going on with a visit is found, or taken down once more."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from offline_queue.journal import backup, restore
from settlement.checkout.states import Settled
from terminal.person import Answer
from tests.world.clinic import Clinic


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[Clinic]:
    """Return a clinic whose centre executes whatever comes."""
    with Clinic(tmp_path / "stage", personality="re-executes", exchange_s=0.3) as opened:
        yield opened


def _back_up(clinic: Clinic) -> Path:
    return backup.write(clinic.counter.journal, clinic.stage.directory / "one.backup").path


def _restore(clinic: Clinic, file: Path) -> None:
    counter = clinic.counter

    def bring_back(directory: Path) -> None:
        restore.restore(directory, file, counter=counter.journal.identity, clock=counter.clock, entropy=counter.entropy, force=True)

    clinic.reopen(bring_back)


def test_what_was_taken_down_after_the_backup_is_taken_down_again(clinic: Clinic) -> None:
    """The backup owes it, the centre has it done: done again it changes nothing, and is owed no more."""
    clinic.stage.bend_line({"mode": "drop-request", "infno": ["2204", "2205"], "times": 99})
    ended = clinic.register("torn", answers={"Quoted": [Answer.SETTLE, Answer.CANCEL]})
    file = _back_up(clinic)
    clinic.stage.bend_line({})
    clinic.settle_down()
    before = clinic.visits()
    _restore(clinic, file)
    owed = [(row.infno, row.state) for row in clinic.counter.journal.owed()]
    clinic.settle_down()

    assert not isinstance(ended, Settled)
    assert [("2202", "waiting")] == owed
    assert [] == clinic.unsound()
    assert before == clinic.visits()


def test_a_charge_that_was_settled_after_the_backup_is_found(clinic: Clinic) -> None:
    """Off-line and not walked yet in the backup: asked after by the visit's own number, found, and not walked again. It can be voided."""
    clinic.subject(clinic.register("first"))
    clinic.cut()
    registered = clinic.subject(clinic.register("first"))
    file = _back_up(clinic)
    clinic.mend()
    clinic.settle_down()
    _restore(clinic, file)
    clinic.settle_down()
    found = [record.body["found_by"] for record in clinic.counter.journal.records(registered) if record.kind == "answered"]
    walked = clinic.steps(registered)
    clinic.voided("first", registered)
    clinic.settle_down()

    assert (["query"], []) == (found, walked)
    assert clinic.visits()[-1]["cancelled"]
    assert [] == clinic.unsound()
