"""Off-line sales of cards that debit by themselves: sold, pulled at every command, judged by the card's own log, checked by the centre."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from clearing.database import Database
from clearing.export import export as clearing_export
from settlement import refusals
from settlement.card_debit import LOG_RECORDS, DebitPlan
from settlement.checkout.states import ClosedUnpaid, Dropped, LeftInDoubt, SelfPayOffered, Settled
from settlement.errors import Refusal
from settlement.facts import SaleIntended
from settlement.money import format_yuan
from simulator.slot import WHENS
from terminal.cards.opening import open_card
from terminal.cards.services import CounterCard
from terminal.person import Answer
from terminal.screen.technician.words import told_of
from tests.cards.counter import sent_to_psam
from tests.crash.share import pulls
from tests.world.legacy import LOADED_FEN, LegacyClinic, LegacyShop, SecondTill, on_card_fen, packs, point_at
from tests.world.shop import Say, Shop

SALE_APDUS, PSAM_APDUS = 17, 13
"""Commands to card and PSAM in a whole off-line sale of such a card."""
DEBIT = SALE_APDUS - 2
"""Which of them debits; its answer is fetched after it, and the log read."""
ELSEWHERE = "990100000099"
"""Terminal number of another till's PSAM."""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LegacyShop]:
    """Return one shop for the file: every test leaves it in agreement."""
    with LegacyShop(tmp_path_factory.mktemp("legacy")) as opened:
        yield opened


def at_centre(shop: Shop) -> dict[str, dict[str, Any]]:
    """Return what the centre holds, by msgid."""
    with Database(shop.stage.directory / "centre") as database, database.transaction() as db:
        return {row["msgid"]: row for row in clearing_export(db)["settlements"]}


def debits_elsewhere(shop: Shop, role: str, times: int) -> None:
    """Have another till debit the card so often: of the pooled part only, so that nothing of the account moves."""
    shop.insert(role)
    card = open_card(shop.counter.settings)
    card.identify()
    card.verify_pin(bytearray(shop.stage.cast[role].pin.encode()))
    for number in range(1, times + 1):
        begun = card.account.begin(own_fen=0, pooled_fen=number, terminal=ELSEWHERE)
        plan = DebitPlan(
            sequence=begun.sequence,
            number=number,
            terminal=ELSEWHERE,
            moment="20260302093000",
            own_fen=0,
            pooled_fen=number,
            balance_fen=begun.balance_fen,
        )
        card.account.debit(plan, begun)
    card.close()


def test_sold_and_settled_with_its_proof(shop: LegacyShop, monkeypatch: pytest.MonkeyPatch) -> None:
    """The card's amount is less, the TAC is in the journal and is checked at the centre, whose earmark is lowered; few commands."""
    sent: list[tuple[int, int]] = []
    close = CounterCard.close

    def counted(card: CounterCard) -> None:
        sent.append((card.channel.sent, sent_to_psam(card)))
        close(card)

    shop.cut()
    before = on_card_fen(shop.stage, "first")
    monkeypatch.setattr(CounterCard, "close", counted)
    sold = shop.sell("first", "3.00")
    monkeypatch.undo()
    shop.mend()
    shop.settle_down()
    assert isinstance(sold, Settled), (shop.script.refused, shop.script.told)
    done = next(record for record in shop.counter.journal.records(sold.subject) if record.kind == "done")
    row = at_centre(shop)[sold.subject]
    words = [" ".join(told_of(record.kind, record.body).details) for record in shop.counter.journal.records(sold.subject)]

    assert [(SALE_APDUS, PSAM_APDUS)] == sent
    assert before - 300 == on_card_fen(shop.stage, "first")
    assert 8 == len(done.body["tac"])
    assert format_yuan(before - 300) == next(line for line in shop.script.slips[-1].splitlines() if "卡上自带金额" in line).split()[-1]
    assert any(done.body["tac"] in said for said in words)
    assert any("终端交易序号" in said or f"number {int(sold.subject[-10:])}" in said for said in words)
    assert (True, 300, "") == (row["offline"], row["covered_fen"], row["unchecked"])
    assert [] == shop.doubts()
    assert [] == shop.disagreements()


def test_the_intent_holds_what_the_card_said_before(shop: LegacyShop) -> None:
    """Sequence, amount before, our number and time: read back from the journal as they were frozen."""
    shop.cut()
    before = on_card_fen(shop.stage, "first")
    sold = shop.sell("first", "1.00")
    shop.mend()
    shop.settle_down()
    assert isinstance(sold, Settled)
    intent = shop.counter.journal.standing(sold.subject).intent

    assert isinstance(intent, SaleIntended)
    assert isinstance(intent.card, DebitPlan)
    assert ("legacy_card", before, 100) == (intent.way, intent.card.balance_fen, intent.card.own_fen)
    assert intent.at.replace("-", "").replace(" ", "").replace(":", "") == intent.card.moment
    assert int(sold.subject[-10:]) == intent.card.number
    assert [] == shop.disagreements()


