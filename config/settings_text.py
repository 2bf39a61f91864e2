"""A settings file as text: values put into it; comments and what nobody asked about stay as they stand. Pure but for the example.

Every comment stands once, in the example beside this module, which ``deploy/`` shows as well: a new file is the example with the shop's
values, and a key that an older file lacks brings its comment from there. What was edited is read again and compared with what was
meant; a file laid out in a way that editing by lines does not follow is laid out anew, from the example.
"""

from __future__ import annotations

import json
import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Leaf = tuple[str, ...]
"""A setting by its path: ``("counter", "till")``."""
_EXAMPLE = Path(__file__).with_name("settings.example.toml")
_SECTION = re.compile(r"\s*\[\s*([A-Za-z0-9_-]+(?:\s*\.\s*[A-Za-z0-9_-]+)*)\s*\]\s*(?:#.*)?")
_TABLES = re.compile(r"\s*\[")
_ENTRY = re.compile(
    r"""(?P<head>\s*(?P<key>[A-Za-z0-9_-]+)\s*=\s*)
        (?P<value>(?:[^\#"'\s]|"(?:[^"\\]|\\.)*"|'[^']*'|[ \t]+(?=[^\#\s]))+)
        (?P<gap>[ \t]*)(?P<comment>\#.*)?""",
    re.VERBOSE,
)
_BARE = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
_GAP_MIN = 2


def example() -> str:
    """Return the text of the shipped example."""
    return _EXAMPLE.read_text(encoding="utf-8")


def value_at(table: Mapping[str, Any], leaf: Leaf) -> Any:  # noqa: ANN401 - whatever the file holds
    """Return the value of a setting, None when the file does not give it."""
    found: Any = table
    for key in leaf:
        found = found.get(key) if isinstance(found, dict) else None
    return found


def merged(table: Mapping[str, Any], values: Mapping[Leaf, Any]) -> dict[str, Any]:
    """Return a copy of the settings ``table`` with ``values`` in it."""
    whole: dict[str, Any] = deepcopy(dict(table))
    for leaf, value in values.items():
        inner = whole
        for key in leaf[:-1]:
            if not isinstance(inner.get(key), dict):
                inner[key] = {}
            inner = inner[key]
        inner[leaf[-1]] = value
    return whole


@dataclass(frozen=True, slots=True)
class Changed:
    """A settings file as it is to be. ``anew``: laid out from the example, without the comments that a person had written."""

    text: str
    anew: bool = False


def changed_text(text: str, values: Mapping[Leaf, Any]) -> Changed:
    """Return the settings ``text`` with ``values`` in it; every other setting keeps its value, and its comment where editing by lines can.

    Raises :class:`tomllib.TOMLDecodeError` for a text that is no TOML, and :class:`ValueError` for values that have no place in it.
    """
    before = tomllib.loads(text)
    wanted = merged(before, values)
    changed = _edited(text, {leaf: value for leaf, value in values.items() if not _same(value_at(before, leaf), value)})
    if _read(changed) == wanted:
        return Changed(changed)
    template = example()
    changed = _edited(template, dict(_placed(wanted, _Layout(template))))
    read = _read(changed) or {}
    if not all(_same(value_at(read, leaf), value) for leaf, value in _flat(wanted)):
        message = "the settings cannot be laid out"
        raise ValueError(message)
    return Changed(changed, anew=True)


def written(value: Any) -> str:  # noqa: ANN401 - whatever a settings file may hold
    """Return a value as it stands in a settings file."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
        case int() | float():
            return repr(value)
        case list() | tuple():
            return f"[{', '.join(map(written, value))}]"
        case dict():
            inside = ", ".join(f"{_key(key)} = {written(inner)}" for key, inner in value.items())
            return f"{{ {inside} }}" if inside else "{}"
        case _:
            # A date or a time of the day: no setting is one, so the check of the file names it.
            return str(value.isoformat())


@dataclass(frozen=True, slots=True)
class _Entry:
    """One line that gives a value."""

    line: int
    match: re.Match[str]


class _Layout:
    """Where the lines of a text give which setting. What only looks like one shows when the result is read."""

    def __init__(self, text: str) -> None:
        self.lines = text.split("\n")
        self.entries: dict[Leaf, _Entry] = {}
        self.sections: dict[Leaf, int] = {}
        """Section → its last line with content."""
        self.heads: dict[Leaf, int] = {}
        section: Leaf | None = ()
        for number, line in enumerate(self.lines):
            content = line.removesuffix("\r")
            if head := _SECTION.fullmatch(content):
                section = tuple(part.strip() for part in head[1].split("."))
                self.heads[section] = self.sections[section] = number
            elif _TABLES.match(content):
                section = None
            elif section is not None and content.strip() and not content.lstrip().startswith("#"):
                self.sections[section] = number
                if entry := _ENTRY.fullmatch(content):
                    self.entries.setdefault((*section, entry["key"]), _Entry(number, entry))


def _edited(text: str, values: Mapping[Leaf, Any]) -> str:
    """Return the text with each value on its line: where it stood, else at the end of its section, else in a section of its own."""
    layout, shipped = _Layout(text), _Layout(example())
    lines: list[list[str]] = [[line] for line in layout.lines]
    end = "\r" if layout.lines[0].endswith("\r") else ""
    new: dict[Leaf, list[str]] = {}
    for leaf, value in values.items():
        entry = layout.entries.get(leaf)
        if entry is not None:
            carriage = "\r" if layout.lines[entry.line].endswith("\r") else ""
            lines[entry.line][0] = _line(entry.match, value) + carriage
            continue
        like = shipped.entries.get(leaf)
        added = _line(like.match, value) if like else f"{_key(leaf[-1])} = {written(value)}"
        if leaf[:-1] in layout.sections:
            lines[layout.sections[leaf[:-1]]].append(added + end)
        else:
            new.setdefault(leaf[:-1], []).append(added + end)
    rows = [row for several in lines for row in several]
    for section, added_rows in new.items():
        head = shipped.lines[shipped.heads[section]] if section in shipped.heads else f"[{'.'.join(map(_key, section))}]"
        while rows and not rows[-1].strip():
            rows.pop()
        rows += [end, head + end, *added_rows, ""]
    return "\n".join(rows)


def _line(match: re.Match[str], value: Any) -> str:  # noqa: ANN401
    """Return a line with another value, its comment in the column where it was."""
    start = f"{match['head']}{written(value)}"
    if not match["comment"]:
        return start
    column = _columns(match.string[: match.start("comment")])
    return start + " " * max(column - _columns(start), _GAP_MIN) + match["comment"]


def _columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else written(key)


def _read(text: str) -> dict[str, Any] | None:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return None


def _same(one: object, other: object) -> bool:
    return type(one) is type(other) and one == other


def _flat(table: Mapping[str, Any], above: Leaf = ()) -> Iterator[tuple[Leaf, Any]]:
    for key, value in table.items():
        if isinstance(value, dict) and value:
            yield from _flat(value, (*above, key))
        else:
            yield (*above, key), value


def _placed(table: Mapping[str, Any], layout: _Layout, above: Leaf = ()) -> Iterator[tuple[Leaf, Any]]:
    """Walk the settings of a table; one that has a line of its own in ``layout`` is one value, a table too."""
    for key, value in table.items():
        leaf = (*above, key)
        if isinstance(value, dict) and value and leaf not in layout.entries:
            yield from _placed(value, layout, leaf)
        else:
            yield leaf, value
