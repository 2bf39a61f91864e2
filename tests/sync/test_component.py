"""What the sender makes of a decoding component's answer, and the till of that: a token, a refusal, or silence; never a guess."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from config.settings import Settings
from nhsa import ecert
from offline_queue.journal import EnquiryAnswer
from offline_queue.sync.component import Component
from settlement.errors import Refusal
from terminal.certificates import Certificate, ComponentDecoder, Scanned

SCANNED = "2812345678901234567890123456"
COUNTER = {
    "fixmedins_code": "P99010000001",
    "fixmedins_name": "演示大药房",
    "admdvs": "990100",
    "venue": "pharmacy",
    "till": "01",
    "operator": "0001",
    "operator_name": "测试人员",
}


class Bureau(ThreadingHTTPServer):
    """A component that answers what it is told to, and keeps what it was asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.status, self.body = 200, b""
        self.asked: list[dict[str, str]] = []


class _Answers(BaseHTTPRequestHandler):
    server: Bureau

    def do_POST(self) -> None:
        """Answer."""
        self.server.asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(self.server.body)))
        self.end_headers()
        self.wfile.write(self.server.body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def bureau() -> Iterator[Bureau]:
    """Return a component at work."""
    with Bureau() as server:
        serving = threading.Thread(target=server.serve_forever, args=(0.01,))
        serving.start()
        yield server
        server.shutdown()
        serving.join()


def decoded(port: int) -> Certificate | Refusal:
    """Have :data:`SCANNED` decoded by what listens at ``port``, 0 for a counter without a component."""
    section = {"kind": "simulated", "url": f"http://127.0.0.1:{port}/decode"} if port else {}
    table: dict[str, Any] = {"counter": COUNTER, "centre": {"url": "http://127.0.0.1:1", "exchange_s": 5}, "ecert": section}
    settings = Settings(**table)
    with closing(Component(settings)) as component:

        def ask(infno: str, content: dict[str, Any]) -> EnquiryAnswer:
            assert ecert.DECODE == infno
            return component.decode(content["scanned"])

        return ComponentDecoder(ask).decode(Scanned(SCANNED))


def test_a_token_is_a_certificate(bureau: Bureau) -> None:
    """What was read goes out as it is, and what comes back stands for the person under type 01."""
    bureau.body = json.dumps({"success": True, "ecToken": "T0123456789"}).encode()
    certificate = decoded(bureau.server_port)

    assert Certificate(mdtrt_cert_type="01", mdtrt_cert_no="T0123456789") == certificate
    assert [{"scanned": SCANNED, "fixmedins_code": "P99010000001"}] == bureau.asked
    assert "T0123456789" not in repr(certificate)


def test_a_refusal_says_the_component_s_words(bureau: Bureau) -> None:
    """A payment code, an expired one: the component alone knows."""
    bureau.body = json.dumps({"success": False, "code": 500159, "message": "请使用医保电子凭证二维码"}).encode()
    refused = decoded(bureau.server_port)

    assert isinstance(refused, Refusal)
    assert ("ECERT-NOT-ONE", "请使用医保电子凭证二维码") == (refused.code, refused.details["words"])


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, b""),
        (200, b"<html>"),
        (200, b'{"success": true}'),
        (200, b'{"success": true, "ecToken": "%s"}' % (b"9" * 51)),
        (500, b'{"success": true, "ecToken": "T1"}'),
    ],
)
def test_what_cannot_be_read_is_silence(bureau: Bureau, status: int, body: bytes) -> None:
    """No token is taken from it."""
    bureau.status, bureau.body = status, body
    silent = decoded(bureau.server_port)

    assert isinstance(silent, Refusal)
    assert "ECERT-SILENT" == silent.code


def test_nobody_listens(bureau: Bureau) -> None:
    """A component that is gone, and a counter that has none."""
    port = bureau.server_port
    bureau.shutdown()
    bureau.server_close()
    silent = [decoded(port), decoded(0)]

    assert ["ECERT-SILENT"] * 2 == [refusal.code for refusal in silent if isinstance(refusal, Refusal)]
