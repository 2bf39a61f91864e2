"""What the desk tells the screen of a person's account and card (F9). Values only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from settlement.bill import Benefit
from settlement.pin_facts import PinWork

PinPurpose = Literal["settle", "look", "issued", "old", "new", "again", "replace"]
"""What a PIN is typed for: to settle or void · to look at the card · the one that came with it · the one to be replaced · the new one ·
the new one once more · on a keypad, the old one and the new one twice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheme:
    """One insurance of a person, as 1101 lists it."""

    insutype: str
    active: bool
    balance_fen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountTold:
    """What the centre told of a person, and when: it stays to be read when the line is down, as old as it is."""

    at: str
    """``yyyy-MM-dd HH:mm:ss``."""
    benefit: Benefit
    schemes: tuple[Scheme, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CardEntry:
    """One of the newest entries on the card, and what this till knows under its tag."""

    tag: str
    """Four hexadecimal digits; empty where the card's record cannot be read."""
    at: str = ""
    """Empty: it is of another till, or of before this journal."""
    kind: Literal["", "sale", "refresh"] = ""
    amount_fen: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CardDebit:
    """One debit of the card's own log, as a card of the older kind keeps it."""

    at: str
    """``MM-dd HH:mm``; empty where the record cannot be read."""
    own_fen: int = 0
    left_fen: int = 0
    here: bool = False
    """Whether it carries this till's terminal number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CardInside:
    """What the card carries behind its PIN. None = it cannot be read."""

    amount_fen: int | None
    entries: tuple[CardEntry, ...]
    torn: bool = False
    """A refresh was interrupted: nothing can be spent until the next."""
    by_itself: bool = False
    """The amount is the card's own, which it debits by itself, and no allowance."""
    debits: tuple[CardDebit, ...] = ()
    """The newest entries of the card's own log, on cards that debit by themselves."""


@dataclass(frozen=True, slots=True)
class PinChanged:
    """What was asked for the PIN is done."""

    work: PinWork
