"""Bills of other programs: handed in once, taken once, and answered from the journal."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from settlement.checkout.states import Sale
from settlement.errors import OperatorError, Refusal
from terminal import drafts, handed_in, transaction
from terminal.pay_command import LATER, OK, pay, status
from terminal.person import Answer
from tests.world.shop import Shop

_LINE = {"name": "演示感冒片", "code": "A001", "price": "12.50", "quantity": "2", "class": "01", "kind": "国药准字"}


@pytest.fixture(name="shop", scope="module")
def _shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    with Shop(tmp_path_factory.mktemp("pay")) as shop:
        yield shop


def _bill(folder: Path, number: str = "A-1", **changed: object) -> Path:
    path = folder / "given.json"
    path.write_text(json.dumps({"id": number, "lines": [_LINE], **changed}, ensure_ascii=False), encoding="utf-8")
    return path


def _outcome(shop: Shop, number: str) -> str:
    answer = transaction.of_bill(shop.counter.journal, (shop.counter.slips, 32), shop.counter.journal.directory, number)
    return str(answer["outcome"])


def _sell(shop: Shop, draft: str, *answers: Answer) -> None:
    opened = drafts.load(shop.counter.journal)
    assert opened is not None
    policy = shop.counter.policy()
    assert not isinstance(policy, Refusal)
    bill = opened.bill(shop.counter.settings.counter, shop.counter.at)
    shop.script.answers = {"Billed": list(answers)}
    shop.driver.sell(Sale(bill=bill, policy=policy, draft=draft), by_card=False)


def test_bill_is_followed_from_the_folder_to_its_end(shop: Shop, tmp_path: Path) -> None:
    """A bill waits, is open on the screen, and ends paid, with its slip and its amounts."""
    journal = shop.counter.journal
    handed_in.hand_in(journal.directory, _bill(tmp_path))
    assert "waiting" == _outcome(shop, "A-1")
    taken = handed_in.take(journal, handed_in.waiting(journal.directory)[0])
    assert taken is not None
    assert (2500, "open", []) == (taken.total_fen, _outcome(shop, "A-1"), handed_in.waiting(journal.directory))
    shop.script.cash_fen = 3000
    _sell(shop, taken.draft, Answer.CASH)
    told = transaction.of_bill(journal, (shop.counter.slips, 32), journal.directory, "A-1")
    assert ("cash", "25.00", "30.00", "5.00") == (told["outcome"], told["cash_due"], told["received"], told["change"])
    assert "演示感冒片" in told["slip"]


def test_same_id_is_taken_once(shop: Shop, tmp_path: Path) -> None:
    """A bill handed in again under its id sells nothing twice."""
    journal = shop.counter.journal
    handed_in.hand_in(journal.directory, _bill(tmp_path, "A-2"))
    assert handed_in.take(journal, handed_in.waiting(journal.directory)[0]) is not None
    handed_in.hand_in(journal.directory, _bill(tmp_path, "A-2"))
    assert handed_in.take(journal, handed_in.waiting(journal.directory)[0]) is None
    assert [] == handed_in.waiting(journal.directory)


def test_cleared_bill_is_cancelled(shop: Shop, tmp_path: Path) -> None:
    """What the cashier cleared is told as cancelled, and nothing was sold."""
    journal = shop.counter.journal
    handed_in.hand_in(journal.directory, _bill(tmp_path, "A-3"))
    handed_in.take(journal, handed_in.waiting(journal.directory)[0])
    handed_in.cancel(journal, "A-3")
    assert "cancelled" == _outcome(shop, "A-3")


def test_unknown_id_is_unknown(shop: Shop) -> None:
    """Of an id that was never handed in nothing is claimed."""
    assert "unknown" == _outcome(shop, "nobody")


@pytest.mark.parametrize(
    "content",
    ["", "[]", "{}", '{"id": "A"}', '{"id": "A", "lines": []}', '{"id": "../A", "lines": [{}]}', '{"id": "A", "lines": [1]}', "[" * 9999],
)
def test_file_that_is_no_bill_is_set_aside(shop: Shop, content: str) -> None:
    """A file that is no bill is named in words, moved out of the way, and does not stop the next one."""
    folder = shop.counter.journal.directory / handed_in.FOLDER
    folder.mkdir(exist_ok=True)
    bad = folder / "bad.json"
    bad.write_text(content, encoding="utf-8")
    with pytest.raises(OperatorError) as refused:
        handed_in.take(shop.counter.journal, bad)
    assert "BILL-UNREADABLE" == refused.value.code
    assert ([], True) == (handed_in.waiting(shop.counter.journal.directory), bad.with_suffix(".refused").exists())


def test_line_that_cannot_be_priced_is_named(shop: Shop, tmp_path: Path) -> None:
    """A line with an unknown key or an inexact price is refused with its place."""
    with pytest.raises(OperatorError) as refused:
        handed_in.hand_in(shop.counter.journal.directory, _bill(tmp_path, lines=[{**_LINE, "price": "1.23456789"}]))
    assert "CASE-MALFORMED" == refused.value.code


def test_withdrawn_bill_is_gone(shop: Shop, tmp_path: Path) -> None:
    """A bill that the till has not taken can be taken back, once."""
    directory = shop.counter.journal.directory
    handed_in.hand_in(directory, _bill(tmp_path, "A-4"))
    assert [True, False] == [handed_in.withdraw(directory, "A-4"), handed_in.withdraw(directory, "A-4")]


def test_status_after_a_crash_names_the_last_transaction(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    """Without an id the last settlement of the till is told, in doubt or done, with an exit code to go by."""
    shop.sell("first", "12.00")
    wanted = argparse.Namespace(data_dir=shop.counter.journal.directory, id="", json=True)
    assert OK == status(wanted)
    told = json.loads(capsys.readouterr().out)
    assert ("settled", "12.00", "12.00") == (told["outcome"], told["total"], told["setlinfo"]["acct_pay"])
    shop.stage.bend_line({"mode": "drop-reply", "infno": ["2102"], "times": 1})
    shop.sell("second", "3.00", answers={"DoubtOpen": [Answer.LEAVE]})
    assert status(wanted) in {OK, LATER}
    assert json.loads(capsys.readouterr().out)["subject"] != told["subject"]


def test_pay_without_till_or_terminal_hands_nothing_in(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Where nobody could settle it, the bill is not left lying in a folder."""
    wanted = argparse.Namespace(data_dir=tmp_path / "none", bill=_bill(tmp_path), json=True)
    assert (LATER, False) == (pay(wanted), (tmp_path / "none").exists())
    assert "PAY-NO-TILL" not in capsys.readouterr().out
