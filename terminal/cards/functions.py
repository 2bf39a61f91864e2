"""The functions of LD/T 33 that the till uses, under our names: whatever offers them can stand in the place of PC/SC.

A vendor's library, or a key server with its ``_HSM_StepN`` functions, is wrapped once to look like this. Time that a person
takes is nobody's business here: each call is one exchange that ends, well or in a :class:`~settlement.errors.CardError`.
"""

from __future__ import annotations

from typing import Protocol

from settlement.allowance import CardRecord, RefreshWrite, SaleWrite
from settlement.card_debit import LOG_RECORDS, DebitPlan, LogEntry
from terminal.cards.card_account import Begun, Proof
from terminal.cards.identity import CardHolder
from terminal.cards.key_service import KeyService
from terminal.cards.keypad import Judge, KeypadEnd
from terminal.cards.trace import Trace


class AccountFunctions(Protocol):
    """``iDoDebit``, or its ``_HSM_Step1`` and 2, and ``iReadDebitRecord``, of a card that debits by itself; the PIN was given."""

    def begin(self, *, own_fen: int, pooled_fen: int, terminal: str) -> Begun:
        """``iDoDebit_HSM_Step1``: what the card answers to it; nothing moves."""
        ...

    def debit(self, plan: DebitPlan, begun: Begun) -> Proof:
        """``iDoDebit_HSM_Step2``. Raises :class:`~terminal.cards.errors.CardTorn` whenever it is not known whether the card did."""
        ...

    def proof(self, plan: DebitPlan) -> Proof | None:
        """Return what proves the last debit when that was ``plan``; LD/T 33 has no such function: a library without it returns None."""
        ...

    def log(self, *, until: DebitPlan | None = None, most: int = LOG_RECORDS) -> tuple[LogEntry | None, ...]:
        """``iReadDebitRecord``: the entries, newest first."""
        ...


class CardFunctions(Protocol):
    """One exclusive session with a card."""

    trace: Trace | None
    pin_given: bool

    @property
    def keys(self) -> KeyService:
        """What keeps the till's keys."""
        ...

    def identify(self) -> CardHolder:
        """``iReadCardBas``, with the card's own proof."""
        ...

    def verify_pin(self, pin: bytearray) -> None:
        """``iVerifyPIN``: once, and wipe it."""
        ...

    def change_pin(self, old: bytearray, new: bytearray) -> None:
        """``iChangePIN``: wipe both."""
        ...

    def unblock_pin(self) -> None:
        """``iUnblockPIN``, or ``iUnblockPIN_HSM_Step1`` and 2."""
        ...

    def reload_pin(self, new: bytearray) -> None:
        """``iReloadPIN``, or ``iReloadPIN_HSM_Step1`` and 2: wipe it."""
        ...

    def has_keypad(self) -> bool:
        """Whether the PIN is typed on the reader's own keys."""
        ...

    def keypad_hands_over(self) -> bool:
        """Whether the digits typed there come to this machine."""
        ...

    def changes_by_keypad(self) -> bool:
        """Whether those change a PIN too."""
        ...

    def verify_by_keypad(self) -> KeypadEnd:
        """``iVerifyPIN`` with the reader's own keys."""
        ...

    def change_by_keypad(self, judge: Judge) -> KeypadEnd:
        """``iChangePIN`` with the reader's own keys: old, new, new."""
        ...

    def read_allowance(self) -> CardRecord:
        """``iReadCard`` of ``DF04EF06|90|92|93|$DF04EF15:01|``…``08$``."""
        ...

    def write_sale(self, plan: SaleWrite) -> CardRecord:
        """``iWriteCard`` of 93, a record of EF15, 92, and ``iReadCard`` of what was written."""
        ...

    def write_refresh(self, plan: RefreshWrite) -> CardRecord:
        """``iWriteCard`` of 93, a record of EF15, 90, 92, 93, and ``iReadCard`` of all."""
        ...

    @property
    def account(self) -> AccountFunctions:
        """The account of a card that debits by itself."""
        ...

    def close(self) -> None:
        """Let the card go, as it is."""
        ...
