"""A pair of hands at the keyboard of the real application: everything that is pressed is counted, and nothing is pressed too early.

Keys arrive as the bytes that a terminal sends, through Textual's own parser. The application runs in a loop of its own that
stands still between two presses, so a test reads like what a person does.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from time import monotonic
from typing import TypeVar

from textual._xterm_parser import XTermParser
from textual.message import Message
from textual.pilot import Pilot

from terminal.screen.app import CounterApp
from terminal.screen.cashier.mode import Mode
from terminal.screen.cashier.model import Cashier
from terminal.screen.cashier.seller import Seller
from terminal.screen.cashier.selling import SellingMode
from terminal.screen.cashier.waiting import PinMode
from terminal.screen.registration.registrar import Registrar
from tests.screen.golden import text_of

PATIENCE_S = 20.0
BYTES = {
    "f1": "\x1bOP", "f2": "\x1bOQ", "f3": "\x1bOR", "f4": "\x1bOS", "f5": "\x1b[15~", "f6": "\x1b[17~", "f7": "\x1b[18~", "f8": "\x1b[19~",
    "f9": "\x1b[20~", "f10": "\x1b[21~", "f12": "\x1b[24~", "up": "\x1b[A", "down": "\x1b[B", "pageup": "\x1b[5~", "pagedown": "\x1b[6~",
    "enter": "\r", "ctrl+j": "\n", "backspace": "\x7f", "escape": "\x1b", "ctrl+t": "\x14", "ctrl+k": "\x0b", "ctrl+q": "\x11",
    "ctrl+c": "\x03",
}  # fmt: skip
"""What a terminal sends for each key that is no character."""
_SETTLES = {"f8", "f12"}
_ALONE_S = 0.11
"""After this an Esc is a key and not the beginning of a sequence."""
_READ_S = 0.32
"""A person has seen the new screen: longer than the guard of F8 distrusts it."""
_ONE_BY_ONE_S = 0.13
_MEANT_S = 0.08
_M = TypeVar("_M", bound=Mode)


class Clerk:
    """``keys``: what the cashier pressed, a chord counts its keys; ``digits``: what the customer pressed, the Enter after them too."""

    def __init__(self, app: CounterApp, pilot: Pilot[int], runner: asyncio.Runner) -> None:
        self.app = app
        self.pilot = pilot
        self.keys = self.scans = self.digits = 0
        self._runner = runner
        self._parser = XTermParser()

    # --- hands -------------------------------------------------------------------------------------------

    def press(self, *keys: str) -> None:
        """Press keys one after the other, each when the screen has done what the one before asked for."""
        for key in keys:
            self.keys += len(key.split("+")) if len(key) > 1 else 1
            self._runner.run(self._press(key))

    def write(self, text: str) -> None:
        """Press one key for each character."""
        self.press(*text)

    def scan(self, code: str, suffix: str = "\r") -> None:
        """Have a scanner type a code in one burst, with what it sends at the end."""
        self.scans += 1
        self.send(code + suffix)

    def pin(self, digits: str) -> None:
        """Have the customer type the PIN and Enter."""
        self.mode(PinMode)
        self.digits += len(digits) + 1
        for byte in f"{digits}\r":
            self.send(byte)

    def send(self, written: str) -> None:
        """Let bytes of the terminal arrive in one go, and wait until they are worked off."""
        self._runner.run(self._send(written))

    def rest(self) -> None:
        """Press nothing, and wait until application and screen have nothing left to do."""
        self._runner.run(self._worked_off())

    def wait(self, seconds: float) -> None:
        """Let time go by."""
        self._runner.run(asyncio.sleep(seconds))

    def resize(self, columns: int, rows: int) -> None:
        """Make the terminal larger or smaller."""

        async def change() -> None:
            await self.pilot.resize_terminal(columns, rows)
            await self._worked_off()

        self._runner.run(change())

    def counted_from_here(self) -> None:
        """Begin to count anew."""
        self.keys = self.scans = self.digits = 0

    # --- eyes --------------------------------------------------------------------------------------------

    @property
    def till(self) -> Cashier:
        """The model behind the screen."""
        assert self.app.till is not None
        return self.app.till

    @property
    def seller(self) -> Seller:
        """The same, of a shop."""
        assert isinstance(self.app.till, Seller)
        return self.app.till

    @property
    def registrar(self) -> Registrar:
        """The same, of a clinic's desk."""
        assert isinstance(self.app.till, Registrar)
        return self.app.till

    @property
    def goods(self) -> list[str]:
        """The codes of what stands on the bill."""
        return [line.goods.medins_list_codg for line in self.till.bill.lines]

    @property
    def text(self) -> str:
        """What stands on the screen, without its colours."""
        return text_of(self.app)

    def until(self, what: str, holds: Callable[[], object]) -> None:
        """Wait until something is so. Fails with ``what`` and the screen."""

        async def look() -> bool:
            deadline = monotonic() + PATIENCE_S
            while not holds():
                if monotonic() > deadline:
                    return False
                await asyncio.sleep(0.01)
            await self._worked_off()
            return True

        assert self._runner.run(look()), f"{what}\n{self.text}"

    def expect(self, *words: str) -> None:
        """Wait until words stand on the screen."""
        self.until(f"{words} on the screen", lambda: all(word in self.text for word in words))

    def mode(self, kind: type[_M]) -> _M:
        """Wait until the keys are taken by a mode of this kind, and return it."""
        self.until(kind.__name__, lambda: isinstance(self.till.mode, kind))
        mode = self.till.mode
        assert isinstance(mode, kind)
        return mode

    def selling(self) -> None:
        """Wait until the bill takes the keys."""
        self.mode(SellingMode)

    def person(self) -> None:
        """Wait until the card in the slot is read and the centre has told what it knows, or the line is down."""
        self.until("the card is read", lambda: self.till.person is not None and (self.till.person.benefit or not self.till.online))

    def priced(self) -> None:
        """Wait until the bill's amounts are known by what the centre last said: F8 before that is asked about once more."""
        self.person()
        self.until("the bill is priced", lambda: self.till.split)

    # --- inside ------------------------------------------------------------------------------------------

    async def _press(self, key: str) -> None:
        if key in _SETTLES:
            guard = self.app.cashier.guard
            await asyncio.sleep(max(guard._changed + _READ_S, guard._typed + _READ_S, guard._pressed + _ONE_BY_ONE_S) - monotonic())
            await self._send(BYTES[key])
            await asyncio.sleep(_MEANT_S)
            await self._worked_off()
        else:
            await self._send(BYTES.get(key, key))
            if key == "escape":
                await asyncio.sleep(_ALONE_S)
                self._hand_over(*self._parser.tick())
                await self._worked_off()

    async def _send(self, written: str) -> None:
        entry = self.app.pin_entry
        # As the driver does: while an entry is open it gets every byte but those of a key's sequence.
        while written and entry.open and (written[0] != "\x1b" or len(written) == 1):
            entry.feed(ord(written[0]))
            written = written[1:]
        if written:
            self._hand_over(*self._parser.feed(written))
        await self._worked_off()

    def _hand_over(self, *messages: Message) -> None:
        driver = self.app._driver
        assert driver is not None
        for message in messages:
            driver.process_message(message)

    async def _worked_off(self) -> None:
        """Wait until application and screen have nothing left to do: what a driver hands over takes three turns to arrive."""
        for _ in range(3):
            for pump in (self.app, self.app.screen):
                done = asyncio.Event()
                pump.call_later(done.set)
                await done.wait()


@contextmanager
def at_the_counter(app: CounterApp, size: tuple[int, int] = (80, 24)) -> Iterator[Clerk]:
    """Run the application until the block ends; the desk behind it ends with it."""
    with asyncio.Runner() as runner:
        test: AbstractAsyncContextManager[Pilot[int]] = app.run_test(size=size)
        pilot = runner.run(_entered(test))
        clerk = Clerk(app, pilot, runner)
        try:
            clerk.until("the model stands", lambda: app.till is not None)
            yield clerk
        finally:
            # As Ctrl+Q does.
            app.leave()
            runner.run(_exited(test))
    assert app.crashed is None
    assert app._desk is None or not app._desk.is_alive(), "the desk does not end"


async def _entered(test: AbstractAsyncContextManager[Pilot[int]]) -> Pilot[int]:
    return await test.__aenter__()


async def _exited(test: AbstractAsyncContextManager[Pilot[int]]) -> None:
    await test.__aexit__(None, None, None)
