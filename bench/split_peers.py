"""The same rule in two rule engines, in an environment of their own (zen-engine, openfisca-core): microseconds for one bill.

Run by ``python -m bench.split PEERS_PYTHON``; on its own ``PEERS_PYTHON bench/split_peers.py``. Both are written as their own documents
teach: zen as a decision graph, with what the pack says in decision tables; openfisca with a bill of five lines and dated parameters. Both
compute with binary fractions: they are compared for time, and their amounts only as far as those carry.
"""

from __future__ import annotations

import json
import sys
from timeit import repeat
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

LINES = [
    {"cnt": 2, "pric": 120.345 + number / 1000, "limit": 100 if number == 2 else 999999, "prop": number % 2 / 10, "kind": "国药准字"}
    for number in range(5)
]
PERMITTED = ["国药准字", "中药饮片", "械字", "医用耗材", "医疗服务"]
FUND = 811.71
"""What both come to, and :func:`bench.split.by_hand` too."""
_LINE_BY_LINE = {
    "claimed": f"filter(lines, #.kind in {json.dumps(PERMITTED, ensure_ascii=False)})",
    "amounts": "map($.claimed, round(#.cnt * #.pric, 2))",
    "overs": "map($.claimed, #.pric > #.limit ? round(#.cnt * (#.pric - #.limit), 2) : 0)",
    "firsts": "map($.claimed, round((#.cnt * #.pric - (#.pric > #.limit ? #.cnt * (#.pric - #.limit) : 0)) * #.prop, 2))",
    "total": "sum($.amounts)",
    "scope": "$.total - sum($.overs) - sum($.firsts)",
}
_WHO_PAYS = {
    "applied": "min([scope, max([0, deductible - used])])",
    "fund": "min([round((scope - $.applied) * ratio, 2), ceiling - paid])",
    "account_pay": "min([account, total - $.fund - sum(overs)])",
    "cash": "total - $.fund - $.account_pay",
}
_RATIOS = {"1": ("0.8", "0.84"), "2": ("0.6", "0.68"), "3": ("0.5", "0.6")}
"""By level, of who works and of who is retired."""


def zen_engine() -> Callable[[], object]:
    """Return one evaluation of a decision graph over five lines."""
    import zen  # type: ignore[import-not-found]  # noqa: PLC0415 - of the peers' environment

    retired = [('"11"', 0), ('"12"', 1)]
    ratios = [{"level": f'"{level}"', "who": who, "out": pair[place]} for level, pair in _RATIOS.items() for who, place in retired]
    nodes = [
        _node("in", "inputNode"),
        _table("deductible", [{"who": '"11"', "out": "700"}, {"who": '"12"', "out": "500"}]),
        _table("ratio", ratios),
        _table("ceiling", [{"who": '"11"', "out": "3500"}, {"who": '"12"', "out": "4000"}]),
        _node("lines", "expressionNode", {"expressions": _expressions(_LINE_BY_LINE), "passThrough": True}),
        _node("shares", "expressionNode", {"expressions": _expressions(_WHO_PAYS), "passThrough": True}),
        _node("out", "outputNode"),
    ]
    names = ["deductible", "ratio", "ceiling", "lines"]
    pairs = [*(("in", name) for name in names), *((name, "shares") for name in names), ("shares", "out")]
    edges = [{"id": f"{one}-{other}", "sourceId": one, "targetId": other, "type": "edge"} for one, other in pairs]
    content = {"contentType": "application/vnd.gorules.decision", "nodes": nodes, "edges": edges}
    decision = zen.ZenEngine().create_decision(json.dumps(content))
    given = {"lines": LINES, "used": 600, "paid": 0, "account": 30, "psn_type": "11", "hosp_lv": "1"}
    found = decision.evaluate(given)["result"]["fund"]
    assert abs(found - FUND) < 0.02, found
    return lambda: decision.evaluate(given)


def _node(name: str, kind: str, content: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"id": name, "type": kind, "name": name, "position": {"x": 0, "y": 0}, **({"content": content} if content else {})}


def _expressions(expressions: dict[str, str]) -> list[dict[str, str]]:
    return [{"id": key, "key": key, "value": value} for key, value in expressions.items()]


def _table(name: str, rules: list[dict[str, str]]) -> dict[str, Any]:
    """Return a decision table as a node: its inputs are what the rules speak of."""
    fields = {"level": "hosp_lv", "who": "psn_type"}
    inputs = [{"id": key, "name": key, "field": fields[key]} for key in fields if key in rules[0]]
    output = {"id": "out", "name": name, "field": name}
    numbered = [{"_id": str(number), **rule} for number, rule in enumerate(rules)]
    return _node(name, "decisionTableNode", {"hitPolicy": "first", "inputs": inputs, "outputs": [output], "rules": numbered})


