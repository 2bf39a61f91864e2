"""Trouble at the real PC/SC service, in namespaces of its own: run by ``test_reader_trouble.py``, prints what it met as JSON.

``unshare --mount --net python tests/cards/reader_trouble.py DIRECTORY``
"""

from __future__ import annotations

import json
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from settlement.allowance import RefreshWrite, SaleWrite  # noqa: E402 - the path comes first
from simulator.personalise import make  # noqa: E402
from terminal.cards.pcsc import PcscSlots  # noqa: E402
from tests.cards.people import roster  # noqa: E402
from tests.cards.real_reader import admitted, connected, inserted, met, service, shut_out, until  # noqa: E402

CARD_PORT, PSAM_PORT = 35_963, 35_964
ROUNDS = 20
DELAY_MS = 30
TICK_S = 0.005
GET_ATR = 4


def day(directory: Path) -> Iterator[tuple[str, object]]:
    """Play what goes wrong."""
    make(roster(directory), directory, seed="trouble")
    watch = PcscSlots("00 00", "00 01")
    yield "before the service", met(watch.presence)
    yield from _killed(directory, watch)
    yield from _again(directory, watch)


def _killed(directory: Path, watch: PcscSlots) -> Iterator[tuple[str, object]]:
    """The service comes late, and is killed while a card is being used."""
    with ExitStack() as world:
        world.enter_context(inserted(directory / "psam.card", PSAM_PORT))
        world.enter_context(inserted(directory / "a.card", CARD_PORT))
        with service(directory):
            yield "the service came late", bool(until(watch.presence))
            card, fresh = admitted()
            full = card.write_refresh(RefreshWrite(before=fresh, tag=0x0101, generation=1, grant_fen=9000, not_after="5"))
        # Leaving the block killed it.
        yield "killed before a write", met(lambda: card.write_sale(SaleWrite(before=full, tag=0x0202, debit_fen=100)))
        began = time.monotonic()
        card.close()
        yield "let go soon", time.monotonic() - began < 3
        yield "looked at without service", met(watch.presence)
        with service(directory, readers=False):
            yield "no reader", met(watch.presence)
            yield "no reader to connect", met(connected)


def _again(directory: Path, watch: PcscSlots) -> Iterator[tuple[str, object]]:
    """The same objects go on working; nothing is left behind; a slow card keeps nobody else waiting; a mute one is said."""
    with service(directory), inserted(directory / "psam.card", PSAM_PORT):
        with inserted(directory / "a.card", CARD_PORT, delay_ms=DELAY_MS):
            yield "plugged in again", bool(until(watch.presence))
            until(connected).close()
            before = _open_files(), threading.active_count()
            for _ in range(ROUNDS):
                connected().close()
            yield "nothing left behind", (_open_files(), threading.active_count()) == before
            yield from _slow()
        time.sleep(1)
        with _mute():
            time.sleep(1)
            yield "a mute card", met(connected)
    yield "every thread ended", [thread.name for thread in threading.enumerate() if thread.name == "pcsc"]


def _slow() -> Iterator[tuple[str, object]]:
    ticks, over = [0], threading.Event()

    def tick() -> None:
        while not over.wait(TICK_S):
            ticks[0] += 1

    other = threading.Thread(target=tick)
    other.start()
    card = connected()
    began = time.monotonic()
    card.identify()
    taken_s = time.monotonic() - began
    over.set()
    other.join()
    card.close()
    yield "a slow card takes its time", taken_s >= card.channel.sent * DELAY_MS / 1000
    # What else runs in this process went on meanwhile: at least at a third of its pace, on whatever machine.
    yield "and others go on", ticks[0] >= taken_s / TICK_S / 3


@contextmanager
def _mute() -> Iterator[None]:
    """Put in a card that gives no answer to reset."""
    with socket.create_connection(("127.0.0.1", CARD_PORT)) as line:

        def answer() -> None:
            with suppress(OSError):
                while (head := line.recv(2)) and (asked := line.recv(int.from_bytes(head))):
                    if asked == bytes((GET_ATR,)):
                        line.sendall(bytes(2))

        threading.Thread(target=answer, daemon=True).start()
        yield
        line.shutdown(socket.SHUT_RDWR)


def _open_files() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def main() -> None:
    """Shut the machine out, then play."""
    shut_out()
    sys.stdout.write(json.dumps(dict(day(Path(sys.argv[1])))))


if __name__ == "__main__":
    main()
