"""What a till makes sure of at its start and in idle time: each fault closes it, in words, and nothing has moved."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from offline_queue import known_answers, operating_system, sync_command
from offline_queue.journal import Journal
from offline_queue.journal.errors import JournalDamaged, JournalFull
from offline_queue.journal.store import NAME, PAGE_BYTES
from offline_queue.known_answers import Known
from offline_queue.process import CoreDumps
from settlement.errors import OperatorError, Refusal
from terminal import self_check
from terminal.cli import main
from terminal.counter import Counter
from terminal.desk import open_desk
from terminal.screen import news
from terminal.screen.list_news import Paged
from terminal.screen.orders import Door, ListVoids
from terminal.self_check import SelfCheck
from tests.journal.entries import ONE, Hand, offline_sale, opened

RECORDS = 12
UNREAD = 4
"""A page of an index."""


def settings(directory: Path) -> None:
    """Write the settings of the counter that the test's journal belongs to."""
    text = """[counter]
fixmedins_code = "P99010000001"
fixmedins_name = "演示药店"
admdvs = "990100"
venue = "pharmacy"
till = "01"
operator = "demo"
operator_name = "演示"

[centre]
url = "http://127.0.0.1:9/fsi/api/callService"

[reader]
kind = "simulated"
slot_dir = "slot"

[demonstration]
seed = "t"
"""
    (directory / "settings.toml").write_text(text, encoding="utf-8")


@pytest.fixture
def worked(tmp_path: Path) -> Path:
    """Return the data directory of a till that has sold."""
    settings(tmp_path)
    with opened(tmp_path) as journal:
        for number in range(RECORDS):
            subject = f"{ONE[:-2]}{number:02d}"
            offline_sale(journal, subject)
    return tmp_path


def altered(directory: Path, seq: int) -> None:
    """Change one record as somebody does who has the key."""
    with opened(directory) as journal, journal.store.write() as db:
        db.execute("DROP TRIGGER record_is_final")
        db.execute("UPDATE record SET at = '2026-03-02T00:00:00' WHERE seq = ?", (seq,))


def signed(directory: Path, count: int) -> None:
    """Note a place of the chain that the centre signed last."""
    with opened(directory) as journal:
        head = journal.link(count).hex()
        journal.notes.put("checkpoint", {"till": "01", "epoch": 1, "count": count, "head": head, "signed_time": "", "signature": ""})


def words_of_start(directory: Path) -> tuple[str, str]:
    """Open the till as the screen does and return the code and the first sentence that the screen is closed with; empty when it opened."""
    said: list[news.News] = []
    door = Door()
    door.leave()
    open_desk(directory, door, said.append, staffed=True)
    closed = [one.why for one in said if isinstance(one, news.NotOpened)]
    assert len(closed) + sum(isinstance(one, news.Opened) for one in said) == 1
    return (closed[0].code, closed[0].phrase.say("zh", closed[0].details).happened) if closed else ("", "")


def test_a_whole_till_opens(worked: Path) -> None:
    """Nothing is wrong: it opens, and a second time."""
    assert ("", "") == words_of_start(worked) == words_of_start(worked)


# --- algorithms -----------------------------------------------------------------------------------------


def _other() -> str:
    return "00"


def _missing() -> str:
    raise AttributeError("sm3")


@pytest.mark.parametrize("computed", [_other, _missing], ids=["another answer", "not there"])
@pytest.mark.parametrize("place", range(len(known_answers.TABLE)))
def test_an_algorithm_that_is_wrong_closes_the_till(
    worked: Path, monkeypatch: pytest.MonkeyPatch, place: int, computed: Callable[[], str]
) -> None:
    """Named in words; the role is given back, so that the till opens once it is mended."""
    table = list(known_answers.TABLE)
    table[place] = Known(table[place].algorithm, computed, table[place].answer)
    with monkeypatch.context() as patched:
        patched.setattr(known_answers, "TABLE", tuple(table))
        code, happened = words_of_start(worked)

    assert "START-CRYPTO-WRONG" == code
    assert table[place].algorithm in happened
    assert ("", "") == words_of_start(worked)


