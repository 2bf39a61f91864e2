"""One VERIFY, one change of the PIN, and a look at the process before anything else happens in it: what was freed is as it was left.

``python tests/screen/pin_moment.py DIRECTORY simulated|reader``: writes what was found as JSON; as ``tests/screen/pin_proof.py``.
"""

from __future__ import annotations

import json
import secrets
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from simulator.personalise import make  # noqa: E402 - the path comes first
from simulator.slot import SimulatedSlot  # noqa: E402
from tests.cards import real_reader  # noqa: E402
from tests.cards.people import entry, roster  # noqa: E402
from tests.screen.process_memory import forms_of, forms_of_change, lacking, traces  # noqa: E402

_PROGRAM = """
import os, sys
from pathlib import Path
from config.sections import Psam, Reader
from terminal.cards.opening import connect, slots_of

slots = slots_of(Reader(kind=sys.argv[1], slot_dir=sys.argv[2], card_reader="00 00", psam_reader="00 01"))
card = connect(slots, Psam())
card.identify()
old, new, pin = bytearray(6), bytearray(6), bytearray(6)
def read(into):
    for place in range(6):
        into[place] = os.read(0, 1)[0]
os.write(1, b"?")
read(pin)
card.verify_pin(pin)
os.write(1, b"!")
read(old)
read(new)
card.change_pin(old, new)
os.write(1, b"!")
os.read(0, 1)
def careless():
    command = bytearray((0x00, 0x20, 0x00, 0x00, 0x03)) + bytearray(3)
    for place in range(3):
        command[5 + place] = os.read(0, 1)[0]
    return [(bytes(command), list(command), command[5:].hex()) for _ in range(8)]
careless()
os.write(1, b"!")
os.read(0, 1)
"""
"""Verifies the PIN that comes in digit by digit, and changes it; then makes copies of such a command and drops them, to be found."""


def look(directory: Path, kind: str) -> dict[str, Any]:
    """Verify a PIN, and change it; return the forms in which they stand in memory just then, and those that a careless program leaves."""
    pin, new, other = ("".join(secrets.choice("123456789") for _ in range(6)) for _ in range(3))
    make(roster(directory, entry("a", pin=pin)), directory, seed="moment")
    with ExitStack() as ends:
        if kind == "pcsc":
            ends.enter_context(real_reader.service(directory))
            for port, image in ((35_963, "a.card"), (35_964, "psam.card")):
                ends.enter_context(real_reader.inserted(directory / image, port))
            real_reader.until(real_reader.connected).close()
        else:
            SimulatedSlot(directory / "slot").insert(card="../a.card", psam="../psam.card")
        command = [sys.executable, "-c", _PROGRAM, kind, str(directory / "slot")]
        process = ends.enter_context(subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0, cwd=ROOT))
        ends.callback(process.kill)
        _heard(process)
        said: dict[str, Any] = {"lacking": lacking(process.pid)}
        if not said["lacking"]:
            verified, changes = forms_of(pin, process.pid), forms_of_change(pin, new, process.pid)
            said["found"] = _typed(process, pin.encode(), verified)
            said["changed"] = _typed(process, pin.encode() + new.encode(), verified | changes)
            said["changed"] += _typed(process, b"", forms_of(new, process.pid))
            said["control"] = _typed(process, b"." + bytes.fromhex(other), forms_of(other, process.pid))
        return said


def _typed(process: subprocess.Popen[bytes], keys: bytes, forms: dict[str, bytes]) -> list[str]:
    """Type ``keys`` and return which of ``forms`` stand in memory once they have done what they do."""
    assert process.stdin is not None
    if keys:
        process.stdin.write(keys)
        _heard(process)
    return sorted({trace.form for trace in traces(process.pid, forms)})


def _heard(process: subprocess.Popen[bytes]) -> None:
    assert process.stdout is not None
    assert process.stdout.read(1), "the program failed"


def main() -> None:
    """Look, and write what was found."""
    directory, way = Path(sys.argv[1]), sys.argv[2]
    directory.mkdir(parents=True, exist_ok=True)
    if way == "reader":
        real_reader.shut_out()
    sys.stdout.write(json.dumps(look(directory, "pcsc" if way == "reader" else "simulated")))


if __name__ == "__main__":
    main()
