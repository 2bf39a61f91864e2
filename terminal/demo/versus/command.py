"""``yibao versus``: how much wrong money each set of rules makes of the same customers, faults and centre."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections import Counter as Tally
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from settlement.errors import Language
from settlement.money import format_yuan
from terminal.demo.conversation import TillDied, Unscripted
from terminal.demo.playground import PERSONALITIES
from terminal.demo.stage import Stage, StageFailed
from terminal.demo.versus.counters import Counter
from terminal.demo.versus.customers import CUSTOMERS_MAX, FAULTS, Customer, Fault, customers
from terminal.demo.versus.judge import Wrong, rows_at_centre, wrongs
from terminal.demo.versus.live import Side
from terminal.demo.versus.rule_sets import BETWEEN, OURS, USUAL, RuleSet, counter_of
from terminal.signals import ended_by_signals

OK, FOUND, USAGE = 0, 1, 2
SCHEMA = 1
_AT_ONCE = 2
_PER = 1000
_CUSTOMERS = 36


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What one rule set came to."""

    rule_set: RuleSet
    wrong: tuple[Wrong, ...]
    open: tuple[str, ...]
    """What the counter itself still lists as not known or not delivered."""

    def per_1000(self, served: int) -> int:
        """Return the wrong settlements of 1,000, rounded half up."""
        return (2 * _PER * len(self.wrong) + served) // (2 * served)


def add_parser(commands: Any) -> None:  # noqa: ANN401 - argparse's own type is private
    """Add the command to ``yibao``."""
    parser = commands.add_parser("versus", help="与通行做法对比 / beside the trade's usual client, under the same faults")
    parser.add_argument("--seed", default="1")
    parser.add_argument("--centre", choices=PERSONALITIES, default="re-executes")
    parser.add_argument("--customers", type=int, metavar="N", help=f"1 … {CUSTOMERS_MAX}, {_CUSTOMERS}")
    parser.add_argument("--fault", action="append", choices=[str(fault) for fault in FAULTS], help="only these faults")
    parser.add_argument("--calm", action="store_true", help="no fault at all")
    parser.add_argument("--each-rule", action="store_true", help="also the usual client with its rules taken away")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--print", action="store_true", dest="printed", help="不开画面，直接统计 / no screen, the count alone")
    parser.add_argument("--language", choices=("zh", "en"), default="zh", help="画面语言 / the language of the screen")
    parser.set_defaults(run=run)


def run(wanted: argparse.Namespace) -> int:
    """Serve the customers under each rule set. 0 = ours has no wrong money and nothing open, 1 = it has, or a part failed.

    At a terminal, and where nothing says how it is to be counted, somebody sends the customers from a screen.
    """
    counted = wanted.json or wanted.printed or wanted.calm or wanted.each_rule or wanted.fault or wanted.customers is not None
    if not counted and sys.stdin.isatty() and sys.stderr.isatty():
        return _watched(wanted.seed, wanted.centre, wanted.language)
    count = _CUSTOMERS if wanted.customers is None else wanted.customers
    if not 1 <= count <= CUSTOMERS_MAX:
        sys.stderr.write(f"--customers: 1 … {CUSTOMERS_MAX}\n")
        return USAGE
    faults = () if wanted.calm else tuple(Fault(name) for name in wanted.fault or FAULTS)
    coming = customers(wanted.seed, count, faults)
    rule_sets = (USUAL, *(BETWEEN if wanted.each_rule else ()), OURS)
    try:
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            results = list(pool.map(lambda one: served(one, coming, seed=wanted.seed, centre=wanted.centre), rule_sets))
    except (StageFailed, TillDied, Unscripted) as failed:
        sys.stderr.write(f"{type(failed).__name__}: {failed}\n")
        return FOUND
    outcome = as_members(results, coming, seed=wanted.seed, centre=wanted.centre)
    sys.stdout.write(json.dumps(outcome, ensure_ascii=False, sort_keys=True) + "\n" if wanted.json else said(outcome))
    ours = results[-1]
    return FOUND if ours.wrong or ours.open else OK


