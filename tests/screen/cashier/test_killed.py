"""kill -9 of the real program on a real terminal: what was scanned is on the screen again."""

from __future__ import annotations

import fcntl
import os
import pty
import signal
import struct
import subprocess
import sys
import termios
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.screen.cashier.conftest import Open
from tests.screen.cashier.floor import BARCODES, Floor

YIBAO = str(Path(sys.executable).with_name("yibao"))


class RealTill:
    """``yibao`` in a terminal of its own."""

    def __init__(self, process: subprocess.Popen[bytes], master: int) -> None:
        self.process = process
        self.drawn = bytearray()
        self._master = master
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def type(self, keys: str) -> None:
        """Press keys."""
        os.write(self._master, keys.encode())

    def has_drawn(self, words: str) -> bool:
        """Whether words came to the terminal."""
        return words.encode() in self.drawn

    def kill(self) -> None:
        """End it without a word."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self._reader.join()

    def _read(self) -> None:
        with suppress(OSError):  # the end of a terminal that nobody has open any more
            while chunk := os.read(self._master, 65_536):
                self.drawn += chunk


@contextmanager
def real_till(directory: Path) -> Iterator[RealTill]:
    """Run the till until the block ends."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    environment = {**os.environ, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"}
    with os.fdopen(slave, "rb", buffering=0) as inner, os.fdopen(master, "rb", buffering=0):
        command = [YIBAO, "--data-dir", str(directory)]
        process = subprocess.Popen(command, stdin=inner, stdout=inner, stderr=inner, env=environment, start_new_session=True)
        inner.close()
        till = RealTill(process, master)
        try:
            yield till
        finally:
            till.kill()


def kept(floor: Floor) -> list[str]:
    """Return the goods of the unfinished bill that the journal keeps."""
    with floor.journal() as journal:
        note = journal.notes.get("draft")
    return [line["goods"]["medins_list_codg"] for line in note["bill"]["lines"]] if note else []


def test_unfinished_bill_survives_a_kill(opened: Open, floor: Floor) -> None:
    """Two kinds are scanned, the process is killed, the next start has them and says so; they are sold once."""
    with real_till(floor.directory()) as till:
        floor.until("the till is ready", lambda: till.has_drawn("就绪"))
        till.type(f"2*A001\r{BARCODES['A002']}\r")
        floor.until("both are kept", lambda: kept(floor) == ["A001", "A002"])
        till.kill()
    sales = len(floor.sales())

    with opened(fresh=False) as clerk:
        clerk.expect("未完成的单据已恢复", "演示控释片", "演示缓释片", "44.60")
        assert ["A001", "A002"] == clerk.goods
        assert 2_0000 == clerk.till.bill.lines[0].goods.cnt_e4
        clerk.press("f8", "f8")
        clerk.expect("已收现金", "44.60")
    assert sales + 1 == len(floor.sales())
    with opened(fresh=False) as clerk:
        assert [] == clerk.goods
