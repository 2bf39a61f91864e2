"""What is tried before anything is written: areas, readers, a card, a page."""

from __future__ import annotations

import json
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from config.clock import SystemClock
from config.refusals import SettingRefused
from offline_queue import operating_system
from settlement.errors import OperatorError
from terminal.cards.errors import NoCard, NoReader
from terminal.paper.errors import PrinterAbsent, PrinterOutOfPaper
from terminal.setup import trials
from terminal.setup.errors import ReaderLibraryMissing, TillOpen
from terminal.setup.trials import AreaListed, NoPrinter, card_seen, listed_areas, listed_readers, part_of, print_page
from tests.setup.files import card_table

SHIPPED = Path(__file__).parents[2] / "config" / "regions" / "990100"
SIMULATED: dict[str, Any] = {"reader": {"kind": "simulated", "slot_dir": "slot"}}


class Hurried(SystemClock):
    """A clock on which a minute goes by at every look."""

    def __init__(self) -> None:
        super().__init__()
        self._at = 0.0

    def monotonic(self) -> float:
        """Return a minute more than before."""
        self._at += 60.0
        return self._at


def tried(table: dict[str, Any], folder: Path) -> trials.CardSeen | None:
    """Try a card."""
    return card_seen(table, folder, clock=SystemClock(), over=threading.Event())


# --- areas -----------------------------------------------------------------------------------------------


def test_shipped_areas_say_which_do_not_exist() -> None:
    """The demonstration's are marked, a real one is not."""
    listed = {area.admdvs: area for area in listed_areas("", Path())}

    assert AreaListed("990100", "演示统筹区一", invented=True) == listed["990100"]
    assert (False, "武汉市") == (listed["420100"].invented, listed["420100"].name)


def test_own_areas_are_listed_and_a_damaged_one_says_so(tmp_path: Path) -> None:
    """Packs of the folder that the settings name, relative to them, stand beside the shipped ones."""
    own, damaged = tmp_path / "packs" / "990300", tmp_path / "packs" / "990400"
    for folder in (own, damaged):
        folder.mkdir(parents=True)
    (pack,) = SHIPPED.glob("*.toml")
    (own / pack.name).write_text(pack.read_text(encoding="utf-8").replace("990100", "990300"), encoding="utf-8")
    (damaged / pack.name).write_text("format = 1\n", encoding="utf-8")

    listed = {area.admdvs: area for area in listed_areas("packs", tmp_path)}

    assert ("演示统筹区一", True, None) == (listed["990300"].name, listed["990300"].invented, listed["990300"].fault)
    assert "PACK-MALFORMED" == (listed["990400"].fault or OperatorError()).code
    assert {"420100", "990100", "990200"} < listed.keys()


# --- readers ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "names", "part"),
    [
        ("演示读卡器 00 00", ("演示读卡器 00 00", "演示 SAM 01 00"), "演示读卡器"),
        ("ACME Dual 00 00", ("ACME Dual 00 00", "ACME Dual 00 01"), "ACME Dual 00 00"),
        ("ACME Dual 00", ("ACME Dual 00", "ACME Dual SAM 01"), "ACME Dual 00"),
        ("无编号", ("无编号",), "无编号"),
    ],
)
def test_part_of_a_readers_name_outlives_its_plug(name: str, names: tuple[str, ...], part: str) -> None:
    """The numbers that move are left out where the rest still says which reader it is."""
    assert part == part_of(name, names)


