"""The log browser: a table over pages by key, the find line, the filters. The one view that a technician starts from."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from offline_queue.log.entry import GROUPS, KINDS, DayTotals, Filter, LogEntry
from terminal.screen.paint import Row, Span, row
from terminal.screen.technician import asked, log_rows
from terminal.screen.technician.desk import Sources
from terminal.screen.technician.frame import Key
from terminal.screen.technician.view import Room, View
from terminal.screen.technician.window import BLOCK, KEPT, Side, Window
from terminal.screen.words import tr, trn

_QUERY_MAX = 40
_QUEUE, _DOCTOR = ("f9", "q"), ("f10", "d")


class BrowserView(View):
    """What was settled, the newest first."""

    def __init__(self, room: Room) -> None:
        super().__init__(room)
        self.title = tr("Log")
        self.window = Window()
        self.shown = log_rows.LogView()
        self.seen = (0, "")
        """How many records the log has followed, and the time of the last."""
        self._request = 0
        self._fetching: Side = ""
        self._summing = (0, 0)
        """Days that are summed up, or are being."""
        self.filled = False
        """Whether the log was read at least once."""
        self.page = 10
        """Rows that a page-down goes, which the space decides."""

    # --- reading -------------------------------------------------------------------------------------------

    def load(self) -> None:
        """Read the stretch that is shown once more; the first time, the newest."""
        self._summing = (0, 0)
        if self.shown.found:
            self._ask(partial(_found, self.shown.found), self._renew_found)
        elif not self.filled or not self.window.entries:
            self._fill()
        else:
            first = None if self.window.starts else self.window.entries[0]
            limit = min(max(len(self.window.entries), BLOCK), KEPT)
            self._ask(partial(_stretch, self.shown.wanted, first, limit), partial(self._renew, limit))

    def take(self, entries: list[LogEntry], seen: tuple[int, str]) -> None:
        """Show the newest rows, which were read while the screen was being made."""
        self.window.fill(entries, limit=BLOCK)
        self.seen = seen
        self.filled = True

    def _ask(self, work: Callable[[Sources], tuple[list[LogEntry], tuple[int, str]]], then: Callable[[list[LogEntry]], None]) -> None:
        """Read rows; what is answered after something else was asked for is dropped."""
        self._request += 1
        self._fetching = ""
        self.room.desk.ask(work, partial(self._answered, self._request, then))

    def _answered(self, request: int, then: Callable[[list[LogEntry]], None], found: tuple[list[LogEntry], tuple[int, str]]) -> None:
        if request == self._request:
            entries, self.seen = found
            then(entries)
            self._after()

    def _fill(self, *, from_top: bool = True) -> None:
        """Show the filter from its top or bottom."""
        self._ask(partial(_edge, self.shown.wanted, from_top), partial(self._filled_with, from_top))

    def _filled_with(self, from_top: bool, entries: list[LogEntry]) -> None:  # noqa: FBT001 - bound by partial
        self.filled = True
        self.window.fill(entries, limit=BLOCK, from_top=from_top)

    def _renew(self, limit: int, entries: list[LogEntry]) -> None:
        self.window.renew(entries, limit=limit)

    def _renew_found(self, entries: list[LogEntry]) -> None:
        self.window.renew(entries, limit=len(entries) + 1)

    def _after(self) -> None:
        """Fetch ahead of the cursor and sum up its day, then show."""
        side = self.window.wants()
        if side and not self._fetching and not self.shown.found:
            self._fetching = side
            beyond = self.window.entries[-1 if side == "older" else 0]
            self.room.desk.ask(partial(_page, self.shown.wanted, beyond, side), partial(self._fetched, self._request, side))
        self._sum()
        self.room.show()

    def _fetched(self, request: int, side: Side, entries: list[LogEntry]) -> None:
        if request != self._request:
            return
        self._fetching = ""
        short = len(self.window.entries) <= self.page
        self.window.add(entries, side, limit=BLOCK)
        if short:
            # What came stands on the screen; else it stands beyond its edge.
            self._after()

    def _sum(self) -> None:
        """Have the days that are shown summed up, unless they are: those of the filter, else the one under the cursor."""
        wanted, entry = self.shown.wanted, self.window.entry
        day = entry.day if entry is not None else 0
        days = (wanted.first_day, wanted.last_day) if wanted.by_day else (day, day)
        if days[0] and days != self._summing:
            self._summing = days
            self.room.desk.ask(lambda sources: sources.log.totals(*days), partial(self._summed, days))

    def _summed(self, days: tuple[int, int], totals: DayTotals) -> None:
        if (totals, days) != (self.shown.totals, self.shown.totals_days):
            self.shown.totals, self.shown.totals_days = totals, days
            self.room.show()

    # --- finding and filtering -----------------------------------------------------------------------------

    def _enter(self) -> None:
        """Do what was typed; with nothing typed, open the row under the cursor."""
        if not self.shown.query:
            if self.window.entry is not None:
                self._open_story(self.window.entry)
            return
        text, self.shown.query = self.shown.query, ""
        today = int(self.seen[1][:10].replace("-", "") or 0) or 99_991_231
        match asked.understand(text, today=today):
            case asked.Number():
                self._ask(partial(_found, text), partial(self._show_found, text))
            case asked.Days(first=first, last=last):
                self._filter(self.shown.wanted._replace(first_day=first, last_day=last))
            case asked.Amounts(least_fen=least, most_fen=most):
                self._filter(self.shown.wanted._replace(least_fen=least, most_fen=most))
            case None:
                self._say(tr("Not understood: {text}").format(text=text), "attention")

    def _show_found(self, text: str, entries: list[LogEntry]) -> None:
        if not entries:
            self._say(tr("No settlement, slip or receipt is called {text}").format(text=text), "attention")
            return
        if len(entries) == 1:
            self._say("")
            self._open_story(entries[0])
            return
        self.shown.found = text
        self.window.fill(entries, limit=len(entries) + 1)
        self._say(tr("{n} rows end so: Enter opens one, more digits tell them apart").format(n=len(entries)), "notice")

    def _open_story(self, entry: LogEntry) -> None:
        from terminal.screen.technician.story_view import StoryView  # noqa: PLC0415 - not before the first frame

        self.room.open(StoryView(self.room, entry.subject))

    def _open_other(self, key: str) -> None:
        from terminal.screen.technician.doctor_view import DoctorView  # noqa: PLC0415 - not before the first frame
        from terminal.screen.technician.queue_view import QueueView  # noqa: PLC0415 - not before the first frame

        self.room.open(QueueView(self.room) if key in _QUEUE else DoctorView(self.room))

    def _filter(self, wanted: Filter) -> None:
        self.shown.wanted, self.shown.found = wanted, ""
        self._say("")
        self._fill()

    def _say(self, text: str, role: str = "dim") -> None:
        self.shown.note = (text, role)
        self.room.show()

    def _cycle(self, key: str) -> None:
        wanted = self.shown.wanted
        match key:
            case "f2":
                entry = self.window.entry
                day = 0 if wanted.by_day or entry is None else entry.day
                self._filter(wanted._replace(first_day=day, last_day=day))
            case "f3":
                self._filter(wanted._replace(group=GROUPS[(GROUPS.index(wanted.group) + 1) % len(GROUPS)]))
            case "f4":
                self._filter(Filter())
            case "f6":
                self._filter(wanted._replace(kind=KINDS[(KINDS.index(wanted.kind) + 1) % len(KINDS)]))
            case "f7":
                self._filter(wanted._replace(offline=not wanted.offline))

    def _another_day(self, *, older: bool) -> None:
        """Show the day before or after the one that is shown; with no day chosen, the one under the cursor first."""
        wanted, entry = self.shown.wanted, self.window.entry
        if not wanted.by_day:
            if entry is not None:
                self._filter(wanted._replace(first_day=entry.day, last_day=entry.day))
            return
        day = wanted.first_day if older else wanted.last_day
        self.room.desk.ask(lambda sources: sources.log.day_beside(day, older=older), self._go_to_day)

    def _go_to_day(self, day: int) -> None:
        if day:
            self._filter(self.shown.wanted._replace(first_day=day, last_day=day))
        else:
            self._say(tr("No day beyond this one"), "dim")

    # --- keys ----------------------------------------------------------------------------------------------

    def press(self, key: str, character: str) -> bool:
        """Digits and capitals are looked for, small letters and function keys act, the rest moves."""
        moves = {"up": -1, "down": 1, "pageup": -self.page, "pagedown": self.page}
        if key in moves:
            self.window.move(moves[key])
            self._after()
        elif key in {"home", "end"}:
            self._jump(from_top=key == "home")
        elif key in {"enter", "ctrl+j"}:
            self._enter()
        elif key == "backspace":
            self._type(self.shown.query[:-1])
        elif self._is_typed(character):
            self._type((self.shown.query + asked.typed(character))[:_QUERY_MAX])
        elif key in _QUEUE or key in _DOCTOR:
            self._open_other(key)
        elif key in {"left", "right"}:
            self._another_day(older=key == "left")
        elif key == "f5":
            self.load()
        elif key in {"f2", "f3", "f4", "f6", "f7"}:
            self._cycle(key)
        else:
            return False
        return True

    def _is_typed(self, character: str) -> bool:
        typed = asked.typed(character) if character else ""
        return bool(typed) and (bool(self.shown.query) or not (typed.isalpha() and character.islower()))

    def _type(self, query: str) -> None:
        self.shown.query, self.shown.note = query, ("", "dim")
        self.room.show()

    def _jump(self, *, from_top: bool) -> None:
        window = self.window
        if window.starts if from_top else window.ends:
            window.move(-len(window.entries) if from_top else len(window.entries))
            self._after()
        else:
            self._fill(from_top=from_top)

    def leave(self) -> bool:
        """Forget what was typed, then what was found."""
        if self.shown.query:
            self._type("")
            return True
        if self.shown.found:
            self._filter(self.shown.wanted)
            return True
        return False

    # --- showing -------------------------------------------------------------------------------------------

    def about(self) -> list[Span]:
        """Return how far the log has come."""
        count, at = self.seen
        if not count:
            return []
        said = trn("{n} record, the last at {at}", "{n} records, the last at {at}", count)
        return [Span(said.format(n=count, at=at[5:19].replace("T", " ")), "dim")]

    def paint(self, columns: int, rows: int) -> list[Row]:
        """Return find line, table, the row under the cursor, sums."""
        glyphs = self.room.glyphs
        below = [
            *log_rows.detail_rows(self.window.entry, columns, glyphs),
            *log_rows.totals(self.shown, columns),
        ]
        space = max(rows - 2 - len(below), 1)
        self.page = max(space - 1, 1)
        entries = self.window.visible(space)
        body = log_rows.table(entries, self.window.cursor - self.window.top, columns, glyphs)
        if not entries:
            body = [row(Span(self._empty(), "dim"))]
        blanks = [Row() for _ in range(space + 1 - len(body))]
        return [log_rows.find_line(self.shown, columns), *body, *blanks, *below]

    def _empty(self) -> str:
        if not self.filled:
            return tr("The log is being put together from the journal ...")
        return tr("Nothing here.") if self.shown.wanted == Filter() else tr("Nothing that these filters keep: F4 clears them.")

    def keys(self) -> list[Key]:
        """Return the keys of the bar."""
        opens = Key("Enter", tr("find") if self.shown.query else tr("open"), following=True)
        bar = [opens, Key("F2", tr("day")), Key("←→", tr("days")), Key("F3", tr("state")), Key("F4", tr("clear"))]
        bar += [Key("F6", tr("kind")), Key("F7", tr("off")), Key("F9", tr("queue"))]
        return [*bar, Key("F10", tr("check")), Key("Esc", tr("back"))]


def _seen(sources: Sources, entries: list[LogEntry]) -> tuple[list[LogEntry], tuple[int, str]]:
    return entries, sources.log.seen()


def _found(text: str, sources: Sources) -> tuple[list[LogEntry], tuple[int, str]]:
    return _seen(sources, sources.log.find(text))


def _edge(wanted: Filter, from_top: bool, sources: Sources) -> tuple[list[LogEntry], tuple[int, str]]:  # noqa: FBT001 - bound by partial
    return _seen(sources, sources.log.page(wanted, older=from_top, limit=BLOCK))


def _stretch(wanted: Filter, first: LogEntry | None, limit: int, sources: Sources) -> tuple[list[LogEntry], tuple[int, str]]:
    """Return the rows from ``first`` on, itself included, as they are now."""
    if first is None:
        return _seen(sources, sources.log.page(wanted, limit=limit))
    above = sources.log.page(wanted, beyond=first, older=False, limit=1)
    beyond = above[-1] if above else None
    return _seen(sources, sources.log.page(wanted, beyond=beyond, limit=limit))


def _page(wanted: Filter, beyond: LogEntry, side: Side, sources: Sources) -> list[LogEntry]:
    return sources.log.page(wanted, beyond=beyond, older=side == "older", limit=BLOCK)
