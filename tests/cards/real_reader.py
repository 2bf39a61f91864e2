"""A counter at the real PC/SC service, in namespaces of its own: run by ``test_pcscd.py``, prints what it met as JSON.

``unshare --mount --net python tests/cards/real_reader.py DIRECTORY``
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import PIPE
from typing import TypeVar

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from config.clock import SystemClock  # noqa: E402 - the path comes first
from config.sections import Psam  # noqa: E402
from settlement.allowance import CardRecord, RefreshWrite, SaleWrite, judge  # noqa: E402
from settlement.errors import CardError  # noqa: E402
from simulator.personalise import make  # noqa: E402
from terminal.cards.opening import OpenReader, connect  # noqa: E402
from terminal.cards.pcsc import PcscSlots, readers  # noqa: E402
from terminal.cards.services import CounterCard  # noqa: E402
from terminal.cards.trace import Trace  # noqa: E402
from terminal.setup.trials import listed_readers  # noqa: E402
from tests.cards.people import PIN, roster  # noqa: E402

DRIVER = "/usr/lib/pcsc/drivers/serial/libifdvpcd.so"
SOCKET = Path("/run/pcscd/pcscd.comm")
PATIENCE_S = 10.0
POLL_S = 0.6
"""The service looks at a virtual reader every 0.4 s. A connect before it saw the pull, and a card that is back before
the next look, leave it believing in an empty slot until the card is taken out once more."""
_HOLDER = """import sys, time
from smartcard.scard import *
_, context = SCardEstablishContext(SCARD_SCOPE_USER)
deadline = time.monotonic() + 10
while True:
    mode = SCARD_SHARE_EXCLUSIVE if sys.argv[2] == "alone" else SCARD_SHARE_SHARED
    code, card, _ = SCardConnect(context, sys.argv[1], mode, SCARD_PROTOCOL_T0)
    if code == SCARD_S_SUCCESS:
        break
    assert time.monotonic() < deadline, code
    time.sleep(0.05)
if sys.argv[2] == "transaction":
    assert SCardBeginTransaction(card) == SCARD_S_SUCCESS
print(flush=True)
sys.stdin.read()
SCardDisconnect(card, SCARD_LEAVE_CARD)
"""
"""Another program: it holds the card until its input ends, alone, shared, or shared and in a transaction."""
_USER = """import sys
from smartcard.scard import *
_, context = SCardEstablishContext(SCARD_SCOPE_USER)
code, card, _ = SCardConnect(context, sys.argv[1], SCARD_SHARE_SHARED, SCARD_PROTOCOL_T0)
assert code == SCARD_S_SUCCESS, code
assert SCardDisconnect(card, SCARD_RESET_CARD) == SCARD_S_SUCCESS
"""
"""Another program: it uses the card between two of ours, and resets it."""
T = TypeVar("T")


@contextmanager
def running(*command: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a process of ours, and end it by its own id."""
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=sys.stderr, stderr=sys.stderr, cwd=ROOT)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@contextmanager
def service(directory: Path, *, readers: bool = True) -> Iterator[None]:
    """Run pcscd with the virtual reader, or with none, and nothing of the machine's own."""
    conf = directory / ("reader.conf.d" if readers else "no.conf.d")
    conf.mkdir(exist_ok=True)
    if readers:
        (conf / "vpcd").write_text(f'FRIENDLYNAME "Virtual PCD"\nDEVICENAME /dev/null:0x8C7B\nLIBPATH {DRIVER}\nCHANNELID 0x8C7B\n')
    for left in SOCKET.parent.iterdir():
        left.unlink()
    with running(shutil.which("pcscd") or "/usr/sbin/pcscd", "--foreground", "-c", str(conf)):
        until(SOCKET.exists)
        yield