def test_the_sender_is_closed_by_a_wrong_algorithm(
    worked: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Before it opens the journal: nothing is sent."""
    monkeypatch.setattr(known_answers, "TABLE", (Known("SHA-256", _other, "11"),))

    code = sync_command.main(["once", "--data-dir", str(worked)])

    assert code != 0
    assert "[START-CRYPTO-WRONG]" in capsys.readouterr().err
    assert not (worked / "sender.lock").exists()


# --- core dumps -----------------------------------------------------------------------------------------


def _refused() -> None:
    raise ValueError


@pytest.mark.parametrize(
    ("name", "answer"), [("core_dumps_forbidden", lambda: False), ("forbid_core_dumps", _refused)], ids=["without effect", "refused"]
)
def test_where_a_crash_would_leave_a_dump_nothing_starts(
    worked: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, answer: Callable[[], object]
) -> None:
    """Till and sender both say so, and have opened nothing."""
    monkeypatch.setattr(operating_system, name, answer)

    codes = main(["headless", "--no-sender", "--data-dir", str(worked)]), sync_command.main(["once", "--data-dir", str(worked)])

    assert 0 not in codes
    assert 4 == capsys.readouterr().err.count(f"[{CoreDumps.phrase.code}]")


# --- the chain since the checkpoint ---------------------------------------------------------------------


def test_a_record_that_was_changed_closes_the_till(worked: Path) -> None:
    """The first one that is not what was chained is named."""
    altered(worked, 5)

    code, happened = words_of_start(worked)

    assert ("JOURNAL-DAMAGED", True) == (code, "第 5 条" in happened)


def test_what_the_centre_has_signed_is_not_walked_again(worked: Path) -> None:
    """From the checkpoint on: a change before it is for ``verify``, one after it closes the till."""
    signed(worked, 8)
    altered(worked, 5)
    assert ("", "") == words_of_start(worked)

    with opened(worked) as journal, journal.store.write() as db:
        db.execute("UPDATE record SET at = '2026-03-02T00:00:00' WHERE seq = 9")
    assert "JOURNAL-DAMAGED" == words_of_start(worked)[0]


def test_another_record_than_the_centre_signed_closes_the_till(worked: Path) -> None:
    """The checkpoint is no prefix of what is here."""
    with opened(worked) as journal:
        journal.notes.put("checkpoint", {"till": "01", "epoch": 1, "count": 3, "head": "ab" * 32, "signed_time": "", "signature": ""})

    code, happened = words_of_start(worked)

    assert ("JOURNAL-DAMAGED", True) == (code, "第 3 条" in happened)


def test_a_longer_chain_is_walked_in_idle_time(worked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is wrong behind the first records is found between two customers, and closes the till then."""
    monkeypatch.setattr(self_check, "START_RECORDS", 2)
    altered(worked, 20)
    with opened(worked) as journal:
        check = SelfCheck(journal)
        check.at_start()
        with pytest.raises(JournalDamaged, match="20"):
            check.idle(Hand().now())


def test_the_desk_closes_by_what_idle_time_finds(worked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The screen is told that nothing can be sold any more."""
    monkeypatch.setattr(self_check, "START_RECORDS", 2)
    altered(worked, 20)
    said: list[news.News] = []

    open_desk(worked, Door(), said.append, staffed=True)

    assert any(isinstance(one, news.Opened) for one in said)
    last = said[-1]
    assert isinstance(last, news.NotOpened)
    assert "JOURNAL-DAMAGED" == last.why.code


def test_nothing_is_sold_before_the_chain_is_walked(worked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An order that waits already when the desk opens meets the fault first."""
    monkeypatch.setattr(self_check, "START_RECORDS", 2)
    altered(worked, 20)
    door, said = Door(), list[news.News]()
    door.order(ListVoids())

    open_desk(worked, door, said.append, staffed=True)

    assert isinstance(said[-1], news.NotOpened)
    assert not any(isinstance(one, Paged) for one in said)


# --- pages ----------------------------------------------------------------------------------------------


@pytest.fixture
def idling(worked: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Journal, Hand]]:
    """Return a till's journal whose pages are looked at without a pause, and its clock."""
    monkeypatch.setattr(self_check, "PAUSE_TURNS", 0)
    clock = Hand()
    with opened(worked, clock=clock) as journal:
        journal.store.forget_log()
        yield journal, clock


def flipped(directory: Path) -> None:
    """Change one byte of a page that nobody reads at the start."""
    path = directory / NAME
    content = bytearray(path.read_bytes())
    content[UNREAD * PAGE_BYTES - 300] ^= 1
    path.write_bytes(content)


def looked(check: SelfCheck, clock: Hand) -> OperatorError | None:
    """Idle for as long as it takes; return what closes the till."""
    for _ in range(3):
        try:
            check.idle(clock.now())
        except OperatorError as found:
            return found
        check.finish()
    return None


def test_a_page_that_was_changed_closes_the_till(idling: tuple[Journal, Hand]) -> None:
    """SQLCipher's own check names it, though nobody has read it."""
    journal, clock = idling
    flipped(journal.directory)

    found = looked(SelfCheck(journal), clock)

    assert isinstance(found, JournalDamaged)
    assert f"page {UNREAD} " in found.say("en")


def test_pages_are_looked_at_once_a_day(idling: tuple[Journal, Hand]) -> None:
    """Whole pages are noted; the next look is due a day later, and also when the clock was set back."""
    journal, clock = idling
    assert looked(SelfCheck(journal), clock) is None
    flipped(journal.directory)

    assert looked(SelfCheck(journal), clock) is None
    clock.at = clock.at.replace(day=3)
    assert looked(SelfCheck(journal), clock) is not None
    clock.at = clock.at.replace(day=1)
    assert looked(SelfCheck(journal), clock) is not None


# --- what is said and closes nothing --------------------------------------------------------------------


def codes(found: list[OperatorError | Refusal]) -> list[str]:
    """Return the codes of what is said."""
    return [one.code for one in found]


def test_no_room_for_the_reserve_and_a_wrong_clock_are_said(worked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the first customer: every promise would be refused; a clock behind the last record is set before settling."""
    with Counter(worked) as counter:
        assert [] == codes(counter.check.warnings())
    clock = Hand()
    clock.at = clock.at.replace(day=1)
    monkeypatch.setattr(operating_system, "make_reserve", lambda _path: False)

    with opened(worked, clock=clock) as journal:
        found = SelfCheck(journal).warnings()
        with pytest.raises(JournalFull):
            offline_sale(journal, f"{ONE[:-2]}77")

    assert ["JOURNAL-DISK-FULL", "CLOCK-BEHIND"] == codes(found)
