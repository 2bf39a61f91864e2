"""One exchange over HTTP: the only module that knows httpx.

Every exchange has an outer deadline and a byte cap: a server that drips or floods ends in
:class:`NoAnswer`, never in a hanging sender. No environment proxy, no redirect, no re-try underneath.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from functools import cache
from typing import Any, Self

import httpx

from nhsa.outcome import Exchange, NoAnswer, NotSent, Reply

_CHUNK = 16_384
_CONNECTED = "connection.connect_tcp.complete"


class HttpGateway:
    """A way of its own for each lane: what one waits for never delays the other."""

    def __init__(self, url: str, *, connect_s: float, exchange_s: float, byte_cap: int) -> None:
        self._url = url
        self._exchange_s = exchange_s
        self._byte_cap = byte_cap
        self._under_way = threading.Lock()
        self._connection = _Connection()
        self._cut = threading.Event()
        self._client = httpx.Client(
            timeout=httpx.Timeout(exchange_s, connect=connect_s),
            verify=_trusted(),
            trust_env=False,
            follow_redirects=False,
            headers={"Content-Type": "application/json; charset=utf-8", "Accept-Encoding": "identity", "Connection": "close"},
            # A connection for each exchange: responses echo no id, so on one that is kept a stray second reply
            # would be read as the answer to the next question.
            limits=httpx.Limits(max_connections=1, max_keepalive_connections=0),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def is_cut(self) -> bool:
        """Whether nothing is sent here any more."""
        return self._cut.is_set()

    def cut(self) -> None:
        """Send nothing any more; an exchange in another thread ends at once, as what it is: unanswered, or not begun."""
        self._cut.set()
        self._connection.cut("Closed")

    def close(self) -> None:
        """Cut, wait until no exchange is under way, and let the client go."""
        self.cut()
        with self._under_way:
            self._client.close()

    def exchange(self, body: bytes, *, path: str = "", headers: dict[str, str] | None = None) -> Exchange:
        """Send ``body``, to ``path`` behind the address, and return what came back, that surely nothing was sent, or that nobody knows."""
        with self._under_way, contextlib.closing(_Connection()) as connection:
            # First where it can be cut, then asking whether it was: a cut falls on one side or the other.
            self._connection = connection
            if self._cut.is_set():
                return NotSent(why="Closed")
            # httpx's own timeouts are per read: a server that drips would keep it for ever.
            deadline = threading.Timer(self._exchange_s, connection.cut, ("Deadline",))
            deadline.daemon = True
            deadline.start()
            try:
                return self._exchange(connection, body, self._url + path, headers)
            finally:
                deadline.cancel()

    def _exchange(self, connection: _Connection, body: bytes, url: str, headers: dict[str, str] | None) -> Exchange:
        request = self._client.build_request("POST", url, content=body, headers=headers, extensions={"trace": connection.trace})
        try:
            response = self._client.send(request, stream=True)
            try:
                return self._read(response)
            finally:
                response.close()
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.UnsupportedProtocol, ssl.SSLError) as error:
            # Refused, no such host, TLS before the first byte: surely not sent (commit-protocol section 4).
            return NotSent(why=connection.cut_for or type(error).__name__)
        except httpx.HTTPError as error:
            return NoAnswer(why=connection.cut_for or type(error).__name__)

    def _read(self, response: httpx.Response) -> Exchange:
        content = bytearray()
        for chunk in response.iter_raw(_CHUNK):
            content += chunk
            if len(content) > self._byte_cap:
                return NoAnswer(why="ByteCap")
        return Reply(
            status=response.status_code,
            content_type=response.headers.get("content-type", ""),
            body=bytes(content),
            retry_after=response.headers.get("retry-after", ""),
        )


@cache
def _trusted() -> ssl.SSLContext:
    """Return whom every connection trusts: reading the certificates costs each start more than all the rest of a lane."""
    return httpx.create_ssl_context(trust_env=False)


class _Connection:
    """The connection of one exchange, as something that another thread can cut."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self.cut_for = ""

    def trace(self, name: str, details: dict[str, Any]) -> None:
        """Take hold of the connection when httpx has made it."""
        if name == _CONNECTED:
            with self._lock:
                # A descriptor of our own: TLS takes the other one over.
                self._socket = details["return_value"].get_extra_info("socket").dup()
            if self.cut_for:
                self.cut(self.cut_for)

    def cut(self, why: str) -> None:
        """End the connection, or the one that is just being made, because of ``why``."""
        with self._lock:
            self.cut_for = self.cut_for or why
            if self._socket is not None:
                with contextlib.suppress(OSError):
                    # Closing alone would leave a blocked read waiting; a shutdown wakes it.
                    self._socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Let it go."""
        with self._lock:
            if self._socket is not None:
                self._socket.close()
                self._socket = None
