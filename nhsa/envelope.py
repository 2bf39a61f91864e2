"""The envelope that all transactions share (interface 1.1, 1.2)."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, Field, field_validator

from nhsa.reading import Answer, Content, NotReadable, Text, decode

_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}")
_NO_ENVELOPE = "a gateway's own error"


def _moment(text: str) -> str:
    if not _MOMENT.fullmatch(text):
        raise ValueError(text)
    datetime.fromisoformat(text)
    return text


AdmdvsCode = Annotated[str, Field(pattern=r"^[0-9]{6}$")]
DateTime = Annotated[str, AfterValidator(_moment)]
"""``yyyy-MM-dd HH:mm:ss`` of a day that exists."""


class Request(Content):
    """One request. Made anew for every attempt: sign_no, time and signature expire."""

    infno: Annotated[str, Field(pattern=r"^[0-9A-Z]{4,5}$")]
    msgid: Annotated[str, Field(min_length=1, max_length=30)]
    mdtrtarea_admvs: AdmdvsCode
    insuplc_admdvs: Annotated[str, Field(pattern=r"^([0-9]{6})?$")] = ""
    recer_sys_code: Annotated[str, Field(min_length=1, max_length=10)]
    dev_no: Annotated[str, Field(max_length=100)] = ""
    dev_safe_info: Annotated[str, Field(max_length=2000)] = ""
    cainfo: Annotated[str, Field(max_length=1024)] = ""
    signtype: Annotated[str, Field(max_length=10)] = ""
    infver: Annotated[str, Field(min_length=1, max_length=6)]
    opter_type: Annotated[str, Field(pattern=r"^[123]$")]
    opter: Annotated[str, Field(min_length=1, max_length=30)]
    opter_name: Annotated[str, Field(min_length=1, max_length=50)]
    inf_time: DateTime
    fixmedins_code: Annotated[str, Field(min_length=1, max_length=12)]
    fixmedins_name: Annotated[str, Field(min_length=1, max_length=200)]
    sign_no: Annotated[str, Field(max_length=32)] = ""
    input: dict[str, Any]

    def encode(self, extra: dict[str, str] | None = None, *, input_as_text: bool = False) -> bytes:
        """Return the bytes of the request with the members that the area wants besides; some want ``input`` as the text of its JSON."""
        members = self.model_dump() | (extra or {})
        if input_as_text:
            members["input"] = json.dumps(self.input, ensure_ascii=False, separators=(",", ":"))
        return json.dumps(members, ensure_ascii=False, separators=(",", ":")).encode()


@dataclass(frozen=True, slots=True)
class Response:
    """One response, as far as anything may be concluded from it."""

    infcode: int
    err_msg: str
    output: dict[str, Any]
    inf_refmsgid: str


class _Envelope(Answer):
    infcode: Text
    err_msg: Text = ""
    inf_refmsgid: Text
    output: dict[str, Any] | None = None

    @field_validator("output", mode="before")
    @classmethod
    def _empty_is_none(cls, output: object) -> object:
        return None if output == "" else output


def read_response(content: bytes) -> Response:
    """Return the response in ``content``. Raises :class:`ValueError` for anything that is not an envelope.

    A gateway in front of the centre refuses in bodies of its own, which have no ``inf_refmsgid`` (null or empty
    is another thing): they say nothing of what the centre did.
    """
    members = decode(content)
    if "inf_refmsgid" not in members:
        raise NotReadable(_NO_ENVELOPE)
    envelope = _Envelope.model_validate(members)
    return Response(int(envelope.infcode), envelope.err_msg, envelope.output or {}, envelope.inf_refmsgid)


def read_request(content: bytes) -> tuple[Request, dict[str, Any]]:
    """Return the request in ``content`` and its members beside the envelope's (the centre's side).

    Some areas send ``input`` as the text of its JSON. Raises :class:`ValueError`.
    """
    members = decode(content)
    if isinstance(members.get("input"), str):
        members["input"] = decode(members["input"].encode())
    known = {name: members[name] for name in Request.model_fields if name in members}
    return Request.model_validate(known), {name: value for name, value in members.items() if name not in known}
