"""The queue: what the sender owes, and what waits for what."""

from __future__ import annotations

from terminal.screen.paint import Row, Span, row
from terminal.screen.technician import queue_rows
from terminal.screen.technician.frame import Key
from terminal.screen.technician.queue_rows import Queue
from terminal.screen.technician.story_view import StoryView
from terminal.screen.technician.view import Room, View
from terminal.screen.words import tr


class QueueView(View):
    """The sender and all that it owes."""

    def __init__(self, room: Room) -> None:
        super().__init__(room)
        self.title = tr("Queue")
        self.queue: Queue | None = None
        self.cursor = 0
        self._top = 0
        self._page = 10

    def load(self) -> None:
        """Read it."""
        self.room.desk.ask(lambda sources: queue_rows.queue_of(sources.journal), self._take)

    def _take(self, queue: Queue) -> None:
        self.queue = queue
        self.cursor = max(min(self.cursor, len(queue.rows) - 1), 0)
        self.room.show()

    def paint(self, columns: int, rows: int) -> list[Row]:
        """Return the sender, then one row for each request, then the chosen one in full and how many are not shown."""
        queue = self.queue
        if queue is None:
            return [row(Span(tr("Reading the journal ..."), "dim"))]
        head = queue_rows.head(queue, columns, self.room.glyphs)
        foot = queue_rows.not_shown(queue, columns)
        if queue.rows:
            foot = [Row(), *queue_rows.detail(queue.rows[self.cursor], queue, columns), *foot]
        space = max(rows - len(head) - 2 - len(foot), 1)
        self._page = space
        self._top = max(min(self._top, self.cursor), self.cursor - space + 1, 0)
        part = queue.rows[self._top : self._top + space]
        body = queue_rows.table(queue, part, self.cursor - self._top, columns)
        return [*head, Row(), *body, *foot]

    def press(self, key: str, character: str) -> bool:
        """Move, open, read again."""
        del character
        last = len(self.queue.rows) - 1 if self.queue is not None else 0
        places = {
            "up": self.cursor - 1,
            "down": self.cursor + 1,
            "pageup": self.cursor - self._page,
            "pagedown": self.cursor + self._page,
            "home": 0,
            "end": last,
        }
        if key in places:
            self.cursor = max(min(places[key], last), 0)
            self.room.show()
        elif key in {"enter", "ctrl+j"} and self.queue is not None and self.queue.rows:
            self.room.open(StoryView(self.room, self.queue.rows[self.cursor].subject))
        elif key == "f5":
            self.load()
        else:
            return False
        return True

    def keys(self) -> list[Key]:
        """Return the keys of the bar."""
        return [Key("Enter", tr("open"), following=True), Key("↑↓", tr("choose")), Key("F5", tr("again")), Key("Esc", tr("back"))]
