"""The same rule in two rule engines, in an environment of their own (zen-engine, openfisca-core): microseconds for one bill.

Run by ``python -m bench.split PEERS_PYTHON``; on its own ``PEERS_PYTHON bench/split_peers.py``. zen prices the five lines, openfisca a bare
total. Both compute with binary fractions: they are compared for time, not for fen.
"""

from __future__ import annotations

import json
import sys
from timeit import repeat
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_EXPRESSIONS = {
    "amounts": "map(lines, round(#.cnt * #.pric, 2))",
    "overs": "map(lines, #.pric > #.limit ? round(#.cnt * (#.pric - #.limit), 2) : 0)",
    "firsts": "map(lines, round((#.cnt * #.pric - (#.pric > #.limit ? #.cnt * (#.pric - #.limit) : 0)) * #.prop, 2))",
    "total": "sum($.amounts)",
    "scope": "$.total - sum($.overs) - sum($.firsts)",
    "deductible": "min([$.scope, max([0, 700 - used])])",
    "fund": "min([round(($.scope - $.deductible) * 0.8, 2), 3500 - paid])",
    "account": "min([account, $.total - $.fund])",
    "cash": "$.total - $.fund - $.account",
}


def zen_engine() -> Callable[[], object]:
    """Return one evaluation of a decision graph over five lines."""
    import zen  # type: ignore[import-not-found]  # noqa: PLC0415 - of the peers' environment

    expressions = [{"id": key, "key": key, "value": value} for key, value in _EXPRESSIONS.items()]
    at = {"position": {"x": 0, "y": 0}}
    nodes = [
        {"id": "in", "type": "inputNode", "name": "in", **at},
        {"id": "rule", "type": "expressionNode", "name": "rule", "content": {"expressions": expressions}, **at},
        {"id": "out", "type": "outputNode", "name": "out", **at},
    ]
    edges = [
        {"id": f"{one}-{other}", "sourceId": one, "targetId": other, "type": "edge"} for one, other in (("in", "rule"), ("rule", "out"))
    ]
    content = {"contentType": "application/vnd.gorules.decision", "nodes": nodes, "edges": edges}
    decision = zen.ZenEngine().create_decision(json.dumps(content))
    lines = [
        {"cnt": 2, "pric": 120.345 + number / 1000, "limit": 100 if number == 2 else 999999, "prop": number % 2 / 10} for number in range(5)
    ]
    given = {"lines": lines, "used": 600, "paid": 0, "account": 30}
    return lambda: decision.evaluate(given)


def openfisca() -> Callable[[], object]:
    """Return one single run over a bare in-scope total."""
    import numpy  # type: ignore[import-not-found]  # noqa: ICN001, PLC0415 - of the peers' environment
    from openfisca_core.entities import build_entity  # type: ignore[import-not-found]  # noqa: PLC0415 - see above
    from openfisca_core.periods import DateUnit  # type: ignore[import-not-found]  # noqa: PLC0415 - see above
    from openfisca_core.simulation_builder import SimulationBuilder  # type: ignore[import-not-found]  # noqa: PLC0415 - see above
    from openfisca_core.taxbenefitsystems import TaxBenefitSystem  # type: ignore[import-not-found]  # noqa: PLC0415 - see above
    from openfisca_core.variables import Variable  # type: ignore[import-not-found]  # noqa: PLC0415 - see above

    person = build_entity(key="person", plural="persons", label="person", doc="", is_person=True)

    def variable(name: str, formula: Any = None) -> type:  # noqa: ANN401 - a formula of theirs
        members = {"value_type": float, "entity": person, "definition_period": DateUnit.MONTH, "label": name}
        return type(name, (Variable,), {**members, **({"formula": formula} if formula else {})})

    def fund(of: Any, period: Any, _parameters: Any) -> Any:  # noqa: ANN401 - arrays of theirs
        scope = of("scope", period)
        deductible = numpy.minimum(scope, numpy.maximum(0, 700 - of("used", period)))
        return numpy.minimum(numpy.round((scope - deductible) * 0.8, 2), 3500)

    def paid(of: Any, period: Any, _parameters: Any) -> Any:  # noqa: ANN401 - see above
        return numpy.minimum(of("account", period), of("scope", period) - of("fund", period))

    def cash(of: Any, period: Any, _parameters: Any) -> Any:  # noqa: ANN401 - see above
        return of("scope", period) - of("fund", period) - of("paid", period)

    system = TaxBenefitSystem([person])
    inputs = [variable(name) for name in ("scope", "used", "account")]
    system.add_variables(*inputs, variable("fund", fund), variable("paid", paid), variable("cash", cash))
    month = "2023-06"
    given = {"persons": {"one": {"scope": {month: 1162.6}, "used": {month: 600}, "account": {month: 30}}}}
    return lambda: SimulationBuilder().build_from_entities(system, given).calculate("cash", month)


def main() -> None:
    """Time both and print one JSON line."""
    took = {}
    for name, made, rounds in (("zen", zen_engine(), 2000), ("openfisca", openfisca(), 300)):
        took[f"{name}_us"] = round(min(repeat(made, number=rounds, repeat=5)) / rounds * 10**6, 1)
    sys.stdout.write(json.dumps(took) + "\n")


if __name__ == "__main__":
    main()
