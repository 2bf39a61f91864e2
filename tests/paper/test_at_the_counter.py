"""The whole counter with a print queue: sales, a crash, and what the doctor says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.settings import Settings
from settlement.checkout.states import Settled
from terminal import doctor
from terminal.counter import Counter
from tests.journal.entries import Hand
from tests.paper.roll import Roll, code_of, copies, until
from tests.world.shop import Shop


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """Return one shop for the file."""
    with Shop(tmp_path_factory.mktemp("paper") / "stage") as opened:
        yield opened


@pytest.fixture
def paper(shop: Shop, roll: Roll) -> Roll:
    """Put a printer into the shop."""
    section = f'\n[printer]\nkind = "simulated"\naddress = "{roll.folder.as_posix()}"\npatience_s = 0.3\n'
    file = shop.stage.shops["east"].directory / "settings.toml"
    file.write_text(file.read_text(encoding="utf-8").partition("\n[printer]")[0] + section, encoding="utf-8")
    shop.counter.settings = Settings.load(file)
    return roll


def test_a_sale_prints_by_itself(shop: Shop, paper: Roll) -> None:
    """The driver says that a slip is due and goes on; both copies come out, and the person is handed no text."""
    changes: list[str] = []
    handed = len(shop.script.slips)
    kept = shop.counter.printer
    queue = shop.counter.start_printing(lambda: changes.append(queue.state().state))
    try:
        ended = shop.sell("first", "5.00")
        until(lambda: queue.state().state == "idle")
    finally:
        queue.close()
        shop.counter.printer = kept

    assert isinstance(ended, Settled)
    assert [(1, "first")] == copies(shop.counter.journal, ended.subject)
    assert (2, handed) == (paper.cuts, len(shop.script.slips))
    assert [1, 1] == [paper.text.count(copy) for copy in ("商户联", "顾客联")]
    assert 2 == paper.text.count(f"[QR {ended.subject}]")
    assert "演示 · 不作报销凭证" in paper.text
    assert ["printing", "idle"] == changes
    assert [] == shop.disagreements()


def test_a_dead_printer_and_a_restart(shop: Shop, paper: Roll) -> None:
    """With the printer dead the sale settles all the same; what is owed comes out at the next start, marked late."""
    paper.bend(mute=True)
    kept = shop.counter.printer
    queue = shop.counter.start_printing()
    try:
        ended = shop.sell("first", "5.00")
        until(lambda: code_of(queue.state().why) == "PRINTER-SILENT")
    finally:
        queue.close()
    assert isinstance(ended, Settled)
    assert [] == copies(shop.counter.journal, ended.subject)

    paper.bend(mute=False)
    queue = shop.counter.start_printing()
    try:
        until(lambda: queue.state().state == "idle")
    finally:
        queue.close()
        shop.counter.printer = kept
    assert [(1, "late")] == copies(shop.counter.journal, ended.subject)
    assert 2 == paper.text.count("医保结算单（补打）")


def test_a_counter_that_closes_ends_its_queue(shop: Shop, paper: Roll, tmp_path: Path) -> None:
    """The queue ends before the journal does."""
    text = (shop.stage.shops["east"].directory / "settings.toml").read_text(encoding="utf-8")
    (tmp_path / "settings.toml").write_text(text, encoding="utf-8")
    with Counter(tmp_path) as counter:
        queue = counter.start_printing()
        assert counter.printer is queue
    assert not queue._thread.is_alive()
    assert "" == paper.text


@pytest.mark.parametrize(
    ("state", "finding"),
    [
        ({}, ("ok", "")),
        ({"lines_left": 0}, ("fault", "PRINTER-NO-PAPER")),
        ({"online": False}, ("fault", "PRINTER-REFUSED")),
        ({"mute": True}, ("fault", "PRINTER-SILENT")),
    ],
)
def test_the_doctor_asks_the_printer(
    shop: Shop, paper: Roll, tmp_path: Path, clock: Hand, state: dict[str, object], finding: object
) -> None:
    """It is asked and nothing is printed; while a till runs, the till has it."""
    paper.bend(**state)
    found = doctor._printer(shop.counter.settings, tmp_path, clock)
    busy = doctor._printer(shop.counter.settings, shop.stage.shops["east"].directory, clock)

    assert finding == (found.state, found.code)
    assert ("ok", True) == (busy.state, "till" in busy.en)
    assert "" == paper.text
    assert json.loads((paper.folder / "printer.json").read_text(encoding="utf-8"))
