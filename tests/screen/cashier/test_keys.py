"""Keys that are not what they seem: held down, in a burst, too early, with Esc, full-width, pasted, and Enter, which never pays."""

from __future__ import annotations

from collections.abc import Iterator
from time import monotonic

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal.screen.app import CounterApp
from terminal.screen.cashier.account import AccountMode
from terminal.screen.cashier.closing import CloseMode, CountMode
from terminal.screen.cashier.lists import VoidsMode
from terminal.screen.cashier.mode import Mode
from terminal.screen.cashier.panels import WhyMode
from terminal.screen.cashier.selling import SellingMode
from terminal.screen.cashier.settled import SettledMode
from terminal.screen.cashier.tender import TenderMode
from terminal.screen.cashier.waiting import PinMode
from terminal.screen.keys import ACTIONS, SETTLE_PAUSE_S, SettleGuard
from terminal.screen.pin_entry import PinEntry
from tests.screen.cashier.clerk import BYTES, Clerk
from tests.screen.cashier.conftest import Open
from tests.screen.cashier.floor import BARCODES, Floor

BOX = BARCODES["A001"]
_TRIES = 8
DIGIT_OF = {
    "why": "1",
    "find": "2",
    "remove": "3",
    "clear": "4",
    "again": "5",
    "void": "6",
    "hold": "7",
    "settle": "8",
    "account": "9",
    "close": "0",
}


class Noting(Mode):
    """Notes which function keys arrive."""

    def __init__(self, clerk: Clerk) -> None:
        super().__init__(clerk.till)
        self.pressed: list[str] = []

    def press(self, action: str) -> None:
        """Note it."""
        self.pressed.append(action)


@pytest.fixture
def clerk(opened: Open) -> Iterator[Clerk]:
    """Stand at a till without a card; the bill is cleared away afterwards."""
    with opened() as hands:
        yield hands
        hands.press("escape", "escape")
        hands.selling()
        if not hands.till.bill.empty:
            hands.press("f4", "f4")


def test_enter_never_pays(opened: Open, floor: Floor) -> None:
    """Through a whole sale, a void and the day's close Enter is pressed wherever it can be: the journal grows by F8 alone."""

    def entered() -> int:
        hands.press("enter", "enter", "ctrl+j")
        return floor.records()

    with opened(card="first") as hands:
        hands.scan(BOX)
        hands.scan("2000000000053")
        records = floor.records()
        assert records == entered()
        hands.mode(SellingMode)
        hands.press("f8")
        assert records == entered()
        hands.mode(TenderMode)
        hands.press("f8")
        hands.mode(PinMode)
        hands.send("12345")
        assert records == entered()
        hands.press("escape")
        hands.expect("现金")
        assert records == entered()
        hands.press("escape", "escape")
        hands.selling()
        hands.press("f8", "f8")
        hands.pin(floor.pin("first"))
        hands.mode(SettledMode)
        records = floor.records()
        hands.press("enter")
        for key, mode in (("f1", WhyMode), ("f9", AccountMode), ("f6", VoidsMode), ("f10", CountMode)):
            hands.press(key)
            hands.mode(mode)
            assert records == entered(), mode
            hands.press("escape", "escape")
            hands.selling()
        hands.press("f10")
        hands.mode(CountMode)
        hands.write("0")
        hands.press("enter")
        hands.mode(CloseMode)
        assert records == entered()
        hands.press("escape", "escape")


def test_held_f8_settles_nothing(clerk: Clerk, floor: Floor) -> None:
    """A key that repeats every 30 ms is no decision: neither at once nor after the pause before the repetition."""
    clerk.scan(BOX)
    clerk.wait(0.4)
    records = floor.records()
    held(clerk, SellingMode)
    for _ in range(_TRIES):
        # Where the machine was busy, what was held ended later than it seems here: the decision comes after a whole pause.
        clerk.wait(0.4)
        clerk.send(BYTES["f8"])
        clerk.wait(0.5)
        if isinstance(clerk.till.mode, TenderMode):
            break
    held(clerk, TenderMode)

    assert records == floor.records()


def held(clerk: Clerk, expected: type[Mode]) -> None:
    """Hold F8 down for most of a second, and see that this changes nothing. Where the machine was too busy for that, again."""
    for _ in range(_TRIES):
        longest, last = 0.0, monotonic()
        for _ in range(25):
            clerk.send(BYTES["f8"])
            clerk.wait(0.03)
            longest, last = max(longest, monotonic() - last), monotonic()
        clerk.wait(0.2)
        if longest < SETTLE_PAUSE_S:
            assert isinstance(clerk.till.mode, expected)
            return
        clerk.till.back()
        if expected is TenderMode:
            clerk.press("f8")
    pytest.skip("the machine is too busy to hold a key down")


