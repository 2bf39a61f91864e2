"""Cards over PC/SC: the only module that loads the reader library.

One daemon thread per connection makes every call, so that a service or a card that hangs costs that thread and
not the counter. Each connection has a context of its own: contexts made before a restart of the service are dead
for ever, so none is kept. Measured with pcsc-lite 1.9 and pyscard 2.3.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

from smartcard import scard

from settlement.errors import CardError
from terminal.cards import recognition, sharing
from terminal.cards.errors import CardMute, NoCard, NoReader, NotLdtCard, PcscdAbsent, PsamMissing, ReaderBusy
from terminal.cards.keypad import (
    FEATURE_REQUEST,
    IFD_PIN_PROPERTIES,
    MODIFY_PIN_DIRECT,
    TIMEOUT_S,
    VERIFY_PIN_DIRECT,
    Judge,
    Keypad,
    KeypadEnd,
    PinProperties,
    Seen,
    features,
)
from terminal.cards.pcsc_codes import FOREIGN, LOST, CallRefused, cause
from terminal.cards.port import CardPort, OutcomeUnknown, PsamPort
from terminal.cards.recognition_errors import ForeignCard

_CONNECT_PATIENCE_S = 5.0
"""Another program's transaction makes a connect wait without a word."""
_ANSWER_PATIENCE_S = 20.0
"""The longest that a card may think; a T=0 card that works asks for more time every second."""
_CLOSE_PATIENCE_S = 2.0
_KEYPAD_PATIENCE_S = 6 * TIMEOUT_S + 10.0
"""The reader itself ends an entry: it waits for the first key and then for the others, of up to three PINs."""
_SW_BYTES = 2
_T = TypeVar("_T")
_EVENTS_SHIFT = 16
"""The high half of a reader's state counts insertions and removals (pcsc-lite)."""


class CallLate(Exception):
    """PC/SC did not come back in time."""


@dataclass(frozen=True, slots=True)
class Names:
    """Parts of the names of a counter's two readers; readers are told apart by name, since numbers move with plugs."""

    card: str
    psam: str

    def choose(self, readers: Sequence[str]) -> tuple[str | None, str | None]:
        """Return the card's and the PSAM's reader."""
        psam = next((name for name in readers if self.psam in name), None) if self.psam else None
        if not self.psam and not self.card:
            # A slot for security modules says so in its name; it is never where customers put their cards.
            psam = next((name for name in readers if "SAM" in name), None)
        card = next((name for name in readers if self.card in name and name != psam), None)
        if not self.psam and psam is None:
            others = [name for name in readers if name != card]
            psam = next((name for name in others if "SAM" in name), next(iter(others), None))
        return card, psam


def readers() -> tuple[str, ...]:
    """Return the names of the readers that there are. Raises :class:`PcscdAbsent`."""
    try:
        (context,) = _done(scard.SCardEstablishContext(scard.SCARD_SCOPE_SYSTEM))
        try:
            (names,) = _done(scard.SCardListReaders(context, []))
        finally:
            scard.SCardReleaseContext(context)
    except CallRefused as refused:
        if isinstance(cause(refused.hresult), NoReader):
            return ()
        raise PcscdAbsent(why=f"{refused.hresult:08X}") from refused
    return tuple(names)


class PcscSlots:
    """The two readers of a counter."""

    def __init__(self, card_reader: str, psam_reader: str, *, keypad: bool = True, calls: Any = scard) -> None:  # noqa: ANN401 - no types
        """``keypad``: have the PIN typed on the reader where it has keys; ``calls``: PC/SC itself, or what stands in for it."""
        self._calls = calls
        self._names = Names(card_reader, psam_reader)
        self._keypad = keypad
        self._watch: Any = None

    def card(self) -> CardPort:
        """Connect the user card exclusively, with reset."""
        return PcscPort(self._card_reader, keypad_wanted=self._keypad, calls=self._calls)

    def psam(self) -> PsamPort:
        """Connect the PSAM in a transaction, with reset. Raises :class:`PsamMissing` for whatever keeps it from speaking."""
        try:
            return PcscPort(self._psam_reader, keypad_wanted=False, calls=self._calls, shared=True)
        except (NoCard, NoReader, CardMute, NotLdtCard) as error:
            raise PsamMissing from error

    def presence(self) -> str:
        """Return the card reader's name and its count of insertions and removals, empty while it holds no card.

        Asks the service without waiting. A context that died with a restarted service is made anew.
        """
        try:
            return self._watched()
        except CallRefused:
            self._watch = None
        try:
            return self._watched()
        except CallRefused as refused:
            self._watch = None
            raise cause(refused.hresult) from refused

    def _watched(self) -> str:
        if self._watch is None:
            (self._watch,) = _done(self._calls.SCardEstablishContext(scard.SCARD_SCOPE_SYSTEM))
        (readers,) = _done(self._calls.SCardListReaders(self._watch, []))
        name = self._card_reader(readers)
        (states,) = _done(self._calls.SCardGetStatusChange(self._watch, 0, [(name, scard.SCARD_STATE_UNAWARE)]))
        _, state, _ = states[0]
        return f"{name}#{state >> _EVENTS_SHIFT}" if state & scard.SCARD_STATE_PRESENT else ""

    def _card_reader(self, readers: Sequence[str]) -> str:
        name, _ = self._names.choose(readers)
        if name is None:
            raise NoReader(reader=self._names.card or "PC/SC")
        return name

    def _psam_reader(self, readers: Sequence[str]) -> str:
        _, name = self._names.choose(readers)
        if name is None:
            raise NoReader(reader=self._names.psam or "PSAM")
        return name


