"""Eighteen ways in which a reply is spoilt, for the sign-in, the person, the settlement and its query, before and after the centre acted.

Real sender, real gateway, real sockets through the real proxy; whichever cell it is, what the centre did stands here once.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

import pytest

from offline_queue.gateways.http import HttpGateway
from settlement import reversal
from settlement.checkout.states import DoubtOpen, State
from simulator.proxy import Control, Proxy
from simulator.spoilt import WAYS
from terminal.person import Answer
from tests.crash.share import thorough
from tests.world.town.people import Customer
from tests.world.town.town import Town

_DEADLINE_S = 0.25
BENT = {"sign-in": "9001", "person": "1101", "settle": "2102", "query": "5203"}


class _Willing(Customer):
    """Somebody who settles, and whose goods are gone when it is not known."""

    def decide(self, state: State | reversal.State) -> Answer:
        """Settle; wait a little for what is not known."""
        if isinstance(state, DoubtOpen):
            return Answer.GOODS_OUT if state.doubt.goods_released is None else Answer.LEAVE
        return {"Quoted": Answer.SETTLE, "Proposed": Answer.SETTLE, "DifferenceShown": Answer.AGREE}.get(type(state).__name__, Answer.CASH)


class _Line:
    """A town whose first counter has a real line."""

    def __init__(self, directory: Path, personality: str) -> None:
        self._ends = ExitStack()
        self._control = directory / "line.json"
        self.used = directory / "used.json"
        self.town = Town("matrix", personality)
        self._directory = directory

    def __enter__(self) -> Self:
        self._ends.enter_context(self.town)
        self.town.chance.calm = True
        server = ThreadingHTTPServer(("127.0.0.1", 0), _answering(self.town.centre.answer))
        self.proxy = Proxy(lambda: ("127.0.0.1", server.server_address[1]), Control(self._control, used_file=self.used))
        for serve, end in ((server.serve_forever, server.shutdown), (self.proxy.serve, self.proxy.close)):
            thread = threading.Thread(target=serve)
            thread.start()
            self._ends.callback(thread.join)
            self._ends.callback(end)
        self._ends.callback(server.server_close)
        self.shop = self.town.shops[0]
        url = f"http://127.0.0.1:{self.proxy.port}/fsi/api/callService"
        for courier in self.shop.sender._couriers:
            courier._gateway = HttpGateway(url, connect_s=_DEADLINE_S, exchange_s=_DEADLINE_S, byte_cap=65_536)
        self.shop.customer = _Willing(self.town.chance)
        self.shop.start_till()
        return self

    def __exit__(self, *_: object) -> None:
        self._ends.close()

    def bend(self, *rules: dict[str, Any]) -> None:
        """Bend the line as the rules say, each once."""
        numbered = [{**rule, "times": 1, "number": number} for number, rule in enumerate(rules)]
        fresh = self._control.with_suffix(".new")
        fresh.write_text(json.dumps(numbered), encoding="utf-8")
        fresh.replace(self._control)


def _answering(answer: Callable[[bytes], bytes]) -> type[BaseHTTPRequestHandler]:
    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            """Answer, if anybody still listens."""
            told = answer(self.rfile.read(int(self.headers["Content-Length"])))
            with suppress(OSError):
                self.send_response(200)
                self.send_header("Content-Type", "application/json; charset=utf-8")
                self.send_header("Content-Length", str(len(told)))
                self.end_headers()
                self.wfile.write(told)

        def log_message(self, *_: object) -> None:
            """Keep quiet."""
            self.close_connection = True

    return Answering


@pytest.fixture(scope="module", params=["re-executes", "refuses"] if thorough() else ["re-executes"])
def line(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[_Line]:
    """Return a counter with a real line, for all cells."""
    with _Line(tmp_path_factory.mktemp("line"), request.param) as opened:
        yield opened


@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
@pytest.mark.parametrize("infno", BENT.values(), ids=BENT)
@pytest.mark.parametrize("way", WAYS)
def test_whatever_comes_back(line: _Line, way: str, infno: str, before: bool, record_property: Callable[[str, object], None]) -> None:  # noqa: FBT001 - a column
    """What the centre did stands here once; what it did not, nowhere, or in a doubt with its amount."""
    spoilt = {"mode": way, "infno": infno, "before": before, "seconds": 3 * _DEADLINE_S}
    line.bend(*([{"mode": "drop-reply", "infno": "2102"}] if infno == "5203" else []), spoilt)
    if infno == "9001":
        line.shop.sender._sign_on.number = ""
    line.town.sell(line.shop, "first", 100)
    line.town.settle(line.shop)
    used = json.loads(line.used.read_text(encoding="utf-8"))
    line.bend()
    line.town.settle(line.shop)
    doubts = [row.msgid for row in line.shop.journal.owed()]
    record_property("replies spoilt", 1)

    assert all(used.values()), "a line that was not bent tests nothing"
    assert [] == line.town.wrong(drained=True)
    assert len(doubts) <= (infno == "2102" and before)
    _closed(line, doubts)


def _closed(line: _Line, doubts: list[str]) -> None:
    """Forget the doubt of a request that went nowhere, as the daily file will, so that the next cell begins with none."""
    for msgid in doubts:
        line.town.close_as_not_done(line.shop, msgid)
