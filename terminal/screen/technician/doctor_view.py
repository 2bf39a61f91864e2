"""The doctor on the screen: the same look as ``yibao doctor``, on a thread of its own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from terminal.screen.paint import Row, Span, row
from terminal.screen.technician import finding_rows
from terminal.screen.technician.frame import Key, prose
from terminal.screen.technician.view import Room, Scroll, View
from terminal.screen.words import tr

if TYPE_CHECKING:
    from terminal.finding import Finding


class DoctorView(View):
    """What was found, with what to do about it."""

    def __init__(self, room: Room) -> None:
        super().__init__(room)
        self.title = tr("Check")
        self.found: list[Finding] | None = None
        self.looking = False
        self._with_card = False
        self._scroll = Scroll()
        self._begun = False

    def load(self) -> None:
        """Look once when it opens; a change of the log is no reason to look again."""
        if not self._begun:
            self._begun = True
            self._look(card=False)

    def _look(self, *, card: bool) -> None:
        if self.looking:
            return
        self.looking, self._with_card = True, card
        directory = self.room.directory

        def look() -> list[Finding]:
            return _findings(directory, card=card)

        self.room.desk.aside(look, self._take)
        self.room.show()

    def _take(self, found: list[Finding]) -> None:
        self.found, self.looking = found, False
        self.room.show()

    def failed(self) -> None:
        """Take that it could not be looked at; why is said elsewhere."""
        self.looking = False

    def about(self) -> list[Span]:
        """Return the verdict."""
        if self.looking:
            return [Span(tr("looking ..."), "notice")]
        return [finding_rows.summary(self.found, self.room.glyphs), *self._scroll.hint()] if self.found is not None else []

    def paint(self, columns: int, rows: int) -> list[Row]:
        """Return the findings."""
        if self.found is None and not self.looking:
            # It could not be looked at; the screen says why.
            return []
        if self.found is None:
            return [row(Span(tr("Looking at the counter ..."), "dim"))]
        found = finding_rows.findings(self.found, columns, self.room.glyphs)
        if not self._with_card:
            note = tr("Reader, card and PSAM were left alone: F7 looks at them too, when nobody is being served.")
            found += [Row(), *prose(note, columns, role="dim")]
        return self._scroll.part(found, rows)

    def press(self, key: str, character: str) -> bool:
        """Scroll, look again, look at the card too."""
        del character
        if self._scroll.press(key):
            self.room.show()
        elif key == "f5":
            self._look(card=False)
        elif key == "f7":
            self._look(card=True)
        else:
            return False
        return True

    def keys(self) -> list[Key]:
        """Return the keys of the bar."""
        return [Key("F5", tr("again")), Key("F7", tr("with card")), Key("↑↓", tr("scroll")), Key("Esc", tr("back"), following=True)]


def _findings(directory: Path, *, card: bool) -> list[Finding]:
    from terminal.doctor import look_at  # noqa: PLC0415 - loads everything that a counter has

    return look_at(directory, card=card, terminal=False)
