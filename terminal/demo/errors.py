"""What can be wrong with the playground. It moves no real money, and its words say so."""

from __future__ import annotations

from settlement.errors import Phrase, SettingsError, Words

_MONEY_ZH = "这里只有演示，没有真实的钱。"
_MONEY_EN = "This is a demonstration: there is no real money in it."


class PlaygroundTaken(SettingsError):
    """Another till runs on the same directory."""

    phrase = Phrase(
        "PLAYGROUND-TAKEN",
        zh=Words(
            "目录 {directory} 正被另一个试用收银台使用。", _MONEY_ZH, "先关闭另一个，或用 --data-dir 换一个目录。", "不要删除锁文件。"
        ),
        en=Words(
            "Another till is being tried in {directory}.",
            _MONEY_EN,
            "Close that one, or choose another directory with --data-dir.",
            "Do not delete the lock file.",
        ),
    )


class NoPlayground(SettingsError):
    """The directory holds something else under the names of a playground."""

    phrase = Phrase(
        "NO-PLAYGROUND",
        zh=Words(
            "目录 {directory} 里有别的内容，不是试用目录。",
            _MONEY_ZH,
            "用 --data-dir 指定一个空目录或新目录。",
            "不要把试用收银台放进真实收银台的目录。",
        ),
        en=Words(
            "The directory {directory} holds something else and is no playground.",
            _MONEY_EN,
            "Name an empty or new directory with --data-dir.",
            "Do not put a playground where a real counter keeps its journal.",
        ),
    )


class TrainingElsewhere(SettingsError):
    """The settings of a training counter name something real."""

    phrase = Phrase(
        "TRAINING-ELSEWHERE",
        zh=Words(
            "培训设置 {file} 指向了培训以外的地方（{what}）。",
            "培训没有启动，没有向任何中心发送。",
            "加 --fresh 重新开始培训；真实收款请直接运行 yibao。",
            "不要用培训收银台连接真实的中心或读卡器。",
        ),
        en=Words(
            "The training's settings {file} point to something that is no training ({what}).",
            "The training did not start and nothing was sent to any centre.",
            "Start it anew with --fresh; to take real money run yibao.",
            "Do not connect a training counter to a real centre or reader.",
        ),
    )


class PlaygroundFailed(SettingsError):
    """A part of the playground did not start, or has ended."""

    phrase = Phrase(
        "PLAYGROUND-FAILED",
        zh=Words(
            "试用环境的 {part} 没有运行：{why}",
            _MONEY_ZH,
            "退出后重新启动；仍不行就加 --fresh 从头开始。",
            "不要手工修改 {directory} 里的文件。",
        ),
        en=Words(
            "A part of the playground does not run ({part}): {why}.",
            _MONEY_EN,
            "Leave and start again; if that does not help, start anew with --fresh.",
            "Do not edit the files in {directory} by hand.",
        ),
    )
