"""A durable sale: the journal's public API against the same rows by bare sqlcipher3 with the same key, and by bare sqlite3.

Every side writes one promise and one booking of a 5-line sale (WAL, synchronous=FULL), interleaved in one run; medians and their
ratios. The goal is at most 1.5 beside sqlcipher3, and 2.0 beside sqlite3, which encrypts nothing.
"""

from __future__ import annotations

import json
import sqlite3
import sys
import tempfile
from pathlib import Path
from secrets import token_hex
from statistics import median
from time import perf_counter_ns
from typing import Any

import sqlcipher3.dbapi2 as sqlcipher

from config.clock import SystemClock
from config.entropy import SystemEntropy
from offline_queue.journal import CounterIdentity, Entry, Journal, chain
from offline_queue.journal.store import PAGE_BYTES
from settlement.bill import Bill, Line, Venue
from settlement.facts import Done, Hotlisted, SaleIntended
from settlement.figures import Figures

ROUNDS = int(sys.argv[1]) if len(sys.argv) > 1 else 600
LINES = tuple(
    Line(
        feedetl_sn=str(n),
        medins_list_codg=f"A00{n}",
        name="演示片",
        cnt_e4=10_000,
        pric_e6=5_000_000,
        chrgitm_lv="01",
        goods_kind="国药准字",
    )
    for n in range(5)
)
BILL = Bill(admdvs="990100", begntime="2026-03-02 09:00:00", venue=Venue.PHARMACY, lines=LINES)
FIGURES = Figures(medfee_sumamt=2500, inscp_scp_amt=2500, psn_part_amt=2500, acct_pay=2500)
PERSON = {"certno": "990100197001010000", "psn_name": "演示甲", "card_no": "000000000", "card_sn": "0" * 32}


def intent(subject: str) -> SaleIntended:
    """Return the sale that both sides write."""
    return SaleIntended(
        subject=subject,
        way="allowance",
        at="2026-03-02 09:00:00",
        bill=BILL,
        figures=FIGURES,
        left_out=(),
        pack="990100/2023-02-01",
        explanation="0" * 64,
        hotlist=Hotlisted(version=1, age_s=60),
    )


def main() -> None:
    """Run both sides in turn and print one JSON line."""
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        plain = sqlite3.connect(directory / "plain.db", isolation_level=None)
        keyed = sqlcipher.connect(str(directory / "keyed.db"), isolation_level=None)
        keyed.execute(f"PRAGMA key = \"x'{token_hex(32)}'\"")
        keyed.execute("PRAGMA cipher_hmac_algorithm = HMAC_SHA256")
        keyed.execute(f"PRAGMA cipher_page_size = {PAGE_BYTES}")
        for bare in (plain, keyed):
            _tables(bare)
        counter = CounterIdentity(fixmedins_code="P99010000001", till="01")
        with Journal(directory / "till", role="till", clock=SystemClock(), entropy=SystemEntropy(), counter=counter) as journal:
            ours: list[int] = []
            theirs: dict[str, list[int]] = {"sqlcipher3": [], "sqlite3": []}
            for number in range(ROUNDS):
                subject = f"P99010000001202603020900{number:04d}01"
                sale = intent(subject)
                done = Done(subject=subject, infno="2102", figures=FIGURES, outside_fen=0, offline=True)
                promise = Entry(kind=sale.kind, subject=subject, body=sale.body(), private=PERSON, owner=PERSON["certno"])
                booking = Entry(kind=done.kind, subject=subject, body=done.body())
                start = perf_counter_ns()
                journal.commit([promise])
                journal.commit([booking])
                ours.append(perf_counter_ns() - start)
                body, booked, person = chain.text_of(sale.body()), chain.text_of(done.body()), chain.text_of(PERSON)
                for engine, bare in (("sqlcipher3", keyed), ("sqlite3", plain)):
                    start = perf_counter_ns()
                    _bare(bare, number, subject, body, booked, person)
                    theirs[engine].append(perf_counter_ns() - start)
        plain.close()
        keyed.close()
    result = {
        "ours_us": median(ours) / 1000,
        **{f"{name}_us": median(times) / 1000 for name, times in theirs.items()},
        **{f"beside_{name}": round(median(ours) / median(times), 2) for name, times in theirs.items()},
        "goals": {"sqlcipher3": 1.5, "sqlite3": 2.0},
    }
    print(json.dumps({"bench": "journal_transaction", "rounds": ROUNDS, **result}))


def _tables(bare: Any) -> None:  # noqa: ANN401 - either driver
    bare.execute("PRAGMA journal_mode = WAL")
    bare.execute("PRAGMA synchronous = FULL")
    bare.execute("CREATE TABLE record (seq INTEGER PRIMARY KEY, link, commitment, at, writer, kind, subject, body)")
    bare.execute("CREATE INDEX record_subject ON record (subject, seq)")
    bare.execute("CREATE TABLE private (seq INTEGER PRIMARY KEY, owner, salt, content)")
    bare.execute("CREATE INDEX private_owner ON private (owner, seq)")
    bare.execute("CREATE TABLE open_subject (subject PRIMARY KEY, kind, owner, original, seq) WITHOUT ROWID")
    bare.execute("CREATE TABLE due (msgid PRIMARY KEY, infno, lane, owner, after, state, attempts, in_flight, seq) WITHOUT ROWID")
    bare.execute("CREATE TABLE receipt (epoch INTEGER PRIMARY KEY, number)")
    bare.execute("CREATE TABLE slip_owed (subject PRIMARY KEY, seq) WITHOUT ROWID")


def _bare(bare: Any, number: int, subject: str, body: str, booked: str, person: str) -> None:  # noqa: ANN401 - either driver
    owner, salt, link = b"o" * 32, b"s" * 16, b"l" * 32
    seq = 2 * number
    bare.execute("BEGIN IMMEDIATE")
    bare.execute("INSERT INTO private VALUES (?, ?, ?, ?)", (seq, owner, salt, person))
    bare.execute("INSERT INTO record VALUES (?, ?, ?, ?, ?, ?, ?, ?)", (seq, link, link, "t", "till", "sale_intended", subject, body))
    bare.execute("INSERT INTO open_subject VALUES (?, ?, ?, ?, ?)", (subject, "sale_intended", owner, "", seq))
    bare.execute("COMMIT")
    bare.execute("BEGIN IMMEDIATE")
    bare.execute("INSERT INTO record VALUES (?, ?, ?, ?, ?, ?, ?, ?)", (seq + 1, link, b"", "t", "till", "done", subject, booked))
    bare.execute("DELETE FROM open_subject WHERE subject = ?", (subject,))
    bare.execute("INSERT OR REPLACE INTO receipt VALUES (?, ?)", (1, number))
    bare.execute("INSERT INTO slip_owed VALUES (?, ?)", (subject, seq + 1))
    bare.execute("INSERT INTO due VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", (subject, "2102", "backlog", owner, "", "waiting", 0, 0, seq + 1))
    bare.execute("COMMIT")


if __name__ == "__main__":
    main()
