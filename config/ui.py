"""``[ui]`` before anything heavy is loaded: what the first frame must know, read by the standard library alone.

The whole file is checked a moment later by :mod:`config.settings`, which says what is wrong with it. Until then a value that
cannot be used counts as not given.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Literal, cast, get_args

from settlement.errors import Language

ThemeChoice = Literal["auto", "dark", "light", "contrast", "256"]
SafeGlyphs = Literal["auto", "yes", "no"]
ScreenChoice = Literal["auto", "cashier", "registration"]

ACTIONS: Mapping[str, str] = MappingProxyType(
    {
        "why": "f1",
        "find": "f2",
        "remove": "f3",
        "clear": "f4",
        "again": "f5",
        "void": "f6",
        "hold": "f7",
        "settle": "f8,f12",
        "account": "f9",
        "close": "f10",
        "technician": "ctrl+t",
        "devices": "ctrl+k",
    }
)
"""Action → its keys as shipped."""
# A key that types, ends a line or moves a caret is no action's: a scanner would press it. Of the letters with Ctrl the terminal
# sends c, h, i, j, m, p, q, s, v, x and z as something else or people expect something else of them.
_KEY = re.compile(r"((shift|ctrl|alt)\+)?f([1-9]|1[0-9]|2[0-4])|ctrl\+[abdefgklnortuwy]|insert|pause", re.ASCII)


@dataclass(frozen=True, slots=True)
class Ui:
    """How the screen looks and speaks, and which key does what."""

    language: Language = "zh"
    theme: ThemeChoice = "auto"
    safe_glyphs: SafeGlyphs = "auto"
    bell: bool = True
    screen: ScreenChoice = "auto"
    keys: Mapping[str, str] = field(default_factory=lambda: dict(ACTIONS))
    """Action → its keys, comma-separated; every action is there."""

    def keymap(self) -> dict[str, str]:
        """Return what differs from the keys as shipped: a keymap for Textual."""
        return {action: keys for action, keys in self.keys.items() if keys != ACTIONS[action]}


class KeysUnusable(ValueError):
    """A table of keys that cannot be: ``kind`` names why, ``details`` what."""

    def __init__(self, kind: str, **details: str) -> None:
        super().__init__(kind)
        self.kind, self.details = kind, details


def keys_over_shipped(given: Mapping[str, str]) -> dict[str, str]:
    """Return the keys of every action, ``given`` over those shipped. Raises :class:`KeysUnusable`.

    Kinds: ``screen_action`` no such action · ``screen_key`` no key for an action · ``screen_key_twice`` two actions on one key.
    """
    for action in given.keys() - ACTIONS.keys():
        raise KeysUnusable("screen_action", name=action, known=", ".join(ACTIONS))
    keys = {action: _tidy(given.get(action, shipped)) for action, shipped in ACTIONS.items()}
    taken: dict[str, str] = {}
    for action, several in keys.items():
        for key in several.split(","):
            if not _KEY.fullmatch(key):
                raise KeysUnusable("screen_key", key=key)
            if taken.setdefault(key, action) != action:
                raise KeysUnusable("screen_key_twice", key=key, one=taken[key], other=action)
    return keys


def _tidy(keys: str) -> str:
    return ",".join(key.strip().lower() for key in keys.split(","))


def read_ui(path: Path) -> Ui:
    """Return the ``[ui]`` section of a settings file; what is absent or cannot be used is as shipped. Raises nothing."""
    try:
        section = tomllib.loads(path.read_text(encoding="utf-8-sig")).get("ui", {})
    except (OSError, ValueError, RecursionError):
        return Ui()
    if not isinstance(section, dict):
        return Ui()
    given = section.get("keys")
    try:
        keys = keys_over_shipped(given if isinstance(given, dict) and all(isinstance(key, str) for key in given.values()) else {})
    except KeysUnusable:
        keys = dict(ACTIONS)
    bell = section.get("bell")
    return Ui(
        language="en" if section.get("language") == "en" else "zh",
        theme=cast("ThemeChoice", _known(section.get("theme"), get_args(ThemeChoice))),
        safe_glyphs=cast("SafeGlyphs", _known(section.get("safe_glyphs"), get_args(SafeGlyphs))),
        bell=bell if isinstance(bell, bool) else True,
        screen=cast("ScreenChoice", _known(section.get("screen"), get_args(ScreenChoice))),
        keys=keys,
    )


def registers(settings: Path, registry: Path) -> bool:
    """Whether the screen is the registration desk's: where it was chosen, or at a clinic or hospital whose ``registry`` is imported."""
    choice = read_ui(settings).screen
    return choice == "registration" or (choice == "auto" and registry.exists() and _venue(settings) in {"clinic", "hospital"})


def _venue(path: Path) -> object:
    try:
        counter = tomllib.loads(path.read_text(encoding="utf-8-sig")).get("counter")
    except (OSError, ValueError, RecursionError):
        return None
    return counter.get("venue") if isinstance(counter, dict) else None


def _known(value: object, names: tuple[str, ...]) -> str:
    return value if isinstance(value, str) and value in names else "auto"
