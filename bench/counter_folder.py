"""A data directory to open a till on: settings of the demonstration area, an empty slot; no centre, no sender."""

from __future__ import annotations

import json
from pathlib import Path

from bench.search import goods as generated
from config.clock import SystemClock
from config.entropy import SystemEntropy
from offline_queue.catalogue.importing import replace_catalogue
from offline_queue.journal import CounterIdentity, Journal
from offline_queue.operating_system import lock
from settlement.bill import Line
from terminal import drafts

CODE, TILL = "P99010000001", "01"
SETTINGS = """[counter]
fixmedins_code = "P99010000001"
fixmedins_name = "演示大药房"
admdvs = "990100"
venue = "pharmacy"
till = "01"
operator = "demo"
operator_name = "演示"

[centre]
url = "http://127.0.0.1:9"

[reader]
kind = "simulated"
slot_dir = "slot"
"""


def make(folder: Path) -> Path:
    """Return a fresh directory. Nobody sends: the sender's lock is held by this process."""
    slot = folder / "slot"
    slot.mkdir(parents=True)
    (slot / "slot.json").write_text(json.dumps({"card": None, "psam": None, "fault": None}), encoding="utf-8")
    (folder / "settings.toml").write_text(SETTINGS, encoding="utf-8")
    lock(folder / "sender.lock")
    return folder


def with_draft(directory: Path, *, lines: int) -> None:
    """Leave an unfinished bill of so many lines."""
    identity = CounterIdentity(fixmedins_code=CODE, till=TILL)
    with Journal(directory, role="till", clock=SystemClock(), entropy=SystemEntropy(), counter=identity) as journal:
        bill = drafts.new(journal)
        for number in range(1, lines + 1):
            added = bill.add(_goods(number))
            assert not hasattr(added, "phrase")
            bill = added
        drafts.save(journal, bill)


def with_goods(directory: Path, count: int) -> None:
    """Put a catalogue of so many generated goods in place."""
    replace_catalogue(directory, generated(count), {}, _silently, over=True)


def _silently(done: int, whole: int) -> None:
    """Show no progress."""
    del done, whole


def _goods(number: int) -> Line:
    return Line(
        feedetl_sn="0",
        medins_list_codg=f"P{number:03}",
        name=f"演示货品{number}",
        cnt_e4=10_000,
        pric_e6=12_500_000,
        chrgitm_lv="01",
        goods_kind="国药准字",
    )
