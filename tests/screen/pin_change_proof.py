"""A till on a terminal, a PIN that is changed and a new card that is activated, and a look at everything the till could have kept.

``python tests/screen/pin_change_proof.py DIRECTORY simulated|reader``: writes what was found as JSON; as ``tests/screen/pin_proof.py``.
"""

from __future__ import annotations

import json
import secrets
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from terminal.demo.cast import Player  # noqa: E402 - the path comes first
from terminal.pin_change import weak  # noqa: E402
from tests.cards import real_reader  # noqa: E402
from tests.screen.pin_proof import _KEY_PAUSE_S, _SEEN_S, AFTER_S, F8, LEAVE, PATIENCE_S, Counter, Found, Terminal, until  # noqa: E402
from tests.screen.process_memory import forms_of, forms_of_change, lacking, traces  # noqa: E402

F9 = b"\x1b[20~"


def at_terminal(counter: Counter) -> dict[str, Any]:
    """Change a PIN, then sell to the holder of a new card, who has to choose one first."""
    till = counter.terminal()
    process = till.process.pid
    said: dict[str, Any] = {"lacking": lacking(process)}
    if said["lacking"]:
        return said
    first = next(player for player in counter.customers(process) if player.role != "visitor")
    new_card = counter.stage.cast["visitor"]
    changed, chosen = (replace(player, pin=_unseen(player, process)) for player in (first, new_card))
    said["change"] = _change(counter, till, first, changed)
    said["activation"] = _activate(counter, till, new_card, chosen)
    till.press(LEAVE)
    said["left"] = till.process.wait(timeout=PATIENCE_S)
    said["kept"] = counter.kept((first, changed, chosen), till.text())
    return said


def _unseen(player: Player, process: int) -> str:
    """Return a PIN that the card's holder may choose and that stands nowhere in the till's memory yet, not even by chance."""
    while True:
        pin = "".join(secrets.choice("123456789") for _ in range(6))
        if not weak(bytearray(pin.encode()), player.certno) and not traces(process, {"digits": pin.encode()}):
            return pin


def _change(counter: Counter, till: Terminal, old: Player, new: Player) -> Found:
    """F9, 2: the old PIN, the new one, and the new one again."""
    image = counter.image(old)
    with counter.inserted(old):
        till.sees("Account balance")
        time.sleep(_SEEN_S)
        till.press(F9)
        till.sees("Change")
        till.press(b"2")
        before = _typed_thrice(till, image, old.pin, new.pin)
        _answered(image, before)
        found = _found(till, old.pin, new.pin, "after CHANGE")
        till.sees("The card has its new PIN")
        return found + _found(till, old.pin, new.pin, "after the change")


def _activate(counter: Counter, till: Terminal, initial: Player, new: Player) -> Found:
    """Sell to the holder of a new card; the one PIN that is a secret is the new one."""
    image = counter.image(initial)
    with counter.inserted(initial):
        till.sees("Account balance")
        till.press(b"A001\r")
        till.sees("12.30")
        time.sleep(_SEEN_S)
        till.press(F8)
        before = _typed_thrice(till, image, initial.pin, new.pin)
        _answered(image, before)
        found = _found(till, initial.pin, new.pin, "after activation", initial=True)
        till.sees("Hand the goods over")
        found += _found(till, initial.pin, new.pin, "after the sale", initial=True)
        till.press(b"\r")
        return found


def _typed_thrice(till: Terminal, image: Path, old: str, new: str) -> int:
    """Type the old PIN when it is asked for and the new one twice; return when the card's image was last written before that."""
    before = 0
    for asked, pin in (("types the PIN", old), ("2 of 3", new), ("3 of 3", new)):
        till.sees(asked)
        before = image.stat().st_mtime_ns
        for digit in pin.encode() + b"\r":
            till.press(bytes((digit,)))
            time.sleep(_KEY_PAUSE_S)
    return before


def _answered(image: Path, before: int) -> None:
    """Wait until the card has answered, and then as long as a PIN may be left: activation ends with a VERIFY."""
    until("the card's answer", lambda: image.stat().st_mtime_ns != before)
    last = 0
    while last != (now := image.stat().st_mtime_ns):
        last = now
        time.sleep(AFTER_S)


def _found(till: Terminal, old: str, new: str, when: str, *, initial: bool = False) -> Found:
    """Return where the PINs stand in the till's memory; an initial one is no secret, and every till knows it."""
    process = till.process.pid
    forms = {f"new {name}": form for name, form in forms_of(new, process).items()} | forms_of_change(old, new, process)
    if not initial:
        forms |= {f"old {name}": form for name, form in forms_of(old, process).items()}
    return [{"when": when, "form": found.form, "mapping": found.mapping} for found in traces(process, forms)]


def main() -> None:
    """Play it, and write what was found."""
    directory, way = Path(sys.argv[1]), sys.argv[2]
    if way == "reader":
        real_reader.shut_out()
    with Counter(directory, reader=way == "reader") as counter:
        said = at_terminal(counter)
    sys.stdout.write(json.dumps(said, ensure_ascii=False))


if __name__ == "__main__":
    main()
