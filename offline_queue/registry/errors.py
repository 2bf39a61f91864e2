"""What can be wrong with the registry, and what it means for the registration desk."""

from __future__ import annotations

from offline_queue.replica.replica_file import ReplicaErrors
from settlement.errors import OperatorError, Phrase, Words


class RegistryMissing(OperatorError):
    """There is no registry in the data directory."""

    phrase = Phrase(
        "REGISTRY-MISSING",
        zh=Words(
            "目录 {directory} 里没有挂号目录（科室、医师、号别）。",
            "没有动用任何钱。",
            "运行 yibao catalogue import --desk 导入。",
            "不要按记忆收挂号费。",
        ),
        en=Words(
            "There is no registry (departments, doctors, fee classes) in {directory}.",
            "No money has moved.",
            "Run yibao catalogue import --desk.",
            "Do not charge a registration from memory.",
        ),
    )


class RegistryDamaged(OperatorError):
    """The registry's file cannot be read, or was built by another version."""

    phrase = Phrase(
        "REGISTRY-DAMAGED",
        zh=Words(
            "挂号目录 {file} 读不出来：{what}。",
            "账本是另一个文件，不受影响。",
            "用 yibao catalogue import --desk --replace 重新导入。",
            "不要按记忆收挂号费。",
        ),
        en=Words(
            "The registry {file} cannot be read: {what}.",
            "The journal is another file and is not touched.",
            "Import it again with yibao catalogue import --desk --replace.",
            "Do not charge a registration from memory.",
        ),
    )


class RegistryExists(OperatorError):
    """There is a registry already, and nobody said that it may go."""

    phrase = Phrase(
        "REGISTRY-EXISTS",
        zh=Words(
            "目录 {directory} 里已有挂号目录，没有导入。",
            "没有动用任何钱，原目录照旧可用。",
            "确定要换时加 --replace。",
            "不要手工删除 registry.db。",
        ),
        en=Words(
            "There is a registry in {directory} already; nothing was imported.",
            "No money has moved and the old one works on.",
            "Add --replace when it is to be replaced.",
            "Do not delete registry.db by hand.",
        ),
    )


class RegistryBusy(OperatorError):
    """Another import of a registry is under way in the same directory."""

    phrase = Phrase(
        "REGISTRY-BUSY",
        zh=Words("另一个挂号目录正在导入。", "没有动用任何钱，原目录照旧可用。", "等它结束后再导入。", "不要同时导入两个文件。"),
        en=Words(
            "Another import of a registry is under way.",
            "No money has moved and the old registry works on.",
            "Import again when it has ended.",
            "Do not import two files at once.",
        ),
    )


class RegistryUnwritable(OperatorError):
    """The disk is full, failed or may not be written."""

    phrase = Phrase(
        "REGISTRY-UNWRITABLE",
        zh=Words(
            "挂号目录写不进磁盘：{what}。",
            "没有动用任何钱，原目录照旧可用。",
            "检查磁盘空间和数据目录的权限后再导入。",
            "不要删除数据目录里的其他文件。",
        ),
        en=Words(
            "The registry cannot be written: {what}.",
            "No money has moved and the old registry works on.",
            "Check the free space and the rights of the data directory, then import again.",
            "Do not delete other files of the data directory.",
        ),
    )


REGISTRY_ERRORS = ReplicaErrors(
    missing=RegistryMissing,
    damaged=RegistryDamaged,
    exists=RegistryExists,
    busy=RegistryBusy,
    unwritable=RegistryUnwritable,
)


class DeskLinesBad(OperatorError):
    """Lines of the desk's file have faults: all or nothing."""

    phrase = Phrase(
        "REGISTRY-LINES-BAD",
        zh=Words(
            "挂号文件 {file} 有 {bad} 行不能用，没有导入。",
            "没有动用任何钱，原目录照旧可用。",
            "逐行改正后再导入。",
            "不要删行了事：缺了的医师和号别挂不了号。",
        ),
        en=Words(
            "{bad} lines of the desk's file {file} cannot be used; nothing was imported.",
            "No money has moved and the old registry works on.",
            "Correct them and import again.",
            "Do not just delete them: nobody can register for a doctor or fee class that is missing.",
        ),
    )
