"""The reasons for which a counter refuses to settle by the account: values, each with its words.

Every one leaves the customer a way: self-pay, with a slip for later settlement where the area allows it.
"""

from __future__ import annotations

from settlement.errors import Phrase, Words

_SAFE_ZH = "没有动用账户的钱。"
_SAFE_EN = "No account money has moved."
_CASH_ZH = "可先收现金，开具补结算凭条。"
_CASH_EN = "Take cash and give the slip for later settlement."


def _refusal(code: str, *, zh: tuple[str, str], en: tuple[str, str], do: tuple[str, str] = (_CASH_ZH, _CASH_EN)) -> Phrase:
    return Phrase(code, zh=Words(zh[0], _SAFE_ZH, do[0], zh[1]), en=Words(en[0], _SAFE_EN, do[1], en[1]))


CARD_EXPIRED = _refusal(
    "SALE-CARD-EXPIRED",
    zh=("社会保障卡已于 {until} 到期。", "不要用此卡再试。"),
    en=("The card expired on {until}.", "Do not try this card again."),
)
CARD_HOTLISTED = _refusal(
    "SALE-CARD-HOTLISTED",
    zh=("此卡已挂失或停用（名单版本 {version}）。", "不要用此卡结算；请持卡人联系参保地经办机构。"),
    en=("The card is reported lost or blocked (list version {version}).", "Do not settle by this card; its holder must ask the insurer."),
)
CERTIFICATE_NOT_HERE = _refusal(
    "CERTIFICATE-NOT-HERE",
    zh=("{area} 统筹区不允许凭此就诊凭证（{type}）结算。", "不要换一种凭证名义上报。"),
    en=("Area {area} does not settle by this certificate ({type}).", "Do not claim it under another certificate's name."),
    do=("请持社会保障卡结算，或先收现金。", "Settle by the social-security card, or take cash."),
)
CERTIFICATE_OFFLINE = _refusal(
    "CERTIFICATE-OFFLINE",
    zh=("线路已断：除社会保障卡外，其他凭证只能联机结算。", "不要记下号码等线路恢复后代办。"),
    en=("The line is down: any certificate but the card settles on-line only.", "Do not note the number down to settle it later."),
    do=("请插社会保障卡，或先收现金，开具补结算凭条。", "Insert the card, or take cash and give the slip for later settlement."),
)
CERTIFICATE_LISTED = _refusal(
    "CERTIFICATE-LISTED",
    zh=("此人的号码在停用名单上（名单版本 {version}）。", "不要换凭证再试；请本人联系参保地经办机构。"),
    en=("This person's number is on the hotlist (version {version}).", "Do not try another certificate; the person asks the insurer."),
)
CERTNO_MALFORMED = _refusal(
    "CERTIFICATE-NUMBER",
    zh=("这不是有效的公民身份号码：应为 18 位，末位校验不符。", "不要凭猜测改动一位再试。"),
    en=("This is no valid identity number: 18 characters, the last one a check.", "Do not change a digit by guessing."),
    do=("请对照证件重新输入；什么都没有发出。", "Type it again from the certificate; nothing was sent."),
)
ECERT_NO_COMPONENT = _refusal(
    "ECERT-NO-COMPONENT",
    zh=("本机没有接医保电子凭证解码组件。", "不要把二维码内容当作号码录入。"),
    en=("No decoding component for e-certificates is set up here.", "Do not type what is in the code as a number."),
    do=("请插社会保障卡，或先收现金；技术员在设置的 [ecert] 中接入。", "Insert the card, or take cash; a technician sets up [ecert]."),
)
ECERT_NOT_ONE = _refusal(
    "ECERT-NOT-ONE",
    zh=("解码组件说这不是有效的医保电子凭证：{words}", "不要用支付码、健康码代替，也不要用截图。"),
    en=("The component says that this is no valid e-certificate: {words}", "Do not use a payment or health code, or a screenshot."),
    do=("请顾客刷新医保电子凭证后再扫，或插社会保障卡。", "The person refreshes the code, and it is scanned again; or insert the card."),
)
ECERT_SILENT = _refusal(
    "ECERT-SILENT",
    zh=("医保电子凭证解码组件没有应答（{why}）。", "不要凭手机上的姓名、号码手工结算。"),
    en=("The e-certificate component does not answer ({why}).", "Do not settle by a name or number read off the phone."),
    do=("请插社会保障卡，或先收现金，开具补结算凭条。", "Insert the card, or take cash and give the slip for later settlement."),
)
PIN_BLOCKED = _refusal(
    "SALE-PIN-BLOCKED",
    zh=("卡密码已锁定。", "不要再输密码；请到发卡机构解锁。"),
    en=("The card's PIN is blocked.", "Do not type it again; the issuer unblocks it."),
)
CARD_TAKEN = _refusal(
    "SALE-CARD-TAKEN",
    zh=("结算前卡已取出，或没有输入密码。", "不要把这笔算作已结算。"),
    en=("The card was taken out before settlement, or no PIN was given.", "Do not count this sale as settled."),
    do=("请重新插卡再结算，或先收现金。", "Insert the card and settle again, or take cash."),
)
DOUBT_OPEN = _refusal(
    "SALE-DOUBT-OPEN",
    zh=("此人有一笔结果未定的结算 {subject}，金额 {amount} 元。", "未查清前不要为此人再做账户结算。"),
    en=(
        "This person has a settlement in doubt: {subject}, {amount} yuan.",
        "Do not settle by the account for this person until it is resolved.",
    ),
)
CENTRE_REFUSED = _refusal(
    "SALE-CENTRE-REFUSED",
    zh=("中心拒绝：{words}", "不要换号重发同一笔。"),
    en=("The centre refused: {words}", "Do not send the same sale again under another number."),
)
CENTRE_SILENT = _refusal(
    "SALE-CENTRE-SILENT",
    zh=("中心没有应答（{why}），不能确定线路已断。", "不要当作脱机结算。"),
    en=("The centre did not answer ({why}); the line is not certainly down.", "Do not settle off-line."),
)
NOT_INSURED = _refusal(
    "SALE-NOT-INSURED",
    zh=("中心没有此人有效的参保记录。", "不要用其他人的凭证结算。"),
    en=("The centre has no active insurance for this person.", "Do not use another person's certificate."),
)
OFFLINE_FORBIDDEN = _refusal(
    "OFFLINE-FORBIDDEN",
    zh=("线路已断，{area} 统筹区不允许脱机使用账户。", "不要要求顾客等线路恢复。"),
    en=("The line is down and area {area} forbids the account off-line.", "Do not make the customer wait for the line."),
)
OFFLINE_POOL = _refusal(
    "OFFLINE-POOL-POSSIBLE",
    zh=("线路已断，按规则这张单可能有统筹支付，只能由中心结算。", "不要脱机扣账户。"),
    en=(
        "The line is down and by rule this bill may have a pooled share: only the centre can settle it.",
        "Do not debit the account off-line.",
    ),
)
OFFLINE_EMPTY = _refusal(
    "OFFLINE-ALLOWANCE-EMPTY",
    zh=("卡上没有可用的脱机额度。", "不要向顾客说账户没钱：账户余额以中心为准。"),
    en=("The card carries no off-line allowance that can be spent.", "Do not say that the account is empty: the centre keeps the balance."),
)
OFFLINE_EXPIRED = _refusal(
    "OFFLINE-ALLOWANCE-EXPIRED",
    zh=("卡上脱机额度已过有效月份。", "不要修改本机时间。"),
    en=("The card's off-line allowance is past its last month.", "Do not change the clock."),
)
OFFLINE_CARD_EMPTY = _refusal(
    "OFFLINE-CARD-EMPTY",
    zh=("卡上自带的金额已用完或读不出。", "不要在窗口充值：此类卡只能由经办机构圈存。"),
    en=(
        "The amount that the card itself keeps is spent, or cannot be read.",
        "Do not try to load it here: only the office loads such a card.",
    ),
)
OFFLINE_CARD_ALLOWANCE = _refusal(
    "OFFLINE-CARD-ALLOWANCE",
    zh=("线路已断，{area} 统筹区脱机只认自带金额、由卡自行扣款的卡；这张卡记的是脱机额度。", "不要写卡上的脱机额度。"),
    en=(
        "The line is down. Off-line, area {area} takes only cards that debit by themselves; this one carries an allowance.",
        "Do not spend the allowance here.",
    ),
)
OFFLINE_CARD_LEGACY = _refusal(
    "OFFLINE-CARD-LEGACY",
    zh=("线路已断，这张卡自带金额、由卡自行扣款；{area} 统筹区脱机只用脱机额度。", "不要向顾客说卡上没钱。"),
    en=(
        "The line is down. This card keeps an amount and debits by itself; off-line, area {area} uses allowances only.",
        "Do not say that the card is empty.",
    ),
)
OFFLINE_FLOOR = _refusal(
    "OFFLINE-FLOOR-LIMIT",
    zh=("超过脱机限额 {limit} 元（此人本窗口内已用 {used} 元）。", "不要拆单。"),
    en=("Over the off-line limit of {limit} yuan (this person has used {used} in the window).", "Do not split the bill."),
)
OFFLINE_PERSON_COUNT = _refusal(
    "OFFLINE-PERSON-COUNT",
    zh=("此人已有 {limit} 笔脱机结算中心还没有确认。", "不要换卡或拆单。"),
    en=("This person has {limit} off-line sales that the centre has not answered.", "Do not take another card or split the bill."),
)
OFFLINE_TILL_LIMIT = _refusal(
    "OFFLINE-TILL-LIMIT",
    zh=("本机脱机余量不够：还可 {sales} 笔、{amount} 元。", "不要换收银台继续脱机。"),
    en=("This till has too little left to sell off-line: {sales} sales, {amount} yuan.", "Do not go on off-line at another till."),
)
OFFLINE_HOTLIST_OLD = _refusal(
    "OFFLINE-HOTLIST-OLD",
    zh=("挂失名单已过旧（{age} 小时，上限 {limit} 小时）。", "不要脱机使用账户。"),
    en=("The hotlist is too old ({age} h, limit {limit} h).", "Do not use the account off-line."),
)
OFFLINE_RESTORED = _refusal(
    "OFFLINE-RESTORED",
    zh=(
        "账本是恢复的或旧的副本（第 {count} 条），其后的脱机消费和存疑不全，与中心核对之前不能脱机扣账户。",
        "不要换一份备份来绕过。",
    ),
    en=(
        "The journal is restored or an older copy (record {count}): no account off-line until it has been compared with the centre.",
        "Do not restore another backup to get around it.",
    ),
    do=(
        "可先收现金，开具补结算凭条；线路恢复后联网结算。",
        "Take cash and give the slip for later settlement; on-line the account may be used.",
    ),
)
JOURNAL_REFUSED = _refusal(
    "SALE-JOURNAL-REFUSED",
    zh=("本机账本写不进去：{why}", "没有写入账本前不要给货，也不要再插卡试。"),
    en=("The local journal cannot be written: {why}", "Give no goods and do not try the card again before it can."),
)
DEBITED_NOT_BOOKED = Phrase(
    "SALE-DEBITED-NOT-BOOKED",
    zh=Words(
        "已结算未入账：{amount} 元，账本写不进去。",
        "钱没有丢：凭中心或卡上的记录可以查清。",
        "请腾出磁盘空间后按提示再试；重启后会自动查清。",
        "不要给货，不要再结算一次。",
    ),
    en=Words(
        "Settled, not booked: {amount} yuan are settled at the centre or on the card, and the journal cannot be written.",
        "The money is not lost: the centre's or the card's record proves it.",
        "Free disk space and try again as asked; a restart resolves it by that record.",
        "Give no goods and do not settle it again.",
    ),
)
IN_DOUBT = Phrase(
    "SALE-IN-DOUBT",
    zh=Words(
        "结果未定（{why}）：{subject}。",
        "钱是安全的：最多只会结算一次，查清后自动入账或撤销。",
        "请说明货是否已交给顾客；可先收现金（凭此单，查清后退还或撤销）。",
        "不要另开一单再刷账户。",
    ),
    en=Words(
        "The outcome is not known ({why}): {subject}.",
        "The money is safe: it settles at most once and is booked or undone when it is known.",
        "Say whether the goods went out; cash against the doubt may be taken.",
        "Do not settle it again by the account.",
    ),
)
UNANSWERED = Phrase(
    "SALE-DIFFERENCE-UNANSWERED",
    zh=Words(
        "结算 {subject} 已按中心的金额记账，与当时显示的不同，顾客还没有答复。",
        "钱是安全的：只结算了一次，货还没有给。",
        "请按 F5 再问顾客：同意就给货，不同意就撤销。",
        "答复之前不要给货，也不要用撤销功能处理。",
    ),
    en=Words(
        "Settlement {subject} is booked with the centre's figures, other than were shown, and the customer has not answered.",
        "The money is safe: it settled once, and the goods have not gone out.",
        "Press F5 to ask again: agreed, the goods go out; not agreed, it is voided.",
        "Hand no goods out before, and do not void it any other way.",
    ),
)
ANSWER_NOT_BOOKED = Phrase(
    "SALE-ANSWER-NOT-BOOKED",
    zh=Words(
        "顾客对结算 {subject} 的答复写不进账本：{why}",
        "结算本身已按中心的金额记账一次，此后没有再动钱。",
        "请腾出磁盘空间后按提示再试；重启后会再问。",
        "没有写入之前不要给货，也不要收退现金。",
    ),
    en=Words(
        "What the customer said to settlement {subject} cannot be written: {why}",
        "The settlement itself is booked once with the centre's figures, and nothing has moved since.",
        "Free disk space and try again as asked; a restart asks again.",
        "Hand out no goods and move no cash before it is written.",
    ),
)
SLIP_UNKNOWN = _refusal(
    "LATER-SLIP-UNKNOWN",
    zh=("本机没有凭条 {slip}。", "不要凭口述补结算。"),
    en=("This till did not issue slip {slip}.", "Do not settle later on hearsay."),
    do=("请到开具凭条的收款台办理。", "Go to the till that issued it."),
)
SLIP_USED = _refusal(
    "LATER-SLIP-USED",
    zh=("凭条 {slip} 已由 {by} 补结算或正在补结算。", "不要重复补结算。"),
    en=("Slip {slip} has been or is being settled by {by}.", "Do not settle it twice."),
    do=("请先查清那一笔。", "Look at that settlement first."),
)
SLIP_LATE = _refusal(
    "LATER-SLIP-LATE",
    zh=("凭条 {slip} 已过补结算期限 {until}。", "不要改日期。"),
    en=("Slip {slip} was to be settled by {until}.", "Do not change the date."),
    do=("请顾客到经办机构手工报销。", "The customer claims it at the insurer by hand."),
)
SLIP_RESTORED = _refusal(
    "LATER-SLIP-RESTORED",
    zh=("凭条 {slip} 早于账本的恢复（第 {count} 条）：它是否已补结算或已退现金，本机不知道。", "不要补结算，也不要退现金：可能已经办过。"),
    en=(
        "Slip {slip} is older than the journal's restore (record {count}): whether it was settled or paid back is not known here.",
        "Do not settle it and return no cash: it may have been done.",
    ),
    do=("请顾客到经办机构查询后手工报销。", "The customer has it looked up and claims it at the insurer by hand."),
)
SLIP_LINE_DOWN = _refusal(
    "LATER-LINE-DOWN",
    zh=("补结算要由中心决定，现在线路不通。", "不要脱机补结算。"),
    en=("Later settlement needs the centre and the line is down.", "Do not settle a slip off-line."),
    do=("凭条仍然有效，线路恢复后再办。", "The slip stays valid: come back when the line is up."),
)
VOID_UNKNOWN = _refusal(
    "VOID-UNKNOWN",
    zh=("没有可撤销的结算 {subject}。", "不要手工退账户。"),
    en=("There is no settlement {subject} to void.", "Do not refund an account by hand."),
    do=("请核对凭条号码。", "Check the number on the slip."),
)
VOID_TWICE = _refusal(
    "VOID-TWICE",
    zh=("{subject} 已经撤销或正在撤销。", "不要撤销两次。"),
    en=("{subject} is voided already, or its void is under way.", "Do not void it twice."),
    do=("请查看那一笔撤销。", "Look at that void."),
)
VOID_CLEARED = _refusal(
    "VOID-CLEARED",
    zh=("{subject} 所在期间已清算，中心不能退费：{words}", "不要把现金和医保款混在一起退。"),
    en=("The period of {subject} is cleared, the centre refunds nothing: {words}", "Do not pay out what the insurance paid."),
    do=("请把申报单交给顾客或店长，到经办机构手工办理。", "Give out the claim slip: the refund is claimed at the agency by hand."),
)
VISIT_CHARGED = _refusal(
    "VISIT-CHARGED",
    zh=("挂号 {subject} 的就诊上还有未撤销的收费 {by}。", "不要先撤销挂号。"),
    en=("The visit of registration {subject} carries a charge that stands: {by}.", "Do not void the registration first."),
    do=("请先撤销那一笔收费，再撤销挂号。", "Void that charge first, then the registration."),
)
VOID_OTHER_PERSON = _refusal(
    "VOID-OTHER-PERSON",
    zh=("插入的卡不是 {subject} 的参保人。", "不要用他人的卡撤销。"),
    en=("The card is not that of the person of {subject}.", "Do not void by another person's card."),
    do=("请插入本人的卡。", "Insert that person's card."),
)
VOID_LINE_DOWN = _refusal(
    "VOID-LINE-DOWN",
    zh=("撤销 {subject} 要由中心办理，现在线路不通，没有发出。", "不要手工退账户。"),
    en=("Voiding {subject} needs the centre; the line is down and nothing was sent.", "Do not refund an account by hand."),
    do=("原结算仍然有效；线路恢复后再撤销。", "The settlement stands; void it when the line is up."),
)
