"""Every keystroke of a cashier over 200,000 goods: what it costs, and whether it finds what an exact scan finds.

The goods are generated, the same ones every time: 300 stems of names in pairs, 24 forms, 3,000 makers, codes by
kind, EANs by maker. For each of 60 products a cashier types the initials, the name, the code and the barcode, and a part from
the middle of initials and name, and each prefix is one query. The goal is 1.5 ms for the 99th percentile with 20 rows.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
from collections.abc import Callable
from itertools import product
from math import prod
from pathlib import Path
from time import perf_counter_ns

from offline_queue.catalogue import Catalogue, Item
from offline_queue.catalogue.building import build, sought_of
from offline_queue.catalogue.catalogue import NAME
from offline_queue.catalogue.matching import Sought, fold, matches

ITEMS = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
PRODUCTS, ROWS, ROUNDS = 60, 20, 5
GOAL_US = 1500
READINGS_MAX = 256
_STEMS = """
阿莫 西林 头孢 克肟 拉定 呋辛 氨苄 克洛 罗红 霉素 阿奇 克拉 左氧 氟沙 诺氟 莫西 甲硝 替硝 奥硝 咪唑 氟康 伊曲 特比 萘芬
联苯 苄唑 酮康 阿昔 洛韦 更昔 泛昔 利巴 韦林 奥司 他韦 拉米 夫定 恩替 卡韦 替诺 福韦 布洛 对乙 酰氨 基酚 双氯 芬酸 萘普
洛索 吲哚 美辛 塞来 昔布 美洛 昔康 氯雷 他定 西替 利嗪 依巴 斯汀 孟鲁 司特 茶碱 沙丁 胺醇 布地 奈德 氨溴 羧甲 司坦 乙酰
半胱 右美 沙芬 奥美 拉唑 兰索 泮托 雷贝 艾司 法莫 替丁 雷尼 铝碳 酸镁 多潘 立酮 莫沙 必利 蒙脱 石粉 双歧 杆菌 乳酸 地衣
芽孢 硝苯 地平 氨氯 非洛 尼群 缬沙 氯沙 坎地 厄贝 替米 依那 普利 贝那 培哚 福辛 美托 洛尔 比索 阿替 卡维 地洛 辛伐 阿托
瑞舒 伐他 非诺 贝特 二甲 双胍 格列 美脲 齐特 阿卡 波糖 瑞格 列奈 西格 列汀 达格 列净 维生 叶酸 碳酸 葡萄 糖酸 硫酸 亚铁
琥珀 右旋 甲钴 腺苷 谷维 辅酶 硒酵 鱼肝 连花 清瘟 板蓝 双黄 银翘 解毒 桑菊 感冒 藿香 正气 保和 健胃 消食 香砂 六君 补中
益气 参苓 白术 归脾 逍遥 六味 地黄 知柏 杞菊 金匮 肾气 右归 左归 五子 衍宗 乌鸡 白凤 益母 当归 四物 八珍 十全 大补 人参
养荣 生脉 复脉 丹参 血塞 血府 逐瘀 通心 稳心 参松 养心 速效 救心 麝香 保心 脑心 天麻 钩藤 牛黄 上清 黄连 龙胆 泻肝 三黄
栀子 金银 蒲公 鱼腥 穿心 清热 川贝 枇杷 急支 橘红 止咳 润肺 养阴 百合 固金 蛇胆 陈皮 云南 白药 三七 跌打 活血 正骨 伤湿
追风 天和 壮骨 骨刺 颈复 腰痛 独活 寄生 马应 麝痔 槐角 化痔 妇科 千金 桂枝 茯苓 花红 宫血 乳癖 消结 夏枯 草膏 小儿 氨酚
黄那 敏愈 美林 泰诺 护肝 茵陈 复方 甘草 鳖甲 软肝 水飞 蓟宾 熊去 胆酸 玻璃 酸钠 氯霉 妥布 珍珠 明目 石斛 夜光 红景 天参
灵芝 孢子 破壁 蜂胶 阿胶 鹿茸 枸杞 黄芪 党参 重楼 参芪 荨麻 降压 血糖 测试 电子 创可 医用 外科
"""
_FORMS = """
片 分散片 缓释片 肠溶片 咀嚼片 泡腾片 胶囊 软胶囊 缓释胶囊 肠溶胶囊 颗粒 口服液
糖浆 丸 浓缩丸 滴丸 滴眼液 凝胶 乳膏 软膏 栓 喷雾剂 散 注射液
"""
KINDS = (("国药准字", "YP"), ("国药准字", "YP"), ("国药准字", "10"), ("械字", "QX"), ("国食健字", "BJ"), ("日用品", "RY"))


def goods(count: int) -> list[Item]:
    """Return ``count`` products, the same ones every time."""
    dice = random.Random(20)
    all_stems, forms = _STEMS.split(), _FORMS.split()
    makers = [f"{69}{dice.randrange(10**5):05d}" for _ in range(3000)]
    items = []
    for number in range(count):
        maker = min(dice.randrange(3000), dice.randrange(3000))
        kind, letters = KINDS[min(dice.randrange(6), dice.randrange(6))]
        stems = "".join(dice.choice(all_stems) for _ in range(dice.choice((1, 2, 2, 2, 3))))
        latin = dice.choice(("", "", "", "", "", "B", "C", "D3", "复方", "小儿", "盐酸"))
        body = f"{makers[maker]}{dice.randrange(10**5):05d}"
        check = -sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(body)) % 10
        items.append(
            Item(
                code=f"{letters}{number:06d}",
                med_list_codg="",
                name=f"{latin}{stems}{dice.choice(forms)}",
                spec=f"{dice.choice((5, 10, 25, 50, 100, 250))}mg×{dice.choice((6, 7, 10, 12, 14, 24))}片",
                prodentp_name=f"第{maker}制药有限公司",
                unit="盒",
                barcodes=(f"{body}{check}",),
                trac_prefix=f"{8_000_000 + number}",
                pric_e6=dice.randrange(100, 50_000) * 10_000,
                chrgitm_lv="01",
                selfpay_prop_e4=0,
                pric_uplmt_e6=None,
                goods_kind=kind,
                manu_lotnum="",
                expy_end="",
                trac_required=kind == "国药准字",
                controls=(),
                popularity=int(dice.paretovariate(0.7)) - 1,
            )
        )
    unique = {item.barcodes: item for item in items}
    return list(unique.values())


def keystrokes(items: list[Item]) -> list[str]:
    """Return what stands in the search line after each key, for 60 products that are asked for as often as they are sold."""
    dice = random.Random(21)
    wanted = dice.choices(items, [item.popularity + 1 for item in items], k=PRODUCTS)
    typed: dict[str, None] = {}
    for item in wanted:
        spelled = "".join(dice.choice(letters) for letters in sought_of(item).initials)
        for text in (spelled, item.name, item.code, item.barcodes[0], spelled[2:], item.name[2:]):
            typed |= dict.fromkeys(text[:end] for end in range(1, len(text) + 1))
    return list(typed)


class Scan:
    """The definition by brute force: every reading of every name written out, and every item looked at."""

    def __init__(self, items: list[Item]) -> None:
        self._placed = sorted(items, key=lambda item: (-item.popularity, item.code))
        self._sought = [sought_of(item) for item in self._placed]
        self._texts = [self._written(sought) for sought in self._sought]

    def codes(self, query: str) -> list[str]:
        """Return the codes of the first items that the query finds."""
        beginning = f"\n{query}"
        found: list[str] = []
        for item, sought, text in zip(self._placed, self._sought, self._texts, strict=True):
            if (query in text[0] or beginning in text[1]) if text else matches(query, sought):
                found.append(item.code)
                if len(found) == ROWS:
                    break
        return found

    @staticmethod
    def _written(sought: Sought) -> tuple[str, str] | None:
        """Return all that a query may be part of, and the barcodes; None for a name of too many readings."""
        if prod(map(len, sought.initials)) > READINGS_MAX:
            return None
        readings = ("".join(letters) for letters in product(*sought.initials))
        return "\n".join((sought.name, sought.code, *readings)), "".join(f"\n{barcode}" for barcode in sought.barcodes)


def main() -> None:
    """Build, type, compare, and print one JSON line."""
    items = goods(ITEMS)
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        start = perf_counter_ns()
        build(directory / NAME, items, {}, lambda _done, _total: None)
        build_s = (perf_counter_ns() - start) / 1e9
        size_mb = (directory / NAME).stat().st_size / 1e6
        typed = keystrokes(items)
        with Catalogue(directory) as catalogue:
            found_us = _timed(typed, lambda query: catalogue.find(query, ROWS))
            scanned_us = _timed([item.barcodes[0] for item in items[:: len(items) // 1000]], catalogue.by_barcode)
            scan = Scan(items)
            unequal = [query for query in typed if [item.code for item in catalogue.find(query, ROWS)] != scan.codes(fold(query))]
    result = {
        "items": len(items),
        "keystrokes": len(typed),
        "rows_us": found_us,
        "barcode_us": scanned_us,
        "build_s": round(build_s, 1),
        "size_mb": round(size_mb, 1),
        "unequal": unequal,
        "goal_p99_us": GOAL_US,
    }
    print(json.dumps({"bench": "search", **result}, ensure_ascii=False))


def _timed(asked: list[str], answer: Callable[[str], object]) -> dict[str, float]:
    """Return what an answer costs, in µs: of each query the best of the rounds, so that a busy machine does not count."""
    best = [float("inf")] * len(asked)
    for _ in range(ROUNDS):
        for place, query in enumerate(asked):
            start = perf_counter_ns()
            answer(query)
            best[place] = min(best[place], (perf_counter_ns() - start) / 1000)
    best.sort()
    return {name: round(best[len(best) * part // 100], 1) for name, part in (("p50", 50), ("p99", 99))} | {"max": round(best[-1], 1)}


if __name__ == "__main__":
    main()
