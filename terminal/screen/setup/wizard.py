"""The set-up as it stands: which step, which field, what was typed, what was tried. Keys change it, the painting shows it; no toolkit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from settlement.errors import OperatorError
from terminal.screen import words
from terminal.screen.setup.devices import Trials
from terminal.screen.setup.entry import Entry
from terminal.screen.setup.jobs import Jobs
from terminal.screen.words import tr
from terminal.setup import draft
from terminal.setup.draft import FIELDS, STEPS, Draft
from terminal.setup.store import SettingsStore

if TYPE_CHECKING:
    from config.settings_text import Leaf
    from terminal.setup.trials import AreaListed

_CHOSEN = {"choice", "flag"}
_SECTIONS: Mapping[Leaf, Leaf] = {("counter",): draft.LEVEL, ("printer",): draft.ADDRESS, ("centre",): draft.URL}
"""Section whose settings contradict each other → the field that is asked about it."""
SHOP, READER, PRINTER = 1, 3, 4


class Stage(Enum):
    """What is on the screen."""

    ASKING = "asking"
    REVIEW = "review"
    WRITTEN = "written"


@dataclass(slots=True)
class Wizard:
    """The set-up of one counter."""

    store: SettingsStore
    jobs: Jobs
    draft: Draft
    devices: Trials
    opens_till: bool = False
    """Whether a till opens when the settings are written."""
    stage: Stage = Stage.ASKING
    step: int = 0
    top: int = 0
    """First row of the review that is shown."""
    note: str = ""
    """What has just happened, or why it has not."""
    faults: Mapping[Leaf, OperatorError] = field(default_factory=dict)
    error: OperatorError | None = None
    """Why the file could not be written."""
    writing: bool = False
    areas: tuple[AreaListed, ...] | None = None
    _focus: list[int] = field(default_factory=lambda: [0] * len(STEPS))
    _seen: set[Leaf] = field(default_factory=set)
    """Fields that were left once, or asked for by F8: their faults are shown."""
    _entry: Entry | None = None
    _checks: bool = False
    _awaited: bool = False
    """F8 was pressed before the check was there: it follows as soon as it is."""
    _leaving: bool = False

    # --- what is shown -----------------------------------------------------------------------------------

    @property
    def fields(self) -> tuple[Leaf, ...]:
        """The fields of this step, none where nothing is to be asked."""
        return self.draft.asked(self.step)

    @property
    def focus(self) -> Leaf | None:
        """The field that takes the keys."""
        fields = self.fields
        return fields[self._place] if fields else None

    @property
    def _place(self) -> int:
        # An answer may have taken fields away.
        return max(min(self._focus[self.step], len(self.fields) - 1), 0)

    @property
    def entry(self) -> Entry | None:
        """The line that is typed, None where one chooses."""
        leaf = self.focus
        if leaf is None or FIELDS[leaf].kind in _CHOSEN:
            return None
        if self._entry is None:
            self._entry = Entry(self.draft.typed[leaf], most=FIELDS[leaf].most, tidy=lambda typed: self.draft.takes(leaf, typed))
        return self._entry

    def options(self, leaf: Leaf) -> tuple[str, ...]:
        """Return what a field offers."""
        if leaf == draft.AREA:
            return tuple(area.admdvs for area in self.areas or ())
        if leaf in {draft.CARD_READER, draft.PSAM_READER}:
            parts = tuple(reader.part for reader in self.devices.readers or ())
            return ("", *dict.fromkeys(parts)) if parts else ()
        return self.draft.options(leaf)

    def fault(self, leaf: Leaf) -> OperatorError | None:
        """Return what is wrong with a field, once it was left."""
        return self.faults.get(leaf) if leaf in self._seen else None

    def strange_faults(self) -> list[OperatorError]:
        """Return what is wrong with settings that nobody is asked about."""
        asked = {leaf for step in range(len(STEPS)) for leaf in self.draft.asked(step)}
        return [error for leaf, error in self.faults.items() if leaf not in asked]

    # --- beginning ---------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Load what the first frame did without: the check of the settings, and which areas have rules."""
        text, folder = self.store.text, self.store.directory

        def load() -> tuple[AreaListed, ...]:
            import config.settings  # noqa: F401, PLC0415 - pydantic, after the first frame
            from terminal.setup.trials import listed_areas  # noqa: PLC0415 - see above

            return listed_areas(Draft(text).regions, folder)

        self.jobs.aside(load, self._begun, self._failed)

    def _begun(self, areas: tuple[AreaListed, ...]) -> None:
        self.areas = areas
        self._can_check()

    def _failed(self, error: OperatorError) -> None:
        self.areas, self.note = (), error.say(words.language())
        self._can_check()

    def _can_check(self) -> None:
        self._checks = True
        self._check()
        if self._awaited:
            self.note = ""
            self._to_review()
        self.jobs.show()

    def _check(self) -> None:
        if self._checks:
            found = self.store.faults(self.draft.table())
            self.faults = {_SECTIONS.get(leaf, leaf): error for leaf, error in found.items()}

    # --- keys --------------------------------------------------------------------------------------------

    def press(self, key: str, character: str) -> None:
        """Take a key; ``character`` is empty when it types nothing."""
        leaving, self._leaving = self._leaving, False
        self.note, self._awaited = "", False
        match self.stage:
            case Stage.WRITTEN:
                if key in {"enter", "ctrl+j", "escape", "f8"}:
                    self.jobs.leave(written=True)
            case Stage.REVIEW:
                self._review(key)
            case Stage.ASKING:
                self._ask(key, character, leaving=leaving)

    def paste(self, text: str) -> None:
        """Take what a clipboard or a scanner gives."""
        if self.stage is Stage.ASKING:
            self._type(text)

    def _ask(self, key: str, character: str, *, leaving: bool) -> None:
        match key:
            case "escape":
                self._back(sure=leaving)
            case "f8":
                self._to_review()
            case "f5" if self.step == READER:
                self.devices.read_card(self.draft)
            case "f5" if self.step == PRINTER:
                self.devices.print_page(self.draft)
            case "up" | "shift+tab" | "down" | "tab":
                self._move(-1 if key in {"up", "shift+tab"} else 1)
            case "pageup" | "pagedown":
                self._go(self.step + (1 if key == "pagedown" else -1))
            case "enter" | "ctrl+j":
                self._enter()
            case "left" | "right" if self.focus is not None and self.options(self.focus):
                self._choose(1 if key == "right" else -1)
            case _:
                self._edit(key, character)

    def _edit(self, key: str, character: str) -> None:
        leaf, entry = self.focus, self.entry
        if leaf is not None and entry is not None and entry.press(key):
            self._answered(leaf, entry.text)
        elif character:
            self._type(character)

    def _type(self, typed: str) -> None:
        leaf, entry = self.focus, self.entry
        if leaf is None:
            return
        if entry is None:
            wanted = [option for option in self.options(leaf) if typed.strip() and option.startswith(typed.strip().lower())]
            if typed == " ":
                self._choose(1)
            elif wanted:
                self._answered(leaf, wanted[0])
            return
        if not entry.type(typed):
            self.note = tr("No more than {most} characters fit here.").format(most=FIELDS[leaf].most)
        self._answered(leaf, entry.text)

    def _choose(self, by: int) -> None:
        leaf = self.focus
        offered = self.options(leaf) if leaf is not None else ()
        if leaf is None or not offered:
            return
        now = self.draft.typed[leaf]
        place = (offered.index(now) + by) % len(offered) if now in offered else (0 if by > 0 else -1)
        self._entry = None
        self._answered(leaf, offered[place])

    def _answered(self, leaf: Leaf, typed: str) -> None:
        if self.draft.typed[leaf] == typed:
            return
        self.draft.typed[leaf] = typed
        if leaf == draft.LANGUAGE:
            words.use("en" if typed == "en" else "zh")
        if leaf in {draft.LANGUAGE, draft.THEME}:
            self.jobs.dress()
        if leaf in STEPS[READER]:
            self.devices.list_readers(self.draft)
        self._check()

    # --- going about -------------------------------------------------------------------------------------

    def _left(self) -> None:
        if self.focus is not None:
            self._seen.add(self.focus)
        self._entry = None

    def _move(self, by: int) -> None:
        self._left()
        self._focus[self.step] = max(min(self._place + by, len(self.fields) - 1), 0)

    def _enter(self) -> None:
        if self._place < len(self.fields) - 1:
            self._move(1)
        elif self.step < len(STEPS) - 1:
            self._go(self.step + 1)
            self._focus[self.step] = 0
        else:
            self._to_review()

    def _go(self, step: int) -> None:
        if not 0 <= step < len(STEPS):
            return
        self._left()
        self.devices.stop()
        self.step = step
        if step == READER and self.devices.readers is None:
            self.devices.list_readers(self.draft)

    def _back(self, *, sure: bool) -> None:
        if self.devices.stop():
            return
        if self.step:
            self._go(self.step - 1)
        elif sure or not self.draft.altered:
            self.jobs.leave(written=False)
        else:
            self._leaving = True
            self.note = tr("Esc once more leaves; nothing is written.")

    # --- the end -----------------------------------------------------------------------------------------

    def _to_review(self) -> None:
        if not self._checks:
            self.note, self._awaited = tr("One moment: the check of the settings is loading."), True
            return
        self._left()
        self.devices.stop()
        self._check()
        for step in range(len(STEPS)):
            for place, leaf in enumerate(self.draft.asked(step)):
                if leaf in self.faults:
                    self._seen |= self.faults.keys()
                    self.step, self._focus[step] = step, place
                    self.note = tr("To be corrected before anything is written: {n}").format(n=len(self.faults))
                    return
        self.stage, self.top, self.error = Stage.REVIEW, 0, None

    def _review(self, key: str) -> None:
        if self.writing:
            return
        match key:
            case "escape":
                self.stage = Stage.ASKING
            case "up" | "down" | "pageup" | "pagedown":
                self.top = max(self.top + {"up": -1, "down": 1, "pageup": -10, "pagedown": 10}[key], 0)
            case "f8" if not self.strange_faults():
                self._write()

    def _write(self) -> None:
        if not self.draft.altered:
            self.jobs.leave(written=not self.draft.new)
            return
        text, store = self.draft.result().text, self.store
        self.writing, self.error = True, None
        self.jobs.aside(lambda: store.write(text), lambda _: self._written(None), self._written)

    def _written(self, error: OperatorError | None) -> None:
        self.writing, self.error = False, error
        if error is None:
            self.stage = Stage.WRITTEN
        self.jobs.show()

    @property
    def path(self) -> Path:
        """The settings file."""
        return self.store.path
