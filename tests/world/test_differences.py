"""The centre runs another version of the rules: its figures win, the difference is shown, and everything agrees."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from config.clock import FileClock
from config.entropy import SystemEntropy
from config.regions import SHIPPED
from offline_queue.fold import Standing
from offline_queue.journal import Entry, Journal
from offline_queue.journal.errors import StillOpen
from offline_queue.journal_command import export
from settlement import refusals, reversal
from settlement.checkout.states import LeftUnanswered, PaidInCash, Released, Sale, Settled, State
from settlement.errors import Refusal
from terminal import catch_up, later
from terminal.difference_because import because
from terminal.person import Answer
from terminal.screen.glyphs import Glyphs
from terminal.screen.technician import story_rows
from terminal.screen.technician.story import Story, story_of
from tests.world.shop import Say, Shop

ALLOWED = 'cost = "first_pay"\nvalue = true'


def stricter(directory: Path) -> Path:
    """Return regions in which the account no longer pays the first pay of class-B lines: a centre that differs from its counters."""
    regions = directory / "regions" / "990100"
    regions.mkdir(parents=True)
    shipped = (SHIPPED / "990100" / "2023-02-01.toml").read_text(encoding="utf-8")
    assert ALLOWED in shipped
    (regions / "2023-02-01.toml").write_text(shipped.replace(ALLOWED, ALLOWED.replace("true", "false")), encoding="utf-8")
    return regions.parent


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """Return a shop whose centre no longer lets the account pay the first pay of class-B lines."""
    directory = tmp_path_factory.mktemp("differences")
    with Shop(directory / "stage", centre_regions=stricter(directory)) as opened:
        opened.sell("first", "5.00")
        yield opened


def _sell(shop: Shop, answer: Answer) -> State:
    return _sell_answering(shop, answer)


def _sell_answering(shop: Shop, *answers: Say) -> State:
    shop.insert("first")
    pin = [shop.stage.cast["first"].pin]
    return shop.sell_inserted("10.00", first_pay="0.1", pins=pin, answers={"DifferenceShown": list(answers)})


def test_agreed(shop: Shop) -> None:
    """Both splits are on record, the centre's is booked, the slip shows it, the goods follow the customer's yes."""
    goods = len(shop.script.goods)
    ended = _sell(shop, Answer.AGREE)
    shop.settle_down()

    assert isinstance(ended, Settled)
    assert (900, 100) == (ended.figures.acct_pay, ended.figures.psn_cash_pay)
    assert goods + 1 == len(shop.script.goods)
    assert [] == shop.disagreements()


def test_the_timeline_names_the_rule(shop: Shop) -> None:
    """Worked out again from bill, pack and what the year had used; a sale that was answered as it was shown names none."""
    ended = _sell(shop, Answer.AGREE)
    same = shop.sell("first", "5.00")
    shop.settle_down()
    assert isinstance(ended, Settled)
    assert isinstance(same, Settled)
    directory = shop.stage.shops["east"].directory

    def told(subject: str) -> Story:
        history = shop.counter.journal.histories([subject])[0]
        return story_of(history, lambda intent, answered: because(intent, answered, directory))

    found = told(ended.subject).because
    assert found is not None
    assert ("acct_pay", 1000, 900, "account(first_pay)") == (found.name, found.ours_fen, found.theirs_fen, found.rule)
    assert told(same.subject).because is None
    rows = "".join(line.text for line in story_rows.body(told(ended.subject), 120, Glyphs(), steps=False))
    assert "10.00 > 9.00" in rows
    assert "account(first_pay)" in rows


def test_declined(shop: Shop) -> None:
    """No goods, and a void releases what the centre settled."""
    goods = len(shop.script.goods)
    ended = _sell(shop, Answer.DECLINE)
    shop.settle_down()

    assert isinstance(ended, Released)
    assert goods == len(shop.script.goods)
    assert [] == shop.disagreements()


def _for_cash(shop: Shop) -> str:
    """Sell for cash and return the slip."""
    shop.insert("first")
    paid = shop.sell_inserted("10.00", first_pay="0.1", pins=[shop.stage.cast["first"].pin], answers={"Quoted": [Answer.CASH]})
    assert isinstance(paid, PaidInCash)
    return paid.subject


def _redeem(shop: Shop, slip: str, answer: Answer) -> State:
    shop.insert("first")
    shop._ready([shop.stage.cast["first"].pin], {"DifferenceShown": [answer]})
    sale = later.sale_of(shop.counter, slip)
    assert isinstance(sale, Sale), sale
    return shop.driver.sell(sale)


def test_a_slip_whose_settlement_was_declined_may_be_redeemed_again(shop: Shop) -> None:
    """No cash goes back for what is released; the slip is free once the void is done, not before, and gives its cash back once."""
    slip = _for_cash(shop)
    shop.stage.bend_line({"mode": "delay-reply", "infno": "2103", "times": 1, "seconds": 0.4})
    declined = _redeem(shop, slip, Answer.DECLINE)
    assert isinstance(declined, Released)
    before = later.sale_of(shop.counter, slip)
    due_fen = [later.cash_due_back_fen(shop.counter, slip)]
    shop.stage.bend_line({})
    shop.settle_down()
    due_fen.append(later.cash_due_back_fen(shop.counter, slip))

    assert isinstance(before, Refusal)
    assert ("LATER-SLIP-USED", [0, 0]) == (before.code, due_fen)
    assert Standing.REVERSED is shop.counter.journal.standing(declined.subject).standing
    redeemed = _redeem(shop, slip, Answer.AGREE)
    shop.settle_down()
    assert isinstance(redeemed, Settled)
    state = shop.counter.journal.standing(slip)
    assert (redeemed.subject, 900) == (state.redeemed_by, state.cash_returned_fen)
    assert isinstance(later.sale_of(shop.counter, slip), Refusal)
    assert [] == shop.disagreements()


def test_found_when_the_queue_drains(shop: Shop) -> None:
    """Off-line nobody could know: the earmark falls by the card's debit, the rest returns, the shop's receivable shows."""
    shop.cut()
    ended = _sell(shop, Answer.AGREE)
    shop.mend()
    shop.settle_down()
    owed = {row["subject"]: row["amount_fen"] for row in export(shop.counter.journal, reveal=False)["receivables"]}

    assert isinstance(ended, Settled)
    assert {ended.subject: 100} == owed
    assert [] == shop.disagreements()


def _ask_again(shop: Shop, answer: Answer) -> list[str]:
    """Take up what is unfinished as a start does, and return what stays open."""
    shop._ready([], {"DifferenceShown": [answer]})
    return catch_up.run(shop.counter, shop.driver)


@pytest.mark.parametrize("answer", [Answer.AGREE, Answer.DECLINE])
def test_unanswered_is_asked_until_it_is_answered(shop: Shop, answer: Answer) -> None:
    """It stays listed, without goods, slip or void; the answer counts as at the sale, and then nobody is asked any more."""
    goods, slips = len(shop.script.goods), len(shop.script.slips)
    left = _sell(shop, Answer.LEAVE)
    assert isinstance(left, LeftUnanswered)
    shop.stage.until("the sale is all there is", lambda: not shop.counter.journal.owed())
    assert [left.subject] == _ask_again(shop, Answer.LEAVE) == shop.counter.journal.unanswered()
    assert (goods, slips) == (len(shop.script.goods), len(shop.script.slips))
    assert left.subject not in dict(shop.counter.journal.slips_owed())
    assert [] == shop.disagreements()

    assert answer is not Answer.AGREE or [] == _ask_again(shop, answer)
    if answer is Answer.DECLINE:
        (void,) = _ask_again(shop, answer)
        assert left.subject == shop.counter.journal.standing(void).original
    asked = len(shop.script.asked)
    shop.settle_down()

    assert [] == shop.counter.journal.unanswered() == shop.counter.journal.open_subjects()
    assert asked == len(shop.script.asked) == 1
    agreed = answer is Answer.AGREE
    # The void has a slip of its own.
    assert (goods + agreed, slips + 1) == (len(shop.script.goods), len(shop.script.slips))
    assert (Standing.ACCEPTED if agreed else Standing.REVERSED) is shop.counter.journal.standing(left.subject).standing
    assert [] == shop.disagreements()


def test_unanswered_blocks_no_other_settlement_of_the_person(shop: Shop) -> None:
    """The amounts are known and booked, unlike a doubt's: the account goes on, with what is left of it."""
    left = _sell(shop, Answer.LEAVE)
    assert isinstance(left, LeftUnanswered)
    other = _sell_answering(shop, Answer.LEAVE, Answer.AGREE)

    assert isinstance(other, Settled)
    assert [left.subject] == shop.counter.journal.unanswered()
    shop.settle_down()
    assert [] == shop.counter.journal.unanswered()
    assert [] == shop.disagreements()


