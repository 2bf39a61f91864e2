"""The close of a day of 2,000 sales, with another such day before it: what the cashier waits for after the count.

Half of the sales are on-line, a quarter off-line and answered, a quarter cash slips; five lines each, all printed. Beside it
the same records read and parsed alone, which no close can do without. The goal is at most 2 s.
"""

from __future__ import annotations

import json
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from time import perf_counter

from bench.journal_transaction import BILL, FIGURES, PERSON, intent
from config.clock import SystemClock
from config.entropy import SystemEntropy
from offline_queue.journal import CounterIdentity, Entry, Journal
from settlement.facts import CashSold, Done, Fact, Printed
from terminal import day_close

SALES = int(sys.argv[1]) if len(sys.argv) > 1 else 2000


def main() -> None:
    """Fill a journal, close a first day, sell the day that is measured, close it, print one JSON line."""
    counter = CounterIdentity(fixmedins_code="P99010000001", till="01")
    with (
        tempfile.TemporaryDirectory() as name,
        Journal(Path(name), role="till", clock=SystemClock(), entropy=SystemEntropy(), counter=counter) as journal,
    ):
        _sell(journal, SALES, day=1)
        _close(journal)
        _sell(journal, SALES, day=2)
        start = perf_counter()
        _, _, after = journal.last_close()
        records = journal.period(after, journal.tip()[0])
        reading_s = perf_counter() - start
        start = perf_counter()
        closed = _close(journal)
        closing_s = perf_counter() - start
    assert closed is not None
    result = {"sales": SALES, "records": len(records), "reading_s": round(reading_s, 2), "closing_s": round(closing_s, 2), "goal_s": 2.0}
    print(json.dumps({"bench": "day_close", **result}))


def _close(journal: Journal) -> object:
    counted = day_close.count(day_close.begin_close(journal), 0)
    return day_close.close(journal, counted, at="2026-03-02 21:00:00", operator="01")


def _sell(journal: Journal, sales: int, *, day: int) -> None:
    for number in range(sales):
        subject = f"P990100000012026030{day}{number // 10_000:02d}{number % 10_000:04d}0001"
        facts: list[Fact] = [intent(subject)]
        if number % 4 == 0:
            facts = [CashSold(subject=subject, at="2026-03-02 09:00:00", bill=BILL, amount_fen=2500, reason="", until="")]
        else:
            facts.append(Done(subject=subject, infno="2102", figures=FIGURES, outside_fen=0, offline=number % 4 == 1))
        facts.append(Printed(subject=subject, copy=1))
        online = number % 4 > 1
        entries = [_entry(fact, online=online) for fact in facts]
        answer = {"infno": "2102", "outcome": "accepted", "found_by": "reply", "figures": asdict(FIGURES), "words": ""}
        answered = [
            Entry(kind="sending", subject=subject, body={"attempt": 1, "infno": "2102"}),
            Entry(kind="answered", subject=subject, body={**answer, "setl_id": "S" * 30, "mdtrt_id": "M" * 30}),
        ]
        match number % 4:
            case 0:
                journal.commit(entries)
            case 1:
                journal.commit([*entries, *answered])
            case _:
                journal.commit([entries[0], *answered, *entries[1:]])


def _entry(fact: Fact, *, online: bool) -> Entry:
    body = {**fact.body(), "way": "online"} if fact.kind == "sale_intended" and online else fact.body()
    promise = fact.kind == "sale_intended"
    # The frozen request lies with the person: the close must not pay for it.
    private = {**PERSON, "input": asdict(BILL)} if promise else None
    return Entry(kind=fact.kind, subject=fact.subject, body=body, private=private, owner=PERSON["certno"] if promise else "")


if __name__ == "__main__":
    main()
