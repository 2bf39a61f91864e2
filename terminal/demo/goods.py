"""The demonstration's goods: about 300 products that do not exist. ``python -m terminal.demo.goods > terminal/demo/goods.csv``.

The shelf of :mod:`terminal.demo.cast` is part of them. Barcodes begin with 20, which GS1 leaves to a shop's own use,
and everything else follows from the labels, so the file is the same every time.
"""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from settlement.money import format_yuan, parse_yuan
from terminal.demo.cast import Dice, shelf

HEADER = (
    "商品编码",
    "医保目录编码",
    "商品名称",
    "规格",
    "生产企业",
    "单位",
    "条码",
    "药品标识码",
    "零售价",
    "医保等级",
    "先行自付比例",
    "医保支付标准",
    "批准类别",
    "生产批号",
    "有效期至",
    "须扫追溯码",
    "销量",
)
_SEED = "goods"
_USES = "清咽 润肺 安神 健胃 护肝 退热 止咳 化痰 平喘 明目 通鼻 活络 养血 舒筋 消炎 抗敏 利尿 暖宫 固齿 生发 通便 止泻 降糖 降脂 补钙"
_FORMS = (
    ("片", "0.3g×24片", "盒"),
    ("胶囊", "0.25g×36粒", "盒"),
    ("颗粒", "10g×9袋", "盒"),
    ("口服液", "10ml×6支", "盒"),
    ("丸", "6g×10丸", "盒"),
    ("缓释片", "0.5g×12片", "盒"),
    ("糖浆", "100ml", "瓶"),
    ("贴膏", "7cm×10cm×6贴", "盒"),
)
_HERBS = "黄芪 党参 当归 白术 茯苓 甘草 陈皮 枸杞子 山药 薏苡仁 决明子 金银花 菊花 丹参 三七粉 重楼 阿胶 没药 射干 荨麻根"
_DEVICES = "体温计 血糖仪 血糖试纸 雾化器 医用口罩 创可贴 医用棉签 纱布绷带 退热贴 护腰带 助听器 制氧机 轮椅 拐杖 鼻腔冲洗器"
_OTHERS = (
    ("消字", "X", "酒精棉片 碘伏消毒液 免洗洗手液 消毒湿巾 漱口水 皮肤抑菌膏 抑菌凝胶 空气消毒片"),
    (
        "国食健字",
        "J",
        "维生素软糖 鱼油软胶囊 蛋白粉 钙片 褪黑素片 胶原饮 葡萄籽胶囊 益生菌粉 螺旋藻片 蜂胶胶囊 叶黄素片 膳食纤维粉",
    ),
    ("日用品", "Z", "护手霜 牙膏 牙刷 湿纸巾 暖宝宝 梳子 毛巾 香皂 沐浴露 花露水 保温杯"),
    ("化妆品", "M", "面膜 润肤乳 防晒霜 洁面乳 唇膏 爽肤水"),
    ("食品", "F", "红糖姜茶 菊花茶 黑芝麻丸 山楂条 薄荷糖 蜂蜜"),
)
_SELF_PAY = "03"
_EXPIRED = {"C001": "2025-12"}
"""What the counter must notice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Product:
    code: str
    name: str
    kind: str
    level: str
    first_pay: str
    spec: str
    unit: str
    price: str


def document() -> str:
    """Return the text of ``goods.csv``; the mark at its head tells a spreadsheet that it is UTF-8."""
    dice = Dice(_SEED)
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(HEADER)
    for number, product in enumerate(_products(dice), 1):
        writer.writerow(_row(number, product, dice))
    return "\ufeff" + written.getvalue()


def _products(dice: Dice) -> Iterator[_Product]:
    for item in shelf(_SEED):
        unit = "盒" if item.kind == "国药准字" else "件"
        yield _Product(
            code=item.code, name=item.name, kind=item.kind, level=item.level, first_pay=item.first_pay, spec="", unit=unit, price=item.price
        )
    given = {"A": 1, "B": 2, "C": 0, "H": 0, "D": 1, "Z": 1}

    def product(letter: str, name: str, kind: str, level: str, spec: str, unit: str) -> _Product:
        given[letter] = given.get(letter, 0) + 1
        code = f"{letter}{given[letter]:03d}"
        price = format_yuan(100 * dice.number(f"price/{code}", 120) + 10 * dice.number(f"jiao/{code}", 10) + 300)
        first_pay = {"01": "0", "02": ("0.05", "0.1", "0.15", "0.2")[dice.number(f"ratio/{code}", 4)], _SELF_PAY: "1"}[level]
        return _Product(code=code, name=f"演示{name}", kind=kind, level=level, first_pay=first_pay, spec=spec, unit=unit, price=price)

    for form, spec, unit in _FORMS:
        for use in _USES.split():
            letter, level = (("A", "01"), ("B", "02"), ("C", _SELF_PAY))[dice.number(f"class/{use}{form}", 3)]
            yield product(letter, f"{use}{form}", "国药准字", level, spec, unit)
    for herb in _HERBS.split():
        yield product("H", herb, "中药饮片", ("01", _SELF_PAY)[dice.number(f"class/{herb}", 2)], "10g", "袋")
    for device in _DEVICES.split():
        yield product("D", device, "械字", _SELF_PAY, "", "件")
    for kind, letter, names in _OTHERS:
        for name in names.split():
            yield product(letter, name, kind, _SELF_PAY, "", "件")


def _row(number: int, product: _Product, dice: Dice) -> tuple[str, ...]:
    drug, claimed = product.kind == "国药准字", product.level != _SELF_PAY
    code = product.code
    limited = claimed and dice.number(f"limited/{code}", 4) == 0
    year, month = 2028 + dice.number(f"year/{code}", 4), 1 + dice.number(f"month/{code}", 12)
    return (
        code,
        f"YS{code}" if claimed else "",
        product.name,
        product.spec,
        f"演示{'一二三四五六七'[dice.number(f'maker/{code}', 7)]}厂",
        product.unit,
        _ean(number),
        f"8{number:06d}" if drug else "",
        product.price,
        product.level,
        product.first_pay,
        format_yuan(parse_yuan(product.price) * 9 // 10) if limited else "",
        product.kind,
        f"YS{number:05d}",
        _EXPIRED.get(code, f"{year}-{month:02d}"),
        "是" if drug else "否",
        str(dice.number(f"sold/{code}", 1000)),
    )


def _ean(number: int) -> str:
    body = f"20{number:010d}"
    return f"{body}{-sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(body)) % 10}"


if __name__ == "__main__":
    sys.stdout.write(document())
