"""``yibao-card`` and the rosters that it makes cards of."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from config.sections import Psam
from config.settings import Settings
from simulator import cli, image
from simulator.errors import RosterMalformed, RosterUnreadable
from simulator.personalise import make, read
from simulator.slot import SimulatedSlot
from terminal.cards.errors import PsamKeyMissing
from terminal.cards.simulated import SimulatedSlots
from terminal.demo.cast import players
from terminal.demo.cast import roster as demonstration
from tests.cards.counter import Counter, met, refresh_of
from tests.cards.people import PIN, entry, roster

ROOT = Path(__file__).parents[2]


def test_make_then_show(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One image for each person and a PSAM; what is shown is what was personalised."""
    assert 0 == cli.main(["make", str(roster(tmp_path, entry("a"), entry("b"))), "--dir", str(tmp_path / "cards"), "--seed", "s"])
    assert ["a.card", "b.card", "psam.card"] == [Path(line).name for line in capsys.readouterr().out.splitlines()]
    assert 0 == cli.main(["show", str(tmp_path / "cards" / "b.card"), "--json"])

    person = entry("b")
    expected = {key: person[key] for key in ("card_no", "card_sn", "certno", "psn_name")}
    allowance = {"generation": 0, "counter": 0, "amount_fen": 0, "not_after": "1", "tags": []}
    expected |= {"schema": 1, "version": "2.00", "valid_until": "20331231", "pin_tries_left": 3, "allowance": allowance}  # type: ignore[dict-item]
    assert expected == json.loads(capsys.readouterr().out)


def test_demonstration_roster(tmp_path: Path) -> None:
    """The cast of the demonstration becomes cards, the same ones for the same seed and others for another."""
    path = tmp_path / "roster.toml"
    path.write_text(demonstration(players("7")), encoding="utf-8")
    made = [make(path, tmp_path / folder, seed=seed) for folder, seed in (("one", "7"), ("two", "7"), ("three", "8"))]

    assert {len(players("7")) + 1} == set(map(len, made))
    one, two, three = ((tmp_path / folder / "first.card").read_bytes() for folder in ("one", "two", "three"))
    assert one == two != three


