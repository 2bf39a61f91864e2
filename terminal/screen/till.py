"""Opening the till on the screen: look at the terminal, load the toolkit, run. What ``yibao`` without a word does."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from config.clock import SystemClock
from config.ui import registers
from terminal.screen import launch

if TYPE_CHECKING:
    from collections.abc import Callable

    from terminal.screen.app import CounterApp
    from terminal.screen.cashier.devices import SimulatedDevices

_REGISTRY = "registry.db"
"""As :data:`offline_queue.registry.NAME`, which the first frame does not load."""
_SWITCH_S = 0.0005
"""How long the desk's thread may keep the interpreter while a key waits; Python's own 5 ms are what a whole key costs."""


def application(directory: Path) -> type[CounterApp]:
    """Return the application of a data directory: a shop's, or a clinic's desk. Loads Textual, which reads the environment then."""
    if registers(directory / "settings.toml", directory / _REGISTRY):
        from terminal.screen.registration.app import RegistrationApp  # noqa: PLC0415 - see above

        return RegistrationApp
    from terminal.screen.app import CounterApp  # noqa: PLC0415 - see above

    return CounterApp


def run(directory: Path, *, devices: SimulatedDevices | None = None, until: Callable[[], bool] | None = None) -> int:
    """Open the till of ``directory`` and return its exit code; ``devices`` are those of a demonstration.

    ``until``: the till closes when this is so: another program's bill that it was opened for is over.

    Raises the errors of :func:`terminal.screen.launch.prepare`.
    """
    sys.setswitchinterval(_SWITCH_S)
    prepared = launch.prepare(directory / "settings.toml", SystemClock())
    from terminal.screen.input_driver import CounterDriver  # noqa: PLC0415 - not on every system

    app = application(directory)(
        directory,
        safe=prepared.safe,
        bell=prepared.ui.bell,
        devices=devices,
        pin_entry=CounterDriver.pin,
        driver_class=CounterDriver,
        until=until,
        typed=prepared.traits.typed.decode("utf-8", "ignore"),
    )
    launch.dress(app, prepared)
    left = app.run()
    if app.crashed is not None:
        raise app.crashed
    return left or 0
