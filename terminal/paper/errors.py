"""What can go wrong with the printer. None of it touches a sale: what is printed was booked before."""

from __future__ import annotations

from settlement.errors import OperatorError, Phrase, Words

_BOOKED_ZH = "钱是安全的：这一笔已记账，不受打印影响。"
_BOOKED_EN = "The money is safe: the sale is booked, whatever the printer does."


def _phrase(code: str, zh: tuple[str, str, str], en: tuple[str, str, str], money: tuple[str, str] = (_BOOKED_ZH, _BOOKED_EN)) -> Phrase:
    return Phrase(code, zh=Words(zh[0], money[0], zh[1], zh[2]), en=Words(en[0], money[1], en[1], en[2]))


class PrinterError(OperatorError):
    """A slip that did not come out of the printer."""


class PrinterAbsent(PrinterError):
    """Nothing that takes a slip is where the settings say."""

    phrase = _phrase(
        "PRINTER-ABSENT",
        ("找不到打印机 {where}：{why}。", "检查电源和连线；接好后自动补打，收款不必等。", "不要为了打印再结算一次。"),
        (
            "There is no printer at {where}: {why}.",
            "Check power and cable; when it is there the slip is printed late, and selling need not wait.",
            "Do not settle again to get a slip.",
        ),
    )


class PrinterOutOfPaper(PrinterError):
    """The paper has ended."""

    phrase = _phrase(
        "PRINTER-NO-PAPER",
        ("打印机 {where} 缺纸。", "装上纸卷；小票自动补打。", "不要手写小票代替。"),
        (
            "The printer at {where} is out of paper.",
            "Put a roll in; the slip is printed late by itself.",
            "Do not write a slip by hand instead.",
        ),
    )


class PrinterSilent(PrinterError):
    """The printer is there and says nothing."""

    phrase = _phrase(
        "PRINTER-SILENT",
        (
            "打印机 {where} 没有应答。",
            "看它是否亮灯、是否被别的程序占用；恢复后自动补打。不回答状态的机型请设 answers = false。",
            "不要反复开关，以免小票印两份。",
        ),
        (
            "The printer at {where} does not answer.",
            "See whether it is on and free; the slip is printed late when it is back. A model without status needs answers = false.",
            "Do not switch it off and on again and again: a slip may come out twice.",
        ),
    )


class PrinterRefused(PrinterError):
    """The printer answers that it cannot print."""

    phrase = _phrase(
        "PRINTER-REFUSED",
        ("打印机 {where} 不能打印：{what_zh}。", "合上盖、清除卡纸或按恢复键；好了以后自动补打。", "不要硬拉纸。"),
        (
            "The printer at {where} cannot print: {what_en}.",
            "Close the cover, clear the paper or press its button; the slip is printed late by itself.",
            "Do not pull at the paper.",
        ),
    )


class PrinterLost(PrinterError):
    """The connection ended in the middle of a slip."""

    phrase = _phrase(
        "PRINTER-LOST",
        (
            "小票印到一半，打印机 {where} 断开了：{why}。",
            "撕掉不完整的那张；接好后会整张补打。",
            "不要把半张小票交给顾客。",
        ),
        (
            "The printer at {where} went away in the middle of a slip: {why}.",
            "Tear off what is incomplete; the whole slip is printed late when it is back.",
            "Do not hand half a slip to the customer.",
        ),
    )


class PrinterLibraryMissing(PrinterError):
    """What talks to this kind of printer is not installed."""

    phrase = _phrase(
        "PRINTER-LIBRARY",
        (
            "没有安装连接打印机的程序库：{why}。",
            "请技术员按 requirements/print.txt 安装。",
            "不要为此重装整个系统。",
        ),
        (
            "The library that talks to the printer is not installed: {why}.",
            "Have requirements/print.txt installed.",
            "Do not install the whole system anew for it.",
        ),
    )


PRINTER_NONE = _phrase(
    "PRINTER-NONE",
    ("没有设置打印机。", "在设置文件的 [printer] 中填写打印机；之前的小票可补打。", "不要手写小票代替。"),
    (
        "No printer is set.",
        "Name one under [printer] in the settings file; earlier slips can be printed late.",
        "Do not write a slip by hand instead.",
    ),
)
PRINTER_STOPPED = _phrase(
    "PRINTER-STOPPED",
    ("打印队列已停止。", "重新启动本程序；未打印的小票会自动补打。", "不要为了打印再结算一次。"),
    ("The print queue has stopped.", "Start the program again: what is owed is printed late.", "Do not settle again to get a slip."),
)
_NOTHING_ZH, _NOTHING_EN = "没有打印，没有动用任何钱。", "Nothing was printed and no money moved."
SLIP_UNBOOKED = _phrase(
    "SLIP-UNBOOKED",
    ("{subject} 没有记账，没有小票。", "核对编号；未了结的先了结。", "不要给未记账的结算出小票。"),
    ("{subject} is not booked, so there is no slip of it.", "Check the number; finish what is open first.", "Give no slip for it."),
    (_NOTHING_ZH, _NOTHING_EN),
)
SLIP_PRINTED = _phrase(
    "SLIP-PRINTED",
    ("{subject} 的小票已打印过 {count} 份。", "确实需要时用“重打”，小票上会注明。", "不要当作第一份补打。"),
    (
        "The slip of {subject} has been printed {count} times.",
        "If one more is needed, print it again: the slip will say so.",
        "Do not print it as if it were the first.",
    ),
    (_NOTHING_ZH, _NOTHING_EN),
)
