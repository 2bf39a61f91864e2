"""A till that crashes while a PIN is being typed, and a look at what it said and kept.

``python tests/screen/pin_crash_proof.py DIRECTORY abort|screen|keyboard``: writes what was found as JSON. ``abort``: a signal, of which
Python's fault handler writes the stacks; ``screen``: a bug where the marks are drawn; ``keyboard``: one in the thread that reads them.
"""

from __future__ import annotations

import json
import secrets
import signal
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from tests.screen.pin_proof import _KEY_PAUSE_S, _SEEN_S, F8, PATIENCE_S, Counter, Terminal  # noqa: E402 - the path comes first

TYPED = 4
_PROGRAM = """
import sys
from terminal import cli
from terminal.screen import pin_entry
from terminal.screen.app import CounterApp

def failing(before, count):
    def fail(self, *given):
        held = getattr(self, "pin_entry", self)
        done = before(self, *given[: before.__code__.co_argcount - 1])
        if count(held) == {typed}:
            digits = bytes(held._digits)
            raise RuntimeError("planted")
        return done
    return fail

{plant}
sys.exit(cli.main(sys.argv[1:]))
"""
"""The till with a bug that has the digits at hand, in a local variable, when it comes to light."""
_PLANTS = {
    "abort": "",
    "screen": "CounterApp.on_pin_changed = failing(CounterApp.on_pin_changed, lambda entry: entry.count)",
    "keyboard": "pin_entry.PinEntry.feed = failing(pin_entry.PinEntry.feed, lambda entry: entry.count)",
}


def crash(counter: Counter, way: str) -> dict[str, Any]:
    """Have a sale come to its PIN, type four digits, and have the till crash."""
    till = counter.terminal(_PROGRAM.format(typed=TYPED, plant=_PLANTS[way]))
    player = next(player for player in counter.stage.cast.values() if player.admdvs == "990100" and player.role != "visitor")
    with counter.inserted(player):
        till.sees("Account balance")
        till.press(b"A001\r")
        till.sees("12.30")
        time.sleep(_SEEN_S)
        till.press(F8)
        till.sees("The customer types the PIN")
        digits = _unseen(counter, till)
        for digit in digits.encode():
            till.press(bytes((digit,)))
            time.sleep(_KEY_PAUSE_S)
        if way == "abort":
            till.sees("* * * * _ _")
            till.process.send_signal(signal.SIGABRT)
        left = till.process.wait(timeout=PATIENCE_S)
    till._thread.join(timeout=1)
    log = counter.directory / "logs" / "till.log"
    return {
        "left": left,
        "found": _found(counter, till, digits),
        "drawn": till.text()[-4000:],
        "log": log.read_text(encoding="utf-8") if log.exists() else "",
    }


def _unseen(counter: Counter, till: Terminal) -> str:
    """Return four digits that stand nowhere yet."""
    while True:
        digits = "".join(map(str, secrets.SystemRandom().sample(range(1, 10), TYPED)))
        if not _found(counter, till, digits):
            return digits


def _found(counter: Counter, till: Terminal, digits: str) -> list[str]:
    """Return where the digits stand, as text or as a list of bytes: in what came to the terminal (stderr too) and in any file."""
    codes = digits.encode()
    forms = [digits, " ".join(digits), ", ".join(digits), ", ".join(map(str, codes)), codes.hex(), codes.hex(" ")]
    texts = {"terminal": bytes(till.drawn), "terminal's text": till.text().encode()}
    texts |= {path.name: path.read_bytes() for path in counter.stage.directory.rglob("*") if path.is_file()}
    return [f"{form!r} in {name}" for name, content in texts.items() for form in forms if form.encode() in content]


def main() -> None:
    """Play it, and write what was found."""
    directory, way = Path(sys.argv[1]), sys.argv[2]
    with Counter(directory, reader=False) as counter:
        said = crash(counter, way)
    sys.stdout.write(json.dumps(said | {"lacking": ""}, ensure_ascii=False))


if __name__ == "__main__":
    main()
