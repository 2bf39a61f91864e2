"""A log of so many plausible rows, written by the read model's own writer: ten years of a busy till with its outages.

``python -m bench.log_rows DIR [ROWS]`` makes one in an empty folder, beside a journal of one sale that the log has followed.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

from config.clock import SystemClock
from config.entropy import SystemEntropy
from offline_queue.journal import CounterIdentity, Entry, Journal
from offline_queue.log.entry import LogEntry
from offline_queue.log.following import Follower
from offline_queue.log.writing import LogWriter
from settlement.bill import Bill, Line, Venue
from settlement.facts import CashSold

ROWS = 1_000_000
_BLOCK = 10_000
_FIRST_SEQ = 10
"""The rows begin behind the journal's own."""
_LINE = Line(
    feedetl_sn="1", medins_list_codg="A001", name="演示片", cnt_e4=10_000, pric_e6=5_000_000, chrgitm_lv="01", goods_kind="国药准字"
)
_AT = "2024-01-01 08:00:00"
_FIRST = CashSold(
    subject="P99010000001202401010800000100",
    at=_AT,
    bill=Bill(admdvs="990100", begntime=_AT, venue=Venue.PHARMACY, lines=(_LINE,)),
    amount_fen=500,
    reason="LINE-DOWN",
    until="",
)


def rows(count: int) -> Iterator[LogEntry]:
    """Yield ``count`` rows, the oldest first: always the same ones."""
    chance = random.Random(1)
    at = datetime(2024, 1, 2, 8, 0)  # noqa: DTZ001 - text of a slip
    down, number = False, 0
    for index in range(count):
        at += timedelta(seconds=chance.randint(20, 40))
        if at.hour >= 21:
            at = at.replace(hour=8, minute=0) + timedelta(days=1)
        down ^= chance.random() < 0.0005
        kind = chance.choices(("sale", "void", "cash", "refresh"), (93, 2, 3, 2))[0]
        standing = chance.choices(("accepted", "reversed", "rejected", "abandoned", "in doubt"), (96.9, 2, 0.3, 0.79, 0.01))[0]
        offline = int(down and kind == "sale")
        owed = int(offline and index > count - 2_000 and standing == "accepted")
        booked = kind in {"sale", "void"} and standing != "abandoned"
        number += booked
        total = chance.randint(100, 50_000) * (-1 if kind == "void" else 1) if kind != "refresh" else 0
        subject = f"P99010000001{at:%Y%m%d%H%M%S}01{index % 3:02d}"
        yield LogEntry(
            seq=_FIRST_SEQ + 5 * index,
            subject=subject,
            tail=subject[-6:],
            at=f"{at:%Y-%m-%d %H:%M:%S}",
            day=int(f"{at:%Y%m%d}"),
            kind=kind,
            infno={"sale": "2102", "void": "2103"}.get(kind, ""),
            standing={"cash": "cash", "refresh": "refreshed"}.get(kind, "provisional" if owed else standing),
            offline=offline,
            owed=owed,
            total_fen=total,
            fund_fen=total // 2,
            account_fen=total - total // 2 - total // 4,
            cash_fen=total // 4,
            outside_fen=0,
            receipt=f"01-1-{number:06d}" if booked else "",
            number=number if booked else 0,
            person="演*甲" if index % 2 else "演*",
            card=f"{index % 10_000:04d}",
            reason="LINE-DOWN" if offline else "",
            attempts=1,
            words="" if chance.random() > 0.01 else "余额不足，请核对参保信息后重新提交",
            original="",
            setl_id=f"99010020{at:%Y%m%d}{index:08d}" if booked else "",
        )


def fill(directory: Path, count: int = ROWS) -> None:
    """Make journal and log in ``directory``."""
    counter = CounterIdentity(fixmedins_code="P99010000001", till="01")
    with Journal(directory, role="till", clock=SystemClock(), entropy=SystemEntropy(), counter=counter) as journal:
        journal.commit([Entry(kind=_FIRST.kind, subject=_FIRST.subject, body=_FIRST.body())])
        with Follower(journal) as follower:
            follower.follow()
    made = rows(count)
    with LogWriter(directory) as writer:
        while block := list(islice(made, _BLOCK)):
            with writer.transaction():
                writer.put(block)
        writer.forget_log()


if __name__ == "__main__":
    fill(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else ROWS)
