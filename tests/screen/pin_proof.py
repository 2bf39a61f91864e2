"""A till in a process of its own, customers who type their PINs, and a look at everything that the till could have kept of them.

``python tests/screen/pin_proof.py DIRECTORY simulated|reader|pipe``: writes what was found as JSON. ``simulated``: the till on a
terminal, its card an image; ``reader``: the same behind the real PC/SC service, in namespaces of its own (``unshare --mount --net``), as
``tests/cards/real_reader.py``; ``pipe``: the till without a screen.
"""

from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import secrets
import struct
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, Self

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from config.clock import FileClock  # noqa: E402 - the path comes first
from config.entropy import SystemEntropy  # noqa: E402
from offline_queue.catalogue.goods_file import read_goods  # noqa: E402
from offline_queue.catalogue.importing import replace_catalogue  # noqa: E402
from offline_queue.journal import Journal  # noqa: E402
from offline_queue.journal.errors import JournalMissing  # noqa: E402
from offline_queue.journal_command import export  # noqa: E402
from terminal.demo import conversation  # noqa: E402
from terminal.demo.cast import Player  # noqa: E402
from terminal.demo.stage import Stage  # noqa: E402
from tests.cards import real_reader  # noqa: E402
from tests.screen.process_memory import forms_of, lacking, traces  # noqa: E402

AFTER_S = 0.2
"""After this, nothing of a PIN may be left (commit protocol, invariant 17)."""
PATIENCE_S = 30.0
ROWS, COLUMNS = 40, 120
F8, LEAVE = b"\x1b[19~", b"\x11"
GOODS = """\
商品编码,医保目录编码,商品名称,规格,生产企业,单位,条码,药品标识码,零售价,医保等级,先行自付比例,医保支付标准,批准类别,生产批号,有效期至,须扫追溯码,销量
A001,YSA001,演示控释片,30mg×7片,演示一厂,盒,2000000000015,,12.30,01,0,,国药准字,YS24001,2027-11,否,900
"""
SOLD = b"A001", "演示".encode()
"""What is sold: its code in records, the beginning of its name on slips and on the screen."""
_CONTROL = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[()][A-B0-2]|[=>78M])")
_SHOP = "east"
_KEY_PAUSE_S = 0.03
_SEEN_S = 0.4
"""F8 counts once the screen has stood still for a moment."""
Found = list[dict[str, str]]


def until(what: str, holds: Callable[[], object]) -> None:
    """Wait until ``holds()``."""
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        if time.monotonic() > deadline:
            raise TimeoutError(what)
        time.sleep(0.005)


class Terminal:
    """``yibao`` on a terminal: what is pressed goes in, what is drawn is kept."""

    def __init__(self, directory: Path, program: str = "") -> None:
        """``program``: what is run in place of ``yibao``, by the same Python."""
        self.drawn = bytearray()
        self._seen = 0
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        environment = {"PATH": os.environ["PATH"], "TERM": "xterm-256color", "COLORTERM": "truecolor", "LC_ALL": "C.UTF-8"}
        environment["PYTHONFAULTHANDLER"] = "1"
        till = (sys.executable, "-c", program) if program else (_script("yibao"),)
        command = [*till, "--data-dir", str(directory)]
        self.process = subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave, env=environment, start_new_session=True)
        os.close(slave)
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def press(self, keys: bytes) -> None:
        """Have bytes of a keyboard arrive in one go."""
        self._seen = len(self.drawn)
        os.write(self._master, keys)

    def sees(self, words: str) -> None:
        """Wait until words are drawn that were not there when a key was last pressed."""
        until(words, lambda: words in self.text(self._seen) or self.process.poll() is not None)
        assert self.process.poll() is None, self.text(self._seen)

    def text(self, since: int = 0) -> str:
        """Return what was drawn, without colours and movements."""
        return _CONTROL.sub(b"", bytes(self.drawn[since:])).decode("utf-8", "replace")

    def close(self) -> None:
        """Switch it off, whatever the till does."""
        self.process.kill()
        self.process.wait()
        self._thread.join()
        os.close(self._master)

    def _read(self) -> None:
        with suppress(OSError):  # the end of a terminal that nobody has open any more
            while chunk := os.read(self._master, 65_536):
                self.drawn += chunk


