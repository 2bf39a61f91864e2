"""Packs, people and bills by seed: a pack is a file and goes through the reader; values crowd where rules have their edges."""

from __future__ import annotations

import json
from dataclasses import KW_ONLY, dataclass
from functools import partial
from itertools import product
from random import Random
from typing import TYPE_CHECKING, Any

from config.pack_file import CHOICES, FUNDS_BEHIND, LEVELS, load_pack
from settlement.bill import Benefit, Bill, Line, Venue
from settlement.money import format_yuan
from settlement.policy import COSTS, Policy
from settlement.split import BESIDES, MED_TYPES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

AREA = "990700"
WORDS = ("contract", "filed", "essential")
"""Of the person, of the visit and of the line."""
KINDS = ("国药准字", "械字", "诊疗项目", "日用品")
_PEOPLE = ("11", "1103", "12", "14", "15")
_LEVELLED: list[dict[str, Any]] = [{"hosp_lv": level} for level in LEVELS]
_ELSEWHERE: list[dict[str, Any]] = [{"venue": "pharmacy"}, {"venue": ["clinic", "hospital"]}]
_ANYWHERE: list[dict[str, Any]] = [{}]
_PLACES = (_ANYWHERE, _ELSEWHERE, [*_LEVELLED, {"venue": "pharmacy"}])
_OF_LINES = {"class", "prescription", "essential"}
"""What the lines of a bill have and a bill of lines has not."""
_TYPES: tuple[list[dict[str, Any]], ...] = (
    [{}],
    [{}, {"med_type": ["12", "14", "21", "51"]}],
    [{"med_type": ["11", "12", "14", "21", "41", "51"]}],
)
_AXES: dict[str, list[dict[str, Any]]] = {
    "psn_type": [{"psn_type": ["11", "14"]}, {"psn_type": "12"}, {"psn_type": "15"}],
    "age": [{"age": [0, 44]}, {"age": [45, 69]}, {"age": 70}],
    "class": [{"class": "01"}, {"class": "02"}],
    "prescription": [{"prescription": True}, {"prescription": False}],
    "rx_level": [{"rx_level": ["1", "2"]}, {"rx_level": "3"}],
    "contract": [{"when": "contract"}, {"unless": "contract"}],
    "filed": [{"when": "filed"}, {"unless": "filed"}],
    "essential": [{"when": "essential"}, {"unless": "essential"}],
}


@dataclass(frozen=True)
class Rows:
    """How one table of a random pack is made up."""

    table: str
    value: Callable[[], Any]
    _: KW_ONLY
    axes: int = 1
    """The most selectors beside place, scheme and medical type."""
    gap: float = 0.02
    """How often a row is left out."""
    chance: float = 1.0
    """How often the table is there at all."""
    bands: list[dict[str, Any]] | None = None
    more: dict[str, Any] | None = None
    typed: bool = True
    lines: bool = False
    """Whether it is asked of each line."""


