"""``yibao demo``: the scripted day, and whether card, journal and centre agree at the end of it."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from terminal.demo.agreement import Agreement, compare
from terminal.demo.conversation import TillDied, Unscripted
from terminal.demo.day import Day
from terminal.demo.playground import PERSONALITIES
from terminal.demo.stage import CLINIC, Stage, StageFailed

OK, FOUND = 0, 1
SHOPS = ("east", "west", CLINIC)
SCHEMA = 1


def add_parser(commands: Any) -> None:  # noqa: ANN401 - argparse's own type is private
    """Add the command to ``yibao``."""
    parser = commands.add_parser("demo", help="演示一天 / play a scripted day")
    parser.add_argument("--seed", default="1")
    parser.add_argument("--centre", choices=PERSONALITIES, default="re-executes")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep what the day leaves in DIR")
    parser.set_defaults(run=run)


def run(wanted: argparse.Namespace) -> int:
    """Play the day. 0 = all agree, 1 = differences, each on a line of its own."""
    with tempfile.TemporaryDirectory(prefix="yibao-demo-") as temporary:
        directory = wanted.keep or Path(temporary)
        say = _nothing if wanted.json else _line
        try:
            with Stage(directory.absolute(), seed=wanted.seed, personality=wanted.centre, shops=SHOPS) as stage:
                day = Day(stage, narrate=say, show_slip=say)
                day.play()
                journals = [stage.journal_export(shop) for shop in stage.shops]
                centre, cards = stage.centre_export(), stage.card_exports()
        except (StageFailed, TillDied, Unscripted) as failed:
            sys.stderr.write(f"{type(failed).__name__}: {failed}\n")
            return FOUND
    agreement = compare(journals, centre, cards)
    if wanted.json:
        _line(json.dumps(_outcome(agreement, journals, centre, cards), ensure_ascii=False, sort_keys=True))
    else:
        for text in agreement.differences or (agreement.line,):
            _line(text)
    return FOUND if agreement.differences else OK


def _outcome(agreement: Agreement, journals: list[dict[str, Any]], centre: dict[str, Any], cards: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the day's outcome: nothing in it depends on how fast the machine was."""
    members = ("infno", "msgid", "original", "movements", "receipt", "standing", "offline")
    return {
        "schema": SCHEMA,
        "agree": not agreement.differences,
        "differences": list(agreement.differences),
        "settlements": agreement.settlements,
        "total_fen": agreement.total_fen,
        "journals": [
            {"till": journal["till"], "settlements": [{name: item[name] for name in members} for item in journal["settlements"]]}
            for journal in journals
        ],
        "persons": [
            {"psn_no": person["psn_no"], "ledger_fen": person["ledger_fen"], "available_fen": person["available_fen"]}
            for person in centre["persons"]
        ],
        "cards": [{"card_no": card["card_no"], "allowance": card["allowance"]} for card in cards],
    }


def _line(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _nothing(_: str) -> None:
    """Say nothing: standard output is data."""
