"""F9 at the real till beside a real centre: the PIN changed, the card looked into, and a sale by identity number."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial

import pytest

from config.settings import Settings
from offline_queue.fold import Standing
from offline_queue.journal_command import export
from settlement.card_debit import DebitPlan
from settlement.masks import mask_name
from simulator import image
from terminal.cards.opening import connect, slots_of
from terminal.pin_change import weak
from terminal.screen.cashier.account import AccountMode, NumberMode, ScanMode
from terminal.screen.cashier.inside import InsideMode
from terminal.screen.cashier.settled import SettledMode
from terminal.screen.cashier.waiting import PinMode
from tests.screen.cashier.clerk import Clerk
from tests.screen.cashier.conftest import Open
from tests.screen.cashier.floor import ALLOWANCE, BARCODES, FORBIDDEN, Floor
from tests.screen.conftest import Measure

NEW = "975310"


@pytest.fixture
def pins(floor: Floor) -> Iterator[None]:
    """Give the card its PIN back: other tests type it. The rest of it stays: an older record that is put back pays nothing."""
    path = floor.stage.directory / "cards" / floor.stage.cast["killed"].image
    before = image.load(path).pin_check
    yield
    held = image.load(path)
    held.pin_check = before
    image.store(path, held)


@pytest.fixture
def debiting(floor: Floor) -> Iterator[None]:
    """Have the card be one that debits itself, with no allowance, and afterwards what it was."""
    path = floor.stage.directory / "cards" / floor.stage.cast["killed"].image
    before = path.read_bytes()
    held = image.load(path)
    held.records["DF04|EF06"]["93"] = "0000"
    held.cyclic["DF04|EF15"] = []
    image.store(path, held)
    yield
    path.write_bytes(before)


def change(clerk: Clerk, old: str, new: str, again: str) -> None:
    """Press F9 and 2, and have the customer type three times."""
    clerk.press("f9")
    clerk.mode(AccountMode)
    clerk.press("2")
    for digits in (old, new, again):
        asked = clerk.mode(PinMode)
        clerk.pin(digits)
        clerk.until("the next one is asked, or it is over", partial(_is_over, clerk, asked))
    clerk.selling()


def _is_over(clerk: Clerk, asked: PinMode) -> bool:
    return clerk.till.mode is not asked


@pytest.mark.usefixtures("pins")
def test_change_of_the_pin(opened: Open, floor: Floor, measure: Measure) -> None:
    """Two keys; the new one settles, and no digit of either is in the journal or in a log."""
    old = floor.pin("killed")
    with opened(card="killed") as clerk:
        change(clerk, old, NEW, NEW)
        clerk.expect("密码已修改")
        measure("change of the PIN", 2, clerk)
        assert 21 == clerk.digits
        clerk.scan(BARCODES["A003"])
        clerk.press("f8")
        clerk.pin(NEW)
        clerk.mode(SettledMode)
        clerk.press("enter")
    directory = floor.directory(ALLOWANCE)
    with floor.journal() as journal:
        kept = json.dumps(export(journal, reveal=True), ensure_ascii=False)
    logged = "".join(path.read_text(encoding="utf-8") for path in (directory / "logs").iterdir())

    assert not any(digits in text for digits in (f'"{NEW}"', f'"{old}"') for text in (kept, logged))


@pytest.mark.usefixtures("pins")
def test_each_reason_in_its_own_words(opened: Open, floor: Floor) -> None:
    """Differ, weak, wrong old one, given up: the card keeps its PIN, and only the wrong one costs a try."""
    old = floor.pin("killed")
    with opened(card="killed") as clerk:
        change(clerk, old, NEW, "975311")
        clerk.expect("两次输入的新密码不同")
        change(clerk, old, "123456", "123456")
        clerk.expect("新密码太容易猜")
        change(clerk, old, old, old)
        clerk.expect("新密码太容易猜")
        change(clerk, "000001", NEW, NEW)
        clerk.expect("密码错误，还可以试 2 次")
        clerk.press("f9")
        clerk.mode(AccountMode)
        clerk.press("2")
        clerk.mode(PinMode)
        clerk.press("escape")
        clerk.expect("改密码已取消")
        clerk.selling()
        clerk.scan(BARCODES["A003"])
        clerk.press("f8")
        clerk.pin(old)
        clerk.mode(SettledMode)
        clerk.press("enter")


def test_what_is_on_the_card(opened: Open, floor: Floor) -> None:
    """After the PIN: the allowance, and our own entries by time and amount."""
    with opened(card="first") as clerk:
        clerk.scan(BARCODES["A003"])
        clerk.press("f8")
        clerk.pin(floor.pin("first"))
        clerk.mode(SettledMode)
        clerk.press("enter")
        clerk.press("f9")
        clerk.mode(AccountMode)
        clerk.press("1")
        clerk.pin(floor.pin("first"))
        clerk.mode(InsideMode)
        clerk.expect("脱机额度", "刷新额度")


@pytest.mark.usefixtures("debiting")
def test_the_cards_own_log(opened: Open, floor: Floor) -> None:
    """A card that debits by itself shows its last debits: ours by terminal number, another till's marked."""
    floor.insert("killed")
    settings = Settings.load(floor.directory(ALLOWANCE) / "settings.toml")
    card = connect(slots_of(settings.reader), settings.psam)
    card.identify()
    card.verify_pin(bytearray(floor.pin("killed").encode()))
    ours = card.keys.terminal_number()
    for number, terminal in enumerate((ours, "990100009999")):
        begun = card.account.begin(own_fen=0, pooled_fen=number, terminal=terminal)
        plan = DebitPlan(
            sequence=begun.sequence,
            number=number,
            terminal=terminal,
            moment=f"2026030209151{number}",
            own_fen=0,
            pooled_fen=number,
            balance_fen=begun.balance_fen,
        )
        card.account.debit(plan, begun)
    card.close()
    with opened(card="killed") as clerk:
        clerk.press("f9")
        clerk.mode(AccountMode)
        clerk.press("1")
        clerk.pin(floor.pin("killed"))
        clerk.mode(InsideMode)
        clerk.expect("卡内扣款", "其他收款台", "03-02 09:15", "卡上自带金额", "只能由经办机构圈存")