def test_show_a_torn_card(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What is torn is null in JSON and a dash for people."""
    counter = Counter(tmp_path)
    records = image.load(counter.card_path).records
    records["DF04|EF06"] = {"90": None, "92": None, "93": None}
    counter.alter(records=records, cyclic={"DF04|EF08": [], "DF04|EF15": [None, "BEEF31"]})

    assert 0 == cli.main(["show", str(counter.card_path), "--json"])
    shown = json.loads(capsys.readouterr().out)["allowance"]
    assert {"generation": None, "counter": None, "amount_fen": None, "not_after": None, "tags": [None, 0xBEEF]} == shown
    assert 0 == cli.main(["show", str(counter.card_path)])
    assert "—  —‖—  ≤ —  — BEEF" == capsys.readouterr().out.splitlines()[1]


def test_show_a_full_card_and_a_psam(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """For people: who, how much, until when; a PSAM says its terminal number."""
    counter = Counter(tmp_path)
    counter.grant(123_456, tag=0xBEEF)

    cli.main(["show", str(counter.card_path)])
    cli.main(["show", str(counter.psam_path)])
    who, what, psam = capsys.readouterr().out.splitlines()
    assert who.startswith("测试人员a")
    assert "￥1234.56  1‖1  ≤ 7  BEEF" == what
    assert "PSAM 990100000001" == psam


def test_show_a_card_of_the_first_specification(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It has an amount and no allowance."""
    make(roster(tmp_path, entry("a", version="1.00")), tmp_path / "cards", seed="s")

    assert 0 == cli.main(["show", str(tmp_path / "cards" / "a.card"), "--json"])
    assert {"generation": None, "counter": None, "amount_fen": 0, "not_after": None, "tags": []} == json.loads(capsys.readouterr().out)[
        "allowance"
    ]


def test_cards_for_a_psam_of_another_tier(tmp_path: Path) -> None:
    """With the till's own key table the cards fit it, and its PSAM: a city's key becomes a province's, with one level more."""
    example = (ROOT / "deploy" / "settings.example.toml").read_text(encoding="utf-8")
    settings = tmp_path / "settings.toml"
    settings.write_text(example.replace('UK2DF04 = "86 27/2A"', 'UK2DF04 = "86 47/3B"'), encoding="utf-8")
    words = ["make", str(roster(tmp_path)), "--dir", str(tmp_path), "--settings", str(settings)]
    assert 0 == cli.main(words)

    SimulatedSlot(tmp_path).insert(card="a.card", psam="psam.card")
    refused = {}
    for name, keys in (("own", Settings.load(settings).psam.keys), ("published", Psam().keys)):
        slots = SimulatedSlots(tmp_path)
        card = met(slots.card(), slots.psam(), keys=keys)
        card.identify()
        card.verify_pin(bytearray(PIN.encode()))
        try:
            card.write_refresh(refresh_of(card.read_allowance()))
        except PsamKeyMissing as error:
            refused[name] = str(error)
        card.close()
    assert ["published"] == list(refused)
    assert "27/2A" in refused["published"]


@pytest.mark.parametrize(
    ("changes", "key", "why"),
    [
        ({"certno": entry("a")["certno"][:-1] + "0"}, "certno", "check character"),
        ({"certno": "99010019700101" + "١٢٣٤"}, "certno", "form"),
        ({"card_no": entry("a")["card_no"][:-1] + "Y"}, "card_no", "check character"),
        ({"card_no": "short"}, "card_no", "form"),
        ({"card_sn": "990100"}, "card_sn", "form"),
        ({"pin": "12345"}, "pin", "form"),
        ({"pin": "12345a"}, "pin", "form"),
        ({"image": "../a.card"}, "image", "form"),
        ({"image": "psam.card"}, "image", "the PSAM's"),
        ({"version": "4.00"}, "version", "form"),
        ({"psn_name": "测" * 16}, "psn_name", "30 bytes"),
        ({"psn_name": ""}, "psn_name", "form"),
    ],
)
def test_roster_is_refused_by_key(tmp_path: Path, changes: dict[str, str], key: str, why: str) -> None:
    """The entry and the key that are wrong are named, and no card is made."""
    path = roster(tmp_path, entry("b"), entry("a", **changes))

    with pytest.raises(RosterMalformed, match=rf"line 11 \({re.escape(changes.get('image', 'a.card'))}\): {key} .*{why}"):
        make(path, tmp_path / "cards", seed="s")
    assert not (tmp_path / "cards").exists()


@pytest.mark.parametrize("key", ["image", "certno", "card_no", "card_sn"])
def test_duplicates_are_refused(tmp_path: Path, key: str) -> None:
    """Two people share nothing that tells them apart."""
    path = roster(tmp_path, entry("b"), entry("a", **{key: entry("b")[key]}))

    with pytest.raises(RosterMalformed, match=f"line 11 .*: {key} .*line 1 "):
        read(path)


@pytest.mark.parametrize("key", ["image", "psn_name", "certno", "card_no", "card_sn", "pin"])
def test_absent_key_is_named(tmp_path: Path, key: str) -> None:
    """Nothing about the card is guessed that identifies it."""
    person = entry("a")
    del person[key]

    with pytest.raises(RosterMalformed, match=f": {key} is wrong: it is absent"):
        read(roster(tmp_path, person))


@pytest.mark.parametrize("text", ["[[person", "person = 3", "person = [1]", "person = [[" + "[" * 2000])
def test_roster_that_is_none(tmp_path: Path, text: str) -> None:
    """A file that is no roster is refused by name."""
    (tmp_path / "roster.toml").write_text(text, encoding="utf-8")

    with pytest.raises(RosterUnreadable, match=r"roster\.toml"):
        read(tmp_path / "roster.toml")


@pytest.mark.parametrize("command", [["make", "none.toml", "--dir", "cards"], ["show", "none.card"], ["serve", "--vpcd", "none.card"]])
def test_failure_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    """A file that is not there ends in two sentences and exit code 3."""
    monkeypatch.chdir(tmp_path)

    assert 3 == cli.main(command)
    zh, en = capsys.readouterr().err.splitlines()
    assert zh.startswith("[")
    assert en.startswith("[")


def test_wrong_words_are_usage() -> None:
    """A command that does not exist ends in exit code 2."""
    with pytest.raises(SystemExit) as left:
        cli.main(["burn"])

    assert 2 == left.value.code


# --- vpcd -----------------------------------------------------------------------------------------------


class Driver:
    """The reader's side of the wire: it listens, and sends length and command apart."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(20)
        self.port = self._listener.getsockname()[1]
        self._line: socket.socket | None = None

    def accept(self) -> None:
        """Wait for the card."""
        self._line, _ = self._listener.accept()
        self._line.settimeout(20)

    def send(self, command: str) -> None:
        """Send one command or power byte."""
        assert self._line is not None
        packed = bytes.fromhex(command)
        self._line.sendall(len(packed).to_bytes(2))
        self._line.sendall(packed)

    def ask(self, command: str) -> str:
        """Send one command and return the answer."""
        self.send(command)
        assert self._line is not None
        size = int.from_bytes(self._line.recv(2, socket.MSG_WAITALL))
        return self._line.recv(size, socket.MSG_WAITALL).hex().upper()

    def hang_up(self) -> None:
        """Break the line, as a restart of the service does."""
        assert self._line is not None
        self._line.close()

    def close(self) -> None:
        """Listen no more."""
        if self._line is not None:
            self._line.close()
        self._listener.close()


def test_serve_behind_a_reader(tmp_path: Path) -> None:
    """ATR, commands, a reset that forgets the PIN, a line that breaks and comes back, and an orderly end."""
    counter = Counter(tmp_path)
    driver = Driver()
    program = "import sys; from simulator.cli import main; sys.exit(main(sys.argv[1:]))"
    words = ["serve", "--vpcd", "--port", str(driver.port), str(counter.card_path)]
    process = subprocess.Popen([sys.executable, "-c", program, *words], cwd=Path(__file__).parents[2])
    try:
        driver.accept()
        driver.send("01")
        assert image.load(counter.card_path).atr == driver.ask("04")
        assert "6113" == driver.ask("00A404000F7378312E73682EC9E7BBE1B1A3D5CF")
        assert "6A83" == driver.ask("00B2043003")
        assert "63C2" == driver.ask("0020000003000000")
        driver.send("02")
        assert "6985" == driver.ask("0020000003246813")
        driver.hang_up()
        driver.accept()
        driver.send("01")
        assert "6113" == driver.ask("00A404000F7378312E73682EC9E7BBE1B1A3D5CF")
        process.send_signal(signal.SIGTERM)
        assert 0 == process.wait(20)
    finally:
        process.kill()
        process.wait()
        driver.close()

    assert 2 == image.load(counter.card_path).pin_left
