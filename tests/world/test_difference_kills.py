"""kill -9 of the real till around a difference: whatever was booked with other figures gets its goods or its void, once (invariant 11)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field

import pytest

from config.clock import SystemClock
from config.entropy import SystemEntropy
from offline_queue.fold import Folded, Standing
from offline_queue.journal import Journal
from offline_queue.journal.verify import verify
from settlement.facts import DifferenceAnswered, SaleIntended, VoidIntended
from terminal.demo.conversation import Message, Outcome, Reply, Till, TillDied
from terminal.demo.stage import Stage
from tests.world.test_differences import stricter
from tests.world.test_kills import Counter

ASKED = "DifferenceShown"
DONE, ANSWERED, PRINTED = 2, 3, 4
"""Transactions of a till that sells: its intent is the first."""
ANSWERS = ("agree", "decline")


@dataclass(slots=True)
class Day:
    """One shop whose centre has other rules, and what its tills said."""

    counter: Counter
    goods: list[str] = field(default_factory=list)

    def heard(self, outcome: Outcome) -> Outcome:
        """Note whose goods went out."""
        self.goods += [message["goods"] for message in outcome.said if "goods" in message]
        return outcome

    def sell_dying(self, death: str, answer: Reply) -> None:
        """Sell with a difference and be killed at ``death``."""
        till = self.counter.start_till(death)
        with suppress(TillDied):
            till.open()
            self.counter.sell(till, "10.00", first_pay="0.1", difference=answer)
            raise AssertionError(death)
        _buried(till)

    def sell_killed_at_the_question(self) -> None:
        """Kill the till while the difference stands on its screen."""
        till = self.counter.start_till()

        def kill(question: Message) -> str:
            assert question["shown"] != question["settled"]
            till.kill()
            return "agree"

        with suppress(TillDied):
            till.open()
            self.counter.sell(till, "10.00", first_pay="0.1", difference=kill)
            raise AssertionError(ASKED)
        _buried(till)

    def recover_dying(self, death: str, answer: str) -> None:
        """Start the till, answer what it asks, and be killed at ``death``."""
        till = self.counter.start_till(death)
        with suppress(TillDied):
            till.open(replies={ASKED: answer})
            raise AssertionError(death)
        _buried(till)

    def recover(self, answer: str) -> list[str]:
        """Start the till, answer what it asks, close it, and return what it asked."""
        till = self.counter.start_till()
        outcome = self.heard(till.open(replies={ASKED: answer}))
        till.close()
        return outcome.asked


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    """Return one shop for the file; each test leaves it in agreement and with nothing to be answered."""
    directory = tmp_path_factory.mktemp("difference-kills")
    counter = Counter(directory / "stage", centre_regions=stricter(directory))
    with counter.stage:
        till = counter.till()
        counter.start_sender()
        counter.stage.until("the line is up", lambda: counter.stage.sync_status("east")["line"]["state"] == "up")
        counter.sell(till, "5.00")
        till.close()
        yield Day(counter)
        counter.stop_sender()


@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.parametrize("death", ["done", "question"])
def test_killed_before_the_answer(day: Day, death: str, answer: str) -> None:
    """Booked and not asked, or asked and not answered: asked at the next start, and answered once."""
    if death == "done":
        day.sell_dying(f"commit:{DONE}:after", answer)
    else:
        day.sell_killed_at_the_question()
    sale = last_sale(day)
    assert (True, None) == (sale.done, sale.difference_agreed)

    assert [ASKED] == day.recover(answer)
    assert [] == day.recover(answer)
    _ends_as(day, answer, goods=answer == "agree")


@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_while_the_answer_is_written(day: Day, when: str, answer: str) -> None:
    """The answer is on disk with all that belongs to it, or it is not and is asked for again: never a no without its void."""
    day.sell_dying(f"commit:{ANSWERED}:{when}", answer)
    sale = last_sale(day)
    assert (None if when == "before" else answer == "agree") == sale.difference_agreed
    assert (when == "after" and answer == "decline") == bool(voids_of(day, sale.subject))

    assert ([ASKED] if when == "before" else []) == day.recover(answer)
    assert [] == day.recover(answer)
    # Killed behind the booked answer as behind any booked sale: the slip is owed, and says that the goods may go.
    _ends_as(day, answer, goods=answer == "agree" and when == "before")


def test_killed_between_the_answer_and_its_slip(day: Day) -> None:
    """A yes that is booked is not asked for again; its slip is still owed."""
    day.sell_dying(f"commit:{PRINTED}:before", "agree")
    sale = last_sale(day)
    with opened(day.counter.stage) as journal:
        assert sale.subject in dict(journal.slips_owed())

    assert [] == day.recover("decline")
    _ends_as(day, "agree", goods=False)


@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_in_its_recovery(day: Day, when: str, answer: str) -> None:
    """Recovery twice is recovery once, also with a crash inside (invariant 13)."""
    day.sell_dying(f"commit:{DONE}:after", answer)
    day.recover_dying(f"commit:1:{when}", answer)
    assert ([ASKED] if when == "before" else []) == day.recover(answer)
    assert [] == day.recover(answer)
    _ends_as(day, answer, goods=answer == "agree" and when == "before")


def test_killed_again_and_again_at_the_question(day: Day) -> None:
    """However often it is killed unanswered it is asked again, and the last answer is the only one."""
    day.sell_killed_at_the_question()
    for _ in range(2):
        day.recover_dying("commit:1:before", "agree")
    assert [ASKED] == day.recover("leave")
    assert [ASKED] == day.recover("decline")
    _ends_as(day, "decline", goods=False)


def opened(stage: Stage) -> Journal:
    """Open the till's journal to be read."""
    return Journal(stage.shops["east"].directory, role="reader", clock=SystemClock(), entropy=SystemEntropy(), counter=None)


def last_sale(day: Day) -> Folded:
    """Return the last sale with a difference, folded."""
    with opened(day.counter.stage) as journal:
        sales = [subject for subject in journal.subjects() if journal.records(subject)[0].kind == SaleIntended.kind]
        differing = [state for state in map(journal.standing, sales) if state.differs]
    return differing[-1]


def voids_of(day: Day, subject: str) -> list[str]:
    """Return the voids of a sale, open or done."""
    with opened(day.counter.stage) as journal:
        intents = [journal.records(other)[0] for other in journal.subjects()]
        return [record.subject for record in intents if record.kind == VoidIntended.kind and record.body["original"] == subject]


def _ends_as(day: Day, answer: str, *, goods: bool) -> None:
    """Let everything come to its end: goods at most once or a void once, one answer, nothing asked, owed or listed, and all agree."""
    subject = last_sale(day).subject
    day.counter.settle_down()
    sale = last_sale(day)
    assert subject == sale.subject
    assert (Standing.ACCEPTED if answer == "agree" else Standing.REVERSED) is sale.standing
    assert int(goods) == day.goods.count(subject)
    assert int(answer == "decline") == len(voids_of(day, subject))
    with opened(day.counter.stage) as journal:
        assert [answer == "agree"] == [
            record.body["agreed"] for record in journal.records(subject) if record.kind == DifferenceAnswered.kind
        ]
        assert [] == journal.unanswered()
        assert () == verify(journal).faults
        for done in journal.folded():
            # Invariant 11 for every sale of the day.
            assert not done.not_agreed, done.subject
    assert ([], []) == day.counter.state()


def _buried(till: Till) -> None:
    till.kill()
    till.close()
