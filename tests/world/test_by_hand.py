"""What a statement leaves to a person is closed at the till: each cause in each of its ways, and then both sides state the same."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from nhsa.outcome import Accepted
from nhsa.pharmacy import reversal_input
from offline_queue import reconcile_command
from offline_queue.fold import Standing
from offline_queue.journal import backup, restore
from offline_queue.journal.verify import verify
from offline_queue.journal_command import export
from offline_queue.log.deriving import entry_of
from settlement.by_hand import CLOSED_BY, DifferenceClosed
from settlement.checkout.states import Settled
from settlement.errors import Refusal
from settlement.figures import Figures
from settlement.money import format_yuan
from settlement.statement import CAUSES
from terminal import catch_up, centre_differs, day_close, headless_day
from terminal.close_rows import late_sections
from terminal.desk_day import DayEnd
from terminal.headless_person import HeadlessPerson, Pipe
from terminal.screen.news import News
from terminal.screen.orders import CloseDifference
from terminal.screen.technician.frame import kind_words
from tests.world.shop import Shop
from tests.world.statements import PATIENT_S, bend, live, send, state, today, tomorrow

AREA = "990100"


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """Return a shop."""
    with Shop(tmp_path_factory.mktemp("by-hand") / "stage", exchange_s=PATIENT_S) as opened:
        yield opened


@pytest.fixture
def shop(opened: Shop) -> Shop:
    """Return the shop on a day of which nothing is booked yet."""
    tomorrow(opened)
    return opened


def sold(shop: Shop, role: str = "first", yuan: str = "5.00") -> tuple[str, Figures]:
    """Sell on-line; return its number and its figures."""
    ended = shop.sell(role, yuan)
    assert isinstance(ended, Settled), shop.script.told
    figures = shop.counter.journal.standing(ended.subject).figures
    assert figures is not None
    return ended.subject, figures


def found(shop: Shop, day: str) -> tuple[str, str]:
    """Have the day stated when it is over; return subject and cause of the one thing that a person has to close."""
    tomorrow(shop)
    stated = state(shop, day)
    (record,) = shop.counter.journal.open_differences()
    assert [record.body["cause"]] == [one["cause"] for one in stated["differences"]]
    assert stated["explained"]
    return record.subject, record.body["cause"]


def close(shop: Shop, subject: str, how: str) -> int:
    """Close it; return what is owed. Closed, it is not open, and not to be closed again."""
    assert Standing.DIFFERS is shop.counter.journal.standing(subject).standing
    closed = centre_differs.close(shop.counter, subject, how)
    assert isinstance(closed, DifferenceClosed)
    assert Standing.CLOSED_BY_HAND is shop.counter.journal.standing(subject).standing
    assert [] == shop.counter.journal.open_differences()
    again = centre_differs.close(shop.counter, subject, how)
    assert isinstance(again, Refusal)
    assert "DIFFERENCE-GONE" == again.code
    return closed.owed_fen


def refund_elsewhere(shop: Shop, msgid: str) -> None:
    """Have somebody else refund a settlement of ours at the centre: no counter here asked for it."""
    folded = shop.counter.journal.standing(msgid)
    known = [one.private["psn_no"] for one in shop.counter.journal.records(msgid) if one.private is not None and one.private.get("psn_no")]
    content = reversal_input(psn_no=known[0], setl_id=folded.setl_id, mdtrt_id=folded.mdtrt_id)
    courier = shop.sender._audit._courier
    assert isinstance(courier.deliver("2103", shop.counter.next_msgid(), content, insuplc_admdvs=AREA), Accepted)


def test_every_cause_of_a_person_has_its_ways() -> None:
    """Nothing that a statement leaves to a person is without an end, and nothing that closes by itself is asked about."""
    assert {cause.code for cause in CAUSES if not cause.automatic} == CLOSED_BY.keys()
    assert all(CLOSED_BY.values())


def test_nothing_is_asked_of_a_day_that_is_not_over(shop: Shop) -> None:
    """Until then a row may still come; the statement names it, and nobody is asked."""
    subject, _ = sold(shop)
    bend(shop, subject, corrected=1)

    assert ["missing-there"] == [one["cause"] for one in state(shop, today(shop))["differences"]]
    assert [] == shop.counter.journal.open_differences()
    bend(shop, subject, corrected=0)


def test_what_is_missing_there_is_claimed_and_owed_by_the_agency(shop: Shop) -> None:
    """Slip and request go to the agency: the row is stated no more, and what fund and account were to pay is owed."""
    subject, figures = sold(shop)
    day = today(shop)
    bend(shop, subject, corrected=1)
    difference, cause = found(shop, day)
    owed_fen = close(shop, difference, "claimed")

    assert ("missing-there", figures.fund_pay_sumamt + figures.acct_pay) == (cause, owed_fen)
    assert owed_fen > 0
    assert state(shop, day)["balanced"]
    assert [subject] == export(shop.counter.journal, reveal=False)["claimed"][-1:]
    counted = day_close.count(day_close.begin_close(shop.counter.journal), 0)
    assert ("claimed", owed_fen) in [(one.what, one.amount_fen) for one in counted.tally.receivables]
    assert "经办机构待付" in str(late_sections(counted.tally, language="zh"))
    bend(shop, subject, corrected=0)


def test_what_the_agency_mends_is_asked_about_no_more(shop: Shop) -> None:
    """A later statement of the day that does not name it closes it by itself."""
    subject, _ = sold(shop)
    day = today(shop)
    bend(shop, subject, corrected=1)
    difference, _ = found(shop, day)
    bend(shop, subject, corrected=0)

    assert state(shop, day)["balanced"]
    assert [] == shop.counter.journal.open_differences()
    assert isinstance(centre_differs.close(shop.counter, difference, "claimed"), Refusal)


def test_other_amounts_are_taken_and_the_customers_part_is_owed(shop: Shop) -> None:
    """Three fen more of the customer's cash in the centre's books: they are booked here, and the customer owes them."""
    subject, figures = sold(shop)
    day = today(shop)
    more = {name: getattr(figures, name) + 3 for name in ("medfee_sumamt", "inscp_scp_amt", "psn_part_amt", "psn_cash_pay")}
    theirs = replace(figures, **more)
    bend(shop, subject, figures=json.dumps(asdict(theirs)))
    difference, cause = found(shop, day)
    owed_fen = close(shop, difference, "taken")
    folded = shop.counter.journal.standing(subject)

    assert ("other-amounts", 3) == (cause, owed_fen)
    assert (theirs, figures) == (folded.figures, folded.booked)
    assert state(shop, day)["balanced"]


@pytest.mark.parametrize(("how", "owed"), [("goods-back", 0), ("goods-out", 1)])
def test_a_refund_from_elsewhere_is_booked_here(shop: Shop, how: str, owed: int) -> None:
    """The agency refunded it: with the goods here again nothing is owed, else the customer owes what fund and account took back."""
    subject, figures = sold(shop)
    day = today(shop)
    refund_elsewhere(shop, subject)
    difference, cause = found(shop, day)
    owed_fen = close(shop, difference, how)

    assert "refunded-elsewhere" == cause
    assert owed * (figures.fund_pay_sumamt + figures.acct_pay) == owed_fen
    assert state(shop, day)["balanced"]


@pytest.mark.parametrize("how", ["stands", "release"])
def test_what_a_restore_lost_stands_or_is_released(shop: Shop, how: str) -> None:
    """Its record is gone with the disk: with the goods out the centre's row is stated, with the goods here it goes back by 2103."""
    _, figures = sold(shop, "second", "2.00")
    file = backup.write(shop.counter.journal, shop.stage.directory / f"{how}.backup").path
    sold(shop, "second", "2.00")
    day, counter = today(shop), shop.counter
    shop.reopen(
        lambda directory: restore.restore(
            directory, file, counter=counter.journal.identity, clock=counter.clock, entropy=counter.entropy, force=True
        )
    )
    shop.settle_down()
    difference, cause = found(shop, day)
    before = live(shop)
    owed_fen = close(shop, difference, how)
    shop.settle_down()

    assert ("lost-here", 0) == (cause, owed_fen)
    released = [("2103", -figures.medfee_sumamt)] if how == "release" else []
    assert [*before, *released] == live(shop)
    assert state(shop, day)["balanced"]
    assert state(shop, today(shop))["balanced"]
    assert [] == shop.disagreements()


