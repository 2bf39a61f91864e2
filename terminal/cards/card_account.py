"""The account on a card that debits by itself: ``iDoDebit`` and ``iReadDebitRecord`` of LD/T 33.

INITIALIZE gives balance and sequence and moves nothing: with them the caller makes its intent durable, and only then sends DEBIT,
whose MAC1 the PSAM makes. The bytes of the debit are not public: they are those of :mod:`simulator.account`, in the manner of PBOC
(design), and stand in one table (:mod:`terminal.cards.ldt_commands`).
"""

from __future__ import annotations

from dataclasses import dataclass
from hmac import compare_digest

from settlement.card_debit import LOG_RECORDS, DebitPlan, LogEntry, reaches
from settlement.errors import CardError
from terminal.cards import ldt, ldt_commands
from terminal.cards.errors import CardGone, CardMalformed, CardTorn
from terminal.cards.port import OutcomeUnknown
from terminal.cards.session import CardSession, require

_KEY = "DPKDF04"
_AMOUNT, _SEQUENCE, _RANDOM, _TAC = 4, 2, 4, 4
_BEGUN_BYTES = _AMOUNT + _SEQUENCE + 2 + _RANDOM
_TERMINAL, _MOMENT = slice(3, 9), slice(9, 16)


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """What the card answers to INITIALIZE: good for one debit, in this session, right after it."""

    balance_fen: int
    sequence: int
    random: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What the card answers to a debit: its TAC goes to the ledger, which alone can check it."""

    tac: str
    """Eight hexadecimal digits."""


class CardAccount:
    """The account of one card in one session; the PIN was given."""

    def __init__(self, session: CardSession) -> None:
        self._session = session

    def begin(self, *, own_fen: int, pooled_fen: int, terminal: str) -> Begun:
        """Begin a debit. Raises :class:`CardRefused` (9401: not so much on the card), :class:`CardMalformed`, :class:`CardGone`."""
        content = bytes((ldt_commands.KEY_INDEX,)) + own_fen.to_bytes(_AMOUNT) + pooled_fen.to_bytes(_AMOUNT) + bytes.fromhex(terminal)
        try:
            self._session.enter(ldt.DF04_AID)
            answer, sw = self._session.card.write(*ldt_commands.INITIALIZE_DEBIT, content)
        except OutcomeUnknown as error:
            raise CardGone from error
        require(sw)
        if len(answer) != _BEGUN_BYTES:
            raise CardMalformed(what="INITIALIZE")
        sequence = answer[_AMOUNT : _AMOUNT + _SEQUENCE]
        return Begun(balance_fen=int.from_bytes(answer[:_AMOUNT]), sequence=int.from_bytes(sequence), random=answer[-_RANDOM:])

    def debit(self, plan: DebitPlan, begun: Begun) -> Proof:
        """Have the card debit itself by ``plan``, whose intent is durable.

        Raises :class:`CardTorn` whenever it is not known whether it did: its log tells.
        """
        assert (plan.sequence, plan.balance_fen) == (begun.sequence, begun.balance_fen)
        number, moment = plan.number.to_bytes(_AMOUNT), bytes.fromhex(plan.moment)
        random = begun.random + begun.sequence.to_bytes(_SEQUENCE) + number[-_SEQUENCE:]
        amounts = plan.own_fen.to_bytes(_AMOUNT) + plan.pooled_fen.to_bytes(_AMOUNT)
        mac1 = self._session.mac(_KEY, random, bytes(_AMOUNT) + amounts + bytes.fromhex(plan.terminal) + moment)
        try:
            answer, sw = self._session.card.write(*ldt_commands.DEBIT, number + moment + mac1)
            require(sw)
            mac2 = self._session.mac(_KEY, random, amounts)
        except (OutcomeUnknown, CardError) as error:
            # A PSAM that fails now leaves the same question as a card that is gone: the command was sent.
            raise CardTorn from error
        if len(answer) != 2 * _TAC or not compare_digest(answer[_TAC:], mac2):
            raise CardTorn
        return Proof(tac=answer[:_TAC].hex().upper())

    def proof(self, plan: DebitPlan) -> Proof | None:
        """Return the proof of the last debit when that was ``plan``, as when its answer was lost; None when it was another."""
        try:
            self._session.enter(ldt.DF04_AID)
            answer, sw = self._session.card.write(*ldt_commands.DEBIT_PROOF, plan.sequence.to_bytes(_SEQUENCE))
        except OutcomeUnknown as error:
            raise CardGone from error
        if sw == ldt.SW.NO_MAC:
            return None
        require(sw)
        if len(answer) != 2 * _TAC:
            raise CardMalformed(what="DEBIT PROOF")
        return Proof(tac=answer[:_TAC].hex().upper())

    def log(self, *, until: DebitPlan | None = None, most: int = LOG_RECORDS) -> tuple[LogEntry | None, ...]:
        """Return the log, newest first, None for a record that cannot be read; no further than ``until`` needs (iReadDebitRecord)."""
        found: list[LogEntry | None] = []
        try:
            self._session.enter(ldt.DF04_AID)
            for number in range(1, most + 1):
                packed = self._session.record(ldt.DEBITS, number)
                if packed == b"":
                    break
                found.append(None if packed is None else entry_of(packed))
                if until is not None and reaches(until, found[-1]):
                    break
        except OutcomeUnknown as error:
            raise CardGone from error
        return tuple(found)


def entry_of(packed: bytes) -> LogEntry | None:
    """Return a record of EF08; None where its digits are none: such a record is as good as torn."""
    terminal, moment = packed[_TERMINAL].hex(), packed[_MOMENT].hex()
    if not (terminal.isdigit() and moment.isdigit()):
        return None
    own_fen, pooled_fen, left_fen = (int.from_bytes(packed[start : start + _AMOUNT]) for start in (16, 20, 24))
    return LogEntry(
        sequence=int.from_bytes(packed[:_SEQUENCE]),
        kind=packed[2:3].decode("ascii", errors="replace"),
        terminal=terminal,
        moment=moment,
        own_fen=own_fen,
        pooled_fen=pooled_fen,
        left_fen=left_fen,
    )