def test_without_the_library_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Listing and reading alike; the packages are named."""
    monkeypatch.setitem(sys.modules, "smartcard", None)
    monkeypatch.delitem(sys.modules, "terminal.cards.pcsc", raising=False)

    with pytest.raises(ReaderLibraryMissing) as caught:
        listed_readers("", "")
    with pytest.raises(ReaderLibraryMissing):
        tried({}, tmp_path)

    for language in ("zh", "en"):
        assert "make .venv/stamps/pcsc" in caught.value.say(language)
        assert "libpcsclite-dev" in caught.value.say(language)


# --- a card ----------------------------------------------------------------------------------------------


def test_card_shows_who_it_is_masked_and_without_its_pin(tmp_path: Path) -> None:
    """Enough is shown to know it by, too little to use; no try of the PIN is spent."""
    hands = card_table(tmp_path)
    hands.insert("a.card")
    held = hands.look("a.card")

    seen = tried(SIMULATED, tmp_path)

    assert seen is not None
    assert ("测***a", held["certno"][:3], held["certno"][-4:]) == (seen.name, seen.certno[:3], seen.certno[-4:])
    assert ("2.00", 8, 12) == (seen.version, len(seen.valid_until), len(seen.terminal))
    assert "测试人员a" not in repr(seen)
    assert held["certno"] not in repr(seen)
    assert held["pin_tries_left"] == hands.look("a.card")["pin_tries_left"]


def test_card_is_waited_for(tmp_path: Path) -> None:
    """It is read when it comes; nobody need press a key at the right moment."""
    hands = card_table(tmp_path)
    threading.Timer(0.4, hands.insert, ("a.card",)).start()

    assert tried(SIMULATED, tmp_path) is not None


def test_waiting_can_be_ended(tmp_path: Path) -> None:
    """Whoever goes on leaves nothing behind that holds the reader."""
    card_table(tmp_path)
    over = threading.Event()
    over.set()

    assert None is card_seen(SIMULATED, tmp_path, clock=SystemClock(), over=over)


def test_card_that_does_not_come(tmp_path: Path) -> None:
    """After a minute it is said that there is none."""
    card_table(tmp_path)

    with pytest.raises(NoCard):
        card_seen(SIMULATED, tmp_path, clock=Hurried(), over=threading.Event())


def test_reader_that_is_not_there(tmp_path: Path) -> None:
    """A folder without slots is no reader."""
    with pytest.raises(NoReader):
        tried(SIMULATED, tmp_path)


def test_faulty_settings_of_the_reader_are_not_tried(tmp_path: Path) -> None:
    """The fault of the section is said; a fault elsewhere keeps nobody from trying the card."""
    with pytest.raises(SettingRefused, match="slot_dir"):
        tried({"reader": {"kind": "simulated"}}, tmp_path)
    with pytest.raises(NoReader):
        tried(SIMULATED | {"counter": {"till": "x"}}, tmp_path)


def test_devices_of_an_open_till_are_left_alone(tmp_path: Path) -> None:
    """To look would reset the card of whoever is being served."""
    held = operating_system.lock(tmp_path / "till.lock")
    assert held is not None

    with pytest.raises(TillOpen):
        tried(SIMULATED, tmp_path)
    with pytest.raises(TillOpen):
        print_page({"printer": {"kind": "text-file", "address": "slips.txt"}}, tmp_path, clock=SystemClock())

    assert ["till.lock"] == [path.name for path in tmp_path.iterdir()]
    operating_system.unlock(held)


# --- a page ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("columns", [32, 42, 48])
def test_page_on_a_simulated_printer(tmp_path: Path, columns: int) -> None:
    """Ruler and Chinese fill a line of the paper exactly, nothing is wrapped and nothing is garbage."""
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "printer.json").write_text(json.dumps({"columns": columns}), encoding="utf-8")
    table = {"printer": {"kind": "simulated", "address": "p"}, "slip": {"width": columns}, "counter": {"fixmedins_name": "演示大药房"}}

    print_page(table, tmp_path, clock=SystemClock())

    lines = (tmp_path / "p" / "paper.txt").read_text(encoding="utf-8").split("\n")
    ruler = next(line for line in lines if line.startswith("123456789"))
    chinese = next(line for line in lines if line.startswith("药品"))
    assert (columns, columns // 2) == (len(ruler), len(chinese))
    assert lines[lines.index(ruler) + 1] == chinese
    assert "演示大药房" == lines[0].strip()
    assert any("￥40.60" in line for line in lines)
    assert any("YIBAO-TEST" in line for line in lines)


def test_page_as_text_goes_beside_the_settings(tmp_path: Path) -> None:
    """A relative address begins where the settings file lies, as it will at the till."""
    print_page({"printer": {"kind": "text-file", "address": "slips.txt"}}, tmp_path, clock=SystemClock())

    assert "打印测试 · 不作凭证" in (tmp_path / "slips.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("printer", "kind"),
    [
        ({"kind": "file", "address": "lp0"}, PrinterAbsent),
        ({"kind": "network", "address": "127.0.0.1:9", "patience_s": 1}, PrinterAbsent),
        ({"kind": "network", "address": "a b"}, SettingRefused),
        ({"kind": "none"}, NoPrinter),
        ({}, NoPrinter),
    ],
)
def test_printer_that_does_not_print(tmp_path: Path, printer: dict[str, Any], kind: type[Exception]) -> None:
    """Why is said in the words of the till."""
    with pytest.raises(kind):
        print_page({"printer": printer}, tmp_path, clock=SystemClock())


def test_printer_without_paper(tmp_path: Path) -> None:
    """It is asked before and after the page."""
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "printer.json").write_text(json.dumps({"lines_left": 0}), encoding="utf-8")

    with pytest.raises(PrinterOutOfPaper):
        print_page({"printer": {"kind": "simulated", "address": "p"}}, tmp_path, clock=SystemClock())
