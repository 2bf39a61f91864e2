"""A counter whose journal came back from a backup: it settles nothing twice, and does not go on as if it knew everything."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from offline_queue.journal import backup, restore
from settlement.checkout.states import PaidInCash, Settled
from settlement.errors import Refusal
from terminal import later
from terminal.person import Answer
from tests.world.shop import Shop


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """Return a shop whose centre executes a doubled request twice, as if it were another."""
    with Shop(tmp_path_factory.mktemp("restored"), personality="re-executes") as opened:
        yield opened


def _back_up(shop: Shop, name: str) -> Path:
    return backup.write(shop.counter.journal, shop.stage.directory / name).path


def _restore(shop: Shop, file: Path) -> None:
    counter = shop.counter

    def bring_back(directory: Path) -> None:
        restore.restore(directory, file, counter=counter.journal.identity, clock=counter.clock, entropy=counter.entropy, force=True)

    shop.reopen(bring_back)


def _sell_offline(shop: Shop, role: str) -> str:
    shop.cut()
    state = shop.sell(role, "1.00")
    assert isinstance(state, Settled)
    return state.subject


def test_what_was_sent_after_the_backup_is_found_and_not_sent_again(shop: Shop) -> None:
    """The backup holds an off-line sale as unsent, the centre has it: it is asked after, found, and booked once."""
    shop.sell("first", "1.00")
    subject = _sell_offline(shop, "first")
    file = _back_up(shop, "one.backup")
    shop.mend()
    shop.settle_down()
    assert "accepted" == str(shop.counter.journal.standing(subject).standing)

    _restore(shop, file)
    assert "provisional" == str(shop.counter.journal.standing(subject).standing)
    shop.settle_down()

    assert "accepted" == str(shop.counter.journal.standing(subject).standing)
    assert ["query"] == [record.body["found_by"] for record in shop.counter.journal.records(subject) if record.kind == "answered"]
    assert [] == shop.disagreements()


def test_what_was_never_sent_is_asked_after_and_stays_listed(tmp_path: Path) -> None:
    """Nobody knows that it was not sent: "not found" proves nothing, so it is neither sent nor forgotten."""
    with Shop(tmp_path) as shop:
        shop.sell("second", "1.00")
        subject = _sell_offline(shop, "second")
        _restore(shop, _back_up(shop, "two.backup"))
        shop.mend()
        shop.settle_down()

        assert [(subject, "unknown")] == [(row.msgid, row.state) for row in shop.counter.journal.owed()]
        kinds = [record.kind for record in shop.counter.journal.records(subject)]
        assert (True, False) == ("request_frozen" in kinds, "sending" in kinds)


def test_off_line_it_takes_cash_only(shop: Shop) -> None:
    """With the line down the account is refused by its reason, and cash and a slip are offered; on-line it settles as ever."""
    restored = shop.counter.journal.restored
    assert restored is not None
    shop.cut()
    state = shop.sell("torn", "2.00", answers={"SelfPayOffered": [Answer.CASH]})
    assert isinstance(state, PaidInCash)
    (record,) = [record for record in shop.counter.journal.records(state.subject) if record.kind == "cash_sale"]
    assert "OFFLINE-RESTORED" == record.body["reason"]

    shop.mend()
    settled = shop.sell("torn", "2.00")
    assert isinstance(settled, Settled)
    assert shop.counter.journal.standing(settled.subject).receipt.startswith(f"01-{restored.epoch}-")


def test_a_slip_of_before_the_restore_is_not_settled(shop: Shop) -> None:
    """Whether it was settled, or its cash returned, after the backup is not known: refused, and no cash goes back."""
    shop.cut()
    old = shop.sell("torn", "3.00", answers={"SelfPayOffered": [Answer.CASH]})
    assert isinstance(old, PaidInCash)
    _restore(shop, _back_up(shop, "three.backup"))
    new = shop.sell("torn", "3.00", answers={"SelfPayOffered": [Answer.CASH]})
    assert isinstance(new, PaidInCash)

    refused = later.sale_of(shop.counter, old.subject)
    assert isinstance(refused, Refusal)
    assert "LATER-SLIP-RESTORED" == refused.code
    assert 0 == later.cash_due_back_fen(shop.counter, old.subject)
    assert not isinstance(later.sale_of(shop.counter, new.subject), Refusal)


def test_a_doubt_of_before_the_backup_is_still_resolved(shop: Shop) -> None:
    """A reply that was lost before the backup, found after it: the restored journal asks again and books it once."""
    shop.mend()
    shop.sign_in_anew()
    shop.stage.bend_line({"mode": "drop-reply", "infno": "2102", "times": 1})
    state = shop.sell("killed", "4.00", answers={"DoubtOpen": [Answer.GOODS_OUT, Answer.LEAVE]})
    subject = shop.doubts()[-1]
    file = _back_up(shop, "four.backup")
    shop.mend()
    shop.settle_down()

    _restore(shop, file)
    shop.settle_down()

    assert "LeftInDoubt" == type(state).__name__
    assert "accepted" == str(shop.counter.journal.standing(subject).standing)
    assert [subject] == [one for one in shop.counter.journal.subjects() if one == subject]
