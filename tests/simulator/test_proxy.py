"""The bent line: several rules at once, counted each for itself, on a port that stays, before the other side stands."""

from __future__ import annotations

import http.client
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from simulator.proxy import Control, Proxy

_GONE = (http.client.RemoteDisconnected, ConnectionError)
_PATIENCE_S = 10.0


class _Centre(BaseHTTPRequestHandler):
    """Answers every request with its transaction, and remembers what it executed."""

    executed: list[str]

    def do_POST(self) -> None:
        """Execute."""
        infno = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["infno"]
        self.executed.append(infno)
        self.send_response(200)
        self.send_header("Content-Length", str(len(infno)))
        self.end_headers()
        self.wfile.write(infno.encode())

    def log_message(self, *_: object) -> None:
        """Keep quiet."""
        self.close_connection = True


class Ends:
    """Both ends of one bent line."""

    def __init__(self, directory: Path) -> None:
        self.control, self.used = directory / "line.json", directory / "used.json"
        self.executed: list[str] = []
        self.server: HTTPServer | None = None
        self.proxy = Proxy(self._where, Control(self.control, used_file=self.used))
        self.threads = [threading.Thread(target=self.proxy.serve)]
        self.threads[0].start()

    def stand(self) -> None:
        """Have the other side stand."""
        centre = type("Centre", (_Centre,), {"executed": self.executed})
        self.server = HTTPServer(("127.0.0.1", 0), centre)
        self.threads.append(threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}))
        self.threads[-1].start()

    def rules(self, content: object) -> None:
        """Lay down the rules."""
        new = self.control.with_suffix(".new")
        new.write_text(json.dumps(content), encoding="utf-8")
        new.replace(self.control)

    def ask(self, infno: str) -> str:
        """Send one request over a connection of its own and return the answer. Raises what a cut line raises."""
        connection = http.client.HTTPConnection("127.0.0.1", self.proxy.port, timeout=_PATIENCE_S)
        try:
            connection.request("POST", "/", json.dumps({"infno": infno}))
            return connection.getresponse().read().decode()
        finally:
            connection.close()

    def close(self) -> None:
        """Close both."""
        self.proxy.close()
        if self.server is not None:
            self.server.shutdown()
            self.server.server_close()
        for thread in self.threads:
            thread.join()

    def _where(self) -> tuple[str, int] | None:
        return None if self.server is None else ("127.0.0.1", self.server.server_port)


@contextmanager
def line(directory: Path) -> Iterator[Ends]:
    """Yield a line between two ends."""
    ends = Ends(directory)
    try:
        yield ends
    finally:
        ends.close()


@pytest.fixture
def ends(tmp_path: Path) -> Iterator[Ends]:
    """Yield a line whose other side stands."""
    with line(tmp_path) as opened:
        opened.stand()
        yield opened


def test_first_rule_that_applies_bends_and_is_counted_for_itself(ends: Ends) -> None:
    """A reply lost once on a line that is slow for good: the second sale is only slow."""
    ends.rules([{"number": 1, "mode": "drop-reply", "infno": ["2102", "2103"], "times": 1}, {"mode": "delay-reply", "seconds": 0.2}])

    assert ends.ask("1101") == "1101"
    with pytest.raises(_GONE):
        ends.ask("2102")
    began = time.monotonic()
    assert ends.ask("2103") == "2103"

    assert time.monotonic() - began >= 0.2
    assert ["1101", "2102", "2103"] == ends.executed
    assert {"1": 1} == json.loads(ends.used.read_text(encoding="utf-8"))


def test_rules_that_stay_are_not_counted_anew(ends: Ends) -> None:
    """Laying a rule beside one that was used up does not renew that one; another number does."""
    lost: dict[str, Any] = {"number": 1, "mode": "drop-reply", "infno": ["2102"], "times": 1}
    ends.rules([lost])
    with pytest.raises(_GONE):
        ends.ask("2102")

    ends.rules([lost, {"mode": "delay-reply", "seconds": 0.0}])
    assert ends.ask("2102") == "2102"

    ends.rules([{**lost, "number": 2}])
    with pytest.raises(_GONE):
        ends.ask("2102")


def test_one_rule_that_is_laid_down_anew_counts_anew(ends: Ends) -> None:
    """A rule alone is renewed by any change of the file."""
    ends.rules({"mode": "drop-request", "times": 1})
    with pytest.raises(_GONE):
        ends.ask("2102")
    assert ends.ask("2102") == "2102"

    ends.rules({"mode": "drop-request", "times": 1, "infno": "2102"})

    with pytest.raises(_GONE):
        ends.ask("2102")
    assert ["2102"] == ends.executed


def test_a_rule_may_bend_each_so_manieth(ends: Ends) -> None:
    """The others pass, and what it is not about is not counted."""
    ends.rules({"mode": "drop-request", "infno": "2102", "every": 3})
    came = []
    for infno in ("2102", "2103", "2102", "2102", "2102", "2102", "2102"):
        try:
            came.append(ends.ask(infno))
        except _GONE:
            came.append("gone")

    assert ["2102", "2103", "2102", "gone", "2102", "2102", "gone"] == came


def test_doubled_request_is_executed_twice(ends: Ends) -> None:
    """A front end that sends again what it thinks was lost."""
    ends.rules([{"number": 3, "mode": "double-request", "times": 1}])

    assert ends.ask("2102") == "2102"

    assert ["2102", "2102"] == ends.executed


def test_cut_line_refuses_and_a_mended_one_keeps_its_port(ends: Ends) -> None:
    """A cut line lets nobody connect; mended, it is where it was."""
    ends.rules([{"mode": "refuse"}])
    _until_refused(ends.proxy.port)

    ends.rules([])

    assert _answered(ends, "9001") == "9001"


def test_request_before_the_other_side_stands_is_carried_late(tmp_path: Path) -> None:
    """Who asks before the centre has started waits for it and is answered."""
    with line(tmp_path) as ends:
        threading.Timer(0.3, ends.stand).start()

        assert ends.ask("9001") == "9001"


def test_port_is_the_wanted_one_unless_it_is_taken(tmp_path: Path) -> None:
    """A line whose port somebody else took stands on another."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        proxy = Proxy(lambda: None, Control(tmp_path / "line.json"), port=taken)
    assert proxy.port != taken
    proxy.close()
    proxy.serve()

    again = Proxy(lambda: None, Control(tmp_path / "line.json"), port=proxy.port)

    assert proxy.port == again.port
    again.close()
    again.serve()


def test_unknown_mode_is_no_rule(tmp_path: Path) -> None:
    """A rule that means nothing is refused, in a list too."""
    control = tmp_path / "line.json"
    control.write_text('[{"mode": "drop-reply"}, {"mode": "sing"}]', encoding="utf-8")

    with pytest.raises(ValueError, match="sing"):
        Control(control).decide("2102")


def _until_refused(port: int) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except ConnectionRefusedError:
            return
        time.sleep(0.01)
    pytest.fail("the line is not cut")


def _answered(ends: Ends, infno: str) -> str:
    deadline = time.monotonic() + _PATIENCE_S
    while True:
        try:
            return ends.ask(infno)
        except _GONE:
            assert time.monotonic() < deadline, "the line is not mended"
            time.sleep(0.01)
