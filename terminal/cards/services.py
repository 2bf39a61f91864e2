"""The upper seam: what the till asks of a card, in the vocabulary of LD/T 33.

:mod:`terminal.cards.functions` lists it function by function; this is what stands behind it over PC/SC. One instance is one
exclusive session with reset.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from settlement.allowance import NOT_AFTER_NEVER, CardRecord, RefreshWrite, SaleWrite
from settlement.errors import CardError
from terminal.cards import ldt, ldt_commands
from terminal.cards.apdu import Channel, tries_left
from terminal.cards.card_account import CardAccount
from terminal.cards.errors import (
    CardGone,
    CardTorn,
    KeypadRefused,
    PinBlocked,
    PinInitial,
    PinMalformed,
    PinUncertain,
    PinWrong,
)
from terminal.cards.identity import CardHolder, identify
from terminal.cards.key_service import KeyService
from terminal.cards.keypad import Judge, KeypadEnd, change_template, verify_template
from terminal.cards.ldt import SW
from terminal.cards.port import CardPort, OutcomeUnknown
from terminal.cards.session import CardSession, require
from terminal.cards.trace import Trace

_TAG_BYTES = 2
_UNSENT = frozenset(KeypadEnd) - {KeypadEnd.VERIFIED, KeypadEnd.NOT_UNDERSTOOD}


class CounterCard:
    """A social-security card and the PSAM that vouches for the till."""

    def __init__(self, card: CardPort, keys: KeyService, trace: Trace | None = None) -> None:
        """``keys``: the PSAM beside the card, or a key server in its place."""
        self._session = CardSession(card, keys, trace)
        self.trace = trace
        self.pin_given = False
        """Whether the PIN was right in this session: what the card keeps behind it can be read."""

    @property
    def channel(self) -> Channel:
        """The way to the card, which counts what is sent."""
        return self._session.card

    @property
    def account(self) -> CardAccount:
        """The account of a card that debits by itself, and its log; the PIN comes first."""
        return CardAccount(self._session)

    @property
    def keys(self) -> KeyService:
        """What keeps the till's keys."""
        return self._session.keys

    def close(self) -> None:
        """Let both cards go, as they are."""
        self._session.close()

    # --- who it is ------------------------------------------------------------------------------------

    def identify(self) -> CardHolder:
        """Read EF05 and EF06 and have the card prove itself; raises as :func:`terminal.cards.identity.identify`, and :class:`CardGone`."""
        with _reading():
            return identify(self._session)

    # --- the PIN --------------------------------------------------------------------------------------

    def verify_pin(self, pin: bytearray) -> None:
        """Verify the PIN once (digits as ASCII) and wipe it.

        Raises :class:`PinWrong`, :class:`PinBlocked`, and :class:`PinMalformed` for an entry that is never sent: it must not
        cost the cardholder a try. Raises :class:`PinInitial` when it was right and is an initial one: the card must be activated.
        """
        packed = bytearray(ldt.PIN_DIGITS // 2)
        initial = next((one for one in ldt.INITIAL_PINS if pin == one), None)
        try:
            _pack(pin, packed)
            with _reading():
                self._session.enter(ldt.DF04_AID)
                sw = self.channel.secret(0x00, 0x20, 0x00, 0x00, packed)
        finally:
            pin[:] = bytes(len(pin))
            packed[:] = bytes(len(packed))
        _require_pin(sw)
        if initial is not None:
            raise PinInitial(initial)
        self.pin_given = True

    def change_pin(self, old: bytearray, new: bytearray) -> None:
        """Replace the PIN (iChangePIN; digits as ASCII) and wipe both.

        The old one is compared by the card and costs a try when it is wrong. Raises :class:`PinWrong`, :class:`PinBlocked`,
        :class:`PinMalformed`, and :class:`PinUncertain` when contact was lost and either may hold now.
        """
        size = ldt.PIN_DIGITS // 2
        packed, content = bytearray(size), bytearray(2 * size + 1)
        try:
            content[size] = ldt.PIN_SEPARATOR
            for digits, start in ((old, 0), (new, size + 1)):
                _pack(digits, packed)
                content[start : start + size] = packed
            with _reading():
                self._session.enter(ldt.DF04_AID)
            try:
                sw = self.channel.secret(0x80, 0x5E, ldt.CHANGE_PIN_P1, 0x00, content)
            except OutcomeUnknown as error:
                raise PinUncertain from error
        finally:
            for secret in (old, new, packed, content):
                secret[:] = bytes(len(secret))
        _require_pin(sw)

    def unblock_pin(self) -> None:
        """Make the tries of the PIN whole again by the office's key; the PIN stays (iUnblockPIN).

        Raises :class:`~terminal.cards.errors.PsamKeyMissing` where the till has no such key, as at most counters,
        :class:`CardRefused`, and :class:`PinUncertain` when contact was lost.
        """
        self._by_office(ldt_commands.UNBLOCK_PIN, bytearray())

    def reload_pin(self, new: bytearray) -> None:
        """Set a PIN that was forgotten anew by the office's key (iReloadPIN; digits as ASCII) and wipe it; the tries are whole again.

        Raises as :meth:`unblock_pin`, and :class:`PinMalformed`.
        """
        size = ldt.PIN_DIGITS // 2
        packed, block = bytearray(size), bytearray(ldt_commands.PIN_BLOCK_BYTES[self.keys.sm4])
        try:
            _pack(new, packed)
            block[0], block[1 : 1 + size], block[1 + size] = size, packed, ldt_commands.PADDING
            self._by_office(ldt_commands.RELOAD_PIN, block)
        finally:
            for secret in (new, packed, block):
                secret[:] = bytes(len(secret))

    def _by_office(self, ins: int, secret: bytearray) -> None:
        with _reading():
            self._session.enter(ldt.DF04_AID)
            self._session.prove("PUK")
            content = self._session.seal("PUK", ins, secret)
        try:
            require(self.channel.write(0x84, ins, 0x00, 0x00, content)[1])
        except OutcomeUnknown as error:
            raise PinUncertain from error

    def has_keypad(self) -> bool:
        """Whether the reader has keys of its own: then the PIN is typed there and nowhere else."""
        return self.channel.has_keypad()

    def keypad_hands_over(self) -> bool:
        """Whether the digits typed there come to this machine."""
        return self.channel.keypad_hands_over()

    def changes_by_keypad(self) -> bool:
        """Whether the reader's own keys change a PIN too."""
        return self.channel.changes_by_keypad()

    def verify_by_keypad(self) -> KeypadEnd:
        """Have the PIN typed on the reader and verified, once; return how the entry ended. Waits for the customer.

        Raises :class:`PinWrong`, :class:`PinBlocked`, :class:`~terminal.cards.errors.KeypadRefused`, and :class:`PinInitial` as
        :meth:`verify_pin` where the keypad hands its digits to this machine: a reader of PC/SC part 10 keeps them, and its card refuses to
        pay by an initial one.
        """
        initial: list[bytes] = []
        with _reading():
            self._session.enter(ldt.DF04_AID)
            sw = self.channel.by_keypad(
                verify_template(), ldt.PIN_DIGITS, lambda pin: initial.extend(one for one in ldt.INITIAL_PINS if pin == one)
            )
        end = _unsent(sw)
        if end is not None:
            return end
        _require_pin(sw)
        if initial:
            raise PinInitial(initial[0])
        self.pin_given = True
        return KeypadEnd.VERIFIED

    def change_by_keypad(self, judge: Judge) -> KeypadEnd:
        """Have the old PIN and the new one twice typed on the reader; return how the entry ended. Waits for the customer.

        Raises as :meth:`change_pin`, and :class:`~terminal.cards.errors.KeypadRefused`.
        """
        with _reading():
            self._session.enter(ldt.DF04_AID)
        try:
            sw = self.channel.change_by_keypad(change_template(), ldt.PIN_DIGITS, judge)
        except OutcomeUnknown as error:
            raise PinUncertain from error
        end = _unsent(sw)
        if end is not None:
            return end
        if sw == SW.CONTENT:
            # Nobody here has seen it: only the card can say that it takes no such PIN (LD/T 33: −36, not changed to an initial one).
            return KeypadEnd.NEW_REFUSED
        _require_pin(sw)
        return KeypadEnd.VERIFIED

    # --- the allowance ---------------------------------------------------------------------------------

    def read_allowance(self) -> CardRecord:
        """Read the off-line record; the PIN comes first. A record that cannot be read is None."""
        with _reading():
            self._session.enter(ldt.DF04_AID)
            return self._record()

    def write_sale(self, plan: SaleWrite) -> CardRecord:
        """Write 93 (counter + 1), the tag, 92 (new amount) and read all back.

        Raises :class:`CardTorn` when only a new reading can tell what was written.
        """
        assert plan.before.generation is not None
        with self._writing():
            self._put(ldt.TAG_COUNTERS, bytes((plan.before.generation, plan.counter_after)))
            self._mark(plan.tag, ldt.INTENT_SALE)
            self._put(ldt.TAG_AMOUNT, plan.amount_after_fen.to_bytes(4))
            return self._record()

    def write_refresh(self, plan: RefreshWrite) -> CardRecord:
        """Write 93 = g ‖ 0, the tag, 90 and 92, last 93 = g ‖ 1, and read all back. Raises :class:`CardTorn`.

        A tear anywhere before the last record leaves counter 0: nothing that can be spent. 90 is closed before, where it must be.
        """
        with self._writing():
            if plan.closes_first:
                self._put(ldt.TAG_NOT_AFTER, NOT_AFTER_NEVER.encode("ascii"))
            self._put(ldt.TAG_COUNTERS, bytes((plan.generation, 0)))
            self._mark(plan.tag, ldt.INTENT_REFRESH)
            self._put(ldt.TAG_NOT_AFTER, plan.not_after.encode("ascii"))
            self._put(ldt.TAG_AMOUNT, plan.grant_fen.to_bytes(4))
            self._put(ldt.TAG_COUNTERS, bytes((plan.generation, 1)))
            return self._record()

    def _record(self) -> CardRecord:
        tags = ldt.TAG_NOT_AFTER, ldt.TAG_AMOUNT, ldt.TAG_COUNTERS
        month, amount, counters = self._session.values(ldt.ALLOWANCE, *tags).values()
        intents = self._session.records(ldt.INTENTS)
        return CardRecord(
            generation=None if counters is None else counters[0],
            counter=None if counters is None else counters[1],
            amount_fen=None if amount is None else int.from_bytes(amount),
            not_after=None if month is None else month.decode("latin-1"),
            tags=tuple(None if intent is None else int.from_bytes(intent[:_TAG_BYTES]) for intent in intents),
        )

    def _put(self, tag: int, value: bytes) -> None:
        self._session.update(ldt.ALLOWANCE, tag, value)

    def _mark(self, tag: int, kind: int) -> None:
        self._session.append(ldt.INTENTS, tag.to_bytes(_TAG_BYTES) + bytes((kind,)))

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with _reading():
            self._session.obtain(ldt.ALLOWANCE.write)
        try:
            yield
        except (OutcomeUnknown, CardError) as error:
            # A refusal between two writes, nonsense read back or a PSAM that is gone leave the same question: only a new reading tells.
            raise CardTorn from error


def _pack(pin: bytearray, packed: bytearray) -> None:
    """Pack the digits of ``pin`` into ``packed``. Raises :class:`PinMalformed`."""
    if len(pin) != ldt.PIN_DIGITS or not pin.isdigit():
        raise PinMalformed(digits=str(ldt.PIN_DIGITS))
    for index in range(len(packed)):
        packed[index] = (pin[2 * index] - 0x30) << 4 | (pin[2 * index + 1] - 0x30)


def _unsent(sw: int) -> KeypadEnd | None:
    """Return how an entry ended that never reached the card; None for the card's own answer. Raises :class:`KeypadRefused`."""
    if sw == KeypadEnd.NOT_UNDERSTOOD:
        raise KeypadRefused
    return KeypadEnd(sw) if sw in _UNSENT else None


def _require_pin(sw: int) -> None:
    """Refuse any answer to VERIFY but 9000. Raises :class:`PinWrong`, :class:`PinBlocked`, :class:`CardRefused`."""
    left = tries_left(sw)
    if sw == SW.BLOCKED or left == 0:
        raise PinBlocked
    if left is not None:
        raise PinWrong(left)
    require(sw)


@contextmanager
def _reading() -> Iterator[None]:
    try:
        yield
    except OutcomeUnknown as error:
        raise CardGone from error
