"""The queue before the printer: what comes out, what is recorded, and that no sale ever waits for it."""

from __future__ import annotations

import os
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest

from config.sections import Printer
from offline_queue.journal import Entry, Journal
from offline_queue.journal.errors import JournalBusy
from offline_queue.journal.verify import verify
from terminal.paper.sheet import Title
from terminal.paper.transports import LibraryTransport, transport_of
from tests.journal.entries import ONE, THREE, TWO, VOID, Hand, done, offline_sale, opened, sale, void, void_done
from tests.journal.test_differences import differing
from tests.paper.roll import NOBODY, PATIENCE_S, Roll, code_of, copies, printing, served, until


def test_a_slip_comes_out_and_is_recorded(journal: Journal, clock: Hand, roll: Roll) -> None:
    """Printed at its sale it carries no mark, and nothing is owed any more."""
    with printing(journal, clock, roll.transport()) as queue:
        offline_sale(journal, ONE)
        assert [ONE] == [subject for subject, _ in journal.slips_owed()]
        queue.print(ONE, NOBODY)
        until(lambda: queue.state().state == "idle")

    assert [(1, "first")] == copies(journal, ONE)
    assert [] == journal.slips_owed()
    assert (1, 1) == (roll.cuts, roll.text.count(ONE))
    assert "补打" not in roll.text
    assert "演*甲" in roll.text


def test_out_of_paper_holds_nothing(journal: Journal, clock: Hand, roll: Roll) -> None:
    """The queue says since when and why; the sale goes on; with paper the slip comes out, marked late."""
    roll.bend(lines_left=0)
    offline_sale(journal, ONE)
    with printing(journal, clock, roll.transport()) as queue:
        began = time.monotonic()
        queue.print(ONE, NOBODY)
        assert time.monotonic() - began < 0.05
        until(lambda: queue.state().why)
        state = queue.state()
        assert ("waiting", 1, ONE, "2026-03-02 09:00:00", "PRINTER-NO-PAPER") == (
            state.state,
            state.waiting,
            state.subject,
            state.since,
            code_of(state.why),
        )
        assert "安全" in state.why.say("zh") if state.why else False
        roll.bend(lines_left=None)
        queue.retry()
        until(lambda: queue.state().state == "idle")

    assert [(1, "late")] == copies(journal, ONE)
    assert roll.text.count("补打") == roll.cuts == 1


def test_what_waited_behind_a_failure_comes_out_late(journal: Journal, clock: Hand, roll: Roll) -> None:
    """The slips of sales in the meantime carry the mark too; a sale after it does not."""
    roll.bend(online=False)
    for subject in (ONE, TWO):
        offline_sale(journal, subject)
    with printing(journal, clock, roll.transport()) as queue:
        queue.print(ONE, NOBODY)
        queue.print(TWO, NOBODY)
        until(lambda: code_of(queue.state().why) == "PRINTER-REFUSED")
        assert 2 == queue.state().waiting
        roll.bend(online=True)
        until(lambda: queue.state().state == "idle")
        offline_sale(journal, THREE)
        queue.print(THREE, NOBODY)
        until(lambda: queue.state().state == "idle")

    assert [[(1, "late")], [(1, "late")], [(1, "first")]] == [copies(journal, subject) for subject in (ONE, TWO, THREE)]


def test_a_printer_that_dies_in_the_middle(journal: Journal, clock: Hand, roll: Roll) -> None:
    """Nothing is recorded of half a slip; the whole one follows, marked late."""
    roll.bend(dies_after=400)
    offline_sale(journal, ONE)
    with printing(journal, clock, roll.transport(), retry_s=5) as queue:
        queue.print(ONE, NOBODY)
        until(lambda: code_of(queue.state().why) == "PRINTER-LOST")
        assert [] == copies(journal, ONE)
        assert ("医保结算单" in roll.text, roll.cuts) == (True, 0)
        queue.retry()
        until(lambda: queue.state().state == "idle")

    assert [(1, "late")] == copies(journal, ONE)
    assert 1 == roll.cuts


