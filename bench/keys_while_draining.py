"""Keys while the sender drains: the till's key to paint with a queue going up beside it, against the same till at rest. Goal ≤ 1.25.

Real centre, sender and till, each a process of its own; keys as in ``bench.key_to_paint``.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import sleep

from bench.counter_folder import with_draft
from bench.live_while_draining import FIGURES, intent, person
from bench.terminal import Painted
from config.clock import FileClock
from config.entropy import SystemEntropy
from offline_queue.journal import CounterIdentity, Entry, Journal
from settlement.facts import Done
from terminal.demo.stage import Stage

QUEUED = int(sys.argv[1]) if len(sys.argv) > 1 else 1800
KEYS = int(sys.argv[2]) if len(sys.argv) > 2 else 400
_DIGITS = "123456"
_BEAT_S = 0.05


def main() -> None:
    """Fill the queue, type at rest, mend the line, type while it drains, and print one JSON line."""
    with tempfile.TemporaryDirectory() as name:
        stage = Stage(Path(name), seed="bench", personality="idempotent", shops=("east",), staffed=False, exchange_s=10)
        with stage:
            directory = stage.shops["east"].directory
            stage.bend_line({"mode": "refuse"})
            with _journal(stage, directory, "till") as journal:
                _fill(stage, journal)
            with_draft(directory, lines=20)
            sender = subprocess.Popen([_script("yibao-sync"), "run", "--data-dir", str(directory)], stderr=subprocess.DEVNULL)
            try:
                result = _measure(stage, directory)
            finally:
                sender.terminate()
                sender.wait()
    print(json.dumps({"bench": "keys_while_draining", "queued": QUEUED, **result, "goal": 1.25}))


def _measure(stage: Stage, directory: Path) -> dict[str, float]:
    with Painted([_script("yibao"), "--data-dir", str(directory)]) as till, _journal(stage, directory, "reader") as journal:
        till.until("演示货品20")
        till.type("\x1b[19~")
        till.until("自费")
        sleep(1.0)
        rest = _typed(till)
        stage.bend_line({})
        stage.until("the queue goes up", lambda: len(journal.owed()) < QUEUED)
        before = len(journal.owed())
        draining = _typed(till)
        drained = before - len(journal.owed())
    ratio = round(median(draining) / median(rest), 2)
    return {"rest_ms": round(median(rest) * 1000, 2), "draining_ms": round(median(draining) * 1000, 2), "drained": drained, "ratio": ratio}


def _typed(till: Painted) -> list[float]:
    taken = []
    for _ in range(KEYS // len(_DIGITS)):
        typed = ""
        for digit in _DIGITS:
            typed += digit
            taken.append(till.latency(digit, typed))
            sleep(_BEAT_S)
        till.type("\x7f" * len(_DIGITS))
        till.quiet()
    return taken


def _fill(stage: Stage, journal: Journal) -> None:
    others = [stage.cast[role] for role in ("second", "torn", "killed")]
    for number in range(QUEUED):
        subject, player = journal.notes.issue_msgid(writer="till"), others[number % len(others)]
        sale = intent(subject, "allowance")
        done = Done(subject=subject, infno="2102", figures=FIGURES, outside_fen=0, offline=True)
        journal.commit([Entry(kind=sale.kind, subject=subject, body=sale.body(), private=person(player), owner=player.certno)])
        journal.commit([Entry(kind=done.kind, subject=subject, body=done.body())])


def _journal(stage: Stage, directory: Path, role: str) -> Journal:
    counter = CounterIdentity(fixmedins_code="P99010000001", till="01")
    wanted = "till" if role == "till" else "reader"
    return Journal(directory, role=wanted, clock=FileClock(stage.directory / "clock"), entropy=SystemEntropy(), counter=counter)  # type: ignore[arg-type]


def _script(name: str) -> str:
    return str(Path(sys.executable).with_name(name))


if __name__ == "__main__":
    main()
