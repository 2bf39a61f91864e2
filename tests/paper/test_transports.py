"""The ways to a printer: what each says when it is not there, and that none of them disturbs the till."""

from __future__ import annotations

import json
import os
import pty
import stat
import subprocess
import sys
import threading
from importlib.util import find_spec
from pathlib import Path
from time import monotonic, sleep

import pytest

from config.clock import SystemClock
from config.sections import Printer
from settlement.errors import OperatorError
from simulator.printer import SimulatedPrinter
from terminal.paper import escpos
from terminal.paper.delivery import deliver, examine
from terminal.paper.errors import PrinterAbsent, PrinterLibraryMissing, PrinterLost, PrinterOutOfPaper, PrinterRefused, PrinterSilent
from terminal.paper.port import Language, Transport
from terminal.paper.sheet import Title
from terminal.paper.transports import LibraryTransport, TextFile, transport_of
from tests.paper.roll import PATIENCE_S, Roll, served

CLOCK = SystemClock()
JOB = escpos.render(((Title("演示大药房"),),), 32)


def send(transport: Transport | None, content: bytes = JOB) -> None:
    """Deliver one job."""
    assert transport is not None
    deliver(transport, content, clock=CLOCK, patience_s=PATIENCE_S)


def network(port: int, *, answers: bool = True) -> LibraryTransport:
    """Return the way to a printer on this machine."""
    return LibraryTransport(Printer(kind="network", address=f"127.0.0.1:{port}", answers=answers, patience_s=PATIENCE_S))


def printed(printer: SimulatedPrinter) -> list[str]:
    """Return the lines on the paper so far."""
    return [item.text.strip() for item in printer.paper if item.text]


def test_over_the_network() -> None:
    """The job arrives whole, after the questions and before them again."""
    printer = SimulatedPrinter()
    with served(printer) as port:
        send(network(port.port))
        send(network(port.port, answers=False))
        # Nobody waits for a printer that is asked nothing.
        came_by = monotonic() + PATIENCE_S
        while len(printed(printer)) < 2 and monotonic() < came_by:
            sleep(0.01)

    assert ["演示大药房", "演示大药房"] == printed(printer)
    assert ["GS r 01"] == [command for command in printer.commands if command.startswith("GS r")]


@pytest.mark.parametrize(
    ("printer", "error", "words"),
    [
        (SimulatedPrinter(lines_left=0), PrinterOutOfPaper, "out of paper"),
        (SimulatedPrinter(lines_left=1), PrinterOutOfPaper, "out of paper"),
        (SimulatedPrinter(online=False), PrinterRefused, "off-line"),
        (SimulatedPrinter(mute=True), PrinterSilent, "does not answer"),
        (SimulatedPrinter(dies_after=2), PrinterAbsent, "no printer"),
        (SimulatedPrinter(dies_after=20), PrinterLost, "middle of a slip"),
    ],
    ids=["no paper", "paper ends", "off-line", "mute", "dies when asked", "dies in the middle"],
)
def test_what_a_printer_may_say(printer: SimulatedPrinter, error: type[OperatorError], words: str) -> None:
    """Each fault is told as what it is, before or after the bytes went."""
    with served(printer) as port, pytest.raises(error, match=words):
        send(network(port.port))


def test_a_printer_that_knows_one_question_only() -> None:
    """No answer in its turn, and well when asked in real time: after the patience the slip is believed."""
    printer = _NoTurn()
    with served(printer) as port:
        send(network(port.port))

    assert ["演示大药房"] == [item.text.strip() for item in printer.paper if item.text]


@pytest.mark.parametrize(
    ("bits", "words"), [(0x04, "cover"), (0x40, "fault"), (0x08, "feed button"), (0x20, "out of paper"), (0, "off-line")]
)
def test_the_cause_of_being_off_line(bits: int, words: str) -> None:
    """The printer names it bit by bit."""
    with pytest.raises((PrinterRefused, PrinterOutOfPaper), match=words):
        examine(_Answers({4: 0x12, 1: 0x1A, 2: 0x12 | bits}), clock=CLOCK, patience_s=PATIENCE_S)


def test_what_is_no_answer_is_passed_over() -> None:
    """Bytes of an automatic status, sent unasked, are not taken for an answer."""
    examine(_Answers({4: 0x12, 1: 0x12}, noise=b"\x14\x00\x00\x0f"), clock=CLOCK, patience_s=PATIENCE_S)
    with pytest.raises(PrinterSilent):
        examine(_Answers({}, noise=b"\x14\x00\x00\x0f"), clock=CLOCK, patience_s=PATIENCE_S)


def test_a_text_file_belongs_to_its_owner(tmp_path: Path) -> None:
    """Slips are appended as text, and nobody else may read them."""
    path = tmp_path / "slips.txt"
    for _ in range(2):
        send(transport_of(Printer(kind="text-file", address=str(path))), "演示\n".encode())

    assert "演示\n演示\n" == path.read_text(encoding="utf-8")
    assert 0o600 == stat.S_IMODE(path.stat().st_mode)


def test_a_text_file_on_a_full_disk() -> None:
    """A write that fails is a slip that did not come out."""
    with pytest.raises(PrinterLost, match="No space left"):
        send(TextFile(Path("/dev/full")))


