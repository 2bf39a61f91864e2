"""Before the first frame: the environment that Textual reads when it is imported, the light settings, and what the terminal can do.

Nothing here loads Textual: :func:`prepare` comes first, then the application's module, then :func:`dress`.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from config.clock import Clock
from config.ui import ThemeChoice, Ui, read_ui
from terminal.screen import words
from terminal.screen.narrow import use_safe
from terminal.screen.probe import TerminalTraits, probe
from terminal.screen.refusals import NoTerminal, TerminalNotUtf8

if TYPE_CHECKING:
    from textual.app import App

ENVIRONMENT = {
    # The kitty protocol's flags garble or lose what an input method commits (Textual before 8.2.8, iTerm2); we need none of its keys.
    "TEXTUAL_DISABLE_KITTY_KEY": "1",
    # Nothing on a counter glides, least of all over ssh.
    "TEXTUAL_ANIMATIONS": "none",
}
"""What Textual is told, unless the user has told it otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """How the screen is to open."""

    ui: Ui
    traits: TerminalTraits
    theme: str
    """Name of the palette and theme."""
    safe: bool
    """Whether no character of doubtful width is painted."""


def prepare(settings: Path, clock: Clock) -> Launch:
    """Set the environment, read ``[ui]`` of the settings file and ask the terminal; speak and paint accordingly from now on.

    Raises :class:`~terminal.screen.refusals.NoTerminal` and :class:`~terminal.screen.refusals.TerminalNotUtf8`. To be called before
    anything imports Textual.
    """
    for name, value in ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    ui = read_ui(settings)
    traits = probe(os.environ, clock)
    if not traits.tty:
        raise NoTerminal
    if not traits.utf8:
        raise TerminalNotUtf8(why=next((os.environ[name] for name in ("LC_ALL", "LC_CTYPE", "LANG") if os.environ.get(name)), "—"))
    if not traits.chinese:
        raise TerminalNotUtf8(why=f"丰 = {traits.han_columns}")
    launch = Launch(ui=ui, traits=traits, theme=theme_for(ui.theme, traits), safe=safe_for(ui, traits))
    words.use(ui.language)
    use_safe(launch.safe)
    return launch


def theme_for(choice: ThemeChoice, traits: TerminalTraits) -> str:
    """Return the name of the theme: the one chosen, else dark in true colour and the exact one where colours are rounded."""
    if choice == "auto":
        return "counter-dark" if traits.colours == "truecolor" else "counter-256"
    return f"counter-{choice}"


def safe_for(ui: Ui, traits: TerminalTraits) -> bool:
    """Return whether to keep to characters of sure width: as chosen, else as measured."""
    return traits.wide if ui.safe_glyphs == "auto" else ui.safe_glyphs == "yes"


def dress(app: App[Any], launch: Launch) -> None:
    """Give the application its theme and the keys of the settings."""
    from terminal.screen import keys  # noqa: PLC0415 - loads Textual, which prepare() must precede
    from terminal.screen.themes import wear  # noqa: PLC0415 - see above

    wear(app, launch.theme)
    keys.use(launch.ui.keys)
    app.set_keymap(launch.ui.keymap())
