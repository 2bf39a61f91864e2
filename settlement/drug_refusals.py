"""Why a drug is not handed out as it was asked for: values, each with its words. No money has moved by any of them."""

from __future__ import annotations

from settlement.errors import Phrase, Words

_SAFE_ZH = "没有动用任何钱，单据没有改动。"
_SAFE_EN = "No money moved and the bill is as it was."


def _refusal(code: str, *, zh: tuple[str, str, str], en: tuple[str, str, str]) -> Phrase:
    return Phrase(code, zh=Words(zh[0], _SAFE_ZH, zh[1], zh[2]), en=Words(en[0], _SAFE_EN, en[1], en[2]))


PRESCRIPTION_NEEDED = _refusal(
    "DRUG-PRESCRIPTION",
    zh=(
        "{goods} 是处方药，没有录入处方。",
        "照处方录入编号、患者、日期和用药天数，或按 F3 删去这一行。",
        "不要凭口头要求售处方药，也不要事后补处方。",
    ),
    en=(
        "{goods} is sold on prescription only, and none was entered.",
        "Enter number, patient, day and days' supply from the prescription, or take the line off with F3.",
        "Do not sell it on word of mouth, nor make a prescription up afterwards.",
    ),
)
PRESCRIPTION_DAYS = _refusal(
    "DRUG-PRESCRIPTION-DAYS",
    zh=("处方有效 {days} 天不成立：连开具当日最多 {most} 天。", "照处方更正有效天数。", "不要为了售药改写有效期。"),
    en=(
        "A prescription does not count {days} days: {most} at most, its own day included.",
        "Correct the days from the prescription.",
        "Do not stretch it to make the sale.",
    ),
)
PRESCRIPTION_EXPIRED = _refusal(
    "DRUG-PRESCRIPTION-EXPIRED",
    zh=("处方 {written} 开具，有效至 {until}，今天不能用。", "请患者找医师重新开方。", "不要改写处方日期。"),
    en=(
        "The prescription was written on {written} and counts until {until}: not today.",
        "The patient asks the doctor for a new one.",
        "Do not change its day.",
    ),
)
SUPPLY = _refusal(
    "DRUG-SUPPLY",
    zh=("用药 {days} 天超出本类处方上限 {most} 天。", "核对处方类别和天数；确需更多由医师另行开方。", "不要把一张处方拆成几次结算。"),
    en=(
        "A supply of {days} days is more than the {most} that a prescription of this kind may have.",
        "Check kind and days; for more the doctor writes another.",
        "Do not split one prescription over several bills.",
    ),
)
OTHER_PATIENT = _refusal(
    "DRUG-OTHER-PATIENT",
    zh=("处方上的患者不是这张卡的参保人。", "请插患者本人的卡，或按自费结算。", "不要用别人的卡为处方付款。"),
    en=(
        "The prescription does not name the person of this card.",
        "Insert the patient's own card, or take cash.",
        "Do not pay for it by somebody else's card.",
    ),
)
PHARMACIST = _refusal(
    "DRUG-PHARMACIST",
    zh=("{goods} 的处方还没有药师审核。", "请药师审方后录入其姓名。", "不要代药师签名。"),
    en=(
        "No pharmacist has reviewed the prescription for {goods}.",
        "Have it reviewed, and enter the pharmacist's name.",
        "Do not sign for the pharmacist.",
    ),
)
EPHEDRINE_PACKS = _refusal(
    "DRUG-EPHEDRINE-PACKS",
    zh=("{goods} 等含麻黄碱类复方制剂共 {packs} 盒，一次最多 {most} 个最小包装。", "减少数量。", "不要分几单卖给同一人。"),
    en=(
        "{goods} and other ephedrine compounds come to {packs} packs: {most} at most in one sale.",
        "Take some off.",
        "Do not sell them to one person on several bills.",
    ),
)
EPHEDRINE_IDENTITY = _refusal(
    "DRUG-EPHEDRINE-IDENTITY",
    zh=("{goods} 含麻黄碱，要登记购买人身份。", "请插卡，或查验身份证后录入购买人姓名和号码。", "不要编造或借用身份。"),
    en=(
        "{goods} holds ephedrine: its buyer is registered.",
        "Insert the card, or see the identity card and enter the buyer's name and number.",
        "Do not make an identity up, nor borrow one.",
    ),
)
PROXY = _refusal(
    "DRUG-PROXY",
    zh=("代购人的姓名和证件号要一起录入。", "查验双方证件后补齐，或清空代购人。", "不要只看一方的证件。"),
    en=(
        "A proxy buyer needs name and number.",
        "See the certificates of both persons and complete it, or clear the proxy.",
        "Do not go by one certificate alone.",
    ),
)