def test_only_a_no_voids_what_nobody_has_answered(shop: Shop) -> None:
    """A void of the counter would give cash back that nobody paid, and an erased person could not be released: both are refused."""
    left = _sell(shop, Answer.LEAVE)
    assert isinstance(left, LeftUnanswered)
    undone = shop.void("first", left.subject)
    before = shop.counter.journal.tip()

    assert isinstance(undone, reversal.NotVoided)
    assert refusals.UNANSWERED is undone.refusal.phrase
    with pytest.raises(StillOpen):
        shop.counter.journal.erase(_certno(shop, left.subject))
    assert before == shop.counter.journal.tip()
    _ask_again(shop, Answer.AGREE)
    assert isinstance(shop.void("first", left.subject), reversal.Voided)
    assert [] == shop.disagreements()


def _certno(shop: Shop, subject: str) -> str:
    private = shop.counter.journal.records(subject)[0].private
    assert private is not None
    return str(private["certno"])


def test_declined_while_the_line_goes_down(shop: Shop) -> None:
    """The void waits for the line and goes up by itself: nothing is left done without goods and without a void."""

    def cut_and_decline() -> Answer:
        shop.cut()
        return Answer.DECLINE

    ended = _sell_answering(shop, cut_and_decline)
    assert isinstance(ended, Released)
    # As long as the sender would need to give a live request up.
    shop._sender_pause.wait(1.0)
    assert [ended.void_id] == catch_up.run(shop.counter, shop.driver)
    shop.mend()
    shop.settle_down()

    assert 1 == shop.script.asked.count("DifferenceShown")
    assert ended.void_id == shop.counter.journal.standing(ended.subject).reversed_by
    assert [] == shop.disagreements()