@pytest.mark.parametrize(("apdu", "when"), pulls(SALE_APDUS, WHENS))
def test_pulled_in_an_offline_sale(shop: LegacyShop, apdu: int, when: str) -> None:
    """Whatever the moment: re-inserted, the card's log says done or not done, goods follow only what is done, all agree."""
    shop.cut()
    goods_before, amount = len(shop.script.goods), on_card_fen(shop.stage, "torn")
    doubt = [shop.back("torn"), Answer.GOODS_OUT, Answer.LEAVE]
    ended = shop.sell("torn", "1.00", fault={"apdu": apdu, "when": when}, answers={"DoubtOpen": doubt})
    pulled = shop.stage.slot("east")["card"] is None or "DoubtOpen" in shop.script.asked
    handed_out, moved = len(shop.script.goods) - goods_before, amount - on_card_fen(shop.stage, "torn")
    shop.mend()
    shop.settle_down()

    assert pulled, "a pull that does not come tests nothing"
    assert isinstance(ended, Settled | ClosedUnpaid | Dropped | SelfPayOffered | LeftInDoubt)
    assert (moved == 100) == isinstance(ended, Settled)
    assert moved in {0, 100}
    assert handed_out <= isinstance(ended, Settled)
    assert [] == shop.doubts()
    assert [] == shop.disagreements()


@pytest.mark.parametrize("done", [True, False])
@pytest.mark.parametrize("between", [0, 3])
def test_judged_at_the_next_insertion(shop: LegacyShop, between: int, done: bool) -> None:  # noqa: FBT001 - a table's column
    """Left in doubt; other tills debit in between, the customer comes back: the log judges before anything is sold.

    The proof is lost when another debit followed: the centre takes the sale, and says that it could not be checked.
    """
    shop.cut()
    before = on_card_fen(shop.stage, "torn")
    fault = {"apdu": DEBIT, "when": "after" if done else "before"}
    left = shop.sell(
        "torn", "2.00", fault=fault, answers={"DoubtOpen": [Answer.GOODS_KEPT if not done else Answer.GOODS_OUT, Answer.LEAVE]}
    )
    assert isinstance(left, LeftInDoubt)
    if between:
        debits_elsewhere(shop, "torn", between)
    shop.mend()
    again = shop.sell("torn", "1.00")
    shop.settle_down()
    rows = at_centre(shop)

    assert isinstance(again, Settled), shop.script.told
    assert before - (200 if done else 0) == on_card_fen(shop.stage, "torn")
    assert done == (left.doubt.intent.subject in rows)
    if done:
        assert ("no-tac" if between else "") == rows[left.doubt.intent.subject]["unchecked"]
    assert [] == shop.doubts()
    assert [] == shop.disagreements()


@pytest.mark.parametrize("done", [True, False])
def test_the_customer_goes_to_another_till(tmp_path_factory: pytest.TempPathFactory, done: bool) -> None:  # noqa: FBT001 - a table's column
    """Torn here; there the same amount is sold off-line in the same second, by its own PSAM. Each finds its own debit and no other.

    Not done: the other till's debit has used our sequence, time and amounts; the terminal number alone tells them apart.
    """
    with LegacyShop(tmp_path_factory.mktemp("two")) as here, SecondTill(here) as there:
        before = on_card_fen(here.stage, "torn")
        here.cut()
        there.stage.until("the line is down there", lambda: there.counter.journal.notes.sender_status().line == "down")
        answers: dict[str, list[Say]] = {"DoubtOpen": [Answer.GOODS_OUT if done else Answer.GOODS_KEPT, Answer.LEAVE]}
        left = here.sell("torn", "2.00", fault={"apdu": DEBIT, "when": "after" if done else "before"}, answers=answers)
        sold = there.sell("torn", "2.00")
        back = here.sell("torn", "2.00")
        here.mend()
        for shop in (here, there):
            shop.settle_down()
        rows = at_centre(here)

        assert isinstance(left, LeftInDoubt)
        assert isinstance(sold, Settled), there.script.told
        assert isinstance(back, Settled), here.script.told
        assert before - (600 if done else 400) == on_card_fen(here.stage, "torn")
        assert done == (left.doubt.intent.subject in rows)
        assert {sold.subject, back.subject} <= rows.keys()
        assert [] == here.doubts() + there.doubts()
        assert [] == there.all_disagreements()


