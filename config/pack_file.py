"""One region pack file → one :class:`settlement.policy.Policy`; anything doubtful in it does not load.

``docs/regions.md`` describes the format. Checked here: unknown keys, types and ranges, a value without
status or source, rows of one table that speak of the same situation, limits that contradict each other,
invented values in a real area and the reverse.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from itertools import product
from typing import TYPE_CHECKING, Any, cast

from config.reading import Cure, FileFault, Table, Unquoted, fault_phrase, load
from settlement.bill import Venue
from settlement.money import RATIO_ONE, parse_scaled, parse_yuan
from settlement.policy import UNLIMITED_FEN, Choice, Mark, Policy, Rule, Situation, Status

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FORMAT = 1
ALLOWANCE_DAYS_MAX = 150
LEVELS = ("1", "2", "3")
PSN_TYPES = ("11", "12")
COSTS = ("in_scope", "first_pay", "over_limit", "full_selfpay")
GRADES = {
    "G": "政府公布",
    "R": "转载政府",
    "N": "报刊",
    "L": "本地指南",
    "U": "网友或律师答复",
    "F": "内容农场",
    "-": "无公开来源",
}
_STATUSES = ("confirmed", "weak", "unconfirmed", "invented", "missing")
_CHOICES: dict[str, tuple[str, ...]] = {
    "segments": ("deductible shared above_ceiling",),
    "account_order": ("after_pool",),
    "deductible_basis": ("annual",),
    "ceiling_basis": ("fund_annual",),
    "first_pay_on": ("capped", "price"),
    "rounding": ("fund_half_up",),
}
_SITUATIONS = tuple(
    Situation(venue=venue, hosp_lv=level, psn_type=psn_type, prescription=prescription)
    for venue, level, psn_type, prescription in product(Venue, ("", *LEVELS), PSN_TYPES, (False, True))
    if (venue is Venue.PHARMACY) == (level == "")
)
"""Every situation that a rule of today's format may tell apart."""


class PackMalformed(FileFault):
    """A region pack that does not load: ``file``, ``key``, ``cure_zh``, ``cure_en``."""

    phrase = fault_phrase("PACK-MALFORMED", "政策包", "Region pack")


def load_pack(path: Path) -> Policy:
    """Return the policy of one pack file. Raises :class:`PackMalformed` naming file, key and cure."""
    pack = load(path, PackMalformed, "/".join(path.parts[-2:]))
    if pack.need("format", _count) != FORMAT:
        pack.reject("format", f"本版本只认 format = {FORMAT}。", f"This version reads format = {FORMAT}.")
    policy = _Reader(pack).policy()
    pack.close()
    return policy


@dataclass(frozen=True, slots=True)
class _Counter:
    """The ``[counter]`` table."""

    table: Table
    mark: Callable[[Table, str], Mark]

    def value(self, key: str, convert: Callable[[Any], Any]) -> Any:  # noqa: ANN401 - as the converter says
        row = self.table.table(key)
        if key not in self.table:
            self.table.reject(key, "补上这一项。", "Add it.")
        value = row.need("value", convert)
        self.mark(row, key)
        row.close()
        return value


