"""Reading a hand-written file strictly: every key known, every value of its type, and the cure in both languages.

A :class:`Table` knows its place in the file, so that an error names file, key and cure. Converters are
plain functions that raise :class:`Cure`.
"""

from __future__ import annotations

import json
import tomllib
from typing import TYPE_CHECKING, Any, TypeVar

from settlement.errors import Phrase, SettingsError, Words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

T = TypeVar("T")


class Cure(ValueError):
    """A value that cannot be used: what to write instead, in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        self.zh, self.en = zh, en
        super().__init__(en)


class FileFault(SettingsError):
    """A file that a person wrote and that cannot be used: ``file``, ``key``, ``cure_zh``, ``cure_en``."""


def fault_phrase(code: str, zh: str, en: str) -> Phrase:
    """Return the phrase of a :class:`FileFault` kind; ``zh`` and ``en`` name the kind of file."""
    return Phrase(
        code,
        zh=Words(f"{zh} {{file}} 的“{{key}}”不能用。", "没有动用任何钱。", "{cure_zh}", "不要在改正前使用它。"),
        en=Words(f"{en} {{file}}: “{{key}}” cannot be used.", "No money has moved.", "{cure_en}", "Do not use it before it is corrected."),
    )


class Unquoted(str):
    """A number with a decimal point as it stands in the file: exact, and known not to be quoted."""

    __slots__ = ()


def load(path: Path, fault: type[FileFault], name: str) -> Table:
    """Return the whole of a TOML or, by its ending, JSON file. ``name`` is what errors call the file."""
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "UTF-8"
        raise fault(file=name, key="—", cure_zh=f"文件读不出来（{reason}）。", cure_en=f"The file cannot be read ({reason}).") from error
    try:
        values = _parse(text, as_json=path.suffix == ".json")
    except (ValueError, RecursionError) as error:
        where = str(error) or type(error).__name__
        raise fault(file=name, key="—", cure_zh=f"改正格式：{where}。", cure_en=f"Mend its syntax: {where}.") from error
    if not isinstance(values, dict):
        raise fault(file=name, key="—", cure_zh="最外层必须是一个表。", cure_en="The outermost value must be a table.")
    return Table(values, file=name, fault=fault)


def _parse(text: str, *, as_json: bool) -> Any:  # noqa: ANN401 - whatever the file holds
    if not as_json:
        return tomllib.loads(text, parse_float=Unquoted)
    return json.loads(text, parse_float=Unquoted, object_pairs_hook=_once)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        message = "a member is given twice"
        raise ValueError(message)
    return members


class Table:
    """One table of a file. Keys are read once each; :meth:`close` refuses the ones that nobody asked for."""

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
        self._known: list[str] = []
        self._values: dict[str, Any] = {}
        for written, value in values.items():
            key = (synonyms or {}).get(written, written)
            if key in self._values:
                self.reject(written, f"“{key}”写了两次，只留一个。", f"“{key}” is given twice: keep one.")
            self._values[key] = value

    def __contains__(self, key: str) -> bool:
        return key in self._values

    def reject(self, key: str, zh: str, en: str) -> None:
        """Raise the fault of ``key`` with its cure."""
        raise self._fault(file=self._file, key=self._place(key), cure_zh=zh, cure_en=en)

    def need(self, key: str, convert: Callable[[Any], T]) -> T:
        """Return the converted value of a key that must be there."""
        self._known.append(key)
        if key not in self._values:
            self.reject(key, "补上这一项。", "Add it.")
        try:
            return convert(self._values[key])
        except Cure as cure:
            raise self._fault(file=self._file, key=self._place(key), cure_zh=cure.zh, cure_en=cure.en) from cure

    def take(self, key: str, convert: Callable[[Any], T], absent: T) -> T:
        """Return the converted value of a key that may be left out."""
        self._known.append(key)
        return self.need(key, convert) if key in self._values else absent

    def table(self, key: str, synonyms: Mapping[str, str] | None = None) -> Table:
        """Return the table under ``key``; an absent one reads as empty."""
        return self._table(self.take(key, _mapping, {}), self._place(key), synonyms)

    def tables(self, key: str, synonyms: Mapping[str, str] | None = None) -> list[Table]:
        """Return the rows of an array of tables; an absent one has none."""
        rows = self.take(key, _rows, [])
        return [self._table(row, f"{self._place(key)}[{number}]", synonyms) for number, row in enumerate(rows, 1)]

    def keys(self) -> list[str]:
        """Return the keys as they stand, for tables whose keys are names."""
        return list(self._values)

    def close(self) -> None:
        """Refuse a key that was never asked for."""
        for key in self._values:
            if key not in self._known:
                allowed = ", ".join(dict.fromkeys(self._known))
                self.reject(key, f"没有这一项；可用：{allowed}。", f"Unknown; allowed here: {allowed}.")

    def _table(self, values: Mapping[str, Any], at: str, synonyms: Mapping[str, str] | None) -> Table:
        return Table(values, file=self._file, fault=self._fault, at=at, synonyms=synonyms)

    def _place(self, key: str) -> str:
        return f"{self._at}.{key}" if self._at else key


def _mapping(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Cure("这里要一个表。", "Write a table here.")
    return value


def _rows(value: object) -> list[dict[str, Any]]:
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        raise Cure("这里要一组表（[[…]]）。", "Write an array of tables here ([[…]]).")
    return value
