"""What can be wrong with the catalogue, and what it means for the counter."""

from __future__ import annotations

from offline_queue.replica.replica_file import ReplicaErrors
from settlement.errors import OperatorError, Phrase, Words


class CatalogueMissing(OperatorError):
    """There is no catalogue in the data directory."""

    phrase = Phrase(
        "CATALOGUE-MISSING",
        zh=Words(
            "目录 {directory} 里没有商品目录。", "没有动用任何钱。", "运行 yibao catalogue import 导入。", "不要手工编造商品编码销售。"
        ),
        en=Words(
            "There is no goods catalogue in {directory}.",
            "No money has moved.",
            "Run yibao catalogue import.",
            "Do not sell under product codes that are made up.",
        ),
    )


class CatalogueDamaged(OperatorError):
    """The catalogue's file cannot be read, or was built by another version."""

    phrase = Phrase(
        "CATALOGUE-DAMAGED",
        zh=Words(
            "商品目录 {file} 读不出来：{what}。",
            "账本是另一个文件，不受影响。",
            "用 yibao catalogue import --replace 重新导入。",
            "不要按记忆填写价格。",
        ),
        en=Words(
            "The goods catalogue {file} cannot be read: {what}.",
            "The journal is another file and is not touched.",
            "Import it again with yibao catalogue import --replace.",
            "Do not type prices from memory.",
        ),
    )


class CatalogueExists(OperatorError):
    """There is a catalogue already, and nobody said that it may go."""

    phrase = Phrase(
        "CATALOGUE-EXISTS",
        zh=Words(
            "目录 {directory} 里已有商品目录，没有导入。",
            "没有动用任何钱，原目录照旧可用。",
            "确定要换时加 --replace。",
            "不要手工删除 catalogue.db。",
        ),
        en=Words(
            "There is a goods catalogue in {directory} already; nothing was imported.",
            "No money has moved and the old one works on.",
            "Add --replace when it is to be replaced.",
            "Do not delete catalogue.db by hand.",
        ),
    )


class CatalogueBusy(OperatorError):
    """Another import is under way in the same directory."""

    phrase = Phrase(
        "CATALOGUE-BUSY",
        zh=Words("另一个导入正在进行。", "没有动用任何钱，原目录照旧可用。", "等它结束后再导入。", "不要同时导入两个文件。"),
        en=Words(
            "Another import is under way.",
            "No money has moved and the old catalogue works on.",
            "Import again when it has ended.",
            "Do not import two files at once.",
        ),
    )


class CatalogueUnwritable(OperatorError):
    """The disk is full, failed or may not be written."""

    phrase = Phrase(
        "CATALOGUE-UNWRITABLE",
        zh=Words(
            "商品目录写不进磁盘：{what}。",
            "没有动用任何钱，原目录照旧可用。",
            "检查磁盘空间和数据目录的权限后再导入。",
            "不要删除数据目录里的其他文件。",
        ),
        en=Words(
            "The goods catalogue cannot be written: {what}.",
            "No money has moved and the old catalogue works on.",
            "Check the free space and the rights of the data directory, then import again.",
            "Do not delete other files of the data directory.",
        ),
    )


CATALOGUE_ERRORS = ReplicaErrors(
    missing=CatalogueMissing,
    damaged=CatalogueDamaged,
    exists=CatalogueExists,
    busy=CatalogueBusy,
    unwritable=CatalogueUnwritable,
)


class GoodsLinesBad(OperatorError):
    """Lines of the goods file have faults, and all or nothing was asked for."""

    phrase = Phrase(
        "CATALOGUE-LINES-BAD",
        zh=Words(
            "商品文件 {file} 有 {bad} 行不能用，没有导入。",
            "没有动用任何钱，原目录照旧可用。",
            "逐行改正后再导入；或加 --skip-bad，先导入其余 {good} 行。",
            "不要删行了事：缺了的商品扫码时找不到。",
        ),
        en=Words(
            "{bad} lines of the goods file {file} cannot be used; nothing was imported.",
            "No money has moved and the old catalogue works on.",
            "Correct them and import again, or add --skip-bad to import the other {good}.",
            "Do not just delete them: a product that is missing is not found when it is scanned.",
        ),
    )
