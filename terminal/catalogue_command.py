"""``yibao catalogue``: the goods of this counter, imported from a file of the shop's own system."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections import Counter
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import platformdirs

from config.case_words import KINDS
from config.clock import SystemClock
from offline_queue.catalogue import NAME, Catalogue
from offline_queue.catalogue.errors import CatalogueBusy, GoodsLinesBad
from offline_queue.catalogue.goods_file import GoodsFile, read_goods
from offline_queue.catalogue.importing import replace_catalogue
from offline_queue.replica.table_file import ENCODINGS, LineFault
from settlement.errors import OperatorError, SettingsError
from terminal.progress_bar import ProgressBar

OK, FOUND, CONFIGURATION, LATER = 0, 1, 3, 75
SCHEMA = "yibao.catalogue/1"
_SHOWN_MAX = 50
"""Faults that are written for people; ``--json`` has more of them."""
_VALUE_MAX = 40


def add_parser(commands: Any) -> None:  # noqa: ANN401 - argparse's own type is private
    """Add ``catalogue`` to the commands of ``yibao``."""
    parser = commands.add_parser("catalogue", help="商品目录 / the goods catalogue", description="商品目录 / the goods catalogue")
    actions = parser.add_subparsers(dest="action", required=True)
    importing = actions.add_parser("import", help="从 CSV 文件导入 / import a CSV file (docs/catalogue.md)")
    importing.add_argument("file", type=Path, metavar="FILE.csv", help="UTF-8 或 GB18030 / UTF-8 or GB18030")
    importing.add_argument("--replace", action="store_true", help="换掉现有目录 / replace the catalogue that is there")
    importing.add_argument("--skip-bad", action="store_true", help="跳过不能用的行 / import the good lines, list the bad")
    importing.add_argument("--encoding", choices=sorted(ENCODINGS), help="不自动判断编码 / instead of knowing it from the bytes")
    importing.set_defaults(run=run_import)
    status = actions.add_parser("status", help="目录概况 / what is in the catalogue")
    status.set_defaults(run=run_status)
    for action in (importing, status):
        action.add_argument("--data-dir", type=Path, default=Path(platformdirs.user_state_dir("yibao")))
        action.add_argument("--json", action="store_true", help="输出 JSON / write JSON")


def run_import(wanted: argparse.Namespace) -> int:
    """Import a goods file. 0 all of it · 1 lines are bad, or a catalogue is there · 3 no goods file · 75 another import runs."""
    bar = ProgressBar(sys.stderr, os.environ)
    answer: dict[str, Any] = {"outcome": "refused", "file": wanted.file.name}
    try:
        goods = read_goods(wanted.file, partial(bar.show, "读取 reading"), wanted.encoding)
        answer |= _read(goods)
        if goods.bad_lines and not (wanted.skip_bad and goods.items):
            bar.clear()
            _say_faults(goods, wanted)
            raise GoodsLinesBad(file=goods.name, bad=str(goods.bad_lines), good=str(len(goods.items)))
        show = partial(bar.show, "建立 building")
        replace_catalogue(wanted.data_dir, goods.items, _about(goods), show, over=wanted.replace)
    except OperatorError as error:
        bar.clear()
        return _refuse(error, wanted, answer)
    bar.clear()
    _say_faults(goods, wanted)
    if wanted.json:
        _write({**answer, "outcome": "imported"})
    else:
        sys.stdout.write(_summary(goods))
    return FOUND if goods.bad_lines else OK


def run_status(wanted: argparse.Namespace) -> int:
    """Say what the catalogue is. 0 fine · 1 there is none, or it is damaged."""
    try:
        with Catalogue(wanted.data_dir) as catalogue:
            faults, kinds, about = catalogue.check(), catalogue.kinds(), catalogue.about
    except OperatorError as error:
        return _refuse(error, wanted, {"outcome": "unusable"})
    size = (wanted.data_dir / NAME).stat().st_size
    if wanted.json:
        _write({"outcome": "damaged" if faults else "fine", **about, "bytes": size, "kinds": kinds, "faults": list(faults)})
        return FOUND if faults else OK
    at, source, encoding, left_out = (about.get(key, "—") for key in ("imported_at", "source", "encoding", "skipped"))
    lines = [
        f"商品 {about['items']} 种，{size / 1e6:.1f} MB；{at} 由 {source}（{encoding}）导入，跳过 {left_out} 行。",
        f"{about['items']} products, {size / 1e6:.1f} MB; imported {at} from {source} ({encoding}), {left_out} lines left out.",
        *(f"  {kind} {count}" for kind, count in kinds.items()),
        *(f"✗ {fault}" for fault in faults),
        *(["重新导入 / import it again: yibao catalogue import FILE.csv --replace"] if faults else []),
    ]
    sys.stdout.write("\n".join(lines) + "\n")
    return FOUND if faults else OK


def _refuse(error: OperatorError, wanted: argparse.Namespace, answer: Mapping[str, Any]) -> int:
    sys.stderr.write(f"{error.say('zh')}\n{error.say('en')}\n")
    if wanted.json:
        said = {"code": error.code, "zh": error.say("zh"), "en": error.say("en"), "details": error.details}
        _write({**answer, "error": said})
    if isinstance(error, SettingsError):
        return CONFIGURATION
    return LATER if isinstance(error, CatalogueBusy) else FOUND


def _about(goods: GoodsFile) -> dict[str, str]:
    return {
        "source": goods.name,
        "encoding": goods.encoding,
        "sha256": goods.sha256,
        "skipped": str(goods.bad_lines),
        "imported_at": SystemClock().now().isoformat(timespec="seconds"),
    }


def _read(goods: GoodsFile) -> dict[str, Any]:
    return {
        "encoding": goods.encoding,
        "sha256": goods.sha256,
        "items": len(goods.items),
        "bad_lines": goods.bad_lines,
        "faults_count": goods.faults_count,
        "faults": [{"line": f.line, "column": f.column, "value": f.value, "zh": f.cure.zh, "en": f.cure.en} for f in goods.faults],
        "ignored_columns": list(goods.ignored),
        "unknown_kinds": _unknown_kinds(goods),
    }


def _unknown_kinds(goods: GoodsFile) -> dict[str, int]:
    """Return kinds that are none of the usual words: what no region pack lists is paid in cash, so a typing error costs."""
    return {kind: count for kind, count in Counter(item.goods_kind for item in goods.items).items() if kind not in KINDS}


def _say_faults(goods: GoodsFile, wanted: argparse.Namespace) -> None:
    if wanted.json:
        return
    for fault in goods.faults[:_SHOWN_MAX]:
        sys.stderr.write(_fault_line(fault))
    left = goods.faults_count - _SHOWN_MAX
    if left > 0:
        sys.stderr.write(f"…… 还有 {left} 处，--json 列出更多 / {left} more, --json lists more of them\n")


def _fault_line(fault: LineFault) -> str:
    value = fault.value if len(fault.value) <= _VALUE_MAX else f"{fault.value[:_VALUE_MAX]}…"
    shown = "".join(character if character.isprintable() else f"\\u{{{ord(character):x}}}" for character in value)
    return f"第 {fault.line} 行 / line {fault.line}  {fault.column} “{shown}”  {fault.cure.zh} / {fault.cure.en}\n"


def _summary(goods: GoodsFile) -> str:
    lines = [
        f"已从 {goods.name}（编码 {goods.encoding}）导入 {len(goods.items)} 种商品，跳过 {goods.bad_lines} 行。",
        f"{len(goods.items)} products imported from {goods.name} (encoding {goods.encoding}), {goods.bad_lines} lines left out.",
    ]
    if goods.ignored:
        lines.append(f"没有用到的列 / columns that were not used: {'、'.join(goods.ignored)}")
    for kind, count in _unknown_kinds(goods).items():
        lines.append(f"！{count} 种商品的类别“{kind}”不是常用的词；政策包没有列入的类别只收现金。")
        lines.append(f"! The kind “{kind}” of {count} products is unusual; a kind that no region pack lists is paid in cash.")
    return "\n".join(lines) + "\n"


def _write(answer: Mapping[str, Any]) -> None:
    sys.stdout.write(json.dumps({"schema": SCHEMA, **answer}, ensure_ascii=False, indent=2) + "\n")
