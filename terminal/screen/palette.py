"""Colours by meaning: a role says what a span is, a palette how that looks. Each colour carries one meaning.

Green = fund and fine, blue = personal account and information, amber = cash, attention and the next action, red = failure
only, violet = self-paid, grey = secondary. Shapes and words repeat each of them, so that nothing is lost without colour.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from rich.style import Style


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of one theme."""

    name: str
    dark: bool
    ground: str
    raised: str
    warned: str
    cursor: str
    text: str
    dim: str
    frame: str
    ink: str
    """On a coloured ground."""
    green: str
    blue: str
    amber: str
    red: str
    violet: str
    teal: str
    bold_ink: bool = True
    """Whether ink may be bold: a terminal of sixteen colours shows bold black as grey."""


PALETTES = {
    palette.name: palette
    for palette in (
        Palette(
            "counter-dark", True, "#0f1822", "#172836", "#3a2f12", "#163d4b", "#e8edf2", "#94a6b8", "#2c4459", "#0b1119",
            "#34d399", "#6cb0fb", "#fbbf24", "#fb8080", "#c792fc", "#2dd4bf",
        ),
        Palette(
            "counter-light", False, "#ffffff", "#e2ebe9", "#fdefc8", "#cfeae5", "#14202b", "#52626a", "#9fbdb6", "#ffffff",
            "#046a48", "#1d4ed8", "#a04907", "#c0102a", "#7e22ce", "#0d6b63",
        ),
        Palette(
            "counter-contrast", True, "#000000", "#000000", "#000000", "#00305a", "#ffffff", "#e4e4e4", "#ffffff", "#000000",
            "#5fff87", "#87d7ff", "#ffff00", "#ffa8a8", "#deb8ff", "#5fffff",
        ),
        # Exact colours of the 256-colour cube: a terminal without true colour turns a dark navy into pure blue. The cube has no
        # dark amber, so the warned ground is a grey, and of the greys only the darker ones come through Rich's rounding unchanged.
        Palette(
            "counter-256", True, "#121212", "#1c1c1c", "#303030", "#3a3a3a", "#ffffff", "#87afaf", "#585858", "#121212",
            "#5fd787", "#5fafff", "#ffaf00", "#ff8787", "#d787ff", "#5fd7d7", False,
        ),
    )
}  # fmt: skip
DEFAULT = "counter-dark"

_GROUNDS = {"ground": "ground", "raised": "raised", "warned": "warned", "cursor": "cursor"}
_ROLES: dict[str, tuple[str, str, bool]] = {
    "text": ("text", "", False),
    "strong": ("text", "", True),
    "dim": ("dim", "", False),
    "title": ("teal", "", True),
    "chip": ("ink", "teal", True),
    "frame": ("frame", "", False),
    "frame_title": ("teal", "", True),
    "frame_cash": ("amber", "", False),
    "frame_cash_title": ("amber", "", True),
    "frame_ok": ("green", "", False),
    "frame_ok_title": ("green", "", True),
    "frame_fault": ("red", "", False),
    "frame_fault_title": ("red", "", True),
    "fund": ("green", "", True),
    "account": ("blue", "", True),
    "cash": ("amber", "", True),
    "own": ("violet", "", True),
    "ok": ("green", "", True),
    "notice": ("blue", "", True),
    "attention": ("amber", "", True),
    "fault": ("red", "", True),
    "bar_fund": ("ink", "green", False),
    "bar_account": ("ink", "blue", False),
    "bar_cash": ("ink", "amber", False),
    "bar_none": ("dim", "raised", False),
    "key": ("ground", "dim", True),
    "key_next": ("ink", "amber", True),
    "caret": ("ink", "amber", True),
    "huge_total": ("ground", "text", True),
    "huge_total_text": ("text", "", True),
    "huge_cash": ("ink", "amber", True),
    "huge_cash_text": ("amber", "", True),
    "huge_ok": ("ink", "green", True),
    "huge_ok_text": ("green", "", True),
}
ROLES = frozenset(_ROLES)


@lru_cache(maxsize=1024)
def style(theme: str, role: str, back: str) -> Style:
    """Return how ``role`` looks on the ground ``back`` in ``theme``."""
    palette = PALETTES.get(theme, PALETTES[DEFAULT])
    colour, own_back, bold = _ROLES[role]
    ground = own_back or _GROUNDS[back]
    bold = bold and (palette.bold_ink or not own_back)
    return Style(color=getattr(palette, colour), bgcolor=getattr(palette, ground), bold=bold)
