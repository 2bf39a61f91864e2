"""One region pack file → one :class:`settlement.policy.Policy`; anything doubtful in it does not load.

``docs/regions.md`` describes the format. Checked here: unknown keys, types and ranges, a value without
status or source, rows of one table that speak of the same situation, limits that contradict each other,
invented values in a real area and the reverse.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from itertools import permutations
from typing import TYPE_CHECKING, Any, cast

from config.converters import ages_of, area, ceiling, codes_of, count, day, flag, one_of, ratio, some_of, text, yuan
from config.reading import Cure, FileFault, Table, fault_phrase, load
from settlement.bill import Venue
from settlement.drugs import DrugRules
from settlement.money import format_yuan
from settlement.policy import COSTS, CURRENT, IN_SCOPE_COSTS, MUTUAL, PAST, Policy
from settlement.rule import (
    ALL_YEAR,
    CHRONIC,
    EMPLOYEE,
    INPATIENT,
    MATERNITY,
    MATERNITY_SCHEME,
    ORDINARY,
    REGISTRATION,
    RESIDENT,
    WORK_INJURY,
    Choice,
    Mark,
    Rule,
    Status,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FORMAT = 2
ALLOWANCE_DAYS_MAX = 150
LEVELS = ("1", "2", "3")
_EMPLOYEES: tuple[str, ...] = (EMPLOYEE,)
SCHEMES = (EMPLOYEE, RESIDENT, MATERNITY_SCHEME, WORK_INJURY)
MED_TYPES = (*ORDINARY, REGISTRATION, CHRONIC, INPATIENT, MATERNITY)
CERTIFICATES = ("01", "02", "03")
ACCOUNTS = (CURRENT, PAST, MUTUAL)
FUNDS_BEHIND = ("hifob", "hifes", "hifmi")
STATUSES = ("confirmed", "weak", "unconfirmed", "invented", "missing")
_MARKS = ("status", "source", "note")
_DRUGS = tuple(member.name for member in fields(DrugRules))
GRADES = {
    "G": "政府公布",
    "R": "转载政府",
    "N": "报刊",
    "L": "本地指南",
    "U": "网友或律师答复",
    "F": "内容农场",
    "-": "无公开来源",
}
CHOICES = {
    "segments": ("deductible shared above_ceiling", "current_account deductible shared above_ceiling"),
    "account_order": tuple(" ".join(some) for count in (1, 2, 3) for some in permutations(ACCOUNTS, count)),
    "deductible_basis": ("annual", "per_visit"),
    "deductible_pot": ("single", "per_level"),
    "ceiling_basis": ("fund_annual", "fund_monthly", "fund_accruing", "scope_annual", "scope_monthly", "shared_annual"),
    "band_basis": ("none", "scope", "shared", "fund"),
    "first_pay_on": ("capped", "price", "none"),
    "mixed_ratios": ("none", "lowest", "highest"),
    "rounding": tuple(f"{side}_{mode}" for side in ("fund", "person") for mode in ("half_up", "half_even", "down", "up")),
    "fund_includes_account": ("no", "yes"),
}


class PackMalformed(FileFault):
    """A region pack that does not load: ``file``, ``key``, ``cure_zh``, ``cure_en``."""

    phrase = fault_phrase("PACK-MALFORMED", "政策包", "Region pack")


_MAY_SAY: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "transit_h": ("transit_h", count),
    "offline_person_count": ("offline_person_count", count),
    "offline_till_count": ("offline_till_count", count),
    "offline_till_sum": ("offline_till_sum_fen", yuan),
}
"""What a pack may say of the counter beyond what it must: without it there is no such limit, or the default of :class:`Policy`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shape:
    """What the rows of one table of rules may say."""

    value: Callable[[Any], int | Cure]
    about: str = ""
    """The key of the row's subject."""
    subjects: tuple[str, ...] = ()
    """Its words; empty = any text."""
    always: bool = True
    """Whether every row names its subject."""
    one_subject: bool = False
    """Whether only one subject may be spoken of in a situation."""
    med_types: bool = True
    """Whether rows are of medical types; one that names none speaks of ordinary care."""


