"""Importing one kind of table at the command line: read, all or nothing, put in place, and what is said of it."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Generic, TypeVar

from config.clock import SystemClock
from offline_queue.catalogue.errors import CatalogueBusy
from offline_queue.registry.errors import RegistryBusy
from offline_queue.replica.table_file import LineFault, Progress, TableFile
from settlement.errors import OperatorError, SettingsError
from terminal.progress_bar import ProgressBar

OK, FOUND, CONFIGURATION, LATER = 0, 1, 3, 75
SCHEMA = "yibao.catalogue/1"
_SHOWN_MAX = 50
"""Faults that are written for people; ``--json`` has more of them."""
_VALUE_MAX = 40

F = TypeVar("F", bound=TableFile)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedTable(Generic[F]):
    """One kind of table, and what makes it different from the others."""

    read: Callable[[Path, Progress, str | None], F]
    place: Callable[[Path, F, dict[str, str], Progress, bool], None]
    """Put it in place in a data directory; the last argument allows it where there is one."""
    lines_bad: type[OperatorError]
    """Takes ``file``, ``bad`` and ``good``."""
    counted: Callable[[F], dict[str, Any]]
    """What the JSON answer counts of it."""
    summary: Callable[[F], list[str]]
    """What people are told of it."""


def run(table: ImportedTable[F], wanted: argparse.Namespace) -> int:
    """Import a file. 0 all of it · 1 lines are bad, or there is one already · 3 no such table · 75 another import runs."""
    bar = ProgressBar(sys.stderr, os.environ)
    answer: dict[str, Any] = {"outcome": "refused", "file": wanted.file.name}
    try:
        file = table.read(wanted.file, partial(bar.show, "读取 reading"), wanted.encoding)
        answer |= _read(file, table.counted(file))
        if file.bad_lines and not (wanted.skip_bad and file.good_lines):
            bar.clear()
            _say_faults(file, wanted)
            raise table.lines_bad(file=file.name, bad=str(file.bad_lines), good=str(file.good_lines))
        table.place(wanted.data_dir, file, _about(file), partial(bar.show, "建立 building"), wanted.replace)
    except OperatorError as error:
        bar.clear()
        return refuse(error, wanted, answer)
    bar.clear()
    _say_faults(file, wanted)
    if wanted.json:
        write({**answer, "outcome": "imported"})
    else:
        ignored = [f"没有用到的列 / columns that were not used: {'、'.join(file.ignored)}"] if file.ignored else []
        sys.stdout.write("\n".join((*table.summary(file), *ignored)) + "\n")
    return FOUND if file.bad_lines else OK


def refuse(error: OperatorError, wanted: argparse.Namespace, answer: Mapping[str, Any]) -> int:
    """Say why nothing was done, and return the exit code."""
    sys.stderr.write(f"{error.say('zh')}\n{error.say('en')}\n")
    if wanted.json:
        said = {"code": error.code, "zh": error.say("zh"), "en": error.say("en"), "details": error.details}
        write({**answer, "error": said})
    if isinstance(error, SettingsError):
        return CONFIGURATION
    return LATER if isinstance(error, CatalogueBusy | RegistryBusy) else FOUND


def write(answer: Mapping[str, Any]) -> None:
    """Write a JSON answer."""
    sys.stdout.write(json.dumps({"schema": SCHEMA, **answer}, ensure_ascii=False, indent=2) + "\n")


def _about(file: TableFile) -> dict[str, str]:
    return {
        "source": file.name,
        "encoding": file.encoding,
        "sha256": file.sha256,
        "skipped": str(file.bad_lines),
        "imported_at": SystemClock().now().isoformat(timespec="seconds"),
    }


def _read(file: TableFile, counted: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "encoding": file.encoding,
        "sha256": file.sha256,
        **counted,
        "bad_lines": file.bad_lines,
        "faults_count": file.faults_count,
        "faults": [{"line": f.line, "column": f.column, "value": f.value, "zh": f.cure.zh, "en": f.cure.en} for f in file.faults],
        "ignored_columns": list(file.ignored),
    }


def _say_faults(file: TableFile, wanted: argparse.Namespace) -> None:
    if wanted.json:
        return
    for fault in file.faults[:_SHOWN_MAX]:
        sys.stderr.write(_fault_line(fault))
    left = file.faults_count - _SHOWN_MAX
    if left > 0:
        sys.stderr.write(f"…… 还有 {left} 处，--json 列出更多 / {left} more, --json lists more of them\n")


def _fault_line(fault: LineFault) -> str:
    value = fault.value if len(fault.value) <= _VALUE_MAX else f"{fault.value[:_VALUE_MAX]}…"
    shown = "".join(character if character.isprintable() else f"\\u{{{ord(character):x}}}" for character in value)
    return f"第 {fault.line} 行 / line {fault.line}  {fault.column} “{shown}”  {fault.cure.zh} / {fault.cure.en}\n"
