"""Five provinces' gateways, each a server that checks path, headers and signature by its own arithmetic before the centre is asked."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from config.entropy import SeededEntropy
from config.sections import Envelope, Gateway
from config.settings import Settings
from nhsa import person, pharmacy, queries
from nhsa.outcome import Accepted, Outcome, Unknown
from offline_queue.gateways.dialects import PATHS, Dialect, needed_at
from offline_queue.gateways.errors import PathsMissing, SecretUnreadable
from offline_queue.journal import CounterIdentity, Journal
from offline_queue.sync.courier import Courier, Line, SignOn
from settlement.bill import Venue
from tests.clearing.counter import ANNA, CARD_NO, CARD_SN, SHOP, Office, sale

SECRET, ACCOUNT = "a-secret-of-the-tests", "demo-account"
Headers = dict[str, str]
Check = Callable[[str, Headers, bytes], bool]


def hmac_by_hand(name: str, key: bytes, content: bytes) -> bytes:
    """Return an HMAC by its definition (RFC 2104), from the plain hash alone: both hashes here have blocks of 64 bytes."""
    padded = key.ljust(64, b"\0")
    inner = hashlib.new(name, bytes(byte ^ 0x36 for byte in padded) + content).digest()
    return hashlib.new(name, bytes(byte ^ 0x5C for byte in padded) + inner).digest()


def guangdong(path: str, headers: Headers, _body: bytes) -> bool:
    """``x-tif-*``."""
    timestamp, nonce = headers.get("x-tif-timestamp", ""), headers.get("x-tif-nonce", "")
    wanted = hashlib.sha256((timestamp + SECRET + nonce + timestamp).encode()).hexdigest()
    said = (headers.get("x-tif-paasid"), headers.get("x-tif-signature"))
    return path == "/gateway" and bool(nonce) and timestamp.isdigit() and said == (ACCOUNT, wanted)


def hebei(path: str, headers: Headers, _body: bytes) -> bool:
    """``apikey``."""
    return path == "/gateway" and headers.get("apikey") == SECRET


def jiangsu(path: str, headers: Headers, body: bytes) -> bool:
    """``_api_*``; the software vendor is a member of the envelope."""
    infno = json.loads(body)["infno"]
    names = ("_api_access_key", "_api_name", "_api_timestamp", "_api_version")
    signed = "&".join(f"{name}={headers.get(name, '')}" for name in names)
    wanted = base64.b64encode(hmac_by_hand("sha1", SECRET.encode(), signed.encode())).decode()
    said = (headers.get("_api_access_key"), headers.get("_api_name"), headers.get("_api_signature"))
    return path == "/CSB" and said == (ACCOUNT, f"fsi-{infno}", wanted) and json.loads(body)["fixmedins_soft_fcty"] == "演示软件"


def zhejiang(path: str, headers: Headers, body: bytes) -> bool:
    """A path for each service, HMAC-SM3 over the very bytes."""
    timestamp, _, signature = headers.get("x-ca-signature", "").partition(":")
    wanted = hmac_by_hand("sm3", SECRET.encode(), timestamp.encode() + b"\n" + body).hex().upper()
    return (path, headers.get("x-ca-key"), signature) == (ALL_PATHS[json.loads(body)["infno"]], SHOP, wanted)


def henan(path: str, headers: Headers, body: bytes) -> bool:
    """One address, SM3 named in the envelope, ``input`` as text, and nothing of any other province."""
    members = json.loads(body)
    foreign = [name for name in headers if name.startswith(("x-", "_api", "apikey"))]
    return path == "/hss-call-service-interface" and not foreign and members["signtype"] == "SM3" and isinstance(members["input"], str)


ALL_PATHS = {infno: f"/fsi/api/demo/{infno}" for infno in needed_at(Venue.PHARMACY)} | PATHS
VENDOR = {"extra": {"fixmedins_soft_fcty": "演示软件"}}
PROVINCES: dict[str, tuple[Check, str, dict[str, Any], dict[str, Any]]] = {
    "guangdong": (guangdong, "/gateway", {"kind": "tif", "account": ACCOUNT}, {}),
    "hebei": (hebei, "/gateway", {"kind": "apikey"}, {}),
    "jiangsu": (
        jiangsu,
        "/CSB",
        {"kind": "csb", "account": ACCOUNT, "api_name": "fsi-{infno}"},
        {"extra": {"fixmedins_soft_fcty": "演示软件"}},
    ),
    "zhejiang": (zhejiang, "", {"kind": "paths", "paths": ALL_PATHS}, {}),
    "henan": (henan, "/hss-call-service-interface", {"kind": "plain"}, {"signtype": "SM3", "input_as": "text"}),
}


@dataclass(slots=True)
class Province:
    """A gateway in front of the reference centre, and a counter's sender that knows its dialect."""

    office: Office
    check: Check
    address: str
    gateway: Gateway
    envelope: Envelope
    directory: Path
    turned_away: list[str] = field(default_factory=list)

    @contextmanager
    def courier(self) -> Iterator[Courier]:
        """Return a way to the centre through the gateway."""
        identity = CounterIdentity(fixmedins_code=SHOP, till="01")
        entropy = SeededEntropy("t")
        settings = self._settings()
        with Journal(self.directory, role="sender", clock=self.office.clock, entropy=entropy, counter=identity) as journal:
            dialect = Dialect(self.gateway, SHOP, entropy, needed_at(Venue.PHARMACY))
            courier = Courier(settings, journal, self.office.clock, Line(self.office.clock), SignOn(), dialect)
            try:
                yield courier
            finally:
                courier.close()

    def _settings(self) -> Settings:
        shipped = Settings.load(Path(__file__).parents[2] / "config" / "settings.example.toml")
        counter = shipped.counter.model_copy(update={"fixmedins_code": SHOP, "admdvs": "990100"})
        centre = shipped.centre.model_copy(update={"url": self.address, "gateway": self.gateway, "envelope": self.envelope})
        return shipped.model_copy(update={"counter": counter, "centre": centre})


