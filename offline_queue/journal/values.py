"""What goes into the journal and what comes out of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Role = Literal["till", "sender", "reader"]
Lane = Literal["live", "backlog"]
DueState = Literal["waiting", "begun", "unknown", "set_aside"]
Json = dict[str, Any]
ROLES_ZH: dict[Role, str] = {"till": "收银程序", "sender": "发送程序"}


@dataclass(frozen=True, slots=True, kw_only=True)
class CounterIdentity:
    """Whose journal it is: fixed when it is made."""

    fixmedins_code: str
    till: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One record to be appended."""

    kind: str
    subject: str
    """The settlement, slip or refresh it is about: a msgid."""
    body: Json
    """Public part: no personal field."""
    private: Json | None = None
    """Personal part; the chain covers only its salted commitment."""
    owner: str = ""
    """Citizen number, kept as a keyed hash."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One record as it stands."""

    seq: int
    at: str
    writer: str
    kind: str
    subject: str
    body: Json
    private: Json | None
    """None when there was none, or when the person was erased."""
    owner: bytes
    """Keyed hash of the citizen number; empty where the record names nobody."""
    clock_suspect_s: int = 0
    """Seconds by which the wall clock had been set since the record before of this process, or lies behind what it went on from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Committed:
    """A transaction that is on disk."""

    seqs: tuple[int, ...]
    head: str
    """Head of the chain, hex."""
    receipts: tuple[str, ...] = ()
    """Receipt numbers taken, ``till-epoch-number``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What the record ``restored`` says: the journal came back from a backup and its next epoch was opened."""

    epoch: int
    """Of the receipt numbers from here on."""
    count: int
    """Records that the backup held."""
    head: str
    """Head of the backup's chain, hex."""
    last_at: str
    """Time of the backup's last record, ISO; empty when it had none. At most what happened after it is lost."""
    known: int | None
    """The highest count that the files here had acknowledged or held; None when nothing here told."""

    @property
    def lost_known(self) -> int:
        """Records that are known to be lost; others may be."""
        return max(0, (self.known or 0) - self.count)


@dataclass(frozen=True, slots=True, kw_only=True)
class DueRow:
    """One request that the sender owes the centre."""

    msgid: str
    infno: str
    lane: Lane
    owner: bytes
    after: str
    """The msgid whose answer it needs first; empty when none."""
    state: DueState
    attempts: int
    seq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Enquiry:
    """A question of the till that the sender puts to the centre."""

    number: int
    infno: str
    input: Json
    patience_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class EnquiryAnswer:
    """What became of a question."""

    outcome: Literal["answered", "refused", "unknown", "unreachable"]
    output: Json = field(default_factory=dict)
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SenderStatus:
    """What the sender last said of itself and of the line."""

    alive: bool
    line: Literal["up", "down", "unknown"]
    since: str
    signed_time: str
    """Last signed centre time, ISO; empty when none was ever received."""
    hotlist_version: int
    hotlist_time: str
    """Signed time of the hotlist; empty when there is none."""
    words: str
    extension: bool
    """Whether the centre offers the allowance, evidence and hotlist extensions."""
