"""A centre is put back to what it was: the tills tell it what it had answered since, and every fen is where it was."""

from __future__ import annotations

from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import sqlcipher3.dbapi2 as sqlcipher

from clearing.database import NAME
from clearing.export import export as clearing_export
from clearing.personality import Personality
from offline_queue.sync import refill
from settlement.checkout.states import Settled
from tests.world.shop import Shop as RealShop
from tests.world.town.counter import Shop
from tests.world.town.town import Town

_OPEN = pytest.mark.xfail(strict=True, reason="a grant that no card shows is not told again: its money stays with the generation before")
SEEDS = (pytest.param("restored 1", marks=_OPEN), "restored 2", "restored 3", "restored 4", "restored 5")


def raw(town: Town) -> Any:  # noqa: ANN401 - the driver has no types
    """Return the connection to the centre's database."""
    with closing(town._database._engine.raw_connection()) as pooled:
        return pooled.driver_connection


def backed_up(town: Town) -> Any:  # noqa: ANN401 - as above
    """Return the centre's database as it is."""
    copied = sqlcipher.connect(":memory:", isolation_level=None, check_same_thread=False)
    raw(town).backup(copied)
    return copied


def reconnect(shop: Shop) -> None:
    """Let the sender come up anew: it signs in and shakes hands."""
    shop.start_sender()
    shop.send(backlog=True)


def told_all(shop: RealShop) -> None:
    """Let the sender reconnect until the centre has signed all of the journal."""
    shop.cut()
    shop.mend()
    journal = shop.counter.journal
    shop.stage.until("all is signed", lambda: journal.notes.get("checkpoint").get("count") == journal.tip()[0])


def known(town: Town) -> dict[str, Any]:
    """Return the centre's books."""
    with town._database.transaction() as db:
        return clearing_export(db)


def moved(books: dict[str, Any]) -> dict[str, object]:
    """Return what was settled, and where everybody's money is."""
    settled = sorted(
        (row["setl_id"], row["msgid"], row["undoes"], row["setl_time"], row["pack"], row["covered_fen"], *row["figures"].values())
        for row in books["settlements"]
    )
    persons = {row["psn_no"]: (row["available_fen"], row["ledger_fen"]) for row in books["persons"]}
    earmarks = {
        (row["psn_no"], one["card_no"], one["generation"]): (one["granted_fen"], one["debited_fen"], one["returned_fen"], one["seen"])
        for row in books["persons"]
        for one in row["earmarks"]
    }
    return {"settled": settled, "persons": persons, "earmarks": earmarks}


def lived(town: Town, steps: int) -> None:
    """Let so much happen, and everything come to its end; the centre has signed all of it."""
    for _ in range(steps):
        town.step()
    town.settle_down()
    for shop in town.shops:
        reconnect(shop)


@pytest.mark.parametrize("seed", SEEDS)
def test_refilled_from_the_tills(seed: str) -> None:
    """Under the numbers, figures and times of the first time; the next ones are new, and cards, journals and centre agree."""
    with Town(seed, Personality.IDEMPOTENT) as town:
        lived(town, 30)
        backup = backed_up(town)
        town.chance.calm = False
        lived(town, 60)
        before = known(town)
        backup.backup(raw(town))
        lost = len(before["settlements"]) - len(known(town)["settlements"])
        for _ in range(3):
            for shop in town.shops:
                reconnect(shop)
        refilled = known(town)
        for shop in town.shops:
            for role in town.roles:
                town.sell(shop, role, 100)
        town.settle_down()
        numbers = [row["setl_id"] for row in known(town)["settlements"]]

        assert lost > 0
        assert moved(before) == moved(refilled)
        assert len(before["settlements"]) < len(numbers) == len(set(numbers))
        assert [] == town.wrong(drained=True)


def test_the_line_goes_in_the_middle() -> None:
    """What was told is told once more, and moves nothing twice."""
    with Town("cut", Personality.IDEMPOTENT) as town:
        lived(town, 20)
        backup = backed_up(town)
        town.chance.calm = False
        lived(town, 40)
        before, cuts = known(town), []
        backup.backup(raw(town))

        def cut_once(shop: Shop, body: bytes) -> bytes:
            if b'"infno":"YX06"' in body and shop.name not in cuts:
                cuts.append(shop.name)
                shop.wire.cut = True
            return town.centre.answer(body)

        for shop in town.shops:
            shop.wire._centre = partial(cut_once, shop)
            reconnect(shop)
        halfway = moved(known(town))
        for shop in town.shops:
            shop.wire.cut = False
            reconnect(shop)
        for shop in town.shops:
            reconnect(shop)

        assert cuts
        assert moved(before) != halfway
        assert moved(before) == moved(known(town))
        assert [] == town.wrong(drained=True)


