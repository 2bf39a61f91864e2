"""What else happens to a PIN at the counter: a new card is activated, a blocked PIN unblocked, a forgotten one set anew.

For each the clerk has seen an identity document, or for an activation the holder's old card. Unblocking and setting anew need the
office's key, which most counters' PSAM does not have: that is said by name.
"""

from __future__ import annotations

from settlement.errors import OperatorError, Refusal
from settlement.pin_facts import Evidence
from terminal.cards.errors import PinInitial, PinNotInitial, PinTorn, PinWrong
from terminal.cards.keypad import KeypadEnd
from terminal.cards.ldt import INITIAL_PINS
from terminal.cards.recognition_errors import OldHolder, OldMedicalCard
from terminal.counter import Counter
from terminal.pin_change import (
    GIVEN_UP,
    ON_KEYPAD,
    Holder,
    Work,
    activate,
    chosen,
    proved,
    proved_on_keypad,
    replaced_on_keypad,
    with_card,
    worded,
)

ALREADY_ACTIVE = worded(
    "PIN-ACTIVE-ALREADY",
    ("这张卡已经启用过（密码不是初始密码，并且正确）。", "直接使用即可；要换密码请选“修改密码”。", "不要重复启用。"),
    (
        "The card is active already: its PIN is right, and not one that cards are issued with.",
        "It can be used as it is; for another PIN choose the change.",
        "Do not activate it again.",
    ),
)
OLD_CARD_READ = worded(
    "PIN-OLD-CARD-READ",
    ("旧卡已读取，可作启用新卡的凭证。", "取出旧卡，插入同一人的新卡，再选“启用新卡”。", "不要写旧卡，也不要用它结算。"),
    (
        "The old card was read and counts as evidence for the new one.",
        "Take it out, put in the new card of the same person, and choose the activation again.",
        "Do not write to the old card or settle by it.",
    ),
)
OLD_CARD_OF_ANOTHER = worded(
    "PIN-OLD-CARD-OTHER",
    ("旧卡和新卡不是同一个人的。", "核对身份证件；各自的卡分别启用。", "不要用别人的旧卡作凭证。"),
    (
        "The old card and the new one are not of one person.",
        "Look at the identity document; each card is activated by its own holder.",
        "Do not take another person's old card as evidence.",
    ),
)


class PinOffice:
    """Activation, unblocking, setting anew; it remembers an old card until a new one comes."""

    def __init__(self, counter: Counter, holder: Holder) -> None:
        self._counter = counter
        self._holder = holder
        self._old: OldHolder | None = None

    def activate(self) -> OperatorError | Refusal | None:
        """Activate the card in the reader, or take an old one as evidence; return why it is not active by this, None when it is."""
        try:
            return with_card(self._counter, self._activate)
        except OldMedicalCard as old:
            self._old = old.holder
            return Refusal(OLD_CARD_READ)

    def unblock(self) -> OperatorError | Refusal | None:
        """Make the tries of the PIN whole; return why not, None when they are."""
        return with_card(self._counter, self._unblock)

    def reload(self) -> OperatorError | Refusal | None:
        """Have a new PIN chosen in place of one that was forgotten; return why not, None when it holds."""
        return with_card(self._counter, self._reload)

    def _activate(self, work: Work) -> Refusal | None:
        old, self._old = self._old, None
        if old is not None and old.certno != work.owner.certno:
            return Refusal(OLD_CARD_OF_ANOTHER)
        evidence: Evidence = "document" if old is None else "old-card"
        if work.card.has_keypad():
            return self._activate_on_keypad(work, evidence)
        # Never guessed: the holder types what came with the card. One that was activated elsewhere is told by it.
        given = self._holder.digits("issued")
        if given is None:
            return Refusal(GIVEN_UP)
        issued = any(given == one for one in INITIAL_PINS)
        try:
            initial = proved(work, given)
        except PinTorn:
            raise
        except PinWrong as wrong:
            if issued:
                raise PinNotInitial(wrong.tries_left) from wrong
            raise
        if initial is None:
            return Refusal(ALREADY_ACTIVE)
        done = activate(work, initial, self._holder, evidence=evidence)
        return None if done else Refusal(GIVEN_UP)

    def _activate_on_keypad(self, work: Work, evidence: Evidence) -> Refusal | None:
        """As on the keyboard; a reader that keeps the digits to itself cannot tell a card that is active from one that is not."""
        if not work.card.changes_by_keypad():
            return Refusal(ON_KEYPAD)
        if not self._holder.pin_on_reader(None, "issued"):
            return Refusal(GIVEN_UP)
        try:
            if proved_on_keypad(work) is not KeypadEnd.VERIFIED:
                return Refusal(GIVEN_UP)
            if work.card.keypad_hands_over():
                return Refusal(ALREADY_ACTIVE)
        except PinInitial:
            pass
        return replaced_on_keypad(work, self._holder, "activation", evidence=evidence)

    def _unblock(self, work: Work) -> None:
        with work.intents.intended(work.owner, "unblock", work.card.trace, evidence="document"):
            work.card.unblock_pin()

    def _reload(self, work: Work) -> Refusal | None:
        new = chosen(self._holder, work.owner.certno)
        if new is None:
            return Refusal(GIVEN_UP)
        try:
            with work.intents.intended(work.owner, "reload", work.card.trace, evidence="document"):
                work.card.reload_pin(new)
        finally:
            new[:] = bytes(len(new))
        return None