class _Reader:
    def __init__(self, pack: Table) -> None:
        self._pack = pack
        self._sources = self._read_sources()
        self._invented = False

    def policy(self) -> Policy:
        area = self._pack.table("area")
        admdvs, name = area.need("admdvs", _admdvs), area.need("name", text)
        effective, self._invented = area.need("effective", day), area.need("invented", _flag)
        area.close()
        rules = self._pack.table("rules")
        chosen = {key: self._choice(rules, key) for key in _CHOICES}
        rules.close()
        return Policy(
            admdvs=admdvs,
            name=name,
            effective=effective,
            invented=self._invented,
            pooling=self._rows("pooling", _yes_no, venues=True, prescription=True),
            deductible=self._rows("deductible", yuan, psn_types=True),
            ratio=self._rows("ratio", ratio, psn_types=True),
            ceiling=self._rows("ceiling", _ceiling, psn_types=True),
            account=self._rows("account", _yes_no, about=("cost", _one_of(COSTS))),
            goods=self._rows("goods", _yes_no, about=("kind", text)),
            **chosen,
            **self._counter(),
        )

    def _read_sources(self) -> dict[str, str]:
        table = self._pack.table("sources")
        rendered: dict[str, str] = {}
        for key in table.keys():
            source = table.table(key)
            authority, document = source.need("authority", text), source.need("document", text)
            grade = source.need("grade", _one_of(tuple(GRADES)))
            source.close()
            rendered[key] = f"{authority}：{document}（{grade} {GRADES[grade]}）"
        return rendered

    def _mark(self, row: Table, key: str) -> Mark:
        """Return where the value of ``row`` comes from; a missing one has a note instead of a source."""
        status = cast("Status", row.need("status", _one_of(_STATUSES)))
        note = row.take("note", text, "")
        if status == "missing":
            if not note:
                row.reject("note", "写明为什么没有这个值。", "Say why nobody gives this value.")
            return Mark(key=key, status=status, source="—", note=note)
        if (status == "invented") != self._invented:
            kind = ("invented 只用于、也必须用于演示统筹区。", "“invented” is for areas that do not exist, and for them alone.")
            row.reject("status", *kind)
        source = row.need("source", _one_of(tuple(self._sources)))
        return Mark(key=key, status=status, source=self._sources[source], note=note)

    def _choice(self, rules: Table, key: str) -> Choice:
        if key not in rules:
            rules.reject(key, "补上这一项。", "Add it.")
        row = rules.table(key)
        value = row.need("value", _one_of(_CHOICES[key]))
        mark = self._mark(row, key)
        if mark.status == "missing":
            row.reject("status", "这一项必须有值。", "This one must have a value.")
        row.close()
        return Choice(value=value, mark=mark)

    def _rows(
        self,
        table: str,
        convert: Callable[[Any], int],
        *,
        about: tuple[str, Callable[[Any], str]] | None = None,
        venues: bool = True,
        psn_types: bool = False,
        prescription: bool = False,
    ) -> tuple[Rule, ...]:
        rules: list[Rule] = []
        for row in self._pack.tables(table):
            selectors: dict[str, Any] = {
                "about": row.need(*about) if about else "",
                "venues": tuple(Venue(name) for name in row.take("venue", _some_of(tuple(Venue)), ())) if venues else (),
                "levels": row.take("hosp_lv", _some_of(LEVELS), ()),
                "psn_types": row.take("psn_type", _some_of(PSN_TYPES), ()) if psn_types else (),
                "prescription": row.take("prescription", _flag, absent=None) if prescription else None,
            }
            mark = self._mark(row, _address(table, selectors))
            if mark.status == "missing" and "value" in row:
                row.reject("value", "status = missing 就不能有值。", "A missing value has none: remove it, or give its status.")
            value = None if mark.status == "missing" else row.need("value", convert)
            rule = Rule(
                value=value,
                mark=mark,
                words_zh=row.take("clause_zh", text, "") if table == "goods" else "",
                words_en=row.take("clause_en", text, "") if table == "goods" else "",
                **selectors,
            )
            if table == "goods" and not value and not (rule.words_zh and rule.words_en):
                row.reject(
                    "clause_zh",
                    "不准的种类要写明条款（clause_zh、clause_en）。",
                    "A forbidden kind names its clause (clause_zh, clause_en).",
                )
            self._refuse_overlap(row, rules, rule)
            row.close()
            rules.append(rule)
        return tuple(rules)

    def _refuse_overlap(self, row: Table, earlier: list[Rule], rule: Rule) -> None:
        said = [situation for situation in _SITUATIONS if rule.fits(situation)]
        if not said:
            row.reject("hosp_lv", "没有一种情形适用这一行（药店没有级别）。", "No situation fits this row (a pharmacy has no level).")
        for other in earlier:
            if other.about == rule.about and any(other.fits(situation) for situation in said):
                both = f"{other.mark.key} / {rule.mark.key}"
                row.reject("value", f"两行说的是同一情形：{both}。", f"Two rows speak of the same situation: {both}.")

    def _counter(self) -> dict[str, Any]:
        table = self._pack.table("counter")
        counter = _Counter(table, self._mark)
        values = {
            "offline_account": counter.value("offline_account", _one_of(("forbidden", "allowance"))),
            "offline_account_limit_fen": counter.value("offline_account_limit", yuan),
            "allowance_days": counter.value("allowance_days", _count),
            "floor_limit_fen": counter.value("floor_limit", yuan),
            "floor_limit_stale_fen": counter.value("floor_limit_stale", yuan),
            "hotlist_soft_h": counter.value("hotlist_soft_h", _count),
            "hotlist_refuse_h": counter.value("hotlist_refuse_h", _count),
            "doubt_days": counter.value("doubt_days", _count),
            "later_settlement_days": counter.value("later_settlement_days", _count),
            "pin_required_at": tuple(Venue(name) for name in counter.value("pin_required_at", _some_of(tuple(Venue)))),
        }
        _refuse_contradictions(table, values)
        table.close()
        return values


