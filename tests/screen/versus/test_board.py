"""The screen of the two counters: at three sizes, in both languages, what its keys order, and what it counts."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from settlement.errors import Language
from terminal.demo.versus.customers import REGULARS, Customer, Fault, walk_in
from terminal.demo.versus.judge import Wrong
from terminal.demo.versus.live import Order, Seen, Side
from terminal.demo.versus.rule_sets import OURS, USUAL
from terminal.screen import narrow, words
from terminal.screen.themes import wear
from terminal.screen.versus.app import VersusApp
from terminal.screen.versus.painting import BY_KEY
from tests.screen.golden import SIZES, compare, text_of

FOLDER = Path(__file__).parent / "golden"
SEED = "1"
FAULTS = (*[Fault.NONE] * REGULARS, *BY_KEY.values(), *[Fault.NONE] * 6)
SERVED = tuple(walk_in(SEED, number, fault) for number, fault in enumerate(FAULTS))
TWICE = tuple(
    Wrong(number=customer.number, fault=customer.fault, fen=customer.total_fen, why="")
    for customer in SERVED
    if customer.fault in {Fault.REPLY_LOST, Fault.ERROR_AFTER_COMMIT, Fault.DELIVERED_TWICE, Fault.TILL_KILLED}
)
SCENES: dict[str, tuple[Seen, Seen]] = {
    "opening": (Seen(), Seen(step="waiting")),
    "played": (
        Seen(step="serving", serving=SERVED[-1], served=SERVED[:-1], wrong=TWICE),
        Seen(step="waiting", served=SERVED, wrong=TWICE[-2:], open=frozenset({TWICE[-1].number})),
    ),
    "over": (Seen(step="over", served=SERVED, wrong=TWICE), Seen(step="over", served=SERVED)),
    "failed": (
        Seen(step="waiting", served=SERVED),
        Seen(step="failed", served=SERVED[:3], failed="StageFailed: the line is up\x1b[31m[b]"),
    ),
}


class Asked(Side):
    """A side whose thread never starts: what it is sent is kept."""

    def __init__(self, directory: Path, *, ours: bool, seen: Seen | None = None) -> None:
        super().__init__(OURS if ours else USUAL, directory, seed=SEED, centre="re-executes")
        self.sent: list[Order] = []
        self.seen = seen or Seen()

    def order(self, wanted: Order) -> None:
        """Keep it."""
        self.sent.append(wanted)


def sides(directory: Path, *seen: Seen) -> tuple[Asked, Asked]:
    """Return the two of them, with what is seen of each."""
    usual, ours = seen or (Seen(), Seen())
    return Asked(directory / "usual", ours=False, seen=usual), Asked(directory / "ours", ours=True, seen=ours)


def looked_at(
    usual: Side, ours: Side, size: tuple[int, int], keys: tuple[str, ...] = (), look: Callable[[VersusApp], Any] = text_of
) -> Any:  # noqa: ANN401 - what the look returns
    """Open the screen, press keys, and return what a look at it says."""

    async def opened() -> Any:  # noqa: ANN401 - as above
        app = VersusApp(usual, ours, seed=SEED, centre="re-executes")
        wear(app, "counter-dark")
        async with app.run_test(size=size) as pilot:
            await pilot.press(*keys)
            await pilot.pause()
            return look(app)

    return asyncio.run(opened())


@pytest.mark.parametrize("scene", SCENES)
@pytest.mark.parametrize("spoken", ["zh", "en"])
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_scene_at_its_sizes(tmp_path: Path, size: tuple[int, int], spoken: Language, scene: str) -> None:
    """Each screen is as it was looked at, and its amounts stand whole on it."""
    words.use(spoken)
    name = f"{scene}{'-english' if spoken == 'en' else ''}-{size[0]}x{size[1]}"

    looked_at(*sides(tmp_path, *SCENES[scene]), size, look=lambda app: compare(app, name, FOLDER))


def test_last_row_counts_wrong_money_of_each(tmp_path: Path) -> None:
    """Four of the one, to the fen; of the other one that the daily file ends, and what it has in doubt is neither wrong nor right."""
    shown = looked_at(*sides(tmp_path, *SCENES["played"]), (80, 24)).splitlines()
    due = sum(one.fen for one in TWICE)

    assert "错账 4 笔" in shown[-1]
    assert f"￥{due // 100}.{due % 100:02}" in shown[-1]
    assert "错账 1 笔" in shown[-1]
    assert 1 == sum("日对账文件会查出：按 F10" in line for line in shown)
    assert 1 == sum("存疑" in line for line in shown)


@pytest.mark.parametrize("key", [*BY_KEY, "enter"])
def test_key_sends_the_same_customer_to_both(tmp_path: Path, key: str) -> None:
    """After those who come untroubled: the fault that the key names, the same purchase at each counter."""
    usual, ours = sides(tmp_path)

    looked_at(usual, ours, (80, 24), (key,))

    expected = [*(walk_in(SEED, number, Fault.NONE) for number in range(REGULARS)), walk_in(SEED, REGULARS, BY_KEY.get(key, Fault.NONE))]
    assert usual.sent == ours.sent == expected


def test_nobody_comes_after_the_day_is_ended(tmp_path: Path) -> None:
    """F10 ends the day at both; another customer is refused in words."""
    usual, ours = sides(tmp_path)

    shown = looked_at(usual, ours, (80, 24), ("f10", "1", "f10"))

    assert "今日已结束：按 Esc 退出。" in shown
    assert usual.sent == ours.sent
    assert ["end-day"] == [one for one in usual.sent if not isinstance(one, Customer)]


def test_doubtful_widths_are_not_painted(tmp_path: Path) -> None:
    """On a terminal that draws some characters too wide, frames and marks are words."""
    narrow.use_safe(True)

    shown = looked_at(*sides(tmp_path, *SCENES["played"]), (80, 24))

    assert set() == set(shown) & set("╭─│╰●✖·…")
    assert "[故障] 错账 4 笔" in shown


def test_a_lost_answer_at_a_real_counter(tmp_path: Path) -> None:
    """A side that is worked: untroubled right, then one lost answer, and the insurer has paid the usual client twice."""
    side = Side(USUAL, tmp_path / "usual", seed=SEED, centre="re-executes")
    steps: list[str] = []

    def told() -> None:
        steps.append(side.seen.step)
        if side.seen.step == "over":
            side.leave()

    side.told = told
    for number, fault in enumerate((Fault.NONE, Fault.REPLY_LOST)):
        side.order(walk_in(SEED, number, fault))
    side.order("end-day")

    side.work()

    assert ["waiting", "serving"] == steps[:2]
    assert [1] == [one.number for one in side.seen.counted]
    assert side.seen.wrong[0].fen > 0


def test_a_stage_that_cannot_be_built_is_said(tmp_path: Path) -> None:
    """Where its directory is a file, the side ends with the words why."""
    (tmp_path / "usual").write_text("", encoding="utf-8")
    side = Side(USUAL, tmp_path / "usual", seed=SEED, centre="re-executes")

    side.work()

    assert "failed" == side.seen.step
    assert "FileExistsError" in side.seen.failed
