"""Screens as text: 80 columns of what stands there, held against a file that a person can read.

``YIBAO_GOLDEN=write`` writes the files anew, to be looked at before they are kept; in CI it is ignored.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from textual.app import App

FOLDER = Path(__file__).parent / "shown"
SIZES = ((80, 24), (100, 30), (120, 40))
"""Columns and rows of the three layouts."""


def text_of(app: App[Any]) -> str:
    """Return the rows of the screen on top, without colours and without blanks at their ends: one look inside Textual."""
    return "\n".join(strip.text.rstrip() for strip in app.screen._compositor.render_strips()) + "\n"


def compare(app: App[Any], name: str, folder: Path = FOLDER) -> None:
    """Hold the screen against its file in ``folder``. Raises :class:`AssertionError` with both."""
    held(text_of(app), folder / f"{name}.txt")


def held(shown: str, path: Path) -> None:
    """Hold what is shown against a file. Raises :class:`AssertionError` with both."""
    if os.environ.get("YIBAO_GOLDEN") == "write" and os.environ.get("CI") != "true":
        path.parent.mkdir(exist_ok=True)
        path.write_text(shown, encoding="utf-8")
    kept = path.read_text(encoding="utf-8") if path.exists() else ""
    assert kept == shown, f"{path.name} shows\n{kept}\nand the screen\n{shown}"
