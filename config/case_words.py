"""The spellings that a case file may use, each → the one word that the split knows. Forgiving where nothing is ambiguous."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from config.reading import Cure
from settlement.bill import CONTROLS
from settlement.money import RATIO_ONE, parse_scaled

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

SCHEMES = {
    "310": ("职工", "职工医保", "职工基本医疗保险", "城镇职工", "employee"),
    "390": ("居民", "居民医保", "城乡居民", "城乡居民基本医疗保险", "resident"),
    "510": ("生育", "生育保险", "maternity"),
    "410": ("工伤", "工伤保险", "work_injury"),
}
PSN_TYPES = {
    "11": ("在职", "在职职工", "in_service", "working", "active"),
    "12": ("退休", "退休人员", "retired"),
    "13": ("离休", "离休人员", "retired_cadre"),
    "14": ("居民未成年", "学生", "学生儿童", "未成年居民", "minor", "student"),
    "15": ("居民", "居民成年", "成年居民", "adult_resident", "resident"),
    "16": ("居民老年", "老年居民", "elderly_resident"),
    "1103": ("灵活就业", "灵活就业人员", "flexible"),
}
VENUES = {
    "pharmacy": ("药店", "定点药店", "零售药店", "定点零售药店"),
    "clinic": ("诊所", "门诊部"),
    "hospital": ("医院", "定点医院", "医疗机构", "定点医疗机构"),
}
LEVELS = {
    "1": ("一级", "一级及以下", "基层", "社区", "l1", "primary", "community"),
    "2": ("二级", "l2", "secondary"),
    "3": ("三级", "l3", "tertiary"),
}
CLASSES = {
    "01": ("甲", "甲类", "1", "a"),
    "02": ("乙", "乙类", "2", "b"),
    "03": ("丙", "丙类", "自费", "3", "c", "self_pay", "selfpay"),
}
KINDS = {
    "国药准字": ("药品", "药准字", "西药", "中成药", "drug"),
    "中药饮片": ("饮片", "herbal_pieces"),
    "械字": ("器械", "医疗器械", "械准字", "device"),
    "医用耗材": ("耗材", "consumable"),
    "医疗服务": ("诊疗", "诊疗项目", "医疗服务项目", "service"),
    "消字": ("消毒用品", "消毒产品", "disinfectant"),
    "国食健字": ("保健食品", "健字", "健食字", "health_food"),
    "日用品": ("日用", "daily_goods"),
    "化妆品": ("cosmetics",),
    "食品": ("food",),
}


def spelled(words: Mapping[str, tuple[str, ...]], *, others: str = "") -> Callable[[Any], str | Cure]:
    """Return the converter to the keys of ``words``; ``others`` is a pattern of texts that stay as they are."""
    known = {spelling: word for word, spellings in words.items() for spelling in (word, *spellings)}

    def convert(value: object) -> str | Cure:
        said = _written(value)
        found = known.get(re.sub(r"[ -]", "_", said.lower())) if said is not None else None
        if found is not None:
            return found
        if said is not None and others and re.fullmatch(others, said):
            return said
        listed = "；".join(" = ".join((word, *spellings)) for word, spellings in words.items())
        return Cure(f"写成其中之一：{listed}。", f"Write one of: {listed}.")

    return convert


scheme = spelled(SCHEMES, others=r"\d{3}")
psn_type = spelled(PSN_TYPES, others=r"\d{2}|\d{4}|\d{6}")
venue = spelled(VENUES)
level = spelled(LEVELS)
charge_class = spelled(CLASSES)
goods_kind = spelled(KINDS, others=r".*\S.*")


def moment(value: object) -> str | Cure:
    """Return a day, or a day and a time, as ``yyyy-MM-dd HH:mm:ss``; a day alone means noon."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value) if re.search(r"[T ]", value) else date.fromisoformat(value)
        except ValueError:
            value = None
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, date):
        return f"{value.isoformat()} 12:00:00"
    return Cure("写成日期，如 2023-06-01。", "Write a date such as 2023-06-01.")


def yuan(value: object) -> int | Cure:
    """Return an amount, not negative, in fen: ``"12.30"``, ``12.30`` and ``12`` are yuan."""
    fen = _scaled(value, 2)
    return fen if fen is not None and fen >= 0 else Cure('写成元，如 "12.30"。', 'Write yuan, such as "12.30".')


def balance(value: object) -> int | Cure:
    """Return a balance in fen, which an adjustment may have made negative."""
    fen = _scaled(value, 2)
    return fen if fen is not None else Cure('写成元，如 "980.00"。', 'Write yuan, such as "980.00".')


