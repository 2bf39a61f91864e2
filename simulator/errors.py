"""What can be wrong with what simulated cards are made of, and with their images."""

from __future__ import annotations

from settlement.errors import Phrase, SettingsError, Words


class RosterMalformed(SettingsError):
    """A roster from which no cards can be made."""

    phrase = Phrase(
        code="ROSTER-MALFORMED",
        zh=Words(
            "名册 {file} 第 {line} 行（{name}）的 {key} 不对：{why_zh}。",
            "没有制作任何卡。",
            "请改正后重新制作。",
            "不要用真实人员的资料。",
        ),
        en=Words(
            "Roster {file}, line {line} ({name}): {key} is wrong: {why_en}.",
            "No card was made.",
            "Mend it and make the cards again.",
            "Do not use the particulars of real people.",
        ),
    )


class RosterUnreadable(SettingsError):
    """A roster that is not there, or not in the form that the ending of its name says."""

    phrase = Phrase(
        code="ROSTER-UNREADABLE",
        zh=Words(
            "读不了名册 {file}（{reason}）。",
            "没有制作任何卡。",
            "请检查文件是否存在、内容是否与扩展名相符：TOML（UTF-8）、CSV（UTF-8 或 GBK）、DBF（GBK）。",
            "不要手工改卡的映像文件。",
        ),
        en=Words(
            "The roster {file} cannot be read ({reason}).",
            "No card was made.",
            "Check that it is there and is what its name ends in: TOML (UTF-8), CSV (UTF-8 or GBK), DBF (GBK).",
            "Do not edit card images by hand.",
        ),
    )


class ImageUnreadable(SettingsError):
    """A file that is no image of a simulated card."""

    phrase = Phrase(
        code="CARD-IMAGE-UNREADABLE",
        zh=Words(
            "{file} 不是可用的模拟卡（{reason}）。",
            "卡没有被写入，没有动用任何钱。",
            "请用 yibao-card make 重新制作。",
            "不要手工修补映像文件。",
        ),
        en=Words(
            "{file} is no usable simulated card ({reason}).",
            "The card was not written and no money moved.",
            "Make it again with yibao-card make.",
            "Do not mend the image by hand.",
        ),
    )
