"""The bureau's decoding component for medical e-certificates (医保电子凭证), as this product asks it.

What such a component expects differs by bureau; this is the form of the simulated one. Its refusal has the shape of the
e-certificate service's error body (interface 1.2): ``{"success": false, "code": 500159, "message": …}``.
"""

from __future__ import annotations

import json
from typing import Annotated

from pydantic import Field

from nhsa.outcome import Exchange, NotSent, Reply
from nhsa.reading import Answer, Content, Text, decode

DECODE = "ecert"
"""What the till's question is called beside the transactions of the interface: it never goes to the centre."""
_OK = 200
_REFUSED = 500159
"""The one code of the service that is known (interface 5)."""


class DecodeRequest(Content):
    """What a scanner read, and for whom it is to be decoded."""

    scanned: Annotated[str, Field(min_length=1, max_length=4000)]
    fixmedins_code: Annotated[str, Field(min_length=1, max_length=30)]

    def encode(self) -> bytes:
        """Return the body of the request."""
        return json.dumps(self.wire(), ensure_ascii=False).encode()


class Decoded(Answer):
    """What the component answers."""

    success: bool
    ec_token: Annotated[Text, Field(alias="ecToken", max_length=50)] = ""
    """Stands for the person in one treatment: mdtrt_cert_no under mdtrt_cert_type 01."""
    message: Text = ""


def answer(ec_token: str) -> bytes:
    """Return the body that a component answers with."""
    return json.dumps({"success": True, "ecToken": ec_token}).encode()


def refusal(message: str) -> bytes:
    """Return the body of its refusal."""
    return json.dumps({"success": False, "code": _REFUSED, "message": message}, ensure_ascii=False).encode()


def read_decoded(exchange: Exchange) -> Decoded | str:
    """Return what the component said, or a word for why it said nothing that can be used."""
    if not isinstance(exchange, Reply):
        return "unreachable" if isinstance(exchange, NotSent) else exchange.why
    try:
        said = Decoded.model_validate(decode(exchange.body))
    except ValueError:
        return "unreadable"
    return said if exchange.status == _OK and (said.ec_token or not said.success) else "unreadable"