def test_a_device_that_is_gone_is_not_made(tmp_path: Path) -> None:
    """No plain file appears in the device's place and swallows the slips."""
    for kind in ("file", "text-file"):
        with pytest.raises(PrinterAbsent, match="No such file"):
            send(transport_of(Printer(kind=kind, address=str(tmp_path / "gone" / "lp0"))))
    with pytest.raises(PrinterAbsent):
        send(transport_of(Printer(kind="file", address=str(tmp_path / "lp0"))))

    assert [] == list(tmp_path.iterdir())


def test_a_device_file_takes_the_bytes(tmp_path: Path) -> None:
    """It has no answers, so what it took is believed."""
    device = tmp_path / "lp0"
    device.touch()
    send(transport_of(Printer(kind="file", address=str(device))))

    assert device.read_bytes() == JOB


def test_a_simulated_printer_that_is_not_there(tmp_path: Path) -> None:
    """A folder that is gone is a printer that is gone; one whose state is no JSON is out of order."""
    with pytest.raises(PrinterAbsent):
        send(transport_of(Printer(kind="simulated", address=str(tmp_path / "gone"))))
    (tmp_path / "printer.json").write_text("{", encoding="utf-8")
    with pytest.raises(PrinterAbsent):
        send(transport_of(Printer(kind="simulated", address=str(tmp_path))))


def test_without_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    """A counter without python-escpos is told what to install; so is one without pyserial or pyusb."""
    for kind, address in (("serial", "/dev/ttyS9"), ("usb", "04b8:0e15")):
        if find_spec(kind) is None:
            with pytest.raises(PrinterLibraryMissing, match=kind):
                send(transport_of(Printer.model_validate({"kind": kind, "address": address})))
    monkeypatch.setitem(sys.modules, "escpos", None)
    with pytest.raises(PrinterLibraryMissing, match="escpos"):
        send(network(9))


@pytest.mark.skipif(find_spec("serial") is None, reason="no pyserial here")
def test_over_a_serial_port() -> None:
    """The job goes over a line of a pseudo-terminal and the answers come back."""
    ours, theirs = pty.openpty()
    os.set_blocking(ours, True)
    printer = SimulatedPrinter()
    thread = threading.Thread(target=_serve_line, args=(ours, printer), daemon=True)
    thread.start()
    send(LibraryTransport(Printer(kind="serial", address=os.ttyname(theirs), patience_s=PATIENCE_S)))
    os.close(theirs)
    os.close(ours)

    assert ["演示大药房"] == [item.text.strip() for item in printer.paper if item.text]


def test_the_library_leaves_the_till_alone(tmp_path: Path) -> None:
    """No handler on stderr, where the screen is drawn, and no folder left behind."""
    program = """
import logging, json, sys
from config.sections import Printer
from terminal.paper.transports import LibraryTransport
from terminal.paper.errors import PrinterError
before = "escpos" in sys.modules
try:
    LibraryTransport(Printer(kind="network", address="127.0.0.1:9", patience_s=1)).open()
except PrinterError as error:
    code = error.code
logging.getLogger("anything").warning("a word")
print(json.dumps([before, "escpos" in sys.modules, code]))
"""
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    done = subprocess.run([sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, check=False, env=environment)

    assert ("", [False, True, "PRINTER-ABSENT"]) == (done.stderr, json.loads(done.stdout))
    assert [] == list(tmp_path.iterdir())


def test_nothing_of_it_loads_before_it_is_needed() -> None:
    """The queue and the ways to a printer load neither the library nor the simulator."""
    program = "import json, sys, terminal.paper.print_queue, terminal.paper.transports; print(json.dumps(list(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert set() == {name.partition(".")[0] for name in json.loads(done.stdout)} & {"escpos", "simulator", "PIL", "qrcode", "serial", "usb"}


def test_the_port_as_a_command(tmp_path: Path, roll: Roll) -> None:
    """The simulated printer runs as a process of its own, and a till prints on it over the network."""
    file = tmp_path / "port"
    command = [sys.executable, "-m", "simulator.printer_port", "--folder", str(roll.folder), "--port-file", str(file)]
    process = subprocess.Popen(command)
    try:
        while not (file.exists() and file.read_text(encoding="utf-8")):
            assert process.poll() is None
        send(network(int(file.read_text(encoding="utf-8"))))
    finally:
        process.terminate()
        process.wait()

    assert "演示大药房" in roll.text
    assert 1 == roll.cuts


class _NoTurn(SimulatedPrinter):
    """A printer that does not know GS r."""

    def receive(self, content: bytes) -> bytes:
        """Leave that question unanswered."""
        return super().receive(content.replace(b"\x1dr\x01", b""))


class _Answers:
    """A printer that gives one byte for each question in real time."""

    where = "answers"
    language: Language = "escpos"
    answers = True

    def __init__(self, answers: dict[int, int], *, noise: bytes = b"") -> None:
        self._answers = answers
        self._noise = noise
        self._ready: list[bytes] = []

    def open(self) -> None:
        """Begin with nothing to say."""
        self._ready.clear()

    def send(self, content: bytes) -> None:
        """Take a question; what is said unasked comes first."""
        self._ready = [self._noise] if self._noise else []
        if content[2] in self._answers:
            self._ready.append(bytes((self._answers[content[2]],)))

    def receive(self, patience_s: float) -> bytes:
        """Return what is next."""
        del patience_s
        return self._ready.pop(0) if self._ready else b""

    def close(self) -> None:
        """Say no more."""
        self._ready.clear()


def _serve_line(line: int, printer: SimulatedPrinter) -> None:
    while True:
        try:
            os.write(line, printer.receive(os.read(line, 4096)))
        except OSError:
            return
