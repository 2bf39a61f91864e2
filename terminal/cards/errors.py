"""What can go wrong with a card, its reader or the PSAM."""

from __future__ import annotations

from settlement.errors import CardError, Phrase, Words

_UNTOUCHED_ZH, _UNTOUCHED_EN = "卡没有被写入，没有动用任何钱。", "The card was not written and no money moved."


def worded(
    code: str, zh: tuple[str, str, str], en: tuple[str, str, str], money: tuple[str, str] = (_UNTOUCHED_ZH, _UNTOUCHED_EN)
) -> Phrase:
    """Return a phrase of happened, do, avoid; ``money`` is what no card error changes unless it says so."""
    return Phrase(code, zh=Words(zh[0], money[0], zh[1], zh[2]), en=Words(en[0], money[1], en[1], en[2]))


class NoReader(CardError):
    """No reader answers to the name that the settings give."""

    phrase = worded(
        "CARD-NO-READER",
        ("找不到读卡器（{reader}）。", "检查连线；可先收现金并开凭条。", "不要重启电脑碰运气。"),
        (
            "There is no reader ({reader}).",
            "Check the cable; cash and a slip are possible meanwhile.",
            "Do not restart the machine and hope.",
        ),
    )


class PcscdAbsent(CardError):
    """The PC/SC service does not run, or its library is not installed."""

    phrase = worded(
        "CARD-NO-PCSC",
        ("读卡服务没有运行：{why}", "启动 pcscd（或安装 pyscard）；可先收现金并开凭条。", "不要卸载读卡器驱动。"),
        (
            "The card service does not run: {why}",
            "Start pcscd (or install pyscard); cash and a slip are possible.",
            "Do not remove the reader's driver.",
        ),
    )


class ReaderBusy(CardError):
    """Another program holds the reader; ``program`` names those that may (:mod:`terminal.cards.sharing`)."""

    phrase = worded(
        "CARD-READER-BUSY",
        ("读卡器被另一个程序占用：{program}", "关闭占用读卡器的程序后重试。", "不要强行结束医保以外的程序。"),
        ("Another program holds the reader: {program}", "Close it and try again.", "Do not kill programs that you do not know."),
    )

    def __init__(self, *, program: str) -> None:
        # The service does not say who it is, and the system shows only what this user may look at.
        super().__init__(program=program or "看不到是哪一个 / not seen which")


class NoCard(CardError):
    """No card in the slot."""

    phrase = worded(
        "CARD-NONE",
        ("没有插卡。", "请插入社会保障卡，或按现金办理。", "不要凭卡号手工结算。"),
        ("There is no card.", "Insert the social-security card, or take cash.", "Do not settle by a typed card number."),
    )


class CardMute(CardError):
    """The card does not answer."""

    phrase = worded(
        "CARD-MUTE",
        (
            "卡没有反应：插反、脏污或损坏，或是没有芯片的条码卡、磁条卡。",
            "擦净芯片，正面插入；仍无反应请按现金办理。",
            "不要反复快速插拔。",
        ),
        (
            "The card does not answer: upside down, dirty or broken, or a bar-code or magnetic card without a chip.",
            "Clean it and insert it the right way; else take cash.",
            "Do not insert it over and over.",
        ),
    )


class NotLdtCard(CardError):
    """The card is something else."""

    phrase = worded(
        "CARD-NOT-LDT",
        ("这不是社会保障卡：{what}", "请换社会保障卡，或按现金办理。", "不要用银行卡、就诊卡代替。"),
        ("This is no social-security card: {what}", "Ask for the right card, or take cash.", "Do not use a bank or hospital card instead."),
    )


class CardVersionUnknown(CardError):
    """An LD/T card of a specification whose tables are not built in."""

    phrase = worded(
        "CARD-VERSION",
        ("卡的规范版本 {version} 本机不能写。", "联机时可按身份结算；现在请按现金办理。", "不要按其他版本的格式写卡。"),
        (
            "The card's specification {version} is not one this till writes.",
            "Take cash and give a slip.",
            "Do not write it as another version.",
        ),
    )


class NotGenuine(CardError):
    """Internal authentication failed."""

    phrase = worded(
        "CARD-NOT-GENUINE",
        ("卡的内部认证没有通过，可能是伪卡。", "按现金办理；请持卡人到经办机构验卡。", "不要再试，不要归还账户消费。"),
        (
            "The card failed its authentication and may be a copy.",
            "Take cash; its holder has it checked by the insurer.",
            "Do not try again or settle by it.",
        ),
    )


