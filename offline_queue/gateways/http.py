"""One exchange over HTTP: the only module that knows httpx.

Every exchange has an outer deadline and a byte cap: a server that drips or floods ends in
:class:`NoAnswer`, never in a hanging sender. No environment proxy, no redirect, no re-try underneath.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
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
        self._socket: socket.socket | None = None
        self._client = httpx.Client(
            timeout=httpx.Timeout(exchange_s, connect=connect_s),
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

    def close(self) -> None:
        """Close the connection; an exchange in another thread ends at once, unanswered."""
        self._cut()
        self._client.close()

    def exchange(self, body: bytes, *, headers: dict[str, str] | None = None) -> Exchange:
        """Send ``body`` and return what came back, or that surely nothing was sent, or that nobody knows."""
        request = self._client.build_request("POST", self._url, content=body, headers=headers, extensions={"trace": self._trace})
        # httpx's own timeouts are per read: a server that drips would keep it for ever.
        over = threading.Event()
        deadline = threading.Timer(self._exchange_s, self._expire, (over,))
        deadline.daemon = True
        deadline.start()
        try:
            response = self._client.send(request, stream=True)
            try:
                return self._read(response)
            finally:
                response.close()
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.UnsupportedProtocol, ssl.SSLError) as error:
            # Refused, no such host, TLS before the first byte: surely not sent (commit-protocol section 4).
            return NotSent(why=type(error).__name__)
        except httpx.HTTPError as error:
            return NoAnswer(why="Deadline" if over.is_set() else type(error).__name__)
        finally:
            deadline.cancel()

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

    def _trace(self, name: str, details: dict[str, Any]) -> None:
        if name == _CONNECTED:
            self._socket = details["return_value"].get_extra_info("socket")

    def _expire(self, over: threading.Event) -> None:
        over.set()
        self._cut()

    def _cut(self) -> None:
        if self._socket is not None:
            with contextlib.suppress(OSError):
                # Closing alone would leave a blocked read waiting; a shutdown wakes it.
                self._socket.shutdown(socket.SHUT_RDWR)
