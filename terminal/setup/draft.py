"""What the set-up asks, and the answers so far: text as it is typed, and what it becomes in the settings file. Loads nothing heavy."""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from config.settings_text import Changed, Leaf, changed_text, example, merged, value_at

LANGUAGE, THEME = ("ui", "language"), ("ui", "theme")
CODE, NAME, AREA = ("counter", "fixmedins_code"), ("counter", "fixmedins_name"), ("counter", "admdvs")
VENUE, LEVEL, TILL = ("counter", "venue"), ("counter", "hosp_lv"), ("counter", "till")
OPERATOR, OPERATOR_NAME = ("counter", "operator"), ("counter", "operator_name")
URL = ("centre", "url")
CARD_READER, PSAM_READER = ("reader", "card_reader"), ("reader", "psam_reader")
PRINTER, ADDRESS, BAUD = ("printer", "kind"), ("printer", "address"), ("printer", "baud")
COPIES, QR, ANSWERS = ("printer", "copies"), ("printer", "qr"), ("printer", "answers")
WIDTH = ("slip", "width")

_PHARMACY, _NONE, _SERIAL, _SIMULATED = "pharmacy", "none", "serial", "simulated"
_PRINTERS = (_NONE, "network", _SERIAL, "usb", "file", "text-file")
_CONNECTED = {"network", _SERIAL, "usb"}
"""Printers whose address is no path, which may hold blanks and wide letters."""
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that is asked."""

    leaf: Leaf
    kind: Literal["text", "narrow", "code", "choice", "flag"] = "text"
    """``text`` as typed · ``narrow`` full-width forms made narrow, no blanks · ``code`` in capitals too · the others are only chosen."""
    most: int = 200
    """Characters that it takes at most."""
    options: tuple[str, ...] = ()


FIELDS: Mapping[Leaf, Field] = {
    field.leaf: field
    for field in (
        Field(LANGUAGE, "choice", options=("zh", "en")),
        Field(THEME, "choice", options=("auto", "dark", "light", "contrast", "256")),
        Field(CODE, "code", 12),
        Field(NAME),
        Field(AREA, "narrow", 6),
        Field(VENUE, "choice", options=(_PHARMACY, "clinic", "hospital")),
        Field(LEVEL, "choice", options=("1", "2", "3")),
        Field(TILL, "narrow", 2),
        Field(OPERATOR, most=30),
        Field(OPERATOR_NAME, most=50),
        Field(URL, "narrow", 300),
        Field(CARD_READER),
        Field(PSAM_READER),
        Field(PRINTER, "choice", options=_PRINTERS),
        Field(ADDRESS),
        Field(BAUD, "choice", options=("9600", "19200", "38400", "57600", "115200")),
        Field(WIDTH, "narrow", 2, options=("32", "42", "48")),
        Field(COPIES, "choice", options=("1", "2")),
        Field(QR, "flag", options=("true", "false")),
        Field(ANSWERS, "flag", options=("true", "false")),
    )
}
STEPS: tuple[tuple[Leaf, ...], ...] = (
    (LANGUAGE, THEME),
    (CODE, NAME, AREA, VENUE, LEVEL, TILL, OPERATOR, OPERATOR_NAME),
    (URL,),
    (CARD_READER, PSAM_READER),
    (PRINTER, ADDRESS, BAUD, WIDTH, COPIES, QR, ANSWERS),
)
"""What each of the five steps asks: language, shop, centre, reader, printer."""
_OWN = (CODE, NAME, AREA, VENUE, TILL, OPERATOR, OPERATOR_NAME, URL)
"""The shop's own: nobody else's value, least of all the example's, may stand for it."""
_INTEGERS = {BAUD, WIDTH, COPIES}


@dataclass(frozen=True, slots=True)
class Change:
    """One setting that will be another. ``before`` is None where the file does not give it."""

    leaf: Leaf
    before: Any
    after: Any


