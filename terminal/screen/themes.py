"""The palettes as themes of Textual: whatever it paints by itself (input, list, toast, scrollbar) has the colours of the rows."""

from __future__ import annotations

from typing import Any

from textual.app import App
from textual.theme import Theme

from terminal.screen.palette import PALETTES, Palette


def theme_of(palette: Palette) -> Theme:
    """Return a palette as a theme of the same name. No colour is mixed, so that a terminal of 256 shows each exactly."""
    text, ink = palette.text, palette.ink
    return Theme(
        name=palette.name,
        dark=palette.dark,
        primary=palette.teal,
        secondary=palette.blue,
        accent=palette.amber,
        warning=palette.amber,
        error=palette.red,
        success=palette.green,
        foreground=text,
        background=palette.ground,
        surface=palette.raised,
        panel=palette.raised,
        boost=palette.raised,
        variables={
            "text": text,
            "text-muted": palette.dim,
            "text-disabled": palette.dim,
            "foreground-muted": palette.dim,
            "foreground-disabled": palette.dim,
            "border": palette.teal,
            "border-blurred": palette.frame,
            "block-cursor-background": palette.cursor,
            "block-cursor-foreground": text,
            "block-cursor-blurred-background": palette.raised,
            "block-cursor-blurred-foreground": text,
            "block-hover-background": palette.raised,
            "input-cursor-background": palette.amber,
            "input-cursor-foreground": ink,
            "input-selection-background": palette.cursor,
            "input-selection-foreground": text,
            "screen-selection-background": palette.cursor,
            "screen-selection-foreground": text,
            "scrollbar": palette.frame,
            "scrollbar-hover": palette.dim,
            "scrollbar-active": palette.dim,
            "scrollbar-background": palette.ground,
            "scrollbar-background-hover": palette.ground,
            "scrollbar-background-active": palette.ground,
            "scrollbar-corner-color": palette.ground,
        },
    )


THEMES = tuple(map(theme_of, PALETTES.values()))


def wear(app: App[Any], name: str) -> None:
    """Make the four themes known to ``app`` and put on the one of that name."""
    for theme in THEMES:
        app.register_theme(theme)
    app.theme = name
