"""An older copy of a till's data is noticed at the first reconnection: cash only, in words, until the true journal is back."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from offline_queue.journal.verify import verify
from settlement.checkout.states import Dropped, Settled
from tests.world.shop import Shop


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """Return a shop."""
    with Shop(tmp_path / "stage", exchange_s=10.0) as opened:
        yield opened


def chain(shop: Shop) -> dict[str, Any]:
    """Return what the centre said of the journal last."""
    return shop.counter.journal.notes.get("chain at centre")


def told(shop: Shop, verdict: str) -> None:
    """Wait until the centre has said so of the journal as it is now."""
    shop.stage.until(verdict, lambda: chain(shop).get("verdict") == verdict)


def test_an_older_copy_settles_nothing_until_the_true_one_is_back(shop: Shop, tmp_path: Path) -> None:
    """The directory of before is put in place of today's: behind, then two of them, and never a settlement; the true one goes on."""
    old, true = tmp_path / "old", tmp_path / "true"
    assert isinstance(shop.sell("first"), Settled)
    shop.reopen(lambda directory: shutil.copytree(directory, old))
    assert isinstance(shop.sell("second"), Settled)

    def swap(directory: Path) -> None:
        shutil.copytree(directory, true)
        shutil.rmtree(directory)
        shutil.copytree(old, directory)

    shop.reopen(lambda _: None)
    shop.stage.until("the second sale is known", lambda: chain(shop).get("count") == shop.counter.journal.tip()[0])
    shop.reopen(swap)
    told(shop, "behind")
    refused = shop.sell("first")

    assert isinstance(refused, Dropped)
    assert ["JOURNAL-BEHIND"] == shop.script.told

    def bring_back(directory: Path) -> None:
        shutil.rmtree(directory)
        shutil.copytree(true, directory)

    shop.reopen(bring_back)
    told(shop, "kept")
    assert isinstance(shop.sell("first"), Settled)
    assert [] == shop.disagreements()


def test_what_the_centre_signed_is_a_part_of_the_chain(shop: Shop) -> None:
    """A checkpoint of another head, or with a bent signature, is a fault of the journal."""
    assert isinstance(shop.sell("first"), Settled)
    shop.reopen(lambda _: None)
    shop.stage.until("the sale is known", lambda: chain(shop).get("count") == shop.counter.journal.tip()[0])
    notes = shop.counter.journal.notes
    signed = notes.get("checkpoint")

    assert () == verify(shop.counter.journal).faults
    notes.put("checkpoint", {**signed, "count": signed["count"] - 1})
    assert ["中心签名的检查点签名不对 / the checkpoint is not what the centre signed"] == list(verify(shop.counter.journal).faults)