class World:
    """One seed's packs and bills."""

    def __init__(self, seed: str) -> None:
        self.rng = Random(seed)

    # --- packs -----------------------------------------------------------------------------------------

    def pack(self, directory: Path, number: int, *, but: str = "") -> Policy:
        """Write a pack and read it; ``but``: of the plain kind in all but this thing, one of :data:`BUT`."""
        path = directory / f"{number}.toml"
        path.write_text(self._pack_text(f"99{number % 100:02d}00", but), encoding="utf-8")
        return load_pack(path)

    def _pack_text(self, area: str, but: str) -> str:
        schemes = self.rng.choice((["310"], ["310", "390"]))
        rules: dict[str, Any] = {key: self._word(key) for key in CHOICES}
        plain = self.rng.random() < 0.5
        drawn = self.rng.choice(BUT)
        plain, but = (True, but) if but else (plain, drawn)
        if plain:
            rules |= {key: word for key, word in _PLAIN.items() if key != but}
            rules |= {"deductible_basis": "annual", "deductible_pot": "per_level"} if but == "deductible_pot" else {}
        parts = [
            "format = 2",
            f'[area]\nadmdvs = "{area}"\nname = "试"\neffective = 2023-01-01\ninvented = true\nschemes = {_toml(schemes)}',
            '[sources.seed]\nauthority = "试"\ndocument = "试"\ngrade = "-"',
            "[conditions]\n" + "\n".join(f'{word} = "试"' for word in WORDS),
            _table("rules", {"status": "invented", "source": "seed", **rules}),
            _table("counter", {"status": "invented", "source": "seed", **_COUNTER}),
        ]
        for rows in [*self._of_the_pool(banded=rules["band_basis"] != "none"), *self._of_the_place()]:
            what = "sub" if "name" in (rows.more or {}) else rows.table
            chance = rows.chance if not plain or what not in _NOT_PLAIN else 1 if what == but else 0
            if self.rng.random() < chance:
                parts += self._written(rows, schemes)
        return "\n\n".join(parts) + "\n"

    def _of_the_pool(self, *, banded: bool) -> list[Rows]:
        rng = self.rng
        borders = sorted({rng.randrange(1, 300_00) for _ in range(rng.randrange(1, 4))}) if banded else []
        ends = zip([None, *map(format_yuan, borders)], [*map(format_yuan, borders), None], strict=True)
        bands = [{**({"from": low} if low else {}), **({"below": high} if high else {})} for low, high in ends]
        fund = {"fund": rng.choice(FUNDS_BEHIND)}
        behind = 0.3 if rng.random() < 0.5 else 0.0
        points = partial(self._e4, 2000)
        return [
            Rows("pooling", partial(self._yes, 0.8), axes=2, gap=0.01, lines=True),
            Rows("deductible", partial(self._yuan, 60_00), axes=2),
            Rows("deductible_factor", partial(self._ratio), gap=0.4, chance=0.3),
            Rows("deductible_less", partial(self._yuan, 30_00), gap=0.4, chance=0.3),
            Rows("deductible_cap", partial(self._yuan, 90_00), gap=0.2, chance=0.3),
            Rows("ratio", self._ratio, axes=3, bands=bands, lines=True),
            Rows("ratio_more", points, gap=0.4, chance=0.3, lines=True),
            Rows("ratio_less", points, gap=0.4, chance=0.3, lines=True),
            Rows("ceiling", partial(self._ceiling, 400_00)),
            Rows("ceiling", partial(self._ceiling, 200_00), gap=0.4, chance=0.3, more={"name": "sub"}),
            Rows("supplement", self._ratio, gap=0.2, chance=behind and 1.0, more=fund),
            Rows("supplement_ceiling", partial(self._ceiling, 200_00), chance=behind and 1.0, more=fund),
        ]

    def _of_the_place(self) -> list[Rows]:
        rng = self.rng
        found = [
            Rows(table, partial(self._yuan, 8_00), gap=0.2, chance=0.2, more={"kind": rng.choice(KINDS)})
            for table in ("fixed_fund", "fixed_person")
        ]
        apart: list[dict[str, Any]] = [{"account": "current"}, {"account": ["past", "mutual"]}]
        together: list[dict[str, Any]] = [{}]
        for cost in COSTS:
            said = [{"cost": cost, **account} for account in (apart if rng.random() < 0.4 else together)]
            found += [Rows("account", partial(self._yes, 0.7), gap=0.005, more=one, typed=False) for one in said]
        found += [Rows("goods", partial(self._yes, 0.9), axes=0, gap=0.05, more={"kind": kind}, typed=False) for kind in KINDS[:-1]]
        return [*found, Rows("elsewhere", partial(self._yes, 0.8), gap=0.1, typed=False)]

    def _word(self, key: str) -> Any:  # noqa: ANN401 - a word, or a row of them
        value = self.rng.choice(CHOICES[key])
        if key == "band_basis" and self.rng.random() < 0.5:
            value = "none"
        return value.split(" ") if key in {"segments", "account_order"} else value

    def _yes(self, chance: float) -> bool:
        return self.rng.random() < chance

    def _e4(self, most: int) -> str:
        return f"{self.rng.randrange(most) / 10_000:.4f}"

    def _ratio(self) -> str:
        return self.rng.choice(("0", "1", "0.5", "0.8", "0.6667", self._e4(10_000)))

    def _yuan(self, most_fen: int) -> str:
        return format_yuan(self.rng.choice((0, most_fen, self.rng.randrange(most_fen + 1), self.rng.randrange(most_fen + 1))))

    def _ceiling(self, most_fen: int) -> str:
        return "none" if self.rng.random() < 0.2 else self._yuan(most_fen)

    def _written(self, rows: Rows, schemes: list[str]) -> list[str]:
        """Return disjoint rows over some axes."""
        rng = self.rng
        chosen: list[list[dict[str, Any]]] = [rng.choice(_PLACES) if rows.axes else [{}]]
        chosen += [
            _AXES[axis] for axis in rng.sample(sorted(set(_AXES) - (set() if rows.lines else _OF_LINES)), rng.randrange(rows.axes + 1))
        ]
        one_by_one: list[dict[str, Any]] = [{"insutype": scheme} for scheme in schemes]
        both: list[dict[str, Any]] = [{"insutype": schemes}]
        chosen += [rng.choice((one_by_one, both)), rng.choice(_TYPES) if rows.typed else [{}], rows.bands or [{}]]
        found = []
        for cell in product(*chosen):
            row: dict[str, Any] = {**(rows.more or {})}
            for selectors in cell:
                for key, word in selectors.items():
                    row[key] = [*_listed(row[key]), *_listed(word)] if key in {"when", "unless"} and key in row else word
            found += self._row(rows, row)
        return found

    def _row(self, rows: Rows, row: dict[str, Any]) -> list[str]:
        """Return a row; none, or one that is marked missing, as often as the table has gaps."""
        rng, gap = self.rng, self.rng.random() < rows.gap
        if gap and rng.random() > 0.01 / rows.gap:
            return []
        row |= {"status": "missing", "note": "试"} if gap else {"value": rows.value(), "status": "invented", "source": "seed"}
        row |= {"clause_zh": "试", "clause_en": "tried"} if rows.table == "goods" and not row.get("value") else {}
        row |= {"per_year_of_age": "0.002"} if rows.table == "ratio" and rng.random() < 0.05 else {}
        return [_table(f"[{rows.table}]", row)]

    # --- bills ----------------------------------------------------------------------------------------

    def bill(self, policy: Policy) -> Bill:
        """Return a bill at a place of ``policy``'s area."""
        rng = self.rng
        venue = rng.choice(tuple(Venue))
        besides = sorted(BESIDES[venue])
        plain = rng.random() < 0.5
        bare = not plain and rng.random() < 0.3
        conditions = tuple(word for word in (policy.conditions or WORDS) if rng.random() < 0.3)
        kinds = sorted({rule.about for rule in policy.goods if rule.value or not plain}) or list(KINDS)
        kinds = kinds if plain else [*kinds, *kinds, "无名"]
        return Bill(
            admdvs=policy.admdvs,
            begntime=f"2023-{rng.randrange(1, 13):02d}-11 10:00:00",
            venue=venue,
            hosp_lv="" if venue is Venue.PHARMACY else rng.choice(LEVELS),
            insutype=rng.choice(policy.schemes),
            med_type=MED_TYPES[venue] if rng.random() < 0.85 else rng.choice(besides),
            lines=() if bare else tuple(self.line(number, kinds, policy) for number in range(1, rng.randrange(2, 6))),
            inscp_scp_amt=self._amount(600_00) if bare else None,
            rxno="R1" if bare and rng.random() < 0.5 else "",
            rx_level=rng.choice(("", *LEVELS)),
            chrgitm_lv=rng.choice(("01", "02")) if bare else "",
            conditions=conditions,
            cash_step_fen=1 if plain else rng.choice((1, 10)),
        )

    def line(self, number: int, kinds: list[str], policy: Policy) -> Line:
        """Return a line of a good that the area mostly knows."""
        rng = self.rng
        charge_class = rng.choice(("01", "01", "02", "02", "03"))
        price_e6 = rng.choice((rng.randrange(100_000_000), rng.randrange(100_00) * 10_000, rng.randrange(100) * 1_000_000))
        return Line(
            feedetl_sn=str(number),
            medins_list_codg=f"D{number}",
            name="药",
            cnt_e4=rng.choice((1_0000, 2_0000, 3_0000, 5000, rng.randrange(1, 5_0000))),
            pric_e6=price_e6,
            chrgitm_lv=charge_class,
            selfpay_prop_e4=rng.choice((0, 500, 1000, 3333, 10_000)) if charge_class == "02" else 0,
            pric_uplmt_e6=rng.choice((None, None, max(0, price_e6 - rng.randrange(20_000_000)), rng.randrange(100_000_000))),
            goods_kind=rng.choice(kinds),
            rxno="R1" if rng.random() < 0.4 else "",
            conditions=tuple(word for word in (policy.conditions or WORDS)[-1:] if rng.random() < 0.3),
        )

    def person(self, policy: Policy) -> Benefit:
        """Return who may stand anywhere in the year."""
        rng = self.rng
        at = {level: self._amount(60_00) for level in LEVELS if rng.random() < 0.4}
        plain = rng.random() < 0.5
        return Benefit(
            psn_type=rng.choice(_PEOPLE),
            deductible_used_fen=rng.choice((sum(at.values()), self._amount(80_00))),
            fund_paid_fen=self._amount(40_00 if plain else 420_00),
            account_fen=rng.choice((-5_00, 0, self._amount(50_00), self._amount(900_00))),
            past_fen=0 if plain else self._amount(30_00),
            mutual_fen=0 if plain else self._amount(30_00),
            age=None if rng.random() < 0.05 else rng.choice((5, 44, 45, 69, 70, 103)),
            conditions=tuple(word for word in (policy.conditions or WORDS)[:1] if rng.random() < 0.5),
            suspended=rng.random() < 0.005,
            deductible_used_at=tuple(at.items()),
            scope_used_fen=self._amount(420_00),
            shared_used_fen=self._amount(420_00),
            month=rng.choice(("", "2023-06")),
            month_fund_paid_fen=self._amount(420_00),
            month_scope_used_fen=self._amount(420_00),
            paid_toward=tuple((name, self._amount(200_00)) for name in ("sub", *FUNDS_BEHIND) if rng.random() < 0.4),
        )

    def _amount(self, most_fen: int) -> int:
        return self.rng.choice((0, 0, self.rng.randrange(most_fen), self.rng.randrange(most_fen)))


