"""Ways to a printer. python-escpos makes the connections and nothing else: what goes over them is ours.

The library loads when the first slip is printed, in the thread that owns the printer, and never at a counter
without one.
"""

from __future__ import annotations

import errno
import logging
import os
import shutil
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config.sections import Printer
from terminal.paper.errors import PrinterAbsent, PrinterLibraryMissing, PrinterLost, PrinterSilent
from terminal.paper.port import Language, Transport

_PORT = 9100
_ANSWER_BYTES = 16
_USB_IN = 0x82
_MILLISECONDS = 1000
_PICKLES = "ESCPOS_CAPABILITIES_PICKLE_DIR"
_LATE = {errno.ETIMEDOUT, errno.EAGAIN}


def transport_of(printer: Printer) -> Transport | None:
    """Return the way to the printer that the settings name, None when there is none. Nothing is opened."""
    match printer.kind:
        case "none":
            return None
        case "text-file":
            return TextFile(Path(printer.address))
        case "simulated":
            # Loads the simulator, which a counter with a printer never does.
            from terminal.paper.simulated import SimulatedTransport  # noqa: PLC0415

            return SimulatedTransport(Path(printer.address), answers=printer.answers)
        case _:
            return LibraryTransport(printer)


class TextFile:
    """Slips collected as text in a file that only its owner reads."""

    language: Language = "text"
    answers = False

    def __init__(self, path: Path) -> None:
        self.where = path.name
        self._path = path
        self._descriptor = -1

    def open(self) -> None:
        """Open the file to append."""
        try:
            self._descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise PrinterAbsent(where=self.where, why=_why(error)) from error

    def send(self, content: bytes) -> None:
        """Append ``content``."""
        try:
            while content:
                content = content[os.write(self._descriptor, content) :]
        except OSError as error:
            raise PrinterLost(where=self.where, why=_why(error)) from error

    def receive(self, patience_s: float) -> bytes:
        """Return nothing: a file does not answer."""
        del patience_s
        return b""

    def close(self) -> None:
        """Close the file."""
        os.close(self._descriptor)


@dataclass(frozen=True, slots=True)
class _Way:
    """One of the library's connections: how it is made and opened, bounded in time, and read from."""

    make: Callable[[Any, Printer], Any]
    bound: Callable[[Any, float], None]
    read: Callable[[Any, float], bytes]
    usable: Callable[[Any], bool]
    answers: bool = True


class LibraryTransport:
    """A printer over one of the library's connections."""

    language: Language = "escpos"

    def __init__(self, printer: Printer) -> None:
        self.where = printer.address
        self._settings = printer
        self._way = _WAYS[printer.kind]
        self.answers = printer.answers and self._way.answers
        self._printer: Any = None

    def open(self) -> None:
        """Connect. Raises :class:`PrinterAbsent` and :class:`PrinterLibraryMissing`."""
        library = _library()
        if not self._way.usable(library):
            raise PrinterLibraryMissing(why=self._settings.kind)
        try:
            self._printer = self._way.make(library, self._settings)
            self._way.bound(self._printer.device, self._settings.patience_s)
        except (OSError, library.absent) as error:
            raise PrinterAbsent(where=self.where, why=_why(error)) from error
        except ValueError as error:
            # pyusb without libusb.
            raise PrinterLibraryMissing(why=str(error)) from error

    def send(self, content: bytes) -> None:
        """Hand ``content`` over. Raises :class:`PrinterLost` and :class:`PrinterSilent`."""
        try:
            self._way.bound(self._printer.device, self._settings.patience_s)
            self._printer._raw(content)  # noqa: SLF001 - the library has no other way to send what is not its own
        except OSError as error:
            if _late(error):
                raise PrinterSilent(where=self.where) from error
            raise PrinterLost(where=self.where, why=_why(error)) from error

    def receive(self, patience_s: float) -> bytes:
        """Return what came. Raises :class:`PrinterLost`."""
        try:
            return self._way.read(self._printer.device, patience_s)
        except OSError as error:
            if _late(error):
                return b""
            raise PrinterLost(where=self.where, why=_why(error)) from error

    def close(self) -> None:
        """Disconnect."""
        if self._printer is not None:
            with suppress(OSError):
                # What was to be said about this printer was said while it was open.
                self._printer.close()
            self._printer = None


