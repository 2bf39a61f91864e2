"""What a province's gateway wants of each HTTP request beside the envelope: path, headers and their signature (interface 1.4).

Each is as public clients send it; none was tried against the service itself. :data:`UNCONFIRMED` says what no source shows.

| dialect | sources | wants |
|---|---|---|
| ``plain`` | APIFOX, OHJ (Henan, Jilin) | one address, nothing else; Henan names ``signtype`` SM3 in the envelope |
| ``tif`` | GZ, CQ (Guangdong) | ``x-tif-*``: SHA-256 over timestamp, token, nonce, timestamp |
| ``apikey`` | CQ (Hebei, Shanghai) | one header ``apikey`` |
| ``csb`` | NJ (Jiangsu) | ``_api_*``: Base64 of HMAC-SHA1 over the sorted members; the body is not signed |
| ``paths`` | ZJ (Zhejiang) | a path for each service; ``x-ca-signature``: HMAC-SM3 over timestamp and body |
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SM3
from cryptography.hazmat.primitives.hmac import HMAC

from config.entropy import Entropy
from config.sections import Gateway
from offline_queue.gateways.errors import PathsMissing, SecretUnreadable
from settlement.bill import Venue

UNCONFIRMED = {
    "tif.nonce": "any text that is new each time; 16 hexadecimal characters here",
    "csb.timestamp": "milliseconds since 1970",
    "csb.api_name": "one name for all transactions, or one with the transaction's number in it: the settings say",
    "paths.2101": "only the paths of 9001, 1101, 2207, 3201 and 9101 were captured; the settings give the others",
}
"""What of the above no source shows, by where it stands."""
PATHS = {
    "9001": "/fsi/api/signInSignOutService/signIn",
    "1101": "/fsi/api/fsiPsnInfoService/queryPsnInfo",
    "2207": "/fsi/api/outpatientSettleService/saveSettletmentA",
    "3201": "/fsi/api/ybSettlementStmtService/stmt",
    "9101": "/fsi/api/fileupload/upload",
}
"""Captured paths of Zhejiang, spelled as captured."""
_NONCE_BYTES = 8
_ALWAYS = frozenset({"9001", "1101", "3201", "3202", "9101", "9102", "5201", "5203", "5206"})
_SALES = {
    Venue.PHARMACY: frozenset({"2102", "2103"}),
    Venue.CLINIC: frozenset({"2201", "2202", "2203", "2203A", "2204", "2205", "2206", "2207", "2208"}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Dressed:
    """What goes out with a body."""

    path: str = ""
    """Behind the gateway's address; empty where there is one address for all."""
    headers: dict[str, str] = field(default_factory=dict)


class NoPath(Exception):
    """A transaction that the gateway has no path for, such as an extension of ours: it cannot be sent, and was not."""


def needed_at(venue: Venue) -> frozenset[str]:
    """Return the transactions without which a counter at ``venue`` cannot work."""
    return _ALWAYS | _SALES[Venue.PHARMACY if venue is Venue.PHARMACY else Venue.CLINIC]


@dataclass(slots=True)
class Dialect:
    """Dresses requests as one gateway wants them."""

    gateway: Gateway
    fixmedins_code: str
    entropy: Entropy
    needed: frozenset[str] = frozenset()
    """The transactions that this institution sends: each must have its path."""
    _secret: str = field(init=False, repr=False)
    _attempts: Iterator[int] = field(init=False, repr=False, default_factory=count)

    def __post_init__(self) -> None:
        self._secret = _read(self.gateway.secret_file) if self.gateway.secret_file else ""
        missing = sorted(self.needed - PATHS.keys() - self.gateway.paths.keys()) if self.gateway.kind == "paths" else []
        if missing:
            raise PathsMissing(missing=", ".join(missing))

    def dress(self, infno: str, body: bytes, now: datetime) -> Dressed:
        """Return path and headers for ``body``. Raises :class:`NoPath`."""
        match self.gateway.kind:
            case "tif":
                return Dressed(headers=self._tif(now))
            case "apikey":
                return Dressed(headers={"apikey": self._secret})
            case "csb":
                return Dressed(headers=self._csb(infno, now))
            case "paths":
                return Dressed(path=self._path(infno), headers=self._ca(body, now))
            case _:
                return Dressed()

    def _tif(self, now: datetime) -> dict[str, str]:
        timestamp = str(int(now.timestamp()))
        nonce = self.entropy.token(_NONCE_BYTES, f"tif/{timestamp}/{next(self._attempts)}").hex()
        signature = hashlib.sha256(f"{timestamp}{self._secret}{nonce}{timestamp}".encode()).hexdigest()
        return {
            "x-tif-paasid": self.gateway.account,
            "x-tif-timestamp": timestamp,
            "x-tif-nonce": nonce,
            "x-tif-signature": signature,
        }

    def _csb(self, infno: str, now: datetime) -> dict[str, str]:
        members = {
            "_api_access_key": self.gateway.account,
            "_api_name": self.gateway.api_name.replace("{infno}", infno),
            "_api_timestamp": str(int(now.timestamp() * 1000)),
            "_api_version": self.gateway.api_version,
        }
        signed = "&".join(f"{name}={value}" for name, value in sorted(members.items()))
        # The gateway's own algorithm; nothing else here rests on SHA-1.
        digest = hmac.new(self._secret.encode(), signed.encode(), hashlib.sha1).digest()
        return {**members, "_api_signature": base64.b64encode(digest).decode()}

    def _ca(self, body: bytes, now: datetime) -> dict[str, str]:
        timestamp = str(int(now.timestamp()))
        signing = HMAC(self._secret.encode(), SM3())
        signing.update(timestamp.encode() + b"\n" + body)
        return {"x-ca-key": self.fixmedins_code, "x-ca-signature": f"{timestamp}:{signing.finalize().hex().upper()}"}

    def _path(self, infno: str) -> str:
        path = self.gateway.paths.get(infno) or PATHS.get(infno)
        if path is None:
            raise NoPath(infno)
        return path


def _read(file: str) -> str:
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SecretUnreadable(file=file, reason=getattr(error, "strerror", None) or type(error).__name__) from error