@given(gaps=st.lists(st.floats(0.001, 0.119), min_size=1, max_size=30), before=st.floats(0, 10))
def test_a_key_held_down_is_never_meant(gaps: list[float], before: float) -> None:
    """However it repeats: not the first press, which another follows, and none of the others."""
    guard, at, pressed = SettleGuard(), before, []
    for gap in gaps:
        if guard.press(at):
            pressed.append(at)
        at += gap
    guard.press(at)

    assert [] == [moment for moment in pressed if guard.meant(moment)]


@given(typed=st.floats(0, 0.049), changed=st.floats(0, 0.299), later=st.floats(0.001, 0.059))
def test_f8_is_meant_on_a_screen_that_was_read_and_stays(typed: float, changed: float, later: float) -> None:
    """Not upon a character, not upon a change, and not when one of them follows before it counts; else it is."""
    upon_character, upon_change, then_character, then_change, alone = (SettleGuard() for _ in range(5))
    upon_character.typed(10 - typed)
    upon_change.screen_changed(10 - changed)
    assert [False, False, True, True, True] == [
        guard.press(10) for guard in (upon_character, upon_change, then_character, then_change, alone)
    ]
    then_character.typed(10 + later)
    then_change.screen_changed(10 + later)

    assert [False, False, True] == [guard.meant(10) for guard in (then_character, then_change, alone)]


def test_burst_with_f8_in_it_settles_nothing(clerk: Clerk, floor: Floor) -> None:
    """A scanner may send anything: the goods are taken, the F8 among them is not."""
    clerk.scan(BARCODES["A002"])
    clerk.wait(0.4)
    records = floor.records()
    clerk.send(f"{BOX[:6]}{BYTES['f8']}{BOX[6:]}\r")
    clerk.send(f"{BOX}\r{BYTES['f8']}")
    clerk.wait(0.2)

    assert isinstance(clerk.till.mode, SellingMode)
    assert ["A002", "A001"] == clerk.goods
    assert records == floor.records()


def test_function_key_does_not_overtake_what_was_typed(clerk: Clerk) -> None:
    """However fast they come and however busy the screen is, the box is on the bill before F3 takes it off or F7 puts it aside."""
    clerk.send(f"{BARCODES['A002']}\r{BOX}\r{BYTES['f3']}")
    assert ["A002"] == clerk.goods
    clerk.send(f"{BOX}\r{BYTES['f7']}")
    clerk.until("both are aside", lambda: clerk.till.bill.empty and clerk.till.status.holds)
    clerk.send(f"{BYTES['f7']}")
    clerk.until("both are back", lambda: clerk.goods == ["A002", "A001"])


def test_f8_on_a_new_screen_is_not_meant(opened: Open, floor: Floor) -> None:
    """What appears under the finger was not read yet: the off-line offer waits for a second look."""
    with opened(card="second") as clerk:
        clerk.scan(BARCODES["A003"])
        clerk.press("f8")
        clerk.pin(floor.pin("second"))
        clerk.mode(SettledMode)
    floor.cut()
    with opened(card="second") as clerk:
        clerk.scan(BARCODES["A003"])
        clerk.press("f8")
        before = monotonic()
        clerk.pin(floor.pin("second"))
        clerk.expect("脱机：用卡上额度支付")
        records, mode, guard = floor.records(), clerk.till.mode, clerk.app.cashier.guard
        assert guard._changed > before
        # As if it had appeared just now: a busy machine may have taken longer to get here.
        guard.screen_changed(monotonic())
        clerk.send(BYTES["f8"])
        clerk.wait(0.15)
        assert mode is clerk.till.mode
        assert records == floor.records()
        clerk.press("f8")
        clerk.mode(SettledMode)
        clerk.expect("脱机结算完成")
        clerk.press("enter")


def test_esc_and_a_digit_stand_for_each_function_key(clerk: Clerk) -> None:
    """One after the other within a second, or in one breath, as a terminal turns Alt and a digit into one character."""
    noting = Noting(clerk)
    clerk.till.enter(noting)
    for action, digit in DIGIT_OF.items():
        key = {name: keys.split(",")[0] for name, keys, _ in ACTIONS}[action]
        clerk.press(key)
        clerk.press("escape")
        clerk.send(digit)
        clerk.wait(0.15 if action == "settle" else 0.08)
        clerk.wait(0.13 if action == "settle" else 0)
        clerk.send(f"\x1b{digit}")
        clerk.wait(0.1 if action == "settle" else 0)

        assert [action] * 3 == noting.pressed
        noting.pressed.clear()
    assert clerk.till.mode is noting


