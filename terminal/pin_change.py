"""A cardholder changes the PIN at the counter: the old one, the new one twice, and the card decides.

Digits are bytes in buffers that are wiped, from the entry to the card. What is said of them says nothing of what they were.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from settlement.errors import CardError, JournalError, OperatorError, Phrase, Refusal, Words
from settlement.pin_facts import Evidence, PinWork
from terminal.bookkeeping import Owner
from terminal.cards.errors import PinInitial, PinWrong
from terminal.cards.functions import CardFunctions
from terminal.cards.keypad import KeypadEnd
from terminal.cards.ldt import INITIAL_PINS
from terminal.cards.recognition_errors import OldMedicalCard
from terminal.cards.trace import Trace
from terminal.counter import Counter
from terminal.pin_intents import PinIntents
from terminal.screen.account_news import PinPurpose

_KNOWN = (*INITIAL_PINS, b"654321", b"666666", b"112233", b"123123")
"""Initial PINs and what everybody tries first."""


def worded(code: str, zh: tuple[str, str, str], en: tuple[str, str, str]) -> Phrase:
    """Return a phrase of happened, do, avoid, for what leaves the PIN as it was."""
    unchanged_zh, unchanged_en = "密码没有改变，没有动用任何钱。", "The PIN is as it was, and no money moved."
    return Phrase(code, zh=Words(zh[0], unchanged_zh, zh[1], zh[2]), en=Words(en[0], unchanged_en, en[1], en[2]))


DIFFER = worded(
    "PIN-CHANGE-DIFFER",
    ("两次输入的新密码不同。", "请持卡人从头再来一次；这次没有消耗次数。", "不要替持卡人输入。"),
    ("The two entries of the new PIN differ.", "The cardholder begins again; this cost no try.", "Do not type it for them."),
)
WEAK = worded(
    "PIN-CHANGE-WEAK",
    (
        "新密码太容易猜：不能是初始密码、相同或连续的数字、证件号码的一部分或旧密码。",
        "请持卡人另选一个。",
        "不要建议具体数字。",
    ),
    (
        "The new PIN is too easy to guess: an initial or the old one, equal or consecutive digits, or part of the identity number.",
        "The cardholder chooses another.",
        "Do not suggest digits.",
    ),
)
GIVEN_UP = worded(
    "PIN-CHANGE-GIVEN-UP",
    ("改密码已取消，或卡已取出。", "需要时重新开始。", "不要告诉持卡人密码已改。"),
    ("The change was given up, or the card was taken out.", "Begin again when it is wanted.", "Do not say that it was changed."),
)
ON_KEYPAD = worded(
    "PIN-CHANGE-KEYPAD",
    (
        "本机的密码在读卡器键盘上输入，这个读卡器没有改密码的功能。",
        "请到发卡机构或其他网点改密码。",
        "不要为此改在键盘上输入密码。",
    ),
    (
        "PINs are typed on the reader's own keys here, and it has no function for changing one.",
        "The cardholder changes it at the issuer or another counter.",
        "Do not have it typed on the keyboard instead.",
    ),
)


class Customer(Protocol):
    """Who types digits when asked."""

    def digits(self, purpose: PinPurpose) -> bytearray | None:
        """Return the digits, to be wiped by whoever uses them; None when they are not given."""
        ...

    def pin_on_reader(self, tries_left: int | None, purpose: PinPurpose = "settle") -> bool:
        """Learn that they are typed on the reader's own keys from now on. False = nobody is here who would."""
        ...


class Holder(Customer, Protocol):
    """A customer who is told why."""

    def tell(self, words: Refusal | OperatorError) -> None:
        """Learn what is asked for, or why it is asked again."""
        ...


@dataclass(frozen=True, slots=True)
class Work:
    """A card whose PIN is to be another, and where its intents are kept."""

    card: CardFunctions
    owner: Owner
    intents: PinIntents


def activate(work: Work, why: PinInitial, holder: Holder, *, evidence: Evidence = "") -> bool:
    """Have the initial PIN replaced at its first use and verify the new one; False when the cardholder gives it up.

    Raises :class:`CardError`: then the card says at its next use which PIN it has. Raises :class:`JournalError` before it is sent.
    """
    holder.tell(why)
    if work.card.has_keypad():
        refused = replaced_on_keypad(work, holder, "activation", evidence=evidence)
        if refused is not None:
            holder.tell(refused)
        return refused is None
    new = chosen(holder, work.owner.certno)
    if new is None:
        return False
    kept = bytearray(new)
    try:
        with work.intents.intended(work.owner, "activation", work.card.trace, evidence=evidence):
            work.card.change_pin(bytearray(why.initial), new)
        work.card.verify_pin(kept)
    finally:
        for digits in (kept, new):
            digits[:] = bytes(len(digits))
    return True


def chosen(holder: Holder, certno: str) -> bytearray | None:
    """Have a new PIN typed twice until both are the same and not weak."""
    while (new := holder.digits("new")) is not None:
        again = holder.digits("again")
        same = again == new
        for digits in (again, *(() if same and not weak(new, certno) else (new,))):
            if digits is not None:
                digits[:] = bytes(len(digits))
        if any(new):
            return new
        if again is None:
            break
        holder.tell(Refusal(WEAK if same else DIFFER))
    return None


