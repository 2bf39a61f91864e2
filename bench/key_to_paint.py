"""Key to paint, from outside on a pseudo-terminal: the till against an app whose one widget shows what was typed over 20 lines.

Typing: an amount on the tender line with a bill of 20 lines in sight (goal ≤ 1.5). Search: a letter of the scan line to its
painted results over 200,000 goods (goal ≤ 2.0). Draining: the same amounts while a sender beside the till sends a queue (goal ≤ 1.25
of the till at rest). Keys of both sides alternate in one run; medians.
"""

from __future__ import annotations

import json
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from time import sleep

from bench.counter_folder import make, with_draft, with_goods
from bench.terminal import Painted

ROUNDS = int(sys.argv[1]) if len(sys.argv) > 1 else 60
ITEMS = int(sys.argv[2]) if len(sys.argv) > 2 else 200_000
_DIGITS = "123456"
_QUERIES = ("ys", "gmp", "a0", "jy", "b1", "xlk")
_REST_S = 0.03


def main() -> None:
    """Press keys on both sides in turn and print one JSON line."""
    yibao = str(Path(sys.executable).with_name("yibao"))
    with tempfile.TemporaryDirectory() as folder, ExitStack() as open_programs:
        directory = make(Path(folder))
        with_draft(directory, lines=20)
        with_goods(directory, ITEMS)
        till = open_programs.enter_context(Painted([yibao, "--data-dir", str(directory)]))
        peer = open_programs.enter_context(Painted([sys.executable, "-m", "bench.empty_app", "typing"]))
        till.until("演示货品20")
        peer.until("READY")
        till.type("\x1b[19~")
        till.until("自费")
        ours, theirs = _amounts(till, peer)
        till.type("\x1b")
        sleep(1.5)
        found = _searches(till)
    result = {
        "till_ms": round(median(ours) * 1000, 2),
        "one_widget_ms": round(median(theirs) * 1000, 2),
        "typing_ratio": round(median(ours) / median(theirs), 2),
        "typing_goal": 1.5,
        "search_ms": round(median(found) * 1000, 2),
        "search_ratio": round(median(found) / median(theirs), 2),
        "search_goal": 2.0,
        "items": ITEMS,
    }
    print(json.dumps({"bench": "key_to_paint", **result}))


def _amounts(till: Painted, peer: Painted) -> tuple[list[float], list[float]]:
    ours, theirs = [], []
    for _ in range(max(ROUNDS // len(_DIGITS), 1)):
        typed = ""
        for digit in _DIGITS:
            typed += digit
            ours.append(till.latency(digit, typed))
            theirs.append(peer.latency(digit, f"{digit}|"))
            sleep(_REST_S)
        till.type("\x7f" * len(_DIGITS))
        till.quiet()
    return ours, theirs


def _searches(till: Painted) -> list[float]:
    taken = []
    for _ in range(max(ROUNDS // (3 * len(_QUERIES)), 1)):
        for query in _QUERIES:
            typed = ""
            for letter in query:
                typed += letter
                taken.append(till.latency(letter, typed))
                sleep(_REST_S)
            till.type("\x7f" * len(query))
            till.quiet()
    return taken


if __name__ == "__main__":
    main()