def test_a_way_of_another_cause_is_none(shop: Shop) -> None:
    """Nothing is closed by words that do not fit what was found; the journal is whole, and says what waits."""
    subject, _ = sold(shop)
    day = today(shop)
    bend(shop, subject, corrected=1)
    difference, _ = found(shop, day)

    assert isinstance(centre_differs.close(shop.counter, difference, "stands"), Refusal)
    assert [difference] == [one.subject for one in shop.counter.journal.open_differences()]
    assert [subject] == [one["msgid"] for one in reconcile_command.reconciled(shop.counter.journal, day)["to_close"]]
    assert () == verify(shop.counter.journal).faults
    bend(shop, subject, corrected=0)
    state(shop, day)


def test_two_tills_rows_are_nobodys_question(shop: Shop) -> None:
    """What another till settled is checked in its own statement: nothing waits for a person here."""
    subject, _ = sold(shop)
    day = today(shop)
    send(shop, subject, f"{shop.counter.next_msgid()[:26]}0700")
    tomorrow(shop)
    state(shop, day)
    catch_up.run(shop.counter, shop.driver)

    assert [] == shop.counter.journal.open_differences()


def test_a_till_without_a_screen_closes_them_too(shop: Shop) -> None:
    """Listed with its ways and what each leaves owed; a way that is none is refused by its code, one that is ends it."""
    subject, figures = sold(shop)
    day = today(shop)
    bend(shop, subject, corrected=1)
    difference, _ = found(shop, day)
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        person = HeadlessPerson(Pipe(0, nowhere.fileno()))
        (open_,) = headless_day.serve({"do": "differences"}, shop.counter, person)["open"]
        refused = headless_day.serve({"do": "agree", "subject": difference, "how": "stands"}, shop.counter, person)
        ended = headless_day.serve({"do": "agree", "subject": difference, "how": "claimed"}, shop.counter, person)

    assert (difference, {"claimed": figures.acct_pay}) == (open_["subject"], open_["ways"])
    assert {"end": "Failed", "code": "DIFFERENCE-GONE"} == refused
    assert {"end": "DifferenceClosed", "how": "claimed", "owed_fen": figures.acct_pay} == ended
    bend(shop, subject, corrected=0)