def change(counter: Counter, customer: Customer) -> OperatorError | Refusal | None:
    """Change the PIN of the card in the reader; return why it was not changed, None when it was."""
    try:
        return with_card(counter, lambda work: _change_on_keypad(work, customer) if work.card.has_keypad() else _change(work, customer))
    except OldMedicalCard as old:
        return old


def with_card(counter: Counter, do: Callable[[Work], OperatorError | Refusal | None]) -> OperatorError | Refusal | None:
    """Have ``do`` work on the card in the reader; return what it returns, or what it met. Raises :class:`OldMedicalCard`."""
    card: CardFunctions | None = None
    try:
        card = counter.open_card(Trace(counter.clock))
        holder = card.identify()
        owner = Owner(certno=holder.certno, psn_name=holder.psn_name, card_no=holder.card_no, card_sn=holder.card_sn)
        return do(Work(card, owner, PinIntents(counter)))
    except OldMedicalCard:
        raise
    except (CardError, JournalError) as error:
        return error
    finally:
        if card is not None:
            card.close()


def _change(work: Work, customer: Customer) -> Refusal | None:
    typed: list[bytearray] = []
    try:
        purposes: tuple[PinPurpose, ...] = ("old", "new", "again")
        for purpose in purposes:
            digits = customer.digits(purpose)
            if digits is None:
                return Refusal(GIVEN_UP)
            typed.append(digits)
        old, new, again = typed
        # Before the card is asked: what cannot come to anything costs no try.
        if new != again:
            return Refusal(DIFFER)
        if new == old or weak(new, work.owner.certno):
            return Refusal(WEAK)
        typed.append(bytearray(old))
        # A wrong one is told here, and its tries; after a right one they are whole, and only a tear is left to go wrong.
        proved(work, typed[-1])
        with work.intents.intended(work.owner, "change", work.card.trace):
            work.card.change_pin(old, new)
    finally:
        for digits in typed:
            digits[:] = bytes(len(digits))
    return None


def _change_on_keypad(work: Work, customer: Customer) -> Refusal | None:
    """Change it on the reader's own keys: the old one is proved first, so that a wrong one is told and its tries are whole."""
    if not work.card.changes_by_keypad():
        return Refusal(ON_KEYPAD)
    if not customer.pin_on_reader(None, "old"):
        return Refusal(GIVEN_UP)
    try:
        if proved_on_keypad(work) is not KeypadEnd.VERIFIED:
            return Refusal(GIVEN_UP)
    except PinInitial:
        return replaced_on_keypad(work, customer, "activation")
    return replaced_on_keypad(work, customer, "change")


def replaced_on_keypad(work: Work, customer: Customer, kind: PinWork, *, evidence: Evidence = "") -> Refusal | None:
    """Have the old PIN and the new one twice typed on the reader, under an intent; return why it was not replaced.

    Raises as :func:`activate`. Whether the new one is weak is judged where the keypad hands its digits to this machine.
    """
    if not work.card.changes_by_keypad():
        return Refusal(ON_KEYPAD)
    if not customer.pin_on_reader(None, "replace"):
        return Refusal(GIVEN_UP)
    with work.intents.intended(work.owner, kind, work.card.trace, evidence=evidence) as change:
        end = work.card.change_by_keypad(lambda old, new: old != new and not weak(new, work.owner.certno))
        change.sent = end is KeypadEnd.VERIFIED
    refusals = {KeypadEnd.VERIFIED: None, KeypadEnd.NEW_DIFFER: Refusal(DIFFER), KeypadEnd.NEW_REFUSED: Refusal(WEAK)}
    return refusals.get(end, Refusal(GIVEN_UP))


def proved_on_keypad(work: Work) -> KeypadEnd:
    """Have the PIN typed on the reader and verified, once; return how it ended. Raises as :func:`proved`, and :class:`PinInitial`."""
    try:
        end = work.card.verify_by_keypad()
    except PinWrong as wrong:
        raise work.intents.refused(work.owner, wrong) from wrong
    except PinInitial:
        work.intents.accepted(work.owner, work.card, initial=True)
        raise
    if end is KeypadEnd.VERIFIED:
        work.intents.accepted(work.owner, work.card, initial=False)
    return end


def proved(work: Work, pin: bytearray) -> PinInitial | None:
    """Verify a PIN once and wipe it; return the error of an initial one, which is right all the same. Raises :class:`CardError`."""
    try:
        work.card.verify_pin(pin)
    except PinWrong as wrong:
        raise work.intents.refused(work.owner, wrong) from wrong
    except PinInitial as initial:
        work.intents.accepted(work.owner, work.card, initial=True)
        return initial
    work.intents.accepted(work.owner, work.card, initial=False)
    return None


def weak(pin: bytearray, certno: str) -> bool:
    """Whether digits (ASCII) are what somebody would try who has the card and has seen the identity number."""
    steps = {pin[place + 1] - pin[place] for place in range(len(pin) - 1)}
    own = certno.encode()
    year, month, day = own[8:10], own[10:12], own[12:14]
    of_person = (own[:6], own[6:12], own[-6:], year + month + day, month + day + year, day + month + year, own[11:17])
    return steps in ({0}, {1}, {-1}) or pin in (*_KNOWN, *of_person)