def test_esc_alone_goes_back_after_a_second_and_at_once_when_pressed_twice(clerk: Clerk) -> None:
    """It waits for its digit, not for ever."""
    noting = Noting(clerk)
    clerk.till.enter(noting)
    began = monotonic()
    clerk.press("escape")
    assert clerk.till.mode is noting
    clerk.selling()
    assert 0.9 < monotonic() - began < 10

    clerk.till.enter(noting)
    clerk.press("escape", "escape")
    assert isinstance(clerk.till.mode, SellingMode)
    assert [] == noting.pressed


@pytest.mark.parametrize(
    ("written", "quantity_e4"),
    [(f"3*{BOX}", 3_0000), (f"３＊{BOX}", 3_0000), (f"0.5*{BOX}", 5000), ("2*A001", 2_0000), ("２＊Ａ００１", 2_0000), ("12*ksp", 12_0000)],
)
def test_quantity_comes_first(clerk: Clerk, written: str, quantity_e4: int) -> None:
    """A number and a star before code, bar code or initials, narrow or full-width."""
    clerk.send(f"{written}\r")

    assert ["A001"] == clerk.goods
    assert quantity_e4 == clerk.till.bill.lines[0].goods.cnt_e4


@pytest.mark.parametrize("suffix", ["\r", "\n", "\r\n"])
def test_every_end_of_a_scan_takes_one_box(clerk: Clerk, suffix: str) -> None:
    """Scanners end with CR, LF or both: one box each time."""
    for _ in range(2):
        clerk.scan(BOX, suffix)

    assert ["A001"] == clerk.goods
    assert 2_0000 == clerk.till.bill.lines[0].goods.cnt_e4


@pytest.mark.parametrize("code", ["".join(chr(ord(digit) + 0xFEE0) for digit in BOX), f"\x02{BOX}", f" {BOX} "])
def test_code_in_any_dress_is_the_same_code(clerk: Clerk, code: str) -> None:
    """Full-width digits of an input method, a control character before, blanks around."""
    clerk.scan(code)

    assert ["A001"] == clerk.goods


def test_paste_is_typed_and_taken_by_enter(clerk: Clerk) -> None:
    """What is pasted stands in the scan line; it does nothing by itself, whatever it holds."""
    clerk.send(f"\x1b[200~{BOX}\r\n\x1b[201~")
    assert [] == clerk.goods
    clerk.press("enter")

    assert ["A001"] == clerk.goods


def test_amount_is_typed_full_width_too(clerk: Clerk) -> None:
    """An input method left on does not stop the tender."""
    clerk.scan(BOX)
    clerk.press("f8")
    clerk.write("５０．５")
    clerk.press("enter")

    clerk.expect("50.50", "38.20")


def test_scan_is_no_amount(clerk: Clerk, floor: Floor) -> None:
    """A box that is scanned into the tender is not twenty billion yuan."""
    clerk.scan(BOX)
    clerk.press("f8")
    records = floor.records()
    clerk.scan(BARCODES["A002"])
    clerk.expect("扫码不是金额")
    assert "0.00" not in clerk.text.split("找零")[-1] or "找零" not in clerk.text
    clerk.write("20")
    clerk.press("enter")
    clerk.expect("20.00", "7.70")

    assert records == floor.records()


def test_scan_is_no_pin(opened: Open, floor: Floor) -> None:
    """A scan while the customer types costs no try: the entry is empty again and open."""
    with opened(card="first") as clerk:
        tries = floor.tries_left("first")
        clerk.scan(BOX)
        clerk.press("f8")
        clerk.mode(PinMode)
        clerk.scan(BARCODES["A002"])
        assert isinstance(clerk.till.mode, PinMode)
        assert tries == floor.tries_left("first")
        clerk.pin(floor.pin("first"))
        clerk.mode(SettledMode)
        clerk.press("enter")


def test_keys_from_before_the_till_stands_are_not_lost(floor: Floor) -> None:
    """What was typed while the terminal was looked at comes first, then what was typed while the trade was loading."""
    from tests.screen.cashier.clerk import at_the_counter

    with at_the_counter(CounterApp(floor.directory(), pin_entry=PinEntry(), bell=False, typed="2*")) as clerk:
        clerk.send(f"{BOX}\r")
        clerk.until("two boxes", lambda: clerk.goods == ["A001"])
        assert 2_0000 == clerk.till.bill.lines[0].goods.cnt_e4
        clerk.expect("24.60")
        clerk.press("f4", "f4")
