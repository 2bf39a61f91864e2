"""The simulated printer is as unforgiving as a real one: it prints what it does not understand."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.printer import GARBAGE, PrinterDied, PrinterFolder, SimulatedPrinter, decode


def lines(content: bytes, columns: int = 32) -> list[str]:
    """Return the lines that came out."""
    return [item.text for item in decode(content, columns).paper]


def test_text_and_commands() -> None:
    """Bytes come back as lines, and commands by their names."""
    printer = decode(b"\x1b@\x1c&" + "药 A".encode("gbk") + b"\n\x1d!\x01tall\n\x1d!\x00\x1d(k\x05\x001P0Q7\x1d(k\x03\x001Q0\x1dVB\x00", 32)

    assert ["ESC @", "FS &", "GS ! 01", "GS ! 00", "GS ( k P", "GS ( k Q", "GS V 42 00"] == printer.commands
    assert [("药 A", False), ("tall", True)] == [(item.text, item.tall) for item in printer.paper if item.text]
    assert ["Q7"] == [item.code for item in printer.paper if item.code]
    assert printer.paper[-1].cut


@pytest.mark.parametrize(
    ("content", "printed"),
    [
        ("¥6".encode("gb18030") + b"\n", f"{GARBAGE}0{GARBAGE}66"),
        (b"\x1bZ\n", f"{GARBAGE}Z"),
        (b"a\x00\x07b\n", f"a{GARBAGE}{GARBAGE}b"),
        (b"\xff\xff\n", f"{GARBAGE}{GARBAGE}"),
        (b"\xb0\x7f\n", f"{GARBAGE}{GARBAGE}"),
    ],
    ids=["four bytes", "no such command", "controls", "no such pair", "no second byte"],
)
def test_what_it_does_not_understand_is_on_paper(content: bytes, printed: str) -> None:
    """Nothing wrong passes unseen."""
    assert [printed] == lines(content)


def test_a_line_that_is_too_wide_wraps() -> None:
    """The printer breaks it and says so; a pair is never parted."""
    printer = decode(("药" * 17).encode("gbk") + b"\n", 33)

    assert [("药" * 16, True), ("药", False)] == [(item.text, item.wrapped) for item in printer.paper]


def test_every_cut_of_a_job_gives_the_same_paper() -> None:
    """Bytes may come in pieces of any size: a network does not keep them together."""
    job = b"\x1b@\x1c&" + "演示￥1".encode("gbk") + b"\n\x1d(k\x06\x001P0ABC\x1d(k\x03\x001Q0\x1bd\x02\x1dVB\x00"
    whole = decode(job, 32)
    for size in range(1, len(job)):
        pieces = SimulatedPrinter()
        for place in range(0, len(job), size):
            pieces.receive(job[place : place + size])
        assert (whole.paper, whole.commands) == (pieces.paper, pieces.commands)


def test_questions_are_answered_past_what_waits() -> None:
    """Real-time status is answered while the paper is out; the answer in its turn waits for the paper."""
    printer = SimulatedPrinter(lines_left=1)

    assert b"" == printer.receive(b"one\ntwo\n\x1dr\x01")
    assert bytes((0x12 | 0x60, 0x12 | 0x08, 0x12 | 0x20)) == printer.receive(b"\x10\x04\x04\x10\x04\x01\x10\x04\x02")
    assert b"\x00" == printer.load_paper()
    assert ["one", "two"] == [item.text for item in printer.paper]


def test_it_dies_once() -> None:
    """What it took before is on paper, as far as lines were whole; then it starts anew."""
    printer = SimulatedPrinter(dies_after=6)
    with pytest.raises(PrinterDied):
        printer.receive(b"one\ntwo\n")
    printer.receive(b"three\n")

    assert ["one", "three"] == [item.text for item in printer.paper]


def test_the_folder_keeps_the_paper(tmp_path: Path) -> None:
    """What came out is in ``paper.txt``; the paper that is left is in ``printer.json``."""
    (tmp_path / "printer.json").write_text('{"lines_left": 3}', encoding="utf-8")
    printer = PrinterFolder(tmp_path)
    printer.receive(b"one\n\x1dVB\x00")
    PrinterFolder(tmp_path).receive(b"two\nthree\nfour\n")

    assert "one\n-- 裁切 / cut --\ntwo\nthree\n" == (tmp_path / "paper.txt").read_text(encoding="utf-8")
    assert '"lines_left": 0' in (tmp_path / "printer.json").read_text(encoding="utf-8")