def test_paper_that_ends_in_the_middle(journal: Journal, clock: Hand, roll: Roll) -> None:
    """The printer took every byte and yet it is not printed: it goes on with a new roll, and the whole slip follows."""
    roll.bend(lines_left=5)
    offline_sale(journal, ONE)
    with printing(journal, clock, roll.transport()) as queue:
        queue.print(ONE, NOBODY)
        until(lambda: code_of(queue.state().why) == "PRINTER-NO-PAPER")
        assert [] == copies(journal, ONE)
        roll.bend(lines_left=None)
        until(lambda: queue.state().state == "idle")

    assert [(1, "late")] == copies(journal, ONE)
    assert 2 == roll.cuts


def test_a_mute_printer(journal: Journal, clock: Hand, roll: Roll) -> None:
    """One that should answer and does not prints nothing; one that is known to be mute is believed."""
    roll.bend(mute=True)
    offline_sale(journal, ONE)
    with printing(journal, clock, roll.transport()) as queue:
        queue.print(ONE, NOBODY)
        until(lambda: code_of(queue.state().why) == "PRINTER-SILENT")
    assert ("", []) == (roll.text, copies(journal, ONE))

    with printing(journal, clock, roll.transport(answers=False)) as queue:
        until(lambda: queue.state().state == "idle")
    assert ([(1, "late")], 1) == (copies(journal, ONE), roll.cuts)


def test_what_is_owed_at_the_start(journal: Journal, clock: Hand, roll: Roll) -> None:
    """Yesterday's crash left a slip: it is printed late. What is older waits to be asked for; what a void undid is not owed."""
    offline_sale(journal, THREE)
    clock.at += timedelta(days=2)
    offline_sale(journal, ONE)
    offline_sale(journal, TWO)
    journal.commit([void(VOID, TWO)])
    with printing(journal, clock, roll.transport()) as queue:
        until(lambda: queue.state().state == "idle")
        assert 1 == queue.state().older
        assert [[(1, "late")], [], []] == [copies(journal, subject) for subject in (ONE, TWO, THREE)]
        assert queue.ask(THREE, again=False) is None
        until(lambda: queue.state().older == 0)

    assert [(1, "late")] == copies(journal, THREE)


def test_missing_and_once_more_are_told_apart(journal: Journal, clock: Hand, roll: Roll) -> None:
    """补打 is for what never came out, 重打 for one more; each says so on paper and in the journal."""
    offline_sale(journal, ONE)
    offline_sale(journal, TWO)
    with printing(journal, clock, roll.transport()) as queue:
        until(lambda: queue.state().state == "idle")
        assert "SLIP-PRINTED" == code_of(queue.ask(ONE, again=False))
        assert queue.ask(ONE, again=True) is None
        assert queue.ask(ONE, again=True) is None
        assert "SLIP-UNBOOKED" == code_of(queue.ask(VOID, again=True))
        until(lambda: queue.state().state == "idle")

    assert [(1, "late"), (2, "again"), (3, "again")] == copies(journal, ONE)
    assert [2, 1, 1] == [roll.text.count(mark) for mark in ("补打", "重打 1", "重打 2")]


def test_a_slip_is_asked_for_only_once(journal: Journal, clock: Hand, roll: Roll) -> None:
    """The driver, the catching up and a clerk may all want the first copy: one comes out."""
    roll.bend(online=False)
    offline_sale(journal, ONE)
    with printing(journal, clock, roll.transport(), retry_s=5) as queue:
        for _ in range(3):
            queue.print(ONE, NOBODY)
        assert queue.ask(ONE, again=False) is None
        until(lambda: queue.state().why)
        assert 1 == queue.state().waiting
        roll.bend(online=True)
        queue.retry()
        until(lambda: queue.state().state == "idle")

    assert (1, [(1, "late")]) == (roll.cuts, copies(journal, ONE))


def test_a_reversed_sale_says_so(journal: Journal, clock: Hand, roll: Roll) -> None:
    """Printed again after its void, a slip is not to be taken for money that stands."""
    offline_sale(journal, ONE)
    journal.commit([void(VOID, ONE)])
    journal.commit([void_done(VOID)])
    with printing(journal, clock, roll.transport()) as queue:
        assert queue.ask(ONE, again=True) is None
        until(lambda: queue.state().state == "idle")

    assert "已撤销、补打" in roll.text
    assert f"撤销编号\n  {VOID}" in roll.text
    assert [(1, "late")] == copies(journal, VOID)


