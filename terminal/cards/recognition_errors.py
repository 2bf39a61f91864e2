"""Cards that are no social-security card of today: each is named, and what it is still good for is said."""

from __future__ import annotations

from dataclasses import dataclass

from settlement.errors import CardError
from terminal.cards.errors import NotLdtCard, worded
from terminal.cards.recognition import Kind


class ForeignCard(NotLdtCard):
    """Another card, by name: a bank's, an employer's, an identity card."""

    phrase = worded(
        "CARD-FOREIGN",
        (
            "这是{what_zh}，不是社会保障卡（{atr}）。",
            "请换社会保障卡；没有卡可用电子凭证（F9）或现金。",
            "不要用它代替社会保障卡。",
        ),
        (
            "This is {what_en}, no social-security card ({atr}).",
            "Ask for the right card; without it take an e-certificate (F9) or cash.",
            "Do not take it in place of the card.",
        ),
    )

    def __init__(self, kind: Kind, atr: bytes) -> None:
        self.kind = kind
        super().__init__(what_zh=kind.zh, what_en=kind.en, atr=atr.hex().upper())


@dataclass(frozen=True, slots=True, kw_only=True)
class OldHolder:
    """Whose old card it is: evidence when its holder's new card is activated, and nothing else."""

    certno: str
    psn_name: str
    version: str
    """Specification; empty where the card has none that can be read."""


class OldMedicalCard(CardError):
    """A medical card of the first specification, or of before it: it no longer pays, and says who its holder is."""

    phrase = worded(
        "CARD-OLD",
        ("这是旧的医保卡（规范 {version}），不能再用它结算。", "请插入新的社会保障卡；启用新卡时（F9 → 3）旧卡可作凭证。", "不要写旧卡。"),
        (
            "This is an old medical card (specification {version}) that pays no more.",
            "Insert the new social-security card; its activation (F9, 3) takes the old one as evidence.",
            "Do not write to the old one.",
        ),
    )

    def __init__(self, holder: OldHolder) -> None:
        self.holder = holder
        super().__init__(version=holder.version or "-")


class Contactless(CardError):
    """A social-security card that was laid on a contactless reader: its keys are told by its contact chip's answer to reset."""

    phrase = worded(
        "CARD-CONTACTLESS",
        ("这张卡是非接触方式读到的。", "请把卡插入接触式卡槽。", "不要贴着感应区重试。"),
        ("The card was met without contact.", "Insert it into the slot for contact cards.", "Do not hold it to the field again."),
    )


class AlgorithmUnsupported(CardError):
    """The card's keys are of an algorithm that PSAM and till do not have (LD/T 33: −2202)."""

    phrase = worded(
        "CARD-ALGORITHM",
        ("卡的密钥算法 {algorithm} 本机不支持。", "联机时请用电子凭证或身份证件（F9）；否则按现金办理。", "不要换 PSAM 试。"),
        (
            "The card's keys are {algorithm}, which this till does not have.",
            "On-line take an e-certificate or the identity number (F9); else cash.",
            "Do not try another PSAM.",
        ),
    )