def test_a_log_that_is_written_over_leaves_it_to_the_deadline(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Thirty debits of others: the card cannot tell any more; the doubt stays and blocks the account, cash is offered."""
    with LegacyShop(tmp_path_factory.mktemp("rolled")) as shop:
        shop.cut()
        fault = {"apdu": DEBIT, "when": "after"}
        left = shop.sell("torn", "2.00", fault=fault, answers={"DoubtOpen": [Answer.GOODS_KEPT, Answer.LEAVE]})
        debits_elsewhere(shop, "torn", LOG_RECORDS)
        again = shop.sell("torn", "1.00")

        assert isinstance(left, LeftInDoubt)
        assert isinstance(again, Dropped)
        assert [refusals.DOUBT_OPEN.code] == shop.script.refused
        assert [left.doubt.intent.subject] == shop.doubts()
        shop.mend()
        shop.stage.set_clock("2026-07-02 08:30:00")
        shop.stage.until("the centre has said the new time", lambda: shop.counter.journal.clock_doubt() is None)
        shop.settle_down()
        assert [] == shop.doubts()


def test_a_card_put_back_to_before_pays_nothing(shop: LegacyShop) -> None:
    """A clone, or an old image: its sequence is behind what was booked here."""
    path = shop.stage.directory / "cards" / shop.stage.cast["killed"].image
    shop.cut()
    before = path.read_bytes()
    first = shop.sell("killed", "1.00")
    after = path.read_bytes()
    path.write_bytes(before)
    count = shop.counter.journal.tip()
    second = shop.sell("killed", "1.00")
    told = list(shop.script.told)
    untouched = on_card_fen(shop.stage, "killed")
    path.write_bytes(after)
    shop.mend()
    shop.settle_down()

    assert isinstance(first, Settled)
    assert not isinstance(second, Settled)
    assert ["CARD-REPLAYED"] == told
    assert count[0] <= shop.counter.journal.tip()[0]
    assert LOADED_FEN == untouched
    assert [] == shop.disagreements()


def test_an_empty_card_is_said_in_words(shop: LegacyShop) -> None:
    """A card that the office has not loaded: cash and slip."""
    shop.cut()
    ended = shop.sell("second", "1.00", answers={"SelfPayOffered": [Answer.CASH]})
    refused = list(shop.script.refused)
    shop.mend()
    shop.settle_down()

    assert [refusals.OFFLINE_CARD_EMPTY.code] == refused
    assert "PaidInCash" == type(ended).__name__
    assert [] == shop.disagreements()


def test_above_the_floor_limit(shop: LegacyShop) -> None:
    """The same limits as for an allowance hold: of one sale, and of the person's sum in the window."""
    policy = shop.counter.policy()
    assert not isinstance(policy, Refusal)
    limit_fen = policy.floor_limit_fen
    assert 0 < limit_fen < LOADED_FEN - 100
    shop.cut()
    over = shop.sell("killed", format_yuan(limit_fen + 1))
    refused = list(shop.script.refused)
    shop.mend()
    shop.settle_down()

    assert isinstance(over, Dropped)
    assert [refusals.OFFLINE_FLOOR.code] == refused


def test_a_fee_of_a_visit(tmp_path_factory: pytest.TempPathFactory) -> None:
    """At a clinic the proof goes up with the 2207 that the chain ends in."""
    with LegacyClinic(tmp_path_factory.mktemp("clinic")) as clinic:
        before = on_card_fen(clinic.stage, "first")
        clinic.cut()
        registered = clinic.subject(clinic.register("first"))
        clinic.mend()
        clinic.settle_down()
        row = at_centre(clinic)[registered]

        assert before - 600 == on_card_fen(clinic.stage, "first")
        assert ("2207", True, 600, "") == (row["infno"], row["offline"], row["covered_fen"], row["unchecked"])
        assert [] == clinic.unsound()


def test_an_allowance_card_in_an_area_of_such_cards(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The card got its allowance while the area had them; now the till says why it cannot pay, and cash and slip remain."""
    with Shop(tmp_path_factory.mktemp("changed") / "stage", exchange_s=3) as shop:
        shop.sell("first", "5.00")
        folder = tmp_path_factory.mktemp("packs")
        shop.reopen(lambda directory: point_at(directory, packs(folder)))
        shop.cut()
        ended = shop.sell("first", "1.00", answers={"SelfPayOffered": [Answer.CASH]})

        assert [refusals.OFFLINE_CARD_ALLOWANCE.code] == shop.script.refused
        assert "PaidInCash" == type(ended).__name__
        assert [] == shop.disagreements()


def test_such_a_card_in_an_area_of_allowances(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The till's pack knows allowances only: the card is not called empty, nothing moves on it, cash and slip remain."""
    with LegacyShop(tmp_path_factory.mktemp("allowances"), shop_packs=False) as shop:
        shop.cut()
        ended = shop.sell("first", "1.00", answers={"SelfPayOffered": [Answer.CASH]})

        assert [refusals.OFFLINE_CARD_LEGACY.code] == shop.script.refused
        assert "PaidInCash" == type(ended).__name__
        assert LOADED_FEN == on_card_fen(shop.stage, "first")
        assert [] == shop.disagreements()