class PcscPort:
    """One connected card: exclusively, or ``shared`` and in a transaction, which :meth:`rest` interrupts.

    ``choose`` picks a reader from the names that there are.
    """

    def __init__(
        self,
        choose: Callable[[Sequence[str]], str],
        *,
        keypad_wanted: bool,
        calls: Any,  # noqa: ANN401 - no types
        shared: bool = False,
    ) -> None:
        self._connection = _Connection(calls)
        self._keypad_wanted = keypad_wanted
        self._keypad: Keypad | None = None
        try:
            self.atr: bytes = self._connection.call(lambda connection: connection.open(choose, shared=shared), _CONNECT_PATIENCE_S)
        except CallRefused as refused:
            self.close()
            raise cause(refused.hresult) from refused
        except CallLate as late:
            raise ReaderBusy(program=sharing.programs()) from late
        except CardError:
            self.close()
            raise

    def transmit(self, apdu: bytes | bytearray) -> tuple[bytes, int]:
        """Send one command. Raises :class:`OutcomeUnknown` whatever went wrong.

        A pull before and a pull after a write look the same here, so no error code is taken for "not sent".
        """
        command = list(apdu)
        try:
            answer = self._connection.call(lambda connection: connection.transmit(command), _ANSWER_PATIENCE_S)
        except (CallRefused, CallLate) as error:
            raise OutcomeUnknown from error
        finally:
            # One by one: a list that is overwritten in one go keeps what it held in a buffer of its own until then.
            for place in range(len(command)):
                command[place] = 0
        if len(answer) < _SW_BYTES:
            # "No valid response": the card was pulled while it worked.
            raise OutcomeUnknown
        return answer[:-_SW_BYTES], int.from_bytes(answer[-_SW_BYTES:])

    def rest(self) -> None:
        """Let other programs use a shared card until :meth:`resume`."""
        with suppress(CallRefused, CallLate):
            self._connection.call(_Connection.end_transaction, _CONNECT_PATIENCE_S)

    def resume(self) -> bool:
        """Begin a transaction again: the service refuses it when the card was taken out or reset, or when it is another service.

        Raises :class:`ReaderBusy`.
        """
        try:
            self._connection.call(_Connection.begin_transaction, _CONNECT_PATIENCE_S)
        except CallRefused:
            return False
        except CallLate as late:
            raise ReaderBusy(program=sharing.programs()) from late
        return True

    def has_keypad(self) -> bool:
        """Whether the reader says that a PIN can be typed on it. A reader that does not answer the question has no keys."""
        if self._keypad_wanted:
            self._keypad_wanted = False
            with suppress(CallRefused, CallLate):
                self._keypad = self._connection.call(_Connection.find_keypad, _CONNECT_PATIENCE_S)
        return self._keypad is not None

    def hands_over(self) -> bool:
        """They stay in the reader."""
        return False

    def changes_by_keypad(self) -> bool:
        """Whether the reader says that a PIN can be changed on it."""
        return self._keypad is not None and self._keypad.change_code is not None

    def verify_by_keypad(self, template: bytes, digits: int, seen: Seen) -> int:
        """Have a PIN typed on the reader and sent in ``template``; return the card's status word, or the reader's own.

        Raises :class:`OutcomeUnknown`.
        """
        del seen  # The digits stay in the reader.
        assert self._keypad is not None
        return self._controlled(self._keypad.control_code, self._keypad.structure(template, digits))

    def change_by_keypad(self, template: bytes, digits: int, judge: Judge) -> int:
        """Have the old PIN and the new one typed on the reader and sent in ``template``; return as :meth:`verify_by_keypad`."""
        del judge
        assert self._keypad is not None
        assert self._keypad.change_code is not None
        return self._controlled(self._keypad.change_code, self._keypad.change_structure(template, digits))

    def _controlled(self, code: int, structure: bytes) -> int:
        try:
            answer = self._connection.call(lambda connection: connection.control(code, structure), _KEYPAD_PATIENCE_S)
        except CallRefused as refused:
            if refused.hresult in LOST:
                raise OutcomeUnknown from refused
            return KeypadEnd.NOT_UNDERSTOOD
        except CallLate as late:
            raise OutcomeUnknown from late
        if len(answer) != _SW_BYTES:
            raise OutcomeUnknown
        return int.from_bytes(answer)

    def close(self) -> None:
        """Let the card go as it is, without a reset: nothing runs on it any more."""
        self._connection.end()


