"""补打 and 重打 by keys alone, on the real till with a printer: what was missed is told apart from one more, of any kind and day."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from offline_queue.fold import Folded
from terminal.screen.cashier.lists import VoidsMode
from terminal.screen.cashier.settled import SettledMode
from terminal.screen.cashier.slips import SlipsMode
from tests.paper.roll import Roll, until
from tests.screen.cashier.clerk import Clerk
from tests.screen.cashier.conftest import Open
from tests.screen.cashier.floor import ALLOWANCE, BARCODES, Floor


@pytest.fixture
def roll(floor: Floor, tmp_path: Path) -> Iterator[Roll]:
    """Put a printer with a new roll beside the till."""
    file = floor.directory(ALLOWANCE) / "settings.toml"
    before = file.read_text(encoding="utf-8")
    paper = Roll(tmp_path / "printer")
    section = f'\n[printer]\nkind = "simulated"\naddress = "{paper.folder.as_posix()}"\npatience_s = 0.3\n'
    file.write_text(before.partition("\n[printer]")[0] + section, encoding="utf-8")
    yield paper
    file.write_text(before, encoding="utf-8")


def sheets(roll: Roll, subject: str, mark: str = "") -> int:
    """Return how many sheets of a slip came out with a mark on them; what other tests left owed comes out too."""
    return sum(subject in sheet and mark in sheet for sheet in roll.text.split("-- 裁切"))


def cash_sale(clerk: Clerk, floor: Floor) -> Folded:
    """Sell one box for exact cash and return what was booked; its slip is in sight."""
    clerk.scan(BARCODES["A003"])
    clerk.press("f8", "f8")
    clerk.mode(SettledMode)
    return floor.sales()[-1]


def slips(clerk: Clerk, number: str = "") -> SlipsMode:
    """Go to the slips, and to one number."""
    clerk.press("f6")
    clerk.mode(VoidsMode)
    clerk.press("p")
    clerk.mode(SlipsMode)
    if number:
        clerk.write(number)
        clerk.press("enter")
        clerk.until("it was looked for", lambda: isinstance(clerk.till.mode, SlipsMode) and number in clerk.till.mode.title)
    return clerk.mode(SlipsMode)


def test_one_more_right_after_the_sale(opened: Open, floor: Floor, roll: Roll) -> None:
    """F7 while the sale is in sight prints one more, and says so on the screen and on paper."""
    with opened() as clerk:
        sold = cash_sale(clerk, floor)
        until(lambda: sheets(roll, sold.subject) == 2)
        clerk.expect("F7  重打")
        clerk.press("f7")
        clerk.expect(f"重打  {sold.subject[-6:]}")
        until(lambda: sheets(roll, sold.subject) == 4)
    assert 2 == sheets(roll, sold.subject, "重打 1")
    assert 0 == sheets(roll, sold.subject, "补打")


def test_a_dead_printer_makes_it_the_missing_one(opened: Open, floor: Floor, roll: Roll) -> None:
    """Nothing came out: F7 asks for that slip, and not for one more of it."""
    roll.bend(lines_left=0)
    with opened() as clerk:
        sold = cash_sale(clerk, floor)
        clerk.until("the printer is waited for", lambda: clerk.till.status.printer == "waiting")
        clerk.rest()
        clerk.expect("F7  补打")
        roll.bend(lines_left=None)
        clerk.press("f7")
        clerk.expect(f"补打  {sold.subject[-6:]}")
        until(lambda: sheets(roll, sold.subject, "补打") == 2)
    assert 0 == sheets(roll, sold.subject, "重打")


def test_a_cash_slip_and_a_void_slip_after_their_screens(opened: Open, floor: Floor, roll: Roll) -> None:
    """F6 P lists every slip of today; Enter prints the highlighted one again."""
    with opened(card="first") as clerk:
        clerk.scan(BARCODES["A003"])
        clerk.press("f8")
        clerk.pin(floor.pin("first"))
        clerk.mode(SettledMode)
        clerk.press("enter", "f6")
        clerk.mode(VoidsMode)
        clerk.press("enter", "1", "f8")
        clerk.pin(floor.pin("first"))
        clerk.expect("已撤销")
        void = floor.sales()[-1].reversed_by
        until(lambda: sheets(roll, void) == 2)

        listed = slips(clerk)
        assert ["void", "sale"] == [entry.kind for entry in listed.rows[:2]]
        clerk.until("the list is there", lambda: clerk.till.mode is listed)
        clerk.expect("撤销 演示", "已打 1")
        clerk.press("enter")
        clerk.expect(f"重打  {listed.rows[0].key[-6:]}")
        until(lambda: sheets(roll, void, "医保结算撤销单（重打 1）") == 2)


def test_a_slip_of_a_number(opened: Open, floor: Floor, roll: Roll) -> None:
    """Its last six digits find it, and what was never printed comes out as 补打."""
    roll.bend(lines_left=0)
    with opened() as clerk:
        sold = cash_sale(clerk, floor)
        clerk.until("the printer is waited for", lambda: clerk.till.status.printer == "waiting")
        clerk.press("enter")
        found = slips(clerk, sold.subject[-6:])
        assert [sold.subject] == [entry.key for entry in found.rows]
        clerk.expect("未打", "现金 演示")
        roll.bend(lines_left=None)
        clerk.press("enter")
        clerk.expect(f"补打  {sold.subject[-6:]}")
        until(lambda: sheets(roll, sold.subject, "补打") == 2)
        clerk.press("enter")
        clerk.expect(f"重打  {sold.subject[-6:]}")
        until(lambda: sheets(roll, sold.subject, "重打 1") == 2)
        clerk.press("escape")


def test_a_number_that_nothing_has(opened: Open, floor: Floor, roll: Roll) -> None:
    """It is said, and the way back is open."""
    with opened() as clerk:
        assert () == slips(clerk, "999999").rows
        clerk.expect("没有这个编号的小票。")
        clerk.press("escape")
        clerk.until("back at the bill", lambda: clerk.till.mode is clerk.till.home)
    assert "999999" not in roll.text
    assert "up" == floor.line()
