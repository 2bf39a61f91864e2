"""Reading a hand-written file strictly: every key known, every value of its type, and the cure in both languages.

A :class:`Table` knows its place in the file, so that a fault names file, key and cure. A converter is a
plain function from the value as written to the value as used, or to the :class:`Cure` when it is no good.
"""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from settlement.errors import Phrase, SettingsError, Words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Cure:
    """What to write instead, in both languages."""

    zh: str
    en: str


class FileFault(SettingsError):
    """A file that a person wrote and that cannot be used: ``file``, ``key``, ``cure_zh``, ``cure_en``."""


def fault_phrase(code: str, zh: str, en: str) -> Phrase:
    """Return the phrase of a kind of :class:`FileFault`; ``zh`` and ``en`` name the kind of file."""
    return Phrase(
        code,
        zh=Words(f"{zh} {{file}} 的“{{key}}”不能用。", "没有动用任何钱。", "{cure_zh}", "改正前不要使用它。"),
        en=Words(f"{en} {{file}}: “{{key}}” cannot be used.", "No money has moved.", "{cure_en}", "Do not use it before it is corrected."),
    )


class Unquoted(str):
    """A number with a decimal point as it stands in the file: exact, and known not to be quoted."""

    __slots__ = ()


def load(path: Path, fault: type[FileFault], name: str, synonyms: Mapping[str, str] | None = None) -> Table:
    """Return the whole of a TOML or, by its ending, JSON file. ``name`` is what faults call the file."""
    read = _read(path)
    if isinstance(read, Cure):
        raise fault(file=name, key="—", cure_zh=read.zh, cure_en=read.en)
    return Table(read, file=name, fault=fault, synonyms=synonyms)


def _read(path: Path) -> dict[str, Any] | Cure:
    try:
        content = path.read_text("utf-8")
        values = _parse(content, as_json=path.suffix.lower() == ".json")
    except OSError as error:
        return Cure(f"文件读不出来（{error.strerror}）。", f"The file cannot be read ({error.strerror}).")
    except UnicodeDecodeError:
        return Cure("以 UTF-8 编码保存。", "Save it as UTF-8.")
    except RecursionError:
        return Cure("嵌套太深。", "It is nested too deeply.")
    except ValueError as error:
        return Cure(f"改正格式：{error}。", f"Mend its syntax: {error}.")
    return values if isinstance(values, dict) else Cure("最外层必须是一个表。", "The outermost value must be a table.")


def _parse(content: str, *, as_json: bool) -> Any:  # noqa: ANN401 - whatever the file holds
    if as_json:
        return json.loads(content, parse_float=Unquoted, object_pairs_hook=_once)
    return tomllib.loads(content, parse_float=Unquoted)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        message = "a member is given twice"
        raise ValueError(message)
    return members


class Table:
    """One table of a file. :meth:`close` refuses the keys that nobody asked for."""

    def __init__(
        self,
        values: Mapping[str, Any],
        *,
        file: str,
        fault: type[FileFault],
        at: str = "",
        synonyms: Mapping[str, str] | None = None,
    ) -> None:
        self._file, self._fault, self._at = file, fault, at
        self._known: dict[str, None] = {}
        self._values: dict[str, Any] = {}
        for written, value in values.items():
            key = (synonyms or {}).get(written, written)
            if key in self._values:
                self.reject(written, Cure(f"“{key}”写了两次，只留一个。", f"“{key}” is given twice: keep one."))
            self._values[key] = value

    def __contains__(self, key: str) -> bool:
        return key in self._values

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def holds_table(self, key: str) -> bool:
        """Whether a table stands under ``key``."""
        return isinstance(self._values.get(key), dict)

    def reject(self, key: str, cure: Cure) -> NoReturn:
        """Raise the fault of ``key`` with its cure."""
        raise self._fault(file=self._file, key=self._place(key), cure_zh=cure.zh, cure_en=cure.en)

    def need(self, key: str, convert: Callable[[Any], T | Cure]) -> T:
        """Return the converted value of a key that must be there."""
        self._known[key] = None
        if key not in self._values:
            self.reject(key, Cure("补上这一项。", "Add it."))
        value = convert(self._values[key])
        if isinstance(value, Cure):
            self.reject(key, value)
        return value

    def take(self, key: str, convert: Callable[[Any], T | Cure], absent: T) -> T:
        """Return the converted value of a key that may be left out."""
        self._known[key] = None
        return self.need(key, convert) if key in self._values else absent

    def need_table(self, key: str) -> Table:
        """Return the table under a key that must be there."""
        return self._inner(self.need(key, _mapping), self._place(key), None)

    def table(self, key: str, synonyms: Mapping[str, str] | None = None) -> Table:
        """Return the table under ``key``; an absent one reads as empty."""
        return self._inner(self.take(key, _mapping, {}), self._place(key), synonyms)

    def tables(self, key: str, synonyms: Mapping[str, str] | None = None) -> list[Table]:
        """Return the rows of an array of tables; an absent one has none."""
        none: list[dict[str, Any]] = []
        rows = self.take(key, _rows, none)
        return [self._inner(row, f"{self._place(key)}[{number}]", synonyms) for number, row in enumerate(rows, 1)]

    def close(self) -> None:
        """Refuse a key that was never asked for."""
        for key in self._values:
            if key not in self._known:
                allowed = ", ".join(self._known)
                self.reject(key, Cure(f"没有这一项；可用：{allowed}。", f"Unknown; allowed here: {allowed}."))

    def _inner(self, values: Mapping[str, Any], at: str, synonyms: Mapping[str, str] | None) -> Table:
        return Table(values, file=self._file, fault=self._fault, at=at, synonyms=synonyms)

    def _place(self, key: str) -> str:
        return f"{self._at}.{key}" if self._at else key


def _mapping(value: object) -> dict[str, Any] | Cure:
    return value if isinstance(value, dict) else Cure("这里要一个表。", "Write a table here.")


def _rows(value: object) -> list[dict[str, Any]] | Cure:
    if isinstance(value, list) and all(isinstance(row, dict) for row in value):
        return value
    return Cure("这里要一组表（[[…]]）。", "Write an array of tables here ([[…]]).")
