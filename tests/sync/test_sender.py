"""The sender in a whole shop: lanes, causality, what is never sent, what is set aside."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from clearing.database import Database
from clearing.export import export as clearing_export
from offline_queue.journal import Entry
from offline_queue.standing_queue import status_of
from settlement import reversal
from settlement.checkout.states import Dropped, Settled
from tests.world.shop import Shop


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """Return one shop for the file."""
    with Shop(tmp_path_factory.mktemp("sender") / "stage") as opened:
        for role in ("first", "second"):
            opened.sell(role, "5.00")
        yield opened


def _executed(shop: Shop) -> list[str]:
    with Database(shop.stage.directory / "centre") as database, database.transaction() as db:
        return [row["msgid"] for row in clearing_export(db)["settlements"]]


def test_unreachable_on_the_live_lane_is_never_sent_afterwards(shop: Shop) -> None:
    """The till goes on off-line under another number; the on-line intent is closed for good."""
    shop.stage.bend_line({"mode": "refuse"})
    ended = shop.sell("first")
    subjects = shop.counter.journal.by_owner(shop.stage.cast["first"].certno)
    online = [subject for subject in subjects if shop.counter.journal.standing(subject).answer == "unreachable"]
    shop.mend()
    shop.settle_down()

    assert isinstance(ended, Settled)
    assert set() == set(online) & set(_executed(shop))
    assert [] == shop.disagreements()


def test_backlog_goes_up_in_order_when_the_line_is_back(shop: Shop) -> None:
    """Off-line sale, its void and the next sale of one person: as a chain, each when the one before is closed."""
    shop.cut()
    first = shop.sell("second", "2.00")
    assert isinstance(first, Settled)
    void = shop.void("second", first.subject)
    second = shop.sell("second", "3.00")
    assert isinstance(second, Settled)
    waits = {row["msgid"]: row["waits_for"] for row in status_of(shop.counter.journal)["rows"]}
    shop.mend()
    shop.settle_down()

    assert isinstance(void, reversal.Waiting)
    assert {first.subject: "", void.subject: first.subject, second.subject: first.subject} == waits
    executed = _executed(shop)
    assert [first.subject, void.subject, second.subject] == [msgid for msgid in executed if msgid in waits]
    assert [] == shop.disagreements()


def test_poison_is_set_aside_and_others_flow(shop: Shop) -> None:
    """A row that can never be built is shown with its words; other people's rows go on."""
    journal = shop.counter.journal
    shop.cut()
    sold = shop.sell("first", "2.00")
    assert isinstance(sold, Settled)
    poison = shop.counter.next_msgid()
    intent = next(record for record in journal.records(sold.subject) if record.kind == "sale_intended")
    done = next(record for record in journal.records(sold.subject) if record.kind == "done")
    broken = {**intent.body, "bill": {**intent.body["bill"], "begntime": "the day before yesterday"}}
    person = {"certno": "990100197001010000", "psn_name": "演示", "card_no": "x", "card_sn": "y"}
    journal.commit([Entry(kind="sale_intended", subject=poison, body=broken, private=person, owner=person["certno"])])
    journal.commit([Entry(kind="done", subject=poison, body={**done.body, "receipt": "99-9-999999"})])
    shop.mend()
    shop.stage.until("the other sale is up", lambda: sold.subject in _executed(shop))
    rows = {row["msgid"]: row for row in status_of(journal)["rows"]}

    assert {poison} == set(rows)
    assert rows[poison]["state"] in {"set_aside", "waiting"}


def test_sign_in_is_made_again_under_the_same_msgid(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A centre that forgets sign-ins: refused before any business, mended, delivered once."""
    with Shop(tmp_path_factory.mktemp("expires") / "stage", personality="expires") as shop:
        ended = [shop.sell("first") for _ in range(12)]
        shop.settle_down()

        assert {Settled} == {type(state) for state in ended}
        assert [] == shop.disagreements()


def test_a_customer_may_leave_a_refusal(shop: Shop) -> None:
    """A card reported lost is refused, nothing moves, and the queue is as it was."""
    shop.stage.report_loss(shop.stage.cast["lost"])
    queue = len(shop.counter.journal.owed())

    assert isinstance(shop.sell("lost"), Dropped)
    assert queue == len(shop.counter.journal.owed())


def test_send_now_ends_every_pause(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """A person who presses "send now" does not wait for the next probe of a line that was down."""
    shop.cut()
    monkeypatch.setattr("offline_queue.sync.sender._PROBE_S", 3600.0)
    shop.mend_quietly()
    assert "down" == shop.counter.journal.notes.sender_status().line
    shop.counter.journal.notes.nudge()
    shop.stage.until("the line is up", lambda: shop.counter.journal.notes.sender_status().line == "up")
    assert "up" == shop.counter.journal.notes.sender_status().line
