"""What stands on the screen as text, and whether it is what a file says. ``YIBAO_GOLDEN=write`` writes them anew, not in CI."""

from __future__ import annotations

from textual.app import App


def text_of(app: App[int]) -> str:
    """Return the rows of the screen without colours and without blanks at their ends. The one place that looks inside Textual for it."""
    return "\n".join(strip.text.rstrip() for strip in app.screen._compositor.render_strips()) + "\n"


SIZES = ((80, 24), (100, 30), (120, 40))
