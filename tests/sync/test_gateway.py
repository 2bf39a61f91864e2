"""One exchange: what surely did not leave, what nobody knows, and a deadline that nothing outlasts."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from time import monotonic

import certifi
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from config.clock import CHINA
from nhsa.outcome import Exchange, NoAnswer, NotSent, Reply
from offline_queue.gateways import http
from offline_queue.gateways.http import HttpGateway

Script = Callable[[socket.socket], object]
DEADLINE_S = 0.3
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"


def _request(connection: socket.socket) -> bytes:
    content = b""
    while not content.endswith(b"}"):
        content += connection.recv(65_536)
    return content


@contextmanager
def _server(script: Script, tls: ssl.SSLContext | None = None) -> Iterator[tuple[str, list[bytes]]]:
    """Serve each connection by ``script`` on a free loopback port; what came first on each is kept."""
    seen: list[bytes] = []
    scheme = "https" if tls else "http"
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.05)
        stop = threading.Event()

        def serve() -> None:
            while not stop.is_set():
                with suppress(TimeoutError):
                    plain, _ = listener.accept()
                    connection = tls.wrap_socket(plain, server_side=True) if tls else plain
                    with connection, suppress(OSError):
                        seen.append(_request(connection))
                        script(connection)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"{scheme}://127.0.0.1:{listener.getsockname()[1]}/fsi/api/callService", seen
        finally:
            stop.set()
            thread.join()


def _gateway(url: str, *, byte_cap: int = 10_000) -> HttpGateway:
    return HttpGateway(url, connect_s=DEADLINE_S, exchange_s=DEADLINE_S, byte_cap=byte_cap)


def _drip(head: bytes) -> Script:
    def script(connection: socket.socket) -> None:
        connection.sendall(head)
        for _ in range(100):
            threading.Event().wait(0.05)
            connection.sendall(b"x")

    return script


def test_a_whole_reply() -> None:
    """Status, type and bytes come back as they are."""
    with _server(lambda connection: connection.sendall(OK)) as (url, seen), _gateway(url) as gateway:
        reply = gateway.exchange(b'{"infno":"1101"}')

    assert Reply(status=200, content_type="application/json", body=b"{}") == reply
    assert b'{"infno":"1101"}' in seen[0]


def test_refused_connection_was_surely_not_sent() -> None:
    """Nobody listens: nothing left."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with _gateway(f"http://127.0.0.1:{port}/") as gateway:
        assert isinstance(gateway.exchange(b"{}"), NotSent)


@pytest.mark.parametrize(
    "script",
    [
        pytest.param(_drip(b""), id="headers that drip"),
        pytest.param(_drip(b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n"), id="a body that drips"),
        pytest.param(lambda _: threading.Event().wait(1.5), id="silence"),
    ],
)
def test_nothing_outlasts_the_deadline(script: Script) -> None:
    """A server that drips for five seconds ends with the deadline, unanswered."""
    with _server(script) as (url, _), _gateway(url) as gateway:
        start = monotonic()
        answer = gateway.exchange(b"{}")
        took = monotonic() - start

    assert isinstance(answer, NoAnswer)
    assert took < 4 * DEADLINE_S


@pytest.fixture
def tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """Return a server's side of TLS whose certificate the gateway trusts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    day = datetime.now(CHINA)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, day - timedelta(days=1), day + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(True, False, False, False, False, True, False, False, False), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    both, trusted = tmp_path / "server.pem", tmp_path / "trusted.pem"
    trusted.write_bytes(certificate.public_bytes(Encoding.PEM))
    both.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + trusted.read_bytes())
    monkeypatch.setattr(certifi, "where", lambda: str(trusted))
    monkeypatch.setattr(http, "_trusted", http._trusted.__wrapped__)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(both)
    return context


def test_nothing_outlasts_the_deadline_over_tls(tls: ssl.SSLContext) -> None:
    """TLS takes the connection's descriptor over; the deadline still ends what drips."""
    with _server(_drip(b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n"), tls) as (url, _), _gateway(url) as gateway:
        start = monotonic()
        answer = gateway.exchange(b"{}")
        took = monotonic() - start

    assert NoAnswer(why="Deadline") == answer
    assert took < 4 * DEADLINE_S


def test_the_trusted_certificates_are_read_once() -> None:
    """A sender has a gateway for each lane: reading them for each would be most of its start."""
    first, second = (http._trusted() for _ in range(2))

    assert first is second
    assert ssl.CERT_REQUIRED is first.verify_mode


def test_closing_ends_what_is_under_way_and_begins_nothing() -> None:
    """From another thread: unanswered at once; what comes afterwards surely did not leave."""
    with _server(lambda _: threading.Event().wait(1.5)) as (url, seen):
        gateway = HttpGateway(url, connect_s=20, exchange_s=20, byte_cap=10_000)
        answers: list[Exchange] = []
        lane = threading.Thread(target=lambda: answers.append(gateway.exchange(b"{}")))
        lane.start()
        while not seen:
            threading.Event().wait(0.01)
        start = monotonic()
        gateway.close()
        lane.join()
        took = monotonic() - start
        answers.append(gateway.exchange(b"{}"))

    assert [NoAnswer(why="Closed"), NotSent(why="Closed")] == answers
    assert took < 1
    assert 1 == len(seen)


def test_byte_cap() -> None:
    """A flood ends at the cap and proves nothing."""
    flood = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n" + b"x" * 1_000_000
    with _server(lambda connection: connection.sendall(flood)) as (url, _), _gateway(url) as gateway:
        assert NoAnswer(why="ByteCap") == gateway.exchange(b"{}")


def test_redirects_are_not_followed() -> None:
    """Somebody else's address is never asked."""
    elsewhere = b"HTTP/1.1 307 Temporary Redirect\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"
    with _server(lambda connection: connection.sendall(elsewhere)) as (url, seen), _gateway(url) as gateway:
        reply = gateway.exchange(b"{}")

    assert isinstance(reply, Reply)
    assert (307, 1) == (reply.status, len(seen))


def test_environment_proxies_are_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable of the machine does not move claims elsewhere."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    with _server(lambda connection: connection.sendall(OK)) as (url, _), _gateway(url) as gateway:
        assert isinstance(gateway.exchange(b"{}"), Reply)


@pytest.mark.parametrize(
    "reply",
    [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{}", b"\x00\xff not http\r\n\r\n"],
    ids=["hung up", "truncated", "garbage"],
)
def test_spoiled_replies_prove_nothing(reply: bytes) -> None:
    """After the request was written, anything but a whole reply is unknown."""
    with _server(lambda connection: connection.sendall(reply)) as (url, _), _gateway(url) as gateway:
        assert isinstance(gateway.exchange(b"{}"), NoAnswer)


def test_a_stray_second_reply_is_never_the_next_answer() -> None:
    """Each exchange has a connection of its own."""
    stray = OK + OK.replace(b"{}", b"[]")
    with _server(lambda connection: connection.sendall(stray)) as (url, seen), _gateway(url) as gateway:
        bodies = [gateway.exchange(b"{}") for _ in range(2)]

    assert [b"{}", b"{}"] == [reply.body for reply in bodies if isinstance(reply, Reply)]
    assert 2 == len(seen)