class _Connection(threading.Thread):
    """The thread that alone touches one connection."""

    def __init__(self, calls: Any) -> None:  # noqa: ANN401 - no types
        super().__init__(name="pcsc", daemon=True)
        self._calls = calls
        self._asked: SimpleQueue[tuple[Callable[[_Connection], Any], SimpleQueue[Any]] | None] = SimpleQueue()
        self._context: Any = None
        self._handle: Any = None
        self._protocol: Any = scard.SCARD_PCI_T0
        self._over = False
        self.start()

    def call(self, operation: Callable[[_Connection], _T], patience_s: float) -> _T:
        """Have the thread perform ``operation``. Raises what it raised, and :class:`CallLate`.

        A late thread is left to itself: it lets the card go as soon as it can.
        """
        if self._over:
            raise CallLate
        answered: SimpleQueue[_T | Exception] = SimpleQueue()
        self._asked.put((operation, answered))
        try:
            outcome = answered.get(timeout=patience_s)
        except Empty:
            self._leave()
            raise CallLate from None
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def end(self) -> None:
        """Disconnect, and wait a little for it, so that the next connect finds the reader free."""
        self._leave()
        self.join(_CLOSE_PATIENCE_S)

    def _leave(self) -> None:
        self._over = True
        self._asked.put(None)

    def run(self) -> None:
        """Serve calls until told to end."""
        while (asked := self._asked.get()) is not None:
            operation, answered = asked
            try:
                answered.put(operation(self))
            except (CallRefused, CardError, OutcomeUnknown) as error:
                answered.put(error)
        # What these answer changes nothing: after a restart of the service both are refused, and the card is free.
        if self._handle is not None:
            self._calls.SCardDisconnect(self._handle, scard.SCARD_LEAVE_CARD)
        if self._context is not None:
            self._calls.SCardReleaseContext(self._context)

    # --- on the thread ----------------------------------------------------------------------------------

    def open(self, choose: Callable[[Sequence[str]], str], *, shared: bool) -> bytes:
        """Connect and reset; return the answer to reset. A shared card is ours in a transaction alone."""
        (self._context,) = _done(self._calls.SCardEstablishContext(scard.SCARD_SCOPE_SYSTEM))
        (readers,) = _done(self._calls.SCardListReaders(self._context, []))
        # A social-security card speaks T=0; whatever else is in the slot is asked what it is in its own way.
        mode = scard.SCARD_SHARE_SHARED if shared else scard.SCARD_SHARE_EXCLUSIVE
        protocol = scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
        name = choose(readers)
        try:
            self._handle, spoken = _done(self._calls.SCardConnect(self._context, name, mode, protocol))
        except CallRefused as refused:
            if refused.hresult in FOREIGN:
                raise self._foreign(name) from refused
            raise
        if shared:
            self.begin_transaction()
        # Whatever another program left running or verified on the card ends here.
        _done(self._calls.SCardReconnect(self._handle, mode, spoken, scard.SCARD_RESET_CARD))
        *_, atr = _done(self._calls.SCardStatus(self._handle))
        self._protocol = scard.SCARD_PCI_T1 if spoken == scard.SCARD_PROTOCOL_T1 else scard.SCARD_PCI_T0
        return bytes(atr)

    def _foreign(self, name: str) -> ForeignCard:
        """Name a card with which no command can be exchanged by its answer to reset alone."""
        (states,) = _done(self._calls.SCardGetStatusChange(self._context, 0, [(name, scard.SCARD_STATE_UNAWARE)]))
        *_, atr = states[0]
        return ForeignCard(recognition.by_reset(bytes(atr)) or recognition.Kind.MEMORY, bytes(atr))

    def transmit(self, command: list[int]) -> bytes:
        """Send one command and return all that comes back."""
        (answer,) = _done(self._calls.SCardTransmit(self._handle, self._protocol, command))
        return bytes(answer)

    def begin_transaction(self) -> None:
        """Shut other programs out. Waits while one of them has the card."""
        _done([self._calls.SCardBeginTransaction(self._handle)])

    def end_transaction(self) -> None:
        """Let other programs in."""
        _done([self._calls.SCardEndTransaction(self._handle, scard.SCARD_LEAVE_CARD)])

    def control(self, code: int, content: bytes) -> bytes:
        """Give the reader itself something to do and return its answer."""
        (answer,) = _done(self._calls.SCardControl(self._handle, code, list(content)))
        return bytes(answer)

    def find_keypad(self) -> Keypad | None:
        """Ask the reader for its keys."""
        found = features(self.control(scard.SCARD_CTL_CODE(FEATURE_REQUEST), b""))
        if VERIFY_PIN_DIRECT not in found:
            return None
        properties = None
        if IFD_PIN_PROPERTIES in found:
            with suppress(CallRefused):
                properties = PinProperties.parse(self.control(found[IFD_PIN_PROPERTIES], b""))
        return Keypad(found[VERIFY_PIN_DIRECT], properties, found.get(MODIFY_PIN_DIRECT))


def _done(result: Any) -> list[Any]:  # noqa: ANN401 - the library has no types
    """Return what a call gave beside its code. Raises :class:`CallRefused`."""
    code: int = result[0]
    if code != scard.SCARD_S_SUCCESS:
        raise CallRefused(code)
    return list(result[1:])