class Counter:
    """A shop with everything around the till running, and cards whose PINs nobody has seen before."""

    def __init__(self, directory: Path, *, reader: bool) -> None:
        self._reader = reader
        self._ends = ExitStack()
        self.stage = Stage(directory, seed=secrets.token_hex(8), personality="re-executes", shops=(_SHOP,), staffed=False)
        self.directory = self.stage.shops[_SHOP].directory

    def __enter__(self) -> Self:
        self._ends.enter_context(self.stage)
        goods = self.stage.directory / "goods.csv"
        goods.write_text(GOODS, encoding="utf-8")
        replace_catalogue(self.directory, read_goods(goods, _silently).items, {}, _silently, over=True)
        settings = (self.directory / "settings.toml").read_text(encoding="utf-8") + '\n[ui]\nlanguage = "en"\n'
        if self._reader:
            settings = re.sub(r'kind = "simulated"\nslot_dir = ".*"', 'card_reader = "00 00"\npsam_reader = "00 01"', settings)
            self._ends.enter_context(real_reader.service(self.stage.directory))
            self._ends.enter_context(real_reader.inserted(self.stage.directory / "cards" / "psam.card", 35_964))
        (self.directory / "settings.toml").write_text(settings, encoding="utf-8")
        self.stage._spawn(_script("yibao-sync"), "run", "--data-dir", str(self.directory), log="sync")
        until("the line is up", self._line_is_up)
        return self

    def __exit__(self, *_: object) -> None:
        self._ends.close()

    def terminal(self, program: str = "") -> Terminal:
        """Open the till on a terminal; ``program`` as for :class:`Terminal`."""
        terminal = Terminal(self.directory, program)
        self._ends.callback(terminal.close)
        terminal.sees("Ready")
        return terminal

    def pipe(self) -> conversation.Till:
        """Open the till without a screen."""
        till = conversation.Till([_script("yibao"), "headless", "--no-sender", "--data-dir", str(self.directory)])
        self._ends.callback(till.close)
        till.open()
        return till

    def image(self, player: Player) -> Path:
        """Return a card's image."""
        return self.stage.directory / "cards" / player.image

    @contextmanager
    def inserted(self, player: Player) -> Iterator[None]:
        """Have a card in the reader."""
        if self._reader:
            with real_reader.inserted(self.image(player), 35_963):
                yield
            time.sleep(real_reader.POLL_S)
        else:
            self.stage.insert(_SHOP, player)
            yield
            self.stage.insert(_SHOP, None)

    def customers(self, process: int) -> tuple[Player, Player]:
        """Return two people whose PINs stand nowhere in the till's memory yet, not even by chance."""
        there = {found.form for found in traces(process, {player.role: player.pin.encode() for player in self.stage.cast.values()})}
        unseen = [player for player in self.stage.cast.values() if player.admdvs == "990100" and player.role not in there]
        return unseen[0], unseen[1]

    def kept(self, players: tuple[Player, ...], drawn: str) -> dict[str, list[str]]:
        """Return where PINs stand in what is kept: files, rows of the journal, its export, slips, the screen; and where the goods do."""
        texts = {f"file {path.name}": path.read_bytes() for path in self.directory.rglob("*") if path.is_file()}
        texts |= {f"file {path.name}": path.read_bytes() for path in (self.stage.directory / "cards").iterdir()}
        texts |= {f"file {path.name}": path.read_bytes() for path in self.stage.directory.glob("*.log")}
        texts |= {f"centre {path.name}": path.read_bytes() for path in (self.stage.directory / "centre").rglob("*") if path.is_file()}
        clock = FileClock(self.stage.directory / "clock")
        with Journal(self.directory, role="reader", clock=clock, entropy=SystemEntropy(), counter=None) as journal:
            texts["journal export"] = json.dumps(export(journal, reveal=True), ensure_ascii=False).encode()
            with journal.store.read() as db:
                for (table,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
                    texts[f"journal {table}"] = repr(db.execute(f'SELECT * FROM "{table}"').fetchall()).encode()
        texts["slip"] = subprocess.check_output([_script("yibao"), "status", "--json", "--data-dir", str(self.directory)])
        texts["screen"] = drawn.encode()
        pins = [player.pin.encode() for player in players]
        return {
            "pins": [name for name, content in texts.items() if any(pin in content for pin in pins)],
            "goods": [name for name, content in texts.items() if any(mark in content for mark in SOLD)],
        }

    def _line_is_up(self) -> bool:
        with suppress(JournalMissing):  # the sender is only just making it
            return bool(self.stage.sync_status(_SHOP)["line"]["state"] == "up")
        return False


def traces_of(player: Player, process: int, when: str) -> Found:
    """Return where the PIN of ``player`` stands in the memory of a till."""
    return [{"when": when, "form": found.form, "mapping": found.mapping} for found in traces(process, forms_of(player.pin, process))]


def at_terminal(counter: Counter) -> dict[str, Any]:
    """Sell to two customers: one types key by key, the other's keys arrive all at once."""
    till = counter.terminal()
    process = till.process.pid
    said: dict[str, Any] = {"lacking": lacking(process)}
    if said["lacking"]:
        return said
    said["typed as text"] = _typed_as_text(till)
    first, second = counter.customers(process)
    said["key by key"] = _sell(counter, till, first, *(bytes((digit,)) for digit in first.pin.encode() + b"\r"))
    said["burst"] = _sell(counter, till, second, second.pin.encode() + b"\r")
    till.press(LEAVE)
    said["left"] = till.process.wait(timeout=PATIENCE_S)
    said["kept"] = counter.kept((first, second), till.text())
    return said


def _typed_as_text(till: Terminal) -> int:
    """Type a number into the scan line; return how often it stands in the till's memory, to which it means nothing."""
    number = "".join(secrets.choice("123456789") for _ in range(6))
    till.press(number.encode())
    till.sees(number)
    found = len(traces(till.process.pid, forms_of(number, till.process.pid)))
    till.press(b"\x1b")
    time.sleep(_SEEN_S)
    return found


def _sell(counter: Counter, till: Terminal, player: Player, *typed: bytes) -> Found:
    """Sell to a customer whose PIN comes in these pieces; return what stood in memory after VERIFY, and after the sale."""
    image = counter.image(player)
    with counter.inserted(player):
        till.sees("Account balance")
        till.press(b"A001\r")
        till.sees("12.30")
        time.sleep(_SEEN_S)
        till.press(F8)
        till.sees("The customer types the PIN")
        before = image.stat().st_mtime_ns
        for piece in typed:
            till.press(piece)
            time.sleep(_KEY_PAUSE_S)
        # The card counts a try before it looks at the PIN: its image is written at VERIFY.
        until("VERIFY", lambda: image.stat().st_mtime_ns != before)
        time.sleep(AFTER_S)
        found = traces_of(player, till.process.pid, "after VERIFY")
        till.sees("Hand the goods over")
        found += traces_of(player, till.process.pid, "after the sale")
        till.press(b"\r")
    return found


def at_pipe(counter: Counter) -> dict[str, Any]:
    """Sell to a customer whose PIN comes in a line of another program."""
    till = counter.pipe()
    process = till._process.pid
    said: dict[str, Any] = {"lacking": lacking(process)}
    if said["lacking"]:
        return said
    player, _ = counter.customers(process)
    found: Found = []

    def settle(question: conversation.Message) -> str:
        del question
        time.sleep(AFTER_S)
        found.extend(traces_of(player, process, "after VERIFY"))
        return "settle"

    with counter.inserted(player):
        sale = {"do": "sale", "lines": counter.stage.lines(("A001", 1))}
        ended = till.run(sale, pins=(player.pin,), replies={"Quoted": settle})
        assert ended.end["end"] == "Settled", ended
        found.extend(traces_of(player, process, "after the sale"))
    said["line"] = found
    till.close()
    said["kept"] = counter.kept((player,), json.dumps(ended.said, ensure_ascii=False))
    return said


def _script(name: str) -> str:
    return str(Path(sys.executable).with_name(name))


def _silently(done: int, total: int) -> None:
    """Show no progress: it takes no time."""
    del done, total


def main() -> None:
    """Play it, and write what was found."""
    directory, way = Path(sys.argv[1]), sys.argv[2]
    if way == "reader":
        real_reader.shut_out()
    with Counter(directory, reader=way == "reader") as counter:
        said = at_pipe(counter) if way == "pipe" else at_terminal(counter)
    sys.stdout.write(json.dumps(said, ensure_ascii=False))


if __name__ == "__main__":
    main()
