"""Ctrl+K: each key of the devices' panel does its one thing, and the panel stays or closes as it says."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from terminal.screen.cashier.devices import DevicesMode
from tests.screen.cashier.staged import FixedDevices, staged, stocked

if TYPE_CHECKING:
    from pathlib import Path


@dataclass
class Noting(FixedDevices):
    """Devices that note what is done to them."""

    done: list[str] = field(default_factory=list)

    def swap(self, role: str) -> None:
        """Note a card."""
        self.done.append(f"swap {role}")

    def pull(self) -> None:
        """Note that the card is taken out."""
        self.done.append("pull")

    def cut_line(self) -> None:
        """Note a cut."""
        self.done.append("cut")

    def mend_line(self) -> None:
        """Note the mending."""
        self.done.append("mend")

    def slow_line(self, seconds: float) -> None:
        """Note a slow line."""
        self.done.append(f"slow {seconds:g}")

    def drop_next_reply(self) -> None:
        """Note a lost answer."""
        self.done.append("drop")

    def double_next_reply(self) -> None:
        """Note a doubled one."""
        self.done.append("double")

    def pull_during_next_write(self) -> None:
        """Note a torn write to come."""
        self.done.append("tear")

    def report_loss(self, role: str) -> None:
        """Note a reported loss."""
        self.done.append(f"lost {role}")


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a directory with goods."""
    return stocked(tmp_path_factory.mktemp("shelf"))


@pytest.mark.parametrize(
    ("key", "line", "done", "stays"),
    [
        ("1", "up", "swap first", False),
        ("4", "up", "swap fourth", False),
        ("0", "up", "pull", False),
        ("c", "up", "cut", True),
        ("C", "cut", "mend", True),
        ("s", "up", "slow 3", True),
        ("d", "up", "drop", True),
        ("b", "up", "double", True),
        ("w", "up", "tear", True),
        ("L", "up", "lost third", True),
    ],
)
def test_key(shelf: Path, key: str, line: str, done: str, stays: bool) -> None:  # noqa: FBT001 - a column
    """Pressed at the screen, not called."""
    devices = Noting(line=line)
    with staged(shelf, (80, 24), devices=devices) as clerk:
        clerk.press("ctrl+k")
        assert isinstance(clerk.till.mode, DevicesMode)
        clerk.press(key)

        assert [done] == devices.done
        assert stays == isinstance(clerk.till.mode, DevicesMode)


@pytest.mark.parametrize("key", ["5", "9", "x", "ctrl+k"])
def test_other_keys_do_nothing(shelf: Path, key: str) -> None:
    """No card of that number, no such thing; Ctrl+K closes."""
    devices = Noting(line="up")
    with staged(shelf, (80, 24), devices=devices) as clerk:
        clerk.press("ctrl+k", key)

        assert [] == devices.done
        assert isinstance(clerk.till.mode, DevicesMode) == (key in {"5", "9", "x"})
