"""Who comes to the counter, what they buy and what goes wrong meanwhile: all from the seed, the same for every counter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from settlement.money import parse_yuan
from terminal.demo.cast import Dice, Item, shelf

CUSTOMERS_MAX = 400
"""So that the last one still comes on the same day."""
_FIRST = datetime(2026, 3, 2, 8, 35)  # noqa: DTZ001 - China time, as the stage's clock is set
_APART = timedelta(minutes=2)
_KINDS_MAX, _COUNT_MAX = 2, 3
_CLAIMED = ("A001", "B001", "B002")
"""Goods that the account may pay: then every fen of a bill is the centre's to split."""


class Fault(StrEnum):
    """What goes wrong while one customer is served."""

    NONE = "none"
    REPLY_LOST = "reply-lost"
    """The centre settles, and the answer never comes."""
    ERROR_AFTER_COMMIT = "5xx-after-commit"
    """The centre settles, and the gateway before it answers 502."""
    DELIVERED_TWICE = "delivered-twice"
    """A front end delivers the request twice."""
    CARD_PULLED = "card-pulled"
    """The line is down, and the card is pulled while it is written."""
    LINE_CUT = "line-cut"
    TILL_KILLED = "till-killed"
    """kill -9 while the answer is awaited."""
    USED_ELSEWHERE = "e-certificate-used-elsewhere"
    """Between the preview and the settlement the account is spent at another shop by e-certificate."""
    CARD_LOST = "card-reported-lost"
    """Between the preview and the settlement the card is reported lost."""


FAULTS = tuple(fault for fault in Fault if fault is not Fault.NONE)
_ROLES = {Fault.CARD_LOST: ("lost",), Fault.USED_ELSEWHERE: ("patient",)}
"""A lost card stays lost and a spent account stays spent: these people are kept for it."""
_OTHERS = ("first", "second", "torn", "killed")
REGULARS = len(_OTHERS)
"""As many come first, untroubled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """One purchase."""

    number: int
    role: str
    wanted: tuple[tuple[str, int], ...]
    """(product, count)."""
    total_fen: int
    fault: Fault
    pull: tuple[int, str]
    """Which of the three records of an off-line sale is being written when the card is pulled, and whether before or after it."""
    elsewhere: int
    """How many boxes are bought elsewhere."""

    @property
    def at(self) -> str:
        """When the customer comes, ``yyyy-MM-dd HH:mm:ss``."""
        return f"{_FIRST + self.number * _APART}"

    def later(self, seconds: int) -> str:
        """Return a time within the same visit."""
        return f"{_FIRST + self.number * _APART + timedelta(seconds=seconds)}"


def number_of(msgid: str) -> int:
    """Return which customer a msgid was made for, by the time in it; -1 for none of them."""
    elapsed = datetime.strptime(msgid[12:26], "%Y%m%d%H%M%S") - _FIRST  # noqa: DTZ007 - both China time
    return elapsed // _APART if timedelta() <= elapsed < CUSTOMERS_MAX * _APART else -1


def customers(seed: str, count: int, faults: tuple[Fault, ...] = FAULTS, *, prices: str = "") -> tuple[Customer, ...]:
    """Return ``count`` customers: first each of the regular ones untroubled, then rounds of as many faults as untroubled ones.

    ``prices`` is the seed of the shop's goods, where that is another one.
    """
    dice, items = Dice(seed), {item.code: item for item in shelf(prices or seed)}
    planned = [Fault.NONE] * len(_OTHERS)
    while len(planned) < count:
        planned += _shuffled(dice, len(planned), [*faults, *[Fault.NONE] * max(len(faults), 1)])
    return tuple(_customer(dice, items, number, fault) for number, fault in enumerate(planned[:count]))


def walk_in(seed: str, number: int, fault: Fault) -> Customer:
    """Return the customer who comes as ``number``, with a fault that somebody chose."""
    return _customer(Dice(seed), {item.code: item for item in shelf(seed)}, number, fault)


def _shuffled(dice: Dice, start: int, faults: list[Fault]) -> list[Fault]:
    return [fault for _, fault in sorted((dice.number(f"order/{start}/{place}", 10**9), fault) for place, fault in enumerate(faults))]


def _customer(dice: Dice, items: dict[str, Item], number: int, fault: Fault) -> Customer:
    def thrown(label: str, below: int) -> int:
        return dice.number(f"customer/{number}/{label}", below)

    # At first everybody buys once: from then on each card carries an allowance.
    roles = _OTHERS[number : number + 1] or _ROLES.get(fault, _OTHERS)
    first, kinds = thrown("goods", len(_CLAIMED)), 1 + thrown("kinds", _KINDS_MAX)
    codes = [_CLAIMED[(first + step) % len(_CLAIMED)] for step in range(kinds)]
    wanted = tuple((code, 1 + thrown(f"count/{code}", _COUNT_MAX)) for code in codes)
    return Customer(
        number=number,
        role=roles[thrown("role", len(roles))],
        wanted=wanted,
        total_fen=sum(parse_yuan(items[code].price) * boxes for code, boxes in wanted),
        fault=fault,
        pull=(1 + thrown("write", 3), ("before", "after")[thrown("when", 2)]),
        elsewhere=4 + thrown("elsewhere", 8),
    )
