"""Why a bill cannot be changed, held or recalled as asked: values with their words. No money moves while a bill is made."""

from __future__ import annotations

from settlement.errors import Phrase, Words

_SAFE_ZH = "没有动用任何钱，单据没有改动。"
_SAFE_EN = "No money moved and the bill is as it was."


def _refusal(code: str, *, zh: tuple[str, str, str], en: tuple[str, str, str]) -> Phrase:
    return Phrase(code, zh=Words(zh[0], _SAFE_ZH, zh[1], zh[2]), en=Words(en[0], _SAFE_EN, en[1], en[2]))


QUANTITY = _refusal(
    "BILL-QUANTITY",
    zh=("数量 {quantity} 不能用：要大于 0，最多 {most}。", "请重新输入数量。", "不要把条码输进数量。"),
    en=(
        "The quantity {quantity} cannot be: it is above 0 and at most {most}.",
        "Type the quantity again.",
        "Do not scan a bar code into the quantity.",
    ),
)
QUANTITY_CODES = _refusal(
    "BILL-QUANTITY-CODES",
    zh=("这一行已扫 {codes} 个追溯码，数量 {quantity} 放不下。", "先去掉多余的追溯码，再改数量。", "不要留下没有卖出的追溯码。"),
    en=(
        "The line has {codes} traceability codes, more than a quantity of {quantity} takes.",
        "Take the codes of the boxes that stay here off first.",
        "Do not leave a code on the bill whose box is not sold.",
    ),
)
LOT = _refusal(
    "BILL-LOT",
    zh=("“{lot}” 不能作批号。", "输入 @ 和盒上的批号，最多 {most} 个字符；效期写在斜线后：@YS24002/2028-03。", "不要用别的盒子的批号。"),
    en=(
        "No batch is called “{lot}”.",
        "Type @ and the batch on the box, at most {most} characters, the expiry after a slash: @YS24002/2028-03.",
        "Do not use another box's batch.",
    ),
)
DISCOUNT_RANGE = _refusal(
    "BILL-DISCOUNT-RANGE",
    zh=(
        "折扣 {discount} 不能用：折率是 1 到 99（九折输 90），减价要大于 0、小于本行金额 {amount} 元。",
        "请重新输入折扣。",
        "不要用折扣送药。",
    ),
    en=(
        "The discount {discount} cannot be: a rate is 1 to 99 (90 = ten per cent off), an amount is above 0 and below the line's {amount}.",
        "Type the discount again.",
        "Do not give goods away by a discount.",
    ),
)
DISCOUNT_INEXACT = _refusal(
    "BILL-DISCOUNT-INEXACT",
    zh=(
        "数量 {quantity} 时没有六位小数的单价正好合成 {amount} 元。",
        "换一个折扣金额，或把这一行拆成两行。",
        "不要让单价乘数量与金额不符。",
    ),
    en=(
        "At a quantity of {quantity} no unit price of six decimals gives exactly {amount} yuan.",
        "Choose another discount or split the line in two.",
        "Do not let price times quantity differ from the amount.",
    ),
)
CASH_STEP = _refusal(
    "BILL-CASH-STEP",
    zh=("抹零单位 {step} 分不能用：只有 1（不抹）、10（到角）、100（到元）。", "请选择其中一个。", "不要用抹零代替折扣。"),
    en=(
        "Cash cannot be rounded down to {step} fen: only to 1 (not at all), 10 (jiao) or 100 (yuan).",
        "Choose one of these.",
        "Do not round off in place of a discount.",
    ),
)
CODE_FORM = _refusal(
    "BILL-CODE-FORM",
    zh=("「{traced}」不是追溯码：1 到 {most} 位字母或数字。", "请扫药盒上的追溯码。", "不要手工编一个。"),
    en=(
        "{traced} is no traceability code: those are 1 to {most} letters or digits.",
        "Scan the code on the box.",
        "Do not make one up.",
    ),
)
CODE_TWICE = _refusal(
    "BILL-CODE-TWICE",
    zh=("追溯码 {traced} 已在本单的「{goods}」上。", "一盒一码，请扫下一盒。", "不要用同一个码代替另一盒。"),
    en=(
        "Code {traced} is on this bill already, at {goods}.",
        "Each box has its own: scan the next box.",
        "Do not scan one box for another.",
    ),
)
CODE_SOLD = _refusal(
    "BILL-CODE-SOLD",
    zh=("这一盒已卖出：{where}，追溯码 {traced}。", "请换一盒；如是退回的药，先办理那一笔的撤销。", "不要再卖这个码：一个码只能卖一次。"),
    en=(
        "This box was sold before: {where}, code {traced}.",
        "Take another box; if this one came back, void that sale first.",
        "Do not sell the code again: it can be sold once.",
    ),
)
CODE_TOO_MANY = _refusal(
    "BILL-CODE-TOO-MANY",
    zh=("「{goods}」数量是 {quantity}，追溯码已扫够。", "多一盒就先加数量，再扫它的码。", "不要给一盒扫两个码。"),
    en=(
        "{goods} has a quantity of {quantity} and all its codes.",
        "For another box raise the quantity first, then scan its code.",
        "Do not scan two codes for one box.",
    ),
)
PRESCRIPTION = _refusal(
    "BILL-PRESCRIPTION",
    zh=("「{rxno}」不是处方号：最多 {most} 个字符，不含空格。", "请照处方上的编号输入。", "没有处方就不要填。"),
    en=(
        "{rxno} is no prescription number: at most {most} characters without blanks.",
        "Type the number that is on the prescription.",
        "Leave it empty when there is none.",
    ),
)
EMPTY = _refusal(
    "BILL-EMPTY",
    zh=("单据上没有商品。", "先扫商品。", "不要挂空单。"),
    en=("There is nothing on the bill.", "Scan the goods first.", "Do not put an empty bill aside."),
)
UNFINISHED = _refusal(
    "BILL-UNFINISHED",
    zh=("屏幕上还有一张未完单：{label}。", "先结算、挂单或清除它，再取单。", "不要把两位顾客的商品放在一张单上。"),
    en=(
        "There is an unfinished bill: {label}.",
        "Settle it, put it aside or clear it before another is recalled.",
        "Do not put two customers' goods on one bill.",
    ),
)
GONE = _refusal(
    "BILL-GONE",
    zh=("屏幕上的这张单已经结算或挂起。", "请看流水或挂单列表。", "不要把同一批商品再结一次。"),
    en=(
        "The bill on the screen is settled or put aside already.",
        "Look at the log, or at the list of held bills.",
        "Do not settle the same goods again.",
    ),
)
HOLD_GONE = _refusal(
    "HOLD-GONE",
    zh=("没有挂着的单 {subject}，或已取回。", "请看挂单列表。", "不要凭记忆重录已结算的单。"),
    en=(
        "No bill {subject} is held, or it was recalled.",
        "Look at the list of held bills.",
        "Do not enter from memory a bill that was settled.",
    ),
)
