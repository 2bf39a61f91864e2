"""Everything that Ctrl+K offers has its effect, as the till sees it through its reader and its sender."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from settlement import reversal
from settlement.checkout.states import ClosedUnpaid, Settled
from terminal.cards.errors import NoCard
from terminal.cards.opening import slots_of
from terminal.demo.devices import Devices, LineState, Note
from terminal.demo.playground import Playground
from terminal.demo.progress import Progress, Step
from terminal.person import Answer
from tests.playground.tried import Till, ready, till_on, until
from tests.world.shop import Say

_CALL_S = 0.02
_SLOW_S = 0.4


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Playground, Till]]:
    """One playground and its till for all that follows."""
    with ready(tmp_path_factory.mktemp("devices")) as playground, till_on(playground) as till:
        yield playground, till


@pytest.fixture
def till(played: tuple[Playground, Till]) -> Iterator[Till]:
    """The till with an empty reader and a line that is whole; card, journal and centre agree before and after."""
    playground, till = played
    playground.devices.mend_line()
    playground.devices.pull()
    playground.devices.keep_card()
    till.wait_for_line("up")
    yield till
    playground.devices.mend_line()
    till.wait_for_line("up")
    till.drain()
    assert () == till.agreement().differences


def allowance_fen(till: Till, role: str) -> int | None:
    """Return what the card carries."""
    return next(card.allowance_fen for card in till.devices.cards() if card.role == role)


def back(till: Till, role: str) -> list[Say]:
    """Answer a doubt by putting the card back and looking again, then by handing the goods over."""

    def put_back() -> Answer:
        till.devices.insert(role)
        return Answer.AGAIN

    return [put_back, Answer.GOODS_OUT]


def test_first_sale_off_line_is_paid_by_the_account(till: Till) -> None:
    """Cut before any sale on-line: the allowance of the new card pays, the slip says so, the centre agrees once it is mended."""
    before_fen = allowance_fen(till, "third")
    till.devices.cut_line()
    till.wait_for_line("down")
    till.devices.insert("third")

    end = till.sell("12.34", pin_of="third")

    assert isinstance(end, Settled)
    assert (12_34, 0) == (end.figures.acct_pay, end.figures.psn_cash_pay)
    assert "脱机" in till.script.slips[0]
    assert before_fen is not None
    assert before_fen - 12_34 == allowance_fen(till, "third")
    assert 1 == len(till.counter.journal.owed())

    till.devices.mend_line()
    till.drain()

    assert () == till.agreement().differences


def test_cards_go_in_and_out(till: Till) -> None:
    """One card at a time: another is refused until the first is out, or they are swapped."""
    devices = till.devices
    slots = slots_of(till.counter.settings.reader)
    seen = [slots.presence()]

    assert devices.insert("first")
    seen.append(slots.presence())
    assert not devices.insert("second")
    assert devices.insert("first")
    assert seen[-1] == slots.presence()
    assert ("first", [True, False, False, False]) == (devices.state().inserted, [card.inserted for card in devices.cards()])

    devices.swap("second")
    seen.append(slots.presence())
    assert "second" == devices.state().inserted

    devices.swap("second")
    seen.append(slots.presence())
    devices.pull()

    assert "" == devices.state().inserted == slots.presence()
    with pytest.raises(NoCard):
        slots.card()
    assert 4 == len(set(seen))
    with pytest.raises(KeyError):
        devices.insert("nobody")


def test_card_that_is_pulled_in_the_write_proves_nothing_was_debited(till: Till) -> None:
    """Torn at the first record and put back: the sale counts as not done; the next one on-line makes the card whole."""
    till.devices.cut_line()
    till.wait_for_line("down")
    till.devices.insert("second")
    till.devices.pull_during_next_write()
    assert till.devices.state().pull_prepared

    end = till.sell("5.00", pin_of="second", answers={"DoubtOpen": back(till, "second")})

    assert "DoubtOpen" in till.script.asked
    assert isinstance(end, ClosedUnpaid)
    assert not till.devices.state().pull_prepared
    assert Note.TORN is next(card.note for card in till.devices.cards() if card.role == "second")
    assert allowance_fen(till, "second") is None

    till.devices.mend_line()
    till.wait_for_line("up")
    assert isinstance(till.sell("5.00", pin_of="second"), Settled)
    assert Note.NONE is next(card.note for card in till.devices.cards() if card.role == "second")
    assert allowance_fen(till, "second")


def test_card_that_is_pulled_after_the_write_proves_the_debit(till: Till) -> None:
    """Pulled behind the last record: put back, the card says that it paid."""
    before_fen = allowance_fen(till, "first")
    till.devices.cut_line()
    till.wait_for_line("down")
    till.devices.insert("first")
    till.devices.pull_during_next_write(3, "after")

    end = till.sell("5.00", pin_of="first", answers={"DoubtOpen": back(till, "first")})

    assert isinstance(end, Settled)
    assert before_fen is not None
    assert before_fen - 5_00 == allowance_fen(till, "first")


def test_prepared_pull_waits_for_the_next_write_of_any_card_and_can_be_taken_back(till: Till) -> None:
    """A sale on-line writes nothing, so the pull stays prepared; taken back, the next sale is whole."""
    till.devices.pull_during_next_write()
    till.devices.insert("third")
    assert isinstance(till.sell("1.00", pin_of="third"), Settled)
    assert till.devices.state().pull_prepared

    till.devices.keep_card()
    till.devices.cut_line()
    till.wait_for_line("down")

    assert isinstance(till.sell("1.00", pin_of="third"), Settled)
    assert "DoubtOpen" not in till.script.asked


def test_card_that_was_out_in_between_is_not_the_one_that_gave_its_pin(till: Till) -> None:
    """Pulled and put back while the split is shown: the off-line write finds no session, and nothing is debited."""
    before_fen = allowance_fen(till, "third")
    till.devices.cut_line()
    till.wait_for_line("down")
    till.devices.insert("third")

    def out_and_in() -> Answer:
        till.devices.swap("third")
        return Answer.SETTLE

    end = till.sell("2.00", pin_of="third", answers={"Quoted": [out_and_in], "DoubtOpen": [Answer.AGAIN, Answer.GOODS_KEPT]})

    assert isinstance(end, ClosedUnpaid)
    assert before_fen == allowance_fen(till, "third")


def test_lost_reply_is_a_doubt_that_a_query_resolves(till: Till) -> None:
    """The centre has executed it and the answer is gone: found, never sent again; the next sale is answered."""
    settled = till.agreement().settlements
    till.devices.insert("third")
    till.devices.drop_next_reply()
    assert till.devices.state().reply_lost

    end = till.sell("3.00", pin_of="third", answers={"DoubtOpen": [Answer.GOODS_OUT, Answer.AGAIN]})

    assert "DoubtOpen" in till.script.asked
    assert isinstance(end, Settled)
    assert not till.devices.state().reply_lost
    assert isinstance(till.sell("3.00", pin_of="third"), Settled)
    assert "DoubtOpen" not in till.script.asked
    assert settled + 2 == till.agreement().settlements


def test_lost_reply_can_be_asked_for_again(till: Till) -> None:
    """Twice in a row is twice: the rule is no one-time thing."""
    till.devices.insert("third")
    for _ in range(2):
        till.devices.drop_next_reply()
        till.sell("3.00", pin_of="third", answers={"DoubtOpen": [Answer.GOODS_OUT, Answer.AGAIN]})
        assert "DoubtOpen" in till.script.asked


def test_doubled_reply_settles_once(till: Till) -> None:
    """The same answer twice is one settlement."""
    settled = till.agreement().settlements
    till.devices.insert("third")
    till.devices.double_next_reply()
    assert till.devices.state().reply_doubled

    end = till.sell("3.00", pin_of="third", answers={"DoubtOpen": [Answer.GOODS_OUT, Answer.AGAIN]})

    assert isinstance(end, Settled)
    assert not till.devices.state().reply_doubled
    till.drain()
    assert settled + 1 == till.agreement().settlements


def test_void_loses_its_reply_too(till: Till) -> None:
    """A void is an answer that somebody waits for as well."""
    till.devices.insert("third")
    sold = till.sell("3.00", pin_of="third")
    assert isinstance(sold, Settled)
    till.devices.drop_next_reply()

    end = till.void(sold.subject, pin_of="third")

    assert isinstance(end, reversal.InDoubt)
    assert not till.devices.state().reply_lost


def test_slow_line_takes_its_time(till: Till) -> None:
    """Every answer comes late; at 0 the line is as it was, and mending does the same."""
    till.devices.insert("third")
    till.devices.slow_line(_SLOW_S)
    assert (LineState.SLOW, _SLOW_S) == (till.devices.line(), till.devices.state().slow_s)

    began = time.monotonic()
    assert isinstance(till.sell("1.00", pin_of="third"), Settled)
    assert time.monotonic() - began > 3 * _SLOW_S  # who it is, what was used, the settlement

    till.devices.slow_line(0)
    assert LineState.UP is till.devices.line()
    till.devices.slow_line(_SLOW_S)
    till.devices.cut_line()
    assert LineState.CUT is till.devices.line()
    till.devices.mend_line()
    assert LineState.UP is till.devices.line()


def test_reported_card_is_refused_on_line_and_off(till: Till) -> None:
    """The centre refuses it at once, and the counter by its own list when the line is cut."""
    began = time.monotonic()
    till.devices.report_loss("fourth")
    assert time.monotonic() - began < _CALL_S
    assert ("fourth",) == till.devices.state().reporting
    until("it is reported", lambda: not till.devices.state().reporting)
    assert Note.LOST is next(card.note for card in till.devices.cards() if card.role == "fourth")
    till.devices.report_loss("fourth")
    assert () == till.devices.state().reporting

    till.devices.insert("fourth")
    till.sell("1.00", pin_of="fourth")
    assert "SelfPayOffered" in till.script.asked

    until("the list has come", lambda: till.counter.journal.notes.sender_status().hotlist_version > 0)
    till.devices.cut_line()
    till.wait_for_line("down")
    till.sell("1.00", pin_of="fourth")
    assert ["SelfPayOffered"] == till.script.asked


def test_printer_without_paper_keeps_its_slip(till: Till) -> None:
    """Without paper the sale is a sale and its slip waits; with a new roll it is printed."""
    counter, without = till.counter, till.counter.printer
    queue = counter.start_printing()
    try:
        till.devices.printer_out_of_paper(True)
        assert till.devices.state().paper_out
        till.devices.insert("third")

        end = till.sell("1.00", pin_of="third")

        assert isinstance(end, Settled)
        until("it is known", lambda: queue.state().why)
        assert "PRINTER-NO-PAPER" == getattr(queue.state().why, "code", "")
        assert not counter.journal.standing(end.subject).printed

        till.devices.printer_out_of_paper(False)
        assert not till.devices.state().paper_out
        queue.retry()
        until("it is printed", lambda: counter.journal.standing(end.subject).printed)
        assert end.subject in (counter.journal.directory / "printer" / "paper.txt").read_text(encoding="utf-8")
    finally:
        queue.close()
        counter.printer = without


def test_each_call_is_short(till: Till) -> None:
    """A panel may call from the thread that draws: nothing waits for a process or a network."""
    devices = till.devices
    calls: tuple[Callable[[], object], ...] = (
        devices.cards,
        devices.state,
        devices.samples,
        lambda: devices.insert("first"),
        lambda: devices.swap("second"),
        devices.pull_during_next_write,
        devices.keep_card,
        devices.pull,
        devices.cut_line,
        devices.mend_line,
        lambda: devices.slow_line(0.1),
        devices.drop_next_reply,
        devices.double_next_reply,
        lambda: devices.printer_out_of_paper(False),
    )
    slow = []
    for number, call in enumerate(calls):
        # The best of three: the two cores of a machine may be busy elsewhere.
        took_s = []
        for _ in range(3):
            began = time.monotonic()
            call()
            took_s.append(time.monotonic() - began)
        if min(took_s) > _CALL_S:
            slow.append((number, min(took_s)))

    till.devices.insert("first")
    till.sell("1.00", pin_of="first", answers={"DoubtOpen": [Answer.GOODS_OUT, Answer.AGAIN]})
    assert [] == slow


def test_many_hands_leave_one_state(till: Till) -> None:
    """Called from several threads at once, slot and line stay whole."""
    devices = till.devices

    def play(role: str) -> None:
        for _ in range(20):
            devices.swap(role)
            devices.slow_line(0.01)
            devices.cards()
            devices.pull()
            devices.mend_line()

    hands = [threading.Thread(target=play, args=(role,)) for role in ("first", "second", "third")]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()

    state = devices.state()
    assert ("", LineState.UP, Step.READY, "") == (state.inserted, state.line, state.step, state.failure)
    devices.insert("first")
    assert isinstance(till.sell("1.00", pin_of="first"), Settled)


def test_nothing_moves_before_the_playground_stands(tmp_path: Path) -> None:
    """Until it is ready there is no card to take and no line to cut, and asking for it harms nothing."""
    devices = Devices(Progress())

    assert not devices.insert("first")
    devices.pull()
    devices.cut_line()
    devices.report_loss("first")

    assert ((), (), LineState.UP) == (devices.cards(), devices.samples(), devices.line())
    assert Step.EARLIER is devices.state().step
    assert [] == list(tmp_path.iterdir())
