"""A card that was lost and replaced: the old one is dead on-line and off-line, and the account follows the person."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from clearing import people
from clearing.database import Database
from settlement import refusals
from settlement.checkout.states import Settled
from simulator import image
from simulator.personalise import card_of
from terminal.cards.ldt import card_no_check
from terminal.demo.cast import Player
from tests.world.shop import Shop

PIN = "739154"
NEW_NO = "NEW00001" + card_no_check("NEW00001")
NEW_SN = "990100D15600000500777777FFFFFFFF"


@pytest.fixture
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """Return a shop of its own."""
    with Shop(tmp_path_factory.mktemp("replaced") / "stage", exchange_s=3) as opened:
        yield opened


def replaced(shop: Shop, player: Player) -> None:
    """Report the card lost, and have the office issue another to the same person."""
    held = shop.counter.journal.notes.sender_status().hotlist_version
    shop.stage.report_loss(player)
    person = {"certno": player.certno, "psn_name": player.psn_name, "card_no": NEW_NO, "card_sn": NEW_SN, "pin": PIN}
    image.store(shop.stage.directory / "cards" / "replacement.card", card_of(person, shop.stage.seed))
    with Database(shop.stage.directory / "centre") as database, database.transaction() as db:
        insured = people.insured_by_certno(db, player.certno)
        opened = people.Enrolment(insured=insured, card_no=NEW_NO, card_sn=NEW_SN, account_fen=0, deductible_fen=0, fund_fen=0)
        people.enrol(db, opened, "2026-03-02 08:00:00")
    shop.stage.until("the new hotlist", lambda: shop.counter.journal.notes.sender_status().hotlist_version > held)


def test_the_old_card_is_dead_and_the_new_one_has_the_account(shop: Shop) -> None:
    """What the old one's allowance held is not spent by it any more; on-line the new one pays from the same account."""
    old = shop.stage.cast["torn"]
    first = shop.sell("torn", "5.00")
    replaced(shop, old)
    online, why_online = shop.sell("torn", "1.00"), list(shop.script.refused)
    shop.cut()
    offline, why_offline = shop.sell("torn", "1.00"), list(shop.script.refused)
    shop.mend()
    shop.stage.cast["replacement"] = replace(old, role="replacement", card_no=NEW_NO, card_sn=NEW_SN, pin=PIN)
    second = shop.sell("replacement", "2.00")
    told = list(shop.script.told)
    shop.settle_down()

    assert isinstance(first, Settled)
    assert ([refusals.CARD_HOTLISTED.code],) * 2 == (why_online, why_offline)
    assert not any(isinstance(state, Settled) for state in (online, offline))
    assert isinstance(second, Settled), told
    with Database(shop.stage.directory / "centre") as database, database.transaction() as db:
        insured = people.insured_by_certno(db, old.certno)
        assert {old.card_no, NEW_NO} == {card.card_no for card in people.cards_of(db, insured.psn_no)}
    assert [] == shop.doubts()
