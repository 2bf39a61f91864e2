"""The set-up as a program of its own: ``yibao setup``, and what ``yibao`` opens where there are no settings yet."""

from __future__ import annotations

from typing import cast

from textual.app import App
from textual.screen import Screen

from config.ui import ThemeChoice
from terminal.screen.launch import theme_for
from terminal.screen.probe import TerminalTraits
from terminal.screen.setup.screen import ColoursChosen, SetupEnded, SetupScreen
from terminal.setup.store import SettingsStore


class SetupApp(App[bool]):
    """Returns whether there are settings to open a till with: written, or there before and left as they were."""

    ENABLE_COMMAND_PALETTE = False

    def __init__(self, store: SettingsStore, traits: TerminalTraits, *, opens_till: bool = False) -> None:
        """``opens_till``: a till opens when the settings are written."""
        super().__init__()
        self._store = store
        self._traits = traits
        self._opens_till = opens_till

    def get_default_screen(self) -> Screen[None]:
        """Return the screen of the set-up."""
        return SetupScreen(self._store, opens_till=self._opens_till, typed=self._traits.typed.decode("utf-8", "ignore"))

    def on_colours_chosen(self, chosen: ColoursChosen) -> None:
        """Put them on."""
        name = theme_for(cast("ThemeChoice", chosen.choice), self._traits)
        self.theme = name if name in self.available_themes else theme_for("auto", self._traits)
        screen = self.screen
        if isinstance(screen, SetupScreen):
            screen.show()

    def on_setup_ended(self, ended: SetupEnded) -> None:
        """Leave."""
        self.exit(ended.written)

    def _fatal_error(self) -> None:
        """Leave without Textual's traceback; the command says what happened."""
        self._close_messages_no_wait()

    @property
    def crashed(self) -> Exception | None:
        """The bug that ended the application, None when it was left in order."""
        return self._exception