def test_void_that_the_centre_refuses_opens_the_question_again(shop: Shop) -> None:
    """Declined, and the settlement stands after all: somebody decides again, and the goods go out once."""
    goods = len(shop.script.goods)

    def stop_and_decline() -> Answer:
        shop.stop_sender()
        return Answer.DECLINE

    ended = _sell_answering(shop, stop_and_decline)
    assert isinstance(ended, Released)
    journal = shop.counter.journal
    said = {"infno": "2103", "outcome": "rejected", "found_by": "reply", "figures": None, "setl_id": "", "mdtrt_id": "", "words": "已清算"}
    with Journal(journal.directory, role="sender", clock=_clock(shop), entropy=SystemEntropy(), counter=journal.identity) as sender:
        sender.commit([Entry(kind="sending", subject=ended.void_id, body={"attempt": 1, "infno": "2103"})])
        sender.commit([Entry(kind="answered", subject=ended.void_id, body=said)])
    shop.start_sender()
    left = _ask_again(shop, Answer.LEAVE)

    assert [ended.subject] == left
    assert ["DifferenceShown"] == shop.script.asked
    assert [] == _ask_again(shop, Answer.AGREE)
    assert goods + 1 == len(shop.script.goods)
    shop.settle_down()
    assert [] == shop.disagreements()


def _clock(shop: Shop) -> FileClock:
    return FileClock(shop.stage.directory / "clock")


def test_slip_gives_no_cash_back_before_the_answer(shop: Shop) -> None:
    """Redeemed with other figures and not answered: no cash; asked again and agreed to, what was paid too much goes back once."""
    slip = _for_cash(shop)
    left = _redeem(shop, slip, Answer.LEAVE)
    assert isinstance(left, LeftUnanswered)
    unanswered = later.sale_of(shop.counter, slip)
    due_fen = later.cash_due_back_fen(shop.counter, slip)
    assert [] == _ask_again(shop, Answer.AGREE)
    state = shop.counter.journal.standing(slip)

    assert isinstance(unanswered, Refusal)
    assert ("LATER-SLIP-USED", 0) == (unanswered.code, due_fen)
    assert (left.subject, 900) == (state.redeemed_by, state.cash_returned_fen)
    assert 0 == later.cash_due_back_fen(shop.counter, slip)
    assert [] == shop.disagreements()
