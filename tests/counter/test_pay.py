"""``yibao pay`` and ``yibao status`` at a shop: waiting as long as it takes, the answer, and the exit code to go by."""

from __future__ import annotations

import argparse
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from offline_queue.fold import Standing
from settlement import reversal
from settlement.checkout.effects import Effect
from settlement.checkout.states import Sale
from settlement.errors import Refusal
from settlement.tally import Held
from terminal import drafts, handed_in, holds, pay_command
from terminal.driver import Driver
from terminal.open_bill import OpenBill
from terminal.pay_command import LATER, NOT_PAID, NOTHING_KNOWN, OK, pay, status
from terminal.person import Answer
from tests.world.shop import Script, Shop

LINE = {"name": "演示感冒片", "code": "A001", "price": "12.50", "quantity": "2", "class": "01", "kind": "国药准字"}
ROLE = "first"


class Payment:
    """``yibao pay`` of one bill, waiting on a thread of its own."""

    def __init__(self, shop: Shop, folder: Path, number: str) -> None:
        self.number = number
        bill = folder / f"{number}.json"
        bill.write_text(json.dumps({"id": number, "lines": [LINE]}, ensure_ascii=False), encoding="utf-8")
        wanted = argparse.Namespace(data_dir=shop.counter.journal.directory, bill=bill, json=True)
        self.code: int | None = None
        self._thread = threading.Thread(target=self._pay, args=(wanted,))
        self._thread.start()

    def _pay(self, wanted: argparse.Namespace) -> None:
        self.code = pay(wanted)

    def ended(self) -> int | None:
        """Wait for its end and return the exit code, None when it does not end."""
        self._thread.join(timeout=10)
        return self.code

    def waits(self) -> bool:
        """Whether it has seen what is now and still waits."""
        self._thread.join(timeout=3 * pay_command._LOOK_S)
        return self._thread.is_alive()


class Watching(Script):
    """A person beside whom something happens when a step begins."""

    def __init__(self, step: str, act: Callable[[], None], pin: str) -> None:
        super().__init__(pins=[pin])
        self._step = step
        self._act = act

    def see(self, effect: Effect) -> None:
        """See the step."""
        super().see(effect)
        if type(effect).__name__ == self._step:
            self._act()


@pytest.fixture(name="shop", scope="module")
def _shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    with Shop(tmp_path_factory.mktemp("pay")) as shop:
        yield shop


@pytest.fixture(name="begin")
def _begin(shop: Shop, tmp_path: Path) -> Callable[[str], Payment]:
    """Return how to hand a bill in that a program waits for."""

    def begin(number: str) -> Payment:
        payment = Payment(shop, tmp_path, number)
        shop.stage.until("the bill lies there", lambda: handed_in.lies(shop.counter.journal.directory, number))
        return payment

    return begin


def take(shop: Shop) -> OpenBill:
    """Have the till take the bill that waits."""
    journal = shop.counter.journal
    bill = handed_in.offer(journal, handed_in.waiting(journal.directory)[0])
    assert bill is not None
    handed_in.keep(journal, bill)
    return bill


def sell(shop: Shop, bill: OpenBill, *, card: str = "", **answers: list[Any]) -> None:
    """Sell the bill that is on the screen, and put it away when it is gone, as the desk does."""
    policy = shop.counter.policy()
    assert not isinstance(policy, Refusal)
    shop.script.answers = answers
    shop.stage.insert("east", shop.stage.cast[card] if card else None)
    shop.script.pins = [shop.stage.cast[card].pin] if card else []
    made = bill.bill(shop.counter.settings.counter, shop.counter.at)
    shop.driver.sell(Sale(bill=made, policy=policy, draft=bill.draft), by_card=bool(card))
    if drafts.gone(shop.counter.journal, bill.draft):
        drafts.clear(shop.counter.journal)


def asked(shop: Shop, number: str = "") -> int:
    """Ask ``yibao status`` and return its exit code."""
    return status(argparse.Namespace(data_dir=shop.counter.journal.directory, id=number, json=True))


