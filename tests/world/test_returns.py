"""Part of a sale comes back: released whole, and what is kept settled anew, whatever happens in between."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from clearing.database import Database
from clearing.export import export as clearing_export
from config.case_file import lines_of
from offline_queue.journal import Committed, Entry, Journal
from settlement.bill import Bill
from settlement.checkout.states import Sale, Settled
from settlement.errors import Refusal
from terminal import catch_up, returns
from terminal.counter import Counter
from terminal.driver import Driver
from terminal.person import Answer
from tests.world.shop import Shop

ROWS = [
    {"name": "演示片", "price": "5.00", "class": "01", "first_pay_ratio": "0", "kind": "国药准字", "code": "A001"},
    {"name": "演示胶囊", "price": "3.00", "quantity": "2", "class": "01", "first_pay_ratio": "0", "kind": "国药准字", "code": "A002"},
]
STEPS_MAX = 30


class Killed(BaseException):
    """The till is gone before its next transaction."""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """Return one shop for the file."""
    with Shop(tmp_path_factory.mktemp("returns") / "stage", exchange_s=10.0) as opened:
        yield opened


def sell(shop: Shop, role: str) -> str:
    """Sell two kinds of goods, 11.00, and return the settlement."""
    shop.insert(role)
    shop._ready([shop.stage.cast[role].pin], None)
    policy, place = shop.counter.policy(), shop.counter.settings.counter
    assert not isinstance(policy, Refusal)
    bill = Bill(admdvs=place.admdvs, begntime=shop.counter.at, venue=place.venue, lines=lines_of(ROWS))
    ended = shop.driver.sell(Sale(bill=bill, policy=policy))
    assert isinstance(ended, Settled), shop.script.told
    return ended.subject


def at_centre(shop: Shop, since: int = 0) -> list[tuple[str, int]]:
    """Return (infno, total) of the centre's rows from ``since`` on."""
    with Database(shop.stage.directory / "centre") as database, database.transaction() as db:
        return [(row["infno"], row["movements"]["total_fen"]) for row in clearing_export(db)["settlements"]][since:]


def ended_as(shop: Shop, subject: str) -> str:
    """Return how a return ended."""
    return str(next(one for one in shop.counter.journal.records(subject) if one.kind == "return_ended").body["how"])


def second_line(shop: Shop, subject: str, quantity_e4: int = 1_0000) -> dict[str, int]:
    """Return one of the two capsules."""
    intent: Any = shop.counter.journal.standing(subject).intent
    return {intent.bill.lines[1].feedetl_sn: quantity_e4}


def test_what_is_kept_is_settled_anew(shop: Shop) -> None:
    """11.00 goes back whole, 8.00 is settled; the records name each other."""
    before = len(at_centre(shop))
    subject = sell(shop, "first")
    ended = returns.begin(shop.counter, shop.driver, subject, second_line(shop, subject))
    assert isinstance(ended, returns.Returned)

    assert ("resold", [("2102", 1100), ("2103", -1100), ("2102", 800)]) == (ended.stage, at_centre(shop, before))
    assert subject == shop.counter.journal.standing(ended.void).original
    assert ("resold", []) == (ended_as(shop, ended.subject), shop.counter.journal.open_returns())
    assert [] == shop.disagreements()


@pytest.mark.parametrize(
    "returned",
    [{}, {"99": 1_0000}, {"1": 1_0000, "2": 2_0000}, {"1": -1}, {"2": 3_0000}, {"1": "1"}],
    ids=["nothing", "unknown", "everything", "less than none", "more than sold", "no number"],
)
def test_what_is_no_part_of_it_is_refused(shop: Shop, returned: dict[str, int]) -> None:
    """Before anything is asked or recorded."""
    subject = sell(shop, "first")
    before = shop.counter.journal.tip()

    assert isinstance(returns.begin(shop.counter, shop.driver, subject, returned), Refusal)
    assert before == shop.counter.journal.tip()


def test_a_rest_that_the_centre_would_not_settle_leaves_all_as_it_was(shop: Shop) -> None:
    """The card is reported lost: the dry run says so, and nothing moves."""
    subject = sell(shop, "torn")
    shop.stage.report_loss(shop.stage.cast["torn"])
    before = at_centre(shop)
    refused = returns.begin(shop.counter, shop.driver, subject, second_line(shop, subject))

    assert isinstance(refused, Refusal)
    assert ("RETURN-REST-REFUSED", before) == (refused.code, at_centre(shop))


def test_a_rest_that_is_refused_after_the_refund_is_offered_for_cash(shop: Shop) -> None:
    """Lost while it was being returned: the refund is whole, and what is kept is paid in cash."""
    subject = sell(shop, "second")
    before = len(at_centre(shop))

    def lose() -> Answer:
        shop.stage.report_loss(shop.stage.cast["second"])
        return Answer.SETTLE

    shop._ready([shop.stage.cast["second"].pin], {"Proposed": [lose], "SelfPayOffered": [Answer.CASH]})
    ended = returns.begin(shop.counter, shop.driver, subject, second_line(shop, subject))
    assert isinstance(ended, returns.Returned)

    assert ("cash", [("2103", -1100)]) == (ended.stage, at_centre(shop, before))
    assert ("cash", 800) == (ended_as(shop, ended.subject), shop.counter.journal.standing(ended.sale).outside_fen)
    assert [] == shop.disagreements()


def test_killed_before_any_of_its_transactions_it_goes_on_from_there(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is on disk is gone on with: in the end the whole is released once, and the rest settled once."""
    for last in range(1, STEPS_MAX):
        subject = sell(shop, "first")
        before = len(at_centre(shop))
        survived = _killed_at(shop, monkeypatch, last, subject)
        _come_back(shop)
        for _ in range(3):
            for open_one in shop.counter.journal.open_returns():
                returns.resume(shop.counter, shop.driver, open_one)
            catch_up.run(shop.counter, shop.driver)
        rows = at_centre(shop, before)

        assert rows in ([], [("2103", -1100), ("2102", 800)]), last
        assert ([], []) == (shop.counter.journal.open_returns(), shop.doubts()), last
        assert [] == shop.disagreements(), last
        if survived:
            assert last > 4
            return
    pytest.fail("it never came to its end")


def _killed_at(shop: Shop, monkeypatch: pytest.MonkeyPatch, last: int, subject: str) -> bool:
    """Return in part, killed before the transaction ``last``; return whether it came to its end before that."""
    begun, whole = 0, Journal.commit

    def struck(journal: Journal, entries: Sequence[Entry], *, claim: str = "") -> Committed:
        nonlocal begun
        if journal.role == "till":
            begun += 1
            if begun == last:
                raise Killed
        return whole(journal, entries, claim=claim)

    monkeypatch.setattr(Journal, "commit", struck)
    try:
        returns.begin(shop.counter, shop.driver, subject, second_line(shop, subject))
    except Killed:
        return False
    finally:
        monkeypatch.setattr(Journal, "commit", whole)
    return True


def _come_back(shop: Shop) -> None:
    """Start the till again on what is on disk, with the card still there."""
    shop.counter.journal.close()
    shop.counter = shop._ends.enter_context(Counter(shop._directory))
    shop.driver = Driver(shop.counter, shop.script)
    shop._ready([shop.stage.cast["first"].pin], None)
    shop.settle_down()
