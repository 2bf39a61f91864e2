"""The page that shows whether a printer is set up well: its width, its Chinese, its tall letters, its QR code and its knife."""

from __future__ import annotations

from terminal.paper.sheet import Big, Code, Note, Pair, Rule, Sheet, Title

_TENS = 10
_CHINESE = "药品名称规格数量单价金额统筹基金个人账户现金合计"


def trial_page(shop: str, columns: int, *, code: bool) -> Sheet:
    """Return the page. Each of its two rulers is ``columns`` wide: one that goes on in the next line means that the paper is narrower."""
    return (
        Title(shop or "测试页"),
        Title("打印测试 · 不作凭证"),
        Rule(),
        Note(ruler(columns)),
        Note((_CHINESE * columns)[: columns // 2]),
        Note(f"以上三行应各占满一行，共 {columns} 列。折行：把列数改小；右边空着：把列数改大。"),
        Pair("金额靠右", "￥1234.56"),
        Big("应收现金", "￥40.60"),
        Note("Chinese, figures and this line: as on the screen. 中文、数字和本行应与屏幕一致。"),
        *((Code("YIBAO-TEST"),) if code else ()),
    )


def ruler(columns: int) -> str:
    """Return a line of ``columns`` digits that counts them: ``123456789`` and the tens in between."""
    return "".join(str(place // _TENS % _TENS) if place % _TENS == 0 else str(place % _TENS) for place in range(1, columns + 1))
