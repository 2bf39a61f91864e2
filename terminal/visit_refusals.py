"""Why a visit cannot be registered or charged as asked: values with their words."""

from __future__ import annotations

from settlement.errors import Phrase, Words

_SAFE_ZH = "没有动用任何钱，单据还在屏上。"
_SAFE_EN = "No money moved and the bill is on the screen as it was."


def _refusal(code: str, *, zh: tuple[str, str, str], en: tuple[str, str, str]) -> Phrase:
    return Phrase(code, zh=Words(zh[0], _SAFE_ZH, zh[1], zh[2]), en=Words(en[0], _SAFE_EN, en[1], en[2]))


VISIT_UNKNOWN = _refusal(
    "VISIT-UNKNOWN",
    zh=("不是在本机挂的号，或挂号没有结算：就诊 {number}。", "请先在本机挂号，或核对就诊号、挂号票号。", "不要换一个就诊号收费。"),
    en=(
        "Not registered at this desk, or not settled: the bill's visit {number}.",
        "Register it here first, or compare the number with the registration's slip.",
        "Do not charge it to another visit.",
    ),
)
VISIT_CANCELLED = _refusal(
    "VISIT-CANCELLED",
    zh=("这个号已退：就诊 {number}。", "请重新挂号，由诊所系统改用新的就诊号再交。", "不要收已退号的就诊。"),
    en=(
        "Cancelled: the bill's visit {number}.",
        "Register anew, and have the clinic's system hand the order in under the new number.",
        "Do not charge a cancelled visit.",
    ),
)
VISIT_OTHER_PERSON = _refusal(
    "VISIT-OTHER-PERSON",
    zh=("是另一个人的就诊，不是这张卡的：{number}。", "请插挂号时用的那张卡。", "不要用别人的卡付费。"),
    en=(
        "Another person's than the card's: the bill's visit {number}.",
        "Put in the card that it was registered with.",
        "Do not pay it by another person's card.",
    ),
)
VISIT_IN_CASH = _refusal(
    "VISIT-IN-CASH",
    zh=(
        "现金挂的号，医保中心没有：就诊 {number}。",
        "先凭挂号凭条补结算，或拔卡后按 F8 全部收现金。",
        "不要另挂一个号来收费。",
    ),
    en=(
        "Registered for cash, so the centre does not know it: the bill's visit {number}.",
        "Settle the registration's slip first, or take the order in cash: without a card, F8.",
        "Do not register once more to charge it.",
    ),
)
OFFER_GONE = _refusal(
    "REGISTRATION-OFFER-GONE",
    zh=("{department} {doctor}（{fee_class}）现在没有号，或收费已变。", "请看清屏上的医师和收费，再按 F8。", "不要按原来的收费收。"),
    en=(
        "{department}, {doctor} ({fee_class}) is full, not offered any more, or has another fee now.",
        "Look at the doctor and the fee on the screen, then press F8.",
        "Do not charge the fee of before.",
    ),
)
