"""A sender that is told to end: nothing more is begun, what is under way is finished or cut, and all of it is on record."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from time import monotonic
from typing import ClassVar

import pytest

from offline_queue.journal import Committed, Entry, Journal
from offline_queue.sync import sender
from settlement.checkout.states import Settled
from tests.world.shop import Shop

GRACE_S = 0.3


class Struck(Journal):
    """A journal where something happens as soon as a record of a kind is durable, in the thread that wrote it."""

    kind: ClassVar[str]
    strike: ClassVar[Callable[[], None]]

    def commit(self, entries: Sequence[Entry], *, claim: str = "") -> Committed:
        """Commit, then strike."""
        committed = super().commit(entries, claim=claim)
        if any(entry.kind == self.kind for entry in entries):
            type(self).strike()
        return committed


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """Return one shop for the file, whose centre may be waited for longer than a sender may."""
    with Shop(tmp_path_factory.mktemp("ending") / "stage", exchange_s=20) as shop:
        shop.sell("first", "5.00")
        yield shop


@pytest.fixture
def shop(opened: Shop) -> Iterator[Shop]:
    """Return the shop; afterwards its sender runs, nothing is owed, and all agree."""
    yield opened
    opened.stage.bend_line({})
    opened.settle_down()
    assert [] == opened.disagreements()
    assert [] == opened.doubts()
    assert [] == opened.counter.journal.owed()


def _sold_offline(shop: Shop) -> str:
    """Sell with the line down and end the sender; return the sale that the next one will send."""
    shop.cut()
    sold = shop.sell("first")
    assert isinstance(sold, Settled)
    shop.stop_sender()
    shop.stage.bend_line({})
    return sold.subject


def _end_after(shop: Shop, kind: str) -> None:
    """Have the next sender told to end when it has written a record of ``kind``."""

    def end() -> None:
        shop.sender.stop()

    Struck.kind, Struck.strike = kind, end


def _kinds(shop: Shop, subject: str) -> list[str]:
    """Return what the sender has written."""
    return [record.kind for record in shop.counter.journal.records(subject) if record.writer == "sender"]


def _state(shop: Shop, subject: str) -> str:
    row = shop.counter.journal.due_row(subject)
    return "closed" if row is None else row.state


@pytest.mark.parametrize("kind", ["request_frozen", "sending"])
def test_told_between_two_steps(shop: Shop, kind: str) -> None:
    """What was begun goes on to its end: the lane never meets a connection that is closed."""
    sold = _sold_offline(shop)
    _end_after(shop, kind)
    shop.start_sender(Struck)
    shop.stage.until("the sender has ended", lambda: not shop.sender_runs())
    shop.stop_sender()
    ended, state = _kinds(shop, sold), _state(shop, sold)
    shop.start_sender()

    assert ["request_frozen", "sending", "answered"] == ended
    assert "closed" == state


def test_told_while_a_customer_waits(shop: Shop) -> None:
    """The answer that is on its way is waited for, and reaches the till; the next sender serves what comes after it."""
    shop.stop_sender()
    _end_after(shop, "sending")
    shop.start_sender(Struck)
    shop.stage.until("the line is up", lambda: shop.counter.journal.notes.sender_status().line == "up")
    shop.stage.bend_line({"mode": "delay-reply", "infno": "2102", "times": 1, "seconds": 0.5})

    def replace_the_sender() -> None:
        shop.stage.until("the sender has ended", lambda: not shop.sender_runs())
        shop.stop_sender()
        shop.start_sender()

    replacing = threading.Thread(target=replace_the_sender)
    replacing.start()
    sold = shop.sell("second")
    replacing.join()

    assert isinstance(sold, Settled)
    assert ["accepted"] == [record.body["outcome"] for record in shop.counter.journal.records(sold.subject) if record.kind == "answered"]
    assert not shop.counter.journal.standing(sold.subject).offline


def test_an_answer_that_does_not_come_is_not_waited_for(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cut after a grace, written down as unknown, found by the next sender, and executed once."""
    monkeypatch.setattr(sender, "_GRACE_S", GRACE_S)
    sold = _sold_offline(shop)
    shop.stage.bend_line({"mode": "delay-reply", "infno": "2102", "times": 1, "seconds": 10})
    _end_after(shop, "sending")
    start = monotonic()
    shop.start_sender(Struck)
    shop.stage.until("the sender has ended", lambda: not shop.sender_runs())
    took_s = monotonic() - start
    shop.stop_sender()
    state, words = _state(shop, sold), shop.counter.journal.standing(sold).words
    shop.start_sender()
    shop.settle_down()

    assert ("unknown", "Closed") == (state, words)
    assert took_s < 5
    assert ["sending"] == [kind for kind in _kinds(shop, sold) if kind == "sending"]
    assert "accepted" == shop.counter.journal.standing(sold).answer


def test_what_was_not_begun_is_not_begun(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """After the grace nothing is sent any more: "sending" without a byte is written down as surely not sent."""
    monkeypatch.setattr(sender, "_GRACE_S", 0.0)
    sold = _sold_offline(shop)
    over = threading.Event()

    def wait_for_the_cut() -> None:
        shop.sender.stop()
        shop.stage.until("the connections are cut", lambda: all(courier._gateway.is_cut for courier in shop.sender._couriers))
        over.set()

    Struck.kind, Struck.strike = "sending", wait_for_the_cut
    shop.start_sender(Struck)
    assert over.wait(10)
    shop.stop_sender()
    state, words = _state(shop, sold), shop.counter.journal.standing(sold).words
    shop.start_sender()

    assert ("waiting", "Closed") == (state, words)


@pytest.mark.parametrize(("stop", "delay_s"), [(signal.SIGTERM, 0.8), (signal.SIGINT, 0.8), (signal.SIGTERM, 0.0)])
def test_a_process_that_is_told_to_end(shop: Shop, stop: signal.Signals, delay_s: float) -> None:
    """``yibao-sync run`` in the middle of an exchange: it ends by itself, says nothing, and nothing is lost or sent twice."""
    sold = _sold_offline(shop)
    shop.stage.bend_line({"mode": "delay-reply", "infno": "2102", "times": 1, "seconds": delay_s})
    directory = shop.stage.shops["east"].directory
    command = [str(Path(sys.executable).with_name("yibao-sync")), "run", "--data-dir", str(directory)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        try:
            shop.stage.until("the sale is under way", lambda: _state(shop, sold) != "waiting")
            process.send_signal(stop)
            said, _ = process.communicate(timeout=20)
        finally:
            process.kill()
    state, answer = _state(shop, sold), shop.counter.journal.standing(sold).answer
    shop.start_sender()

    assert (0, b"") == (process.returncode, said)
    assert ("closed", "accepted") == (state, answer)
    assert 1 == _kinds(shop, sold).count("sending")


def test_a_bug_in_a_lane_ends_them_all(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also in one of the backlog's own threads: it is told, and a sender that lost a lane does not go on."""
    told: list[str] = []
    monkeypatch.setattr(threading, "excepthook", lambda told_of: told.append(str(told_of.exc_type.__name__)))
    sold = _sold_offline(shop)

    def divide() -> None:
        raise ZeroDivisionError

    Struck.kind, Struck.strike = "request_frozen", divide
    shop.start_sender(Struck)
    shop.stage.until("the sender has ended", lambda: not shop.sender_runs())
    shop.stop_sender()
    state = _state(shop, sold)
    shop.start_sender()

    assert ["ZeroDivisionError", "LaneDied"] == told
    assert "waiting" == state
