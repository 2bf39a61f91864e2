"""The till on the screen: the application, its thread behind, and the order in which things load.

The frame stands first, with nothing of the trade loaded, and takes keys from then on; model, journal and card follow on
threads of their own. Nothing here blocks: what takes time is the desk's.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.app import App
from textual.binding import Binding
from textual.message import Message
from textual.screen import Screen

from settlement.errors import OperatorError
from terminal.screen.cashier.screen import CashierScreen
from terminal.screen.pin_entry import PinEntry
from terminal.screen.words import tr

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.binding import BindingType
    from textual.driver import Driver

    from terminal.screen.cashier.devices import SimulatedDevices
    from terminal.screen.cashier.model import Cashier
    from terminal.screen.cashier.seller import Seller
    from terminal.screen.news import News
    from terminal.screen.orders import Door
    from terminal.screen.registration.registrar import Registrar

_LEAVE_S = 3.0
_LOOK_S = 1.0
_UNTIL_S = 0.3


class Heard(Message):
    """A piece of news from the desk's thread."""

    def __init__(self, said: News) -> None:
        super().__init__()
        self.said = said


class Loaded(Message):
    """The trade is loaded: the model can be made."""


class PinChanged(Message):
    """A digit more or less; which one is nobody's business."""


class PinOver(Message):
    """The PIN was given or given up."""


class Over(Message):
    """What the till was opened for is over."""


