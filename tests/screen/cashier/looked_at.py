"""How every screen of a counter is looked at: as text that a person can read, with each amount in full, and Enter never pays."""

from __future__ import annotations

import re
from pathlib import Path

from terminal.screen.cashier.view import View
from terminal.screen.literal import width
from terminal.screen.orders import CloseDay, Door, Later, Sell, Void
from terminal.screen.palette import PALETTES, ROLES, style
from tests.screen.cashier.clerk import Clerk
from tests.screen.cashier.scenes import Scene
from tests.screen.cashier.staged import parts_of
from tests.screen.golden import compare

_AMOUNT = re.compile(r"(?<![\d.,])-?\d+\.\d\d(?![\d.])")
_CUT = re.compile(r"\d+\.\d?(?![\d.A-Za-z])")
"""A number that ends at its point or one digit after it."""


def shown(clerk: Clerk, scene: Scene, name: str, size: tuple[int, int], folder: Path) -> None:
    """Hold one screen against its file, and see that it fills its rows, has a colour for each role in each palette, and cuts no amount."""
    clerk.resize(*size)
    columns, rows = size
    text = clerk.text
    compare(clerk.app, f"{name}-{columns}x{rows}", folder)
    lines = text.splitlines()
    assert rows == len(lines)
    assert columns >= max(map(width, lines))
    painted = {(span.role, row.back) for rows_of in parts_of(clerk).values() for row in rows_of for span in row.spans}
    assert {role for role, _ in painted} <= ROLES
    assert all(style(theme, role, back) for theme in PALETTES for role, back in painted)
    if scene.size is None:
        assert [] == cut(clerk.app.cashier.view, text, scene.amounts)


def cut(view: View, text: str, amounts: tuple[str, ...]) -> list[str]:
    """Return the amounts that are not on the screen in full, and numbers that look cut."""
    typed = "".join(span.text for span in view.prompt)
    whole = {*_AMOUNT.findall(text), *typed.split()}
    shown_anyway = [*(share.amount for share in view.shares), view.number.amount if view.number else "", view.total]
    exact = {*(line.count for line in view.lines), *typed.split()}
    looks_cut = [found for found in _CUT.findall(text) if found not in exact]
    missing = [amount for amount in (*amounts, *filter(None, shown_anyway)) if amount not in whole]
    unnamed = [view.number.amount] if view.number and not named(text, view.number.label, view.number.amount) else []
    return [*missing, *unnamed, *looks_cut]


def named(text: str, label: str, amount: str) -> bool:
    """Whether the amount stands in full behind its label, or on the row below it."""
    whole = re.compile(rf"(?<![\d.,-]){re.escape(amount)}(?![\d.])")
    lines = text.splitlines()
    for upper, lower in zip(lines, [*lines[1:], ""], strict=True):
        before, found, behind = upper.partition(label)
        if found and (whole.match(behind.removeprefix(" ")) or (not whole.search(before) and whole.search(lower))):
            return True
    return False


def expect_enter_settles_nothing(clerk: Clerk) -> None:
    """Enter, with CR and LF, settles, voids, closes, redeems and answers nothing."""
    door = clerk.till.door
    asked_for(door)
    clerk.send("\r")
    clerk.send("\r\n")

    assert [] == [order for order in asked_for(door) if isinstance(order, Sell | Void | CloseDay | Later)]
    assert door.answers.empty()


def asked_for(door: Door) -> list[object]:
    """Return what was ordered, and forget it."""
    found: list[object] = []
    while not door.orders.empty():
        found.append(door.orders.get())
    return found
