"""Process start to first frame: the till against an app that shows one word. Both on a pseudo-terminal, in turn; goal ≤ 1.3."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from statistics import median

from bench.counter_folder import make
from bench.terminal import Painted

ROUNDS = int(sys.argv[1]) if len(sys.argv) > 1 else 15


def main() -> None:
    """Start both in turn and print one JSON line."""
    with tempfile.TemporaryDirectory() as folder:
        directory = make(Path(folder))
        yibao = str(Path(sys.executable).with_name("yibao"))
        sides = {
            "ours": ([yibao, "--data-dir", str(directory)], "扫"),
            "empty": ([sys.executable, "-m", "bench.empty_app"], "READY"),
        }
        taken: dict[str, list[float]] = {name: [] for name in sides}
        for _ in range(ROUNDS):
            for name, (command, text) in sides.items():
                with Painted(command) as program:
                    taken[name].append(program.until(text) - program.started)
    ours, empty = median(taken["ours"]), median(taken["empty"])
    print(
        json.dumps(
            {
                "bench": "first_frame",
                "ours_ms": round(ours * 1000),
                "empty_ms": round(empty * 1000),
                "ratio": round(ours / empty, 2),
                "goal": 1.3,
            }
        )
    )


if __name__ == "__main__":
    main()