def quantity(value: object) -> int | Cure:
    """Return a quantity above zero in 10⁻⁴."""
    scaled = _scaled(value, 4)
    return (
        scaled
        if scaled is not None and scaled > 0
        else Cure("写一个大于零、最多四位小数的数量。", "Write a quantity above zero with at most 4 decimals.")
    )


def unit_price(value: object) -> int | Cure:
    """Return a unit price in 10⁻⁶ yuan."""
    scaled = _scaled(value, 6)
    return scaled if scaled is not None and scaled >= 0 else Cure("写成元，最多六位小数。", "Write yuan with at most 6 decimals.")


def ratio(value: object) -> int | Cure:
    """Return a ratio between 0 and 1 in 10⁻⁴: ``"0.10"``, ``0.10`` or ``"10%"``."""
    said = _written(value)
    percent = said is not None and said.endswith("%")
    scaled = _scaled(said.removesuffix("%").rstrip(), 2) if said is not None and percent else _scaled(value, 4)
    return (
        scaled
        if scaled is not None and 0 <= scaled <= RATIO_ONE
        else Cure('写成比例，如 "0.10" 或 "10%"。', 'Write a ratio such as "0.10" or "10%".')
    )


def area(value: object) -> str | Cure:
    """Return the six digits of a pooling area."""
    said = _written(value)
    return (
        said
        if said is not None and re.fullmatch(r"\d{6}", said, re.ASCII)
        else Cure("写六位行政区划代码。", "Write the area's six digits.")
    )


def med_type(value: object) -> str | Cure:
    """Return a national medical type."""
    said = _written(value)
    return (
        said
        if said is not None and re.fullmatch(r"\d{2,6}", said, re.ASCII)
        else Cure('写医疗类别代码，如 "11"。', 'Write its code, such as "11".')
    )


def age(value: object) -> int | Cure:
    """Return an age in whole years."""
    said = _written(value)
    return int(said) if said is not None and re.fullmatch(r"\d{1,3}", said, re.ASCII) else Cure("写整数年龄。", "Write whole years.")


def conditions(value: object) -> tuple[str, ...] | Cure:
    """Return the words of what else holds, each once."""
    said = [value] if isinstance(value, str) else value
    if isinstance(said, list) and all(isinstance(one, str) and one.strip() for one in said) and len(set(said)) == len(said):
        return tuple(said)
    return Cure('写成文字的列表，如 ["contract"]。', 'Write a list of words, such as ["contract"].')


def controls(value: object) -> tuple[str, ...] | Cure:
    """Return how a drug is sold: words of :data:`settlement.bill.CONTROLS`, each once."""
    said = conditions(value)
    known = not isinstance(said, Cure) and set(said) <= set(CONTROLS)
    return said if known else Cure('只有 "rx"（处方药）和 "ephedrine"（含麻黄碱）。', 'There are "rx" and "ephedrine".')


def amounts(value: object) -> tuple[tuple[str, int], ...] | Cure:
    """Return yuan by name, in fen."""
    fen = {name: yuan(amount) for name, amount in value.items()} if isinstance(value, dict) else {"": yuan(None)}
    wrong = next((amount for amount in fen.values() if isinstance(amount, Cure)), None)
    return wrong if wrong is not None else tuple((name, amount) for name, amount in fen.items() if isinstance(amount, int))


def words(value: object) -> str | Cure:
    """Return a text; a number is read as its digits."""
    said = _written(value)
    return said if said is not None else Cure("写成文字。", "Write a text.")


def yes(value: object) -> bool | Cure:
    """Return true or false: ``true``, ``"是"``, ``"yes"``, ``1`` and their opposites."""
    said = _written(value) if not isinstance(value, bool) else str(value)
    found = {"true": True, "是": True, "yes": True, "1": True, "false": False, "否": False, "no": False, "0": False}
    answer = found.get(said.lower()) if said is not None else None
    return answer if answer is not None else Cure("写 true 或 false。", "Write true or false.")


def prescription(value: object) -> str | Cure:
    """Return the prescription's number; ``true`` stands for one that the case does not name."""
    answer = yes(value) if isinstance(value, bool) else words(value)
    return {True: "given", False: ""}[answer] if isinstance(answer, bool) else answer


def _written(value: object) -> str | None:
    """Return the text that stands in the file, exactly; numbers as their digits."""
    if isinstance(value, str):
        return value.strip()
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else None


def _scaled(value: object, places: int) -> int | None:
    said = _written(value)
    try:
        return parse_scaled(said, places) if said is not None else None
    except ValueError:
        return None
