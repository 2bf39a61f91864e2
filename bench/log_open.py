"""The log of 1,000,000 rows: process start to its rows on a terminal, memory, page-down, and what each filter costs.

Starting is compared with ``python -c "import textual.app"`` in the same run, in turn; a filter with the bare page. ``python -m
bench.log_open [DIR]`` uses the log that ``bench.log_rows`` made in DIR, or makes one.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import subprocess
import sys
import tempfile
from itertools import combinations
from pathlib import Path
from statistics import median
from time import perf_counter, perf_counter_ns
from typing import Any

from bench import log_rows
from bench.terminal import Painted
from offline_queue.log.entry import Filter, LogEntry
from offline_queue.log.file import NAME
from offline_queue.log.reading import LogReader
from terminal.screen.technician.app import LogApp
from terminal.screen.technician.browser import BrowserView
from terminal.screen.technician.screen import TechnicianScreen, newest

COLUMNS, ROWS = 120, 40
STARTS = 15
PAGES = 1_000
_PAGE = 50
_TRIES = 200
FILTERS: dict[str, dict[str, Any]] = {
    "one day": {"first_day": 1, "last_day": 1},
    "from-to": {"first_day": 1, "last_day": 2},
    "to upload": {"group": "owed"},
    "in doubt": {"group": "doubt"},
    "rejected": {"group": "rejected"},
    "voided": {"group": "voided"},
    "sales": {"kind": "sale"},
    "voids": {"kind": "void"},
    "cash": {"kind": "cash"},
    "refreshes": {"kind": "refresh"},
    "off-line": {"offline": True},
    "amount": {"least_fen": 5_000, "most_fen": 30_000},
}


def command(directory: Path) -> list[str]:
    """Return how ``yibao log`` is started."""
    return [sys.executable, "-c", f"from terminal.cli import main; main(['log', '--data-dir', {str(directory)!r}])"]


def resident_mb(pid: int) -> float:
    """Return how much memory a process has."""
    return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def starts(directory: Path, newest: LogEntry) -> dict[str, float]:
    """Start both in turn; return seconds and the memory at the first frame."""
    ours, theirs, memory = [], [], []
    for _ in range(STARTS):
        start = perf_counter()
        subprocess.run([sys.executable, "-c", "import textual.app"], check=True)
        theirs.append(perf_counter() - start)
        with Painted(command(directory), columns=COLUMNS, rows=ROWS) as terminal:
            ours.append(terminal.until(newest.subject) - terminal.started)
            memory.append(resident_mb(terminal.process.pid))
    return {"start_s": median(ours), "import_s": median(theirs), "rss_mb": max(memory)}


async def step(directory: Path) -> int:
    """Return by how many rows a page-down goes on a screen of this size."""
    app = LogApp(directory, first=newest(directory))
    async with app.run_test(size=(COLUMNS, ROWS)) as pilot:
        await pilot.pause()
        assert isinstance(app.screen, TechnicianScreen)
        assert isinstance(app.screen.view, BrowserView)
        return app.screen.view.page


def page_downs(directory: Path, entries: list[LogEntry], by: int) -> dict[str, float]:
    """Press page-down through ``entries`` on a terminal; return how long until the frame that shows the row it leads to."""
    place = 0
    took: list[float] = []
    with Painted(command(directory), columns=COLUMNS, rows=ROWS) as terminal:
        terminal.until(entries[0].subject)
        terminal.quiet(1.0)
        while len(took) < PAGES:
            if place + by < len(entries):
                place += by
                took.append(terminal.latency("\x1b[6~", entries[place].subject))
            else:
                place = 0
                terminal.latency("\x1b[H", entries[0].subject)
        settled = resident_mb(terminal.process.pid)
    took.sort()
    return {"page_down_p50_ms": took[len(took) // 2] * 1e3, "page_down_p99_ms": took[-len(took) // 100] * 1e3, "rss_after_mb": settled}


def filters(reader: LogReader) -> dict[str, Any]:
    """Return what a page costs under each filter, as ratios to the bare page beside it, and under each pair of filters."""
    chance = random.Random(2)
    places = [entry for seq in sorted(chance.sample(range(10_000, 4_900_000), 2_000)) for entry in _near(reader, seq)]
    alone = {name: _compared(reader, places, parts, chance) for name, parts in FILTERS.items()}
    pairs = [pair for pair in combinations(FILTERS, 2) if not FILTERS[pair[0]].keys() & FILTERS[pair[1]].keys()]
    paired = {f"{one} + {other}": _compared(reader, places, FILTERS[one] | FILTERS[other], chance, 20)[1] for one, other in pairs}
    ratios = {name: round(filtered / bare, 2) for name, (bare, filtered) in alone.items()}
    worst = max(paired, key=lambda name: paired[name])
    return {
        "bare_page_us": round(median(bare for bare, _ in alone.values())),
        "filters": ratios,
        "worst_filter": max(ratios.values()),
        "worst_pair": worst,
        "worst_pair_ms": round(paired[worst] / 1000, 2),
    }


def _near(reader: LogReader, seq: int) -> list[LogEntry]:
    entry = reader.page(Filter(), limit=1)[0]
    return reader.page(Filter(), beyond=entry._replace(seq=seq), limit=1)


def _compared(
    reader: LogReader, places: list[LogEntry], parts: dict[str, Any], chance: random.Random, tries: int = _TRIES
) -> tuple[float, float]:
    """Return the median microseconds of a bare page and of a filtered one, taken in turn behind rows of anywhere."""
    bare, filtered = [], []
    for _ in range(tries):
        place = chance.choice(places)
        wanted = Filter(**parts)
        if wanted.by_day:
            # Days around the place: its own, or a hundred.
            wanted = wanted._replace(first_day=place.day if wanted.last_day == 1 else place.day - 100, last_day=place.day)
        if wanted.by_amount:
            place = place._replace(total_fen=chance.randint(5_000, 30_000))
        bare.append(_page_us(reader, Filter(), chance.choice(places)))
        filtered.append(_page_us(reader, wanted, place))
    return median(bare), median(filtered)


def _page_us(reader: LogReader, wanted: Filter, beyond: LogEntry) -> float:
    start = perf_counter_ns()
    reader.page(wanted, beyond=beyond, limit=_PAGE)
    return (perf_counter_ns() - start) / 1000


def _warm(directory: Path) -> None:
    """Read the file once: the pages of both sides come from the system's cache, as on a till that is in use."""
    with (directory / NAME).open("rb") as file:
        while file.read(1 << 20):
            continue