def _refuse_contradictions(table: Table, values: dict[str, Any]) -> None:
    if not values["allowance_days"] <= ALLOWANCE_DAYS_MAX:
        zh, en = f"最多 {ALLOWANCE_DAYS_MAX} 天：卡上只存月份。", f"At most {ALLOWANCE_DAYS_MAX}: the card stores a month without its year."
        table.reject("allowance_days", zh, en)
    if values["floor_limit_stale_fen"] > values["floor_limit_fen"]:
        table.reject("floor_limit_stale", "不能高于 floor_limit。", "It may not exceed floor_limit.")
    if values["hotlist_soft_h"] > values["hotlist_refuse_h"]:
        table.reject("hotlist_soft_h", "不能大于 hotlist_refuse_h。", "It may not exceed hotlist_refuse_h.")
    if values["offline_account"] == "allowance" and not values["offline_account_limit_fen"]:
        zh, en = "允许脱机额度就要写明上限。", "An area that allows an allowance states its limit."
        table.reject("offline_account_limit", zh, en)


def _address(table: str, selectors: dict[str, Any]) -> str:
    parts = [selectors["about"]] if selectors["about"] else []
    for key, name in (("venues", "venue"), ("levels", "hosp_lv"), ("psn_types", "psn_type")):
        parts += [f"{name}={'|'.join(selectors[key])}"] if selectors[key] else []
    if selectors["prescription"] is not None:
        parts.append(f"prescription={'yes' if selectors['prescription'] else 'no'}")
    return f"{table}({', '.join(parts)})"


# --- converters: a value as it stands in the file → the value that rules use -------------------------


def text(value: object) -> str:
    """Return a text that says something."""
    if not isinstance(value, str) or isinstance(value, Unquoted) or not value.strip():
        raise Cure("写成带引号的文字。", "Write a quoted text.")
    return value


def day(value: object) -> str:
    """Return a day as ``yyyy-MM-dd``, from a TOML date or a text of that form."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
        try:
            return date.fromisoformat(value).isoformat()
        except ValueError:
            pass
    raise Cure("写成日期，如 2023-02-01。", "Write a date such as 2023-02-01.")


def yuan(value: object) -> int:
    """Return an amount of yuan, not negative, in fen."""
    return _scaled(value, 2, UNLIMITED_FEN, ('写成带引号的元，如 "700.00"。', 'Write yuan in quotes, such as "700.00".'))


def ratio(value: object) -> int:
    """Return a ratio between 0 and 1 in 10⁻⁴."""
    return _scaled(
        value, 4, RATIO_ONE, ('写成带引号、0 到 1 之间的比例，如 "0.80"。', 'Write a ratio from 0 to 1 in quotes, such as "0.80".')
    )


def _scaled(value: object, places: int, largest: int, cure: tuple[str, str]) -> int:
    if isinstance(value, str) and not isinstance(value, Unquoted):
        try:
            scaled = parse_scaled(value, places)
        except ValueError as error:
            raise Cure(*cure) from error
        if 0 <= scaled <= largest:
            return scaled
    raise Cure(*cure)


def _ceiling(value: object) -> int:
    return UNLIMITED_FEN if value == "none" else yuan(value)


def _yes_no(value: object) -> int:
    return int(_flag(value))


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise Cure("写 true 或 false。", "Write true or false.")
    return value


def _count(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise Cure("写一个不带引号的非负整数。", "Write a whole number, not negative, without quotes.")
    return value


def _admdvs(value: object) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"\d{6}", value, re.ASCII):
        raise Cure('写成六位行政区划代码，如 "420100"。', 'Write the six digits of the area, such as "420100".')
    return value


def _one_of(words: tuple[str, ...]) -> Callable[[Any], str]:
    def convert(value: object) -> str:
        said = " ".join(value) if isinstance(value, list) and all(isinstance(word, str) for word in value) else value
        if said not in words:
            listed = ", ".join(f'"{word}"' for word in words)
            raise Cure(f"只能是：{listed}。", f"Write one of: {listed}.")
        return str(said)

    return convert


def _some_of(words: tuple[str, ...]) -> Callable[[Any], tuple[str, ...]]:
    def convert(value: object) -> tuple[str, ...]:
        said = [value] if isinstance(value, str) else value
        if not isinstance(said, list) or not said or len(set(map(str, said))) != len(said) or not all(word in words for word in said):
            listed = ", ".join(f'"{word}"' for word in words)
            raise Cure(f"从这些里选，不重复：{listed}。", f"Choose from, each once: {listed}.")
        return tuple(str(word) for word in said)

    return convert