class PinWrong(CardError):
    """The PIN was wrong."""

    phrase = worded(
        "CARD-PIN-WRONG",
        ("密码错误，还可以试 {tries} 次。", "请持卡人核对后重新输入。", "不要替持卡人猜密码。"),
        ("Wrong PIN; {tries} left to try.", "The cardholder types it again.", "Do not guess it for them."),
    )

    def __init__(self, tries_left: int, **more: str) -> None:
        self.tries_left = tries_left
        super().__init__(tries=str(tries_left), **more)


class PinTorn(PinWrong):
    """The PIN was wrong, and a change of it was interrupted before: it may be the other one that holds."""

    phrase = worded(
        "CARD-PIN-TORN",
        (
            "密码错误，还可以试 {tries} 次。这张卡 {at} 改密码时中断过，卡里是旧密码或新密码。",
            "请持卡人试另一个：新密码不对就试旧密码；两个都试过仍不对，请到发卡机构重置密码。",
            "不要连续试错：次数用完卡会锁定。",
        ),
        (
            "Wrong PIN; {tries} left to try. A change of it was interrupted at {at}: the card has the old or the new one.",
            "The cardholder tries the other one of the two; when neither holds, the issuing office sets it anew.",
            "Do not try over and over: the card blocks when its tries are used up.",
        ),
    )

    def __init__(self, tries_left: int, *, at: str) -> None:
        super().__init__(tries_left, at=at)


class PinNotInitial(PinWrong):
    """A PIN that cards are issued with was typed to activate one, and the card has another: most likely it was activated before."""

    phrase = worded(
        "CARD-PIN-NOT-INITIAL",
        (
            "这张卡已经不是初始密码，多半已在别处启用；还可以试 {tries} 次。",
            "请持卡人用自己设过的密码直接办理；忘了请到发卡机构重置密码。",
            "不要再试初始密码。",
        ),
        (
            "The card no longer has the PIN it was issued with, most likely since it was activated elsewhere; {tries} left to try.",
            "The cardholder uses the PIN they chose then; who forgot it has the issuing office set it anew.",
            "Do not try PINs that cards are issued with again.",
        ),
    )


class PinInitial(CardError):
    """The PIN was right and is the one that the card was issued with: such a card does not pay (LD/T 33: −35 初始密码不能交易)."""

    phrase = worded(
        "CARD-PIN-INITIAL",
        ("这张卡还是初始密码，初始密码不能交易。", "请持卡人设一个新密码，输入两次；设好后接着办理。", "不要替持卡人选密码。"),
        (
            "The card still has the PIN that it was issued with, and does not pay by it.",
            "The cardholder chooses a new one and types it twice; then it goes on.",
            "Do not choose it for them.",
        ),
    )

    def __init__(self, initial: bytes) -> None:
        self.initial = initial
        """No secret: it is what such cards are issued with."""
        super().__init__()


class PinMalformed(CardError):
    """What was typed cannot be a PIN; the card was not asked."""

    phrase = worded(
        "CARD-PIN-FORM",
        ("密码应为 {digits} 位数字。", "请持卡人重新输入；这次不计入错误次数。", "不要用字母或少输几位。"),
        (
            "A PIN has {digits} digits.",
            "The cardholder types it again; this one cost no try.",
            "Do not type letters or fewer digits.",
        ),
    )


class PinBlocked(CardError):
    """The PIN is blocked."""

    phrase = worded(
        "CARD-PIN-BLOCKED",
        ("密码已锁定。", "按现金办理；到发卡机构凭身份证解锁。", "不要再输密码。"),
        ("The PIN is blocked.", "Take cash; the issuer unblocks it against an identity card.", "Do not type it again."),
    )


class PinUncertain(CardError):
    """Contact was lost while the PIN was being changed: the old or the new one holds."""

    phrase = worded(
        "CARD-PIN-UNCERTAIN",
        (
            "改密码时中断：卡里现在是旧密码还是新密码，不确定。",
            "请持卡人先试新密码，不对再试旧密码；两个都不对请到发卡机构。",
            "不要连续试错：次数用完卡会锁定。",
        ),
        (
            "Contact was lost while the PIN was being changed: the card has the old or the new one.",
            "The cardholder tries the new one first, then the old one; if neither is right, the issuer resets it.",
            "Do not try over and over: the card blocks when its tries are used up.",
        ),
        ("没有动用任何钱。", "No money moved."),
    )