def openfisca() -> Callable[[], object]:
    """Return one single run over a bill of five lines."""
    import numpy  # type: ignore[import-not-found]  # noqa: ICN001, PLC0415 - of the peers' environment
    from openfisca_core.entities import build_entity  # type: ignore[import-not-found]  # noqa: PLC0415 - see above
    from openfisca_core.parameters import ParameterNode  # type: ignore[import-not-found]  # noqa: PLC0415 - see above
    from openfisca_core.periods import DateUnit  # type: ignore[import-not-found]  # noqa: PLC0415 - see above
    from openfisca_core.simulation_builder import SimulationBuilder  # type: ignore[import-not-found]  # noqa: PLC0415 - see above
    from openfisca_core.taxbenefitsystems import TaxBenefitSystem  # type: ignore[import-not-found]  # noqa: PLC0415 - see above
    from openfisca_core.variables import Variable  # type: ignore[import-not-found]  # noqa: PLC0415 - see above

    line = build_entity(key="line", plural="lines", label="line", doc="", is_person=True)
    bill = build_entity(key="bill", plural="bills", label="bill", doc="", roles=[{"key": "part", "plural": "parts", "label": "part"}])
    system = TaxBenefitSystem([line, bill])
    values = {"deductible": 700, "ratio": 0.8, "ceiling": 3500}
    dated = {name: {"values": {"2023-02-01": {"value": value}}} for name, value in values.items()}
    system.parameters = ParameterNode("", data=dated)

    def add(of: Any, name: str, formula: Any = None) -> None:  # noqa: ANN401 - entities and formulas of theirs
        members = {"value_type": float, "entity": of, "definition_period": DateUnit.MONTH, "label": name}
        system.add_variable(type(name, (Variable,), {**members, **({"formula": formula} if formula else {})}))

    def over(of: Any, period: Any, _: Any) -> Any:  # noqa: ANN401 - arrays of theirs, here and below
        return numpy.round(of("cnt", period) * numpy.maximum(0, of("pric", period) - of("limit", period)), 2)

    def first(of: Any, period: Any, _: Any) -> Any:  # noqa: ANN401 - see above
        return numpy.round((of("amount", period) - of("over", period)) * of("prop", period), 2)

    def scope(of: Any, period: Any, _: Any) -> Any:  # noqa: ANN401 - see above
        return of.sum(of.members("amount", period) - of.members("over", period) - of.members("first", period))

    def fund(of: Any, period: Any, parameters: Any) -> Any:  # noqa: ANN401 - see above
        at = parameters(period)
        applied = numpy.minimum(of("scope", period), numpy.maximum(0, at.deductible - of("used", period)))
        return numpy.minimum(numpy.round((of("scope", period) - applied) * at.ratio, 2), at.ceiling - of("paid", period))

    def account_pay(of: Any, period: Any, _: Any) -> Any:  # noqa: ANN401 - see above
        return numpy.minimum(of("account", period), of("total", period) - of("fund", period))

    for name in ("cnt", "pric", "limit", "prop"):
        add(line, name)
    add(line, "amount", lambda of, period, _: numpy.round(of("cnt", period) * of("pric", period), 2))
    add(line, "over", over)
    add(line, "first", first)
    for name in ("used", "paid", "account"):
        add(bill, name)
    add(bill, "total", lambda of, period, _: of.sum(of.members("amount", period)))
    add(bill, "scope", scope)
    add(bill, "fund", fund)
    add(bill, "account_pay", account_pay)
    add(bill, "cash", lambda of, period, _: of("total", period) - of("fund", period) - of("account_pay", period))
    month = "2023-06"
    lines = {str(number): {name: {month: one[name]} for name in ("cnt", "pric", "limit", "prop")} for number, one in enumerate(LINES)}
    whole = {"parts": list(lines), "used": {month: 600}, "paid": {month: 0}, "account": {month: 30}}
    given = {"lines": lines, "bills": {"one": whole}}

    def run(wanted: str = "cash") -> Any:  # noqa: ANN401 - see above
        return SimulationBuilder().build_from_entities(system, given).calculate(wanted, month)

    assert abs(run("fund")[0] - FUND) < 0.02, run("fund")
    return run


def main() -> None:
    """Time both and print one JSON line."""
    took = {}
    for name, made, rounds in (("zen", zen_engine(), 10), ("openfisca", openfisca(), 3)):
        took[f"{name}_us"] = round(min(repeat(made, number=rounds, repeat=500)) / rounds * 10**6, 1)
    sys.stdout.write(json.dumps(took) + "\n")


if __name__ == "__main__":
    main()