def test_sold_by_identity_number(opened: Open, floor: Floor, measure: Measure) -> None:
    """F9, 5, the number, Enter, F8: no card and no PIN; afterwards nobody stands there any more, and the number was never shown."""
    certno = floor.stage.cast["second"].certno
    floor.pull()
    with opened() as clerk:
        clerk.press("f9")
        clerk.mode(AccountMode)
        clerk.press("5")
        clerk.mode(NumberMode)
        for character in certno:
            clerk.write(character)
            assert certno not in clerk.text
        clerk.press("enter")
        clerk.person()
        clerk.expect(mask_name(floor.stage.cast["second"].psn_name))
        clerk.scan(BARCODES["A003"])
        clerk.press("f8")
        clerk.mode(SettledMode)
        measure("sale by identity number, the number's own keys included", 22, clerk)
        assert certno not in clerk.text
        clerk.press("enter")
        clerk.until("nobody stands there", lambda: clerk.till.person is None)
    last = floor.sales()[-1]

    assert Standing.ACCEPTED is last.standing


def test_refused_where_the_area_or_the_number_is_not_right(opened: Open, floor: Floor) -> None:
    """A wrong check character, an area without the certificate, a counter without the component: said, and nothing is sent."""
    floor.pull()
    with opened() as clerk:
        clerk.press("f9")
        clerk.mode(AccountMode)
        clerk.press("5")
        clerk.mode(NumberMode)
        clerk.write("990105194912310041")
        clerk.press("enter")
        clerk.expect("这不是有效的公民身份号码")
        clerk.mode(NumberMode)
        clerk.press("escape")
        clerk.selling()
        clerk.press("f9")
        clerk.mode(AccountMode)
        clerk.press("4")
        clerk.mode(ScanMode)
        clerk.scan("28" * 14)
        clerk.expect("解码组件")
        assert "28" * 14 not in clerk.text
    floor.pull(FORBIDDEN)
    with opened(FORBIDDEN) as clerk:
        clerk.press("f9")
        clerk.mode(AccountMode)
        clerk.press("5")
        clerk.mode(NumberMode)
        clerk.write("99010519491231004X")
        clerk.press("enter")
        clerk.expect("不允许凭此就诊凭证")
        assert clerk.till.person is None


@pytest.mark.parametrize(
    ("digits", "guessed"),
    [
        ("123456", True),
        ("888888", True),
        ("345678", True),
        ("987654", True),
        ("590101", True),
        ("010159", True),
        ("990100", True),
        ("010003", True),
        ("195901", True),
        ("975310", False),
        ("135246", False),
    ],
)
def test_what_is_easy_to_guess(digits: str, guessed: bool) -> None:  # noqa: FBT001 - a column of the table
    """Initial PINs, rows of digits, and what stands in the identity number."""
    assert guessed is weak(bytearray(digits.encode()), "990100195901010003")