_SHAPES = {
    "pooling": _Shape(value=flag),
    "deductible": _Shape(value=yuan),
    "deductible_factor": _Shape(value=ratio),
    "deductible_less": _Shape(value=yuan),
    "deductible_cap": _Shape(value=yuan),
    "ratio": _Shape(value=ratio),
    "ratio_more": _Shape(value=ratio),
    "ratio_less": _Shape(value=ratio),
    "ceiling": _Shape(value=ceiling, about="name", always=False),
    "supplement": _Shape(value=ratio, about="fund", subjects=FUNDS_BEHIND, one_subject=True),
    "supplement_ceiling": _Shape(value=ceiling, about="fund", subjects=FUNDS_BEHIND),
    "fixed_fund": _Shape(value=yuan, about="kind"),
    "fixed_person": _Shape(value=yuan, about="kind"),
    "account": _Shape(value=flag, about="cost", subjects=("in_scope", *COSTS), med_types=False),
    "goods": _Shape(value=flag, about="kind", med_types=False),
    "elsewhere": _Shape(value=flag, med_types=False),
}


def load_pack(path: Path) -> Policy:
    """Return the policy of one pack file. Raises :class:`PackMalformed` naming file, key and cure."""
    pack = load(path, PackMalformed, "/".join(path.parts[-2:]))
    if pack.need("format", count) != FORMAT:
        pack.reject("format", Cure(f"本版本只认 format = {FORMAT}。", f"This version reads format = {FORMAT}."))
    policy = _Reader(pack).policy()
    pack.close()
    return policy