def test_the_desk_lists_and_closes_them(shop: Shop) -> None:
    """The screen's order is served, what is owed is told, and the status names it no more."""
    subject, figures = sold(shop)
    day = today(shop)
    bend(shop, subject, corrected=1)
    difference, _ = found(shop, day)
    (listed,) = centre_differs.listed(shop.counter.journal, "en")
    said: list[News] = []
    end = DayEnd(shop.counter, shop.counter.start_printing(), said.append)
    end.serve(CloseDifference(difference, "claimed"))
    end.serve(CloseDifference(difference, "claimed"))

    assert ("claimed", True) == (listed.ways[0][0], format_yuan(figures.acct_pay) in listed.ways[0][1])
    assert ["DifferenceClosed", "Told"] == [type(one).__name__ for one in said]
    assert () == centre_differs.listed(shop.counter.journal, "zh")
    bend(shop, subject, corrected=0)


def test_the_technician_has_a_word_for_each(shop: Shop) -> None:
    """Whatever stands in the log after all this is called something, and nothing that is over is under way."""
    journal = shop.counter.journal
    rows = [entry_of(history) for history in journal.histories(journal.subjects())]

    assert {"difference_found", "restored", "day_stated", "stray_found"} <= {row.kind for row in rows} <= kind_words().keys()
    assert {"stray_found"} >= {row.kind for row in rows if row.standing == "pending"}