class CounterApp(App[int]):
    """One till."""

    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+c", "help_quit", show=False, priority=True)]
    CSS = "Screen { background: $background; }"
    REGISTERS: ClassVar[bool] = False
    """Whether it is a clinic's registration desk."""

    def __init__(
        self,
        directory: Path,
        *,
        pin_entry: PinEntry,
        safe: bool = False,
        bell: bool = True,
        devices: SimulatedDevices | None = None,
        driver_class: type[Driver] | None = None,
        until: Callable[[], bool] | None = None,
        typed: str = "",
    ) -> None:
        """``pin_entry`` is the one that the terminal's driver feeds; ``typed`` is what was typed before the application could take keys.

        ``until``: leave when this is so and nothing is on the screen. It is asked on a thread of its own.
        """
        super().__init__(driver_class=driver_class)
        self.directory = directory
        self.pin_entry = pin_entry
        self._safe = safe
        self._devices = devices
        self._until = until
        self._over = False
        self._leaving = threading.Event()
        self._typed = typed
        self._sounds = bell
        self._door: Door | None = None
        self._desk: threading.Thread | None = None
        self.till: Cashier | None = None

    def get_default_screen(self) -> Screen[None]:
        """Return the cashier's screen."""
        return CashierScreen(self.pin_entry, safe=self._safe, demonstration=self._devices is not None, registration=self.REGISTERS)

    # --- loading ---------------------------------------------------------------------------------------

    def on_mount(self) -> None:
        """Load the trade once the first frame is on the terminal."""
        self.call_after_refresh(self._load)
        self.set_interval(_LOOK_S, self._look)
        if self._until is not None:
            threading.Thread(target=self._wait_until, args=(self._until,), name="waiting", daemon=True).start()

    def _wait_until(self, over: Callable[[], bool]) -> None:
        while not self._leaving.wait(_UNTIL_S):
            # What cannot be looked at now is looked at again.
            with suppress(OperatorError):
                if over():
                    self.post_message(Over())
                    return

    def _look(self) -> None:
        self.pin_entry.look()
        if self.till is not None and self.till.look():
            self.cashier.show()

    def _load(self) -> None:
        threading.Thread(target=self._load_trade, name="loading", daemon=True).start()

    def _load_trade(self) -> None:
        self._kind()
        self.post_message(Loaded())

    def _kind(self) -> type[Seller | Registrar]:
        """Return what this counter is; it is loaded after the first frame: that is the point."""
        from terminal.screen.cashier.seller import Seller  # noqa: PLC0415 - see above

        return Seller

    def on_loaded(self) -> None:
        """Make the model and start the desk."""
        from terminal.screen.orders import Door  # noqa: PLC0415 - see above

        self._door = Door()
        self.till = self._kind()(self._door, directory=self.directory, bell=self._sound, pin=self._begin_pin, devices=self._devices)
        self.cashier.take(self.till, self._typed)
        self._desk = threading.Thread(target=self._work, name="desk", daemon=True)
        self._desk.start()

    def _work(self) -> None:
        from terminal.desk import open_desk  # noqa: PLC0415 - heavy: on the desk's own thread
        from terminal.screen.news import Crashed  # noqa: PLC0415 - see above

        assert self._door is not None
        served = False
        try:
            open_desk(self.directory, self._door, self._say, staffed=self._devices is not None)
            served = True
        finally:
            if not served:
                self.post_message(Heard(Crashed()))

    def _say(self, said: News) -> None:
        self.post_message(Heard(said))

    # --- what is heard ---------------------------------------------------------------------------------

    @property
    def cashier(self) -> CashierScreen:
        """The cashier's screen, whatever lies on top of it."""
        screen = self.screen_stack[0]
        assert isinstance(screen, CashierScreen)
        return screen

    def on_heard(self, heard: Heard) -> None:
        """Show news."""
        from time import monotonic  # noqa: PLC0415 - kept beside its one use

        if self.till is None or not self.screen_stack:
            # What is said after the last screen is closed is for nobody.
            return
        mode = self.till.mode
        self._make_way(heard.said)
        self.till.hear(heard.said)
        if self.pin_entry.open and not self.till.pin_wanted:
            self.pin_entry.cancel()
        if type(self.till.mode) is not type(mode):
            self.cashier.guard.screen_changed(monotonic())
        self.cashier.show()
        self.cashier.take_waiting()
        self.leave_when_done()

    def _make_way(self, said: News) -> None:
        """Put the cashier's screen on top again where somebody is asked: nobody answers, or types a PIN, without seeing it."""
        from terminal.screen.news import Asked, PinAsked  # noqa: PLC0415 - loaded by now

        if isinstance(said, Asked | PinAsked):
            while len(self.screen_stack) > 1:
                self.pop_screen()

    def on_over(self) -> None:
        """Leave as soon as the end was seen."""
        self._over = True
        self.leave_when_done()

    def leave_when_done(self) -> None:
        """Leave once what the till was opened for is over and nobody is asked anything any more."""
        till = self.till
        if self._over and till is not None and till.bill.empty and till.mode is till.home:
            self._over = False
            self.call_later(self.action_quit)

    def on_pin_changed(self) -> None:
        """Show how many digits there are."""
        if self.till is not None and self.screen_stack:
            self.till.pin_changed(amiss=self.pin_entry.amiss)
            self.cashier.show()

    def on_pin_over(self) -> None:
        """Go on."""
        if self.till is not None and self.screen_stack:
            self.till.pin_over()
            self.cashier.show()

    def _begin_pin(self, tries_left: int | None) -> None:
        del tries_left
        assert self._door is not None
        self.pin_entry.begin(changed=self._pin_changed, done=self._pin_done)

    def _pin_changed(self) -> None:
        self.post_message(PinChanged())

    def _pin_done(self, pin: bytearray | None) -> None:
        assert self._door is not None
        # In this order: the desk may ask again before this thread goes on.
        self.post_message(PinOver())
        self._door.give_pin(pin)

    def _fatal_error(self) -> None:
        """Leave without Textual's traceback: it shows what local variables held. The command's own module says what happened."""
        self._close_messages_no_wait()

    @property
    def crashed(self) -> Exception | None:
        """The bug that ended the application, None when it was left in order."""
        return self._exception

    def _sound(self) -> None:
        if self._sounds:
            self.bell()

    # --- other screens ---------------------------------------------------------------------------------

    def on_technician_wanted(self) -> None:
        """Open the technician's screen over the work, which goes on."""
        from terminal.screen.technician.screen import TechnicianScreen  # noqa: PLC0415 - opened rarely

        if len(self.screen_stack) == 1 and not self.pin_entry.open:
            self.push_screen(TechnicianScreen(self.directory))

    def on_key_taken(self) -> None:
        """See whether what was to be done is done, or there is room for another program's bill."""
        assert self.till is not None
        self.till.take_handed_in()
        self.leave_when_done()

    def action_help_quit(self) -> None:
        """Say how the till is left: Ctrl+C is pressed by habit, and nothing ends by it."""
        if self.till is not None:
            self.till.say("notice", tr("Ctrl+Q leaves the till"))
            self.cashier.show()

    async def action_quit(self) -> None:
        """Leave: what waits for a person ends without moving anything."""
        self.leave()
        self.exit(0)

    def leave(self) -> None:
        """End the desk."""
        self._leaving.set()
        if self._door is None or self._desk is None:
            return
        self._door.leave()
        self._desk.join(_LEAVE_S)
