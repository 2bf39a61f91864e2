"""Sign-in and the centre's signature: who may ask, and how a counter knows that it was this centre that answered."""

from __future__ import annotations

import base64
import json
import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, insert, select, update

from clearing import chains, people
from clearing.errors import Refused
from clearing.ledger import next_number
from clearing.schema import sign_in
from config.entropy import Entropy
from nhsa import extension
from nhsa.envelope import Request
from nhsa.session import SignIn, SignOut

_KEY_NAME = "centre.key"
_KEY_BYTES = 32
_NOT_SIGNED_IN = "未签到，请先签到"
_EXPIRED = "签到已失效，请重新签到"


@dataclass(frozen=True, slots=True, kw_only=True)
class Validity:
    """How long a sign-in counts; None = until it is signed out."""

    requests: int | None = None
    minutes: int | None = None


class Signature:
    """The centre's Ed25519 key. Its public half is offered at sign-in and pinned by each counter on first use."""

    def __init__(self, directory: Path, entropy: Entropy) -> None:
        path = directory / _KEY_NAME
        if not path.exists():
            _write_private(path, entropy.token(_KEY_BYTES, _KEY_NAME).hex().encode())
        self._key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(path.read_text(encoding="ascii")))

    @property
    def public_key(self) -> str:
        """Return the public key as Base64."""
        return base64.b64encode(self._key.public_key().public_bytes_raw()).decode()

    def offer(self, now: datetime) -> str:
        """Return ``exp_content`` of 9001: what this centre offers, and its signed time."""
        moment = now.isoformat(timespec="seconds")
        members = {
            "yibao": extension.VERSION,
            "public_key": self.public_key,
            "signed_time": moment,
            "signature": extension.sign(self._key, "time", moment),
        }
        return json.dumps(members, separators=(",", ":"))

    def hotlist(self, db: Connection, now: datetime) -> dict[str, Any]:
        """Return the whole signed hotlist: it is small, and a part of it could not be checked alone."""
        version, numbers = people.hotlist(db)
        moment = now.isoformat(timespec="seconds")
        signature = extension.sign(self._key, "hotlist", version, *numbers, moment)
        return {"version": version, "numbers": numbers, "signed_time": moment, "signature": signature}

    def checkpoint(self, fixmedins_code: str, told: extension.ChainTold, kept: chains.Verdict, now: datetime) -> dict[str, Any]:
        """Return ``chain`` of YX04's answer; what is kept is signed."""
        moment = now.isoformat(timespec="seconds")
        signed = (fixmedins_code, told.till, told.epoch, told.count, told.head, moment)
        signature = extension.sign(self._key, "checkpoint", *signed) if kept.name == chains.KEPT else ""
        place = {"epoch": kept.epoch, "count": kept.count, "head": kept.head}
        return {"verdict": kept.name, **place, "signed_time": moment, "signature": signature}


def enter(db: Connection, request: Request, at: str) -> str:
    """Sign an operator in (9001) and return the sign_no."""
    query = SignIn.model_validate(request.input.get("signIn"))
    sign_no = f"{request.mdtrtarea_admvs}{at[:10].replace('-', '')}{next_number(db, 'sign'):08d}"
    row = {"sign_no": sign_no, "opter_no": query.opter_no, "fixmedins_code": request.fixmedins_code, "at": at, "requests": 0, "ended": 0}
    db.execute(insert(sign_in).values(row))
    return sign_no


def leave(db: Connection, request: Request) -> None:
    """Sign an operator out (9002)."""
    query = SignOut.model_validate(request.input.get("signOut"))
    _end(db, query.sign_no)


def admit(db: Connection, request: Request, validity: Validity, at: str) -> None:
    """Raise :class:`Refused` unless the request carries a sign-in of its institution that still counts."""
    found = db.execute(select(sign_in).where(sign_in.c.sign_no == request.sign_no)).mappings().first()
    if found is None or found["fixmedins_code"] != request.fixmedins_code:
        raise Refused(_NOT_SIGNED_IN)
    if found["ended"]:
        raise Refused(_EXPIRED)
    used_up = validity.requests is not None and found["requests"] >= validity.requests
    since = datetime.fromisoformat(at) - datetime.fromisoformat(found["at"])
    if used_up or (validity.minutes is not None and since >= timedelta(minutes=validity.minutes)):
        _end(db, request.sign_no)
        raise Refused(_EXPIRED)
    db.execute(update(sign_in).where(sign_in.c.sign_no == request.sign_no).values(requests=sign_in.c.requests + 1))


def _end(db: Connection, sign_no: str) -> None:
    db.execute(update(sign_in).where(sign_in.c.sign_no == sign_no).values(ended=1))


def _write_private(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(descriptor)