# --- the library's connections -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Library:
    """What is used of python-escpos."""

    printer: Any
    absent: type[Exception]


def _library() -> _Library:
    """Load python-escpos. Raises :class:`PrinterLibraryMissing`.

    It would put a log handler on stderr, which is where the screen is drawn, when it is imported and again at every
    connection, unless there is one already; and its import leaves a folder behind.
    """
    if not logging.getLogger().handlers:
        logging.getLogger().addHandler(logging.NullHandler())
    try:
        from escpos import capabilities, printer  # noqa: PLC0415 - see above
        from escpos.exceptions import DeviceNotFoundError  # noqa: PLC0415 - see above
    except ImportError as error:
        raise PrinterLibraryMissing(why=str(error)) from error
    if _PICKLES not in os.environ:
        shutil.rmtree(capabilities.pickle_dir, ignore_errors=True)
    return _Library(printer, DeviceNotFoundError)


def _opened(printer: Any) -> Any:  # noqa: ANN401 - the library has no types of use
    printer.open()
    return printer


def _network(library: _Library, settings: Printer) -> Any:  # noqa: ANN401
    host, _, port = settings.address.partition(":")
    printer = library.printer.Network(host, int(port or _PORT), timeout=settings.patience_s)
    # Its own opening forgets to close what did not connect.
    printer.device = socket.create_connection((printer.host, printer.port), timeout=printer.timeout)
    return printer


def _read_network(device: Any, patience_s: float) -> bytes:  # noqa: ANN401
    device.settimeout(patience_s)
    came: bytes = device.recv(_ANSWER_BYTES)
    if not came:
        raise ConnectionResetError(errno.ECONNRESET, os.strerror(errno.ECONNRESET))
    return came


def _serial(library: _Library, settings: Printer) -> Any:  # noqa: ANN401
    return _opened(library.printer.Serial(settings.address, baudrate=settings.baud, timeout=settings.patience_s))


def _bound_serial(device: Any, patience_s: float) -> None:  # noqa: ANN401
    device.write_timeout = patience_s


def _read_serial(device: Any, patience_s: float) -> bytes:  # noqa: ANN401
    device.timeout = patience_s
    return bytes(device.read(1))


def _usb(library: _Library, settings: Printer) -> Any:  # noqa: ANN401
    vendor, product = (int(number, 16) for number in settings.address.split(":"))
    return _opened(library.printer.Usb(vendor, product, timeout=int(settings.patience_s * _MILLISECONDS), in_ep=_USB_IN))


def _read_usb(device: Any, patience_s: float) -> bytes:  # noqa: ANN401
    return bytes(device.read(_USB_IN, _ANSWER_BYTES, int(patience_s * _MILLISECONDS)))


def _file(library: _Library, settings: Printer) -> Any:  # noqa: ANN401
    # Opening would make a plain file where the device is gone, and every slip would vanish into it.
    if not Path(settings.address).exists():
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
    return _opened(library.printer.File(settings.address))


def _read_nothing(device: Any, patience_s: float) -> bytes:  # noqa: ANN401
    del device, patience_s
    return b""


def _unbounded(device: Any, patience_s: float) -> None:  # noqa: ANN401
    """Leave the time to the connection: USB has it from its making, a device file has none and shows as late."""
    del device, patience_s


_WAYS = {
    "network": _Way(_network, lambda device, patience_s: device.settimeout(patience_s), _read_network, lambda _: True),
    "serial": _Way(_serial, _bound_serial, _read_serial, lambda library: library.printer.Serial.is_usable()),
    "usb": _Way(_usb, _unbounded, _read_usb, lambda library: library.printer.Usb.is_usable()),
    "file": _Way(_file, _unbounded, _read_nothing, lambda _: True, answers=False),
}


def _late(error: OSError) -> bool:
    return isinstance(error, TimeoutError) or error.errno in _LATE or type(error).__name__ == "SerialTimeoutException"


def _why(error: Exception) -> str:
    """Return the system's own words, of what lies behind the library's error if that is one."""
    cause = error if isinstance(error, OSError) else error.__context__ or error
    return cause.strerror or type(cause).__name__ if isinstance(cause, OSError) else " ".join(str(cause).split())
