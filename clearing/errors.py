"""What can go wrong at the centre's own desk, in words; and a business refusal, which is an answer.

:class:`Refused` carries the words of ``err_msg``. They go into journals and onto screens, so they name no
person and no card, and they avoid the phrases by which counters recognise a refusal that is no verdict
(sign-in, clock, load, duplicate), except where such a refusal is meant.
"""

from __future__ import annotations

from settlement.errors import CentreError, Phrase, SettingsError, Words

_SAFE_ZH, _SAFE_EN = "没有动任何钱。", "No money has moved."


class Refused(Exception):
    """The centre does not do it; ``words`` say why, their ``{details}`` filled in. Whatever was begun is rolled back."""

    def __init__(self, words: str, **details: str) -> None:
        self.words = words.format_map(details) if details else words
        super().__init__(self.words)


class PutOff(Refused):
    """The centre cannot decide now: the same request may come again, so nothing of it is remembered."""


class Unbalanced(AssertionError):
    """A movement whose entries do not add up to zero: a bug. Nothing of it is booked."""


class RosterMalformed(SettingsError):
    """The file that names the insured persons cannot be read."""

    phrase = Phrase(
        "CENTRE-ROSTER",
        zh=Words("参保人名册 {file} 不可用：{why}。", _SAFE_ZH, "请改正名册后重新启动中心。", "不要用不完整的名册启动。"),
        en=Words(
            "The roster {file} cannot be used: {why}.", _SAFE_EN, "Correct it and start the centre again.", "Do not start with part of it."
        ),
    )


class CentreAbsent(SettingsError):
    """There is no centre in that directory."""

    phrase = Phrase(
        "CENTRE-ABSENT",
        zh=Words("{directory} 中没有中心的数据库。", _SAFE_ZH, "请检查 --data-dir，或先用 serve 启动一次。", "不要复制单个数据库文件。"),
        en=Words(
            "There is no centre's database in {directory}.",
            _SAFE_EN,
            "Check --data-dir, or start it once with serve.",
            "Do not copy the database file alone.",
        ),
    )


class CentreDamaged(CentreError):
    """The database cannot be read, or the engine is not what it must be."""

    phrase = Phrase(
        "CENTRE-DAMAGED",
        zh=Words("中心的数据库不可用：{why}。", "已记的账仍在文件中。", "请停止服务，从备份恢复后与收款台核对。", "不要删除数据库文件。"),
        en=Words(
            "The centre's database cannot be used: {why}.",
            "What was booked is still in the file.",
            "Stop the service, restore a backup and reconcile it with the tills.",
            "Do not delete the database file.",
        ),
    )


class CardUnknown(CentreError):
    """Nobody insured here has that card or number."""

    phrase = Phrase(
        "CENTRE-CARD-UNKNOWN",
        zh=Words("中心没有这张卡或这个人。", _SAFE_ZH, "请核对卡号或证件号码。", "不要挂失相近的卡号。"),
        en=Words("The centre knows no such card or person.", _SAFE_EN, "Check the number.", "Do not report a similar number."),
    )


class PortTaken(CentreError):
    """The address is in use."""

    phrase = Phrase(
        "CENTRE-PORT-TAKEN",
        zh=Words("地址 {address} 不能监听：{why}。", _SAFE_ZH, "请换一个端口，或用 --port 0。", "不要终止不认识的进程。"),
        en=Words(
            "The centre cannot listen on {address}: {why}.",
            _SAFE_EN,
            "Choose another port, or --port 0.",
            "Do not end a process that you do not know.",
        ),
    )
