"""The conversation of :mod:`tests.cards.conversation` through the real pcscd and the virtual reader.

Run by ``test_card_twins.py``, prints what was said as JSON:
``unshare --mount --net python tests/cards/twin_reader.py DIRECTORY``
"""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from simulator import image, vpcd  # noqa: E402 - the path comes first
from terminal.cards.pcsc import PcscSlots  # noqa: E402
from terminal.cards.port import CardPort  # noqa: E402
from tests.cards.conversation import Conversation, Repeatable, with_psam  # noqa: E402
from tests.cards.people import PIN  # noqa: E402
from tests.cards.real_reader import service, shut_out, until  # noqa: E402


@contextmanager
def served(card: Path, psam: Path) -> Iterator[None]:
    """Serve both images at their ports with repeatable random bytes."""
    end = threading.Event()
    place = vpcd.Place("127.0.0.1", vpcd.PORT, 0.0)
    server = threading.Thread(target=vpcd.serve, args=([card, psam], place, end, Repeatable()))
    server.start()
    try:
        yield
    finally:
        end.set()
        server.join()


def said(card: CardPort, psam: CardPort, path: Path) -> dict[str, object]:
    """Hold both conversations."""
    try:
        # The service powered the card more than once by now: the stream of random bytes begins with the first challenge.
        return {"card": Conversation(card.transmit, image.load(path)).hold(PIN), "psam": with_psam(psam.transmit)}
    finally:
        card.close()
        psam.close()


def main() -> None:
    """Shut the machine out, then speak with each card in the folder."""
    shut_out()
    directory = Path(sys.argv[1])
    met = {}
    for path in sorted(directory.glob("*.card")):
        if path.name != "psam.card":
            with service(directory), served(path, directory / "psam.card"):
                slots = PcscSlots("00 00", "00 01")
                met[path.name] = said(until(slots.card), until(slots.psam), path)
    sys.stdout.write(json.dumps(met))


if __name__ == "__main__":
    main()