def test_no_printer_is_set(journal: Journal, clock: Hand) -> None:
    """Nothing is printed, nothing is recorded, and asking says why."""
    offline_sale(journal, ONE)
    with printing(journal, clock, transport_of(Printer())) as queue:
        queue.print(ONE, NOBODY)
        assert ("none", 0) == (queue.state().state, queue.state().waiting)
        assert "PRINTER-NONE" == code_of(queue.ask(ONE, again=True)) == code_of(queue.post("test", (Title("演示"),)))

    assert [] == copies(journal, ONE)
    assert 1 == len(journal.slips_owed())


def test_no_slip_of_what_nobody_has_agreed_to(journal: Journal, clock: Hand, roll: Roll) -> None:
    """Other figures than were shown: the queue starts without it, asking for it says why, and it comes out once with the yes."""
    journal.commit([sale(ONE)])
    journal.commit([differing(ONE)])
    with printing(journal, clock, roll.transport()) as queue:
        assert "SALE-DIFFERENCE-UNANSWERED" == code_of(queue.ask(ONE, again=True)) == code_of(queue.ask(ONE, again=False))
        queue.print(ONE, NOBODY)
        until(lambda: queue.state().state == "idle")
        assert [] == copies(journal, ONE)
        assert "" == roll.text
        journal.commit([Entry(kind="difference_answered", subject=ONE, body={"agreed": True})])
        queue.print(ONE, NOBODY)
        until(lambda: queue.state().state == "idle" and copies(journal, ONE))

    assert [(1, "first")] == copies(journal, ONE)
    assert 1 == roll.cuts


def test_a_sheet_that_is_no_slip(journal: Journal, clock: Hand, roll: Roll) -> None:
    """A test page comes out and leaves no record."""
    count, _ = journal.tip()
    with printing(journal, clock, roll.transport()) as queue:
        assert queue.post("test-page", (Title("打印测试 ￥12.30"),)) is None
        until(lambda: queue.state().state == "idle")

    assert "打印测试 ￥12.30" in roll.text
    assert count == journal.tip()[0]


def test_tender_and_centre_number_are_on_paper(journal: Journal, clock: Hand, roll: Roll) -> None:
    """What was given and goes back, and the number that the centre gave, are read from the journal."""
    with printing(journal, clock, roll.transport(), copies=2) as queue:
        journal.commit([sale(ONE)])
        booking = done(ONE)
        journal.commit([Entry(kind="done", subject=ONE, body={**booking.body, "setl_id": "S42"})])
        journal.commit([Entry(kind="tendered", subject=ONE, body={"received_fen": 5000, "change_fen": 1234})])
        queue.print(ONE, NOBODY)
        until(lambda: queue.state().state == "idle")

    assert 2 == roll.text.count("找零                       12.34") == roll.text.count("中心结算号                   S42")
    assert ([(1, "first")], 2, 1) == (copies(journal, ONE), roll.cuts, roll.text.count("顾客签名"))


def test_a_journal_that_is_busy_costs_no_second_slip(journal: Journal, clock: Hand, roll: Roll, monkeypatch: pytest.MonkeyPatch) -> None:
    """On paper and not recorded: only the recording is tried again."""
    commit, refused = journal.commit, [JournalBusy(), JournalBusy()]

    def busy(entries: list[Entry], *, claim: str = "") -> object:
        if refused:
            raise refused.pop()
        return commit(entries, claim=claim)

    with printing(journal, clock, roll.transport()) as queue:
        offline_sale(journal, ONE)
        monkeypatch.setattr(journal, "commit", busy)
        queue.print(ONE, NOBODY)
        until(lambda: queue.state().state == "idle")

    assert ([(1, "first")], 1) == (copies(journal, ONE), roll.cuts)


def test_printing_and_selling_at_once(journal: Journal, clock: Hand, roll: Roll) -> None:
    """One thread books and another prints on one journal: every slip comes out once and the chain is whole."""
    subjects = [f"P99010000001202603021000{number:06d}" for number in range(30)]
    with printing(journal, clock, roll.transport()) as queue:
        for subject in subjects:
            offline_sale(journal, subject)
            queue.print(subject, NOBODY)
        until(lambda: queue.state().state == "idle")

    assert [[(1, "first")]] * len(subjects) == [copies(journal, subject) for subject in subjects]
    assert len(subjects) == roll.cuts
    assert len(subjects) * 3 == journal.tip()[0]
    assert () == verify(journal).faults


