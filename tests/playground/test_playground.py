"""The playground sets itself up, stays between runs, starts anew, and is one at a time."""

from __future__ import annotations

import os
import signal
import socket
from pathlib import Path

import pytest

from offline_queue.catalogue import Catalogue
from settlement.checkout.states import Settled
from terminal.demo.errors import NoPlayground, PlaygroundTaken
from terminal.demo.playground import Playground
from terminal.demo.progress import Step
from tests.playground.tried import locked, ready, till_on, until


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory in which one playground has been."""
    directory = tmp_path_factory.mktemp("playground") / "here"
    with ready(directory) as playground, till_on(playground) as till:
        assert ("agree", ()) == ("agree", till.agreement().differences)
        assert 0 == till.agreement().settlements
        playground.devices.insert("first")
        assert isinstance(till.sell("10.00", pin_of="first"), Settled)
        till.drain()
        assert 1 == till.agreement().settlements
    return directory


def test_new_cards_carry_what_the_centre_has_set_aside(tmp_path: Path) -> None:
    """The first allowance is a grant of the centre that was seen on the card: both sides know it, and the counter is new."""
    with ready(tmp_path) as playground, till_on(playground) as till:
        held = {card.role: card.allowance_fen for card in playground.devices.cards()}
        count, _ = till.counter.journal.tip()
        agreement = till.agreement()

    assert ["first", "second", "third", "fourth"] == list(held)
    assert all(held.values())
    assert 10_00 == held["fourth"]
    assert 0 == count
    assert () == agreement.differences


def test_second_run_goes_on_where_the_first_ended(place: Path) -> None:
    """Settings, journal, cards and the centre's books are kept; the cards are not issued again."""
    settings = place / "counter" / "settings.toml"
    before = settings.read_text(encoding="utf-8")
    office = (place / "office" / "journal.db").stat().st_mtime_ns

    with ready(place) as playground, till_on(playground) as till:
        agreement = till.agreement()

    assert (1, ()) == (agreement.settlements, agreement.differences)
    assert before == settings.read_text(encoding="utf-8")
    assert office == (place / "office" / "journal.db").stat().st_mtime_ns


def test_taken_port_is_replaced_in_the_settings_and_nothing_else(place: Path) -> None:
    """What a person wrote into the settings stays; only the address of the line follows the line."""
    settings = place / "counter" / "settings.toml"
    own = settings.read_text(encoding="utf-8") + "\n[slip]  # mine\nwidth = 40\n"
    settings.write_text(own, encoding="utf-8")
    taken = int((place / "line.port").read_text(encoding="ascii"))

    with socket.create_server(("127.0.0.1", taken)), ready(place) as playground, till_on(playground) as till:
        port = int((place / "line.port").read_text(encoding="ascii"))
        width = till.counter.settings.slip.width

    assert port != taken
    assert own.replace(f":{taken}/", f":{port}/") == settings.read_text(encoding="utf-8")
    assert 40 == width


def test_starting_anew_forgets(tmp_path: Path) -> None:
    """Afresh: no sale, new cards; a file that is not the playground's stays."""
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    with ready(tmp_path) as playground, till_on(playground) as till:
        playground.devices.insert("first")
        till.sell("10.00", pin_of="first")

    with ready(tmp_path, fresh=True) as playground, till_on(playground) as till:
        agreement = till.agreement()

    assert (0, ()) == (agreement.settlements, agreement.differences)
    assert "mine" == (tmp_path / "mine.txt").read_text(encoding="utf-8")


def test_only_one_at_a_time(place: Path) -> None:
    """A second till on the same directory is refused at once, and the first goes on."""
    with ready(place) as playground:
        with pytest.raises(PlaygroundTaken):
            Playground(place).start()

        assert Step.READY is playground.devices.state().step


@pytest.mark.parametrize("fresh", [False, True])
def test_a_directory_with_something_else_is_left_alone(tmp_path: Path, fresh: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """A folder that has such names and never was a playground is neither used nor emptied."""
    (tmp_path / "cards").mkdir()
    (tmp_path / "cards" / "birthday.txt").write_text("mine", encoding="utf-8")

    with pytest.raises(NoPlayground):
        Playground(tmp_path, fresh=fresh).start()

    assert ["cards"] == [path.name for path in tmp_path.iterdir()]
    assert (tmp_path / "cards" / "birthday.txt").exists()


def test_roster_that_cannot_be_read_is_said(place: Path) -> None:
    """What does not come about is said with its part, and nothing is left running."""
    roster = place / "roster.toml"
    kept = roster.read_text(encoding="utf-8")
    roster.write_text("[[person]]\n", encoding="utf-8")
    try:
        with Playground(place) as playground:
            until("it is said", lambda: playground.progress.failure)
            failure = playground.progress.failure
            assert failure is not None
            assert "PLAYGROUND-FAILED" == failure.code == playground.devices.state().failure
            assert Step.FAILED is playground.progress.step
    finally:
        roster.write_text(kept, encoding="utf-8")

    assert not locked(place / "children.lock")


def test_dead_process_is_said(place: Path) -> None:
    """A centre that dies is no silence: the strip says which part it was."""
    with ready(place) as playground:
        os.kill(playground.process_ids["centre"], signal.SIGKILL)
        until("it is said", lambda: playground.devices.state().failure)

        failure = playground.progress.failure
        assert failure is not None
        assert "centre" == failure.details["part"]


def test_samples_are_in_the_catalogue(place: Path) -> None:
    """What is offered to be typed finds something."""
    with ready(place) as playground:
        samples = playground.devices.samples()
    with Catalogue(place / "counter") as catalogue:
        found = [catalogue.by_code(code) for code in samples]

    assert [False, False, False] == [item.trac_required for item in found if item is not None]


def test_list_of_lost_cards_is_known_after_a_restart(place: Path) -> None:
    """What was reported in one run is shown in the next."""
    with ready(place) as playground:
        playground.devices.report_loss("second")
        until("it is reported", lambda: not playground.devices.state().reporting)

    with ready(place) as playground:
        notes = {card.role: card.note for card in playground.devices.cards()}

    assert {"first": "", "second": "lost", "third": "", "fourth": ""} == notes