_PLAIN: dict[str, Any] = {
    "segments": ["deductible", "shared", "above_ceiling"],
    "account_order": ["current", "past", "mutual"],
    "band_basis": "none",
    "deductible_pot": "single",
    "ceiling_basis": "fund_annual",
}
_NOT_PLAIN = ("sub", "supplement", "supplement_ceiling", "fixed_fund", "fixed_person", "deductible_cap")
BUT = (*_PLAIN, *_NOT_PLAIN)
"""Half of the packs are of the plain kind in all but one of these, so that bills are priced in one pass too, and hardly not."""
_COUNTER: dict[str, Any] = {
    "offline_account": "forbidden",
    "offline_account_limit": "0.00",
    "allowance_days": 0,
    "floor_limit": "0.00",
    "floor_limit_stale": "0.00",
    "hotlist_soft_h": 24,
    "hotlist_refuse_h": 72,
    "doubt_days": 30,
    "later_settlement_days": 0,
    "pin_required_at": ["pharmacy"],
    "certificates": ["03"],
}


def _listed(word: str | list[str]) -> list[str]:
    return [word] if isinstance(word, str) else word


def _table(name: str, members: dict[str, Any]) -> str:
    return f"[{name}]\n" + "\n".join(f"{key} = {_toml(value)}" for key, value in members.items())


def _toml(value: Any) -> str:  # noqa: ANN401 - anything that a pack holds
    return json.dumps(value, ensure_ascii=False)