def _watched(seed: str, centre: str, language: Language) -> int:
    """Open the screen on two sides that work beside it. 0 = ours had no wrong money when it was left."""
    from config.clock import SystemClock  # noqa: PLC0415 - a count needs no screen
    from terminal.screen import words  # noqa: PLC0415 - see above
    from terminal.screen.launch import dress, prepare  # noqa: PLC0415 - before Textual

    with ended_by_signals(), tempfile.TemporaryDirectory(prefix="yibao-versus-") as directory:
        launch = prepare(Path(directory) / "settings.toml", SystemClock())
        words.use(language)
        from terminal.screen.versus.app import VersusApp  # noqa: PLC0415 - loads Textual, which prepare() must precede

        usual, ours = (Side(one, Path(directory) / one.name, seed=seed, centre=centre) for one in (USUAL, OURS))
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            working = [pool.submit(side.work) for side in (usual, ours)]
            try:
                app = VersusApp(usual, ours, seed=seed, centre=centre)
                dress(app, launch)
                app.run()
            finally:
                for side in (usual, ours):
                    side.leave()
        for ended in working:
            ended.result()
    return FOUND if ours.seen.failed or ours.seen.counted else OK


def served(rule_set: RuleSet, coming: tuple[Customer, ...], *, seed: str, centre: str) -> Result:
    """Serve everybody under one rule set, on a stage of its own. Raises :class:`StageFailed`."""
    with tempfile.TemporaryDirectory(prefix="yibao-versus-") as directory:
        stage = Stage(Path(directory), seed=seed, personality=centre, shops=("east",), staffed=rule_set is OURS)
        with stage, closing(counter_of(stage, rule_set)) as counter:
            return judged(rule_set, counter, coming)


def judged(rule_set: RuleSet, counter: Counter, coming: tuple[Customer, ...]) -> Result:
    """Serve everybody and count what is wrong."""
    for customer in coming:
        counter.serve(customer)
    counter.finish()
    found = wrongs(coming, counter.believed, rows_at_centre(counter.stage.centre_export(), counter.fixmedins_code))
    return Result(rule_set=rule_set, wrong=tuple(found), open=tuple(counter.believed.open))


def as_members(results: Iterable[Result], coming: tuple[Customer, ...], *, seed: str, centre: str) -> dict[str, Any]:
    """Return everything, JSON-ready: nothing in it depends on how fast the machine was."""
    return {
        "schema": SCHEMA,
        "seed": seed,
        "centre": centre,
        "customers": len(coming),
        "faults": _tally(customer.fault for customer in coming),
        "rule_sets": [
            {
                "name": result.rule_set.name,
                "without": list(result.rule_set.without),
                "wrong": len(result.wrong),
                "wrong_per_1000": result.per_1000(len(coming)),
                "wrong_fen": sum(one.fen for one in result.wrong),
                "by_fault": _tally(one.fault for one in result.wrong),
                "open": len(result.open),
            }
            for result in results
        ],
    }


def said(outcome: dict[str, Any]) -> str:
    """Return the same as text."""
    met = f"seed {outcome['seed']}   {outcome['centre']}   {outcome['customers']} customers"
    lines = [f"每 1000 笔错账 / wrong-money settlements per 1,000   {met}", ""]
    for one in outcome["rule_sets"]:
        amount = f"￥{format_yuan(one['wrong_fen'])}"
        lines.append(f"{one['wrong_per_1000']:>6}  {one['name']:<40} {one['wrong']:>3} / {outcome['customers']}  {amount:>12}")
        lines += [f"        {fault}  {wrong} / {outcome['faults'].get(fault, 0)}" for fault, wrong in one["by_fault"].items()]
    return "\n".join(lines) + "\n"


def _tally(faults: Iterable[Fault]) -> dict[str, int]:
    counted = Tally(faults)
    return {str(fault): counted[fault] for fault in Fault if counted[fault]}