def main() -> None:
    """Measure everything and print one JSON line."""
    with tempfile.TemporaryDirectory() as name:
        directory = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(name) / "till"
        if not directory.exists():
            log_rows.fill(directory)
        _warm(directory)
        with LogReader(directory) as reader:
            first = reader.page(Filter(), limit=500)
            more = reader.page(Filter(), beyond=first[-1], limit=500)
            costs = filters(reader)
            start = perf_counter_ns()
            reader.totals(first[0].day, first[0].day)
            totals_us = (perf_counter_ns() - start) / 1000
        begun = starts(directory, first[0])
        paged = page_downs(directory, first + more, asyncio.run(step(directory)))
    result = {
        "bench": "log_open",
        "rows": log_rows.ROWS,
        **{name: round(value, 4) for name, value in begun.items()},
        "start_ratio": round(begun["start_s"] / begun["import_s"], 2),
        **{name: round(value, 2) for name, value in paged.items()},
        "page_down_ratio": round(paged["page_down_p99_ms"] / paged["page_down_p50_ms"], 1),
        **costs,
        "day_totals_us": round(totals_us),
        "goals": {"start_ratio": 1.3, "rss_mb": 45, "page_down_ratio": 10, "worst_filter": 3},
    }
    print(json.dumps(result, ensure_ascii=False))


if __name__ == "__main__":
    main()
