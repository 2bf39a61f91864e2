"""The timeline of one settlement."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from settlement.errors import OperatorError
from terminal.difference_because import because
from terminal.screen.paint import Row, Span, row
from terminal.screen.technician import story_rows
from terminal.screen.technician.desk import Sources
from terminal.screen.technician.frame import Key
from terminal.screen.technician.story import Story, story_of
from terminal.screen.technician.view import Room, Scroll, View
from terminal.screen.words import tr

if TYPE_CHECKING:
    from settlement.blame import Blame
    from settlement.facts import SaleIntended
    from settlement.figures import Figures


class StoryView(View):
    """Everything that the journal knows of one subject."""

    def __init__(self, room: Room, subject: str) -> None:
        super().__init__(room)
        self.title = tr("Timeline")
        self.subject = subject
        self.story: Story | None = None
        self.steps = False
        self._missing = False
        self._scroll = Scroll()

    def load(self) -> None:
        """Read the records."""
        self.room.desk.ask(self._read, self._take)

    def _read(self, sources: Sources) -> Story | None:
        found = sources.journal.histories([self.subject])
        return story_of(found[0], lambda intent, answered: _because(sources, intent, answered)) if found else None

    def _take(self, story: Story | None) -> None:
        self.story, self._missing = story, story is None
        self.room.show()

    def about(self) -> list[Span]:
        """Return the number that a person reads aloud."""
        return [Span(self.subject[-6:], "strong"), *self._scroll.hint()]

    def paint(self, columns: int, rows: int) -> list[Row]:
        """Return head and timeline."""
        if self.story is None:
            text = tr("The journal has no record of this.") if self._missing else tr("Reading the journal ...")
            return [row(Span(text, "attention" if self._missing else "dim"))]
        head = story_rows.head(self.story, columns, self.room.glyphs)
        body = story_rows.body(self.story, columns, self.room.glyphs, steps=self.steps)
        return [*head, Row(), *self._scroll.part(body, rows - len(head) - 1)]

    def press(self, key: str, character: str) -> bool:
        """Scroll, show the card's steps, go to what belongs to it."""
        del character
        if self._scroll.press(key):
            self.room.show()
        elif key in {"f3", "s"}:
            self.steps = not self.steps
            self.room.show()
        elif key == "f5":
            self.load()
        elif key == "f6" and self.story is not None and self.story.related:
            self._go_on()
        else:
            return False
        return True

    def _go_on(self) -> None:
        """Show the first of what belongs to this instead; from there the same key leads on, or back."""
        assert self.story is not None
        self.subject, self.story = self.story.related[0], None
        self._scroll = Scroll()
        self.load()
        self.room.show()

    def keys(self) -> list[Key]:
        """Return the keys of the bar."""
        steps = Key("F3", tr("fewer steps") if self.steps else tr("card steps"))
        related = [Key("F6", tr("what belongs to it"))] if self.story is not None and self.story.related else []
        return [Key("↑↓", tr("scroll")), steps, Key("F5", tr("again")), *related, Key("Esc", tr("back"), following=True)]


def _because(sources: Sources, intent: SaleIntended, answered: Figures) -> Blame | None:
    """Return the rule; none where the settings or packs of now cannot be read: the doctor says why."""
    with suppress(OperatorError):
        return because(intent, answered, sources.directory)
    return None
