"""The simulated printer on a port, as printers in a network are: raw bytes in, answers back.

``python -m simulator.printer_port --folder DIR [--port 9100] [--port-file FILE]``. One connection at a time, as real
ones; a second waits.
"""

from __future__ import annotations

import argparse
import contextlib
import socket
import threading
from pathlib import Path
from typing import Protocol

from simulator.printer import PrinterDied, PrinterFolder

_BUFFER = 4096
_LOOK_S = 0.05


class Device(Protocol):
    """What stands behind the port."""

    def receive(self, content: bytes) -> bytes:
        """Take bytes and return the answers. Raises :class:`PrinterDied`."""


class PrinterPort:
    """A printer on a loopback port. ``deaf`` takes connections and bytes and does nothing with them."""

    def __init__(self, device: Device, *, port: int = 0, deaf: bool = False) -> None:
        self._device = device
        self._closing = threading.Event()
        self.deaf = deaf
        self._listener = socket.create_server(("127.0.0.1", port))
        self._listener.settimeout(_LOOK_S)
        self.port: int = self._listener.getsockname()[1]

    def serve(self) -> None:
        """Print until closed."""
        with self._listener:
            while not self._closing.is_set():
                with contextlib.suppress(TimeoutError):
                    connection, _ = self._listener.accept()
                    with connection, contextlib.suppress(OSError, PrinterDied):
                        self._converse(connection)

    def close(self) -> None:
        """Stop printing."""
        self._closing.set()

    def _converse(self, connection: socket.socket) -> None:
        connection.settimeout(_LOOK_S)
        while not self._closing.is_set():
            try:
                content = connection.recv(_BUFFER)
            except TimeoutError:
                continue
            if not content:
                return
            if not self.deaf:
                connection.sendall(self._device.receive(content))


def main(arguments: list[str] | None = None) -> int:
    """Serve one folder until the process ends."""
    parser = argparse.ArgumentParser(prog="simulator.printer_port", description="模拟打印机 / a simulated receipt printer")
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--port-file", type=Path)
    wanted = parser.parse_args(arguments)
    wanted.folder.mkdir(parents=True, exist_ok=True)
    port = PrinterPort(PrinterFolder(wanted.folder), port=wanted.port)
    if wanted.port_file:
        wanted.port_file.write_text(str(port.port), encoding="utf-8")
    port.serve()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