@pytest.fixture(params=sorted(PROVINCES))
def province(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Province]:
    """Return each province's gateway, listening."""
    check, path, gateway, envelope = PROVINCES[request.param]
    secret = tmp_path / "secret"
    secret.write_text(f"{SECRET}\n", encoding="utf-8")
    signing: dict[str, Any] = {} if gateway["kind"] == "plain" else {"secret_file": str(secret)}
    with listening(check, tmp_path) as (office, address, turned_away):
        yield Province(
            office, check, address + path, Gateway(**gateway, **signing), Envelope(**envelope), tmp_path / "journal", turned_away
        )


@contextmanager
def listening(check: Check, directory: Path) -> Iterator[tuple[Office, str, list[str]]]:
    """Run a gateway that hands on what ``check`` lets pass, and turns away the rest with 401 and a body of its own."""
    office, turned_away = Office(directory / "books"), list[str]()

    class Desk(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            passed = check(self.path, {name.lower(): value for name, value in self.headers.items()}, body)
            if not passed:
                turned_away.append(self.path)
            answer = office.centre.answer(body) if passed else b'{"code":"401","type":"error","message":"signature","data":null}'
            self.send_response(200 if passed else 401)
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Desk) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield office, f"http://127.0.0.1:{server.server_port}", turned_away
        finally:
            server.shutdown()
            thread.join()


