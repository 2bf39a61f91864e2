"""A card and its copy, each off-line at a till of its own: both shops are paid within the limits, and the centre sees the fork."""

from __future__ import annotations

from pathlib import Path

from clearing.database import Database
from clearing.export import export as clearing_export
from settlement.checkout.states import Settled
from settlement.errors import Refusal
from tests.world.legacy import SecondTill
from tests.world.shop import Shop

SOLD_FEN = 100


def test_a_copy_pays_no_more_than_the_allowance(tmp_path: Path) -> None:
    """Neither till can know; both sales are booked and paid from the one earmark, and each names the other as its fork."""
    with Shop(tmp_path / "stage", exchange_s=3) as here, SecondTill(here) as there:
        here.sell("torn", "5.00")
        here.settle_down()
        policy = here.counter.policy()
        assert not isinstance(policy, Refusal)
        path = here.stage.directory / "cards" / here.stage.cast["torn"].image
        here.cut()
        there.stage.until("the line is down there", lambda: there.counter.journal.notes.sender_status().line == "down")
        copy = path.read_bytes()
        honest = here.sell("torn", "1.00")
        spent = path.read_bytes()
        path.write_bytes(copy)
        copied = there.sell("torn", "1.00")
        path.write_bytes(spent)
        here.mend()
        for shop in (here, there):
            shop.settle_down()
        with Database(here.stage.directory / "centre") as database, database.transaction() as db:
            centre = clearing_export(db)

        assert isinstance(honest, Settled), here.script.told
        assert isinstance(copied, Settled), there.script.told
        rows = {row["msgid"]: row for row in centre["settlements"]}
        assert [copied.subject] == rows[honest.subject]["forked"]
        assert [honest.subject] == rows[copied.subject]["forked"]
        assert [SOLD_FEN, SOLD_FEN] == [rows[subject]["covered_fen"] for subject in (honest.subject, copied.subject)]
        assert {subject for subject, row in rows.items() if row["forked"]} == {honest.subject, copied.subject}
        # What one card and all its copies can cost is what was granted for the generation.
        covered_fen = sum(row["covered_fen"] for row in rows.values() if row["offline"])
        assert covered_fen <= policy.offline_account_limit_fen
        # The auditor, who sees the card, both journals and the centre, says the same of its own accord.
        assert any(wrong.startswith("4:") for wrong in there.all_disagreements())