def test_a_device_that_takes_nothing_is_shown_and_left(tmp_path: Path, clock: Hand) -> None:
    """Nobody reads the device file: the queue says so, the till ends in time, and the slip is owed again."""
    device = tmp_path / "lp0"
    os.mkfifo(device)
    transport = LibraryTransport(Printer(kind="file", address=str(device)))
    with opened(tmp_path / "till", clock=clock) as journal:
        offline_sale(journal, ONE)
        with printing(journal, clock, transport) as queue:
            queue.print(ONE, NOBODY)
            until(lambda: code_of(queue.state().why) == "PRINTER-SILENT")
            assert "waiting" == queue.state().state
            began = time.monotonic()
        assert time.monotonic() - began < 3
    # Somebody reads at last: the thread that was left behind ends and records nothing in a journal that is closed.
    assert b"\x1b@" == device.read_bytes()[:2]
    until(lambda: not [thread for thread in threading.enumerate() if thread.name == "printer"])

    with opened(tmp_path / "till", clock=clock) as journal:
        assert [ONE] == [subject for subject, _ in journal.slips_owed()]


def test_a_network_printer_that_hangs(journal: Journal, clock: Hand, roll: Roll) -> None:
    """It takes the connection and says nothing: its time is bounded, and when it works again the slip comes out."""
    offline_sale(journal, ONE)
    device = _Folder(roll)
    with served(device, deaf=True) as port:
        transport = LibraryTransport(Printer(kind="network", address=f"127.0.0.1:{port.port}", patience_s=PATIENCE_S))
        with printing(journal, clock, transport) as queue:
            queue.print(ONE, NOBODY)
            until(lambda: code_of(queue.state().why) == "PRINTER-SILENT")
            assert "" == roll.text
            port.deaf = False
            until(lambda: queue.state().state == "idle")

    assert ([(1, "late")], 1) == (copies(journal, ONE), roll.cuts)


def test_a_network_printer_that_is_away(journal: Journal, clock: Hand, roll: Roll) -> None:
    """Refused connections are told as what they are, and tried again."""
    offline_sale(journal, ONE)
    with served(_Folder(roll)) as port:
        address = f"127.0.0.1:{port.port}"
    transport = LibraryTransport(Printer(kind="network", address=address, patience_s=PATIENCE_S))
    with printing(journal, clock, transport) as queue:
        queue.print(ONE, NOBODY)
        until(lambda: code_of(queue.state().why) == "PRINTER-ABSENT")
        why = queue.state().why

    assert why is not None
    assert address in why.say("zh")
    assert "Connection refused" in why.say("en")


def test_a_printer_that_is_dead_for_days(journal: Journal, clock: Hand, roll: Roll) -> None:
    """The pause between two tries grows to a minute and no further, however many there were."""
    offline_sale(journal, ONE)
    roll.bend(lines_left=0)
    with printing(journal, clock, roll.transport(), retry_s=5) as queue:
        until(lambda: queue.state().why)
        (job,) = queue._jobs()
        job.tries = 100_000
        queue.retry()
        until(lambda: job.tries == 100_001)
        left_s = queue._not_before - time.monotonic()

    assert 55 < left_s <= 60


def test_a_thread_that_ended_is_no_silence(journal: Journal, clock: Hand, roll: Roll, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bug that ends the queue's thread shows as stopped: what is owed waits for the next start."""
    monkeypatch.setattr(threading, "excepthook", lambda _: None)
    transport = roll.transport()
    monkeypatch.setattr(transport, "open", lambda: 1 // 0)
    offline_sale(journal, ONE)
    with printing(journal, clock, transport) as queue:
        queue.print(ONE, NOBODY)
        until(lambda: code_of(queue.state().why) == "PRINTER-STOPPED")

    assert [ONE] == [subject for subject, _ in journal.slips_owed()]


class _Folder:
    """The roll's printer as a device behind a port."""

    def __init__(self, roll: Roll) -> None:
        self._transport = roll.transport()

    def receive(self, content: bytes) -> bytes:
        """Take bytes and answer."""
        self._transport.send(content)
        return self._transport.receive(0)
