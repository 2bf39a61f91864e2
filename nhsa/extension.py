"""What this product adds to the interface: allowance refresh, card evidence, hotlist, signed centre time.

No national transaction does these (interface 2.3, section 5). A centre offers them in ``exp_content`` of the
answer to 9001; one that does not offers no allowance, and nothing of this is sent to it. The numbers begin
with YX so that they can never meet a national one.
"""

from __future__ import annotations

import base64
import json
from typing import Annotated, Any, Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pydantic import Field

from nhsa.reading import Answer, Content, decode
from settlement.allowance import CardRecord

REFRESH = "YX01"
EVIDENCE = "YX02"
HOTLIST = "YX03"
HANDSHAKE = "YX04"
READINGS = "YX05"
REFILL = "YX06"
VERSION = 1

Purpose = Literal["time", "hotlist", "checkpoint"]
"""What a signature is over: one purpose's never stands for another's."""
Byte = Annotated[int, Field(ge=0, le=255, strict=False)]
Tag = Annotated[int, Field(ge=0, le=65_535, strict=False)]
Count = Annotated[int, Field(ge=0, lt=2**32, strict=False)]


class RecordRead(Content):
    """The off-line record as a till read it: evidence. Null = unreadable."""

    generation: Byte | None
    counter: Byte | None
    amount_fen: Count | None
    not_after: Annotated[str, Field(max_length=1)] | None
    tags: Annotated[list[Tag | None], Field(max_length=8)]

    def record(self) -> CardRecord:
        """Return it as the value that it was read as."""
        return CardRecord(
            generation=self.generation,
            counter=self.counter,
            amount_fen=self.amount_fen,
            not_after=self.not_after,
            tags=tuple(self.tags),
        )

    @classmethod
    def of(cls, record: CardRecord) -> RecordRead:
        """Return ``record`` as it is sent."""
        return cls(
            generation=record.generation,
            counter=record.counter,
            amount_fen=record.amount_fen,
            not_after=record.not_after,
            tags=list(record.tags),
        )


class CardSeen(Content):
    """Which card of whom, and what was read of it."""

    psn_no: Annotated[str, Field(min_length=1, max_length=30)]
    card_no: Annotated[str, Field(min_length=1, max_length=9)]
    card_sn: Annotated[str, Field(min_length=1, max_length=32)]
    record: RecordRead


class RefreshQuery(CardSeen):
    """``data`` of YX01: the most that is wanted, 0 to give everything back."""

    limit_fen: Count


class ReadingsQuery(Content):
    """``data`` of YX05: what was read of a card while it showed this generation and counter, by whichever till."""

    card_no: Annotated[str, Field(min_length=1, max_length=9)]
    card_sn: Annotated[str, Field(min_length=1, max_length=32)]
    generation: Byte
    counter: Byte


class Readings(Answer):
    """YX05's answer: the records, oldest first."""

    readings: list[RecordRead]


class HotlistQuery(Content):
    """``data`` of YX03: the version that is held, 0 for none."""

    version: Count


class Grant(Answer):
    """``grant`` of YX01's answer: a generation, what it may spend, its last month.

    ``available_fen`` is what on-line sales may spend once the centre has seen this generation on the card: what
    was read on the generation before has returned by then.
    """

    generation: Byte
    grant_fen: Count
    not_after: Annotated[str, Field(pattern=r"^[1-9A-C]$")]
    available_fen: Count


class Seen(Answer):
    """``seen`` of YX02's answer: what is available now that the card's state is known."""

    available_fen: Count


class Debit(Content):
    """The card's evidence of one off-line sale, in ``expContent`` of its 2102."""

    card_no: Annotated[str, Field(min_length=1, max_length=9)]
    card_sn: Annotated[str, Field(min_length=1, max_length=32)]
    generation: Byte
    counter_before: Byte
    counter_after: Byte
    tag: Tag
    debit_fen: Count
    hotlist_version: Count
    hotlist_age_s: Count | None
    reason: Annotated[str, Field(max_length=40)]
    read: RecordRead | None = None
    """The record before the debit: evidence of what others wrote. Older tills do not send it."""


class CardDebit(Content):
    """The proof of a card that debited itself, in ``expContent`` of its 2102: what its log says, and its TAC for the ledger.

    An empty ``tac``: the answer was lost, and another debit has followed it on the card.
    """

    card_no: Annotated[str, Field(min_length=1, max_length=9)]
    card_sn: Annotated[str, Field(min_length=1, max_length=32)]
    sequence: Tag
    terminal: Annotated[str, Field(pattern=r"^[0-9]{12}$")]
    number: Count
    moment: Annotated[str, Field(pattern=r"^[0-9]{14}$")]
    own_fen: Count
    pooled_fen: Count
    balance_fen: Count
    tac: Annotated[str, Field(pattern=r"^([0-9A-F]{8})?$")]
    hotlist_version: Count
    hotlist_age_s: Count | None
    reason: Annotated[str, Field(max_length=40)]


class ChainTold(Content):
    """``data`` of YX04: how far a till's journal has come, and what it says of the last place that the centre knows of."""

    till: Annotated[str, Field(pattern=r"^[0-9]{2}$")]
    epoch: Count
    count: Count
    head: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    known_count: Count = 0
    """The place that the centre named before; 0 while it has named none."""
    known_head: Annotated[str, Field(pattern=r"^([0-9a-f]{64})?$")] = ""
    """The journal's own link there."""


