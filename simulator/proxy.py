"""A line that can be bent: a TCP proxy between counters and centre that loses, delays and damages.

The rule stands in a control file that is read for every request, so a script steers it by replacing the
file: ``{}`` passes everything; ``{"mode": …, "infno": "2102", "times": 1, "seconds": 1.0}`` bends requests of
that transaction (of each in a list, of any when ``infno`` is absent) that many times (for ever, when ``times`` is
absent), or with ``"every": 20`` the twentieth of them, the fortieth and so on. With ``"before": true`` the request goes
nowhere, and what comes back is spoilt all the same. A list of rules is tried in its order, and the first that applies
bends. ``number`` tells apart two rules that say the same, and is the name under which a ``--used-file`` says how often
a rule was used.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import math
import socket
import struct
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulator.spoilt import STAND_IN, WAYS

MODES = ("refuse", "drop-request", "double-request", *WAYS)
_PATIENCE_S = 60
_PAUSE_S = 0.02
_BUFFER = 65_536
_RESET = struct.pack("ii", 1, 0)
"""Closing forgets what was not sent, and says so."""
_GOES_ON = {"delay-reply", "double-reply"}
"""Late, or twice, but whole: the connection stays."""


@dataclass(slots=True)
class Bend:
    """One decision about one request."""

    mode: str = ""
    seconds: float = 0.0
    before: bool = False
    """It never reaches the other side."""


class Control:
    """The rules in force, and how often each was used since it was laid down."""

    def __init__(self, path: Path, *, used_file: Path | None = None) -> None:
        self._path = path
        self._used_file = used_file
        self._text = "{}"
        self._rules: list[dict[str, Any]] = []
        self._used: Counter[str] = Counter()
        self._met: Counter[str] = Counter()
        self._lock = threading.Lock()

    def decide(self, infno: str) -> Bend:
        """Return what happens to a request of ``infno``; empty = a mere connection."""
        with self._lock:
            self._read()
            for rule in self._rules:
                key = json.dumps(rule)
                if not _applies(rule, infno) or self._used[key] >= rule.get("times", math.inf):
                    continue
                self._met[key] += bool(infno)
                if self._met[key] % rule.get("every", 1):
                    continue
                if infno:
                    self._used[key] += 1
                    self._say_used()
                return Bend(str(rule["mode"]), float(rule.get("seconds", 0.0)), bool(rule.get("before")))  # a pause, no money
            return Bend()

    def _read(self) -> None:
        text = self._path.read_text(encoding="utf-8") if self._path.exists() else "{}"
        if text == self._text:
            return
        content = json.loads(text)
        rules = [rule for rule in (content if isinstance(content, list) else [content]) if rule]
        for rule in rules:
            if rule["mode"] not in MODES:
                message = f"no such mode: {rule['mode']}"
                raise ValueError(message)
        kept = {json.dumps(rule) for rule in rules} if isinstance(content, list) else set()
        self._used = Counter({key: times for key, times in self._used.items() if key in kept})
        self._text, self._rules = text, rules

    def _say_used(self) -> None:
        if self._used_file is not None:
            numbered = {str(rule["number"]): self._used[json.dumps(rule)] for rule in self._rules if "number" in rule}
            _replace(self._used_file, json.dumps(numbered))


def _applies(rule: dict[str, Any], infno: str) -> bool:
    if not infno:
        return bool(rule["mode"] == "refuse" and "infno" not in rule)
    wanted = rule.get("infno", infno)
    return infno in wanted if isinstance(wanted, list) else bool(infno == wanted)


class Proxy:
    """The proxy on a loopback port. One thread a connection; every request is forwarded on a new one."""

    def __init__(self, upstream: Callable[[], tuple[str, int] | None], control: Control, *, port: int = 0) -> None:
        """Listen on ``port``, or on a free one when it is taken; ``upstream()`` is None while the other side does not stand."""
        self._upstream = upstream
        self._control = control
        self._address = ("127.0.0.1", port)
        self._listener: socket.socket | None = None
        self._closing = threading.Event()
        self._connections: set[socket.socket] = set()
        try:
            self._listen()
        except OSError:
            self._address = ("127.0.0.1", 0)
        self.port: int = self._listen().getsockname()[1]
        self._address = ("127.0.0.1", self.port)

    def serve(self) -> None:
        """Forward until closed. While the line is cut the port refuses connections."""
        while not self._closing.is_set():
            if self._control.decide("").mode == "refuse":
                self._hang_up()
                self._closing.wait(0.01)
                continue
            with contextlib.suppress(TimeoutError):
                connection, _ = self._listen().accept()
                self._connections.add(connection)
                threading.Thread(target=self._converse, args=(connection,), daemon=True).start()
        self._hang_up()

    def close(self) -> None:
        """Stop forwarding."""
        self._closing.set()

    def _listen(self) -> socket.socket:
        if self._listener is None:
            with ExitStack() as on_failure:
                listener = on_failure.enter_context(socket.socket())
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                listener.bind(self._address)
                listener.listen(64)
                listener.settimeout(0.01)
                on_failure.pop_all()
            self._listener = listener
        return self._listener

    def _hang_up(self) -> None:
        if self._listener is not None:
            self._listener.close()
            self._listener = None
        for connection in list(self._connections):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def _converse(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            connection.settimeout(_PATIENCE_S)
            while (request := _message(connection)) is not None:
                bend = self._control.decide(_infno(request))
                if not self._carry(connection, request, bend):
                    break
        self._connections.discard(connection)

    def _carry(self, connection: socket.socket, request: bytes, bend: Bend) -> bool:
        """Carry one request and its reply as ``bend`` says; False = hang up."""
        if bend.mode in {"refuse", "drop-request"}:
            return False
        reply = STAND_IN if bend.before else self._forward(request)
        if bend.mode == "double-request":
            self._forward(request)
        if bend.mode not in WAYS:
            connection.sendall(reply)
            return True
        spoilt = WAYS[bend.mode](reply, bend.seconds)
        for piece in spoilt.pieces:
            time.sleep(spoilt.pause_s)
            connection.sendall(piece)
        if not spoilt.pieces:
            time.sleep(spoilt.pause_s)
        if spoilt.resets:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        return bend.mode in _GOES_ON

    def _forward(self, request: bytes) -> bytes:
        with socket.create_connection(self._other_side(), timeout=_PATIENCE_S) as upstream:
            upstream.sendall(request)
            return _message(upstream) or b""

    def _other_side(self) -> tuple[str, int]:
        """Wait for the other side to stand: a request that came early is carried late. Raises :class:`TimeoutError`."""
        for _ in range(int(_PATIENCE_S / _PAUSE_S)):
            address = self._upstream()
            if address is not None:
                return address
            if self._closing.wait(_PAUSE_S):
                break
        raise TimeoutError


def _message(source: socket.socket) -> bytes | None:
    """Read one HTTP message with a Content-Length; None when the other side has hung up."""
    content = b""
    while b"\r\n\r\n" not in content:
        chunk = source.recv(_BUFFER)
        if not chunk:
            return None
        content += chunk
    head, _, body = content.partition(b"\r\n\r\n")
    lengths = [line.split(b":", 1)[1] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
    wanted = int(lengths[0]) if lengths else 0
    while len(body) < wanted:
        chunk = source.recv(_BUFFER)
        if not chunk:
            return None
        body += chunk
    return head + b"\r\n\r\n" + body


def _infno(request: bytes) -> str:
    body = request.partition(b"\r\n\r\n")[2]
    try:
        return str(json.loads(body)["infno"])
    except (ValueError, KeyError, TypeError):
        return "?"


def _replace(path: Path, text: str) -> None:
    """Write so that a reader sees the old or the new text, never half of it."""
    new = path.with_suffix(path.suffix + ".new")
    new.write_text(text, encoding="utf-8")
    new.replace(path)


def _upstream_of(wanted: argparse.Namespace) -> Callable[[], tuple[str, int] | None]:
    if wanted.upstream:
        host, _, port = wanted.upstream.rpartition(":")
        return lambda: (host, int(port))
    file: Path = wanted.upstream_port_file

    def found() -> tuple[str, int] | None:
        with contextlib.suppress(FileNotFoundError):
            return "127.0.0.1", int(file.read_text(encoding="ascii"))
        return None

    return found


def main(arguments: list[str] | None = None) -> int:
    """Run the proxy until it is terminated."""
    parser = argparse.ArgumentParser(prog="python -m simulator.proxy", description=__doc__.partition("\n")[0] if __doc__ else "")
    upstream = parser.add_mutually_exclusive_group(required=True)
    upstream.add_argument("--upstream", metavar="HOST:PORT")
    upstream.add_argument("--upstream-port-file", type=Path, metavar="FILE", help="the port on this machine, once it is written there")
    parser.add_argument("--control", required=True, type=Path)
    parser.add_argument("--used-file", type=Path, metavar="FILE", help="says how often each numbered rule was used")
    parser.add_argument("--port", type=int, default=0, help="if it is free, else any that is")
    parser.add_argument("--port-file", required=True, type=Path)
    wanted = parser.parse_args(arguments)
    proxy = Proxy(_upstream_of(wanted), Control(wanted.control, used_file=wanted.used_file), port=wanted.port)
    _replace(wanted.port_file, str(proxy.port))
    with contextlib.suppress(KeyboardInterrupt):
        proxy.serve()
    return 0


if __name__ == "__main__":
    sys.exit(main())
