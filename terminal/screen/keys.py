"""What keys mean: the function keys with their ids (remappable), Esc and a digit instead of each, and the guard of F8.

F8 moves money, so it must be meant: a key held down repeats, a scanner's burst may hold anything, and a screen that has
just changed was not read yet. Times are when the screen took a key, in seconds of a clock that never goes back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding

from terminal.screen.words import tr

ACTIONS: tuple[tuple[str, str, str], ...] = (
    ("why", "f1", "Why"),
    ("find", "f2", "Find"),
    ("remove", "f3", "Remove"),
    ("clear", "f4", "Clear"),
    ("again", "f5", "Again"),
    ("void", "f6", "Void"),
    ("hold", "f7", "Hold"),
    ("settle", "f8,f12", "Settle"),
    ("account", "f9", "Account"),
    ("close", "f10", "Close"),
    ("technician", "ctrl+t", "Log"),
    ("devices", "ctrl+k", "Devices"),
)
"""(action, keys, label): the labels are message ids of :func:`terminal.screen.words.tr`."""
BY_DIGIT = {
    "1": "why",
    "2": "find",
    "3": "remove",
    "4": "clear",
    "5": "again",
    "6": "void",
    "7": "hold",
    "8": "settle",
    "9": "account",
    "0": "close",
}
_ALT_DIGITS = {"¡": "1", "™": "2", "£": "3", "¢": "4", "∞": "5", "§": "6", "¶": "7", "•": "8", "ª": "9", "º": "0"}
"""What a terminal makes of Esc and a digit in one breath (Textual reads it as Alt and the digit)."""
ESC_S = 1.0
_REPEAT_S = 0.12
SETTLE_PAUSE_S = 0.06
"""How long F8 waits for its own repetition before it counts."""
_CHANGED_S = 0.3
_BURST_S = 0.05


class _Shown:
    """The keys in use: one keyboard per process."""

    keys: ClassVar[dict[str, str]] = {action: keys for action, keys, _ in ACTIONS}


def use(keys: Mapping[str, str]) -> None:
    """Show these keys from now on (action → keys, comma-separated): those of the settings."""
    _Shown.keys = {**_Shown.keys, **keys}


def name_of(action: str) -> str:
    """Return the key bar's name of an action's first key, such as ``F8`` or ``^T``."""
    return _Shown.keys[action].split(",")[0].replace("ctrl+", "^").replace("shift+", "S-").upper()


def bindings() -> list[Binding]:
    """Return the bindings, each with its id, so that a keymap of the settings can move it."""
    return [Binding(keys, f"press('{action}')", label, id=action, show=False, priority=True) for action, keys, label in ACTIONS]


def label_of(action: str) -> str:
    """Return the key bar's word for an action."""
    labels = {
        "why": tr("Why"),
        "find": tr("Find"),
        "remove": tr("Remove"),
        "clear": tr("Clear"),
        "again": tr("Again"),
        "void": tr("Void"),
        "hold": tr("Hold"),
        "settle": tr("Settle"),
        "account": tr("Account"),
        "close": tr("Close"),
    }
    return labels[action]


def digit_of(character: str | None) -> str:
    """Return the digit that came together with an Esc, empty when it is none."""
    return _ALT_DIGITS.get(character or "", "")


@dataclass(slots=True)
class SettleGuard:
    """Tells an F8 that is meant from one that is not."""

    _pressed: float = float("-inf")
    _typed: float = float("-inf")
    _changed: float = float("-inf")
    _held: bool = False

    def screen_changed(self, at: float) -> None:
        """Something else stands on the screen now; the tender line is no change."""
        self._changed = at

    def typed(self, at: float) -> None:
        """Take note that a character arrived."""
        self._typed = at

    def in_burst(self, at: float) -> bool:
        """Whether a character of ``at`` comes faster upon the last one than fingers do."""
        return at - self._typed < _BURST_S

    def press(self, at: float) -> bool:
        """Take an F8; True = wait :data:`SETTLE_PAUSE_S`, then ask :meth:`meant`."""
        repeated = at - self._pressed < _REPEAT_S
        self._held = repeated
        self._pressed = at
        return not repeated and at - self._changed >= _CHANGED_S and at - self._typed >= _BURST_S

    def meant(self, pressed_at: float) -> bool:
        """Whether the F8 of then stood alone: not held, nothing typed upon it, and still the screen that it was pressed on."""
        return self._pressed == pressed_at and not self._held and max(self._typed, self._changed) <= pressed_at