def test_a_sale_passes_each_gateway(province: Province) -> None:
    """Signed in, looked up, settled, found again and reversed: every request is let through, and the money moves once."""
    with province.courier() as courier:
        who = courier.ask("1101", person.card_query(card_no=CARD_NO, card_sn=CARD_SN, certno=ANNA.certno, psn_name=ANNA.psn_name))
        sold = courier.deliver("2102", f"{SHOP}202603020900000100", sale(500))
        assert isinstance(sold, Accepted), sold
        ids = {"psn_no": ANNA.psn_no, "mdtrt_id": sold.mdtrt_id}
        found = courier.ask("5203", queries.settlement_query(**ids, setl_id=sold.setl_id))
        back = courier.deliver("2103", f"{SHOP}202603020900000101", pharmacy.reversal_input(**ids, setl_id=sold.setl_id))

    assert [Accepted] * 3 == [type(one) for one in (who, found, back)]
    assert [] == province.turned_away
    assert [500, -500] == [row["movements"]["total_fen"] for row in province.office.ledger()["settlements"]]


def test_another_secret_is_turned_away_and_nothing_is_concluded(province: Province, tmp_path: Path) -> None:
    """The gateway's own refusal is no verdict of the centre's: unknown, and nothing was booked."""
    if province.gateway.kind == "plain":
        province.envelope = Envelope(signtype="SM2", input_as="text")
    (tmp_path / "secret").write_text("another", encoding="utf-8")
    with province.courier() as courier:
        signed = courier.sign_in()

    assert (Unknown, True) == (type(signed), bool(province.turned_away))
    assert [] == province.office.ledger()["settlements"]


def test_each_attempt_is_signed_anew(tmp_path: Path) -> None:
    """Time and nonce are those of the attempt: a signature that expired is never sent again."""
    (tmp_path / "secret").write_text(SECRET, encoding="utf-8")
    gateway = Gateway(kind="tif", account=ACCOUNT, secret_file=str(tmp_path / "secret"))
    dialect = Dialect(gateway, SHOP, SeededEntropy("t"))
    moments = [datetime.fromisoformat(f"2026-03-02T09:00:0{second}+08:00") for second in (0, 0, 1)]
    dressed = [dialect.dress("1101", b"{}", moment).headers for moment in moments]

    assert 3 == len({one["x-tif-signature"] for one in dressed})


def test_what_a_gateway_cannot_be_asked_is_said_at_the_start(tmp_path: Path) -> None:
    """No secret, or no path for what a pharmacy sends: the sender does not start."""
    secret = tmp_path / "secret"
    with pytest.raises(SecretUnreadable):
        Dialect(Gateway(kind="apikey", secret_file=str(secret)), SHOP, SeededEntropy("t"))
    secret.write_text(SECRET, encoding="utf-8")
    with pytest.raises(PathsMissing) as missing:
        Dialect(Gateway(kind="paths", secret_file=str(secret)), SHOP, SeededEntropy("t"), needed_at(Venue.PHARMACY))
    assert "2102" in missing.value.details["missing"]
    assert "9001" not in missing.value.details["missing"]


def test_an_extension_without_a_path_says_nothing_of_the_line(tmp_path: Path) -> None:
    """It cannot be sent there, surely was not, and the line is not down for it."""
    check, path, gateway, envelope = PROVINCES["zhejiang"]
    (tmp_path / "secret").write_text(SECRET, encoding="utf-8")
    with listening(check, tmp_path) as (office, address, turned_away):
        secret: dict[str, Any] = {"secret_file": str(tmp_path / "secret")}
        signing = Gateway(**gateway, **secret)
        province = Province(office, check, address + path, signing, Envelope(**envelope), tmp_path / "journal", turned_away)
        with province.courier() as courier:
            assert isinstance(courier.sign_in(), Accepted)
            outcome: Outcome = courier.ask("YX03", {"data": {"version": 0}})
            state = courier._line.state

    assert ("NoPath YX03", "up") == (getattr(outcome, "why", ""), state)


def test_a_known_sm3() -> None:
    """The hash behind Zhejiang's signature, by the example of its standard (GB/T 32905-2016, A.1)."""
    assert "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0" == hashlib.new("sm3", b"abc").hexdigest()
