"""``yibao catalogue``: the goods of this counter, and what its registration desk offers, imported from files of the shop's own system."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import platformdirs

from config.case_words import KINDS
from offline_queue.catalogue import NAME, Catalogue
from offline_queue.catalogue.errors import CatalogueMissing, GoodsLinesBad
from offline_queue.catalogue.goods_file import GoodsFile, read_goods
from offline_queue.catalogue.importing import replace_catalogue
from offline_queue.registry import NAME as REGISTRY_NAME
from offline_queue.registry import Registry
from offline_queue.registry.building import replace_registry
from offline_queue.registry.desk_file import DeskFile, read_desk
from offline_queue.registry.errors import DeskLinesBad, RegistryMissing
from offline_queue.replica.table_file import ENCODINGS, Progress
from settlement.errors import OperatorError
from settlement.plain import one_line
from terminal.table_import import FOUND, OK, ImportedTable, refuse, run, write

_AGAIN = "重新导入 / import it again: yibao catalogue import"


def add_parser(commands: Any) -> None:  # noqa: ANN401 - argparse's own type is private
    """Add ``catalogue`` to the commands of ``yibao``."""
    parser = commands.add_parser("catalogue", help="商品目录 / the goods catalogue", description="商品目录 / the goods catalogue")
    actions = parser.add_subparsers(dest="action", required=True)
    importing = actions.add_parser("import", help="从 CSV 文件导入 / import a CSV file (docs/catalogue.md)")
    importing.add_argument("file", type=Path, metavar="FILE.csv", help="UTF-8 或 GB18030 / UTF-8 or GB18030")
    importing.add_argument("--replace", action="store_true", help="换掉现有目录 / replace the catalogue that is there")
    kind = importing.add_mutually_exclusive_group()
    kind.add_argument("--desk", action="store_true", help="挂号处的科室、医师、号别 / departments, doctors and fee classes of the desk")
    kind.add_argument("--skip-bad", action="store_true", help="跳过不能用的行 / import the good lines, list the bad")
    importing.add_argument("--encoding", choices=sorted(ENCODINGS), help="不自动判断编码 / instead of knowing it from the bytes")
    importing.set_defaults(run=run_import)
    status = actions.add_parser("status", help="目录概况 / what is in the catalogue")
    status.set_defaults(run=run_status)
    for action in (importing, status):
        action.add_argument("--data-dir", type=Path, default=Path(platformdirs.user_state_dir("yibao")))
        action.add_argument("--json", action="store_true", help="输出 JSON / write JSON")


def run_import(wanted: argparse.Namespace) -> int:
    """Import a file of goods, or of the desk: exit codes as :func:`terminal.table_import.run`."""
    return run(_DESK, wanted) if wanted.desk else run(_GOODS, wanted)


def run_status(wanted: argparse.Namespace) -> int:
    """Say what there is. 0 fine · 1 there is neither goods nor desk, or one is damaged."""
    try:
        desk = _desk_status(wanted.data_dir)
        goods = _goods_status(wanted.data_dir, missing_is_fine=desk is not None)
    except OperatorError as error:
        return refuse(error, wanted, {"outcome": "unusable"})
    faults = [fault for part in (goods, desk) if part for fault in part["faults"]]
    if wanted.json:
        write({"outcome": "damaged" if faults else "fine", **(goods or {}), "desk": desk})
    else:
        lines = _goods_lines(goods) if goods else ["没有商品目录。 / There is no goods catalogue."]
        sys.stdout.write("\n".join(map(one_line, (*lines, *(_desk_lines(desk) if desk else ())))) + "\n")
    return FOUND if faults else OK


def _goods_status(directory: Path, *, missing_is_fine: bool) -> dict[str, Any] | None:
    try:
        with Catalogue(directory) as catalogue:
            faults, kinds, about = catalogue.check(), catalogue.kinds(), catalogue.about
    except CatalogueMissing:
        if missing_is_fine:
            return None
        raise
    return {**about, "bytes": (directory / NAME).stat().st_size, "kinds": kinds, "faults": list(faults)}


def _desk_status(directory: Path) -> dict[str, Any] | None:
    try:
        with Registry(directory) as registry:
            faults, classes, about = registry.check(), registry.fee_classes(), registry.about
    except RegistryMissing:
        return None
    return {**about, "bytes": (directory / REGISTRY_NAME).stat().st_size, "fee_classes": classes, "faults": list(faults)}


def _goods_lines(about: Mapping[str, Any]) -> list[str]:
    at, source, encoding, left_out = (about.get(key, "—") for key in ("imported_at", "source", "encoding", "skipped"))
    size = about["bytes"] / 1e6
    return [
        f"商品 {about['items']} 种，{size:.1f} MB；{at} 由 {source}（{encoding}）导入，跳过 {left_out} 行。",
        f"{about['items']} products, {size:.1f} MB; imported {at} from {source} ({encoding}), {left_out} lines left out.",
        *(f"  {kind} {count}" for kind, count in about["kinds"].items()),
        *_faulty(about, f"{_AGAIN} FILE.csv --replace"),
    ]


def _desk_lines(about: Mapping[str, Any]) -> list[str]:
    at, source, encoding = (about.get(key, "—") for key in ("imported_at", "source", "encoding"))
    return [
        f"挂号处：科室 {about['departments']} 个，号源 {about['offers']} 条；{at} 由 {source}（{encoding}）导入。",
        f"Desk: {about['departments']} departments, {about['offers']} offers; imported {at} from {source} ({encoding}).",
        *(f"  {fee_class} {count}" for fee_class, count in about["fee_classes"].items()),
        *_faulty(about, f"{_AGAIN} --desk FILE.csv --replace"),
    ]


def _faulty(about: Mapping[str, Any], cure: str) -> list[str]:
    return [*(f"✗ {fault}" for fault in about["faults"]), *([cure] if about["faults"] else [])]


def _unusual(kinds: Iterable[str]) -> dict[str, int]:
    """Return kinds that are none of the usual words: what no region pack lists is paid in cash, so a typing error costs."""
    return {kind: count for kind, count in Counter(kinds).items() if kind not in KINDS}


def _goods_counted(goods: GoodsFile) -> dict[str, Any]:
    return {"items": len(goods.items), "unknown_kinds": _unusual(item.goods_kind for item in goods.items)}


def _goods_summary(goods: GoodsFile) -> list[str]:
    lines = [
        f"已从 {goods.name}（编码 {goods.encoding}）导入 {len(goods.items)} 种商品，跳过 {goods.bad_lines} 行。",
        f"{len(goods.items)} products imported from {goods.name} (encoding {goods.encoding}), {goods.bad_lines} lines left out.",
    ]
    for kind, count in _goods_counted(goods)["unknown_kinds"].items():
        lines.append(f"！{count} 种商品的类别“{kind}”不是常用的词；政策包没有列入的类别只收现金。")
        lines.append(f"! The kind “{kind}” of {count} products is unusual; a kind that no region pack lists is paid in cash.")
    return lines


def _place_goods(directory: Path, goods: GoodsFile, about: dict[str, str], progress: Progress, over: bool) -> None:  # noqa: FBT001 - as asked
    replace_catalogue(directory, goods.items, about, progress, over=over)


def _desk_counted(desk: DeskFile) -> dict[str, Any]:
    departments = {offer.department for offer in desk.offers}
    fees = [fee for offer in desk.offers for fee in (offer.registration, offer.consultation) if fee is not None]
    return {"departments": len(departments), "offers": len(desk.offers), "unknown_kinds": _unusual(fee.goods_kind for fee in fees)}


def _desk_summary(desk: DeskFile) -> list[str]:
    counted = _desk_counted(desk)
    lines = [
        f"已从 {desk.name}（编码 {desk.encoding}）导入 {counted['departments']} 个科室的 {counted['offers']} 条号源。",
        f"{counted['offers']} offers of {counted['departments']} departments imported from {desk.name} (encoding {desk.encoding}).",
    ]
    for kind, count in counted["unknown_kinds"].items():
        lines.append(f"！{count} 项费用的类别“{kind}”不是常用的词；政策包没有列入的类别只收现金。")
        lines.append(f"! The kind “{kind}” of {count} fees is unusual; a kind that no region pack lists is paid in cash.")
    return lines


def _place_desk(directory: Path, desk: DeskFile, about: dict[str, str], progress: Progress, over: bool) -> None:  # noqa: FBT001 - as asked
    replace_registry(directory, desk.offers, about, progress, over=over)


_GOODS = ImportedTable(
    read=read_goods,
    place=_place_goods,
    lines_bad=GoodsLinesBad,
    counted=_goods_counted,
    summary=_goods_summary,
)
_DESK = ImportedTable(read=read_desk, place=_place_desk, lines_bad=DeskLinesBad, counted=_desk_counted, summary=_desk_summary)
