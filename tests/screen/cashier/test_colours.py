"""What each part of the screen means to the eye: text with its roles, and nothing that a colour alone would say.

A line of a file is a row: ``ground|role{text}role{text}``; ``text`` is left out. ``YIBAO_GOLDEN=write`` writes them anew, not in CI.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from terminal.screen import news
from terminal.screen.paint import Row
from tests.screen.cashier.bill_scenes import selling
from tests.screen.cashier.clerk import Clerk
from tests.screen.cashier.list_scenes import holds, voids
from tests.screen.cashier.paying_scenes import tender
from tests.screen.cashier.scenes import SCENES
from tests.screen.cashier.staged import DOUBTS, FINE, parts_of, staged, stocked, tell
from tests.screen.golden import held

FOLDER = Path(__file__).parent / "golden"
COLOURED = ("selling-split", "selling-troubles", "tender-change", "difference", "doubt-offline", "settled")
BY_NAME = {scene.name: scene for scene in SCENES}


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a directory with goods."""
    return stocked(tmp_path_factory.mktemp("shelf"))


def written(row: Row) -> str:
    """Return a row with its roles."""
    spans = "".join(span.text if span.role == "text" else f"{span.role}{{{span.text}}}" for span in row.spans)
    return f"{row.back}|{spans.rstrip()}"


@pytest.mark.parametrize("name", COLOURED)
def test_roles_of_a_screen(name: str, shelf: Path) -> None:
    """Fund, account and cash, what is fine and what is not, and the next step: each has the role that its colour comes from."""
    with staged(shelf) as clerk:
        BY_NAME[name].tell(clerk)
        text = "".join(f"== {part}\n" + "".join(f"{written(row)}\n" for row in rows) for part, rows in parts_of(clerk).items())
    assert "huge_" in text
    held(text, FOLDER / f"{name}.roles")


def focus_moved(clerk: Clerk) -> None:
    """Another line of the bill."""
    clerk.press("up")


def find_moved(clerk: Clerk) -> None:
    """Another find."""
    clerk.press("down")


def line_lost(clerk: Clerk) -> None:
    """The line is down."""
    tell(clerk, news.Status(now=FINE.now, reader="card", line="down", hotlist_age_s=60, printer="ok"))


def doubtful(clerk: Clerk) -> None:
    """Something is in doubt."""
    tell(clerk, news.Status(now=FINE.now, reader="card", line="up", hotlist_age_s=60, printer="ok", doubts=DOUBTS))


def short(clerk: Clerk) -> None:
    """Not enough cash."""
    clerk.send("1\r")


def finding(clerk: Clerk) -> None:
    """Goods are looked for."""
    selling(clerk)
    clerk.send("ys")


def reason_given(clerk: Clerk) -> None:
    """A reason is chosen."""
    clerk.press("enter")
    clerk.press("1")


def reason_changed(clerk: Clerk) -> None:
    """Another reason."""
    clerk.press("2")


def taken(clerk: Clerk) -> None:
    """A sale is taken from the list and its reason is the first."""
    voids(clerk)
    reason_given(clerk)


@pytest.mark.parametrize(
    ("before", "change"),
    [
        (selling, focus_moved),
        (finding, find_moved),
        (holds, focus_moved),
        (voids, find_moved),
        (voids, reason_given),
        (taken, reason_changed),
        (selling, line_lost),
        (selling, doubtful),
        (tender, short),
    ],
)
def test_who_sees_no_colour_loses_nothing(before: Callable[[Clerk], None], change: Callable[[Clerk], None], shelf: Path) -> None:
    """Whatever changes on the screen changes its text: the highlight, a choice, the state of line and queue, the next step."""
    with staged(shelf) as clerk:
        before(clerk)
        seen = clerk.text
        change(clerk)

        assert seen != clerk.text


def test_the_next_step_has_a_mark(shelf: Path) -> None:
    """With a bill on the screen it is F8; in a tender too; after a sale Enter."""
    with staged(shelf) as clerk:
        selling(clerk)
        assert ">F8" in clerk.text.splitlines()[-1]
        tender(clerk)
        assert ">F8" in clerk.text.splitlines()[-1]
        BY_NAME["settled"].tell(clerk)
        assert ">Enter" in clerk.text.splitlines()[-1]
