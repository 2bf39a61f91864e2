"""Journals of releases, as a crash leaves them: where they lie, and what was written down of each when it was made."""

from __future__ import annotations

import tarfile
from pathlib import Path
from typing import Any

from offline_queue.fold import Folded
from offline_queue.journal import Journal

FROZEN = Path(__file__).with_name("frozen")
FILES = ("journal.db", "journal.db-wal", "journal.head", "journal.key")


def unpacked(release: str, directory: Path) -> Path:
    """Unpack the journal of ``release`` into ``directory`` and return it."""
    with tarfile.open(FROZEN / f"{release}.tar.gz") as archive:
        archive.extractall(directory, filter="data")
    return directory


def written_down(journal: Journal) -> dict[str, Any]:
    """Return what a journal comes to: every subject, what is owed, what is open, and where its chain and receipts stand."""
    count, head = journal.tip()
    return {
        "fixmedins_code": journal.identity.fixmedins_code,
        "till": journal.identity.till,
        "epoch": journal.epoch,
        "count": count,
        "head": head,
        "subjects": {state.subject: _comes_to(state) for state in journal.folded()},
        "owed": {row.msgid: {"infno": row.infno, "lane": row.lane, "state": row.state, "attempts": row.attempts} for row in journal.owed()},
        "open": journal.open_subjects(),
    }


def _comes_to(state: Folded) -> dict[str, Any]:
    figures = state.figures.movements() if state.figures is not None else None
    return {
        "standing": str(state.standing),
        "done": state.done,
        "offline": state.offline,
        "receipt": state.receipt,
        "movements": list(figures) if figures else None,
        "outside_fen": state.outside_fen,
        "answer": state.answer,
        "doubted": state.doubted,
        "goods_released": state.goods_released,
        "redeemed_by": state.redeemed_by,
        "cash_returned_fen": state.cash_returned_fen,
        "reversed_by": state.reversed_by,
        "original": state.original,
    }
