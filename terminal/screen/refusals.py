"""What keeps the screen from opening, in the operator's words."""

from __future__ import annotations

from settlement.errors import OperatorError, Phrase, Words

_SAFE_ZH = "没有动任何钱，程序没有启动。"
_SAFE_EN = "No money has moved; the program did not start."


class NoTerminal(OperatorError):
    """Keyboard or screen is no terminal: a pipe, a file, a service."""

    phrase = Phrase(
        "SCREEN-NO-TERMINAL",
        zh=Words(
            "这里不是终端，收银画面打不开。",
            _SAFE_ZH,
            "请在终端窗口中直接运行；由其他程序调用请用 yibao headless。",
            "不要把输入或错误输出重定向到文件。",
        ),
        en=Words(
            "This is no terminal: the cashier's screen cannot open.",
            _SAFE_EN,
            "Run it in a terminal window; another program uses yibao headless.",
            "Do not redirect input or error output to a file.",
        ),
    )


class TerminalNotUtf8(OperatorError):
    """The terminal shows Chinese as something else: ``why`` is what gave it away."""

    phrase = Phrase(
        "SCREEN-NOT-UTF8",
        zh=Words(
            "终端的字符编码不是 UTF-8，中文会显示成乱码（{why}）。",
            _SAFE_ZH,
            "请把终端的编码和系统语言都设为 UTF-8（例如 LANG=zh_CN.UTF-8），然后重新打开窗口。",
            "不要在显示乱码的屏幕上收款。",
        ),
        en=Words(
            "The terminal is not set to UTF-8 and would show Chinese as rubbish ({why}).",
            _SAFE_EN,
            "Set the terminal's encoding and the locale to UTF-8 (such as LANG=zh_CN.UTF-8), then open the window anew.",
            "Do not take money at a screen that cannot be read.",
        ),
    )