class ChainAnswer(Answer):
    """``chain`` of YX04's answer. ``verdict``: ``kept``, with the centre's signature over it · ``prove`` · ``behind`` · ``forked``."""

    verdict: Literal["kept", "prove", "behind", "forked"]
    epoch: Annotated[int, Field(ge=0, strict=False)]
    count: Annotated[int, Field(ge=0, strict=False)]
    head: str
    signed_time: str
    signature: str


class Checkpoint(Content):
    """What the centre signed of a till's journal: it knew so many records of that epoch."""

    till: Annotated[str, Field(pattern=r"^[0-9]{2}$")]
    epoch: Count
    count: Count
    head: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    signed_time: Annotated[str, Field(max_length=40)]
    signature: Annotated[str, Field(max_length=200)]


class LostSettlement(Content):
    """A sale or reversal that was answered before a centre was restored: its request as it was frozen, and what it was answered."""

    infno: Literal["2102", "2103"]
    msgid: Annotated[str, Field(min_length=1, max_length=30)]
    input: Annotated[str, Field(max_length=1_000_000)]
    figures: dict[str, Annotated[int, Field(strict=False)]]
    setl_id: Annotated[str, Field(min_length=1, max_length=30)]
    mdtrt_id: Annotated[str, Field(min_length=1, max_length=30)]
    setl_time: Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}$")]


class LostGrant(CardSeen):
    """A refresh that was granted before a centre was restored; ``record``: the card as it was read. ``seen``: it was written."""

    generation: Byte
    grant_fen: Count
    at: Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}$")]
    seen: bool


class Refill(Content):
    """``data`` of YX06: one thing that a restored centre had answered, and what it signed when it knew more of the till's journal."""

    checkpoint: Checkpoint
    settlement: LostSettlement | None = None
    grant: LostGrant | None = None


class Offer(Answer):
    """What a centre offers at sign-in."""

    yibao: int
    public_key: str
    signed_time: str
    signature: str


class Hotlist(Answer):
    """``hotlist`` of YX03's answer."""

    version: Annotated[int, Field(ge=0, strict=False)]
    numbers: tuple[str, ...]
    signed_time: str
    signature: str


class NotSigned(ValueError):
    """The centre's signature does not hold, or its key is not the one that was pinned."""


def carry(debit: Debit | CardDebit) -> str:
    """Return ``debit`` as the text of ``expContent``."""
    name = "yibao_debit" if isinstance(debit, Debit) else "yibao_card_debit"
    return json.dumps({name: debit.model_dump()}, separators=(",", ":"), sort_keys=True)


def carried(exp_content: str) -> Debit | CardDebit | None:
    """Return the debit in ``expContent``, None when there is none. Raises :class:`ValueError`."""
    if not exp_content:
        return None
    members = decode(exp_content.encode())
    if "yibao_card_debit" in members:
        return CardDebit.model_validate(members["yibao_card_debit"])
    if "yibao_debit" not in members:
        return None
    return Debit.model_validate(members["yibao_debit"])


def read_offer(exp_content: str) -> Offer | None:
    """Return the offer in ``exp_content`` of 9001, None when the centre makes none."""
    try:
        offer = Offer.model_validate(decode(exp_content.encode())) if exp_content else None
    except ValueError:
        return None
    return offer if offer is not None and offer.yibao == VERSION else None


def read_grant(output: dict[str, Any]) -> Grant:
    """Return what YX01 granted. Raises :class:`ValueError`."""
    return Grant.model_validate(output.get("grant"))


def read_seen(output: dict[str, Any]) -> Seen:
    """Return what YX02 answered. Raises :class:`ValueError`."""
    return Seen.model_validate(output.get("seen"))


def read_readings(output: dict[str, Any]) -> tuple[CardRecord, ...]:
    """Return what YX05 answered. Raises :class:`ValueError`."""
    return tuple(read.record() for read in Readings.model_validate(output).readings)


def read_hotlist(output: dict[str, Any], public_key: str) -> Hotlist:
    """Return the hotlist of YX03, its signature checked. Raises :class:`ValueError`."""
    hotlist = Hotlist.model_validate(output.get("hotlist"))
    verify(public_key, hotlist.signature, "hotlist", hotlist.version, *hotlist.numbers, hotlist.signed_time)
    return hotlist


def read_chain(output: dict[str, Any], public_key: str, told: ChainTold, fixmedins_code: str) -> ChainAnswer:
    """Return what YX04 answered, the signature of what is kept checked. Raises :class:`ValueError`."""
    answer = ChainAnswer.model_validate(output.get("chain"))
    if answer.verdict == "kept":
        verify(public_key, answer.signature, "checkpoint", fixmedins_code, told.till, told.epoch, told.count, told.head, answer.signed_time)
    return answer


def sign(key: Ed25519PrivateKey, purpose: Purpose, *parts: object) -> str:
    """Return the signature over ``parts`` for ``purpose``."""
    return base64.b64encode(key.sign(_signed(purpose, parts))).decode()


def verify(public_key: str, signature: str, purpose: Purpose, *parts: object) -> None:
    """Raise :class:`NotSigned` unless the centre with ``public_key`` signed ``parts`` for ``purpose``."""
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key, validate=True))
        key.verify(base64.b64decode(signature, validate=True), _signed(purpose, parts))
    except (ValueError, InvalidSignature) as error:
        raise NotSigned(purpose) from error


def _signed(purpose: str, parts: tuple[object, ...]) -> bytes:
    return json.dumps(["yibao", purpose, *parts], ensure_ascii=False, separators=(",", ":")).encode()