def told(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """Return the last answer that was printed."""
    answer: dict[str, Any] = json.loads(capsys.readouterr().out.splitlines()[-1])
    return answer


def test_bill_is_followed_from_the_folder_to_its_end(
    shop: Shop, begin: Callable[[str], Payment], capsys: pytest.CaptureFixture[str]
) -> None:
    """It waits, is open on the screen, and ends paid, with its slip and its amounts; asked again the answer is the same."""
    payment = begin("A-1")
    assert (LATER, "waiting") == (asked(shop, "A-1"), told(capsys)["outcome"])
    bill = take(shop)
    assert (LATER, "open") == (asked(shop, "A-1"), told(capsys)["outcome"])
    shop.script.cash_fen = 3000
    sell(shop, bill, Billed=[Answer.CASH])
    assert OK == payment.ended()
    answer = told(capsys)
    assert ("cash", "25.00", "30.00", "5.00") == tuple(answer[key] for key in ("outcome", "cash_due", "received", "change"))
    assert "演示感冒片" in answer["slip"]
    assert (OK, answer) == (asked(shop, "A-1"), told(capsys))


def test_pay_waits_while_the_centre_decides(shop: Shop, begin: Callable[[str], Payment], capsys: pytest.CaptureFixture[str]) -> None:
    """The intent is written and the centre has not answered: that is no doubt, and no end."""
    payment = begin("A-2")
    bill = take(shop)
    seen: list[tuple[bool, str]] = []

    def look() -> None:
        waits = payment.waits()
        asked(shop, "A-2")
        seen.append((waits, told(capsys)["standing"]))

    shop.driver = Driver(shop.counter, Watching("AwaitAnswer", look, shop.stage.cast[ROLE].pin))
    try:
        sell(shop, bill, card=ROLE)
    finally:
        shop.driver = Driver(shop.counter, shop.script)
    assert (OK, "settled", [(True, "pending")]) == (payment.ended(), told(capsys)["outcome"], seen)


def test_refusal_of_the_centre_is_no_end_while_the_till_offers_cash(
    shop: Shop, begin: Callable[[str], Payment], capsys: pytest.CaptureFixture[str]
) -> None:
    """The centre refuses, the customer pays in cash: the program hears of the cash and never of a refusal."""
    payment = begin("A-3")
    bill = take(shop)
    waiting: list[bool] = []

    def report_lost() -> Answer:
        shop.stage.report_loss(shop.stage.cast["lost"])
        return Answer.SETTLE

    def in_cash() -> Answer:
        waiting.append(payment.waits())
        return Answer.CASH

    sell(shop, bill, card="lost", Quoted=[report_lost], SelfPayOffered=[in_cash])
    assert (OK, "cash", [True]) == (payment.ended(), told(capsys)["outcome"], waiting)
    kinds = [shop.counter.journal.standing(subject).standing for subject in drafts.follow(shop.counter.journal, bill.draft).sales]
    assert [Standing.REJECTED, Standing.CASH] == kinds


def test_doubt_is_told_when_it_is_left(shop: Shop, begin: Callable[[str], Payment], capsys: pytest.CaptureFixture[str]) -> None:
    """While it is on the screen the program waits; left it is a doubt, and later what the centre says of it."""
    payment = begin("A-4")
    bill = take(shop)
    shop.sign_in_anew()
    shop.stage.bend_line({"mode": "drop-reply", "infno": ["2102", "5301"], "times": 3})
    waiting: list[bool] = []

    def leave() -> Answer:
        waiting.append(payment.waits())
        return Answer.LEAVE

    sell(shop, bill, card=ROLE, DoubtOpen=[leave])
    assert (LATER, "doubt", [True]) == (payment.ended(), told(capsys)["outcome"], waiting)
    shop.mend_quietly()
    shop.script.answers = {}
    shop.settle_down()
    assert (OK, "settled") == (asked(shop, "A-4"), told(capsys)["outcome"])


def test_cash_against_a_doubt_is_cash(shop: Shop, begin: Callable[[str], Payment], capsys: pytest.CaptureFixture[str]) -> None:
    """The customer paid all of it; the settlement is found done and released, and the cash stands all along."""
    payment = begin("A-5")
    bill = take(shop)
    shop.sign_in_anew()
    shop.stage.bend_line({"mode": "drop-reply", "infno": ["2102", "5301"], "times": 3})
    sell(shop, bill, card=ROLE, DoubtOpen=[Answer.CASH_AGAINST_DOUBT, Answer.LEAVE])
    first = payment.ended(), told(capsys)["outcome"]
    shop.mend_quietly()
    shop.settle_down()
    second = asked(shop, "A-5"), told(capsys)
    assert (OK, "cash") == first
    assert (OK, "cash", "25.00", False) == (second[0], second[1]["outcome"], second[1]["cash_due"], "setlinfo" in second[1])


def test_void_is_not_paid(shop: Shop, begin: Callable[[str], Payment], capsys: pytest.CaptureFixture[str]) -> None:
    """A settlement that was voided, and the void as the last transaction: neither is paid."""
    payment = begin("A-6")
    bill = take(shop)
    sell(shop, bill, card=ROLE)
    assert OK == payment.ended()
    assert isinstance(shop.void(ROLE, told(capsys)["subject"]), reversal.Voided)
    assert (NOT_PAID, "voided") == (asked(shop, "A-6"), told(capsys)["outcome"])
    assert (NOT_PAID, "voided") == (asked(shop), told(capsys)["outcome"])


def test_cleared_bill_is_not_paid(shop: Shop, begin: Callable[[str], Payment], capsys: pytest.CaptureFixture[str]) -> None:
    """Cleared by the cashier; handed in again under its number the answer is given at once, and nothing lies in the folder."""
    payment = begin("A-7")
    handed_in.cancel(shop.counter.journal, take(shop))
    assert (NOT_PAID, "cancelled") == (payment.ended(), told(capsys)["outcome"])
    wanted = argparse.Namespace(data_dir=shop.counter.journal.directory, bill=shop.counter.journal.directory / "again.json", json=True)
    wanted.bill.write_text(json.dumps({"id": "A-7", "lines": [LINE]}), encoding="utf-8")
    assert (NOT_PAID, "cancelled") == (pay(wanted), told(capsys)["outcome"])
    assert not handed_in.lies(shop.counter.journal.directory, "A-7")


def test_bill_that_is_put_aside_is_waited_for(shop: Shop, begin: Callable[[str], Payment], capsys: pytest.CaptureFixture[str]) -> None:
    """Put aside, recalled, paid under its new name: the program waits through all of it."""
    payment = begin("A-8")
    journal = shop.counter.journal
    put = holds.hold(journal, take(shop), operator="01", at=shop.counter.at)
    assert isinstance(put, Held)
    waiting = [payment.waits()]
    back = holds.recall(journal, put.subject, operator="01", at=shop.counter.at)
    assert isinstance(back, OpenBill)
    waiting.append(payment.waits())
    sell(shop, back, Billed=[Answer.CASH])
    assert (OK, "cash", [True, True]) == (payment.ended(), told(capsys)["outcome"], waiting)


def test_pay_ends_with_the_till(shop: Shop, begin: Callable[[str], Payment], capsys: pytest.CaptureFixture[str]) -> None:
    """The till closes before it has taken the bill: the program is told to ask later, and the bill waits for the till."""
    payment = begin("A-9")
    ended: list[int | None] = []
    shop.reopen(lambda _: ended.append(payment.ended()))
    assert ([LATER], "waiting") == (ended, told(capsys)["outcome"])
    assert (LATER, "waiting") == (asked(shop, "A-9"), told(capsys)["outcome"])
    drafts.save(shop.counter.journal, replace(take(shop), lines=()))


def test_unknown_number_is_unknown(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    """Of a number that was never handed in nothing is claimed."""
    assert (NOTHING_KNOWN, "unknown") == (asked(shop, "nobody"), told(capsys)["outcome"])


def test_status_without_a_number_names_the_last_transaction(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    """Without a number the last settlement of the till is told, with an exit code to go by."""
    shop.sell("second", "12.00")
    assert OK == asked(shop)
    answer = told(capsys)
    assert ("settled", "12.00", "12.00") == (answer["outcome"], answer["total"], answer["setlinfo"]["acct_pay"])
    shop.sell(ROLE, "3.00")
    asked(shop)
    assert told(capsys)["subject"] != answer["subject"]


def test_pay_without_till_or_terminal_hands_nothing_in(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Where nobody could settle it, the bill is not left lying in a folder."""
    bill = tmp_path / "bill.json"
    bill.write_text(json.dumps({"id": "A-1", "lines": [LINE]}), encoding="utf-8")
    wanted = argparse.Namespace(data_dir=tmp_path / "none", bill=bill, json=True)
    assert (LATER, False) == (pay(wanted), (tmp_path / "none").exists())
    said = capsys.readouterr()
    assert ("", 2) == (said.out, len(said.err.splitlines()))
