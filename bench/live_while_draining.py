"""Does the backlog delay a customer, and itself? Live p95 while queued off-line sales drain, against the idle p95, in one run.

A real centre that thinks 0.8 s about each settlement and turns every ninety-seventh away with 429 and Retry-After, a real sender, one
journal. The live side commits an on-line intent and waits for its answer, as the till does: at most 1.1. Then the rest drains by itself,
and the whole of it is held against the centre's time alone, through as many lanes as the sender has for the backlog: at most 1.2.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import quantiles
from time import perf_counter, sleep

from config.clock import FileClock
from config.entropy import SystemEntropy
from nhsa import codes, pharmacy
from nhsa.frozen import freeze
from nhsa.registration import Presented
from offline_queue.journal import CounterIdentity, Entry, Journal
from offline_queue.sync.sender import _WIDTH
from settlement.allowance import CardRecord, SaleWrite
from settlement.bill import Bill, Line, Venue
from settlement.facts import Done, Hotlisted, SaleIntended
from settlement.figures import Figures
from terminal.demo.cast import Player
from terminal.demo.stage import Stage

QUEUED = int(sys.argv[1]) if len(sys.argv) > 1 else 900
SAMPLES = int(sys.argv[2]) if len(sys.argv) > 2 else 40
THINK_S = 0.8
TURNED_AWAY = {"mode": "busy-reply", "infno": "2102", "every": 97, "before": True}
LINE = Line(feedetl_sn="1", medins_list_codg="A001", name="演示片", cnt_e4=10_000, pric_e6=10_000, chrgitm_lv="01", goods_kind="国药准字")
FIGURES = Figures(medfee_sumamt=1, inscp_scp_amt=1, psn_part_amt=1, acct_pay=1)


def intent(subject: str, way: str) -> SaleIntended:
    """Return a sale of one fen."""
    bill = Bill(admdvs="990100", begntime="2026-03-02 09:00:00", venue=Venue.PHARMACY, lines=(LINE,))
    card = SaleWrite(before=CardRecord(generation=1, counter=1, amount_fen=50_000, not_after="6", tags=()), tag=1, debit_fen=1)
    return SaleIntended(
        subject=subject,
        way="online" if way == "online" else "allowance",
        at=bill.begntime,
        bill=bill,
        figures=FIGURES,
        left_out=(),
        pack="990100/2023-02-01",
        explanation="",
        hotlist=Hotlisted(version=0, age_s=0),
        card=None if way == "online" else card,
    )


def person(player: Player) -> dict[str, str]:
    """Return the private part of a sale to ``player``."""
    names = ("certno", "psn_name", "card_no", "card_sn", "psn_no")
    return {**{name: getattr(player, name) for name in names}, "insuplc_admdvs": player.admdvs}


def live(journal: Journal, player: Player) -> float:
    """Settle on-line and return the seconds until the answer is there."""
    subject = journal.notes.issue_msgid(writer="till")
    sale = intent(subject, "online")
    presented = Presented(psn_no=player.psn_no, mdtrt_cert_type=codes.CARD, mdtrt_cert_no=player.card_no)
    frozen = freeze("2102", subject, "P99010000001", pharmacy.settlement_input(sale, presented))
    entry = Entry(kind=sale.kind, subject=subject, body=sale.body(), private={**person(player), "input": frozen.input}, owner=player.certno)
    start = perf_counter()
    journal.commit([entry])
    while not journal.standing(subject).answer:
        sleep(0.002)
    return perf_counter() - start


def main() -> None:
    """Measure idle, fill the queue, measure while it drains."""
    with tempfile.TemporaryDirectory() as name:
        stage = Stage(Path(name), seed="bench", personality="idempotent", shops=("east",), staffed=False, exchange_s=10, think_s=THINK_S)
        with stage:
            directory = stage.shops["east"].directory
            counter = CounterIdentity(fixmedins_code="P99010000001", till="01")
            clock = FileClock(stage.directory / "clock")
            with Journal(directory, role="till", clock=clock, entropy=SystemEntropy(), counter=counter) as journal:
                sender = subprocess.Popen([str(Path(sys.executable).with_name("yibao-sync")), "run", "--data-dir", str(directory)])
                try:
                    stage.until("the line is up", lambda: journal.notes.sender_status().line == "up")
                    result = measure(stage, journal)
                finally:
                    sender.terminate()
                    sender.wait()
    print(json.dumps({"bench": "live_while_draining", "queued": QUEUED, "samples": SAMPLES, **result, "goals": [1.1, 1.2]}))


def measure(stage: Stage, journal: Journal) -> dict[str, float]:
    """Return both p95 and their ratio."""
    customer, others = stage.cast["first"], [stage.cast[role] for role in ("second", "torn", "killed", "lost")]
    stage.bend_line(TURNED_AWAY)
    idle = [live(journal, customer) for _ in range(SAMPLES)]
    for number in range(QUEUED):
        subject, player = journal.notes.issue_msgid(writer="till"), others[number % len(others)]
        sale = intent(subject, "allowance")
        done = Done(subject=subject, infno="2102", figures=FIGURES, outside_fen=0, offline=True)
        journal.commit([Entry(kind=sale.kind, subject=subject, body=sale.body(), private=person(player), owner=player.certno)])
        journal.commit([Entry(kind=done.kind, subject=subject, body=done.body())])
    before, start = len(journal.owed()), perf_counter()
    draining = [live(journal, customer) for _ in range(SAMPLES)]
    meanwhile = before - len(journal.owed())
    while journal.owed():
        sleep(0.1)
    drain_s = perf_counter() - start
    p95_idle, p95_draining = (quantiles(sample, n=20)[-1] for sample in (idle, draining))
    return {
        "idle_p95_s": round(p95_idle, 3),
        "draining_p95_s": round(p95_draining, 3),
        "drained_meanwhile": meanwhile,
        "ratio": round(p95_draining / p95_idle, 3),
        "drain_s": round(drain_s, 1),
        "drain_ratio": round(drain_s / (before * THINK_S / _WIDTH), 3),
    }


if __name__ == "__main__":
    main()