class Draft:
    """The answers, beginning with those of the file; ``text`` is the file's, None when there is none."""

    def __init__(self, text: str | None) -> None:
        self.text = text
        self._table = tomllib.loads(text) if text is not None else {}
        self._shipped = tomllib.loads(example())
        self.typed = {leaf: _shown(self._standing(leaf)) for leaf in FIELDS}
        if not self.typed[VENUE]:
            self.typed[VENUE] = _PHARMACY
        self._first = dict(self.typed)

    @property
    def simulated_reader(self) -> bool:
        """Whether the reader of this file is a simulated one, which has no names to choose."""
        return bool(value_at(self._table, ("reader", "kind")) == _SIMULATED)

    def asked(self, step: int) -> tuple[Leaf, ...]:
        """Return what a step asks as things stand: no level of a pharmacy, no address of no printer."""
        return tuple(leaf for leaf in STEPS[step] if self._asked(leaf))

    def options(self, leaf: Leaf) -> tuple[str, ...]:
        """Return what a field offers; what stands in the file is offered too."""
        offered, now = FIELDS[leaf].options, self.typed[leaf]
        return offered if now in offered or not now or FIELDS[leaf].kind != "choice" else (*offered, now)

    @property
    def new(self) -> bool:
        """Whether there is no file yet."""
        return self.text is None

    @property
    def altered(self) -> bool:
        """Whether anything was answered that the file does not say already."""
        return bool(self.changes()) if not self.new else self.typed != self._first

    @property
    def regions(self) -> str:
        """The folder with further region packs that the file names, empty when it names none."""
        named = value_at(self._table, ("regions", "directory"))
        return named if isinstance(named, str) else ""

    def takes(self, leaf: Leaf, typed: str) -> str:
        """Return what of ``typed`` a field takes: one line with nothing invisible in it, in the form of the field."""
        visible = "".join(character for character in typed if unicodedata.category(character) not in _INVISIBLE)
        kind = FIELDS[leaf].kind
        if kind == "text" and not (leaf == ADDRESS and self.typed[PRINTER] in _CONNECTED):
            return "".join(" " if unicodedata.category(character) == "Zs" else character for character in visible)
        narrow = "".join(unicodedata.normalize("NFKC", visible).split())
        return narrow.upper() if kind == "code" else narrow

    def value(self, leaf: Leaf) -> Any:  # noqa: ANN401 - text, number or flag
        """Return the answer as it goes into the file."""
        typed = self.typed[leaf]
        if not self._asked(leaf):
            # What is not asked keeps its value, but for two that would contradict what was chosen.
            return "" if leaf in {LEVEL, ADDRESS} else self._standing(leaf)
        if FIELDS[leaf].kind == "flag":
            return typed == "true"
        if leaf in _INTEGERS and typed.isascii() and typed.isdigit():
            return int(typed)
        return typed.strip()

    def changes(self) -> list[Change]:
        """Return what differs from the file: for a new one, everything that is asked."""
        found = []
        for leaf in FIELDS:
            before, after = value_at(self._table, leaf), self.value(leaf)
            differs = (type(before), before) != (type(after), after)
            if self.new and (self._asked(leaf) or leaf == LEVEL):
                found.append(Change(leaf, None, after))
            elif not self.new and differs and (before is not None or after != self._standing(leaf)):
                found.append(Change(leaf, before, after))
        return found

    def result(self) -> Changed:
        """Return the file as it will be."""
        return changed_text(example() if self.text is None else self.text, self._values())

    def table(self) -> dict[str, Any]:
        """Return the content of the file as it will be."""
        return merged(self._shipped if self.new else self._table, self._values())

    def _values(self) -> dict[Leaf, Any]:
        return {change.leaf: change.after for change in self.changes()} | {leaf: self.value(leaf) for leaf in _OWN}

    def _asked(self, leaf: Leaf) -> bool:
        if leaf == LEVEL:
            return self.typed[VENUE] != _PHARMACY
        if leaf in {CARD_READER, PSAM_READER}:
            return not self.simulated_reader
        if leaf == BAUD:
            return self.typed[PRINTER] == _SERIAL
        return leaf not in {ADDRESS, COPIES, QR, ANSWERS} or self.typed[PRINTER] != _NONE

    def _standing(self, leaf: Leaf) -> Any:  # noqa: ANN401 - as above
        """Return what the file says, else what holds when it says nothing."""
        found = value_at(self._table, leaf)
        if found is not None:
            return found
        return "" if leaf in _OWN else value_at(self._shipped, leaf)


def _shown(value: Any) -> str:  # noqa: ANN401 - as above
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str | int | float) else ""
