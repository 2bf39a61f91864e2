"""The upper seam: what the till asks of a card, in the vocabulary of LD/T 33.

``identify`` is iReadCardBas with the card's proof, ``verify_pin`` iVerifyPIN, ``read_allowance`` iReadCard of
``DF04EF06|90|92|93`` and EF15, ``write_sale`` and ``write_refresh`` iWriteCard of the same. A vendor library
or an HSM can stand in PC/SC's place by offering these. One instance is one exclusive session with reset.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from secrets import token_bytes

from config.sections import PsamKey
from settlement.allowance import CardRecord, RefreshWrite, SaleWrite
from terminal.cards import ldt
from terminal.cards.apdu import Channel, tries_left
from terminal.cards.errors import (
    CardGone,
    CardMalformed,
    CardRefused,
    CardTorn,
    CardVersionUnknown,
    NotGenuine,
    NotLdtCard,
    PinBlocked,
    PinWrong,
)
from terminal.cards.ldt import SW
from terminal.cards.port import CardPort, OutcomeUnknown
from terminal.cards.psam import Psam

_BLOCK = 8
_PIN_DIGITS = ldt.PIN_DIGITS
_FREE_HOLDER_ENDS = "3"
"""From specification 3 on EF06 wants RKSSSE first: not built yet."""
_BY_TAG, _BY_NUMBER, _ALL_FROM = 0, 4, 5
"""Modes of P2 (section 4): P1 is a tag; P1 is a number; all records from number P1 (ISO 7816-4, unconfirmed)."""
_SUCCESS = (0x90, 0x61)


@dataclass(frozen=True, slots=True, kw_only=True)
class CardHolder:
    """What the card says without its PIN."""

    card_sn: str
    """卡识别码, 32 hexadecimal digits."""
    card_no: str
    version: str
    valid_until: str
    """``yyyyMMdd``."""
    certno: str
    psn_name: str


class CounterCard:
    """A social-security card and the PSAM that vouches for the till."""

    def __init__(self, card: CardPort, psam: CardPort, keys: Mapping[str, PsamKey]) -> None:
        self.channel = Channel(card)
        self.psam: Psam | None = None
        self._psam_port = psam
        self._keys = keys
        self._factors: tuple[bytes, ...] = ()
        self._in_df04 = False

    def close(self) -> None:
        """Let both cards go, as they are."""
        self.channel.close()
        self._psam_port.close()

    # --- who it is ------------------------------------------------------------------------------------

    def identify(self) -> CardHolder:
        """Read EF05 and EF06 and have the card prove itself.

        Raises :class:`NotLdtCard`, :class:`CardVersionUnknown`, :class:`NotGenuine`, :class:`CardMalformed`,
        :class:`CardGone`.
        """
        with self._reading():
            if self.channel.select(0x04, ldt.SSSE_AID) >> 8 not in _SUCCESS:
                raise NotLdtCard(what=self.channel.atr.hex().upper())
            version = self._text(ldt.ISSUER, ldt.TAG_VERSION)
            if not ldt.df04_files(version) or version.startswith(_FREE_HOLDER_ENDS):
                raise CardVersionUnknown(version=version)
            holder = CardHolder(
                card_sn=self._text(ldt.ISSUER, ldt.TAG_SN),
                card_no=self._text(ldt.ISSUER, ldt.TAG_CARD_NO),
                version=version,
                valid_until=self._text(ldt.ISSUER, ldt.TAG_VALID_UNTIL),
                certno=self._text(ldt.HOLDER, ldt.TAG_CERTNO),
                psn_name=self._text(ldt.HOLDER, ldt.TAG_NAME),
            )
            _check(holder)
            card_sn = bytes.fromhex(holder.card_sn)
            self._factors = (self.channel.atr[-ldt.FACTOR_BYTES :], ldt.city_factor(card_sn), ldt.province_factor(card_sn))
            self._prove()
        return holder

    def _prove(self) -> None:
        """Have the card answer a challenge of ours under its own key (internal authentication)."""
        random, content = token_bytes(_BLOCK), token_bytes(_BLOCK)
        answer, sw = self.channel.write(0x00, 0x88, 0x00, ldt.KEYS["IRK"].card_key, random + content)
        if sw != SW.OK or not hmac.compare_digest(answer, self._vouch().cryptogram("IRK", self._factors, random, content)):
            raise NotGenuine

    # --- the PIN --------------------------------------------------------------------------------------

    def verify_pin(self, pin: bytearray) -> None:
        """Verify the PIN once (digits as ASCII) and wipe it. Raises :class:`PinWrong`, :class:`PinBlocked`."""
        packed = bytearray(_PIN_DIGITS // 2)
        try:
            with self._reading():
                self._enter_df04()
                if len(pin) != _PIN_DIGITS or not pin.isdigit():
                    # Never sent: a malformed entry must not cost the cardholder a try.
                    raise CardMalformed(what="PIN: 6 × 0–9")
                for index in range(len(packed)):
                    packed[index] = (pin[2 * index] - 0x30) << 4 | (pin[2 * index + 1] - 0x30)
                sw = self.channel.secret(0x00, 0x20, 0x00, 0x00, packed)
        finally:
            pin[:] = bytes(len(pin))
            packed[:] = bytes(len(packed))
        left = tries_left(sw)
        if sw == SW.BLOCKED or left == 0:
            raise PinBlocked
        if left is not None:
            raise PinWrong(left)
        _require(sw)

    # --- the allowance ---------------------------------------------------------------------------------

    def read_allowance(self) -> CardRecord:
        """Read the off-line record; the PIN comes first. A torn record reads as None."""
        with self._reading():
            self._enter_df04()
            self._authenticate("RK1DF04")
            return self._record()

    def write_sale(self, plan: SaleWrite) -> CardRecord:
        """Write 93 (counter + 1), the tag, 92 (new amount) and read all back. Raises :class:`CardTorn`."""
        assert plan.before.generation is not None
        with self._writing():
            self._authenticate("UK2DF04")
            self._update(ldt.TAG_COUNTERS, bytes((plan.before.generation, plan.counter_after)))
            self._append_tag(plan.tag, ldt.INTENT_SALE)
            self._update(ldt.TAG_AMOUNT, plan.amount_after_fen.to_bytes(4))
            return self._record()

    def write_refresh(self, plan: RefreshWrite) -> CardRecord:
        """Write 93 = g ‖ 0, the tag, 90 and 92, last 93 = g ‖ 1, and read all back. Raises :class:`CardTorn`.

        A tear anywhere before the last record leaves counter 0: nothing that can be spent.
        """
        with self._writing():
            self._authenticate("UK2DF04")
            self._update(ldt.TAG_COUNTERS, bytes((plan.generation, 0)))
            self._append_tag(plan.tag, ldt.INTENT_REFRESH)
            self._update(ldt.TAG_NOT_AFTER, plan.not_after.encode("ascii"))
            self._update(ldt.TAG_AMOUNT, plan.grant_fen.to_bytes(4))
            self._update(ldt.TAG_COUNTERS, bytes((plan.generation, 1)))
            return self._record()

    def _record(self) -> CardRecord:
        not_after, amount, generation = (self._value(ldt.ALLOWANCE, tag) for tag in (ldt.TAG_NOT_AFTER, ldt.TAG_AMOUNT, ldt.TAG_COUNTERS))
        return CardRecord(
            generation=None if generation is None else generation[0],
            counter=None if generation is None else generation[1],
            amount_fen=None if amount is None else int.from_bytes(amount),
            not_after=None if not_after is None else not_after.decode("latin-1"),
            tags=self._tags(),
        )

    def _tags(self) -> tuple[int | None, ...]:
        """Return the tags, newest first: in one command where the card has it, else one by one."""
        file = ldt.INTENTS
        packed, sw = self.channel.read(0x00, 0xB2, 0x01, file.sfi << 3 | _ALL_FROM, le=0x00)
        if sw == SW.OK and len(packed) % file.record_bytes == 0:
            length = file.record_bytes
            return tuple(int.from_bytes(packed[start : start + 2]) for start in range(0, len(packed), length))
        tags: list[int | None] = []
        for number in range(1, file.records + 1):
            packed, sw = self.channel.read(0x00, 0xB2, number, file.sfi << 3 | _BY_NUMBER, le=file.record_bytes)
            if sw == SW.NO_RECORD:
                break
            if sw not in {SW.OK, SW.MEMORY}:
                raise CardRefused(sw=f"{sw:04X}")
            tags.append(int.from_bytes(packed[:2]) if sw == SW.OK else None)
        return tuple(tags)

    # --- records and keys -------------------------------------------------------------------------------

    def _value(self, file: ldt.File, tag: int) -> bytes | None:
        """Return the value of a tagged record, None when the card says that it cannot be read."""
        item = file.item(tag)
        packed, sw = self.channel.read(0x00, 0xB2, tag, file.sfi << 3 | _BY_TAG, le=item.length + 2)
        if sw == SW.MEMORY:
            return None
        _require(sw)
        if packed[:2] != bytes((tag, item.length)) or len(packed) != item.length + 2:
            raise CardMalformed(what=f"{file.fid:04X}|{tag:02X}")
        return packed[2:]

    def _text(self, file: ldt.File, tag: int) -> str:
        packed = self._value(file, tag)
        try:
            if packed is not None:
                return ldt.decode(file.item(tag), packed)
        except ValueError:
            pass
        raise CardMalformed(what=f"{file.fid:04X}|{tag:02X}")

    def _update(self, tag: int, value: bytes) -> None:
        file = ldt.ALLOWANCE
        _, sw = self.channel.write(0x00, 0xDC, tag, file.sfi << 3 | _BY_TAG, bytes((tag, len(value))) + value)
        _require(sw)

    def _append_tag(self, tag: int, kind: int) -> None:
        # APPEND RECORD to a cyclic file: ISO 7816-4; unconfirmed for LD/T.
        _, sw = self.channel.write(0x00, 0xE2, 0x00, ldt.INTENTS.sfi << 3, tag.to_bytes(2) + bytes((kind,)))
        _require(sw)

    def _authenticate(self, name: str) -> None:
        """Prove the till's right to key ``name``: the card's challenge, answered by the PSAM."""
        challenge, sw = self.channel.read(0x00, 0x84, 0x00, 0x00, le=_BLOCK)
        _require(sw)
        answer = self._vouch().cryptogram(name, self._factors, challenge, challenge)
        _, sw = self.channel.write(0x00, 0x82, 0x00, ldt.KEYS[name].card_key, answer + challenge)
        _require(sw)

    def _enter_df04(self) -> None:
        if not self._in_df04:
            if self.channel.select(0x04, ldt.DF04_AID) >> 8 not in _SUCCESS:
                raise NotLdtCard(what="DF04")
            self._in_df04 = True

    def _vouch(self) -> Psam:
        if self.psam is None:
            self.psam = Psam(self._psam_port, self._keys)
        return self.psam

    @contextmanager
    def _reading(self) -> Iterator[None]:
        try:
            yield
        except OutcomeUnknown:
            raise CardGone from None

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except (OutcomeUnknown, CardRefused):
            # A refusal between two writes leaves the same question: only a new reading tells.
            raise CardTorn from None


def _require(sw: int) -> None:
    if sw != SW.OK:
        raise CardRefused(sw=f"{sw:04X}")


def _check(holder: CardHolder) -> None:
    """Refuse what cannot be a person's card: check characters and dates (section 3)."""
    with suppress(ValueError, IndexError):
        certno, card_no = holder.certno, holder.card_no
        if (
            ldt.citizen_check(certno[:17]) == certno[17:]
            and ldt.card_no_check(card_no[:8]) == card_no[8:]
            and len(holder.valid_until) == len("yyyyMMdd")
        ):
            return
    raise CardMalformed(what="EF05/EF06")
