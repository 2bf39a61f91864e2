"""F5 with something open beside the work: a list that says what each waits for, opens one, and still reads the card."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from config.regions import policy_for
from settlement.endings import endings
from settlement.policy import Policy
from settlement.resolver import Pending, resolve
from settlement.resolver_words import rows_of
from terminal.screen import news
from terminal.screen.cashier.lists import OpenMode
from terminal.screen.cashier.showing import view_of
from terminal.screen.cashier.waiting import WorkingMode
from terminal.screen.orders import LookAgain, ReadCard
from tests.screen.cashier.alone import Alone

TODAY = "2026-03-02"
AT_CENTRE = news.DoubtShown(
    subject="S000000111111", amount_fen=1230, at=f"{TODAY} 09:10:00", offline=False, goods_released=None, cash_taken_fen=0
)
BY_CARD = replace(AT_CENTRE, subject="S000000222222", at="2026-03-01 17:00:00", amount_fen=2000, offline=True, goods_released=True)
TO_ANSWER = replace(AT_CENTRE, subject="S000000333333", at=f"{TODAY} 10:00:00", amount_fen=550, found=True)
PAID_IN_CASH = replace(AT_CENTRE, subject="S000000444444", at=f"{TODAY} 10:30:00", amount_fen=800, cash_taken_fen=800)
DIFFERS = news.DifferenceListed(subject="S000000555555", amount_fen=1000, at=f"{TODAY} 09:30:00")


@pytest.fixture
def alone(tmp_path: Path) -> Alone:
    """Return a screen beside which four doubts and a difference stand open, and with a card that can settle."""
    alone = Alone(tmp_path)
    alone.till.hear(news.Status(now=f"{TODAY} 11:00", doubts=(AT_CENTRE, BY_CARD, TO_ANSWER, PAID_IN_CASH), differences=(DIFFERS,)))
    alone.till.hear(news.CardShown(news.PersonShown(arrival=1, name="演*甲", sex="2", age=56, certno="9", card="9")))
    return alone


def shown(alone: Alone) -> list[str]:
    """Return the rows of the pane, without what is blank."""
    panel = view_of(alone.till, safe=False).panel
    assert panel is not None
    return [line for line in (row.text.strip() for row in panel(54, 16)) if line]


def test_each_says_what_it_waits_for(alone: Alone) -> None:
    """Oldest first, with its day when that is not today, its last six digits and its amount; also while a usable card is in."""
    alone.till.press("again")
    rows = shown(alone)[2:]

    assert isinstance(alone.till.mode, OpenMode)
    assert [] == alone.orders()
    for row, words in zip(
        rows,
        (
            ("03-01 17:00", "222222", "再插同一张卡", "20.00"),
            ("09:10", "111111", "中心答复", "12.30"),
            ("09:30", "555555", "顾客是否同意", "10.00"),
            ("10:00", "333333", "货给了没有", "5.50"),
            ("10:30", "444444", "中心答复", "8.00"),
        ),
        strict=False,
    ):
        assert [] == [word for word in words if word not in row], row


def test_enter_opens_the_highlighted_one(alone: Alone) -> None:
    """Any of them, not the first alone."""
    alone.till.press("again")
    alone.till.mode.move(1)
    alone.till.mode.move(2)
    alone.till.mode.enter()

    assert [LookAgain("S000000333333")] == alone.orders()
    assert isinstance(alone.till.mode, WorkingMode)


def test_f5_again_reads_the_card(alone: Alone) -> None:
    """And has the sender try, as F5 does where nothing is open."""
    alone.till.press("again")
    alone.till.press("again")
    over_list = alone.orders()
    alone.till.back()
    alone.till.hear(news.Status(now=f"{TODAY} 11:01"))
    alone.till.press("again")

    assert [ReadCard()] == over_list == alone.orders()


def test_what_was_said_of_a_doubt_stands_under_the_list(alone: Alone) -> None:
    """Where its goods are, and the cash that was taken for it."""
    alone.till.press("again")
    by_card = shown(alone)[-1]
    alone.till.mode.move(9)
    in_cash = shown(alone)[-1]

    assert "货已经给了" == by_card
    assert "8.00" in in_cash


def test_one_that_resolves_is_gone_at_once(alone: Alone) -> None:
    """The highlight stays on a row that is there; the last one leaves an empty list, and Enter does nothing."""
    alone.till.press("again")
    alone.till.mode.move(4)
    alone.till.hear(news.Status(now=f"{TODAY} 11:01", doubts=(AT_CENTRE,)))
    alone.till.mode.enter()
    last = alone.orders()
    alone.till.back()
    alone.till.press("again")
    alone.till.hear(news.Status(now=f"{TODAY} 11:02"))
    alone.till.mode.enter()

    assert [LookAgain("S000000111111")] == last
    assert [] == alone.orders()
    assert "没有待了结的。" == shown(alone)[-1]


def test_f1_says_what_may_be_done_and_how_everything_ends(alone: Alone) -> None:
    """The highlighted one with what is known, asked and safe; below it every ending with its time limit. Esc goes back to the list."""
    policy = policy_for("990100", TODAY)
    assert isinstance(policy, Policy)
    sent = f"{TODAY}T09:10:01+08:00"
    pending = Pending(subject=AT_CENTRE.subject, kind="sale", offline=False, at=AT_CENTRE.at, amount_fen=1230, last_sent=sent)
    resolution = tuple(rows_of(resolve(pending, policy, datetime.fromisoformat(f"{TODAY}T11:00:00+08:00")), "zh"))
    status = replace(alone.till.status, doubts=(replace(AT_CENTRE, resolution=resolution),), differences=())
    alone.till.hear(replace(status, endings=tuple(endings(policy, "zh"))))
    alone.till.press("again")
    alone.till.mode.press("why")
    panel = view_of(alone.till, safe=False).panel
    assert panel is not None
    text = "\n".join(line.text for line in panel(54, 200))
    alone.till.mode.escape()

    assert [] == [word for word in (AT_CENTRE.subject, "等对账文件，系统自动判定", "期限", "2026-04-01", "各种了结") if word not in text]
    assert "存疑期限 30 天内" in text
    assert isinstance(alone.till.mode, OpenMode)


def test_f1_on_what_is_no_doubt_does_nothing(alone: Alone) -> None:
    """A difference has its question, and no desk."""
    alone.till.press("again")
    alone.till.mode.move(2)
    alone.till.mode.press("why")

    assert isinstance(alone.till.mode, OpenMode)
