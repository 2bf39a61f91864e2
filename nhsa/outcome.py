"""What an answer proves: the table of commit-protocol section 4, as one pure function.

Everything except a well-formed envelope with infcode 0 that echoes our request, or an explicit refusal, is
unknown. "Unknown" is never shown as refused, and a refusal of a resend proves nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from pydantic import ValidationError

from nhsa import codes
from nhsa.envelope import read_response
from nhsa.fee_lines import read_results
from nhsa.reading import NotReadable
from nhsa.registration import read_registration
from nhsa.settlement import Cleared, SetlInfo
from nhsa.statement import DOWNLOAD
from settlement.figures import Figures
from settlement.money import format_yuan

_OK = 200
_TOO_MANY = 429
_ZIP = b"PK"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """Bytes came back."""

    status: int
    content_type: str
    body: bytes
    retry_after: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotSent:
    """Surely nothing was sent: refused, no such host, TLS before the first byte."""

    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoAnswer:
    """Something may have been sent and no whole answer came back."""

    why: str


Exchange = Reply | NotSent | NoAnswer


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """The centre did it. ``figures`` and ``setl_id`` of what settles or reverses; ``mdtrt_id`` of that and of 2201."""

    output: dict[str, Any]
    figures: Figures | None = None
    setl_id: str = ""
    mdtrt_id: str = ""
    cleared: Cleared | None = None
    """Of what settles or reverses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """A business refusal of a first delivery; believed once a query finds nothing."""

    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """It may or may not have happened."""

    why: str
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreachable:
    """Surely not sent."""

    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """Refused before any business was looked at: the same msgid again after mending. ``unsent`` = it stayed here, unasked."""

    why: Literal["sign_in", "clock", "load", "unsent"]
    words: str
    retry_after: str = ""


Outcome = Accepted | Rejected | Unknown | Unreachable | Retry


class RefusalWords(Protocol):
    """Phrases in ``err_msg`` that make a refusal one of these kinds: configuration, as there is no catalogue."""

    @property
    def sign_in(self) -> Sequence[str]:
        """Sign in again."""

    @property
    def clock(self) -> Sequence[str]:
        """Mend the clock."""

    @property
    def load(self) -> Sequence[str]:
        """Come back later."""

    @property
    def duplicate(self) -> Sequence[str]:
        """An earlier copy arrived."""


def classify(  # noqa: PLR0911 - the table
    infno: str,
    exchange: Exchange,
    *,
    msgid: str,
    first_delivery: bool,
    words: RefusalWords,
    content: Mapping[str, Any] | None = None,
    dedups_msgid: bool = False,
) -> Outcome:
    """Return what ``exchange`` proves of the request ``msgid`` with the input ``content``.

    ``first_delivery`` is False when an earlier copy may be in flight or executed; then only an acceptance
    proves anything, unless the gateway promises ``dedups_msgid``: it answers a copy as it answered the first.
    """
    if isinstance(exchange, NotSent):
        # A resend that was not sent says nothing of the copy that was.
        return Unreachable(why=exchange.why) if first_delivery else Unknown(why=exchange.why)
    if isinstance(exchange, NoAnswer):
        return Unknown(why=exchange.why)
    if exchange.status == _TOO_MANY and first_delivery:
        return Retry(why="load", words="HTTP 429", retry_after=exchange.retry_after)
    if exchange.status != _OK:
        return Unknown(why=f"HTTP {exchange.status}")
    if infno == DOWNLOAD and exchange.body.startswith(_ZIP):
        # Only a refusal of 9102 is an envelope (interface 1.4).
        return Accepted(output={"file": exchange.body})
    try:
        response = read_response(exchange.body)
    except (NotReadable, ValidationError, ValueError):
        return Unknown(why="NotAnEnvelope")
    if response.infcode != 0:
        believed = first_delivery or dedups_msgid
        return _refused(response.err_msg, believed=believed, words=words, retry_after=exchange.retry_after)
    return _accepted(infno, response.output, msgid, content or {})


def _accepted(infno: str, output: dict[str, Any], msgid: str, content: Mapping[str, Any]) -> Outcome:
    if infno not in codes.SETTLES:
        return _accepted_step(infno, output, content)
    try:
        setlinfo = SetlInfo.model_validate(output.get("setlinfo"))
        figures = setlinfo.figures()
    except ValueError:
        return Unknown(why="NoSetlinfo")
    if not setlinfo.setl_id or not _echoes(setlinfo, msgid, content):
        return Unknown(why="WrongEcho")
    ids = {"setl_id": setlinfo.setl_id, "mdtrt_id": setlinfo.mdtrt_id}
    return Accepted(output=output, figures=figures, cleared=setlinfo.cleared(), **ids)


def _accepted_step(infno: str, output: dict[str, Any], content: Mapping[str, Any]) -> Outcome:
    """Believe a registration and an upload of lines when they name what was sent; the rest has nothing to name."""
    try:
        if infno == codes.REGISTERS:
            registered = read_registration(output)
            if registered.ipt_otp_no != content.get("data", {}).get("ipt_otp_no"):
                return Unknown(why="WrongEcho")
            return Accepted(output=output, mdtrt_id=registered.mdtrt_id)
        if infno == codes.UPLOADS:
            cut = sorted(row.feedetl_sn for row in read_results(output))
            if cut != sorted(row.get("feedetl_sn", "") for row in content.get("feedetail", ())):
                return Unknown(why="WrongEcho")
    except ValueError:
        return Unknown(why="NoOutput")
    return Accepted(output=output)


def _echoes(setlinfo: SetlInfo, msgid: str, content: Mapping[str, Any]) -> bool:
    """Whether the answer is about our request: it names our msgid, or where the centre names none, our person and claim.

    2102 claims in ``druginfo``, 2207 in ``data``, of a visit; a reversal's ``data`` claims nothing and names its visit.
    """
    if setlinfo.medins_setl_id:
        return setlinfo.medins_setl_id == msgid
    named = content.get("druginfo") or content.get("data")
    if not isinstance(named, dict):
        return False
    if "mdtrt_id" in named and (not setlinfo.mdtrt_id or setlinfo.mdtrt_id != named["mdtrt_id"]):
        return False
    if "medfee_sumamt" not in named:
        return "mdtrt_id" in named
    claimed = (named.get("psn_no"), named["medfee_sumamt"])
    return bool(setlinfo.psn_no) and (setlinfo.psn_no, format_yuan(setlinfo.medfee_sumamt)) == claimed


def _refused(err_msg: str, *, believed: bool, words: RefusalWords, retry_after: str) -> Outcome:
    if not believed or _speaks_of(err_msg, words.duplicate):
        return Unknown(why="Duplicate" if believed else "RefusedResend", words=err_msg)
    if _speaks_of(err_msg, words.sign_in):
        return Retry(why="sign_in", words=err_msg, retry_after=retry_after)
    if _speaks_of(err_msg, words.clock):
        return Retry(why="clock", words=err_msg, retry_after=retry_after)
    if _speaks_of(err_msg, words.load):
        return Retry(why="load", words=err_msg, retry_after=retry_after)
    return Rejected(words=err_msg)


def _speaks_of(err_msg: str, phrases: Sequence[str]) -> bool:
    return any(phrase in err_msg for phrase in phrases)