class _Reader:
    """Reads one pack: what every value needs is which sources there are and whether the area exists."""

    def __init__(self, pack: Table) -> None:
        self._pack = pack
        self._area = pack.need_table("area")
        self._invented = self._area.need("invented", flag)
        self._sources = _sources(pack.table("sources"))
        self._conditions = _conditions(pack.table("conditions"))
        self._stated: list[Mark] = []

    def policy(self) -> Policy:
        rules, counter, drugs = self._pack.need_table("rules"), self._pack.need_table("counter"), self._pack.table("drugs")
        identities = self._pack.table("identities")
        members: dict[str, Any] = {
            "admdvs": self._area.need("admdvs", area),
            "name": self._area.need("name", text),
            "effective": self._area.need("effective", day),
            "invented": self._invented,
            "schemes": self._area.take("schemes", some_of(SCHEMES), _EMPLOYEES),
            "conditions": self._conditions,
            "identities": self._identities(identities),
            **{key: self._choice(rules, key) for key in CHOICES},
            **{name: self._rows(name, shape) for name, shape in _SHAPES.items()},
            **self._counter(counter),
            "drugs": self._drugs(drugs),
        }
        if members["band_basis"].value == "none" and any(rule.band != ALL_YEAR for rule in members["ratio"]):
            cure = Cure(
                "ratio 的行按段写了 from 或 below，写明是什么的段。", "Rows of ratio state from or below: say what the bands are of."
            )
            rules.reject("band_basis", cure)
        for table in (rules, counter, drugs, identities):
            if "status" in table:  # It stands for the bare values, of which there may be none.
                self._mark(table, "")
            table.close()
        self._area.close()
        return Policy(**members, stated=tuple(self._stated))

    def _mark(self, row: Table, key: str) -> Mark:
        """Return where the value of ``row`` comes from; a missing one has a note instead of a source."""
        status = cast("Status", row.need("status", one_of(STATUSES)))
        note = row.take("note", text, "")
        if status == "missing":
            if not note:
                row.reject("note", Cure("写明为什么没有这个值。", "Say why nobody gives this value."))
            return Mark(key=key, status=status, source="—", note=note)
        if (status == "invented") != self._invented:
            cure = Cure(
                "invented 只用于、也必须用于演示统筹区。", "“invented” is for every value of an area that does not exist, and for no other."
            )
            row.reject("status", cure)
        return Mark(key=key, status=status, source=self._sources[row.need("source", one_of(tuple(self._sources)))], note=note)

    def _said(self, where: str, table: Table, key: str, convert: Callable[[Any], Any]) -> Any:  # noqa: ANN401 - what the key holds
        """Return a value that is no row of the rules; its mark is kept beside them."""
        value, mark = self._given(table, key, convert)
        self._stated.append(replace(mark, key=f"{where}.{key}"))
        return value

    def _given(self, table: Table, key: str, convert: Callable[[Any], Any]) -> tuple[Any, Mark]:
        """Return a value that may not be missing, with its mark: its own, or that of its table for a bare value."""
        own = table.holds_table(key)
        row = table.need_table(key) if own else table
        value = row.need("value" if own else key, convert)
        mark = self._mark(row, key)
        if mark.status == "missing":
            row.reject("status", Cure("这里的每一项都必须有值。", "Every one of these has a value."))
        if own:
            row.close()
        return value, mark

    def _choice(self, rules: Table, key: str) -> Choice:
        value, mark = self._given(rules, key, one_of(CHOICES[key]))
        return Choice(value=value, mark=mark)

    def _rows(self, name: str, shape: _Shape) -> tuple[Rule, ...]:
        rules: list[Rule] = []
        for row in self._pack.tables(name):
            rule = self._rule(row, name, shape)
            if rule.places[0] not in set(Venue):
                cure = Cure(
                    "没有一种情形适用这一行：药店没有级别，只有购药。",
                    "No situation fits this row: a pharmacy has no level and only sells.",
                )
                row.reject("hosp_lv", cure)
            row.close()
            for one in _in_full(rule) if name == "account" else (rule,):
                _refuse_overlap(row, [replace(other, about=one.about) for other in rules] if shape.one_subject else rules, one)
                rules.append(one)
        return tuple(rules)

    def _rule(self, row: Table, name: str, shape: _Shape) -> Rule:
        about = ""
        if shape.about and (shape.always or shape.about in row):
            about = row.need(shape.about, one_of(shape.subjects) if shape.subjects else text)
        selectors, chosen = self._selectors(row, name, shape)
        mark = self._mark(row, f"{name}({', '.join([about, *chosen] if about else chosen)})")
        if mark.status == "missing" and "value" in row:
            row.reject(
                "value",
                Cure("status 为 missing 就没有值：删去它，或写明 status。", "A missing value has none: remove it, or give its status."),
            )
        value = None if mark.status == "missing" else int(row.need("value", shape.value))
        if name == "goods":
            selectors.update(_clauses(row, forbidden=not value))
        if name == "ratio":
            selectors["per_year_e4"] = row.take("per_year_of_age", ratio, 0)
        return Rule(value=value, mark=mark, about=about, **selectors)

    def _selectors(self, row: Table, name: str, shape: _Shape) -> tuple[dict[str, Any], list[str]]:
        """Return the situations that a row is for, and how its key says them."""
        nothing: tuple[str, ...] = ()
        known = some_of(self._conditions)
        read: dict[str, tuple[str, Callable[[Any], Any]]] = {
            "venue": ("venues", some_of(tuple(Venue))),
            "hosp_lv": ("levels", some_of(LEVELS)),
            "psn_type": ("psn_types", codes_of("1101")),
            "insutype": ("insutypes", some_of(SCHEMES)),
            "rx_level": ("rx_levels", some_of(LEVELS)),
            "class": ("classes", some_of(("01", "02"))),
            "when": ("when", known),
            "unless": ("unless", known),
        }
        if shape.med_types:
            read["med_type"] = ("med_types", some_of(MED_TYPES))
        if name == "account":
            read["account"] = ("accounts", some_of(ACCOUNTS))
        found = {member: row.take(key, convert, nothing) for key, (member, convert) in read.items()}
        chosen = [f"{key}={'|'.join(found[member])}" for key, (member, _) in read.items() if found[member]]
        prescription, ages = row.take("prescription", flag, absent=None), row.take("age", ages_of, absent=None)
        chosen += [] if prescription is None else [f"prescription={'yes' if prescription else 'no'}"]
        chosen += [] if ages is None else [f"age={ages[0]}-{ages[1]}"]
        selectors: dict[str, Any] = {
            **found,
            "venues": tuple(Venue(venue) for venue in found["venues"]),
            "insutypes": found["insutypes"] or (EMPLOYEE,),
            "when": frozenset(found["when"]),
            "unless": frozenset(found["unless"]),
            "prescription": prescription,
            "ages": ages,
        }
        if shape.med_types:
            selectors["med_types"] = found["med_types"] or ORDINARY
        if name == "ratio":
            band = row.take("from", yuan, ALL_YEAR[0]), row.take("below", yuan, ALL_YEAR[1])
            if band[0] >= band[1]:
                row.reject("below", Cure("必须高于 from。", "It is above from."))
            selectors["band"] = band
            chosen += [] if band == ALL_YEAR else [f"from={format_yuan(band[0])}"]
        return selectors, chosen

    def _identities(self, table: Table) -> tuple[tuple[str, str], ...]:
        """Return by which codes of 1101 a condition holds of a person: each is a word of ``[conditions]`` with its codes."""
        found: list[tuple[str, str]] = []
        for word in table:
            if word in _MARKS:
                continue
            if word not in self._conditions:
                table.reject(word, Cure("先在 [conditions] 中写明它的意思。", "Say what it means in [conditions] first."))
            found += [(code, word) for code in self._said("identities", table, word, codes_of("0201"))]
        return tuple(found)

    def _drugs(self, table: Table) -> DrugRules:
        """Return the national rules with what the area says otherwise."""
        return DrugRules(**{name: self._said("drugs", table, name, count) for name in _DRUGS if name in table})

    def _counter(self, table: Table) -> dict[str, Any]:
        read: dict[str, tuple[str, Callable[[Any], Any]]] = {
            "offline_account": ("offline_account", one_of(("forbidden", "allowance", "legacy_card"))),
            "offline_account_limit": ("offline_account_limit_fen", yuan),
            "allowance_days": ("allowance_days", count),
            "floor_limit": ("floor_limit_fen", yuan),
            "floor_limit_stale": ("floor_limit_stale_fen", yuan),
            "hotlist_soft_h": ("hotlist_soft_h", count),
            "hotlist_refuse_h": ("hotlist_refuse_h", count),
            "doubt_days": ("doubt_days", count),
            "later_settlement_days": ("later_settlement_days", count),
            "pin_required_at": ("pin_required_at", some_of(tuple(Venue), fewest=0)),
            "certificates": ("certificates", some_of(CERTIFICATES)),
        }
        members = {member: self._said("counter", table, key, convert) for key, (member, convert) in read.items()}
        for key, (member, convert) in _MAY_SAY.items():
            if key in table:
                members[member] = self._said("counter", table, key, convert)
        _refuse_contradictions(table, members)
        members["pin_required_at"] = tuple(Venue(venue) for venue in members["pin_required_at"])
        return members


