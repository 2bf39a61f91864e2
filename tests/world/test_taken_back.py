"""A sale or void that was on its way when the till died: taken back at the next start while the sender had not begun it, and closed."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest

from offline_queue.journal import Committed, Entry
from settlement import reversal
from settlement.checkout import events as on
from terminal import catch_up
from tests.world.shop import Shop
from tests.world.stricken import Death, Killed, Stricken


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """Return one shop for the file."""
    with Shop(tmp_path_factory.mktemp("taken") / "stage", exchange_s=0.3) as shop:
        yield shop


@pytest.fixture
def shop(opened: Shop, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    """Return the shop with a sender that dies before it sends a sale; afterwards another runs, and all agree."""
    monkeypatch.setattr(threading, "excepthook", lambda _: None)
    opened.stop_sender()
    Stricken.death = Death(kind="sending", infno="2102", before=True)
    opened.start_sender(Stricken)
    opened.stage.until("the line is up", lambda: opened.counter.journal.notes.sender_status().line == "up")
    yield opened
    opened.stop_sender()
    opened.start_sender()
    opened.settle_down()
    assert [] == opened.disagreements()
    assert [] == opened.counter.journal.owed()


def test_the_till_dies_while_it_waits(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing was sent: nobody is asked about goods, and nothing is settled later that would have to be released again."""

    def dies(msgid: str, **_: object) -> on.Event:
        shop.stage.until("the sender is dead", Stricken.death.happened.is_set)
        raise Killed(msgid)

    with monkeypatch.context() as dying:
        dying.setattr(shop.counter.line, "answer_of", dies)
        with pytest.raises(Killed) as killed:
            shop.sell("first")
    shop.script.asked.clear()
    left = catch_up.run(shop.counter, shop.driver)
    subject = str(killed.value)

    assert ([], []) == (left, shop.script.asked)
    assert "abandoned" == str(shop.counter.journal.standing(subject).standing)
    assert [] == shop.counter.journal.owed()


def test_the_till_dies_between_the_claim_and_its_booking(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Taken back and not written off: the next start writes it off, once."""
    with _dying_at_a_claim(shop, monkeypatch), pytest.raises(Killed) as killed:
        shop.sell("second")
    open_before = shop.counter.journal.open_subjects()
    catch_up.run(shop.counter, shop.driver)
    kinds = [record.kind for record in shop.counter.journal.records(str(killed.value))]

    assert [str(killed.value)] == open_before
    assert [] == catch_up.run(shop.counter, shop.driver)
    assert ["cancelled", "aborted"] == kinds[-2:]


def test_a_void_that_was_taken_back_may_be_tried_again(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """The till dies between the claim of a void and its booking: the next start ends it, and the settlement can still be voided."""
    Stricken.death = Death(kind="sending", infno="2103", before=True)
    shop.sell("first")
    sold = shop.script.goods[-1]
    with _dying_at_a_claim(shop, monkeypatch), pytest.raises(Killed):
        shop.void("first", sold)
    left = catch_up.run(shop.counter, shop.driver)
    shop.stop_sender()
    shop.start_sender()
    shop.stage.until("the line is up", lambda: shop.counter.journal.notes.sender_status().line == "up")

    assert [] == left
    assert isinstance(shop.void("first", sold), reversal.Voided)


@contextmanager
def _dying_at_a_claim(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Have the till die as soon as something is taken back from the sender."""
    commit = shop.counter.journal.commit

    def dies(entries: Sequence[Entry], *, claim: str = "") -> Committed:
        committed = commit(entries, claim=claim)
        if claim:
            raise Killed(claim)
        return committed

    with monkeypatch.context() as dying:
        dying.setattr(shop.counter.journal, "commit", dies)
        yield