class KeypadRefused(CardError):
    """The reader has keys, but does not take the PIN as it was asked to."""

    phrase = worded(
        "CARD-KEYPAD",
        (
            "读卡器的密码键盘不接受这种密码输入。",
            "按现金办理；请技术员在设置的 [reader] 中写 keypad = false，改用键盘输入。",
            "不要替持卡人在别处输入密码。",
        ),
        (
            "The reader's keypad does not take a PIN of this form.",
            "Take cash; a technician sets keypad = false under [reader], and the PIN is typed on the keyboard.",
            "Do not type the PIN anywhere for the cardholder.",
        ),
    )


class PsamMissing(CardError):
    """There is no PSAM, or it is not one."""

    phrase = worded(
        "CARD-NO-PSAM",
        ("没有 PSAM 卡或 PSAM 没有反应。", "检查 PSAM 卡槽；联机结算也需要它验卡。", "不要插入其他机构的 PSAM。"),
        (
            "There is no PSAM or it does not answer.",
            "Check its slot; on-line sales need it too, to prove the card.",
            "Do not use another institution's PSAM.",
        ),
    )


class PsamKeyMissing(CardError):
    """The PSAM has no such key."""

    phrase = worded(
        "CARD-PSAM-KEY",
        ("PSAM 里没有所需密钥 {key}。", "核对设置中的 [psam] keys 与 PSAM 的发放层级。", "不要改动 PSAM。"),
        ("The PSAM lacks key {key}.", "Compare [psam] keys in the settings with the PSAM's issue tier.", "Do not change the PSAM."),
    )


class PsamForeign(CardError):
    """The PSAM's key does not open this card: it belongs to another area or tier."""

    phrase = worded(
        "CARD-PSAM-FOREIGN",
        (
            "本机 PSAM 的密钥 {key} 打不开这张卡，卡可能属于其他地区。",
            "按现金办理，或到参保地使用。",
            "不要再试：每次失败都会消耗卡上密钥的次数。",
        ),
        (
            "This PSAM's key {key} does not open the card, which may belong to another area.",
            "Take cash, or use the card in its own area.",
            "Do not try again: each failure costs one of the key's own tries.",
        ),
    )


class CardRefused(CardError):
    """The card refused a command."""

    phrase = worded(
        "CARD-REFUSED",
        ("卡拒绝了命令（{sw}）。", "重新插卡再试；仍拒绝请按现金办理。", "不要连续重试。"),
        ("The card refused a command ({sw}).", "Insert it again; if it still refuses take cash.", "Do not keep trying."),
    )


class CardMalformed(CardError):
    """The card's answer is not what its tables allow."""

    phrase = worded(
        "CARD-MALFORMED",
        ("卡内数据格式不对：{what}", "按现金办理；请持卡人到经办机构查卡。", "不要手工补录卡内数据。"),
        (
            "The card's content is malformed: {what}",
            "Take cash; its holder has it checked by the insurer.",
            "Do not type its content by hand.",
        ),
    )


class CardReplayed(CardError):
    """The off-line record is older than what this till has booked of the same card and generation: it was put back, or is a copy."""

    phrase = worded(
        "CARD-REPLAYED",
        (
            "卡上脱机记录（第 {read} 次）比本机已入账的（第 {booked} 次）旧，可能是复制卡或被恢复的旧记录。",
            "按现金办理；请持卡人带身份证件到经办机构验卡。",
            "不要用这张卡脱机结算，也不要再试。",
        ),
        (
            "The card's off-line record ({read}) is older than what was booked here ({booked}): a copy, or an old one put back.",
            "Take cash; its holder has the card checked by the insurer with an identity document.",
            "Do not settle off-line by this card or try again.",
        ),
    )


class CardGone(CardError):
    """The card or reader went away and nothing had been written."""

    phrase = worded(
        "CARD-GONE",
        ("读卡中断：卡已取出或读卡器断开。", "请重新插卡。", "不要把这笔算作已结算。"),
        ("The card or the reader went away.", "Insert the card again.", "Do not count this as settled."),
    )


class CardTorn(CardError):
    """Contact was lost while the card was being written: whether it was is not known."""

    phrase = worded(
        "CARD-TORN",
        ("写卡时中断，是否写入要由卡上记录证明。", "请重新插入同一张卡，输入密码后自动查清。", "不要给货，不要换卡再扣。"),
        (
            "Contact was lost while writing; only the card can tell what was written.",
            "Insert the same card again and give the PIN.",
            "Give no goods and do not debit another card.",
        ),
        ("钱是安全的：卡上记录决定成或不成，不会两次。", "The money is safe: the card's record decides, and never twice."),
    )