def _sources(table: Table) -> dict[str, str]:
    rendered: dict[str, str] = {}
    for key in table:
        source = table.table(key)
        authority, document = source.need("authority", text), source.need("document", text)
        grade = source.need("grade", one_of(tuple(GRADES)))
        source.close()
        rendered[key] = f"{authority}：{document}（{grade} {GRADES[grade]}）"
    return rendered


def _conditions(table: Table) -> tuple[str, ...]:
    """Return the words of what else may hold; each says in a sentence what it means."""
    for word in table:
        table.need(word, text)
    table.close()
    return tuple(table)


def _clauses(row: Table, *, forbidden: bool) -> dict[str, str]:
    if not forbidden:
        return {}
    return {"words_zh": row.need("clause_zh", text), "words_en": row.need("clause_en", text)}


def _in_full(rule: Rule) -> tuple[Rule, ...]:
    """Return the row of an account for each kind of cost that it speaks of: ``in_scope`` stands for all that is in scope."""
    return tuple(replace(rule, about=cost) for cost in IN_SCOPE_COSTS) if rule.about == "in_scope" else (rule,)


def _refuse_overlap(row: Table, earlier: list[Rule], rule: Rule) -> None:
    for other in earlier:
        if other.meets(rule):
            both = f"{other.mark.key} / {rule.mark.key}"
            row.reject("value", Cure(f"两行说的是同一情形：{both}。", f"Two rows speak of the same situation: {both}."))


def _refuse_contradictions(table: Table, members: dict[str, Any]) -> None:
    if members["allowance_days"] > ALLOWANCE_DAYS_MAX:
        cure = Cure(
            f"最多 {ALLOWANCE_DAYS_MAX} 天：卡上只存月份。", f"At most {ALLOWANCE_DAYS_MAX}: the card stores a month without its year."
        )
        table.reject("allowance_days", cure)
    if members["floor_limit_stale_fen"] > members["floor_limit_fen"]:
        table.reject("floor_limit_stale", Cure("不能高于 floor_limit。", "It may not exceed floor_limit."))
    if members["hotlist_soft_h"] > members["hotlist_refuse_h"]:
        table.reject("hotlist_soft_h", Cure("不能大于 hotlist_refuse_h。", "It may not exceed hotlist_refuse_h."))
    if members["offline_account"] == "allowance" and not (members["offline_account_limit_fen"] and members["allowance_days"]):
        cure = Cure("允许脱机额度就要写明上限和天数。", "An area that allows an allowance states its limit and its days.")
        table.reject("offline_account_limit", cure)
