"""F9 at the real till: a new card is activated, a blocked PIN unblocked, a forgotten one set anew."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest

from terminal.screen.cashier.account import AccountMode
from terminal.screen.cashier.pin_work import SeenMode
from terminal.screen.cashier.waiting import PinMode
from tests.screen.cashier.clerk import Clerk
from tests.screen.cashier.conftest import Open
from tests.screen.cashier.floor import Floor

INITIAL, CHOSEN = "123456", "739154"


@pytest.fixture
def pins(floor: Floor) -> Iterator[None]:
    """Put the cards' images back as they were: other tests type their PINs."""
    cards = [floor.stage.directory / "cards" / floor.stage.cast[role].image for role in ("killed", "visitor")]
    held = [card.read_bytes() for card in cards]
    yield
    for card, before in zip(cards, held, strict=True):
        card.write_bytes(before)


def work(clerk: Clerk, digit: str, *pins: str) -> None:
    """Press F9, the digit, Enter for the document that was seen, and have the customer type."""
    clerk.press("f9")
    clerk.mode(AccountMode)
    clerk.press(digit)
    clerk.mode(SeenMode)
    clerk.press("enter")
    for typed in pins:
        asked = clerk.mode(PinMode)
        clerk.pin(typed)
        clerk.until("the next one is asked, or it is over", partial(_is_over, clerk, asked))
    clerk.selling()


def _is_over(clerk: Clerk, asked: PinMode) -> bool:
    return clerk.till.mode is not asked


@pytest.mark.usefixtures("pins")
def test_a_new_card_is_activated_once(opened: Open) -> None:
    """F9, 3, Enter, and the customer types three times; a second time it is active already."""
    with opened(card="visitor") as clerk:
        work(clerk, "3", INITIAL, CHOSEN, CHOSEN)
        clerk.expect("卡已启用，新密码已设好")
        work(clerk, "3", CHOSEN)
        clerk.expect("已经启用过")


@pytest.mark.usefixtures("pins")
def test_a_blocked_and_a_forgotten_pin(opened: Open, floor: Floor) -> None:
    """The tries are whole again by F9, 6; by F9, 7 the holder chooses a new PIN without the old one."""
    with opened(card="killed") as clerk:
        for _ in range(3):
            clerk.press("f9")
            clerk.mode(AccountMode)
            clerk.press("1")
            clerk.mode(PinMode)
            clerk.pin("000001")
            clerk.selling()
        assert 0 == floor.tries_left("killed")
        work(clerk, "6")
        clerk.expect("密码已解锁")
        assert floor.tries_left("killed") > 0
        work(clerk, "7", CHOSEN, CHOSEN)
        clerk.expect("新密码已设好")


def test_given_up_before_anything(opened: Open, floor: Floor) -> None:
    """Esc at the question leaves the card as it is."""
    before = floor.tries_left("killed")
    with opened(card="killed") as clerk:
        clerk.press("f9")
        clerk.mode(AccountMode)
        clerk.press("6")
        clerk.mode(SeenMode)
        clerk.press("escape")
        clerk.selling()

    assert before == floor.tries_left("killed")