@pytest.mark.parametrize("personality", [Personality.REFUSES, Personality.RE_EXECUTES, Personality.EXPIRES])
def test_whole_at_every_kind_of_centre(personality: Personality) -> None:
    """What is told again is no second copy of a message."""
    with Town("restored", personality) as town:
        lived(town, 30)
        backup = backed_up(town)
        town.chance.calm = False
        lived(town, 40)
        backup.backup(raw(town))
        for _ in range(3):
            for shop in town.shops:
                reconnect(shop)
        town.settle_down()

        assert [] == town.wrong(drained=True)


def test_what_is_refused_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """A settlement whose number is another's by now is told again so many times, and then left to the statement."""
    with Town("refused", Personality.IDEMPOTENT) as town:
        lived(town, 0)
        shop, other = town.shops[:2]
        backup = backed_up(town)
        town.sell(shop, "first", 1234)
        reconnect(shop)
        backup.backup(raw(town))
        town.sell(other, "second", 2500)
        monkeypatch.setattr(refill, "ROUNDS_MAX", 3)
        counts = []
        for _ in range(4):
            reconnect(shop)
            counts.append(shop.journal.notes.get("refill").get("rounds", 0))
        signed = shop.journal.notes.get("checkpoint")["count"]

        assert [1, 2, 0, 0] == counts
        assert shop.journal.tip()[0] == signed
        assert [] == [wrong for wrong in town.wrong(drained=True) if not wrong.startswith("12: ")]


def test_a_grant_that_is_refused_holds_up_no_sale() -> None:
    """The sale behind it that needs nothing of it is booked; grant and the sale before are told again."""
    with Town("grant", Personality.IDEMPOTENT) as town:
        lived(town, 0)
        shop = town.shops[0]
        backup = backed_up(town)
        # Above what is available: the card is refreshed to nothing first, and carries something again afterwards.
        town.sell(shop, "first", 80_000)
        town.sell(shop, "first", 100)
        reconnect(shop)
        before = known(town)
        backup.backup(raw(town))
        shop.wire._centre = lambda body: town.centre.answer(body.replace(b'"generation":', b'"generations":') if b"YX06" in body else body)
        reconnect(shop)
        told, rounds = known(town), shop.journal.notes.get("refill")["rounds"]
        shop.wire._centre = town.centre.answer
        reconnect(shop)

        assert any(len(person["earmarks"]) > 1 for person in before["persons"])
        assert 1 == rounds
        assert before["settlements"][-1]["setl_id"] in {row["setl_id"] for row in told["settlements"]}
        assert moved(before) == moved(known(town))


def test_over_http(tmp_path: Path) -> None:
    """Sender and centre are processes: on-line, off-line, a refresh and a void are lost with the file, and come back."""
    with RealShop(tmp_path / "stage", exchange_s=10.0) as shop:
        assert isinstance(shop.sell("first", "3.00"), Settled)
        shop.settle_down()
        told_all(shop)
        centre = shop.stage.directory / "centre" / NAME
        assert centre.is_file()
        with closing(sqlcipher.connect(str(centre))) as true, closing(sqlcipher.connect(str(tmp_path / "backup.db"))) as backup:
            true.backup(backup)
        online = shop.sell("second", "5.00")
        assert isinstance(online, Settled)
        shop.cut()
        offline = shop.sell("first", "2.00")
        shop.mend()
        shop.settle_down()
        shop.void("second", online.subject)
        shop.settle_down()
        told_all(shop)
        before = shop.stage.centre_export()
        shop.cut()
        with closing(sqlcipher.connect(str(tmp_path / "backup.db"))) as backup, closing(sqlcipher.connect(str(centre))) as true:
            backup.backup(true)
        lost = len(before["settlements"]) - len(shop.stage.centre_export()["settlements"])
        shop.mend()
        shop.stage.until("it is told again", lambda: moved(before) == moved(shop.stage.centre_export()))

        assert isinstance(offline, Settled)
        assert 3 == lost
        assert [] == shop.disagreements()
