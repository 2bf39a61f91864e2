"""What each part of the screen means to the eye: text with its roles, and nothing that a colour alone would say.

A line of a file is a row: ``ground|role{text}role{text}``; ``text`` is left out. ``YIBAO_GOLDEN=write`` writes them anew, not in CI.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from terminal import day_close
from terminal.desk_day import close_shown
from terminal.screen import news
from terminal.screen.cashier.account import AccountMode
from terminal.screen.cashier.asking import DoubtMode
from terminal.screen.cashier.closing import CloseMode
from terminal.screen.cashier.differing import DifferenceMode
from terminal.screen.paint import Row
from tests.counter.closed_day import COUNTED
from tests.screen.cashier.bill_scenes import selling
from tests.screen.cashier.clerk import Clerk
from tests.screen.cashier.list_scenes import account, close, holds, open_beside, voids
from tests.screen.cashier.paying_scenes import difference, doubt_offline, tender
from tests.screen.cashier.scenes import SCENES
from tests.screen.cashier.staged import AT, DOUBTS, FINE, opened, parts_of, settle, staged, stocked, tell
from tests.screen.colourless import expect_in_text
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


def told_before(clerk: Clerk) -> None:
    """The centre does not answer any more: what it told stands, and may be spent since."""
    assert clerk.till.person is not None
    tell(clerk, news.CardShown(replace(clerk.till.person, benefit=None)))


def scheme_in_force(clerk: Clerk) -> None:
    """The scheme that was paused is in force."""
    person = clerk.till.person
    assert person is not None
    assert person.told is not None
    told = replace(person.told, schemes=tuple(replace(scheme, active=True) for scheme in person.told.schemes))
    tell(clerk, news.CardShown(replace(person, told=told)))


def sale_reversed(clerk: Clerk) -> None:
    """One of the settlements of before was voided meanwhile."""
    row = news.AccountRow(at=f"{AT[:10]}T14:05:00+08:00", words="reversed", amount_fen=30_10, account_fen=15_05)
    clerk.till.enter(AccountMode(clerk.till, (row,)))
    clerk.app.cashier.show()


def sale_accepted(clerk: Clerk) -> None:
    """An account whose one settlement stands."""
    account(clerk)
    row = news.AccountRow(at=f"{AT[:10]}T14:05:00+08:00", words="accepted", amount_fen=30_10, account_fen=15_05)
    clerk.till.enter(AccountMode(clerk.till, (row,)))
    clerk.app.cashier.show()


def doubts_alike(clerk: Clerk) -> None:
    """Two doubts that only their row tells apart."""
    opened(clerk, replace(FINE, doubts=(DOUBTS[0], replace(DOUBTS[0], subject=DOUBTS[1].subject))))
    clerk.press("f5")


def doubt_cleared_up(clerk: Clerk) -> None:
    """What became of a doubt is known: only the goods are asked about."""
    known = replace(clerk.till.status.doubts[0], found=True)
    tell(clerk, replace(clerk.till.status, doubts=(known, *clerk.till.status.doubts[1:])))


def goods_went_out(clerk: Clerk) -> None:
    """What was asked about the goods is answered: they went out."""
    state = clerk.mode(DoubtMode)._state
    tell(clerk, news.Asked(replace(state, doubt=replace(state.doubt, goods_released=True))))


def goods_answered(clerk: Clerk) -> None:
    """The goods went out."""
    doubt_offline(clerk)
    goods_went_out(clerk)


def goods_kept(clerk: Clerk) -> None:
    """They did not."""
    state = clerk.mode(DoubtMode)._state
    tell(clerk, news.Asked(replace(state, doubt=replace(state.doubt, goods_released=False))))


def fund_moved(clerk: Clerk) -> None:
    """One amount more is another at the centre; the cash that is due stays."""
    state = clerk.mode(DifferenceMode)._state
    figures = replace(state.figures, fund_pay_sumamt=state.figures.fund_pay_sumamt + 1)
    tell(clerk, news.Asked(replace(state, figures=figures)))


def asked_once_more(clerk: Clerk) -> None:
    """It may be left listed now."""
    tell(clerk, news.Asked(replace(clerk.mode(DifferenceMode)._state, again=True)))


def counted(clerk: Clerk, fen: int) -> None:
    """The drawer was counted again."""
    clerk.till.enter(CloseMode(clerk.till, close_shown(day_close.count(COUNTED, fen))))
    clerk.app.cashier.show()


def even(clerk: Clerk) -> None:
    """Nothing is over or short."""
    counted(clerk, COUNTED.expected_fen)


def over(clerk: Clerk) -> None:
    """As much over as it was short."""
    counted(clerk, COUNTED.expected_fen - COUNTED.difference_fen)


def next_operator(clerk: Clerk) -> None:
    """Who takes over is typed."""
    clerk.write("2")


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
        (account, scheme_in_force),
        (sale_accepted, sale_reversed),
        (doubts_alike, find_moved),
        (open_beside, doubt_cleared_up),
        (doubt_offline, goods_went_out),
        (goods_answered, goods_kept),
        (difference, fund_moved),
        (difference, asked_once_more),
        (difference, settle),
        (close, even),
        (close, over),
        (close, next_operator),
    ],
)
def test_who_sees_no_colour_loses_nothing(before: Callable[[Clerk], None], change: Callable[[Clerk], None], shelf: Path) -> None:
    """Whatever changes on the screen changes its text: the highlight, a choice, the state of line and queue, the next step."""
    with staged(shelf) as clerk:
        before(clerk)
        with expect_in_text(lambda: clerk.text):
            change(clerk)


def test_an_account_of_before_says_so(shelf: Path) -> None:
    """Beside the balance on the right the account itself says that it is of before: not only by being dim."""
    with staged(shelf) as clerk:
        account(clerk)
        with expect_in_text(lambda: "".join(row.text for row in parts_of(clerk)["Left"])):
            told_before(clerk)


def test_a_change_of_colour_alone_is_found(shelf: Path) -> None:
    """Where no character changes, it is said."""
    with staged(shelf) as clerk:
        selling(clerk)
        with pytest.raises(AssertionError, match="only a colour changed"), expect_in_text(lambda: clerk.text):
            clerk.rest()


def test_the_next_step_has_a_mark(shelf: Path) -> None:
    """With a bill on the screen it is F8; in a tender too; after a sale Enter."""
    with staged(shelf) as clerk:
        selling(clerk)
        assert ">F8" in clerk.text.splitlines()[-1]
        tender(clerk)
        assert ">F8" in clerk.text.splitlines()[-1]
        BY_NAME["settled"].tell(clerk)
        assert ">Enter" in clerk.text.splitlines()[-1]
