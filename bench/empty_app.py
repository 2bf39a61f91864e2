"""The peers of the screen's benchmarks: an app that shows one word, and one whose only widget shows what was typed over 20 lines."""

from __future__ import annotations

import sys

from textual.app import App, ComposeResult
from textual.events import Key
from textual.widget import Widget
from textual.widgets import Static


class EmptyApp(App[None]):
    """One word."""

    def compose(self) -> ComposeResult:
        """Show it."""
        yield Static("READY")


class Lines(Widget, can_focus=True):
    """Twenty lines and the keys typed so far; a key draws it again, nothing is laid out."""

    typed = ""

    def render(self) -> str:
        """Return the lines."""
        return "\n".join([f"READY {self.typed}|", *(f"line {number} {'x' * 40}" for number in range(19))])

    def on_key(self, event: Key) -> None:
        """Show one key more."""
        self.typed = (self.typed + (event.character or ""))[-40:]
        self.refresh()


class OneWidgetApp(App[None]):
    """One widget."""

    AUTO_FOCUS = "Lines"

    def compose(self) -> ComposeResult:
        """Show it."""
        yield Lines()


if __name__ == "__main__":
    (OneWidgetApp if "typing" in sys.argv else EmptyApp)().run()