@contextmanager
def inserted(image: Path, port: int, *, delay_ms: int = 0) -> Iterator[subprocess.Popen[bytes]]:
    """Put a card into a slot; ending the process pulls it."""
    program = "import sys; from simulator.cli import main; sys.exit(main(sys.argv[1:]))"
    words = ("serve", "--vpcd", "--port", str(port), "--delay-ms", str(delay_ms), str(image))
    with running(sys.executable, "-c", program, *words) as process:
        yield process


def until(holds: Callable[[], T]) -> T:
    """Wait until something is true; a card that was just inserted is seen within half a second."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            if found := holds():
                return found
            error: CardError | None = None
        except CardError as unready:
            error = unready
        if time.monotonic() > deadline:
            raise error or TimeoutError
        time.sleep(0.02)


def connected() -> CounterCard:
    """Connect both slots by name."""
    slots = PcscSlots("00 00", "00 01")
    return connect(slots, Psam())


def met(attempt: Callable[[], object]) -> str:
    """Return the code of the error that an attempt met, or "ok"."""
    try:
        attempt()
    except CardError as error:
        return error.code
    return "ok"


def admitted() -> tuple[CounterCard, CardRecord]:
    """Connect, identify, give the PIN, read."""
    card = until(connected)
    card.identify()
    card.verify_pin(bytearray(PIN.encode()))
    return card, card.read_allowance()


def day(directory: Path) -> Iterator[tuple[str, object]]:
    """Play everything that can happen at a reader."""
    make(roster(directory), directory, seed="reader")
    watch = PcscSlots("00 00", "00 01")
    card_image, psam_image = (directory / "a.card", 35_963), (directory / "psam.card", 35_964)
    yield "without service", met(connected)
    yield "listed without service", met(lambda: listed_readers("", ""))
    with service(directory), inserted(*psam_image):
        yield "without card", until(lambda: met(connected) == "CARD-NONE")
        yield "nobody in sight", watch.presence()
        yield "listed", [(reader.part[-5:], reader.used) for reader in listed_readers("00 00", "")]
        with inserted(*card_image):
            first = until(watch.presence)
            yield from _sale()
            yield "the same card in sight", watch.presence() == first
            yield "another program, by name", _held_by_a_program("alone")
            yield "another program that shares, by name", _held_by_a_program("shared")
            yield "another program in a transaction, by name", _held_by_a_program("transaction")
            held = until(connected)
            yield "held by another", met(connected)
        # Leaving the block pulled the card.
        yield "pulled between commands", until(lambda: met(held.identify) == "CARD-GONE")
        held.close()
        time.sleep(POLL_S)
        yield "empty again", until(lambda: met(connected) == "CARD-NONE")
        with inserted(*card_image):
            card = until(connected)
            yield "another insertion in sight", until(watch.presence) != first
            yield "reinserted, the PIN forgotten", (card.identify().psn_name, met(card.read_allowance))
            card.close()
        time.sleep(POLL_S)
        yield from _torn(directory)
    with service(directory), inserted(*card_image), inserted(*psam_image):
        card, _ = admitted()
        yield "after a restart of the service", "ok"
        yield "in sight after a restart", bool(until(watch.presence))
        card.close()
    yield from _kept_psam(directory)


def _kept_psam(directory: Path) -> Iterator[tuple[str, object]]:
    """Serve one card after the other beside one PSAM: used by others in between, taken out, and by a service that is another."""
    card_image, psam_image = (directory / "a.card", 35_963), (directory / "psam.card", 35_964)
    reader = OpenReader(PcscSlots("00 00", "00 01"), Psam())
    with service(directory), inserted(*card_image):
        with inserted(*psam_image):
            yield "PSAM, first card", until(lambda: _asked(reader))
            yield "PSAM, second card", _asked(reader)
            psam_reader = next(name for name in readers() if "00 01" in name)
            subprocess.run([sys.executable, "-c", _USER, psam_reader], check=True, timeout=PATIENCE_S)
            yield "PSAM, reset by another program", _asked(reader)
            with subprocess.Popen([sys.executable, "-c", _HOLDER, psam_reader, "transaction"], stdin=PIPE, stdout=PIPE) as holder:
                assert holder.stdout is not None
                holder.stdout.readline()
                yield "PSAM, held by another program", met(lambda: _asked(reader))
                holder.communicate(b"")
            yield "PSAM, let go by another program", until(lambda: _asked(reader))
            # As the doctor does while the till is open: it connects anew, with reset.
            yield "PSAM, looked at meanwhile", met(lambda: connected().close())
            yield "PSAM, after that", _asked(reader)
        time.sleep(POLL_S)
        yield "PSAM, out", met(lambda: _asked(reader))
        with inserted(*psam_image):
            yield "PSAM, in again", until(lambda: _asked(reader))
    with service(directory), inserted(*card_image), inserted(*psam_image):
        yield "PSAM, another service", until(lambda: _asked(reader))
        reader.close()


def _asked(reader: OpenReader) -> str:
    """Identify a card; return the first command that its PSAM was sent."""
    trace = Trace(SystemClock())
    card = reader.open_card(trace)
    try:
        card.identify()
    finally:
        card.close()
    return next(name for _, slot, name, *_ in trace.steps if slot == "psam" and name != "RESET")


def _held_by_a_program(how: str) -> bool:
    """Have another process hold the card: whether it is named, is let be, and the card is free after it."""
    card_reader = next(name for name in readers() if "00 00" in name)
    with subprocess.Popen([sys.executable, "-c", _HOLDER, card_reader, how], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        try:
            connected()
            said = ""
        except CardError as error:
            said = error.say("zh")
        running = holder.poll() is None
        holder.communicate(b"")
    until(connected).close()
    return running and f"({holder.pid})" in said


def _sale() -> Iterator[tuple[str, object]]:
    card = until(connected)
    yield "identified", card.identify().psn_name
    yield "keys of its own", card.has_keypad()
    yield "wrong PIN", met(lambda: card.verify_pin(bytearray(b"000000")))
    card.verify_pin(bytearray(PIN.encode()))
    fresh = card.read_allowance()
    full = card.write_refresh(RefreshWrite(before=fresh, tag=0x0101, generation=1, grant_fen=9000, not_after="5"))
    card.close()
    card, before = admitted()
    yield "allowance", (full == before, before.amount_fen)
    plan = SaleWrite(before=before, tag=0x0202, debit_fen=1234)
    after = card.write_sale(plan)
    yield "sold", (judge(plan, after), after.amount_fen, after.tags)
    card.close()


def _torn(directory: Path) -> Iterator[tuple[str, object]]:
    """Pull the card while a command runs: the outcome is unknown, and the card itself tells afterwards."""
    with inserted(directory / "a.card", 35_963, delay_ms=150) as slow:
        card, before = admitted()
        plan = SaleWrite(before=before, tag=0x0303, debit_fen=1000)
        sent = card.channel.sent
        # Two commands prove the right; the third, the first write, is cut while the card works on it.

        def pull() -> None:
            until(lambda: card.channel.sent >= sent + 3)
            time.sleep(0.05)
            slow.kill()

        puller = threading.Thread(target=pull)
        puller.start()
        yield "pulled during a write", met(lambda: card.write_sale(plan))
        puller.join()
        card.close()
    time.sleep(POLL_S)
    with inserted(directory / "a.card", 35_963):
        card, now = admitted()
        yield "and judged", judge(plan, now)
        card.close()


def shut_out() -> None:
    """Keep the machine's own readers and network out of these namespaces."""
    for command in (
        ("mount", "--make-rprivate", "/"),
        ("mkdir", "-p", "/run/pcscd"),
        ("mount", "-t", "tmpfs", "tmpfs", "/run/pcscd"),
        ("ip", "link", "set", "lo", "up"),
    ):
        subprocess.run(command, check=True)


def main() -> None:
    """Shut the machine out, then play."""
    shut_out()
    sys.stdout.write(json.dumps(dict(day(Path(sys.argv[1]))), ensure_ascii=False))


if __name__ == "__main__":
    main()
