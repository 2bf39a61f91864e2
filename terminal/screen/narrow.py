"""Characters whose width terminals disagree about (East Asian Width class A), and what stands for them where they are drawn twice as wide.

A console with a Chinese code page may draw ``─ · … “ ” ① α`` over two columns while we count one: the row moves to the right and
its last digits are lost. On such a terminal (``terminal/screen/probe.py`` measures it) none of them is painted.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

_SPELLED = {
    "…": "...", "—": "-", "–": "-", "―": "-", "·": ".", "•": "*", "‘": "'", "’": "'", "“": '"', "”": '"', "×": "x", "÷": "/",
    "±": "+/-", "≤": "<=", "≥": ">=", "≠": "!=", "≈": "~", "≡": "=", "∞": "inf", "√": "v",
    "°": "o", "℃": "C", "‰": "0/00", "′": "'", "″": '"',
    "→": "->", "←": "<-", "↑": "^", "↓": "v", "⇒": "=>", "⇔": "<=>", "●": "*", "○": "o", "◎": "o", "■": "#", "□": "#", "◆": "#", "◇": "#",
    "▲": "^", "△": "^", "▼": "v", "▽": "v", "★": "*", "☆": "*", "※": "*", "¤": "$", "§": "S", "¶": "P", "№": "No.", "\ufffd": "?",
    "─": "-", "━": "-", "│": "|", "┃": "|", "╭": "+", "╮": "+", "╰": "+", "╯": "+", "█": "#", "▌": "|", "▒": "#",
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta", "η": "eta", "θ": "theta", "κ": "kappa",
    "λ": "lambda", "μ": "u", "π": "pi", "ρ": "rho", "σ": "sigma", "τ": "tau", "φ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega",
    "Α": "A", "Β": "B", "Γ": "Gamma", "Δ": "Delta", "Θ": "Theta", "Λ": "Lambda", "Σ": "Sigma", "Φ": "Phi", "Ψ": "Psi", "Ω": "Omega",
    "æ": "ae", "Æ": "AE", "ß": "ss", "ø": "o", "Ø": "O", "đ": "d",
}  # fmt: skip
_UNKNOWN = "?"


class _Terminal:
    """The terminal in use: one per process."""

    safe = False


def use_safe(safe: bool) -> None:  # noqa: FBT001 - the one thing that it says
    """Paint no character of doubtful width from now on, or paint them all."""
    _Terminal.safe = safe


def is_safe() -> bool:
    """Return whether the terminal in use gets no character of doubtful width."""
    return _Terminal.safe


def spelled(text: str) -> str:
    """Return ``text`` with every such character written out, on a terminal that needs it: ``α`` as ``alpha``, ``Ⅱ`` as ``II``."""
    return text if not _Terminal.safe or text.isascii() else "".join(map(_spelling, text))


def squeezed(text: str) -> str:
    """Return ``text`` with every such character as one narrow one, so that what was measured stays: the last guard before painting."""
    return text if not _Terminal.safe or text.isascii() else "".join(_spelling(character)[:1] for character in text)


@lru_cache(maxsize=4096)
def _spelling(character: str) -> str:
    if unicodedata.east_asian_width(character) != "A":
        return character
    if unicodedata.category(character)[0] == "M":
        return ""
    known = _SPELLED.get(character)
    if known is None:
        # ① → 1, Ⅱ → II, é → e
        parts = unicodedata.normalize("NFKD", character)
        known = "".join(part for part in parts if unicodedata.east_asian_width(part) != "A")
    return known or _UNKNOWN
